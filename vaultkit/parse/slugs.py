"""Ids of headings: GitHub-style slugs, unique in a note (rule H-5)."""

from __future__ import annotations

import re

_DROPPED = re.compile(r"[^\w\- ]+")
_RESERVED = frozenset({"main", "top", "backlinks", "outline"})


class Slugs:
    """Hands out slugs; the second `setup` becomes `setup-1`."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def new(self, text: str) -> str:
        slug = _DROPPED.sub("", text.lower()).strip().replace(" ", "-") or "section"
        if slug not in self._next and slug not in _RESERVED:
            self._next[slug] = 1
            return slug
        number = self._next.get(slug, 1)
        while f"{slug}-{number}" in self._next:
            number += 1
        self._next[slug] = number + 1
        unique = f"{slug}-{number}"
        self._next[unique] = 1
        return unique
