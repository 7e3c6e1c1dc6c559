"""A scan finds the regular files of a vault, and makes a problem of everything else."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import vaults
from hypothesis import given, settings
from hypothesis import strategies as st
from unprivileged import open_folder, unprivileged

from vaultkit.diagnostics import VaultkitError
from vaultkit.model import Source, VaultPath
from vaultkit.parse import files as files_module
from vaultkit.parse import scan as scan_module
from vaultkit.parse.files import chunks, load_bytes
from vaultkit.parse.scan import Scanned, Stat, scan
from vaultkit.settings import Scan

NO, INSIDE = Scan(), Scan(follow_symlinks="inside")

MakeVault = Callable[..., Path]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans take place a minute from now, so that what tests have just written has settled."""
    now = time.time_ns()
    monkeypatch.setattr(scan_module.time, "time_ns", lambda: now + 60_000_000_000)


def shown(scanned: Scanned) -> list[str]:
    """Problems as `path: name`."""
    return [f"{found.path}: {found.name}" for found in scanned.problems]


def read(scanned: Scanned) -> list[str]:
    """Paths of notes that had to be read."""
    return [path for path, source in scanned.sources.items() if source.data is not None]


# -- what is found -------------------------------------------------------------


def test_files_are_found_by_path_with_kind_digest_and_bytes(make_vault: MakeVault) -> None:
    root = make_vault(
        {"B.md": "b", "A/x.PNG": b"p", "A/C.Md": "", "k.canvas": "{}", "t.base": "", "md": "", "A/d.md.txt": ""}
    )
    scanned = scan(root, NO, {})
    assert [(s.path, s.kind, s.size, s.data) for s in scanned.sources.values()] == [
        ("A/C.Md", "note", 0, b""),
        ("A/d.md.txt", "attachment", 0, None),
        ("A/x.PNG", "attachment", 1, None),
        ("B.md", "note", 1, b"b"),
        ("k.canvas", "canvas", 2, b"{}"),
        ("md", "attachment", 0, None),
        ("t.base", "base", 0, b""),
    ]
    assert scanned.problems == ()
    assert scanned.sources[VaultPath("B.md")].digest == hashlib.blake2b(b"b", digest_size=16).hexdigest()
    assert list(scanned.sources) == [s.path for s in scanned.sources.values()]


def test_names_that_begin_with_a_dot_are_not_looked_at(make_vault: MakeVault) -> None:
    root = make_vault(
        {".obsidian/app.json": "{}", ".git/a.md": "a", ".hidden.md": "a", "A/.trash/b.md": "b", "A/ok.md": ""}
    )
    scanned = scan(root, NO, {})
    assert list(scanned.sources) == ["A/ok.md"]
    assert scanned.problems == ()


