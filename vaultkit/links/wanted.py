"""Names that notes use and no note has: which of them get a page.

A name gets a page only where some reader can see it anyway: where at least one
link shows it as its text. What stands only behind a label (`[[Name|text]]`) may be the
name of a private note, so it goes nowhere, whether or not such a note exists;
that makes a build with a private note equal to a build without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vaultkit.links.edges import Edges
from vaultkit.model import Edge, WantedCard
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.urls import wanted_url
from vaultkit.words import fold


def by_name(path: str, row: Edges) -> Iterator[tuple[str, Edge]]:
    """Edges by the name they are looking for."""
    for edge in row:
        if edge.target[:1] in (WANTED, CLAIMED) and edge.kind != "card":
            yield edge.target, edge


def wanted_card(node: str, mentions: Edges) -> WantedCard | None:
    """The card of a name that readers can see; None for one that stays hidden or can't be a note."""
    seen = Counter(edge.name for edge in mentions if is_shown(edge))
    if not seen:
        return None
    # The most usual spelling; of equally usual ones the first by code point.
    name = min(seen, key=lambda spelling: (-seen[spelling], spelling))
    return WantedCard(name, wanted_url(fold(name)), len({edge.source for edge in mentions}))


def is_shown(edge: Edge) -> bool:
    """Whether the link shows the name itself; an embed does where it becomes a link to the notes that claim it."""
    links = edge.kind in ("wikilink", "property") or (edge.kind == "embed" and edge.target.startswith(CLAIMED))
    return not edge.labelled and links and bool(edge.name)
