"""The page of a canvas: its cards with what they say and what is said of the notes they show, as a picture and as a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from posixpath import splitext
from typing import NamedTuple

from vaultkit.model import Canvas, CanvasEdge, CanvasNode, Card, Document, Found, Ref, Target
from vaultkit.site import boards
from vaultkit.site.board_views import Board, BoardCard, BoardGroup, BoardItem, BoardLead, BoardLine
from vaultkit.site.boards import Curve, Place
from vaultkit.site.holes import IMAGES, Filler
from vaultkit.site.views import CanvasView, NoteView
from vaultkit.urls import color_class

MAX_DRAWN = 1_000
"""Cards whose text stands in the picture; of others it shows the place, and the list what they say."""

MAX_LINES = 4_000

LONGEST_NAME, LONGEST_LABEL = 60, 120

_TAG = re.compile(r"<[^>]*>")
_END = re.compile(r"</(?:p|h[1-6]|li|td|th|pre|div|summary)>|<br>")
_BLANKS = re.compile(r"\s+")
_WEB = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_FITS = {"cover": "slice", "ratio": "meet", "repeat": "slice"}


def canvas_page(
    note: NoteView, document: Document, canvas: Canvas, targets: Sequence[Target], filler: Filler
) -> CanvasView:  # fmt: skip
    """The view of a canvas, which has all that the one of a note has."""
    common = {name: getattr(note, name) for name in note.__struct_fields__}
    board = _board(document, canvas, targets, filler)
    return CanvasView(**common | {"outline": (), "lead_html": "", "html": ""}, board=board)


class _Said(NamedTuple):
    """What a card says, once for the picture and once for the list: no id may stand in a page twice."""

    kind: str = ""
    name: str = ""
    """What lines call it."""
    title: str = ""
    href: str = ""
    color: str = ""
    html: str = ""
    again: str = ""


NOTHING = _Said()


def _board(document: Document, canvas: Canvas, targets: Sequence[Target], filler: Filler) -> Board:
    nodes = canvas.nodes
    where = boards.places(nodes)
    by_id = {node.id: place for node, place in zip(nodes, where, strict=True)}
    order = boards.reading_order(nodes, where)
    edges = canvas.edges[:MAX_LINES]
    curves = boards.curves(edges, by_id)
    said = {nodes[index].id: _said(nodes[index], document, targets, filler) for index, _ in order}
    shape = boards.frame(where, curves)
    return Board(
        shape.x, shape.y, shape.width, shape.height,
        groups=_groups(nodes, where, document, targets, filler),
        lines=tuple(_line(edge, curve, said) for edge, curve in zip(edges, curves, strict=True)),
        cards=tuple(
            _card(nodes[index], where[index], said[nodes[index].id], is_drawn=n < MAX_DRAWN)
            for n, (index, _) in enumerate(order)
        ),
        items=_items([(nodes[index], level) for index, level in order], edges, said),
        is_whole=len(order) <= MAX_DRAWN and len(canvas.edges) <= MAX_LINES,
    )  # fmt: skip


def _groups(
    nodes: Sequence[CanvasNode], where: Sequence[Place], document: Document, targets: Sequence[Target], filler: Filler
) -> tuple[BoardGroup, ...]:  # fmt: skip
    """The grounds of the groups, the largest first: a smaller one may lie on it."""
    found = [(place, node) for node, place in zip(nodes, where, strict=True) if node.type == "group"]
    found.sort(key=lambda pair: -pair[0].width * pair[0].height)
    return tuple(
        BoardGroup(*place, *_paint(node), _picture(node, document, targets, filler), _FITS[node.backgroundStyle or "cover"])
        for place, node in found
    )  # fmt: skip


def _picture(node: CanvasNode, document: Document, targets: Sequence[Target], filler: Filler) -> str:
    """The address of the picture behind a group; empty where the vault has none for everybody."""
    for ref, target in _leads(node, document, targets):
        if isinstance(target, Found) and splitext(target.path)[1].lower() in IMAGES:
            return filler.address(ref, target)
    return ""


def _leads(node: CanvasNode, document: Document, targets: Sequence[Target]) -> list[tuple[Ref, Target]]:
    """The refs of a card, with what they lead to."""
    indices = [segment.index for segment in node.body if not isinstance(segment, str) and segment.index < len(targets)]
    return [(document.refs[index], targets[index]) for index in indices]


def _paint(thing: CanvasNode | CanvasEdge) -> tuple[str, str]:
    """Class of a preset color, and a color of the author's own (rule N-5)."""
    color = thing.color or ""
    return (f"p{color}", "") if color and color[0] != "#" else ("", color)


