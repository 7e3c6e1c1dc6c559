"""`vaultkit clean`: removes what vaultkit made, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.console import show
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate


def clean(
    *,
    vault: VaultFolder = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder of the site [default: site].")] = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    site: Annotated[bool, Parameter(help="Remove the site [default, unless --cache is given].")] = False,
    cache: Annotated[bool, Parameter(help="Remove what is remembered of the vault.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"out": out, "cache_dir": cache_dir})
    opened = Vault.open(located.root, located.loaded.config)
    if site or not cache:
        removed = opened.clean(located.loaded.config.out)
        show(f"{plural(len(removed), 'file')} removed from {located.loaded.config.out}")
    if cache:
        path = opened.clean_cache()
        show(f"Removed {path}" if path else "Nothing was remembered")
