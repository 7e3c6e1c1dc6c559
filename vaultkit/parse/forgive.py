"""Valid YAML that nobody means the way YAML takes it: unquoted wikilinks, `#tags`, numbers as names (X-2, X-3, X-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as Lines
from operator import is_

from vaultkit.parse.linktext import split_wikilink
from vaultkit.yaml_core import Mapping, Node, Scalar, Sequence, resolve

ALIASES = frozenset(("aliases", "alias"))
TAGS = frozenset(("tags", "tag"))
CLASSES = frozenset(("cssclasses", "cssclass"))

_WIKILINK = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_WORD = re.compile(r"[^\s,]+")
_PHRASE = re.compile(r"[^\s,](?:[^,]*[^\s,])?")


def forgive(name: str, node: Node, lines: Lines[str]) -> Node:
    """The value of the property *name* as its author will have meant it: the same node where YAML says the same.

    *lines* are those that it was read from.
    """
    folded = name.casefold()
    if folded in ALIASES:
        return _aliases(node)
    if folded in TAGS:
        return _tags(node, lines)
    if folded in CLASSES:
        return _classes(node)
    return _links(node)


def as_text(node: Node) -> Node:
    """The node with its scalars as written, for properties that the vault declares to be texts."""
    match node:
        case Scalar():
            return _text(node)
        case Sequence(items=items):
            return _with(node, tuple(map(as_text, items)))
        case Mapping():
            return node


def _with(sequence: Sequence, items: tuple[Node, ...]) -> Sequence:
    same = len(items) == len(sequence.items) and all(map(is_, items, sequence.items))
    return sequence if same else Sequence(items, sequence.line, sequence.column, sequence.source)


def _text(scalar: Scalar) -> Scalar:
    """As written; what is empty stays nothing."""
    if not scalar.plain or scalar.text in ("", "~", "null") or isinstance(resolve(scalar.text), str):
        return scalar
    return Scalar(scalar.text, plain=False, line=scalar.line, column=scalar.column)


def _links(node: Node) -> Node:
    match node:
        case Scalar():
            return node
        case Sequence(source=source) if _WIKILINK.fullmatch(source):
            return Scalar(source, plain=False, line=node.line, column=node.column)
        case Sequence(items=items):
            return _with(node, tuple(map(_links, items)))
        case Mapping(entries=entries):
            return Mapping(tuple((key, _links(item)) for key, item in entries), node.line, node.column)


def _aliases(node: Node) -> Node:
    match node:
        case Scalar(plain=True, text=text) if "," in text:
            return _split(node, _PHRASE)
        case Scalar():
            return _alias(node)
        case Sequence(source=source) if _WIKILINK.fullmatch(source):
            return Sequence((_alias(_links(node)),), node.line, node.column)
        case Sequence(items=items):
            return _with(node, tuple(map(_alias, items)))
        case Mapping():
            return _alias(node)


def _alias(node: Node) -> Node:
    match node if isinstance(node, Scalar) else _links(node):
        # No link can be written to a name that holds brackets.
        case Scalar(text=text) as scalar if "[[" in text:
            return Scalar(_WIKILINK.sub(_label, text), plain=False, line=scalar.line, column=scalar.column)
        case Scalar() as scalar:
            return _text(scalar)
        # `- Alien: Covenant` is a mapping to YAML.
        case Mapping(entries=((Scalar(text=before), Scalar(text=after)),)) if before and after:
            return Scalar(f"{before}: {after}", plain=False, line=node.line, column=node.column)
        case other:
            return other


def _label(link: re.Match[str]) -> str:
    parts = split_wikilink(link[1])
    return parts.label if parts else link[1]


def _tags(node: Node, lines: Lines[str]) -> Node:
    match node:
        case Scalar(text="", plain=True):
            tags: tuple[Node, ...] = tuple(_commented(node, lines))
            return Sequence(tags, node.line, node.column) if tags else node
        case Scalar(text=text) if _WORD.fullmatch(text):
            return _text(node)
        case Scalar():
            return _split(node, _WORD)
        case Sequence(items=items):
            return _with(node, tuple(tag for item in items for tag in _tag(item, lines)))
        case Mapping():
            return node


def _tag(node: Node, lines: Lines[str]) -> tuple[Node, ...]:
    """The tags that one item of a list stands for."""
    match node:
        case Scalar(text="", plain=True):
            return tuple(_commented(node, lines)) or (node,)
        # `[#actor #person]` lacks commas; `[machine learning]` is merely no tag.
        case Scalar(text=text) if text.startswith("#") and all(word.startswith("#") for word in text.split()):
            return _split(node, _WORD).items
        case Scalar():
            return (_text(node),)
        case Sequence(items=items):
            return tuple(tag for item in items for tag in _tag(item, lines))
        case Mapping():
            return (node,)


def _commented(place: Scalar, lines: Lines[str]) -> Iterator[Scalar]:
    """The tags that YAML took for a comment: `tags: #a #b`, or `- #a`."""
    if place.line >= len(lines):
        return
    rest = lines[place.line][place.column :]
    words = list(_WORD.finditer(rest))
    if all(len(word[0]) > 1 and word[0].startswith("#") for word in words):
        for word in words:
            yield Scalar(word[0], plain=False, line=place.line, column=place.column + word.start())


def _classes(node: Node) -> Node:
    match node:
        case Scalar(text=text) if not _WORD.fullmatch(text) and text:
            return _split(node, _WORD)
        case _:
            return as_text(node)


def _split(scalar: Scalar, part: re.Pattern[str]) -> Sequence:
    words = part.finditer(scalar.text)
    items = tuple(Scalar(word[0], False, scalar.line, scalar.column + word.start()) for word in words)
    return Sequence(items, scalar.line, scalar.column)
