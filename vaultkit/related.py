"""What is related to a note, as values: which notes are close to it, and why."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from vaultkit.model import VaultPath

ReasonKind = Literal["links", "linked", "mutual", "neighbors", "beside", "line", "table", "section", "name", "words"]
"""`links`, `linked`, `mutual`: the note links to the other one, is linked from it, or both.
`neighbors`: things that are linked with both.
`beside`: things that the note links to, and beside which the other one stands.
`line`, `table`, `section`: one line, table or section of some note links to both.
`name`: the words of its name stand in the note.
`words`: rare words that both have."""


class Reason(Struct, frozen=True, array_like=True, gc=False):
    """Why two notes are close."""

    kind: ReasonKind
    count: int
    """How many things speak for it; the most telling have a name below."""
    names: tuple[str, ...]
    """Nodes of the graph, the notes with that line, table or section, or words."""


class Near(Struct, frozen=True, array_like=True, gc=False):
    """A note close to another one, with the reasons, the weightiest first."""

    path: VaultPath
    reasons: tuple[Reason, ...]


class Related(Struct, frozen=True, array_like=True, gc=False):
    """What is close to a note, the closest first."""

    linked: tuple[Near, ...]
    """Of the notes with a link to or from it."""
    unlinked: tuple[Near, ...]
    """Of all others: what might be worth a link."""


class PackedRelated(Struct, frozen=True, array_like=True, gc=False):
    """The same as bytes, until somebody reads it: as objects the reasons would take ten times the memory."""

    packed: bytes

    @property
    def related(self) -> Related:
        """Unpacked at each call."""
        return _decode(self.packed)


def pack(related: Related) -> PackedRelated:
    return PackedRelated(_encode(related))


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Related).decode
