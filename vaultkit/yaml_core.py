"""YAML by the core schema of YAML 1.2, as a tree with places; it must not be able to hang, crash or run anything.

PyYAML's own loaders aren't used: they read YAML 1.1 (`yes`, dates, base 60), let
the last of equal keys win, and recurse in C until the process dies. What is used
is libyaml's stream of events, which is left at the first thing too deep or too
clever. Whatever comes out of here is plain data.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

MAX_DEPTH = 20
"""Front matter of 14,641 real notes is nested three levels deep at most."""


class Scalar(Struct, frozen=True, gc=False):
    """A text; plain ones may mean something else than a text."""

    text: str
    plain: bool
    line: int
    """Counted from 0 in the text given, as are columns."""
    column: int


class Sequence(Struct, frozen=True):
    items: tuple[Node, ...]
    line: int
    column: int
    source: str = ""
    """As written, where that begins like a wikilink."""


class Mapping(Struct, frozen=True):
    entries: tuple[tuple[Node, Node], ...]
    """With keys that stand twice: what they mean is the caller's decision."""
    line: int
    column: int


Node = Scalar | Sequence | Mapping


class Fault(Struct, frozen=True):
    """Why a text can't be read whole."""

    name: str
    """Of a diagnostic."""
    message: str
    line: int
    column: int


class Tree(Struct, frozen=True):
    """What a text holds, as far as it could be read."""

    root: Node | None = None
    """None where there is nothing, or where there is a fault."""
    duplicates: tuple[Scalar, ...] = ()
    """Keys that stood in the same mapping before, in no matter which one."""
    fault: Fault | None = None


def compose(text: str) -> Tree:
    """The tree of one YAML document."""
    odd = _ODD.search(text) is not None
    try:
        return _compose(_hidden(text) if odd else text, odd=odd)
    except yaml.MarkedYAMLError as error:
        # JSON may spell a character by the two halves that UTF-16 has for it, which libyaml refuses.
        if (whole := _HALVES.sub(_joined, text)) != text:
            return compose(whole)
        # Where something is never closed, YAML notices at the very end; where it began is of more use.
        at_end = error.problem_mark is not None and error.problem_mark.index >= len(text.rstrip())
        mark = error.context_mark if at_end and error.context_mark else error.problem_mark
        # It looks ahead, and so may come upon its own limit before ours.
        if "nesting" in (error.problem or ""):
            return _too_much(_TOO_DEEP, mark)
        return _invalid(error.problem or "it can't be read", mark)


def value(node: Node) -> Any:
    """The node as plain data; of keys that stand twice the first counts."""
    if isinstance(node, Scalar):
        return resolve(node.text) if node.plain else node.text
    if isinstance(node, Sequence):
        return [value(item) for item in node.items]
    mapping: dict[str, Any] = {}
    for key, item in node.entries:
        mapping.setdefault(name(key), value(item))
    return mapping


def name(key: Node) -> str:
    """A key as a property name, spelled as JavaScript does, which knows no other keys than texts."""
    if isinstance(key, Scalar):
        return spell(resolve(key.text)) if key.plain else key.text
    return _flow(key)


# ---------------------------------------------------------------------------
# What plain scalars mean
# ---------------------------------------------------------------------------

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+)")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS = frozenset("0123456789+-.")
_LONGEST_NUMBER = 64


def resolve(text: str) -> str | int | float | bool | None:
    """What a plain scalar means in the core schema (rules F-4, F-5): never a date, never `yes`.

    >>> [resolve(text) for text in ("007", "0o17", "1_000", "12:30", "yes", "TRUE", "~")]
    [7, 15, '1_000', '12:30', 'yes', True, None]
    """
    if text in _NULLS:
        return None
    if text[0] in _NUMBER_STARTS:
        return _number(text)
    return _BOOLEANS.get(text, text)


def _number(text: str) -> str | int | float:
    # Nobody calculates with such numbers, and Python refuses those of 4,300 digits.
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        number = int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)
        # MessagePack knows no larger integers; the text keeps all digits.
        return number if -(2**63) <= number < 2**63 else text
    if _FLOAT.fullmatch(text):
        return float(text)
    if infinity := _INFINITY.fullmatch(text):
        return float("nan" if infinity[1] is None else infinity[1] + "inf")
    return text


def spell(data: Any) -> str:
    """A value as JavaScript turns it into a text, which is what Obsidian shows of it."""
    match data:
        case str():
            return data
        case None:
            return ""
        case bool():
            return "true" if data else "false"
        case float():
            return _spell_float(data)
        case list():
            return ",".join(spell(item) for item in data)
        case dict():
            return "[object Object]"
        case _:
            return str(data)


def _spell_float(number: float) -> str:
    if number != number:  # noqa: PLR0124  (that is how NaN is known)
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)


def _flow(node: Node) -> str:
    match node:
        case Scalar(text=text):
            return text
        case Sequence(items=items):
            return f"[ {', '.join(map(_flow, items))} ]" if items else "[]"
        case Mapping(entries=entries):
            pairs = [f"{_flow(key)}: {_flow(item)}".removesuffix(": ") for key, item in entries]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"


