"""Executors give every item a result in its place, whatever the items do to the processes that try them."""

from __future__ import annotations

import functools
import gc
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor as FuturesExecutor
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from executor_tasks import meet, pid, shout, stand_in, unshippable
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultkit.engine import executors, workers
from vaultkit.engine.executors import Executor, borrowed, here, pool

SECONDS = 0.3
"""What an item may take in these tests."""

MANY = [f"item {n}" for n in range(300)]
SHOUTED = [item.upper().encode() for item in MANY]

ENDLESS = ["loop", "regex"]
STUCK = ["c", "wait"]
DEADLY = ["exit", "kill", "crash"]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    monkeypatch.setattr(workers, "PATIENCE", 4)
    executor = pool(2, preload=["executor_tasks"], seconds=SECONDS)
    yield executor
    executor.close()


def run(executor: Executor, items: list[str]) -> list[bytes]:
    return list(executor.map(shout, items, len, stand_in))


def with_bad(*bad: str) -> tuple[list[str], list[bytes]]:
    """Many items with bad ones among them, and the results of the others."""
    places = {(n + 1) * 41: item for n, item in enumerate(bad)}
    return [places.get(n, item) for n, item in enumerate(MANY)], [s for n, s in enumerate(SHOUTED) if n not in places]


def without_bad(outcomes: list[bytes], *bad: str) -> list[bytes]:
    return [o for o in outcomes if o.split()[0].decode() not in bad]


# -- the same everywhere --------------------------------------------------------


def test_results_come_in_the_order_of_the_items(two: Executor) -> None:
    assert run(two, MANY) == SHOUTED


def test_every_executor_gives_the_same(two: Executor) -> None:
    items, _ = with_bad("raise", "loop")
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        expected = run(here(SECONDS), items)
        assert run(two, items) == expected
        assert run(borrowed(processes, seconds=SECONDS), items) == expected
        calm = [item for item in items if item != "loop"]
        # Threads can't be interrupted, so they get what ends by itself.
        assert run(borrowed(threads, ahead=2), calm) == run(here(), calm)


@settings(max_examples=30)
@given(weights=st.lists(st.integers(0, 700_000), max_size=300), jobs=st.sampled_from([1, 2]))
def test_no_item_is_lost_or_moved_whatever_the_weights(weights: list[int], jobs: int) -> None:
    executor = _shared(jobs)
    items = [(n, weight) for n, weight in enumerate(weights)]
    outcomes = executor.map(functools.partial(max, (-1, 0)), items, lambda item: item[1], lambda item, _: item)
    assert list(outcomes) == items


@functools.cache
def _shared(jobs: int) -> Executor:
    return pool(jobs)


def test_nothing_maps_to_nothing(two: Executor) -> None:
    assert run(two, []) == run(here(), []) == []


# -- who does it ----------------------------------------------------------------


def test_few_light_items_are_tried_here(two: Executor) -> None:
    assert set(two.map(pid, MANY[:100], len, stand_in)) == {os.getpid()}


def test_many_items_go_to_workers(two: Executor) -> None:
    pids = set(two.map(pid, MANY * 4, len, stand_in))
    assert os.getpid() not in pids
    assert len(pids) <= 2


def test_workers_work_at_the_same_time(two: Executor, tmp_path: Path) -> None:
    fifo = str(tmp_path / "fifo")
    os.mkfifo(fifo)
    ends = [(fifo, "w"), (fifo, "r")]
    assert list(two.map(meet, ends, lambda _: 300_000, lambda end, failure: failure.detail)) == ["w", "r"]


def test_few_items_that_weigh_much_are_spread_too(two: Executor) -> None:
    assert os.getpid() not in two.map(pid, MANY[:100], lambda _: 50_000, stand_in)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_heavy_item_goes_to_a_worker_even_if_alone(jobs: int) -> None:
    executor = pool(jobs)
    pids = list(executor.map(pid, ["light", "heavy", "light"], lambda item: 300_000 * (item == "heavy"), stand_in))
    assert [p == os.getpid() for p in pids] == [True, False, True]
    executor.close()


def test_one_job_means_this_process(two: Executor) -> None:
    assert set(pool(1).map(pid, MANY, len, stand_in)) == {os.getpid()}


