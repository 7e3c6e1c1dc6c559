"""axe finds nothing on any kind of page: in light and dark, on a desk and on a phone, with what opens opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import browsing
import histories
import pytest

from vaultkit.site.views import TEMPLATES
from vaultkit.vault import Vault

browsing.require()
histories.needs_git()

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 400, "height": 800}

SHOWCASE = """---
aliases: [Everything, All of it]
tags: [made, made/up]
site: https://example.org/
done: true
updated: 2026-02-03
---
The first paragraph with **bold**, *slanted*, ~~gone~~, ==marked== and `code`, [out](https://example.org/), [[Hub]] and [[Nobody]].

{callouts}

> [!faq]+ Open
> > [!tip]- Inside, closed
> > With a [[Hub|link]] and $x^2$.

- [ ] to do
- [x] done
- [/] half
  1. first
  2. second

| Name | Sum | Share | What is said of it | Who | Where | When | Why |
|:--|--:|:-:|---|---|---|---|---|
| [[Hub]] | 12 | 3 % | long enough to be wide on a phone | somebody | elsewhere | 2026 | because |

```python
def f(x: int) -> str:
    "doc"  # A comment that is longer than the window of a phone is wide, so that the block scrolls.
    return f"{{x!r}}" + 'a' * 0x1F
```

```
plain
```

$$\\sum_{{i=0}}^n i = \\frac{{n(n+1)}}2$$

![[Linking 1]]

![[Linking 2#Heading]]

![[token-prices.png|300]]

> A quote[^1] with a note, and H<sub>2</sub>O, <kbd>Ctrl</kbd>.

## Below
### Deeper
#### And deeper
A term.

---
{headings}

[^1]: The note, with a [[Hub]].
"""

CALLOUTS = "note abstract info todo tip success question warning failure danger bug example quote own".split()

EXTRA = {
    "Showcase.md": SHOWCASE.format(
        callouts="\n\n".join(f"> [!{name}] About {name}\n> It says *something* of [[Hub]]." for name in CALLOUTS),
        headings="\n\n".join(f"## Part {n}\n\nText." for n in range(30)),
    ),
    "Hub.md": "The hub. See [[Showcase]].\n",
    **{f"Spokes/Linking {n}.md": f"See [[Hub]] for it, {n}.\n\n## Heading\n\nText.\n" for n in range(82)},
    "Dates.md": "| Date | Event |\n|---|---|\n"
    + "".join(f"| 2024-{n % 12 + 1:02}-{n % 28 + 1:02} | Number {n} of [[Hub]] |\n" for n in range(420)),
    "Same/Twice.md": "One.\n",
    "Other/Twice.md": "Another; [[Twice]] is either.\n",
}

LATER = {
    "Hub.md": "---\ntags: [made]\n---\nThe hub. See [[Showcase]].\n\n## Related\n\n- [[NVIDIA]] — customer\n",
    "New.md": "A new one of [[Hub]].\n",
    "Daily/2025-04-16.md": None,
}
"""Edits of a week, to be told on a page of changes."""

SMALL = "Spokes/Linking-1.html"

KINDS = {
    "note": "Concepts/Model-distillation.html",
    "note of an entity": "Actors/NVIDIA.html",
    "note of everything": "Showcase.html",
    "daily note": "Daily/2025-01-27.html",
    "canvas": "AI-value-chain.canvas.html",
    "base": "Companies.base.html",
    "home": "index.html",
    "wanted": "wanted/amd-382d69.html",
    "all wanted": "wanted/index.html",
    "hub, a part": "Hub--backlinks.html",
    "folder": "Actors/index.html",
    "A to Z": "index-az.html",
    "tag": "tags/chips.html",
    "tags": "tags/index.html",
    "type": "types/Actors.html",
    "compare": "compare.html",
    "compared": "compare.html?type=Actors&notes=Actors/NVIDIA,Actors/Microsoft",
    "relations": "relations/index.html",
    "relation": "relations/regulator.html",
    "side of a relation": "Actors/NVIDIA--customer.html",
    "tables": "tables/index.html",
    "tables of a letter": "tables/a.html",
    "timeline": "timeline/index.html",
    "year": "timeline/2025.html",
    "month": "timeline/2024-05.html",
    "changes": "changes/2026-W07.html",
    "maintenance": "maintenance/index.html",
    "dangling": "maintenance/dangling.html",
    "search": "search.html",
    "searched": "search.html?q=model tag:chips",
    "graph": "graph/index.html",
    "not found": "404.html",
}


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    cache = getattr(request.config, "cache", None)
    folder = cache.mkdir("axe") if cache else tmp_path_factory.mktemp("axe")
    return axe.source(folder) or pytest.skip(
        f"AXE WAS NOT RUN: npm couldn't fetch it; put axe.min.js {axe.VERSION} at {folder}/axe-{axe.VERSION}.min.js"
    )


@pytest.fixture(scope="module")
def vault(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The sample vault and what it lacks; its front page is made, and it has a history."""
    folder = tmp_path_factory.mktemp("axe")
    sample = {
        path.relative_to(repository / "vault").as_posix(): path.read_bytes()
        for path in (repository / "vault").rglob("*")
        if path.is_file() and path != repository / "vault" / "index.md"
    }
    histories.commit(folder / "vault", sample, "2026-02-01T12:00:00Z")
    histories.commit(folder / "vault", EXTRA, "2026-02-02T12:00:00Z")
    histories.commit(folder / "vault", LATER, "2026-02-10T12:00:00Z")
    made = Vault.open(folder / "vault", cache_dir=folder / "cache", jobs=1)
    made.build(folder / "site")
    return made


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(bypass_csp=True, reduced_motion="reduce", viewport=WIDE) as opened:
        opened.set_default_timeout(10_000)
        yield opened.new_page()


@pytest.fixture(scope="module")
def home(vault: Vault) -> Iterator[str]:
    with browsing.served(vault.root.parent / "site") as address:
        yield address


def test_every_kind_of_page_is_looked_at(vault: Vault) -> None:
    pages = {page.url: page.template for page in vault._reader.tables.site.rows.values() if hasattr(page, "template")}
    looked_at = {pages[url.partition("?")[0]] for url in KINDS.values()}
    # One that leads on at once is left before it could be looked at; its text is one link.
    assert looked_at | {"redirect.html"} == set(TEMPLATES.values())


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(kind: str, home: str, page: Page, library: str) -> None:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(home + KINDS[kind])
    if kind == "searched":
        page.locator("main mark").first.wait_for()
    if kind == "compared":
        page.locator("main td").first.wait_for()
    found = axe.findings(page, library)
    # Each size and each scheme once: what all four pairs have is the same text, and took twice as long to look at.
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.evaluate("for (const fold of [...document.querySelectorAll('details')].slice(0, 12)) fold.open = true")
    assert found + axe.findings_of_looks(page, library) == []


@pytest.mark.parametrize("opened", ["switcher", "menu", "outline"])
def test_axe_finds_nothing_in_what_opens(opened: str, home: str, page: Page, library: str) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light")
    page.goto(home + SMALL)
    if opened == "switcher":
        page.keyboard.press("Control+k")
        page.locator("dialog[open] input").fill("model")
        page.locator("dialog [role=option]").first.wait_for()
    else:
        page.locator(f".for-{opened}").click()
    found = axe.findings(page, library)
    page.emulate_media(color_scheme="dark")
    assert found + axe.findings_of_looks(page, library) == []


def test_what_is_wrong_is_found(page: Page, library: str) -> None:
    faulty = "<p style='color:#999;background:#fff'>pale</p><input><img src='data:,'><div tabindex=5>x</div>"
    page.set_content(f"<!doctype html><html><title>x</title><main><h1>x</h1>{faulty}</main>")
    found = {each.partition(":")[0] for each in axe.findings(page, library)}
    assert found >= {"color-contrast", "label", "image-alt", "html-has-lang", "tabindex"}
    assert {each.partition(":")[0] for each in axe.findings_of_looks(page, library)} == {"color-contrast"}
