"""Search in a real browser, from a server and from the disk: typed, chosen by keyboard, filtered, and never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import browsing
import pytest
import vaults

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE, PHONE = (1280, 860), (390, 844)

HOSTILE = "<img src=x onerror=document.title='run'>"

EXTRA = {
    "Actors/Hostile.md": (
        f"---\naliases: ['{HOSTILE} zebra', '</script><script>alert(1)</script>', '__proto__']\ntags: [zebra]\n---\n"
        f"## {HOSTILE.replace(chr(39), '')} heading\n\nA zebra `{HOSTILE}` crosses. <b onclick=alert(1)>zebra</b>\n"
    ),
    "Actors/Sub/Deep zebra & co.md": "Deep in a folder, a zebra with 50% & more.\n",
    "Right.md": "---\naliases: ['\u202eגמל שלמה']\n---\nגמל שלמה יושב על ענף.\n",
    **{f"Herd/Zebra {n}.md": f"Zebra number {n} runs. #herd\n\n## Where it runs\n\nPlain {n}.\n" for n in range(40)},
}


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    for path in (repository / "vault").rglob("*.md"):
        vaults.write(folder / "vault", {path.relative_to(repository / "vault").as_posix(): path.read_bytes()})
    vaults.build(vaults.write(folder / "vault", EXTRA), folder / "site")
    return folder / "site"


def context(
    browser: Browser, size: tuple[int, int] = WIDE, scheme: str = "light", *, script: bool = True
) -> BrowserContext:
    made = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce", java_script_enabled=script
    )  # fmt: skip
    made.set_default_timeout(10_000)
    return made


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, home: str) -> Iterator[browsing.Watched]:
    """A page in which nothing may go wrong, whose title no note may change."""
    opened = context(browser, request.param, "dark" if request.param == PHONE else "light")
    made = browsing.Watched(opened, home)
    yield made
    assert made.faults() == []
    assert made.page.title() != "run"
    opened.close()


def switch(page: Page, text: str = "") -> None:
    """Open the switcher, and type."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()
    if text:
        page.keyboard.type(text)
        answered(page, text)


def answered(page: Page, text: str) -> None:
    """Wait until the list answers all that was typed: its last line says what it is about."""
    browsing.expect(page.get_by_role("option").last).to_contain_text(f"“{text}”")


def active(page: Page) -> str:
    """The line that a screen reader is on."""
    chosen = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    line = page.locator(f"[id='{chosen}']")
    assert line.get_attribute("aria-selected") == "true"
    assert page.locator("[aria-selected=true]").count() == 1
    return line.inner_text()


def results(page: Page) -> list[str]:
    return page.locator("#vk\\.results h2 a").all_inner_texts()


def wait_for_results(page: Page, n: int | None = None) -> list[str]:
    found = page.locator("#vk\\.results li")
    if n is None:
        found.first.wait_for()
    else:
        browsing.expect(found).to_have_count(n)
    return results(page)


