"""Tables of what is known in a real browser: sorted, filtered and compared, from a server and from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import pytest
import vaults

from vaultkit.serve.files import media_type

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "<img src=x onerror=document.title='run'>"

NAMES = {"A": ("$2B", "big"), "B": ("$1.5B", "big"), "C": ("$900M", ""), "D": ("", ""), "E": ("private", "")}
VAULT = {
    **{
        f"Firms/{name}, Inc.md": (
            f"---\nfounded: 20{i:02}\n---\n{'#big' if tag else ''}\n\n| Metric | Value |\n|---|---|\n"
            f"| Revenue | {revenue} |\n| Seat | [[Town]] |\n| {HOSTILE} | {HOSTILE} |\n\n"
            "## Related\n\n- [[Fund]] — investor\n"
        )
        for i, (name, (revenue, tag)) in enumerate(NAMES.items())
    },
    "Town.md": "A town.\n",
    "Fund.md": "A fund.\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    vaults.build(vaults.write(folder / "vault", VAULT), folder / "site")
    return folder / "site"


@pytest.fixture
def watched(browser: Browser, home: str) -> Iterator[browsing.Watched]:
    """A page in which nothing may go wrong."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(10_000)
    made = browsing.Watched(opened, home)
    yield made
    assert made.faults() == []
    assert made.page.title() != "run"
    opened.close()


def shown(page: Page, column: int = 1) -> list[str]:
    return page.locator(f"tbody tr:not([hidden]) td:nth-child({column})").all_inner_texts()


def names(page: Page) -> str:
    return "".join(text.strip()[0] for text in shown(page))


def test_a_click_sorts_by_value_and_another_turns_it_round(watched: browsing.Watched) -> None:
    page = watched.open("types/Firms.html")
    head = page.locator("th", has_text="Revenue")
    assert names(page) == "ABCDE"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    # Numbers come before text, and what is empty last.
    assert names(page) == "CBAED"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert names(page) == "EABCD"
    page.locator("th", has_text="Name").get_by_role("button").click()
    assert page.locator("th[aria-sort]").count() == 1


def test_the_keyboard_sorts_too(watched: browsing.Watched) -> None:
    page = watched.open("types/Firms.html")
    button = page.locator("th", has_text="Founded").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert names(page) == "EDCBA"


def test_rows_are_filtered_by_words_and_by_tag(watched: browsing.Watched) -> None:
    page = watched.open("types/Firms.html")
    page.get_by_role("searchbox").fill("inc 900")
    assert names(page) == "C"
    assert page.get_by_role("status").inner_text() == "1 / 5"
    page.get_by_role("searchbox").fill("nowhere")
    assert page.get_by_role("status").inner_text() == "No row holds that."
    page.get_by_role("searchbox").fill("")
    facet = page.locator(".facets a", has_text="#big")
    facet.click()
    assert (names(page), facet.get_attribute("aria-current")) == ("AB", "true")
    facet.click()
    assert names(page) == "ABCDE"


def test_chosen_things_stand_side_by_side(watched: browsing.Watched) -> None:
    """Their names hold a comma, which parts them in the address."""
    page = watched.open("types/Firms.html")
    go = page.locator("button.do")
    assert go.get_attribute("aria-disabled") == "true"
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    assert go.inner_text() == "Compare (2)"
    go.click()
    page.locator(".is-side").wait_for()
    assert page.locator(".is-side thead a").all_inner_texts() == ["A, Inc", "B, Inc"]
    told = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()
    }
    assert told["Revenue"] == ["$2B", "$1.5B"]
    assert told["Seat"] == ["Town", "Town"]
    assert told[HOSTILE] == [HOSTILE, HOSTILE]
    page.locator(".is-side tbody a").first.click()
    page.locator("h1", has_text="Town").wait_for()


def test_notes_are_added_and_removed_and_the_address_keeps_them(watched: browsing.Watched) -> None:
    page = watched.open("compare.html?type=Firms&notes=Firms%2FA%2C-Inc,Firms/Nobody")
    page.locator(".is-side").wait_for()
    page.get_by_role("combobox").fill("c, inc")
    page.get_by_role("combobox").press("Enter")
    page.locator(".is-side thead a", has_text="C, Inc").wait_for()
    page.get_by_role("button", name="Remove: A, Inc").click()
    page.locator(".is-side thead a", has_text="A, Inc").wait_for(state="detached")
    assert page.url.endswith("compare.html?type=Firms&notes=Firms%2FC%2C-Inc")
    page.reload()
    page.locator(".is-side").wait_for()
    assert page.locator(".is-side thead a").all_inner_texts() == ["C, Inc"]


def test_a_type_is_chosen_first(watched: browsing.Watched) -> None:
    page = watched.open("compare.html?type=%ff&notes=%ff")
    page.locator("[data-type=Firms]").click()
    page.get_by_role("combobox").wait_for()
    assert "type=Firms" in page.url


def test_without_script_tables_are_tables_and_comparing_says_what_it_needs(browser: Browser, site: Path) -> None:
    opened = browser.new_context(java_script_enabled=False)
    page = opened.new_page()
    page.goto(f"{site.as_uri()}/types/Firms.html")
    assert names(page) == "ABCDE"
    assert page.locator("th button, input").count() == 0
    page.locator(".facets a").first.click()
    assert page.url.endswith("tags/big.html")
    page.goto(f"{site.as_uri()}/compare.html")
    assert "JavaScript" in page.locator("main").inner_text()
    page.locator("[data-type=Firms]").click()
    assert page.url.endswith("types/Firms.html")
    opened.close()


def test_a_preview_lets_the_data_be_read(site: Path) -> None:
    """Where the preview sends scripts as text, since they are attachments there, the data can't be."""
    scripts = [path.relative_to(site).as_posix() for path in site.rglob("*.js")]
    assert "static/types/Firms.js" in scripts
    assert {media_type(url) for url in scripts} == {"text/javascript; charset=utf-8"}
