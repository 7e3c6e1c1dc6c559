"""What hangs together in a graph: communities within communities, the same on every machine and whatever the order of edges.

The method is that of Louvain: a node joins the neighbors with which it has most
links beyond what chance would give. Weights and gains are whole numbers, which
no machine rounds, and nodes are asked in the order of their numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

Weighted = dict[tuple[int, int], int]
"""Pairs of nodes, the smaller first, with the weight of what links them; a pair of one with itself is within it."""

ROUNDS = 12
"""How often all nodes are asked, at most; nearly all stay where they are by then."""


def levels(n: int, edges: Iterable[tuple[int, int, int]]) -> list[list[int]]:
    """The communities of the nodes 0 to n - 1: first the small ones, then those that these are in, and so on.

    Each level says of every node of the one before in which community it is, numbered from 0 on by their first node.

    Args:
        edges: Two nodes and a weight of at least 1; a pair may come again.
    """
    weights = _together(edges)
    found: list[list[int]] = []
    while True:
        labels = _communities(n, weights)
        n_found = max(labels, default=-1) + 1
        if n_found == n:
            return found
        found.append(labels)
        weights = _together((labels[a], labels[b], weight) for (a, b), weight in weights.items())
        n = n_found


def of_nodes(n: int, found: Sequence[Sequence[int]]) -> list[int]:
    """The community of each node at the last level."""
    labels = list(range(n))
    for level in found:
        labels = [level[label] for label in labels]
    return labels


def _together(edges: Iterable[tuple[int, int, int]]) -> Weighted:
    weights: Counter[tuple[int, int]] = Counter()
    for a, b, weight in edges:
        weights[(a, b) if a < b else (b, a)] += weight
    return dict(sorted(weights.items()))


def _communities(n: int, weights: Weighted) -> list[int]:
    """One level: each node asks its neighbors, until nobody moves."""
    neighbors: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    strength = [0] * n
    for (a, b), weight in weights.items():
        strength[a] += weight
        strength[b] += weight
        if a != b:
            neighbors[a].append((b, weight))
            neighbors[b].append((a, weight))
    whole = sum(strength)
    label, total = list(range(n)), list(strength)
    asked: Sequence[int] = range(n)
    for _ in range(ROUNDS):
        moved: set[int] = set()
        for node in asked:
            own, mine = label[node], strength[node]
            to: dict[int, int] = {own: 0}
            for other, weight in neighbors[node]:
                community = label[other]
                to[community] = to.get(community, 0) + weight
            total[own] -= mine
            # What it has with a community beyond chance; where two give as much, it stays, or takes the first.
            best, most = own, to[own] * whole - mine * total[own]
            for community, weight in to.items():
                gain = weight * whole - mine * total[community]
                if gain > most or (gain == most and best != own and community < best):
                    best, most = community, gain
            total[best] += mine
            if best != own:
                label[node] = best
                moved.add(node)
        if not moved:
            break
        # Only who has a neighbor that moved can want to move, but for the small shifts of all totals.
        asked = sorted({other for node in moved for other, _ in neighbors[node]} | moved)
    return _numbered(label)


def _numbered(labels: Sequence[int]) -> list[int]:
    """The same communities, numbered by their first node."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]
