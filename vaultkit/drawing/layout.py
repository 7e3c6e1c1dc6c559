"""Where nodes stand: near what they are linked with, apart from all else; first communities, then what is in them.

Every machine has to come to the same numbers. So only operations are used that
IEEE 754 rounds in one way, `+ - * / sqrt`, number by number; and whatever is
summed is rounded to whole numbers before, which add up to the same in any
order. Nothing is random: what begins at one place is spread on a spiral.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaultkit.drawing.communities import levels, of_nodes

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

EXTENT = 10_000
"""About how far the outermost nodes stand from the middle."""

ROUNDS, LAST_ROUNDS = 70, 36
"""Steps in which communities find their places, and in which the nodes do."""

ROOM = 6
"""Of a node's mass, what it has without any link."""

BELT = 150
"""How far apart nodes without a link stand."""

CELL = 12
"""Nodes that are looked at one by one; what is in other cells counts as one thing in its middle."""

TIGHT = 55
"""How near to another a small node may come, and how far it goes out of the way at once."""

APART_ROUNDS = 24

NOWHERE = EXTENT * 1000.0
"""Where what fills the last cell stands: near nobody."""

AT_ONCE = 64
"""Cells whose pull is worked out at once: what they need stays in a processor's cache."""

_FINE = 1 << 20
"""What forces are multiplied with before they are rounded."""

_COS, _SIN = -0.7373688780783197, 0.6754902942615238
"""Of the golden angle: turned by it again and again, nothing comes to stand behind anything."""


class Level(NamedTuple):
    """A graph to be laid out: nodes or communities."""

    mass: Numbers
    """How much room each takes: a little more than the weight of its links."""
    source: Indices
    target: Indices
    weight: Numbers


class Picture(NamedTuple):
    """Where each node stands, as whole numbers, and in which community it is; -1 for one without a link."""

    places: tuple[tuple[int, int], ...]
    communities: tuple[int, ...]


def picture(n: int, edges: Sequence[tuple[int, int, int]]) -> Picture:
    """Communities and places of the nodes 0 to n - 1.

    Args:
        edges: Two nodes and a weight of at least 1; each pair once, sorted.
    """
    # Nodes without a link pull and push nobody: they are put around the others.
    linked = sorted({node for a, b, _ in edges for node in (a, b)})
    number = {node: at for at, node in enumerate(linked)}
    known = [(number[a], number[b], weight) for a, b, weight in edges]
    found = levels(len(linked), known)
    places = np.zeros((n, 2), dtype=np.int64)
    places[linked] = layout(len(linked), known, found)
    communities = [-1] * n
    for node, community in zip(linked, of_nodes(len(linked), found), strict=True):
        communities[node] = community
    alone = [node for node in range(n) if node not in number]
    places[alone] = _around(places[linked], len(alone))
    return Picture(tuple((int(x), int(y)) for x, y in places), tuple(communities))


