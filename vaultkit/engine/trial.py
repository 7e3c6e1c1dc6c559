"""Applying a function to items that may be hostile: each ends in a result or in a Failure, within its time."""

from __future__ import annotations

import gc
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Literal, NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Reason = Literal["raised", "slow", "died"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result: its function raised, took too long, or ended the process."""

    reason: Reason
    detail: str = ""
    """The traceback, or what else is known: for a bug report, not for a reader."""


Limits = tuple[tuple[int, float], ...]
"""Timers to run while an item is tried, with their seconds of CPU time."""


def soft(seconds: float) -> Limits:
    """Interrupts Python code, and regular expressions, after *seconds*; code in C goes on."""
    return ((signal.ITIMER_PROF, seconds),) if hasattr(signal, "setitimer") else ()


def hard(seconds: float) -> Limits:
    """Besides, ends the process some time later, which stops anything: only for a process that may be lost."""
    return (*soft(seconds), (signal.ITIMER_VIRTUAL, 1.5 * seconds)) if hasattr(signal, "setitimer") else ()


def results(fn: Callable[[T], R], items: Sequence[T], limits: Limits) -> list[R | Failure]:
    """What *fn* makes of each item. Limits hold only in a process's main thread: elsewhere no signal arrives.

    The garbage collector rests meanwhile: parsing makes many objects and few
    cycles, so that looking for them takes a tenth of the time and finds little.
    """
    with collector_at_rest(), _timers(limits) as timers:
        return [_result(fn, item, timers) for item in items]


def _result(fn: Callable[[T], R], item: T, timers: Limits) -> R | Failure:
    try:
        _start(timers)
        try:
            return fn(item)
        finally:
            _stop(timers)
    except _TooSlow:
        # The timer may have run out within the `finally` above, and is then still set.
        _stop(timers)
        return Failure("slow", f"took more than {timers[0][1]:g} s of CPU time")
    except Exception:  # noqa: BLE001  (the boundary at which a bug in one item's way stops being everyone's)
        return Failure("raised", traceback.format_exc())


class _TooSlow(BaseException):
    """Derived from BaseException, so that no `except Exception` on its way takes it for a failure of its own."""


def _start(timers: Limits) -> None:
    for timer, seconds in timers:
        # Repeated every second, for an exception raised in a destructor or a callback of C code is lost.
        signal.setitimer(timer, seconds, 1.0)


def _stop(timers: Limits) -> None:
    for timer, _ in timers:
        signal.setitimer(timer, 0)


@contextmanager
def _timers(limits: Limits) -> Iterator[Limits]:
    """Be ready for the soft limit's signal; the hard one's is left to end the process, as is its default."""
    if not limits or threading.current_thread() is not threading.main_thread():
        yield ()
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    try:
        yield limits
    finally:
        signal.signal(signal.SIGPROF, before if before is not None else signal.SIG_DFL)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _TooSlow


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without garbage collection: where many values are made and no cycles, looking for these is lost time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
