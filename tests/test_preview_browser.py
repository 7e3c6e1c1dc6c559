"""`vaultkit serve` as its user has it: notes are written on disk, and a real browser shows what becomes of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import pytest
import vaults

import vaultkit
from vaultkit.site.lock import Lock

browsing.require()

from playwright.sync_api import expect  # noqa: E402  (not there where there is no browser)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# A machine that is busy with other tests may take its time; what is right is there sooner.
expect.set_options(timeout=20_000)

LONG = "\n\n".join(f"Paragraph {n} of the note, long enough to need a line." for n in range(60))

FRONT = "---\ntags: [one]\nrating: 3\n---\n"

VAULT = {
    **{f"Notes/N{n:02}.md": f"Note {n} leads to [[N{(n + 1) % 60:02}]]." for n in range(60)},
    "Long.md": f"First words.\n\n> [!note]- Folded\n> Inside.\n\n{LONG}\n",
    "Broken.md": f"{FRONT}Its properties are well.\n",
    "Styled.md": "# Styled\n\nText.\n",
    "Doomed.md": "Soon gone.\n",
    "Placed.md": "---\npermalink: at-its-own\n---\nHas a place.\n",
    "Plan.md": "The words of the plan.\n",
    "Overview.md": "There is [[Plan|something]] to come.\n",
    "vaultkit.toml": '[site]\ncustom_css = "look.css"\ntemplates = "theme"\n',
    "look.css": "main { color: rgb(1, 2, 3) }\n",
    "theme/note.html": '{% extends "default/note.html" %}\n',
}

GONE = "This note is gone. What you see is how it was."


@contextmanager
def preview(folder: Path, *options: str) -> Iterator[str]:
    """The address at which `vaultkit serve` shows the vault in *folder*."""
    command = [sys.executable, "-m", "vaultkit", "serve", "vault", "--port", "0", "--cache-dir", "cache", *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(vaultkit.__file__).parents[1])}
    with (
        (folder / "told.txt").open("w+") as told,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=told, text=True, bufsize=1
        ) as server,
    ):
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+/", server.stdout.readline())
            assert address is not None, (folder / "told.txt").read_text()
            yield address[0]
        finally:
            server.send_signal(signal.SIGINT)
            ended = server.wait(20)
    said = (folder / "told.txt").read_text()
    assert (ended, "Traceback" in said) == (0, False), said


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("preview")
    vaults.write(made / "vault", VAULT)
    return made


@pytest.fixture(scope="module")
def home(folder) -> Iterator[str]:
    with preview(folder) as address:
        yield address


@pytest.fixture
def opened(browser, home) -> Iterator[Opener]:
    with opener(browser, home) as opened:
        yield opened


class Opener:
    """Opens pages whose every complaint is a fault, and marks them, so that it is known when one is loaded anew."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self._context, self._home = context, home
        self._watched: list[browsing.Watched] = []

    def __call__(self, url: str) -> Page:
        page = self.ask(url)
        page.locator("html:not([data-vk-placeholder]) main").wait_for()
        page.evaluate("window.same = true")
        return page

    def ask(self, url: str) -> Page:
        """Whatever the server has at this address, which may be that it has nothing yet."""
        self._watched.append(browsing.Watched(self._context, self._home))
        return self._watched[-1].open(url)

    def faults(self) -> list[str]:
        # A page that isn't built yet, and one that is gone.
        found = [fault for watched in self._watched for fault in watched.faults()]
        return [fault for fault in found if not re.search(r"(answer|status of) (503|404)", fault)]


@contextmanager
def opener(browser: Browser, home: str) -> Iterator[Opener]:
    context = browser.new_context(viewport={"width": 1200, "height": 700})
    opened = Opener(context, home)
    yield opened
    context.close()
    assert opened.faults() == []


def is_same(page: Page) -> bool:
    """Whether the page is still the one that was loaded."""
    return bool(page.evaluate("window.same === true"))


