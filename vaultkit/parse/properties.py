"""Front matter: properties, aliases, tags and links with their places; it never raises.

`reading = "strict"` gives what Obsidian gives (rules F-1 … F-31). Reading
forgivingly adds what `forgive` and `salvage` make of the rest. Where the block
couldn't be read whole its text is kept, so that privacy can be decided by its
words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from frontmatter.default_handlers import BaseHandler
from msgspec import Struct

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.model import Property, Ref, Tag
from vaultkit.parse.fences import Split, looks_like_front_matter, split_forgivingly, split_strictly
from vaultkit.parse.forgive import ALIASES, TAGS, as_text, forgive
from vaultkit.parse.linktext import split_wikilink
from vaultkit.parse.publish import is_private
from vaultkit.parse.salvage import salvage
from vaultkit.parse.syntax.tag import TAG_BODY, is_tag
from vaultkit.settings import Syntax
from vaultkit.yaml_core import Fault, Mapping, Node, Scalar, Sequence, compose, name, spell, value


class FrontMatter(Struct, frozen=True):
    """What a note's front matter says, and the rest of the note."""

    body: str
    body_line: int = 0
    """How many lines of the file stand before the body."""
    has_front_matter: bool = False
    properties: tuple[Property, ...] = ()
    aliases: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    refs: tuple[Ref, ...] = ()
    raw: str = ""
    """The block's text where it couldn't be read whole, or what may have been meant as one."""
    problems: tuple[Diagnostic, ...] = ()


def read_front_matter(path: str, text: str, syntax: Syntax, *, had_bom: bool = False) -> FrontMatter:
    """The front matter of a note whose lines end with a line feed; *had_bom* says that a byte order mark was cut off."""
    handler = HANDLERS[syntax.reading]
    split = handler.find(text)
    if split is None:
        return FrontMatter(text, raw=looks_like_front_matter(text))
    found = list(_oddities(path, split, had_bom=had_bom)) if handler is FORGIVING else []
    if _exceeds(split.block, syntax.front_matter_bytes):
        found.append(problem("frontmatter-too-large", path, split.line, 1))
        return FrontMatter(split.body, split.body_line, True, raw=split.block, problems=tuple(found))
    loaded = handler.load(split.block)
    entries = loaded.entries if handler is STRICT else _meant(loaded.entries, split.block, syntax)
    found += _faults(path, split, loaded, entries)
    found += _mended(path, split, loaded, entries)
    tags, invalid = _tags(path, split.line, entries, handler.tag_keys)
    return FrontMatter(
        body=split.body,
        body_line=split.body_line,
        has_front_matter=True,
        properties=tuple(Property(e.name, e.value, e.key.line + split.line + 1) for e in entries),
        aliases=_aliases(entries, handler.alias_keys),
        tags=tags,
        refs=tuple(ref for e in entries for ref in _refs(e.name, e.node, split.line)) if "[[" in split.block else (),
        raw=split.block if loaded.faults else "",
        problems=(*found, *invalid),
    )


# ---------------------------------------------------------------------------
# The interface of python-frontmatter
# ---------------------------------------------------------------------------


class Entry(NamedTuple):
    """A key and its value, as nodes with their places and as data."""

    name: str
    key: Node
    node: Node
    value: Any


class Loaded(dict[str, Any]):
    """The properties of a block as python-frontmatter wants them, with all that a dictionary loses."""

    def __init__(self, entries: list[Entry], faults: tuple[Fault, ...] = (), salvaged: tuple[Node, ...] = ()) -> None:
        super().__init__((entry.name, entry.value) for entry in entries)
        self.entries = entries
        self.faults = faults
        self.salvaged = frozenset(salvaged)
        """Keys whose values YAML can't read."""


