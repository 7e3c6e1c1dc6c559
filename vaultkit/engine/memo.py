"""What was computed before, by key: one SQLite file that may be lost, damaged or locked at any time.

A memo saves time and nothing else. Whatever goes wrong with its file ends in a
notice and a value that isn't there; it is never a reason to stop, and a value
that comes back is the one that was put.
"""

from __future__ import annotations

import sqlite3
import stat
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

SCHEMA = 1
"""Raised whenever the layout of the file changes; a file of another version is started anew."""

PATIENCE = 2.0
"""Seconds to wait for another process that is writing."""

_LAYOUT = "CREATE TABLE rows (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL, checksum INTEGER NOT NULL)"

_BATCH = 500
"""Keys asked for at once; SQLite allows 999 parameters in its oldest builds."""

_NAMED = b"@"
"""Begins the keys of named records, which are never pruned."""

_FAULTS = (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, UnicodeError)
"""What sqlite3 raises over a damaged file: a length field can ask for any amount, a message can be any bytes."""

T = TypeVar("T")


class Memo:
    """Values by key, kept in the file at *path*; without a path nothing is kept."""

    def __init__(self, path: Path | None, patience: float = PATIENCE) -> None:
        self.path = path
        self.notices: list[str] = []
        """What the user may want to know: one line for each thing that went wrong."""
        self._patience = patience
        self._writable = True
        self._db = self._open() if path else None

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The values of those keys that are known."""
        return self._attempt(lambda db: dict(self._rows(db, keys)), {})

    def put_many(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep values, in place of what their keys held before; all of them or, if it can't be, none."""
        entries = ((key.encode(), value, _checksum(key.encode(), value)) for key, value in rows)
        self._change(lambda db: _put(db, entries))

    def get(self, name: str) -> bytes | None:
        """A named record."""
        key = _NAMED.decode() + name
        return self.get_many([key]).get(key)

    def put(self, name: str, value: bytes) -> None:
        """Keep a named record; it stays until it is put again."""
        self.put_many([(_NAMED.decode() + name, value)])

    def replace(self, records: Iterable[tuple[str, bytes]], gone: Iterable[str]) -> None:
        """Keep named records and forget others, all at once: whoever reads meanwhile sees those before or those after."""
        keys = (((_NAMED.decode() + name).encode(), value) for name, value in records)
        entries = ((key, value, _checksum(key, value)) for key, value in keys)
        dead = [((_NAMED.decode() + name).encode(),) for name in gone]
        self._change(lambda db: _put(db, entries, dead))

    @contextmanager
    def steady(self) -> Iterator[None]:
        """While this is open, nobody else's writing is seen: records that belong together are read together."""
        self._attempt(lambda db: db.execute("BEGIN"), None)
        try:
            yield
        finally:
            self._attempt(lambda db: db.execute("COMMIT") if db.in_transaction else None, None)

    def prune(self, live: Collection[str]) -> int:
        """Forget keys that aren't *live* once they are the greater part of the file; return how many.

        Up to then they are kept, for what was left behind is often returned
        to: another branch checked out, a setting tried, an edit undone.
        """
        keep = {key.encode() for key in live}

        def dead(db: sqlite3.Connection) -> list[tuple[bytes]]:
            keys = db.execute("SELECT key FROM rows WHERE substr(key, 1, 1) <> ?", (_NAMED,))
            return [(key,) for (key,) in keys if key not in keep]

        gone: list[tuple[bytes]] = self._attempt(dead, [])
        if len(gone) <= len(keep):
            return 0
        self._change(lambda db: _delete(db, gone))
        return len(gone)

    def clear(self) -> None:
        """Forget everything, named records too."""
        self._change(_empty)

    def remove(self) -> bool:
        """Close the file and remove it, with what an interrupted write left beside it; whether there was anything."""
        self.close()
        return self.path is not None and _remove(self.path)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the file ----------------------------------------------------------

    def _open(self) -> sqlite3.Connection | None:
        """The file, ready for use, begun anew if it can't be read; None to do without."""
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for file in _files(self.path):
                if not _may_be_opened(file):
                    self._notice(f"can't be used ({file.name} is not a file)")
                    return None
            try:
                return _connect(self.path, self._patience)
            except _FAULTS as fault:
                if _is_circumstance(fault):
                    raise
                self._notice("was damaged or of another version, and begins anew")
                _remove(self.path)
                return _connect(self.path, self._patience)
        except (*_FAULTS, OSError) as fault:
            self._notice(f"can't be used ({fault})")
            return None

    def _attempt(self, act: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What *act* gives, or *otherwise* if the file doesn't allow it."""
        if self._db is None:
            return otherwise
        try:
            return act(self._db)
        except _FAULTS as fault:
            self._recover(fault)
            return otherwise

    def _change(self, act: Callable[[sqlite3.Connection], None]) -> None:
        if self._writable:
            self._attempt(act, None)

    def _recover(self, fault: BaseException) -> None:
        """Go on without what couldn't be done: read only, or with an empty file."""
        assert self.path is not None
        if _is_circumstance(fault):
            self._notice(f"isn't written to ({fault})")
            self._writable = False
            return
        self.close()
        self._notice("is damaged and begins anew")
        try:
            _remove(self.path)
            self._db = _connect(self.path, self._patience)
        except (*_FAULTS, OSError):
            self._db = None

    def _rows(self, db: sqlite3.Connection, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        encoded = (key.encode() for key in keys)
        while batch := list(islice(encoded, _BATCH)):
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, value, checksum FROM rows WHERE key IN ({marks})"  # noqa: S608  (only question marks)
            for key, value, checksum in db.execute(query, batch):
                if isinstance(key, bytes) and isinstance(value, bytes) and checksum == _checksum(key, value):
                    yield key.decode(), value
                else:
                    self._notice("held damaged values, which are computed again")

    def _notice(self, what: str) -> None:
        text = f"The cache {self.path} {what}."
        if text not in self.notices:
            self.notices.append(text)


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    """Open the file, laid out if it is new. Raises what sqlite3 raises, DatabaseError for a file that isn't a memo's.

    Without fsync a loss of power may damage the file; then it begins anew.
    The rollback journal, which guards against a killed process, stays on.
    """
    db = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        db.execute("PRAGMA synchronous = OFF")
        if not _is_laid_out(db):
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            with _transaction(db):
                # Another process may have laid it out while we waited for the lock.
                if not _is_laid_out(db):
                    db.execute(_LAYOUT)
                    db.execute(f"PRAGMA user_version = {SCHEMA}")
    except BaseException:
        db.close()
        raise
    return db


def _is_laid_out(db: sqlite3.Connection) -> bool:
    """Whether the file is a memo's; False if it is empty, DatabaseError if it is anything else."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    tables = db.execute("SELECT name FROM sqlite_master WHERE type <> 'index'").fetchall()
    if version == SCHEMA and tables == [("rows",)]:
        return True
    if version or tables:
        raise sqlite3.DatabaseError("not a memo of this version")
    return False


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _put(
    db: sqlite3.Connection, entries: Iterable[tuple[bytes, bytes, int]], gone: Iterable[tuple[bytes]] = ()
) -> None:  # fmt: skip
    with _transaction(db):
        db.executemany("DELETE FROM rows WHERE key = ?", gone)
        db.executemany("INSERT OR REPLACE INTO rows (key, value, checksum) VALUES (?, ?, ?)", entries)


def _delete(db: sqlite3.Connection, keys: Iterable[tuple[bytes]]) -> None:
    with _transaction(db):
        db.executemany("DELETE FROM rows WHERE key = ?", keys)
    # Gives the pages back to the file system. A cursor would stop after the first of them.
    db.executescript("PRAGMA incremental_vacuum")


def _empty(db: sqlite3.Connection) -> None:
    with _transaction(db):
        db.execute("DELETE FROM rows")
    db.executescript("PRAGMA incremental_vacuum")


def _checksum(key: bytes, value: bytes) -> int:
    """Of both, so that a value that strayed to another key is found out.

    It guards against accidents, not against forgery: who can write the file
    can compute any checksum. CRC-32 finds what a disk or a crash does and
    takes a fifth of BLAKE2's time: 0.025 s against 0.12 s for 80 MB.
    """
    return zlib.crc32(value, zlib.crc32(key))


def _is_circumstance(fault: BaseException) -> bool:
    """Whether the fault lies with the surroundings (locked, read-only, full) and not with the file."""
    code = getattr(fault, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _CIRCUMSTANCES


_CIRCUMSTANCES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


def _files(path: Path) -> list[Path]:
    """All that SQLite may open of a database."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-journal", "-wal", "-shm")]


def _may_be_opened(path: Path) -> bool:
    """Whether there is a regular file or nothing: opening a FIFO would never return, be it only a journal's."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _remove(path: Path) -> bool:
    """Remove the file and the journal of an interrupted write, which must not be played into a new file."""
    found = [file for file in _files(path) if file.is_symlink() or file.exists()]
    for file in found:
        file.unlink(missing_ok=True)
    return bool(found)
