"""What a server has to send: a table from URL to file, and how such a file is opened, named and made live.

No path is made of a request's text: it is looked up, and found or not.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import Path
from posixpath import splitext
from typing import Protocol
from unicodedata import normalize

from msgspec import Struct

OWN = ("static/", "search/", "previews/", "graph/")
"""Where scripts and styles are vaultkit's; elsewhere they are attachments, and nothing to run."""

EXTRA_TYPES = {
    ".avif": "image/avif",
    ".canvas": "application/json",
    ".flac": "audio/flac",
    ".js": "text/javascript",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".md": "text/plain",
    ".mjs": "text/javascript",
    ".mkv": "video/x-matroska",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
# Without the files of the system, so that a type doesn't depend on the machine.
_TYPES = MimeTypes()

_HERE = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_FOLDER = _HERE | getattr(os, "O_DIRECTORY", 0)


class File(Struct, frozen=True):
    """Something to send."""

    url: str
    """Its own address, which may not be the one that was asked for."""
    source: Path | bytes
    status: int = 200

    @property
    def is_page(self) -> bool:
        """Attachments that a browser would take for one are never published."""
        return self.url.endswith(".html")

    @property
    def media_type(self) -> str:
        return media_type(self.url)


class Site(Protocol):
    """What is served; asked from the server's thread, for each request."""

    @property
    def is_building(self) -> bool:
        """Whether an unknown page may be one that isn't built yet."""

    def find(self, url: str) -> File | None:
        """What to send for a decoded path without its leading slash; None if there is nothing, not even a 404 page."""


class Tree:
    """A site that is there: every URL with its file."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.files = files
        self.is_building = False

    def find(self, url: str) -> File | None:
        found = locate(url, self.files)
        if found is not None:
            return File(found, self.files[found])
        if self.is_building or "404.html" not in self.files:
            return None
        return File("404.html", self.files["404.html"], 404)


def locate(url: str, files: Mapping[str, object]) -> str | None:
    """The URL of the table that a path means: itself, the index of a folder, or a page without its `.html`."""
    url = normalize("NFC", url)
    if not url or url.endswith("/"):
        url += "index.html"
    if url in files:
        return url
    return f"{url}.html" if f"{url}.html" in files else None


def media_type(url: str) -> str:
    """By the extension, with the charset for texts."""
    extension = splitext(url)[1].lower()
    if extension in {".js", ".mjs", ".css", ".html"} and not (url.startswith(OWN) or extension == ".html"):
        found = "text/plain"
    else:
        found = EXTRA_TYPES.get(extension) or _TYPES.types_map[True].get(extension, "application/octet-stream")
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def open_file(path: Path, url: str) -> tuple[int, int]:
    """A descriptor and the size of a regular file that is reached without any link below the folder of the site.

    Raises:
        OSError: It is gone, or no such file.
    """
    handle = _open(path, url)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file")
    return handle, found.st_size


def read_file(path: Path, url: str) -> bytes:
    """All of a file, opened as safely.

    Raises:
        OSError: It is gone, or no such file.
    """
    handle, size = open_file(path, url)
    with open(handle, "rb", buffering=0) as file:
        return file.read(size) if size < 1 << 16 else file.readall()


def _open(path: Path, url: str) -> int:
    *folders, name = url.split("/")
    root = str(path).removesuffix(os.sep + url.replace("/", os.sep))
    if root == str(path) or os.open not in os.supports_dir_fd:
        return os.open(path, _HERE)
    # The folder of the site may itself be a link, which is how it is switched at once.
    at = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, _HERE, dir_fd=at)
    finally:
        os.close(at)


# ---------------------------------------------------------------------------
# Pages that follow their vault
# ---------------------------------------------------------------------------

_POLICY = re.compile(rb"""(<meta\s+http-equiv="Content-Security-Policy"\s+content=")([^"]*)""", re.IGNORECASE)
_LEADS_ON = re.compile(rb"""<meta\s+http-equiv="refresh\"""", re.IGNORECASE)
_HEAD = 16_384
"""Bytes in which a page's head ends, or its beginning that matters here."""


def live(page: bytes, script: bytes) -> bytes:
    """A page with a script element at its end, and allowed to listen; one that only leads on to another stays as it is."""
    if _LEADS_ON.search(page, 0, _HEAD):
        return page
    found = _POLICY.search(page, 0, _HEAD)
    if found:
        policy = _with_self(_with_self(found[2], b"script-src"), b"connect-src")
        page = page[: found.start(2)] + policy + page[found.end(2) :]
    before, end, after = page.rpartition(b"</body>")
    return before + script + end + after if end else page + script


def _with_self(policy: bytes, name: bytes) -> bytes:
    """A policy in which a directive, or what stands in for it, allows the page's own server."""
    rules: dict[bytes, list[bytes]] = {}
    for words in (part.split() for part in policy.split(b";")):
        if words:
            # Of a directive that stands twice, browsers take the first.
            rules.setdefault(words[0].lower(), words[1:])
    allowed = rules.get(name, rules.get(b"default-src"))
    if allowed is None or {b"'self'", b"*"} & set(allowed):
        return policy
    rules[name] = [word for word in allowed if word != b"'none'"] + [b"'self'"]
    return b"; ".join(b" ".join([key, *words]) for key, words in rules.items())
