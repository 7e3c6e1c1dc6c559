"""What tables there are, as an index of all names them; see `datasets` for what is in them."""

from __future__ import annotations

from collections import Counter

from msgspec import msgpack

from vaultkit.engine.tables import Get
from vaultkit.facts import TABLE_KINDS, NoteTables, TableEntry
from vaultkit.knowledge.tables import Row, kind_of, rows_of
from vaultkit.links.names import ALIAS
from vaultkit.model import Document, Structure, VaultPath
from vaultkit.words import fold

MAX_COLUMNS = 40
"""Columns that the index names."""

_encode = msgpack.Encoder().encode


def note_tables(path: VaultPath, document: Document, *, names: Get) -> NoteTables | None:
    """The tables of a note, in their order, and where they name notes without a link."""
    structure = document.structure if document.kind == "note" else Structure()
    if not structure.tables:
        return None
    by_passage: dict[int, list[int]] = {}
    for index, ref in enumerate(document.refs):
        if ref.passage >= 0 and not ref.in_comment:
            by_passage.setdefault(ref.passage, []).append(index)
    entries = []
    unlinked: list[tuple[int, VaultPath]] = []
    for table in structure.tables:
        rows = rows_of(table, structure, document.refs, by_passage)
        kind = kind_of(table, rows)
        heading = document.headings[table.section] if table.section >= 0 else None
        columns = tuple(column.strip() for column in table.columns[:MAX_COLUMNS])
        entries.append(
            TableEntry(
                kind, columns, table.n_rows, table.line,
                heading.text if heading else "", heading.slug if heading else "",
            )
        )  # fmt: skip
        if kind == "entity":
            unlinked += ((row.line, named) for row in rows if (named := _named(row, path, names)))
    count = Counter(entry.kind for entry in entries)
    counts = tuple(count[kind] for kind in TABLE_KINDS)
    return NoteTables(document.title, counts, _encode(entries), tuple(unlinked))


def _named(row: Row, path: VaultPath, names: Get) -> VaultPath | None:
    """The one note that the first cell of a row names, where it doesn't link to it."""
    if any(column == 0 for column, _ in row.links) or not (text := fold(row.cells[0].strip(" *_"))):
        return None
    found: tuple[VaultPath, ...] = names(f"{text}.md", ()) or names(ALIAS + text, ())
    return found[0] if len(found) == 1 and found[0] != path else None