def asked(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("q", [""])[0]


# ---------------------------------------------------------------------------
# Switcher
# ---------------------------------------------------------------------------


def test_nothing_of_it_is_loaded_before_it_is_asked_for(watched: browsing.Watched) -> None:
    loaded: list[str] = []
    watched.page.on("request", lambda request: loaded.append(urlsplit(request.url).path))
    page = watched.open("Actors/NVIDIA.html")
    page.wait_for_load_state("networkidle")
    assert [path for path in loaded if re.search("/search/|static/search", path)] == []
    switch(page)
    # All at once, as it is pasted: who types slowly has an answer to each letter.
    page.keyboard.insert_text("deepseek")
    answered(page, "deepseek")
    found = [path for path in loaded if re.search("/search/|static/search", path)]
    assert len(found) <= 12
    assert len(set(found)) == len(found)


def test_a_few_letters_find_a_note_and_enter_opens_it(watched: browsing.Watched) -> None:
    page = watched.open("Concepts/Model-distillation.html")
    switch(page, "nvi")
    assert active(page).startswith("NVIDIA")
    assert page.get_by_role("dialog").get_by_role("status").inner_text() != ""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "NVIDIA"


def test_whoever_is_quicker_than_the_answer_gets_its_first_line(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    switch(page)
    with page.expect_navigation():
        page.keyboard.type("nvidia")
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "NVIDIA"


def test_the_keyboard_goes_through_the_list_and_back_to_where_one_was(watched: browsing.Watched) -> None:
    page = watched.open("Actors/NVIDIA.html")
    page.locator("a.brand").focus()
    page.keyboard.press("/")
    combobox = page.get_by_role("combobox")
    combobox.wait_for()
    assert combobox.get_attribute("aria-expanded") == "false"
    page.keyboard.type("inference")
    answered(page, "inference")
    assert combobox.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("listbox").get_attribute("id") == combobox.get_attribute("aria-controls")
    lines = page.get_by_role("option").all_inner_texts()
    assert page.get_by_role("listbox").get_by_role("group").count() >= 1
    assert active(page) == lines[0]
    page.keyboard.press("ArrowDown")
    assert active(page) == lines[1]
    page.keyboard.press("End")
    assert active(page) == lines[-1]
    assert "inference" in lines[-1]
    page.keyboard.press("ArrowDown")
    assert active(page) == lines[0]
    page.keyboard.press("ArrowUp")
    assert active(page) == lines[-1]
    page.keyboard.press("Home")
    assert active(page) == lines[0]
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.className") == "brand"


def test_the_last_line_leads_to_all_results(watched: browsing.Watched) -> None:
    page = watched.open("Actors/NVIDIA.html")
    switch(page, "zebra runs & 50%")
    page.keyboard.press("End")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert asked(page) == "zebra runs & 50%"
    assert wait_for_results(page)


def test_with_control_a_note_opens_beside_the_page(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    switch(page, "nvidia")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    assert opened.value.url.endswith("Actors/NVIDIA.html")
    assert page.url.endswith("index.html")
    opened.value.close()


def test_the_alias_that_was_meant_is_shown(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    switch(page, "NVDA")
    line = page.get_by_role("option").first
    assert line.locator("b").inner_text() == "NVIDIA"
    assert line.locator("small").inner_text() == "NVDA"
    assert line.locator(".dot").evaluate("dot => getComputedStyle(dot).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_a_slip_is_forgiven_and_said(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    switch(page, "deepsek")
    assert active(page).startswith("DeepSeek")
    assert "deepseek" in page.get_by_role("dialog").get_by_role("status").inner_text()


def test_what_is_not_there_is_said(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    switch(page)
    page.keyboard.type("qqqqxyzzy")
    page.get_by_role("dialog").get_by_text("Nothing found.").wait_for()
    assert page.get_by_role("option").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("dialog").is_visible()


def test_the_button_opens_it_and_a_click_beside_it_closes_it(watched: browsing.Watched) -> None:
    page = watched.open("Actors/NVIDIA.html")
    page.locator("a.find").click()
    page.get_by_role("dialog").wait_for()
    page.mouse.click(3, WIDE[1] - 30)
    page.get_by_role("dialog").wait_for(state="detached" if page.get_by_role("dialog").count() == 0 else "hidden")


def test_a_slash_in_a_field_is_a_slash(watched: browsing.Watched) -> None:
    page = watched.open("types/Actors.html")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("/")
    assert page.get_by_role("searchbox").input_value() == "/"
    assert page.get_by_role("dialog").count() == 0


def test_an_answer_that_was_overtaken_never_shows(site: Path, browser: Browser) -> None:
    """What the first query needs comes late; by then another one has its answer."""
    with browsing.served(site) as home, context(browser) as opened:
        page = opened.new_page()
        held: list[Any] = []
        page.route(
            re.compile(r"search/x-z|search/x-\.js"), lambda route: held.append(route) if not held else route.continue_()
        )
        page.goto(f"{home}index.html")
        switch(page)
        page.keyboard.type("zebra")
        page.wait_for_timeout(300)
        page.get_by_role("combobox").fill("mixture")
        if held:
            page.wait_for_timeout(300)
            held[0].continue_()
        answered(page, "mixture")
        page.wait_for_timeout(300)
        assert "Zebra" not in page.get_by_role("listbox").inner_text()
        assert active(page).startswith("Mixture of experts")


def test_a_shard_that_cannot_be_had_is_told(site: Path, browser: Browser) -> None:
    with browsing.served(site) as home, context(browser) as opened:
        page = opened.new_page()
        page.route(re.compile("search/x-"), lambda route: route.abort())
        page.goto(f"{home}index.html")
        switch(page)
        page.keyboard.type("nvidia")
        page.get_by_text("Part of the index couldn’t be loaded").wait_for()


# ---------------------------------------------------------------------------
# Search page
# ---------------------------------------------------------------------------


def test_the_query_stands_in_the_address_and_back_leads_back(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=nvidia")
    field = page.get_by_role("searchbox")
    assert wait_for_results(page)[0] == "NVIDIA"
    assert field.input_value() == "nvidia"
    field.fill("model distillation")
    field.press("Enter")
    browsing.expect(page.locator("#vk\\.results h2").first).to_contain_text("Model")
    assert asked(page) == "model distillation"
    page.locator("[data-filter=type] button").first.click()
    browsing.expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    assert asked(page).startswith("model distillation type:")
    page.go_back()
    browsing.expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    assert (asked(page), field.input_value()) == ("model distillation", "model distillation")


def test_a_result_tells_where_it_is_and_in_which_section(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=plain 7")
    assert wait_for_results(page)[0] == "Zebra 7"
    result = page.locator("#vk\\.results li").first
    assert result.locator(".crumbs").inner_text() == "Herd"
    assert result.locator("mark").all_inner_texts()[-1] == "Plain 7"
    section = result.locator("a.at")
    assert section.inner_text() == "Where it runs"
    browsing.follow(section)
    assert page.locator(":target").inner_text().startswith("Where it runs")


def test_results_are_filtered_and_counted(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=zebra")
    wait_for_results(page, 10)
    kinds = page.locator("[data-filter=type] button")
    kinds.first.wait_for()
    n = int(re.sub(r"\D", "", page.get_by_role("status").inner_text()))
    assert n == 42
    assert [re.sub(r"\s+", " ", text).strip() for text in kinds.all_inner_texts()] == ["Herd 40", "Actors 2"]
    kinds.nth(1).click()
    assert sorted(wait_for_results(page, 2)) == ["Deep zebra & co", "Hostile"]
    assert asked(page) == "zebra type:Actors"
    # The other kinds still say what they would show.
    browsing.expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    assert len(kinds.all_inner_texts()) == 2
    kinds.nth(0).click()
    wait_for_results(page, 10)
    assert asked(page) == "zebra type:Herd"
    kinds.nth(0).click()
    browsing.expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    assert asked(page) == "zebra"
    # One of a type is that type.
    page = watched.open("search.html?q=zebra type:actor")
    wait_for_results(page, 2)
    browsing.expect(page.locator("[aria-pressed=true]")).to_have_text("Actors2")
    page.locator("[data-filter=folder] button", has_text="Actors/Sub").click()
    assert wait_for_results(page, 1) == ["Deep zebra & co"]
    assert asked(page) == "zebra type:actor folder:Actors/Sub"


def test_more_results_come_when_asked_for(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=zebra")
    first = wait_for_results(page, 10)
    more = page.get_by_role("button", name="Show more")
    more.click()
    assert wait_for_results(page, 20)[:10] == first
    assert more.evaluate("button => button === document.activeElement")


def test_phrases_and_words_that_must_not_be_there(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=%22zebra number 7%22")
    assert wait_for_results(page, 1) == ["Zebra 7"]
    assert "The first 32 notes that have these words were read" not in page.get_by_role("status").inner_text()
    page.get_by_role("searchbox").fill('"zebra runs"')
    page.get_by_text("The first 32 notes that have these words were read; 9 weren’t.").wait_for()
    page.get_by_role("button", name="Read more notes").click()
    page.get_by_text("Nothing found.").wait_for()
    page.get_by_role("searchbox").fill("zebra -number")
    assert sorted(wait_for_results(page, 2)) == ["Deep zebra & co", "Hostile"]


def test_the_switcher_finds_phrases_among_what_it_shows(watched: browsing.Watched) -> None:
    page = watched.open("index.html")
    page.keyboard.press("/")
    page.get_by_role("combobox").wait_for()
    page.keyboard.type('"zebra number 7"')
    page.locator("[role=option]", has_text="Zebra 7").wait_for()
    # None of the few that are read has it: the search page reads more of them.
    page.get_by_role("combobox").fill('"zebra runs"')
    page.get_by_text(re.compile("notes that have these words were read")).wait_for()
    assert page.get_by_role("option").count() == 1
    assert "search.html?q=" in str(page.get_by_role("option").get_attribute("href"))


def test_names_and_texts_stay_text(watched: browsing.Watched) -> None:
    page = watched.open("search.html?q=zebra type:Actors")
    wait_for_results(page, 2)
    hostile = page.locator("#vk\\.results li", has_text="Hostile")
    assert HOSTILE in hostile.locator("small").inner_text()
    assert page.locator("#vk\\.results :is(img, script, b)").count() == 0
    switch_field = page.get_by_role("searchbox")
    switch_field.fill(HOSTILE)
    page.wait_for_timeout(300)
    assert page.locator("main img").count() == 0
    watched.open("index.html")
    switch(page, "zebra onerror")
    assert HOSTILE in page.get_by_role("listbox").inner_text()
    assert page.locator("dialog :is(img, script)").count() == 0


def test_without_a_query_it_tells_what_can_be_typed(watched: browsing.Watched) -> None:
    page = watched.open("search.html")
    page.get_by_text("What can be typed").wait_for()
    assert page.get_by_role("searchbox").evaluate("field => field === document.activeElement")
    page.keyboard.type("nvidia")
    wait_for_results(page)
    assert page.get_by_text("What can be typed").is_hidden()
    assert asked(page) == "nvidia"
    page.keyboard.press("Control+k")
    assert page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("text", ["x" * 3000, "!!!", '"unbalanced', "nosuch:thing", "__proto__", "type:__proto__", "גמל", "-", "%", "the"])  # fmt: skip
def test_whatever_is_asked_has_an_answer(site: Path, browser: Browser, text: str) -> None:
    with context(browser) as opened:
        watched = browsing.Watched(opened, f"{site.as_uri()}/")
        page = watched.open(f"search.html?q={browsing.quoted(text)}")
        browsing.expect(page.get_by_role("status")).not_to_be_empty()
        assert watched.faults() == []


def test_without_script_the_titles_are_there(site: Path, browser: Browser) -> None:
    with browsing.served(site) as home, context(browser, script=False) as opened:
        page = opened.new_page()
        page.goto(f"{home}Actors/NVIDIA.html")
        browsing.follow(page.locator("a.find"))
        assert page.locator("main .said").inner_text().startswith("Search needs JavaScript.")
        assert page.get_by_role("searchbox").count() == 0
        browsing.follow(page.locator("main .said a"))
        assert page.url.endswith("index-az.html")
