"""The server on real sockets: what it sends, to whom, and that nothing makes it send anything else or fall silent.

`VAULTKIT_FUZZ=2000` sends that many hostile requests more.
"""

from __future__ import annotations

import json
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from vaultkit.diagnostics import VaultkitError
from vaultkit.serve import server as server_module
from vaultkit.serve.app import make_app
from vaultkit.serve.files import Tree, live, locate, media_type
from vaultkit.serve.gate import REASONS
from vaultkit.serve.hub import BACKLOG, Hub
from vaultkit.serve.server import Server

FUZZ = int(os.environ.get("VAULTKIT_FUZZ", "100"))

SCRIPT = b"/* live */"
TAG = b'<script src="/-/live.js" data-generation="7" defer></script>'
SECRET = "CANARY-OUTSIDE"

BUILT = {
    "index.html": "<html><body>Home</body></html>",
    "404.html": "<html><body>No such page</body></html>",
    "Notes/A.html": "<html><body>A</body></html>",
    "Notes/index.html": "<html><body>Folder</body></html>",
    "Café.html": "<html><body>Unicode</body></html>",
    "old.html": '<html><head><meta http-equiv="refresh" content="0; url=new.html"></head><body>Moved</body></html>',
    "static/style.css": "a{}",
    "static/theme.js": "1",
    "files/run.js": "alert(1)",
    "files/picture.svg": "<svg/>",
    "files/film.mp4": "0123456789",
}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Served(NamedTuple):
    server: Server
    hub: Hub
    tree: Tree
    folder: Path
    listeners: list[Listener]

    @property
    def port(self) -> int:
        return self.server.port

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def raw(self, request: bytes) -> Answer:
        """What comes back for exactly these bytes, to the end of the connection; status 0 if nothing does."""
        with self.connect() as connection:
            got = b""
            # Who is refused while it still talks may not hear the answer.
            with suppress(ConnectionError):
                connection.sendall(request)
            with suppress(ConnectionError):
                while data := connection.recv(1 << 16):
                    got += data
        return parsed(got)

    def get(self, target: str, method: str = "GET", **headers: str | None) -> Answer:
        given = {"host": f"localhost:{self.port}", "connection": "close"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items() if v is not None), "", ""]
        return self.raw("\r\n".join(lines).encode())

    def listen(self, page: str = "index.html", buffer: int = 0) -> Listener:
        self.listeners.append(Listener(self, page, buffer))
        return self.listeners[-1]


def parsed(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split(" ")[1]) if first else 0, headers, body)


class Listener:
    """A browser that listens."""

    def __init__(self, served: Served, page: str, buffer: int = 0) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", served.port))
        host = f"localhost:{served.port}"
        request = f"GET /-/events?page={page} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\r\n"
        self.socket.sendall(request.encode())
        self._got = b""

    def next(self) -> tuple[str, object]:
        while True:
            before, found, after = self._got.partition(b"\n\n")
            if found and b"event: " in before:
                self._got = after
                name, data = before.partition(b"event: ")[2].split(b"\ndata: ")
                return name.decode(), json.loads(data)
            if found and b"retry" in before:
                self._got = after
                continue
            more = self.socket.recv(1 << 16)
            assert more, "the stream ended"
            self._got += more

    def rest(self) -> bytes:
        """All until the stream is ended."""
        got = b""
        with suppress(ConnectionError):
            while more := self.socket.recv(1 << 16):
                got += more
        return got