def _line(edge: CanvasEdge, curve: Curve, said: dict[str, _Said]) -> BoardLine:
    start, end = _ends(edge)
    return BoardLine(
        curve.path, curve.heads, *_paint(edge), _shortened(edge.label or "", LONGEST_LABEL), *curve.label,
        said[start].name, said[end].name, edge.fromEnd == edge.toEnd,
    )  # fmt: skip


def _ends(edge: CanvasEdge) -> tuple[str, str]:
    """The cards of a line in the direction of its arrow."""
    is_turned = edge.fromEnd == "arrow" and edge.toEnd == "none"
    return (edge.toNode, edge.fromNode) if is_turned else (edge.fromNode, edge.toNode)


# ---------------------------------------------------------------------------
# What cards say
# ---------------------------------------------------------------------------


def _said(node: CanvasNode, document: Document, targets: Sequence[Target], filler: Filler) -> _Said:
    match node.type:
        case "text":
            html = filler.fill(document, node.body)
            again = filler.fill_again(document, node.body, "b-") if " id=" in html else html
            return _Said("text", _shortened(_first_line(html), LONGEST_NAME), html=html, again=again)
        case "file":
            return next((_of_file(ref, target, filler) for ref, target in _leads(node, document, targets)), NOTHING)
        case "link":
            return _of_link(node.url or "")
        case "group":
            label = _shortened(node.label or "", LONGEST_LABEL)
            return _Said("group", label, label)
        case _:
            return NOTHING


def _of_file(ref: Ref, target: Target, filler: Filler) -> _Said:
    """The title and the opening of a note, a picture, or the name of another file; nothing of what isn't public."""
    card: Card | None = filler.tables.cards(target.path) if isinstance(target, Found) else None
    if card is None or not isinstance(target, Found):
        return NOTHING
    address = filler.address(ref, target)
    name = _shortened(splitext(card.title)[0] if card.kind == "attachment" else card.title, LONGEST_NAME)
    if card.kind == "attachment":
        html = filler.media(ref, target, card)
        if html.startswith("<img"):
            html = f'<a href="{escape(address)}">{html}</a>'
        return _Said("file", name, html=html, again=html)
    html, again = "", ""
    if card.kind == "note":
        html = filler.opening_of(target, address)
        again = filler.opening_of(target, address) if " id=" in html else html
    return _Said("note", name, card.title, address, color_class(card.type) if card.type else "", html, again)


def _of_link(url: str) -> _Said:
    url = url.strip()
    shown = _shortened(re.sub(r"\Ahttps?://(?:www\.)?", "", url, flags=re.IGNORECASE).rstrip("/"), LONGEST_LABEL)
    return _Said("link", shown, shown, url if _WEB.fullmatch(url) else "")


def _plain(html: str) -> str:
    """The text of some HTML of ours, on one line."""
    return _BLANKS.sub(" ", unescape(_TAG.sub(" ", html))).strip()


def _first_line(html: str) -> str:
    """The text of the first heading, paragraph or item that has any."""
    return next(filter(None, map(_plain, _END.split(html, maxsplit=8))), "")


def _shortened(text: str, length: int) -> str:
    """The text on one line, cut between words where it is too long."""
    text = _BLANKS.sub(" ", text[: 20 * length]).strip()
    if len(text) <= length:
        return text
    cut = text[: length - 1].rstrip()
    return f"{cut.rpartition(' ')[0] or cut}\xa0…"


def _card(node: CanvasNode, place: Place, said: _Said, *, is_drawn: bool) -> BoardCard:
    if not is_drawn:
        return BoardCard("", *place, *_paint(node), is_drawn=False)
    return BoardCard(
        said.kind, *place, *_paint(node), said.title, said.href, said.color, said.again
    )  # fmt: skip


def _items(
    order: Sequence[tuple[CanvasNode, int]], edges: Sequence[CanvasEdge], said: dict[str, _Said]
) -> tuple[BoardItem, ...]:  # fmt: skip
    """The cards that say something, each with where lines lead from it."""
    leading: dict[str, list[BoardLead]] = {}
    for edge in edges:
        start, end = _ends(edge)
        if name := said[end].name:
            href = said[end].href if said[end].kind == "note" else ""
            label = _shortened(edge.label or "", LONGEST_LABEL)
            leading.setdefault(start, []).append(BoardLead(name, href, label, edge.fromEnd == edge.toEnd))
    items = []
    for node, level in order:
        what, lines = said[node.id], tuple(leading.get(node.id, ()))
        if what.title or what.html or lines:
            items.append(BoardItem(what.kind, level, what.title, what.href, what.color, what.html, lines))
    return tuple(items)
