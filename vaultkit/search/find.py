"""Whether a name is taken: which notes are called so, or nearly so, and which names without a note are wanted.

A name is taken if a note is called so, by its title, its file or an alias, and
also if what differs is only case, accents, punctuation, spaces or a legal form.
What is one or two letters off, or has some of the words, is shown and leaves it
free: a person has to judge.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from msgspec import Struct

from vaultkit.model import VaultPath, WantedCard
from vaultkit.search.names import Called, CalledAs, as_called, core_words, legal_form, plain_words, squeezed
from vaultkit.search.tokens import STOP, fold, stem

SHOWN = 8
"""Candidates, if nobody says how many."""

MAX_NAME = 200
"""Characters of a name; longer ones can be no file."""

Likeness = Literal["exact", "spelling", "legal form", "typing", "words"]

COMMON = 200
"""Names that have a word, from which on it tells of none of them."""

RARE = 12
"""Names up to which a word alone is enough to tell of another."""

SHARED = 0.5
"""What part of what is asked must be in a name that has only some of its words."""

MORE = 3
"""Words that a name with all that is asked may have beside it."""


class Candidate(Struct, frozen=True):
    """A note, or a wanted name, that may be what was asked for."""

    name: str
    """The name that is like the one asked for."""
    likeness: Likeness
    reason: str
    """Why it is here, in words: `alias of Tencent`, `one letter differs`."""
    path: str = ""
    """Of the note; empty for a name that no note has."""
    title: str = ""
    wanted_by: int = 0
    """Notes that link to the name, where no note has it."""

    @property
    def is_taken(self) -> bool:
        """Whether a new note by the name asked for would be a second one."""
        return bool(self.path) and self.likeness in ("exact", "spelling", "legal form")


class Finding(Struct, frozen=True):
    """What there is of a name."""

    name: str
    is_taken: bool
    """Whether a note by this name would be a second one."""
    candidates: tuple[Candidate, ...]
    """The likeliest first."""


END = "\0"
"""Between the rows of a column: names of files may hold anything else, also a line's end."""


class Names(Struct, frozen=True, array_like=True):
    """All names of a vault, in columns: quick to read, and to look through."""

    words: str = ""
    cores: str = ""
    names: str = ""
    how: str = ""
    owners: str = ""
    """Paths of notes; of a wanted name its node in the graph."""
    titles: str = ""
    """Of a wanted name how many notes want it."""


def names(called: Mapping[VaultPath, Sequence[Called]], wanted: Mapping[str, WantedCard]) -> Names:
    """The columns, made of the names of each note and of those that no note has."""
    rows: list[tuple[str, ...]] = []
    for path in sorted(called):
        title = next((each.name for each in called[path] if each.how == "title"), "")
        rows += [(each.words, each.core, each.name, each.how, path, title) for each in called[path]]
    for node in sorted(wanted):
        if name := " ".join(wanted[node].name.rpartition("/")[2].split()):
            each = as_called(name, "wanted")
            rows.append((each.words, each.core, name, "wanted", node, str(wanted[node].n_mentions)))
    return Names(*(END.join(column) for column in zip(*rows, strict=True))) if rows else Names()


class _Like(NamedTuple):
    """A name that is like the one asked for, and how much; the less, the more."""

    distance: float
    likeness: Likeness
    at: int
    reason: str


_ORDER: dict[str, int] = {"exact": 0, "spelling": 1, "legal form": 2, "typing": 3, "words": 4}
_HOW: dict[CalledAs, int] = {"title": 0, "file": 1, "alias": 2, "wanted": 3}


