"""What pages of a built site cost their readers, measured in a browser, against the budgets of the design.

    python bench/budgets.py SITE [URL…] [--n 200] [--seed 2026]

For each named page: HTML, CSS and JavaScript (zipped, before anybody does anything), requests, requests to other
hosts, elements, and how far its parts moved while it loaded. Without names, three notes of a research vault.
Then *n* pages drawn at random are opened 360 px wide. Ends with 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browsing  # noqa: E402  (tests/ is no package)
from weighing import measure  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTES = ("Actors/DeepSeek.html", "Actors/NVIDIA.html", "Concepts/Model-distillation.html")


def excess(page: Page, address: str) -> int:
    """By how many pixels a page is broader than its window."""
    page.goto(address)
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("urls", nargs="*")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    site: Path = given.site.resolve()
    failed = False
    with browsing.served(site) as home, browsing.chromium() as browser:
        print(
            f"{'page':45} {'window':>7} {'html':>7} {'css':>6} {'js':>6} {'asked':>5} {'other':>5} {'nodes':>6} {'shift':>7}"
        )
        for url in given.urls or NOTES:
            for size in ((1440, 900), (390, 844)):
                it = measure(browser, home, browsing.quoted(url), size)
                over = it.excesses()
                failed |= bool(over)
                print(
                    f"{url:45} {size[0]:>7} {it.html:>7,} {it.css:>6,} {it.js:>6,} {it.requests:>5} {it.elsewhere:>5} "
                    f"{it.elements:>6,} {it.shift:>7} {'OVER: ' + ', '.join(over) if over else ''}"
                )
        pages = browsing.pages(site)
        drawn = Random(given.seed).sample(pages, min(given.n, len(pages)))
        with browser.new_context(viewport={"width": 360, "height": 740}) as context:
            page = context.new_page()
            wide = {url: n for url in drawn if (n := excess(page, home + browsing.quoted(url))) > 0}
        print(f"{len(drawn)} pages at 360 px: {len(wide)} scroll sideways")
        for url, n in wide.items():
            print(f"    {url} by {n} px")
    return 1 if failed or wide else 0


if __name__ == "__main__":
    sys.exit(main())
