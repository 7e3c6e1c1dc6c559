"""Which notes answer a query, the best first: the same sums as the script of the site makes, over the same shards.

A word that a note has counts the more, the fewer notes have it and the higher
its level in the note; a note that has only some of the words counts by the
square of their share. Whoever types a name wants the note of that name, so a
name outweighs all words. A word that no note has is looked for with one letter
otherwise. Nothing here looks at a text, but for the first few results.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from vaultkit.search.layout import postings, route
from vaultkit.search.query import Query, Word
from vaultkit.search.terms import LEVELS
from vaultkit.search.tokens import STOP, fold
from vaultkit.search.tokens import words as words_of

SATURATION = 1.0
BEGUN = 0.6
"""Weight of a word that only begins with what was typed."""
MISSPELT = 0.5
NAME = 30.0
"""What it is worth to be called exactly so."""
NAME_BEGUN = 14.0
WHOLE_WORDS = 1.6
"""By how much a name counts more that goes on with another word, not with another letter."""
NAME_MISSPELT = 0.6

LEAVES_BEGUN = 4
"""Shards, below the one of a word, in which longer words are looked for."""
LEAVES_MISSPELT = 16
MAX_TERMS = 40
MAX_CORRECTIONS = 5
"""Corrections of a word with which names are looked up."""
MAX_DOUBTED = 2
"""Words that are taken for misspelt, though notes have them, where no note has all."""
SHORTEST_MISSPELT = 4

SIGNED = frozenset("=@#/~")
"""Begin keys that aren't words."""

NEAR, FARTHER = 8, 32
"""Results whose texts are looked at; and if none of them has all words side by side, though some note might."""
WHOLE_RUN, PART_OF_RUN = 2.0, 0.3

_VALUES = [0.2 * 2 ** (level / 2) for level in range(16)]
_WORTH = dict(zip(LEVELS, _VALUES, strict=True))

Scores = dict[int, float]


class Shards(Protocol):
    """The index as it is laid out in files, of which only those are read that a query asks for."""

    @property
    def n_notes(self) -> int: ...

    @property
    def leaves(self) -> Sequence[str]:
        """The prefixes of all shards, in the order of the manifest."""

    def shard(self, leaf: str) -> str:
        """The lines of a shard."""


class Term(NamedTuple):
    """A line of the index that a word of a query finds."""

    key: str
    weight: float
    postings: str


class Asked(NamedTuple):
    """A word of a query with the lines that it finds."""

    word: Word
    terms: list[Term]
    corrections: list[Term]


