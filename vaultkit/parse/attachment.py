"""Attachments: which of them could run script in a reader's browser and are therefore not published."""

from __future__ import annotations

import re
from html import unescape
from posixpath import splitext

from vaultkit.model import Document, Source

_PAGES = frozenset(".html .htm .xhtml .xht .shtml .mht .mhtml .hta .xml .xsl .xslt .svgz".split())
"""A browser that opens these runs what is in them."""

_ACTIVE = re.compile(
    r"<\s*/?\s*(?:[\w.-]+:)?(?:script|foreignobject|iframe|embed|object|handler|listener)\b"
    r"|[\s\"'/]on[a-z]+\s*="
    r"|(?:javascript|vbscript|data)\s*:\s*[^i]"
    r"|<!(?:entity|doctype[^>]*\[)"
    r"|<\?xml-stylesheet",
    re.IGNORECASE,
)
_SPLIT_SCHEME = re.compile(r"[\t\r\n]+")
"""Browsers take these out of an address: `java\nscript:` is one scheme."""


def needs_bytes(source: Source) -> bool:
    """Whether the file must be read to tell if it is safe."""
    return source.path.lower().endswith(".svg")


def read_attachment(source: Source, title: str) -> Document:
    """The document of an attachment; `unsafe` where a browser might run it."""
    unsafe = splitext(source.path)[1].lower() in _PAGES or (needs_bytes(source) and _is_active(source.data))
    return Document(
        source.path,
        "attachment",
        source.digest,
        title=title,
        disk_path=source.disk_path,
        size=source.size,
        unsafe=unsafe,
    )


def _is_active(svg: bytes | None) -> bool:
    """Whether a drawing holds script, or is written in a way that could hide some."""
    if svg is None or b"\0" in svg:
        return True
    text = unescape(svg.decode("utf-8", errors="replace"))
    return _ACTIVE.search(text) is not None or _ACTIVE.search(_SPLIT_SCHEME.sub("", text)) is not None
