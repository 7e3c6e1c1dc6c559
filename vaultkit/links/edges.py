"""Edges of the graph and what is quoted with them: each link with its place and the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vaultkit.engine.tables import Get
from vaultkit.model import CELL_GAP, Document, Edge, Found, Links, Passage, Ref, Target, VaultPath, WantedCard
from vaultkit.nodes import WANTED, node_of, shown_label

MAX_QUOTE = 280
"""Characters of a quoted sentence."""

CELL_MARK = "│"
"""What stands between the cells of a row that is quoted: as long as what it replaces."""

_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’)]*\s+")
Edges = tuple[Edge, ...]


class Totals(NamedTuple):
    """How many notes, links and names without a note there are."""

    n_notes: int
    n_links: int
    n_wanted: int


def edges(path: VaultPath, document: Document, *, links: Get) -> Edges | None:
    """One edge per ref that readers can see, in the order of the refs."""
    resolved: Links | None = links(path)
    if resolved is None:
        return None
    passages = document.passages
    quotes: dict[str, str] = {}
    found = tuple(
        _edge(path, document, passages, ref, target, quotes)
        for ref, target in zip(document.refs, resolved.targets, strict=True)
        if not ref.in_comment
    )
    return found or None


def by_target(path: VaultPath, row: Edges) -> Iterator[tuple[str, Edge]]:
    """The inversion that makes backlinks; what a note says of itself is none."""
    for edge in row:
        if edge.target != path:
            yield edge.target, edge


def neighbors(path: VaultPath, row: Edges) -> tuple[str, ...]:
    """The nodes that a note links to, each once."""
    return tuple(sorted({edge.target for edge in row} - {path}))


def totals(
    documents: Mapping[VaultPath, Document], edges: Mapping[VaultPath, Edges], wanted: Mapping[str, WantedCard]
) -> dict[str, Totals]:
    """One row, of the whole vault."""
    n_notes = sum(document.kind == "note" for document in documents.values())
    return {"": Totals(n_notes, sum(map(len, edges.values())), sum(node.startswith(WANTED) for node in wanted))}


def _edge(
    path: VaultPath, document: Document, passages: tuple[Passage, ...], ref: Ref, target: Target, quotes: dict[str, str]
) -> Edge:
    """An edge; links of one sentence share its text in *quotes*, for sentences are most of what edges weigh."""
    section = slug = quote = ""
    start = end = 0
    if 0 <= ref.passage < len(passages):
        passage = passages[ref.passage]
        if passage.section >= 0:
            heading = document.headings[passage.section]
            section, slug = heading.text, heading.slug
        quote, start, end = sentence(passage.text, ref.start, ref.end)
        quote = quotes.setdefault(quote, quote)
    anchor = target.anchor if isinstance(target, Found) else ""
    return Edge(
        path, node_of(target), ref.kind, ref.line, section, slug, quote, start, end,
        ref.annotation, shown_label(ref, target), anchor, ref.labelled, ref.path, ref.key,
    )  # fmt: skip


def sentence(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The sentence around `text[start:end]`, at most MAX_QUOTE long, and where the part stands in it."""
    if len(text) > 4 * MAX_QUOTE:
        # What is further away than a quote is long can't be told from the quote, and needn't be looked through.
        away = max(0, start - 2 * MAX_QUOTE)
        text = text[away : end + 2 * MAX_QUOTE]
        start, end = start - away, end - away
    label = text[start:end]
    if len(text) <= MAX_QUOTE and "\n" not in text and label == label.strip() and not _SENTENCE_END.search(text):
        # Most lines and rows are one sentence.
        lead = len(text) - len(text.lstrip())
        return text.strip().replace(CELL_GAP, CELL_MARK), start - lead, end - lead
    text = text.replace("\n", " ")
    # A label may begin or end with blanks, which a quote does not.
    label = text[start:end]
    start, end = start + len(label) - len(label.lstrip()), max(end - len(label) + len(label.rstrip()), start)
    start = min(start, end)
    begin = 0
    if start > 0:
        for match in _SENTENCE_END.finditer(text, max(0, start - MAX_QUOTE), start):
            begin = match.end()
    close = _SENTENCE_END.search(text, end)
    stop = close.end() if close else len(text)
    before = after = ""
    if stop - begin > MAX_QUOTE:
        room = max(40, (MAX_QUOTE - (end - start)) // 2)
        if start - begin > room:
            begin = _next_word(text, start - room, start)
            before = "… "
        if stop - end > room:
            stop = _previous_word(text, end + room, end)
            after = " …"
    quote = text[begin:stop]
    lead = len(quote) - len(quote.lstrip())
    shift = len(before) - begin - lead
    return before + quote.strip().replace(CELL_GAP, CELL_MARK) + after, start + shift, end + shift


def _next_word(text: str, at: int, limit: int) -> int:
    space = text.find(" ", at, limit)
    return space + 1 if space >= 0 else at


def _previous_word(text: str, at: int, limit: int) -> int:
    space = text.rfind(" ", limit, at)
    return space if space >= 0 else at
