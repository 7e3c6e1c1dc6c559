"""Vocabulary: the roles that words name, their inverses, and the words themselves; data that a vault may extend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RELATED = "related"
"""The role of what no word of the vocabulary names."""


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
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Tags and folders, folded, and what a note that has them is about: `person` or `investor`."""
    persons: frozenset[str] = frozenset()
    """Roles that only a person holds."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other spellings of keys of facts, folded, and the one that is shown."""

    def inverse(self, role: str) -> str:
        """What the subject of a role is to its object; empty where there is no word for it."""
        known = self.roles.get(role)
        if known is None:
            return ""
        return role if known.symmetric else known.inverse

    def by_pattern(self, label: str) -> str:
        """The role that a whole label names; empty if none does."""
        text = label.casefold()
        found = (role.name for role in self.roles.values() if any(pattern.search(text) for pattern in role.patterns))
        return next(found, "")

    def by_key(self, key: str) -> str:
        """The role that a column or key names by itself: by its head, with no more before it than "lead" or "former"."""
        *before, head = key.casefold().replace("_", " ").replace("(s)", "s").split() or [""]
        role = self.heads.get(head, "") or self.heads.get(f"{before[-1]} {head}" if before else "", "")
        is_plain = role and not self.roles[role].weak and all(word in self.modifiers for word in before)
        return role if is_plain else ""

    def by_subheading(self, heading: str) -> str:
        text = heading.casefold()
        return next((role for pattern, role in self.subheadings if pattern.search(text)), "")
