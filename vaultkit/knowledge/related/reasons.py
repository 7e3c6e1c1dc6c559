"""Why notes are close: of many pairs at once, what speaks for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vaultkit.knowledge.related.material import Factors, Floats, Ints, Material, Matrix, turned
from vaultkit.knowledge.related.ranking import WEIGHTS, Shares
from vaultkit.knowledge.related.traits import LINE, SECTION, TABLE
from vaultkit.model import VaultPath
from vaultkit.related import Near, Reason, ReasonKind

N_NAMES = 3
"""Things named in a reason."""

N_REASONS = 3
"""Reasons of a pair, those that count most; that there is a link is always one of them."""

_TOGETHER: dict[int, ReasonKind] = {LINE: "line", TABLE: "table", SECTION: "section"}


class Reasons:
    """Knows what the ids stand for."""

    def __init__(self, material: Material, factors: Factors, n: int = N_REASONS) -> None:
        self.material, self.factors, self.n = material, factors, n
        self.leads_to = turned(factors.through)
        self.node_ranks = np.where(factors.shown, material.nodes.ranks(np.arange(len(material.nodes))), -1)
        used = np.flatnonzero(np.bincount(factors.words.indices, minlength=len(material.words)))
        self.word_ranks = material.words.ranks(used)
        self.texts = [word.decode("utf-8", "replace") for word in material.words.keys]

    def near(self, shares: Shares) -> dict[int, tuple[Near, ...]]:
        """By note, the others with their reasons, in their order."""
        names = list(shares.parts)
        parts = np.array([shares.parts[name] for name in names])
        # Which scores say most of each pair; of equals the first. A link is told in any case.
        if "links" in shares.parts:
            parts[names.index("links")] += len(names) * max(WEIGHTS.values())
        order = np.argsort(-parts, axis=0, kind="stable")[: self.n]
        weighty = np.zeros(parts.shape, dtype=bool)
        np.put_along_axis(weighty, order, np.take_along_axis(parts, order, axis=0) > 0, axis=0)
        told = [self._told(name, shares, np.flatnonzero(weighty[at])) for at, name in enumerate(names)]
        found: dict[int, list[Near]] = {}
        keys = self.material.nodes.keys
        for pair, (row, other, scores) in enumerate(
            zip(shares.rows.tolist(), shares.others.tolist(), order.T.tolist(), strict=True)
        ):
            reasons = [reason for score in scores if (reason := told[score].get(pair)) is not None]
            found.setdefault(row, []).append(Near(VaultPath(keys[other]), tuple(reasons)))
        return {row: tuple(each) for row, each in found.items()}

    def _told(self, score: str, shares: Shares, pairs: Ints) -> dict[int, Reason]:
        """What a score means, for some of the pairs."""
        if not len(pairs):
            return {}
        f, rows, others = self.factors, shares.rows[pairs], shares.others[pairs]
        match score:
            case "neighbors":
                shared = f.both[rows].multiply(self.leads_to[others])
                return self._named("neighbors", pairs, shared, self.material.nodes.keys, self.node_ranks)
            case "beside":
                shared = f.steps[rows].multiply(f.beside[others])
                return self._named("beside", pairs, shared, self.material.nodes.keys, self.node_ranks)
            case "words":
                shared = f.query[rows].multiply(f.words[others]) + f.words[rows].multiply(f.query[others])
                return self._named("words", pairs, shared, self.texts, self.word_ranks)
            case "together":
                return self._together(pairs, f.groups[rows].multiply(f.groups[others]))
            case "name":
                return self._names(pairs, others)
            case _:
                return self._links(pairs, rows, others)

    def _named(self, kind: ReasonKind, pairs: Ints, matrix: Any, keys: Sequence[str], ranks: Ints) -> dict[int, Reason]:
        """Of each pair that has any: how many things, and the most telling. What has no place isn't told."""
        matrix = matrix.tocsr()
        matrix.data[ranks[matrix.indices] < 0] = 0
        matrix.eliminate_zeros()
        counts = np.diff(matrix.indptr)
        filled = np.flatnonzero(counts)
        first = _first(matrix, filled, ranks)
        return {
            pair: Reason(kind, count, tuple([keys[thing] for thing in things[:count]]))
            for pair, count, things in zip(pairs[filled].tolist(), counts[filled].tolist(), first.tolist(), strict=True)
        }

    def _together(self, pairs: Ints, matrix: Any) -> dict[int, Reason]:
        """The closest kind of place that has both, and the notes with such places."""
        matrix = matrix.tocsr()
        kinds, owners = self.material.kinds, self.material.owners
        found: dict[int, Reason] = {}
        starts, groups, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
        for at, pair in enumerate(pairs.tolist()):
            places = range(starts[at], starts[at + 1])
            kind = min([kinds[groups[place]] for place in places])
            best: dict[str, float] = {}
            for place in places:
                if kinds[group := groups[place]] == kind:
                    best[owners[group]] = max(best.get(owners[group], 0), values[place])
            notes = sorted(best, key=lambda note: (-best[note], note))
            found[pair] = Reason(_TOGETHER[kind], len(notes), tuple(notes[:N_NAMES]))
        return found

    def _names(self, pairs: Ints, others: Ints) -> dict[int, Reason]:
        names = self.factors.names[others]
        starts, words = names.indptr.tolist(), names.indices.tolist()
        found = {}
        for at, pair in enumerate(pairs.tolist()):
            name = sorted([self.texts[word] for word in words[starts[at] : starts[at + 1]]])
            found[pair] = Reason("name", len(name), tuple(name))
        return found

    def _links(self, pairs: Ints, rows: Ints, others: Ints) -> dict[int, Reason]:
        forth = np.asarray(self.factors.out[rows, others]).ravel() > 0
        back = np.asarray(self.factors.out[others, rows]).ravel() > 0
        either = Reason("links", 1, ()), Reason("linked", 1, ()), Reason("mutual", 1, ())
        kinds = np.where(forth & back, 2, np.where(forth, 0, 1))
        return {pair: either[kind] for pair, kind in zip(pairs.tolist(), kinds.tolist(), strict=True)}


def _first(matrix: Matrix, rows: Ints, ranks: Ints) -> Ints:
    """Of each of *rows*, none of which is empty, the few columns with the largest values, equals by rank."""
    lengths = np.diff(matrix.indptr)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    keys: Floats = matrix.data.copy()
    owner = np.repeat(np.arange(len(rows)), lengths)
    found = np.zeros((len(rows), N_NAMES), dtype=np.int64)
    if not len(rows):
        return found
    for at in range(N_NAMES):
        most = np.maximum.reduceat(keys, starts)
        among = np.flatnonzero(keys == most[owner])
        by_rank = among[np.lexsort((ranks[matrix.indices[among]], owner[among]))]
        chosen = by_rank[np.flatnonzero(np.diff(owner[by_rank], prepend=-1))]
        found[:, at] = matrix.indices[chosen]
        keys[chosen] = 0
    return found
