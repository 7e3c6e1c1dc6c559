"""What is close to a note, as its page tells it: linked notes, others that might be worth a link, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from vaultkit.engine.tables import Get
from vaultkit.model import Card, WantedCard
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.related import Near, PackedRelated, Reason
from vaultkit.site.views import CloseNote
from vaultkit.urls import color_class, href
from vaultkit.words import is_journal

N_NAMES = 2
"""Things that a reason names."""

_SAID_BY_LINKS = frozenset(("links", "linked", "mutual"))

Close = tuple[CloseNote, ...]


def close_notes(row: PackedRelated | None, type_: str, root: str, cards: Get, wanted: Get) -> tuple[Close, Close]:
    """The closest of the notes that a note is linked with, and of all others; of journals none are told."""
    if row is None or is_journal(type_):
        return (), ()
    related = row.related
    return (
        tuple(_told(related.linked, root, cards, wanted)),
        tuple(_told(related.unlinked, root, cards, wanted)),
    )


def _told(notes: Iterable[Near], root: str, cards: Get, wanted: Get) -> Iterator[CloseNote]:
    for near in notes:
        card: Card | None = cards(near.path)
        if card is not None:
            # That they are linked stands on the page anyway.
            reasons = [reason for reason in near.reasons if reason.kind not in _SAID_BY_LINKS]
            why = tuple(replace(reason, names=tuple(_names(reason, cards, wanted))[:N_NAMES]) for reason in reasons)
            yield CloseNote(card.title, href(root, card.url), color_class(card.type) if card.type else "", why)


def _names(reason: Reason, cards: Get, wanted: Get) -> Iterator[str]:
    """What the nodes are called."""
    for node in reason.names:
        card: Card | WantedCard | None = wanted(node) if node.startswith((WANTED, CLAIMED)) else cards(node)
        if card is not None:
            yield card.title if isinstance(card, Card) else card.name
