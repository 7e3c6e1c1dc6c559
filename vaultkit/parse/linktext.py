"""The text of a link taken apart: path, subpath, label (rules L-1 … L-17)."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SIZE = re.compile(r"(\d{1,5})(?:x(\d{1,5}))?")


class LinkText(NamedTuple):
    path: str
    subpath: str
    label: str
    labelled: bool


def split_wikilink(inner: str) -> LinkText | None:
    """What stands between `[[` and `]]`; None where that is no link (L-5).

    >>> split_wikilink("Note#Setup|how to")
    LinkText(path='Note', subpath='#Setup', label='how to', labelled=True)
    """
    # The first pipe separates only when something precedes it (L-6); a
    # backslash before it comes from a table row (L-23).
    pipe = inner.find("|", 1)
    if pipe > 0:
        target, label = inner[:pipe].removesuffix("\\").strip(), inner[pipe + 1 :].strip()
    else:
        target, label = inner.strip(), ""
    if not target:
        return None
    path, subpath = split_subpath(target)
    return LinkText(path, subpath, label or default_label(path, subpath), bool(label))


def split_subpath(target: str) -> tuple[str, str]:
    """Path and subpath, cut at the first `#` (L-13)."""
    path, hash_, rest = target.partition("#")
    return path.strip(), (hash_ + rest).strip()


def default_label(path: str, subpath: str) -> str:
    """What Obsidian shows for a link without a label: `Note > Heading` (L-9)."""
    if not subpath:
        return path
    parts = [part.strip() for part in (path, *subpath.split("#"))]
    return " > ".join(part for part in parts if part) or subpath


def is_external(destination: str) -> bool:
    """Whether a Markdown destination leaves the vault (L-11, L-17)."""
    return destination.startswith("//") or _SCHEME.match(destination) is not None


def split_destination(destination: str) -> tuple[str, str]:
    """Path and subpath of an internal Markdown destination: decoded as a whole, then split (L-12)."""
    return split_subpath(unquote(destination, errors="replace"))


def split_size(label: str) -> tuple[str, int, int]:
    """Alternative text, width and height of an image's label (E-3, E-4).

    >>> split_size("A chart|100x145")
    ('A chart', 100, 145)
    """
    text, _, last = label.rpartition("|")
    size = _SIZE.fullmatch(last.strip())
    if size is None:
        return label.strip(), 0, 0
    return text.strip(), int(size[1]), int(size[2] or 0)
