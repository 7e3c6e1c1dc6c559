"""The box of a task, `- [x] text` (rules M-50, M-51).

The rule marks the item and moves the start of its line past the box, so that
the other block rules read what follows: `- [ ] 1. a` holds a nested list, as in
Obsidian. The list rule puts the line back when it is done.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block

_MOVED = "moved lines"


def add(md: MarkdownIt) -> None:
    md.block.ruler.before("table", "task_box", task_box)
    md.block.ruler.at("list", list_with_tasks, {"alt": ["paragraph", "reference", "blockquote"]})


def task_box(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if silent or not state.tokens:
        return False
    item = state.tokens[-1]
    if item.type != "list_item_open" or item.map is None or item.map[0] != start_line:
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    src = state.src
    if end - begin < len("[x] ") or src[begin] != "[" or src[begin + 2] != "]" or src[begin + 3] not in " \t":
        return False
    item.meta["status"] = src[begin + 1]
    state.env.setdefault(_MOVED, []).append((start_line, state.bMarks[start_line]))
    # Of a task without text a blank is left: other rules look at a line's first character.
    state.bMarks[start_line] = min(state.skipSpaces(begin + len("[x] ")), end - 1)
    state.tShift[start_line] = 0
    state.sCount[start_line] = state.blkIndent
    # What follows the box may be any block, whatever the line began with: those who choose rules by that look no further.
    rules = state.md.block.ruler.getRules("")
    return any(rule(state, start_line, end_line, False) for rule in rules if rule is not task_box)


def list_with_tasks(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The stock rule; the lines that boxes moved meanwhile go back to where they were."""
    before = len(state.env.get(_MOVED, ()))
    matched = list_block(state, start_line, end_line, silent)
    moved: list[tuple[int, int]] = state.env.get(_MOVED, [])
    while len(moved) > before:
        line, mark = moved.pop()
        state.bMarks[line] = mark
    return matched
