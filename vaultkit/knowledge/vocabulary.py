"""Vocabulary: the roles that words name, their inverses, and the words themselves; data that a vault may extend."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.words import fold

BUILT_IN = Path(__file__).with_name("relations.yaml")

RELATED = "related"
"""The role of what no word of the vocabulary names."""

SUBHEADINGS, GENERIC, MODIFIERS, KINDS, PERSONS, KEYS = (
    "subheadings",
    "generic",
    "modifiers",
    "kinds",
    "persons",
    "keys",
)
"""Entries of a vocabulary that are no roles."""

MAX_BYTES = 1_000_000
_FIELDS = {"symmetric", "inverse", "weak", "heads", "patterns"}


@dataclass(frozen=True)
class Role:
    """What one thing is to another: `investor` on the page of A for B says that B is an investor of A."""

    name: str
    inverse: str = ""
    """What A is to B then, where there is a word for it."""
    symmetric: bool = False
    weak: bool = False
    """Whether it says little: enough for a line about a link, too little for a column of a table."""
    heads: tuple[str, ...] = ()
    """Last words of the labels that name it."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    roles: Mapping[str, Role]
    subheadings: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Subheadings of a *Related* section, and the role of what stands below them."""
    generic: frozenset[str] = frozenset()
    """Heads that say nothing by themselves: in `portfolio company` the word before counts."""
    modifiers: frozenset[str] = frozenset()
    """Words that may stand before a head in a column or key."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Tags and folders, folded, and what a note that has them is about: `person` or `investor`."""
    persons: frozenset[str] = frozenset()
    """Roles that only a person holds."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other spellings of keys of facts, folded, and the one that is shown."""
    heads: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    patterns: re.Pattern[str] = re.compile(r"(?!)")
    """All patterns of all roles as one; its group `r3` is that of the third of the names."""

    def inverse(self, role: str) -> str:
        """What the subject of a role is to its object; empty where there is no word for it."""
        known = self.roles.get(role)
        if known is None:
            return ""
        return role if known.symmetric else known.inverse

    def by_pattern(self, label: str) -> str:
        """The role that a whole label names; empty if none does."""
        match = self.patterns.search(label.casefold())
        return self.names[int(match.lastgroup[1:])] if match is not None and match.lastgroup else ""

    def by_key(self, key: str) -> str:
        """The role that a column or key names by itself: by its head, with no more before it than "lead" or "former"."""
        *before, head = key.casefold().replace("_", " ").replace("(s)", "s").split() or [""]
        role = self.heads.get(head, "") or self.heads.get(f"{before[-1]} {head}" if before else "", "")
        is_plain = role and not self.roles[role].weak and all(word in self.modifiers for word in before)
        return role if is_plain else ""

    def by_subheading(self, heading: str) -> str:
        text = heading.casefold()
        return next((role for pattern, role in self.subheadings if pattern.search(text)), "")


