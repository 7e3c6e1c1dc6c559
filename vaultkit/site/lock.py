"""One build at a time per output folder: a lock that the system frees when its holder ends, however that happens."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from vaultkit.diagnostics import RefusedError
from vaultkit.site.disk import trying

LOCK = ".vaultkit.lock"
PATIENCE = 30.0
"""Seconds to wait for another build."""


class Lock:
    """Held from creation to `release`."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        path = folder / LOCK
        self._handle = _opened(path)
        try:
            _wait(self._handle, folder, patience)
            while not _leads_to(path, self._handle):
                # Whoever held it has removed it with the site, and the next to come holds another.
                os.close(self._handle)
                self._handle = _opened(path)
                _wait(self._handle, folder, patience)
        except BaseException:
            os.close(self._handle)
            raise
        with contextlib.suppress(OSError):
            # A courtesy to others, for which a disk may be too full.
            os.ftruncate(self._handle, 0)
            os.write(self._handle, str(os.getpid()).encode())

    def release(self) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
        os.close(self._handle)


@contextlib.contextmanager
def held(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """The lock of a folder, while the block runs."""
    with trying(str(folder)):
        lock = Lock(folder, patience)
    try:
        yield
    finally:
        lock.release()


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _leads_to(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _wait(handle: int, folder: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _try_lock(handle):
        if time.monotonic() > deadline:
            holder = os.pread(handle, 20, 0).decode(errors="replace") if hasattr(os, "pread") else ""
            who = f" (process {holder})" if holder.isdigit() else ""
            raise RefusedError(f"another build is writing to {folder}{who}: try later")
        time.sleep(0.05)


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