# ---------------------------------------------------------------------------
# From events to a tree
# ---------------------------------------------------------------------------


class _Open:
    """A collection whose end hasn't come yet."""

    __slots__ = ("nodes", "start")

    def __init__(self, start: Any) -> None:
        self.start = start
        self.nodes: list[Node] = []


def _compose(text: str, *, odd: bool) -> Tree:
    root: Node | None = None
    stack: list[_Open] = []
    duplicates: list[Scalar] = []
    documents = 0
    parser: Any = yaml.CBaseLoader(text)
    while True:
        event = parser.get_event()
        kind = type(event)
        node: Node
        if kind is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                return _refused(event)
            quoted = event.style in ("'", '"')
            if quoted and stack and _runs_out(text, event, event, stack[-1].start):
                return _invalid("the quote is never closed", event.start_mark)
            # A quoted text begins after its quote.
            column = event.start_mark.column + quoted
            scalar = _shown(event.value) if odd else event.value
            node = Scalar(scalar, event.implicit[0], event.start_mark.line, column)
        elif kind is SequenceStartEvent or kind is MappingStartEvent:
            if event.anchor is not None or event.tag is not None or len(stack) >= MAX_DEPTH:
                return _refused(event)
            stack.append(_Open(event))
            continue
        elif kind is SequenceEndEvent or kind is MappingEndEvent:
            ended = stack.pop()
            mark = ended.start.start_mark
            if stack and _runs_out(text, ended.start, event, stack[-1].start):
                return _invalid("the bracket is never closed", mark)
            if kind is SequenceEndEvent:
                source = text[mark.index : event.end_mark.index] if text.startswith("[[", mark.index) else ""
                node = Sequence(tuple(ended.nodes), mark.line, mark.column, _shown(source) if odd else source)
            else:
                entries = tuple(zip(ended.nodes[::2], ended.nodes[1::2], strict=True))
                duplicates += _duplicates(entries)
                node = Mapping(entries, mark.line, mark.column)
        elif kind is AliasEvent:
            # Anchors are refused where they stand, so this one refers to nothing: `status: *draft*`.
            return _invalid("there is no anchor of that name", event.start_mark)
        elif kind is StreamEndEvent:
            return Tree(root, tuple(duplicates))
        else:
            documents += kind is DocumentStartEvent
            if documents > 1:
                return _invalid("a second document begins", event.start_mark)
            continue
        if stack:
            stack[-1].nodes.append(node)
        else:
            root = node


def _runs_out(text: str, start: Any, end: Any, parent: Any) -> bool:
    """Whether a bracket or quote in a block goes on in lines that aren't indented.

    `tags: [a, #b]` has no end: libyaml would take in the keys below it, up to
    some other bracket. Only the bracket itself may stand at the margin.
    """
    first, last = start.start_mark, end.end_mark
    in_block = not parent.flow_style and (start is end or start.flow_style)
    if first.line == last.line or not in_block:
        return False
    _, *lines = text[first.index : last.index].split("\n")
    margin = parent.start_mark.column
    outdented = [line.lstrip(" ") for line in lines if line.strip() and len(line) - len(line.lstrip(" ")) <= margin]
    return any(start is end or not (line in ("]", "}") or line.startswith("#")) for line in outdented)


def _invalid(message: str, mark: Any) -> Tree:
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return Tree(fault=Fault("frontmatter-invalid-yaml", message, line, column))


def _refused(event: Any) -> Tree:
    """What is never loaded: a few hundred bytes of it can take minutes or end the process."""
    if event.anchor is not None:
        message = "anchors and aliases aren't read"
    elif event.tag is not None:
        message = "YAML tags aren't read"
    else:
        message = _TOO_DEEP
    return _too_much(message, event.start_mark)


_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"


def _too_much(message: str, mark: Any) -> Tree:
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return Tree(fault=Fault("frontmatter-too-large", message, line, column))


def _duplicates(entries: tuple[tuple[Node, Node], ...]) -> list[Scalar]:
    if len(entries) < 2:
        return []
    seen: set[str] = set()
    twice: list[Scalar] = []
    for key, _ in entries:
        spelled = name(key)
        if spelled in seen:
            twice.append(key if isinstance(key, Scalar) else Scalar(spelled, False, key.line, key.column))
        seen.add(spelled)
    return twice


# ---------------------------------------------------------------------------
# Characters that libyaml takes for line ends or refuses
# ---------------------------------------------------------------------------

_KEPT = {"\x85": "\ufdd0", "\u2028": "\ufdd1", "\u2029": "\ufdd2", "\ufeff": "\ufdd3"}
"""Noncharacters stand in for them meanwhile."""

_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdd3\ufeff\ufffe\uffff]")


def _hidden(text: str) -> str:
    return _ODD.sub(lambda match: _KEPT.get(match[0], "\ufffd"), text)


_HALVES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _joined(halves: re.Match[str]) -> str:
    return bytes.fromhex(halves[1] + halves[2]).decode("utf-16-be")


_SHOWN = str.maketrans({stand_in: char for char, stand_in in _KEPT.items()})


def _shown(text: str) -> str:
    return text.translate(_SHOWN)
