"""Where a function is applied to many items: here, in worker processes, or on somebody else's executor.

Results come in the order of the items, and every item has one: where the
function raises, takes too long or takes its process down with it, the caller's
`on_failure` supplies what stands in. What is shipped to other processes must be
importable there: top-level functions, or `functools.partial` of them.

Results travel best as bytes. Documents of 4,000 notes cost the workers 0.55 CPU s
to send as objects, 0.09 to encode as msgpack, and equally much to read back; the
same bytes then serve as the memo's values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent import futures
from contextlib import suppress
from itertools import chain, groupby
from typing import Protocol, TypeVar

from vaultkit.engine.trial import Failure, results, soft
from vaultkit.engine.workers import Workers

__all__ = ["Executor", "Failure", "borrowed", "here", "pool"]

T = TypeVar("T")
R = TypeVar("R")

SECONDS = 10.0
"""CPU time that one item may take."""

BATCH_ITEMS, BATCH_WEIGHT = 64, 1_000_000
"""A batch is full at either: about 0.2 to 1 s of parsing, against which shipping it counts for nothing."""

POOL_ITEMS, POOL_WEIGHT = 200, 2_000_000
"""From either on, starting workers (0.25 CPU s) pays."""

HEAVY = 200_000
"""Weight from which an item is tried in a worker even if it is the only one: nothing lighter can take 10 s."""


class Executor(Protocol):
    """How a function is applied to many items."""

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T],
        weight: Callable[[T], int],
        on_failure: Callable[[T, Failure], R],
    ) -> Iterator[R]:
        """The function's results in the order of *items*, which are read once and only a little ahead."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user may want to know: that there are no processes where there should be."""
        ...

    def close(self) -> None:
        """Let go of processes. What is mapped afterwards starts them again."""
        ...


def here(seconds: float = SECONDS) -> Executor:
    """In this process and thread.

    In the main thread an item is interrupted after *seconds* of CPU time, unless
    it is stuck in C code; in other threads it isn't, and nowhere can an item be
    survived that ends the process.
    """
    return _Here(seconds)


def pool(jobs: int, preload: Sequence[str] = (), seconds: float = SECONDS) -> Executor:
    """In up to *jobs* worker processes, once there is enough to do.

    Few and light items are tried here: one edited note should not wait for a
    process to start. Heavy ones go to a worker in any case, for they are the ones
    that can take for ever.

    Args:
        preload: Modules that workers have ready, imported once for all of them.
    """
    return _Pool(max(jobs, 1), Workers(max(jobs, 1), tuple(preload), seconds), seconds)


def borrowed(executor: futures.Executor, ahead: int = 64, seconds: float = SECONDS) -> Executor:
    """On an executor of the caller's, which stays the caller's to shut down: of threads, of Dask, of Ray.

    Where it loses a batch (a worker was killed, a node went away), a process of
    ours tries that batch. An executor that remembers results by argument must be
    told not to: `client.get_executor(pure=False)` for Dask.

    Args:
        ahead: Batches that are under way at once; more than the executor has workers.
    """
    return _Borrowed(executor, ahead, Workers(1, (), seconds), seconds)


class _Here:
    def __init__(self, seconds: float) -> None:
        self._limits = soft(seconds)

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T],
        weight: Callable[[T], int],
        on_failure: Callable[[T, Failure], R],
    ) -> Iterator[R]:
        for batch in _batches(items, weight):
            yield from _settled(batch, results(fn, batch, self._limits), on_failure)

    @property
    def notices(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        pass


class _Pool:
    def __init__(self, jobs: int, workers: Workers, seconds: float) -> None:
        self._jobs, self._workers, self._here = jobs, workers, _Here(seconds)

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T],
        weight: Callable[[T], int],
        on_failure: Callable[[T, Failure], R],
    ) -> Iterator[R]:
        items = iter(items)
        first = [] if self._jobs == 1 else _first(items, weight)
        if _is_much(first, weight):
            batches = _batches(chain(first, items), weight)
            yield from self._spread(fn, batches, on_failure)
            return
        for is_heavy, run in groupby(chain(first, items), lambda item: weight(item) > HEAVY):
            if is_heavy:
                yield from self._spread(fn, ([item] for item in run), on_failure)
            else:
                yield from self._here.map(fn, run, weight, on_failure)

    def _spread(
        self, fn: Callable[[T], R], batches: Iterable[Sequence[T]], on_failure: Callable[[T, Failure], R]
    ) -> Iterator[R]:
        for batch, outcomes in self._workers.outcomes(fn, batches):
            yield from _settled(batch, outcomes, on_failure)

    @property
    def notices(self) -> tuple[str, ...]:
        return self._workers.notices

    def close(self) -> None:
        self._workers.close()


class _Borrowed:
    def __init__(self, executor: futures.Executor, ahead: int, own: Workers, seconds: float) -> None:
        self._executor, self._ahead, self._own, self._limits = executor, ahead, own, soft(seconds)

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T],
        weight: Callable[[T], int],
        on_failure: Callable[[T, Failure], R],
    ) -> Iterator[R]:
        window: deque[tuple[list[T], futures.Future[list[R | Failure]] | None]] = deque()
        batches = _batches(items, weight)
        try:
            while True:
                while len(window) < self._ahead and (batch := next(batches, None)):
                    window.append((batch, self._submit(fn, batch)))
                if not window:
                    return
                batch, future = window.popleft()
                yield from _settled(batch, self._outcomes(fn, batch, future), on_failure)
        finally:
            for _, future in window:
                if future:
                    future.cancel()

    def _submit(self, fn: Callable[[T], R], batch: Sequence[T]) -> futures.Future[list[R | Failure]] | None:
        try:
            return self._executor.submit(results, fn, batch, self._limits)
        except RuntimeError:
            # Broken by a worker's death, or shut down.
            return None

    def _outcomes(
        self, fn: Callable[[T], R], batch: Sequence[T], future: futures.Future[list[R | Failure]] | None
    ) -> Iterable[R | Failure]:
        with suppress(futures.CancelledError):
            if future is not None and future.exception() is None:
                return future.result()
        return chain.from_iterable(outcomes for _, outcomes in self._own.outcomes(fn, [batch]))

    @property
    def notices(self) -> tuple[str, ...]:
        return self._own.notices

    def close(self) -> None:
        self._own.close()


def _batches(items: Iterable[T], weight: Callable[[T], int]) -> Iterator[list[T]]:
    """Items in lists that are worth shipping; one that is too heavy for any list is alone in its own."""
    batch: list[T] = []
    total = 0
    for item in items:
        own = weight(item)
        if batch and (len(batch) >= BATCH_ITEMS or total + own > BATCH_WEIGHT):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += own
    if batch:
        yield batch


def _first(items: Iterator[T], weight: Callable[[T], int]) -> list[T]:
    """Items from the front until they are enough for a pool, or all."""
    first: list[T] = []
    total = 0
    for item in items:
        first.append(item)
        total += weight(item)
        if len(first) >= POOL_ITEMS or total >= POOL_WEIGHT:
            break
    return first


def _is_much(first: Sequence[T], weight: Callable[[T], int]) -> bool:
    return len(first) >= POOL_ITEMS or sum(map(weight, first)) >= POOL_WEIGHT


def _settled(batch: Sequence[T], outcomes: Iterable[R | Failure], on_failure: Callable[[T, Failure], R]) -> Iterator[R]:
    for item, outcome in zip(batch, outcomes, strict=True):
        yield on_failure(item, outcome) if isinstance(outcome, Failure) else outcome