class Finder:
    """Looks up one name after another."""

    def __init__(self, names: Names) -> None:
        self._columns = names
        # Without names there is no line at all; with them, there may be empty ones.
        columns = (names.words, names.cores, names.names) if names.names else ()
        self._words, self._cores, self._names = [column.split(END) for column in columns] or [[], [], []]

    @cached_property
    def _how(self) -> list[CalledAs]:
        return self._columns.how.split(END)  # type: ignore[return-value]  # These words were written there.

    @cached_property
    def _owners(self) -> list[str]:
        return self._columns.owners.split(END)

    @cached_property
    def _titles(self) -> list[str]:
        return self._columns.titles.split(END)

    def find(self, name: str, limit: int = SHOWN) -> Finding:
        """What there is of a name; the best candidate of each note."""
        asked = " ".join(name[:MAX_NAME].split())
        best: dict[str, _Like] = {}
        for like in self._alike(asked):
            owner = self._owners[like.at]
            if owner not in best or self._rank(like) < self._rank(best[owner]):
                best[owner] = like
        found = [self._candidate(like) for like in sorted(best.values(), key=self._rank)]
        return Finding(asked, any(candidate.is_taken for candidate in found), tuple(found[: max(limit, 0)]))

    def _rank(self, like: _Like) -> tuple[int, float, int, str, int]:
        how = self._how[like.at]
        # What is taken comes first; a name that is only wanted is news, not an obstacle.
        return _ORDER[like.likeness], like.distance, _HOW[how], self._names[like.at], like.at

    def _candidate(self, like: _Like) -> Candidate:
        how, name, owner = self._how[like.at], self._names[like.at], self._owners[like.at]
        if how == "wanted":
            n_notes = int(self._titles[like.at])
            notes = f"wanted by {n_notes:,} note{'s' if n_notes != 1 else ''}"
            reason = f"{like.reason}; {notes}" if like.reason else notes
            return Candidate(name, like.likeness, reason, wanted_by=n_notes)
        title = self._titles[like.at]
        where = {"title": "", "file": "name of the file", "alias": f"alias of {title}"}[how]
        reasons = [reason for reason in (where, like.reason) if reason]
        return Candidate(name, like.likeness, "; ".join(reasons) or "title of a note", owner, title)

    def nodes(self, name: str) -> tuple[str, ...]:
        """The nodes of the graph that a name is most likely of: notes by their paths, or a name that no note has."""
        likes = [like for like in self._alike(name) if _ORDER[like.likeness] < _ORDER["typing"]]
        least = min((_ORDER[like.likeness] for like in likes), default=0)
        return tuple(sorted({self._owners[like.at] for like in likes if _ORDER[like.likeness] == least}))

    # -- what is alike -------------------------------------------------------------

    def _alike(self, asked: str) -> Iterator[_Like]:
        words = plain_words(asked)
        if not words:
            # Nothing but signs: only the very same ones are the same.
            yield from (_Like(0, "exact", at, "") for at, name in enumerate(self._names) if name == asked)
            return
        whole, core = squeezed(" ".join(words)), squeezed(" ".join(core_words(words)))
        for at in self._by_core.get(core, ()):
            if squeezed(self._words[at]) == whole:
                reason = _spelling(asked, self._names[at])
                yield _Like(0, "spelling" if reason else "exact", at, reason)
            else:
                yield _Like(0, "legal form", at, _without(asked, self._names[at]))
        yield from self._near_by_typing(core)
        yield from self._near_by_words(tuple(core_words(words)))

    @cached_property
    def _by_core(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, core in enumerate(self._cores):
            found[core].append(at)
        return found

    def _near_by_typing(self, core: str) -> Iterator[_Like]:
        most = letters_off(len(core))
        letters, digits = set(core), _digits(core)
        for size in range(max(len(core) - most, 1), len(core) + most + 1) if most else ():
            for other in self._cores_of_size.get(size, ()):
                # An edit changes two letters of the set at most.
                if len(letters ^ set(other)) > 2 * most or other == core or _digits(other) != digits:
                    continue
                distance = osa_distance(core, other, min(most, letters_off(size)))
                if distance is not None:
                    reason = _letters(core, other, distance)
                    yield from (_Like(distance, "typing", at, reason) for at in self._by_core[other])

    @cached_property
    def _cores_of_size(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for core in self._by_core:
            found[len(core)].append(core)
        return found

    def _near_by_words(self, words: tuple[str, ...]) -> Iterator[_Like]:
        asked = {stem(word): word for word in words if word not in STOP}
        having = {key: self._having(key) for key in asked}
        # What no name has may be a new word for what one says.
        weights = {
            key: math.log(1 + len(self._words) / (1 + len(found))) * (1 if found else 0.5)
            for key, found in having.items()
        }
        total = sum(weights.values()) or 1.0
        shared: dict[int, list[str]] = defaultdict(list)
        # Words that many names have tell something only beside others.
        rarest = min((len(found) for found in having.values() if found), default=0)
        seeds = {at for found in having.values() if len(found) <= max(COMMON, rarest) for at in found}
        for key, found in having.items():
            for at in found & seeds:
                shared[at].append(key)
        for at, keys in shared.items():
            own = {stem(word) for word in core_words(self._words[at].split(" ")) if word not in STOP}
            part = sum(weights[key] for key in keys) / total
            others = len(own) - len(keys)
            is_telling = min(len(having[key]) for key in keys) <= RARE or len(keys) > 1
            distance = 2 - part - len(keys) / (len(own) or 1)
            if len(keys) == len(asked) and not others:
                yield _Like(0, "words", at, _same_words(asked.values(), self._words[at].split(" ")))
            elif len(keys) == len(asked) and others <= MORE:
                yield _Like(distance, "words", at, "has all of the words, and more")
            elif not others and is_telling:
                yield _Like(distance, "words", at, "is part of the name")
            elif part >= SHARED and is_telling:
                told = ", ".join(f"“{asked[key]}”" for key in sorted(keys, key=lambda key: -weights[key]))
                yield _Like(distance, "words", at, f"shares {told}")

    def _having(self, key: str) -> set[int]:
        """The names that have a word, or its plural."""
        text, found = self._text, set()
        start = text.find(f" {key}")
        while start >= 0:
            end = text.find(" ", start + 1)
            if stem(text[start + 1 : end]) == key:
                found.add(bisect_right(self._ends, start))
            start = text.find(f" {key}", end)
        return found

    @cached_property
    def _text(self) -> str:
        """All words of all names, each between spaces."""
        return " " + " \n ".join(self._words) + " "

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(words) + 3 for words in self._words))