@contextmanager
def serving(place: Path) -> Iterator[Callable[..., Served]]:
    folder = place / "site"
    for url, text in BUILT.items():
        (folder / url).parent.mkdir(parents=True, exist_ok=True)
        (folder / url).write_text(text)
    (folder / ".vaultkit-output").write_text(SECRET)
    (folder / ".vaultkit.lock").write_text(SECRET)
    (folder / "left-behind.html").write_text(SECRET)
    (place / "secret.html").write_text(SECRET)
    started: list[Served] = []

    def start(script: bytes | None = SCRIPT, **options) -> Served:
        tree = Tree({url: folder / url for url in BUILT})
        hub = Hub(lambda page: [("hello", {"generation": 7}), ("problems", {"problems": [page]})])
        server = Server(make_app(tree, hub, lambda: script, lambda: 7), **{"port": 0} | options)
        server.start()
        started.append(Served(server, hub, tree, folder, []))
        return started[-1]

    yield start
    for served in started:
        served.server.stop()
        for listener in served.listeners:
            listener.socket.close()


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., Served]]:
    with serving(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def steady(tmp_path_factory) -> Iterator[Served]:
    """One for all tests that only ask."""
    with serving(tmp_path_factory.mktemp("steady")) as start:
        yield start()


@pytest.fixture
def served(serve) -> Served:
    return serve()


# ---------------------------------------------------------------------------
# What is sent
# ---------------------------------------------------------------------------


def test_pages_are_sent_with_the_script_that_makes_them_live(served):
    answer = served.get("/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.body == b"<html><body>Home" + TAG + b"</body></html>"
    assert served.get("/-/live.js").body == SCRIPT
    assert (served.folder / "index.html").read_text() == BUILT["index.html"]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/Notes/A", "Notes/A.html"),
        ("/Notes/A.html?raw", "Notes/A.html"),
        ("/Notes/", "Notes/index.html"),
        ("/Caf%C3%A9.html", "Café.html"),
        ("/Cafe%CC%81", "Café.html"),
        ("/static/style.css", "static/style.css"),
    ],
)
def test_an_address_leads_to_its_file(steady, target, found):
    answer = steady.get(target)
    assert answer.status == 200
    assert answer.body.replace(TAG, b"") == BUILT[found].encode()


def test_a_folder_without_its_slash_leads_to_the_one_with_it(steady):
    answer = steady.get("/Notes")
    assert (answer.status, answer.headers["location"]) == (307, "/Notes/")


def test_what_is_unknown_is_the_404_page(steady):
    answer = steady.get("/nothing")
    assert answer.status == 404
    assert answer.body.replace(TAG, b"") == BUILT["404.html"].encode()


def test_head_is_as_get_without_the_body(steady):
    for target in ("/", "/files/film.mp4", "/nothing", "/-/live.js", "/-/events"):
        answer = steady.get(target, "HEAD", sec_fetch_site="same-origin")
        assert answer.status == (404 if target == "/nothing" else 200)
        assert answer.body == b""


def test_without_a_script_pages_are_as_they_were_built(serve):
    served = serve(script=None)
    assert served.get("/").body == BUILT["index.html"].encode()
    assert served.get("/-/live.js").status == 404


