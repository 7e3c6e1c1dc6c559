"""A real browser for tests: what it takes to start one, to serve a site, and to write down what a page does.

A test module that needs it calls `require` first: where there is no browser it is left out, and pytest's
last lines say so.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, LocatorAssertions, Page, Request

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""The system's browser; none is downloaded."""


ARGUMENTS = [
    # Containers lack what the sandbox needs, and these pages are our own.
    "--no-sandbox",
    # Whatever a page asks of another host is seen, and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


DRAWING = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""By these it has WebGL where there is no graphics card."""


def require() -> None:
    """Leave out the module, loudly, where there is no browser."""
    if not CHROMIUM:
        pytest.skip("THE BROWSER TESTS DO NOT RUN: no chromium", allow_module_level=True)
    try:
        import playwright  # noqa: F401
    except ImportError:
        pytest.skip("THE BROWSER TESTS DO NOT RUN: no playwright", allow_module_level=True)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser without a window; *more* are arguments of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()


def follow(link: Locator) -> None:
    """Click a link, and wait until the page that it leads to is there as a whole: a click waits for its first bytes."""
    with link.page.expect_navigation():
        link.click()


def quoted(path: str) -> str:
    """A path as an address has it."""
    return quote(path)


def expect(locator: Locator) -> LocatorAssertions:
    """What the locator is to be, sooner or later."""
    from playwright.sync_api import expect as expected

    return expected(locator)


def errors() -> type[Exception]:
    """What Playwright raises where a page can't be opened."""
    from playwright.sync_api import Error

    return Error


class Quiet(SimpleHTTPRequestHandler):
    """A server that prints nothing."""

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path, handler: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """The address at which a plain server of files offers *folder*; ends in a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Watched:
    """A page, and all that went wrong in it since it was last asked."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        """What every address that the page asks for begins with."""
        self._faults: list[str] = []
        self._begin(context)

    def _begin(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", lambda got: self._note(got.status >= 400, f"answer {got.status}: {got.url}"))
        self.page.on("request", self._asked)

    def open(self, url: str) -> Page:
        self.page.goto(self.home + url)
        return self.page

    def renew(self, context: BrowserContext) -> None:
        """Go on in another page, whatever this one is stuck in."""
        self.page.close()
        self._begin(context)

    def faults(self) -> list[str]:
        """What went wrong, each once; forgotten then."""
        found, self._faults = list(dict.fromkeys(self._faults)), []
        return found

    def _asked(self, request: Request) -> None:
        inside = request.url.startswith((self.home, "data:image/"))
        self._note(not inside, f"asked elsewhere: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # The browser asks by itself for an icon where a page names none.
        by_itself = message.location["url"].endswith("/favicon.ico")
        # Where there is no graphics card, the browser says of itself that WebGL is slow.
        is_slow = "GL Driver Message (OpenGL, Performance" in message.text
        self._note(message.type in ("error", "warning") and not by_itself and not is_slow, message.text)

    def _failed(self, request: Request) -> None:
        # Called off: the page was left before it came. What isn't there or isn't allowed has another reason.
        self._note(request.failure != "net::ERR_ABORTED", f"failed: {request.url} {request.failure}")

    def _note(self, is_fault: bool, text: str) -> None:
        if is_fault:
            self._faults.append(text)


def pages(site: Path) -> list[str]:
    """The addresses of a site's pages, without those that only lead on to another."""
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in names if b'http-equiv="refresh"' not in (site / name).read_bytes()]
