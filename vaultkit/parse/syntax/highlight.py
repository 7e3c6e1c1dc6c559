"""`==highlights==` (rule M-8), paired like emphasis."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

_EQUALS = ord("=")


def add(md: MarkdownIt) -> None:
    md.inline.ruler.before("emphasis", "highlight", opening)
    md.inline.ruler2.before("emphasis", "highlight", pair_up)


def opening(state: StateInline, silent: bool) -> bool:
    if silent or not state.src.startswith("==", state.pos):
        return False
    scanned = state.scanDelims(state.pos, True)
    length = scanned.length
    if length % 2:
        state.push("text", "", 0).content = "="
    for _ in range(length // 2):
        state.push("text", "", 0).content = "=="
        state.delimiters.append(
            Delimiter(
                marker=_EQUALS,
                length=0,  # No "rule of three" for pairs of a fixed length.
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += length
    return True


def pair_up(state: StateInline) -> None:
    _pair(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            _pair(state, meta["delimiters"])


def _pair(state: StateInline, delimiters: Sequence[Delimiter]) -> None:
    for start in delimiters:
        if start.marker == _EQUALS and start.end >= 0:
            for index, kind, nesting in (
                (start.token, "mark_open", 1),
                (delimiters[start.end].token, "mark_close", -1),
            ):
                token = state.tokens[index]
                token.type, token.tag, token.content = kind, "mark", ""
                token.nesting = 1 if nesting > 0 else -1
