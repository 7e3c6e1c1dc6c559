"""Dates as people write them: a key to sort by, where the text names a time; the text itself is kept by whoever asks.

The forms are those of the specification (knowledge graph, section 4): ISO,
`Mon D, YYYY`, `Mon YYYY`, quarters and fiscal years, years and ranges of them,
and "late 2025".
"""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|"
        "nov november|dec december".split("|"),
        1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d|21\d\d)"
_FUZZY = {"early": 2, "spring": 4, "mid": 6, "summer": 7, "fall": 10, "autumn": 10, "late": 11, "winter": 12, "end": 12}
_HALVES = {"1": 1, "2": 7}

_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"{_YEAR}-(?P<m>0[1-9]|1[0-2])(?![\d-])",
        rf"{_YEAR}/(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        rf"{_MONTH}\s+(?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:\s*[-–]\s*(?:[a-z]+\s+)?\d{{1,2}})?,?\s+{_YEAR}\b",
        rf"(?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s+{_MONTH},?\s+{_YEAR}\b",
        rf"{_MONTH}(?:\s*[-–/]\s*[a-z]+\.?)?,?\s+{_YEAR}\b",
        rf"(?P<q>Q[1-4])\s*(?:FY|F|CY)?\s*['’]?{_YEAR}\b",
        rf"(?:FY|CY)?\s*{_YEAR}[\s-]*(?P<q>Q[1-4])\b",
        r"(?P<q>Q[1-4])\s*(?:FY|F|CY)?\s*['’]?(?P<yy>\d\d)\b",
        rf"(?:H(?P<half>[12])|(?P<half2>[12])H)\s*(?:FY|CY)?\s*{_YEAR}\b",
        rf"{_YEAR}\s*H(?P<half>[12])\b",
        rf"(?P<fuzzy>{'|'.join(_FUZZY)})[\s-]*(?:of\s+)?(?:FY|CY)?\s*{_YEAR}\b",
        rf"(?:FY|CY)\s*['’]?{_YEAR}E?\b",
        r"(?:FY|CY)\s*['’]?(?P<yy>\d\d)E?\b",
        rf"{_YEAR}(?:s\b|E\b|\s*[-–/]\s*(?:\d{{2,4}}|present|now)?)?(?![\d%$])(?![.,]\d)",
    )
]
_LEAD = re.compile(
    r"(?:~|c\.|ca\.|circa|by|from|since|in|until|as of|announced|expected|est\.?|on)\s+|~", re.IGNORECASE
)

_DIGIT = re.compile(r"\d")
_REMARK = re.compile(r"[\s)]*(?:[(\[—–,;:/+-].*)?", re.DOTALL)

MAX = 60
"""Characters of a text that may be a date."""


@lru_cache(maxsize=50_000)
def date_key(text: str) -> str:
    """`YYYY-MM-DD` to sort by, with 00 for what isn't named; empty where the text doesn't begin with a date.

    >>> date_key("Feb 3, 2026"), date_key("Q3 2025"), date_key("late 2025"), date_key("revenue")
    ('2026-02-03', '2025-07-00', '2025-11-00', '')
    """
    match, _ = _match(text)
    return _key(match) if match is not None else ""


@lru_cache(maxsize=50_000)
def is_date(text: str) -> bool:
    """Whether a text is a date and, at most, a remark on it: `Apr 24, 2026 (preview)`, not `2025 revenue`."""
    match, text = _match(text)
    return match is not None and _REMARK.fullmatch(text, match.end()) is not None


_LIKE_ASCII = str.maketrans("ſıİ\u212a", "siik")


def lower(text: str) -> str:
    """In lower case, and as what a pattern that minds no case takes it for: to it, `ſ` is an s."""
    return text.translate(_LIKE_ASCII).lower()


def _match(text: str) -> tuple[re.Match[str] | None, str]:
    text = text.strip(" *_()[]")
    if not text or len(text) > MAX or not _DIGIT.search(text):
        return None, text
    while (lead := _LEAD.match(text)) is not None:
        text = text[lead.end() :]
    return next((match for form in _FORMS if (match := form.match(text)) is not None), None), text


def _key(match: re.Match[str]) -> str:
    found = {name: value for name, value in match.groupdict().items() if value}
    year = found.get("year") or f"20{found['yy']}"
    day = int(found.get("d", 0))
    if "month" in found:
        month = _MONTHS[lower(found["month"])]
    elif "q" in found:
        month = 3 * int(found["q"][1]) - 2
    elif half := found.get("half") or found.get("half2"):
        month = _HALVES[half]
    elif "fuzzy" in found:
        month = _FUZZY[lower(found["fuzzy"])]
    else:
        month = int(found.get("m", 0))
    return f"{year}-{month:02}-{day:02}"
