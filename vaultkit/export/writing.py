"""Puts an export into a file: whole or not at all, and never among the notes."""

from __future__ import annotations

from pathlib import Path

from vaultkit.diagnostics import VaultkitError
from vaultkit.site.disk import make, temporary, trying


def check(path: Path, root: Path) -> None:
    """Say early what speaks against writing a file that is no part of the vault at *root*.

    Raises:
        VaultkitError: The file would be in the vault, its folder isn't there, or something else has its name.
    """
    with trying(str(path)):
        target = path.resolve()
        if not target.parent.is_dir():
            raise VaultkitError(f"{path} can't be written: there is no folder {path.parent}")
        if any(folder.samefile(root) for folder in target.parents):
            raise VaultkitError(f"{path} is in the vault, where nothing is written: name a file outside of {root}")
        if target.exists() and not target.is_file():
            raise VaultkitError(f"{path} is no file that can be replaced")


def write(path: Path, data: bytes, root: Path) -> None:
    """Write a file outside the vault at *root*; one that is there is replaced, and a link to it stays.

    Raises:
        VaultkitError: The file would be part of the vault, is something else than a file, or can't be written.
    """
    check(path, root)
    with trying(str(path)):
        target = path.resolve()
        with temporary(str(target.parent)) as new:
            make(new, (data,))
            Path(new).replace(target)
