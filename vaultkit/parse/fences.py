"""Where in a note its front matter stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from vaultkit.parse.salvage import KNOWN_KEYS


class Split(NamedTuple):
    """A note cut in two."""

    block: str
    """The lines between the fences, each with its line end."""
    line: int
    """How many lines of the file stand before the block."""
    body: str
    body_line: int
    """How many lines of the file stand before the body."""
    oddity: str = ""
    """What keeps Obsidian from reading it."""


# Blank lines and lines of nothing but tags may stand before the fence.
_BEFORE = r"(?P<before>(?:[ \t]*\n|(?:[ \t]*#[^\s#]+)+[ \t]*\n)*+)"
_STRICT_START = re.compile(r"---\n")
_STRICT_END = re.compile(r"^---(?:\n|\Z)", re.MULTILINE)
_START = re.compile(_BEFORE + r"---[ \t]*\n")
_END = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
_DOTS = re.compile(r"^\.\.\.[ \t]*(?:\n|\Z)", re.MULTILINE)
_KNOWN = re.compile(rf"^[\"']?(?:{KNOWN_KEYS})[\"']?[ \t]*:", re.MULTILINE | re.IGNORECASE)


def split_strictly(text: str) -> Split | None:
    """As Obsidian does: `---` is the first line, and some later line is exactly `---` (rules F-1 … F-3)."""
    start = _STRICT_START.match(text)
    end = start and _STRICT_END.search(text, start.end())
    if not start or not end:
        return None
    block = text[start.end() : end.start()]
    return Split(block, 1, text[end.end() :], 2 + block.count("\n"))


def split_forgivingly(text: str, is_mapping: Callable[[str], bool]) -> Split | None:
    """After blank lines or a line of tags as well, and ended by `...` if nothing else ends it (rule X-7).

    Two rules with text between look much the same, so what stands anywhere but
    at the very top has to be a mapping.
    """
    if not text.startswith(("-", " ", "\t", "\n", "#")):
        return None
    start = _START.match(text)
    if not start:
        return None
    end = _END.search(text, start.end())
    dots = None if end else _DOTS.search(text, start.end())
    closed = end or dots
    if not closed:
        return None
    before, block = start["before"], text[start.end() : closed.start()]
    if (before or dots) and not _KNOWN.search(block) and not is_mapping(block):
        return None
    line, rest = before.count("\n") + 1, text[closed.end() :]
    n_lines = line + block.count("\n") + 1
    oddity = ""
    if before:
        oddity = "Front matter stands below the first line."
    elif dots:
        oddity = "Front matter ends with `...`."
    elif start[0] != "---\n" or closed[0].removesuffix("\n") != "---":
        oddity = "Spaces stand behind the `---` of the front matter."
    if before.strip():
        # The tags are part of the body, and its lines must keep their numbers.
        return Split(block, line, before + "\n" * (n_lines - line + 1) + rest, 0, oddity)
    return Split(block, line, rest, n_lines, oddity)


def looks_like_front_matter(text: str) -> str:
    """What may have been meant as front matter where there is none: up to a closing line or the first blank one.

    It says nothing of the note but that it may be private.
    """
    start = _START.match(text)
    if not start:
        return ""
    for pattern in (_END, _DOTS, _BLANK):
        if end := pattern.search(text, start.end()):
            return text[start.end() : end.start()]
    return text[start.end() :]


_BLANK = re.compile(r"^[ \t]*$", re.MULTILINE)
