"""Inline text in which nothing but wikilinks and flat emphasis stands, taken apart without the parser.

Nine of ten paragraphs, list lines and cells of a real vault are like that. What
isn't surely so is left to the parser; a test holds the results of both equal.
"""

from __future__ import annotations

import re

from vaultkit.parse.linktext import LinkText, split_wikilink
from vaultkit.parse.syntax.math import is_money

Piece = str | tuple[LinkText, str]
"""Text or one of `TAGS`; or a wikilink with what stands between its brackets."""

TAGS = frozenset({"<strong>", "</strong>", "<em>", "</em>"})
"""No text can look like one: it would hold a `<`, and be left to the parser."""

_HARD = re.compile(
    r"[\\`_<\n^]|~~|==|%%|://|!\[|\*\*\*|&[#A-Za-z][A-Za-z0-9]*;|#(?![0-9]*(?:[\s.,:;)]|\Z))"
)  # fmt: skip
"""Where something begins that only the parser reads rightly."""

_LINK = re.compile(r"\[\[([^\[\]*]+)\]\]")
_STARS = re.compile(r"\*+")
_EMPHASIS = {"*": ("<em>", "</em>"), "**": ("<strong>", "</strong>")}


def pieces_of(content: str, *, money: bool) -> list[Piece] | None:
    """The text in its parts; None where the parser has to read it.

    Args:
        money: Whether amounts such as `$5` open no formula (X-6).

    >>> pieces_of("**Led** by [[Acme]] at $5B", money=True)
    ['<strong>', 'Led', '</strong>', ' by ', (LinkText(path='Acme', subpath='', label='Acme', labelled=False), 'Acme'), ' at $5B']
    """
    if _HARD.search(content) is not None or ("$" in content and _may_be_math(content, money=money)):
        return None
    split = _LINK.split(content)
    found: list[Piece] = []
    if "*" in content:
        marks = _marks(content)
        if marks is None:
            return None
    else:
        marks = []
    for number, part in enumerate(split):
        if number % 2:
            link = split_wikilink(part)
            if link is None:
                return None
            found.append((link, part))
        elif "[" in part or "]" in part:
            return None
        elif part:
            if "*" in part:
                _cut(part, marks, found)
            else:
                found.append(part)
    return found


def _may_be_math(content: str, *, money: bool) -> bool:
    """Whether a dollar and the next may enclose a formula: never with a blank inside, nor where it is an amount."""
    return any(
        not tex or not (tex[0].isspace() or tex[-1].isspace() or (money and is_money(tex)))
        for tex in content.split("$")[1:-1]
    )


def _marks(content: str) -> list[str] | None:
    """The tags that the runs of stars stand for, the last first; None where they don't surely pair one after the other.

    An opening run follows a space or nothing, so that it can't close; a closing
    one is followed by a space or nothing, or stands between a letter and a mark,
    so that it can't open (CommonMark, 6.2).
    """
    tags: list[str] = []
    opened = ""
    for match in _STARS.finditer(content):
        before = content[match.start() - 1 : match.start()] or " "
        after = content[match.end() : match.end() + 1] or " "
        if not opened:
            if before != " " or after.isspace():
                return None
            opened = match[0]
            tags.append(_EMPHASIS[opened][0])
        elif match[0] == opened and _closes(before, after):
            tags.append(_EMPHASIS[opened][1])
            opened = ""
        else:
            return None
    return None if opened else tags[::-1]


def _closes(before: str, after: str) -> bool:
    """Whether stars between these two characters surely end emphasis and can't begin any."""
    return not before.isspace() and (after == " " or (before.isalnum() and after in ".,;:)!?"))


def _cut(text: str, marks: list[str], found: list[Piece]) -> None:
    last = 0
    for match in _STARS.finditer(text):
        if match.start() > last:
            found.append(text[last : match.start()])
        found.append(marks.pop())
        last = match.end()
    if last < len(text):
        found.append(text[last:])
