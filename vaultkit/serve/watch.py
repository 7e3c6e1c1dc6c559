"""Watcher: says that something in the vault may have changed, once it has been quiet for a moment.

An event is a hint and never the truth: who gets one looks at the files. So
what can't be told exactly, such as an overflow or a folder that moved away, is
told as "look at everything", and now and then that is told without any event.
"""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct

from vaultkit.serve.spot import Spot

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

# What watchdog logs is heard by `_Alarm`; without a handler that stays, Python would print it.
logging.getLogger("watchdog").addHandler(logging.NullHandler())

QUIET = 0.040
"""Seconds without an event after which a change counts as complete."""

MOST = 1.0
"""Seconds after which a hint is given though events keep coming."""

NAMED = 500
"""Paths in a hint; beyond, to scan all is as quick."""

TENDED = 2.0
"""Seconds between two looks at whether the watched folders are still the same, and between hints where none can be."""

MISSED = 0.25
"""The same while a folder is gone: whoever makes it again shouldn't have to wait."""

RESCAN = 60.0
"""Seconds after which all is to be looked at, whatever was or wasn't told."""

LATE = 2.0
"""Seconds without an event after which a file that is named like an editor's temporary one is told of all the same.

By then most have gone, of which nothing is to be done. But not even one that
came and went may be kept back, for a scan may have seen it in between.
"""


class Hint(Struct, frozen=True):
    """Where to look for changes."""

    paths: frozenset[str] | None
    """Files that may have changed, as absolute paths; None: look at everything."""
    since: float
    """When the first event came, in the time of `time.monotonic`."""


