"""Keeps of every note what is close to it; after an edit only the notes that it can matter to are ranked anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from vaultkit.engine.tables import Key, Row
from vaultkit.knowledge.related.material import Bools, Factors, Ints, Material, Matrix
from vaultkit.knowledge.related.ranking import Ranking
from vaultkit.knowledge.related.reasons import Reasons
from vaultkit.knowledge.related.traits import traits
from vaultkit.model import Document, Links, VaultPath
from vaultkit.related import Related, pack
from vaultkit.words import fold

SHOWN, REASONS = 6, 2
"""Notes of either list in a row, and reasons of each."""


Read = tuple[Mapping[Key, Row], Collection[Key]]
"""The rows of a table, and the keys that changed."""


class Neighborhoods:
    """All notes and how close they are; made for `engine.tables.Model`.

    A row of a product of two matrices depends on the same row of the left one,
    and on the rows of the right one that it picks. So the matrices are made
    anew, which is quick, and compared with those before; only rows of products
    that can differ are multiplied.
    """

    def __init__(self, headings: Iterable[str], *, by_text: bool = True, shown: int = SHOWN) -> None:
        """Args:
        headings: Under which each line is of something related.
        by_text: Whether words count, too. How much they tell depends on all notes:
            without them a row is a matter of what the note is linked with.
        shown: Notes of either list in a row; 0 for who asks by `related` alone.
        """
        self.headings = frozenset(map(fold, headings))
        self.by_text, self.shown = by_text, shown
        self.material = Material()
        self.factors: Factors | None = None

    def refresh(self, *, documents: Read, links: Read, wanted: Read) -> dict[Key, Row | None]:
        """The rows that may differ, given the tables with the keys that changed."""
        changed = {*documents[1], *links[1]}
        known = changed & self.material.notes.keys()
        if self.material.is_worn:
            changed.update(self.material.notes)
            self.material, self.factors = Material(), None
        differing = {path for path in changed if self._read(path, documents[0].get(path), links[0].get(path))}
        if self.factors is not None and not differing and not wanted[1]:
            return {}
        notes = changed & self.material.notes.keys()
        before, self.factors = self.factors, self.material.factors(wanted[0].keys())
        ids = self.material.nodes.all(sorted(self.material.notes))
        if not self.shown:
            return {}
        if before is not None:
            differs = affected(before, self.factors)
            differs[self.material.nodes.all(notes - known)] = True
            ids = ids[differs[ids]]
        return dict.fromkeys(known - notes) | self._rows(ids)

    def _read(self, path: VaultPath, document: Document | None, links: Links | None) -> bool:
        """Whether anything of a note counts otherwise than before."""
        if document is None or document.kind != "note":
            return self.material.drop(path)
        return self.material.put(path, traits(path, document, links or Links(()), self.headings, by_text=self.by_text))

    def _rows(self, ids: Ints) -> dict[Key, Row | None]:
        if not len(ids):
            return {}
        assert self.factors is not None
        ranking, reasons = self._ranking(), Reasons(self.material, self.factors, REASONS)
        keys = self.material.nodes.keys
        found: dict[Key, Row | None] = {}
        for block, (linked, others) in zip(ranking.blocks(ids), ranking.lists(ids, self.shown), strict=True):
            close, open_ = reasons.near(linked), reasons.near(others)
            for row in block.tolist():
                found[keys[row]] = pack(Related(close.get(row, ()), open_.get(row, ())))
        return found

    def _ranking(self, *, dated: bool = False) -> Ranking:
        assert self.factors is not None
        paths = sorted(self.material.notes)
        return Ranking(self.factors, self.material.nodes.all(paths), paths, dated=dated)

    def related(self, path: VaultPath, n: int, *, dated: bool = False) -> Related:
        """The *n* closest notes of either kind; with journals and reports, if they are asked for."""
        assert self.factors is not None
        row = self.material.nodes.of(path)
        reasons = Reasons(self.material, self.factors)
        for linked, others in self._ranking(dated=dated).lists(np.array([row]), n):
            return Related(reasons.near(linked).get(row, ()), reasons.near(others).get(row, ()))
        return Related((), ())

    def not_linked_from(self, n: int, *, dated: bool = False) -> dict[VaultPath, tuple[VaultPath, ...]]:
        """Of every note the *n* closest to which it has no link; where too few are close, what most notes link to."""
        assert self.factors is not None
        ranking = self._ranking(dated=dated)
        keys = self.material.nodes.keys
        rows = self.material.nodes.all(sorted(self.material.notes))
        found: dict[int, list[VaultPath]] = {row: [] for row in rows.tolist()}
        for shares in ranking.not_linked_from(rows, n):
            for row, other in zip(shares.rows.tolist(), shares.others.tolist(), strict=True):
                found[row].append(VaultPath(keys[other]))
        popular = self._popular(ranking)
        for row, near in found.items():
            if len(near) < n:
                taken = {*near, keys[row], *(keys[node] for node in self.factors.out[[row]].indices.tolist())}
                near += [path for path in popular if path not in taken][: n - len(near)]
        return {VaultPath(keys[row]): tuple(near) for row, near in found.items()}

    def _popular(self, ranking: Ranking) -> list[VaultPath]:
        assert self.factors is not None
        degrees = np.diff(self.factors.both.indptr)[ranking.ids]
        order = np.lexsort((np.arange(len(degrees)), -degrees))
        return [VaultPath(self.material.nodes.keys[ranking.ids[at]]) for at in order.tolist()]


def affected(before: Factors, now: Factors) -> Bools:
    """By node: whether anything of its row can differ, scores or reasons."""
    rows = _differ(before.out, now.out)[0] | _differ(before.both, now.both)[0] | _differ(before.steps, now.steps)[0]
    for left, matrix in ((now.both, "through"), (now.steps, "beside")):
        rows |= _picks(left, _differ(getattr(before, matrix), getattr(now, matrix))[0])
    # What becomes known, or unknown, by name can be in the reasons of those that are linked with it.
    named = now.shown.copy()
    named[: len(before.shown)] ^= before.shown
    rows |= _picks(now.both, named)
    group_rows, groups = _differ(before.groups, now.groups)
    word_rows, words = _differ(before.words, now.words)
    query_rows, queries = _differ(before.query, now.query)
    names = _differ(before.names, now.names)[1]
    rows |= group_rows | _picks(now.groups, groups)
    rows |= word_rows | query_rows | _picks(now.query, words) | _picks(now.words, queries | names)
    return rows


def _picks(left: Matrix, changed: Bools) -> Bools:
    """By row: whether it has one of the columns that changed."""
    found: Bools = left @ changed.astype(left.dtype) != 0
    return found


def _differ(before: Matrix, now: Matrix) -> tuple[Bools, Bools]:
    """By row, and by column: whether it differs. Matrices only grow, by ids that are new."""
    if before.shape != now.shape:
        before = before.copy()
        before.resize(now.shape)
    found = (before != now).tocsr()
    columns = np.zeros(now.shape[1], dtype=bool)
    columns[found.indices] = True
    return np.diff(found.indptr) > 0, columns
