"""The memo gives back what was put, or nothing: whatever happens to its file, no error reaches the caller."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from unprivileged import open_folder, unprivileged

from vaultkit.engine import memo as memo_module
from vaultkit.engine.memo import Memo

ROWS = {f"{n:032x}": random.Random(n).randbytes(n * 37 % 9_000) for n in range(120)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "memo.sqlite"


def filled(path: Path) -> None:
    with Memo(path) as memo:
        memo.put_many(ROWS.items())
        memo.put("ledger", b"named")
        assert memo.notices == []


def test_values_come_back_after_a_restart(path: Path) -> None:
    filled(path)
    with Memo(path) as memo:
        assert memo.get_many([*ROWS, "unknown"]) == ROWS
        assert memo.get("ledger") == b"named"
        assert memo.get("unknown") is None
        assert memo.notices == []


def test_the_last_value_of_a_key_counts(path: Path) -> None:
    with Memo(path) as memo:
        memo.put_many([("a", b"1"), ("b", b"1"), ("a", b"2")])
        memo.put_many([("b", b"3")])
        assert memo.get_many(["a", "b"]) == {"a": b"2", "b": b"3"}


def test_a_memo_without_a_path_keeps_nothing() -> None:
    with Memo(None) as memo:
        memo.put_many(ROWS.items())
        memo.put("ledger", b"named")
        assert memo.get_many(list(ROWS)) == {}
        assert memo.get("ledger") is None
        assert memo.prune([]) == 0
        assert memo.notices == []


def test_all_rows_of_a_put_are_kept_or_none(path: Path) -> None:
    def rows() -> object:
        yield "a", b"1"
        raise KeyboardInterrupt

    with Memo(path) as memo:
        with pytest.raises(KeyboardInterrupt):
            memo.put_many(rows())
        assert memo.get_many(["a"]) == {}
        memo.put_many([("b", b"2")])
        assert memo.get_many(["b"]) == {"b": b"2"}


def test_pruning_waits_until_dead_keys_are_the_greater_part(path: Path) -> None:
    filled(path)
    keys = list(ROWS)
    with Memo(path) as memo:
        assert memo.prune(keys[:60]) == 0
        assert memo.get_many(keys) == ROWS
        assert memo.prune(keys[:59]) == 61
        assert list(memo.get_many(keys)) == keys[:59]
        assert memo.get("ledger") == b"named"


def test_pruning_makes_the_file_smaller(path: Path) -> None:
    filled(path)
    before = path.stat().st_size
    with Memo(path) as memo:
        memo.prune(list(ROWS)[:10])
    assert path.stat().st_size < before / 4


def test_a_cleared_memo_is_empty_and_small(path: Path) -> None:
    filled(path)
    with Memo(path) as memo:
        memo.clear()
        assert memo.get_many(list(ROWS)) == {}
        assert memo.get("ledger") is None
    assert path.stat().st_size < 20_000


def test_a_stale_file_of_another_version_begins_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    monkeypatch.setattr(memo_module, "SCHEMA", memo_module.SCHEMA + 1)
    with Memo(path) as memo:
        assert memo.get_many(list(ROWS)) == {}
        assert len(memo.notices) == 1
        memo.put_many(ROWS.items())
    with Memo(path) as memo:
        assert memo.get_many(list(ROWS)) == ROWS
        assert memo.notices == []


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5_000])
def test_whatever_lies_in_its_place_is_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with Memo(path) as memo:
        assert len(memo.notices) == bool(content)
        memo.put_many(ROWS.items())
        assert memo.get_many(list(ROWS)) == ROWS


def test_another_programs_database_in_its_place_is_replaced(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE other (a)")
    db.close()
    with Memo(path) as memo:
        memo.put("a", b"1")
        assert memo.get("a") == b"1"


def test_a_fifo_or_folder_in_its_place_is_never_opened(path: Path) -> None:
    path.mkdir(parents=True)
    os.mkfifo(path.with_name("fifo"))
    for odd in (path, path.with_name("fifo")):
        with Memo(odd) as memo:
            memo.put("a", b"1")
            assert memo.get("a") is None
            assert memo.notices == [f"The cache {odd} can't be used ({odd.name} is not a file)."]


def test_a_fifo_in_place_of_the_journal_is_never_opened(path: Path) -> None:
    filled(path)
    os.mkfifo(path.with_name(f"{path.name}-journal"))
    with Memo(path) as memo:
        assert memo.get("a") is None
        assert memo.notices == [f"The cache {path} can't be used ({path.name}-journal is not a file)."]


def test_values_swapped_between_keys_are_found_out(path: Path) -> None:
    filled(path)
    first, second = list(ROWS)[:2]
    db = sqlite3.connect(path)
    query = "SELECT value, checksum FROM rows WHERE key = ?"
    a, b = (db.execute(query, (key.encode(),)).fetchone() for key in (first, second))
    for key, (value, checksum) in ((first, b), (second, a)):
        db.execute("UPDATE rows SET value = ?, checksum = ? WHERE key = ?", (value, checksum, key.encode()))
    db.commit()
    db.close()
    with Memo(path) as memo:
        known = memo.get_many(list(ROWS))
        assert known == {key: value for key, value in ROWS.items() if key not in (first, second)}
        assert len(memo.notices) == 1


@pytest.mark.parametrize("seed", range(4))
def test_damage_anywhere_costs_values_but_never_falsifies_one(path: Path, seed: int) -> None:
    filled(path)
    sound = path.read_bytes()
    dice = random.Random(seed)
    for _ in range(100):
        path.write_bytes(damaged(sound, dice))
        with Memo(path) as memo:
            known = memo.get_many(list(ROWS))
            assert all(ROWS[key] == value for key, value in known.items())
            assert memo.get("ledger") in (None, b"named")
            memo.prune(list(ROWS)[:40])
            memo.put_many(ROWS.items())
            known = memo.get_many(list(ROWS))
            assert all(ROWS[key] == value for key, value in known.items())
    with Memo(path) as memo:
        memo.put_many(ROWS.items())
    with Memo(path) as memo:
        memo.put_many(ROWS.items())
        assert memo.get_many(list(ROWS)) == ROWS, "a second run at the latest finds a sound file"


def damaged(sound: bytes, dice: random.Random) -> bytes:
    data = bytearray(sound)
    at = dice.randrange(len(data))
    match dice.randrange(5):
        case 0:
            data[at] ^= dice.randrange(1, 256)
        case 1:
            data[dice.randrange(4096)] = dice.randrange(256)  # The header and the layout.
        case 2:
            del data[at:]
        case 3:
            data[at : at + 5_000] = bytes(len(data[at : at + 5_000]))
        case _:
            del data[at : at + dice.randrange(5_000)]
    return bytes(data)


def test_a_locked_file_is_done_without(path: Path) -> None:
    filled(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Memo(path, patience=0) as memo:
        memo.put("a", b"1")
        assert memo.get("a") is None
        assert len(memo.notices) == 1
    holder.execute("ROLLBACK")
    holder.close()
    with Memo(path) as memo:
        assert memo.get_many(list(ROWS)) == ROWS


def test_a_file_locked_for_writing_can_still_be_read(path: Path) -> None:
    filled(path)
    with Memo(path, patience=0) as memo:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        memo.put("a", b"1")
        assert memo.get_many(list(ROWS)) == ROWS
        assert memo.notices == [f"The cache {path} isn't written to (database is locked)."]
        holder.close()


def test_two_memos_of_one_file_see_each_others_values(path: Path) -> None:
    with Memo(path) as one, Memo(path) as other:
        one.put("a", b"1")
        assert other.get("a") == b"1"


def test_a_read_only_folder_is_read_and_not_written_to() -> None:
    with open_folder() as folder:
        path = folder / "memo.sqlite"
        filled(path)
        path.chmod(0o444)
        folder.chmod(0o555)

        def act() -> None:
            with Memo(path) as memo:
                memo.put("a", b"1")
                assert memo.get_many(list(ROWS)) == ROWS
                assert len(memo.notices) == 1
            with Memo(folder / "sub" / "memo.sqlite") as memo:
                memo.put("a", b"1")
                assert memo.get("a") is None
                assert len(memo.notices) == 1

        unprivileged(act)


def test_a_process_killed_while_writing_leaves_what_was_there_before(path: Path) -> None:
    filled(path)

    def rows() -> object:
        for n in range(2_000):
            yield f"new{n}", bytes(10_000)
        os._exit(9)

    child = os.fork()
    if not child:
        Memo(path).put_many(rows())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    with Memo(path) as memo:
        assert memo.get_many(list(ROWS)) == ROWS
        assert memo.get_many(["new0"]) == {}
        assert memo.notices == []


def test_a_full_disk_is_a_notice(path: Path) -> None:
    filled(path)
    with Memo(path) as memo:
        pages = memo._db.execute("PRAGMA page_count").fetchone()[0]
        memo._db.execute(f"PRAGMA max_page_count = {pages + 5}")
        memo.put_many([("large", bytes(1_000_000))])
        assert memo.get_many(["large"]) == {}
        assert memo.get_many(list(ROWS)) == ROWS
        assert memo.notices == [f"The cache {path} isn't written to (database or disk is full)."]


def test_a_removed_memo_leaves_nothing_beside_it(path: Path) -> None:
    filled(path)
    others = [path.with_name(f"{path.name}{suffix}") for suffix in ("-journal", "-wal", "-shm")]
    for left in (*others, path.with_name("other.sqlite")):
        left.write_bytes(b"")
    memo = Memo(None)
    memo.path = path  # Opening it would have SQLite tidy up.
    assert memo.remove()
    assert [left.name for left in path.parent.iterdir()] == ["other.sqlite"]
    assert not memo.remove()
    assert not Memo(None).remove()


def test_records_are_replaced_all_at_once_or_not_at_all(path: Path) -> None:
    filled(path)
    with Memo(path) as memo:
        memo.replace([("a", b"1"), ("b", b"2")], ["ledger", "never there"])
        assert [memo.get(name) for name in ("a", "b", "ledger")] == [b"1", b"2", None]
        memo.replace([("a", b"3")], ["a"])
        assert memo.get("a") == b"3"

        def broken() -> Iterator[tuple[str, bytes]]:
            yield "b", b"4"
            raise KeyError

        with pytest.raises(KeyError):
            memo.replace(broken(), ["a"])
        assert [memo.get(name) for name in ("a", "b")] == [b"3", b"2"]
        assert memo.get_many(list(ROWS)) == ROWS


def test_records_that_are_read_together_are_of_one_time(path: Path) -> None:
    filled(path)
    with Memo(path) as reader, Memo(path, patience=0.01) as writer:
        with reader.steady():
            assert reader.get("ledger") == b"named"
            writer.put("ledger", b"another")
            assert reader.get("ledger") == b"named"
        assert writer.notices == [f"The cache {path} isn't written to (database is locked)."]
    with Memo(path) as memo:
        memo.put("ledger", b"another")
        assert memo.get("ledger") == b"another"


def test_a_memo_without_a_file_is_steady() -> None:
    with Memo(None) as memo, memo.steady():
        memo.replace([("a", b"1")], ["b"])
        assert memo.get("a") is None
