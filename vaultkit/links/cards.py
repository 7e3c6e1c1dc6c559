"""Cards: the little that other pages need to know of a note, with the address it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import dirname

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.urls import natural_url, permalink_url, place, with_suffix
from vaultkit.words import fold

HOME = ""
"""The claim on the front page."""

_HOME_NAMES = ("index.md", "home.md", "readme.md")
_SUMMARY = 200


def claims(home: str) -> Callable[[VaultPath, Document], Iterator[tuple[str, tuple[int, VaultPath]]]]:
    """What addresses a document wants; *home* is the path of the home note, where one is configured."""

    def claim(path: VaultPath, document: Document) -> Iterator[tuple[str, tuple[int, VaultPath]]]:
        yield place(wanted_place(path, document)), (0, path)
        if fold(path) == fold(home):
            yield HOME, (0, path)
        elif fold(path) in _HOME_NAMES:
            yield HOME, (1 + _HOME_NAMES.index(fold(path)), path)

    return claim


def card(path: VaultPath, document: Document, *, claimants: Get, types: Get) -> Card:
    """A document's card: its title, its address and its type."""
    return Card(path, document.kind, document.title, _url(path, document, claimants), _type(path, document, types),
                _shortened(document.lead))  # fmt: skip


def wanted_place(path: VaultPath, document: Document) -> Url:
    """The address a document would have if it were alone."""
    asked = permalink(document)
    return (permalink_url(asked) if asked else None) or natural_url(path, document.kind)


def permalink(document: Document) -> str:
    for entry in document.properties:
        if entry.name == "permalink" and isinstance(entry.value, str):
            return entry.value
    return ""


def permalink_problems(path: VaultPath, document: Document) -> tuple[Diagnostic, ...] | None:
    asked = permalink(document)
    if not asked or permalink_url(asked) is not None:
        return None
    return (problem("invalid-permalink", path, message=f'The permalink "{asked}" can\'t be used.'),)


def top_folder(path: VaultPath) -> str:
    return path.partition("/")[0] if "/" in path else ""


def _url(path: VaultPath, document: Document, claimants: Get) -> Url:
    if not dirname(path) or permalink(document):
        homes = claimants(HOME)
        if homes and min(homes)[1] == path:
            return Url("index.html")
    url = wanted_place(path, document)
    # The first by path keeps the address; the others carry a hash of their own path.
    first = min(claimants(place(url), ((0, path),)))[1]
    return url if first == path else with_suffix(url, path)


def _type(path: VaultPath, document: Document, types: Get) -> str:
    folder = top_folder(path)
    return folder if document.kind == "note" and folder and types(folder) is not None else ""


def _shortened(text: str) -> str:
    if len(text) <= _SUMMARY:
        return text
    return text[:_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"
