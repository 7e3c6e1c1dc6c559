"""The first line of a callout, `> [!type]- Title` (rules C-1 … C-8).

The quote itself is parsed as any other; this rule takes the first line out of
it, so that what follows is read as blocks of their own.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_FIRST_LINE = re.compile(r"\[!([^\]\n]+)\]([+-]?)(?:[ \t]+(.*))?")


def add(md: MarkdownIt) -> None:
    md.block.ruler.before("table", "callout_title", callout_title)


def callout_title(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if silent or not state.tokens:
        return False
    quote = state.tokens[-1]
    if quote.type != "blockquote_open" or quote.map is None or quote.map[0] != start_line:
        return False
    if state.is_code_block(start_line):
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    match = _FIRST_LINE.fullmatch(state.src[begin:end].rstrip())
    if match is None:
        return False
    kind, _, metadata = match[1].partition("|")
    token = state.push("callout_title", "", 0)
    token.content = (match[3] or "").strip()
    token.map = [start_line, start_line + 1]
    token.meta = {"type": kind.strip().lower(), "metadata": metadata.strip(), "fold": match[2]}
    quote.meta["callout"] = token.meta
    state.line = start_line + 1
    return True
