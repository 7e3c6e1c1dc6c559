"""Footnotes: `[^id]`, `[^id]: text` and `^[text]` (rules M-40 … M-43)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_REFERENCE = re.compile(r"\[\^([^\s\]\[^]+)\]")
_DEFINITION = re.compile(r"\[\^([^\s\]\[^]+)\]:[ \t]*")


def add(md: MarkdownIt) -> None:
    md.inline.ruler.before("link", "footnote_reference", reference)
    md.inline.ruler.push("footnote_inline", inline_footnote)
    md.block.ruler.before("reference", "footnote_definition", definition, {"alt": ["paragraph", "reference"]})


def reference(state: StateInline, silent: bool) -> bool:
    """A reference; without a definition it stays text (M-41)."""
    if not state.src.startswith("[^", state.pos):
        return False
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None or match[1] not in state.env.get("footnotes", ()):
        return False
    if not silent:
        token = state.push("footnote_reference", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def inline_footnote(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("^[", state.pos):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0:
        return False
    if not silent:
        token = state.push("footnote_inline", "", 0)
        token.content = state.src[state.pos + 2 : end]
    state.pos = end + 1
    return True


def definition(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A definition with its continuation lines, indented by two or more."""
    if state.is_code_block(start_line):
        return False
    begin = state.bMarks[start_line] + state.tShift[start_line]
    match = _DEFINITION.match(state.src, begin, state.eMarks[start_line])
    if match is None:
        return False
    if silent:
        return True
    last = _last_line(state, start_line, end_line)
    first = state.src[match.end() : state.eMarks[start_line]]
    rest = state.getLines(start_line + 1, last + 1, state.blkIndent + 4, False) if last > start_line else ""
    token = state.push("footnote_definition", "", 0)
    token.content = first + "\n" + rest if rest else first
    token.map = [start_line, last + 1]
    token.meta = {"id": match[1]}
    # The first definition of an id counts, as for link references.
    state.env.setdefault("footnotes", {}).setdefault(match[1], token)
    state.line = last + 1
    return True


def _last_line(state: StateBlock, start_line: int, end_line: int) -> int:
    interrupts = state.md.block.ruler.getRules("paragraph")
    last, blank = start_line, False
    for line in range(start_line + 1, end_line):
        if state.isEmpty(line):
            blank = True
        elif state.sCount[line] - state.blkIndent >= 2:
            last, blank = line, False
        elif blank or state.sCount[line] < state.blkIndent or any(r(state, line, end_line, True) for r in interrupts):
            break
        else:
            last = line  # A lazy continuation of the paragraph.
    return last
