"""What is close to a note, as its page tells it: linked notes, others that might be worth a link, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from vaultkit.engine.tables import Get
from vaultkit.model import Card, WantedCard
from vaultkit.related import Near, PackedRelated, Reason
from vaultkit.site.views import CloseNote, Why
from vaultkit.urls import color_class, href
from vaultkit.words import is_journal

N_NAMES = 2
"""Things that a reason names."""

_SAID_BY_LINKS = frozenset(("links", "linked", "mutual"))
_WORDS = frozenset(("name", "words"))
"""Reasons that name words, not notes."""

Close = tuple[CloseNote, ...]


def close_notes(row: PackedRelated | None, type_: str, root: str, cards: Get, wanted: Get) -> tuple[Close, Close]:
    """The closest of the notes that a note is linked with, and of all others; of journals none are told."""
    if row is None or is_journal(type_):
        return (), ()
    related = row.related
    return _told(related.linked, root, cards, wanted), _told(related.unlinked, root, cards, wanted)


def _told(notes: Iterable[Near], root: str, cards: Get, wanted: Get) -> Close:
    found = []
    for near in notes:
        card: Card | None = cards(near.path)
        if card is None:
            continue
        # That they are linked stands on the page anyway.
        reasons = [reason for reason in near.reasons if reason.kind not in _SAID_BY_LINKS]
        color = color_class(card.type) if card.type else ""
        why = tuple(
            Why(reason.kind, reason.count, tuple(islice(_names(reason, cards, wanted), N_NAMES))) for reason in reasons
        )
        found.append(CloseNote(card.title, href(root, card.url), color, why))
    return tuple(found)


def _names(reason: Reason, cards: Get, wanted: Get) -> Iterator[str]:
    for name in reason.names:
        if reason.kind in _WORDS:
            yield name
            continue
        card: Card | WantedCard | None = wanted(name) if name.startswith(("?", "=")) else cards(name)
        if card is not None:
            yield card.title if isinstance(card, Card) else card.name
