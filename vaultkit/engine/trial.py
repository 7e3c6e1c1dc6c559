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
from typing import Literal, TypeVar

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
    with collector_at_rest(), _watched(limits) as watch:
        return [_result(fn, item, watch) for item in items]


def _result(fn: Callable[[T], R], item: T, watch: _Watch) -> R | Failure:
    try:
        watch.begin()
        try:
            return fn(item)
        finally:
            watch.is_on = False
    except _TooSlow:
        return Failure("slow", f"took more than {watch.seconds:g} s of CPU time")
    except Exception:  # noqa: BLE001  (the boundary at which a bug in one item's way stops being everyone's)
        return Failure("raised", traceback.format_exc())


class _TooSlow(BaseException):
    """Derived from BaseException, so that no `except Exception` on its way takes it for a failure of its own."""


TICKS = 10
"""How often a limit's time is looked at. To set a timer for each item asks the system for more than many items take."""


class _Watch:
    """Sees at each tick whether it is still the same item that is tried, and how long already."""

    def __init__(self, limits: Limits) -> None:
        self.seconds = limits[0][1] if limits else 0.0
        self.is_on = False
        self._limits = limits
        self._n_begun = self._seen = self._n_ticks = 0

    def begin(self) -> None:
        self._n_begun += 1
        self.is_on = True

    def start(self) -> None:
        """Set the timers: the first to tick, any other to end the process unless it is set again in time."""
        for n, (timer, seconds) in enumerate(self._limits):
            signal.setitimer(timer, seconds / TICKS if n == 0 else seconds, seconds / TICKS)

    def stop(self) -> None:
        for timer, _ in self._limits:
            signal.setitimer(timer, 0)

    def tick(self, _signal: int, _frame: FrameType | None) -> None:
        if self._seen != self._n_begun:
            self._seen, self._n_ticks = self._n_begun, 0
            self.start()
        self._n_ticks += 1
        # Raised at every tick from then on, for in a destructor or a callback of C code an exception is lost.
        if self.is_on and self._n_ticks > TICKS:
            raise _TooSlow


@contextmanager
def _watched(limits: Limits) -> Iterator[_Watch]:
    """Be ready for the soft limit's signal; the hard one's is left to end the process, as is its default."""
    if not limits or threading.current_thread() is not threading.main_thread():
        yield _Watch(())
        return
    watch = _Watch(limits)
    before = signal.signal(signal.SIGPROF, watch.tick)
    try:
        watch.start()
        yield watch
    finally:
        watch.stop()
        signal.signal(signal.SIGPROF, before if before is not None else signal.SIG_DFL)


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
