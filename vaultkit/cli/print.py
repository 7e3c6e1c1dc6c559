"""`vaultkit print`: a note as one HTML file that stands alone, for paper and for passing on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.console import safe, show_bytes, tell
from vaultkit.cli.inspect import no_such_note
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError


def print_note(
    note: Annotated[str, Parameter(help="Its path in the vault, its file name or an alias.")],
    /,
    *,
    out: Annotated[
        Path | None,
        Parameter(
            name=["--out", "-o"],
            allow_leading_hyphen=True,
            help='The file to write, "-" for standard output [default: standard output].',
        ),
    ] = None,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    drafts: Annotated[bool, Parameter(help="Print private notes too, marked as such.")] = False,
) -> None:
    from vaultkit.export.writing import check, write
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    to_file = out is not None and str(out) != "-"
    if out is not None and to_file:
        check(out, located.root)
    with Vault.open(located.root, located.loaded.settled(), drafts=drafts) as opened:
        document = opened.note(note)
        if document is None:
            raise VaultkitError(no_such_note(opened, note))
        made = opened.print(document.path)
        tell(*opened.notices)
    for path in made.left_out:
        tell(f"{safe(located.place(path))} is too large or can't be read: its name stands in its place")
    if out is not None and to_file:
        write(out, made.html, located.root)
        tell(f"{safe(str(out))}: {len(made.html):,} bytes")
    else:
        show_bytes(made.html)
