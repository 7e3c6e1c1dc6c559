"""Pages that list the tables of all notes, by the first letter of the note's title."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from vaultkit.engine.tables import Get
from vaultkit.facts import TABLE_KINDS, NoteTables
from vaultkit.model import Card, Url, VaultPath
from vaultkit.site.base_view import Link
from vaultkit.site.lists import initial, letter_order, letter_slug
from vaultkit.site.note_page import card_link
from vaultkit.site.pages import Page, pack
from vaultkit.site.table_files import csv_url, json_url
from vaultkit.site.upkeep_views import TableCount, TableLine, TablesOfNote, TablesView
from vaultkit.urls import href, part_url, root_of
from vaultkit.words import sort_key

TABLES_URL = Url("tables/index.html")

A_PAGE = 600
"""Tables on a page; one note's stand together."""

Listed = tuple[str, VaultPath, tuple[int, ...]]
"""Title and path of a note, and how many tables of each kind it has."""


def by_letter(path: VaultPath, tables: NoteTables) -> Iterator[tuple[str, Listed]]:
    yield initial(tables.title), (tables.title, path, tables.counts)


def tables_index(letters: Mapping[str, Sequence[Listed]]) -> dict[str, TablesView]:
    """The way to all tables, and how many there are of each kind."""
    if not letters:
        return {}
    root = root_of(TABLES_URL)
    n_by_letter = {letter: sum(sum(counts) for _, _, counts in listed) for letter, listed in letters.items()}
    totals = [
        sum(counts[at] for listed in letters.values() for _, _, counts in listed) for at in range(len(TABLE_KINDS))
    ]
    view = TablesView(
        url=TABLES_URL, root=root, title="", n_tables=sum(totals),
        kinds=tuple(TableCount(kind, n) for kind, n in zip(TABLE_KINDS, totals, strict=True) if n),
        children=tuple(
            Link(letter, href(root, _url(letter)), count=n_by_letter[letter])
            for letter in sorted(letters, key=letter_order)
        ),
    )  # fmt: skip
    return {TABLES_URL: view}


def letter_pages(files: str) -> Callable[..., tuple[Page, ...]]:
    """The formula of the pages of a letter; *files* are those that are published with the tables."""

    def made(letter: str, listed: Sequence[Listed], *, tables: Get, cards: Get) -> tuple[Page, ...]:
        root = root_of(TABLES_URL)
        parts: list[list[TablesOfNote]] = [[]]
        room = A_PAGE
        for _, path, _ in sorted(listed, key=lambda each: (sort_key(each[0]), each[1])):
            of_note = _tables_of(cards(path), tables(path), root, files)
            if room < len(of_note.tables) and parts[-1]:
                parts.append([])
                room = A_PAGE
            room -= len(of_note.tables)
            parts[-1].append(of_note)
        links = tuple(Link(str(number), href(root, _url(letter, number))) for number in range(1, len(parts) + 1))
        return tuple(
            pack(
                TablesView(
                    url=_url(letter, number), root=root, title=letter, crumbs=(Link("", href(root, TABLES_URL)),),
                    notes=tuple(part), n_tables=sum(sum(counts) for _, _, counts in listed), pages=links, number=number,
                )
            )
            for number, part in enumerate(parts, 1)
        )  # fmt: skip

    return made


def _tables_of(card: Card, found: NoteTables, root: str, files: str) -> TablesOfNote:
    lines = tuple(
        TableLine(
            entry.kind, entry.section, href(root, card.url, entry.slug), entry.columns, entry.n_rows,
            href(root, csv_url(card.url, number)) if files == "all" else "",
        )
        for number, entry in enumerate(found.entries, 1)
    )  # fmt: skip
    return TablesOfNote(card_link(card, root), lines, href(root, json_url(card.url)) if files != "none" else "")


def _url(letter: str, number: int = 1) -> Url:
    url = Url(f"tables/{letter_slug(letter)}.html")
    return url if number == 1 else part_url(url, str(number))
