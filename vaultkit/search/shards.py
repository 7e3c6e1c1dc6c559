"""The index of all notes as shards, kept up to date: an edit rewrites those that hold what it changed, and no other.

The result is that of a fresh start, whatever the edits: the shards are the only
store, and every rule by which they are cut is asked again of what was touched.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial

from vaultkit.search.layout import (
    MAX_PREFIX,
    SIZE,
    bits_for,
    decoded,
    encoded,
    file_name,
    is_large,
    laid_out,
    line,
    manifest,
    route,
    route_of,
    split,
)
from vaultkit.search.layout import slots as slots_of
from vaultkit.search.terms import Terms, groups, levels_of

MANIFEST = "m"
"""The key of the list of all shards, which are keyed by their names."""

FEW = 20
"""Notes of which any number may change without all shards being made anew."""

_PART = 20
"""Beyond this part of all notes it is quicker to make them anew."""

_Edits = dict[str, dict[int, int | None]]
"""By key, what becomes of a note's level there; None where it goes."""


class Slots:
    """The numbers of notes; an instance is what a Model of the engine remembers."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}

    def refresh(self, notes: tuple[Mapping[str, object], Collection[str]]) -> dict[str, int | None]:
        """The numbers that may differ.

        Args:
            notes: What has a number: the rows, and which of them changed.
        """
        rows, changed = notes
        if all((path in rows) == (path in self._slots) for path in changed):
            return {}
        before, self._slots = self._slots, slots_of(rows.keys(), bits_for(len(rows)))
        gone: dict[str, int | None] = dict.fromkeys(before.keys() - self._slots.keys())
        return gone | {path: slot for path, slot in self._slots.items() if before.get(path) != slot}


class Shards:
    """All shards of a vault; an instance is what a Model of the engine remembers.

    A beginning is open if its keys are too much for one shard. Every beginning
    of an open one's parts is known with its size, also where the part has no
    shard since all of it lies in deeper ones.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._known: dict[str, tuple[int, Terms]] = {}
        """By path: the note's number and keys, as they are in the shards."""
        self._shards: dict[str, str] = {}
        """By beginning."""
        self._totals: Counter[str] = Counter()
        """By beginning: the size of all that lies in its shard and in deeper ones."""
        self._touched: set[str] = set()
        self._manifest = ""

    def refresh(
        self, notes: tuple[Mapping[str, Terms], Collection[str]], slots: tuple[Mapping[str, int], Collection[str]]
    ) -> dict[str, str | None]:
        """The shards that may differ, by name; None for one that is gone."""
        changed = {*notes[1], *slots[1]}
        now = {path: (slots[0][path], notes[0][path]) for path in changed if path in notes[0] and path in slots[0]}
        n_notes = len(notes[0])
        self._touched = set()
        if len(changed) > max(FEW, n_notes // _PART) or not self._shards:
            self._fill({path: (slots[0][path], terms) for path, terms in notes[0].items()})
        else:
            self._patch({path: now.get(path) for path in changed})
        rows: dict[str, str | None] = {file_name(prefix): self._shards.get(prefix) for prefix in sorted(self._touched)}
        manifested = manifest(n_notes, bits_for(n_notes), self._shards)
        if manifested != self._manifest:
            self._manifest = rows[MANIFEST] = manifested
        return rows

    # -- All anew ----------------------------------------------------------------------

    def _fill(self, known: dict[str, tuple[int, Terms]]) -> None:
        self._touched.update(self._shards)
        self._known = known
        laid = laid_out(_lines(known.values()), self._size)
        self._shards = {prefix: "".join(lines) for prefix, lines in laid.items()}
        self._totals = Counter()
        for prefix in self._shards:
            self._count(prefix, len(self._shards[prefix]))
        self._touched.update(self._shards)

    # -- Only what changed -------------------------------------------------------------

    def _patch(self, changed: Mapping[str, tuple[int, Terms] | None]) -> None:
        by_shard: dict[str, _Edits] = defaultdict(dict)
        for key, edits in self._edits(changed).items():
            by_shard[self._home(route(key))][key] = edits
        for prefix, patches in by_shard.items():
            self._put(prefix, _patched(_lines_of(self._shards.get(prefix, "")), patches))
        for prefix in sorted(by_shard):
            self._settle(prefix)

    def _edits(self, changed: Mapping[str, tuple[int, Terms] | None]) -> _Edits:
        """How the keys of notes differ. What one note leaves may be another's number: what is set stands."""
        gone: _Edits = defaultdict(dict)
        come: _Edits = defaultdict(dict)
        for path in sorted(changed):
            before, now = self._known.pop(path, None), changed[path]
            old = levels_of(before[1]) if before else {}
            new = levels_of(now[1]) if now else {}
            moved = before is None or now is None or before[0] != now[0]
            if before:
                for key in old if moved else old.keys() - new.keys():
                    gone[key][before[0]] = None
            if now:
                self._known[path] = now
                for key, level in new.items():
                    if moved or old.get(key) != level:
                        come[key][now[0]] = level
        return {key: gone.get(key, {}) | come.get(key, {}) for key in gone.keys() | come.keys()}

    def _home(self, path: str) -> str:
        """The longest known beginning of a route: what is new lies there, too."""
        length = 0
        while length < len(path) and path[: length + 1] in self._totals:
            length += 1
        return path[:length]

    def _put(self, prefix: str, lines: Iterable[str]) -> None:
        """Have these lines, and no other, in a shard; one without lines is none."""
        before, text = self._shards.get(prefix, ""), "".join(lines)
        self._touched.add(prefix)
        if text or not prefix:
            self._shards[prefix] = text
        else:
            self._shards.pop(prefix, None)
        self._count(prefix, len(text) - len(before))

    def _count(self, prefix: str, more: int) -> None:
        for length in range(len(prefix) + 1):
            self._totals[prefix[:length]] += more

    # -- How it is cut -----------------------------------------------------------------

    def _settle(self, prefix: str) -> None:
        """Ask again, from the top, how each beginning on the way to a shard that was touched is to be cut."""
        for length in range(len(prefix) + 1):
            at = prefix[:length]
            if at not in self._totals:
                return
            if at and not is_large(self._totals[at], self._size):
                self._join(at, at[:-1])
                return
            if self._totals[at] <= self._size or length == MAX_PREFIX:
                if self._totals[at] > len(self._shards.get(at, "")):
                    self._join(at, at)
                return
        self._cut(prefix)

    def _join(self, part: str, home: str) -> None:
        """Move all that begins with *part* into the shard of *home*."""
        lines = _lines_of(self._shards.get(home, ""))
        for prefix in [each for each in self._shards if each.startswith(part) and each != home]:
            lines |= _lines_of(self._shards[prefix])
            self._put(prefix, ())
        for prefix in [each for each in self._totals if each.startswith(part) and each != home]:
            del self._totals[prefix]
        self._put(home, _in_order(lines))

    def _cut(self, prefix: str) -> None:
        """Give what has become a large share of an open beginning shards of its own."""
        lines = _in_order(_lines_of(self._shards.get(prefix, "")))
        shards = split(lines, self._size, prefix)
        if shards.keys() == {prefix}:
            return
        self._put(prefix, ())
        for part, its_lines in shards.items():
            self._put(part, its_lines)


def _lines(notes: Iterable[tuple[int, Terms]]) -> list[str]:
    """All lines of the index, sorted."""
    postings: dict[str, array[int]] = defaultdict(partial(array, "I"))
    for slot, terms in sorted(notes, key=lambda note: note[0]):
        for level, keys in groups(terms):
            posting = slot << 4 | level
            for key in keys:
                postings[key].append(posting)
    lines = []
    while postings:
        key, its_postings = postings.popitem()
        lines.append(line(key, encoded(its_postings)))
    lines.sort(key=route_of)
    return lines


def _lines_of(shard: str) -> dict[str, str]:
    """The lines of a shard by what they are sorted by."""
    return {route_of(text): f"{text}\n" for text in shard.split("\n")[:-1]}


def _in_order(lines: Mapping[str, str]) -> list[str]:
    return [lines[at] for at in sorted(lines)]


def _patched(lines: dict[str, str], patches: Mapping[str, Mapping[int, int | None]]) -> list[str]:
    """A shard's lines after the lists of some keys changed."""
    for key, edits in patches.items():
        at = route(key)
        notes = decoded(lines[at].partition("\t")[2][:-1]) if at in lines else {}
        for slot, level in edits.items():
            if level is None:
                notes.pop(slot, None)
            else:
                notes[slot] = level
        if notes:
            lines[at] = line(key, encoded(slot << 4 | notes[slot] for slot in sorted(notes)))
        else:
            lines.pop(at, None)
    return _in_order(lines)