class Reading:
    """The shards of one index, as one query after the other reads them."""

    def __init__(self, shards: Shards) -> None:
        self.n_notes = shards.n_notes
        self._shards, self._leaves, self._known = shards, shards.leaves, frozenset(shards.leaves)
        self._texts: dict[str, str] = {}

    def text(self, leaf: str) -> str:
        """The lines of a shard with a line feed before the first, too."""
        if leaf not in self._texts:
            self._texts[leaf] = "\n" + (self._shards.shard(leaf) if leaf in self._known else "")
        return self._texts[leaf]

    def leaf_of(self, key: str) -> str:
        """The shard that has a key, if any has."""
        return next((key[:end] for end in range(len(key), 0, -1) if key[:end] in self._known), "")

    def leaves_below(self, prefix: str, most: int) -> list[str]:
        return [leaf for leaf in self._leaves if leaf.startswith(prefix)][:most]

    def line(self, key: str) -> str | None:
        """The postings of a key."""
        text = self.text(self.leaf_of(route(key)))
        start = text.find(f"\n{key}\t")
        return text[start + len(key) + 2 : text.index("\n", start + 1)] if start >= 0 else None

    def lines(self, leaf: str, prefix: str) -> Iterator[tuple[str, str]]:
        """The keys of a shard that begin so, each with its postings."""
        text = self.text(leaf)
        start = text.find(f"\n{prefix}")
        while start >= 0:
            end = text.index("\n", start + 1)
            key, _, line = text[start + 1 : end].partition("\t")
            yield key, line
            start = text.find(f"\n{prefix}", end)

    def ids(self, key: str) -> set[int]:
        """The notes that have a key."""
        line = self.line(key)
        return {note for note, _ in postings(line)} if line is not None else set()

    # -- words -----------------------------------------------------------------

    def asked(self, word: Word) -> Asked:
        """What a word finds as it stands, and what begins with it."""
        terms = []
        leaves = [self.leaf_of(word.key)]
        if word.is_begun:
            leaves += self.leaves_below(word.key, LEAVES_BEGUN)
        for leaf in dict.fromkeys(leaves):
            found = list(self.lines(leaf, word.key if word.is_begun else f"{word.key}\t"))
            terms += [Term(key, 1.0, line) for key, line in found if key == word.key]
            for key, line in found:
                if key != word.key and " " not in key:
                    terms.append(Term(key, BEGUN * math.sqrt(len(word.key) / len(key)), line))
        return Asked(word, terms, [])

    def corrected(self, asked: Asked) -> Asked:
        """A word with the words that are one letter from it."""
        word = asked.word
        known = {term.key for term in asked.terms}
        corrections = [
            Term(key, MISSPELT, line)
            for leaf in self._leaves_around(word.key)
            for key, line in self._words_near(leaf, word)
            if key not in known
        ]
        return Asked(word, asked.terms, corrections)

    def _leaves_around(self, key: str) -> list[str]:
        """The shards that can hold a word one letter from this one, the likeliest first."""
        found: list[tuple[int, int, str]] = []
        for leaf in self._leaves:
            n = len(leaf)
            if leaf[:1] in SIGNED:
                continue
            if key.startswith(leaf):
                found.append((0, -n, leaf))
            elif _is_shortened(key, leaf) or _is_swapped(key, leaf):
                found.append((1, -n, leaf))
            elif is_near(key[:n], leaf) or is_near(key[: n - 1], leaf):
                found.append((2 if key[0] == leaf[0] else 3, -n, leaf))
        found.sort(key=lambda each: each[:2])
        return [leaf for _, _, leaf in found[:LEAVES_MISSPELT]]

    def _words_near(self, leaf: str, word: Word) -> Iterator[tuple[str, str]]:
        sizes = {len(word.key) + more for more in (-1, 0, 1)} | {len(word.written) + more for more in (-1, 0, 1)}
        for line in self.text(leaf).split("\n"):
            size = line.find("\t")
            if size in sizes and line[0] not in SIGNED:
                key = line[:size]
                if is_near(word.key, key) or is_near(word.written, key):
                    yield key, line[size + 1 :]

    # -- names -----------------------------------------------------------------

    def named(self, name: str, corrections: Sequence[tuple[str, str]], *, is_begun: bool) -> Scores:
        """What the notes are worth that are called so, or whose name begins so.

        *corrections* are pairs of a word and what may be meant by it.
        """
        best: Scores = {}
        if not name:
            return best
        leaves = [self.leaf_of(name + " "), *self.leaves_below(name, LEAVES_BEGUN - 1)]
        self._add_names(best, name, leaves, 1.0, is_begun=is_begun)
        for word, meant in corrections:
            other = name.replace(word, meant, 1)
            self._add_names(best, other, [self.leaf_of(other + " ")], NAME_MISSPELT, is_begun=is_begun)
        return best

    def _add_names(self, best: Scores, name: str, leaves: list[str], weight: float, *, is_begun: bool) -> None:
        for leaf in dict.fromkeys(leaves):
            for key, line in self.lines(leaf, f"={name}"):
                more = key[len(name) + 1 :]
                if more and not is_begun and not more.startswith(" "):
                    continue
                worth = NAME
                if more:
                    worth = NAME_BEGUN * len(name) / (len(key) - 1) * (WHOLE_WORDS if more[0] == " " else 1.0)
                for note, level in postings(line):
                    score = weight * (worth + LEVELS.index(level) / 30)
                    if score > best.get(note, -1.0):
                        best[note] = score


