"""The neighbors of a note as a small picture, laid out here: who links to it on the left, what it links to on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card
from vaultkit.site.views import GraphNode, LocalGraph
from vaultkit.urls import color_class, href
from vaultkit.words import is_journal, sort_key

SIDE, MORE = 8, 4
"""Neighbors on each side; where one has fewer, the other has up to so many more."""

FEWEST = 3
"""With fewer neighbors than that a picture shows nothing."""

TYPED = 2
"""How many links a relation with a role counts for."""

WIDTH, ROW, EDGE = 340, 23, 26
"""Width of the picture, height for a neighbor, and space above and below; in units of its view box."""

_NEAR, _FAR = 36, 30
"""How far from the middle the ends of an arc of neighbors stand, and how much farther its middle."""

_LABEL = 15
"""Characters of a name that fit."""

_Neighbor = tuple[float, str, Card]


def local_graph(
    path: str, linked: Mapping[str, int], linking: Mapping[str, int], about: Sequence[Fact], root: str, cards: Get
) -> LocalGraph | None:
    """The strongest neighbors of a note; None where they are too few.

    Args:
        linked: Notes that it links to, with how often.
        linking: Notes that link to it, with how often.
        about: What is known of it: neighbors with a role count for more.
    """
    roles: dict[str, str] = {}
    for fact in about:
        if fact.object and fact.is_typed:
            roles.setdefault(fact.object if fact.subject == path else fact.subject, fact.role)
    left: list[_Neighbor] = []
    right: list[_Neighbor] = []
    for other in {**linked, **linking}:
        card: Card | None = cards(other)
        if other == path or card is None or card.kind == "attachment" or is_journal(card.type):
            continue
        there, back = linked.get(other, 0), linking.get(other, 0)
        weight = there + back + (TYPED if other in roles else 0)
        (left if back > there else right).append((-weight, other, card))
    if len(left) + len(right) < FEWEST:
        return None
    sides = (_side(left, len(right)), _side(right, len(left)))
    # With nobody on one side the note stands near that edge, or half of the picture would be empty.
    middle = WIDTH // 2 if all(sides) else WIDTH // 5 if sides[1] else WIDTH - WIDTH // 5
    height = 2 * EDGE + ROW * max(len(sides[0]), len(sides[1]), FEWEST)
    nodes = [
        _node(card, number, len(side), height, middle, roles.get(other, ""), root, is_left=side is sides[0])
        for side in sides
        for number, (_, other, card) in enumerate(side)
    ]
    return LocalGraph(WIDTH, height, middle, tuple(nodes))


def _side(neighbors: list[_Neighbor], n_across: int) -> list[_Neighbor]:
    """The strongest, those of a type together; a few more where the other side has room to spare."""
    n = SIDE + min(MORE, max(0, SIDE - n_across))
    strongest = sorted(neighbors, key=lambda neighbor: neighbor[:2])[:n]
    return sorted(strongest, key=lambda neighbor: (neighbor[2].type, sort_key(neighbor[2].title), neighbor[1]))


def _node(
    card: Card, number: int, n: int, height: int, middle: int, role: str, root: str, *, is_left: bool
) -> GraphNode:  # fmt: skip
    across = (2 * number + 1) / n - 1
    y = height / 2 + across * (height / 2 - EDGE)
    reach = _NEAR + _FAR * sqrt(1 - across * across)
    title = card.title
    color = color_class(card.type) if card.type else ""
    x = middle - reach if is_left else middle + reach
    return GraphNode(_label(title), title, href(root, card.url), color, round(x), round(y), role, is_left)


def _label(title: str) -> str:
    """As much of a name as fits, in whole words where there are any: who speaks to the browser says what is seen."""
    if len(title) <= _LABEL:
        return title
    start = title[: _LABEL - 1]
    if title[_LABEL - 1] != " ":
        # One word more, if it is nearly there.
        longer = title[: _LABEL + 1].rpartition(" ")[0]
        start = (longer if len(longer) >= _LABEL else start.rpartition(" ")[0]) or start
    # A bracket that doesn't close says little.
    if start.rfind("(") > max(start.rfind(")"), 0):
        start = start[: start.rfind("(")]
    return start.rstrip(" ,;:–—-") + "…"
