"""A canvas as pages show it: places in whole numbers, colors by class, and what each card says."""

from __future__ import annotations

from msgspec import Struct


class BoardGroup(Struct, frozen=True, array_like=True, gc=False):
    """The ground of a group, below all cards and lines."""

    x: int
    y: int
    width: int
    height: int
    paint: str = ""
    """The class of its color: `p1` to `p6`, or empty."""
    hue: str = ""
    """A color of its own, `#rrggbb`, or empty."""
    image: str = ""
    """Address of the picture behind it."""
    fit: str = "slice"
    """How the picture fills it: `slice` or `meet`."""


class BoardCard(Struct, frozen=True, array_like=True, gc=False):
    """A card, or the label of a group, in the order in which they are read."""

    kind: str
    """`text`, `note`, `file`, `link`, `group`, or empty for what says nothing."""
    x: int
    y: int
    width: int
    height: int
    paint: str = ""
    hue: str = ""
    title: str = ""
    href: str = ""
    color: str = ""
    """The class of the color of the note's type."""
    html: str = ""
    """What stands below the title."""
    is_drawn: bool = True
    """Whether the picture has room for what it says; the list has it anyway."""


class BoardLine(Struct, frozen=True, array_like=True, gc=False):
    """A line between two cards."""

    path: str
    """Of SVG: a curve, and an arrow head at either end."""
    heads: str = ""
    paint: str = ""
    hue: str = ""
    label: str = ""
    x: int = 0
    """Middle of the label."""
    y: int = 0
    start: str = ""
    """What the card is called that it leads from."""
    end: str = ""
    is_mutual: bool = False
    """Whether it leads neither way, or both ways."""


class BoardLead(Struct, frozen=True, array_like=True, gc=False):
    """Where a line leads."""

    text: str
    href: str
    label: str = ""
    is_mutual: bool = False


class BoardItem(Struct, frozen=True, array_like=True, gc=False):
    """A card in the list that small windows, paper and embeds show instead of the picture."""

    kind: str
    level: int
    """In how many groups it stands."""
    title: str = ""
    href: str = ""
    color: str = ""
    html: str = ""
    lines: tuple[BoardLead, ...] = ()
    """Where lines lead from it."""


class Board(Struct, frozen=True):
    """A canvas as a picture, and as a list of what its cards say."""

    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    groups: tuple[BoardGroup, ...] = ()
    lines: tuple[BoardLine, ...] = ()
    cards: tuple[BoardCard, ...] = ()
    items: tuple[BoardItem, ...] = ()
    is_whole: bool = True
    """Whether the picture shows all that the cards say."""
