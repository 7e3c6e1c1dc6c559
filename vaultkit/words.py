"""What is done to names everywhere: folding, so that two spellings meet, and sorting as readers expect."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=200_000)
def fold(name: str) -> str:
    """A name without regard to case, Unicode form and kind of space (rules R-2, V-12).

    Obsidian compares lower-cased names; no-break spaces count as plain ones.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name).replace("\u00a0", " ")
    return name.lower()


def sort_key(text: str) -> tuple[str, str]:
    """Sorts without regard to case and accents, numbers by value; the text itself breaks ties."""
    return _plain(text), text


@lru_cache(maxsize=200_000)
def _plain(text: str) -> str:
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _DIGITS.sub(lambda match: match[0].zfill(12)[:24], text.casefold())
