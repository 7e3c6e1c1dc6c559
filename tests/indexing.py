"""The index of search as the engine keeps it, for tests and benches that edit it without a vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vaultkit.search.shards import Shards, Slots
from vaultkit.search.terms import Terms


class Index:
    """Numbers and shards as the engine keeps them."""

    def __init__(self, size: int) -> None:
        self.notes: dict[str, Terms] = {}
        self.numbers, self.shards = Slots(), Shards(size)
        self.slots: dict[str, int] = {}
        self.rows: dict[str, str] = {}

    def update(self, batch: Mapping[str, Terms | None]) -> set[str]:
        """Apply a batch of edits; return the names of the shards that differ."""
        put(self.notes, batch)
        moved = put(self.slots, self.numbers.refresh((self.notes, batch.keys())))
        return put(self.rows, self.shards.refresh(notes=(self.notes, batch.keys()), slots=(self.slots, moved)))


def put(rows: dict[str, Any], edits: Mapping[str, Any]) -> set[str]:
    """Set rows, or take them away, as the engine does; return the keys of those that differ."""
    changed = {key for key, row in edits.items() if rows.get(key) != row}
    for key in changed:
        if edits[key] is None:
            del rows[key]
        else:
            rows[key] = edits[key]
    return changed
