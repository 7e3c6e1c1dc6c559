"""`^id` on a line of its own: the id of the block before it (rules H-7 … H-13)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_ALONE = re.compile(r"\^([A-Za-z0-9_-]+)[ \t]*")


def add(md: MarkdownIt) -> None:
    md.block.ruler.before(
        "table", "block_id", block_id, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    )


def block_id(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if begin >= end or state.src[begin] != "^" or state.is_code_block(start_line):
        return False
    match = _ALONE.fullmatch(state.src, begin, end)
    if match is None:
        return False
    # On an inner line of a paragraph it is text (H-8).
    if start_line + 1 < state.lineMax and not state.isEmpty(start_line + 1) and start_line + 1 < end_line:
        return False
    if silent:
        return True
    # With no block before it, it names nothing (H-13).
    if not state.tokens or state.tokens[-1].nesting > 0:
        return False
    token = state.push("block_id", "", 0)
    token.content = match[1]
    token.map = [start_line, start_line + 1]
    state.line = start_line + 1
    return True


def without_id(text: str) -> tuple[str, str]:
    """A block's text without the ` ^id` at its very end, and the id, or empty (H-7, H-8).

    >>> without_id("Para with id. ^para-1")
    ('Para with id.', 'para-1')
    """
    caret = text.rfind("^")
    if caret <= 0 or not text[caret - 1].isspace() or _ALONE.fullmatch(text, caret) is None:
        return text, ""
    return text[:caret].rstrip(), text[caret + 1 :].rstrip()
