"""The sample site in a real browser: it opens everywhere, works without script, by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import browsing
import pytest
import vaults

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE, PHONE, NARROW = (1440, 900), (390, 844), (360, 740)

NOTE = "Concepts/Model-distillation.html"
"""Has all that a note's page can have."""


class Site(NamedTuple):
    folder: Path
    http: str
    file: str
    pages: list[str]


class Visit(NamedTuple):
    """What came of opening a page."""

    url: str
    faults: list[str]
    excess: int
    """How many pixels the page is wider than the window."""
    repeated: list[str]
    """Ids that stand twice."""


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browser") / "site"
    vaults.build(repository / "vault", folder)
    with browsing.served(folder) as http:
        yield Site(folder, http, f"{folder.as_uri()}/", browsing.pages(folder))


def context(
    browser: Browser, size: tuple[int, int] = WIDE, scheme: str = "light", *, script: bool = True
) -> BrowserContext:
    made = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=script, reduced_motion="reduce"
    )  # fmt: skip
    made.set_default_timeout(10_000)
    return made


@pytest.fixture
def at(site: Site, browser: Browser) -> Iterator[Page]:
    """A page in a wide window, empty so far."""
    with context(browser) as opened:
        yield opened.new_page()


# ---------------------------------------------------------------------------
# Every page
# ---------------------------------------------------------------------------

MEASURE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return {
    excess: Math.max(0, document.documentElement.scrollWidth - innerWidth),
    repeated: ids.filter((id, at) => ids.indexOf(id) !== at),
  };
}"""


def visit(watched: browsing.Watched, url: str) -> Visit:
    measured = watched.open(url).evaluate(MEASURE)
    return Visit(url, watched.faults(), measured["excess"], measured["repeated"])


@pytest.mark.parametrize(("place", "size", "scheme"), [("http", NARROW, "light"), ("file", WIDE, "dark")])
def test_every_page_opens_without_a_fault_and_fits_its_window(
    site: Site, browser: Browser, place: str, size: tuple[int, int], scheme: str
) -> None:
    """One test for all that is seen by opening every page, for opening them takes most of the time."""
    with context(browser, size, scheme) as opened:
        watched = browsing.Watched(opened, getattr(site, place))
        seen = [visit(watched, url) for url in site.pages]
    assert len(seen) > 100
    assert [found for found in seen if found != Visit(found.url, [], 0, [])] == []


FAULTY = {
    "error.html": "<script>console.error('x')</script>",
    "throws.html": "<script>gone()</script>",
    "missing.html": "<img src=gone.png alt=x>",
    "elsewhere.html": "<img src=http://127.0.0.1:9/x.png alt=x>",
    "wide.html": "<p style='width:2000px'>x</p>",
    "twice.html": "<p id=a></p><p id=a></p>",
    "sound.html": "<p>x</p>",
}


def test_each_fault_is_seen(browser: Browser, tmp_path: Path) -> None:
    vaults.write(tmp_path, {url: f"<!doctype html><title>x</title>{body}" for url, body in FAULTY.items()})
    with browsing.served(tmp_path) as home, context(browser) as opened:
        watched = browsing.Watched(opened, home)
        seen = {url: visit(watched, url) for url in FAULTY}
    assert [url for url, found in seen.items() if found.faults] == [
        "error.html", "throws.html", "missing.html", "elsewhere.html",
    ]  # fmt: skip
    assert any("asked elsewhere" in fault for fault in seen["elsewhere.html"].faults)
    assert [url for url, found in seen.items() if found.excess > 0] == ["wide.html"]
    assert [url for url, found in seen.items() if found.repeated] == ["twice.html"]


@pytest.mark.parametrize("place", ["http", "file"])
def test_a_former_name_leads_on_to_its_note(site: Site, at: Page, place: str) -> None:
    at.goto(getattr(site, place) + "NVDA.html", wait_until="commit")
    at.wait_for_url("**/Actors/NVIDIA.html")
    assert at.locator("h1").inner_text() == "NVIDIA"


# ---------------------------------------------------------------------------
# Without script
# ---------------------------------------------------------------------------


@pytest.fixture(params=["http", "file"])
def bare(request: pytest.FixtureRequest, site: Site, browser: Browser) -> Iterator[tuple[str, Page]]:
    """Where the site is, and a page in which no script runs."""
    with context(browser, script=False) as opened:
        yield getattr(site, request.param), opened.new_page()


def test_a_reader_without_script_goes_from_home_to_a_note_and_its_backlink(bare: tuple[str, Page]) -> None:
    home, page = bare
    page.goto(f"{home}index.html")
    browsing.follow(page.locator("article a.internal-link", has_text="Model distillation").first)
    page.wait_for_url("**/Model-distillation.html")
    assert page.locator("h1").inner_text() == "Model distillation"
    assert len(page.locator("article").inner_text()) > 1000
    assert page.locator(".outline a").first.is_visible()
    backlinks = page.locator("section#vk\\.backlinks")
    assert backlinks.locator(".quote").first.is_visible()
    link = backlinks.locator(".who a").first
    title = link.inner_text()
    browsing.follow(link)
    page.wait_for_url(lambda url: "Model-distillation" not in url)
    assert page.locator("h1").first.inner_text() == title
    assert page.locator("article a.internal-link[href*=Model-distillation]").count() > 0
    page.go_back()
    assert page.locator("h1").inner_text() == "Model distillation"
    page.go_back()
    assert page.url == f"{home}index.html"


def test_the_outline_leads_to_its_headings_without_script(bare: tuple[str, Page]) -> None:
    home, page = bare
    page.goto(home + NOTE)
    link = page.locator(".outline a").nth(2)
    heading = link.inner_text()
    link.click()
    assert page.locator(":target").inner_text().startswith(heading)
    assert page.locator(":target").bounding_box()["y"] < 300


def test_folded_backlinks_open_without_script(bare: tuple[str, Page]) -> None:
    home, page = bare
    page.goto(f"{home}Actors/NVIDIA.html")
    more = page.locator("section#vk\\.backlinks details.more").first
    assert more.locator("a").first.is_hidden()
    more.locator("summary").first.click()
    assert more.locator("a").first.is_visible()


def test_tags_and_the_index_lead_to_notes_without_script(bare: tuple[str, Page]) -> None:
    home, page = bare
    page.goto(home + NOTE)
    tag = page.locator(".meta a.tag").first
    name = tag.inner_text()
    browsing.follow(tag)
    page.wait_for_url("**/tags/**")
    assert name.removeprefix("#") in page.locator("h1").inner_text()
    assert page.locator("main a", has_text="Model distillation").is_visible()
    browsing.follow(page.locator("a.find"))
    page.wait_for_url("**/search.html")
    browsing.follow(page.locator("main .said a"))
    page.wait_for_url("**/index-az.html")
    page.locator(".letters a", has_text="M").click()
    assert page.locator(":target h2").inner_text().startswith("M")
    browsing.follow(page.locator(":target a", has_text="Model distillation"))
    page.wait_for_url("**/Model-distillation.html")


def test_what_needs_script_is_not_offered_without_it(bare: tuple[str, Page]) -> None:
    home, page = bare
    page.goto(home + NOTE)
    assert page.locator(".scheme").is_hidden()
    assert page.locator(".copy").count() == 0


# ---------------------------------------------------------------------------
# Light and dark
# ---------------------------------------------------------------------------

CONTRASTS = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (layers) => {
    paint.clearRect(0, 0, 1, 1);
    for (const layer of layers) { paint.fillStyle = layer; paint.fillRect(0, 0, 1, 1); }
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const brightness = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const ground = over(["Canvas", ...grounds]);
    const ink = over(["Canvas", ...grounds, getComputedStyle(element).color]);
    const [low, high] = [brightness(ground), brightness(ink)].sort((a, b) => a - b);
    found.push([(high + 0.05) / (low + 0.05), element.tagName + "." + element.className, texts.currentNode.data.slice(0, 40)]);
  }
  const look = getComputedStyle(document.body);
  return { found, ground: over(["Canvas", look.backgroundColor]).slice(0, 3), ink: over(["Canvas", look.color]).slice(0, 3) };
}"""
"""The contrast of every visible text with what lies behind it, as painted."""

