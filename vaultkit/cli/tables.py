"""`vaultkit tables`: the tables of a vault as data: an index of all, those of a note, one of them as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_bytes, show_json
from vaultkit.cli.inspect import no_such_note, plain
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, Located, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vaultkit.knowledge.datasets import Cell, Column, Dataset
    from vaultkit.vault import Vault

ROWS, COLUMNS = 20, 12
"""Of a table in a report; `--csv` and `--json` have all."""


def tables(
    note: Annotated[str, Parameter(help="A note by path, file name or alias [default: the tables of all].")] = "",
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    csv: Annotated[
        int | None, Parameter(help="Print the table of this number as CSV; the first of a note is 1.")
    ] = None,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        if not note:
            if csv is not None:
                raise VaultkitError("--csv prints a table of one note: name it")
            _show_index(opened.tables(), located, json=json)
            return
        document = opened.note(note)
        if document is None:
            raise VaultkitError(no_such_note(opened, note))
        found = opened.tables(document.path)
        if csv is not None:
            if not 1 <= csv <= len(found):
                raise VaultkitError(f"{document.title} has {plural(len(found), 'table')}, none of them number {csv}")
            show_bytes(opened.table_csv(found[csv - 1]))
        elif json:
            show_json([_typed(opened, table) for table in found])
        else:
            for table in found:
                show(*_report(table, located))


def _show_index(found: Sequence[Dataset], located: Located, *, json: bool) -> None:
    if json:
        show_json([_described(table) for table in found])
        return
    for table in found:
        columns = ", ".join(safe(column.name) for column in table.columns[:COLUMNS])
        more = f", … {len(table.columns) - COLUMNS} more" if len(table.columns) > COLUMNS else ""
        place = f"{safe(located.place(table.note))}:{table.line}"
        section = f" {safe(table.section)}" if table.section else ""
        about = f" {table.kind}, {plural(len(table.rows), 'row')}: {columns}{more}"
        show(Text.assemble((place, "dim"), (section, "bold"), about, no_wrap=True))


def _described(table: Dataset) -> dict[str, Any]:
    about = {name: value for name, value in plain(table).items() if name not in ("rows", "columns")}
    return about | {"columns": [plain(column) for column in table.columns], "rows": len(table.rows)}


def _typed(opened: Vault, table: Dataset) -> dict[str, Any]:
    """A table with its rows; each cell has what it says, and where its links lead."""
    lines = [row.line for row in table.rows]
    rows = [
        {"line": line, "cells": [_cell(cell) for cell in cells]}
        for line, cells in zip(lines, opened.cells(table), strict=True)
    ]
    return _described(table) | {"rows": rows}


def _cell(cell: Cell) -> dict[str, Any]:
    return plain(cell) | {"links": [{"label": link.label, "node": link.node} for link in cell.links]}


def _report(table: Dataset, located: Located) -> Iterator[RenderableType]:
    title = f"{table.number}. {table.section}" if table.section else f"{table.number}."
    yield Text(safe(title), "bold")
    yield Text(
        f"{safe(located.place(table.note))}:{table.line}, {table.kind}, {plural(len(table.rows), 'row')}", "dim"
    )  # fmt: skip
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    shown = table.columns[:COLUMNS]
    for column in shown:
        is_number = column.kind in ("number", "amount", "percentage")
        drawn.add_column(Text(_head(column)), justify="right" if is_number else "left", overflow="fold")
    for row in table.rows[:ROWS]:
        texts = [*row.cells, *[""] * len(shown)][: len(shown)]
        drawn.add_row(*(Text(safe(text.strip())) for text in texts))
    yield drawn
    if len(table.rows) > ROWS or len(table.columns) > COLUMNS:
        yield Text(
            f"… {len(table.columns)} columns and {len(table.rows):,} rows; --csv {table.number} prints all", "dim"
        )
    yield ""


def _head(column: Column) -> str:
    about = f"{column.kind} {column.unit}".strip()
    return f"{safe(column.name)} ({about})" if about not in ("", "text") else safe(column.name)
