"""The view of the page that shows the whole graph."""

from __future__ import annotations

from msgspec import Struct

from vaultkit.site.base_view import Link, View


class Hubs(Struct, frozen=True, array_like=True, gc=False):
    """The most linked notes of a type, with how many others each is linked with."""

    type: Link
    """Its text and address are empty for notes of no type."""
    notes: tuple[Link, ...]


class GraphView(View, frozen=True, kw_only=True, tag="graph"):
    """All notes with their links: a picture for who can see it, and the hubs by type for everybody."""

    n_notes: int = 0
    n_links: int = 0
    hubs: tuple[Hubs, ...] = ()
    data: tuple[str, ...] = ()
    """Addresses of what the script draws: the notes, and the links."""
