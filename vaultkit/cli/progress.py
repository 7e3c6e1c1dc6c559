"""How far a build is: a bar on a terminal, a line now and then elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from vaultkit.cli.console import console, tell

Tick = Callable[[str, int, int], None]
"""Called with a stage, what is done of it, and what there is to do."""

MANY = 1_000
"""A stage with fewer rows than this is told once, when it is done; a longer one five times."""


@contextmanager
def progress() -> Iterator[Tick]:
    if not console(sys.stderr).is_terminal:
        yield lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(sys.stderr), transient=True) as shown:
        yield _bars(shown)


def _bars(shown: Progress) -> Tick:
    tasks: dict[str, TaskID] = {}

    def tick(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = shown.add_task(stage, total=total)
        shown.update(tasks[stage], completed=done, total=total)

    return tick


def lines() -> Tick:
    said: dict[str, int] = {}

    def tick(stage: str, done: int, total: int) -> None:
        step = total if total < MANY else total // 5
        if done > said.get(stage, 0) and (done == total or done - said.get(stage, 0) >= step):
            said[stage] = done
            tell(f"{stage}: {done:,}" if done == total else f"{stage}: {done:,} of {total:,}")

    return tick
