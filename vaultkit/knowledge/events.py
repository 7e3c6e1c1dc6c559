"""What happened when: the rows of dated tables, and dated headings, each with the nodes that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Raw, Struct, msgpack

from vaultkit.engine.tables import Get
from vaultkit.facts import Event
from vaultkit.knowledge.dates import date_key, is_date
from vaultkit.knowledge.tables import says_something
from vaultkit.model import CELL_GAP, Document, Links, Passage, Table, VaultPath
from vaultkit.nodes import node_of
from vaultkit.words import is_journal

Events = tuple[Event, ...]

_IN_BRACKETS = re.compile(r"\(([^()]*\d{4})\)\s*\Z")
_LEADING = re.compile(r"([^:—–|]*?\d{4}(?:-\d\d-\d\d)?)\s*(?:[:—–|]|\s-\s)\s*\S")
_STATE = re.compile(r"\s*(?:as of|by|since|until|through|est|expected|updated?|from)\b", re.IGNORECASE)
"""A date that tells of a state, or of a time yet to come, and not of what happened then."""


class _Tables(Struct, array_like=True):
    """The beginning of a packed structure: its tables, and its passages as bytes, which most notes needn't unpack."""

    passages: Raw
    tables: tuple[Table, ...]


_tables = msgpack.Decoder(_Tables).decode
_passages = msgpack.Decoder(tuple[Passage, ...]).decode


def events(path: VaultPath, document: Document, *, links: Get) -> Events | None:
    """Every event that a note tells of, in the order of its lines."""
    if document.kind != "note":
        return None
    found = [*_of_headings(path, document)]
    beginning = _tables(document.packed) if document.packed else None
    if beginning is not None and beginning.tables:
        found += _of_tables(path, document, beginning, links(path))
        found.sort(key=lambda event: event.line)
    return tuple(found) or None


def by_entity(path: VaultPath, row: Events) -> Iterator[tuple[str, Event]]:
    """The inversion that tells of each thing when what happened to it; a note that isn't a journal has its own rows, too."""
    for event in row:
        yield from ((node, event) for node in event.about)
        if not event.is_journal and path not in event.about:
            yield path, event


def _of_headings(path: VaultPath, document: Document) -> Iterator[Event]:
    """Headings with a day: `Launch (Apr 24, 2026)`, `2026-04-24: Launch`."""
    for heading in document.headings:
        match = _IN_BRACKETS.search(heading.text) or _LEADING.match(heading.text)
        if match is None or not is_date(match[1]) or _STATE.match(match[1]):
            continue
        key = date_key(match[1])
        if not key.endswith("-00"):
            yield Event(
                key, match[1].strip(), (), path, heading.line, (str(path),), heading.text, heading.slug,
                is_journal(path.partition("/")[0]),
            )  # fmt: skip


def _of_tables(path: VaultPath, document: Document, packed: _Tables, links: Links | None) -> Iterator[Event]:
    passages = _passages(packed.passages)
    dated = [table for table in packed.tables if _is_dated(passages[table.passage : table.passage + table.n_rows])]
    linked: dict[int, list[int]] = {}
    if dated and links is not None:
        for number, ref in enumerate(document.refs):
            if ref.passage >= 0 and not ref.in_comment:
                linked.setdefault(ref.passage, []).append(number)
    for table in dated:
        heading = document.headings[table.section] if table.section >= 0 else None
        heads = [column.strip(" :*") for column in table.columns]
        key = ""
        for index in range(table.passage, table.passage + table.n_rows):
            text, *cells = passages[index].text.split(CELL_GAP)
            # A row without a date goes on with what happened then.
            key = date_key(text) if text.strip() else key
            told = tuple(
                (head, cell.strip()) for head, cell in zip(heads[1:], cells, strict=False) if says_something(cell)
            )
            nodes = (node_of(links.targets[number]) for number in linked.get(index, ())) if links is not None else ()
            if told:
                yield Event(
                    key, text.strip(), told, path, passages[index].line, tuple(dict.fromkeys(nodes)) or (str(path),),
                    heading.text if heading else "", heading.slug if heading else "", is_journal(path.partition("/")[0]),
                )  # fmt: skip


def _is_dated(rows: tuple[Passage, ...]) -> bool:
    """Whether at least half of a table's rows begin with a date."""
    n_dated = 0
    for row in rows:
        text = row.text.partition(CELL_GAP)[0]
        # Every date has a digit; most cells have none.
        n_dated += any(map(str.isdigit, text)) and is_date(text)
    return bool(rows) and 2 * n_dated >= len(rows)
