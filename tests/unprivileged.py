"""Run a function as a user whom file permissions bind: root reads files of mode 000."""

from __future__ import annotations

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


def unprivileged(act: Callable[[], None]) -> None:
    """Call *act* in a child process that isn't root's, and fail if it fails."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert status == 0, "see the traceback above"
        return
    status = 1
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        act()
        status = 0
    except BaseException:  # noqa: BLE001  (whatever it is, the child must not go on as a second pytest)
        traceback.print_exc()
    finally:
        os._exit(status)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter and write to, which pytest's own isn't."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        for below in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
            below.chmod(0o700)
        shutil.rmtree(folder)
