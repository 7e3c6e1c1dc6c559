"""What a reader does on a page, in a real browser: previews, footnotes, pictures and keys, from a server and from the disk."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import browsing
import pytest
import vaults

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

WIDE, PHONE = (1280, 800), (400, 740)

HOSTILE = "<img src=x onerror=document.title='run'>"


def png(width: int, height: int) -> bytes:
    """A picture of one color."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x99" * width) * height
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


FILL = "\n\n".join(
    f"Paragraph {n}, which takes room, so that the page is longer than any window is high." for n in range(9)
)

FILES: dict[str, str | bytes | None] = {
    "Start.md": f"""\
First [[Tide]], then [[Tide#Spring tide|springs]], [[Gone]], [[Both]], [[Start]], [[Odd]], and [[Secret]]; a note.[^1] And [[Tide|the
edge of the window]] [web](https://example.org/). Again.[^2]

## One

{FILL}

Here [[Moon]].

## Two

![[large.png|300]] ![{HOSTILE}](drawing.svg) ![[small.png|20]] [![in a link](large.png)](https://example.org/)

## Three

{FILL}

Last [[Tide|at the end]].

[^1]: The [[Moon]] pulls, says **Newton** in [a letter](https://example.org/).[^3] %%hidden%%
[^2]: Two paragraphs.

    The second of them.

[^3]: Below another.
""",
    "Things/Tide.md": """\
---
height: 2 m
---
The rise of the sea. It comes twice a day.

## Facts

| Key | Value |
|---|---|
| Cause | [[Moon]] |
| Period | 12 h |
| Known since | always |
| Told by | [[Sailor]] |
| Sixth | never seen |

## Spring tide

When sun and moon stand in a line. %%hidden%%

## Neap tide

Otherwise.
""",
    "Things/Moon.md": "Goes around. " * 60,
    "Things/Odd.md": f'---\ntitle: "{HOSTILE}"\nkey: "{HOSTILE}"\n---\n`{HOSTILE}` \u2028 `</script><script>alert(1)</script>` __proto__\n',
    "Things/First.md": "---\naliases: [Both]\n---\nOne.\n",
    "Things/Second.md": "---\naliases: [Both]\n---\nTwo. They say that [[Gone]] went away a long time ago.\n",
    "Things/Secret.md": "---\nprivate: true\n---\nA canary.\n",
    "large.png": png(1600, 300),
    "small.png": png(20, 20),
    "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 10' width='40' height='10'><circle r='4' cx='9' cy='5'/></svg>",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    vaults.build(vaults.write(folder / "vault", FILES), folder / "site")
    return folder / "site"


def context(browser: Browser, size: tuple[int, int] = WIDE, scheme: str = "light", **more: Any) -> BrowserContext:
    made = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce", **more
    )  # fmt: skip
    made.set_default_timeout(10_000)
    return made


@pytest.fixture
def watched(browser: Browser, home: str) -> Iterator[browsing.Watched]:
    """A page in which nothing may go wrong, whose title no note may change."""
    with context(browser) as opened:
        made = browsing.Watched(opened, home)
        yield made
        assert made.faults() == []
        assert made.page.title() != "run"


@pytest.fixture
def start(site: Path, browser: Browser) -> Iterator[Page]:
    """The page that has everything, from the disk."""
    with context(browser) as opened:
        made = browsing.Watched(opened, f"{site.as_uri()}/")
        yield made.open("Start.html")
        assert made.faults() == []


def link(page: Page, text: str) -> Locator:
    return page.locator("main").get_by_role("link", name=text, exact=True).first


def panel(page: Page) -> Locator:
    return page.locator(".vk-preview:popover-open")


def point(page: Page, text: str) -> Locator:
    """Point at a link, and wait for what is shown."""
    link(page, text).hover()
    panel(page).wait_for()
    return panel(page)


def is_gone(page: Page) -> None:
    browsing.expect(panel(page)).to_have_count(0)


def away(page: Page) -> None:
    """Take the pointer to where nothing is."""
    page.mouse.move(5, 400)


def rest(page: Page) -> None:
    """Longer than a preview takes to come."""
    page.wait_for_timeout(700)


