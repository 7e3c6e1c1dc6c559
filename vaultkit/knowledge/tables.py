"""What kind of table it is, and what stands in its cells: every Markdown table is data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal

from msgspec import Struct

from vaultkit.knowledge.dates import is_date
from vaultkit.model import CELL_GAP, Ref, Structure, Table

TableKind = Literal["key-value", "entity", "dated", "other"]

_KEYS = frozenset(
    "metric metrics detail details field fields fact facts attribute attributes item aspect spec specs specification "
    "property properties parameter parameters stat stats key feature characteristic trait element factor category term "
    "info profile indicator measure".split()
) | {"", "data point", "key metric", "quick stats"}
_VALUES = frozenset("value values detail details data info information figure figures".split())
"""Heads of the two columns of a key/value table, in lower case."""

_NOTHING = frozenset({"", "-", "–", "—", "n/a", "N/A", "?", "TBD"})
"""Cells that say nothing."""


class Row(Struct, frozen=True):
    """A row of a table with its cells as plain text, and the links in it by the column they stand in."""

    line: int
    cells: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    """Column, and index of the ref in the document."""
    lead: int = -1
    """Index of the ref that is all of the first cell; -1 if it is something else."""


def rows_of(
    table: Table, structure: Structure, refs: Sequence[Ref], by_passage: Mapping[int, Sequence[int]]
) -> tuple[Row, ...]:
    """The rows of a table, with the refs of the document in their cells."""
    rows = []
    for index in range(table.passage, table.passage + table.n_rows):
        passage = structure.passages[index]
        cells = tuple(passage.text.split(CELL_GAP))
        numbers = by_passage.get(index)
        if numbers is None:
            rows.append(Row(passage.line, cells, ()))
            continue
        ends = list(accumulate(len(cell) + 1 for cell in cells))
        links = tuple((bisect_right(ends, refs[ref].start), ref) for ref in numbers)
        first = [ref for column, ref in links if column == 0]
        is_lead = len(first) == 1 and refs[first[0]].start == 0 and refs[first[0]].end >= len(cells[0].rstrip())
        rows.append(Row(passage.line, cells, links, first[0] if is_lead and cells[0].strip() else -1))
    return tuple(rows)


def linked_in(row: Row, column: int) -> tuple[tuple[int, int], ...]:
    """The links that stand in a column of a row, which has them in their order."""
    return row.links[bisect_left(row.links, (column, -1)) : bisect_left(row.links, (column + 1, -1))]


def kind_of(table: Table, rows: Sequence[Row]) -> TableKind:
    """By what stands in the first column, and for key/value tables by the heads."""
    if not rows:
        return "other"
    if 2 * sum(row.lead >= 0 for row in rows) >= len(rows):
        return "entity"
    if 2 * sum(is_date(row.cells[0]) for row in rows) >= len(rows):
        return "dated"
    if len(table.columns) == 2:
        key, value = (column.strip().casefold() for column in table.columns)
        if (key in _KEYS and value in _VALUES) or value in {"value", "values"}:
            return "key-value"
    return "other"


def says_something(cell: str) -> bool:
    return cell.strip() not in _NOTHING
