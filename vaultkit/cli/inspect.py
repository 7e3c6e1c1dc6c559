"""`vaultkit inspect`: all that is known of a note, for a reader or for a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.config import nearest
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vaultkit.vault import Vault

SHOWN = 20
"""Rows of a table; `--json` has them all."""


def inspect(
    note: Annotated[str, Parameter(help="Its path in the vault, its file name or an alias.")],
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    opened = Vault.open(located.root, located.loaded.config)
    document = opened.note(note)
    if document is None:
        raise VaultkitError(_no_such_note(opened, note))
    record = opened.inspect(document.path)
    if json:
        show_json(record)
    else:
        show(*_report(record))


def _no_such_note(opened: Vault, note: str) -> str:
    names = {name for document in opened.notes for name in (document.path, document.title, *document.aliases)}
    meant = nearest(note, names)
    return f"there is no note {note!r}" + (f": did you mean {meant!r}?" if meant else "")


def _report(record: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What is short as one block of lines, then a section for each list of records."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    sections: list[tuple[str, Sequence[Mapping[str, Any]]]] = []
    for key, value in record.items():
        if _is_table(value):
            sections.append((key, value))
        elif value not in (None, "", [], {}, ()):
            facts.add_row(_label(key), _text(value))
    yield facts
    for key, rows in sections:
        yield Text(f"\n{_label(key)} ({len(rows):,})", "bold")
        yield _rows(rows)
        if len(rows) > SHOWN:
            yield Text(f"… and {len(rows) - SHOWN:,} more: --json has them all", "dim")


def _is_table(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = [key for key in rows[0] if any(row.get(key) not in (None, "", [], {}) for row in rows)]
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=True)
    for column in columns:
        table.add_column(_label(column), overflow="fold")
    for row in rows[:SHOWN]:
        table.add_row(*(_text(row.get(column)) for column in columns))
    return table


def _label(key: str) -> str:
    return safe(key.replace("_", " ").capitalize())


def _text(value: Any) -> Text:
    match value:
        case None | "":
            return Text("")
        case bool():
            return Text("yes" if value else "no")
        case int() | float():
            return Text(f"{value:,}")
        case Mapping():
            return Text("\n").join(Text.assemble(safe(str(key)), ": ", _text(each)) for key, each in value.items())
        case list() | tuple():
            return Text(", ").join(_text(each) for each in value)
        case _:
            return Text(safe(str(value)))
