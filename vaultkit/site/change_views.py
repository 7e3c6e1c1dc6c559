"""Views of the pages that tell what changed: days with their notes, and what each came to say or says no more."""

from __future__ import annotations

from msgspec import Struct

from vaultkit.changes import Kind
from vaultkit.site.base_view import Link, View
from vaultkit.site.knowledge_views import Thing


class FactChange(Struct, frozen=True, array_like=True, gc=False):
    """A fact that a note states now, or states no more."""

    is_gained: bool
    role: str
    """What the object is to the subject, by its name in the vocabulary; or the key of a value."""
    text: str
    """The author's words where they say more than the role does; or the value."""
    subject: Thing | None = None
    """Where that isn't the note itself."""
    object: Thing | None = None
    is_typed: bool = False
    status: str = ""


class NoteChange(Struct, frozen=True, array_like=True, gc=False):
    """What happened to a note on a day."""

    kind: Kind
    note: Thing
    """Empty for one that is gone: it is only counted."""
    path: str = ""
    """In the vault."""
    was: str = ""
    """What it was called."""
    added: int = 0
    """Words."""
    removed: int = 0
    facts: tuple[FactChange, ...] = ()
    n_gained: int = 0
    """Facts, also those that aren't told."""
    n_lost: int = 0
    at: int = 0
    is_counted: bool = False
    """Whether it is one of so many that they aren't listed."""

    @property
    def n_more(self) -> int:
        """Facts that aren't told."""
        return self.n_gained + self.n_lost - len(self.facts)


class ChangeDay(Struct, frozen=True, array_like=True, gc=False):
    """What happened on a day, in UTC."""

    day: str
    new: tuple[NoteChange, ...] = ()
    edited: tuple[NoteChange, ...] = ()
    renamed: tuple[NoteChange, ...] = ()
    n_gone: int = 0
    n_new: int = 0
    """Those that aren't listed come on top."""
    n_edited: int = 0
    n_gained: int = 0
    """Facts."""
    n_lost: int = 0
    at: int = 0
    """When the last of it happened, in seconds since 1970."""


class ChangesView(View, frozen=True, kw_only=True, tag="changes"):
    """What changed lately, or in a week: then the title is its first day."""

    days: tuple[ChangeDay, ...]
    """The newest first."""
    weeks: tuple[Link, ...] = ()
    """By their first days, the newest first."""
    last: str = ""
    """Last day of the week."""
    feed: str = ""
