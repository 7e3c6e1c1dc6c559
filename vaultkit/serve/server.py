"""Server: runs an application in a thread of its own, on this machine only unless told otherwise."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import threading
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from vaultkit.diagnostics import VaultkitError
from vaultkit.serve.gate import HEADERS, LOOPBACK, Gate

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

PORT = 8000
"""Where a server is wished to be; or at one of the next."""

TRIES = 20

CONNECTIONS = 100
"""Of all browsers together. Beyond, those that don't ask for anything are closed first."""

HEAD = 32_768
"""Bytes of a request before its head must be complete; all servers on one's own machine share their cookies."""

ASKING = 10.0
"""Seconds that a request may take to come in."""

STALLED = 60.0
"""Seconds that a browser may leave an answer lying."""

STOPPING = 2
"""Seconds that answers under way have to end."""


class Server:
    """Serves an application from `start` to `stop`."""

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int | None = None, allow_hosts: Collection[str] = ()
    ) -> None:
        """
        Args:
            host: The address to listen at; by default only this machine can reach it.
            port: 0 is any that is free; None is `PORT`, or one of the next.
            allow_hosts: Names by which the server may be called, besides those of this machine.
        """
        self._app = app
        self._host = host.strip("[]")
        self._asked = port
        self._allowed = tuple(allow_hosts)
        self._thread: threading.Thread | None = None
        self._server: _Uvicorn | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where to point a browser."""
        is_named = self._host not in {"0.0.0.0", "::", "", "127.0.0.1", "::1"}  # noqa: S104 - It is compared with.
        return f"http://{_in_url(self._host) if is_named else 'localhost'}:{self.port}/"

    def start(self) -> None:
        """Listen, and return when it does.

        Raises:
            VaultkitError: The port is taken, or can't be listened at.
        """
        sockets = self._listen()
        self.port = sockets[0].getsockname()[1]
        own = [] if self._host in {"0.0.0.0", "::", ""} else [_in_url(self._host)]  # noqa: S104
        gate = Gate(self._app, self.port, [*LOOPBACK, *own, *self._allowed])
        limits = _Limits()
        config = uvicorn.Config(
            gate,
            http=cast("type[asyncio.Protocol]", partial(Connection, limits=limits)),
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            # Who asks is who is connected, whatever it says.
            proxy_headers=False,
            server_header=False,
            date_header=False,
            h11_max_incomplete_event_size=HEAD,
            timeout_graceful_shutdown=STOPPING,
            backlog=CONNECTIONS,
        )
        self._server = _Uvicorn(config, limits)
        self._thread = threading.Thread(target=_run, args=(self._server, sockets), name="vaultkit-server", daemon=True)
        self._thread.start()
        self._server.is_ready.wait()
        if not self._server.started:
            raise VaultkitError(f"The server could not be started at {self.url}")

    def stop(self) -> None:
        """End within a moment, whoever still listens."""
        if self._server is not None and self._thread is not None:
            self._server.end()
            self._thread.join(STOPPING + 3)
            self._server = self._thread = None

    def _listen(self) -> list[socket.socket]:
        first = PORT if self._asked is None else self._asked
        last = first + TRIES if self._asked is None else first
        for port in range(first, last + 1):
            try:
                return _sockets(self._host, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise VaultkitError(f"vaultkit can't listen at {self._host}:{port}: {error.strerror}") from error
        where = f"Port {first} is" if first == last else f"The ports {first} to {last} are"
        raise VaultkitError(
            f"{where} taken by another program, perhaps by another `vaultkit serve`. "
            "End that one, or choose a free port with --port."
        )


class _Uvicorn(uvicorn.Server):
    """Says when it listens, and ends when told so; theirs looks ten times a second whether it should."""

    def __init__(self, config: uvicorn.Config, limits: _Limits) -> None:
        super().__init__(config)
        self._limits = limits
        self.is_ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.is_ready.set()
        await self._over.wait()
        self._limits.is_over = True
        # asyncio loses a connection that it has accepted and not yet handed on when its listener is closed.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def end(self) -> None:
        """From any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._over.set)


def _run(server: _Uvicorn, sockets: list[socket.socket]) -> None:
    try:
        asyncio.run(server.serve(sockets))
    finally:
        server.is_ready.set()
        for each in sockets:
            each.close()


def _sockets(host: str, port: int) -> list[socket.socket]:
    """Bound sockets: the loopback of either family if it is this machine, for its name may mean either."""
    if host not in {"127.0.0.1", "localhost"}:
        return [_bound(host, port)]
    first = _bound("127.0.0.1", port)
    try:
        return [first, _bound("::1", first.getsockname()[1])]
    except OSError as error:
        if error.errno == errno.EADDRINUSE and port:
            # The name would lead browsers to that one.
            first.close()
            raise
        return [first]


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # What the last server left behind doesn't keep the next from its port; on Windows it would let two have it.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host != "::":
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        # Only to listen tells that somebody else does.
        bound.listen(CONNECTIONS)
        bound.setblocking(False)
    except BaseException:
        bound.close()
        raise
    return bound


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


# ---------------------------------------------------------------------------
# Connections
# ---------------------------------------------------------------------------


class _Limits:
    """What the connections of a server know of each other."""

    def __init__(self) -> None:
        self.waiting: dict[Connection, None] = {}
        """Those whose request hasn't come in, oldest first."""
        self.is_over = False


class Connection(H11Protocol):
    """A connection that nobody can hold for long without asking for something, or without taking what was asked for."""

    def __init__(self, *args: Any, limits: _Limits, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = limits
        self._asking: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request is under way."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._limits.is_over:
            # It came in while the others were told to end.
            transport.abort()
            return
        is_full = len(self.connections) > CONNECTIONS
        if is_full and self._limits.waiting:
            next(iter(self._limits.waiting)).abort()
            is_full = False
        # For the application, as `scope["state"]`.
        self.app_state = self.app_state | {"abort": self.abort, "is_full": is_full}
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.is_waiting and not self.transport.is_closing():
            self._limits.waiting[self] = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED, self.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def shutdown(self) -> None:
        """The server stops: an answer under way may be a stream that never ends."""
        if self.is_waiting:
            super().shutdown()
        else:
            self.abort()

    def send_400_response(self, msg: str) -> None:
        """As theirs, with the headers that every answer has."""
        if self.is_waiting and not self.transport.is_closing():
            headers = b"".join(b"%s: %s\r\n" % header for header in HEADERS)
            text = msg.encode()
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
                b"content-length: %d\r\nconnection: close\r\n%s\r\n%s" % (len(text), headers, text)
            )
        self.transport.close()

    def abort(self) -> None:
        self._forget()
        self.transport.abort()

    def _look(self) -> None:
        """Give a request that isn't complete its time, once; it isn't given more for each byte."""
        if self.transport.is_closing() or not self.is_waiting:
            self._forget()
        elif self._asking is None:
            self._limits.waiting[self] = None
            self._asking = self.loop.call_later(ASKING, self.abort)

    def _forget(self) -> None:
        self._limits.waiting.pop(self, None)
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
