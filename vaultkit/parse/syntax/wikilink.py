"""`[[links]]` and `![[embeds]]` (rules L-1 … L-10)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from vaultkit.parse.linktext import split_wikilink

# One line, up to the first `]]`; an inner `[[` starts anew (L-2, L-3, L-4). The
# bracket that closes the subpath `#[^1]` isn't the first of those two (M-42).
_WIKILINK = re.compile(r"!?\[\[((?!\[)(?:[^\[\]\n]++|(?<=#)\[\^[^\s\[\]]+\](?=\]\])|\[(?!\[)|\](?!\]))+)\]\]")


def add(md: MarkdownIt) -> None:
    md.inline.ruler.before("link", "wikilink", wikilink)


def wikilink(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(("[[", "![["), state.pos):
        return False
    match = _WIKILINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    parts = split_wikilink(match[1])
    if parts is None:
        return False
    if not silent:
        embed = match[0][0] == "!"
        token = state.push("embed" if embed else "wikilink", "", 0)
        token.content = match[1]
        token.meta = {"link": parts}
    state.pos = match.end()
    return True
