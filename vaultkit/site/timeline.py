"""What happened when: events as rows of a timeline, on the pages of things and on pages of their own."""

from __future__ import annotations

from vaultkit.engine.tables import Get
from vaultkit.facts import Event
from vaultkit.model import Card
from vaultkit.site.relations import thing
from vaultkit.site.views import TimelineRow
from vaultkit.urls import href
from vaultkit.words import fold

_TOLD_IN = frozenset(
    "event events milestone milestones development developments what happening news headline announcement action "
    "description summary details detail change item story title".split()
)  # fmt: skip
"""Heads of the column that says what happened; where there is none, it is the first after the date."""


def event_row(event: Event, root: str, cards: Get, wanted: Get) -> TimelineRow:
    """An event as pages show it; nodes that have no page are only in its text."""
    card: Card = cards(event.note)
    text, rest = _told(event)
    links = (thing(node, "", root, cards, wanted) for node in event.about)
    date = event.text or event.date.replace("-00", "")
    address = href(root, card.url, event.slug)
    return TimelineRow(date, text, rest, tuple(link for link in links if link.href), card.title, address)


def _told(event: Event) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What happened, and the other cells with their columns."""
    if not event.cells:
        return _without_date(event.section, event.text), ()
    main = next((at for at, (head, _) in enumerate(event.cells) if fold(head) in _TOLD_IN), 0)
    return event.cells[main][1], event.cells[:main] + event.cells[main + 1 :]


def _without_date(heading: str, date: str) -> str:
    """What a dated heading says besides its date, which stands beside it."""
    if heading.endswith(f"({date})"):
        return heading[: -len(date) - 2].rstrip()
    return heading.removeprefix(date).lstrip(" :—–|-") or heading
