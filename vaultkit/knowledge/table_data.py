"""The tables of a note as plain data, for JSON: typed columns and cells, links as addresses, and where each stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vaultkit.knowledge.datasets import Cell, cells, datasets, names_of
from vaultkit.model import Document, Links

NodeUrl = Callable[[str], str]
"""The address of a node of the graph; empty for one that readers can't follow a link to."""


def table_data(document: Document, links: Links, url_of: NodeUrl) -> list[dict[str, Any]]:
    """Each table of a document. What a cell doesn't have isn't there; a link without an address has its text alone."""
    return [
        {
            "number": table.number,
            "kind": table.kind,
            "section": table.section,
            "anchor": table.slug,
            "line": table.line,
            "end_line": table.end_line,
            "columns": [
                {"name": name, "kind": column.kind, "unit": column.unit}
                for name, column in zip(names_of(table.columns), table.columns, strict=True)
            ],
            "rows": [
                [_cell(cell, url_of) for cell in cells(row, len(table.columns), document, links)] for row in table.rows
            ],
        }
        for table in datasets(document, links)
    ]


def _cell(cell: Cell, url_of: NodeUrl) -> dict[str, Any]:
    links = [
        {"text": link.label, "url": url} if (url := url_of(link.node)) else {"text": link.label}
        for link in cell.links
        if link.label
    ]
    found = {
        "text": cell.text, "kind": cell.kind, "number": cell.number, "unit": cell.unit, "date": cell.date, "links": links
    }  # fmt: skip
    return {key: value for key, value in found.items() if value not in ("", None, []) or key == "text"}
