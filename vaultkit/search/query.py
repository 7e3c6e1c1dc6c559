"""What a query asks for: words, phrases, what is to be away, and filters. Whatever is typed is a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from vaultkit.search.terms import filter_key
from vaultkit.search.tokens import STOP, fold, is_cjk, key_of, parts, runs, stem

MAX_CHARACTERS = 400
"""More than anybody types; what is pasted by mistake shall cost nothing."""

MAX_WORDS = 32

Operator = Literal["type", "tag", "folder", "rel", "linked"]

SIGNS: dict[str, str] = {"type": "@", "tag": "#", "folder": "/", "rel": "~"}
"""By operator: how a key of the index begins that says the same of a note."""

_PIECE = re.compile(r'(-?)(?:((?ai:type|tag|folder|rel|linked)):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)


class Word(Struct, frozen=True):
    """One word of a query."""

    key: str
    """As the index has it."""
    written: str
    """Folded, but not shortened: `axceils` is one letter from `axcelis`, and its stem isn't."""
    is_begun: bool = False
    """Whether longer words count too, since it is still being typed, or stands in no spaced script."""
    is_cjk: bool = False

    @property
    def is_stop(self) -> bool:
        return self.key in STOP


class Filter(Struct, frozen=True):
    """What a note must be, or must not."""

    operator: Operator
    value: str
    """As it was typed."""
    is_without: bool = False

    @property
    def key(self) -> str:
        """What a note that passes has in the index; `linked` is asked of the graph instead."""
        value = fold(self.value).strip()
        if self.operator == "tag":
            value = value.lstrip("#")
        elif self.operator == "folder":
            value = value.strip("/")
        return filter_key(SIGNS[self.operator], value)


class Query(Struct, frozen=True):
    """A query that was read.

    >>> read_query('"chain of thought" deepseek -math type:Actor').filters[0].key
    '@actor'
    """

    words: tuple[Word, ...] = ()
    """All that count for the order of the results, those of phrases too."""
    name: str = ""
    """The same as the key of a whole name."""
    is_open: bool = False
    """Whether the last word may still be typed."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Words that must stand side by side."""
    without_words: tuple[str, ...] = ()
    without_phrases: tuple[tuple[str, ...], ...] = ()
    filters: tuple[Filter, ...] = ()
    messages: tuple[str, ...] = ()
    """What of the query was left out."""


def read_query(text: str) -> Query:
    """What *text* asks for; nothing that is typed is a mistake."""
    messages = []
    if len(text) > MAX_CHARACTERS:
        messages.append(f"Only the first {MAX_CHARACTERS} characters are searched for.")
        text = text[:MAX_CHARACTERS]
    asked: list[str] = []
    quoted = False
    phrases, without_words, without_phrases, filters = [], [], [], []
    for is_without, operator, value, is_quoted in _pieces(text):
        if operator:
            filters.append(Filter(operator, value, is_without))
            continue
        found = [part for run in runs(value) for part in parts(run)]
        is_phrase = is_quoted and len(found) > 1
        if is_without and is_phrase:
            without_phrases.append(tuple(found))
        elif is_without:
            without_words += found
        elif found:
            asked += runs(value)
            quoted = is_quoted
            if is_phrase:
                phrases.append(tuple(found[:MAX_WORDS]))
    words = list(_words(asked, is_done=quoted))
    if len(words) > MAX_WORDS:
        messages.append(f"Only the first {MAX_WORDS} words are searched for.")
    return Query(
        tuple(words[:MAX_WORDS]), key_of(asked), bool(asked) and not quoted, tuple(phrases), tuple(without_words),
        tuple(without_phrases), tuple(filters), tuple(messages),
    )  # fmt: skip


def _pieces(text: str) -> Iterator[tuple[bool, Operator | None, str, bool]]:
    """Whether each is to be away, its operator, its text, and whether that is quoted."""
    for minus, operator, quoted, bare in _PIECE.findall(text):
        value = quoted or bare
        name: Operator | None = operator.lower() or None
        if name is not None and not fold(value).strip(" #/"):
            # Nothing follows yet: it may be on its way, or a word like any other.
            name, value = None, operator
        yield bool(minus), name, value, not bare


def _words(asked: list[str], *, is_done: bool) -> Iterator[Word]:
    for at, run in enumerate(asked):
        is_last = at == len(asked) - 1 and not is_done
        if is_cjk(run):
            yield from (Word(part, part, is_begun=len(run) == 1, is_cjk=True) for part in parts(run))
        else:
            key = stem(run)
            may_go_on = is_last and len(key) > 1 and key not in STOP
            yield Word(key, run.replace("'", ""), is_begun=may_go_on)
