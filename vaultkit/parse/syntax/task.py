"""The box of a task, `- [x] text` (rules M-50, M-51).

The rule takes the box away and leaves the rest of the line to the other block
rules, so that `- [ ] 1. a` holds a nested list, as in Obsidian.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock


def add(md: MarkdownIt) -> None:
    md.block.ruler.before("table", "task_box", task_box)


def task_box(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if silent or state.parentType != "list" or not state.tokens:
        return False
    item = state.tokens[-1]
    if item.type != "list_item_open" or item.map is None or item.map[0] != start_line:
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    src = state.src
    if end - begin < 4 or src[begin] != "[" or src[begin + 2] != "]" or src[begin + 3] not in " \t":
        return False
    item.meta["status"] = src[begin + 1]
    after = state.skipSpaces(begin + 4)
    state.tShift[start_line] += min(after, end) - begin
    state.sCount[start_line] = state.blkIndent
    return False
