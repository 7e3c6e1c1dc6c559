"""The tables of a note as files beside its page: all of them as JSON, each as CSV."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import splitext
from typing import Any

from msgspec import json

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, Links, Url, VaultPath
from vaultkit.site.csv_files import csv_file
from vaultkit.site.pages import Made, made

TableData = Callable[[Document, Links, Callable[[str], str]], list[dict[str, Any]]]
"""The tables of a document as plain data; nodes become addresses by the function that is given."""

_encode = json.Encoder().encode


def table_files(read: TableData, *, with_csv: bool) -> Callable[..., tuple[Made, ...] | None]:
    """The formula of a note's files of data. Addresses in them are the site's, not relative to the file."""

    def files(path: VaultPath, document: Document, *, links: Get, cards: Get, wanted: Get) -> tuple[Made, ...] | None:
        if document.kind != "note" or not document.packed:
            return None

        def url_of(node: str) -> str:
            card = cards(node) or wanted(node)
            return card.url if card is not None else ""

        card: Card = cards(path)
        tables = read(document, links(path, Links(())), url_of)
        if not tables:
            return None
        data = {"note": card.title, "path": path, "url": card.url, "tables": tables}
        files = [made(json_url(card.url), _encode(data) + b"\n")]
        if with_csv:
            for table in tables:
                names = [column["name"] for column in table["columns"]]
                rows = [[cell["text"] for cell in row] for row in table["rows"]]
                files.append(csv_file(csv_url(card.url, table["number"]), names, rows))
        return tuple(files)

    return files


def json_url(note: Url) -> Url:
    return Url(f"{splitext(note)[0]}--tables.json")


def csv_url(note: Url, number: int) -> Url:
    return Url(f"{splitext(note)[0]}--table-{number}.csv")


def no_files(*_: object, **__: object) -> None:
    """The formula where none are asked for."""
