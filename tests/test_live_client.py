"""The client of `vaultkit serve` in a real browser: pages follow their vault and keep what the reader did with them.

The server here only plays the events that a test wants, so that each can be seen alone.
"""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import browsing
import pytest
import vaults

from vaultkit.site.frontend import bundled
from vaultkit.vault import Vault

browsing.require()

from playwright.sync_api import expect  # noqa: E402  (not there where there is no browser)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG = "\n\n".join(f"Paragraph {n} of the note, long enough to need a line." for n in range(60))

VAULT = f"""
-- A.md --
First words.

> [!note]- Folded
> Inside.

## Middle

{LONG}

## End

- [ ] a task
-- B.md --
See [[A]].
""".lstrip()

FORM = """<!doctype html><html lang="en"><head><title>Form</title><link rel="stylesheet" href="/static/form.css">
</head><body><main id="m"><h1>One</h1><input id="typed"><textarea id="text"></textarea><input type="checkbox" id="tick">
<select id="choice"><option>a</option><option>b</option></select><ol><li value="1">x</li></ol></main></body></html>"""

PLACEHOLDER = "data-vk-placeholder"

BUILDING = f"<!doctype html><html {PLACEHOLDER}><head><title>Building</title></head><body><main></main></body></html>"

PROBLEM = {
    "path": "A.md",
    "line": 3,
    "column": 5,
    "code": "VK201",
    "severity": "warning",
    "message": "No note is called <b>Nobody</b>.",
    "hint": "Write the note.",
}

GONE = "This note is gone. What you see is how it was."
LOST = "Connection lost, trying again …"


