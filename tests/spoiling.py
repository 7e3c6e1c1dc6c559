"""What can happen to a cache file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

Spoil = Callable[[Path, Random], None]


def _bytes(change: Callable[[bytearray, Random], None]) -> Spoil:
    def spoil(path: Path, dice: Random) -> None:
        data = bytearray(path.read_bytes())
        change(data, dice)
        path.write_bytes(data)

    return spoil


def _flip(data: bytearray, at: int, dice: Random) -> None:
    data[at] ^= 1 << dice.randrange(8)


def _flip_anywhere(data: bytearray, dice: Random) -> None:
    for _ in range(dice.choice([1, 1, 5, 50])):
        _flip(data, dice.randrange(len(data)), dice)


def _flip_in_header(data: bytearray, dice: Random) -> None:
    _flip(data, dice.randrange(100), dice)


def _flip_in_layout(data: bytearray, dice: Random) -> None:
    _flip(data, dice.randrange(4096), dice)


def _zero(data: bytearray, dice: Random) -> None:
    at = dice.randrange(len(data))
    data[at : at + 5000] = bytes(len(data[at : at + 5000]))


def _truncate(data: bytearray, dice: Random) -> None:
    del data[dice.choice([0, 1, 99, dice.randrange(len(data))]) :]


def _cut(data: bytearray, dice: Random) -> None:
    at = dice.randrange(len(data))
    del data[at : at + dice.randrange(5000)]


def _move_pages(data: bytearray, dice: Random) -> None:
    """Each page is whole, but two stand in each other's place."""
    one, other = (4096 * dice.randrange(1, len(data) // 4096) for _ in range(2))
    data[one : one + 4096], data[other : other + 4096] = data[other : other + 4096], data[one : one + 4096]


def _replace(data: bytearray, dice: Random) -> None:
    data[:] = dice.randbytes(dice.randrange(20_000))


def _sql(*statements: str) -> Spoil:
    def spoil(path: Path, _: Random) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return spoil


_TWO = "rowid IN (SELECT rowid FROM rows WHERE substr(key, 1, 1) <> '@' ORDER BY random() LIMIT 2)"


def _leave_journal(path: Path, dice: Random) -> None:
    """That of a process which was killed in a transaction; what it had written stays undone, or is of another time."""
    journal, kept = path.with_name(f"{path.name}-journal"), path.with_name("kept")
    sound = path.read_bytes()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN")
        db.execute("UPDATE rows SET value = zeroblob(length(value))")
        shutil.copy(journal, kept)
        torn = path.read_bytes()
        db.execute("ROLLBACK")
    kept.rename(journal)
    path.write_bytes(dice.choice([sound, torn, torn[: len(torn) // 2]]))
    if dice.random() < 0.3:
        os.truncate(journal, dice.randrange(journal.stat().st_size))


def _litter(path: Path, dice: Random) -> None:
    beside = path.with_name(path.name + dice.choice(["-journal", "-wal", "-shm"]))
    beside.write_bytes(dice.randbytes(dice.randrange(10_000)))
    if dice.random() < 0.5:
        data = bytearray(path.read_bytes())
        data[18:20] = b"\2\2"  # The file says that it has a write-ahead log.
        path.write_bytes(data)


def _put_another_kind(path: Path, dice: Random) -> None:
    place = path.with_name(path.name + dice.choice(["", "", "-journal"]))
    place.unlink(missing_ok=True)
    match dice.randrange(4):
        case 0:
            os.mkfifo(place)
        case 1:
            place.mkdir()
        case 2:
            (place / "full").mkdir(parents=True)
        case _:
            place.symlink_to(place.name)


SPOILS: dict[str, Spoil] = {
    "a bit": _bytes(_flip_anywhere),
    "a bit of the header": _bytes(_flip_in_header),
    "a bit of the layout": _bytes(_flip_in_layout),
    "zeros": _bytes(_zero),
    "truncation": _bytes(_truncate),
    "a hole": _bytes(_cut),
    "moved pages": _bytes(_move_pages),
    "other content": _bytes(_replace),
    "swapped values": _sql(
        f"CREATE TEMP TABLE two AS SELECT * FROM rows WHERE {_TWO}",
        "UPDATE rows SET (value, checksum) = (SELECT value, checksum FROM two WHERE two.key <> rows.key) "
        "WHERE key IN (SELECT key FROM two)",
    ),
    "swapped keys": _sql(
        f"CREATE TEMP TABLE two AS SELECT rowid AS n, key FROM rows WHERE {_TWO}",
        "UPDATE rows SET key = 'x' || key WHERE rowid IN (SELECT n FROM two)",
        "UPDATE rows SET key = (SELECT key FROM two WHERE n <> rows.rowid) WHERE rowid IN (SELECT n FROM two)",
    ),
    "records without a body": _sql("UPDATE rows SET value = x'', checksum = 0 WHERE substr(key, 1, 1) = '@'"),
    "an old schema": _sql("PRAGMA user_version = 0"),
    "a later schema": _sql("PRAGMA user_version = 999", "ALTER TABLE rows RENAME TO entries"),
    "another table": _sql("CREATE TABLE others (key)"),
    "a trigger": _sql("CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END"),
    "another column": _sql("ALTER TABLE rows RENAME COLUMN checksum TO digest"),
    "a journal": _leave_journal,
    "litter": _litter,
    "another kind of file": _put_another_kind,
}
