"""A note by itself: its article, and one file that stands alone, to be printed or passed on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from posixpath import dirname, join, normpath, splitext
from urllib.parse import unquote

from msgspec import Struct, structs

from vaultkit.diagnostics import VaultkitError
from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.parse.files import chunks
from vaultkit.reader import Reader
from vaultkit.site.holes import Filler, Tables
from vaultkit.site.mentions import badges
from vaultkit.site.note_page import note_page
from vaultkit.site.page import render_with
from vaultkit.site.printed import printed
from vaultkit.site.render import look_of, theme_of
from vaultkit.site.views import CanvasView

MAX_PICTURE = 8_000_000
"""Bytes of a picture that is put into the file."""

MAX_PICTURES = 64_000_000
"""Bytes of all of them."""

TYPES = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


class Printed(Struct, frozen=True):
    """A note as one HTML file."""

    html: bytes
    left_out: tuple[str, ...] = ()
    """Paths of the pictures that are too large, or can't be read, and named in their place."""


def print_note(reader: Reader, path: VaultPath) -> Printed:
    """The file of a note, a canvas or a base, with all of its pictures.

    Raises:
        VaultkitError: There is no such note that may be seen, or no page is made of such a file.
    """
    t = reader.read()
    document: Document | None = t.documents.rows.get(path)
    if document is None:
        reason = "is private: --drafts prints it for you alone" if path in t.parsed.rows else "isn't in the vault"
        raise VaultkitError(f"{path} {reason}")
    # What others say of a note isn't printed with it.
    nothing: Get = {}.get
    formula = note_page(reader.config.site, reader.vocabulary.turned, badges(reader.config.entities))
    view = formula(
        path, document, cards=t.cards.rows.get, links=t.links.rows.get, documents=t.documents.rows.get,
        wanted=t.wanted.rows.get, about=nothing, history=nothing, backlinks=nothing, related=nothing,
    )  # fmt: skip
    if view is None:
        raise VaultkitError(f"{path} is no note: print it with the program that shows it")
    pictures = _Pictures(reader, t.cards.rows.values(), view.url)
    view = printed(view, pictures)
    look = look_of(reader.config.site, reader.root, reader.frame)
    name = "print_canvas.html" if isinstance(view, CanvasView) else "print.html"
    html = render_with(name, structs.replace(view, frame=reader.frame), theme_of(look))
    return Printed(html, tuple(dict.fromkeys(pictures.left_out)))


def article(reader: Reader, document: Document, links: Get) -> str:
    """The article of a note without the page around it; a private one has no page, and links as from the root."""
    t = reader.read()
    holes = Tables(t.cards.rows.get, t.documents.rows.get, links, t.wanted.rows.get)
    card = t.cards.rows.get(document.path) or Card(document.path, document.kind, document.title, Url("index.html"))
    return Filler(card, holes, reader.config.site.embed_depth).fill(document, document.body)


class _Pictures:
    """The pictures of a page by their address on it, as far as there is room for them."""

    def __init__(self, reader: Reader, cards: Iterable[Card], url: str) -> None:
        self._sources, self._root, self._folder = reader.tables.sources.rows, reader.root, dirname(url)
        self._paths = {str(card.url): card.path for card in cards if card.kind == "attachment"}
        self._known: dict[VaultPath, str] = {}
        self._n_bytes = 0
        self.left_out: list[str] = []

    def __call__(self, address: str) -> str:
        place = unquote(address.partition("#")[0].partition("?")[0])
        path = self._paths.get(normpath(join(self._folder, place)))
        if path is None or splitext(path)[1].lower() not in TYPES:
            return ""
        if path not in self._known:
            self._known[path] = self._content(path)
        content = self._known[path]
        # Where one stands twice it takes its room twice.
        self._n_bytes += len(content)
        if not content or self._n_bytes > MAX_PICTURES:
            self._n_bytes -= len(content)
            self.left_out.append(path)
            return ""
        return content

    def _content(self, path: VaultPath) -> str:
        """The `data:` address of a picture; empty if it is too large, or changed since the vault was read."""
        source = self._sources[path]
        if source.size > MAX_PICTURE:
            return ""
        try:
            data = b"".join(chunks(self._root, source))
        except OSError:
            return ""
        return f"data:{TYPES[splitext(path)[1].lower()]};base64,{b64encode(data).decode()}"