def test_workers_are_kept_from_one_map_to_the_next(two: Executor) -> None:
    # On a busy machine one of them may do all the work of a map.
    seen = {number for _ in range(3) for number in two.map(pid, MANY, len, stand_in)}
    assert len(seen) <= 2
    two.close()
    assert seen.isdisjoint(two.map(pid, MANY, len, stand_in))


def test_items_are_read_only_a_little_ahead(two: Executor) -> None:
    read = 0

    def items() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "item"

    outcomes = two.map(shout, items(), len, stand_in)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert read < 2 * (workers.AHEAD + 1) * executors.BATCH_ITEMS + executors.POOL_ITEMS


def test_two_maps_may_run_side_by_side(two: Executor) -> None:
    pairs = zip(two.map(shout, MANY, len, stand_in), two.map(shout, MANY, len, stand_in), strict=True)
    assert list(pairs) == list(zip(SHOUTED, SHOUTED, strict=True))


# -- items that misbehave -------------------------------------------------------


@pytest.mark.parametrize("bad", ["raise", *ENDLESS, *DEADLY, *STUCK])
def test_a_bad_item_among_many_costs_only_itself(two: Executor, bad: str) -> None:
    items, good = with_bad(bad)
    outcomes = run(two, items)
    reason = {"raise": "raised"}.get(bad, "died" if bad in DEADLY else "slow")
    assert outcomes[41] == f"{bad} {reason}".encode()
    assert without_bad(outcomes, bad) == good


def test_several_deadly_items_are_all_found(two: Executor) -> None:
    items, good = with_bad(*DEADLY, "raise")
    outcomes = run(two, items)
    assert [outcomes[41 * n] for n in (1, 2, 3, 4)] == [b"exit died", b"kill died", b"crash died", b"raise raised"]
    assert without_bad(outcomes, *DEADLY, "raise") == good


@pytest.mark.parametrize("bad", ["raise", *ENDLESS])
def test_here_survives_what_python_can_interrupt(bad: str) -> None:
    outcomes = run(here(SECONDS), ["a", bad, "b"])
    assert outcomes == [b"A", f"{bad} {'raised' if bad == 'raise' else 'slow'}".encode(), b"B"]


def test_swallowing_exceptions_does_not_defeat_the_limit() -> None:
    assert run(here(SECONDS), ["stubborn"]) == [b"stubborn slow"]


@pytest.mark.parametrize("bad", [*DEADLY, *STUCK])
def test_a_heavy_deadly_item_alone_is_survived(two: Executor, bad: str) -> None:
    outcomes = list(two.map(shout, ["a", bad, "b"], lambda item: 300_000 * (item == bad), stand_in))
    assert outcomes == [b"A", f"{bad} {'died' if bad in DEADLY else 'slow'}".encode(), b"B"]


def test_a_failure_carries_the_traceback() -> None:
    details: list[str] = []

    def remember(item: str, failure: executors.Failure) -> bytes:
        details.append(failure.detail)
        return b""

    list(here().map(shout, ["raise"], len, remember))
    assert details[0].startswith("Traceback")
    assert 'ValueError("no good")' in details[0]


def test_a_worker_killed_from_outside_costs_nothing(two: Executor) -> None:
    outcomes = two.map(pid, MANY * 4, len, stand_in)
    victim = next(outcomes)
    os.kill(victim, signal.SIGKILL)
    rest = list(outcomes)
    assert len(rest) == len(MANY) * 4 - 1
    assert all(isinstance(each, int) for each in rest)
    # An idle one likewise.
    os.kill(rest[-1], signal.SIGKILL)
    assert run(two, MANY) == SHOUTED


def test_a_borrowed_executor_that_breaks_is_replaced() -> None:
    items, good = with_bad("kill")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        executor = borrowed(processes, seconds=SECONDS)
        outcomes = run(executor, items)
        executor.close()
    assert outcomes[41] == b"kill died"
    assert without_bad(outcomes, "kill") == good


def test_a_borrowed_executor_that_is_shut_down_is_replaced() -> None:
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    executor = borrowed(threads)
    assert run(executor, MANY) == SHOUTED
    executor.close()


