"""The watcher on a real file system: every change is told, in one hint, and what editors do on the way to a save is not."""

from __future__ import annotations

import mmap
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from watchdog.observers.inotify_c import InotifyFD

from vaultkit.serve.spot import remote_kind
from vaultkit.serve.watch import Hint, Watcher

PATIENCE = 10.0
"""Seconds in which a hint has to come, even on a machine that does much else."""


@pytest.fixture
def root(tmp_path) -> Path:
    root = tmp_path / "vault"
    (root / "Folder" / "Inner").mkdir(parents=True)
    (root / ".obsidian").mkdir()
    for name in ("A.md", "B.md", "Folder/C.md", "Folder/Inner/D.md", ".obsidian/app.json"):
        (root / name).write_text("first")
    return root


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    watchers = []

    def start(*args, **kwargs) -> Watcher:
        watchers.append(Watcher(*args, **kwargs))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.close()


def told(watcher: Watcher, *paths: Path) -> set[str]:
    """All that is told until all *paths* have been; nothing else may be left open."""
    wanted, found = {str(path) for path in paths}, set()
    until = monotonic() + PATIENCE
    while not wanted <= found:
        hint = watcher.wait(max(until - monotonic(), 0))
        assert hint is not None, f"not told of: {sorted(wanted - found)}"
        assert hint.paths is not None, "told to look at everything"
        found |= hint.paths
    return found


def told_all(watcher: Watcher) -> Hint:
    """The hint to look at everything, after which none is left."""
    until = monotonic() + PATIENCE
    while hint := watcher.wait(max(until - monotonic(), 0)):
        if hint.paths is None:
            while watcher.wait(0.1):
                pass
            return hint
    raise AssertionError("not told to look at everything")


# ---------------------------------------------------------------------------
# Saves
# ---------------------------------------------------------------------------


def test_an_edit_is_told_once_with_the_time_of_its_first_event(root, watch):
    watcher = watch(root)
    before = monotonic()
    (root / "A.md").write_text("second")
    hint = watcher.wait(PATIENCE)
    assert hint is not None
    assert hint.paths == {str(root / "A.md")}
    assert before <= hint.since <= monotonic()
    assert watcher.wait(0.2) is None


def test_a_new_file_a_deleted_one_and_a_new_mode_are_told(root, watch):
    watcher = watch(root)
    (root / "New.md").write_text("new")
    (root / "B.md").unlink()
    (root / "Folder/C.md").chmod(0o600)
    assert told(watcher, root / "New.md", root / "B.md", root / "Folder/C.md")


def test_a_write_through_a_mapping_is_told(root, watch):
    """No `modified` comes of it, only that the file was closed."""
    watcher = watch(root)
    with (root / "A.md").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:5] = b"other"
    told(watcher, root / "A.md")


def atomic(file: Path) -> None:
    """As most editors and sync clients do it."""
    hidden = file.with_name(f".{file.name}.tmp")
    hidden.write_text("atomic")
    hidden.replace(file)


def vs_code(file: Path) -> None:
    beside = file.with_name(f"{file.name}.tmp")
    beside.write_text("beside")
    beside.replace(file)


def vim(file: Path) -> None:
    trial, backup, swap = file.with_name("4913"), file.with_name(f"{file.name}~"), file.with_name(f".{file.name}.swp")
    swap.write_text("swap")
    trial.write_text("")
    trial.unlink()
    file.rename(backup)
    file.write_text("vim")
    backup.unlink()
    swap.unlink()


def emacs(file: Path) -> None:
    lock, auto = file.with_name(f".#{file.name}"), file.with_name(f"#{file.name}#")
    lock.symlink_to("me@here.1:2")
    file.write_text("emacs")
    lock.unlink()
    assert not auto.exists()


@pytest.mark.parametrize("save", [atomic, vs_code, vim, emacs])
def test_a_save_names_the_file_and_nothing_else(root, watch, save):
    watcher = watch(root)
    for name in ("A.md", "Folder/C.md"):
        save(root / name)
        assert told(watcher, root / name) == {str(root / name)}