LOOKS = [
    "index.html",
    NOTE,
    "Actors/NVIDIA.html",
    "Daily/2025-01-27.html",
    "index-az.html",
    "tags/index.html",
    "404.html",
]


def test_light_and_dark_differ_and_every_text_can_be_read(site: Site, browser: Browser) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        with context(browser, scheme=scheme) as opened:
            page = opened.new_page()
            for url in LOOKS:
                page.goto(site.http + url)
                looked = page.evaluate(CONTRASTS)
                assert len(looked["found"]) > 10, url
                assert [text for text in looked["found"] if text[0] < 4.5] == [], (scheme, url)
                grounds[scheme] = sum(looked["ground"]) - sum(looked["ink"])
    assert grounds["light"] > 400
    assert grounds["dark"] < -400


def test_a_pale_text_is_seen(browser: Browser) -> None:
    with context(browser) as opened:
        page = opened.new_page()
        page.set_content("<p style='color:#777'>gray</p><p style='color:#767676'>darker</p><p style='opacity:0'>no</p>")
        found = page.evaluate(CONTRASTS)["found"]
        assert [(round(contrast, 1), text) for contrast, _, text in found] == [(4.5, "gray"), (4.5, "darker")]
        assert [text for contrast, _, text in found if contrast < 4.5] == ["gray"]


@pytest.mark.parametrize("place", ["http", "file"])
def test_the_chosen_scheme_is_remembered(site: Site, at: Page, place: str) -> None:
    home = getattr(site, place)
    at.goto(f"{home}index.html")
    button, root = at.locator(".scheme"), at.locator("html")
    ground = "getComputedStyle(document.body).backgroundColor"
    automatic, name = at.evaluate(ground), button.get_attribute("aria-label")
    button.click()
    button.click()
    assert root.get_attribute("data-theme") == "dark"
    assert button.get_attribute("aria-label") != name
    dark = at.evaluate(ground)
    assert dark != automatic
    at.reload()
    assert at.evaluate(ground) == dark
    at.goto(home + NOTE)
    assert at.evaluate(ground) == dark
    at.locator(".scheme").click()
    at.reload()
    assert root.get_attribute("data-theme") is None
    assert at.evaluate(ground) == automatic


