"""What is exported: the graph, its facts as rows, and the tables of the notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vaultkit.engine.tables import Tables
from vaultkit.facts import Fact
from vaultkit.knowledge.datasets import Dataset, datasets
from vaultkit.knowledge.values import value_of
from vaultkit.links.graph import EDGE, is_seen, keyed
from vaultkit.model import Document, Links

if TYPE_CHECKING:
    from vaultkit.links.graph import Graph

TablesOfNotes = Iterable[tuple[Document, Links, tuple[Dataset, ...]]]


@dataclass(frozen=True)
class Contents:
    """All that a reader of the site could see, and no more."""

    title: str
    base_url: str
    """Of the site, with a slash at its end; empty where it has none."""
    graph: Graph
    facts: tuple[tuple[str, Fact], ...]
    """With their keys; a relation has that of its edge."""
    kinds: Mapping[str, str]
    """What notes are about: `person`, `investor`."""
    tables: Callable[[], TablesOfNotes]
    """Made when it is asked for, note by note."""


def contents(title: str, base_url: str, tables: Tables, graph: Graph) -> Contents:
    """What the tables of a vault hold for an export, and its graph."""
    facts, documents, links = tables.facts.rows, tables.documents.rows, tables.links.rows

    def noted() -> TablesOfNotes:
        for path in sorted(documents):
            found = links.get(path, Links(()))
            yield documents[path], found, datasets(documents[path], found)

    seen = ((key, fact) for path in sorted(facts) for key, fact in keyed(facts[path]) if is_seen(fact, graph))
    return Contents(title, base_url, graph, tuple(seen), tables.kinds.rows, noted)


class Sheet(Struct, frozen=True):
    """Records of one kind: what a table of a database is made of."""

    name: str
    columns: tuple[tuple[str, type], ...]
    """Names and types: `str`, `int`, `float`, `bool`, or `list` of texts."""
    rows: list[tuple[Any, ...]]


_NODE: tuple[tuple[str, type], ...] = (
    ("id", str), ("kind", str), ("title", str), ("url", str), ("type", str), ("aliases", list), ("tags", list),
)  # fmt: skip
_EDGE: tuple[tuple[str, type], ...] = (
    ("key", str), ("source", str), ("target", str), *((name, type(default)) for name, default in EDGE.items()),
)  # fmt: skip
_FACT: tuple[tuple[str, type], ...] = (
    ("key", str), ("subject", str), ("role", str), ("object", str), ("words", str), ("value", str), ("number", float),
    ("unit", str), ("date", str), ("note", str), ("line", int), ("section", str), ("source", str), ("typed", bool),
    ("detail", str), ("status", str), ("year", str), ("amount", str), ("stake", str), ("round", str),
)  # fmt: skip


def sheets(contents: Contents) -> tuple[Sheet, Sheet, Sheet]:
    """Nodes, edges and facts."""
    nodes = [(node, *(data[name] for name, _ in _NODE[1:])) for node, data in contents.graph.nodes(data=True)]
    edges = [
        (key, source, target, *(data[name] for name, _ in _EDGE[3:]))
        for source, target, key, data in contents.graph.edges(keys=True, data=True)
    ]
    return Sheet("nodes", _NODE, nodes), Sheet("edges", _EDGE, edges), Sheet("facts", _FACT, list(_facts(contents)))


def _facts(contents: Contents) -> Iterator[tuple[Any, ...]]:
    """Facts with what their values say, where they are literals: numbers, units and dates to sort by."""
    for key, fact in contents.facts:
        value = value_of("" if fact.object else fact.value)
        yield (
            key, fact.subject, fact.role, fact.object, fact.words, fact.value, value.number, value.unit, value.date,
            fact.note, fact.line, fact.section, fact.source, fact.is_typed, fact.detail, fact.status, fact.year,
            fact.amount, fact.stake, fact.round,
        )  # fmt: skip