class Server(ThreadingHTTPServer):
    """Sends pages with the client in their head, and to whoever listens the events that a test plays."""

    daemon_threads = True

    def __init__(self, files: dict[str, str | bytes], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.files = files
        self.generation = 1
        self.asked: list[str] = []
        self.listeners: dict[queue.Queue[bytes | None], str] = {}
        self.changed = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def send(self, name: str, **data: Any) -> None:
        with self.changed:
            for listener in self.listeners:
                listener.put(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())

    def drop(self) -> None:
        """End every connection, as a server does that stops."""
        with self.changed:
            for listener in self.listeners:
                listener.put(None)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.drop()
        self._thread.join()

    def wait_for(self, page: str) -> bool:
        """Whether that page listens, and no other."""
        with self.changed:
            return self.changed.wait_for(lambda: list(self.listeners.values()) == [page], 20)

    def wait(self, n: int = 1) -> list[str]:
        """What the listeners, when there are so many, said that their page is."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.listeners) == n, 20)
            return list(self.listeners.values())


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        name = unquote(url.path[1:]) or "index.html"
        with self.server.changed:
            self.server.asked.append(name)
            self.server.changed.notify_all()
        if name == "-/events":
            self._events(parse_qs(url.query)["page"][0])
        elif name == "-/live.js":
            self._answer(200, "text/javascript", bundled("live.js") or b"")
        else:
            content = self.server.files.get(name)
            if isinstance(content, str):
                known = "" if PLACEHOLDER in content else f'data-generation="{self.server.generation}"'
                told = f'<script src="/-/live.js" {known} defer></script></head>'
                content = content.replace("</head>", told, 1).encode()
            kind = "text/html" if name.endswith(".html") else "text/css" if name.endswith(".css") else "text/javascript"
            status = 404 if content is None else 503 if PLACEHOLDER.encode() in content else 200
            self._answer(status, kind, content or b"<!doctype html><title>Nothing</title>")

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if b"Content-Security-Policy" not in content:
            # The theme's pages bring their own, which knows their inline script.
            self.send_header("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'")
        self.end_headers()
        self.wfile.write(content)

    def _events(self, page: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        listener: queue.Queue[bytes | None] = queue.Queue()
        listener.put(f'retry: 100\nevent: hello\ndata: {{"generation": {self.server.generation}}}\n\n'.encode())
        with self.server.changed:
            self.server.listeners[listener] = page
            self.server.changed.notify_all()
        try:
            # A comment now and then finds out that nobody listens any more.
            while (event := self._next(listener)) is not None:
                self.wfile.write(event)
                self.wfile.flush()
        except OSError:
            pass
        finally:
            with self.server.changed:
                del self.server.listeners[listener]
                self.server.changed.notify_all()

    @staticmethod
    def _next(listener: queue.Queue[bytes | None]) -> bytes | None:
        try:
            return listener.get(timeout=0.1)
        except queue.Empty:
            return b":\n\n"

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server({"form.html": FORM, "static/form.css": b"h1 { color: rgb(1, 2, 3) }"})
    yield started
    started.stop()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page whose every complaint, of a policy above all, is a failure."""
    watched = browsing.Watched(browser.new_context(), server.home)
    yield watched.page
    watched.page.context.close()
    # What a test does to the connection or takes from the server is no fault.
    expected = re.compile(r"net::ERR_(CONNECTION|INCOMPLETE|EMPTY|ABORTED)|(answer|status of) (404|503)")
    assert [fault for fault in watched.faults() if not expected.search(fault)] == []


@pytest.fixture
def form(page: Page, server: Server) -> Page:
    page.goto(server.home + "form.html")
    assert server.wait() == ["form.html"]
    page.evaluate("window.same = true")
    return page


@pytest.fixture
def note(page: Page, server: Server, tmp_path: Path) -> Page:
    """The page of note A, on which `write` (below) follows."""
    vaults.write(tmp_path / "vault", VAULT)
    rebuilt(server, tmp_path)
    page.goto(server.home + "A.html")
    server.wait()
    page.evaluate("window.same = true")
    return page


def rebuilt(server: Server, folder: Path) -> None:
    Vault.open(folder / "vault", cache_dir=folder / "cache", jobs=1).build(folder / "site")
    tree = vaults.tree(folder / "site")
    server.files = {name: data.decode() if name.endswith(".html") else data for name, data in tree.items()}


def write(server: Server, folder: Path, old: str, new: str) -> None:
    """Edit note A, build, and tell of it."""
    source = folder / "vault" / "A.md"
    text = source.read_text("utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")
    rebuilt(server, folder)
    tell(server, ["A.html"])


def tell(server: Server, changed: list[str] | None, removed: list[str] | None = None) -> None:
    server.generation += 1
    server.send("pages", generation=server.generation, changed=changed, removed=removed or [])


def edit(server: Server, old: str, new: str) -> None:
    form = server.files["form.html"]
    assert isinstance(form, str)
    assert old in form
    server.files["form.html"] = form.replace(old, new)


def is_same(page: Page) -> bool:
    """Whether the page is still the one that was loaded."""
    return bool(page.evaluate("window.same === true"))


# ---------------------------------------------------------------------------
# Pages follow
# ---------------------------------------------------------------------------


def test_a_note_shows_what_was_written_without_a_reload(note, server, tmp_path):
    note.evaluate("document.addEventListener('vaultkit:changed', () => window.changes = (window.changes ?? 0) + 1)")
    write(server, tmp_path, "First words.", "Other words.")
    note.get_by_text("Other words.").first.wait_for()
    assert note.get_by_text("First words.").count() == 0
    assert is_same(note)
    assert note.evaluate("window.changes") == 1


def test_the_outline_and_the_title_follow_too(note, server, tmp_path):
    write(server, tmp_path, "First words.", "---\ntitle: Renamed\n---\nFirst words.\n\n## Added\n\nMore.")
    note.locator(".outline a", has_text="Added").wait_for(state="attached")
    assert note.title().startswith("Renamed")
    assert is_same(note)


def test_a_style_sheet_that_the_note_needs_now_is_linked(note, server, tmp_path):
    assert note.locator("link[href$='code.css']").count() == 0
    write(server, tmp_path, "First words.", "```python\nx = 1\n```")
    note.locator("link[href$='code.css']").wait_for(state="attached")
    assert is_same(note)


def test_what_the_theme_adds_is_added_again(note, server, tmp_path):
    for text in ("```python\nx = 1\n```\n\nFirst words.", "```python\nx = 2\n```"):
        write(server, tmp_path, "First words.", text)
        expect(note.locator(".vk-code > button.copy")).to_have_count(1 if "1" in text else 2)
    note.get_by_text("Paragraph 40").scroll_into_view_if_needed()
    expect(note.locator(".outline a[aria-current]")).to_have_text("Middle")
    assert is_same(note)


def test_a_page_that_becomes_another_kind_is_loaded_anew(note, server):
    server.files["A.html"] = server.files["index-az.html"]
    tell(server, None)
    note.locator("body.is-list").wait_for()
    assert not is_same(note)


def test_what_concerns_other_pages_is_not_fetched(form, server):
    server.asked.clear()
    tell(server, ["other.html"], ["gone.html"])
    server.send("problems", problems=[PROBLEM])
    form.get_by_role("heading", name="1 problem").wait_for()
    assert "form.html" not in server.asked


@pytest.mark.parametrize("changed", [["form.html"], ["other.html", "form.html"], None])
def test_a_change_of_this_page_or_of_all_is_fetched(form, server, changed):
    edit(server, "One", "Two")
    tell(server, changed)
    form.get_by_role("heading", name="Two").wait_for()
    assert is_same(form)


def test_a_page_is_named_as_the_server_names_it(page, server):
    server.files |= {"Été/Ünd so.html": FORM, "index.html": FORM}
    page.goto(server.home + "%C3%89t%C3%A9/%C3%9Cnd%20so.html?q=1#x")
    assert server.wait() == ["Été/Ünd so.html"]
    server.files["Été/Ünd so.html"] = FORM.replace("One", "Two")
    tell(server, ["Été/Ünd so.html"])
    page.get_by_role("heading", name="Two").wait_for()
    page.goto(server.home)
    assert server.wait_for("index.html")


def test_attributes_of_the_root_follow_and_the_scheme_of_the_reader_stays(form, server):
    form.evaluate("document.documentElement.dataset.theme = 'dark'; document.documentElement.classList.add('js')")
    edit(server, 'lang="en"', 'lang="de" dir="ltr"')
    tell(server, None)
    form.locator("html[lang=de][dir=ltr][data-theme=dark].js").wait_for()


def test_many_changes_end_with_the_last(form, server):
    for n in range(20):
        edit(server, "One" if n == 0 else f"No. {n}<", f"No. {n + 1}" + ("" if n == 0 else "<"))
        tell(server, None)
    form.get_by_role("heading", name="No. 20").wait_for()


# ---------------------------------------------------------------------------
# The reader's things stay
# ---------------------------------------------------------------------------


def test_the_line_being_read_stays_in_its_place(note, server, tmp_path):
    note.get_by_text("Paragraph 40").scroll_into_view_if_needed()
    top = "[...document.querySelectorAll('p')].find(p => p.textContent.startsWith('Paragraph 40')).getBoundingClientRect().top"
    before = note.evaluate(top)
    assert note.evaluate("scrollY") > 500
    write(server, tmp_path, "First words.", "First words.\n\n" + "\n\n".join(["More words."] * 30))
    note.get_by_text("More words.").first.wait_for(state="attached")
    note.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert note.evaluate(top) == pytest.approx(before, abs=1)


def test_a_reader_at_the_top_stays_there(note, server, tmp_path):
    write(server, tmp_path, "First words.", "\n\n".join(["More words."] * 30))
    note.get_by_text("More words.").first.wait_for()
    assert note.evaluate("scrollY") == 0


def test_what_was_opened_stays_open(note, server, tmp_path):
    note.get_by_text("Folded").click()
    note.get_by_text("Inside.").wait_for()
    write(server, tmp_path, "> [!note]- Folded", "> [!tip]- Another\n> Hidden.\n\n> [!note]- Folded")
    note.get_by_text("Another").wait_for()
    assert note.get_by_text("Inside.").is_visible()


def test_a_task_that_was_done_is_shown_done(note, server, tmp_path):
    write(server, tmp_path, "- [ ] a task", "- [x] a task")
    note.locator("li.is-checked").wait_for(state="attached")
    assert note.locator("li.is-checked input").is_checked()


def test_typed_text_the_caret_and_choices_stay(form, server):
    form.locator("#text").fill("typed before")
    form.locator("#tick").check()
    form.locator("#choice").select_option("b")
    form.locator("#typed").fill("typed text")
    form.locator("#typed").evaluate("input => input.setSelectionRange(2, 4)")
    edit(server, '<input id="typed">', '<p>New.</p><input id="typed" value="theirs">')
    edit(server, 'value="1"', 'value="7"')
    tell(server, None)
    form.get_by_text("New.").wait_for()
    state = form.evaluate(
        "[document.activeElement.id, typed.value, typed.selectionStart, text.value, tick.checked, choice.value]"
    )
    assert state == ["typed", "typed text", 2, "typed before", True, "b"]
    assert form.locator("li").get_attribute("value") == "7"


# ---------------------------------------------------------------------------
# Style sheets
# ---------------------------------------------------------------------------


def test_a_style_sheet_is_swapped_without_a_reload(form, server):
    heading, links = form.get_by_role("heading"), form.locator("link")
    expect(heading).to_have_css("color", "rgb(1, 2, 3)")
    for n in (4, 5):
        server.files["static/form.css"] = f"h1 {{ color: rgb({n}, {n}, {n}) }}".encode()
        server.send("style", urls=["static/form.css", "static/other.css"])
        expect(heading).to_have_css("color", f"rgb({n}, {n}, {n})")
        expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", re.compile(r"^/static/form\.css\?v=1"))
    assert is_same(form)


def test_the_old_style_stays_where_the_new_one_cannot_be_loaded(form, server):
    del server.files["static/form.css"]
    with form.expect_response(re.compile(r"form\.css\?v=")):
        server.send("style", urls=["static/form.css"])
    expect(form.locator("link")).to_have_count(1)
    expect(form.get_by_role("heading")).to_have_css("color", "rgb(1, 2, 3)")


# ---------------------------------------------------------------------------
# What is told
# ---------------------------------------------------------------------------


def test_problems_are_shown_as_text_until_there_are_none(form, server):
    server.send("problems", problems=[PROBLEM, {**PROBLEM, "line": 9, "severity": "error", "hint": ""}])
    form.get_by_role("heading", name="2 problems in this note").wait_for()
    first = form.get_by_role("listitem").filter(has_text="A.md:3:5")
    assert "warning VK201" in first.inner_text()
    assert "No note is called <b>Nobody</b>." in first.inner_text()
    assert "Write the note." in first.inner_text()
    server.send("problems", problems=[])
    form.get_by_role("heading", name="2 problems").wait_for(state="hidden")
    assert form.locator("vaultkit-live .panel").is_hidden()


def test_what_keeps_the_site_from_being_built_is_told_as_such(form, server):
    server.send("problems", problems=[{**PROBLEM, "path": "", "code": "", "line": 0, "column": 0}, PROBLEM])
    form.get_by_role("heading", name="The site can't be built").wait_for()
    assert form.locator(".place").first.inner_text().strip() == "warning"
    assert form.locator(".panel li").count() == 2


@pytest.mark.parametrize("way", ["button", "escape", "keyboard"])
def test_problems_can_be_closed_and_come_back_when_they_change(form, server, way):
    server.send("problems", problems=[PROBLEM])
    panel = form.locator("vaultkit-live .panel")
    panel.wait_for()
    if way == "button":
        form.get_by_role("button", name="Close").click()
    elif way == "escape":
        form.keyboard.press("Escape")
    else:
        form.get_by_role("button", name="Close").focus()
        form.keyboard.press("Enter")
    panel.wait_for(state="hidden")
    server.send("problems", problems=[PROBLEM])
    server.send("problems", problems=[PROBLEM, PROBLEM])
    form.get_by_role("heading", name="2 problems").wait_for()


def test_problems_are_told_to_those_who_listen_and_take_no_focus(form, server):
    form.locator("#typed").focus()
    server.send("problems", problems=[PROBLEM])
    form.get_by_role("heading", name="1 problem").wait_for()
    assert form.evaluate("document.activeElement.id") == "typed"
    live = form.locator("vaultkit-live [role=status]").filter(has_text="VK201")
    assert live.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_has_colors_of_its_own_in_both_schemes(form, server, scheme):
    form.evaluate(f"document.documentElement.style.colorScheme = '{scheme}'")
    server.send("problems", problems=[PROBLEM])
    form.locator("vaultkit-live .panel").wait_for()
    ground = form.locator("vaultkit-live .panel").evaluate("panel => getComputedStyle(panel).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(34, 38, 44)"}[scheme]
    assert form.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"


def test_a_removed_note_says_so_until_it_is_back(form, server):
    kept = server.files.pop("form.html")
    tell(server, [], ["form.html"])
    form.get_by_text(GONE).wait_for()
    assert form.get_by_role("heading", name="One").is_visible()
    server.files["form.html"] = kept
    tell(server, ["form.html"])
    form.get_by_text(GONE).wait_for(state="detached")


def test_progress_is_shown_until_pages_come(form, server):
    bar = form.locator("vaultkit-live progress")
    server.send("progress", stage="parse", done=3, total=10)
    bar.wait_for()
    assert bar.evaluate("bar => [bar.value, bar.max]") == [3, 10]
    assert bar.bounding_box()["y"] == 0
    tell(server, ["other.html"])
    bar.wait_for(state="hidden")


@pytest.mark.parametrize("changed", [None, ["form.html"]])
def test_a_placeholder_is_replaced_when_its_page_is_there(page, server, changed):
    kept = server.files["form.html"]
    server.files["form.html"] = BUILDING
    page.goto(server.home + "form.html")
    server.wait()
    server.send("progress", stage="parse", done=1, total=2)
    page.locator("vaultkit-live progress").wait_for()
    server.files["form.html"] = kept
    tell(server, changed)
    page.get_by_role("heading", name="One").wait_for()


def test_a_placeholder_stays_while_the_build_runs_and_goes_if_it_ended_unheard(page, server):
    kept = server.files["form.html"]
    server.files["form.html"] = BUILDING
    page.goto(server.home + "form.html")
    server.wait()
    server.asked.clear()
    tell(server, ["other.html"])
    server.drop()
    with server.changed:
        assert server.changed.wait_for(lambda: server.asked[-2:] == ["-/events", "form.html"], 20)
    assert page.title() == "Building"
    server.files["form.html"] = kept
    server.drop()
    page.get_by_role("heading", name="One").wait_for()


# ---------------------------------------------------------------------------
# The connection
# ---------------------------------------------------------------------------


def test_what_was_missed_is_made_up_for_when_the_connection_is_back(form, server):
    edit(server, "One", "Two")
    server.generation += 1
    server.drop()
    form.get_by_role("heading", name="Two").wait_for()
    assert is_same(form)


def test_what_changed_between_sending_and_listening_is_made_up_for(page, server):
    def sent_late(route):
        edit(server, "One", "Two")
        server.generation += 1
        route.continue_()

    page.route("**/-/live.js", sent_late)
    page.goto(server.home + "form.html")
    page.get_by_role("heading", name="Two").wait_for()


def test_a_connection_that_stays_away_is_told_and_tried_again(form, server):
    server.stop()
    form.get_by_text(LOST).wait_for()
    again = Server({**server.files, "form.html": FORM.replace("One", "Two")}, server.server_port)
    try:
        again.generation = 9
        form.get_by_role("heading", name="Two").wait_for()
        form.get_by_text(LOST).wait_for(state="detached")
        assert is_same(form)
    finally:
        again.stop()


def test_a_page_that_nobody_sees_does_not_listen(form, server):
    see = "Object.defineProperty(document, 'visibilityState', {{ value: '{}', configurable: true }});"
    turn = see + "document.dispatchEvent(new Event('visibilitychange'))"
    form.evaluate(turn.format("hidden"))
    server.wait(0)
    edit(server, "One", "Two")
    server.generation += 1
    form.evaluate(turn.format("visible"))
    form.get_by_role("heading", name="Two").wait_for()
    assert is_same(form)
