"""`%%comments%%`: hidden from readers, though their tags still count (rules M-16 … M-18)."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline


def add(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "comment", comment)
    md.block.ruler.before(
        "fence", "comment_block", comment_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def comment(state: StateInline, silent: bool) -> bool:
    """An inline comment; one that is never closed hides the rest of its block: it fails closed."""
    if not state.src.startswith("%%", state.pos):
        return False
    start = state.pos + 2
    end = state.src.find("%%", start, state.posMax)
    if not silent:
        token = state.push("comment", "", 0)
        token.content = state.src[start : end if end >= 0 else state.posMax]
    state.pos = end + 2 if end >= 0 else state.posMax
    return True


def comment_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """From a line that opens with `%%` to the next line that has one, else to the end (M-18)."""
    if state.is_code_block(start_line):
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if not state.src.startswith("%%", begin):
        return False
    closing = state.src.find("%%", begin + 2, end)
    if closing >= 0 and state.src[closing + 2 : end].strip():
        return False  # Text follows: an inline comment at the start of a paragraph.
    if silent:
        return True
    line, close_at = start_line, closing
    while close_at < 0:
        line += 1
        if line >= end_line:
            break
        close_at = state.src.find("%%", state.bMarks[line], state.eMarks[line])
    token = state.push("comment_block", "", 0)
    token.content = state.src[begin + 2 : close_at if close_at >= 0 else state.eMarks[min(line, end_line) - 1]]
    rest = state.src[close_at + 2 : state.eMarks[line]] if close_at >= 0 else ""
    if rest.strip():
        # What follows the closing marks on their line is Markdown again.
        blank = len(rest) - len(rest.lstrip(" \t"))
        state.bMarks[line] = close_at + 2
        state.tShift[line] = blank
        state.sCount[line] = state.blkIndent
        token.map = [start_line, line]
        state.line = line
    else:
        token.map = [start_line, min(line + 1, end_line)]
        state.line = min(line + 1, end_line)
    return True
