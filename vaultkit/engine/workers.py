"""Worker processes that may die or hang: each batch comes back whole, its guilty items as Failures.

Each worker has a pipe of its own and one task at a time, so that its death
concerns that task and no other; `concurrent.futures.ProcessPoolExecutor` loses
everything that is under way and can't tell which item was to blame. A worker
whose pipe closes exits, so none outlives this process, however it ends.

Workers come from a fork server with the modules preloaded. Measured for 2 and 8
workers, in CPU s: fork 0.03 and 0.08, fork server 0.25 and 0.27, spawn 0.40 and
1.55. Plain fork would copy this process's threads' locks, the memo's connection
and the output's lock into the workers, which none of them bears.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, TypeVar, cast

from vaultkit.engine.trial import Failure, hard, results, soft

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 16
"""Batches per worker that may be under way or wait behind a slow one."""

PATIENCE = 12
"""Wall time that a task may take, as a multiple of what one item may take of CPU time: for those that sleep."""

START = 60.0
"""Wall seconds that a worker may take until it is ready."""


class Workers:
    """Up to *jobs* processes, started when there is something to do."""

    def __init__(self, jobs: int, preload: tuple[str, ...], seconds: float) -> None:
        self.jobs = jobs
        self.seconds = seconds
        self.notice = ""
        """Why there are none, where they can't be started."""
        self._context = _context(preload)
        self._idle: list[_Worker] = []

    def outcomes(self, fn: Callable[[T], R], batches: Iterable[Sequence[T]]) -> Iterator[tuple[Sequence[T], list[Any]]]:
        """Each batch, in order, with a result or Failure for each of its items."""
        run = _Run(self, fn, iter(batches))
        try:
            yield from run.batches()
        finally:
            run.end()

    def hire(self) -> _Worker | None:
        """An idle worker or a new one; None if none can be started."""
        if self._idle:
            return self._idle.pop()
        if self.notice:
            return None
        try:
            return _Worker(self._context, self.seconds)
        except (OSError, RuntimeError, AssertionError) as error:
            # AssertionError is how multiprocessing says that daemons may not have children.
            self.give_up(str(error))
            return None

    @property
    def notices(self) -> tuple[str, ...]:
        return (self.notice,) if self.notice else ()

    def release(self, worker: _Worker) -> None:
        self._idle.append(worker)

    def give_up(self, why: str) -> None:
        self.notice = f"Worker processes can't be used ({why}), so that everything runs in one."

    def close(self) -> None:
        for worker in self._idle:
            worker.dismiss()
        self._idle.clear()


@dataclass(eq=False)
class _Batch:
    items: Sequence[Any]
    outcomes: list[Any]
    n_missing: int


@dataclass(eq=False)
class _Task:
    """A stretch of a batch, tried as one."""

    batch: _Batch
    start: int
    items: Sequence[Any]
    tries: int = 0

    def settle(self, outcomes: Sequence[Any]) -> None:
        self.batch.outcomes[self.start : self.start + len(outcomes)] = outcomes
        self.batch.n_missing -= len(outcomes)

    def one_by_one(self) -> list[_Task]:
        return [_Task(self.batch, self.start + n, [item], self.tries + 1) for n, item in enumerate(self.items)]