# ---------------------------------------------------------------------------
# How two names differ
# ---------------------------------------------------------------------------


def letters_off(size: int) -> int:
    """How many letters a name of this length may be off: in a short one, a letter makes another word."""
    if size < 4:
        return 0
    return 1 if size < 8 else 2 if size < 15 else 3


def osa_distance(one: str, other: str, most: int) -> int | None:
    """Letters added, left out, replaced, or swapped with their neighbor, that lie between two texts; None beyond *most*.

    >>> osa_distance("deepseek", "depeseek", 2), osa_distance("nvidia", "amd", 2)
    (1, None)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != its))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == its:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return None
    return row[-1] if row[-1] <= most else None


def _digits(text: str) -> str:
    """Names that differ in a number are names of different things."""
    return "".join(filter(str.isdigit, text)) if not text.isalpha() else ""


def _letters(one: str, other: str, distance: int) -> str:
    if distance == 1 and len(one) == len(other) and sorted(one) == sorted(other):
        return "two letters changed places"
    return "one letter differs" if distance == 1 else f"{distance} letters differ"


def _spelling(asked: str, name: str) -> str:
    """What differs between two names whose letters are the same; empty if nothing does."""
    if asked == name:
        return ""
    if asked.lower() == name.lower():
        return "the same but for case"
    if fold(asked) == fold(name):
        return "the same but for accents"
    if plain_words(asked) == plain_words(name):
        return "the same but for punctuation"
    return "the same but for spaces or punctuation"


def _without(asked: str, name: str) -> str:
    one, other = legal_form(asked), legal_form(name)
    if one and other:
        return f"the same but for “{one}” and “{other}”"
    return f"the same without “{one or other}”"


def _same_words(asked: Iterable[str], own: Iterable[str]) -> str:
    if sorted(asked) == sorted(word for word in core_words(tuple(own)) if word not in STOP):
        return "the same words in another order"
    return "the same words, some in another form"
