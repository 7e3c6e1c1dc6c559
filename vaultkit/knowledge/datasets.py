"""The tables of a note as data: typed columns, typed cells with their links, the kind of table, and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from vaultkit.knowledge.tables import Row, TableKind, kind_of, rows_of
from vaultkit.knowledge.values import ValueKind, value_of
from vaultkit.model import Document, Links, VaultPath
from vaultkit.nodes import node_of, shown_label

ColumnKind = Literal["amount", "percentage", "number", "date", "link", "text", ""]
"""What nearly all cells of a column are that say something; empty where none does."""

NEARLY_ALL = 0.8

_NUMBERS = frozenset({"amount", "percentage", "number"})


class Column(Struct, frozen=True, array_like=True, gc=False):
    name: str
    """As written; empty for a column without a head."""
    kind: ColumnKind
    unit: str = ""
    """That of all its numbers: a currency by its ISO code, or `%`; empty where they differ."""


class CellLink(Struct, frozen=True, array_like=True, gc=False):
    label: str
    node: str
    """Of the graph; readers may not see it, see `links.graph`."""
    ref: int
    """Index of the ref in the document."""


class Cell(Struct, frozen=True, array_like=True, gc=False):
    """What stands in a cell: its text, and what the text says."""

    text: str
    kind: ValueKind
    number: float | None = None
    unit: str = ""
    date: str = ""
    """See `dates.date_key`."""
    links: tuple[CellLink, ...] = ()


class Dataset(Struct, frozen=True):
    """One table of a note."""

    note: VaultPath
    number: int
    """Place among the tables of the note, from 1 on."""
    kind: TableKind
    columns: tuple[Column, ...]
    """As many as the longest row has cells."""
    rows: tuple[Row, ...]
    line: int
    end_line: int
    section: str = ""
    slug: str = ""
    """Id of that section's heading."""


def datasets(document: Document, links: Links) -> tuple[Dataset, ...]:
    """The tables of a document, in their order; cells are read when they are asked for, by `cells`.

    >>> datasets(Document(VaultPath("A.md"), "note", ""), Links(()))
    ()
    """
    structure = document.structure
    if not structure.tables:
        return ()
    by_passage: dict[int, list[int]] = {}
    for index, ref in enumerate(document.refs):
        if ref.passage >= 0 and not ref.in_comment:
            by_passage.setdefault(ref.passage, []).append(index)
    found = []
    for number, table in enumerate(structure.tables, 1):
        rows = rows_of(table, structure, document.refs, by_passage)
        heading = document.headings[table.section] if table.section >= 0 else None
        made = Dataset(
            document.path, number, kind_of(table, rows), _columns(table.columns, rows), rows, table.line, table.end_line,
            heading.text if heading else "", heading.slug if heading else "",
        )  # fmt: skip
        found.append(made)
    return tuple(found)


def cells(row: Row, width: int, document: Document, links: Links) -> tuple[Cell, ...]:
    """The cells of a row, empty ones at its end if it has less than *width*."""
    linked: dict[int, list[CellLink]] = {}
    for column, ref in row.links:
        target = links.targets[ref]
        link = CellLink(shown_label(document.refs[ref], target), node_of(target), ref)
        linked.setdefault(column, []).append(link)
    texts = [text.strip() for text in row.cells] + [""] * (width - len(row.cells))
    return tuple(
        Cell(text, value.kind, value.number, value.unit, value.date, tuple(linked.get(at, ())))
        for at, text in enumerate(texts)
        for value in (value_of(text),)
    )


def _columns(names: Sequence[str], rows: Sequence[Row]) -> tuple[Column, ...]:
    width = max(len(names), max((len(row.cells) for row in rows), default=0))
    kinds: list[Counter[str]] = [Counter() for _ in range(width)]
    units: list[set[str]] = [set() for _ in range(width)]
    for row in rows:
        for at, text in enumerate(row.cells):
            value = value_of(text)
            if value.kind:
                kinds[at][value.kind] += 1
                if value.kind in _NUMBERS:
                    units[at].add(value.unit)
        for at in {column for column, _ in row.links}:
            kinds[at]["link"] += 1
    named = [*(name.strip() for name in names), *[""] * (width - len(names))]
    return tuple(_column(name, count, units[at]) for at, (name, count) in enumerate(zip(named, kinds, strict=True)))


def _column(name: str, count: Counter[str], units: set[str]) -> Column:
    linked = count.pop("link", 0)
    total = count.total()
    if not total:
        return Column(name, "")
    kind, most = max(count.items(), key=lambda pair: (pair[1], pair[0]))
    if linked >= NEARLY_ALL * total and kind == "text":
        return Column(name, "link")
    if kind in _NUMBERS and most < NEARLY_ALL * total <= sum(count[each] for each in _NUMBERS):
        kind, most = "number", total
    if kind == "text" or most < NEARLY_ALL * total:
        return Column(name, "text")
    unit = next(iter(units)) if kind in _NUMBERS and len(units) == 1 else ""
    return Column(name, kind, unit)  # type: ignore[arg-type]


def names_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """Names for the columns that are all there and all different, whatever their case.

    >>> names_of([Column("Name", ""), Column("", ""), Column("name", "")])
    ('Name', 'Column 2', 'name (2)')
    """
    names = Names()
    return tuple(names.free(column.name or f"Column {at}") for at, column in enumerate(columns, 1))


class Names:
    """Hands out names that are all different; a number sets the second of a kind apart."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        """By folded name: the number that was last given to it."""

    def free(self, name: str) -> str:
        folded = name.casefold()
        found, n = name, self._last.get(folded, 0)
        if n:
            n += 1
            while (found := f"{name} ({n})").casefold() in self._last:
                n += 1
            self._last[found.casefold()] = 1
        self._last[folded] = n or 1
        return found
