"""Takes one dependency at a time from the pipeline, and says which test notices.

A dependency that nobody misses is one that no test holds, or one that the
pipeline doesn't need: both are to be mended. Ends with 1 if there is any.

    PYTHONPATH=tests python bench/mutations.py [WORD…]

With words only the dependencies are taken whose name contains one of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import test_dependencies
import test_machine
import vaults
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import vaultkit.reader
from vaultkit.config import Config
from vaultkit.engine.tables import Input, Key, Lookup, Model, Table, Tables, Union, Whole
from vaultkit.knowledge.vocabulary_file import load
from vaultkit.pipeline import pipeline
from vaultkit.site.views import Frame

HISTORIES, STEPS = 20, 10
"""What the state machine may take to notice what no named case does."""

NEEDLESS = {
    "totals.edges": "how many there are changes only with a document",
    "totals.wanted": "names come and go only with a document",
    "related.wanted": "is read as a whole, and a name comes or goes only with a link",
    "top_folders over documents": "reads the path alone",
    "folders over documents": "reads the path alone",
    "wanted_pages over wanted": "a card changes only with the mentions",
    "front_pages.types": "types change only when a card comes or goes",
    "front_pages.wanted": "a card changes only with the backlinks of its node",
}
"""What is read for its value, and changes only together with something else that is read."""

Mutation = Callable[[Tables], None]


def mutations() -> dict[str, Mutation]:
    """By name, one for each dependency of each table: `cards.types`, `cards over documents`."""
    found: dict[str, Mutation] = {}
    for table in pipeline(Config(), Frame(), load(None)[0]):
        match table:
            case Input():
                continue
            case Whole() | Model():
                for keyword, used in table.tables.items():
                    found[f"{table.name}.{keyword}"] = ignoring(table.name, used.name)
            case Union():
                for used in table.uses:
                    found[f"{table.name} of {used.name}"] = overlooking(table.name, used.name)
            case Lookup():
                found[f"{table.name} over {table.over.name}"] = overlooking(table.name, table.over.name)
                for keyword in table.tables:
                    found[f"{table.name}.{keyword}"] = unrecorded(table.name, keyword)
            case _:
                (over,) = table.uses
                found[f"{table.name} over {over.name}"] = overlooking(table.name, over.name)
    return found


def unrecorded(name: str, keyword: str) -> Mutation:
    """A look-up that isn't recorded."""

    def mutate(t: Tables) -> None:
        table: Lookup = getattr(t, name)
        formula, used = table.fn, table.tables[keyword]
        table.fn = lambda key, row, **getters: formula(key, row, **{**getters, keyword: used.rows.get})

    return mutate


def ignoring(name: str, used: str) -> Mutation:
    """A table whose changes aren't looked at, once there is something."""
    return _refreshing(name, used, lambda table, changed: changed if table.is_fresh else set())


def overlooking(name: str, used: str) -> Mutation:
    """Rows that come and go are noticed, but not that one is another now."""

    def mutate(t: Tables) -> None:
        known: set[Key] = set()

        def kept(table: Table, changed: set[Key]) -> set[Key]:
            rows = _used(table, used).rows
            noticed = {key for key in changed if (key in known) != (key in rows)}
            known.symmetric_difference_update(noticed)
            return noticed

        _refreshing(name, used, kept)(t)

    return mutate


def _refreshing(name: str, used: str, kept: Callable[[Any, set[Key]], set[Key]]) -> Mutation:
    """A table that is told of only some of the changes in another."""

    def mutate(t: Tables) -> None:
        table: Table = getattr(t, name)
        whole = table.refresh

        def refresh(changed: Mapping[Table, set[Key]]) -> set[Key]:
            other = _used(table, used)
            return whole({**changed, other: kept(table, changed[other])})

        table.refresh = refresh  # type: ignore[method-assign]

    return mutate


def _used(table: Table, name: str) -> Table:
    return next(other for other in table.uses if other.name == name)


def noticed(mutation: Mutation) -> str:
    """The first test that fails without the dependency; empty if none does."""

    def mutated(*args: Any, **options: Any) -> Tables:
        t = pipeline(*args, **options)
        mutation(t)
        return t

    vaultkit.reader.pipeline = mutated
    with tempfile.TemporaryDirectory() as folder:
        # Where all is new nothing is missed: a mutant that fails here is a mistake of this script.
        vaults.build(vaults.write(Path(folder, "vault"), test_machine.START), Path(folder, "site"))
    try:
        return next(_failures(), "")
    finally:
        vaultkit.reader.pipeline = pipeline


def _failures() -> Iterator[str]:
    for name in test_dependencies.CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test_dependencies.test_the_site_follows(Path(folder), name)
            except Exception:  # noqa: BLE001  (a formula may fail in any way on what it wasn't told of)
                yield name
    try:
        run_state_machine_as_test(test_machine.History, settings=BOUNDED)
    except Exception:  # noqa: BLE001
        yield "(a random history)"


BOUNDED = settings(
    max_examples=HISTORIES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    print_blob=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def main(words: list[str]) -> int:
    survivors = 0
    for name, mutation in mutations().items():
        if not words or any(word in name for word in words):
            test = f"(needless: {NEEDLESS[name]})" if name in NEEDLESS else noticed(mutation)
            survivors += not test
            print(f"| {name:30} | {test or 'NOTHING':65} |", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
