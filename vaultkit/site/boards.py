"""Where the cards and lines of a canvas are drawn, in what order they are read: whole numbers, and nothing of any note.

Every number is made here of those of the file, which may be anything: none is
a fraction, so that no machine rounds it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isqrt
from typing import NamedTuple

from vaultkit.model import CanvasEdge, CanvasNode

REACH = 30_000
"""How far from the middle one a card is drawn: one that a slip has sent away makes no others invisible."""

LARGEST = 20_000
SMALLEST = (48, 32)
"""Width and height that can be seen and hit."""

MARGIN = 48
ROOM = (960, 400)
"""A picture is at least so wide and high: a single card isn't blown up."""

MAX_PAIRS = 500_000
"""How many cards are compared with one another; a canvas with more is read without regard to its groups or overlaps."""

FIELD = 400
"""Side of a field of the grid by which cards that overlap are found."""

HEAD = (12, 6)
"""Length of an arrow head, and half its width."""

NORMALS = {"top": (0, -1), "right": (1, 0), "bottom": (0, 1), "left": (-1, 0)}

APART = 26
"""Between two labels that would stand on one another."""


class Place(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def holds(self, other: Place) -> bool:
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom

    def meets(self, other: Place) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def at(self, side: str) -> tuple[int, int]:
        """The middle of a side."""
        across, down = NORMALS[side]
        return (
            self.x + (self.width * (1 + across)) // 2,
            self.y + (self.height * (1 + down)) // 2,
        )


class Curve(NamedTuple):
    """A line as paths of SVG, with the middle of its label and the corners of what it covers."""

    path: str
    heads: str
    label: tuple[int, int]
    reach: tuple[int, int, int, int]


def places(nodes: Sequence[CanvasNode]) -> list[Place]:
    """Where each node is drawn."""
    if not nodes:
        return []
    middle_x, middle_y = (
        sorted(numbers)[len(nodes) // 2] for numbers in zip(*((n.x, n.y) for n in nodes), strict=True)
    )
    return [
        Place(
            min(max(node.x, middle_x - REACH), middle_x + REACH),
            min(max(node.y, middle_y - REACH), middle_y + REACH),
            min(max(node.width, SMALLEST[0]), LARGEST),
            min(max(node.height, SMALLEST[1]), LARGEST),
        )
        for node in nodes
    ]


def frame(drawn: Iterable[Place], curves: Iterable[Curve]) -> Place:
    """All that is drawn, with a margin, and not smaller than a picture should be."""
    corners = [(place.x, place.y, place.right, place.bottom) for place in drawn]
    corners += [curve.reach for curve in curves]
    if not corners:
        return Place(0, 0, *ROOM)
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    left, top = min(lefts) - MARGIN, min(tops) - MARGIN
    width, height = max(rights) + MARGIN - left, max(bottoms) + MARGIN - top
    more, taller = max(ROOM[0] - width, 0), max(ROOM[1] - height, 0)
    return Place(left - more // 2, top - taller // 2, width + more, height + taller)


# ---------------------------------------------------------------------------
# The order in which cards are read
# ---------------------------------------------------------------------------


def parents(nodes: Sequence[CanvasNode], where: Sequence[Place]) -> list[int]:
    """The smallest group around each node; -1 for none."""
    groups = [index for index, node in enumerate(nodes) if node.type == "group"]
    groups = groups[: max(1, MAX_PAIRS // max(len(nodes), 1))]
    # From the largest down: a group stands in one before it, and so no two in each other.
    groups.sort(key=lambda index: (-where[index].width * where[index].height, index))
    rank = {index: n for n, index in enumerate(groups)}
    found = [-1] * len(nodes)
    for index, place in enumerate(where):
        found[index] = next((g for g in reversed(groups[: rank.get(index)]) if where[g].holds(place)), -1)
    return found


def reading_order(nodes: Sequence[CanvasNode], where: Sequence[Place]) -> list[tuple[int, int]]:
    """Nodes by index, each with the number of groups around it: a group, what is in it, then cards of no group."""
    inside: dict[int, list[int]] = {}
    for index, parent in enumerate(parents(nodes, where)):
        inside.setdefault(parent, []).append(index)
    order: list[tuple[int, int]] = []
    todo = [(-1, -1)]
    while todo:
        index, level = todo.pop()
        if index >= 0:
            order.append((index, level))
        here = inside.get(index, [])
        groups = [child for child in here if nodes[child].type == "group"]
        cards = [child for child in here if nodes[child].type != "group"]
        # A group's own cards stand under its label; where there is no label, the groups come first.
        first, then = (groups, cards) if index < 0 else (cards, groups)
        todo += [(child, level + 1) for child in reversed([*_rows(first, where), *_rows(then, where)])]
    return _as_stacked(order, nodes, where)


def _rows(indices: list[int], where: Sequence[Place]) -> list[int]:
    """From the top left to the bottom right: what begins above the middle of a row's first card stands in that row."""
    rows: list[list[int]] = []
    until = 0
    for index in sorted(indices, key=lambda i: (where[i].y, where[i].x, i)):
        if not rows or where[index].y >= until:
            rows.append([])
            until = where[index].y + max(where[index].height // 2, 1)
        rows[-1].append(index)
    return [index for row in rows for index in sorted(row, key=lambda i: (where[i].x, where[i].y, i))]


def _as_stacked(
    order: list[tuple[int, int]], nodes: Sequence[CanvasNode], where: Sequence[Place]
) -> list[tuple[int, int]]:
    """Cards that overlap, in the order of the file among themselves: the later one lies on top."""
    cluster = list(range(len(nodes)))

    def first(index: int) -> int:
        while cluster[index] != index:
            cluster[index] = cluster[cluster[index]]
            index = cluster[index]
        return index

    n_pairs = 0
    # Only cards that lie on one field of a coarse grid can overlap.
    fields: dict[tuple[int, int], list[int]] = {}
    for index in (index for index, _ in order if nodes[index].type != "group"):
        place = where[index]
        for x in range(place.x // FIELD, place.right // FIELD + 1):
            for y in range(place.y // FIELD, place.bottom // FIELD + 1):
                others = fields.setdefault((x, y), [])
                n_pairs += 1 + len(others)
                if n_pairs > MAX_PAIRS:
                    return order
                for other in others:
                    if place.meets(where[other]):
                        cluster[first(index)] = first(other)
                others.append(index)
    slots: dict[int, list[int]] = {}
    for slot, (index, _) in enumerate(order):
        slots.setdefault(first(index), []).append(slot)
    stacked = list(order)
    for held in slots.values():
        for slot, entry in zip(held, sorted(order[slot] for slot in held), strict=True):
            stacked[slot] = entry
    return stacked


# ---------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------


def curves(edges: Sequence[CanvasEdge], where: Mapping[str, Place]) -> list[Curve]:
    """The line of each edge; labels that would stand on one another move apart."""
    found = []
    taken: dict[tuple[int, int], int] = {}
    for edge in edges:
        curve = _curve(edge, where[edge.fromNode], where[edge.toNode])
        if edge.label:
            x, y = curve.label
            spot = x // 60, y // APART
            taken[spot] = n_here = taken.get(spot, -1) + 1
            curve = curve._replace(label=(x, y + n_here * APART))
        found.append(curve)
    return found


def _curve(edge: CanvasEdge, start: Place, end: Place) -> Curve:
    from_side, to_side = _sides(edge, start, end)
    (x0, y0), (x1, y1) = start.at(from_side), end.at(to_side)
    (nx0, ny0), (nx1, ny1) = NORMALS[from_side], NORMALS[to_side]
    heads = []
    if edge.fromEnd == "arrow":
        heads.append(_head(x0, y0, nx0, ny0))
    if edge.toEnd == "arrow":
        heads.append(_head(x1, y1, nx1, ny1))
    # The line ends within the head, so that it doesn't blunt its tip.
    back0, back1 = (HEAD[0] - 3 if arrow == "arrow" else 0 for arrow in (edge.fromEnd, edge.toEnd))
    x0, y0, x1, y1 = x0 + nx0 * back0, y0 + ny0 * back0, x1 + nx1 * back1, y1 + ny1 * back1
    across, down = x1 - x0, y1 - y0
    ahead = across * nx0 + down * ny0
    faces = (nx0, ny0) == (-nx1, -ny1) and ahead > 0
    bend = min(max(isqrt(across * across + down * down) // 2, 8 if faces else 64), 260)
    cx0, cy0, cx1, cy1 = x0 + nx0 * bend, y0 + ny0 * bend, x1 + nx1 * bend, y1 + ny1 * bend
    label = (x0 + 3 * cx0 + 3 * cx1 + x1) // 8, (y0 + 3 * cy0 + 3 * cy1 + y1) // 8
    # A curve goes three quarters of the way to its inner points at most.
    xs, ys = (x0, x1, (x0 + 3 * cx0) // 4, (x1 + 3 * cx1) // 4), (y0, y1, (y0 + 3 * cy0) // 4, (y1 + 3 * cy1) // 4)
    return Curve(
        f"M{x0} {y0}C{cx0} {cy0} {cx1} {cy1} {x1} {y1}",
        "".join(heads),
        label,
        (min(xs), min(ys), max(xs), max(ys)),
    )


def _head(x: int, y: int, across: int, down: int) -> str:
    """A triangle with its tip at a side of a card."""
    length, half = HEAD
    x1, y1, dx, dy = x + across * length, y + down * length, down * half, across * half
    return f"M{x} {y}L{x1 + dx} {y1 + dy}L{x1 - dx} {y1 - dy}Z"


def _sides(edge: CanvasEdge, start: Place, end: Place) -> tuple[str, str]:
    """The sides that are named, else those that face each other."""
    # Doubled, so that the middle of an odd width is a whole number.
    across = 2 * end.x + end.width - 2 * start.x - start.width
    down = 2 * end.y + end.height - 2 * start.y - start.height
    # What counts is the gap between the cards, not how long they are.
    beside = abs(across) - start.width - end.width
    above = abs(down) - start.height - end.height
    if beside >= above:
        facing = ("right", "left") if across >= 0 else ("left", "right")
    else:
        facing = ("bottom", "top") if down >= 0 else ("top", "bottom")
    return edge.fromSide or facing[0], edge.toSide or facing[1]
