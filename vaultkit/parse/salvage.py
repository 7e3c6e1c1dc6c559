"""What can be saved of front matter that YAML gives up on, key by key (rule X-2); nothing here guesses at privacy."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from vaultkit.yaml_core import Fault, Mapping, Node, Scalar, Sequence, compose

KNOWN_KEYS = "aliases|alias|tags|tag|cssclasses|cssclass|publish|draft|private|permalink|title|date|description"
"""Names that mean something to Obsidian or to us, so that a line with one of them is no prose."""

_KEY = re.compile(
    r"(?:\"([^\"\\\n]+)\"[ \t]*|'([^'\n]+)'[ \t]*|([^\s\-#\[\]{}&*!|>'\"%@`?:,][^:\n]*+)):(?=[ \t]|$)"
    rf"|((?i:{KNOWN_KEYS}))[ \t]*:"
)
_ITEM = re.compile(r"[ \t]*-(?:[ \t]+(.*)|[ \t]*$)")
_WIKILINKS = re.compile(r"\[\[[^\[\]]+\]\](?:\s*,\s*\[\[[^\[\]]+\]\])*,?")
_WIKILINK = re.compile(r"\[\[[^\[\]]+\]\]")
_COMMENT = re.compile(r"#(?:\s|$)")

Entry = tuple[Node, Node]


class Salvaged(NamedTuple):
    entries: tuple[Entry, ...]
    mended: tuple[Scalar, ...]
    """Keys whose value isn't simply what YAML made of their lines."""


class _Chunk(NamedTuple):
    """A key with its lines, up to the next key."""

    key: Scalar
    first: str
    """What stands behind the colon."""
    column: int
    rest: tuple[str, ...]
    glued: bool
    """No space stands behind the colon."""


def salvage(block: str) -> Salvaged:
    """The entries of *block*, read one by one."""
    entries: list[Entry] = []
    mended: list[Scalar] = []
    empty = -1
    for chunk in _chunks(block):
        whole = _whole(chunk)
        if isinstance(whole, Fault):
            if whole.name == "frontmatter-too-large":
                continue
            node, orphans = _mended(chunk)
            mended.append(chunk.key)
        else:
            node, orphans = whole, ()
            mended += [chunk.key] if chunk.glued else []
        entries.append((chunk.key, node))
        # `aliases:` / `tags: [a]` / `  - Das`: the item was written for the key that is still empty.
        if orphans and empty >= 0:
            key = entries[empty][0]
            entries[empty] = key, Sequence(orphans, orphans[0].line, orphans[0].column)
            mended += [key] if isinstance(key, Scalar) else []
            empty = -1
        elif isinstance(node, Scalar) and node.plain and not node.text:
            empty = len(entries) - 1
    return Salvaged(tuple(entries), tuple(mended))


def _chunks(block: str) -> list[_Chunk]:
    lines = block.split("\n")
    starts = [(number, match) for number, line in enumerate(lines) if (match := _KEY.match(line))]
    chunks = []
    for (number, match), (end, _) in pairwise([*starts, (len(lines), None)]):
        assert match is not None
        spelled = (match[1] or match[2] or match[3] or match[4]).rstrip()
        key = Scalar(spelled, plain=False, line=number, column=0)
        after = lines[number][match.end() :]
        first = after.strip()
        column = match.end() + len(after) - len(after.lstrip())
        chunks.append(_Chunk(key, first, column, tuple(lines[number + 1 : end]), after == first != ""))
    return chunks


def _whole(chunk: _Chunk) -> Node | Fault:
    """The value as YAML reads the key's lines alone."""
    text = "\n".join((f"k:{' ' * (chunk.column - 2)}{chunk.first}", *chunk.rest, ""))
    tree = compose(text)
    match tree.root:
        case Mapping(entries=((_, node),)):
            return _moved(node, chunk.key.line)
    return tree.fault or Fault("frontmatter-invalid-yaml", "", 0, 0)