class Forgetful(FuturesExecutor):
    """Loses every second task, as a cluster does whose nodes go away."""

    def __init__(self) -> None:
        self.n = 0

    def submit(self, fn, /, *args, **kwargs):
        self.n += 1
        future: Future[object] = Future()
        if self.n % 4 == 0:
            future.cancel()
        elif self.n % 2 == 0:
            future.set_exception(ConnectionError("the node went away"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_batches_that_a_borrowed_executor_loses_are_tried_again() -> None:
    executor = borrowed(Forgetful())
    assert run(executor, MANY) == SHOUTED
    executor.close()


def test_workers_that_can_not_be_had_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", _no_more_processes)
    executor = pool(2)
    assert executor.notices == ()
    assert run(executor, MANY) == SHOUTED
    assert executor.notices == (
        "Worker processes can't be used (Resource temporarily unavailable), so that everything runs in one.",
    )


def test_executors_that_work_have_nothing_to_say(two: Executor) -> None:
    threads = ThreadPoolExecutor(1)
    for executor in (two, here(), borrowed(threads)):
        assert run(executor, MANY) == SHOUTED
        assert executor.notices == ()
    threads.shutdown()


def _no_more_processes(process: object) -> None:
    raise BlockingIOError("Resource temporarily unavailable")


def test_what_can_not_be_sent_back_is_computed_here(two: Executor) -> None:
    outcomes = list(two.map(unshippable, MANY, len, stand_in))
    assert [outcome() for outcome in outcomes] == MANY


def test_what_can_not_be_sent_is_the_callers_mistake(two: Executor) -> None:
    with pytest.raises((AttributeError, TypeError)):
        list(two.map(lambda item: item, MANY, len, stand_in))
    assert run(two, MANY) == SHOUTED


# -- what is left behind ----------------------------------------------------------


def test_no_process_and_no_descriptor_is_left_behind() -> None:
    def once() -> None:
        items, _ = with_bad("kill", "raise")
        executor = pool(2, seconds=SECONDS)
        assert len(run(executor, items)) == len(MANY)
        executor.close()

    def left() -> tuple[int, int]:
        return sum(1 for _ in Path("/proc/self/fd").iterdir()), len(multiprocessing.active_children())

    once()  # Starts the fork server, which stays.
    before = left()
    for _ in range(3):
        once()
    assert left() == before


def test_a_map_left_early_leaves_no_busy_worker(two: Executor) -> None:
    outcomes = two.map(shout, MANY * 20, len, stand_in)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert run(two, MANY) == SHOUTED


def test_the_garbage_collector_and_the_signal_are_as_before() -> None:
    handler = signal.getsignal(signal.SIGPROF)
    run(here(SECONDS), ["a", "raise", "loop"])
    assert gc.isenabled()
    assert signal.getsignal(signal.SIGPROF) == handler
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_other_threads_may_map_as_well(two: Executor) -> None:
    found: list[list[bytes]] = []
    thread = threading.Thread(target=lambda: found.extend([run(here(), MANY), run(two, MANY)]))
    thread.start()
    thread.join()
    assert found == [SHOUTED, SHOUTED]


SCRIPT = """
import os, sys
from executor_tasks import meet, pid, stand_in
from vaultkit.engine.executors import pool

print("top level")
outcomes = pool(2).map(pid, ["item"] * 1000, len, stand_in)
print("worker", next(outcomes), flush=True)
if "die" in sys.argv:
    os.kill(os.getpid(), 9)
print(len(list(outcomes)))
"""


def script(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(p) for p in _import_path())}
    command = [sys.executable, str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def _import_path() -> tuple[Path, Path]:
    return Path(__file__).parent, Path(executors.__file__).parents[2]


def test_a_script_without_a_main_guard_may_use_a_pool(tmp_path: Path) -> None:
    done = script(tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "top level"
    assert done.stdout.splitlines()[2:] == ["999"]


def test_workers_do_not_outlive_a_killed_process(tmp_path: Path) -> None:
    # The pipes of standard output end only when the last process that has them does.
    done = script(tmp_path, "die")
    assert done.returncode == -signal.SIGKILL
    assert has_ended(int(done.stdout.split()[-1]))


def has_ended(process: int) -> bool:
    """Whether a process is gone, or will be within moments: it lets go of its pipes a little before it ends."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10.0)[0])
    finally:
        os.close(handle)
