"""What notes state, as values: facts with their source and the author's words, and the tables they stand in."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, msgpack

from vaultkit.model import VaultPath

Source = Literal["related", "key-value", "row", "cell", "property", "field", "lead-in"]
"""Where a fact stands: an annotated link line, a key/value table, a row about its first cell, a typed column or key
elsewhere, the front matter, an inline field, a `Key: [[A]]` line (specification, S1 to S8)."""


class Fact(Struct, frozen=True, array_like=True, gc=False):
    """One statement of one note. Nothing is a fact without a line that says it."""

    subject: str
    """A node of the graph: a vault path, `?name`, `=name`."""
    role: str
    """What the object is to the subject, or the key of a literal."""
    object: str
    """A node; empty for a literal."""
    words: str
    """As the author wrote it: the annotation, the column or key."""
    value: str
    """The cell's or field's text; for a relation the link's label."""
    note: VaultPath
    line: int
    source: Source
    section: str = ""
    slug: str = ""
    """Id of that section's heading."""
    is_typed: bool = False
    """Whether the vocabulary knows the role."""
    detail: str = ""
    status: str = ""
    year: str = ""
    amount: str = ""
    stake: str = ""
    round: str = ""


class Event(Struct, frozen=True, array_like=True, gc=False):
    """A dated row, or a dated heading."""

    date: str
    """To sort by: `YYYY-MM-DD`, with 00 for what isn't known."""
    text: str
    """The date as written."""
    cells: tuple[tuple[str, str], ...]
    """Columns and cells of the rest of the row."""
    note: VaultPath
    line: int
    about: tuple[str, ...]
    """Nodes that it is about: those that the row links to, else the note."""
    section: str = ""
    """For a dated heading its own text, which then says what happened."""
    slug: str = ""
    is_journal: bool = False
    """Whether it stands in a daily note, which mentions much."""


class TableEntry(Struct, frozen=True, array_like=True, gc=False):
    """A table as an index of all tables names it."""

    kind: str
    """Of `TABLE_KINDS`."""
    columns: tuple[str, ...]
    n_rows: int
    line: int
    section: str = ""
    slug: str = ""
    """Id of that section's heading."""


TABLE_KINDS = ("key-value", "entity", "dated", "other")


class NoteTables(Struct, frozen=True, array_like=True):
    """The tables of a note."""

    title: str
    """The note's."""
    counts: tuple[int, ...]
    """How many of each kind."""
    packed: bytes
    """The entries: there are many, and few are ever looked at."""
    unlinked: tuple[tuple[int, VaultPath], ...] = ()
    """Lines of entity tables whose first cell is the name of a note, without a link to it."""

    @property
    def entries(self) -> tuple[TableEntry, ...]:
        return _entries(self.packed)


_entries = msgpack.Decoder(tuple[TableEntry, ...]).decode
