"""All notes as sparse matrices of whole numbers, made anew from what is kept of each note."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import chain
from math import isqrt, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from vaultkit.knowledge.related.traits import LINE, SECTION, TABLE, Traits, is_dated
from vaultkit.nodes import CLAIMED, WANTED

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Matrix = Any
"""scipy carries no types. All are in CSR form, and hold whole numbers as floats, below 2^53: their sums are exact."""

STEPS = np.array([1 << (k // 2) if k % 2 == 0 else isqrt(1 << k) + 1 for k in range(80)], dtype=np.int64)
"""Powers of the root of two. What many rows depend on is known to the next of them only, so that an edit rarely moves it."""

N_QUERY = 40
"""Words by which a note is compared with others: those that tell most of it."""

MAX_DEGREE = 1_000
"""Links of a thing in between beyond which nothing follows from two notes having it; pairs cost the square of it."""

_COMMON = 6
"""A word that one in so many notes has tells nothing."""

_K1, _B = 1.2, 0.75
"""The usual constants of BM25."""

_HEAVIEST = 1 << 12
"""More than any word weighs."""

_TOGETHER = {LINE: 240, TABLE: 120, SECTION: 240}
"""What it counts to stand together, over the number of others there."""


def step(values: Ints) -> Ints:
    """The last step that each value reaches."""
    return np.searchsorted(STEPS, np.maximum(values, 1), side="right") - 1


class _Note(NamedTuple):
    """What is kept of one note."""

    links: Ints
    weights: Ints
    members: Ints
    """Nodes of all its groups, one group after the other."""
    sizes: Ints
    kinds: Ints
    group: int
    """Id of its first group."""
    words: Ints
    counts: NDArray[np.uint8]
    """How often it has each."""
    length: int
    name: Ints

    def is_same(self, other: _Note) -> bool:
        """Arrays have no truth of their own, so tuples of them can't be compared."""
        pairs: Iterable[tuple[Any, Any]] = zip(self, other, strict=True)
        return all(np.array_equal(own, its) for own, its in pairs)


class Factors(NamedTuple):
    """The matrices whose products are the scores; rows and columns are ids of nodes, words or groups."""

    out: Matrix
    """Links: notes × nodes."""
    both: Matrix
    """Links in either direction: nodes × nodes."""
    through: Matrix
    """Their other half, each row divided by how much the thing in between is linked."""
    steps: Matrix
    """Links, divided by how much stands beside the thing that they lead to."""
    beside: Matrix
    """What stands beside what: nodes × nodes."""
    groups: Matrix
    """What stands in what line, table or section, with what that counts: nodes × groups."""
    words: Matrix
    """Words of notes, weighted by BM25: nodes × words."""
    query: Matrix
    """The most telling of them, as ones."""
    names: Matrix
    """Words of the names of notes, by what they tell: nodes × words."""
    shown: Bools
    """By node, whether readers may see what it is called."""


