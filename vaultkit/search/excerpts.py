"""What is shown of a note that was found: which of its names, which of its lines, and what in them is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from vaultkit.search.query import Query
from vaultkit.search.texts import Text
from vaultkit.search.tokens import fold, has_cjk, name_key, parts, split_at_cjk, stem, words

WIDTH = 220
"""Characters of an excerpt."""

BEFORE = 60
"""Those of them, at most, that stand before the first word that was found."""

MAX_PLACES = 400
"""Words of a section that are looked at: a text that repeats one word is no better for it."""

Place = tuple[int, int, int]
"""Where in a text a word stands, and which of the query it is."""

_MARKS = "\u0300-\u036f"
_WRITTEN = re.compile(rf"(?:[^\W_]|[{_MARKS}])+(?:['’](?:[^\W_]|[{_MARKS}])+)?")
_SENTENCE = re.compile(r"[.!?。]\s+(?=\S)")
_SPACE = re.compile(r"\s+")


class Excerpt(Struct, frozen=True):
    """Lines of a note."""

    heading: str = ""
    anchor: str = ""
    """The id of the heading in the page."""
    text: str = ""
    """A line of it is a paragraph, an item, or a row of a table."""
    marks: tuple[tuple[int, int], ...] = ()
    """Where in the text the words of the query stand."""


def matcher(query: Query, corrections: Sequence[tuple[str, str]] = ()) -> Callable[[str], int]:
    """Which word of the query a word of a text counts as; less than 0 for none."""
    exact: dict[str, int] = {}
    begun = [(at, word.key) for at, word in enumerate(query.words) if word.is_begun and not word.is_cjk]
    for at, word in enumerate(query.words):
        for key in (word.key, *(meant for written, meant in corrections if written == word.key)):
            exact.setdefault(key, at)
    known: dict[str, int] = {}

    def match(written: str) -> int:
        if written not in known:
            key = stem(fold(written))
            known[written] = exact.get(key, next((at for at, start in begun if key.startswith(start)), -1))
        return known[written]

    return match


def excerpt(text: Text, match: Callable[[str], int], n_words: int) -> Excerpt:
    """The lines that have most of the words, those side by side first; the beginning of the text where none has any."""
    best, best_worth = None, -1
    for heading, anchor, body in text.sections:
        if not body:
            continue
        found = list(islice(places(body, match), MAX_PLACES))
        start, worth = _densest(found, 2 * n_words - 1)
        if worth > best_worth:
            best, best_worth = (heading, anchor, body, found, start), worth
        if worth >= 2 * n_words - 1:
            break
    if best is None:
        return Excerpt()
    heading, anchor, body, found, first = best
    start = _beginning(body, first)
    end = min(len(body), start + WIDTH)
    if end < len(body):
        end = max(body.rfind(" ", 0, end), min(end, first + 40))
    before, after = "… " if start else "", " …" if end < len(body) else ""
    marks = _joined((max(a, start), min(b, end)) for a, b, _ in found if b > start and a < end)
    shift = len(before) - start
    return Excerpt(
        heading, anchor, f"{before}{body[start:end]}{after}", tuple((a + shift, b + shift) for a, b in marks)
    )


def places(text: str, match: Callable[[str], int]) -> Iterator[Place]:
    """Where in a text the words of the query stand."""
    start = 0
    for at, piece in enumerate(split_at_cjk(text) if has_cjk(text) else [text]):
        yield from (_cjk_places if at % 2 else _word_places)(piece, start, match)
        start += len(piece)


def _word_places(text: str, start: int, match: Callable[[str], int]) -> Iterator[Place]:
    for found in _WRITTEN.finditer(text):
        if (word := match(found[0])) >= 0:
            yield start + found.start(), start + found.end(), word


def _cjk_places(text: str, start: int, match: Callable[[str], int]) -> Iterator[Place]:
    for at, part in enumerate(parts(text)):
        for piece in (part, part[0]):
            if (word := match(piece)) >= 0:
                yield start + at, start + at + len(piece), word
                break


def alias_found(text: Text, query: Query, match: Callable[[str], int]) -> str:
    """The alias by which a note was found, where its title has less of what was asked; else empty."""

    def worth(name: str) -> int:
        n = len({word for written in words(name) if (word := match(written)) >= 0})
        return n + 100 if query.name and name_key(name) == query.name else n

    best, most = "", worth(text.title)
    for alias in text.aliases:
        if (n := worth(alias)) > most:
            best, most = alias, n
    return best


def _densest(found: Sequence[Place], most: int) -> tuple[int, int]:
    """Where the stretch begins that has most of the words, and what it is worth: a word and a neighbor count alike."""
    best, best_worth = 0, 0
    for at, (start, _, _) in enumerate(found):
        seen: set[int] = set()
        n_beside = 0
        for then in range(at, len(found)):
            if found[then][1] - start > WIDTH:
                break
            seen.add(found[then][2])
            if then > at and found[then][2] == found[then - 1][2] + 1:
                n_beside += found[then][0] - found[then - 1][1] < 4
        if len(seen) + n_beside > best_worth:
            best, best_worth = start, len(seen) + n_beside
        if best_worth >= most:
            break
    return best, best_worth


def _beginning(text: str, at: int) -> int:
    """A little before a place, from where a sentence begins, or a word."""
    start = at - BEFORE
    if start <= 0:
        return 0
    gap = _SENTENCE.search(text, start, at) or _SPACE.search(text, start, at)
    return gap.end() if gap else start


def _joined(marks: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks that touch are one."""
    joined: list[tuple[int, int]] = []
    for start, end in marks:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
