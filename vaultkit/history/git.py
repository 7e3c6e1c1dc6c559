"""Git, asked for nothing but objects: whoever made the vault made its `.git` too, and nothing in it may run or lead out.

A repository's own settings name programs: for file systems, differences,
filters, signatures, transports. Only commands that need none of them are run,
what could still name one is overridden, and no transport is allowed. The
environment is built anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from msgspec import Struct

SECONDS = 120
"""After which git is ended, whatever it does."""

MOST_BYTES = 256_000_000
"""Of one answer. The list of all files of a large vault has 1 MB."""

SMALL = 4096
"""Bytes of the small files in `.git` that are read here."""

_OVERRIDES: Mapping[str, str] = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.sshCommand": "false",
    "core.askPass": "",
    "core.pager": "cat",
    "core.attributesFile": os.devnull,
    "credential.helper": "",
    "diff.external": "",
    "gpg.program": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
}


class GitError(Exception):
    """Git can't tell; the text says why, for a notice."""


class Repository(Struct, frozen=True):
    """A repository that a vault lies in."""

    top: Path
    """Folder of its files."""
    folder: Path
    """Where it keeps what is this working tree's own: `HEAD`."""
    common: Path
    """Where it keeps objects and branches."""
    prefix: str
    """Of the vault's files, as git calls them: empty, or ends with a slash."""


# ---------------------------------------------------------------------------
# Commits
# ---------------------------------------------------------------------------


class Commit(Struct, frozen=True):
    id: str
    parent: str
    """The first one; empty for the very first commit."""
    authored: int
    """In seconds since 1970."""


class FileChange(Struct, frozen=True):
    """A regular file that differs from the commit before; ids are empty where there is no file."""

    path: str
    before: str
    after: str


def resolved(repository: Repository, name: str) -> str:
    """The id of the commit that is called so."""
    try:
        found = ask(
            repository.top, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
        ).decode()
    except GitError as error:
        raise GitError(f"there is no commit {name!r}") from error
    return found.strip()


def commits(repository: Repository, *, since: int, limit: int, after: str = "") -> list[Commit]:
    """The commits that touch the vault, newest first, along first parents.

    Args:
        since: Those committed up to so many seconds before the newest one.
        after: A commit; what it holds is left out.
    """
    base = ["rev-list", "--first-parent", "--timestamp", "HEAD", *([f"^{after}"] if after else [])]
    where = ["--", repository.prefix] if repository.prefix else ["--"]
    newest = ask(repository.top, [*base, "--max-count=1", *where]).decode("ascii", "replace").split()
    if len(newest) != 2:
        return []
    start = max(int(newest[0]) - since, 0)
    told = ask(repository.top, [*base, f"--max-count={limit}", f"--max-age={start}", *where])
    ids = [line.partition(" ")[2] for line in told.decode("ascii", "replace").splitlines()]
    with Objects(repository) as objects:
        found = [commit for each in ids if (commit := _commit(each, objects.read(each, SMALL * 256))) is not None]
    # Where a shallow clone ends, the commit before is named and not there: what it changed isn't known.
    parents = sizes(repository, [commit.parent for commit in found if commit.parent])
    return [commit for commit in found if not commit.parent or commit.parent in parents]


def _commit(oid: str, data: bytes | None) -> Commit | None:
    """A commit by its own text, whatever else the repository would have git take it for."""
    header = (data or b"").partition(b"\n\n")[0].decode("utf-8", "replace")
    parent = re.search(r"(?m)^parent ([0-9a-f]{40,64})$", header)
    author = re.search(r"(?m)^author .*> (\d{1,11}) [+-]\d{4}$", header)
    return Commit(oid, parent[1] if parent else "", int(author[1])) if author else None


def file_changes(repository: Repository, found: Sequence[Commit]) -> dict[str, list[FileChange]]:
    """What each commit did to the vault's files, by the commit's id; paths begin at the vault."""
    lines = "".join(f"{commit.id} {commit.parent}".rstrip() + "\n" for commit in found)
    where = ["--", repository.prefix] if repository.prefix else ["--"]
    told = ask(
        repository.top,
        ["diff-tree", "--stdin", "-r", "-z", "--raw", "--root", "--no-renames", "--no-abbrev", "--no-ext-diff",
         "--no-textconv", "--ignore-submodules=all", *where],
        lines.encode(),
    )  # fmt: skip
    changes: dict[str, list[FileChange]] = {commit.id: [] for commit in found}
    current: list[FileChange] = []
    fields = iter(told.split(b"\0"))
    for field in fields:
        if not field.startswith(b":"):
            current = changes.get(field.decode("ascii", "replace").strip(), [])
            continue
        try:
            path = next(fields).decode()
        except UnicodeDecodeError:
            continue
        old_mode, new_mode, before, after, _ = field[1:].decode("ascii", "replace").split(" ")
        old, new = (oid if _is_file(mode) else "" for mode, oid in ((old_mode, before), (new_mode, after)))
        if path.startswith(repository.prefix) and old != new:
            current.append(FileChange(path.removeprefix(repository.prefix), old, new))
    return changes


