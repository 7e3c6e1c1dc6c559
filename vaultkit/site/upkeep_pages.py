"""The pages of what should be mended: one for each kind of finding, and one with the first of each."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from vaultkit.diagnostics import CODES
from vaultkit.engine.tables import Get
from vaultkit.model import Card, Url
from vaultkit.site.base_view import Link
from vaultkit.site.relations import thing
from vaultkit.site.upkeep import Flaw, Flaws, Spot
from vaultkit.site.upkeep_views import Finding, FindingGroup, MaintenanceView
from vaultkit.urls import href, part_url, root_of

MAINTENANCE_URL = Url("maintenance/index.html")

A_PAGE = 200
"""Findings on a page."""

FIRST = 5
"""Findings of each kind on the page of all kinds."""

KINDS = ("dangling", "ambiguous", "collision", "duplicate", "one-way", "unlinked", "stub", "orphan")
"""In the order of the page of all kinds; the codes of problems follow."""


class Part(Struct, frozen=True, array_like=True, gc=False):
    """The findings of one page, before their notes have addresses."""

    kind: str
    number: int
    n_parts: int
    flaws: tuple[Flaw, ...]


class Overview(Struct, frozen=True, array_like=True):
    """Each kind that was found, how often, and its first findings."""

    kinds: tuple[tuple[str, int, tuple[Flaw, ...]], ...]


def parts(flaws: Mapping[str, Flaws]) -> dict[tuple[str, int], Part]:
    """Findings by kind, the weightiest first, in parts that fill a page."""
    by_kind: dict[str, list[tuple[tuple[int, str, int, int], Flaw]]] = {}
    for key, found in flaws.items():
        for at, flaw in enumerate(found):
            by_kind.setdefault(flaw.kind, []).append(((-flaw.order, key, flaw.line, at), flaw))
    made = {}
    for kind, ranked in by_kind.items():
        ordered = [flaw for _, flaw in sorted(ranked, key=lambda pair: pair[0])]
        cut = [tuple(ordered[start : start + A_PAGE]) for start in range(0, len(ordered), A_PAGE)]
        for number, some in enumerate(cut, 1):
            made[kind, number] = Part(kind, number, len(cut), some)
    return made


def place_of(part: Part) -> tuple[str, int]:
    return part.kind, part.number


def overview(*, found: Mapping[tuple[str, int], Part]) -> dict[str, Overview]:
    """What the page of all kinds shows; a vault without a flaw has none."""
    n: dict[str, int] = {}
    for part in found.values():
        n[part.kind] = n.get(part.kind, 0) + len(part.flaws)
    order = {kind: at for at, kind in enumerate(KINDS)}
    kinds = sorted(n, key=lambda kind: (order.get(kind, len(order)), kind))
    row = Overview(tuple((kind, n[kind], found[kind, 1].flaws[:FIRST]) for kind in kinds))
    return {"": row} if kinds else {}


def overview_page(_: str, row: Overview, *, cards: Get, wanted: Get) -> MaintenanceView:
    root = root_of(MAINTENANCE_URL)
    groups = tuple(
        FindingGroup(
            kind, _title(kind), href(root, _url(kind)), n, tuple(_finding(flaw, root, cards, wanted) for flaw in flaws)
        )
        for kind, n, flaws in row.kinds
    )
    return MaintenanceView(url=MAINTENANCE_URL, root=root, title="", groups=groups)


def kind_page(_: tuple[str, int], part: Part, *, cards: Get, wanted: Get) -> MaintenanceView:
    """A page of findings of one kind."""
    root = root_of(MAINTENANCE_URL)
    links = tuple(Link(str(number), href(root, _url(part.kind, number))) for number in range(1, part.n_parts + 1))
    code = CODES.get(part.kind)
    return MaintenanceView(
        url=_url(part.kind, part.number), root=root, title=_title(part.kind), kind=part.kind,
        explanation=code.explanation if code is not None else "", crumbs=(Link("", href(root, MAINTENANCE_URL)),),
        findings=tuple(_finding(flaw, root, cards, wanted) for flaw in part.flaws), pages=links, number=part.number,
    )  # fmt: skip


def _finding(flaw: Flaw, root: str, cards: Get, wanted: Get) -> Finding:
    return Finding(
        tuple(_link(spot, root, cards, wanted) for spot in flaw.about), flaw.role, flaw.text, flaw.n_words, flaw.line,
        tuple(_link(spot, root, cards, wanted) for spot in flaw.where), flaw.n_where - len(flaw.where), flaw.count,
    )  # fmt: skip


def _link(spot: Spot, root: str, cards: Get, wanted: Get) -> Link:
    card: Card | None = cards(spot.node)
    if card is None:
        return thing(spot.node, spot.label, root, cards, wanted)
    link = thing(spot.node, "", root, cards, wanted)
    remark = card.title if spot.label not in ("", card.title) else ""
    return Link(spot.label or link.text, href(root, card.url, spot.slug), link.color, note=remark)


def _title(kind: str) -> str:
    """Of a problem; what the others are called, the theme knows."""
    return CODES[kind].summary.rstrip(".").replace("`", "") if kind in CODES else ""


def _url(kind: str, number: int = 1) -> Url:
    url = Url(f"maintenance/{kind}.html")
    return url if number == 1 else part_url(url, str(number))
