"""What a cell says of a link in it: whether it names it, and what is remarked on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from vaultkit.knowledge.dates import date_key, is_date
from vaultkit.knowledge.labels import Reading, figures_in, read_annotation
from vaultkit.knowledge.tables import Row
from vaultkit.knowledge.vocabulary import Vocabulary
from vaultkit.model import Table

WIDE = 40
"""Columns of a table among which those of the year and the amount are looked for."""

_BREAK = re.compile(r"[,;/&+·→|\n]|\band\b|\bwith\b|—|–")
_BEFORE = re.compile(r"(?:the|including|incl\.?|led by|co-led by|e\.g\.|mainly|via|\W*)*", re.IGNORECASE)
_PART_OF_MORE = re.compile(
    r"['’]s\b|-[a-z]|\s(?:alum|veteran|spin|subsidiar|division|acqui|founder|ceo|exec|co-?founder|deal|contract|back(?:ed|ing)|team|brand|family)",
    re.IGNORECASE,
)
"""What makes a link one word of a longer name: `[[X]] alumni`, `[[X]]-backed`."""
_REMARK = re.compile(r"[^,;(|]*(?:\([^)]*\))?")
_OCCASIONS = frozenset(
    "date year period quarter when time month round series stage rounds financing # no no. rank tranche amount raised".split()
) | {"", "funding round"}
_ROUND = re.compile(r"\W*(?:pre-)?(?:series|seed|angel|ipo|growth|bridge|venture|round)\b", re.IGNORECASE)
_LAST_WORDS = re.compile(r"[,\s]*(?:\b(?:of|at|for|in|the)\b)?\s*\Z", re.IGNORECASE)
_FORMER = re.compile(
    r"\b(?:former|formerly|ex-|until|previously|departed|exited|sold|ousted|resigned|stepped down)", re.IGNORECASE
)


MAX_BEFORE, MAX_FIGURES = 400, 200
"""Characters before a link in a cell, and of a cell with figures, that are looked through for each link of a row."""


class Place(Struct, frozen=True):
    """A cell of a table."""

    table: Table
    row: Row
    column: int

    @property
    def offset(self) -> int:
        """Where the cell begins in the text of its row."""
        return sum(len(cell) + 1 for cell in self.row.cells[: self.column])


def stands_alone(cell: str, start: int, end: int) -> bool:
    """Whether a cell names a link, alone or in a list: not `subsidiary of [[X]]`, `AFRM ([[Nasdaq]])`, `[[X]] veteran`."""
    before = cell[max(0, start - MAX_BEFORE) : start]
    if before.count("(") > before.count(")") or _PART_OF_MORE.match(cell, end):
        return False
    return _BEFORE.fullmatch(_BREAK.split(before)[-1].strip()) is not None


def post_before(cell: str, start: int) -> str:
    """What stands before a link of its part of a cell: `CEO` of `Chair, [[A]]; CEO of [[X]]`."""
    said = re.split(r"[;|\n]|\)", cell[max(0, start - MAX_BEFORE) : start])[-1]
    return _LAST_WORDS.sub("", said).rpartition(", ")[2].strip()


def remark_after(cell: str, end: int, *, is_only: bool) -> str:
    """What a cell says of a link that ends there; all of the rest if it is the only one."""
    if is_only:
        return cell[end:]
    match = _REMARK.match(cell, end)
    return match[0] if match else ""


def is_occasion(head: str, cell: str) -> bool:
    """Whether a row is about what happened to the note: its first cell is a time or a round."""
    return head.casefold() in _OCCASIONS or is_date(cell) or _ROUND.match(cell) is not None


def is_thing(heads: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether a column holds what its rows are about, by its head: `Company`, `Target`."""
    return any(head.casefold() == "target" or head.casefold() in vocabulary.generic for head in heads)


def told_of(place: Place, remark: str, words: str, vocabulary: Vocabulary, *, is_of_row: bool) -> Reading:
    """Status, year, amount, stake and round of a relation, from the remark on it, else from the cells of its row.

    Args:
        is_of_row: Whether the row's figures are the relation's: that of a sum is its investors', not its sector's.
    """
    year, amount, stake, round_ = figures_in(remark)
    status = read_annotation(words, vocabulary).status or ("former" if _FORMER.search(remark) else "")
    for column, cell in zip(place.table.columns[:WIDE], place.row.cells, strict=False) if is_of_row else ():
        head, cell = column.strip(" :*").casefold(), cell[:MAX_FIGURES]
        if not year and head in {"date", "year", "when"}:
            year = date_key(cell)[:4]
        elif not amount and head in {"amount", "raised", "size", "investment"}:
            amount = figures_in(cell)[1]
        elif not stake and head in {"stake", "ownership", "% owned"}:
            stake = figures_in(f"stake {cell}")[2]
        elif not round_ and head in {"round", "series", "stage"}:
            round_ = figures_in(cell)[3]
    return Reading(status=status, year=year, amount=amount, stake=stake, round=round_)
