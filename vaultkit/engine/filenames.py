"""File names as text, whatever the locale: on POSIX a name is bytes, and to us those are UTF-8.

Python decodes names by the locale's encoding. Under `LC_ALL=C` without UTF-8
mode, that makes surrogates of every `é`, and can't spell `é` when writing.
"""

from __future__ import annotations

import os


def native(path: str) -> str:
    """A path of ours as Python's file functions must be given it."""
    return path if path.isascii() or os.name == "nt" else os.fsdecode(path.encode())


def as_text(name: str) -> str | None:
    """A name from Python's file functions as text; None if its bytes aren't UTF-8."""
    if name.isascii():
        return name
    try:
        return os.fsencode(name).decode()
    except UnicodeDecodeError:
        return None


def shown(name: str) -> str:
    """A name that isn't text as something that can be printed."""
    return os.fsencode(name).decode(errors="backslashreplace")
