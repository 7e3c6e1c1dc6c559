"""Views of the pages that show what is known as tables: relations, things of a type, and notes side by side."""

from __future__ import annotations

from msgspec import Struct

from vaultkit.site.base_view import Link, View


class Thing(Struct, frozen=True, array_like=True, gc=False):
    """A node of the graph as rows name it; the same on every page, wherever that is."""

    text: str
    path: str = ""
    """Percent-encoded, from the root of the site; empty for what has no page, and for plain text."""
    color: str = ""
    is_wanted: bool = False


class EdgeRow(Struct, frozen=True, array_like=True, gc=False):
    """A relation, as one line of one note states it."""

    subject: Thing
    object: Thing
    words: str
    status: str
    round: str
    year: str
    amount: str
    amount_key: str
    """What it sorts by."""
    stake: str
    stake_key: str
    source: str
    """Title of the note that says it."""
    source_path: str
    section: str
    section_path: str


class Facet(Struct, frozen=True, array_like=True, gc=False):
    """A tag by which the things of a type can be told apart."""

    text: str
    href: str
    """To the tag, or to the page of those things of the type that bear it."""
    count: int
    tag: str = ""
    """By which rows of this page are known; empty where the link leads to another page."""
    is_here: bool = False


class Cell(Struct, frozen=True, array_like=True, gc=False):
    parts: tuple[Thing, ...]
    """Text and links, in their order."""
    key: str = ""
    """What it sorts by, where that isn't its text."""


class TypeRow(Struct, frozen=True, array_like=True, gc=False):
    """A thing with what is known of it."""

    name: Thing
    tags: str
    """Folded, with a space between them and around."""
    cells: tuple[Cell, ...]


class RelationsView(View, frozen=True, kw_only=True, tag="relations"):
    """All roles with the number of their relations."""

    typed: tuple[Link, ...]
    """Their text is the role; without `href` where there is no page."""
    others: tuple[Link, ...]
    """What the vocabulary doesn't know."""


class RelationView(View, frozen=True, kw_only=True, tag="relation"):
    """All relations of a role; of one that has many, those whose subjects begin with some letters."""

    role: str
    inverse: str
    n_rows: int
    """In all."""
    rows: tuple[EdgeRow, ...] = ()
    shown: tuple[str, ...] = ()
    """Those of the columns after the words in which something stands."""
    letters: tuple[Link, ...] = ()
    letter: str = ""
    objects: tuple[Link, ...] = ()
    """The most named, where the rows are on pages of their own."""
    subjects: tuple[Link, ...] = ()
    csv: str = ""
    back: str = ""
    """To the page of the inverse role."""
    home: str = ""
    """To the first page of the role."""


class EntityRoleView(View, frozen=True, kw_only=True, tag="entity-role"):
    """All that stands in one relation to a thing, whoever says so."""

    note: Link
    role: str
    n_things: int
    rows: tuple[EdgeRow, ...]
    """Their object is the other thing, whichever way the relation was written."""
    shown: tuple[str, ...]
    csv: str
    all: str
    """To the page of all relations of the role."""


class TypeView(View, frozen=True, kw_only=True, tag="type"):
    """The things of a type with their most frequent facts."""

    color: str
    n_rows: int
    """In all."""
    columns: tuple[str, ...] = ()
    rows: tuple[TypeRow, ...] = ()
    letters: tuple[Link, ...] = ()
    facets: tuple[Facet, ...] = ()
    part: str = ""
    """The letter or tag that all rows have in common."""
    is_best: bool = False
    """Whether these are only those of which most is known."""
    home: str = ""
    folder: Link | None = None
    """The page that lists them."""
    csv: str = ""
    compare: str = ""


class CompareView(View, frozen=True, kw_only=True, tag="compare"):
    """Where notes of a type are set side by side, by script."""

    types: tuple[Link, ...]
    """To their tables; `note` is the path of the script that holds what is known."""
