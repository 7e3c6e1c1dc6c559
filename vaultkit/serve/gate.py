"""Gate: which requests are answered at all. It stands before the application, and every answer passes it.

A server on one's own machine can be reached by every page that is open in the
browser. What protects it is that a page of another origin is refused: by the
name it calls us (DNS rebinding), by its origin, by how the browser says that it
asks.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from vaultkit.serve.app import EVENTS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PORT = re.compile(r":\d+\Z")

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

LINE = 8192
"""Bytes of the first line of a request."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""On every answer. There is none that allows another origin anything."""

REASONS = {
    400: "Bad request",
    403: "This server answers only pages of its own",
    405: "Only GET and HEAD",
    414: "The address is too long",
    421: "This server isn't called that; name it with --allow-host",
    503: "Too many connections",
}


class Gate:
    """An application that lets through to another what may be answered."""

    def __init__(self, app: ASGIApp, port: int, hosts: Collection[str]) -> None:
        """*hosts* are the names that we are called by: exactly so, or with our port if they have none."""
        self._app = app
        names = {host.lower() for host in hosts}
        self.hosts = frozenset(names | {f"{name}:{port}" for name in names if not _PORT.search(name)})
        # Where a browser says nothing of where it asks from, which is so for addresses that aren't loopback, our own
        # pages are known by this. `SameSite` keeps it from the requests of others.
        self._name = f"vaultkit-{port}"
        self._key = secrets.token_urlsafe(16)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = _Headers(scope)
        status = self._verdict(scope, request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message.get("headers", ()), *HEADERS, *self._cookie(request, message)],
                }
            await send(message)

        if status == 200:
            await self._app(scope, receive, send_with_headers)
        else:
            await _refuse(status, scope, send_with_headers)

    def _verdict(self, scope: Scope, request: _Headers) -> int:
        """The status of a refusal; 200 if there is none."""
        if scope["state"].get("is_full"):
            return 503
        if not scope["raw_path"].startswith(b"/") or request.has_body:
            return 400
        if len(scope["raw_path"]) + len(scope["query_string"]) > LINE:
            return 414
        if len(request.all("host")) != 1 or request.all("host")[0] not in self.hosts:
            return 421
        if scope["method"] not in {"GET", "HEAD"}:
            return 405
        return 200 if self._is_ours(scope["path"], request) else 403

    def _is_ours(self, path: str, request: _Headers) -> bool:
        """Whether it is one of our own pages that asks, or the user who goes to one."""
        origins, sites = request.all("origin"), request.all("sec-fetch-site")
        if origins:
            # The host is known to be one of ours; behind a proxy, it may have been called by the other scheme.
            own = {f"{scheme}://{host}" for scheme in ("http", "https") for host in request.all("host")}
            return len(origins) == 1 and origins[0] in own and set(sites) <= {"same-origin"}
        if path == EVENTS:
            # A browser names its origin to others only, and leaves it out of a request to ourselves.
            return sites == ["same-origin"] or (not sites and self._has_key(request))
        if set(sites) <= {"same-origin", "none"}:
            return True
        # A link from elsewhere may be followed, in a window of its own.
        return request.all("sec-fetch-mode") == ["navigate"] and request.all("sec-fetch-dest") == ["document"]

    def _has_key(self, request: _Headers) -> bool:
        try:
            found = SimpleCookie("; ".join(request.all("cookie"))).get(self._name)
        except CookieError:
            return False
        return found is not None and secrets.compare_digest(found.value.encode(), self._key.encode())

    def _cookie(self, request: _Headers, message: Message) -> list[tuple[bytes, bytes]]:
        is_page = any(key == b"content-type" and value.startswith(b"text/html") for key, value in message["headers"])
        if not is_page or request.all("sec-fetch-site") or self._has_key(request):
            return []
        return [(b"set-cookie", f"{self._name}={self._key}; Path=/-/; HttpOnly; SameSite=Strict".encode())]


class _Headers:
    """The headers of a request."""

    def __init__(self, scope: Scope) -> None:
        self._headers: list[tuple[bytes, bytes]] = scope["headers"]

    def all(self, name: str) -> list[str]:
        """Every value of it, as it is, but for the case."""
        return [
            value.decode("latin-1").lower() if name != "cookie" else value.decode("latin-1")
            for key, value in self._headers
            if key == name.encode()
        ]

    @property
    def has_body(self) -> bool:
        return bool(self.all("transfer-encoding")) or self.all("content-length") not in [[], ["0"]]


async def _refuse(status: int, scope: Scope, send: Send) -> None:
    text = f"{REASONS[status]}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        # Whatever comes after on this connection isn't read.
        (b"connection", b"close"),
    ]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else text})
