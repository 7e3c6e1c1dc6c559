"""Bodies with their holes filled: links, embeds, tags and what can't be found, as HTML.

Here the last of a note's text becomes HTML, and all of it goes through `escape`.
"""

from __future__ import annotations

import re
from html import escape
from posixpath import splitext

from vaultkit.bodies import CLOSE, OPEN, TAG, Anchor, Body, Slot
from vaultkit.engine.tables import Get
from vaultkit.model import Ambiguous, Card, Document, Found, Links, Ref, Target, VaultPath, WantedCard
from vaultkit.nodes import node_of
from vaultkit.urls import href, root_of, tag_url
from vaultkit.words import fold

IMAGES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
AUDIO = (".flac", ".m4a", ".mp3", ".ogg", ".wav", ".3gp")
VIDEO = (".mkv", ".mov", ".mp4", ".ogv", ".webm")

MAX_EMBEDS = 500
"""Embeds of notes in one page; the others become links."""

MAX_OPENING = 12_000
"""Characters of HTML that a card of a canvas shows of a note; of a longer one, its first paragraph as plain text."""

_ID = re.compile(r' (id="|href="#)')


class Tables:
    """The look-ups a page needs, by name."""

    __slots__ = ("cards", "documents", "links", "wanted")

    def __init__(self, cards: Get, documents: Get, links: Get, wanted: Get) -> None:
        self.cards, self.documents, self.links, self.wanted = cards, documents, links, wanted


