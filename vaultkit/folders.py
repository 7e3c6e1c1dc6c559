"""Where what belongs to a vault, and isn't in it, is kept: in the user's own folders, as the system has them."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import platformdirs


def default_cache_dir() -> Path:
    """The user's cache folder for vaultkit."""
    return Path(platformdirs.user_cache_dir("vaultkit", appauthor=False))


def default_snapshots(root: Path) -> Path:
    """Where a vault's snapshots are if no other folder is named: with the user's data, and never in the vault."""
    return Path(platformdirs.user_data_dir("vaultkit", appauthor=False)) / "snapshots" / Path(cache_name(root)).stem


def cache_name(root: Path) -> str:
    """One cache file per vault, told apart by where the vault is."""
    return f"{root.name}-{blake2b(str(root.resolve()).encode(), digest_size=6).hexdigest()}.sqlite"
