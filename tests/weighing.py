"""What a page costs its readers: what it loads, how much there is in it, and how far its parts move meanwhile."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request

KINDS = {"document": "html", "stylesheet": "css", "script": "js"}

MOST = {"html": 20_480, "css": 9_216, "js": 10_240, "elements": 3_000, "shift": 0.01, "elsewhere": 0}
"""The budgets of a typical note.

Of the style sheets 6 KB are every page's, which `test_theme.py` holds; the rest is what callouts and code ask for.
"""

SHIFT = """() => {
  self.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) self.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


class Measured(NamedTuple):
    """What came of opening a page."""

    html: int
    css: int
    js: int
    requests: int
    elsewhere: int
    elements: int
    shift: float

    def excesses(self) -> list[str]:
        """The budgets that it exceeds."""
        return [name for name, most in MOST.items() if getattr(self, name) > most]


def measure(browser: Browser, home: str, url: str, size: tuple[int, int]) -> Measured:
    """Open a page as somebody does who was never here, and count what it asks for until it is quiet."""
    sizes = dict.fromkeys(KINDS.values(), 0)
    asked: list[Request] = []
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        page = context.new_page()
        page.add_init_script(f"({SHIFT})()")
        page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  (it is given an attribute)
        page.goto(home + url, wait_until="load")
        page.wait_for_timeout(600)
        # What moves while one reads on counts as well.
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(300)
        elements = page.evaluate("document.querySelectorAll('*').length")
        shift = page.evaluate("self.shift")
        for request in asked:
            response = request.response()
            if response is not None and (kind := KINDS.get(request.resource_type)):
                sizes[kind] += len(gzip.compress(response.body(), 9))
    elsewhere = sum(not request.url.startswith((home, "data:")) for request in asked)
    return Measured(**sizes, requests=len(asked), elsewhere=elsewhere, elements=elements, shift=round(shift, 4))
