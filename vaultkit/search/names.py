"""What notes are called, in the forms in which two spellings of one name are equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, VaultPath
from vaultkit.search.tokens import fold, runs

CalledAs = Literal["title", "file", "alias", "wanted"]

SUFFIXES = frozenset(
    "inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh ag kg kgaa se sa sas sarl spa srl bv nv"
    " ab asa oy oyj kk pty pte holding holdings group".split()
)
"""What says in which legal form a company is, and not which: the same one is written with and without.

`Capital`, `Partners` or `Ventures` alone aren't here: a company and the fund that bears its name are two things.
"""

LONG_SUFFIXES = frozenset({("capital", "partners"), ("capital", "management"), ("asset", "management"), ("a", "s")})
"""Those of two words. With both of them a name is that of a firm, also where people say only the first part."""

_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_PLUS, _SHARP = re.compile(r"(?<=[^\W_])\++"), re.compile(r"(?<=[^\W_])#")
_SPACE = re.compile(r"(?<!\d) | (?!\d)")


class Called(Struct, frozen=True, array_like=True, gc=False):
    """A name that a note bears."""

    name: str
    how: CalledAs
    words: str
    """Its words, joined by a space."""
    core: str
    """The same without a legal form, and without spaces."""


def called(path: VaultPath, document: Document, *, cards: Get) -> tuple[Called, ...] | None:
    """The names of a note: its title, that of its file, its aliases; each spelling once."""
    if document.kind == "attachment":
        return None
    card: Card = cards(path)
    file = path.rpartition("/")[2].rpartition(".")[0]
    found: dict[str, CalledAs] = {}
    for name, how in _names(card.title, document, file):
        found.setdefault(" ".join(name.replace("\0", " ").split()), how)
    return tuple(as_called(name, how) for name, how in found.items() if name)


def _names(title: str, document: Document, file: str) -> Iterator[tuple[str, CalledAs]]:
    yield title, "title"
    yield document.title, "title"
    yield file, "file"
    for alias in document.aliases:
        yield alias, "alias"


def as_called(name: str, how: CalledAs) -> Called:
    words = plain_words(name)
    return Called(name, how, " ".join(words), squeezed(" ".join(core_words(words))))


@lru_cache(maxsize=1_000)
def plain_words(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents and punctuation; "U.S." is one, and "C++" another than "C".

    >>> plain_words("U.S. Steel & Co."), plain_words("Référence C++")
    (('us', 'steel', 'and', 'co'), ('reference', 'cplus'))
    """
    text = fold(name).replace("'", "").replace("&", " and ")
    text = _SHARP.sub("sharp", _PLUS.sub("plus", _DOT.sub("", text)))
    return tuple(runs(text))


def core_words(words: Sequence[str]) -> Sequence[str]:
    """Words without a legal form at their end; never nothing.

    >>> core_words(("acme", "holdings", "inc"))
    ('acme',)
    """
    while len(words) > 1:
        if len(words) > 2 and tuple(words[-2:]) in LONG_SUFFIXES:
            words = words[:-2]
        elif words[-1] in SUFFIXES or words[-1] == "and":
            words = words[:-1]
        else:
            break
    return words


def squeezed(words: str) -> str:
    """Words without the spaces between them, but for those between numbers: "Open AI" is "OpenAI"."""
    return _SPACE.sub("", words)


def legal_form(name: str) -> str:
    """The end of a name that says in which legal form it is, as written; empty where there is none.

    >>> legal_form("Acme Holdings, Inc."), legal_form("Acme")
    ('Holdings, Inc', '')
    """
    core = core_words(plain_words(name))
    pieces = name.split()
    for n in range(1, len(pieces)):
        if plain_words(" ".join(pieces[:n])) == tuple(core):
            return " ".join(pieces[n:]).strip(" ,.;")
    return ""
