"""Footnotes below a note, in order of their first reference (rules M-40, M-41)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from markdown_it.token import Token

from vaultkit.parse.inline import write_inline

if TYPE_CHECKING:
    from vaultkit.parse.collect import Collector


def write_footnotes(collector: Collector) -> None:
    """Those that were referred to; the others are read for their links, and not shown."""
    draft, mark = collector.draft, collector.draft.mark
    definitions: dict[str, Token] = draft.env.get("footnotes", {})
    if not definitions and not draft.anonymous:
        return
    draft.places.append("footnote")
    if draft.footnotes:
        draft.parts.append(f'<section class="{mark}footnotes"><ol>\n')
        for name in _growing(draft.footnotes):
            number = draft.footnotes[name]
            draft.parts.append(f'<li id="{mark}fn-{number}">')
            _write(collector, name, definitions)
            draft.parts.append(f' <a class="{mark}footnote-back" href="{mark}#fnref-{number}">↩</a></li>\n')
        draft.parts.append("</ol></section>\n")
    _read_unshown(collector, definitions)
    draft.places.pop()


def _read_unshown(collector: Collector, definitions: dict[str, Token]) -> None:
    """The other definitions, and what these alone refer to: for their links, and leaving nothing in the body."""
    draft = collector.draft
    shown, n_parts = dict(draft.footnotes), len(draft.parts)
    for name in definitions:
        draft.footnotes.setdefault(name, 0)
    for name in _growing(draft.footnotes):
        if name not in shown:
            _write(collector, name, definitions)
    del draft.parts[n_parts:]
    draft.footnotes = shown


def _write(collector: Collector, name: str, definitions: dict[str, Token]) -> None:
    draft = collector.draft
    if name in draft.anonymous:
        text, line = draft.anonymous[name]
        draft.begin_passage()
        write_inline(draft, text, line)
        draft.end_passage("footnote", line)
        return
    definition = definitions[name]
    tokens: list[Token] = []
    draft.md.block.parse(definition.content, draft.md, draft.env, tokens)
    # A note of one paragraph stands in its item without one.
    if [token.type for token in tokens] in (["plain_paragraph"], ["paragraph_open", "inline", "paragraph_close"]):
        tokens[0].hidden = True
    draft.offset = (definition.map[0] if definition.map else 0) + draft.body_line
    collector.footnote(tokens)
    draft.offset = draft.body_line


def _growing(numbers: dict[str, int]) -> Iterator[str]:
    """The keys of a dict that may grow meanwhile, in order: a footnote can refer to another."""
    seen = 0
    while seen < len(numbers):
        names = list(numbers)[seen:]
        seen += len(names)
        yield from names
