"""What should be mended, as rows: each formula looks at one note or one name, so that an edit looks at little again.

A name that stands behind a label may be that of a private note. So findings name
only notes that are public, and wanted names that some reader can see anyway.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from vaultkit.diagnostics import Diagnostic
from vaultkit.engine.tables import Get
from vaultkit.facts import Fact, NoteTables
from vaultkit.model import Document, Edge, Links, VaultPath, WantedCard
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.words import fold, is_journal, singular

SHORT = 60
"""Words up to which a note is a stub, if much links to it."""

MUCH = 8
"""Notes that link to a stub, at least."""

N_PLACES = 6
"""Places that a finding names."""


class Spot(Struct, frozen=True, array_like=True, gc=False):
    """A place in a note, or the note as a whole."""

    node: str
    """A node of the graph."""
    slug: str = ""
    label: str = ""
    """What it is called there, where that isn't the note's title."""
    line: int = 0


class Flaw(Struct, frozen=True, array_like=True, gc=False):
    """Something to mend, before its notes have addresses."""

    kind: str
    """Of finding: a name of the theme's, or the code of a problem."""
    order: int
    """The larger, the earlier."""
    about: tuple[Spot, ...]
    where: tuple[Spot, ...] = ()
    n_where: int = 0
    """How many places there are, named or not."""
    role: str = ""
    text: str = ""
    n_words: int = -1
    line: int = 0
    count: int = 0


Flaws = tuple[Flaw, ...]

# ---------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------


def dangling(node: str, card: WantedCard, *, mentions: Get) -> Flaws:
    """A name that no note has, or that several notes claim, with where it is used."""
    edges: Sequence[Edge] = mentions(node, ())
    by_note = {edge.source: edge for edge in reversed(edges)}
    places = [Spot(edge.source, edge.slug, line=edge.line) for _, edge in sorted(by_note.items())]
    kind = "dangling" if node.startswith(WANTED) else "ambiguous"
    found = Flaw(
        kind, card.n_mentions, (Spot(node, label=card.name),), tuple(places[:N_PLACES]), len(places),
        count=card.n_mentions,
    )  # fmt: skip
    return (found,)


class Called(Struct, frozen=True, array_like=True, gc=False):
    """What a note is called."""

    name: str
    path: VaultPath
    is_alias: bool


def by_skeleton(path: VaultPath, document: Document) -> Iterator[tuple[str, Called]]:
    """The names of a note under what is left of them without what people leave out."""
    if document.kind != "note" or is_journal(path.partition("/")[0]):
        return
    seen: set[str] = set()
    stem = path.rpartition("/")[2].removesuffix(".md")
    for name, is_alias in ((stem, False), (document.title, False), *((alias, True) for alias in document.aliases)):
        if fold(name) not in seen and (left := skeleton(name)):
            seen.add(fold(name))
            yield left, Called(name, path, is_alias)


_SUFFIXES = frozenset("inc incorporated corp corporation ltd limited llc plc lp llp gmbh ag sa nv spa co".split())
_LAST_WORDS = (("capital", "partners"),)
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=50_000)
def skeleton(name: str) -> str:
    """A name without case, accents, punctuation, plural and the legal form of a company.

    >>> skeleton("Acmé, Inc."), skeleton("open-source tools") == skeleton("Open source tool")
    ('acme', True)
    """
    text = name.casefold().replace("’", "").replace("'", "").replace("&", " and ")
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    # "U.S." is one word, "C++" is another than "C".
    words = _WORD.findall(text.replace(".", "").replace("+", "plus").replace("#", "sharp"))
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    for last in _LAST_WORDS:
        if len(words) > len(last) and tuple(words[-len(last) :]) == last:
            del words[-len(last) :]
    if words and words[-1].isalpha() and len(words[-1]) > 4:
        words[-1] = singular(words[-1])
    return "".join(words)


