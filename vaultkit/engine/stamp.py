"""Whether code is that of the last time, found out by looking at its files and not into them: for whoever is in a hurry.

`fingerprint` says what code is, wherever it lies; this says only that nobody
has touched it here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

_MADE = ("__pycache__", "frontend", "templates")
"""Folders that hold no source code."""


@cache
def code_stamp(package: str, *libraries: str) -> str:
    """Another one whenever a file of a package, or the main one of a library, was written; empty if they aren't files."""
    digest = blake2b(digest_size=16)
    spec = find_spec(package)
    try:
        folders = spec.submodule_search_locations or [] if spec is not None else []
        files = [file for folder in folders for file in _files(folder)]
        others = [found.origin or "" for name in libraries if (found := find_spec(name)) is not None]
        for file in (*files, *others):
            stats = Path(file).stat()
            digest.update(f"{file}\0{stats.st_size}\0{stats.st_mtime_ns}\0".encode("utf-8", "surrogatepass"))
    except OSError:
        return ""
    return digest.hexdigest() if files else ""


def _files(folder: str) -> Iterator[str]:
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _MADE)
        yield from (f"{above}/{name}" for name in sorted(files))