class Ranked(NamedTuple):
    """What a query finds by the index alone."""

    notes: list[tuple[int, float]]
    """Their numbers and scores, the best first."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Words of the query with others that are one letter from them, and were looked for, too."""
    unknown: frozenset[str] = frozenset()
    """Words that no note has."""
    is_named: bool = False
    """Whether a note is called so, or its name begins so."""


def rank(reading: Reading, query: Query, among: Collection[int] | None = None, without: Collection[int] = ()) -> Ranked:
    """The notes that a query finds.

    Args:
        among: The notes that what is asked elsewhere lets pass: which are linked, say; None where nothing is.
        without: Those that it doesn't.
    """
    passing, barred = _filtered(reading, query, among)
    barred.update(without)
    if not query.words:
        return Ranked([(note, 0.0) for note in sorted((passing or set()) - barred)])
    asked = _asked(reading, query.words)
    scores, matched = _scored(reading.n_notes, asked)
    n_real = sum(not each.word.is_stop for each in asked)
    if n_real > 1 and max(matched.values(), default=0) < n_real and (doubted := _doubted(asked)):
        asked = [reading.corrected(each) if at in doubted else each for at, each in enumerate(asked)]
        scores, matched = _scored(reading.n_notes, asked)
    corrections = tuple((each.word.key, term.key) for each in asked for term in each.corrections[:MAX_CORRECTIONS])
    named = reading.named(query.name, corrections, is_begun=query.is_open)
    for note, worth in named.items():
        scores[note] = scores.get(note, 0.0) + worth
        matched[note] = n_real
    found: list[tuple[int, float]] = []
    full: list[tuple[int, float]] = []
    for note, score in scores.items():
        if note not in barred and (passing is None or note in passing):
            share = matched.get(note, 0) / n_real if n_real else 1.0
            (full if share >= 1 else found).append((note, score * (share * share)))
    unknown = frozenset(each.word.key for each in asked if not each.terms)
    # Where notes have all words, those that have but some of them are of no use.
    return Ranked(ordered(full or found), corrections, unknown, bool(named))


def ordered(found: Collection[tuple[int, float]]) -> list[tuple[int, float]]:
    """The best first. What differs by less than logarithms do from one machine to another is equal."""
    return sorted(found, key=lambda each: (-math.floor(each[1] * 1e6 + 0.5), each[0]))


def nearer(
    query: Query, ranked: Ranked, found: Sequence[tuple[int, float]], parts: Callable[[int], Iterable[str]]
) -> list[tuple[int, float]]:
    """What was found in the order that the first ones' texts give: where the words stand side by side counts more.

    Args:
        found: Those of the ranked notes that are left.
        parts: The texts of a note.
    """
    keys = [word.key for word in query.words]
    if len(keys) < 2:
        return list(found)
    runs = [_run_in(keys, parts(note)) for note, _ in found[:NEAR]]
    if len(keys) not in runs and not ranked.is_named and not ranked.unknown:
        runs += [_run_in(keys, parts(note)) for note, _ in found[NEAR:FARTHER]]
    first = [(note, score * (1 + _worth(run, len(keys)))) for (note, score), run in zip(found, runs, strict=False)]
    return [*ordered(first), *found[len(first) :]]


def _run_in(keys: Sequence[str], parts: Iterable[str]) -> int:
    # Most parts don't have the first word, whose stem differs from it in the last letter at most; so few are cut.
    first = keys[0][:-1] or keys[0]
    having = (part for part in parts if first in fold(part).replace("'", ""))
    return max((longest_run(keys, words_of(part)) for part in having), default=0)


def _worth(run: int, n_words: int) -> float:
    if run == n_words:
        return WHOLE_RUN
    return PART_OF_RUN * (run / n_words) if run > 1 else 0.0


