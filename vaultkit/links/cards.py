"""Cards: the little that other pages need to know of a note, with the address it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.urls import natural_url, permalink_url, place, with_suffix
from vaultkit.words import fold

HOME = ""
"""The claim on the front page."""

TypeOf = Callable[[VaultPath, Document], str]

_HOME_NAMES = ("index.md", "home.md", "readme.md")
_SUMMARY = 200


def claims(home: str) -> Callable[[VaultPath, Document], Iterator[tuple[str, tuple[int, VaultPath]]]]:
    """What addresses a document wants; *home* is the path of the home note, where one is configured."""

    def claim(path: VaultPath, document: Document) -> Iterator[tuple[str, tuple[int, VaultPath]]]:
        yield place(wanted_place(path, document)), (0, path)
        if (rank := _home_rank(path, document, home)) is not None:
            yield HOME, (rank, path)

    return claim


def card(home: str, site_title: str, type_of: TypeOf) -> Callable[..., Card]:
    """The formula of a document's card: its title, its address and its type.

    A home note that is called no more than "index" bears the title of the site.

    Args:
        type_of: The type that a note is of, as soon as there are enough of it.
    """

    def formula(path: VaultPath, document: Document, *, claimants: Get, types: Get) -> Card:
        is_home = _home_rank(path, document, home) is not None and min(claimants(HOME))[1] == path
        url = Url("index.html") if is_home else _url(path, document, claimants)
        title = site_title if is_home and fold(document.title) + ".md" in _HOME_NAMES else document.title
        return Card(path, document.kind, title, url, _type(type_of(path, document), types), _shortened(document.lead))

    return formula


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


def _home_rank(path: VaultPath, document: Document, home: str) -> int | None:
    """How well it serves as home note, 0 best; None for what never does."""
    names = (fold(home), *_HOME_NAMES)
    return names.index(fold(path)) if document.kind != "attachment" and fold(path) in names else None


def _url(path: VaultPath, document: Document, claimants: Get) -> Url:
    url = wanted_place(path, document)
    # The first by path keeps the address; the others carry a hash of their own path.
    first = min(claimants(place(url), ((0, path),)))[1]
    return url if first == path else with_suffix(url, path)


def _type(name: str, types: Get) -> str:
    return name if name and types(name) is not None else ""


def _shortened(text: str) -> str:
    if len(text) <= _SUMMARY:
        return text
    return text[:_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"
