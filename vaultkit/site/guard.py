"""Which folders may be written to: an output folder is ours by its marker, or it is refused with the reason."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from vaultkit.diagnostics import VaultkitError

MARKER = ".vaultkit-output"
"""Names a folder as ours, and says what of it is."""


def guard(out: Path, root: Path) -> None:
    """Refuse a folder that isn't for us to write in: `site/` given by mistake must cost nobody their files.

    Raises:
        VaultkitError: With the reason and a remedy.
    """
    try:
        out, root = out.resolve(), root.resolve()
        reason = _reason(out, root)
    except (OSError, RuntimeError) as error:
        # A RuntimeError is how Python before 3.13 says that links lead in a circle.
        reason = f"it can't be read: {getattr(error, 'strerror', error)}"
    if reason:
        raise VaultkitError(f"{out} can't be the output folder: {reason}. Name another with --out.")


def _reason(out: Path, root: Path) -> str:
    """Why not; empty if nothing speaks against it. Folders are compared by what they are, not by how they are called."""
    here, home = _folder(Path.cwd), _folder(Path.home)
    if _is_same(out, root):
        return "it is the vault itself"
    if _holds(out, root):
        return "the vault lies in it"
    if out == Path(out.anchor):
        return "it is the root of the file system"
    if home is not None and _is_same(out, home):
        return "it is your home folder"
    if home is not None and _holds(out, home):
        return "your home folder lies in it"
    if here is not None and _holds(out, here):
        return "the folder you work in lies in it"
    if not out.exists():
        return ""
    if not out.is_dir():
        return "it is a file"
    if (out / ".git").exists():
        return "it is the root of a git repository"
    if _is_regular(out / MARKER):
        return ""
    # What hosts and git want to find in an otherwise empty folder, such as `.gitkeep`, may be there already.
    strangers = sorted(path.name for path in out.iterdir() if not (path.name.startswith(".") and _is_regular(path)))
    if strangers:
        return f"it holds files that vaultkit didn't write ({', '.join(strangers[:3])})"
    return ""


def _is_same(one: Path, other: Path) -> bool:
    """Also where a file system knows no case, or one folder is mounted at two places."""
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _holds(folder: Path, inner: Path) -> bool:
    return any(_is_same(folder, parent) for parent in inner.parents)


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _folder(find: Callable[[], Path]) -> Path | None:
    """The folder that *find* finds, if there is one: the current one may be deleted, and not everybody has a home."""
    try:
        return find().resolve()
    except (OSError, RuntimeError):
        return None
