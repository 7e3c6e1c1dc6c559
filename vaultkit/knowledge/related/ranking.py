"""Ranks notes by their closeness to a note: several scores, each as a share of its best, added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vaultkit.knowledge.related.material import Factors, Floats, Ints, Matrix, signs, turned
from vaultkit.knowledge.related.traits import is_dated

WEIGHTS = {"neighbors": 1.0, "beside": 1.25, "together": 1.0, "words": 1.0, "name": 0.75, "links": 1.0}
"""Found by hiding links and looking for them, see `bench/related.py`; none of them matters much."""

BLOCK = 500_000
"""Pairs of notes that are looked at together: as many numbers of each score are in memory."""

_FINE = 1 << 20
"""Scores are told apart by so many steps, those of one step by the path."""


class Shares(NamedTuple):
    """Pairs of notes, and how much each score says for each, of the most that it says in that note's list."""

    rows: Ints
    """Ids of the notes, ascending by place."""
    others: Ints
    parts: dict[str, Floats]


class Ranking:
    """Notes and their scores, ready to be asked for any of them."""

    def __init__(self, factors: Factors, ids: Ints, paths: Sequence[str], *, dated: bool = False) -> None:
        """Args:
        ids: Of the notes *paths*, which are sorted.
        dated: Whether journals and reports may be in the lists.
        """
        allowed = np.array([dated or not is_dated(path) for path in paths], dtype=bool)
        self.factors, self.ids = factors, ids[allowed]
        self.position = np.full(factors.out.shape[0], -1, dtype=np.int64)
        self.position[self.ids] = np.arange(len(self.ids))
        self._columns = {
            "through": factors.through[:, self.ids],
            "beside": factors.beside[:, self.ids],
            "words": turned(factors.words[self.ids]),
            "query": turned(factors.query[self.ids]),
            "names": turned(factors.names[self.ids]),
            "out": factors.out[:, self.ids],
            # In the order of the paths, which decides between equals.
            "both": factors.both[:, self.ids].sorted_indices(),
        }
        self._names = np.asarray(self._columns["names"].sum(axis=0)).ravel()

    def lists(self, rows: Ints, n: int) -> Iterator[tuple[Shares, Shares]]:
        """Block by block, the *n* closest notes of each: those with a link either way, and all others."""
        for block in self.blocks(rows):
            scores = self._scores(block)
            links = self._columns["both"][block]
            linked = self._linked(block, links, scores, n)
            self._close(block, links, scores)
            yield linked, self._best(block, scores, n)

    def not_linked_from(self, rows: Ints, n: int) -> Iterator[Shares]:
        """Block by block, the *n* closest notes of each to which it has no link."""
        for block in self.blocks(rows):
            links = self._columns["out"][block]
            scores = self._scores(block)
            self._close(block, links, scores)
            yield self._best(block, scores, n)

    def blocks(self, rows: Ints) -> Iterator[Ints]:
        """Notes that are ranked together."""
        size = max(BLOCK // max(len(self.ids), 1), 1)
        return (rows[at : at + size] for at in range(0, len(rows), size))

    def _scores(self, block: Ints) -> dict[str, Floats]:
        """Of each note in the block with each of all notes."""
        f, columns = self.factors, self._columns
        by_links = {
            "neighbors": (f.both[block] @ columns["through"]).toarray(),
            "beside": (f.steps[block] @ columns["beside"]).toarray(),
            "together": columns["beside"][block].toarray(),
        }
        if not f.words.nnz:
            return by_links
        words = f.words[block]
        names = signs(words) @ columns["names"]
        names.data[names.data < self._names[names.indices]] = 0
        said = (f.query[block] @ columns["words"] + words @ columns["query"]).toarray()
        return by_links | {"words": said, "name": names.toarray()}

    def _close(self, block: Ints, links: Matrix, scores: dict[str, Floats]) -> None:
        """Take out the notes themselves, and those with a link."""
        own = self.position[block]
        rows = np.concatenate([np.repeat(np.arange(len(block)), np.diff(links.indptr)), np.flatnonzero(own >= 0)])
        columns = np.concatenate([links.indices, own[own >= 0]])
        for values in scores.values():
            values[rows, columns] = 0

    def _best(self, block: Ints, scores: dict[str, Floats], n: int) -> Shares:
        """Of each note those with the best scores; of equals those that come first by path."""
        factor = {name: WEIGHTS[name] / np.maximum(values.max(axis=1, initial=0), 1) for name, values in scores.items()}
        total, part = np.zeros((len(block), len(self.ids))), np.empty((len(block), len(self.ids)))
        for name, values in scores.items():
            total += np.multiply(values, factor[name][:, np.newaxis], out=part)
        total *= _FINE
        np.rint(total, out=total)
        least = np.ones(len(block))
        if n < total.shape[1]:
            at = total.shape[1] - n
            least = np.maximum(np.partition(total, at, axis=1)[:, at], 1)
        rows, columns = np.nonzero(total >= least[:, np.newaxis])
        chosen = _first(rows, total[rows, columns], len(block), n)
        rows, columns = rows[chosen], columns[chosen]
        parts = {name: values[rows, columns] * factor[name][rows] for name, values in scores.items()}
        return Shares(block[rows], self.ids[columns], parts)

    def _linked(self, block: Ints, links: Matrix, scores: dict[str, Floats], n: int) -> Shares:
        """The same for the few that are linked: nothing is made of the others."""
        rows, columns = np.repeat(np.arange(len(block)), np.diff(links.indptr)), links.indices
        said = {name: each[rows, columns] for name, each in scores.items()} | {"links": links.data}
        parts = {}
        total = np.zeros(len(rows))
        for name, each in said.items():
            most = np.ones(len(block))
            np.maximum.at(most, rows, each)
            parts[name] = each * (WEIGHTS[name] / most)[rows]
            total += parts[name]
        chosen = _first(rows, np.rint(total * _FINE), len(block), n)
        return Shares(
            block[rows[chosen]], self.ids[columns[chosen]], {name: each[chosen] for name, each in parts.items()}
        )


def _first(rows: Ints, totals: Floats, n_rows: int, n: int) -> Ints:
    """Which entries are the *n* best of their row, best first; entries stand in order of row and path."""
    order = np.lexsort((-totals, rows))
    starts = np.searchsorted(rows, np.arange(n_rows))
    return order[np.arange(len(order)) - starts[rows[order]] < n]
