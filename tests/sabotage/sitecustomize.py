"""On the path of a real build: notes that bear a mark do to their process what no note is known to do by itself.

Python imports this at its start, in each worker too. Nothing is replaced by
something that pretends: the process is killed, its stack overflows, it hangs.
"""

import itertools
import os
import signal
import sys
from typing import Any

from vaultkit.parse import note

read = note._note


def _overflow() -> None:
    """What a recursion in C does: the stack ends, and the kernel ends the process."""
    nested: list[object] = []
    for _ in range(5_000_000):
        nested = [nested]
    sys.setrecursionlimit(10**9)
    repr(nested)


def _sabotaged(source: Any, decoded: Any, syntax: Any) -> object:
    data = source.data
    if b"VK-KILL" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"VK-STACK" in data:
        _overflow()
    if b"VK-EXIT" in data:
        os._exit(0)
    if b"VK-RAISE" in data:
        raise RuntimeError("a mistake of ours")
    if b"VK-RECURSE" in data:
        return _sabotaged(source, decoded, syntax)
    while b"VK-LOOP" in data:
        pass
    if b"VK-C" in data:
        sum(itertools.repeat(1))
    return read(source, decoded, syntax)


if "VAULTKIT_SABOTAGE" in os.environ:
    note._note = _sabotaged
