"""A vocabulary as a file: read, checked, and joined with the built-in one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from vaultkit import yaml_core
from vaultkit.config import read_settings
from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.knowledge.vocabulary import Role, Vocabulary
from vaultkit.words import fold

BUILT_IN = Path(__file__).with_name("relations.yaml")

Words = tuple[str, ...]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A role as it is written."""

    heads: Words = ()
    patterns: Words = ()
    inverse: str = ""
    symmetric: bool = False
    weak: bool = False
    not_of: Words = ()
    not_to: Words = ()


class Subheading(Struct, frozen=True, forbid_unknown_fields=True):
    pattern: str
    role: str


class Lists(Struct, frozen=True):
    """The entries that are no roles."""

    subheadings: tuple[Subheading, ...] = ()
    generic: Words = ()
    modifiers: Words = ()
    persons: Words = ()
    plain: Words = ()
    verbs: Words = ()
    besides: Words = ()
    categories: Words = ()
    posts: Words = ()
    kinds: dict[str, Words] = {}
    keys: dict[str, Words] = {}


LISTS: dict[str, Any] = {each.name: each.type for each in msgspec.structs.fields(Lists)}


class Read(Struct, frozen=True):
    """What a file says."""

    roles: Mapping[str, Entry] = {}
    lists: Lists = Lists()
    problems: tuple[Diagnostic, ...] = ()


def load(own: Path | None, *, replace: bool = False, name: str = "") -> tuple[Vocabulary, tuple[Diagnostic, ...]]:
    """The built-in vocabulary, extended or replaced by a file of the vault's, which problems call by *name*.

    What is wrong in that file is told, and all of it left out: half a vocabulary
    would read half the notes otherwise than its author meant.
    """
    if own is None:
        return _built_in(), ()
    name = name or own.name
    try:
        text = read_settings(own).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it isn't UTF-8"
        return _built_in(), (problem("vocabulary-unusable", name, message=f"The file can't be read: {reason}."),)
    theirs = read(text, name, {} if replace else _read_built_in().roles)
    if theirs.problems:
        return _built_in(), theirs.problems
    return _vocabulary(theirs if replace else _joined(theirs, _read_built_in())), ()


@cache
def built_in_digest() -> str:
    """Of the built-in vocabulary's file: other words make other facts of the same notes."""
    return blake2b(BUILT_IN.read_bytes(), digest_size=16).hexdigest()


@cache
def _built_in() -> Vocabulary:
    return _vocabulary(_read_built_in())


@cache
def _read_built_in() -> Read:
    return read(BUILT_IN.read_text(encoding="utf-8"), BUILT_IN.name, {})


# ---------------------------------------------------------------------------
# What a file says, and what is wrong with it
# ---------------------------------------------------------------------------


def read(text: str, file: str, known: Mapping[str, Entry]) -> Read:
    """The entries of a vocabulary; *known* are roles that its own may name besides."""
    tree = yaml_core.compose(text)
    problems = [_told(file, key, f"{key.text} stands twice.") for key in tree.duplicates]
    if tree.fault is not None:
        fault = tree.fault
        problems.append(problem("vocabulary-unusable", file, fault.line + 1, fault.column + 1, f"{fault.message}."))
    root = tree.root
    if root is not None and not isinstance(root, yaml_core.Mapping):
        problems.append(_told(file, root, "A vocabulary maps names of roles to what is known of them."))
    entries = root.entries if isinstance(root, yaml_core.Mapping) else ()
    values: dict[str, Any] = {}
    for key, node in entries:
        name = yaml_core.name(key)
        try:
            values[name] = msgspec.convert(yaml_core.value(node) or {}, LISTS.get(name, Entry))
        except msgspec.ValidationError as error:
            problems.append(_told(file, _place(node, str(error)), f"{name}: {_plain(str(error))}."))
    roles = {name: value for name, value in values.items() if name not in LISTS}
    lists = Lists(**{name: value for name, value in values.items() if name in LISTS})
    if not problems:
        nodes = {yaml_core.name(key): node for key, node in entries}
        problems += _mistakes(file, nodes, roles, {**known, **roles}, lists)
    return Read(roles, lists, tuple(sorted(problems)))


def _mistakes(
    file: str, nodes: Mapping[str, yaml_core.Node], roles: Mapping[str, Entry], known: Mapping[str, Entry], lists: Lists
) -> Iterator[Diagnostic]:
    for name, entry in roles.items():
        at = _child(nodes[name], "inverse")
        other = known.get(entry.inverse)
        if entry.inverse and other is None:
            yield _told(
                file, at, f"The inverse of {name}, {entry.inverse}, is no role.", "Add it, or correct the name."
            )
        elif entry.inverse and entry.symmetric:
            yield _told(file, at, f"{name} is symmetric, and so its own inverse: it can't have another.")
        elif other is not None and other.inverse not in ("", name):
            yield _told(
                file, at, f"The inverse of {name} is {entry.inverse}, and of that {other.inverse}: they go in pairs."
            )
        for index, pattern in enumerate(entry.patterns):
            if why := _broken(pattern):
                yield _told(file, _child(_child(nodes[name], "patterns"), index), why)
    for index, subheading in enumerate(lists.subheadings):
        if why := _broken(subheading.pattern):
            yield _told(file, _child(nodes["subheadings"], index), why)


