"""Promise 7, any input: odd texts, each taken the whole way, raise nothing and take no longer than a second.

`make trust` tries a million. `VAULTKIT_FUZZ_INPUTS` and `VAULTKIT_FUZZ_SEED`
say how many others, and which.
"""

from __future__ import annotations

import os

import fuzzing
import pytest
from fuzzing import TARGETS, Target
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import size

INPUTS = int(os.environ.get("VAULTKIT_FUZZ_INPUTS", size(3_000, 1_000_000)))
SEED = int(os.environ.get("VAULTKIT_FUZZ_SEED", "2026"))
PARTS = size(1, 4)
"""Into which each target's inputs are cut, for several processes to share."""

BY_NAME = {target.name: target for target in TARGETS}
by_name = pytest.mark.parametrize("name", BY_NAME)


@pytest.mark.parametrize("part", range(PARTS))
@by_name
def test_no_input_raises_or_takes_long(name: str, part: int) -> None:
    target = BY_NAME[name]
    faults = list(fuzzing.hunt(target, SEED, range(part, max(round(INPUTS * target.share), 3), PARTS)))
    assert not faults, "\n\n".join(map(str, faults[:5]))


@by_name
@settings(max_examples=size(3, 2_000))
@given(number=st.integers(0, 2**32))
def test_no_seed_leads_to_one(name: str, number: int) -> None:
    """Hypothesis chooses the numbers, and names the smallest that does harm."""
    with fuzzing.alarm():
        assert fuzzing.tried(BY_NAME[name], fuzzing.case(BY_NAME[name], SEED, number)) == ""


def test_all_inputs_are_shared_out() -> None:
    assert round(sum(target.share for target in TARGETS), 3) >= 1


# -- what was found ----------------------------------------------------------------

FOUND = {
    "digits that may be an amount": ("values", "9" * 9_000 + " usd %"),
    "amounts without end": ("values", "1.234,5" * 1_280),
    "signs without end": ("values", "~" * 9_000 + " usd"),
    "quotes of empty items": ("note", (b">+\na$$\n" * 1_300, 0)),
    "quotes of fences": ("note", (b">```\na\n" * 1_300, 0)),
    "currency in old letters": ("values", "5 uſd +ſ$5"),
    "month in old letters": ("values", "Auguſt 2024"),
    "season in Turkish letters": ("values", "sprıng 2024"),
    "operator in Turkish letters": ("query", "lınked:a lİnked:b"),
    "open elements": ("note", (b"<div>\n" * 1_500, 0)),
}
"""Inputs that once took more than a second, or as much as their length squared, by what was fuzzed."""


@pytest.mark.parametrize("case", FOUND)
def test_what_was_found_is_found_no_more(case: str) -> None:
    name, made = FOUND[case]
    with fuzzing.alarm():
        assert fuzzing.tried(BY_NAME[name], made) == ""


# -- the test can fail --------------------------------------------------------------


def _raise(made: str) -> None:
    if "[[" in made:
        raise ValueError(made)


def _dawdle(made: str) -> None:
    import time

    began = time.process_time()
    while "[[" in made and time.process_time() < began + fuzzing.SECONDS + 0.1:
        pass


@pytest.mark.parametrize(("run", "what"), [(_raise, "ValueError"), (_dawdle, "took 1")])
def test_a_fault_would_be_seen(run: object, what: str) -> None:
    target = Target("control", 1.0, BY_NAME["canvas"].make, run)
    faults = list(fuzzing.hunt(target, SEED, range(8 if run is _dawdle else 100)))
    assert faults
    assert all(what in fault.what for fault in faults)
