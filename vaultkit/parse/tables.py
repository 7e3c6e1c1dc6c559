"""Tables into a draft: their HTML and their cells as data."""

from __future__ import annotations

import re

from vaultkit.model import CELL_GAP, Passage, Table
from vaultkit.parse.draft import Draft, escape
from vaultkit.parse.inline import write_inline
from vaultkit.parse.markdown import MARKED
from vaultkit.parse.syntax.table import RawTable

_NUMBER = re.compile(r"[~≈<>≤≥+\-–−(]*\s*[$€£¥₩₹]?\s*\d[\d,. ]*\s*(?:%|[KMBTkmbt]|bn|mn|x|bps|pp)?\+?\)?\Z")
_KEY_HEADS = frozenset(
    {"", "metric", "attribute", "field", "key", "property", "item", "spec", "detail", "stat", "fact", "parameter"}
)
_VALUE_HEADS = frozenset({"", "value", "values", "detail", "details", "data", "info", "figure"})
_WIDE = 5
"""From how many columns on a table scrolls sideways with its first column fixed."""
_LONGEST_NUMBER = 32


def write_table(draft: Draft, raw: RawTable, line: int, end_line: int) -> bool:
    """Write a table; whether it is one of keys and values."""
    if raw.has_bare_pipe:
        draft.report("table-pipe-in-link", line)
    if raw.ragged:
        n = len(raw.ragged)
        found = f"{n} rows of the table have" if n > 1 else "A row of the table has"
        message = f"{found} more or fewer cells than its head, which has {len(raw.header)}."
        draft.report("ragged-rows", line + 2 + raw.ragged[0], message=message)
    limit = max(1, draft.syntax.table_cells // max(1, len(raw.header)))
    if len(raw.rows) > limit:
        draft.report("too-many-cells", line, message=f"The table has {len(raw.rows)} rows; the page shows {limit}.")
    classes = _classes(draft, raw)
    kind = " is-kv" if _is_key_value(raw) else " is-wide" if len(raw.header) >= _WIDE else ""
    mark = draft.mark
    write = draft.parts.append
    table_class = "".join(f" {mark}{name}" for name in kind.split())
    if draft.plain:
        write("<table>\n<thead>\n<tr>\n")
    else:
        write(
            f'<div class="{mark}vk-table{table_class}"><div class="{mark}vk-scroll" tabindex="{mark}0">'
            "<table>\n<thead>\n<tr>"
        )
    columns = _row(draft, raw.header, classes, "th", line)
    write("</tr>\n</thead>\n<tbody>\n")
    first = len(draft.passages)
    for number, cells in enumerate(raw.rows[:limit]):
        write("<tr>")
        _row(draft, cells, classes, "td", line + 2 + number)
        write("</tr>\n")
    write("</tbody>\n</table>\n" if draft.plain else "</tbody>\n</table></div></div>\n")
    section = len(draft.headings) - 1
    # What isn't shown is data all the same, as it was written.
    for number, cells in enumerate(raw.rows[limit:], limit):
        draft.passages.append(Passage("table", CELL_GAP.join(cells), line + 2 + number, section))
    draft.tables.append(
        Table(tuple(columns.split(CELL_GAP)), tuple(raw.aligns), len(raw.rows), first, line, end_line, section)
    )
    return kind == " is-kv"


def _row(draft: Draft, cells: list[str], classes: list[str], tag: str, line: int) -> str:
    """Write a row as HTML and as a passage; return the passage's text."""
    draft.begin_passage()
    write = draft.parts.append
    first = True
    for cell, class_ in zip(cells, classes, strict=True):
        if not first:
            draft.say(CELL_GAP)
        first = False
        if MARKED.search(cell) is None:
            write(f"<{tag}{class_}>{escape(cell)}</{tag}>")
            draft.say(cell)
        else:
            write(f"<{tag}{class_}>")
            write_inline(draft, cell, line)
            write(f"</{tag}>")
    return draft.end_row(line)


def _classes(draft: Draft, raw: RawTable) -> list[str]:
    """The class attribute of each column's cells."""
    classes = []
    for index, align in enumerate(raw.aligns):
        name = f"is-{align}" if align else "is-num" if _is_numeric([row[index] for row in raw.rows[:200]]) else ""
        if draft.plain:
            classes.append(f' align="{align}"' if align else "")
        else:
            classes.append(f' class="{draft.mark}{name}"' if name else "")
    return classes


def _is_numeric(cells: list[str]) -> bool:
    filled = [cell.strip("*~ ") for cell in cells if cell.strip("*~ —–-")]
    numbers = sum(len(cell) <= _LONGEST_NUMBER and _NUMBER.match(cell) is not None for cell in filled)
    return bool(filled) and numbers * 5 >= len(filled) * 4


def _is_key_value(raw: RawTable) -> bool:
    if len(raw.header) != 2:
        return False
    key, value = (cell.strip("*_ ").lower() for cell in raw.header)
    return value in _VALUE_HEADS or (key in _KEY_HEADS and value not in ("", "note", "notes"))
