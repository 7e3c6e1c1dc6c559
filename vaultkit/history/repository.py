"""Which repository is a vault's, decided here and not by git: so a vault can't lead to the history of another.

A `.git` can be a file that names any folder, and a folder whose objects lie in
any other. Whoever shares a vault could thus have somebody's private notes shown.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from vaultkit.history.git import SMALL, GitError, Repository, ask

_PACKED_BYTES = 20_000_000
_ID = re.compile(r"[0-9a-f]{40,64}")


def find(root: Path, *, above: bool) -> Repository | None:
    """The repository whose top is the vault's folder; or with *above* the nearest that holds it.

    Raises:
        GitError: There is one that can't be trusted.
    """
    here = root.resolve()
    for top in (here, *here.parents) if above else (here,):
        entry = top / ".git"
        if os.path.lexists(entry):
            prefix = here.relative_to(top).as_posix()
            folder, common = _folders(entry)
            return Repository(top, folder, common, "" if prefix == "." else prefix + "/")
    return None


def _folders(entry: Path) -> tuple[Path, Path]:
    """What a `.git` stands for, if that belongs to it."""
    mode = entry.lstat().st_mode
    if stat.S_ISDIR(mode):
        _check(entry)
        return entry, entry
    named = _small(entry) if stat.S_ISREG(mode) else ""
    if not named.startswith("gitdir:"):
        raise GitError("its .git is neither a folder nor names one")
    folder = (entry.parent / named.removeprefix("gitdir:").strip()).resolve()
    if common := _common_of_worktree(folder, entry):
        _check(common)
        return folder, common
    if _is_submodule(folder, entry.parent):
        _check(folder)
        return folder, folder
    # Else a vault could name any repository on this machine and have it shown.
    raise GitError("its .git names a repository that doesn't name it")


def _common_of_worktree(folder: Path, entry: Path) -> Path | None:
    back, common = _small(folder / "gitdir"), _small(folder / "commondir")
    if not back or not common or Path(folder, back).resolve() != entry.resolve():
        return None
    found = (folder / common).resolve()
    return found if folder.parent == found / "worktrees" else None


def _is_submodule(folder: Path, top: Path) -> bool:
    if not (folder / "config").is_file() or (folder / "commondir").exists():
        return False
    try:
        # Outside of any repository, and without includes.
        named = ask(top, ["config", "--file", str(folder / "config"), "--get", "core.worktree"]).decode().strip()
    except (GitError, UnicodeDecodeError):
        return False
    return bool(named) and (folder / named).resolve() == top.resolve()


def _check(common: Path) -> None:
    """Refuse one whose objects lie in another: that may be private."""
    for name in ("objects", "refs", "HEAD"):
        mode = (common / name).lstat().st_mode if os.path.lexists(common / name) else 0
        if not (stat.S_ISREG(mode) if name == "HEAD" else stat.S_ISDIR(mode)):
            raise GitError(f"its .git has no {name} of its own")
    for name in ("commondir", "objects/info/alternates", "objects/info/http-alternates"):
        if os.path.lexists(common / name):
            raise GitError(f"its objects lie elsewhere ({name} in its .git)")


def _small(file: Path) -> str:
    """The text of a small regular file; empty where there is none."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            return os.read(handle, SMALL).decode().strip()
        finally:
            os.close(handle)
    except (OSError, UnicodeDecodeError):
        return ""


# ---------------------------------------------------------------------------
# Where it is: a look at two files, without git
# ---------------------------------------------------------------------------


def head(repository: Repository) -> str:
    """The id of the commit that the working tree is of; empty where git has to be asked."""
    name = _branch(repository)
    if name:
        found = _small(repository.common / name) or _packed(repository, name)
    else:
        found = _small(repository.folder / "HEAD")
    return found if _ID.fullmatch(found) else ""


def _branch(repository: Repository) -> str:
    """The full name of the branch that is checked out; empty if none is."""
    name = _small(repository.folder / "HEAD").partition("ref:")[2].strip()
    return name if name.startswith("refs/") and ".." not in name.split("/") else ""


def _packed(repository: Repository, name: str) -> str:
    file = repository.common / "packed-refs"
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _PACKED_BYTES:
            return ""
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return next((line.partition(" ")[0] for line in text.splitlines() if line.partition(" ")[2] == name), "")


def shallow(repository: Repository) -> str:
    """Where the history of a shallow clone ends; it changes when more of it is fetched."""
    return _small(repository.common / "shallow")


def watched(repository: Repository) -> tuple[Path, ...]:
    """Files of which one at least is written by every commit."""
    name = _branch(repository)
    branch = (repository.common / name,) if name else ()
    return repository.folder / "HEAD", repository.folder / "logs" / "HEAD", *branch
