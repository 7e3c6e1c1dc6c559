"""What happened when: events as rows of a timeline, on the pages of things and on pages of their own.

The pages are made month by month, so that an event renders the page it is on and
little else: a year that has many events is cut into its months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.facts import Event
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.site.pages import Page, pack
from vaultkit.site.relations import thing
from vaultkit.site.views import Link, TimelineRow, TimelineSection, TimelineView
from vaultkit.urls import href, part_url, root_of
from vaultkit.words import fold

TIMELINE_URL = Url("timeline/index.html")

SPLIT = 400
"""Events from which on a year has a page a month."""

A_PAGE = 500
"""Events on a page, whatever they are grouped by."""

N_LATEST, N_AHEAD = 50, 12

_TOLD_IN = frozenset(
    "event events milestone milestones development developments what happening news headline announcement action "
    "description summary details detail change item story title observation note role move status".split()
)
"""Heads of the column that says what happened; any other is named with what stands in it."""

_DAY = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

# ---------------------------------------------------------------------------
# One event
# ---------------------------------------------------------------------------


def event_row(event: Event, root: str, cards: Get, wanted: Get) -> TimelineRow:
    """An event as pages show it; nodes that have no page are only in its text."""
    card: Card = cards(event.note)
    text, rest = _told(event)
    links = (thing(node, "", root, cards, wanted) for node in event.about)
    date = event.text or event.date.replace("-00", "")
    address = href(root, card.url, event.slug)
    return TimelineRow(date, text, rest, tuple(link for link in links if link.href), card.title, address)


FEWEST = 3
"""With fewer dated rows than that there is no line to follow."""


def timeline(events: Sequence[Event], root: str, cards: Get, wanted: Get) -> tuple[TimelineRow, ...]:
    """What happened to a thing, as its own note and others tell it; the newest first, what has no date not at all."""
    dated = {(event.date, event.cells, event.section): event for event in events if event.date and not event.is_journal}
    if len(dated) < FEWEST:
        return ()
    ordered = sorted(dated.values(), key=lambda event: (event.date, event.note, -event.line), reverse=True)
    return tuple(event_row(event, root, cards, wanted) for event in ordered)


def _told(event: Event) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What happened, and the other cells with their columns."""
    if not event.cells:
        return _without_date(event.section, event.text), ()
    main = next((at for at, (head, _) in enumerate(event.cells) if fold(head) in _TOLD_IN), -1)
    if main >= 0:
        return event.cells[main][1], event.cells[:main] + event.cells[main + 1 :]
    head, cell = event.cells[0]
    return f"{head}: {cell}" if head else cell, event.cells[1:]


def _without_date(heading: str, date: str) -> str:
    """What a dated heading says besides its date, which stands beside it."""
    if heading.endswith(f"({date})"):
        return heading[: -len(date) - 2].rstrip() or heading
    return heading.removeprefix(date).lstrip(" :—–|-") or heading


# ---------------------------------------------------------------------------
# Months and years
# ---------------------------------------------------------------------------


class Year(Struct, frozen=True, array_like=True):
    """How a year is laid out, without its counts, which change more often."""

    months: tuple[str, ...]
    """Those that something happened in; `2024-00` for what has no month."""
    is_split: bool


class Newest(Struct, frozen=True, array_like=True):
    """What the page of all years shows."""

    years: tuple[tuple[str, int], ...]
    latest: tuple[Event, ...]
    ahead: tuple[Event, ...]
    """What is yet to come, soonest first."""


def by_month(_: VaultPath, events: Sequence[Event]) -> Iterator[tuple[str, Event]]:
    """Events by year and month; what daily notes tell is left to them, and so is what can't be dated."""
    return ((event.date[:7], event) for event in events if event.date and not event.is_journal)


def by_year(month: str, events: Sequence[Event]) -> Iterator[tuple[str, tuple[str, int]]]:
    yield month[:4], (month, len(events))


def year_plan(_: str, months: Sequence[tuple[str, int]]) -> Year:
    return Year(tuple(month for month, _ in months), sum(n for _, n in months) > SPLIT)


def last_day(_: VaultPath, document: Document) -> Iterator[tuple[str, str]]:
    """The days that a vault's files are dated by, by year: the vault's present is the last of them."""
    names = (document.title, *(entry.value for entry in document.properties if fold(entry.name) in _DATED))
    for name in names:
        match = _DAY.match(name) if isinstance(name, str) else None
        if match is not None and document.kind == "note":
            yield match[0][:4], match[0]


_DATED = frozenset({"updated", "modified", "date", "created"})


