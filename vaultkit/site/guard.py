"""Which folders may be written to: an output folder is ours by its marker, or it is refused with the reason."""

from __future__ import annotations

from pathlib import Path

from vaultkit.diagnostics import VaultkitError

MARKER = ".vaultkit-output"
"""Names a folder as ours; it holds a random id, by which the ledger knows this folder from others."""


def guard(out: Path, root: Path) -> None:
    """Refuse a folder that isn't for us to write in: `site/` given by mistake must cost nobody their files.

    Raises:
        VaultkitError: With the reason and a remedy.
    """
    out, root = out.resolve(), root.resolve()
    if reason := _reason(out, root):
        raise VaultkitError(f"{out} can't be the output folder: {reason}. Name another with --out.")


def _reason(out: Path, root: Path) -> str:
    if out == root:
        return "it is the vault itself"
    if root.is_relative_to(out):
        return "the vault lies in it"
    if out == Path(out.anchor):
        return "it is the root of the file system"
    if out == Path.home().resolve():
        return "it is your home folder"
    if out != Path.cwd() and Path.cwd().resolve().is_relative_to(out):
        return "the folder you work in lies in it"
    if out.exists() and not out.is_dir():
        return "it is a file"
    if (out / ".git").exists():
        return "it is the root of a git repository"
    if out.is_dir() and not (out / MARKER).is_file():
        strangers = sorted(path.name for path in out.iterdir() if not path.name.startswith("."))
        if strangers:
            return f"it holds files that vaultkit didn't write ({', '.join(strangers[:3])})"
    return ""
