"""Values as people write them: numbers, amounts of money, percentages and dates, each with a number or key to sort by."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from vaultkit.knowledge.dates import date_key, is_date, lower

ValueKind = Literal["amount", "percentage", "number", "date", "text", ""]

_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "JPY", "jpy": "JPY",
    "rmb": "CNY", "cny": "CNY", "cn¥": "CNY", "yuan": "CNY", "hk$": "HKD", "hkd": "HKD", "a$": "AUD", "aud": "AUD",
    "c$": "CAD", "cad": "CAD", "s$": "SGD", "nt$": "TWD", "twd": "TWD", "₩": "KRW", "krw": "KRW", "₹": "INR", "inr": "INR",
    "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "r$": "BRL", "brl": "BRL", "₽": "RUB", "₪": "ILS",
}  # fmt: skip
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
    "t": 1e12, "tn": 1e12, "trillion": 1e12,
}  # fmt: skip

# All repetition is bounded, or a line of nothing but digits or signs would be looked through again from each of them.
_SIGN = r"(?P<about>[~≈<>≤≥+]|c\.\s|ca\.\s|about\s|over\s|up to\s|approx\.?\s){0,4}"
_NUMBER = (
    r"(?P<minus>[-−–])?(?P<number>\d{1,3}(?:,\d{3}){1,8}(?:\.\d{1,20})?|\d{1,30}(?:\.\d{1,20})?|\.\d{1,20})"
    r"(?:\s?[-–]\s?[$€£]?\d[\d.,]{0,30})?"
)
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|mm|mn|bn|tn|k|m|b|t)(?![a-z]))?"
_MARK = "|".join(sorted((re.escape(mark) for mark in _CURRENCIES), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"{_SIGN}(?:(?P<outer>[-−–]))?(?P<mark>{_MARK})\s?{_NUMBER}{_SCALE}"
    rf"|{_SIGN.replace('about', 'about2')}{_NUMBER.replace('<minus>', '<minus2>').replace('<number>', '<number2>')}"
    rf"{_SCALE.replace('<scale>', '<scale2>')}\s?(?P<mark2>usd|eur|gbp|jpy|rmb|cny|yuan|hkd|krw|inr|chf|aud|cad|twd|€|£)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(rf"{_SIGN}{_NUMBER}\s?(?:%|percent\b|pct\b|bps\b)", re.IGNORECASE)
_PLAIN = re.compile(rf"{_SIGN}{_NUMBER}{_SCALE}(?P<rest>.*)", re.IGNORECASE | re.DOTALL)

_MONEY = re.compile(r"[$€£¥₩₹₽₪]|usd|eur|gbp|jpy|rmb|cny|yuan|hkd|krw|inr|chf|aud|cad|twd|sgd|sek|nok|dkk|brl")
"""Whether it is worth looking for an amount in a text in lower case: a pattern that minds no case is five times as slow."""

MAX = 80
"""Characters of a text that may be a value."""


class Value(Struct, frozen=True, array_like=True, gc=False):
    """What a text says, to sort and compare by."""

    kind: ValueKind
    """Empty for an empty text."""
    number: float | None = None
    unit: str = ""
    """A currency by its ISO code, `%`, or empty."""
    date: str = ""
    """See `dates.date_key`."""


NOTHING = Value("")


@lru_cache(maxsize=100_000)
def value_of(text: str) -> Value:
    """
    >>> value_of("$1.5B"), value_of("~12%"), value_of("Feb 2026").date
    (Value(kind='amount', number=1500000000.0, unit='USD', date=''), Value(kind='percentage', number=12.0, unit='%', date=''), '2026-02-00')
    """
    text = text.strip(" *_")
    if not text or text in {"-", "–", "—", "n/a", "N/A", "?"}:
        return Value("")
    if len(text) > MAX:
        return Value("text")
    if is_date(text):
        return Value("date", date=date_key(text))
    if (match := _AMOUNT.match(text)) is not None:
        return Value("amount", _amount(match), _currency(match))
    if (match := _PERCENT.match(text)) is not None:
        return Value("percentage", _number(match), "%")
    if (match := _PLAIN.match(text)) is not None and len(match["rest"]) <= 20 and not re.match(r"[\w-]", match["rest"]):
        return Value("number", _number(match) * _SCALES.get((match["scale"] or "").lower(), 1.0))
    return Value("text")


def sort_text(text: str) -> str:
    """What a text that is a value sorts by, as a number or a date; empty for any other.

    >>> sort_text("$1.5B"), sort_text("Feb 2026"), sort_text("private")
    ('1500000000', '2026-02-00', '')
    """
    value = value_of(text) if text else NOTHING
    return value.date or (f"{value.number:.12g}" if value.number is not None else "")


def amount_in(text: str) -> str:
    """The first amount of money in a text, as written; or empty."""
    if not _MONEY.search(text.lower()):
        return ""
    match = _AMOUNT.search(text)
    return match[0].strip() if match is not None else ""


def percentage_in(text: str) -> str:
    match = _PERCENT.search(text)
    return match[0].strip() if match is not None else ""


def share_of(text: str) -> float:
    """The percentage that a text begins with, as a number; 0 if it begins with none."""
    match = _PERCENT.match(text.strip())
    return _number(match) if match is not None else 0.0


def _amount(match: re.Match[str]) -> float:
    digits = match["number"] or match["number2"]
    scale = match["scale"] or match["scale2"] or ""
    sign = -1.0 if match["outer"] or match["minus"] or match["minus2"] else 1.0
    return sign * float(digits.replace(",", "")) * _SCALES.get(scale.lower(), 1.0)


def _currency(match: re.Match[str]) -> str:
    return _CURRENCIES[lower(match["mark"] or match["mark2"])]


def _number(match: re.Match[str]) -> float:
    return (-1.0 if match["minus"] else 1.0) * float(match["number"].replace(",", ""))
