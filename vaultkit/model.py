"""The values that flow through the tables: frozen, compared by value, stored as msgpack.

Nothing here computes. A value knows what it is, never how it came to be; the
fields are the field's own words (see `docs/Glossary.md`). Sequences are tuples
and coordinates are 1-based, counted in the file as its author sees it.
"""

from __future__ import annotations

from typing import Any, Literal, NewType

import msgspec
from msgspec import Struct

from vaultkit.bodies import Anchor, Body, Box
from vaultkit.diagnostics import Diagnostic

VaultPath = NewType("VaultPath", str)
"""Vault-relative, POSIX, NFC, with extension: one key space for notes and attachments."""

Url = NewType("Url", str)
"""Site-relative path of an output file, unescaped: `Concepts/Model-distillation.html`."""

Kind = Literal["note", "attachment", "canvas", "base"]

RefKind = Literal["wikilink", "embed", "markdown", "image", "property", "card"]
"""How a link is written: `[[A]]`, `![[A]]`, `[x](A.md)`, `![x](a.png)`, in YAML, or as a canvas card."""

Place = Literal[
    "paragraph", "heading", "list", "table", "callout", "quote", "footnote", "comment", "property", "canvas"
]

# ---------------------------------------------------------------------------
# What is on disk
# ---------------------------------------------------------------------------


class Source(Struct, frozen=True, eq=False):
    """A file of the vault. Two sources are equal when their content is."""

    path: VaultPath
    kind: Kind
    digest: str
    """Hex digest of the bytes; of size and name for attachments too large to be read."""
    size: int = 0
    disk_path: str = ""
    """Path as the file system spells it, relative to the vault; empty when it equals `path`."""
    data: bytes | None = None
    """The bytes, where the scan had to read them; never part of the comparison."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Source):
            return NotImplemented
        return (self.path, self.kind, self.digest, self.disk_path) == (
            other.path,
            other.kind,
            other.digest,
            other.disk_path,
        )

    def __ne__(self, other: object) -> bool:
        # Else msgspec's would be used, which then compares identities.
        return not self == other

    def __hash__(self) -> int:
        return hash((self.path, self.digest))


# ---------------------------------------------------------------------------
# What one file says, read alone
# ---------------------------------------------------------------------------


class Property(Struct, frozen=True, array_like=True):
    """An entry of the front matter."""

    name: str
    value: Any
    """What YAML 1.2 makes of it: str, int, float, bool, None, list or dict."""
    line: int = 0


class Tag(Struct, frozen=True, array_like=True, gc=False):
    """A tag without `#`, as written."""

    name: str
    line: int
    column: int
    in_property: bool = False
    in_comment: bool = False
    """Indexed but never shown (rule M-17)."""


class Heading(Struct, frozen=True, array_like=True, gc=False):
    level: int
    text: str
    """What a reader sees, without markup."""
    raw: str
    """The inline Markdown as written: what Obsidian matches links against."""
    slug: str
    """The id in the page, unique in the note."""
    line: int


class Block(Struct, frozen=True, array_like=True, gc=False):
    """A block with an id that links can point at."""

    id: str
    """Lower case, without `^`."""
    original: str
    line: int


class Passage(Struct, frozen=True, array_like=True, gc=False):
    """The plain text of one block of prose, list item, table row or heading: what a link is quoted from.

    Lines stay lines.
    """

    place: Place
    text: str
    line: int
    section: int = -1
    """Index of the heading above, -1 before the first."""


class Ref(Struct, frozen=True, array_like=True, gc=False):
    """A link as written; what it leads to is the business of `links.resolve`."""

    kind: RefKind
    path: str
    """The link path: trimmed, percent-decoded for Markdown links, empty for the note itself."""
    subpath: str
    """From the first `#` on, including it; or empty."""
    label: str
    """The text shown: the author's, else the default of rule L-9."""
    line: int
    column: int
    labelled: bool = False
    """Whether the author gave the text."""
    passage: int = -1
    """Index into the passages of the document, -1 for properties and cards."""
    start: int = 0
    """Where the label stands in the passage's text."""
    end: int = 0
    key: str = ""
    """For properties the property's name (`related.0`), for cards the node's id."""
    annotation: str = ""
    """What the author says of the link on its list line: `— primary accused`."""
    width: int = 0
    height: int = 0
    in_comment: bool = False
    """Indexed but never shown (rule M-17)."""

    @property
    def written(self) -> str:
        """Path and subpath as one text."""
        return self.path + self.subpath


