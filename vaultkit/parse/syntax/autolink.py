"""Bare `https://…` addresses in text (rule L-17), cut as GitHub's Markdown cuts them."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_REST = re.compile(r"://[^\s<>\[\]\"'`|\\]+")
_SCHEMES = ("https", "http")


def add(md: MarkdownIt) -> None:
    md.inline.ruler.push("bare_url", bare_url)


def bare_url(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    pending = state.pending
    scheme = next((pending[-len(s) :] for s in _SCHEMES if pending[-5:].lower().endswith(s)), None)
    if scheme is None or pending[: -len(scheme)][-1:].isalnum():
        return False
    match = _REST.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    rest = _trim(match[0])
    if len(rest) <= len("://"):
        return False
    state.pending = pending[: -len(scheme)]
    url = scheme + rest
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": url}
    token.markup = "linkify"
    state.push("text", "", 0).content = url
    state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def _trim(url: str) -> str:
    """Without trailing punctuation and without a closing parenthesis that was opened outside."""
    closing = url.count(")") - url.count("(")
    end = len(url)
    while end:
        if url[end - 1] == ")" and closing > 0:
            closing -= 1
        elif url[end - 1] not in "?!.,:*_~;":
            break
        end -= 1
    return url[:end]
