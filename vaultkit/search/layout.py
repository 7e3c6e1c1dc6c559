"""How the index is laid out: numbers for notes, lists as text, and a tree of shards. All of it pure functions.

Nothing here depends on the order in which notes came. A note's number is a
place in a table, where it stands as if all notes had been put in by their
hashes. A shard holds the keys with one beginning; which beginnings those are is
told by the sizes of the keys alone, so an edit changes shards only on the way
to the keys that it touches.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

from vaultkit.search.terms import LEVELS

SIZE = 16_384
"""Characters beyond which the keys of one beginning are cut into shards by the character that follows."""

SHARE = 6
"""What part of that a beginning must have for a shard of its own; the others stay together in one."""

MAX_PREFIX = 24
"""Characters of a beginning: a shard's name must be a file name, whatever its characters are."""

FEW_BITS, MANY_BITS, MANY = 16, 20, 16_384
"""How large the table of numbers is, and from how many notes on."""

_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_POSTING = re.compile(f"([{_DIGITS}]*)([{LEVELS}])")


# ---------------------------------------------------------------------------
# Numbers of notes
# ---------------------------------------------------------------------------


def bits_for(n_notes: int) -> int:
    return FEW_BITS if n_notes <= MANY else MANY_BITS


def slots(paths: Collection[str], bits: int) -> dict[str, int]:
    """A number for each note, which others seldom have a say in: linear probing in the order of hashes."""
    size = 1 << bits
    taken: dict[int, str] = {}
    for hash_, path in sorted((_hash(path), path) for path in paths):
        slot = hash_ % size
        while slot in taken:
            slot = (slot + 1) % size
        taken[slot] = path
    return {path: slot for slot, path in taken.items()}


def _hash(path: str) -> int:
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def in_base_32(number: int) -> str:
    text = ""
    while number:
        text = _DIGITS[number & 31] + text
        number >>= 5
    return text


# ---------------------------------------------------------------------------
# Lists of notes as text
# ---------------------------------------------------------------------------


def encoded(postings: Iterable[int]) -> str:
    """Numbers of notes times sixteen plus their levels, ascending, as text: the gap before each, and its level."""
    written = []
    after = 0
    for posting in postings:
        written.append(_steps[posting - after])
        after = (posting | 15) + 1
    return "".join(written)


def postings(text: str) -> list[tuple[int, str]]:
    """The notes of a list, each with the letter of its level.

    >>> postings("3AB1P")
    [(3, 'A'), (4, 'B'), (6, 'P')]
    """
    found = []
    note = -1
    for gap, level in _POSTING.findall(text):
        note += int(gap, 32) + 1 if gap else 1
        found.append((note, level))
    return found


def decoded(text: str) -> dict[int, int]:
    """The notes of a list, with their levels."""
    return {note: _LEVEL[level] for note, level in postings(text)}


class _Steps(dict[int, str]):
    def __missing__(self, step: int) -> str:
        self[step] = text = in_base_32(step >> 4) + LEVELS[step & 15]
        return text


_steps = _Steps()
_LEVEL = {letter: level for level, letter in enumerate(LEVELS)}


# ---------------------------------------------------------------------------
# The tree of shards
# ---------------------------------------------------------------------------


def route(key: str) -> str:
    """What tells a key's shard and its place there: a name stands beside the words that begin like it."""
    return f"{key[1:]} " if key[0] == "=" else key


def line(key: str, postings: str) -> str:
    return f"{key}\t{postings}\n"


def route_of(text: str) -> str:
    """The route of a line's key."""
    return route(text[: text.index("\t")])


def laid_out(lines: Sequence[str], size: int = SIZE, at: str = "") -> dict[str, Sequence[str]]:
    """Lines whose routes begin with *at*, sorted by them, by the shard that holds them."""
    if _total(lines) <= size or len(at) >= MAX_PREFIX:
        return {at: lines}
    return split(lines, size, at)


def split(lines: Sequence[str], size: int, at: str) -> dict[str, Sequence[str]]:
    """The same for what is too much for one shard: a large share gets shards of its own, the rest stays together."""
    shards: dict[str, Sequence[str]] = {}
    rest: list[str] = []
    start, length = 0, len(at) + 1
    while start < len(lines):
        prefix = route_of(lines[start])[:length]
        end = bisect_right(lines, prefix, start, key=lambda text: route_of(text)[:length])
        part = lines[start:end]
        if prefix != at and is_large(_total(part), size):
            shards |= laid_out(part, size, prefix)
        else:
            rest += part
        start = end
    if rest or not at:
        shards[at] = rest
    return shards


def is_large(total: int, size: int) -> bool:
    return total * SHARE >= size


def _total(lines: Iterable[str]) -> int:
    return sum(map(len, lines))


def file_name(prefix: str) -> str:
    """What the shard of a beginning is called: names of files know no case, and not every character."""
    safe = (char if char.isascii() and char.isalnum() else f"_{ord(char):x}_" for char in prefix)
    return "x-" + "".join(safe)


def manifest(n_notes: int, bits: int, prefixes: Iterable[str]) -> str:
    """What is read first: how many notes there are, and which shards."""
    return "\n".join((f"{n_notes} {bits}", *sorted(prefixes)))