CELL_GAP = "\t"
"""Stands between the cells of a row in its passage; decoding has left no other in a cell."""


class Table(Struct, frozen=True, array_like=True, gc=False):
    """A Markdown table as data; each row is a passage, so that links in its cells are refs like others."""

    columns: tuple[str, ...]
    aligns: tuple[str, ...]
    """`left`, `right`, `center` or empty, one per column."""
    n_rows: int
    passage: int
    """Index of the passage of the first row; the others follow."""
    line: int
    end_line: int
    section: int = -1

    def rows(self, passages: tuple[Passage, ...]) -> tuple[tuple[str, ...], ...]:
        """The plain texts of the cells, given the passages of the document."""
        rows = passages[self.passage : self.passage + self.n_rows]
        return tuple(tuple(row.text.split(CELL_GAP)) for row in rows)


class ListItem(Struct, frozen=True, array_like=True, gc=False):
    text: str
    line: int
    parent: int
    """Line of the item it is nested in, else minus the first line of its list (rule M-54)."""
    status: str | None = None
    """The character in the box of a task; None where there is no box."""


class Callout(Struct, frozen=True, array_like=True, gc=False):
    type: str
    title: str
    fold: str
    """`+`, `-` or empty."""
    depth: int
    line: int
    metadata: str = ""


class Math(Struct, frozen=True, array_like=True, gc=False):
    tex: str
    display: bool
    line: int


class Section(Struct, frozen=True, array_like=True, gc=False):
    """A top-level block: its type as Obsidian names it (rule M-2)."""

    type: str
    line: int
    end_line: int