def load(own: Path | None, *, replace: bool = False) -> tuple[Vocabulary, tuple[Diagnostic, ...]]:
    """The built-in vocabulary, extended or replaced by a file of the vault's.

    What is wrong in that file is told, and all of it left out: half a vocabulary
    would read half the notes otherwise than its author meant.
    """
    entries = _entries(BUILT_IN.read_bytes())
    if own is None:
        return _built_in(), ()
    try:
        data = own.read_bytes()[: MAX_BYTES + 1]
        theirs = _entries(data)
        found = tuple(
            _mistakes(own.name, data, theirs, set() if replace else {name for name in entries if name not in _OTHERS})
        )
    except (OSError, UnicodeDecodeError) as error:
        found, theirs = (
            (problem("vocabulary-unusable", own.name, message=f"The vocabulary can't be read: {error}."),),
            {},
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        message = f"The vocabulary isn't valid YAML: {getattr(error, 'problem', error)}."
        found, theirs = (problem("vocabulary-unusable", own.name, line, column, message),), {}
    if found:
        return _built_in(), found
    return _vocabulary(theirs if replace else _merged(entries, theirs)), ()


_OTHERS = (SUBHEADINGS, GENERIC, MODIFIERS, KINDS, PERSONS, KEYS)


@cache
def _built_in() -> Vocabulary:
    return _vocabulary(_entries(BUILT_IN.read_bytes()))


def _entries(data: bytes) -> dict[str, Any]:
    read = yaml.load(data.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise yaml.MarkedYAMLError(problem="it must map names of roles to what is known of them")
    return {str(name): value for name, value in read.items()}


def _merged(entries: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Theirs go first wherever words are compared; a head that they claim isn't ours any more."""
    merged: dict[str, Any] = dict(theirs)
    for name, ours in entries.items():
        given = theirs.get(name)
        if name in (SUBHEADINGS, GENERIC, MODIFIERS, PERSONS):
            merged[name] = [*(given or ()), *ours]
        elif name in (KEYS, KINDS):
            merged[name] = {**ours, **(given or {})}
        elif given is None:
            merged[name] = ours
        else:
            lists = {key: [*given.get(key, ()), *ours.get(key, ())] for key in ("heads", "patterns")}
            merged[name] = {**ours, **given, **lists}
    return merged


def _vocabulary(entries: dict[str, Any]) -> Vocabulary:
    roles: dict[str, Role] = {}
    heads: dict[str, str] = {}
    patterns: dict[str, list[str]] = {}
    for name, entry in entries.items():
        if name in _OTHERS:
            continue
        entry = entry or {}
        words = tuple(str(head).casefold() for head in entry.get("heads", ()))
        patterns[name] = [f"(?:{pattern})" for pattern in entry.get("patterns", ())]
        roles[name] = Role(
            name, str(entry.get("inverse", "")), bool(entry.get("symmetric")), bool(entry.get("weak")), words
        )
        for head in words:
            heads.setdefault(head, name)
    # An inverse is said once: of two roles, where only one names the other, both know it.
    for role in list(roles.values()):
        other = roles.get(role.inverse)
        named = [each.name for each in roles.values() if each.inverse == role.inverse]
        if other is not None and not other.inverse and not other.symmetric and len(named) == 1:
            roles[other.name] = dataclasses.replace(other, inverse=role.name)
    names = tuple(name for name, each in patterns.items() if each)
    return Vocabulary(
        roles,
        subheadings=tuple((re.compile(str(each["pattern"])), str(each["role"])) for each in entries.get(SUBHEADINGS) or ()),
        generic=_words(entries, GENERIC),
        modifiers=_words(entries, MODIFIERS),
        kinds={fold(tag): kind for kind, tags in (entries.get(KINDS) or {}).items() for tag in tags},
        persons=_words(entries, PERSONS),
        keys={fold(other): key for key, others in (entries.get(KEYS) or {}).items() for other in (key, *others)},
        heads=heads,
        names=names,
        patterns=re.compile("|".join(f"(?P<r{n}>{'|'.join(patterns[name])})" for n, name in enumerate(names)) or "(?!)"),
    )  # fmt: skip


def _words(entries: dict[str, Any], name: str) -> frozenset[str]:
    return frozenset(fold(str(word)) for word in entries.get(name) or ())


# ---------------------------------------------------------------------------
# What may be wrong with a vault's own file
# ---------------------------------------------------------------------------


def _mistakes(name: str, data: bytes, entries: dict[str, Any], known: set[str]) -> Iterator[Diagnostic]:
    lines = data.decode("utf-8-sig").split("\n")

    def told(what: str, message: str, hint: str = "") -> Diagnostic:
        line = next((n for n, text in enumerate(lines, 1) if what and what in text), 1)
        return problem("vocabulary-unusable", name, line, 1, message, hint)

    roles = known | {role for role in entries if role not in _OTHERS}
    for role, entry in entries.items():
        if role in _OTHERS:
            continue
        if not isinstance(entry, dict | None):
            yield told(f"{role}:", f"{role} must hold heads, patterns, inverse or symmetric.")
            continue
        for key, value in (entry or {}).items():
            if key not in _FIELDS:
                yield told(f"{key}:", f"{role} has an unknown entry {key}.", f"Known are {', '.join(sorted(_FIELDS))}.")
            elif key in ("heads", "patterns") and not isinstance(value, list):
                yield told(f"{key}:", f"{key} of {role} must be a list.")
            elif key == "patterns":
                yield from (told(str(each), why) for each in value if (why := _broken(each)))
        inverse = (entry or {}).get("inverse")
        if inverse is not None and inverse not in roles:
            yield told(
                f"inverse: {inverse}", f"The inverse of {role}, {inverse}, is no role.", "Add it, or correct the name."
            )
        elif inverse is not None and (entry or {}).get("symmetric"):
            yield told(f"{role}:", f"{role} is its own inverse, since it is symmetric: it can't have another.")
        back = (entries.get(str(inverse)) or {}).get("inverse") if isinstance(entries.get(str(inverse)), dict) else None
        if inverse is not None and back is not None and back != role:
            yield told(
                f"inverse: {back}", f"{role} has the inverse {inverse}, and that has {back}: inverses go in pairs."
            )
    for each in entries.get(SUBHEADINGS) or ():
        if not isinstance(each, dict) or set(each) != {"pattern", "role"}:
            yield told(SUBHEADINGS, "Each subheading needs a pattern and a role.")
        elif why := _broken(each["pattern"]):
            yield told(str(each["pattern"]), why)


def _broken(pattern: object) -> str:
    try:
        re.compile(str(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        return f"{pattern} is no regular expression: {error}."
    return ""