class ObsidianHandler(BaseHandler):
    """Front matter as Obsidian reads it: `frontmatter.parse(text, handler=STRICT)`.

    python-frontmatter's own handler takes `---` anywhere, lets the last of equal
    keys win and hands the text to a loader that can be made to crash.
    """

    FM_BOUNDARY = re.compile(r"^---$", re.MULTILINE)
    alias_keys = frozenset(("aliases",))
    tag_keys = frozenset(("tags",))

    def find(self, text: str) -> Split | None:
        return split_strictly(text)

    def detect(self, text: str) -> bool:
        return self.find(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        split = self.find(text)
        return (split.block, split.body) if split else ("", text)

    def load(self, fm: str) -> Loaded:
        """Nothing where anything is wrong (rules F-6 … F-8)."""
        tree = compose(fm)
        faults = _tree_faults(tree.root, tree.duplicates, tree.fault)
        return Loaded(_listed(tree.root.entries) if isinstance(tree.root, Mapping) and not faults else [], faults)


class ForgivingHandler(ObsidianHandler):
    """Front matter as its author will have meant it (rules X-2, X-5, X-7)."""

    alias_keys = ALIASES
    tag_keys = TAGS

    def find(self, text: str) -> Split | None:
        return split_forgivingly(text, _is_mapping)

    def load(self, fm: str) -> Loaded:
        tree = compose(fm)
        faults = _tree_faults(tree.root, tree.duplicates, tree.fault)
        if faults and not isinstance(tree.root, Mapping):
            salvaged = salvage(fm)
            return Loaded(_unique(_listed(salvaged.entries)), faults, salvaged.mended)
        entries = tree.root.entries if isinstance(tree.root, Mapping) else ()
        return Loaded(_unique(_listed(entries)), faults)


STRICT = ObsidianHandler()
FORGIVING = ForgivingHandler()
HANDLERS: dict[str, ObsidianHandler] = {"strict": STRICT, "forgiving": FORGIVING}


def _is_mapping(block: str) -> bool:
    # What is larger is no front matter that merely stands in the wrong place.
    return len(block) <= _LARGEST_MISPLACED and isinstance(compose(block).root, Mapping)


_LARGEST_MISPLACED = 65_536


def _tree_faults(root: Node | None, duplicates: tuple[Scalar, ...], fault: Fault | None) -> tuple[Fault, ...]:
    if fault:
        return (fault,)
    nothing = root is None or (isinstance(root, Scalar) and value(root) is None)
    if not nothing and not isinstance(root, Mapping):
        return (Fault("frontmatter-not-a-mapping", "", 0, 0),)
    return tuple(Fault("frontmatter-duplicate-key", key.text, key.line, key.column) for key in duplicates)


def _listed(entries: Iterable[tuple[Node, Node]]) -> list[Entry]:
    return [Entry(name(key), key, node, value(node)) for key, node in entries]


def _unique(entries: list[Entry]) -> list[Entry]:
    """Of equal keys the first, but of privacy keys the most private."""
    unique: dict[str, Entry] = {}
    for entry in entries:
        known = unique.setdefault(entry.name, entry)
        if known is not entry and is_private(entry.name, entry.value) and not is_private(known.name, known.value):
            unique[entry.name] = entry
    return list(unique.values())


# ---------------------------------------------------------------------------
# From entries to facts
# ---------------------------------------------------------------------------


def _meant(entries: list[Entry], block: str, syntax: Syntax) -> list[Entry]:
    """The entries as their author will have meant them: the same ones where that is what YAML makes of them."""
    lines = block.split("\n")
    texts = {n.casefold() for n, kind in syntax.types if kind in ("text", "multitext")}
    read = []
    for entry in entries:
        node = forgive(entry.name, entry.node, lines)
        if entry.name.casefold() in texts:
            node = as_text(node)
        same = node is entry.node
        read.append(entry if same else Entry(entry.name, entry.key, node, value(node)))
    return read


def _shape(data: Any) -> Any:
    """A value with its scalars spelled out: `2024` and `"2024"` show the same."""
    if isinstance(data, list):
        return [_shape(item) for item in data]
    return {key: _shape(item) for key, item in data.items()} if isinstance(data, dict) else spell(data)


def _aliases(entries: list[Entry], keys: frozenset[str]) -> tuple[str, ...]:
    """Each alias once: a note can't claim a name twice."""
    values = [entry.value for entry in entries if entry.name.casefold() in keys]
    items = [item for data in values for item in (data if isinstance(data, list) else [data])]
    names = [spell(item).strip() for item in items if not isinstance(item, list | dict)]
    return tuple(dict.fromkeys(filter(None, names)))


_TAG = re.compile(TAG_BODY)


def _tags(path: str, line: int, entries: list[Entry], keys: frozenset[str]) -> tuple[tuple[Tag, ...], list[Diagnostic]]:
    tags: list[Tag] = []
    problems: list[Diagnostic] = []
    for node in (entry.node for entry in entries if entry.name.casefold() in keys):
        for item in node.items if isinstance(node, Sequence) else [node]:
            text = spell(value(item)).strip()
            # `tags:` with nothing behind it is a note without tags.
            if not text and item is node:
                continue
            place = item.line + line + 1, item.column + 1
            tag = text.removeprefix("#")
            if not isinstance(item, Scalar) or not _TAG.fullmatch(tag) or not is_tag(tag):
                problems.append(problem("invalid-tag", path, *place, f"“{_short(text)}” is not a tag."))
                continue
            tags.append(Tag(tag, *place, in_property=True))
            if "" in tag.split("/"):
                problems.append(problem("odd-tag", path, *place, f"The tag “{_short(tag)}” has an empty level."))
    return tuple(tags), problems


def _refs(key: str, node: Node, line: int) -> Iterator[Ref]:
    """The links among a property's values (rules F-26 … F-29): texts that are nothing but a link."""
    if isinstance(node, Scalar):
        if node.text.endswith("]]") and node.text.startswith(("[[", "![[")):
            inner = node.text.removeprefix("!")[2:-2]
            link = None if "[[" in inner or "]]" in f"{inner}]" or "\n" in inner else split_wikilink(inner)
            if link:
                place = node.line + line + 1, node.column + 1
                yield Ref("property", link.path, link.subpath, link.label, *place, link.labelled, key=key)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _refs(f"{key}.{index}", item, line)
    else:
        for below, item in node.entries:
            yield from _refs(f"{key}.{name(below)}", item, line)


# ---------------------------------------------------------------------------
# Problems
# ---------------------------------------------------------------------------

_LONGEST = 80
_QUOTED = re.compile(r"^[\[{&*!|>%@`#]|: | #")
"""What YAML wants quotes around."""


def _exceeds(text: str, n_bytes: int) -> bool:
    return len(text) > n_bytes or (not text.isascii() and len(text.encode(errors="replace")) > n_bytes)


def _oddities(path: str, split: Split, *, had_bom: bool) -> Iterator[Diagnostic]:
    if split.oddity:
        yield problem("frontmatter-misplaced", path, split.line, 1, split.oddity)
    elif had_bom:
        yield problem("frontmatter-misplaced", path, 1, 1, "A byte order mark stands before the front matter.")


def _faults(path: str, split: Split, loaded: Loaded, entries: list[Entry]) -> Iterator[Diagnostic]:
    saved = "; ".join(f"{e.name}: {_flow(e.value)}" for e in entries if e.key in loaded.salvaged)
    for fault in loaded.faults:
        place = fault.line + split.line + 1, fault.column + 1
        match fault.name:
            case "frontmatter-invalid-yaml":
                message = f"The front matter isn't valid YAML: {fault.message}."
            case "frontmatter-too-large":
                message = f"The front matter can't be read safely: {fault.message}."
            case "frontmatter-duplicate-key":
                message = f"The key “{_short(fault.message)}” stands twice in the front matter."
            case _:
                message = ""
        yield problem(fault.name, path, *place, message, f"Read as {saved}" if saved else "")


def _mended(path: str, split: Split, loaded: Loaded, entries: list[Entry]) -> Iterator[Diagnostic]:
    for before, after in zip(loaded.entries, entries, strict=True):
        # What YAML can't read at all was reported already, with what it became.
        if before is after or after.key in loaded.salvaged or _shape(before.value) == _shape(after.value):
            continue
        place = after.key.line + split.line + 1, after.key.column + 1
        taken = _short(json.dumps(before.value, ensure_ascii=False))
        message = f"To YAML “{_short(after.name)}” is {taken}."
        yield problem("frontmatter-salvaged", path, *place, message, f"Read as {after.name}: {_flow(after.value)}")


def _flow(data: Any) -> str:
    """A value in one line, as it could be written."""
    if isinstance(data, list):
        return _short(f"[{', '.join(_flow(item) for item in data)}]")
    if isinstance(data, dict):
        return _short(f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in data.items())}}}")
    text = "null" if data is None else spell(data)
    return _short(f'"{text}"' if isinstance(data, str) and _QUOTED.search(text) else text)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