class Watcher:
    """Watches a vault and a few folders and files besides; all is watched once it is made.

    Hidden files and what editors write on the way to a save are passed over,
    as is *skip*. The files in *extra* are not, wherever they lie.
    """

    def __init__(self, root: Path, skip: Collection[Path] = (), extra: Sequence[Path] = ()) -> None:
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._first = math.inf
        self._last = math.inf
        self._is_all = False
        self._late: dict[str, float] = {}
        self._has_grown = False
        self._is_woken = False
        self._is_closed = False

        self._tend_at = self._echo_at = self._scan_at = math.inf

        self._skip = tuple(sorted({place for path in skip for place in _places(path)}))
        self._files = frozenset(place for path in extra if not path.is_dir() for place in _places(path))
        self._folders = tuple(os.path.realpath(path) for path in extra if path.is_dir())
        self._alarm = _Alarm(self._overflow)
        logging.getLogger("watchdog").addHandler(self._alarm)
        self._spots = [Spot(root, self._receive, recursive=True)]
        self._spots += [
            Spot(folder, self._receive, recursive=recursive)
            for folder, recursive in sorted(_folders(extra))
            if not self._spots[0].holds(os.path.realpath(folder))
        ]
        now = monotonic()
        self._tend_at = now + (TENDED if self._spots[0].is_there else MISSED)
        self._scan_at = now + self._rescan_after()

    @property
    def notice(self) -> str:
        """Why changes are seen late, for the user; empty if all is well."""
        return next((spot.notice for spot in self._spots if spot.notice), "")

    def wait(self, timeout: float | None) -> Hint | None:
        """The next hint; None when there was none in time, or `wake` was called meanwhile."""
        until = math.inf if timeout is None else monotonic() + timeout
        while True:
            if monotonic() >= self._tend_at:
                self._tend()
            with self._changed:
                now = monotonic()
                self._ripen(now)
                if now >= self._due():
                    return self._take()
                if self._is_woken or self._is_closed or now >= until:
                    self._is_woken = False
                    return None
                late = min(self._late.values(), default=math.inf) + LATE
                until_then = min(self._due(), self._tend_at, self._echo_at, self._scan_at, late, until) - now
                self._changed.wait(max(until_then, 0.0))

    def wake(self) -> None:
        """Make `wait` return, from any thread."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """End within about a second; whoever waits gets None."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        logging.getLogger("watchdog").removeHandler(self._alarm)
        for spot in self._spots:
            spot.close()

    # -- the time between two hints: called with the lock held ----------------

    def _due(self) -> float:
        return min(self._last + QUIET, self._first + MOST)

    def _take(self) -> Hint:
        paths = None if self._is_all else frozenset(self._paths)
        hint = Hint(paths, self._first)
        if paths is None:
            self._late.clear()
            self._scan_at = monotonic() + self._rescan_after()
        self._paths.clear()
        self._is_all = False
        self._first = self._last = math.inf
        return hint

    def _add(self, path: str | None) -> None:
        now = monotonic()
        if math.isinf(self._first):
            self._first = now
            # Who waits computes the end of the quiet anew when it has passed; waking it for each event would cost more.
            self._changed.notify_all()
        self._last = now
        if path is None or len(self._paths) >= NAMED:
            self._is_all = True
            self._paths.clear()
        if path is not None and not self._is_all:
            self._paths.add(path)

    def _ripen(self, now: float) -> None:
        """What time alone makes a hint of."""
        if now >= self._scan_at or now >= self._echo_at:
            self._echo_at = math.inf
            self._scan_at = math.inf
            self._add(None)
        for path in [path for path, since in self._late.items() if now >= since + LATE]:
            del self._late[path]
            self._add(path)

    def _rescan_after(self) -> float:
        return TENDED if any(spot.is_polled for spot in self._spots) else RESCAN

    # -- the watched folders: called without the lock, for starting and ending threads wait for those that want it

    def _tend(self) -> None:
        with self._changed:
            has_grown, self._has_grown = self._has_grown, False
            self._tend_at = monotonic() + TENDED
        if has_grown:
            for spot in self._spots:
                spot.check_limit()
        # Each of them, also when one was replaced.
        is_replaced = sum(spot.tend() for spot in self._spots)
        with self._changed:
            now = monotonic()
            if is_replaced:
                self._add(None)
            if not self._spots[0].is_there:
                self._tend_at = min(self._tend_at, now + MISSED)
            self._scan_at = min(self._scan_at, now + self._rescan_after())

    def _overflow(self) -> None:
        with self._changed:
            self._add(None)
            # Watchdog sets its watches anew only now. What changes meanwhile is told by nobody.
            self._echo_at = monotonic() + MOST

    # -- events: called from watchdog's threads -------------------------------

    def _receive(self, spot: Spot, event: FileSystemEvent) -> None:
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        with self._changed:
            if event.is_directory:
                self._see_folder(spot, event.event_type, [path for path in (source, target) if path])
                return
            if self._is_of_interest(spot, source):
                self._see_file(spot, source)
            if target and self._is_of_interest(spot, target):
                self._see_file(spot, target)

    def _see_folder(self, spot: Spot, kind: str, folders: Sequence[str]) -> None:
        if not any(self._holds_interest(spot, folder) for folder in folders):
            return
        self._add(None)
        if kind == "deleted" and spot.real in folders:
            spot.lose()
            self._tend_at = 0.0
        elif kind != "deleted":
            self._has_grown = True
            self._tend_at = min(self._tend_at, monotonic() + MISSED)

    def _see_file(self, spot: Spot, real: str) -> None:
        path = spot.given(real)
        if real in self._files or not _is_temporary(path):
            self._add(path)
            return
        if path not in self._late:
            self._changed.notify_all()
        self._late[path] = monotonic()

    def _is_of_interest(self, spot: Spot, real: str) -> bool:
        if real in self._files:
            return True
        if not spot.recursive or any(_is_within(real, place) for place in self._skip):
            return False
        # A folder that was named besides may itself be hidden.
        top = next((folder for folder in self._folders if _is_within(real, folder)), spot.real)
        return f"{os.sep}." not in real[len(top) :]

    def _holds_interest(self, spot: Spot, real: str) -> bool:
        return self._is_of_interest(spot, real) or any(_is_within(file, real) for file in self._files)


class _Alarm(logging.Handler):
    """Hears what watchdog only logs: that it lost events, or couldn't do what it should (watchdog #654)."""

    def __init__(self, sound: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._sound = sound

    def emit(self, record: logging.LogRecord) -> None:
        # A thread of theirs says this whenever it is ended.
        if "thread is inactive" not in record.getMessage():
            self._sound()


def _places(path: Path) -> set[str]:
    """What events may call a path: its name in its real folder, and what it leads to if it is a link."""
    return {str(path.parent.resolve() / path.name), os.path.realpath(path)}


def _folders(extra: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """The folders to watch for what is watched besides, and whether with all that is in them.

    A file is watched through its folder, for to save it an editor may put another in its place.
    """
    for path in extra:
        if path.is_dir():
            yield path, True
        else:
            yield from {(Path(place).parent, False) for place in _places(path)}


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _is_temporary(path: str) -> bool:
    """Whether an editor names a file like this on the way to a save; hidden ones aside."""
    return path.endswith(("~", ".tmp", ".TMP", ".swp", ".swx", ".crswap", f"{os.sep}4913"))
