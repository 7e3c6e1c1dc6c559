"""What a link shows of the page that it leads to: a small script beside each note, and beside each name without one.

A preview stands at the address of its page, so that whoever has a link has its
preview: `Actors/NVIDIA.html` is told of by `previews/Actors/NVIDIA.js`. The
files that search reads can't serve: their names are places in a table that is
known only after the index was read, they are ten times as large, and a site may
have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import CELL_GAP, Card, Document, Edge, Passage, Url, VaultPath, WantedCard
from vaultkit.nodes import CLAIMED
from vaultkit.site.mentions import Badge
from vaultkit.site.note_page import text_property
from vaultkit.site.pages import Made, made
from vaultkit.site.profiles import Profile
from vaultkit.site.script_files import calling
from vaultkit.site.statements import shortened
from vaultkit.words import fold, is_journal

N_FACTS, MAX_FACT = 4, 80
"""Facts that a preview shows, and characters of each."""

MAX_LEAD, MIN_LEAD = 260, 90
"""Characters of a text: it ends with a sentence where one ends between the two."""

MAX_PLACES = 40
"""Headings and blocks of a note of which its preview tells."""

_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’)\]]*(?:\s|\Z)|(?<=[。！？])")


class Preview(Struct, frozen=True, array_like=True):
    """What the file says, in this order."""

    title: str
    type: str = ""
    """Name of its entity type in the singular."""
    color: str = ""
    """The class of its type's color."""
    lead: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Keys and values."""
    places: tuple[tuple[str, str, str], ...] = ()
    """Id in the page, heading, and first words of each part that links of other notes lead to."""
    n_mentions: int = 0
    """Of a name that no note has: how many notes use it; the lead is then what one of them says."""
    source: str = ""
    """And which."""
    claimed_by: tuple[str, ...] = ()
    """Titles of the notes that have such a name as an alias."""


def preview_url(url: Url) -> Url:
    return Url(f"previews/{url.removesuffix('.html')}.js")


def note_preview(badge: Badge) -> Callable[..., Made | None]:
    """The formula of a note's preview; attachments have none."""

    def formula(
        path: VaultPath, document: Document, *, cards: Get, backlinks: Get, profiles: Get, facts: Get
    ) -> Made | None:  # fmt: skip
        if document.kind == "attachment":
            return None
        card: Card = cards(path)
        type_ = badge(card.type, "")
        profile: Profile | None = profiles(path)
        return _file(
            card.url,
            Preview(
                card.title,
                type_.name if type_ is not None else "",
                type_.color if type_ is not None else "",
                sentences(text_property(document, "description") or document.lead),
                _facts(profile, facts(path, ())) if profile is not None else (),
                tuple(_places(document, {edge.anchor for edge in backlinks(path, ()) if edge.anchor})),
            ),
        )

    return formula


def wanted_preview(node: str, card: WantedCard, *, mentions: Get, cards: Get, names: Get) -> Made:
    """The preview of a name that no note has: what the first note that uses it in a sentence says."""
    claimed_by = ()
    if node.startswith(CLAIMED):
        claimed_by = tuple(cards(path).title for path in names("\0" + node.removeprefix(CLAIMED), ()))
    edge = max(mentions(node, ()), key=_worth, default=None)
    source: Card | None = cards(edge.source) if edge is not None and _worth(edge)[0] else None
    lead = sentences(edge.quote) if edge is not None and source is not None else ""
    title = source.title if source is not None else ""
    return _file(
        card.url, Preview(card.name, lead=lead, n_mentions=card.n_mentions, source=title, claimed_by=claimed_by)
    )  # fmt: skip


def sentences(text: str) -> str:
    """The first sentences of a text, as many as fit."""
    if len(text) <= MAX_LEAD:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, MAX_LEAD) if match.end() >= MIN_LEAD]
    return text[: ends[-1]].rstrip() if ends else shortened(text, MAX_LEAD)


def _file(url: Url, preview: Preview) -> Made:
    return made(preview_url(url), calling("vkPreview", preview))


def _worth(edge: Edge) -> tuple[bool, bool]:
    """Whether the words around a link say something, and rather not of a day; of equals the first is the best."""
    return len(edge.quote) > len(edge.label) + MIN_LEAD // 3, not is_journal(edge.source)


def _facts(profile: Profile, facts: Sequence[Fact]) -> tuple[tuple[str, str], ...]:
    """Its first table of keys and values, made to be read first, and its properties; rows of later ones need what is around them."""
    stated = [fact for fact in facts if fact.source == "key-value"]
    first = {fold(fact.role) for fact in stated if fact.slug == stated[0].slug}
    later = {fold(fact.role) for fact in stated} - first
    told = sorted(
        (known for known in profile.known if known.key not in later), key=lambda known: known.key not in first
    )
    return tuple((known.shown, shortened(known.text, MAX_FACT)) for known in told[:N_FACTS])


def _places(document: Document, anchors: set[str]) -> Iterator[tuple[str, str, str]]:
    """The headings and blocks with these ids, by their order in the note."""
    if not anchors:
        return
    passages = [passage for passage in document.passages if passage.place not in ("heading", "comment", "table")]
    headings = ((index, heading) for index, heading in enumerate(document.headings) if heading.slug in anchors)
    for index, heading in list(headings)[:MAX_PLACES]:
        below = next((passage for passage in passages if passage.section == index and passage.text.strip()), None)
        yield heading.slug, heading.text, _words(below)
    for block in [block for block in document.blocks if f"^{block.id}" in anchors][:MAX_PLACES]:
        above = next((passage for passage in reversed(passages) if passage.line <= block.line), None)
        if above is not None:
            yield f"^{block.id}", "", _words(above)


def _words(passage: Passage | None) -> str:
    return sentences(" ".join(passage.text.replace(CELL_GAP, " | ").split())) if passage is not None else ""
