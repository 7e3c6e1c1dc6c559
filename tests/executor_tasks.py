"""What the tests of the executors ship to workers: it must be importable there."""

from __future__ import annotations

import itertools
import os
import re
import signal

from vaultkit.engine.trial import Failure


def shout(item: str) -> bytes:
    """The item in capitals; some items misbehave instead."""
    match item:
        case "raise":
            raise ValueError("no good")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "loop":
            while True:
                pass
        case "stubborn":
            while True:
                try:
                    itertools.count().__next__()
                except Exception:  # noqa: BLE001  (that is its stubbornness)
                    continue
        case "regex":
            re.match(r"(a+)+b", "a" * 60)
        case "c":
            sum(itertools.repeat(1))
        case "wait":
            os.read(os.pipe()[0], 1)
    return item.upper().encode()


def pid(item: str) -> int:
    return os.getpid()


def meet(end: tuple[str, str]) -> str:
    """Open one end of a FIFO, which goes on once somebody else opens the other."""
    path, mode = end
    with open(path, mode):
        return mode


def unshippable(item: str) -> object:
    return lambda: item


def stand_in(item: str, failure: Failure) -> bytes:
    return f"{item} {failure.reason}".encode()