def test_own_folders_and_files_are_skipped_by_whatever_name(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({"A.md": "a", "site/B.md": "b", "deep/cache/C.md": "c", "vaultkit.toml": ""})
    (tmp_path / "other-name").symlink_to(root / "deep/cache")
    skip = [root / "site", tmp_path / "other-name", root / "vaultkit.toml", root / "not-there"]
    assert list(scan(root, NO, {}, skip).sources) == ["A.md"]


def test_the_vault_itself_is_not_skipped(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a"})
    assert list(scan(root, NO, {}, [root]).sources) == ["A.md"]


def test_an_empty_vault_is_empty(tmp_path: Path) -> None:
    assert scan(tmp_path, NO, {}) == Scanned({}, {}, ())


def test_a_root_that_is_no_folder_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for root in (tmp_path / "none", tmp_path / "file", tmp_path / "circle"):
        with pytest.raises(VaultkitError, match="can't be read"):
            scan(root, NO, {})


# -- names -----------------------------------------------------------------------


def test_paths_are_normalized_and_the_disk_keeps_its_spelling(make_vault: MakeVault) -> None:
    root = make_vault({"Cafe\u0301/e\u0301.md": "x", "plain.md": "y"})
    scanned = scan(root, NO, {})
    assert [(s.path, s.disk_path) for s in scanned.sources.values()] == [
        ("Café/é.md", "Cafe\u0301/e\u0301.md"),
        ("plain.md", ""),
    ]
    source = scanned.sources[VaultPath("Café/é.md")]
    assert load_bytes(root, source) == b"x"
    assert b"".join(chunks(root, source)) == b"x"


def test_of_two_names_that_become_one_the_normalized_one_counts(make_vault: MakeVault) -> None:
    root = make_vault({"e\u0301.md": "decomposed", "é.md": "composed"})
    scanned = scan(root, NO, {})
    assert [(s.path, s.data) for s in scanned.sources.values()] == [("é.md", b"composed")]
    assert shown(scanned) == ["é.md: name-collision"]


def test_names_that_are_not_unicode_are_left_out(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/f\xff")  # noqa: PTH102  (a Path is no place for bytes)
    for name in (b"/a\xff.md", b"/f\xff/b.md", b"/ok.md"):
        with open(os.fsencode(tmp_path) + name, "wb"):
            pass
    scanned = scan(tmp_path, NO, {})
    assert list(scanned.sources) == ["ok.md"]
    assert shown(scanned) == [r"a\xff.md: unreadable-name", r"f\xff: unreadable-name"]


def test_names_are_the_same_in_any_locale(make_vault: MakeVault) -> None:
    root = make_vault({"é/ü.md": "x", "Cafe\u0301.md": "y"})
    code = f"""if True:
        from pathlib import Path
        from vaultkit.parse.files import load_bytes
        from vaultkit.parse.scan import scan
        from vaultkit.settings import Scan
        root = Path({str(root)!r})
        found = scan(root, Scan(), {{}})
        print(ascii([(s.path, s.disk_path, load_bytes(root, s)) for s in found.sources.values()]), *found.problems)
    """
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=_repository(), capture_output=True, text=True, check=True)
    assert done.stdout == ascii([("Café.md", "Cafe\u0301.md", b"y"), ("é/ü.md", "", b"x")]) + "\n"


def _repository() -> Path:
    return Path(scan_module.__file__).parents[2]


def test_odd_names_are_names(make_vault: MakeVault) -> None:
    names = [
        "a\nb.md",
        "con.md",
        "a?b*.md",
        "x .md",
        "-rf.md",
        "😀.md",
        "a\\b.md",
        "%2e%2e.md",
        "a" * 250 + ".md",
        "~$x.md",
    ]
    root = make_vault(dict.fromkeys(names, "x"))
    assert sorted(scan(root, NO, {}).sources) == sorted(names)


# -- links and special files --------------------------------------------------------


@pytest.fixture
def linked(make_vault: MakeVault, tmp_path: Path) -> Path:
    vaults.write(tmp_path / "outside", {"secret.md": "CANARY", "folder/secret.md": "CANARY"})
    root = make_vault({"A/a.md": "a", "B/b.md": "b", ".git/config": "CANARY", "site/s.md": "CANARY"})
    for link, target in {
        "file.md": "A/a.md",
        "folder": "A",
        "broken.md": "nowhere.md",
        "circle.md": "circle.md",
        "out.md": "../outside/secret.md",
        "out": "../outside/folder",
        "absolute.md": str(tmp_path / "outside/secret.md"),
        "via": "../vault/B",
        "hidden.md": ".git/config",
        "own": "site",
        "own.md": "site/s.md",
        "B/up": "..",
        "B/self": ".",
        "passwd.md": "/etc/passwd",
        "null.md": "/dev/null",
    }.items():
        (root / link).symlink_to(target)
    return root


def test_links_are_not_followed(linked: Path) -> None:
    scanned = scan(linked, NO, {}, [linked / "site"])
    assert list(scanned.sources) == ["A/a.md", "B/b.md"]
    assert set(shown(scanned)) == {
        f"{p.relative_to(linked).as_posix()}: symlink-skipped" for p in linked.rglob("*") if p.is_symlink()
    }


def test_links_are_followed_to_what_is_part_of_the_vault(linked: Path) -> None:
    scanned = scan(linked, INSIDE, {}, [linked / "site"])
    assert {path: source.data for path, source in scanned.sources.items()} == {
        "A/a.md": b"a",
        "B/b.md": b"b",
        "file.md": b"a",
        "folder/a.md": b"a",
        "via/b.md": b"b",
    }
    assert len(scanned.problems) == 14
    assert {found.name for found in scanned.problems} == {"symlink-skipped"}


def test_folders_that_all_link_to_each_other_end(tmp_path: Path) -> None:
    names = [f"f{n}" for n in range(30)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.md").write_text(name)
        for other in names:
            (tmp_path / name / f"to-{other}").symlink_to(f"../{other}")
    scanned = scan(tmp_path, INSIDE, {})
    # Each folder by its own name and at most once by a link's.
    assert len(scanned.sources) <= 60
    assert scan(tmp_path, INSIDE, {}) == scanned


def test_special_files_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "link.md").symlink_to("fifo.md")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "s.md"))
        assert shown(scan(tmp_path, NO, {})) == [
            "fifo.md: special-file-skipped",
            "link.md: symlink-skipped",
            "s.md: special-file-skipped",
        ]
        assert scan(tmp_path, INSIDE, {}).sources == {}
    assert load_bytes(tmp_path, Source(VaultPath("fifo.md"), "note", "")) is None
    with pytest.raises(OSError, match="not a regular file"):
        list(chunks(tmp_path, Source(VaultPath("fifo.md"), "note", "")))


