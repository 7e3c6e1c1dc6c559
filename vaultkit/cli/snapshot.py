"""`vaultkit snapshot`: keep what the public notes are and state now, so that later it can be told what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.console import safe, show, show_json, tell
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate, short


def snapshot(
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    json: Annotated[bool, Parameter(help="Print the result as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        path, n_changed = opened.snapshot(datetime.now(UTC))
        notices = opened.notices
    tell(*(f"notice: {safe(notice)}" for notice in notices))
    if json:
        show_json({"path": str(path) if path is not None else None, "changed": n_changed})
    elif path is None:
        show("Nothing has changed since the last snapshot.")
    else:
        show(f"{safe(str(short(path)))}: {plural(n_changed, 'note')} changed since the last one")
