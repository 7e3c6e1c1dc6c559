"""The page of the whole graph: where its picture goes, and the hubs of each type, which need no script."""

from __future__ import annotations

from collections.abc import Mapping

from vaultkit.model import EntityType, Url
from vaultkit.site.base_view import Link
from vaultkit.site.graph_data import LINKS_URL, NOTES_URL, Dot, Drawn
from vaultkit.site.graph_view import GraphView, Hubs
from vaultkit.urls import href, root_of
from vaultkit.words import sort_key

GRAPH_URL = Url("graph/index.html")

N_HUBS = 12
"""Notes that are named of each type."""


def graph_page(
    *, drawn: Mapping[str, Drawn], dots: Mapping[str, Dot], types: Mapping[str, EntityType]
) -> dict[str, GraphView]:  # fmt: skip
    row = drawn.get("")
    if row is None:
        return {}
    root = root_of(GRAPH_URL)
    by_type: dict[str, list[tuple[int, Dot]]] = {}
    for node, degree in zip(row.nodes, row.degrees, strict=True):
        by_type.setdefault(dots[node].type, []).append((degree, dots[node]))
    # Those of no type come last.
    names = sorted(by_type, key=lambda name: (not name, types[name].rank if name else 0, name))
    return {
        GRAPH_URL: GraphView(
            url=GRAPH_URL, root=root, title="", n_notes=len(row.nodes), n_links=len(row.pairs),
            hubs=tuple(_hubs(by_type[name], types.get(name), root) for name in names),
            data=(href(root, NOTES_URL), href(root, LINKS_URL)),
        )
    }  # fmt: skip


def _hubs(notes: list[tuple[int, Dot]], entity: EntityType | None, root: str) -> Hubs:
    ranked = sorted(notes, key=lambda pair: (-pair[0], sort_key(pair[1].title), pair[1].url))
    color = entity.color if entity is not None else ""
    name = Link("", "", count=len(notes))
    if entity is not None:
        name = Link(entity.folder, href(root, entity.url), color, len(notes))
    return Hubs(name, tuple(Link(one.title, href(root, one.url), color, degree) for degree, one in ranked[:N_HUBS]))
