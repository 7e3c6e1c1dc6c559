"""Vocabulary: the roles that words name, their inverses, and the words themselves; data that a vault may extend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

RELATED = "related"
"""The role of what no word of the vocabulary names."""

PERSON, PLACE, TOPIC, EVENT = "person", "place", "topic", "event"
"""Kinds of notes: those about a person, a place, an idea, or what happened."""


OF = "of "
"""Before a role: what the thing is that to. "of regulator" is a list of those that it regulates."""


@dataclass(frozen=True)
class Role:
    """What one thing is to another: `investor` on the page of A for B says that B is an investor of A."""

    name: str
    inverse: str = ""
    """What A is to B then, where there is a word for it."""
    symmetric: bool = False
    weak: bool = False
    """Whether it says little: enough for a line about a link, too little for a column of a table."""
    patterns: tuple[re.Pattern[str], ...] = ()
    """On a whole label, in lower case."""
    not_of: frozenset[str] = frozenset()
    """Kinds of notes that nothing is this to: a topic has no owner."""
    not_to: frozenset[str] = frozenset()
    """Kinds of notes that are this to nothing."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    roles: Mapping[str, Role]
    heads: Mapping[str, str]
    """Last words of labels, folded, and the roles that they name."""
    subheadings: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Subheadings of a *Related* section, and the role of what stands below them."""
    generic: frozenset[str] = frozenset()
    """Heads that say nothing by themselves: in `portfolio company` the word before counts."""
    modifiers: frozenset[str] = frozenset()
    """Words that may stand before a head in a column or key."""
    plain: frozenset[str] = frozenset()
    """Heads that count only by themselves or after a modifier: a `position` is a holding, a `cash position` isn't."""
    verbs: frozenset[str] = frozenset()
    """First words that make a sentence of a label: its last word is then what is done to, not what the link is."""
    besides: frozenset[str] = frozenset()
    """Words before a head that make it another's, or one more of them: `adjacent`, `fellow`."""
    categories: frozenset[str] = frozenset()
    """Roles that, over the first column of a table, only tell what kind of things its rows are about."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Folders and tags, folded, and what a note that has them is about: `person`, `investor`, `topic`, `event`."""
    persons: frozenset[str] = frozenset()
    """Roles that only a person holds."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other spellings of keys of facts, folded, and the one that is shown."""

    posts: frozenset[str] = frozenset()
    """Keys on a person's page that tell what the person is where, folded."""

    def inverse(self, role: str) -> str:
        """What the subject of a role is to its object; empty where there is no word for it."""
        known = self.roles.get(role)
        if known is None:
            return ""
        return role if known.symmetric else known.inverse

    def turned(self, role: str) -> str:
        """The same relation from its other end: the inverse, or where there is no word for it, `of ` and the role."""
        return role.removeprefix(OF) if role.startswith(OF) else self.inverse(role) or OF + role

    @cached_property
    def _patterns(self) -> tuple[tuple[Callable[[str], object], str], ...]:
        return tuple((_finder(pattern), role.name) for role in self.roles.values() for pattern in role.patterns)

    def by_pattern(self, label: str) -> str:
        """The role that a whole label names; empty if none does."""
        text = label.casefold()
        for find, role in self._patterns:
            if find(text):
                return role
        return ""

    def by_key(self, key: str) -> str:
        """The role that a column or key names by itself: by its head, with no more before it than "lead" or "former"."""
        return _by_key(key, self)

    def suits(self, role: str, of: str | None, to: str | None) -> bool:
        """Whether a role can hold between notes of these kinds."""
        known = self.roles.get(role)
        if known is None:
            return True
        # What holds both ways holds between two of a kind: a company is no peer of an idea.
        is_even = not known.symmetric or known.weak or _is_thing(of) == _is_thing(to)
        return is_even and of not in known.not_of and to not in known.not_to

    def by_subheading(self, heading: str) -> str:
        text = heading.casefold()
        return next((role for pattern, role in self.subheadings if pattern.search(text)), "")


def _is_thing(kind: str | None) -> bool:
    return kind not in (TOPIC, EVENT)


@lru_cache(maxsize=50_000)
def _by_key(key: str, vocabulary: Vocabulary) -> str:
    parts = key.casefold().replace("_", " ").replace("(s)", "s").split("/")
    return next(filter(None, (_by_part(part, vocabulary) for part in parts)), "")


def _by_part(part: str, vocabulary: Vocabulary) -> str:
    heads = vocabulary.heads
    words = part.split()
    while len(words) > 1 and words[-1] in vocabulary.generic and " ".join(words[-2:]) not in heads:
        words.pop()
    *before, head = words or [""]
    role = heads.get(head, "")
    if not role and before:
        role = heads.get(f"{before.pop()} {head}", "")
    is_plain = role and not vocabulary.roles[role].weak and all(word in vocabulary.modifiers for word in before)
    return role if is_plain else ""


_ALTERNATIVE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]|[^\\\[()|]+", re.DOTALL)


def _finder(pattern: re.Pattern[str]) -> Callable[[str], object]:
    """How to look for a pattern: where all of it begins with `^`, without trying every place of the text."""
    alternatives, depth = [""], 0
    for part in _ALTERNATIVE.findall(pattern.pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and not depth:
            alternatives.append("")
        else:
            alternatives[-1] += part
    return pattern.match if all(each.startswith("^") for each in alternatives) else pattern.search
