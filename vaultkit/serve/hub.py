"""Hub: the browsers that listen, and what they are told."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

KEEP_ALIVE = 15.0
"""Seconds after which a silent stream says that it is still there, which finds out whether the browser is."""

BACKLOG = 64
"""Events that may wait for a browser to take them; one that is further behind is cut off, and comes again afresh."""

STREAMS = 60
"""Browsers that may listen at once."""

Welcome = Callable[[str], Iterable[tuple[str, object]]]
"""By the page that a browser shows: the events that tell it how things stand. Called from the server's thread."""


class Hub:
    """Sends events to browsers; may be told to from any thread.

    What is sent stands in a queue for each of them, so that nobody waits for a slow one.
    """

    def __init__(self, welcome: Welcome) -> None:
        self._welcome = welcome
        self._lock = threading.Lock()
        self._streams: dict[_Stream, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.progress: tuple[str, int, int] | None = None
        """The stage of a build with what is done of it and what there is to do, as last published."""

    def publish(self, event: str, data: object, *, page: str | None = None) -> None:
        """Tell all browsers, or those that show *page*; returns at once."""
        if event == "progress":
            told = msgspec.to_builtins(data)
            self.progress = (str(told["stage"]), int(told["done"]), int(told["total"]))
        with self._lock:
            loop = self._loop if self._streams else None
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._deliver, event, encoded(event, data), page)
            except RuntimeError:
                # The server has stopped, so nobody listens any more.
                return

    def open_pages(self) -> list[str]:
        """The pages that are shown, the one opened last first."""
        with self._lock:
            return list(dict.fromkeys(stream.page for stream in reversed(self._streams)))

    def stream(self, page: str) -> EventStream:
        """The answer to a browser that wants to listen."""
        return EventStream(self, page)

    @property
    def is_full(self) -> bool:
        return len(self._streams) >= STREAMS

    def _deliver(self, event: str, message: bytes, page: str | None) -> None:
        for stream in list(self._streams):
            if page is None or page == stream.page:
                stream.put(event, message)

    def _join(self, stream: _Stream) -> None:
        # In the server's thread, as is `_deliver`: what is published from now on comes after the greeting.
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._streams[stream] = None
        for event, data in self._welcome(stream.page):
            stream.put(event, encoded(event, data))

    def _leave(self, stream: _Stream) -> None:
        with self._lock:
            self._streams.pop(stream, None)


class EventStream:
    """One browser's stream of server-sent events, as an answer of ASGI."""

    def __init__(self, hub: Hub, page: str) -> None:
        self._hub = hub
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        stream = _Stream(self._page, scope["state"].get("abort"))
        gone = asyncio.create_task(disconnected(receive))
        gone.add_done_callback(lambda _: stream.end())
        self._hub._join(stream)  # noqa: SLF001 - The two are one machine.
        try:
            await send(_body(b"retry: 1000\n\n"))
            while not stream.is_over:
                await send(_body(await stream.take()))
        finally:
            self._hub._leave(stream)  # noqa: SLF001
            gone.cancel()
        await send({"type": "http.response.body"})


class _Stream:
    """What waits for one browser."""

    def __init__(self, page: str, abort: Callable[[], None] | None) -> None:
        self.page = page
        self.is_over = False
        self._abort = abort
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._ready = asyncio.Event()

    def put(self, event: str, message: bytes) -> None:
        if event == "progress" and self._waiting and self._waiting[-1][0] == event:
            self._waiting.pop()
        self._waiting.append((event, message))
        self._ready.set()
        if len(self._waiting) > BACKLOG:
            self.end()
            if self._abort is not None:
                # The connection is stuck, so it can't be ended in good order.
                self._abort()

    def end(self) -> None:
        self.is_over = True
        self._waiting.clear()
        self._ready.set()

    async def take(self) -> bytes:
        """All that waits; a comment if nothing comes for long."""
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                await self._ready.wait()
        except TimeoutError:
            return b": still here\n\n"
        self._ready.clear()
        messages = b"".join(message for _, message in self._waiting)
        self._waiting.clear()
        return messages


def encoded(event: str, data: object) -> bytes:
    """An event as it goes over the line; JSON has no line ends in it."""
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(data))


def _body(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def disconnected(receive: Receive) -> None:
    """Wait until the browser is gone, or the connection was cut."""
    while (await receive())["type"] != "http.disconnect":
        pass
