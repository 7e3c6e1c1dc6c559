"""The output folder holds what was written last and nothing older of ours, and nobody else's file is touched."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import vaults
from hypothesis import given, settings
from hypothesis import strategies as st
from unprivileged import open_folder, unprivileged

from vaultkit.diagnostics import VaultkitError
from vaultkit.engine.memo import Memo
from vaultkit.site.guard import MARKER, guard
from vaultkit.site.writer import Output, UnreadableError

FILES = {"index.html": b"home", "A/a.html": b"a", "A/b/c.html": b"c", "é.html": b"e"}


class Records(dict[str, bytes]):
    """A memo that nothing happens to."""

    def put(self, name: str, value: bytes) -> None:
        self[name] = value


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return vaults.write(tmp_path / "vault", {"A.md": "a"})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def records() -> Records:
    return Records()


def build(
    out: Path, root: Path, records: Records, files: Mapping[str, bytes]
) -> tuple[list[str], list[str], list[str]]:
    """Bring *out* to hold *files*: what was written, what was removed, and URLs with problems."""
    with Output(out, root, records, patience=0) as output:
        for url, data in files.items():
            output.write(url, data, f"view of {url}")
        removed = output.prune()
        return list(output.written), list(removed), [found.path for found in output.problems]


def marks(out: Path) -> dict[str, tuple[int, int]]:
    """By which a file that was written again is told from one that was left alone."""
    return {
        path.relative_to(out).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in out.rglob("*")
        if path.is_file() and path.name != ".vaultkit.lock"
    }


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(".vk-*"))


# -- writing ----------------------------------------------------------------------


def test_what_is_written_is_what_is_there(out: Path, root: Path, records: Records) -> None:
    assert build(out, root, records, FILES) == (list(FILES), [], [])
    assert vaults.tree(out) == FILES
    assert temporaries(out) == []


def test_files_have_the_usual_mode(out: Path, root: Path, records: Records) -> None:
    before = os.umask(0o027)
    try:
        build(out, root, records, FILES)
    finally:
        os.umask(before)
    assert (out / "A/a.html").stat().st_mode & 0o777 == 0o640


def test_nothing_is_written_twice(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    before = marks(out)
    assert build(out, root, records, FILES) == ([], [], [])
    assert marks(out) == before


def test_only_what_differs_is_written(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    before = marks(out)
    assert build(out, root, records, FILES | {"A/a.html": b"other"})[0] == ["A/a.html"]
    changed = {name for name, mark in marks(out).items() if before.get(name) != mark}
    assert changed == {"A/a.html", MARKER}


def test_equal_bytes_are_known_without_a_ledger(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    before = marks(out)
    with Output(out, root, Records()) as output:
        assert output.made_from("A/a.html") is None
    assert build(out, root, Records(), FILES) == ([], [], [])
    assert marks(out) == before


def test_a_file_is_known_by_what_it_was_made_from(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    with Output(out, root, records) as output:
        assert output.made_from("A/a.html") == "view of A/a.html"
        assert output.made_from("B.html") is None
        output.keep("A/a.html")
        assert output.prune() == ["A/b/c.html", "index.html", "é.html"]
    with Output(out, root, records) as output:
        output.forget()
        assert output.made_from("A/a.html") == ""
        assert not output.write("A/a.html", b"a")


@pytest.mark.parametrize("change", ["edit", "same-size", "remove", "link", "folder"])
def test_a_page_that_others_have_touched_is_made_again(out: Path, root: Path, records: Records, change: str) -> None:
    build(out, root, records, FILES)
    path = out / "A/a.html"
    match change:
        case "edit":
            path.write_text("edited")
        case "same-size":
            path.write_text("x")
        case "remove":
            path.unlink()
        case "link":
            path.unlink()
            path.symlink_to(root / "A.md")
        case "folder":
            path.unlink()
            path.mkdir()
    with Output(out, root, records) as output:
        assert output.made_from("A/a.html") is None
    assert build(out, root, records, FILES)[0] == ["A/a.html"]
    assert vaults.tree(out) == FILES
    assert not path.is_symlink()
    assert (root / "A.md").read_text() == "a"


def test_the_memo_can_keep_the_ledger(out: Path, root: Path, tmp_path: Path) -> None:
    for expected in (list(FILES), []):
        with Memo(tmp_path / "memo.sqlite") as memo, Output(out, root, memo) as output:
            for url, data in FILES.items():
                output.write(url, data)
            assert output.written == expected


def test_a_ledger_of_another_folder_is_not_believed(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    other = out.with_name("other")
    assert build(other, root, records, FILES)[0] == list(FILES)
    assert len(records) == 2
    shutil.rmtree(out)
    assert build(out, root, records, FILES)[0] == list(FILES)


@pytest.mark.parametrize("text", [b"", b"x", b"\xff\n", b"0123456789abcdef", b"0123456789abcdef\n\n\nnonsense\n12 a\n"])
def test_a_damaged_manifest_costs_no_more_than_time(out: Path, root: Path, records: Records, text: bytes) -> None:
    build(out, root, records, FILES)
    (out / MARKER).write_bytes(text)
    assert build(out, root, records, FILES) == ([], [], [])
    assert build(out, root, Records(), {"index.html": b"home"})[1] == ["A/a.html", "A/b/c.html", "é.html"]


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x81\xa1a\x01"])
def test_a_damaged_ledger_costs_no_more_than_time(out: Path, root: Path, records: Records, data: bytes) -> None:
    build(out, root, records, FILES)
    assert build(out, root, Records(dict.fromkeys(records, data)), FILES) == ([], [], [])


def test_several_builds_may_share_a_lock(out: Path, root: Path, records: Records) -> None:
    with Output(out, root, records) as output:
        for n in (b"1", b"2", b"2"):
            output.begin()
            for url in FILES:
                output.write(url, n if url == "index.html" else b"x")
            assert output.prune() == []
        assert output.written == []
        output.begin()
        output.write("index.html", b"2")
        assert output.prune() == ["A/a.html", "A/b/c.html", "é.html"]
    assert vaults.tree(out) == {"index.html": b"2"}
    assert len((out / MARKER).read_text().splitlines()) == 2


# -- copying ------------------------------------------------------------------------


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def unreachable() -> Iterator[bytes]:
    raise AssertionError("was read")


def test_an_attachment_is_read_only_if_it_may_differ(out: Path, root: Path, records: Records) -> None:
    with Output(out, root, records) as output:
        assert output.copy("a.png", digest(b"12"), lambda: [b"1", b"2"])
    with Output(out, root, records) as output:
        assert not output.copy("a.png", digest(b"12"), unreachable)
        assert output.prune() == []
    with Output(out, root, Records()) as output:
        assert not output.copy("a.png", digest(b"12"), unreachable)
    with Output(out, root, records) as output:
        assert output.copy("a.png", digest(b"3"), lambda: [b"3"])
    assert vaults.tree(out) == {"a.png": b"3"}


def test_a_file_known_by_something_else_than_its_bytes_can_be_copied(out: Path, root: Path, records: Records) -> None:
    with Output(out, root, records) as output:
        assert output.copy("a.mp4", "size and beginning", lambda: [b"1"])
    with Output(out, root, records) as output:
        assert not output.copy("a.mp4", "size and beginning", unreachable)
    with Output(out, root, records) as output:
        assert output.prune() == ["a.mp4"]
    assert vaults.tree(out) == {}


def test_an_attachment_that_can_not_be_read_leaves_the_old_one(out: Path, root: Path, records: Records) -> None:
    def failing() -> Iterator[bytes]:
        yield b"beginning"
        raise OSError(5, "Input/output error")

    with Output(out, root, records) as output:
        output.copy("a.png", digest(b"1"), lambda: [b"1"])
    with Output(out, root, records) as output:
        with pytest.raises(UnreadableError, match="Input/output error"):
            output.copy("a.png", digest(b"2"), failing)
        with pytest.raises(UnreadableError):
            output.copy("b.png", digest(b"2"), failing)
        assert output.prune() == []
    assert vaults.tree(out) == {"a.png": b"1"}
    assert temporaries(out) == []


# -- taking away --------------------------------------------------------------------


def test_what_is_no_longer_written_is_removed_with_its_folders(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    assert build(out, root, records, {"index.html": b"home"}) == ([], ["A/a.html", "A/b/c.html", "é.html"], [])
    assert sorted(path.name for path in out.iterdir()) == [MARKER, ".vaultkit.lock", "index.html"]


def test_a_page_is_removed_even_if_the_cache_was_lost(out: Path, root: Path, records: Records) -> None:
    """It may be of a note that has since become private."""
    build(out, root, records, FILES)
    assert build(out, root, Records(), {"index.html": b"home"})[1] == ["A/a.html", "A/b/c.html", "é.html"]
    assert vaults.tree(out) == {"index.html": b"home"}


def test_a_file_changed_by_others_is_kept_and_named_every_time(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    (out / "A/a.html").write_text("edited")
    for known in (records, records, Records()):
        assert build(out, root, known, {"index.html": b"home"})[2] == ["A/a.html"]
    assert vaults.tree(out) == {"index.html": b"home", "A/a.html": b"edited"}
    (out / "A/a.html").write_text("a")
    assert build(out, root, records, {"index.html": b"home"}) == ([], ["A/a.html"], [])


def test_a_file_removed_by_others_is_forgotten(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    shutil.rmtree(out / "A")
    assert build(out, root, records, {"index.html": b"home"}) == ([], ["é.html"], [])
    assert "A/a.html" not in (out / MARKER).read_text()


def test_files_of_others_stay(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, FILES)
    vaults.write(out, {"CNAME": "x", "A/mine.txt": "x", "empty/.keep": "", ".vk-notes.tmp": "x"})
    (out / "bare").mkdir()
    build(out, root, records, {})
    assert set(vaults.tree(out)) == {"CNAME", "A/mine.txt", "empty/.keep", ".vk-notes.tmp"}
    assert (out / "bare").is_dir()


def test_where_case_does_not_count_the_renamed_page_stays(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, {"Page.html": b"x"})
    # As a file system does that knows no case.
    (out / "page.html").hardlink_to(out / "Page.html")
    assert build(out, root, records, {"page.html": b"x"}) == ([], [], [])
    assert (out / "page.html").read_bytes() == b"x"


def test_a_folder_takes_the_place_of_a_page_and_back(out: Path, root: Path, records: Records) -> None:
    for files in ({"a": b"1"}, {"a/b": b"2", "a/c/d": b"3"}, {"a": b"4"}):
        build(out, root, records, files)
        assert vaults.tree(out) == files


def test_what_is_in_the_way_and_not_ours_is_refused(out: Path, root: Path, records: Records) -> None:
    build(out, root, records, {"a": b"1"})
    (out / "a").write_text("edited")
    with pytest.raises(VaultkitError, match="in the way"):
        build(out, root, records, {"a/b": b"2"})
    assert (out / "a").read_text() == "edited"
    build(out, root, records, {"b/c": b"1"})
    (out / "b/mine").write_text("mine")
    with pytest.raises(VaultkitError, match="in the way"):
        build(out, root, records, {"b": b"2"})
    assert (out / "b/mine").read_text() == "mine"
    assert temporaries(out) == []


# -- links ----------------------------------------------------------------------------


def test_nothing_is_written_or_removed_through_a_link(out: Path, root: Path, records: Records, tmp_path: Path) -> None:
    build(out, root, records, FILES)
    outside = vaults.write(tmp_path / "outside", {"a.html": "a", "b/c.html": "c", "new.html": "mine"})
    shutil.rmtree(out / "A")
    (out / "A").symlink_to(outside)
    before = vaults.tree(outside)
    assert build(out, root, records, {"index.html": b"home"}) == ([], ["é.html"], [])
    assert vaults.tree(outside) == before
    for url in ("A/new.html", "A/b/new.html"):
        with pytest.raises(VaultkitError, match="in the way"):
            build(out, root, records, {url: b"x"})
    assert vaults.tree(outside) == before


def test_own_files_are_no_links(out: Path, root: Path, records: Records, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out.mkdir()
    (out / MARKER).symlink_to(victim)
    with pytest.raises(VaultkitError):
        build(out, root, records, FILES)
    (out / MARKER).unlink()
    (out / ".vaultkit.lock").symlink_to(victim)
    with pytest.raises(VaultkitError):
        build(out, root, records, FILES)
    assert victim.read_text() == "mine"


def test_the_folder_itself_may_be_reached_by_a_link(out: Path, root: Path, records: Records, tmp_path: Path) -> None:
    (tmp_path / "generation").mkdir()
    out.symlink_to("generation")
    build(out, root, records, FILES)
    assert vaults.tree(tmp_path / "generation") == FILES


# -- addresses ----------------------------------------------------------------------------

BAD = ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "C:/a", "C:a", "a\\b", "a\0b", "a\nb", "a:b"]
BAD += ["...", "a/. ./b", "\ud800", "a?", "a*", MARKER, ".vaultkit.lock", ".vaultkit/x", "a/.vk-0123456789ab.tmp"]


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_address_within_the_site_is_refused(out: Path, root: Path, records: Records, url: str) -> None:
    for act in (lambda o: o.write(url, b"x"), lambda o: o.copy(url, "d", lambda: [b"x"])):
        with Output(out, root, records) as output, pytest.raises(VaultkitError):
            act(output)
    assert vaults.tree(out.parent) == {"vault/A.md": b"a"} | {
        f"site/{name}": (out / name).read_bytes() for name in (MARKER, ".vaultkit.lock")
    }


# -- whose folder it is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("vault", "the vault itself"),
        ("vault/../vault", "the vault itself"),
        ("link-to-vault", "the vault itself"),
        (".", "the vault lies in it"),
        ("home", "your home folder"),
        ("homes/..", "the vault lies in it"),
        ("homes", "your home folder lies in it"),
        ("work", "the folder you work in lies in it"),
        ("file", "it is a file"),
        ("checkout", "a git repository"),
        ("worktree", "a git repository"),
        ("full", "files that vaultkit didn't write"),
        ("dot-folder", "files that vaultkit didn't write"),
        ("linked-marker", "files that vaultkit didn't write"),
        ("circle", "can't be read"),
        ("/", "root of the file system|lies in it"),
    ],
)
def test_a_folder_that_is_not_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, reason: str
) -> None:
    vaults.write(
        tmp_path,
        {"vault/A.md": "a", "work/here/x": "", "file": "", "checkout/.git/HEAD": "", "worktree/.git": "gitdir: x"}
        | {"full/x": "", "dot-folder/.ssh/key": "", "homes/home/x": "", "marker": "", "linked-marker/x": ""},
    )
    (tmp_path / "home").symlink_to("homes/home")
    (tmp_path / "link-to-vault").symlink_to("vault")
    (tmp_path / "linked-marker" / MARKER).symlink_to(tmp_path / "marker")
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work/here")
    before = vaults.tree(tmp_path)
    for act in (guard, lambda out, root: Output(out, root, Records())):
        with pytest.raises(VaultkitError, match=reason):
            act(tmp_path / place, tmp_path / "vault")
    assert vaults.tree(tmp_path) == before


def test_a_folder_that_is_empty_new_or_ours_is_accepted(tmp_path: Path, root: Path, records: Records) -> None:
    vaults.write(tmp_path, {"kept/.gitignore": "*", "kept/.gitkeep": ""})
    (tmp_path / "empty").mkdir()
    for place in ("kept", "empty", "new/deep", "vault/site"):
        out = tmp_path / place
        build(out, root, records, FILES)
        (out / "CNAME").write_text("x")
        build(out, root, records, FILES)


def test_guarding_makes_nothing(tmp_path: Path, root: Path) -> None:
    guard(tmp_path / "new", root)
    assert not (tmp_path / "new").exists()


def test_guarding_works_without_a_current_folder(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    guard(tmp_path / "new", root)


# -- others at the same time ------------------------------------------------------------------


def test_a_second_build_is_told_who_holds_the_folder(out: Path, root: Path, records: Records) -> None:
    with Output(out, root, records), pytest.raises(VaultkitError, match=f"process {os.getpid()}"):
        Output(out, root, records, patience=0)
    build(out, root, records, FILES)


def test_a_second_build_waits_its_turn(out: Path, root: Path, records: Records) -> None:
    held, release = os.pipe()
    child = os.fork()
    if not child:
        with Output(out, root, Records()) as output:
            os.write(release, b"x")
            output.write("a", b"1")
        os._exit(0)
    os.read(held, 1)
    with Output(out, root, records) as output:
        output.write("a", b"2")
    os.waitpid(child, 0)
    assert vaults.tree(out) == {"a": b"2"}
    assert (out / ".vaultkit.lock").read_bytes() == b""


def test_no_descriptor_is_left_open(out: Path, root: Path, records: Records) -> None:
    def n_open() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = n_open()
    build(out, root, records, FILES)
    with Output(out, root, records), pytest.raises(VaultkitError):
        Output(out, root, records, patience=0)
    (out / MARKER).unlink()
    with pytest.raises(VaultkitError):
        Output(out, root, records)
    assert n_open() == before


# -- what goes wrong ----------------------------------------------------------------------------

OLD = {"a.html": b"old" * 999, "b/c.html": b"old", "gone.html": b"old", "e/gone.html": b"old", "same.html": b"same"}
NEW = {"a.html": b"new" * 500, "b/c.html": b"new", "d/e/f.html": b"new", "same.html": b"same"}


def in_child(act: Callable[[], None]) -> int:
    """Exit code of a child that does something; negative if it was killed."""
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        except VaultkitError:
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("call", ["replace", "write", "unlink", "open", "mkdir", "rmdir"])
def test_a_build_killed_anywhere_leaves_whole_files_and_is_mended(out: Path, root: Path, call: str) -> None:
    for moment in range(200):
        records = Records()
        build(out, root, records, OLD)

        def act(moment: int = moment, records: Records = records) -> None:
            _killed_at(call, moment)
            build(out, root, records, NEW)

        code = in_child(act)
        found = vaults.tree(out)
        for url, data in found.items():
            whole = url.endswith(".html") and data in (OLD.get(url), NEW.get(url))
            assert whole or url.rpartition("/")[2].startswith(".vk-")
        assert {"a.html", "b/c.html", "same.html"} <= found.keys()
        # The vault may be another one by then, and the cache of either build or lost.
        for later, known in ((NEW, records), (OLD, Records()), ({"a.html": b"x"}, records)):
            assert build(out, root, known, later)[2] == []
            assert vaults.tree(out) == later
        if code == 0:
            assert moment > 0
            return
        assert code == -signal.SIGKILL
    raise AssertionError("it never came to an end")


def _killed_at(call: str, moment: int) -> None:
    """Let this process be killed when it is about to do something for the n-th time."""
    left = [moment]
    real = getattr(os, call)

    def fatal(*arguments, **named):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return real(*arguments, **named)

    setattr(os, call, fatal)


@pytest.mark.parametrize("torn", [0, 1, 5, 40])
def test_a_page_announced_by_a_killed_build_can_be_taken_away(out: Path, root: Path, torn: int) -> None:
    """Even where the ledger never heard of it, and a loss of power has cut the manifest short."""
    build(out, root, Records(), {"a.html": b"a"})
    os.truncate(out / MARKER, (out / MARKER).stat().st_size - torn)

    def act() -> None:
        output = Output(out, root, Records())
        output.write("secret.html", b"secret")
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(act) == -signal.SIGKILL
    assert (out / "secret.html").exists()
    assert build(out, root, Records(), {"a.html": b"a"}) == ([], ["secret.html"], [])


@pytest.mark.parametrize("place", ["before", "after"])
def test_an_interruption_leaves_it_known_what_is_ours(
    out: Path, root: Path, records: Records, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    build(out, root, records, OLD)
    real_replace = os.replace

    def interrupted(source: str, target: str | Path) -> None:
        is_manifest = Path(target).name == MARKER
        if place == "after" or is_manifest:
            real_replace(source, target)
        if not is_manifest:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(out, root, records, {"a.html": b"new"})
    assert temporaries(out) == []
    assert build(out, root, records, {}) == ([], sorted(OLD), [])


@pytest.mark.parametrize("limit", range(0, 1600, 200))
def test_a_file_that_does_not_fit_is_the_users_error(out: Path, root: Path, limit: int) -> None:
    build(out, root, Records(), OLD)

    def act() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        build(out, root, Records(), NEW)

    assert in_child(act) == 1
    assert temporaries(out) == []
    assert vaults.tree(out)["a.html"] == OLD["a.html"]
    assert build(out, root, Records(), NEW)[2] == []
    assert vaults.tree(out) == NEW


def test_a_folder_that_may_not_be_written_is_the_users_error() -> None:
    with open_folder() as folder:
        root = vaults.write(folder / "vault", {"A.md": "a"})
        (folder / "closed").mkdir()
        build(folder / "site", root, Records(), OLD)
        for path in (folder / "closed", folder / "site/b", folder / "site"):
            path.chmod(0o555)
        for name in (".vaultkit.lock", MARKER):
            (folder / "site" / name).chmod(0o666)

        def act() -> None:
            for out in (folder / "closed", folder / "closed/site", folder / "site"):
                with pytest.raises(VaultkitError, match="Permission denied"):
                    build(out, root, Records(), NEW)

        unprivileged(act)
        assert vaults.tree(folder / "site") == OLD


# -- any layout -----------------------------------------------------------------------------------

PLACES = ["", "vault", "vault/notes", "out", "out/sub", "home", "home/user", "deep/out", "link", "vault/link"]
LINKS = st.lists(st.tuples(st.sampled_from(PLACES[1:]), st.sampled_from(PLACES)), max_size=3)
URLS = st.sampled_from(["a", "a/b", "s", "notes/s", "sub/s", "link/s", "c.html"])
SITES = st.lists(st.dictionaries(URLS, st.sampled_from([b"1", b"2"]), max_size=4), min_size=1, max_size=3)


@settings(max_examples=300)
@given(
    out=st.sampled_from(PLACES), here=st.sampled_from(PLACES), home=st.sampled_from(PLACES), links=LINKS, sites=SITES
)
def test_in_any_layout_no_file_of_others_changes(
    tmp_path_factory: pytest.TempPathFactory,
    out: str,
    here: str,
    home: str,
    links: list[tuple[str, str]],
    sites: list[dict[str, bytes]],
) -> None:
    base = tmp_path_factory.mktemp("layout")
    for place in ("vault/notes", "out/sub", "home/user", "deep"):
        (base / place).mkdir(parents=True)
    for name, target in links:
        if not os.path.lexists(base / name) and (base / name).parent.is_dir():
            (base / name).symlink_to(base / target)
    for place in ("", "vault", "vault/notes", "out/sub", "home", "home/user", "deep"):
        if (base / place).is_dir():
            (base / place / "s").write_text(f"sentinel {place}")
    before = {name: data for name, data in vaults.tree(base).items() if data.startswith(b"sentinel")}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(base / here if (base / here).is_dir() else base)
        patch.setenv("HOME", str(base / home))
        records = Records()
        for site in sites:
            try:
                build(base / out, base / "vault", records, site)
            except VaultkitError:
                continue
    after = vaults.tree(base)
    assert {name: after.get(name) for name in before} == before
    assert temporaries(base) == []
    shutil.rmtree(base)
