"""The page of the whole graph in a real browser: drawn, filtered, searched, and gone through by keyboard; or a list."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import browsing
import pytest
import vaults

from vaultkit.site.frontend import bundled

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE, PHONE = (1280, 860), (400, 800)

HOSTILE = "<img src=x onerror=document.title='run'> & co"

EXTRA = {
    "Theses/Hostile.md": f'---\ntitle: "{HOSTILE}"\ntags: [zebra]\n---\nKnows [[NVIDIA]] and [[50% & more]].\n',
    "Actors/Sub/50% & more.md": "Deep in a folder, with [[TSMC]]. #zebra\n",
    "Alone.md": "Nobody knows it.\n",
}


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    for path in (repository / "vault").rglob("*.md"):
        vaults.write(folder / "vault", {path.relative_to(repository / "vault").as_posix(): path.read_bytes()})
    vaults.build(vaults.write(folder / "vault", EXTRA), folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium(*browsing.DRAWING) as started:
        yield started


def context(browser: Browser, size: tuple[int, int] = WIDE, **more: Any) -> BrowserContext:
    made = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **more)
    made.set_default_timeout(40_000)
    return made


@pytest.fixture
def watched(browser: Browser, home: str) -> Iterator[browsing.Watched]:
    """A page of which no title of a note may change the title."""
    opened = context(browser)
    made = browsing.Watched(opened, home)
    yield made
    assert made.faults() == []
    assert made.page.title() != "run"
    opened.close()


def drawn(watched: browsing.Watched, at: str = "") -> Page:
    page = watched.open(f"graph/index.html{at}")
    page.locator("#vk\\.graph[data-ready]").wait_for()
    return page


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def dots(page: Page) -> int:
    """How many colored pixels the notes make."""
    found: int = page.evaluate(
        """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
            const all = document.querySelector(".sigma-nodes");
            const copy = document.createElement("canvas");
            [copy.width, copy.height] = [all.width, all.height];
            const context = copy.getContext("2d");
            // What WebGL drew is there until the browser has shown it, so it is drawn once more.
            vkGraphDrawn.sigma.render();
            context.drawImage(all, 0, 0);
            const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
            let n = 0;
            for (let at = 3; at < pixels.length; at += 4) n += pixels[at] > 128;
            resolve(n);
        })))"""
    )
    return found


def test_all_notes_are_drawn_and_the_type_that_is_chosen_is_left(watched: browsing.Watched) -> None:
    page = drawn(watched)
    everything = dots(page)
    assert everything > 1000
    page.get_by_role("button", name="Events").click()
    assert part(page, "shown").inner_text() == "5 / 50"
    few = dots(page)
    assert 0 < few < everything / 3
    page.get_by_role("button", name="Show all notes").click()
    assert part(page, "shown").inner_text() == ""
    assert dots(page) == pytest.approx(everything, rel=0.05)


def test_filters_add_up_and_say_when_nothing_is_left(watched: browsing.Watched) -> None:
    page = drawn(watched)
    part(page, "tag").select_option(label="#zebra (2)")
    assert part(page, "shown").inner_text() == "2 / 50"
    part(page, "folder").select_option("Actors")
    assert part(page, "shown").inner_text() == "1 / 50"
    part(page, "least").focus()
    page.keyboard.press("End")
    assert part(page, "shown").inner_text() == "0 / 50"
    browsing.expect(part(page, "nothing")).to_be_visible()
    page.get_by_role("button", name="Show all notes").click()
    part(page, "least").focus()
    page.keyboard.press("ArrowRight")
    assert part(page, "least-told").inner_text() == "1"
    assert part(page, "shown").inner_text() == "49 / 50"
    page.get_by_role("button", name="Groups").click()
    assert part(page, "groups").locator("button").count() > 1
    part(page, "groups").locator("button").first.click()
    assert dots(page) > 0


def test_a_note_is_found_by_its_title_shown_and_opened(watched: browsing.Watched) -> None:
    page = drawn(watched)
    field = page.get_by_role("combobox", name="Find a note")
    field.fill("nvid")
    options = part(page, "found").get_by_role("option")
    assert options.all_inner_texts() == ["NVIDIA"]
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert "is-focused" in (part(page, "stage").get_attribute("class") or "")
    page.keyboard.press("Enter")
    card = part(page, "card")
    assert card.get_by_role("link").inner_text() == "NVIDIA"
    assert unquote(page.url).endswith("graph/index.html#Actors/NVIDIA.html")
    # A neighbor leads to its own neighbors, and the title to its page.
    card.get_by_role("button", name=HOSTILE).or_(card.get_by_role("button", name="OpenAI")).first.click()
    assert card.get_by_role("link").inner_text() != "NVIDIA"
    field.fill("nvidia")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".head h1").inner_text() == "NVIDIA"


def test_titles_are_texts_wherever_they_are_shown(watched: browsing.Watched) -> None:
    page = drawn(watched)
    page.get_by_role("combobox", name="Find a note").fill("onerror")
    assert part(page, "found").get_by_role("option").inner_text() == HOSTILE
    page.keyboard.press("Enter")
    assert part(page, "title").inner_text() == HOSTILE
    assert page.locator("#vk\\.graph img").count() == 0
    page.get_by_role("button", name="50% & more").click()
    with page.expect_navigation():
        part(page, "title").click()
    assert page.locator(".head h1").inner_text() == "50% & more"


def test_arrow_keys_go_from_note_to_note_and_enter_opens_one(watched: browsing.Watched) -> None:
    page = drawn(watched)
    part(page, "stage").focus()
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(part(page, "title").inner_text())
    assert len(set(seen)) >= 3
    for key in ("+", "+", "-", "0"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    browsing.expect(part(page, "card")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    name = part(page, "title").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".head h1").inner_text() == name


def test_pointing_shows_neighbors_and_a_click_goes_there(watched: browsing.Watched) -> None:
    page = drawn(watched)
    spot = page.evaluate(
        """() => {
            const at = vkGraphDrawn.at(vkGraphDrawn.graph.titles.indexOf("NVIDIA"));
            const box = document.querySelector("[data-part=stage]").getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }"""
    )
    page.mouse.move(*spot)
    browsing.expect(page.locator(".stage.is-over.is-focused")).to_be_attached()
    browsing.expect(part(page, "card")).to_be_hidden()
    page.mouse.move(spot[0] + 3, spot[1] + 3)
    with page.expect_navigation():
        page.mouse.click(*spot)
    assert page.locator(".head h1").inner_text() == "NVIDIA"
    # And from the page of a note to its place.
    browsing.follow(page.get_by_role("link", name="In the graph of all notes"))
    page.locator("#vk\\.graph[data-ready]").wait_for()
    assert part(page, "title").inner_text() == "NVIDIA"


def test_colors_follow_light_and_dark(watched: browsing.Watched) -> None:
    page = drawn(watched)
    color = "() => vkGraphDrawn.sigma.getNodeDisplayData('0').color"
    light = page.evaluate(color)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => ({color})() !== light", arg=light)
    dark = page.evaluate(color)
    # The button for the scheme: light, whatever the system says.
    page.locator(".scheme").click()
    page.wait_for_function(f"(dark) => ({color})() !== dark", arg=dark)
    assert page.evaluate(color) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_touch_shows_and_nothing_is_too_wide(browser: Browser, site: Path, scheme: str) -> None:
    opened = context(browser, PHONE, color_scheme=scheme, has_touch=True, is_mobile=True)
    watched = browsing.Watched(opened, f"{site.as_uri()}/")
    page = drawn(watched)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    spot = page.evaluate(
        """() => {
            const at = vkGraphDrawn.at(vkGraphDrawn.graph.titles.indexOf("NVIDIA"));
            const box = document.querySelector("[data-part=stage]").getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }"""
    )
    page.touchscreen.tap(*spot)
    browsing.expect(part(page, "card")).to_be_visible()
    assert page.url.partition("#")[0].endswith("graph/index.html")
    page.get_by_text("Colors and filters").click()
    browsing.expect(part(page, "types")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert watched.faults() == []
    opened.close()


def test_without_webgl_or_a_script_the_page_is_its_list(browser: Browser, site: Path) -> None:
    plain = browser.browser_type.launch(
        executable_path=browsing.CHROMIUM, args=[*browsing.ARGUMENTS, "--disable-3d-apis"]
    )
    for script in (True, False):
        opened = context(plain, java_script_enabled=script)
        watched = browsing.Watched(opened, f"{site.as_uri()}/")
        asked: list[str] = []
        watched.page.on("request", lambda request, asked=asked: asked.append(request.url))
        page = watched.open("graph/index.html")
        browsing.expect(page.get_by_text("The map of all notes needs")).to_be_visible()
        browsing.expect(part(page, "stage")).to_be_hidden()
        hubs = page.locator(".hubs-of-types")
        assert hubs.get_by_role("heading", name="Actors 13").count() == 1
        # Nothing of the picture is loaded for nothing.
        assert not [url for url in asked if "/graph/" in url and url.endswith(".js")]
        box = hubs.get_by_role("link", name="NVIDIA").bounding_box()
        assert box is not None
        assert box["y"] < WIDE[1]
        browsing.follow(hubs.get_by_role("link", name="NVIDIA"))
        assert page.locator(".head h1").inner_text() == "NVIDIA"
        assert watched.faults() == []
        opened.close()
    plain.close()


def test_a_page_that_changed_is_drawn_again_with_the_note_that_was_chosen(watched: browsing.Watched) -> None:
    page = drawn(watched, "#Actors/NVIDIA.html")
    with page.expect_navigation():
        page.evaluate("document.dispatchEvent(new CustomEvent('vaultkit:changed'))")
    page.locator("#vk\\.graph[data-ready]").wait_for()
    assert part(page, "title").inner_text() == "NVIDIA"


def test_nothing_moves_while_it_is_drawn(watched: browsing.Watched) -> None:
    watched.page.add_init_script(
        "self.vkShift = 0; new PerformanceObserver((seen) => { for (const one of seen.getEntries())"
        " vkShift += one.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    page = drawn(watched)
    assert page.evaluate("vkShift") <= 0.01


def test_the_script_is_small_enough_and_on_its_page_alone(site: Path) -> None:
    script = bundled("graph.js")
    assert script is not None
    assert len(gzip.compress(script, 9, mtime=0)) <= 46_000
    named = [path.name for path in site.rglob("*.html") if b"static/graph.js" in path.read_bytes()]
    assert named == ["index.html"]