def test_hidden_files_are_not_told_and_temporary_ones_late(root, watch):
    """Late, but even if they are gone: whoever looked at everything meanwhile has seen them."""
    watcher = watch(root)
    (root / ".obsidian/workspace.json").write_text("{}")
    (root / ".git").mkdir()
    (root / ".git" / "index").write_text("")
    (root / "Folder/.hidden.md").write_text("")
    for name in ("x.tmp", "A.md~", "A.md.swp", "4913", ".#A.md", "Folder/.~lock.ods#"):
        (root / name).write_text("")
        (root / name).unlink()
    # Events come in order: what comes before this one has come.
    (root / "B.md").write_text("second")
    assert told(watcher, root / "B.md") == {str(root / "B.md")}
    late = [root / name for name in ("x.tmp", "A.md~", "A.md.swp", "4913")]
    assert told(watcher, *late) == set(map(str, late))
    assert watcher.wait(2.5) is None


def test_reading_files_is_not_told(root, watch):
    watcher = watch(root)
    for path in root.rglob("*.md"):
        path.read_text()
    list(root.iterdir())
    assert watcher.wait(0.3) is None


def test_a_file_that_only_looks_temporary_is_told_in_the_end(root, watch):
    """It is part of the vault like any other, so the site would differ from a clean build without it."""
    (root / "Old.tmp").write_text("old")
    watcher = watch(root)
    (root / "Stays.tmp").write_text("stays")
    (root / "Old.tmp").unlink()
    assert told(watcher, root / "Stays.tmp", root / "Old.tmp")


# ---------------------------------------------------------------------------
# Folders and bursts
# ---------------------------------------------------------------------------


def test_a_new_folder_is_told_and_then_watched(root, watch):
    watcher = watch(root)
    deep = root / "New" / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "E.md").write_text("new")
    told_all(watcher)
    (deep / "E.md").write_text("changed")
    assert told(watcher, deep / "E.md")


def test_a_folder_moved_out_in_and_about_is_told_and_watched_where_it_is(root, watch, tmp_path):
    watcher = watch(root)
    (root / "Folder").rename(tmp_path / "Outside")
    told_all(watcher)
    (tmp_path / "Outside").rename(root / "Back")
    told_all(watcher)
    (root / "Back").rename(root / "Again")
    told_all(watcher)
    (root / "Again/Inner/D.md").write_text("changed")
    assert told(watcher, root / "Again/Inner/D.md")


def test_a_folder_made_in_place_of_one_that_moved_out_makes_nobody_deaf(root, watch, tmp_path):
    """Both have one path for watchdog, whose thread died of it when both were gone."""
    watcher = watch(root)
    (root / "Folder").rename(tmp_path / "Outside")
    told_all(watcher)
    (root / "Folder").mkdir()
    told_all(watcher)
    (root / "Folder").rmdir()
    shutil.rmtree(tmp_path / "Outside")
    told_all(watcher)
    (root / "A.md").write_text("second")
    assert told(watcher, root / "A.md")


def test_watching_goes_on_when_the_thread_that_reads_events_dies(root, watch, monkeypatch):
    watcher = watch(root)
    (reader,) = (thread for thread in threading.enumerate() if isinstance(thread, InotifyFD))
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(reader, "handle_event", lambda _: sys.exit())
    (root / "A.md").write_text("unheard")
    told_all(watcher)
    assert not reader.is_alive()
    (root / "A.md").write_text("second")
    assert told(watcher, root / "A.md")


def test_a_thousand_files_are_one_hint_to_look_at_everything(root, watch):
    for n in range(1000):
        (root / "Folder" / f"{n}.md").write_text("first")
    watcher = watch(root)
    with warnings.catch_warnings(record=True) as said:
        for n in range(1000):
            (root / "Folder" / f"{n}.md").write_text("second")
        told_all(watcher)
    assert said == []


