"""What changed in a vault, as values: versions of notes, what each states, and the steps between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal

from msgspec import Struct

from vaultkit.facts import Fact
from vaultkit.facts import Source as FactSource
from vaultkit.model import VaultPath
from vaultkit.words import fold

VersionKey = tuple[VaultPath, str]
"""A path, and what tells one version of the note from the others: git's id of its content, or a digest."""

Kind = Literal["new", "edited", "renamed", "gone"]


class Stated(Struct, frozen=True, array_like=True, gc=False):
    """What a fact says, wherever in its note it stands."""

    subject: str
    role: str
    object: str
    """Empty for a literal."""
    words: str
    value: str
    status: str
    source: FactSource
    is_typed: bool

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it another fact: not the label of a link."""
        return self.subject, self.role, self.object, self.words, self.status, "" if self.object else self.value


class Version(Struct, frozen=True, array_like=True, gc=False):
    """A public version of a note, as far as it is compared with others."""

    n_words: int
    facts: tuple[Stated, ...]
    made_by: str = ""
    """Digest of the code that found the facts; empty for today's. Facts that different code found aren't compared."""


class Step(Struct, frozen=True, array_like=True, gc=False):
    """What happened to a note on a day: its version at the day's beginning, and the one at its end."""

    day: str
    """In UTC: `2026-11-23`."""
    path: VaultPath
    kind: Kind
    before: str
    """The version; empty where there was none, or where so many notes changed that none is looked at."""
    after: str
    was: VaultPath = VaultPath("")
    """The path before the note was renamed."""
    at: int = 0
    """When it was last changed that day, in seconds since 1970."""


class Change(Struct, frozen=True, array_like=True, gc=False):
    """A step with all that differs between two public versions; nodes are called as they are today."""

    step: Step
    added: int
    """Words."""
    removed: int
    gained: tuple[Stated, ...]
    lost: tuple[Stated, ...]


def stated(facts: Iterable[Fact]) -> tuple[Stated, ...]:
    """What facts say, each once, in their order."""
    return tuple(
        dict.fromkeys(
            Stated(
                fact.subject, fact.role, fact.object, fact.words, fact.value, fact.status, fact.source, fact.is_typed
            )
            for fact in facts
        )
    )


def without(facts: Iterable[Stated], others: Iterable[Stated]) -> Iterator[Stated]:
    """Those facts that the others don't state."""
    known = {other.identity for other in others}
    return (fact for fact in facts if fact.identity not in known)


# ---------------------------------------------------------------------------
# What may not be said
# ---------------------------------------------------------------------------


class Secrets(Struct, frozen=True):
    """The names of what is private today, or was when it was last there."""

    spaced: frozenset[str] = frozenset()
    """Their words, folded, with a space between them."""
    longest: int = 0
    others: tuple[str, ...] = ()
    """Those that are written without spaces between words, or have no words."""


_WORD = re.compile(r"\w+")


def secrets_of(names: Iterable[str]) -> Secrets:
    spaced, others = set(), set()
    for name in names:
        folded = fold(name)
        words = _WORD.findall(folded)
        if words and folded.isascii():
            spaced.add(" ".join(words))
        elif folded.strip():
            others.add(folded.strip())
    return Secrets(frozenset(spaced), max((name.count(" ") + 1 for name in spaced), default=0), tuple(sorted(others)))


def tells(text: str, known: Secrets) -> bool:
    """Whether a text names what is private."""
    if not known.spaced and not known.others:
        return False
    folded = fold(text)
    words = _WORD.findall(folded)
    runs = (
        " ".join(words[start : start + n])
        for start in range(len(words))
        for n in range(1, min(known.longest, len(words) - start) + 1)
    )
    return any(run in known.spaced for run in runs) or any(name in folded for name in known.others)


def is_seen(
    fact: Stated, current: Collection[tuple[str, ...]], has_page: Callable[[str], bool], known: Secrets
) -> bool:
    """Whether readers may be told of a fact: the site states it today, or nothing that it names is unseen today."""
    if fact.identity in current:
        return True
    nodes = [node for node in (fact.subject, fact.object) if node]
    said = f"{fact.words}\n{fact.value}\n{fact.status}"
    return all(has_page(node) for node in nodes) and not tells(said, known)