class _Run:
    """One function over many batches."""

    def __init__(self, crew: Workers, fn: Callable[[Any], Any], source: Iterator[Sequence[Any]]) -> None:
        self.crew, self.fn, self.source = crew, fn, source
        self.workers: list[_Worker] = []
        self.tasks: deque[_Task] = deque()
        self.window: deque[_Batch] = deque()

    def batches(self) -> Iterator[tuple[Sequence[Any], list[Any]]]:
        while True:
            self._assign()
            if self.window and not self.window[0].n_missing:
                batch = self.window.popleft()
                yield batch.items, batch.outcomes
            elif self.window:
                self._await()
            else:
                return

    def end(self) -> None:
        """Keep the workers that are free; those that are still busy work for nobody."""
        for worker in self.workers:
            if worker.task is None and worker.is_ready:
                self.crew.release(worker)
            else:
                worker.kill()

    def _assign(self) -> None:
        """Give every worker something to do, and hire as many as there are tasks for."""
        busy = sum(worker.task is not None for worker in self.workers)
        self._fetch(self.crew.jobs - busy)
        while len(self.workers) < min(self.crew.jobs, busy + len(self.tasks)) and (worker := self.crew.hire()):
            self.workers.append(worker)
        for worker in self.workers:
            if worker.is_ready and worker.task is None and self.tasks:
                worker.give(self.fn, self.tasks.popleft())
        if not self.workers and self.tasks:
            self._try_here(self.tasks.popleft())

    def _try_here(self, task: _Task) -> None:
        """For want of a worker; but what may have ended one must not end this process as well."""
        if task.tries:
            task.settle([Failure("died", self.crew.notice)] * len(task.items))
        else:
            task.settle(results(self.fn, task.items, soft(self.crew.seconds)))

    def _fetch(self, n: int) -> None:
        while len(self.tasks) < n and len(self.window) < AHEAD * self.crew.jobs:
            if (items := next(self.source, None)) is None:
                return
            batch = _Batch(items, [None] * len(items), len(items))
            self.window.append(batch)
            self.tasks.append(_Task(batch, 0, items))

    def _await(self) -> None:
        """Take what workers have to say, and lose patience with those that have said nothing for too long."""
        waiting = {worker.pipe: worker for worker in self.workers if worker.task or not worker.is_ready}
        if not waiting:
            return
        timeout = min(worker.deadline for worker in waiting.values()) - time.monotonic()
        heard = cast("list[Connection]", wait(list(waiting), max(timeout, 0)))
        for pipe in heard:
            self._hear(waiting[pipe])
        if not heard:
            for worker in waiting.values():
                if worker.deadline <= time.monotonic():
                    self._lose(worker, Failure("slow", "gave no sign of life for too long"))

    def _hear(self, worker: _Worker) -> None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._lose(worker, worker.cause_of_death())
            return
        task = worker.task
        match answer:
            case list():
                assert task is not None
                task.settle(answer)
                worker.task = None
            case _Unusable(why):
                assert task is not None
                self.crew.give_up(why)
                self.tasks.appendleft(task)
                worker.task = None
                self._lose(worker, Failure("died", why))
            case _:
                worker.is_ready = True

    def _lose(self, worker: _Worker, failure: Failure) -> None:
        """Do without the worker; what it was at is tried again one by one, and blamed at its second death."""
        self.workers.remove(worker)
        worker.kill()
        task = worker.task
        if not worker.is_ready:
            self.crew.give_up("they end at once")
        elif task is not None and task.tries and len(task.items) == 1:
            task.settle([failure])
        elif task is not None:
            self.tasks.extendleft(reversed(task.one_by_one()))


class _Worker:
    """A process, seen from here."""

    def __init__(self, context: BaseContext, seconds: float) -> None:
        self.task: _Task | None = None
        self.is_ready = False
        self._fn: Callable[[Any], Any] | None = None
        self._limits = hard(seconds)
        self._patience = PATIENCE * seconds
        self.deadline = time.monotonic() + START
        self.pipe, theirs = context.Pipe()
        try:
            self.process = context.Process(target=_work, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
            with _without_main():
                self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()

    def give(self, fn: Callable[[Any], Any], task: _Task) -> None:
        """Send a task; the function goes along only when it is another than last time."""
        self.task = task
        self.deadline = time.monotonic() + self._patience
        # If it died while idle, reading from its pipe will say so.
        with suppress(ConnectionError):
            self.pipe.send((None if fn is self._fn else fn, task.items, self._limits))
        self._fn = fn

    def cause_of_death(self) -> Failure:
        self.process.join(1)
        code = self.process.exitcode
        if code is not None and code == -getattr(signal, "SIGVTALRM", 0):
            return Failure("slow", "was stuck in code that can't be interrupted")
        return Failure("died", f"its worker ended with {_spelled(code)}")

    def dismiss(self) -> None:
        """Let it end by itself, as it does when its pipe closes."""
        self.pipe.close()
        self.process.join(2)
        self.kill()

    def kill(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


@dataclass(frozen=True, slots=True)
class _Unusable:
    """What a worker says that can't read its tasks, or send what comes of them."""

    why: str


def _work(pipe: Connection) -> None:
    """What a worker does, until its pipe closes."""
    # Ctrl-C reaches all processes of the terminal; the one that started this one deals with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    fn: Callable[[Any], Any] = bool
    try:
        pipe.send(True)
        while True:
            try:
                new, items, limits = pipe.recv()
                fn = new or fn
                pipe.send(results(fn, items, limits))
            except (AttributeError, ImportError, TypeError) as error:
                pipe.send(_Unusable(str(error)))
    except (EOFError, OSError):
        return


def _context(preload: tuple[str, ...]) -> BaseContext:
    if os.name != "posix":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    if preload:
        context.set_forkserver_preload(list(preload))
    return context


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the running script from multiprocessing, which would run it again in every worker.

    Workers need nothing of it, and a script that calls vaultkit at its top level,
    without `if __name__ == "__main__":`, would start workers of its own there.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _spelled(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"status {code}"
