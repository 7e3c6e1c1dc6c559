"""Questions to the index of a vault that is open: from the cache while nothing was read, else from its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vaultkit.index import kept_of
from vaultkit.keeping import computed, forget, keep
from vaultkit.reader import Reader
from vaultkit.search.answers import Answer, answer
from vaultkit.search.find import Finding
from vaultkit.search.kept import TABLES, Index, KeptError, What

T = TypeVar("T")


class Questions:
    """Asks the index of one vault, and remembers it until the vault is read again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[What, tuple[int, Index]] = {}

    def search(self, query: str, limit: int) -> Answer:
        return self._ask("search", lambda index: answer(index, query, limit))

    def find(self, name: str, limit: int) -> Finding:
        return self._ask("find", lambda index: index.finder.find(name, limit))

    def _ask(self, what: What, question: Callable[[Index], T]) -> T:
        try:
            return question(self._index(what))
        except KeptError:
            forget(self._reader.memo)
            return question(self._computed(what))

    def _index(self, what: What) -> Index:
        reader = self._reader
        known = self._known.get(what)
        if known is not None and known[0] == reader.n_given:
            return known[1]
        found = None
        if not reader.is_read and not reader.drafts:
            sources = {path: source for path, source in reader.scan().sources.items() if source is not None}
            found = kept_of(sources, reader.config, reader.memo, what)
            if found is not None:
                self._known[what] = (reader.n_given, found)
        return found or self._computed(what)

    def _computed(self, what: What) -> Index:
        """The index as the tables have it; it is put down for the next time."""
        reader = self._reader
        reader.searched(TABLES[what])
        found = computed(reader, what)
        if not reader.drafts:
            keep(reader, what)
            reader.save_stats()
        self._known[what] = (reader.n_given, found)
        return found
