"""Promise 7, any input: four times the text takes at most six times the work, whatever it consists of.

With all other tests, calls are counted: they are the same on any machine, but
don't show what regular expressions and libraries in C do. `make trust` takes
CPU time at 16 and 64 kB, the least of several tries in turn.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from types import FrameType

import fuzzing
import patterns
import pytest
from sizes import IS_FULL

SIZE = int(os.environ.get("VAULTKIT_SCALING_SIZE", "16_000"))
COUNTED = 600
"""The smaller size where calls are counted."""

TRIES = 5
BOUND = 6.0
NOTHING = 0.01
"""CPU seconds for the larger size below which a ratio tells of noise alone."""

Run = Callable[[str], object]


def read(text: str) -> None:
    """A note parsed, remembered, and read for its links, facts, events and tables."""
    fuzzing.note((text.encode(), 0))


def build(text: str) -> None:
    """A site that has this note, with every page of it."""
    fuzzing.vault((b"{}", text.encode()))


def assert_in_proportion(run: Run, make: Callable[[int], str]) -> None:
    run(make(500))
    if IS_FULL:
        small, large = times(run, make(SIZE), make(4 * SIZE))
        assert large < NOTHING or large <= BOUND * small, f"{small:.3f} s, then {large:.3f} s"
    else:
        small, large = (calls(run, make(size)) for size in (COUNTED, 4 * COUNTED))
        assert large <= BOUND * small, f"{small} calls, then {large}"


def times(run: Run, small: str, large: str) -> tuple[float, float]:
    """The least CPU times for both."""
    least = [float("inf"), float("inf")]
    for _ in range(TRIES):
        for at, text in enumerate((small, large)):
            gc.collect()
            forget()
            began = time.process_time()
            run(text)
            least[at] = min(least[at], time.process_time() - began)
        if least[1] <= 0.8 * BOUND * least[0]:
            break
    return least[0], least[1]


def calls(run: Run, text: str) -> int:
    """How many functions are called, those in C too."""
    n = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal n
        n += event.endswith("call")

    forget()
    sys.setprofile(count)
    try:
        run(text)
    finally:
        sys.setprofile(None)
    return n


def forget() -> None:
    """Empty the caches of what was read, or a text would be read once and remembered."""
    own = ("vaultkit.knowledge", "vaultkit.search", "vaultkit.words", "vaultkit.urls", "vaultkit.links")
    for name, module in list(sys.modules.items()):
        for thing in vars(module).values() if name.startswith(own) else ():
            if hasattr(thing, "cache_parameters") and thing.cache_parameters()["maxsize"]:
                thing.cache_clear()


@pytest.mark.parametrize("name", patterns.NAMES)
def test_reading_grows_with_the_text(name: str) -> None:
    assert_in_proportion(read, lambda size: patterns.text(name, size))


@pytest.mark.parametrize("name", patterns.MADE)
def test_a_site_grows_with_the_text(name: str) -> None:
    assert_in_proportion(build, lambda size: patterns.text(name, size))


def test_work_that_grows_with_the_square_would_be_seen() -> None:
    def each_with_each(text: str) -> None:
        for one in text[::20]:
            for other in text[::20]:
                one.find(other)

    with pytest.raises(AssertionError):
        assert_in_proportion(each_with_each, "x".__mul__)
