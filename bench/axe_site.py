"""Look at pages of a built site with axe: wide and narrow, light and dark; tells each rule that finds something.

    python bench/axe_site.py SITE [--n 60] [--seed 2026] [URL…]

Ends with 1 where it finds anything. What a note's author wrote, such as a heading that skips a level, counts, too.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from random import Random
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import axe  # noqa: E402  (tests/ is no package)
import browsing  # noqa: E402

SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 400, "height": 800}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("urls", nargs="*")
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    site: Path = given.site.resolve()
    urls = given.urls or sample(site, given.n, given.seed)
    found: dict[str, list[str]] = defaultdict(list)
    library = axe.source(site.parent)
    if not library:
        print("axe-core can't be had.")
        return 1
    with browsing.chromium() as browser, browser.new_context(bypass_csp=True, reduced_motion="reduce") as context:
        page = context.new_page()
        for url in urls:
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                page.goto(f"{site.as_uri()}/{quote(url, safe='/?=&,')}")
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    look = axe.findings if scheme == "light" else axe.findings_of_looks
                    for each in look(page, library):
                        rule, _, what = each.partition(": ")
                        found[rule].append(f"{url} {size} {scheme} {what}")
    for rule, places in sorted(found.items()):
        print(f"{rule}: {len(places)}")
        print("\n".join(f"    {place[:400]}" for place in places[:6]))
    print(f"{len(urls)} pages, {sum(map(len, found.values()))} findings")
    return 1 if found else 0


def sample(site: Path, n: int, seed: int) -> list[str]:
    """Some of the site's pages, without those that lead on to another: as many of each folder as its share."""
    pages = browsing.pages(site)
    return Random(seed).sample(pages, min(n, len(pages)))


if __name__ == "__main__":
    sys.exit(main())