def _moved(node: Node, by: int) -> Node:
    match node:
        case Scalar(text=text, plain=plain):
            return Scalar(text, plain, node.line + by, node.column)
        case Sequence(items=items, source=source):
            return Sequence(tuple(_moved(item, by) for item in items), node.line + by, node.column, source)
        case Mapping(entries=entries):
            moved = tuple((_moved(key, by), _moved(item, by)) for key, item in entries)
            return Mapping(moved, node.line + by, node.column)


# ---------------------------------------------------------------------------
# Values that YAML can't read
# ---------------------------------------------------------------------------


def _mended(chunk: _Chunk) -> tuple[Node, tuple[Node, ...]]:
    """The value as its author will have meant it, and list items that can't belong to it."""
    line = chunk.key.line
    items: list[Node] = []
    words: list[str] = []
    for number, text in enumerate(chunk.rest, line + 1):
        if item := _ITEM.fullmatch(text):
            if item[1] and not _COMMENT.match(item[1]):
                items.append(_inline(item[1].rstrip(), number, item.start(1)))
        elif text[:1].isspace() and text.strip() and not _COMMENT.match(text.lstrip()):
            words.append(text.strip())
    if _COMMENT.match(chunk.first) or not chunk.first:
        if items:
            return Sequence(tuple(items), items[0].line, items[0].column), ()
        return Scalar(" ".join(words), plain=True, line=line, column=chunk.column), ()
    # Unindented lines belong to a value only where its bracket is still open.
    first = chunk.first
    if first.startswith("[") and not _balanced(first):
        rest = " ".join(text.strip() for text in chunk.rest if not _COMMENT.match(text.lstrip()))
        return _inline(f"{first} {rest}".strip(), line, chunk.column), ()
    return _inline(" ".join((first, *words)), line, chunk.column), tuple(items)


def _inline(text: str, line: int, column: int) -> Node:
    """A value that stands in one line."""
    if text.startswith("["):
        if _WIKILINKS.fullmatch(text):
            links = [Scalar(link[0], False, line, column + link.start()) for link in _WIKILINK.finditer(text)]
            return links[0] if len(links) == 1 else Sequence(tuple(links), line, column)
        if (end := _list_end(text)) > 0:
            items = _items(text[1:end], line, column + 1)
            return Sequence(items, line, column)
    tree = compose(f"k: {text}\n")
    match tree.root:
        case Mapping(entries=((_, Scalar(text=read, plain=plain)),)):
            return Scalar(read, plain, line, column + (not plain))
    if text[0] in "\"'" and text.count(text[0]) == 1:
        return Scalar(text[1:], plain=False, line=line, column=column + 1)
    return Scalar(text, plain=False, line=line, column=column)


def _balanced(text: str) -> bool:
    return text.count("[") <= text.count("]")


def _list_end(text: str) -> int:
    """Where a list's bracket closes: at the end of *text*; -1 where it closes earlier, as in `[[A]] and [[B]]`."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if depth == 0:
            rest = text[at + 1 :].strip()
            return at if not rest or rest.startswith("#") else -1
    # It is never closed, or an apostrophe or bracket too many stands in it.
    return len(text)


def _items(text: str, line: int, column: int) -> tuple[Node, ...]:
    """The items of a list, split at its commas but not at those in quotes or wikilinks."""
    nodes: list[Node] = []
    for match in _FLOW_ITEM.finditer(text):
        item = match[0].strip()
        if item:
            at = column + match.start() + len(match[0]) - len(match[0].lstrip())
            quoted = len(item) > 1 and item[0] in "\"'" and item[-1] == item[0]
            nodes.append(Scalar(item[1:-1] if quoted else item, not quoted, line, at + quoted))
    return tuple(nodes)


_FLOW_ITEM = re.compile(
    r"(?:\[\[[^\[\]]*\]\]|(?<![^\s,])\"[^\"]*\"(?=\s*(?:,|$))|(?<![^\s,])'[^']*'(?=\s*(?:,|$))|[^,])+"
)