def write(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "vault" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# ---------------------------------------------------------------------------
# What is written is seen
# ---------------------------------------------------------------------------


def test_a_page_follows_its_note_and_keeps_what_the_reader_did(opened, folder):
    page = opened("Long.html")
    page.locator("summary").click()
    page.get_by_text("Paragraph 40").scroll_into_view_if_needed()
    place = page.get_by_text("Paragraph 40").bounding_box()
    write(folder, "Long.md", "First words.", "Other words.\n\nAnd more of them.\n\nAnd more again.")
    expect(page.get_by_text("And more again.")).to_be_attached()
    assert is_same(page)
    assert page.locator("details").get_attribute("open") is not None
    assert page.get_by_text("Paragraph 40").bounding_box()["y"] == pytest.approx(place["y"], abs=2)
    assert page.evaluate("scrollY") > 500


def test_what_is_wrong_with_the_open_note_is_told_until_it_is_mended(opened, folder):
    page = opened("Broken.html")
    panel = page.get_by_role("heading", name="1 problem in this note")
    write(folder, "Broken.md", "rating: 3", "rating: @3")
    expect(panel).to_be_visible()
    expect(page.locator(".place")).to_contain_text("Broken.md:3")
    expect(page.locator(".place")).to_contain_text("VK101")
    assert page.locator(".hint").inner_text() != ""
    # The last that could be read of it stays.
    expect(page.get_by_text("Its properties are well.")).to_be_visible()
    write(folder, "Broken.md", "rating: @3", "rating: 4")
    expect(panel).to_be_hidden()
    assert is_same(page)


def test_what_keeps_the_site_from_being_built_is_told_on_every_page(opened, folder):
    page = opened("Notes/N07.html")
    panel = page.get_by_role("heading", name="The site can't be built")
    for name, right, wrong in [
        ("vaultkit.toml", "[site]", "[publish]\nexlcude = []\n[site]"),
        ("theme/note.html", "{% extends", "{% extend"),
    ]:
        write(folder, name, right, wrong)
        expect(panel).to_be_visible()
        expect(page.get_by_text("Note 7 leads to")).to_be_visible()
        write(folder, name, wrong, right)
        expect(panel).to_be_hidden()
    assert is_same(page)


def test_a_note_that_moves_by_a_mistake_of_its_front_matter_says_which(opened, folder):
    page = opened("at-its-own.html")
    write(folder, "Placed.md", "permalink: at-its-own", "permalink: [at-its-own")
    expect(page.get_by_text(GONE)).to_be_visible()
    expect(page.locator(".place")).to_contain_text("Placed.md:2")
    write(folder, "Placed.md", "permalink: [", "permalink: ")
    expect(page.get_by_text(GONE)).to_be_hidden()
    expect(page.locator(".place")).to_be_hidden()


def test_a_style_sheet_of_ones_own_is_swapped(opened, folder):
    page = opened("Styled.html")
    expect(page.locator("main")).to_have_css("color", "rgb(1, 2, 3)")
    write(folder, "look.css", "rgb(1, 2, 3)", "rgb(3, 2, 1)")
    expect(page.locator("main")).to_have_css("color", "rgb(3, 2, 1)")
    assert is_same(page)


def test_the_page_that_is_looked_at_comes_before_all_others(opened, folder):
    page = opened("Notes/N31.html")
    page.evaluate("""() => new Promise((listening) => {
      const source = new EventSource("/-/events?page=Notes/N31.html");
      source.addEventListener("hello", listening);
      window.told = new Promise((all) => {
        const told = [];
        source.addEventListener("pages", (event) => {
          told.push(JSON.parse(event.data).changed);
          if (told.flat().length > 60) all(told);
        });
      });
    })""")
    (folder / "vault" / "theme" / "note.html").write_text(
        '{% extends "default/note.html" %}\n{% block foot %}<footer>The foot of all.</footer>{% endblock %}\n'
    )
    assert page.evaluate("window.told")[0] == ["Notes/N31.html"]
    page.reload()
    expect(page.get_by_text("The foot of all.")).to_be_visible()


def test_a_note_that_is_deleted_stays_in_sight_and_says_so(opened, folder):
    page = opened("Doomed.html")
    (folder / "vault" / "Doomed.md").unlink()
    expect(page.get_by_text(GONE)).to_be_visible()
    expect(page.get_by_text("Soon gone.")).to_be_visible()
    (folder / "vault" / "Doomed.md").write_text("Here again.\n", encoding="utf-8")
    expect(page.get_by_text("Here again.")).to_be_visible()
    expect(page.get_by_text(GONE)).to_be_hidden()
    assert is_same(page)


def test_a_note_that_becomes_private_is_gone_from_every_page(opened, folder):
    plan, overview = opened("Plan.html"), opened("Overview.html")
    expect(overview.locator("a.internal-link")).to_have_count(1)
    write(folder, "Plan.md", "The words", "---\npublish: false\n---\nThe words")
    overview.bring_to_front()
    expect(overview.locator("a.internal-link")).to_have_count(0)
    expect(overview.get_by_text("There is something to come.")).to_be_visible()
    assert overview.evaluate("async () => (await fetch('Plan.html')).status") == 404
    assert is_same(overview)
    plan.bring_to_front()
    expect(plan.get_by_text(GONE)).to_be_visible()


# ---------------------------------------------------------------------------
# How it begins
# ---------------------------------------------------------------------------


def test_a_page_that_is_not_built_yet_says_so_and_then_is_there(browser, tmp_path):
    vaults.write(tmp_path / "vault", {"A.md": "The first words."})
    (tmp_path / "site").mkdir()
    # Another build holds the folder for as long as it takes to look.
    lock = Lock(tmp_path / "site")
    with preview(tmp_path) as home, opener(browser, home) as opened:
        page, none = opened.ask("A.html"), opened.ask("Nobody.html")
        for each in (page, none):
            expect(each.get_by_role("heading", name="Building the site")).to_be_visible()
        lock.release()
        expect(page.get_by_text("The first words.")).to_be_visible()
        expect(none.get_by_role("heading", name="Page not found")).to_be_visible()


def test_drafts_are_shown_with_a_mark_and_stay_out_of_the_site(browser, tmp_path):
    files = {"A.md": "See [[Secret]].", "Secret.md": "---\npublish: false\n---\nUnder the rose.\n"}
    vaults.write(tmp_path / "vault", files)
    vaults.build(tmp_path / "vault", tmp_path / "site")
    before = vaults.tree(tmp_path / "site")
    with preview(tmp_path, "--drafts") as home, opener(browser, home) as opened:
        page = opened("Secret.html")
        expect(page.get_by_text("Under the rose.")).to_be_visible()
        expect(page.locator(".draft")).to_be_visible()
        write(tmp_path, "Secret.md", "Under the rose.", "Said aloud.")
        expect(page.get_by_text("Said aloud.")).to_be_visible()
        write(tmp_path, "Secret.md", "publish: false", "publish: true")
        expect(page.locator(".draft")).to_have_count(0)
    vaults.assert_same(vaults.tree(tmp_path / "site"), before)