def longest_run(keys: Sequence[str], text: Sequence[str]) -> int:
    """How many of the words, from the first on, stand side by side in a text."""
    best = 0
    for start, word in enumerate(text):
        if word == keys[0]:
            n = 1
            while n < len(keys) and start + n < len(text) and text[start + n] == keys[n]:
                n += 1
            best = max(best, n)
    return best


def is_near(one: str, other: str) -> bool:
    """Whether one letter more, less, another, or two that changed places, make one word of the other; or nothing."""
    n, m = len(one), len(other)
    if abs(n - m) > 1:
        return False
    start = 0
    while start < n and start < m and one[start] == other[start]:
        start += 1
    if n == m:
        if one[start + 1 :] == other[start + 1 :]:
            return True
        return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return one[start + 1 :] == other[start:] if n > m else one[start:] == other[start + 1 :]


def _is_shortened(key: str, leaf: str) -> bool:
    """Whether a word begins so once a letter is taken out: there are few such shards, so they come first."""
    return len(key) > len(leaf) and is_near(key[: len(leaf) + 1], leaf)


def _is_swapped(key: str, leaf: str) -> bool:
    """Whether a word begins so once two neighbors change places."""
    start = key[: len(leaf)]
    return sorted(start) == sorted(leaf) and is_near(start, leaf)


def _may_be_misspelt(word: Word) -> bool:
    return len(word.key) >= SHORTEST_MISSPELT and not word.is_cjk and not word.is_stop


def _doubted(asked: Sequence[Asked]) -> set[int]:
    """The places of the words that are likeliest to be misspelt, though notes have them: those of the fewest notes."""
    sizes = [
        (max(map(_size, each.terms)), at) for at, each in enumerate(asked) if each.terms and _may_be_misspelt(each.word)
    ]
    return {at for _, at in sorted(sizes)[:MAX_DOUBTED]}


def _size(term: Term) -> int:
    return len(postings(term.postings))


def _scored(n_notes: int, asked: Sequence[Asked]) -> tuple[Scores, dict[int, int]]:
    """What each note is worth by its words, and how many of them it has; words that nearly all have don't count."""
    scores: Scores = {}
    matched: dict[int, int] = {}
    for each in asked:
        for note, score in _of_word(n_notes, each).items():
            scores[note] = scores.get(note, 0.0) + score
            if not each.word.is_stop:
                matched[note] = matched.get(note, 0) + 1
    return scores, matched


def _of_word(n_notes: int, asked: Asked) -> Scores:
    best: Scores = {}
    terms = [*asked.terms, *asked.corrections]
    if len(terms) > MAX_TERMS:
        terms = sorted(terms, key=lambda term: -term.weight)[:MAX_TERMS]
    for term in terms:
        found = postings(term.postings)
        rarity = math.log(1 + (n_notes - len(found) + 0.5) / (len(found) + 0.5))
        factor = term.weight * rarity * (SATURATION + 1)
        worth = {letter: factor * value / (value + SATURATION) for letter, value in _WORTH.items()}
        for note, level in found:
            if worth[level] > best.get(note, 0.0):
                best[note] = worth[level]
    return best


def _filtered(reading: Reading, query: Query, among: Collection[int] | None) -> tuple[set[int] | None, set[int]]:
    """The notes that all filters and phrases let pass (None where there are none), and those that may not be there."""
    required = [reading.ids(key) for phrase in query.phrases for key in dict.fromkeys(phrase) if key not in STOP]
    barred = {note for word in query.without_words for note in reading.ids(word)}
    if among is not None:
        required.append(set(among))
    for each in query.filters:
        if each.operator == "linked":
            continue
        if each.is_without:
            barred |= reading.ids(each.key)
        else:
            required.append(reading.ids(each.key))
    return set.intersection(*required) if required else None, barred


def _asked(reading: Reading, words: Sequence[Word]) -> list[Asked]:
    asked = map(reading.asked, words)
    return [reading.corrected(each) if not each.terms and _may_be_misspelt(each.word) else each for each in asked]