def loaded(page: Page) -> list[str]:
    """The files that the page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(urlsplit(request.url).path))
    return found


# ---------------------------------------------------------------------------
# Previews
# ---------------------------------------------------------------------------


def test_pointing_at_a_link_shows_what_it_leads_to(watched: browsing.Watched) -> None:
    files = loaded(watched.page)
    page = watched.open("Start.html")
    page.wait_for_load_state("networkidle")
    assert not [path for path in files if "preview" in path]
    shown = point(page, "Tide")
    assert shown.locator(".vk-name").inner_text() == "Tide"
    assert shown.locator(".vk-kind").inner_text() == "Thing"
    assert shown.locator("p").last.inner_text() == "The rise of the sea. It comes twice a day."
    assert shown.locator("dt").all_inner_texts() == ["Cause", "Period", "Known since", "Told by"]
    assert shown.locator("dd").all_inner_texts() == ["Moon", "12 h", "always", "Sailor"]
    assert [path.rpartition("/")[2] for path in files if "preview" in path] == [
        "previews.css",
        "previews.js",
        "Tide.js",
    ]
    away(page)
    is_gone(page)
    point(page, "Tide")
    assert len([path for path in files if path.endswith("Tide.js")]) == 1


def test_whoever_only_passes_over_a_link_sees_and_loads_nothing(start: Page) -> None:
    point(start, "Moon")
    away(start)
    is_gone(start)
    files = loaded(start)
    link(start, "Tide").hover()
    away(start)
    rest(start)
    is_gone(start)
    assert files == []


def test_from_one_link_straight_to_the_next(start: Page) -> None:
    point(start, "Tide")
    away(start)
    start.wait_for_timeout(200)
    # What is left is closed while the next is already on its way.
    link(start, "Moon").hover()
    browsing.expect(panel(start).locator(".vk-name")).to_have_text("Moon")


def test_a_link_to_a_section_shows_its_first_words(start: Page) -> None:
    shown = point(start, "springs")
    assert shown.locator(".vk-name").inner_text() == "Tide"
    assert shown.locator(".vk-place").inner_text().endswith("Spring tide")
    assert shown.locator("p").last.inner_text() == "When sun and moon stand in a line."


def test_names_without_a_note_show_who_uses_them(start: Page) -> None:
    shown = point(start, "Gone")
    assert shown.locator(".vk-kind").inner_text() == "Not written yet · 2 notes mention it"
    assert (
        shown.locator("blockquote").inner_text()
        == "First Tide, then springs, Gone, Both, Start, Odd, and Secret; a note.\nStart"
    )
    away(start)
    is_gone(start)
    shown = point(start, "Both")
    assert shown.locator(".vk-kind").inner_text() == "One name, several notes"
    assert shown.locator("li").all_inner_texts() == ["First", "Second"]


def test_a_page_has_no_preview_of_itself_and_a_private_note_none_at_all(start: Page, site: Path) -> None:
    link(start, "Start").hover()
    rest(start)
    is_gone(start)
    assert point(start, "Secret").locator(".vk-kind").inner_text() == "Not written yet · 1 note mentions it"
    previews = {url: data for url, data in vaults.tree(site).items() if url.startswith("previews/")}
    assert {"previews/Start.js", "previews/Things/Tide.js"} < previews.keys()
    assert not [
        url for url, data in previews.items() if "Things/Secret" in url or b"canary" in data or b"hidden" in data
    ]


def test_what_notes_say_stays_text(watched: browsing.Watched) -> None:
    shown = point(watched.open("Start.html"), "Odd")
    assert shown.locator(".vk-name").inner_text() == HOSTILE
    assert "</script><script>alert(1)</script>" in shown.inner_text()
    assert shown.locator("dd").inner_text() == HOSTILE
    assert shown.locator("img, script").count() == 0


def test_the_keyboard_shows_previews_and_escape_closes_them(watched: browsing.Watched) -> None:
    page = watched.open("Start.html")
    link(page, "Tide").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    panel(page).wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == panel(page).get_attribute("id")
    assert panel(page).get_attribute("role") == "tooltip"
    page.keyboard.press("Escape")
    is_gone(page)
    assert page.evaluate("document.activeElement.textContent") == "Tide"
    assert page.locator("[aria-describedby='vk.preview']").count() == 0
    rest(page)
    is_gone(page)
    page.keyboard.press("Tab")
    panel(page).wait_for()
    assert page.evaluate("document.activeElement.textContent") == "springs"
    # It goes with the focus, and not with the pointer.
    page.mouse.move(5, 300)
    page.mouse.move(9, 400)
    page.wait_for_timeout(400)
    assert panel(page).count() == 1
    page.locator("a.brand").focus()
    is_gone(page)


def test_the_pointer_can_go_into_a_preview(start: Page) -> None:
    point(start, "Tide").locator("dd").first.hover()
    start.wait_for_timeout(500)
    assert panel(start).count() == 1
    start.keyboard.press("Escape")
    is_gone(start)


def test_a_click_beside_it_closes_it_and_a_dialog_too(start: Page) -> None:
    link(start, "Gone").focus()
    start.keyboard.press("Tab")
    panel(start).wait_for()
    away(start)
    start.wait_for_timeout(400)
    assert panel(start).count() == 1
    start.mouse.click(5, 400)
    is_gone(start)
    point(start, "Tide")
    start.keyboard.press("?")
    start.get_by_role("dialog").wait_for()
    is_gone(start)


def test_fingers_follow_links(site: Path, browser: Browser) -> None:
    with context(browser, PHONE, has_touch=True) as opened:
        page = opened.new_page()
        files = loaded(page)
        page.goto(f"{site.as_uri()}/Start.html")
        with page.expect_navigation():
            link(page, "Moon").tap()
        page.wait_for_timeout(400)
        assert not [path for path in files if "preview" in path]


BOXES = """() => {
  const link = document.querySelector("[aria-describedby='vk.preview']");
  const box = (element) => { const { left, top, right, bottom } = element.getBoundingClientRect(); return [left, top, right, bottom]; };
  return [box(link), box(document.querySelector(".vk-preview")), innerWidth, innerHeight];
}"""

PAGE = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight, scrollX, scrollY]"

SHIFTS = """() => new Promise((resolve) => {
  let all = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => { all += value; })).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(all), 100);
})"""


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark"), ((640, 320), "light")])
def test_a_preview_stands_beside_its_link_within_the_window_and_moves_nothing(
    site: Path, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    with context(browser, size, scheme) as opened:
        watched = browsing.Watched(opened, f"{site.as_uri()}/")
        page = watched.open("Start.html")
        page.wait_for_load_state("networkidle")
        links = page.locator("main a.internal-link:not([href='Start.html']), .rail .rows a, .rail .graph svg a")
        assert links.count() > 8
        for at in range(0, links.count(), 5):
            one = links.nth(at)
            one.hover()
            before = page.evaluate(PAGE)
            browsing.expect(one).to_have_attribute("aria-describedby", "vk.preview")
            (left, top, right, bottom), (its_left, its_top, its_right, its_bottom), width, height = page.evaluate(BOXES)
            assert its_left >= right or its_right <= left or its_top >= bottom or its_bottom <= top
            assert min(its_left, its_top, width - its_right, height - its_bottom) >= 0
            assert page.evaluate(PAGE) == before
            away(page)
        assert page.evaluate(SHIFTS) == 0
        assert watched.faults() == []


def test_where_previews_are_off_nothing_is_asked_for(tmp_path: Path, browser: Browser) -> None:
    files = {"A.md": "See [[B]].[^1]\n\n[^1]: Note.\n", "B.md": "b", "vaultkit.toml": "site.previews = false\n"}
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    with context(browser) as opened:
        watched = browsing.Watched(opened, f"{(tmp_path / 'site').as_uri()}/")
        page = watched.open("A.html")
        link(page, "B").hover()
        rest(page)
        is_gone(page)
        assert point(page, "1").inner_text() == "Note."
        assert watched.faults() == []
    assert not (tmp_path / "site/previews").exists()


# ---------------------------------------------------------------------------
# Footnotes
# ---------------------------------------------------------------------------


def test_the_mark_of_a_footnote_shows_its_text(watched: browsing.Watched) -> None:
    page = watched.open("Start.html")
    shown = point(page, "1")
    assert shown.inner_text() == "The Moon pulls, says Newton in a letter.3"
    assert shown.locator("strong").inner_text() == "Newton"
    assert shown.locator("[id], .footnote-back").count() == 0
    assert page.evaluate("[...document.querySelectorAll('[id]')].filter((e, i, all) => all.some((o) => o !== e && o.id === e.id)).length") == 0  # fmt: skip
    assert page.locator(".footnotes li").first.inner_text().endswith("↩")
    away(page)
    is_gone(page)
    assert point(page, "2").locator("p").all_inner_texts() == ["Two paragraphs.", "The second of them."]


def test_the_links_in_a_footnote_are_reached_by_keyboard_from_its_mark(start: Page) -> None:
    link(start, "Secret").focus()
    start.keyboard.press("Tab")
    browsing.expect(panel(start)).to_contain_text("pulls")
    assert panel(start).get_attribute("aria-label") == "Footnote 1"
    start.keyboard.press("Tab")
    assert start.evaluate("document.activeElement.closest('.vk-preview') !== null")
    assert panel(start).count() == 1
    start.keyboard.press("Escape")
    is_gone(start)
    assert start.evaluate("document.activeElement.textContent") == "1"


# ---------------------------------------------------------------------------
# Pictures
# ---------------------------------------------------------------------------


def pictures(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Pictures of this page")


def test_pictures_open_large_and_follow_one_another(watched: browsing.Watched) -> None:
    page = watched.open("Start.html")
    shown = page.locator("article img[role=button]")
    assert shown.evaluate_all("all => all.map((image) => image.src.split('/').pop())") == ["large.png", "drawing.svg"]
    shown.first.click()
    dialog = pictures(page)
    dialog.wait_for()
    assert dialog.locator("figcaption").inner_text().split("\n") == ["large", "1 / 2"]
    page.keyboard.press("ArrowRight")
    assert dialog.locator("figcaption span").first.inner_text() == HOSTILE
    assert dialog.locator("figcaption img").count() == 0
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert dialog.locator(".count").inner_text() == "2 / 2"
    page.keyboard.press("Escape")
    browsing.expect(dialog).to_have_count(0)
    browsing.expect(shown.nth(1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    dialog.wait_for()
    assert dialog.locator(".count").inner_text() == "1 / 2"


def test_a_picture_fits_the_window_or_shows_at_its_own_size(start: Page) -> None:
    start.locator("article img[role=button]").first.click()
    dialog = pictures(start)
    dialog.wait_for()
    image = dialog.locator("img")
    full = dialog.get_by_role("button", name="Full size")
    full.wait_for()
    assert image.evaluate("image => image.clientWidth") < WIDE[0]
    full.click()
    assert image.evaluate("image => image.clientWidth") == 1600
    assert full.get_attribute("aria-pressed") == "true"
    full.click()
    dialog.get_by_role("button", name="Next picture").click()
    assert full.is_hidden()
    start.mouse.click(640, 30)
    browsing.expect(dialog).to_have_count(0)


def test_without_script_pictures_and_footnotes_are_as_they_were(site: Path, browser: Browser) -> None:
    with context(browser, java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(f"{site.as_uri()}/Start.html")
        assert page.locator("article img").count() == 4
        assert page.locator("article img[role], .foot button").count() == 0
        link(page, "1").click()
        assert page.locator(":target").inner_text().startswith("The Moon pulls")


# ---------------------------------------------------------------------------
# Keys
# ---------------------------------------------------------------------------


def test_a_question_mark_lists_the_keys(watched: browsing.Watched) -> None:
    page = watched.open("Start.html")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.wait_for()
    assert "Next heading" in dialog.inner_text()
    page.keyboard.press("j")
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Escape")
    browsing.expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.wait_for()


def test_keys_go_from_heading_to_heading(start: Page) -> None:
    def here() -> str:
        return str(start.evaluate("document.activeElement.textContent.trim()"))

    start.keyboard.press("j")
    start.wait_for_function("() => document.activeElement.matches('h2')")
    seen = [here()]
    for key in ("j", "j", "k", "k", "k"):
        start.keyboard.press(key)
        start.wait_for_timeout(60)
        seen.append(here())
    assert seen == ["One", "Two", "Three", "Two", "One", "Start"]
    assert start.evaluate("scrollY") < 100


def test_keys_lead_home_and_to_backlinks_and_choose_the_scheme(watched: browsing.Watched) -> None:
    page = watched.open("Things/Tide.html")
    page.keyboard.press("t")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'light'")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_function("() => location.hash === '#vk.backlinks'")
    with page.expect_navigation(url="**/index.html"):
        page.keyboard.press("g")
        page.keyboard.press("h")


def test_keys_do_nothing_where_one_types_or_with_a_modifier(start: Page) -> None:
    for key in ("Control+j", "Alt+j", "Meta+j"):
        start.keyboard.press(key)
    start.keyboard.press("/")
    start.get_by_role("combobox").wait_for()
    start.keyboard.type("j?tide")
    rest(start)
    assert start.get_by_role("combobox").input_value() == "j?tide"
    assert start.get_by_role("dialog").count() == 1
    assert start.evaluate("scrollY") == 0


def test_keys_can_be_turned_off_and_on_again(start: Page) -> None:
    start.keyboard.press("?")
    choice = start.get_by_role("checkbox")
    choice.wait_for()
    choice.uncheck()
    start.keyboard.press("Escape")
    for key in ("j", "?", "/"):
        start.keyboard.press(key)
    rest(start)
    assert start.get_by_role("dialog").count() == 0
    assert start.evaluate("scrollY") == 0
    start.reload()
    start.keyboard.press("?")
    rest(start)
    assert start.get_by_role("dialog").count() == 0
    start.keyboard.press("Control+k")
    start.get_by_role("combobox").wait_for()
    start.keyboard.press("Escape")
    start.get_by_role("button", name="Keyboard shortcuts").click()
    assert not start.get_by_role("checkbox").is_checked()
    start.get_by_role("checkbox").check()
    start.keyboard.press("Escape")
    start.keyboard.press("k")
    start.wait_for_function("() => document.activeElement.matches('h2')")


# ---------------------------------------------------------------------------
# Budgets
# ---------------------------------------------------------------------------


def test_a_page_loads_little_script_before_a_reader_does_anything(site: Path, browser: Browser) -> None:
    with context(browser) as opened:
        page = opened.new_page()
        files = loaded(page)
        page.goto(f"{site.as_uri()}/Start.html")
        page.wait_for_load_state("networkidle")
        scripts = [path for path in files if path.endswith(".js")]
        assert scripts
        assert sum(len(gzip.compress(Path(path).read_bytes(), 9)) for path in scripts) <= 10_000
