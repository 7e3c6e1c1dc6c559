"""How two things are connected: the cheapest way through the graph, by what is said rather than by what all share."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx
from msgspec import Struct

from vaultkit.words import is_journal

if TYPE_CHECKING:
    from vaultkit.links.graph import Graph

TYPED, UNTYPED, LINK = 1.0, 1.4, 1.8
"""What a step costs by the best that is said of it: a role of the vocabulary, something else, no more than a link."""

HUB = 0.05
"""What going through a node costs, times the square of its degree's logarithm: 0.8 for 16 neighbors, 5 for 1,000."""

JOURNAL = 6.0
"""What going through a dated note adds: it mentions whatever that day brought."""


class Step(Struct, frozen=True):
    """From one thing to the next, and the statement that connects them."""

    start: str
    end: str
    forward: bool
    """Whether the statement is said of the start; else it is said of the end."""
    role: str
    kind: str
    words: str
    quote: str
    note: str
    line: int
    section: str
    n_others: int
    """How many more edges connect the two."""


def path(graph: Graph, start: str, end: str) -> tuple[Step, ...] | None:
    """The steps from one node to another, along edges in either direction; None if there is no way.

    Going through a hub costs the more, the more it is connected with, and through
    a daily note much: everything is two steps from everything else through those.
    Tags are no steps: they say that two notes are alike, not what they have to do
    with one another.
    """
    near: nx.Graph[str] = nx.Graph()
    near.add_nodes_from(node for node, data in graph.nodes(data=True) if data["kind"] != "tag" or node in (start, end))
    for one, other, data in graph.edges(data=True):
        if one != other and one in near and other in near:
            cost = _cost(data)
            if not near.has_edge(one, other) or cost < near.edges[one, other]["cost"]:
                near.add_edge(one, other, cost=cost)
    tolls = {node: _toll(node, degree) for node, degree in near.degree}
    tolls[start] = tolls[end] = 0.0

    def weight(one: str, other: str, data: dict[str, Any]) -> float:
        return float(data["cost"]) + (tolls[one] + tolls[other]) / 2

    try:
        nodes = nx.dijkstra_path(near, start, end, weight)
    except nx.NetworkXNoPath:
        return None
    return tuple(_step(graph, one, other) for one, other in pairwise(nodes))


def _toll(node: str, degree: int) -> float:
    top = node.partition("/")[0] if "/" in node else ""
    return HUB * math.log2(1 + degree) ** 2 + (JOURNAL if is_journal(top) else 0.0)


def _cost(data: dict[str, Any]) -> float:
    if not data["role"]:
        return LINK
    return TYPED if data["typed"] else UNTYPED


def _step(graph: Graph, start: str, end: str) -> Step:
    """What says most of two neighbors: the cheapest edge, with the most words; of equals the first."""
    found = [
        (_cost(data), -len(data["words"]), not forward, n, data)
        for forward, (one, other) in ((True, (start, end)), (False, (end, start)))
        for n, data in enumerate((graph.get_edge_data(one, other) or {}).values())
    ]
    *_, is_backward, _, best = min(found, key=lambda each: each[:4])
    quote = best["quote"] or _quoted(graph, best, found)
    return Step(
        start, end, not is_backward, best["role"], best["kind"], best["words"], quote, best["note"], best["line"],
        best["section"], len(found) - 1,
    )  # fmt: skip


def _quoted(graph: Graph, best: dict[str, Any], found: list[Any]) -> str:
    """The sentence of the link on the same line, where a relation has none of its own."""
    where = (best["note"], best["line"])
    return next((data["quote"] for *_, data in found if data["quote"] and (data["note"], data["line"]) == where), "")