def test_changes_without_end_are_told_all_the_same(root, watch):
    watcher = watch(root)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            (root / "A.md").write_text("again")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        hints = [watcher.wait(PATIENCE) for _ in range(2)]
    finally:
        done.set()
        writer.join()
    assert [hint and hint.paths for hint in hints] == [{str(root / "A.md")}] * 2


# ---------------------------------------------------------------------------
# The root
# ---------------------------------------------------------------------------


def test_a_root_deleted_and_made_again_is_watched_again(root, watch):
    watcher = watch(root)
    for _ in range(3):
        shutil.rmtree(root)
        told_all(watcher)
        root.mkdir()
        (root / "Folder").mkdir()
        (root / "Folder/New.md").write_text("new")
        told_all(watcher)
        (root / "Folder/New.md").write_text("changed")
        assert told(watcher, root / "Folder/New.md")


def test_a_root_deleted_and_made_again_at_once_is_watched_again(root, watch):
    watcher = watch(root)
    shutil.rmtree(root)
    root.mkdir()
    told_all(watcher)
    (root / "New.md").write_text("new")
    assert told(watcher, root / "New.md")


def test_a_root_that_is_replaced_is_watched_in_its_place(root, watch, tmp_path):
    """Nothing is told of this by the system: the root's inode is looked at."""
    other = tmp_path / "other"
    other.mkdir()
    watcher = watch(root)
    root.rename(tmp_path / "away")
    other.rename(root)
    told_all(watcher)
    (root / "New.md").write_text("new")
    assert told(watcher, root / "New.md")


def test_a_root_that_is_not_there_yet_is_awaited(watch, tmp_path):
    watcher = watch(tmp_path / "later")
    assert watcher.notice == ""
    (tmp_path / "later").mkdir()
    told_all(watcher)


