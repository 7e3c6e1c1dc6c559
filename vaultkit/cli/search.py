"""`vaultkit search`: the notes that answer a query, the best first, with the lines that do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.asking import asked, check_options
from vaultkit.cli.console import Piece, show_json, show_lines
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError
from vaultkit.search.answers import SHOWN, Answer, Hit, answer

NOTHING = 1
"""The exit code if no note is found, as `grep` has it."""


def search(
    *query: Annotated[str, Parameter(help='Words, "phrases", -without, and filters.', allow_leading_hyphen=True)],
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    limit: Annotated[int, Parameter(help=f"Notes, at most [default: {SHOWN}].")] = SHOWN,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> int:
    if not query:
        raise VaultkitError("say what to search for")
    check_options(query, "--")
    if limit < 0:
        raise VaultkitError("--limit is a number of notes")
    text = " ".join(query)
    located = locate(vault, config, {"cache_dir": cache_dir})
    found = asked(
        located, "search", lambda index: answer(index, text, limit), lambda opened: opened.search(text, limit)
    )
    if json:
        show_json(_as_json(text, found))
    else:
        show_lines(_report(found), sys.stdout)
        show_lines(_told(found), sys.stderr)
    return 0 if found.hits else NOTHING


def _report(found: Answer) -> Iterator[Sequence[Piece]]:
    for hit in found.hits:
        title: list[Piece] = [(hit.title, "bold")]
        if hit.alias:
            title.append((f" ({hit.alias})", ""))
        kind = f"  {hit.type}" if hit.type else ""
        yield [*title, (f"  {hit.path}{kind}", "dim")]
        if hit.excerpt.text:
            heading: list[Piece] = [(f"{hit.excerpt.heading}: ", "dim")] if hit.excerpt.heading else []
            yield [("    ", ""), *heading, *_marked(hit)]


def _marked(hit: Hit) -> Iterator[Piece]:
    text, at = hit.excerpt.text, 0
    for start, end in hit.excerpt.marks:
        yield text[at:start].replace("\n", " · "), ""
        yield text[start:end], "mark"
        at = end
    yield text[at:].replace("\n", " · "), ""


def _told(found: Answer) -> Iterator[Sequence[Piece]]:
    """What isn't a result."""
    for message in found.messages:
        yield [(message, "")]
    by_word: dict[str, list[str]] = {}
    for word, meant in found.corrections:
        by_word.setdefault(word, []).append(meant)
    for word, meant_by_it in by_word.items():
        yield [(f"No note has the word “{word}”; looked for {', '.join(meant_by_it)}.", "")]
    if found.n_unchecked:
        yield [(f"{found.n_unchecked:,} more notes have all the words, and weren't read for the phrase.", "")]
    if not found.hits and not found.messages:
        yield [("No note was found.", "")]
    elif found.n_found > len(found.hits):
        yield [(f"{len(found.hits):,} of {found.n_found:,} notes are shown; --limit shows more.", "dim")]


def _as_json(text: str, found: Answer) -> dict[str, object]:
    return {
        "query": text,
        "found": found.n_found,
        "unchecked": found.n_unchecked,
        "corrections": [{"word": word, "meant": meant} for word, meant in found.corrections],
        "messages": list(found.messages),
        "hits": [
            {
                "path": hit.path,
                "title": hit.title,
                "url": hit.url,
                "type": hit.type or None,
                "score": hit.score,
                "alias": hit.alias or None,
                "heading": hit.excerpt.heading or None,
                "anchor": hit.excerpt.anchor or None,
                "excerpt": hit.excerpt.text,
                "marks": [list(mark) for mark in hit.excerpt.marks],
            }
            for hit in found.hits
        ],
    }
