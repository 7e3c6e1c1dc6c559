"""The application that a server runs: pages and files by a table, the script that makes pages live, and its events."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vaultkit.serve.files import File, Site, live, open_file, read_file
from vaultkit.serve.hub import EventStream, Hub, disconnected

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

EVENTS = "/-/events"
SCRIPT = "/-/live.js"

CHUNK = 1 << 18
"""Bytes of a file that are read at once."""

INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""What a picture may do that is a document too: be drawn. Opened by itself, it could else run script as this site."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def make_app(
    site: Site, hub: Hub, script: Callable[[], bytes | None], generation: Callable[[], int] = lambda: 0
) -> Starlette:
    """The application; who may ask it is decided before it (`gate.py`).

    Args:
        script: The client of `EVENTS`; None where there is none, then pages are sent as they are.
        generation: Of which state the pages are that are sent from now on.
    """

    def answer(request: Request) -> Response | FileResponse:
        url = request.scope["path"].removeprefix("/")
        found = site.find(url)
        if found is None and site.is_building:
            return _not_yet(hub, has_script=script() is not None)
        if found is None or found.status != 200:
            folder = site.find(f"{url}/") if url and not url.endswith("/") else None
            if folder is not None and folder.status == 200:
                # It is in the table, so it leads to us. Without the slash, the page's own links would lead astray.
                place = quote("/" + folder.url.removesuffix("index.html"))
                return Response(status_code=307, headers={"location": place})
        elif (answer := sent(found)) is not None:
            return answer
        else:
            # It is in the table, and was deleted.
            other = site.find("404.html")
            found = File(other.url, other.source, 404) if other is not None else None
        return (found and sent(found)) or PlainTextResponse("Not found\n", 404)

    def sent(file: File) -> Response | FileResponse | None:
        """The answer with a file; None if there is none any more."""
        try:
            if not (isinstance(file.source, bytes) or file.is_page):
                return FileResponse(file, *open_file(file.source, file.url))
            # Before the page is read: a state told too old makes a browser look again, one too new makes it miss one.
            tag = _tag(generation()) if file.is_page and script() is not None else b""
            data = file.source if isinstance(file.source, bytes) else read_file(file.source, file.url)
        except OSError:
            return None
        body = live(data, tag) if tag else data
        return Response(body, file.status, _policy(file), file.media_type)

    def client(_: Request) -> Response:
        source = script()
        if source is None:
            return PlainTextResponse("Not found\n", 404)
        return Response(source, media_type="text/javascript; charset=utf-8")

    def events(request: Request) -> Response | EventStream:
        if hub.is_full:
            return PlainTextResponse("Too many pages listen\n", 503)
        page = request.query_params.get("page", "").removeprefix("/")
        found = site.find(page)
        return hub.stream(found.url if found is not None and found.status == 200 else page)

    ways = {EVENTS: events, SCRIPT: client, "/{path:path}": answer}
    return Starlette(routes=[Route(path, _quick(endpoint)) for path, endpoint in ways.items()])


def _quick(endpoint: Callable[[Request], ASGIApp]) -> Callable[[Request], Awaitable[ASGIApp]]:
    """Answered where it comes in: to look up a table and read a page takes less than to ask a thread to."""

    async def run(request: Request) -> ASGIApp:
        return endpoint(request)

    return run


def _tag(generation: int) -> bytes:
    return b'<script src="%s" data-generation="%d" defer></script>' % (SCRIPT.encode(), generation)


def _policy(file: File) -> dict[str, str]:
    return {"content-security-policy": INERT} if "svg" in file.media_type else {}


_PLAIN = """
body { margin: 22vh auto 0; max-width: 32rem; padding: 0 1.25rem; font: 1rem/1.6 system-ui, sans-serif;
  background: light-dark(#fcfbf8, #15171b); color: light-dark(#1d1c1a, #e4e1da) }
h1 { font-size: 1.4rem }
p { color: light-dark(#5d5952, #a9a59d) }
"""
"""The theme's colors, before there is a theme."""


def _not_yet(hub: Hub, *, has_script: bool) -> Response:
    """A page that is shown until the one asked for is built: it comes again by itself, with or without script."""
    again = '<meta http-equiv="refresh" content="2">'
    head = f'<noscript>{again}</noscript><script src="{SCRIPT}" defer></script>' if has_script else again
    stage, done, total = hub.progress or ("", 0, 0)
    count = f"{done} of {total}" if total else ""
    text = " ".join(part for part in (escape(stage), count) if part)
    page = (
        '<!doctype html>\n<html data-vk-placeholder lang="en">\n<head><meta charset="utf-8"><title>Building the site …</title>'
        f'<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width"><style>{_PLAIN}</style>{head}</head>\n'
        f"<body><main><h1>Building the site …</h1><p>{text}</p></main></body>\n</html>\n"
    )
    return Response(page, 503, media_type="text/html; charset=utf-8", headers={"retry-after": "1"})


class FileResponse:
    """A file as it is, or the part of it that was asked for, as players of sound and film do."""

    def __init__(self, file: File, handle: int, size: int) -> None:
        self._file = file
        self._handle = handle
        self._size = size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(disconnected(receive))
        try:
            start, end = _part(scope, self._size) if self._file.status == 200 else (0, self._size)
            await send(
                {
                    "type": "http.response.start",
                    "status": self._status(start, end),
                    "headers": self._headers(start, end),
                }
            )
            os.lseek(self._handle, start, os.SEEK_SET)
            left = 0 if scope["method"] == "HEAD" else end - start
            while left > 0 and not gone.done():
                # What is small is in the system's memory most often, and a thread would take longer than the reading.
                n = min(CHUNK, left)
                data = (
                    os.read(self._handle, n)
                    if self._size <= CHUNK
                    else await asyncio.to_thread(os.read, self._handle, n)
                )
                if not data:
                    # The file became shorter. The answer can't be what was announced, so it must not look complete.
                    scope["state"]["abort"]()
                    await gone
                    return
                left -= len(data)
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            gone.cancel()
            os.close(self._handle)

    def _status(self, start: int, end: int) -> int:
        if start >= end and self._size:
            return 416
        return self._file.status if (start, end) == (0, self._size) else 206

    def _headers(self, start: int, end: int) -> list[tuple[bytes, bytes]]:
        headers = {
            "content-type": self._file.media_type,
            "content-length": str(max(end - start, 0)),
            "accept-ranges": "bytes",
        } | _policy(self._file)
        status = self._status(start, end)
        if status == 206:
            headers["content-range"] = f"bytes {start}-{end - 1}/{self._size}"
        elif status == 416:
            headers["content-range"] = f"bytes */{self._size}"
        return [(key.encode(), value.encode()) for key, value in headers.items()]


def _part(scope: Scope, size: int) -> tuple[int, int]:
    """From where to where; all where no part is asked for, or several are."""
    asked = next((value for key, value in scope["headers"] if key == b"range"), b"").decode("latin-1")
    match = _RANGE.fullmatch(asked)
    if match is None or not (match[1] or match[2]):
        return 0, size
    if not match[1]:
        return max(size - int(match[2]), 0), size
    return int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
