"""The formats that there are, and how a vault is put into one."""

from __future__ import annotations

from importlib import import_module

from msgspec import Struct

from vaultkit.config import nearest
from vaultkit.diagnostics import VaultkitError
from vaultkit.export.contents import Contents


class Format(Struct, frozen=True):
    name: str
    suffix: str
    """Of files in it."""
    purpose: str
    function: str
    """`module:name` below this package; imported when it is called."""
    is_text: bool = True
    """Whether it can be read on a terminal."""


FORMATS = {
    each.name: each
    for each in (
        Format("csv", ".zip", "nodes, edges and facts, a CSV file each", "flat:csv", is_text=False),
        Format("gexf", ".gexf", "the graph, for Gephi", "xml:gexf"),
        Format("graphml", ".graphml", "the graph, for most programs that know graphs", "xml:graphml"),
        Format("json", ".json", "the graph as node-link JSON, and the facts", "flat:node_link"),
        Format("jsonld", ".jsonld", "the facts as linked data, in JSON", "linked_data:json_ld"),
        Format("neo4j", ".zip", "CSV files for the importer of Neo4j", "flat:neo4j", is_text=False),
        Format(
            "parquet", ".zip", "nodes, edges and facts for DuckDB, Polars, Spark", "databases:parquet", is_text=False
        ),
        Format("sqlite", ".sqlite", "nodes, edges and facts as a database", "databases:sqlite", is_text=False),
        Format("tables", ".zip", "all tables of the notes as a data package", "dataset:tables", is_text=False),
        Format("turtle", ".ttl", "the facts as linked data, to read", "linked_data:turtle"),
    )
}


def format_named(name: str) -> Format:
    """
    Raises:
        VaultkitError: There is none of that name.
    """
    if name not in FORMATS:
        meant = nearest(name, FORMATS)
        remedy = f"did you mean {meant!r}?" if meant else f"there are {', '.join(FORMATS)}"
        raise VaultkitError(f"there is no format {name!r}: {remedy}")
    return FORMATS[name]


def exported(contents: Contents, name: str) -> bytes:
    """
    Raises:
        VaultkitError: There is no format of that name, or a library that it needs isn't there.
    """
    module, _, function = format_named(name).function.partition(":")
    try:
        made: bytes = getattr(import_module(f"vaultkit.export.{module}"), function)(contents)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("vaultkit"):
            raise
        raise VaultkitError(
            f"the format {name} needs the library {error.name.partition('.')[0]}: pip install 'vaultkit[export]'"
        ) from error
    return made