def newest(
    *, months: Mapping[str, Sequence[Event]], years: Mapping[str, Sequence[tuple[str, int]]], days: Mapping[str, Sequence[str]]
) -> dict[str, Newest]:  # fmt: skip
    """The latest events, by the vault's own calendar: no clock says what is yet to come, but its newest note does."""
    if not months:
        return {}
    today = max(days[max(days)]) if days else "9999"
    counts = tuple((year, sum(n for _, n in years[year])) for year in sorted(years, reverse=True))
    past: list[Event] = []
    for month in sorted((month for month in months if month <= today), reverse=True):
        past += sorted((event for event in months[month] if event.date <= today), key=_order, reverse=True)
        if len(past) >= N_LATEST:
            break
    ahead: list[Event] = []
    for month in sorted(month for month in months if month >= today[:7]):
        ahead += sorted((event for event in months[month] if event.date > today), key=_order)
        if len(ahead) >= N_AHEAD:
            break
    return {"": Newest(counts, tuple(past[:N_LATEST]), tuple(ahead[:N_AHEAD]))}


def timeline_index(_: str, row: Newest, *, cards: Get, wanted: Get) -> TimelineView:
    """The page of all years, with what happened last."""
    root = root_of(TIMELINE_URL)
    return TimelineView(
        url=TIMELINE_URL, root=root, title="", n_rows=sum(n for _, n in row.years),
        latest=tuple(event_row(event, root, cards, wanted) for event in row.latest),
        ahead=tuple(event_row(event, root, cards, wanted) for event in row.ahead),
        # The decade stands in the place of a remark.
        children=tuple(Link(year, href(root, _url(year)), count=n, note=year[:-1]) for year, n in row.years),
    )  # fmt: skip


def month_pages(month: str, events: Sequence[Event], *, plans: Get, cards: Get, wanted: Get) -> tuple[Page, ...] | None:
    """The pages of a month, where its year is cut into them."""
    plan: Year = plans(month[:4])
    if not plan.is_split or month.endswith("-00"):
        return None
    return _pages(month, month[:4], plan, [(month, events)], (), len(events), cards, wanted)


def year_pages(
    year: str, months: Sequence[tuple[str, int]], *, plans: Get, events: Get, cards: Get, wanted: Get
) -> tuple[Page, ...]:  # fmt: skip
    """The pages of a year: all that happened, or the ways to its months and what has none."""
    plan: Year = plans(year)
    total = sum(n for _, n in months)
    if not plan.is_split:
        return _pages(year, "", plan, [(month, events(month)) for month in plan.months], (), total, cards, wanted)
    root = root_of(TIMELINE_URL)
    undated = f"{year}-00"
    tiles = tuple(Link(month, href(root, _url(month)), count=n) for month, n in months if month != undated)
    rest = [(undated, events(undated))] if undated in plan.months else []
    return _pages(year, "", plan, rest, tiles, total, cards, wanted)


def _pages(
    period: str, above: str, plan: Year, parts: Sequence[tuple[str, Sequence[Event]]], tiles: tuple[Link, ...],
    n_events: int, cards: Get, wanted: Get,
) -> tuple[Page, ...]:  # fmt: skip
    """A period's events in their order, cut into pages; each part is a month."""
    root = root_of(TIMELINE_URL)
    every = [(month, event) for month, events in parts for event in sorted(events, key=_order)]
    cut = [every[start : start + A_PAGE] for start in range(0, len(every), A_PAGE)] or [[]]
    links = tuple(Link(str(number), href(root, _url(period, number))) for number in range(1, len(cut) + 1))
    crumbs = (Link("", href(root, TIMELINE_URL)), *((Link(above, href(root, _url(above))),) if above else ()))
    months = plan.months if above else ()
    beside = tuple(Link(month, href(root, _url(month))) for month in months if not month.endswith("-00"))
    made = []
    for number, some in enumerate(cut, 1):
        rows: dict[str, list[TimelineRow]] = {}
        for month, event in some:
            rows.setdefault(month, []).append(event_row(event, root, cards, wanted))
        sections = tuple(TimelineSection(month, tuple(found)) for month, found in rows.items())
        view = TimelineView(
            url=_url(period, number), root=root, title=period, crumbs=crumbs, sections=sections, n_rows=n_events,
            children=tiles if number == 1 else (), beside=beside, pages=links, number=number,
        )  # fmt: skip
        made.append(pack(view))
    return tuple(made)


def _url(period: str, number: int = 1) -> Url:
    url = Url(f"timeline/{period}.html")
    return url if number == 1 else part_url(url, str(number))


def _order(event: Event) -> tuple[str, str, int]:
    return event.date, event.note, event.line