def _broken(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"{pattern} is no regular expression: {error}."
    return ""


def _told(file: str, node: yaml_core.Node, message: str, hint: str = "") -> Diagnostic:
    return problem("vocabulary-unusable", file, node.line + 1, node.column + 1, message, hint)


def _place(node: yaml_core.Node, message: str) -> yaml_core.Node:
    """The part of an entry that a message of msgspec's is about: its path stands at the end, `$.heads[2]`."""
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", message.rpartition("$")[2]):
        node = _child(node, int(index) if index else key)
    unknown = re.search(r"unknown field `(\w+)`", message)
    return _child(node, unknown[1]) if unknown else node


def _plain(message: str) -> str:
    """What msgspec says of a value, in words; where it stands is told by its line."""
    message = (
        message.partition(" - at ")[0]
        .replace("Object contains", "there is an")
        .replace("Object missing", "there is no")
    )
    for type_, words in _TYPES.items():
        message = message.replace(f"`{type_}`", words)
    return message[0].lower() + message[1:]


_TYPES = {"array": "a list", "object": "entries by name", "str": "a text", "bool": "true or false", "int": "a number"}


def _child(node: yaml_core.Node, part: str | int) -> yaml_core.Node:
    """An item, or the value of a key; the node itself where there is none."""
    if isinstance(node, yaml_core.Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    if isinstance(node, yaml_core.Mapping):
        return next((value for key, value in node.entries if yaml_core.name(key) == part), node)
    return node


# ---------------------------------------------------------------------------
# The vocabulary that comes of it
# ---------------------------------------------------------------------------


def _joined(theirs: Read, ours: Read) -> Read:
    """Theirs go first wherever words are compared; a head that they claim isn't ours any more."""
    roles = {**theirs.roles, **{name: entry for name, entry in ours.roles.items() if name not in theirs.roles}}
    for name in theirs.roles.keys() & ours.roles.keys():
        mine, yours = theirs.roles[name], ours.roles[name]
        roles[name] = Entry(
            (*mine.heads, *yours.heads),
            (*mine.patterns, *yours.patterns),
            mine.inverse or yours.inverse,
            mine.symmetric or yours.symmetric,
            mine.weak or yours.weak,
            (*mine.not_of, *yours.not_of),
            (*mine.not_to, *yours.not_to),
        )
    first, then = theirs.lists, ours.lists
    both: dict[str, Any] = {}
    for name in LISTS:
        a, b = getattr(first, name), getattr(then, name)
        both[name] = b | a if isinstance(a, dict) else (*a, *b)
    lists = Lists(**both)
    return Read(roles, lists)


def _vocabulary(said: Read) -> Vocabulary:
    roles: dict[str, Role] = {}
    heads: dict[str, str] = {}
    for name, entry in said.roles.items():
        patterns = tuple(map(re.compile, entry.patterns))
        not_of, not_to = frozenset(entry.not_of), frozenset(entry.not_to)
        roles[name] = Role(name, entry.inverse, entry.symmetric, entry.weak, patterns, not_of, not_to)
        for head in entry.heads:
            heads.setdefault(head.casefold(), name)
    # An inverse is said once: of two roles, where only one names the other, both know it.
    for role in list(roles.values()):
        other = roles.get(role.inverse)
        n_named = sum(each.inverse == role.inverse for each in roles.values())
        if other is not None and not other.inverse and not other.symmetric and n_named == 1:
            roles[other.name] = dataclasses.replace(other, inverse=role.name)
    lists = said.lists
    return Vocabulary(
        roles,
        heads,
        subheadings=tuple((re.compile(each.pattern), each.role) for each in lists.subheadings),
        generic=frozenset(map(fold, lists.generic)),
        modifiers=frozenset(map(fold, lists.modifiers)),
        plain=frozenset(map(fold, lists.plain)),
        verbs=frozenset(map(fold, lists.verbs)),
        besides=frozenset(map(fold, lists.besides)),
        categories=frozenset(lists.categories),
        posts=frozenset(map(fold, lists.posts)),
        kinds={fold(tag): kind for kind, tags in lists.kinds.items() for tag in tags},
        persons=frozenset(lists.persons),
        keys={fold(other): key for key, others in lists.keys.items() for other in (key, *others)},
    )
