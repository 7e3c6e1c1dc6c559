"""One folder under watch: by the system's events where it has them, by looking again and again where it hasn't.

What watchdog doesn't do is done here: a folder that is deleted and made again
is watched again, a limit that is reached is noticed, and a thread that hangs
holds nobody up.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchdog import events
from watchdog.observers import Observer

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

KINDS: list[type[events.FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileAttribEvent,
    # The only one there is for a file that was written through a mapping.
    events.FileClosedEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.DirCreatedEvent,
    events.DirAttribEvent,
    events.DirMovedEvent,
    events.DirDeletedEvent,
]
"""What the system is asked to tell. That files are opened and read it must not: a scan of ours opens them all."""

REMOTE = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|davfs|drvfs|lustre|glusterfs|vboxsf|virtiofs|prl_fs|"
    r"fuse\.(sshfs|rclone|s3fs|gcsfuse|davfs2?|glusterfs|cephfs|vmhgfs-fuse|gvfsd-fuse|google-drive-ocamlfuse)"
)
"""File systems on which another machine writes, of which this one hears nothing."""

PATIENCE = 0.9
"""Seconds that a thread of watchdog's has to end; joining one may hang (watchdog #1159)."""

LOST = (-1, -1)
"""Identifies no folder."""

Receive = Callable[["Spot", events.FileSystemEvent], None]


class Spot:
    """A folder that is watched whenever it is there.

    `tend` must be called every now and then, and soon after `lose`.
    """

    def __init__(self, folder: Path, receive: Receive, *, recursive: bool) -> None:
        self.folder = str(folder.absolute())
        self.real = os.path.realpath(self.folder)
        """Where the folder really is, which is how events name it."""
        self.recursive = recursive
        self.notice = ""
        """Why it can't be watched, for the user; empty if it can."""
        self._handler = _Handler(self, receive)
        self._identity: tuple[int, int] | None = None
        self._observer: BaseObserver | None = None
        self.tend()

    @property
    def is_there(self) -> bool:
        return self._identity is not None

    @property
    def is_polled(self) -> bool:
        """Whether changes must be looked for, since not all are told."""
        return bool(self.notice)

    def given(self, path: str) -> str:
        """The path of an event as it is below the folder that was named, not the one that it really is."""
        return self.folder + path[len(self.real) :] if self.holds(path) else path

    def holds(self, path: str) -> bool:
        return path == self.real or path.startswith(self.real + os.sep)

    def tend(self) -> bool:
        """Watch what is at the folder's place now; True if it isn't what was there before, or was left unwatched."""
        found = _identity(self.folder)
        if found == self._identity and (found is None or self._is_awake()):
            return False
        self.close()
        self._identity = found
        if found is not None:
            self._watch()
        return True

    def lose(self) -> None:
        """The folder was deleted. One that is made in its place may get the same inode, so it can't be told by that."""
        self._identity = LOST

    def check_limit(self) -> None:
        """Notice that the system has no watches left: watchdog says nothing when a folder below gets none."""
        if self._observer is None or self.is_polled:
            return
        try:
            _end(_started(self.real, events.FileSystemEventHandler(), recursive=False))
        except OSError as error:
            self.notice = _reason(error)

    def close(self) -> None:
        """Stop watching; what hangs is left behind, to end with the process."""
        if self._observer is not None:
            _end(self._observer)
            self._observer = None

    def _watch(self) -> None:
        self.real = os.path.realpath(self.folder)
        self.notice = ""
        if kind := remote_kind(self.real, _mounts()):
            self.notice = (
                f"The file system of {self.folder} ({kind}) doesn't tell of changes, "
                "so vaultkit looks for them every 2 seconds."
            )
            return
        try:
            self._observer = _started(self.real, self._handler, recursive=self.recursive)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR}:
                # It went away meanwhile.
                self._identity = None
            else:
                self.notice = _reason(error)
        else:
            self.check_limit()

    def _is_awake(self) -> bool:
        """Whether the threads still run: one of watchdog's dies of a folder that it may not read (watchdog #1115)."""
        observer = self._observer
        if observer is None:
            return True
        threads: list[threading.Thread] = [observer, *observer.emitters.copy()]
        if isinstance(reader := getattr(observer, "_inotify_fd", None), threading.Thread):
            threads.append(reader)
        return all(thread.is_alive() for thread in threads)


class _Handler(events.FileSystemEventHandler):
    def __init__(self, spot: Spot, receive: Receive) -> None:
        self._spot = spot
        self._receive = receive

    def dispatch(self, event: events.FileSystemEvent) -> None:
        self._receive(self._spot, event)


def remote_kind(folder: str, mounts: str) -> str:
    """The kind of the file system that a folder is on if it is a remote one, by the text of `/proc/mounts`."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1])
        # Of two that are mounted at one point, the later covers the earlier.
        if len(point) >= len(best) and (folder == point or folder.startswith(point.rstrip("/") + "/")):
            best, kind = point, fields[2]
    return kind if REMOTE.fullmatch(kind) else ""


def _mounts() -> str:
    try:
        with open("/proc/mounts", encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def _identity(folder: str) -> tuple[int, int] | None:
    """What is at a place; None if it is no folder."""
    try:
        found = Path(folder).stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def _started(folder: str, handler: events.FileSystemEventHandler, *, recursive: bool) -> BaseObserver:
    # Re-made folders make watchdog say this at length for each of them. It is harmless.
    warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
    _pair_quickly()
    _forget_calmly()
    observer = Observer()
    try:
        observer.schedule(handler, folder, recursive=recursive, event_filter=KINDS)
        observer.start()
    except BaseException:
        _end(observer)
        raise
    return observer


def _pair_quickly() -> None:
    """Hear of a file that was moved away at once.

    Watchdog holds back for half a second what may be the first half of a move,
    and all that comes after it. The two halves mean the same to us as the move.
    """
    with suppress(ImportError):
        from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

        InotifyMoveEventGrouper.delay = 0.005


def _forget_calmly() -> None:
    """Let a folder go that another was made in place of after it had moved out of sight.

    Watchdog knows it by the same path then, and when both are gone the thread
    that reads all events would die of not finding it twice.
    """

    def forget(self: Any, watch: int) -> None:
        path = self._active_callbacks_by_watch.pop(watch, None)
        if self._active_callbacks_by_path.get(path) == watch:
            del self._active_callbacks_by_path[path]

    with suppress(ImportError):
        from watchdog.observers.inotify import InotifyWatchGroup

        InotifyWatchGroup._remove_watch_internally = forget  # type: ignore[assignment, method-assign]  # noqa: SLF001


def _end(observer: BaseObserver) -> None:
    def end() -> None:
        # It joins threads that were never started if the start failed.
        with suppress(RuntimeError, OSError):
            observer.stop()
            observer.join(PATIENCE)

    thread = threading.Thread(target=end, name="vaultkit-unwatch", daemon=True)
    thread.start()
    thread.join(PATIENCE)


def _reason(error: OSError) -> str:
    what = {
        errno.ENOSPC: "The system's limit of watched folders is reached",
        errno.EMFILE: "The system's limit of watchers or open files is reached",
    }.get(error.errno or 0, f"The vault can't be watched ({error.strerror or error})")
    remedy = {
        errno.ENOSPC: " Raise it with: sudo sysctl fs.inotify.max_user_watches=524288",
        errno.EMFILE: " Raise it with: sudo sysctl fs.inotify.max_user_instances=512",
    }.get(error.errno or 0, "")
    return f"{what}, so vaultkit looks for changes every 2 seconds.{remedy}"
