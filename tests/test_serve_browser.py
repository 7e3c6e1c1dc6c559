"""The server in a real browser: its own pages may ask and listen, and those of others may not, whatever they call it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import browsing
import pytest

from vaultkit.serve.app import make_app
from vaultkit.serve.files import Tree
from vaultkit.serve.hub import Hub
from vaultkit.serve.server import Server

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What an attacker's page can try. Each says whether anything came of it.
PROBES = """async (home) => {
  const tried = async (act) => { try { return await act(); } catch { return false; } };
  const loads = (tag, url) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = () => done(true);
    element.onerror = () => done(false);
    element.src = url;
    document.head.append(element);
  });
  const listens = () => new Promise((done) => {
    const source = new EventSource(home + "-/events?page=index.html");
    source.addEventListener("hello", () => { source.close(); done(true); });
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) done(false); };
  });
  const connects = () => new Promise((done) => {
    const socket = new WebSocket(home.replace("http", "ws") + "-/events");
    socket.onopen = () => done(true);
    socket.onerror = () => done(false);
  });
  return {
    fetch: await tried(async () => (await fetch(home)).ok),
    blind: await tried(async () => { await fetch(home, { mode: "no-cors" }); return true; }),
    post: await tried(async () => { await fetch(home, { mode: "no-cors", method: "POST" }); return true; }),
    image: await loads("img", home + "picture.svg"),
    script: await loads("script", home + "static/theme.js"),
    style: await tried(() => new Promise((done) => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: home + "static/style.css" });
      link.onload = () => done(true);
      link.onerror = () => done(false);
      document.head.append(link);
    })),
    events: await listens(),
    socket: await connects(),
  };
}"""

NOTHING = dict.fromkeys(["fetch", "blind", "post", "image", "script", "style", "events", "socket"], False)


class Evil(BaseHTTPRequestHandler):
    """The page of somebody else."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Evil</title>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Every name is this machine, which is what a rebound one would be.
    names = ",".join(f"MAP {name} 127.0.0.1" for name in ("evil.test", "wiki.example"))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=browsing.CHROMIUM, args=["--no-sandbox", f"--host-resolver-rules={names}"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("site")
    built = {
        "index.html": '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
        "</head><body><p>Home</p></body></html>",
        "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "static/theme.js": "window.loaded = true",
        "static/style.css": "p { color: red }",
    }
    (folder / "static").mkdir()
    for url, text in built.items():
        (folder / url).write_text(text)
    hub = Hub(lambda _: [("hello", {"generation": 1})])
    script = b'new EventSource("/-/events?page=index.html").addEventListener("hello", () => document.title = "live")'
    app = make_app(Tree({url: folder / url for url in built}), hub, lambda: script)
    server = Server(app, port=0, allow_hosts=["wiki.example"])
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def evil() -> Iterator[int]:
    other = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield other.server_port
    other.shutdown()
    thread.join()
    other.server_close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "wiki.example"])
def test_its_own_pages_may_ask_and_listen(browser, server, host):
    """Chromium tells of `wiki.example` neither an origin nor how it asks, for that name is no loopback."""
    page = browser.new_page()
    home = f"http://{host}:{server.port}/"
    assert page.goto(home).status == 200
    browsing.expect(page).to_have_title("live")
    assert page.evaluate(PROBES, home) == NOTHING | dict.fromkeys(
        ["fetch", "blind", "post", "image", "script", "style", "events"], True
    )
    page.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "evil.test", "wiki.example"])
@pytest.mark.parametrize("origin", ["evil.test", "localhost"])
def test_the_page_of_another_gets_nothing(browser, server, evil, origin, name):
    page = browser.new_page()
    page.goto(f"http://{origin}:{evil}/")
    assert page.evaluate(PROBES, f"http://{name}:{server.port}/") == NOTHING
    page.close()


def test_a_rebound_name_gets_nothing(browser, server):
    """The page of `evil.test` has our own address now, so for the browser it asks its own server."""
    page = browser.new_page()
    home = f"http://evil.test:{server.port}/"
    answer = page.goto(home)
    assert answer.status == 421
    assert "Home" not in answer.text()
    found = page.evaluate(PROBES, home)
    # That there is an answer it may see, but no more: a refusal has nothing in it.
    assert found | {"blind": False, "post": False} == NOTHING
    assert page.evaluate("async () => (await fetch('/')).status") == 421
    page.close()


def test_it_cannot_be_framed(browser, server, evil):
    page = browser.new_page()
    page.goto(f"http://evil.test:{evil}/")
    page.evaluate(
        """(home) => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.onload = () => done();
          frame.src = home;
          document.body.append(frame);
        })""",
        f"http://localhost:{server.port}/",
    )
    assert all("Home" not in frame.content() for frame in page.frames if not frame.url.startswith("chrome-error:"))
    page.close()


def test_a_link_from_elsewhere_may_be_followed(browser, server, evil):
    page = browser.new_page()
    page.goto(f"http://evil.test:{evil}/")
    with page.expect_navigation(url=f"http://localhost:{server.port}/"):
        page.evaluate("(home) => { location.href = home }", f"http://localhost:{server.port}/")
    assert page.inner_text("p") == "Home"
    page.close()
