"""The real command, killed when it is about to change something on disk for the n-th time: `kill_at.py N build …`."""

from __future__ import annotations

import os
import runpy
import signal
import sys
from typing import Any

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "sqlite3.connect"}


def kill_at(moment: int) -> None:
    """Let this process be killed at a moment to come: Python announces what it is about to do in audit events."""
    left = [moment]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE):
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

    sys.addaudithook(watch)


if __name__ == "__main__":
    kill_at(int(sys.argv.pop(1)))
    runpy.run_module("vaultkit", run_name="__main__", alter_sys=True)
