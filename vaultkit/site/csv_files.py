"""Tables as CSV files for spreadsheets: what a note says is never taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from vaultkit.model import Url
from vaultkit.site.pages import Made, made

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell begins that a spreadsheet may compute; some drop what is blank, and read full-width signs too."""

_NUMBER = re.compile(r"[+-]?[$€£¥]?\d[\d.,]*\s?[%kmbt]?n?", re.IGNORECASE)
"""What begins with a sign and computes to nothing else than itself."""


_SPECIAL = re.compile(r'["\r\n\t]|(?:^|,)\s*[=+\-@＝＋－＠]')
"""What in a line makes it worth looking at cell by cell."""


def csv_file(url: Url, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Made:
    """A table as CSV in UTF-8. The mark at its beginning tells spreadsheets so; lines end as the format has it."""
    return made(url, "".join(map(_line, (head, *rows))).encode("utf-8-sig"))


def _line(cells: Sequence[str]) -> str:
    # Nearly all lines are what they look like.
    line = ",".join(cells)
    if line.count(",") == len(cells) - 1 and not _SPECIAL.search(line):
        return f"{line}\r\n"
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet computes: what looks like a formula gets an apostrophe before it.

    >>> harmless("=1+2"), harmless("-12.5%"), harmless("- a dash")
    ("'=1+2", '-12.5%', "'- a dash")
    """
    if not cell or cell[0].isalnum():
        return cell
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
