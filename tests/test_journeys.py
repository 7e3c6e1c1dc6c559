"""The journeys of readers through the sample vault, in a real browser, from the disk and without a search engine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import histories
import pytest
import vaults

browsing.require()
histories.needs_git()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("journeys") / "site"
    vaults.build(repository / "vault", folder)
    return f"{folder.as_uri()}/"


@pytest.fixture
def at(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as opened:
        opened.set_default_timeout(10_000)
        yield opened.new_page()


def test_1_who_says_what_about_a_thing(site: str, at: Page) -> None:
    at.goto(site + "Actors/NVIDIA.html")
    roles = at.locator("#vk\\.relations .role h3").all_inner_texts()
    assert any(role.startswith("Customers") for role in roles)
    competitors = at.locator(".role", has_text="Competitor")
    assert competitors.locator("a", has_text="AMD").count() == 1
    # A row of another note's table, put together again, leads to its section.
    row = at.locator("#vk\\.rows .about > li", has_text="Compute promises")
    assert "letter of intent" in row.inner_text()
    browsing.follow(row.locator("a.at"))
    at.wait_for_url("**/Actors/OpenAI.html#compute-promises")
    at.go_back()
    daily = at.locator("#vk\\.backlinks details.group")
    assert daily.get_attribute("open") is None
    assert daily.locator("h3").inner_text().startswith("Daily")


def test_2_which_notes_call_it_so(site: str, at: Page) -> None:
    """The author's words stand beside each relation, on the page of its role too, and lead to where they are said."""
    at.goto(site + "Actors/DeepSeek.html")
    said = at.locator("#vk\\.relations .says a", has_text="accused")
    assert said.count() >= 1
    browsing.follow(said.first)
    assert "accused" in at.locator("article").inner_text()
    at.goto(site + "relations/index.html")
    browsing.follow(at.locator("main a[href$='/adversary.html']"))
    at.get_by_role("searchbox").fill("accused")
    assert at.locator("tbody tr:visible").count() >= 1
    assert "DeepSeek" in at.locator("tbody").inner_text()


def test_3_all_of_one_role(site: str, at: Page) -> None:
    at.goto(site + "Actors/NVIDIA.html")
    browsing.follow(at.locator(".role h3 a", has_text="Customers"))
    at.wait_for_url("**/Actors/NVIDIA--customer.html")
    rows = at.locator("tbody tr:visible")
    everything = rows.count()
    notes = set(at.locator("tbody tr td:last-child a:first-child").all_inner_texts())
    assert {"NVIDIA", "CoreWeave", "Meta"} <= notes, "what its own note says and what others say"
    at.get_by_role("button", name="Year").click()
    assert at.locator("th[aria-sort]").count() == 1
    at.get_by_role("searchbox").or_(at.get_by_placeholder("Filter rows")).fill("hopper")
    assert 0 < rows.count() < everything
    assert (at.locator("a[href$='.csv']").get_attribute("href") or "").endswith("NVIDIA--customer.csv")


def test_4_the_timeline_of_a_story(site: str, at: Page) -> None:
    at.goto(site + "Products/H20.html")
    dates = at.locator("#vk\\.timeline time").all_inner_texts()
    assert len(dates) >= 8
    at.goto(site + "timeline/index.html")
    browsing.follow(at.locator("a", has_text="2025").first)
    at.wait_for_url("**/timeline/2025.html")
    assert at.locator("main li", has_text="H20").count() >= 3


def test_5_compare_several_in_one_table(site: str, at: Page) -> None:
    at.goto(site + "types/Actors.html")
    assert at.locator("table tbody tr").count() == 12
    heads = at.locator("table thead th").all_inner_texts()
    assert len(heads) > 3
    for name in ("OpenAI", "Anthropic", "DeepSeek"):
        at.locator(f"tbody tr:has(td:first-child a:text-is('{name}')) input[type=checkbox]").check()
    browsing.follow(at.locator("a, button").filter(has_text=re.compile(r"Compare\s*\(3\)")).first)
    at.wait_for_url("**/compare.html*")
    text = at.locator("main table").inner_text()
    assert all(name in text for name in ("OpenAI", "Anthropic", "DeepSeek"))