def alike(_: str, called: Sequence[Called]) -> Flaws | None:
    """Notes that claim one name, and notes whose names differ in little more than spelling."""
    names: dict[VaultPath, str] = {}
    by_name: dict[str, list[Called]] = {}
    for each in sorted(called, key=lambda each: each.is_alias):
        names.setdefault(each.path, each.name)
        by_name.setdefault(fold(each.name), []).append(each)
    if len(names) < 2:
        return None
    found: list[Flaw] = []
    known: list[set[VaultPath]] = []
    for claims in by_name.values():
        paths = {each.path for each in claims}
        if len(paths) > 1 and any(each.is_alias for each in claims):
            known.append(paths)
            found.append(Flaw("collision", len(paths), tuple(map(Spot, sorted(paths))), text=claims[0].name))
    # Notes that are known to claim one name needn't be told again to be alike.
    if not any(names.keys() <= paths for paths in known):
        spelled = {fold(name) for name in names.values()}
        # Of namesakes, the folders tell which is which.
        labels = names if len(spelled) == len(names) else {path: path.removesuffix(".md") for path in names}
        about = tuple(Spot(path, label=labels[path]) for path in sorted(names))
        found.append(Flaw("duplicate", len(names), about))
    return tuple(found) or None


# ---------------------------------------------------------------------------
# Notes
# ---------------------------------------------------------------------------


def standing(path: VaultPath, document: Document, *, edges: Get, backlinks: Get) -> Flaws | None:
    """A note that nothing leads to or from, or one that says little though much leads to it."""
    if document.kind != "note":
        return None
    links: Sequence[Edge] = backlinks(path, ())
    if document.words <= SHORT and len(links) >= MUCH:
        n_notes = len({edge.source for edge in links})
        if n_notes >= MUCH:
            return (Flaw("stub", n_notes, (Spot(path),), n_words=document.words, count=n_notes),)
    if not links and not any(edge.target != path for edge in edges(path, ())):
        return (Flaw("orphan", document.words, (Spot(path),), n_words=document.words),)
    return None


def one_way(inverse: Callable[[str], str]) -> Callable[..., Flaws | None]:
    """The formula of relations that only one of the two notes knows: "A names B as competitor", and B doesn't name A."""

    def flaws(path: VaultPath, facts: Sequence[Fact], *, backlinks: Get) -> Flaws | None:
        named: dict[str, dict[str, Spot]] = {}
        for fact in facts:
            is_note = fact.object[:1] not in ("", WANTED, CLAIMED) and fact.object != path
            if is_note and fact.is_typed and fact.subject == path and inverse(fact.role):
                named.setdefault(fact.role, {}).setdefault(fact.object, Spot(fact.object))
        if not named:
            return None
        known = {edge.source for edge in backlinks(path, ())}
        found = []
        for role, others in sorted(named.items()):
            silent = [spot for other, spot in sorted(others.items()) if other not in known]
            if silent:
                places = tuple(silent[: 2 * N_PLACES])
                found.append(Flaw("one-way", len(silent), (Spot(path),), places, len(silent), role, count=len(silent)))
        return tuple(found) or None

    return flaws


def unlinked(path: VaultPath, tables: NoteTables) -> Flaws | None:
    """The notes that rows of a note's tables name and don't link to."""
    if not tables.unlinked:
        return None
    by_target: dict[str, Spot] = {}
    for line, target in tables.unlinked:
        by_target.setdefault(target, Spot(target, line=line))
    places = tuple(list(by_target.values())[: 2 * N_PLACES])
    return (Flaw("unlinked", len(by_target), (Spot(path),), places, len(by_target), count=len(by_target)),)


# ---------------------------------------------------------------------------
# Problems
# ---------------------------------------------------------------------------

_ELSEWHERE = frozenset({"VK201", "VK207", "VK208"})
"""Names without a note and claims on a name are findings of their own; private notes are not to be named."""

_TELLING = frozenset({"VK124", "VK202", "VK203", "VK204", "VK205", "VK206"})
"""Codes whose message says no more than the page itself. Others may quote what the author hides from readers."""


def issues(
    path: VaultPath, document: Document, *, links: Get, cycles: Get, permalinks: Get
) -> Flaws | None:  # fmt: skip
    """The problems of a note that a reader may know of, by code."""
    resolved: Links | None = links(path)
    problems: tuple[Diagnostic, ...] = (
        *document.problems, *(resolved.problems if resolved is not None else ()), *cycles(path, ()), *permalinks(path, ())
    )  # fmt: skip
    return tuple(
        Flaw(
            problem.code, 0, (Spot(path),), text=problem.message if problem.code in _TELLING else "",
            line=problem.line,
        )
        for problem in sorted(problems)
        if problem.code not in _ELSEWHERE
    ) or None  # fmt: skip
