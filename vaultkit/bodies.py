"""Bodies: the HTML of a note with holes for what other files decide, and where parts of it stand."""

from __future__ import annotations

from msgspec import Struct


class Slot(Struct, frozen=True, array_like=True, gc=False):
    """A hole in a body, filled when it is known what the ref leads to."""

    index: int
    """Into the refs of the document, or into its tags."""
    part: int = 0
    """`WHOLE` link or embed; its `OPEN` and `CLOSE` where the label between them has markup; or a `TAG`."""


WHOLE, OPEN, CLOSE, TAG = range(4)

Segment = str | Slot
Body = tuple[Segment, ...]


class Anchor(Struct, frozen=True, array_like=True, gc=False):
    """Where a heading's section or an identified block stands in a body: segments `start` to `end`."""

    start: int
    end: int


class Box(Struct, frozen=True, array_like=True, gc=False):
    """The key/value table at the top of a note, which its page shows as a box of facts: segments of the body.

    It begins at `start` with its heading, where nothing else stands under that, and at `table` without it.
    """

    start: int
    table: int
    end: int
    heading: int = -1
    """Index of the heading that goes with it."""
