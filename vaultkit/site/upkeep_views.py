"""What templates see of the pages that list all tables, and what should be mended."""

from __future__ import annotations

from msgspec import Struct

from vaultkit.site.base_view import Link, View


class TableLine(Struct, frozen=True, array_like=True, gc=False):
    """A table among those of its note."""

    kind: str
    section: str
    """The heading it stands under, or empty."""
    href: str
    columns: tuple[str, ...]
    n_rows: int
    csv: str = ""
    """To its file, where there are such."""


class TablesOfNote(Struct, frozen=True, array_like=True, gc=False):
    note: Link
    tables: tuple[TableLine, ...]
    json: str = ""
    """To the file of all of them."""


class TableCount(Struct, frozen=True, array_like=True, gc=False):
    """How many tables of a kind there are."""

    kind: str
    count: int


class TablesView(View, frozen=True, kw_only=True, tag="tables"):
    """All tables: how many there are, or those of the notes under a letter."""

    n_tables: int = 0
    kinds: tuple[TableCount, ...] = ()
    """On the page of all."""
    children: tuple[Link, ...] = ()
    """The letters."""
    notes: tuple[TablesOfNote, ...] = ()
    number: int = 1
    pages: tuple[Link, ...] = ()


class Finding(Struct, frozen=True, array_like=True, gc=False):
    """Something to mend, or to write."""

    links: tuple[Link, ...]
    """What it is about."""
    role: str = ""
    text: str = ""
    n_words: int = -1
    """Of the note; -1 where that doesn't matter."""
    line: int = 0
    where: tuple[Link, ...] = ()
    n_more: int = 0
    """How many places there are besides."""
    count: int = 0


class FindingGroup(Struct, frozen=True, array_like=True, gc=False):
    """The first findings of a kind, with the way to all."""

    kind: str
    """A name, or the code of a problem."""
    title: str
    """Of a problem; the theme knows the others."""
    href: str
    count: int
    findings: tuple[Finding, ...]


class MaintenanceView(View, frozen=True, kw_only=True, tag="maintenance"):
    """What should be mended: all kinds with the first of each, or one kind."""

    kind: str = ""
    """Empty on the page of all kinds."""
    groups: tuple[FindingGroup, ...] = ()
    findings: tuple[Finding, ...] = ()
    explanation: str = ""
    number: int = 1
    pages: tuple[Link, ...] = ()