def test_6_what_changed_this_week(repository: Path, tmp_path: Path, at: Page) -> None:
    root = tmp_path / "vault"
    shutil.copytree(repository / "vault", root)
    histories.commit(root, {}, "2026-03-02T12:00:00+0000")
    deepseek = (root / "Actors/DeepSeek.md").read_text("utf-8")
    edited = deepseek.replace("— strategy", "— bet").replace(
        "— founder", "— founder\n- [[MiniMax]] — competitor (Shanghai)"
    )
    new = "A laboratory in Shanghai.\n\n| Metric | Value |\n|---|---|\n| Founded | 2021 |\n"
    histories.commit(root, {"Actors/DeepSeek.md": edited, "Actors/MiniMax.md": new}, "2026-03-05T12:00:00+0000")
    vaults.build(root, tmp_path / "site")

    at.goto(f"{(tmp_path / 'site').as_uri()}/index.html")
    browsing.follow(at.locator(".foot nav a", has_text="Changes"))
    day = at.locator("main").get_by_role("heading", name="5 March 2026")
    assert day.count() == 1
    entry = at.locator(".changed > li", has=at.locator("p a", has_text="DeepSeek")).first
    gained = entry.locator(".is-gained", has_text="Competitor")
    assert "MiniMax" in gained.inner_text()
    assert gained.locator(".sign").get_attribute("aria-label") == "Gained:"
    written = at.locator(".changed > li", has=at.locator("p a", has_text="MiniMax")).first
    assert "Founded 2021" in written.inner_text()
    browsing.follow(gained.locator("a", has_text="MiniMax"))
    assert at.locator("h1").inner_text() == "MiniMax"


def test_7_what_should_be_mended(site: str, at: Page) -> None:
    at.goto(site + "maintenance/index.html")
    browsing.follow(at.locator("a", has_text="Names without a note").first)
    assert at.locator("main li", has_text="Amazon").count() >= 1
    at.goto(site + "maintenance/index.html")
    text = at.locator("main").inner_text()
    assert "Aliases of several notes" in text
    assert "Relations that one side" in text


def test_8_how_it_is_connected_and_what_is_missing(site: str, at: Page) -> None:
    at.goto(site + "Actors/DeepSeek.html")
    neighbors = at.locator(".graph svg a")
    assert neighbors.count() >= 8
    assert at.locator(".graph .has-role").count() >= 2
    closest, missing = (at.locator(".near").nth(number) for number in (0, 1))
    assert closest.locator("li").count() == missing.locator("li").count() == 6
    assert all(text.count("\n") >= 1 for text in missing.locator("li a > span:last-child").all_inner_texts()), "reasons"
    linked = set(at.locator("article a, .mentions a, .relations a").evaluate_all("all => all.map(a => a.pathname)"))
    near = set(missing.locator("a").evaluate_all("all => all.map(a => a.pathname)"))
    assert not near & linked, "what isn't linked yet isn't linked"
    title = missing.locator("li a > span:last-child").first.inner_text().partition("\n")[0]
    browsing.follow(missing.locator("a").first)
    assert at.locator("h1").inner_text() == title


def test_9_on_the_phone_by_an_alias(site: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as phone:
        at = phone.new_page()
        at.goto(site + "index-az.html")
        browsing.follow(at.locator("a", has_text="SK하이닉스").first)
        at.wait_for_url("**/SK-Hynix.html")
        assert at.locator("h1").inner_text() == "SK Hynix"
        box, article = at.locator(".box").bounding_box(), at.locator("article").bounding_box()
        assert box is not None
        assert article is not None
        assert box["y"] < article["y"], "the facts stand above the text"
        assert at.evaluate("document.documentElement.scrollWidth <= innerWidth")
        at.locator(".for-outline").click()
        at.locator(".outline a", has_text="Timeline").click()
        assert at.locator("#vk\\.timeline h2").is_visible()