@pytest.mark.parametrize("becomes", ["link", "fifo", "folder", "other", "nothing"])
def test_a_file_replaced_between_listing_and_opening_is_not_read(
    make_vault: MakeVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    root = make_vault({"A.md": "a", "B.md": "b"})
    secret = tmp_path / "secret"
    secret.write_text("CANARY")

    def swap() -> None:
        (root / "A.md").rename(tmp_path / "aside")
        match becomes:
            case "link":
                (root / "A.md").symlink_to(secret)
            case "fifo":
                os.mkfifo(root / "A.md")
            case "folder":
                (root / "A.md").mkdir()
            case "other":
                (root / "A.md").hardlink_to(secret)

    _before_opening(monkeypatch, "A.md", swap)
    scanned = scan(root, NO, {})
    assert list(scanned.sources) == ["B.md"]
    assert shown(scanned) == ["A.md: unreadable-file"]


def test_a_folder_replaced_by_a_link_is_not_entered(
    make_vault: MakeVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vaults.write(tmp_path / "outside", {"secret.md": "CANARY"})
    root = make_vault({"A/a.md": "a", "B.md": "b"})

    def swap() -> None:
        (root / "A").rename(tmp_path / "aside")
        (root / "A").symlink_to(tmp_path / "outside")

    _before_opening(monkeypatch, f"{root}/A", swap)
    scanned = scan(root, NO, {})
    assert list(scanned.sources) == ["B.md"]
    assert shown(scanned) == ["A: unreadable-file"]


def _before_opening(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], None]) -> None:
    """Let something happen in the moment before a file is opened."""
    real_open = os.open

    def interrupted(path, *arguments, **named):
        if path == name:
            act()
        return real_open(path, *arguments, **named)

    monkeypatch.setattr(files_module.os, "open", interrupted)


# -- what can't be read --------------------------------------------------------------


def test_what_permissions_forbid_is_a_problem_each() -> None:
    with open_folder() as root:
        vaults.write(root, {"ok.md": "x", "secret.md": "x", "locked/a.md": "x", "listed/a.md": "x"})
        for name, mode in {"secret.md": 0o000, "locked": 0o000, "listed": 0o444}.items():
            (root / name).chmod(mode)

        def act() -> None:
            scanned = scan(root, NO, {})
            assert list(scanned.sources) == ["ok.md"]
            assert shown(scanned) == [f"{path}: unreadable-file" for path in ("listed/a.md", "locked", "secret.md")]
            assert "Permission denied" in scanned.problems[0].message
            with pytest.raises(VaultkitError, match="Permission denied"):
                scan(root / "locked", NO, {})

        unprivileged(act)


