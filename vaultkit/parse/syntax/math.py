"""`$inline$` and `$$display$$` mathematics, told from money (rules M-30 … M-33, X-6)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# The next dollar that isn't escaped: a valid pair ends there or nowhere.
_CLOSING = re.compile(r"(?:[^$\\]++|\\.)+", re.DOTALL)
# The next two of them; a single one between them is TeX (M-30), but `$$$` is no opening.
_CLOSING_TWO = re.compile(r"(?!\$)(?:[^$\\]++|\\.|\$(?!\$))+", re.DOTALL)
_TEX_SIGN = re.compile(r"[\\^_{]")


def add(md: MarkdownIt, *, money: bool) -> None:
    """Add both rules; with *money*, amounts such as `$5` open no formula (X-6)."""
    md.inline.ruler.before("escape", "math", money_aware if money else inline_math)
    md.block.ruler.before("fence", "math_block", math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def inline_math(state: StateInline, silent: bool) -> bool:
    return _math(state, silent, money=False)


def money_aware(state: StateInline, silent: bool) -> bool:
    return _math(state, silent, money=True)


def _math(state: StateInline, silent: bool, *, money: bool) -> bool:
    src, pos = state.src, state.pos
    if src[pos] != "$":
        return False
    display = src.startswith("$$", pos)
    start = pos + (2 if display else 1)
    match = (_CLOSING_TWO if display else _CLOSING).match(src, start, state.posMax)
    if match is None:
        return False
    end = match.end()
    tex = src[start:end]
    if display:
        if not src.startswith("$$", end) or not tex.strip():
            return False
        after = end + 2
    else:
        if not _is_inline(src, tex, end, state.posMax) or (money and is_money(tex)):
            return False
        after = end + 1
    if not silent:
        token = state.push("math", "", 0)
        token.content = tex.strip()
        token.meta = {"display": display}
    state.pos = after
    return True


def _is_inline(src: str, tex: str, end: int, limit: int) -> bool:
    """No blank inside either dollar, no digit after the closing one (M-31)."""
    if end >= limit or src[end] != "$" or tex[0].isspace() or tex[-1].isspace():
        return False
    return not (end + 1 < limit and src[end + 1].isdigit())


def is_money(tex: str) -> bool:
    """Whether what stands between two dollars is an amount and more, not a formula (X-6)."""
    return "|" in tex or (tex[0].isdigit() and _TEX_SIGN.search(tex) is None)


def math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A block that opens with `$$` and runs to the line that ends with the next `$$`."""
    if state.is_code_block(start_line):
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if not state.src.startswith("$$", begin):
        return False
    first = state.src[begin + 2 : end]
    line = start_line
    text = first
    while "$$" not in text:
        line += 1
        if line >= end_line or (not state.isEmpty(line) and state.sCount[line] < state.blkIndent):
            return False
        text = state.src[state.bMarks[line] : state.eMarks[line]]
    before, _, after = text.partition("$$")
    if after.strip():
        return False
    if silent:
        return True
    if line == start_line:
        tex = before
    else:
        tex = first + "\n" + state.getLines(start_line + 1, line, state.blkIndent, False) + "\n" + before
    if not tex.strip():
        return False
    token = state.push("math_block", "", 0)
    token.content = tex.strip()
    token.map = [start_line, line + 1]
    state.line = line + 1
    return True
