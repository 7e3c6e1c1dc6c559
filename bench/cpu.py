"""CPU seconds and memory of a command with all its processes, also those that outlive their parent."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36


class Cost(NamedTuple):
    seconds: float
    """User and system time of the command, its workers and their servers."""
    megabytes: float
    """Peak resident memory of its largest process."""
    code: int


def cost(*command: str | Path, log: Path | None = None) -> Cost:
    """Run *command* and say what it took; its output goes to *log*, if anywhere.

    Workers of a process pool are children of a fork server that nobody waits
    for, so their time would be lost; as "subreaper" this process inherits them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    quiet = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    child = os.posix_spawnp(
        str(command[0]),
        [str(part) for part in command],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)],
    )
    os.close(quiet)
    seconds, megabytes, code = 0.0, 0.0, 1
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return Cost(seconds, megabytes, code)
        seconds += usage.ru_utime + usage.ru_stime
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)


def vaultkit(*arguments: str | Path) -> Cost:
    """The cost of a `vaultkit` command of this checkout."""
    return cost(sys.executable, "-m", "vaultkit", *arguments)
