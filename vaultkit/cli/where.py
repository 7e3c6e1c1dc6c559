"""The options that say which vault is meant and how it is configured; every command takes them alike."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from vaultkit.config import Loaded, find_vault, load
from vaultkit.diagnostics import VaultkitError

VaultFolder = Annotated[
    Path | None,
    Parameter(
        name=["--vault", "-V"],
        help='The vault\'s folder [default: the nearest one upwards with vaultkit.toml or .obsidian, else "vault"].',
    ),
]
ConfigFile = Annotated[
    Path | None, Parameter(name=["--config", "-c"], help="Read this file in place of the vault's vaultkit.toml.")
]
OutFolder = Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder of the site [default: site].")]
CacheFolder = Annotated[
    Path | None, Parameter(help="Where to remember what was parsed [default: the user's cache folder].")
]


@dataclass(frozen=True)
class Located:
    """A vault that was found, and its configuration."""

    root: Path
    """Relative to the current folder where that is shorter to read."""
    loaded: Loaded

    def place(self, path: str) -> str:
        """A vault path as it can be opened from the current folder."""
        return os.path.normpath(self.root / path)


def locate(vault: Path | None, config: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Located:
    """Find the vault and load its configuration; overrides that are None aren't any."""
    root = short(vault or find_vault(Path.cwd()))
    if not root.is_dir():
        named = f"there is no folder {root}" if vault else "there is no vault here, nor in a folder above"
        raise VaultkitError(f'{named}: name one, as in "vaultkit build path/to/vault"')
    given = {key: os.fspath(value) if isinstance(value, Path) else value for key, value in (overrides or {}).items()}
    return Located(root, load(root, {key: value for key, value in given.items() if value is not None}, config))


def short(path: Path) -> Path:
    """The path as seen from the current folder, if it lies in it."""
    absolute = path.absolute()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path
