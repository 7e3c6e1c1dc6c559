"""Lets a real process follow a vault through storms, and compares the site after each with a clean build.

    python bench/storms.py --n 200 --seed 2026

The storms are those of `tests/storms.py`, over a vault of 1,200 notes: what
editors, sync clients and version control do, with real files and real events.
A tenth of the storms comes while the one before is still worked on. Prints the
CPU seconds of the process for each; ends with 1 if a site differs, or if the
process was still at work after 10 CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import storms  # noqa: E402  (tests/ is no package)
from storms import Follower, Place, Storm  # noqa: E402

NOTES = 1200

SLEEP = 3.0
"""Seconds for which the process is stopped."""


def long_sleep(place: Place, follower: Follower) -> None:
    """An overflow of events, and then some time without the process."""
    storms.overflow(place, follower, lambda: time.sleep(SLEEP))


def burst(place: Place, _: Follower) -> None:
    """Written again and again, for longer than the watcher waits."""
    notes, until = place.some(40), time.monotonic() + 2.5
    while time.monotonic() < until:
        place.edit(place.random.choice(notes))


def mounted_over(place: Place, follower: Follower) -> None:
    """Another file system in place of the vault, empty like the folder of a drive that was taken out."""
    before = storms.settled(place, follower)
    subprocess.run(["mount", "-t", "tmpfs", "none", place.root], check=True)
    try:
        follower.until_said("Most of the vault is gone", follower.said.count("Most of the vault is gone") + 1)
        follower.rest(8.0)
        if follower.tree() != before:
            raise AssertionError("the site changed while the vault was away")
    finally:
        subprocess.run(["umount", place.root], check=True)
    place.edit(place.some(1)[0])


def edited_from_outside(place: Place, follower: Follower) -> None:
    """By a name that lies outside the vault, of which there is no event: seen when all is looked at, once a minute."""
    storms.settled(place, follower)
    path = place.some(1)[0]
    second = place.beside / place.fresh
    second.hardlink_to(path)
    place.edit(second)
    clean = place.clean()
    follower.until(lambda: follower.tree() == clean, "the minute is over", 70.0)


HERE: tuple[Storm, ...] = (long_sleep, burst)
RARE: tuple[Storm, ...] = (edited_from_outside,)


def plan(n: int, random: Random) -> list[Storm]:
    """Every kind in turn, in an order that differs each time; the rare ones once."""
    kinds = [*storms.STORMS, *HERE, *([mounted_over] if _may_mount() else [])]
    drawn: list[Storm] = []
    while len(drawn) < n - len(RARE):
        drawn += random.sample(kinds, len(kinds))
    return [*drawn[: max(n - len(RARE), 1)], *RARE][:n]


def _may_mount() -> bool:
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False).returncode
        return mounted == 0 and subprocess.run(["umount", folder], check=False).returncode == 0


class Result(NamedTuple):
    n_equal: int
    costs: dict[str, list[float]]
    """CPU seconds by kind."""


def let_storm(drawn: list[Storm], place: Place, follower: Follower) -> Result:
    """One storm after the other; says what went wrong."""
    n_equal, costs = 0, defaultdict[str, list[float]](list)
    for n, storm in enumerate(drawn, 1):
        cpu = follower.cpu()
        try:
            if n % 10 == 0:
                storms.saves(place, follower)
            storm(place, follower)
            storms.settled(place, follower)
        except (AssertionError, OSError) as error:
            print(f"{n:4} {storm.__name__}: {error}", flush=True)
            if follower.process.poll() is not None:
                follower.start()
            follower.rest()
        else:
            n_equal += 1
            costs[storm.__name__].append(follower.cpu() - cpu)
        if n % 3 == 0 or storm is storms.half_removed:
            # So that the vault stays what it is; a storm of its own, which is compared with the next one.
            place.restore()
        _swept(place)
        if n % 20 == 0:
            print(f"{n:4} storms, {n_equal} equal", flush=True)
    storms.settled(place, follower)
    return Result(n_equal, costs)


def main() -> None:
    parser = argparse.ArgumentParser(description="Storms over a vault that a process follows.")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--notes", type=int, default=NOTES)
    parser.add_argument("--jobs", type=int, default=1, help="The CPU time of workers that have ended isn't seen.")
    options = parser.parse_args()
    # A shell that runs this in the background has it ignore Ctrl-C, and so would the process.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random, began = Random(options.seed), time.monotonic()
    drawn = plan(options.n, random)
    folder = Path(tempfile.mkdtemp(prefix="storms-"))
    place = Place(folder, options.notes, random)
    follower = Follower(place.root, folder / "follower", jobs=options.jobs)
    try:
        storms.settled(place, follower)
        print(f"{len(place.notes):,} notes; first build {follower.cpu():.2f} CPU s", flush=True)
        n_equal, costs = let_storm(drawn, place, follower)
        bug = follower.bug
        code, seconds = follower.interrupt()
        is_whole = follower.tree() == place.clean()
    finally:
        follower.close()
        shutil.rmtree(folder)
    for name, each in sorted(costs.items(), key=lambda entry: -max(entry[1])):
        print(f"  {name:28} {len(each):3} times  {sum(each) / len(each):6.2f} CPU s  at most {max(each):6.2f}")
    every = sorted(cost for each in costs.values() for cost in each) or [0.0]
    p50, p95 = every[len(every) // 2], every[len(every) * 95 // 100]
    print(f"CPU s per storm: p50 {p50:.2f}, p95 {p95:.2f}, at most {every[-1]:.2f}")
    print(
        f"interrupted: code {code}, {seconds:.2f} s, site {'whole' if is_whole else 'NOT WHOLE'}; {bug or 'no traceback'}"
    )
    print(f"{n_equal} of {len(drawn)} equal to a clean build, in {time.monotonic() - began:.0f} s")
    sys.exit(n_equal < len(drawn) or code != 0 or bool(bug) or not is_whole)


def _swept(place: Place) -> None:
    """Copies of the vault that were moved away needn't fill the disk."""
    for path in place.beside.iterdir():
        if path.name != "clean":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    main()
