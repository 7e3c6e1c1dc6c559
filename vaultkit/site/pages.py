"""What a site consists of, as rows: files that are copied, and pages.

A page is a view packed into bytes, so that it is small, quickly compared, and
easily sent to a worker.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.model import Document, Source, Url, VaultPath
from vaultkit.site.views import TEMPLATES, AnyView, Frame
from vaultkit.urls import place

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(AnyView).decode


class Page(Struct, frozen=True, gc=False):
    """A page that isn't rendered yet."""

    url: Url
    template: str
    digest: str
    """Of the view, without what surrounds every page."""
    view: bytes


class File(Struct, frozen=True, gc=False):
    """A file of the vault that is copied as it is."""

    url: Url
    source: Source


class Made(Struct, frozen=True, gc=False):
    """A file that is no page: a table as CSV, the data that a script reads."""

    url: Url
    digest: str
    packed: bytes
    """Compressed: all of them are made before the first is written."""

    @property
    def data(self) -> bytes:
        return zlib.decompress(self.packed)


Row = Page | File | Made


def place_of(row: Row) -> str:
    """Where it stands: two that differ in case alone would be one file on many systems."""
    return place(row.url)


def copied_file(path: VaultPath, document: Document, *, cards: Get, backlinks: Get) -> File | None:
    """Attachments are copied if a public note leads to them."""
    if document.kind != "attachment" or backlinks(path) is None:
        return None
    source = Source(path, document.kind, document.digest, document.size, document.disk_path)
    return File(cards(path).url, source)


def pack(view: AnyView) -> Page:
    data = _encode(view)
    return Page(view.url, TEMPLATES[type(view)], blake2b(data, digest_size=16).hexdigest(), data)


def made(url: Url, data: bytes) -> Made:
    return Made(url, blake2b(data, digest_size=16).hexdigest(), zlib.compress(data, 1))


def unpack(page: Page, frame: Frame) -> AnyView:
    """The view again, with what surrounds every page."""
    view: AnyView = msgspec.structs.replace(_decode(page.view), frame=frame)
    return view


def by_url(_: str, rows: Iterable[Page | Made]) -> Iterator[tuple[Url, Page | Made]]:
    """What a formula made several of, each under its own address."""
    return ((row.url, row) for row in rows)


def page(view: Callable[..., AnyView | None]) -> Callable[..., Page | None]:
    """A formula that makes a view, as one that makes a row."""

    @wraps(view)
    def row(*args: Any, **tables: Any) -> Page | None:
        made = view(*args, **tables)
        return pack(made) if made is not None else None

    return row


def pages(views: Callable[..., Mapping[str, AnyView]]) -> Callable[..., dict[str, Page]]:
    """The same for a formula over whole tables."""

    @wraps(views)
    def rows(**tables: Any) -> dict[str, Page]:
        return {key: pack(view) for key, view in views(**tables).items()}

    return rows
