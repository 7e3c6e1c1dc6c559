"""All tables of a vault as one Tabular Data Package: a description of them, and a CSV file each."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

from vaultkit.export.contents import Contents
from vaultkit.export.zipped import csv_bytes, zipped
from vaultkit.knowledge.datasets import Cell, Column, Dataset, Names, cells, names_of
from vaultkit.model import Document, Links


class Field(NamedTuple):
    """A column of the file: what it is called and takes from the cells of a column of the table."""

    column: int
    name: str
    type: str
    take: Callable[[Cell], Any]
    kind: str
    unit: str = ""

    def described(self) -> dict[str, Any]:
        unit = {"unit": self.unit} if self.unit else {}
        return {"name": self.name, "type": self.type, "vaultkit": {"column": self.column, "kind": self.kind} | unit}


_DATES = {10: "date", 7: "yearmonth", 4: "year"}
"""Types of the format by the length of the dates; where they differ, dates are texts."""


def tables(contents: Contents) -> bytes:
    """Every column is kept as its author wrote it; beside one of numbers, amounts, shares or dates stands what it says."""
    resources: list[dict[str, Any]] = []
    files: list[tuple[str, bytes]] = []
    for document, links, datasets in contents.tables():
        for dataset in datasets:
            rows = [cells(row, len(dataset.columns), document, links) for row in dataset.rows]
            fields = list(_fields(dataset.columns, rows))
            name = resource_name(dataset)
            path = f"tables/{name}.csv"
            resources.append(_resource(name, path, document, dataset, [field.described() for field in fields]))
            files.append((path, csv_bytes([field.name for field in fields], _records(fields, rows))))
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": _slug(contents.title) or "vault",
        "title": contents.title,
    }
    package["resources"] = resources
    return zipped([("datapackage.json", f"{json.dumps(package, ensure_ascii=False, indent=1)}\n".encode()), *files])


def resource_name(dataset: Dataset) -> str:
    """A name by note and place; two notes whose names look alike in it have different ones."""
    slug = _slug(dataset.note.removesuffix(".md"))
    return f"{slug}-{blake2b(dataset.note.encode(), digest_size=4).hexdigest()}-{dataset.number}".lstrip("-")


def table_csv(document: Document, links: Links, dataset: Dataset) -> bytes:
    """One table, in the same columns as in the package."""
    rows = [cells(row, len(dataset.columns), document, links) for row in dataset.rows]
    fields = list(_fields(dataset.columns, rows))
    return csv_bytes([field.name for field in fields], _records(fields, rows))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _resource(
    name: str, path: str, document: Document, dataset: Dataset, fields: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        "title": f"{document.title}: {dataset.section}" if dataset.section else document.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
        "vaultkit": {
            "note": dataset.note, "number": dataset.number, "kind": dataset.kind, "line": dataset.line,
            "end_line": dataset.end_line, "section": dataset.section, "rows": len(dataset.rows),
        },
    }  # fmt: skip


def _records(fields: Sequence[Field], rows: Sequence[tuple[Cell, ...]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [field.take(row[field.column]) for field in fields]


def _fields(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> Iterator[Field]:
    names, given = names_of(columns), Names()
    for name in names:
        given.free(name)
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        yield Field(at, name, "string", attrgetter("text"), column.kind)
        if column.kind in ("number", "amount", "percentage"):
            yield Field(
                at, given.free(f"{name} (number)"), "number", attrgetter("number"), column.kind, column.unit
            )  # fmt: skip
            if not column.unit and any(row[at].unit for row in rows):
                yield Field(at, given.free(f"{name} (unit)"), "string", attrgetter("unit"), column.kind)
        elif column.kind == "date":
            kind = _kind_of_dates({_date(row[at]) for row in rows} - {""})
            yield Field(at, given.free(f"{name} (date)"), kind, _date, column.kind)


def _kind_of_dates(dates: AbstractSet[str]) -> str:
    """The format's type for dates that are all known alike; a text where they aren't, or one is no day of a calendar."""
    lengths = {len(date) for date in dates}
    if len(lengths) != 1:
        return "string"
    kind = _DATES.get(lengths.pop(), "string")
    return "string" if kind == "date" and not all(map(_is_day, dates)) else kind


def _is_day(date: str) -> bool:
    try:
        dt.date.fromisoformat(date)
    except ValueError:
        return False
    return True


def _date(cell: Cell) -> str:
    """As much of a date as is known: `2026-02`."""
    return cell.date.replace("-00", "")
