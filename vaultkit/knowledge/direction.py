"""Between whom a relation holds, and which way round: what an annotation leaves to be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vaultkit.engine.tables import Get
from vaultkit.knowledge.labels import Reading
from vaultkit.knowledge.values import share_of
from vaultkit.knowledge.vocabulary import PERSON, PLACE, RELATED, Vocabulary
from vaultkit.links.names import ALIAS
from vaultkit.model import VaultPath
from vaultkit.words import fold

HALF = 50
"""Percent of a company from which on its owner is its parent, not an investor."""

_FINANCING = frozenset({"investor", "portfolio-company"})
_LED = re.compile(r"\W*(?:co-)?led\b", re.IGNORECASE)

# Roles of which the words before the head can name whose they are: "Apollo CEO".
_OF_A_PARTY = frozenset(
    "ceo executive founder employer investor subsidiary parent product supplier customer competitor partner acquirer acquired".split()
)

_POSSESSIVE = re.compile(r"(.*?)(?:['’]s|(?<=s)['’])(?=\s|$)")
_OFFICES = frozenset(
    "board chief executive managing vice founding former senior group general co co-founder founder president chairman".split()
)
"""First words of titles that name no company."""


MAX_WORDS = 20
"""Words of a name by which a party is looked for."""


def named(reading: Reading, vocabulary: Vocabulary) -> tuple[str, bool]:
    """The name in a reading of whom the role is, and whether it is certain that it is one."""
    if reading.party:
        return reading.party, True
    words = reading.qualifier
    owner = _POSSESSIVE.match(words)
    if owner is not None:
        return owner[1], True
    if reading.role in _OF_A_PARTY and words[:1].isupper() and not reading.round:
        is_person = reading.role in vocabulary.persons
        return words, is_person and words.split()[0].casefold() not in _OFFICES
    return "", False


def party_of(name: str, near: tuple[str, str], title: str, names: Get, kinds: Get, *, is_certain: bool) -> str | None:
    """The note that a name, or the first words of it, mean.

    Args:
        near: The note that says so and the one it links to: the party is of a kind with either.
        title: That of the note that says so: it may be called by its first words there.
    """
    words = name.split(None, MAX_WORDS)[:MAX_WORDS]
    while words:
        folded = fold(" ".join(words))
        candidates: Sequence[VaultPath] = names(folded + ".md") or names(ALIAS + folded) or ()
        if len(candidates) == 1 and top_of(candidates[0]) in map(top_of, near):
            # "China partner" may be a partner in China.
            is_place = kinds(candidates[0]) == PLACE
            return None if is_place and not is_certain else str(candidates[0])
        if fold(title).startswith(f"{folded} "):
            return near[0]
        words.pop()
        if words and words[-1][:1].isupper() and not is_certain:
            break
    return None


def directed(
    said: tuple[str, str, str], words: str, stake: str, kinds: Get, vocabulary: Vocabulary
) -> tuple[str, str, str, bool]:
    """A relation the right way round, and whether it can hold.

    What only a person can be is the person's, who led a round is the investor,
    and so is who owns less than half.
    """
    subject, role, target = said
    of_subject, of_target = kinds(subject), kinds(target)
    if role in vocabulary.persons and of_subject == PERSON:
        # On a person's page "founder, CEO" beside a company says what the person is there.
        if of_target == PERSON:
            return subject, RELATED, target, False
        subject, target, of_subject, of_target = target, subject, of_target, of_subject
    if role in _FINANCING and _LED.match(words):
        role = "portfolio-company" if of_subject == "investor" and of_target != "investor" else "investor"
    if role == "investor" and of_subject == PERSON and of_target is None:
        # Nobody invests in a person.
        role = "portfolio-company"
    if role == "parent" and 0 < share_of(stake) < HALF:
        role = "investor"
    if not vocabulary.suits(role, of_subject, of_target):
        return subject, RELATED, target, False
    return subject, role, target, True


def top_of(path: str) -> str:
    """The top-level folder of a note; empty for one beside them and for names without a note."""
    return path.partition("/")[0] if "/" in path else ""