def layout(n: int, edges: Sequence[tuple[int, int, int]], labels: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """A place for each node; of these, each has a link.

    Args:
        labels: From `communities.levels`: by them the first places are found, and the graph of each level.
    """
    if not n:
        return np.zeros((0, 2), dtype=np.int64)
    listed = np.array(edges, dtype=np.int64)
    source, target, weight = listed[:, 0], listed[:, 1], listed[:, 2].astype(np.float64)
    graphs = [Level(_summed(source, weight, n) + _summed(target, weight, n) + ROOM, source, target, weight)]
    inside = [np.asarray(label, dtype=np.int64) for label in labels]
    for label in inside:
        graphs.append(_grouped(graphs[-1], label))
    places = _spiral(graphs[-1].mass)
    for depth in range(len(graphs) - 1, -1, -1):
        graph = graphs[depth]
        if depth < len(inside):
            places = _within(places, inside[depth], graph.mass, graphs[depth + 1].mass)
        places = _settled(graph, places, ROUNDS if depth else LAST_ROUNDS, first=depth == len(graphs) - 1)
    return _apart(places, graphs[0].mass).astype(np.int64)


def _around(places: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Places for *n* more: a belt around the others."""
    x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
    inner = float((x * x + y * y).max(initial=0.0)) * 1.15
    radius = np.sqrt(inner + np.arange(1, n + 1) * (BELT * BELT))
    found: NDArray[np.int64] = np.rint(_turns(n) * radius[:, None]).astype(np.int64)
    return found


def _grouped(level: Level, label: Indices) -> Level:
    """The graph of communities: with the masses of what is in them, and the links between them."""
    n = int(label.max(initial=-1)) + 1
    mass = _summed(label, level.mass, n)
    source, target = label[level.source], label[level.target]
    between = source != target
    low, high = np.minimum(source, target)[between], np.maximum(source, target)[between]
    pairs, at = np.unique(low * n + high, return_inverse=True)
    weight = _summed(at, level.weight[between], len(pairs))
    return Level(mass, pairs // n, pairs % n, weight)


def _spiral(mass: Numbers) -> Numbers:
    """The heaviest in the middle, the others around it, each on as much room as it takes."""
    order = np.argsort(-mass, kind="stable")
    places = np.zeros((len(mass), 2))
    area, (x, y) = 0.0, (1.0, 0.0)
    whole = max(float(mass.sum()), 1.0)
    for node, share in zip(order.tolist(), mass[order].tolist(), strict=True):
        radius = float(np.sqrt((area + share / 2) / whole)) * EXTENT
        places[node] = round(x * radius), round(y * radius)
        area += share
        x, y = x * _COS - y * _SIN, x * _SIN + y * _COS
    return places


def _within(places: Numbers, label: Indices, mass: Numbers, whole: Numbers) -> Numbers:
    """Members on a spiral around the place of their community, the heaviest in its middle."""
    order = np.lexsort((np.arange(len(mass)), -mass, label))
    community = label[order]
    before = np.cumsum(mass[order]) - mass[order]  # Whole numbers: exact.
    first = np.searchsorted(community, np.arange(len(whole)))
    inner = before - before[first][community] + mass[order] / 2
    radius = np.sqrt(inner / whole.sum()) * (EXTENT * 0.8)
    rank = np.arange(len(mass)) - first[community]
    turn = _turns(int(rank.max(initial=0)) + 1)[rank]
    found = np.empty((len(mass), 2))
    found[order] = np.rint(places[community] + turn * radius[:, None])
    return found


def _turns(n: int) -> Numbers:
    """Directions, each a golden angle from the one before."""
    x, y = 1.0, 0.0
    found = np.empty((n, 2))
    for number in range(n):
        found[number] = x, y
        x, y = x * _COS - y * _SIN, x * _SIN + y * _COS
    return found


def _settled(level: Level, places: Numbers, rounds: int, *, first: bool) -> Numbers:
    """What links pull together and all else pushes apart, in steps that become smaller."""
    n = len(level.mass)
    if n < 2:
        return places
    reach = EXTENT / 6 if first else EXTENT / 40
    # As strong as its links together, so that neither hubs nor leaves are shaken.
    ease = 1 / level.mass
    push = EXTENT / level.mass.sum()
    for number in range(rounds):
        step = reach * (rounds - number) / rounds
        x, y = places[:, 0], places[:, 1]
        pull = _pull(level, x, y) * ease[:, None]
        force = pull + _push(level.mass * push, x, y) - places * (0.35 / EXTENT)
        size = np.sqrt(force[:, 0] * force[:, 0] + force[:, 1] * force[:, 1])
        places = np.rint(places + force * (step / np.maximum(size, 1.0))[:, None])
    return places


def _pull(level: Level, x: Numbers, y: Numbers) -> Numbers:
    """Each link pulls as hard as it weighs, from however far: what hangs together comes together."""
    dx, dy = x[level.target] - x[level.source], y[level.target] - y[level.source]
    distance = np.sqrt(dx * dx + dy * dy) + EXTENT / 100
    share = level.weight / distance * _FINE
    found = np.empty((len(x), 2))
    for axis, delta in enumerate((dx, dy)):
        force = np.rint(delta * share)
        found[:, axis] = _summed(level.source, force, len(x)) - _summed(level.target, force, len(x))
    return found / _FINE


def _summed(at: Indices, values: Numbers, n: int) -> Numbers:
    """The sum of what belongs to each of *n*; exact, since all are whole numbers."""
    return np.asarray(np.bincount(at, weights=values, minlength=n), dtype=np.float64)


def _push(mass: Numbers, x: Numbers, y: Numbers) -> Numbers:
    """Everything pushes everything away: what is near one by one, what is farther by cells."""
    n = len(mass)
    cells = _cells(x, y)
    xs, ys, heavy = (np.append(values, 0.0)[cells] for values in (x, y, mass))
    whole = np.rint(heavy * 1024)
    total = np.maximum(whole.sum(axis=1), 1.0)
    middle_x = np.rint((whole * xs).sum(axis=1) / total)
    middle_y = np.rint((whole * ys).sum(axis=1) / total)
    dx, dy = xs - middle_x[:, None], ys - middle_y[:, None]
    spread = np.rint(np.rint(heavy * (dx * dx + dy * dy)).sum(axis=1) / total * 1024)
    far_x, far_y = _from_cells(total / 1024, middle_x, middle_y, spread, xs, ys)
    near_x, near_y = _from_others(heavy, xs, ys)
    found = np.empty((n + 1, 2))
    found[cells, 0], found[cells, 1] = far_x + near_x, far_y + near_y
    return found[:n] / _FINE


def _apart(places: Numbers, mass: Numbers) -> Numbers:
    """The same places, but hardly a node on another: those that are too near to each other give way, the lighter one more."""
    n = len(mass)
    radius = np.rint(TIGHT + np.sqrt(mass) * (TIGHT / 8))
    for number in range(APART_ROUNDS):
        # Cells are cut another way each time: who stands at the edge of one is in the middle of the next.
        swap = number % 2
        cells = _cells(places[:, swap], places[:, 1 - swap], skip=number * 5 % CELL)
        xs, ys = (np.append(places[:, axis], NOWHERE)[cells] for axis in (0, 1))
        wide = np.append(radius, 0.0)[cells]
        dx, dy = _between(xs), _between(ys)
        dx = np.where((dx == 0) & (dy == 0), _ORDER, dx)
        distance = np.sqrt(dx * dx + dy * dy)
        room = wide[:, :, None] + wide[:, None, :]
        lacking = np.maximum(room - distance, 0.0) / np.maximum(distance, 1.0)
        share = lacking * (wide[:, None, :] / np.maximum(room, 1.0)) * 0.7
        moved = np.empty((n + 1, 2))
        for axis, delta in enumerate((dx, dy)):
            moved[cells, axis] = np.rint(delta * share).sum(axis=2)
        places = places + np.minimum(np.maximum(moved[:n], -TIGHT), TIGHT)
    return places


def _between(values: Numbers) -> Numbers:
    return values[:, :, None] - values[:, None, :]


_ORDER = (np.arange(CELL)[:, None] - np.arange(CELL)).astype(np.float64)
"""Two at one place go apart, by their place in the cell."""


def _cells(x: Numbers, y: Numbers, skip: int = 0) -> Indices:
    """The nodes in rows of `CELL`, those of a row near each other: strips from left to right, each from below to above.

    The last row is filled with the number after the last node's.

    Args:
        skip: By how many nodes the first strip is smaller.
    """
    n = len(x)
    n_strips = max(1, round(float(np.sqrt(n / CELL))))
    by_x = np.lexsort((y, x))
    # Strips hold whole cells, so that no cell lies in two of them.
    n_cells = -(-n // CELL)
    room = -(-n_cells // n_strips) * CELL
    strip = np.empty(n, dtype=np.int64)
    strip[by_x] = (np.arange(n) + skip) // room
    order = np.lexsort((x, y, strip))
    found: Indices = np.concatenate([order, np.full(n_cells * CELL - n, n)]).reshape(n_cells, CELL)
    return found


def _from_cells(
    total: Numbers, middle_x: Numbers, middle_y: Numbers, spread: Numbers, xs: Numbers, ys: Numbers
) -> tuple[Numbers, Numbers]:
    """The push of all cells but a node's own."""
    found_x, found_y = np.zeros(xs.size), np.zeros(xs.size)
    flat_x, flat_y = xs.ravel(), ys.ravel()
    own = np.repeat(np.arange(len(xs)), CELL)
    near = spread + (EXTENT / 100) ** 2
    for start in range(0, len(total), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        dx, dy = flat_x - middle_x[some, None], flat_y - middle_y[some, None]
        share = (total[some, None] * _FINE) / (dx * dx + dy * dy + near[some, None])
        share[own[None, :] == np.arange(start, start + len(share))[:, None]] = 0
        found_x += np.rint(dx * share).sum(axis=0)
        found_y += np.rint(dy * share).sum(axis=0)
    return found_x.reshape(xs.shape), found_y.reshape(xs.shape)


def _from_others(heavy: Numbers, xs: Numbers, ys: Numbers) -> tuple[Numbers, Numbers]:
    """The push of the others in a node's own cell."""
    dx, dy = _between(xs), _between(ys)
    dx = np.where((dx == 0) & (dy == 0), _ORDER, dx)
    share = (heavy[:, None, :] * _FINE) / (dx * dx + dy * dy + (EXTENT / 400) ** 2)
    return np.rint(dx * share).sum(axis=2), np.rint(dy * share).sum(axis=2)