def test_paths_are_told_as_the_root_was_named(root, watch, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(root, target_is_directory=True)
    watcher = watch(link)
    (root / "Folder/C.md").write_text("second")
    assert told(watcher, link / "Folder/C.md") == {str(link / "Folder/C.md")}


# ---------------------------------------------------------------------------
# What is passed over, and what is watched besides
# ---------------------------------------------------------------------------


def test_the_output_and_the_cache_are_passed_over_however_they_are_named(root, watch, tmp_path):
    (root / "real").mkdir()
    (tmp_path / "link").symlink_to(root, target_is_directory=True)
    (root / "Folder/site").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    watcher = watch(root, skip=[tmp_path / "link" / "real", root / "Folder/site", root / "cache"])
    (root / "real/sub").mkdir()
    (root / "real/sub/index.html").write_text("page")
    (root / "cache").mkdir()
    (root / "cache/memo.sqlite").write_text("cache")
    (root / "Folder/site").unlink()
    (root / "Folder/site").symlink_to(tmp_path / "other", target_is_directory=True)
    (root / "really.md").write_text("a note")
    assert told(watcher, root / "really.md") == {str(root / "really.md")}


def test_files_and_folders_besides_are_watched(root, watch, tmp_path):
    templates, config = tmp_path / "templates", tmp_path / "settings" / "vaultkit.toml"
    for folder in (templates, config.parent):
        folder.mkdir()
    config.write_text("")
    settings, hidden = root / ".obsidian/app.json", root / ".own/templates"
    hidden.mkdir(parents=True)
    watcher = watch(root, extra=[templates, config, settings, hidden])
    (config.parent / "other.toml").write_text("")
    (templates / "base.html").write_text("template")
    atomic(config)
    atomic(settings)
    (hidden / "note.html").write_text("template")
    files = (templates / "base.html", config, settings, hidden / "note.html")
    assert told(watcher, *files) == {str(path) for path in files}
    config.unlink()
    assert told(watcher, config)
    (root / ".obsidian").rename(root / ".away")
    told_all(watcher)


# ---------------------------------------------------------------------------
# Threads
# ---------------------------------------------------------------------------


def test_waiting_can_be_interrupted_from_any_thread(root, watch):
    watcher = watch(root)
    found = []
    waiting = threading.Thread(target=lambda: found.append(watcher.wait(None)))
    waiting.start()
    watcher.wake()
    waiting.join(PATIENCE)
    assert found == [None]
    (root / "A.md").write_text("second")
    assert told(watcher, root / "A.md")


def test_closing_ends_all_threads_and_whoever_waits(root, watch):
    before = set(threading.enumerate())
    watcher = watch(root, extra=[root.parent])
    waiting = threading.Thread(target=watcher.wait, args=(None,))
    waiting.start()
    start = monotonic()
    watcher.close()
    waiting.join(PATIENCE)
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before
    assert monotonic() - start < 5
    assert watcher.wait(0) is None


# ---------------------------------------------------------------------------
# Where events are lost, or there are none
# ---------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from vaultkit.serve.watch import Watcher

watcher = Watcher(Path(sys.argv[1]))
print("ready", watcher.notice, flush=True)
while hint := watcher.wait(20):
    print("all" if hint.paths is None else sorted(hint.paths), flush=True)
"""


@pytest.fixture
def child(repository) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    children = []

    def start(root: Path, *before: str) -> subprocess.Popen[str]:
        command = [*before, sys.executable, "-c", CHILD, str(root)]
        environment = os.environ | {"PYTHONPATH": str(repository)}
        children.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return children[-1]

    yield start
    for process in children:
        process.kill()
        process.communicate()


def test_when_events_are_lost_everything_is_to_be_looked_at(root, child):
    n_queued = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    process = child(root)
    assert process.stdout.readline() == "ready \n"
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    for n in range(n_queued // 2 + 100):
        # In turns, for the kernel makes one of two equal events.
        os.utime(root / "A.md", (n, n))
        os.utime(root / "B.md", (n, n))
    (root / "Folder/C.md").write_text("in the hole")
    process.send_signal(signal.SIGCONT)
    lines = iter(process.stdout.readline, "")
    # Those that were not lost may be told first.
    assert "all\n" in lines
    assert "all\n" in lines, "and again when the watches are set anew"
    (root / "Folder/Inner/D.md").write_text("after")
    assert f"{[str(root / 'Folder/Inner/D.md')]}\n" in lines


def test_without_watchers_left_everything_is_looked_at_every_two_seconds(root, watch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        watcher = watch(root)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "limit of watchers" in watcher.notice
    assert "sysctl" in watcher.notice
    for _ in range(2):
        hint = watcher.wait(PATIENCE)
        assert hint is not None
        assert hint.paths is None


def test_without_watches_left_everything_is_looked_at_every_two_seconds(root, child):
    """Watchdog passes over folders below the root that it gets no watch for, without a word."""
    within = ("unshare", "-U", "-r", "sh", "-c", 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh")
    if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are not to be had: THE LIMIT OF WATCHES IS NOT TESTED")
    process = child(root, *within)
    assert "limit of watched folders" in process.stdout.readline()
    assert process.stdout.readline() == "all\n"
    assert process.stdout.readline() == "all\n"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/vault", ""),
        ("/mnt/share/vault", "nfs4"),
        ("/mnt/share", "nfs4"),
        ("/mnt/shared", ""),
        ("/mnt/share/local/vault", ""),
        ("/mnt/my disk/vault", "cifs"),
        ("/mnt/far", "fuse.sshfs"),
        ("/mnt/stick", ""),
        ("/c", "9p"),
    ],
)
def test_remote_file_systems_are_known(folder, kind):
    mounts = r"""/dev/sda1 / ext4 rw 0 0
server:/x /mnt/share nfs4 rw 0 0
/dev/sdb1 /mnt/share/local xfs rw 0 0
//server/y /mnt/my\040disk cifs rw 0 0
me@far: /mnt/far fuse.sshfs rw 0 0
/dev/sdc1 /mnt/stick fuseblk rw 0 0
C: /c 9p rw 0 0
nonsense
"""
    assert remote_kind(folder, mounts) == kind
