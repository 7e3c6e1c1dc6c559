"""Pages stay within the budgets of the design, hold still while they load, and need no script and no server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import browsing
import pytest
import vaults
import weighing

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDE, PHONE = (1440, 900), (390, 844)

NOTES = ("Actors/NVIDIA.html", "Actors/DeepSeek.html", "Concepts/Model-distillation.html")

PAUSE = 0.4


class Slow(browsing.Quiet):
    """Sends half of a page, and the rest when a browser has painted that: as a slow network does."""

    def copyfile(self, source, outputfile) -> None:
        data = source.read()
        half = len(data) // 2 if self.path.endswith(".html") else len(data)
        outputfile.write(data[:half])
        outputfile.flush()
        if data[half:]:
            time.sleep(PAUSE)
            outputfile.write(data[half:])


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("budgets") / "site"
    vaults.build(repository / "vault", folder)
    return folder


@pytest.fixture(scope="module")
def home(site: Path) -> Iterator[str]:
    with browsing.served(site, Slow) as address:
        yield address


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("url", NOTES)
def test_a_note_stays_within_its_budgets_and_holds_still(
    url: str, size: tuple[int, int], browser: Browser, home: str
) -> None:
    measured = weighing.measure(browser, home, url, size)
    assert measured.requests <= 8
    assert measured.excesses() == [], measured


def test_what_moves_and_what_is_too_much_is_seen(browser: Browser, tmp_path: Path) -> None:
    late = "<script>setTimeout(() => document.body.prepend(Object.assign(document.createElement('div'), {style: 'height:300px'})), 100)</script>"
    body = "".join(f"<p>{n}</p>" for n in range(3100))
    (tmp_path / "moves.html").write_text(f"<!doctype html><title>x</title>{late}<h1>x</h1>{body}")
    (tmp_path / "elsewhere.html").write_text("<!doctype html><title>x</title><img src=http://127.0.0.1:9/x.png>")
    with browsing.served(tmp_path) as home:
        assert weighing.measure(browser, home, "moves.html", PHONE).excesses() == ["elements", "shift"]
        assert weighing.measure(browser, home, "elsewhere.html", PHONE).excesses() == ["elsewhere"]


READ = """() => [
  document.querySelector("main").innerText.split(/\\s+/).length,
  document.querySelector("h1").getBoundingClientRect().width,
  document.querySelectorAll("main a[href], .top a[href], .foot a[href]").length,
]"""


def test_pages_can_be_read_from_the_disk_without_script(site: Path, browser: Browser) -> None:
    """That no link of them is dead is what `test_links_of_site.py` finds out, for it needs no browser."""
    unread = []
    # `VAULTKIT_FUZZ` takes all.
    pages = browsing.pages(site)
    drawn = pages if "VAULTKIT_FUZZ" in os.environ else Random(2026).sample(pages, 60)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for url in drawn:
            page.goto(f"{site.as_uri()}/{browsing.quoted(url)}", wait_until="commit")
            page.wait_for_load_state("domcontentloaded")
            n_words, width, n_links = page.evaluate(READ)
            if n_words < 3 or width < 20 or n_links < 2:
                unread.append(url)
    assert unread == []
