"""The page of a note, and of a name that no note has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

from vaultkit.engine.tables import Get
from vaultkit.facts import Event, Fact
from vaultkit.model import Card, Document, Found, Heading, Links, Ref, Target, VaultPath, WantedCard
from vaultkit.nodes import CLAIMED, node_of
from vaultkit.settings import Site
from vaultkit.site.canvas_page import canvas_page
from vaultkit.site.holes import Filler, Tables
from vaultkit.site.local_graph import local_graph
from vaultkit.site.mentions import Badge, mention_groups, shortened, type_badge
from vaultkit.site.related import close_notes
from vaultkit.site.relations import Turned, n_relations, relation_groups, rows_about
from vaultkit.site.timeline import timeline
from vaultkit.site.views import Link, NoteView, OutlineItem, PropertyRow, WantedView
from vaultkit.urls import color_class, folder_url, href, root_of, tag_url
from vaultkit.words import fold, is_journal, sort_key

WORDS_A_MINUTE = 230
OUTLINE_LEVELS = 3

SHOWN_ELSEWHERE = frozenset(
    "alias aliases tag tags title cssclass cssclasses description permalink publish draft private "
    "image cover updated modified".split()
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRAILING_DATE = re.compile(r"\s*\([^()]*\b(?:19|20)\d\d\b[^()]*\)\Z")
_CLASS = re.compile(r"-?[A-Za-z_][\w-]*")
_WEB = re.compile(r"https?://[^\s<>\"]+\Z")


def note_page(site: Site, turned: Turned, badge: Badge = type_badge) -> Callable[..., NoteView | None]:
    """The formula of a note's view; attachments have no page."""
    hidden = SHOWN_ELSEWHERE | {fold(name) for name in site.hide_properties}

    def view(
        path: VaultPath, document: Document,
        *, cards: Get, links: Get, backlinks: Get, wanted: Get, documents: Get, about: Get,
        history: Get, related: Get,
    ) -> NoteView | None:  # fmt: skip
        if document.kind == "attachment":
            return None
        card: Card = cards(path)
        root = root_of(card.url)
        filler = Filler(card, Tables(cards, documents, links, wanted), site.embed_depth)
        resolved: Links | None = links(path)
        targets = resolved.targets if resolved is not None else ()
        groups, n_backlinks = mention_groups(backlinks(path, ()), root, cards)
        stated = about(path, ())
        # Daily notes and plain ones are about nothing that has facts.
        box = document.box if card.type and not is_journal(card.type) else None
        heading = document.headings[box.heading] if box is not None and box.heading >= 0 else None
        rest = document.body[document.lead_end :]
        if box is not None:
            rest = (*document.body[document.lead_end : box.start], *document.body[box.end :])
        linked, missing = _links(document.refs, targets, root, wanted)
        linking = Counter(edge.source for edge in backlinks(path, ()))
        closest, unlinked = close_notes(related(path), card.type, root, cards, wanted)
        note = NoteView(
            url=card.url,
            root=root,
            title=card.title,
            description=text_property(document, "description") or card.summary,
            crumbs=crumbs(path, root),
            type=badge(card.type, root),
            aliases=tuple(alias for alias in document.aliases if fold(alias) != fold(document.title)),
            tags=_tags(document, root),
            properties=_properties(document, targets, filler, hidden),
            updated=_updated(document),
            minutes=-(-document.words // WORDS_A_MINUTE) if document.words else 0,
            facts_html=filler.fill(document, document.body[box.table : box.end]) if box is not None else "",
            facts_heading=heading.text if heading is not None else "",
            facts_slug=heading.slug if heading is not None else "",
            **known(path, stated, history(path, ()), root, cards, wanted, turned),
            outline=_outline(document, heading),
            lead_html=filler.fill(document, document.body[: document.lead_end]),
            html=filler.fill(document, rest),
            backlinks=shortened(groups, n_backlinks, card, root),
            n_backlinks=n_backlinks,
            graph=local_graph(path, linked, linking, stated, root, cards),
            closest=closest,
            unlinked=unlinked,
            wanted=missing,
            css_classes=_css_classes(document),
            image=_image(document, targets, root, cards, backlinks),
            is_draft=document.is_draft,
        )
        return note if document.canvas is None else canvas_page(note, document, document.canvas, targets, filler)

    return view


def wanted_page(turned: Turned) -> Callable[..., WantedView]:
    """The formula of the page of a name that no note has."""
    return partial(_wanted_page, turned=turned)


def _wanted_page(
    node: str, card: WantedCard, *, turned: Turned, mentions: Get, cards: Get, names: Get, wanted: Get, about: Get,
    history: Get,
) -> WantedView:  # fmt: skip
    """The page that collects all mentions of a name; for an ambiguous one, with the notes that claim it."""
    root = root_of(card.url)
    groups, n_mentions = mention_groups(mentions(node, ()), root, cards)
    candidates = []
    if node.startswith(CLAIMED):
        # An alias stands among the names behind a mark of its own.
        for path in names("\0" + node.removeprefix(CLAIMED), ()):
            claimant: Card = cards(path)
            candidates.append(card_link(claimant, root))
    return WantedView(
        url=card.url, root=root, title=card.name, mentions=groups, n_mentions=n_mentions, candidates=tuple(candidates),
        **known(node, about(node, ()), history(node, ()), root, cards, wanted, turned),
    )  # fmt: skip


def known(
    node: str, about: Sequence[Fact], history: Sequence[Event], root: str, cards: Get, wanted: Get, turned: Turned
) -> dict[str, Any]:  # fmt: skip
    """What a page shows of its thing besides its own text, by the fields of `ThingView`."""
    relations = relation_groups(node, about, root, cards, wanted, turned)
    return {
        "relations": relations,
        "n_relations": sum(map(n_relations, relations)),
        "timeline": timeline(history, root, cards, wanted),
        "rows_about": rows_about(node, about, root, cards),
    }


def card_link(card: Card, root: str, count: int = 0) -> Link:
    return Link(card.title, href(root, card.url), color_class(card.type) if card.type else "", count)


def crumbs(path: str, root: str) -> tuple[Link, ...]:
    """The folders above, the top one first."""
    folders = path.split("/")[:-1]
    return tuple(
        Link(name, href(root, folder_url("/".join(folders[: depth + 1])))) for depth, name in enumerate(folders)
    )


def _links(
    refs: Sequence[Ref], targets: Sequence[Target], root: str, wanted: Get
) -> tuple[Counter[str], tuple[Link, ...]]:
    """What a note links to, with how often, and those that it links to and nobody has written."""
    found: Counter[str] = Counter()
    missing: dict[str, WantedCard] = {}
    for ref, target in zip(refs, targets, strict=True):
        if ref.in_comment:
            continue
        if isinstance(target, Found):
            found[target.path] += 1
        elif (card := wanted(node_of(target))) is not None:
            missing[card.url] = card
    names = sorted(missing.values(), key=lambda card: sort_key(card.name))
    return found, tuple(Link(card.name, href(root, card.url)) for card in names)


# ---------------------------------------------------------------------------
# The head and the box of properties
# ---------------------------------------------------------------------------


def _tags(document: Document, root: str) -> tuple[Link, ...]:
    """The note's tags, each once in the spelling met first (rule T-8)."""
    shown = {fold(tag.name): tag.name for tag in reversed(document.tags) if not tag.in_comment}
    ordered = dict.fromkeys(fold(tag.name) for tag in document.tags if not tag.in_comment)
    return tuple(Link(shown[name], href(root, tag_url(name))) for name in ordered)


def _properties(
    document: Document, targets: Sequence[Target], filler: Filler, hidden: frozenset[str]
) -> tuple[PropertyRow, ...]:
    by_key = {
        ref.key: (ref, target) for ref, target in zip(document.refs, targets, strict=True) if ref.kind == "property"
    }
    return tuple(
        PropertyRow(spoken(entry.name), html)
        for entry in document.properties
        if fold(entry.name) not in hidden and (html := _value(entry.name, entry.value, by_key, filler))
    )


def _value(key: str, value: Any, by_key: dict[str, tuple[Ref, Target]], filler: Filler) -> str:
    """A property's value as HTML; empty for what says nothing, and for nested maps."""
    if key in by_key:
        return filler.link(*by_key[key])
    if isinstance(value, bool):
        return "☑" if value else "☐"
    if isinstance(value, list):
        items = (_value(f"{key}.{index}", item, by_key, filler) for index, item in enumerate(value))
        return ", ".join(item for item in items if item)
    if value is None or isinstance(value, dict):
        return ""
    text = str(value)
    if _WEB.match(text):
        address = escape(text)
        return f'<a class="external-link" href="{address}" rel="noopener noreferrer nofollow">{address}</a>'
    return escape(text)


def spoken(name: str) -> str:
    """A property's name as a reader would say it: `first_described` is "First described"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def text_property(document: Document, name: str) -> str:
    for entry in document.properties:
        if fold(entry.name) == name and isinstance(entry.value, str):
            return entry.value
    return ""


def _updated(document: Document) -> str:
    for name in ("updated", "modified", "date"):
        if match := _DATE.match(text_property(document, name)):
            return match[0]
    return ""


def _image(document: Document, targets: Sequence[Target], root: str, cards: Get, backlinks: Get) -> str:
    """The picture for link previews (rule P-5): an address, or a file that is published since some note shows it."""
    for name in (entry.name for entry in document.properties if fold(entry.name) in ("image", "cover")):
        written = text_property(document, fold(name))
        if _WEB.fullmatch(written):
            return written
        linked = (
            target.path
            for ref, target in zip(document.refs, targets, strict=True)
            if ref.kind == "property" and ref.key in (name, f"{name}.0") and isinstance(target, Found)
        )
        path = next(linked, written)
        card: Card | None = cards(path)
        if card is not None and card.kind == "attachment" and backlinks(path) is not None:
            return href(root, card.url)
    return ""


def _css_classes(document: Document) -> tuple[str, ...]:
    for entry in document.properties:
        if entry.name in ("cssclasses", "cssclass"):
            names: list[Any] = entry.value if isinstance(entry.value, list) else str(entry.value or "").split()
            return tuple(name for name in names if isinstance(name, str) and _CLASS.fullmatch(name))
    return ()


def _outline(document: Document, boxed: Heading | None) -> tuple[OutlineItem, ...]:
    """The headings of the article, without the one that went with the box of facts."""
    headings = [heading for heading in document.headings if heading.slug and heading is not boxed]
    if not headings:
        return ()
    top = min(heading.level for heading in headings)
    return tuple(
        OutlineItem(heading.level - top + 1, _TRAILING_DATE.sub("", heading.text) or heading.text, heading.slug)
        for heading in headings
        if heading.level - top < OUTLINE_LEVELS
    )
