"""Files of the site: written whole or not at all, never twice, and taken away only while they are as we wrote them."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, Self

import msgspec
from msgspec import Struct

from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.site.guard import MARKER, guard
from vaultkit.site.lock import Lock

_TEMPORARY = ".vk-"
"""Begins the names of files that are being written; those of a build that was killed are removed by the next."""


class UnreadableError(Exception):
    """A file of the vault that can't be copied."""


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What the ledger knows of a file: what it was made from, and what it then was."""

    made_from: str
    digest: str
    size: int
    mtime_ns: int


class Store(Protocol):
    """The part of the memo that keeps the ledger."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes) -> None: ...


class Output:
    """An output folder during one build, locked against others.

    Raises:
        VaultkitError: The folder isn't ours to write in, another build holds it, or it can't be written.
    """

    def __init__(self, out: Path, root: Path, store: Store) -> None:
        guard(out, root)
        self.written: list[str] = []
        """URLs of the files that came to differ."""
        self.problems: list[Diagnostic] = []
        self._out, self._store = out.resolve(), store
        self._live: set[str] = set()
        self._folders: set[str] = set()
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(self._out)
            self._record = f"ledger {self._identify()}"
        except OSError as error:
            raise VaultkitError(f"{out} can't be written: {error.strerror}") from error
        self._ledger = _decoded(store.get(self._record))
        self._found = dict(self._walk("", self._out))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.put(self._record, msgspec.msgpack.encode(self._ledger))
        self._lock.release()

    def made_from(self, url: str) -> str | None:
        """What the file at *url* was made from; None if there is none, or somebody has touched it."""
        entry = self._ledger.get(url)
        if entry is None or self._found.get(url) != (entry.size, entry.mtime_ns):
            return None
        return entry.made_from

    def forget(self) -> None:
        """Take no page for up to date; what each file holds is still known."""
        self._ledger = {url: msgspec.structs.replace(entry, made_from="") for url, entry in self._ledger.items()}

    def keep(self, url: str) -> None:
        """The file at *url* is as it should be."""
        self._live.add(url)

    def write(self, url: str, data: bytes, made_from: str = "") -> bool:
        """Bring the file at *url* to hold *data*; whether it differed."""
        digest = blake2b(data, digest_size=16).hexdigest()
        return self._bring(url, made_from, digest, lambda: [data])

    def copy(self, url: str, digest: str, chunks: Callable[[], Iterable[bytes]]) -> bool:
        """Bring the file at *url* to hold a file of the vault, which is read only if it may differ.

        Args:
            digest: Of the content, blake2b of 16 bytes as hex.
            chunks: Reads the content; raises OSError where it can't be read.

        Raises:
            UnreadableError: The content can't be read, or isn't what it was; the file at *url* is as before.
        """
        return self._bring(url, "", digest, lambda: _reading(chunks))

    def prune(self) -> list[str]:
        """Remove what earlier builds wrote and this one didn't; one that isn't as it was written is kept."""
        removed = []
        for url in sorted(self._ledger.keys() - self._live):
            entry = self._ledger.pop(url)
            if url not in self._found:
                continue
            path = self._out / url
            if _digest_of(path) != entry.digest:
                self.problems.append(problem("output-changed", url))
                continue
            self._trying(path, path.unlink)
            removed.append(url)
        for folder in sorted({url.rpartition("/")[0] for url in removed}, key=len, reverse=True):
            self._remove_if_empty(folder)
        return removed

    # -- one file ----------------------------------------------------------------

    def _bring(self, url: str, made_from: str, digest: str, chunks: Callable[[], Iterable[bytes]]) -> bool:
        """Write unless the file holds this already; one we don't know is read and compared."""
        self._live.add(url)
        path = self._out / _checked(url)
        entry, found = self._ledger.get(url), self._found.get(url)
        known = entry is not None and found == (entry.size, entry.mtime_ns)
        held = entry.digest if known and entry is not None else _digest_of(path) if found is not None else ""
        changed = held != digest
        if changed:
            try:
                self._write(url, path, chunks)
            except OSError as error:
                raise VaultkitError(f"{path} can't be written: {error.strerror or error}") from error
            self.written.append(url)
        now = path.lstat()
        self._found[url] = (now.st_size, now.st_mtime_ns)
        self._ledger[url] = Entry(made_from, digest, now.st_size, now.st_mtime_ns)
        return changed

    def _write(self, url: str, path: Path, chunks: Callable[[], Iterable[bytes]]) -> None:
        """Into a file beside it, which then takes its place: a reader sees the old or the new, nothing between."""
        self._make_folder(url.rpartition("/")[0])
        temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(6)}.tmp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks():
                    file.write(chunk)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _make_folder(self, folder: str) -> None:
        """Make a folder of the site; through a link that somebody put in its place nothing is written."""
        if not folder or folder in self._folders:
            return
        self._make_folder(folder.rpartition("/")[0])
        path = self._out / folder
        if folder in self._found and folder in self._ledger and folder not in self._live:
            # A file of an earlier build stands where a folder is needed now.
            path.unlink()
        path.mkdir(exist_ok=True)
        if path.is_symlink():
            raise OSError(f"{path} is a symbolic link")
        self._folders.add(folder)

    def _remove_if_empty(self, folder: str) -> None:
        while folder:
            try:
                (self._out / folder).rmdir()
            except OSError:
                return
            folder = folder.rpartition("/")[0]

    def _trying(self, path: Path, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            raise VaultkitError(f"{path} can't be removed: {error.strerror}") from error

    # -- the folder ----------------------------------------------------------------

    def _identify(self) -> str:
        """The folder's id, given to it when it is first used."""
        marker = self._out / MARKER
        try:
            found = marker.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            found = ""
        if not found.isalnum():
            found = secrets.token_hex(8)
            marker.write_text(found + "\n", encoding="ascii")
        return found

    def _walk(self, prefix: str, folder: str | Path) -> Iterator[tuple[str, tuple[int, int]]]:
        """Size and time of every regular file by URL; what a killed build left half written is removed."""
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(f"{prefix}{entry.name}/", entry.path)
                elif entry.name.startswith(_TEMPORARY) and entry.name.endswith(".tmp"):
                    Path(entry.path).unlink(missing_ok=True)
                elif entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    yield prefix + entry.name, (found.st_size, found.st_mtime_ns)


def _reading(chunks: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """Tells a fault of the source from one of the output."""
    try:
        yield from chunks()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def _decoded(data: bytes | None) -> dict[str, Entry]:
    if not data:
        return {}
    try:
        return msgspec.msgpack.decode(data, type=dict[str, Entry])
    except msgspec.MsgspecError:
        return {}


def _checked(url: str) -> str:
    """The URL, if it is a path within the site and nothing else."""
    parts = url.split("/")
    if any(part in ("", ".", "..") for part in parts) or any(char in url for char in '\\\0:*?"<>|'):
        raise VaultkitError(f"{url!r} is no address within a site")
    return url


def _digest_of(path: Path) -> str:
    """Digest of a regular file; empty if there is none or it can't be read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return ""
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        digest = blake2b(digest_size=16)
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()
