"""Tables (GFM; rules M-10, M-11, X-4) as one token with their cells unparsed.

Stock markdown-it makes three tokens and a parse of every cell; in a vault with
half a million cells that is most of the work. A test holds the result equal to
the stock rule's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_PIPE = re.compile(r"\\?\|")
_PIPE_OR_LINK = re.compile(r"\[\[[^\[\]\n]*\]\]|\\?\|")

MAX_FILLED_CELLS = 0x10000
"""How many missing cells are filled in before the table ends: 1.8 kB must not become 650 kB."""


class RawTable(NamedTuple):
    """Cells as written, trimmed, `\\|` already a pipe."""

    header: list[str]
    rows: list[list[str]]
    aligns: list[str]
    has_bare_pipe: bool
    """Whether a wikilink with a bare pipe was kept whole."""
    ragged: list[int]
    """The rows, by number, that had more or fewer cells than the head: what was too much is cut, what was missing is empty."""


def add(md: MarkdownIt, *, atomic_links: bool) -> None:
    """Replace the stock rule; with *atomic_links*, a wikilink never splits a cell (X-4)."""
    split = _split_atomic if atomic_links else _split_plain

    def table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        if start_line + 2 > end_line or state.sCount[start_line + 1] < state.blkIndent:
            return False
        aligns = _aligns(state, start_line + 1)
        if aligns is None or state.is_code_block(start_line) or state.is_code_block(start_line + 1):
            return False
        line = _text(state, start_line)
        if "|" not in line:
            return False
        header, bare = split(line)
        if len(header) != len(aligns):
            return False
        if silent:
            return True
        rows, next_line, bare_rows, ragged = _rows(state, start_line + 2, end_line, len(header))
        token = state.push("table", "", 0)
        token.meta = {"table": RawTable(header, rows, aligns, bare or bare_rows, ragged)}
        token.map = [start_line, next_line]
        state.line = next_line
        return True

    def _rows(
        state: StateBlock, line: int, end_line: int, width: int
    ) -> tuple[list[list[str]], int, bool, list[int]]:  # fmt: skip
        terminators = state.md.block.ruler.getRules("blockquote")
        previous, state.parentType = state.parentType, "table"
        rows: list[list[str]] = []
        ragged: list[int] = []
        filled, bare = 0, False
        while line < end_line and state.sCount[line] >= state.blkIndent:
            text = _text(state, line)
            # A row that begins with a pipe can't be the start of another block.
            if not text or state.is_code_block(line):
                break
            if text[0] != "|" and any(rule(state, line, end_line, True) for rule in terminators):
                break
            cells, has_bare = split(text)
            filled += width - len(cells)
            if filled > MAX_FILLED_CELLS:
                break
            if len(cells) != width:
                ragged.append(len(rows))
            rows.append(cells[:width] + [""] * (width - len(cells)))
            bare |= has_bare
            line += 1
        state.parentType = previous
        return rows, line, bare, ragged

    md.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})


def _text(state: StateBlock, line: int) -> str:
    """A row, without tabs: those stand between cells in its passage."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip().replace("\t", " ")


def _aligns(state: StateBlock, line: int) -> list[str] | None:
    """The alignments of a delimiter row, or None where the line isn't one."""
    begin, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if end - begin < 2 or state.src[begin] not in "|-:":
        return None
    # `- ` would be the start of a list.
    if state.src[begin] == "-" and state.src[begin + 1] in " \t":
        return None
    text = state.src[begin:end].rstrip()
    if _DELIMITERS.fullmatch(text) is None:
        return None
    aligns = []
    for cell in text.strip("|").split("|"):
        mark = cell.strip()
        left, right = mark.startswith(":"), mark.endswith(":")
        aligns.append("center" if left and right else "right" if right else "left" if left else "")
    return aligns


def _split_plain(line: str) -> tuple[list[str], bool]:
    if "\\" not in line:
        return _trimmed(line.split("|")), False
    return _trimmed(_cut(line, _PIPE)[0]), False


def _split_atomic(line: str) -> tuple[list[str], bool]:
    if "[[" not in line:
        return _split_plain(line)
    cells, bare = _cut(line, _PIPE_OR_LINK)
    return _trimmed(cells), bare


def _cut(line: str, pattern: re.Pattern[str]) -> tuple[list[str], bool]:
    """Cells cut at pipes that aren't escaped; whether a link with a bare pipe was met."""
    cells: list[str] = []
    pieces: list[str] = []
    last, bare = 0, False
    for match in pattern.finditer(line):
        found = match[0]
        if found == "|":
            pieces.append(line[last : match.start()])
            cells.append("".join(pieces))
            pieces.clear()
            last = match.end()
        elif found == "\\|":
            pieces.append(line[last : match.start()])
            last = match.start() + 1
        elif found[0] == "[":
            pieces.append(line[last : match.start()])
            pieces.append(found.replace("\\|", "|"))
            bare |= "|" in found.replace("\\|", "")
            last = match.end()
    pieces.append(line[last:])
    cells.append("".join(pieces))
    return cells, bare


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty ends that outer pipes leave."""
    if cells and not cells[0].strip():
        del cells[0]
    if cells and not cells[-1].strip():
        del cells[-1]
    return [cell.strip() for cell in cells]
