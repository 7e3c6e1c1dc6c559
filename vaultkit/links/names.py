"""Where a file is called what: folded names to the paths that bear them."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from vaultkit.model import Document, VaultPath
from vaultkit.words import fold

ALIAS = "\0"
"""Stands before an alias among the names, so that it never meets a file name."""


def names(path: VaultPath, document: Document) -> Iterator[tuple[str, VaultPath]]:
    """The file's name with its extension, and its aliases (rules R-4, X-1)."""
    yield fold(basename(path)), path
    for alias in dict.fromkeys(fold(alias) for alias in document.aliases):
        yield ALIAS + alias, path
