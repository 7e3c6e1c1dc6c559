"""What of one note counts for its relatedness: links with their weight, what stands together, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import NamedTuple

from vaultkit.knowledge.tables import kind_of, rows_of
from vaultkit.model import Document, Links, Structure, VaultPath
from vaultkit.nodes import node_of
from vaultkit.words import fold, is_journal

LINE, TABLE, SECTION = range(3)
"""What links stand together in, the closest first."""

MAX_TOGETHER = 60
"""Links of one line, table or section beyond which it is an index, and says nothing of any two of them."""

TITLE_COUNT = 3
"""How often a word of the title counts as if it stood in the text."""

_WEIGHTS = [0, *(round(16 * (1 + log(n))) for n in range(1, 256))]
"""Of a number of mentions, in sixteenths."""

_REPORTS = re.compile(r"reports?", re.IGNORECASE)
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789") | frozenset(range(128, 256))
_SPACED = bytes(byte if byte in _LETTERS else 32 for byte in range(256))
_TYPOGRAPHY = re.compile(rb"\xe2\x80.|\xc2\xa0")
_REMARK = re.compile(r"\(.*?\)")


class Traits(NamedTuple):
    """One note, as far as its relatedness goes."""

    links: dict[str, int]
    """Nodes that it links to, and the weight of that."""
    together: list[tuple[int, list[str]]]
    """Nodes that stand together, by what they stand in."""
    words: Counter[bytes]
    name: list[bytes]
    """Words of the title."""


def is_dated(path: str) -> bool:
    """Whether a note is of a day or a report: it mentions much, and says little of any two things that it mentions."""
    folder, slash, _ = path.partition("/")
    return bool(slash) and (is_journal(folder) or _REPORTS.fullmatch(folder) is not None)


def traits(
    path: VaultPath, document: Document, links: Links, headings: frozenset[str], *, by_text: bool = True
) -> Traits:
    """Args:
    headings: Under which each line is of something related, folded.
    by_text: Or else the note has no words.
    """
    structure = document.structure
    nodes = [node_of(target) for target in links.targets]
    by_passage: dict[int, list[int]] = {}
    for index, ref in enumerate(document.refs):
        if not ref.in_comment and nodes[index] != path:
            by_passage.setdefault(ref.passage, []).append(index)
    return Traits(
        _weighted(path, document, structure, nodes, by_passage, headings),
        list(_together(document, structure, nodes, by_passage)),
        _words(document, structure) if by_text else Counter(),
        sorted(set(words_of(_REMARK.sub(" ", document.title)))) if by_text else [],
    )


def _words(document: Document, structure: Structure) -> Counter[bytes]:
    words = Counter(words_of(" ".join([passage.text for passage in structure.passages])))
    for word in words_of(" ".join((document.title, *document.aliases))):
        words[word] += TITLE_COUNT
    return words


def words_of(text: str) -> list[bytes]:
    """The words of a text in lower case, as bytes: thrice as quick as a pattern over characters."""
    return _TYPOGRAPHY.sub(b" ", text.lower().encode("utf-8", "replace")).translate(_SPACED).split()


def _weighted(
    path: VaultPath, document: Document, structure: Structure, nodes: Sequence[str],
    by_passage: Mapping[int, Sequence[int]], headings: frozenset[str],
) -> dict[str, int]:  # fmt: skip
    """More for each mention; twice where the note lists what it has to do with; less from a journal or report."""
    stated = set(by_passage.get(-1, ()))
    for table in structure.tables:
        if len(table.columns) == 2 and any(table.passage + n in by_passage for n in range(table.n_rows)):
            rows = rows_of(table, structure, document.refs, by_passage)
            if kind_of(table, rows) == "key-value":
                stated.update(ref for row in rows for _, ref in row.links)
    sections = _lists_of_related(document, headings)
    mentions: Counter[str] = Counter()
    strong: set[str] = set()
    for passage, refs in by_passage.items():
        section = structure.passages[passage].section if passage >= 0 else -1
        for ref in refs:
            mentions[nodes[ref]] += 1
            if ref in stated or (section >= 0 and sections[section]):
                strong.add(nodes[ref])
    dated = is_dated(path)
    return {
        node: max(1, _WEIGHTS[min(n, 255)] * (2 if node in strong else 1) * (3 if dated else 10) // 10)
        for node, n in mentions.items()
    }


def _lists_of_related(document: Document, headings: frozenset[str]) -> list[bool]:
    """Of each heading: whether what stands below it, or below its subheadings, is related to the note."""
    found: list[bool] = []
    open_: list[tuple[int, bool]] = []
    for heading in document.headings:
        while open_ and open_[-1][0] >= heading.level:
            open_.pop()
        inside = (bool(open_) and open_[-1][1]) or fold(heading.text.strip(" :*")) in headings
        open_.append((heading.level, inside))
        found.append(inside)
    return found


def _together(
    document: Document, structure: Structure, nodes: Sequence[str], by_passage: Mapping[int, Sequence[int]]
) -> Iterator[tuple[int, list[str]]]:
    """Nodes that stand in one line, table or section, sorted; a section that is but one line is that line."""
    sections: dict[int, set[str]] = {}
    for passage, refs in by_passage.items():
        found = {nodes[ref] for ref in refs}
        if passage >= 0:
            sections.setdefault(structure.passages[passage].section, set()).update(found)
        if 1 < len(found) <= MAX_TOGETHER:
            yield LINE, sorted(found)
    for table in structure.tables:
        found = {nodes[ref] for n in range(table.n_rows) for ref in by_passage.get(table.passage + n, ())}
        if 1 < len(found) <= MAX_TOGETHER:
            yield TABLE, sorted(found)
    for found in sections.values():
        if 1 < len(found) <= MAX_TOGETHER:
            yield SECTION, sorted(found)
