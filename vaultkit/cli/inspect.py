"""`vaultkit inspect`: all that is known of a note, as a report for a reader or as JSON for a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.problems import STYLES, plural
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.config import nearest
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vaultkit.vault import Vault

SHOWN = 20
"""Rows of a section; `--json` has them all."""


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
    with Vault.open(located.root, located.loaded.settled()) as opened:
        document = opened.note(note)
        if document is None:
            raise VaultkitError(no_such_note(opened, note))
        backlinks = [plain(edge) for edge in opened.backlinks(document.path)]
        record = opened.inspect(document.path) | {"backlinks": backlinks}
    if json:
        show_json(record)
    else:
        show(*_report(record))


def no_such_note(opened: Vault, note: str) -> str:
    names = {name for document in opened.notes for name in (document.path, document.title, *document.aliases)}
    meant = nearest(note, names)
    return f"there is no note {note!r}" + (f": did you mean {meant!r}?" if meant else "")


def plain(value: Any) -> dict[str, Any]:
    """A value's fields by name; to msgpack it is an array."""
    return {name: getattr(value, name) for name in value.__struct_fields__}


# ---------------------------------------------------------------------------
# For a reader
# ---------------------------------------------------------------------------


def _report(record: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield Text(safe(record["title"]), "bold")
    private = "" if record["public"] else ", private"
    yield Text(safe(f"{record['path']}, {plural(record['words'], 'word')}{private}"), "dim")
    own = {
        name: value for name, value in record["properties"].items() if name not in {"aliases", "alias", "tags", "tag"}
    }
    yield _facts({"aliases": record["aliases"], "tags": record["all_tags"]} | own)
    yield from _section("Outline", [Text(f"{'  ' * (h['level'] - 1)}{safe(h['text'])}") for h in record["outline"]])
    yield from _section("Links", [_link(ref) for ref in record["refs"]])
    yield from _section("Backlinks", [_backlink(edge) for edge in record["backlinks"]])
    yield from _section("Problems", [_problem(found) for found in record["problems"]])


def _facts(facts: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value not in (None, "", [], {}):
            table.add_row(Text(safe(name)), _text(value))
    return table


def _section(title: str, lines: Sequence[Text]) -> Iterable[Text]:
    if lines:
        yield Text(f"\n{title} ({len(lines):,})", "bold")
        yield from (Text("  ", no_wrap=True).append(line) for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield Text(f"  … and {len(lines) - SHOWN:,} more; --json has them all", "dim")


def _link(ref: Mapping[str, Any]) -> Text:
    written = f"{ref['path']}{ref['subpath']}" or "(this note)"
    line = Text.assemble((f"{ref['line']}: ", "dim"), safe(written))
    if ref["resolved"]:
        return line.append(f" → {safe(ref['resolved'])}", "green")
    if ref["candidates"]:
        return line.append(f" → one of {safe(', '.join(ref['candidates']))}", "yellow")
    return line.append(" → not written yet", "yellow")


def _backlink(edge: Mapping[str, Any]) -> Text:
    place = Text(safe(f"{edge['source']}:{edge['line']}"), "green")
    return place.append(f" {safe(edge['quote'])}", "default") if edge["quote"] else place


def _problem(found: Mapping[str, Any]) -> Text:
    place = ":".join(str(n) for n in (found["line"], found["column"]) if n)
    name = f"{found['severity']}[{found['code']}]"
    return Text.assemble(
        (f"{place}: " if place else "", "dim"), (name, STYLES[found["severity"]]), f": {safe(found['message'])}"
    )


def _text(value: Any) -> Text:
    match value:
        case bool():
            return Text("yes" if value else "no")
        case Mapping():
            return Text("\n").join(Text.assemble(f"{safe(str(key))}: ", _text(each)) for key, each in value.items())
        case list() | tuple():
            return Text(", ").join(_text(each) for each in value)
        case _:
            return Text(safe(str(value)))
