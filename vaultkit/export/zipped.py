"""Archives that come out the same whenever they are made."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

# The first day that the format knows; files that were never saved have no time.
_NEVER = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of files, in their order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, _NEVER)
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _PLAIN_FILE, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()


LIST = "|"
"""Stands between the texts of a list in one cell; no alias that can be linked to has it."""


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV in UTF-8, its lines ended by a line feed."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return made.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return number_text(value)
        case list() | tuple():
            return LIST.join(value)
        case None:
            return ""
    return str(value)


def number_text(number: float) -> str:
    """A number in plain digits; whole ones without a point.

    >>> number_text(1.5e9), number_text(0.1)
    ('1500000000', '0.1')
    """
    return f"{number:.0f}" if number.is_integer() else repr(number)
