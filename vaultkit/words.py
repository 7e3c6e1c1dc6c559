"""What is done to names everywhere: folding, so that two spellings meet, patterns, and sorting as readers expect."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DIGITS = re.compile(r"(\d+)")
_JOURNALS = re.compile(r"(?:daily|journal|diary|log|inbox|calendar|weekly|periodic)", re.IGNORECASE)


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


def is_journal(folder: str) -> bool:
    """Whether the notes of a folder, or of the type named after it, are dated by nature: they mention much and say little."""
    return _JOURNALS.match(folder) is not None


def alike(text: str) -> str:
    """A text for comparisons in which every spelling that looks the same has to be the same."""
    if text.isascii():
        return text.strip(" ").casefold()
    text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if unicodedata.category(char) != "Cf").strip(" ").casefold()


def glob(pattern: str) -> re.Pattern[str]:
    """A glob over vault paths, read so that it rather hides too much.

    `*` stays within a name, `**` doesn't. A pattern without a slash is looked for
    at any depth, one with a slash from the vault's root on. Whatever matches a
    folder hides all that is in it. Case doesn't matter, nor does `.md`.
    """
    pattern = alike(pattern.strip()).removeprefix("./")
    anchored = "/" in pattern.rstrip("/")
    end = "/.*" if pattern.endswith("/") else r"(?:\.md|/.*)?"
    pattern = pattern.strip("/")
    literal = re.escape(pattern)
    start = "" if anchored else "(?:.*/)?"
    return re.compile(rf"{start}(?:{literal}|{_translated(pattern)}){end}", re.DOTALL)


_GLOB_PART = re.compile(
    r"(?P<deep>\*\*+/?)|(?P<star>\*)|(?P<one>\?)|\[(?P<not>!?)(?P<set>\]?[^\]/]+)\]|(?P<char>.)", re.DOTALL
)


def _translated(pattern: str) -> str:
    parts = []
    for match in _GLOB_PART.finditer(pattern):
        if match["deep"]:
            parts.append("(?:.*/)?" if match["deep"].endswith("/") else ".*")
        elif match["star"]:
            parts.append("[^/]*")
        elif match["one"]:
            parts.append("[^/]")
        elif match["set"]:
            characters = "".join("-" if char == "-" else re.escape(char) for char in match["set"])
            parts.append(f"[{'^/' if match['not'] else ''}{characters}]")
        else:
            parts.append(re.escape(match["char"]))
    return "".join(parts)


def singular(plural: str) -> str:
    """An English plural's singular, where the ending tells it.

    >>> [singular(word) for word in ("Actors", "Companies", "Theses", "Daily")]
    ['Actor', 'Company', 'Thesis', 'Daily']
    """
    if plural.endswith("ies") and len(plural) > len("ties"):
        return plural[:-3] + "y"
    if plural.endswith(("eses", "yses", "ises")):
        return plural[:-2] + "is"
    if plural.endswith("s") and not plural.endswith(("ss", "us", "is")):
        return plural[:-1]
    return plural