class Structure(Struct, frozen=True, array_like=True):
    """What a note is made of, part by part; passages come first since they can be read without the rest."""

    passages: tuple[Passage, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[ListItem, ...] = ()
    callouts: tuple[Callout, ...] = ()
    maths: tuple[Math, ...] = ()
    sections: tuple[Section, ...] = ()


class Document(Struct, frozen=True, array_like=True, gc=False):
    """What one file says, read alone; an attachment is a Document with nothing in it."""

    path: VaultPath
    kind: Kind
    digest: str
    title: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    """Front matter first, then the body in order, repeats kept (rule F-24)."""
    properties: tuple[Property, ...] = ()
    has_front_matter: bool = False
    front_matter_raw: str = ""
    """Kept only where it could not be read whole, so that privacy can be decided by its words."""
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    refs: tuple[Ref, ...] = ()
    footnotes: tuple[str, ...] = ()
    """Ids of the footnotes shown, in order of first reference."""
    packed: bytes = b""
    """The structure, as bytes: as objects its many parts would take more memory than all the rest."""
    terms: bytes = b""
    """By what it is found, as far as it tells by itself; packed by `search.terms`."""
    body: Body = ()
    """HTML with holes."""
    lead_end: int = 0
    """How many segments of the body are the first paragraph; 0 where it doesn't begin with one."""
    box: Box | None = None
    heading_anchors: tuple[Anchor, ...] = ()
    """Parallel to `headings`: the section from the heading to the next of its level."""
    block_anchors: tuple[Anchor, ...] = ()
    """Parallel to `blocks`."""
    lead: str = ""
    """The first paragraph as plain text: what previews and descriptions quote."""
    words: int = 0
    canvas: Canvas | None = None
    problems: tuple[Diagnostic, ...] = ()
    disk_path: str = ""
    size: int = 0
    unsafe: bool = False
    """An attachment that a browser might run; it is never published."""
    is_draft: bool = False
    """Private, and shown to its author alone."""

    @property
    def structure(self) -> Structure:
        """Unpacked at each call."""
        return _structure(self.packed) if self.packed else Structure()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Those of the structure, unpacked at each call."""
        return _passages(self.packed).passages if self.packed else ()


class _Passages(Struct, array_like=True):
    """The beginning of a packed structure; a reader of it skips the rest."""

    passages: tuple[Passage, ...]


_structure = msgspec.msgpack.Decoder(Structure).decode
_passages = msgspec.msgpack.Decoder(_Passages).decode


class CanvasNode(Struct, frozen=True):
    """A card of a canvas with its defaults filled in (rules N-2, N-3)."""

    id: str
    type: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    color: str | None = None
    text: str | None = None
    file: str | None = None
    subpath: str | None = None
    url: str | None = None
    label: str | None = None
    background: str | None = None
    backgroundStyle: str | None = None  # noqa: N815  (the JSON Canvas specification's spelling)
    body: Body = ()
    others: str = ""
    """JSON of the keys that nobody here knows: kept, never shown (rule N-1)."""


class CanvasEdge(Struct, frozen=True):
    """A line between two cards (rule N-4)."""

    id: str
    fromNode: str  # noqa: N815
    toNode: str  # noqa: N815
    fromSide: str | None = None  # noqa: N815
    toSide: str | None = None  # noqa: N815
    fromEnd: str = "none"  # noqa: N815
    toEnd: str = "arrow"  # noqa: N815
    color: str | None = None
    label: str | None = None
    others: str = ""


class Canvas(Struct, frozen=True):
    nodes: tuple[CanvasNode, ...] = ()
    """In z-order, the bottom one first."""
    edges: tuple[CanvasEdge, ...] = ()
    others: str = ""


# ---------------------------------------------------------------------------
# What links mean
# ---------------------------------------------------------------------------


class Found(Struct, frozen=True, array_like=True, tag="found", gc=False):
    """A ref's target: a file, and the place in it where the subpath names one."""

    path: VaultPath
    anchor: str = ""
    """Id of the heading or block in the target's page; empty for the page itself."""
    heading: int = -1
    """Index of the heading, -1 for none."""
    block: int = -1


class Missing(Struct, frozen=True, array_like=True, tag="missing", gc=False):
    """No file of that name: a wanted note."""

    name: str


class Ambiguous(Struct, frozen=True, array_like=True, tag="ambiguous", gc=False):
    """Several notes claim the name as an alias; the reader chooses (rule X-1)."""

    name: str
    paths: tuple[VaultPath, ...]


Target = Found | Missing | Ambiguous


class Links(Struct, frozen=True, gc=False):
    """The targets of a document's refs, one per ref, in their order."""

    targets: tuple[Target, ...]
    problems: tuple[Diagnostic, ...] = ()


class Edge(Struct, frozen=True, array_like=True, gc=False):
    """A link that leads somewhere: what the graph and the backlinks are made of."""

    source: VaultPath
    target: str
    """Vault path; `?name` of a wanted note; `=name` where several notes claim it as an alias."""
    kind: RefKind
    line: int
    section: str = ""
    """Text of the heading it stands under."""
    slug: str = ""
    """Id of that heading in the source's page."""
    quote: str = ""
    """The sentence around the link."""
    start: int = 0
    """Where the link's text stands in the quote."""
    end: int = 0
    annotation: str = ""
    label: str = ""
    anchor: str = ""
    """Id in the target's page that the link points at."""
    labelled: bool = False
    """Whether the author gave the label: the name itself is then not public text."""
    name: str = ""
    """The link path as written."""
    key: str = ""
    """For properties the property's name."""


class Card(Struct, frozen=True, array_like=True, gc=False):
    """All that other pages may know of a note cheaply."""

    path: VaultPath
    kind: Kind
    title: str
    url: Url
    type: str = ""
    """Name of its entity type, or empty."""
    summary: str = ""


class WantedCard(Struct, frozen=True, array_like=True, gc=False):
    """What other pages know of a name that no note has."""

    name: str
    url: Url
    n_mentions: int
    """Number of notes that use it."""


class EntityType(Struct, frozen=True, array_like=True, gc=False):
    """A kind of entity: by default a top-level folder that holds at least five notes."""

    folder: str
    name: str
    """In the singular, as far as English endings tell."""
    color: str
    """The class of its color, made of its name."""
    rank: int
    """Place among the types, the largest first; it changes only when a type grows fourfold."""
    url: Url
    """The page that lists its notes."""
    paint: str = ""
    """The color that is configured for it: `#rrggbb`, or the name of one of the theme's."""
