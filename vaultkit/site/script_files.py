"""Data as classic scripts that call one function: pages that were opened from the disk may read nothing else."""

from __future__ import annotations

from typing import Any

from msgspec import json

_encode = json.Encoder().encode


def calling(function: str, *told: Any) -> bytes:
    """A script that calls a function with plain data.

    A text that ends a script, or a line of one, must not do so.
    """
    data = b",".join(map(_encode, told))
    if not data.isascii():
        data = data.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return b"%s(%s);\n" % (function.encode(), data.replace(b"<", b"\\u003c"))