def test_a_disk_error_costs_one_file(make_vault: MakeVault, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_vault({f"{n}.md": "x" for n in range(5)})
    n_reads = iter(range(100))
    real_read = os.read

    def failing(handle: int, size: int) -> bytes:
        if next(n_reads) == 2:
            raise OSError(5, "Input/output error")
        return real_read(handle, size)

    monkeypatch.setattr(files_module.os, "read", failing)
    scanned = scan(root, NO, {})
    assert len(scanned.sources) == 4
    assert [found.message for found in scanned.problems] == ["The file can't be read: Input/output error."]


def test_too_few_descriptors_are_no_reason_to_unpublish_notes(
    make_vault: MakeVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_vault({"A.md": "x"})

    def none_left() -> None:
        raise OSError(24, "Too many open files")

    _before_opening(monkeypatch, "A.md", none_left)
    with pytest.raises(VaultkitError, match="Too many open files"):
        scan(root, NO, {})


def test_folders_nested_beyond_what_paths_can_say_are_survived(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(os.open("n.md", os.O_CREAT | os.O_WRONLY, dir_fd=below))
        os.close(here)
        here = below
    os.close(here)
    scanned = scan(tmp_path, NO, {})
    assert len(scanned.sources) > 700
    assert {found.name for found in scanned.problems} == {"unreadable-file"}
    _remove_deep(tmp_path)


def _remove_deep(folder: Path) -> None:
    """What pytest's clean-up can't: bring folders up to the top one by one."""
    for n in range(1_100):
        (folder / "deep").rename(folder / "next")
        if (folder / "next/deep").exists():
            (folder / "next/deep").rename(folder / "deep")
        shutil.rmtree(folder / "next")
        if not (folder / "deep").exists():
            assert n > 1_000
            return


# -- size -------------------------------------------------------------------------------


def test_of_a_large_note_only_the_beginning_is_kept(make_vault: MakeVault) -> None:
    data = bytes(range(256)) * 20_000
    root = make_vault({"A.md": data, "B.md": data[:3_000_000], "C.md": data[:3_000_001]})
    scanned = scan(root, NO, {}, note_bytes=3_000_000)
    a, b, c = scanned.sources.values()
    assert (a.size, a.data) == (len(data), data[:3_000_001])
    assert (b.size, b.data) == (3_000_000, data[:3_000_000])
    assert (c.size, c.data) == (3_000_001, data[:3_000_001])
    assert a.digest == hashlib.blake2b(data, digest_size=16).hexdigest()
    assert load_bytes(root, a, 3_000_000) == a.data
    assert b"".join(chunks(root, a)) == data


def test_a_change_behind_what_is_kept_is_seen(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a" * 1000 + "b"})
    first = scan(root, NO, {}, note_bytes=10)
    (root / "A.md").write_text("a" * 1000 + "c")
    assert scan(root, NO, first.stats, note_bytes=10).sources != first.sources


def test_what_is_kept_of_all_files_is_bounded(make_vault: MakeVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "KEPT_BYTES", 25)
    root = make_vault({f"{n}.md": "0123456789" for n in range(5)})
    scanned = scan(root, NO, {})
    assert len(scanned.sources) == 5
    assert len(read(scanned)) == 2
    assert [load_bytes(root, source) for source in scanned.sources.values()] == [b"0123456789"] * 5


def test_a_file_too_large_to_be_read_is_known_by_its_size_and_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "HASHED_BYTES", 5_000_000)
    for name, size in {"a.mp4": 1 << 40, "b.mp4": (1 << 40) + 1, "c.md": 1 << 40, "d.mp4": 5_000_001}.items():
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    scanned = scan(tmp_path, NO, {})
    a, b, c, d = scanned.sources.values()
    assert (a.size, b.size) == (1 << 40, (1 << 40) + 1)
    assert a.digest == c.digest != b.digest
    assert len(c.data or b"") == files_module.NOTE_BYTES + 1
    assert load_bytes(tmp_path, c) == c.data
    assert b"".join(chunks(tmp_path, d)) == bytes(5_000_001)


# -- what needn't be read again -----------------------------------------------------------


@pytest.mark.usefixtures("later")
def test_unchanged_files_are_not_read(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a", "B/b.md": "b", "p.png": b"p"})
    first = scan(root, NO, {})
    assert read(first) == ["A.md", "B/b.md"]
    second = scan(root, NO, first.stats)
    assert read(second) == []
    assert second == first
    assert load_bytes(root, second.sources[VaultPath("A.md")]) == b"a"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("how", ["write", "same-size", "replace", "old-time"])
def test_a_changed_file_is_read(make_vault: MakeVault, how: str) -> None:
    root = make_vault({"A.md": "a", "B.md": "b"})
    first = scan(root, NO, {})
    path = root / "A.md"
    before = path.stat()
    match how:
        case "write":
            path.write_text("longer")
        case "same-size":
            path.write_text("c")
        case "replace":
            (root / "new").write_text("c")
            (root / "new").replace(path)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "old-time":
            path.write_text("c")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = scan(root, NO, first.stats)
    assert read(second) == ["A.md"]
    assert second.sources[VaultPath("A.md")] != first.sources[VaultPath("A.md")]
    assert second.sources[VaultPath("B.md")] == first.sources[VaultPath("B.md")]


def test_a_file_just_written_is_not_trusted(make_vault: MakeVault) -> None:
    """It may be written again within the same tick of the file system's clock, and look the same."""
    root = make_vault({"A.md": "a"})
    first = scan(root, NO, {})
    assert first.stats == {}
    assert read(scan(root, NO, first.stats)) == ["A.md"]


@pytest.mark.usefixtures("later")
def test_a_time_in_the_future_is_not_trusted(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a"})
    os.utime(root / "A.md", (time.time() + 10_000, time.time() + 10_000))
    assert scan(root, NO, {}).stats == {}


@pytest.mark.usefixtures("later")
def test_stats_survive_being_stored(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a", "Cafe\u0301/x.md": "b"})
    first = scan(root, NO, {})
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(first.stats), type=dict[str, Stat])
    assert stored == first.stats
    assert read(scan(root, NO, stored)) == []


def test_bytes_of_a_file_that_changed_since_are_not_given(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({"A.md": "a", "B.md": "b", "C.md": "c"})
    a, b, c = scan(root, NO, {}).sources.values()
    (root / "A.md").write_text("x")
    (root / "B.md").unlink()
    (root / "C.md").unlink()
    (root / "C.md").symlink_to("/etc/hostname")
    for source in (a, b, c):
        assert load_bytes(root, source) is None
        with pytest.raises(OSError):
            list(chunks(root, source))


# -- any tree ---------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "B", ".h", "e\u0301", "é", "n.md", "N.MD", "p.png"])
ENTRIES = st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3), st.sampled_from("fdlos")), max_size=14)


@settings(max_examples=150)
@given(entries=ENTRIES, config=st.sampled_from([NO, INSIDE]))
def test_any_tree_gives_what_is_in_it_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[list[str], str]], config: Scan
) -> None:
    base = tmp_path_factory.mktemp("tree")
    (base / "outside").mkdir()
    (base / "outside" / "secret.md").write_text("CANARY")
    root = base / "root"
    root.mkdir()
    for number, (parts, kind) in enumerate(entries):
        _make(root, base, parts, kind, number, entries)
    scanned = scan(root, config, {})
    assert b"CANARY" not in [source.data for source in scanned.sources.values()]
    for path, source in scanned.sources.items():
        on_disk = root / (source.disk_path or path)
        assert on_disk.stat().st_size == source.size
        assert not any(part.startswith(".") for part in on_disk.resolve().relative_to(root.resolve()).parts)
    if config is NO:
        assert {source.disk_path or source.path for source in scanned.sources.values()} | {
            found.path for found in scanned.problems
        } >= set(_regular(root))
    shutil.rmtree(base)


def _make(
    root: Path, base: Path, parts: list[str], kind: str, number: int, entries: list[tuple[list[str], str]]
) -> None:
    path = root.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if base not in path.parent.resolve().parents and path.parent.resolve() != base:
            return
        if path.exists() and not path.is_file():
            return  # To write into a FIFO would wait for its reader.
        match kind:
            case "f":
                path.write_text(str(number))
            case "d":
                path.mkdir()
            case "l":
                path.symlink_to(root.joinpath(*entries[number * 7 % len(entries)][0]))
            case "o":
                path.symlink_to(base / "outside")
            case _:
                os.mkfifo(path)
    except (OSError, RuntimeError):
        return


def _regular(root: Path) -> Iterator[str]:
    """What a plain walk finds and no other file shadows."""
    seen: set[str] = set()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        inside = not any(parent.is_symlink() for parent in (path, *path.parents))
        if inside and path.is_file() and not any(part.startswith(".") for part in Path(name).parts):
            normal = name.replace("e\u0301", "é")
            if normal not in seen:
                seen.add(normal)
                if normal == name:
                    yield name
