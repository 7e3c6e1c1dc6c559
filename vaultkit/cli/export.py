"""`vaultkit export`: the graph, the facts and the tables for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from vaultkit.cli.console import safe, show, show_bytes, tell
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError


def export(
    format_: Annotated[str, Parameter(name="FORMAT", help="What to write; --list names the formats.")] = "",
    /,
    *,
    out: Annotated[
        Path | None,
        Parameter(
            name=["--out", "-o"],
            allow_leading_hyphen=True,
            help='The file to write, "-" for standard output [default: standard output, for formats that are text].',
        ),
    ] = None,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    list_: Annotated[bool, Parameter(name="--list", help="List the formats.")] = False,
) -> None:
    from vaultkit.export.formats import FORMATS, format_named
    from vaultkit.export.writing import check, write
    from vaultkit.vault import Vault

    if list_:
        show(_formats())
        return
    if not format_:
        raise VaultkitError(f"name a format: {', '.join(FORMATS)}")
    chosen = format_named(format_)
    to_file = out is not None and str(out) != "-"
    if not to_file and not chosen.is_text and (out is None or sys.stdout.isatty()):
        raise VaultkitError(f"the format {format_} isn't text: name a file, as in -o vault{chosen.suffix}")
    located = locate(vault, config, {"cache_dir": cache_dir})
    if out is not None and to_file:
        check(out, located.root)
    with Vault.open(located.root, located.loaded.settled()) as opened:
        data = opened.export(format_)
    if out is not None and to_file:
        write(out, data, located.root)
        tell(f"{safe(str(out))}: {len(data):,} bytes")
    else:
        show_bytes(data)


def _formats() -> Table:
    from vaultkit.export.formats import FORMATS

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Format", "File", "What it is"):
        table.add_column(heading, no_wrap=heading != "What it is")
    for each in FORMATS.values():
        table.add_row(each.name, each.suffix, each.purpose)
    return table
