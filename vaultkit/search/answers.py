"""A question from beginning to end: the query is read, notes are ranked and filtered, the first ones' texts looked at."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vaultkit.search.excerpts import Excerpt, alias_found, excerpt, matcher
from vaultkit.search.kept import Index
from vaultkit.search.query import Filter, Query, read_query
from vaultkit.search.ranking import Ranked, Reading, longest_run, nearer, rank
from vaultkit.search.texts import Text
from vaultkit.search.tokens import words

SHOWN = 10
"""Hits, if nobody says how many."""

CHECKED = 32
"""Notes whose texts are read to see whether they have a phrase."""


class Hit(Struct, frozen=True):
    """A note that was found."""

    path: str
    title: str
    url: str
    """Of its page, in the site."""
    type: str
    """Name of its entity type, or empty."""
    score: float
    alias: str
    """The alias that has more of what was asked than the title; empty where none has."""
    excerpt: Excerpt


class Answer(Struct, frozen=True):
    """What a query finds."""

    hits: tuple[Hit, ...]
    """The best first."""
    n_found: int = 0
    """Notes that were found, with those that aren't among the hits."""
    n_unchecked: int = 0
    """Notes that have all words of a phrase, and whose texts weren't read to see whether they have it."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Words that were taken for misspelt, each with what it may have meant."""
    messages: tuple[str, ...] = ()
    """What of the query couldn't be asked."""


def answer(index: Index, asked: str, limit: int = SHOWN) -> Answer:
    """What a query finds in an index: at most *limit* hits."""
    query = read_query(asked)
    among, without, messages = _linked(index, query)
    if not (query.words or any(not each.is_without for each in query.filters)):
        nothing = "There is nothing to search for: name a word, or what the notes shall be."
        return Answer((), messages=(*query.messages, nothing))
    ranked = rank(Reading(index), query, among, without)
    found = ranked.notes
    known: dict[int, tuple[str, Text]] = {}

    def told(note: int) -> tuple[str, Text]:
        if note not in known:
            known[note] = index.note(note)
        return known[note]

    n_unchecked = 0
    if query.phrases or query.without_phrases:
        n_unchecked = max(len(found) - CHECKED, 0)
        found = [each for each in found[:CHECKED] if _says(told(each[0])[1], query)]
    found = nearer(query, ranked, found, lambda note: told(note)[1].parts)
    match = matcher(query, ranked.corrections)
    hits = []
    for note, score in found[: max(limit, 0)]:
        path, text = told(note)
        alias, lines = alias_found(text, query, match), excerpt(text, match, len(query.words))
        hits.append(Hit(path, text.title, text.url, text.type, round(score, 3), alias, lines))
    messages = (*query.messages, *messages)
    return Answer(tuple(hits), len(found), n_unchecked, _shown(query, ranked), messages)


def _linked(index: Index, query: Query) -> tuple[set[int] | None, set[int], tuple[str, ...]]:
    """The notes that the filters `linked:` let pass (None without any), those that they don't, and what is no name."""
    among: set[int] | None = None
    without: set[int] = set()
    messages = []
    for each in query.filters:
        if each.operator != "linked":
            continue
        nodes = index.finder.nodes(each.value)
        if not nodes:
            messages.append(f"No note is called “{each.value}”, and none links to such a name.")
        found = {note for node in nodes for note in index.linked(node)}
        if each.is_without:
            without |= found
        else:
            among = found if among is None else among & found
    return among, without, tuple(messages)


def _says(text: Text, query: Query) -> bool:
    """Whether a text has all phrases that it must have, and none of the others."""
    parts = [words(part) for part in text.parts]
    return all(_has(parts, phrase) for phrase in query.phrases) and not any(
        _has(parts, phrase) for phrase in query.without_phrases
    )


def _has(parts: Sequence[Sequence[str]], phrase: Sequence[str]) -> bool:
    return any(longest_run(phrase, part) == len(phrase) for part in parts)


def _shown(query: Query, ranked: Ranked) -> tuple[tuple[str, str], ...]:
    """Corrections of words that no note has; those of others were only tried."""
    unknown = {word.key: word.written for word in query.words if word.key in ranked.unknown}
    return tuple((unknown[key], meant) for key, meant in ranked.corrections if key in unknown)


__all__ = ["Answer", "Excerpt", "Filter", "Hit", "answer"]
