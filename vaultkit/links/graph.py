"""The knowledge graph as networkx sees it, built when it is asked for: links, and what is said by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import networkx as nx

from vaultkit.facts import Fact, Source
from vaultkit.links.edges import Edges
from vaultkit.model import Card, Document, VaultPath, WantedCard
from vaultkit.nodes import WANTED
from vaultkit.words import fold

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[str]

Facts = tuple[Fact, ...]

KINDS: dict[Source, str] = {
    "related": "relation",
    "lead-in": "relation",
    "key-value": "table",
    "row": "table",
    "cell": "table",
    "property": "property",
    "field": "field",
}
"""What an edge of a relation is called, by where the relation is stated."""

EDGE: dict[str, Any] = {
    "role": "", "kind": "", "words": "", "detail": "", "status": "", "year": "", "amount": "", "stake": "", "round": "",
    "note": "", "line": 0, "section": "", "inverse_of": "", "typed": False, "quote": "", "annotation": "", "label": "",
}  # fmt: skip
"""The attributes of every edge, and what they are where nothing is known."""

NODE: dict[str, Any] = {"kind": "", "title": "", "url": "", "type": "", "aliases": [], "tags": []}
"""The attributes of every node."""


def graph(
    documents: Mapping[VaultPath, Document], cards: Mapping[VaultPath, Card], edges: Mapping[VaultPath, Edges],
    wanted: Mapping[str, WantedCard], facts: Mapping[VaultPath, Facts], inverse: Callable[[str], str],
) -> Graph:  # fmt: skip
    """Notes, attachments, wanted names and tags; an edge per link, tag of a note, and relation; all of it sorted.

    Node attributes: `kind` (`note`, `attachment`, `canvas`, `base`, `wanted`, `ambiguous`, `tag`), `title`, `url`,
    `type`, `aliases`, `tags`. A name that no reader can see is no node, and has no edge; nor is an attachment to which
    no public note leads: it isn't published either.

    Every edge has all attributes, empty (`line` 0, `typed` False) where they say nothing:

    - `kind`: of a link how it is written (`wikilink`, `embed`, `markdown`, `image`, `property`, `card`) or `tag`; of a
      relation where it is stated (`relation` for a line of prose, `table`, `property`, `field`).
    - `role`: what the target is to the source, `investor`; empty for links and tags. A relation that the note states
      of others is an edge between those. Its link is an edge of its own.
    - `typed`: whether the vocabulary knows the role. `inverse_of`: what the source is to the target then,
      `portfolio-company`, where there is a word for it. No edge is made up for the other direction.
    - `words`, `detail`, `status`, `year`, `amount`, `stake`, `round`: of relations, see `Fact`.
    - `note`, `line`, `section`: where it is written.
    - `quote`, `annotation`, `label`: of links, see `Edge`; the label of a relation is the cell's or link's text.

    The key of an edge is a text that no other edge of the graph has: `role@note:line`, of a link `note:line`, of a tag
    `#tag@note`; the second and third of one line end with `#2`, `#3`. Literals are no edges: they are among the facts,
    under keys of the same kind (`keyed`).
    """
    made: Graph = nx.MultiDiGraph()
    reached = {edge.target for path in edges for edge in edges[path]}
    for path in sorted(documents):
        document, card = documents[path], cards[path]
        if document.kind == "attachment" and path not in reached:
            continue
        made.add_node(
            path, kind=document.kind, title=card.title, url=card.url, type=card.type,
            aliases=list(document.aliases), tags=sorted(_tags(document)),
        )  # fmt: skip
    for node in sorted(wanted):
        kind = "wanted" if node.startswith(WANTED) else "ambiguous"
        made.add_node(node, **_named(kind, wanted[node].name, wanted[node].url))
    for name in sorted({tag for _, tags in made.nodes(data="tags") for tag in tags}):
        made.add_node("#" + name, **_named("tag", name, ""))
    found = [*_of_tags(documents), *_of_links(edges), *_of_facts(facts, inverse)]
    known = [each for each in found if each[0] in made and each[1] in made]
    # The edges of one line stay in their order there.
    known.sort(key=lambda each: (each[0], each[1], each[3]["note"], each[3]["line"]))
    for source, target, key, attributes in known:
        made.add_edge(source, target, key=key, **EDGE | attributes)
    return made


def keyed(facts: Iterable[Fact]) -> Iterator[tuple[str, Fact]]:
    """Facts with their keys; those of a note have to be complete and in their order."""
    seen: Counter[str] = Counter()
    for fact in facts:
        yield _key(f"{fact.role}@{fact.note}:{fact.line}", seen), fact


def is_seen(fact: Fact, nodes: Graph) -> bool:
    """Whether readers can see what a fact speaks of."""
    return fact.subject in nodes and (not fact.object or fact.object in nodes)


_Edge = tuple[str, str, str, dict[str, Any]]


def _of_tags(documents: Mapping[VaultPath, Document]) -> Iterator[_Edge]:
    for path in sorted(documents):
        for name, line in _tags(documents[path]).items():
            yield path, f"#{name}", f"#{name}@{path}", {"kind": "tag", "note": path, "line": line}


def _of_links(edges: Mapping[VaultPath, Edges]) -> Iterator[_Edge]:
    for path in sorted(edges):
        seen: Counter[str] = Counter()
        for edge in edges[path]:
            yield path, edge.target, _key(f"{path}:{edge.line}", seen), {
                "kind": edge.kind, "note": path, "line": edge.line, "section": edge.section, "quote": edge.quote,
                "annotation": edge.annotation, "label": edge.label,
            }  # fmt: skip


def _of_facts(facts: Mapping[VaultPath, Facts], inverse: Callable[[str], str]) -> Iterator[_Edge]:
    for path in sorted(facts):
        for key, fact in keyed(facts[path]):
            if fact.object:
                yield fact.subject, fact.object, key, {
                    "role": fact.role, "kind": KINDS[fact.source], "words": fact.words, "detail": fact.detail,
                    "status": fact.status, "year": fact.year, "amount": fact.amount, "stake": fact.stake,
                    "round": fact.round, "note": fact.note, "line": fact.line, "section": fact.section,
                    "inverse_of": inverse(fact.role), "typed": fact.is_typed, "label": fact.value,
                }  # fmt: skip


def _key(name: str, seen: Counter[str]) -> str:
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}#{seen[name]}"


def _tags(document: Document) -> dict[str, int]:
    """The tags that readers see, folded, with the line of their first use."""
    found: dict[str, int] = {}
    for tag in document.tags:
        if not tag.in_comment:
            found.setdefault(fold(tag.name), tag.line)
    return found


def _named(kind: str, title: str, url: str) -> dict[str, Any]:
    return NODE | {"kind": kind, "title": title, "url": url, "aliases": [], "tags": []}
