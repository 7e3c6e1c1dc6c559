"""The bytes of a file as text: UTF-8, lines that end in a line feed, nothing that a renderer could trip over."""

from __future__ import annotations

import re
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"

REPLACEMENT = "\ufffd"
"""Stands for what can't be read."""


class Decoded(NamedTuple):
    """A text, and what had to be done to it."""

    text: str
    had_bom: bool = False
    bad_byte: tuple[int, int] | None = None
    """Line and column of the first byte that isn't UTF-8."""
    control: tuple[int, int] | None = None
    """Line and column of the first control character or noncharacter."""

    @property
    def has_controls(self) -> bool:
        return self.control is not None


def decode(data: bytes) -> Decoded:
    r"""The text of *data*; whatever the bytes, there is one.

    A byte order mark is dropped, each of CRLF and CR becomes a line feed. Control
    characters other than tab and line feed become U+FFFD, and so do U+FDD0 to
    U+FDEF, U+FFFE and U+FFFF: Unicode leaves these to a program's own use, and
    ours is to mark holes in rendered text.

    >>> decode(b"\xef\xbb\xbfa\r\n\xff")
    Decoded(text='a\n\ufffd', had_bom=True, bad_byte=(2, 1), control=None)
    """
    had_bom = data.startswith(BOM)
    if had_bom:
        data = data[len(BOM) :]
    bad_byte = None
    try:
        text = _with_line_feeds(data.decode())
    except UnicodeDecodeError as error:
        bad_byte = _place(_with_line_feeds(data[: error.start].decode()))
        text = _with_line_feeds(data.decode(errors="replace"))
    if not _may_hold_controls(data):
        return Decoded(text, had_bom, bad_byte)
    first = _CONTROLS.search(text)
    if first is None:
        return Decoded(text, had_bom, bad_byte)
    return Decoded(_CONTROLS.sub(REPLACEMENT, text), had_bom, bad_byte, _place(text[: first.start()]))


_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\ufdd0-\ufdef\ufffe\uffff]")

_CONTROL_BYTES = bytes({*range(0x20)} - {*b"\t\n\r"})


def _may_hold_controls(data: bytes) -> bool:
    """Whether the slow search is due: deleting from bytes runs at memory speed, a character class doesn't.

    All noncharacters begin with the byte EF, which is rare.
    """
    return len(data.translate(None, _CONTROL_BYTES)) != len(data) or b"\xef" in data


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _place(before: str) -> tuple[int, int]:
    """Line and column of what follows *before*."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