class Material:
    """What is kept of all notes, with ids that stay as they are while notes come and go."""

    def __init__(self) -> None:
        self.notes: dict[str, _Note] = {}
        self.nodes = Ids()
        self.words = Ids()
        self.owners: list[str] = []
        """The note of each group, by id; groups that are gone keep theirs."""
        self.kinds: list[int] = []

    def put(self, path: str, traits: Traits) -> bool:
        """A note, new or edited; whether anything of it counts otherwise than before."""
        self.nodes.of(path)
        known = self.notes.get(path)
        members = self.nodes.all(chain.from_iterable([group for _, group in traits.together]))
        sizes = _ints([len(group) for _, group in traits.together])
        kinds = _ints([kind for kind, _ in traits.together])
        if (
            known is not None
            and np.array_equal(known.members, members)
            and np.array_equal(known.sizes, sizes)
            and np.array_equal(known.kinds, kinds)
        ):
            group = known.group
        else:
            group = len(self.owners)
            self.owners.extend([path] * len(sizes))
            self.kinds.extend(kinds.tolist())
        counts = np.minimum(_ints(traits.words.values()), 255).astype(np.uint8)
        self.notes[path] = note = _Note(
            self.nodes.all(traits.links), _ints(traits.links.values()), members, sizes, kinds, group,
            self.words.all(traits.words), counts, traits.words.total(), self.words.all(traits.name),
        )  # fmt: skip
        return known is None or not known.is_same(note)

    def drop(self, path: str) -> bool:
        return self.notes.pop(path, None) is not None

    @property
    def is_worn(self) -> bool:
        """Whether most ids are of things that are gone."""
        return len(self.owners) > 1_000 + 4 * sum(len(note.sizes) for note in self.notes.values())

    def factors(self, wanted: Collection[str]) -> Factors:
        """The matrices of all notes as they are now.

        Args:
            wanted: Nodes of the names without a note that readers may see.
        """
        n, ids = len(self.nodes), sorted(zip(self.nodes.all(self.notes).tolist(), self.notes, strict=True))
        paths = [path for _, path in ids]
        rows, notes = _ints([row for row, _ in ids]), [self.notes[path] for path in paths]
        starts = _starts(rows, [note.links for note in notes], n)
        out = _rows(_joined([note.weights for note in notes]), _joined([note.links for note in notes]), starts, n)
        both, through = _through(out)
        groups = self._groups(paths, notes, n)
        beside = (groups @ turned(signs(groups))).tocsr()
        beside.setdiag(0)
        beside.eliminate_zeros()
        around = step(np.asarray(beside.sum(axis=1)).ravel().astype(np.int64))
        # What leads to a note tells less of where it leads than its own links do.
        steps = (5 * signs(out) + turned(signs(out))).tocsr()
        steps.data *= np.rint(2.0**24 / STEPS[around])[steps.indices]
        words, names = self._texts(rows, notes, n)
        shown = np.array([key[:1] not in (WANTED, CLAIMED) or key in wanted for key in self.nodes.keys], dtype=bool)
        return Factors(out, both, through, steps, beside, groups, words, self._query(words), names, shown)

    def _groups(self, paths: Sequence[str], notes: Sequence[_Note], n: int) -> Matrix:
        sizes = _joined([note.sizes for note in notes])
        kinds = _joined([note.kinds for note in notes])
        numbers = _joined([np.arange(note.group, note.group + len(note.sizes)) for note in notes])
        dated = np.repeat(np.array([is_dated(path) for path in paths], dtype=bool), [len(note.sizes) for note in notes])
        counts = np.array([_TOGETHER[kind] for kind in range(3)])[kinds]
        counts = np.maximum(counts * np.where(dated, 3, 10) // (10 * np.maximum(sizes - 1, 1)), 1)
        where = _joined([note.members for note in notes]), np.repeat(numbers, sizes)
        values = np.repeat(counts, sizes).astype(np.float64)
        return sparse.csr_matrix((values, where), shape=(n, len(self.owners)))

    def _texts(self, rows: Ints, notes: Sequence[_Note], n: int) -> tuple[Matrix, Matrix]:
        """Weighted words, and names. Their sums are small: floats of half the width hold them."""
        starts = _starts(rows, [note.words for note in notes], n)
        words, counts = _joined([note.words for note in notes]), _joined([note.counts for note in notes])
        seen = np.bincount(words, minlength=len(self.words))
        worth = _worth(len(notes))[step(seen)]
        sizes = _ints([note.length for note in notes])
        usual = STEPS[step(np.array([sizes.sum() // max(len(notes), 1)]))][0]
        length = np.zeros(n, dtype=np.float32)
        length[rows] = _K1 * (1 - _B + _B * (STEPS[step(sizes)] / usual))
        # A word of one note alone leads nowhere.
        tells = ((worth > 0) & (seen > 1))[words]
        lengths = np.repeat(length, np.diff(starts))[tells]
        starts = np.concatenate([[0], np.cumsum(tells)])[starts]
        words, counts = words[tells], counts[tells].astype(np.float32)
        lengths += counts
        counts *= np.float32(_K1 + 1)
        counts /= lengths
        counts *= worth.astype(np.float32)[words]
        weighted = _rows(np.rint(counts), words, starts, len(self.words))
        named = _joined([note.name for note in notes])
        starts = _starts(rows, [note.name for note in notes], n)
        names = _rows(worth[named].astype(np.float32), named, starts, len(self.words))
        names.eliminate_zeros()
        return weighted, names

    def _query(self, words: Matrix) -> Matrix:
        """The words of each note that weigh most; of equals those that come first in the alphabet."""
        used = np.flatnonzero(np.bincount(words.indices, minlength=words.shape[1]))
        ranks = self.words.ranks(used)
        # One number for each, which sorts by row, weight and rank: thrice as quick as sorting by three.
        keys = np.repeat(np.arange(words.shape[0]) << 40, np.diff(words.indptr))
        keys += (_HEAVIEST - words.data.astype(np.int64)) << 24
        keys += ranks[words.indices]
        keys.sort()
        place = np.arange(len(keys)) - np.repeat(words.indptr[:-1], np.diff(words.indptr))
        keys = keys[place < N_QUERY]
        by_rank = used[np.argsort(ranks[used])]
        where = keys >> 40, by_rank[keys & 0xFFFFFF]
        return sparse.csr_matrix((np.ones(len(keys), dtype=np.float32), where), shape=words.shape)


class Ids:
    """Numbers for keys, in the order in which they came. No result depends on that order."""

    def __init__(self) -> None:
        self._ids = _Numbered()
        self._keys: list[Any] = []

    def __len__(self) -> int:
        return len(self._ids)

    def of(self, key: Hashable) -> int:
        return self._ids[key]

    def all(self, keys: Iterable[Hashable]) -> Ints:
        return _ints(map(self._ids.__getitem__, keys))

    @property
    def keys(self) -> list[Any]:
        """By number."""
        if len(self._keys) < len(self._ids):
            self._keys = list(self._ids)
        return self._keys

    def ranks(self, ids: Ints) -> Ints:
        """By number: the place of each of *ids* when their keys are sorted."""
        ranks = np.zeros(len(self), dtype=np.int64)
        ranks[sorted(ids.tolist(), key=self.keys.__getitem__)] = np.arange(len(ids))
        return ranks


class _Numbered(dict[Any, int]):
    def __missing__(self, key: Hashable) -> int:
        self[key] = number = len(self)
        return number


def _worth(n_notes: int) -> Floats:
    """By step of the number of notes with a word: what it tells; nothing, if that are too many."""
    n = int(STEPS[step(np.array([n_notes]))[0]])
    return np.array(
        [
            round(64 * log(1 + (n - seen + 0.5) / (seen + 0.5))) if seen <= max(n // _COMMON, 3) else 0
            for seen in map(int, STEPS)
        ],
        dtype=np.float64,
    )


def _through(out: Matrix) -> tuple[Matrix, Matrix]:
    """Resource allocation: a link to what few are linked with says more; a thing's own links count most."""
    back = turned(out)
    both = (out + back).tocsr()
    degree = np.diff(both.indptr)
    share = np.array([round(2**16 * float(each) ** -0.75) for each in STEPS], dtype=np.float64)[step(degree)]
    through = (3 * out + back).tocsr()
    through.data *= np.repeat(np.where(degree <= MAX_DEGREE, share, 0), np.diff(through.indptr))
    return both, through


def turned(matrix: Matrix) -> Matrix:
    return matrix.T.tocsr()


def signs(matrix: Matrix) -> Matrix:
    """Ones where something stands."""
    return sparse.csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)


def _starts(rows: Ints, columns: Sequence[Ints], n: int) -> Ints:
    """Where each of *n* rows begins, if only *rows*, which ascend, have columns."""
    starts = np.zeros(n + 1, dtype=np.int64)
    starts[rows + 1] = [len(each) for each in columns]
    return np.cumsum(starts)


def _rows(values: NDArray[Any], columns: Ints, starts: Ints, n_columns: int) -> Matrix:
    values = values if values.dtype == np.float32 else values.astype(np.float64)
    matrix = sparse.csr_matrix((values, columns, starts), shape=(len(starts) - 1, n_columns))
    matrix.sort_indices()
    return matrix


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int32)


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)
