"""A canvas in a real browser: a picture that scrolls, zooms and fills the screen; a list on a phone; and both without script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import browsing
import pytest
import vaults

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE, PHONE = (1400, 900), (390, 844)
SAMPLE, ODD = "AI-value-chain.canvas.html", "Odd.canvas.html"

CARD = {"type": "text", "width": 240, "height": 160}
BOARD = {
    "nodes": [
        CARD | {"id": "a", "x": 0, "y": 0, "text": "# One\n[[Note]]\n\n" + "Much text. " * 80},
        CARD | {"id": "b", "x": 2_000, "y": 0, "text": "right [[Note]]", "color": "1"},
        CARD | {"id": "c", "x": 0, "y": 2_000, "text": "below [[Note]]", "color": "#88aa22"},
        CARD | {"id": "d", "x": 1e308, "y": "x", "text": "away"},
        CARD | {"id": "e", "type": "shape", "x": 500, "y": 500, "width": 0, "height": None},
    ],
    "edges": [{"fromNode": "a", "toNode": "b", "label": "a line"}, {"fromNode": "c", "toNode": "c", "color": "6"}],
}


class Site(NamedTuple):
    http: str
    file: str


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("canvas") / "site"
    sample = repository / "vault"
    files = {path.relative_to(sample).as_posix(): path.read_bytes() for path in sample.rglob("*") if path.is_file()}
    odd = {"Odd.canvas": json.dumps(BOARD), "Note.md": "n"}
    vaults.build(vaults.write(folder.parent / "vault", files | odd), folder)
    with browsing.served(folder) as http:
        yield Site(http, f"{folder.as_uri()}/")


def context(browser: Browser, size: tuple[int, int] = WIDE, **options: object) -> BrowserContext:
    made = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    made.set_default_timeout(10_000)
    return made


@pytest.fixture
def board(site: Site, browser: Browser) -> Iterator[Page]:
    """The odd board in a wide window."""
    with context(browser) as opened:
        page = opened.new_page()
        page.goto(site.http + ODD)
        yield page


def scale(page: Page) -> float:
    found: float = page.evaluate(
        "() => { const picture = document.querySelector('.board-view > svg');"
        " return picture.getBoundingClientRect().width / picture.viewBox.baseVal.width; }"
    )
    return found


def scrolled(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "() => { const { scrollLeft, scrollTop } = document.querySelector('.board-view'); return [scrollLeft, scrollTop]; }"
    )
    return found


@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("script", [True, False])
def test_a_canvas_opens_as_a_picture_everywhere(site: Site, browser: Browser, place: str, script: bool) -> None:
    with context(browser, java_script_enabled=script) as opened:
        page = opened.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(getattr(site, place) + SAMPLE)
        assert page.locator("#vk\\.board").is_visible()
        assert not page.locator("article.board-list").is_visible()
        # It fills its place, and can be read.
        assert 0.6 <= scale(page) <= 1 if script else page.locator(".board-view > svg").bounding_box()["width"] > 1_100  # type: ignore[index]
        assert page.locator("[data-zoom=in]").is_visible() == script
        page.locator(".card a", has_text="Microsoft").first.click()
        page.wait_for_url("**/Actors/Microsoft.html")
        assert faults == []


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_the_cards_are_a_list_and_the_picture_fills_the_screen_on_demand(
    site: Site, browser: Browser, script: bool
) -> None:  # fmt: skip
    with context(browser, PHONE, has_touch=True, is_mobile=True, java_script_enabled=script) as opened:
        page = opened.new_page()
        page.goto(site.file + SAMPLE)
        board = page.locator("#vk\\.board")
        assert not board.is_visible()
        assert page.locator("article.board-list .item").first.is_visible()
        page.locator(".board-open button").click()
        assert board.is_visible()
        box = board.bounding_box()
        assert box is not None
        assert (round(box["width"]), round(box["height"])) == PHONE
        page.locator(".board-tools button[popovertarget]").click()
        assert not board.is_visible()


def test_buttons_and_keys_zoom_around_the_middle(board: Page) -> None:
    before = scale(board)
    board.locator("[data-zoom=in]").click()
    assert scale(board) == pytest.approx(before * 1.25, rel=0.01)
    board.locator(".board-view").focus()
    board.keyboard.press("+")
    board.keyboard.press("-")
    board.keyboard.press("-")
    assert scale(board) == pytest.approx(before, rel=0.01)
    board.keyboard.press("0")
    assert scale(board) < 0.05
    assert scrolled(board) == [0, 0]


def test_the_board_scrolls_by_arrow_keys_and_to_what_has_the_focus(board: Page) -> None:
    board.locator(".board-view").focus()
    board.keyboard.press("ArrowRight")
    board.wait_for_function("() => document.querySelector('.board-view').scrollLeft > 0")
    board.locator(".card a", has_text="Note").nth(1).focus()
    assert board.evaluate(
        "() => { const a = document.activeElement.getBoundingClientRect(), b = document.querySelector('.board-view').getBoundingClientRect();"
        " return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom; }"
    )


def test_zooming_moves_nothing_below_the_board(board: Page) -> None:
    after = "() => document.querySelector('.foot').getBoundingClientRect().top + scrollY"
    before = board.evaluate(after)
    for _ in range(4):
        board.locator("[data-zoom=out]").click()
    assert board.evaluate(after) == before


def test_the_wheel_zooms_with_control_and_else_scrolls(board: Page) -> None:
    view = board.locator(".board-view").bounding_box()
    assert view is not None
    x, y = view["x"] + 300, view["y"] + 200
    board.mouse.move(x, y)
    before = scale(board)
    board.mouse.wheel(0, 120)
    board.wait_for_function("() => document.querySelector('.board-view').scrollTop > 0")
    assert scale(board) == before
    under = "([x, y]) => { const r = document.querySelector('.board-view > svg').getBoundingClientRect(); return [(x - r.left) / r.width, (y - r.top) / r.height]; }"
    point = board.evaluate(under, [x, y])
    board.keyboard.down("Control")
    board.mouse.wheel(0, -100)
    board.keyboard.up("Control")
    board.wait_for_function(
        f"() => document.querySelector('.board-view > svg').getBoundingClientRect().width > {before} * 1.05 * document.querySelector('.board-view > svg').viewBox.baseVal.width"
    )
    assert board.evaluate(under, [x, y]) == pytest.approx(point, abs=0.002)
    assert board.evaluate("visualViewport.scale") == 1


def test_a_page_is_scrolled_by_the_wheel_where_the_board_ends(site: Site, browser: Browser) -> None:
    """A board that shows all of itself holds nobody up."""
    with context(browser) as opened:
        page = opened.new_page()
        page.goto(site.http + SAMPLE)
        page.locator("[data-zoom=fit]").click()
        page.locator(".board-view").hover(position={"x": 5, "y": 5})
        page.mouse.wheel(0, 300)
        page.wait_for_function("() => scrollY > 100")


def test_the_ground_is_dragged_and_the_text_of_a_card_is_selected(board: Page) -> None:
    view = board.locator(".board-view").bounding_box()
    assert view is not None
    x, y = view["x"] + 600, view["y"] + 400
    board.mouse.move(x, y)
    board.mouse.down()
    board.mouse.move(x - 200, y - 150, steps=4)
    board.mouse.up()
    assert scrolled(board) == [200, 150]
    assert board.evaluate("getSelection().toString()") == ""
    board.evaluate("document.querySelector('.board-view').scrollTo(0, 0)")
    text = board.locator(".card p", has_text="Much text").bounding_box()
    assert text is not None
    board.mouse.move(text["x"] + 2, text["y"] + 8)
    board.mouse.down()
    board.mouse.move(text["x"] + 90, text["y"] + 8, steps=4)
    board.mouse.up()
    assert "Much" in board.evaluate("getSelection().toString()")
    assert scrolled(board) == [0, 0]


def test_two_fingers_zoom(site: Site, browser: Browser) -> None:
    with context(browser, PHONE, has_touch=True, is_mobile=True) as opened:
        page = opened.new_page()
        page.goto(site.http + SAMPLE)
        page.locator(".board-open button").click()
        page.wait_for_timeout(100)
        before = scale(page)
        session = opened.new_cdp_session(page)
        for kind, apart in (
            ("touchStart", 60),
            ("touchMove", 70),
            ("touchMove", 100),
            ("touchMove", 140),
            ("touchEnd", 0),
        ):
            points = [{"x": 190 - apart / 2, "y": 400}, {"x": 190 + apart / 2, "y": 400}] if apart else []
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert scale(page) == pytest.approx(before * 2, rel=0.05)
        assert page.evaluate("visualViewport.scale") == 1


def test_the_board_fills_the_screen_and_escape_ends_it(board: Page) -> None:
    board.locator(".board-tools button[popovertarget]").click()
    box = board.locator("#vk\\.board").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *WIDE)
    board.keyboard.press("Escape")
    board.wait_for_function("() => !document.querySelector('#vk\\\\.board').matches(':popover-open')")
    assert board.locator("#vk\\.board").bounding_box()["width"] < WIDE[0]  # type: ignore[index]


def test_the_board_is_read_card_by_card_and_line_by_line(board: Page) -> None:
    heard = board.locator(".board-view").aria_snapshot()
    assert (
        heard.index('heading "One"')
        < heard.index("right")
        < heard.index("below")
        < heard.index("One leads to right Note: a line")
    )
    stops = []
    board.locator(".board-tools button").last.focus()
    for _ in range(6):
        board.keyboard.press("Tab")
        stops.append(board.evaluate("document.activeElement.className || document.activeElement.textContent"))
    # The board, the card that is too long for its place, and the links of the cards in turn.
    assert stops == ["board-view", "prose", "internal-link", "internal-link", "internal-link", *stops[5:]]


CONTRAST = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colors) => {
    paint.clearRect(0, 0, 1, 1);
    for (const color of colors) { paint.fillStyle = color; paint.fillRect(0, 0, 1, 1); }
    return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const found = [];
  for (const element of document.querySelectorAll(".board-view :is(p, a, h1, h2, h3, li, td, th, span, strong, em)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (element.closest(".unseen")) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) {
      if (at.localName === "foreignObject") {
        const rect = at.parentElement.querySelector(":scope > rect");
        if (rect) grounds.unshift(getComputedStyle(rect).fill);
      }
      grounds.unshift(getComputedStyle(at).backgroundColor);
    }
    const isPill = element.closest(".label-of, .labels");
    const [ground, ink] = [over(grounds), over([...grounds, getComputedStyle(element, isPill ? "::first-line" : null).color])];
    const [a, b] = [light(ground), light(ink)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.textContent.trim().slice(0, 40)}`);
  }
  return [document.querySelectorAll(".board-view p").length, found];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_on_the_board_can_be_read(site: Site, browser: Browser, scheme: str) -> None:
    with context(browser, color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(site.http + SAMPLE)
        n, pale = page.evaluate(CONTRAST)
        assert n > 40
        assert pale == []
