"""`vaultkit clean`: remove what vaultkit made, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.console import safe, show
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, OutFolder, VaultFolder, locate

SHOWN = 5
"""Names of files that were kept; more than that are counted."""


def clean(
    *,
    vault: VaultFolder = None,
    out: OutFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    site: Annotated[bool, Parameter(help="Remove the site [default, unless --cache is given].")] = False,
    cache: Annotated[
        bool, Parameter(help="Remove what is remembered of the vault, and its preview with private notes.")
    ] = False,
) -> None:
    from vaultkit.cli.live import drafts_folder
    from vaultkit.vault import Vault

    located = locate(vault, config, {"out": out, "cache_dir": cache_dir})
    folder = Path(located.loaded.config.out)
    with Vault.open(located.root, located.loaded.config) as opened:
        if site or not cache:
            removed = opened.clean(folder)
            show(f"{plural(len(removed), 'file')} removed from {safe(str(folder))}{_tidied(folder)}")
        if cache:
            drafts = drafts_folder(located.root.absolute(), located.loaded.config)
            if drafts.is_dir():
                opened.clean(drafts)
                show(f"Removed the preview with private notes{_tidied(drafts)}")
            file = opened.clean_cache()
            show(f"Removed {safe(str(file))}" if file else "Nothing was remembered")


def _tidied(folder: Path) -> str:
    """Take away the folder too, where nothing is left in it but our own marks; else say what was kept."""
    from vaultkit.site.guard import MARKER
    from vaultkit.site.lock import LOCK

    left = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    kept = [name for name in left if name not in (MARKER, LOCK)]
    if any(not name.startswith(".") for name in kept):
        # The marks stay as well: without them the next build would take the folder for somebody else's.
        more = f" and {len(kept) - SHOWN:,} more" if len(kept) > SHOWN else ""
        return f"; kept, since vaultkit didn't write them as they are: {safe(', '.join(kept[:SHOWN]))}{more}"
    for name in (MARKER, LOCK):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # Folders that others made may be left in it.
        folder.rmdir()
    return ""
