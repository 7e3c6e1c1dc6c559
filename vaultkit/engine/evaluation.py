"""Fills tables, and keeps them up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from vaultkit.engine.tables import Input, Key, Row, Table, Tables, Union

Given = Mapping[Input, Mapping[Key, Row | None]]
"""What comes from outside: by table and key the new row, None for one that is gone."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update did: per table, the keys whose row changed and the rows computed."""

    changed: Mapping[Table, set[Key]]
    computed: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, then: Changes) -> Changes:
        """What an update did and, after it, a second pass."""
        changed = {table: keys | then.changed.get(table, set()) for table, keys in self.changed.items()}
        computed = {name: n + then.computed.get(name, 0) for name, n in self.computed.items()}
        return Changes(changed, computed)


def compute(tables: Tables, given: Given, keep: Collection[Table]) -> Changes:
    """Fill every table once, and let go of each as soon as nothing that is declared below it is made of it.

    It gives the rows of an update from nothing for less time and half the
    memory; but the tables can't be updated afterwards, and all but those to
    *keep* are empty.
    """
    n_users = Counter(used for table in tables for used in set(table.uses))
    n_rows: dict[str, int] = {}
    for table in tables:
        if isinstance(table, Input):
            table.give(given.get(table, {}))
        else:
            table.fill()
            table.is_fresh = False
            n_rows[table.name] = len(table.rows)
        n_users.subtract(set(table.uses))
        for done in (table, *table.uses):
            if not n_users[done] and done not in keep:
                done.rows = {}
    return Changes({table: set(table.rows) for table in keep}, n_rows)


def update(tables: Tables, edits: Given, *, at_once: bool = True) -> Changes:
    """Apply *edits* (None removes a row) and bring every table up to date.

    Args:
        at_once: Or else late tables stay as they were, and what uses them with
            them, until `settle` is called; only then is all of it up to date.
    """
    for table in tables:
        if isinstance(table, Union):
            table.before = {}
    late = () if at_once else {table for table in tables if table.is_late and not table.is_fresh}
    return _pass(tables, edits, late)


def settle(tables: Tables) -> Changes:
    """Bring up to date what an update left out."""
    return _pass(tables, {}, ())


def bring(tables: Tables, edits: Given, wanted: Table) -> Changes:
    """Apply *edits*, and bring up to date a single table with what it is made of; the others wait for an update."""
    return _pass(tables, edits, set(tables) - made_of(wanted))


def made_of(table: Table) -> set[Table]:
    """A table and all that it is made of."""
    found, ahead = {table}, [table]
    while ahead:
        fresh = set(ahead.pop().uses) - found
        found |= fresh
        ahead += fresh
    return found


def _pass(tables: Tables, edits: Given, left_out: Collection[Table]) -> Changes:
    changed: dict[Table, set[Key]] = {}
    for table in tables:
        if isinstance(table, Input):
            changed[table] = table.give(edits.get(table, {}))
        elif table in left_out:
            table.computed = 0
            changed[table] = set()
            if not table.is_fresh:
                for used in table.uses:
                    table.waiting.setdefault(used, set()).update(changed[used])
        elif table.is_fresh:
            # To a table that was never filled, all of those that it uses is new.
            changed[table] = table.refresh({used: changed[used] | used.rows.keys() for used in table.uses})
            table.is_fresh = False
        elif table.waiting:
            due = {used: changed[used] | table.waiting.get(used, set()) for used in table.uses}
            table.waiting = {}
            changed[table] = table.refresh(due)
        else:
            changed[table] = table.refresh(changed)
    return Changes(changed, {table.name: table.computed for table in tables if not isinstance(table, Input)})
