"""What is a word: the one specification that the index, the command line and the script of the site follow.

A text is folded, cut into runs of letters and digits, and each run is a word
without its plural; a run of Chinese, Japanese or Korean is cut into pairs,
since nothing tells where its words end. `templates/src/search/tokens.js` says the
same in JavaScript, and a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

MAX_WORD = 40
"""Characters of a word; what is longer is no word that anybody types."""

MAX_NAME = 80
"""Characters of a name's key."""

STOP = frozenset(
    "a an and are as at be by for from has have in is it its of on or that the this to was were will with which not"
    " but".split()
)
"""Words of the index in names only: nearly every text has them."""

CJK_RANGES = "\u2e80-\u2fff \u3040-\u30ff \u3400-\u4dbf \u4e00-\u9fff \uf900-\ufaff \uac00-\ud7af"
"""Characters of scripts that put no space between words, or whose words are short."""

CJK = CJK_RANGES.replace(" ", "")
"""Characters, as ranges of a pattern, of scripts that put no space between words, or whose words are short."""

_FIRST_CJK = CJK_RANGES[0]
_RANGES = tuple(tuple(each.split("-")) for each in CJK_RANGES.split())

_RUN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
"""A run of a text without CJK."""
_MAY_BE_CJK = re.compile("[\u2e80-\ufaff]")
_MARKS = re.compile("[\u0300-\u036f]")

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789'") | frozenset(range(128, 256))
_SPACED = bytes(byte if byte in _PLAIN else 32 for byte in bytes(range(256)).lower())
"""By byte of UTF-8: lower case, and a space for what can't be in a word."""
_APOSTROPHE = "\u2019".encode()
_TYPOGRAPHY = re.compile(rb"\xe2\x80.|\xc2\xa0")
"""U+2000 to U+203F and the no-break space: dashes, quotes, spaces, none of them in a word."""

_N_KNOWN = 10_000
_words_of: dict[str, tuple[str, ...]] = {}


def fold(text: str) -> str:
    """A text without regard to case, accents, width and ligatures."""
    if text.isascii():
        return text.lower()
    # `casefold` knows some scripts in which JavaScript has no like of it.
    lower = unicodedata.normalize("NFKD", text).lower().replace("ß", "ss").replace("ς", "σ")
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", lower))
    return unicodedata.normalize("NFC", plain).replace("\u2019", "'")


def runs(text: str) -> list[str]:
    """A text as its folded runs in order: words as they are written, and CJK whole."""
    folded = fold(text)
    if not has_cjk(folded):
        return _RUN.findall(folded)
    pieces = split_at_cjk(folded)
    return [run for at, piece in enumerate(pieces) for run in ((piece,) if at % 2 else _RUN.findall(piece))]


def has_cjk(text: str) -> bool:
    """Whether there may be CJK in a text; a pattern that knows it takes a moment to be made, and most do without."""
    return not text.isascii() and _MAY_BE_CJK.search(text) is not None


def split_at_cjk(text: str) -> list[str]:
    """A text as what isn't CJK and what is, in turn."""
    return _cjk_run().split(text)


@cache
def _cjk_run() -> re.Pattern[str]:
    return re.compile(f"([{CJK}]+)")


def is_cjk(run: str) -> bool:
    """Whether a run is one of CJK: no run is of both."""
    char = run[0]
    return char >= _FIRST_CJK and any(first <= char <= last for first, last in _RANGES)


def stem(run: str) -> str:
    """A folded word without its plural or possessive.

    >>> [stem(run) for run in ("companies", "chips", "moody's", "glass", "basis")]
    ['company', 'chip', 'moody', 'glass', 'basis']
    """
    word = run[:MAX_WORD].removesuffix("'s").replace("'", "")
    if len(word) > 3 and word[-1] == "s":
        if len(word) > 4 and word.endswith("ies"):
            return word[:-3] + "y"
        if not word.endswith(("ss", "us", "is")):
            return word[:-1]
    return word


def parts(run: str) -> list[str]:
    """What a run is in the index: its stem; of CJK all pairs of neighbors, or the one character that it is."""
    if not is_cjk(run):
        return [stem(run)]
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def words(text: str) -> list[str]:
    """The words of a text in order."""
    return [word for run in runs(text) for word in parts(run)]


def counted(text: str) -> dict[str, int]:
    """How often each word is in a text: `Counter(words(text))`, many times as quick.

    Bytes are cut at whatever in ASCII is no part of a word. Most pieces are
    words as they stand; the others are folded and stemmed.
    """
    data = text.encode("utf-8", "replace")
    if not text.isascii():
        data = _TYPOGRAPHY.sub(b" ", data.replace(_APOSTROPHE, b"'"))
    found = Counter(data.translate(_SPACED).decode().split())
    odd = [each for each in found if each[-1] == "s" or "'" in each or len(each) > MAX_WORD or not each.isascii()]
    so_far, known = found.get, _words_of
    for piece, n in [(piece, found.pop(piece)) for piece in odd]:
        for word in known.get(piece) or _learn(piece):
            found[word] = so_far(word, 0) + n
    return found


def _learn(piece: str) -> tuple[str, ...]:
    made = tuple(words(piece))
    if len(piece) <= MAX_WORD:
        if len(_words_of) >= _N_KNOWN:
            _words_of.clear()
        _words_of[piece] = made
    return made


def name_key(text: str) -> str:
    """A whole name as a key: two spellings of one name have the same."""
    return key_of(runs(text))


def key_of(name: Iterable[str]) -> str:
    """The same for a name that is cut into its runs already."""
    return " ".join(run if is_cjk(run) else stem(run) for run in name)[:MAX_NAME]
