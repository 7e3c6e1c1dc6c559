"""Nodes, edges and facts as JSON, as CSV, and as CSV for the importer of Neo4j."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import networkx as nx

from vaultkit.export.contents import Contents, Sheet, sheets
from vaultkit.export.zipped import csv_bytes, zipped


def node_link(contents: Contents) -> bytes:
    """What `networkx.node_link_graph` reads, one node and edge a line; the facts stand beside them."""
    data: dict[str, Any] = nx.node_link_data(contents.graph, edges="edges")
    *_, facts = sheets(contents)
    names = [name for name, _ in facts.columns]
    lists = {
        "nodes": data["nodes"],
        "edges": data["edges"],
        "facts": [dict(zip(names, row, strict=True)) for row in facts.rows],
    }
    parts = ['{\n"directed": true,\n"multigraph": true,\n"graph": {}']
    parts += [f",\n{json.dumps(name)}: [\n{_lines(rows)}\n]" for name, rows in lists.items()]
    return ("".join(parts) + "\n}\n").encode()


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def csv(contents: Contents) -> bytes:
    return zipped((f"{sheet.name}.csv", _csv(sheet)) for sheet in sheets(contents))


def _csv(sheet: Sheet) -> bytes:
    return csv_bytes([name for name, _ in sheet.columns], sheet.rows)


# ---------------------------------------------------------------------------
# For Neo4j
# ---------------------------------------------------------------------------

_TYPES = {str: "", int: ":int", float: ":double", bool: ":boolean", list: ":string[]"}
_ENDS = {"source": ":START_ID", "target": ":END_ID"}


def neo4j(contents: Contents) -> bytes:
    """Nodes and relationships with the heads that `neo4j-admin database import` wants; literals are nodes of their own."""
    nodes, edges, facts = sheets(contents)
    literals = [row for row in facts.rows if not row[3]]
    return zipped(
        (
            ("nodes.csv", csv_bytes(_head(nodes, "id"), map(_one_line, _labelled(nodes)))),
            ("relationships.csv", csv_bytes(_head(edges, ""), map(_one_line, _related(edges)))),
            ("facts.csv", csv_bytes(_head(facts, "key"), ((*_one_line(row), "Fact") for row in literals))),
            (
                "has_fact.csv",
                csv_bytes((":START_ID", ":END_ID", ":TYPE"), ((row[1], row[0], "HAS_FACT") for row in literals)),
            ),
        )
    )


def _head(sheet: Sheet, key: str) -> list[str]:
    named = [f"{name}:ID" if name == key else _ENDS.get(name, name + _TYPES[kind]) for name, kind in sheet.columns]
    return [*named, ":LABEL" if key else ":TYPE"]


def _labelled(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    for row in sheet.rows:
        labels = [row[1].title(), *([_label(row[4])] if row[4] else [])]
        yield (*row, labels)


def _related(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    """A relationship is called by its role, in capitals as is the custom there."""
    for row in sheet.rows:
        role, kind = row[3], row[4]
        name = re.sub(r"\W+", "_", role).strip("_").upper()
        yield (*row, name or ("TAGGED" if kind == "tag" else "LINK"))


def _label(name: str) -> str:
    return re.sub(r"\W+", "", name.title()) or "Other"


def _one_line(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The importer takes a record to be a line, unless it is told otherwise."""
    return tuple(" ".join(value.splitlines()) if isinstance(value, str) else value for value in row)