@pytest.mark.parametrize("target", ["/", "/nothing", "/static/style.css", "/files/picture.svg", "/-/live.js", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", [None, "evil.test"])
def test_every_answer_has_the_headers_that_protect_it(steady, target, method, host):
    answer = steady.get(target, method, **({"host": host} if host else {}))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"server", "access-control-allow-origin", "x-powered-by"} & answer.headers.keys()


def test_an_answer_to_what_is_no_request_has_them_too(steady):
    answer = steady.raw(b"nonsense\r\n\r\n")
    assert answer.status == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("static/theme.js", "text/javascript; charset=utf-8"),
        ("static/style.css", "text/css; charset=utf-8"),
        # An attachment isn't a part of our own pages.
        ("files/run.js", "text/plain; charset=utf-8"),
        ("files/run.mjs", "text/plain; charset=utf-8"),
        ("files/look.css", "text/plain; charset=utf-8"),
        ("a.PNG", "image/png"),
        ("a.webp", "image/webp"),
        ("a.pdf", "application/pdf"),
        ("a.mp4", "video/mp4"),
        ("sitemap.xml", "application/xml"),
        ("a.unheard-of", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_files_are_of_the_type_that_their_extension_says(url, kind):
    assert media_type(url) == kind


def test_a_drawing_opened_by_itself_may_not_run_script(steady):
    policy = steady.get("/files/picture.svg").headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@pytest.mark.parametrize(
    ("asked", "status", "part", "body"),
    [
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=4-", 206, "bytes 4-9/10", b"456789"),
        ("bytes=-2", 206, "bytes 8-9/10", b"89"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=0-", 200, None, b"0123456789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=5-3", 416, "bytes */10", b""),
        ("bytes=0-1,3-4", 200, None, b"0123456789"),
        ("lines=1-2", 200, None, b"0123456789"),
        ("bytes=-", 200, None, b"0123456789"),
        ("bytes=99999999999999999999999-", 200, None, b"0123456789"),
    ],
)
def test_players_get_the_part_that_they_ask_for(steady, asked, status, part, body):
    answer = steady.get("/files/film.mp4", range=asked)
    assert (answer.status, answer.headers.get("content-range"), answer.body) == (status, part, body)


def test_a_large_file_comes_whole(served):
    content = os.urandom(3_000_000)
    (served.folder / "files/film.mp4").write_bytes(content)
    assert served.get("/files/film.mp4").body == content


# ---------------------------------------------------------------------------
# Live pages
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("<body>a</body> <!-- </body> --></html>", "<body>a</body> <!-- X</body> --></html>"),
        ("no end", "no endX"),
        (
            '<meta http-equiv="refresh" content="0"><body></body>',
            '<meta http-equiv="refresh" content="0"><body></body>',
        ),
    ],
)
def test_the_script_stands_at_the_end_of_the_body(page, sent):
    assert live(page.encode(), b"X").decode() == sent


@pytest.mark.parametrize(
    ("policy", "sent"),
    [
        ("default-src 'self'; script-src 'self' 'sha256-x'", "default-src 'self'; script-src 'self' 'sha256-x'"),
        ("default-src 'self'; connect-src 'none'", "default-src 'self'; connect-src 'self'"),
        ("script-src 'sha256-x'; img-src *", "script-src 'sha256-x' 'self'; img-src *"),
        (
            "default-src 'none'; img-src 'self'",
            "default-src 'none'; img-src 'self'; script-src 'self'; connect-src 'self'",
        ),
        ("img-src 'self'", "img-src 'self'"),
    ],
)
def test_a_policy_is_opened_as_far_as_the_script_needs(policy, sent):
    page = '<meta http-equiv="Content-Security-Policy" content="{}"><body></body>'
    assert live(page.format(policy).encode(), b"").decode() == page.format(sent)


def test_a_page_that_only_leads_on_stays_as_it_is(steady):
    assert steady.get("/old.html").body == BUILT["old.html"].encode()


def test_until_a_page_is_built_there_is_one_that_comes_again(served):
    served.tree.is_building = True
    served.hub.publish("progress", {"stage": "rendering <b>", "done": 3, "total": 9})
    answer = served.get("/Later.html")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    page = answer.body.decode()
    assert '<html data-vk-placeholder lang="en">' in page
    assert "rendering &lt;b&gt; 3 of 9" in page
    assert '<script src="/-/live.js" defer>' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert served.get("/").status == 200


# ---------------------------------------------------------------------------
# Events
# ---------------------------------------------------------------------------


def test_who_listens_is_greeted_and_told(served):
    listener = served.listen("Notes/A.html")
    assert listener.next() == ("hello", {"generation": 7})
    assert listener.next() == ("problems", {"problems": ["Notes/A.html"]})
    served.hub.publish("pages", {"generation": 8, "changed": ["Notes/A.html"], "removed": []})
    assert listener.next() == ("pages", {"generation": 8, "changed": ["Notes/A.html"], "removed": []})


def test_what_concerns_one_page_is_told_to_those_who_show_it(served):
    home, note = served.listen(), served.listen("Notes/A")
    for listener in (home, note):
        listener.next()
        listener.next()
    served.hub.publish("problems", {"n": 1}, page="Notes/A.html")
    served.hub.publish("style", {"urls": ["static/style.css"]})
    assert note.next() == ("problems", {"n": 1})
    assert home.next() == note.next() == ("style", {"urls": ["static/style.css"]})


def test_open_pages_are_known_the_last_one_first(served):
    assert served.hub.open_pages() == []
    listeners = {}
    for page in ("index.html", "Notes/A.html", "Notes/", "Unbuilt/Page"):
        listeners[page] = served.listen(page)
        listeners[page].next()
    assert served.hub.open_pages() == ["Unbuilt/Page", "Notes/index.html", "Notes/A.html", "index.html"]
    listeners["Notes/A.html"].socket.close()
    witness = listeners["index.html"]
    until = time.monotonic() + 10
    while len(served.hub.open_pages()) > 3 and time.monotonic() < until:
        served.hub.publish("style", {"urls": []})
        witness.next()
    assert served.hub.open_pages() == ["Unbuilt/Page", "Notes/index.html", "index.html"]


def test_a_browser_that_takes_nothing_is_cut_off_and_the_others_are_not(served):
    slow, quick = served.listen("slow.html", buffer=4096), served.listen("quick.html")
    quick.next()
    quick.next()
    padding = "x" * 100_000
    for n in range(1000):
        served.hub.publish("pages", {"n": n, "padding": padding})
        assert quick.next() == ("pages", {"n": n, "padding": padding})
        if served.hub.open_pages() == ["quick.html"]:
            break
    assert served.hub.open_pages() == ["quick.html"]
    assert n >= BACKLOG
    assert slow.rest().endswith(b"x"), "it ends in the middle"


def test_progress_that_nobody_took_is_forgotten_for_newer(served):
    slow = served.listen(buffer=4096)
    slow.next()
    slow.next()
    for n in range(20 * BACKLOG):
        served.hub.publish("progress", {"stage": "render", "done": n, "total": 9, "padding": "x" * 5_000})
    served.hub.publish("style", {"urls": ["last"]})
    assert served.hub.open_pages() == ["index.html"]
    found = []
    while not found or found[-1][0] != "style":
        found.append(slow.next())
    assert found[-2][1]["done"] == 20 * BACKLOG - 1


def test_silence_is_broken_now_and_then(served, monkeypatch):
    monkeypatch.setattr("vaultkit.serve.hub.KEEP_ALIVE", 0.05)
    listener = served.listen()
    got = b""
    while b": still here\n\n" not in got:
        got += listener.socket.recv(1 << 16)


def test_no_more_than_some_listen(served, monkeypatch):
    monkeypatch.setattr("vaultkit.serve.hub.STREAMS", 2)
    for _ in range(2):
        served.listen().next()
    assert served.get("/-/events", sec_fetch_site="same-origin").status == 503


def test_publishing_to_nobody_is_nothing(served):
    served.hub.publish("style", {"urls": []})
    listener = served.listen()
    listener.next()
    served.server.stop()
    served.hub.publish("style", {"urls": []})


# ---------------------------------------------------------------------------
# Who is answered
# ---------------------------------------------------------------------------

# Page and event stream, by the origin that the request names.
ORIGINS = ["", "http://{host}", "https://{host}", "http://{name}:1", "http://evil.test:{port}", "null"]
OURS = [(200, 403), (200, 200), (200, 200), (403, 403), (403, 403), (403, 403)]
NOT_OURS = [(421, 421)] * 6
HOSTS = {
    "localhost:{port}": OURS,
    "127.0.0.1:{port}": OURS,
    "[::1]:{port}": OURS,
    "LocalHost:{port}": OURS,
    "localhost": OURS,
    "wiki.example": OURS,
    "wiki.example:{port}": OURS,
    "mapped.example:81": OURS,
    "mapped.example:{port}": NOT_OURS,
    "evil.test:{port}": NOT_OURS,
    "localhost.evil.test:{port}": NOT_OURS,
    "localhost:1": NOT_OURS,
    "localhost.:{port}": NOT_OURS,
    "127.0.0.2:{port}": NOT_OURS,
    "127.1:{port}": NOT_OURS,
    "0.0.0.0:{port}": NOT_OURS,
    "user@localhost:{port}": NOT_OURS,
    "": NOT_OURS,
}


def test_hosts_and_origins_are_answered_by_the_table(serve):
    served = serve(allow_hosts=["wiki.example", "mapped.example:81"])
    found = {}
    for pattern in HOSTS:
        host = pattern.format(port=served.port)
        name = host.rpartition(":")[0] or host
        rows = []
        for origin in ORIGINS:
            given = {"origin": origin.format(host=host, name=name, port=served.port)} if origin else {}
            page = served.get("/", host=host, **given).status
            events = served.get("/-/events", "HEAD", host=host, **given).status
            rows.append((page, events))
        found[pattern] = rows
    assert found == HOSTS


@pytest.mark.parametrize(
    ("site", "mode", "dest", "page", "events"),
    [
        (None, None, None, 200, 403),
        ("none", "navigate", "document", 200, 403),
        ("same-origin", "navigate", "document", 200, 200),
        ("same-origin", "cors", "empty", 200, 200),
        ("same-origin", "no-cors", "image", 200, 200),
        ("cross-site", "navigate", "document", 200, 403),
        ("same-site", "navigate", "document", 200, 403),
        ("cross-site", "navigate", "iframe", 403, 403),
        ("cross-site", "no-cors", "image", 403, 403),
        ("cross-site", "no-cors", "script", 403, 403),
        ("cross-site", "cors", "empty", 403, 403),
        ("same-site", "no-cors", "script", 403, 403),
        ("nonsense", "cors", "empty", 403, 403),
    ],
)
def test_what_a_browser_says_of_its_request_is_heeded(steady, site, mode, dest, page, events):
    given = {"sec_fetch_site": site, "sec_fetch_mode": mode, "sec_fetch_dest": dest}
    assert steady.get("/", **given).status == page
    assert steady.get("/-/events", "HEAD", **given).status == events


def test_a_browser_that_says_nothing_is_known_by_what_a_page_gave_it(steady):
    """So it is with addresses that aren't loopback: Chromium then sends neither an origin nor how it asks."""
    cookie = steady.get("/").headers["set-cookie"]
    assert "HttpOnly; SameSite=Strict" in cookie
    own = cookie.partition(";")[0]
    assert steady.get("/-/events", "HEAD", cookie=f"other=1; {own}").status == 200
    assert steady.get("/-/events", "HEAD", cookie=f"{own}x").status == 403
    assert steady.get("/-/events", "HEAD", cookie=own, origin="http://evil.test").status == 403
    assert steady.get("/-/events", "HEAD", cookie=own, sec_fetch_site="cross-site").status == 403
    assert "set-cookie" not in steady.get("/", sec_fetch_site="none").headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "PROPFIND"])