class Filler:
    """Fills the holes of one page, and of what it embeds."""

    def __init__(self, page: Card, tables: Tables, max_depth: int) -> None:
        self.page = page
        self.root = root_of(page.url)
        self.tables = tables
        self.max_depth = max_depth
        self.n_embeds = 0
        self._openings: dict[tuple[Target, str], str] = {}

    def fill(self, document: Document, body: Body) -> str:
        """HTML of a part of the document's body."""
        return self._fill(document, body, (document.path,))

    def fill_again(self, document: Document, body: Body, prefix: str) -> str:
        """The same for a part that the page has elsewhere too: its ids get a prefix."""
        return self._fill(document, body, (document.path,), prefix)

    def opening_of(self, target: Found, address: str) -> str:
        """What a card shows of the note that it leads to: the section that is meant, else the first paragraph."""
        document: Document | None = self.tables.documents(target.path)
        if document is None:
            return ""
        is_part = target.heading >= 0 or target.block >= 0
        body = part_of(document, target) if is_part else document.body[: document.lead_end]
        length = sum(len(segment) for segment in body if isinstance(segment, str))
        if self.n_embeds < MAX_EMBEDS and 0 < length <= MAX_OPENING:
            self.n_embeds += 1
            prefix = f"e{self.n_embeds}-"
            return _to_footnotes(self._fill(document, body, (self.page.path, target.path), prefix), prefix, address)
        return f"<p>{escape(document.lead)}</p>" if document.lead else ""

    def _fill(self, document: Document, body: Body, chain: tuple[VaultPath, ...], prefix: str = "") -> str:
        """HTML of a body; with a prefix before its own ids and the links to them."""
        links: Links | None = self.tables.links(document.path)
        # Those of the front matter come first among the tags.
        first_tag = sum(1 for tag in document.tags if tag.in_property)
        pieces = []
        for segment in body:
            if isinstance(segment, str):
                pieces.append(_ID.sub(rf" \g<1>{prefix}", segment) if prefix else segment)
            elif segment.part == TAG:
                pieces.append(self.tag(document.tags[first_tag + segment.index].name))
            elif links is not None:
                ref, target = document.refs[segment.index], links.targets[segment.index]
                pieces.append(self._hole(segment, ref, target, chain))
        return "".join(pieces)

    def _hole(self, slot: Slot, ref: Ref, target: Target, chain: tuple[VaultPath, ...]) -> str:
        if slot.part == OPEN:
            return self.opening(ref, target)
        if slot.part == CLOSE:
            return "</a>" if self.address(ref, target) else "</span>"
        if ref.kind in ("embed", "image"):
            return self.embed(ref, target, chain)
        return self.link(ref, target)

    # -- links -----------------------------------------------------------------

    def tag(self, name: str) -> str:
        return f'<a class="tag" href="{escape(href(self.root, tag_url(fold(name))))}">#{escape(name)}</a>'

    def link(self, ref: Ref, target: Target) -> str:
        if ref.kind == "card" and not isinstance(target, Found):
            # A canvas names its files by path, which nobody wrote to be read: the file may be private.
            return '<span class="internal-embed is-unresolved"></span>'
        opening = self.opening(ref, target)
        return f"{opening}{escape(ref.label)}{'</a>' if opening[1] == 'a' else '</span>'}"

    def opening(self, ref: Ref, target: Target) -> str:
        # Notes link to the same few again and again.
        key = (target, ref.subpath)
        if (opening := self._openings.get(key)) is None:
            address = self.address(ref, target)
            kind = "internal-link" if isinstance(target, Found) else "internal-link is-unresolved"
            opening = f'<a class="{kind}" href="{escape(address)}">' if address else f'<span class="{kind}">'
            self._openings[key] = opening
        return opening

    def address(self, ref: Ref, target: Target) -> str:
        """Where a ref leads, relative to the page; empty where it leads nowhere."""
        if isinstance(target, Found):
            card: Card | None = self.tables.cards(target.path)
            if card is None:
                return ""
            fragment = target.anchor
            if card.kind == "attachment":
                # A page of a PDF, a moment of a film; on pictures a hook for style sheets (E-9).
                fragment = ref.subpath.removeprefix("#")
            if card.path == self.page.path and fragment:
                return href("", "", fragment)
            return href(self.root, card.url, fragment)
        wanted: WantedCard | None = self.tables.wanted(node_of(target))
        return href(self.root, wanted.url) if wanted is not None else ""

    # -- embeds ----------------------------------------------------------------

    def embed(self, ref: Ref, target: Target, chain: tuple[VaultPath, ...]) -> str:
        if isinstance(target, Ambiguous):
            return self.link(ref, target)
        card: Card | None = self.tables.cards(target.path) if isinstance(target, Found) else None
        if card is None or not isinstance(target, Found):
            # The name isn't shown: the file may be private.
            text = escape(ref.label) if ref.labelled else ""
            return f'<span class="internal-embed is-unresolved">{text}</span>'
        if card.kind == "attachment":
            return self.media(ref, target, card)
        if (
            card.kind in ("note", "canvas")
            and self.n_embeds < MAX_EMBEDS
            and len(chain) <= self.max_depth
            and card.path not in chain
        ):
            return self._transclusion(ref, target, chain)
        return self.link(ref, target)

    def media(self, ref: Ref, target: Target, card: Card) -> str:
        address = escape(self.address(ref, target))
        extension = splitext(card.path)[1].lower()
        size = (f' width="{ref.width}"' if ref.width else "") + (f' height="{ref.height}"' if ref.height else "")
        label = escape(ref.label) if ref.labelled and ref.label else escape(splitext(card.title)[0])
        if extension in IMAGES:
            return f'<img class="internal-embed image-embed" src="{address}" alt="{label}"{size} loading="lazy">'
        if extension in AUDIO:
            return f'<audio class="internal-embed" controls preload="none" src="{address}"></audio>'
        if extension in VIDEO:
            return f'<video class="internal-embed" controls preload="metadata" src="{address}"{size}></video>'
        return f'<a class="internal-embed file-embed" href="{address}">{label}</a>'

    def _transclusion(self, ref: Ref, target: Found, chain: tuple[VaultPath, ...]) -> str:
        document: Document | None = self.tables.documents(target.path)
        if document is None:
            return ""
        self.n_embeds += 1
        prefix = f"e{self.n_embeds}-"
        # Ids are the page's own: those of an embed get a prefix (E-10). What leads to the page itself doesn't.
        html = self._fill(document, part_of(document, target), (*chain, target.path), prefix)
        address = self.address(ref, target)
        if target.anchor:
            html = _to_footnotes(html, prefix, address)
        title = escape(ref.label if ref.labelled else _embed_title(document, target))
        kind = "markdown" if document.kind == "note" else document.kind
        return (
            f'<div class="internal-embed {kind}-embed" data-src="{escape(ref.written)}"><div class="embed-title"><a class="internal-link" '
            f'href="{escape(address)}">{title}</a></div><div class="embed-content">{html}</div></div>'
        )


def _to_footnotes(html: str, prefix: str, address: str) -> str:
    """A part of a note, whose footnotes stand below the whole."""
    return html.replace(f'href="#{prefix}fn-', f'href="{escape(address.partition("#")[0])}#fn-')


def _embed_title(document: Document, target: Found) -> str:
    """The note, and the section of it, that an embed shows."""
    if target.heading < 0:
        return document.title
    return f"{document.title} › {document.headings[target.heading].text}"


def part_of(document: Document, target: Found) -> Body:
    """What an embed shows: the whole body, a heading's section, or a block (rule E-2)."""
    anchor: Anchor | None = None
    if target.heading >= 0:
        anchor = document.heading_anchors[target.heading]
    elif target.block >= 0:
        anchor = document.block_anchors[target.block]
    return document.body if anchor is None else document.body[anchor.start : anchor.end]
