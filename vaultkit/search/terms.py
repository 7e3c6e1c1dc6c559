"""By which keys a note is found, and how much each says of it: a function of that note alone.

What a note says by itself is worked out where it is parsed, beside the body,
and kept as bytes: as objects the keys of a vault would take more memory than
its notes. What other notes have a say in, its type and the roles of its links,
is added where that is known.
"""

from __future__ import annotations

import zlib
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import sqrt

from msgspec import Struct

from vaultkit.model import Document, Structure
from vaultkit.search.tokens import STOP, counted, fold, name_key
from vaultkit.search.tokens import words as words_of

NAME, HEADING, TAG = 10.0, 2.5, 2.0
"""What a word counts in a name of one word, in a heading, in a tag; in the text it counts as often as it stands there."""

TITLE_LEVEL, ALIAS_LEVEL = 15, 12

LEVELS = "ABCDEFGHIJKLMNOP"
"""How much a key says of a note, from least to most, as letters."""

MAX_KEY = 200
"""Characters of a folder or tag beyond which nobody looks for it."""

BOILERPLATE = frozenset(
    "background|connections|contents|further reading|key metrics|links|notes|overview|quick stats|references|related|"
    "related notes|see also|sources|summary|synopsis|table of contents|timeline".split("|")
)
"""Headings, folded, that stand in every other note and tell none from the others."""

COLUMNS = frozenset(
    tuple(each.split()) for each in ("metric value", "key value", "field value", "property value", "item value")
)
"""The same for the heads of tables."""

_STEPS = tuple(0.2 * 2 ** ((level - 0.5) / 2) for level in range(1, len(LEVELS)))
"""Where each level but the first begins: twice as much is two levels more."""
_B, _USUAL, _MOST = 0.7, 350, 16_384
"""How far long texts are discounted, what is a usual length, and from where on no text counts as longer."""


class Terms(Struct, frozen=True, array_like=True, gc=False):
    """The keys of a note with their levels."""

    own: bytes
    """What it says by itself, packed."""
    others: tuple[str, ...] = ()
    """What else it is found by, as filters: at the lowest level."""


DEEPEST = 50
"""Level of a tag or folder to which a filter finds the notes below it: names of all levels grow with their square."""


def own_terms(document: Document, structure: Structure) -> bytes:
    """What a note is found by as far as its own text tells: names, headings, tags, words, folder."""
    by_level = _words(document, structure)
    names = {f"={key}": ALIAS_LEVEL for alias in document.aliases if (key := name_key(alias))}
    if key := name_key(document.title):
        names[f"={key}"] = TITLE_LEVEL
    for key, level in names.items():
        by_level[level].append(key)
    by_level[0] += {key for key in _filters(document) if key}
    return _packed(by_level)


def filter_key(sign: str, value: str) -> str:
    """The key by which a folder `/`, tag `#`, type `@` or role `~` is found; empty for what is none."""
    key = sign + " ".join(fold(value).split())
    return key if 1 < len(key) <= MAX_KEY else ""


def groups(terms: Terms) -> Iterator[tuple[int, list[str]]]:
    """The keys of a note by level, sorted."""
    for line in zlib.decompress(terms.own).decode().split("\n") if terms.own else ():
        letter, *keys = line.split("\t")
        yield LEVELS.index(letter), keys
    if terms.others:
        yield 0, list(terms.others)


def levels_of(terms: Terms) -> dict[str, int]:
    return {key: level for level, keys in groups(terms) for key in keys}


def packed(levels: Mapping[str, int]) -> bytes:
    by_level: dict[int, list[str]] = defaultdict(list)
    for key, level in levels.items():
        by_level[level].append(key)
    return _packed(by_level)


def _packed(by_level: Mapping[int, list[str]]) -> bytes:
    """A line a level, compressed: its letter and the keys."""
    lines = ["\t".join((LEVELS[level], *sorted(by_level[level]))) for level in sorted(by_level) if by_level[level]]
    return zlib.compress("\n".join(lines).encode(), 1) if lines else b""


def level_of(weight: float) -> int:
    return bisect(_STEPS, weight)


def _words(document: Document, structure: Structure) -> dict[int, list[str]]:
    """The words by level."""
    body = counted("\n".join(_texts(structure)))
    # By powers of four, so that an edit seldom changes what all the words count.
    length = min(4 ** (sum(body.values()).bit_length() // 2), _MOST)
    norm = 1 - _B + _B * length / _USUAL
    for word in STOP:
        body.pop(word, None)
    by_level: dict[int, list[str]] = defaultdict(list)
    for word, weight in _weights(document).items():
        by_level[level_of(weight + body.pop(word, 0) / norm)].append(word)
    by_count: dict[int, list[str]] = defaultdict(list)
    for word, n in body.items():
        by_count[n].append(word)
    for n, words in by_count.items():
        by_level[level_of(n / norm)] += words
    return by_level


def _texts(structure: Structure) -> Iterator[str]:
    """The text without headings, which count by themselves."""
    heads = {table.passage - 1 for table in structure.tables if tuple(map(fold, table.columns)) in COLUMNS}
    for index, passage in enumerate(structure.passages):
        if passage.place != "heading" and index not in heads:
            yield passage.text


def _weights(document: Document) -> dict[str, float]:
    """What words count by where else they stand than in the text; the best of all names counts."""
    weights: dict[str, float] = {}
    for name in (document.title, *document.aliases):
        found = words_of(name)
        for word in found:
            weights[word] = max(weights.get(word, 0), NAME / sqrt(len(found)))
    headings = (heading.text for heading in document.headings if not _is_boilerplate(heading.text))
    for word, n in counted("\n".join(headings)).items():
        if word not in STOP:
            weights[word] = weights.get(word, 0) + HEADING * (0.6 + 0.4 * min(n, 2))
    for word, n in counted("\n".join({tag.name for tag in document.tags if not tag.in_comment})).items():
        weights[word] = weights.get(word, 0) + TAG * n
    return weights


def _is_boilerplate(heading: str) -> bool:
    return fold(heading).strip(" :*") in BOILERPLATE


def _filters(document: Document) -> Iterator[str]:
    for folder in _with_parents(document.path.rpartition("/")[0]):
        yield filter_key("/", folder)
    for tag in document.tags:
        if not tag.in_comment:
            for name in _with_parents(tag.name):
                yield filter_key("#", name)


def _with_parents(path: str) -> Iterable[str]:
    parts = [part for part in path.split("/") if part]
    return ("/".join(parts[:n]) for n in range(1, min(len(parts), DEEPEST) + 1))
