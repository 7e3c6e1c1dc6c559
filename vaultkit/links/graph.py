"""The knowledge graph as networkx sees it, built when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import networkx as nx

from vaultkit.links.edges import Edges
from vaultkit.model import Card, Document, VaultPath, WantedCard
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.words import fold

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[str]


def graph(
    documents: Mapping[VaultPath, Document], cards: Mapping[VaultPath, Card],
    edges: Mapping[VaultPath, Edges], wanted: Mapping[str, WantedCard],
) -> Graph:  # fmt: skip
    """Notes, attachments, wanted names and tags, with an edge per link; sorted, so that exports are byte-stable.

    Node attributes: `kind` (`note`, `attachment`, `canvas`, `base`, `wanted`, `ambiguous`, `tag`), `title`,
    `url`, `type`, `aliases`, `tags`. Edge attributes: `kind`, `line`, `section`, `quote`, `annotation`, `label`;
    the key of an edge is its number among the source's edges. A name that no reader can see is no node.
    """
    made: Graph = nx.MultiDiGraph()
    for path in sorted(documents):
        document, card = documents[path], cards[path]
        tags = sorted({fold(tag.name) for tag in document.tags if not tag.in_comment})
        made.add_node(
            path, kind=document.kind, title=card.title, url=card.url, type=card.type,
            aliases=list(document.aliases), tags=tags,
        )  # fmt: skip
    for node in sorted(wanted):
        kind = "wanted" if node.startswith(WANTED) else "ambiguous"
        made.add_node(node, kind=kind, title=wanted[node].name, url=wanted[node].url, type="", aliases=[], tags=[])
    for path in sorted(documents):
        for name in made.nodes[path]["tags"]:
            tag = "#" + name
            if tag not in made:
                made.add_node(tag, kind="tag", title=name, url="", type="", aliases=[], tags=[])
            made.add_edge(path, tag, key="tag", kind="tag", line=0, section="", quote="", annotation="", label="")
    for path in sorted(edges):
        for number, edge in enumerate(edges[path]):
            if edge.target[:1] in (WANTED, CLAIMED) and edge.target not in wanted:
                continue
            made.add_edge(
                path, edge.target, key=number, kind=edge.kind, line=edge.line, section=edge.section,
                quote=edge.quote, annotation=edge.annotation, label=edge.label,
            )  # fmt: skip
    return made