def _is_file(mode: str) -> bool:
    return mode.startswith("100")


# ---------------------------------------------------------------------------
# Objects
# ---------------------------------------------------------------------------


def sizes(repository: Repository, ids: Sequence[str]) -> dict[str, int]:
    """The sizes of objects, of those that are there."""
    if not ids:
        return {}
    lines = "".join(f"{oid}\n" for oid in dict.fromkeys(ids))
    told = ask(repository.top, ["cat-file", "--batch-check"], lines.encode()).decode("ascii", "replace")
    rows = (line.split(" ") for line in told.splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) == 3}


class Objects:
    """Objects, read one by one."""

    def __init__(self, repository: Repository) -> None:
        self._git = _started(repository.top, ["cat-file", "--batch"])
        self._timer = threading.Timer(SECONDS, self._git.kill)
        self._timer.daemon = True
        self._timer.start()

    def read(self, oid: str, most: int) -> bytes | None:
        """The content; None where there is none, or more than *most* bytes of it."""
        asked, told = self._git.stdin, self._git.stdout
        assert asked is not None
        assert told is not None
        try:
            asked.write(f"{oid}\n".encode())
            asked.flush()
            header = told.readline(SMALL).split()
            if len(header) != 3:
                return None
            size = int(header[2])
            data = told.read(min(size, most + 1))
            left = size - len(data) + 1
            while left > 0 and (passed := told.read(min(left, 1 << 20))):
                left -= len(passed)
        except (OSError, ValueError) as error:
            raise GitError("git ended while it was read from") from error
        if left:
            raise GitError("git ended while it was read from")
        return data if size <= most else None

    def close(self) -> None:
        self._timer.cancel()
        _end(self._git)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# ---------------------------------------------------------------------------
# Running it
# ---------------------------------------------------------------------------


def ask(top: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    """What git answers."""
    git = _started(top, arguments)
    complaint: list[bytes] = []
    timer = threading.Timer(SECONDS, git.kill)
    timer.daemon = True
    helpers = [threading.Thread(target=_feed, args=(git.stdin, given), daemon=True)]
    helpers.append(threading.Thread(target=_drain, args=(git.stderr, complaint), daemon=True))
    try:
        for each in (timer, *helpers):
            each.start()
        assert git.stdout is not None
        answer = git.stdout.read(MOST_BYTES + 1)
        if len(answer) > MOST_BYTES:
            raise GitError("its history is too large to be read")
        code = git.wait()
        for helper in helpers:
            helper.join()
    finally:
        timer.cancel()
        _end(git)
    if code:
        told = b"".join(complaint).decode("utf-8", "replace").strip().splitlines()
        raise GitError(told[0].removeprefix("fatal: ") if told else f"git {arguments[0]} ended with {code}")
    return answer


def check_installed(repository: Repository) -> None:
    """Raises:
    GitError: There is no git.
    """
    _program(repository.top)


def _program(top: Path) -> str:
    git = shutil.which("git")
    if git is None or Path(git).resolve().is_relative_to(top):
        raise GitError("git isn't installed")
    return git


def _started(top: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    git = _program(top)
    overrides = [part for key, value in _OVERRIDES.items() for part in ("-c", f"{key}={value}")]
    options = ["--no-pager", "--no-optional-locks", "--literal-pathspecs", *overrides, "-C", str(top)]
    try:
        return subprocess.Popen(  # noqa: S603  (git, found on the path, with arguments that are ours)
            [git, *options, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if arguments[:2] != ["cat-file", "--batch"] else subprocess.DEVNULL,
            env=_environment(top),
        )  # fmt: skip
    except OSError as error:
        raise GitError(f"git can't be run ({error.strerror})") from error


_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP")


def _environment(top: Path) -> dict[str, str]:
    """Nothing but what git needs to start, and to find its user's `safe.directory`."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(top.parent),
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _feed(stream: IO[bytes] | None, data: bytes) -> None:
    assert stream is not None
    with contextlib.suppress(OSError):
        stream.write(data)
    with contextlib.suppress(OSError):
        stream.close()


def _drain(stream: IO[bytes] | None, told: list[bytes]) -> None:
    assert stream is not None
    for chunk in _chunks(stream):
        if len(told) < 4:
            told.append(chunk)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    with contextlib.suppress(OSError, ValueError):
        while chunk := stream.read(SMALL):
            yield chunk


def _end(git: subprocess.Popen[bytes]) -> None:
    for stream in (git.stdin, git.stdout, git.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    if git.poll() is None:
        git.kill()
    git.wait()