# ---------------------------------------------------------------------------
# What is called out
# ---------------------------------------------------------------------------

NAMED = {"link", "button", "checkbox", "DisclosureTriangle", "image"}
"""Roles of what must have a name."""


def nameless(page: Page) -> list[str]:
    """The roles of links and controls that the browser has no name for."""
    tools = page.context.new_cdp_session(page)
    shown = [node for node in tools.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    tools.detach()
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in shown]
    assert roles
    return [role for role, name in roles if role in NAMED and not name]


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_browser_has_a_name_for_every_link_and_control(site: Site, browser: Browser, size: tuple[int, int]) -> None:
    with context(browser, size) as opened:
        page = opened.new_page()
        for url in LOOKS:
            page.goto(site.http + url)
            assert nameless(page) == [], url


def test_a_control_without_a_name_is_seen(at: Page) -> None:
    at.set_content(
        "<input type=checkbox disabled><a href=x><svg></svg></a><a href=x>y</a><button aria-label=z></button>"
    )
    assert nameless(at) == ["checkbox", "link"]


# ---------------------------------------------------------------------------
# Phone and keyboard
# ---------------------------------------------------------------------------


def test_on_a_phone_the_parts_stand_in_reading_order(site: Site, browser: Browser) -> None:
    with context(browser, PHONE) as opened:
        page = opened.new_page()
        page.goto(site.http + NOTE)
        parts = [".top", ".head", ".lead", ".box", "article", "section#vk\\.backlinks", ".side", ".foot"]
        boxes = [page.locator(part).first.bounding_box() for part in parts]
        assert None not in boxes
        tops = [box["y"] for box in boxes]
        assert tops == sorted(tops)
        for above, below in pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 1
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0] for box in boxes)


def test_on_a_wide_screen_outline_text_and_facts_stand_side_by_side(site: Site, browser: Browser) -> None:
    with context(browser) as opened:
        page = opened.new_page()
        page.goto(site.http + NOTE)
        outline, text, rail = (page.locator(part).bounding_box() for part in (".outline", "main", ".rail"))
        assert outline["x"] + outline["width"] <= text["x"]
        assert text["x"] + text["width"] <= rail["x"]
        assert max(outline["y"], text["y"], rail["y"]) < 200


def test_on_a_phone_the_menu_and_the_outline_open_and_close(site: Site, browser: Browser) -> None:
    with context(browser, PHONE) as opened:
        page = opened.new_page()
        page.goto(site.http + NOTE)
        nav, outline = page.locator(".nav"), page.locator(".outline")
        assert nav.is_hidden()
        page.locator(".for-menu").click()
        assert nav.locator("a", has_text="Concepts").is_visible()
        page.keyboard.press("Escape")
        assert nav.is_hidden()
        page.locator(".for-outline").click()
        outline.locator("a").nth(1).click()
        assert outline.is_hidden()
        page.locator(".for-menu").click()
        browsing.follow(nav.locator("a", has_text="Actors"))
        page.wait_for_url("**/Actors/index.html")


def test_the_skip_link_comes_first_and_leads_to_the_text(site: Site, at: Page) -> None:
    at.goto(site.http + NOTE)
    skip = at.locator(".skip")
    assert skip.bounding_box()["x"] < 0
    at.keyboard.press("Tab")
    assert skip.evaluate("element => element === document.activeElement")
    box = skip.bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    at.keyboard.press("Enter")
    at.keyboard.press("Tab")
    assert at.evaluate("document.activeElement.closest('main') !== null")


FOCUSED = """() => {
  const element = document.activeElement;
  const look = getComputedStyle(element);
  return [element.tagName + "." + element.className, look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2, element.checkVisibility()];
}"""


def test_whatever_has_the_focus_shows_it(site: Site, at: Page) -> None:
    at.goto(site.http + NOTE)
    seen = []
    for _ in range(60):
        at.keyboard.press("Tab")
        seen.append(at.evaluate(FOCUSED))
    assert [what for what, is_outlined, is_visible in seen if not (is_outlined and is_visible)] == []
    assert len({what for what, _, _ in seen}) >= 6


def test_a_pill_shows_one_type_of_backlinks(site: Site, at: Page) -> None:
    at.goto(f"{site.http}Actors/NVIDIA.html")
    groups = at.locator("section#vk\\.backlinks .group")
    n = groups.count()
    assert n > 2
    at.locator(".pills a").nth(2).click()
    assert [groups.nth(i).is_visible() for i in range(n)] == [i == 1 for i in range(n)]
    at.locator(".pills a").first.click()
    assert all(groups.nth(i).is_visible() for i in range(n))
