"""JSON Canvas: cards and the lines between them, whatever else the file may hold (rules N-1 … N-9)."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Collection
from typing import Any

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.model import Canvas, CanvasEdge, CanvasNode

COLORS = {"1": "red", "2": "orange", "3": "yellow", "4": "green", "5": "cyan", "6": "purple"}
SIDES = ("top", "right", "bottom", "left")
ENDS = ("none", "arrow")
BACKGROUNDS = ("cover", "ratio", "repeat")
FIELDS = {
    "text": ("text",),
    "file": ("file", "subpath"),
    "link": ("url",),
    "group": ("label", "background", "backgroundStyle"),
}

FARTHEST = 10_000_000
"""No canvas is larger, and no arithmetic with such numbers goes wrong."""

MAX_PAIRS = 2_000_000
"""How many times a card is looked for in a group: 1,000 groups of 2,000 cards."""

LONGEST = 40
"""Of an id in a message."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Problems = tuple[Diagnostic, ...]


def read_canvas(path: str, text: str) -> tuple[Canvas, Problems]:
    """The canvas of a file; an empty one where its text can't be read."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return Canvas(), ()
    try:
        # JSON of JavaScript knows neither NaN nor integers of any length.
        data = json.loads(text, parse_int=_finite, parse_float=_finite, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        message = f"The canvas isn't valid JSON: {error.msg}."
        return Canvas(), (problem("canvas-invalid-json", path, error.lineno, error.colno, message),)
    except RecursionError:
        return Canvas(), (problem("canvas-invalid-json", path, message="The canvas is nested too deeply."),)
    if not isinstance(data, dict):
        return Canvas(), (problem("canvas-invalid-json", path, 1, 1, "The canvas isn't a JSON object."),)
    mistyped = [name for name in ("nodes", "edges") if not isinstance(data.get(name, []), list)]
    if mistyped:
        message = f"The canvas's {' and '.join(mistyped)} must be lists."
        return Canvas(), (problem("canvas-invalid-json", path, message=message),)
    nodes, problems = _nodes(path, _objects(data.get("nodes")))
    edges, dangling = _edges(path, _objects(data.get("edges")), {node.id for node in nodes})
    return Canvas(nodes, edges, _others(data, Canvas)), (*problems, *dangling)


def canvas_data(canvas: Canvas) -> dict[str, Any]:
    """The canvas as its file can be written: what is known of it, and the keys that nobody here knows."""
    return {
        "nodes": [_data(node) for node in canvas.nodes],
        "edges": [_data(edge) for edge in canvas.edges],
        **_unpacked(canvas.others),
    }


def color_name(color: str | None) -> str | None:
    """The name of a preset color; None for other colors and where there is none (rule N-5)."""
    return COLORS.get(color or "")


def group_members(canvas: Canvas) -> dict[str, tuple[str, ...]]:
    """Ids of the cards that lie wholly inside each group, sorted (rule N-7)."""
    groups = [node for node in canvas.nodes if node.type == "group"]
    if groups:
        groups = groups[: max(1, MAX_PAIRS // len(canvas.nodes))]
    return {
        group.id: tuple(sorted(n.id for n in canvas.nodes if n is not group and _inside(n, group))) for group in groups
    }


def _inside(node: CanvasNode, group: CanvasNode) -> bool:
    return (
        group.x <= node.x
        and group.y <= node.y
        and node.x + node.width <= group.x + group.width
        and node.y + node.height <= group.y + group.height
    )


# ---------------------------------------------------------------------------
# Cards and edges
# ---------------------------------------------------------------------------


def _nodes(path: str, data: list[dict[str, Any]]) -> tuple[tuple[CanvasNode, ...], list[Diagnostic]]:
    nodes: dict[str, CanvasNode] = {}
    problems = []
    for index, entry in enumerate(data):
        # A card without an id can't be the end of an edge, but it can be seen.
        id_ = _id(entry.get("id")) or f"#{index}"
        if id_ in nodes:
            problems.append(problem("canvas-duplicate-node", path, message=f"Two cards have the id “{id_[:LONGEST]}”."))
        else:
            nodes[id_] = _node(id_, entry)
    return tuple(nodes.values()), problems


def _node(id_: str, entry: dict[str, Any]) -> CanvasNode:
    kind = _text(entry.get("type")) or ""
    # What a card of another type would say is no business of this one.
    said = {key: value for key, value in entry.items() if key in FIELDS.get(kind, ())}
    subpath = _text(said.get("subpath")) or ""
    return CanvasNode(
        id_,
        kind,
        x=_number(entry.get("x")),
        y=_number(entry.get("y")),
        width=_number(entry.get("width")),
        height=_number(entry.get("height")),
        color=_color(entry.get("color")),
        text=(_text(said.get("text")) or "") if kind == "text" else None,
        file=_path(said.get("file")),
        subpath=subpath if subpath.startswith("#") else None,
        url=_text(said.get("url")),
        label=_text(said.get("label")),
        background=_path(said.get("background")),
        backgroundStyle=(_one_of(BACKGROUNDS, said.get("backgroundStyle")) or "cover") if kind == "group" else None,
        others=_others(entry, CanvasNode),
    )


def _edges(
    path: str, data: list[dict[str, Any]], ids: Collection[str]
) -> tuple[tuple[CanvasEdge, ...], list[Diagnostic]]:
    edges = []
    problems = []
    for index, entry in enumerate(data):
        edge = _edge(_id(entry.get("id")) or f"#{index}", entry)
        missing = next((end for end in (edge.fromNode, edge.toNode) if end not in ids), None)
        if missing is None:
            edges.append(edge)
        else:
            message = f"The edge “{edge.id[:LONGEST]}” leads to “{missing[:LONGEST]}”, and no card has that id."
            problems.append(problem("canvas-dangling-edge", path, message=message))
    return tuple(edges), problems


def _edge(id_: str, entry: dict[str, Any]) -> CanvasEdge:
    return CanvasEdge(
        id_,
        fromNode=_id(entry.get("fromNode")),
        toNode=_id(entry.get("toNode")),
        fromSide=_one_of(SIDES, entry.get("fromSide")),
        toSide=_one_of(SIDES, entry.get("toSide")),
        fromEnd=_one_of(ENDS, entry.get("fromEnd")) or "none",
        toEnd=_one_of(ENDS, entry.get("toEnd")) or "arrow",
        color=_color(entry.get("color")),
        label=_text(entry.get("label")),
        others=_others(entry, CanvasEdge),
    )


# ---------------------------------------------------------------------------
# Keys that nobody here knows
# ---------------------------------------------------------------------------

_OWN = ("body", "others")
"""Fields that no file has."""


def _others(entry: dict[str, Any], kind: type[Canvas | CanvasNode | CanvasEdge]) -> str:
    names = kind.__struct_fields__
    unknown = {key: value for key, value in entry.items() if key not in names or key in _OWN}
    try:
        return json.dumps(unknown) if unknown else ""
    except RecursionError:  # It could just be read, and needs a little more room to be written.
        return ""


def _unpacked(others: str) -> dict[str, Any]:
    return json.loads(others) if others else {}


def _data(thing: CanvasNode | CanvasEdge) -> dict[str, Any]:
    known = {name: getattr(thing, name) for name in thing.__struct_fields__ if name not in _OWN}
    return {name: value for name, value in known.items() if value is not None} | _unpacked(thing.others)


# ---------------------------------------------------------------------------
# Values of whatever kind
# ---------------------------------------------------------------------------


def _objects(data: Any) -> list[dict[str, Any]]:
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _text(value: Any) -> str | None:
    """A text that can be written to a file: escapes in JSON can spell halves of characters and NUL."""
    if not isinstance(value, str):
        return None
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROLS.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))


def _path(value: Any) -> str | None:
    """A vault path, spelled as those of the vault are (rule V-12)."""
    text = _text(value)
    return unicodedata.normalize("NFC", text) if text else None


def _finite(digits: str) -> float | int | None:
    """A number of JavaScript's: whole where it is whole, none where it is too large for one."""
    number = float(digits)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _WHOLE else number


_WHOLE = 2**53
"""From here on not every whole number is one of JavaScript's."""


def _id(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value) or ""


def _number(value: Any) -> int:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0
    return round(min(max(value, -FARTHEST), FARTHEST))


def _one_of(choices: tuple[str, ...], value: Any) -> str | None:
    return value if isinstance(value, str) and value in choices else None


def _color(value: Any) -> str | None:
    """A preset or a hex color: anything else means the default color, and might break out of a style."""
    return value if isinstance(value, str) and (value in COLORS or _HEX.fullmatch(value)) else None