def test_only_get_and_head_are_answered(steady, method):
    answer = steady.get("/", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.0\r\n\r\n", 421),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET http://localhost:PORT/ HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400),
        (b"GET http://evil.test/ HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400),
        (b"GET localhost:PORT HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 5\r\n\r\nabc", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 414),
        (b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\nCookie: " + b"a" * 9_000 + b"\r\nConnection: close\r\n\r\n", 200),
        (b"GET / HTTP/1.0\r\nHost: localhost:PORT\r\n\r\n", 200),
        # Nothing here can be switched to.
        (b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n", 200),
    ],
)
def test_requests_that_are_no_browsers(steady, request_, status):
    assert steady.raw(request_.replace(b"PORT", str(steady.port).encode())).status == status


# ---------------------------------------------------------------------------
# Hostile requests
# ---------------------------------------------------------------------------

UP = ["..", "%2e%2e", "%252e%252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "..;", "...", "%2e.", ".%00.", "%uff0e%uff0e"]
SEPARATORS = ["/", "%2f", "%2F", "%252f", "%5c", "\\", "//", "/./", "%c0%af", "%e2%81%84"]
GOALS = ["etc/passwd", "secret.html", "site/.vaultkit.lock", "proc/self/environ"]
TARGETS = [
    *(f"/{separator.join([up] * 4)}{separator}{goal}" for up in UP for separator in SEPARATORS for goal in GOALS[:2]),
    *(f"/Notes/{up}/{up}/secret.html" for up in UP),
    "//etc/passwd",
    "///etc/passwd",
    "/\\etc\\passwd",
    "/%5c%5cserver%5cshare",
    "/C:%5CWindows%5Cwin.ini",
    "/file:///etc/passwd",
    "/@fs/etc/passwd",
    "/@fs/etc/passwd?raw",
    "/@id/etc/passwd?import&raw??",
    "/index.html?raw",
    "/index.html::$DATA",
    "/index.html%00.css",
    "/index.html%0d%0aSet-Cookie:%20a=b",
    "/index.html%0a",
    "/%0d%0a",
    "/index.html#/../secret.html",
    "/index.html/../../secret.html",
    "/.vaultkit-output",
    "/.vaultkit.lock",
    "/%2evaultkit-output",
    "/./.vaultkit-output",
    "/left-behind.html",
    "/.git/config",
    "/.env",
    "/INDEX.HTML",
    "/Index.html",
    "/index.html.",
    "/index.html%20",
    "/index.html/",
    "/notes/a.html",
    "/Notes/A.html..",
    "/Notes/%2e",
    "/Notes/.",
    "/~root/",
    "/-/",
    "/-/live.js/../../secret.html",
    "/-/live.jsx",
    "/-//events",
    "/-/events/../../index.html",
    "/%",
    "/%zz",
    "/%ff%fe",
    "/%f4%90%80%80",
    "/%ed%a0%80",
    "/" + "a" * 8_000,
    "/" + "a" * 70_000,
    "/" + "../" * 2_000 + "etc/passwd",
    "/" + "%2e%2e%2f" * 800,
    "/?" + "a" * 70_000,
    "http://localhost/../secret.html",
    "http://evil.test/secret.html",
    "file:///etc/passwd",
    "localhost:80",
    "*",
    "",
    "secret.html",
    "../secret.html",
    "\\..\\secret.html",
    "/\x00",
    "/\x7f",
    "/é",
    "/a b",
    "/\t",
]


def hostile(port: int, target: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", f"Host: localhost:{port}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", errors="replace")


def invented(chance: random.Random, port: int) -> bytes:
    """A request that nobody thought of."""
    pieces = [*UP, *SEPARATORS, *GOALS, *BUILT, "%00", "%0a", "?", "#", "&", ";", ":", "@", "~", "a", "%25", ".html"]
    target = chance.choice(["/", "/", "/", "//", "", "http://"]) + "".join(
        chance.choices(pieces, k=chance.randint(1, 9))
    )
    request = bytearray(hostile(port, target))
    if chance.random() < 0.2:
        for _ in range(chance.randint(1, 4)):
            request[chance.randrange(len(request) - 4)] = chance.randrange(256)
    if chance.random() < 0.1:
        request[:3] = chance.choice([b"HEAD", b"POST", b"G\0T", b"get", b""])
    # Cut short it would wait for its time to end.
    return bytes(request) if request.endswith(b"\r\n\r\n") else bytes(request) + b"\r\n\r\n"


def test_no_request_gets_a_byte_from_outside_and_the_answers_stay_the_same(served, tmp_path):
    planted = served.folder / "Notes/A.html"
    planted.unlink()
    planted.symlink_to(tmp_path / "secret.html")
    chance = random.Random("hostile" if "VAULTKIT_FUZZ" not in os.environ else None)
    before = {url: served.get(f"/{url}") for url in ("", "static/style.css", "Notes/A.html", "nothing")}
    assert before["Notes/A.html"].status == 404
    known = {served.get(f"/{url}").body for url in ["", "Caf%C3%A9.html", *BUILT]}
    known |= {f"{reason}\n".encode() for reason in REASONS.values()} | {SCRIPT, b"", b"Not found\n", b"Not Found"}
    known |= {b"Invalid HTTP request received."}
    requests = [hostile(served.port, target) for target in TARGETS]
    requests += [invented(chance, served.port) for _ in range(FUZZ)]
    assert len(requests) >= 150
    for request in requests:
        answer = served.raw(request)
        assert answer.body in known, request
        assert SECRET not in str(answer), request
        assert str(tmp_path) not in str(answer), request
        assert answer.status in {0, 200, 307, 400, 403, 404, 405, 414, 421}, request
    assert {url: served.get(f"/{url}") for url in before} == before


def test_a_file_that_is_gone_or_is_none_is_a_404(served, tmp_path):
    (served.folder / "index.html").unlink()
    os.mkfifo(served.folder / "index.html")
    assert served.get("/").status == 404
    (served.folder / "static/style.css").unlink()
    assert served.get("/static/style.css").status == 404
    # The same name lies where the link of a folder leads to.
    (tmp_path / "other").mkdir()
    (tmp_path / "other/A.html").write_text(SECRET)
    (served.folder / "Notes").rename(served.folder / "Away")
    (served.folder / "Notes").symlink_to(tmp_path / "other", target_is_directory=True)
    answer = served.get("/Notes/A.html")
    assert (answer.status, answer.body.replace(TAG, b"")) == (404, BUILT["404.html"].encode())
    (served.folder / "404.html").unlink()
    assert served.get("/Notes/A.html").body == b"Not found\n"


def test_the_folder_of_a_site_may_be_a_link(serve, tmp_path):
    """That is how a site is switched at once."""
    (tmp_path / "current").symlink_to(tmp_path / "site", target_is_directory=True)
    served = serve()
    served.tree.files = {url: tmp_path / "current" / url for url in BUILT}
    assert served.get("/Notes/A.html").status == 200


def test_a_path_means_an_entry_of_the_table_or_nothing():
    files = {"index.html": 0, "a.html": 0, "a/index.html": 0, "b/index.html": 0, "c": 0}
    cases = {"": "index.html", "a": "a.html", "a/": "a/index.html", "b": None, "c": "c", "/": None, "..": None}
    assert {path: locate(path, files) for path in cases} == cases


# ---------------------------------------------------------------------------
# Connections
# ---------------------------------------------------------------------------


def test_two_hundred_stuck_connections_stop_nobody(served):
    stuck = []
    for n in range(200):
        stuck.append(served.connect())
        stuck[-1].sendall(b"GET / HTTP/1.1\r\nHost: loc"[: n % 25])
    begin = time.monotonic()
    assert served.get("/").status == 200
    assert time.monotonic() - begin < 1
    n_held = 0
    for each in stuck:
        each.setblocking(False)
        try:
            each.recv(1)
        except BlockingIOError:
            n_held += 1
        except ConnectionError:
            pass
        each.close()
    assert n_held <= server_module.CONNECTIONS


def test_a_request_that_does_not_come_to_an_end_is_given_its_time_once(served, monkeypatch):
    monkeypatch.setattr(server_module, "ASKING", 0.3)
    begin = time.monotonic()
    with served.connect() as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        connection.settimeout(0.02)
        # One byte after another, until it is cut off.
        with suppress(ConnectionError):
            while time.monotonic() < begin + 5:
                connection.sendall(b"G")
                with suppress(TimeoutError):
                    if connection.recv(1) == b"":
                        break
    assert time.monotonic() - begin < 3


def test_several_requests_may_come_on_one_connection(steady):
    request = f"GET /static/style.css HTTP/1.1\r\nHost: localhost:{steady.port}\r\n".encode()
    with steady.connect() as connection:
        connection.sendall((request + b"\r\n") * 3 + request + b"Connection: close\r\n\r\n")
        got = b""
        while data := connection.recv(1 << 16):
            got += data
    assert got.count(b"HTTP/1.1 200 OK") == got.count(b"a{}") == 4


def test_when_all_connections_are_in_use_it_says_so(served, monkeypatch):
    monkeypatch.setattr(server_module, "CONNECTIONS", 3)
    for _ in range(3):
        served.listen().next()
    answer = served.get("/")
    assert (answer.status, answer.body) == (503, b"Too many connections\n")


def test_it_stops_at_once_though_browsers_listen(served):
    listeners = [served.listen() for _ in range(5)]
    for listener in listeners:
        listener.next()
        listener.next()
    idle = served.connect()
    asking = served.connect()
    asking.sendall(b"GET / HT")
    begin = time.monotonic()
    served.server.stop()
    assert time.monotonic() - begin < 2
    assert [listener.rest() for listener in listeners] == [b""] * 5
    assert served.hub.open_pages() == []
    with pytest.raises(ConnectionRefusedError):
        served.connect()
    idle.close()
    asking.close()
    served.server.stop()


def test_it_starts_again_where_it_was(serve):
    served = serve()
    listener = served.listen()
    listener.next()
    served.server.stop()
    again = serve(port=served.port)
    assert again.get("/").status == 200


def test_a_taken_port_is_said_with_the_remedy(serve):
    served = serve()
    with pytest.raises(VaultkitError, match=rf"Port {served.port} is taken by another program.*--port"):
        serve(port=served.port)


def test_without_a_wish_the_next_free_port_is_taken(serve, monkeypatch):
    first = serve()
    monkeypatch.setattr(server_module, "PORT", first.port)
    second = serve(port=None)
    assert first.port < second.port <= first.port + server_module.TRIES
    assert second.server.url == f"http://localhost:{second.port}/"
    assert second.get("/").status == 200


def test_an_address_that_is_not_ours_is_said():
    with pytest.raises(VaultkitError, match=r"can't listen at 192\.0\.2\.77"):
        Server(make_app(Tree({}), Hub(lambda _: []), lambda: None), host="192.0.2.77", port=0).start()
