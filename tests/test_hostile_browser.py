"""Hostile notes in a real browser: nothing of theirs runs, even without the policy that would stop it.

The payloads below are built into one vault; all its pages are opened, without their
Content-Security-Policy, and poked. The same over pages that a stock Markdown renderer made shows
that the harness sees what runs.

A longer list can be given: `VAULTKIT_PAYLOADS=payloads.json pytest tests/test_hostile_browser.py`,
a list of objects with `id`, `filename` and `content`, whose payloads call `alert`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import browsing
import pytest
import vaults
from markdown_it import MarkdownIt

from vaultkit import config
from vaultkit.vault import Vault

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAYLOADS = {
    # Script as such.
    "script": "<script>MARK</script>",
    "script torn by a comment": "<scr%%x%%ipt>MARK</scr%%x%%ipt>",
    "script in a noscript": "<noscript><p title='</noscript><script>MARK</script>'></noscript>",
    "script in a comment that isn't": "<!--><script>MARK</script>-->",
    # Events that come by themselves.
    "image": "<img src=x onerror=MARK>",
    "image between letters": "a <img/src='x'/onerror='MARK'> b",
    "svg": "<svg onload=MARK></svg>",
    "details": "<details open ontoggle=MARK>x</details>",
    "focus": "<input autofocus onfocus=MARK>",
    "style": "<style onload=MARK></style>",
    # Addresses.
    "link": "[x](javascript:MARK)",
    "link with a tab": "<a href='java\tscript:MARK'>x</a>",
    "link by entities": '<a href="&#106;avascript:MARK">x</a>',
    "wikilink": "[[javascript:MARK]] ![[javascript:MARK]]",
    "area": "<map name=m><area href='javascript:MARK' shape=default></map><img usemap=#m src=x.png>",
    # Out of an attribute, a title, a cell.
    "label": '[[A|"><img src=x onerror=MARK>]] ![[x.png|" onerror="MARK]]',
    "heading": "# <img src=x onerror=MARK>\n\n[[#<img src=x onerror=MARK>]]",
    "callout": '> [!note" onmouseover="MARK] <img src=x onerror=MARK>\n> x',
    "task": '- ["] " onmouseover="MARK\n- [ ] "><img src=x onerror=MARK>',
    "table": "| <img src=x onerror=MARK> |\n|-|\n| `<img src=x onerror=MARK>` [[A\\|<svg onload=MARK>]] |",
    "footnote": "x[^1]^[<img src=x onerror=MARK>]\n\n[^1]: <svg onload=MARK></svg>",
    "code": '```js" onmouseover="MARK\n</code></pre><script>MARK</script>\n```',
    "formula": "$\\text{</mtext><img src=x onerror=MARK>}$ $\\href{javascript:MARK}{x}$",
    "diagram": '```mermaid\ngraph TD; A["<img src=x onerror=MARK>"]; click A "javascript:MARK"\n```',
    "open quote": "<p title='\n\n- [ ] [[A]] $x$\n\n<p><img src=x onerror=MARK>'>",
    # Markup that is read twice in two ways.
    "mutation": "<math><mtext><table><mglyph><style><img src=x onerror=MARK></style></mglyph></table></mtext></math>",
    "title": "<title><a title='</title><img src=x onerror=MARK>'></a></title>",
    # Frames, forms, other hosts, the page's own names.
    "frame": "<iframe srcdoc='<script>MARK</script>'></iframe><object data='javascript:MARK'></object>",
    "form": "<form action='javascript:MARK'><button>x</button></form>",
    "base": "<base href='https://evil.example/'><link rel=stylesheet href=//evil.example/x.css>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "remote": "![x](https://evil.example/x.png) <img src=//evil.example/y.png> <video poster=//evil.example/z.png></video>",
    "overlay": "<div style='position:fixed;inset:0;background:url(//evil.example/x.png)'>x</div>",
    "clobbering": "<img name=body><form id=defaultView name=cookie><input id=getElementById></form>",
    # Properties.
    "properties": (
        "---\ntitle: '<img src=x onerror=MARK>'\naliases: ['\"><svg onload=MARK>']\ntags: ['x\"onmouseover=MARK']\n"
        "cssclasses: ['x\" onmouseover=\"MARK']\nurl: javascript:MARK\n'<img src=x onerror=MARK>': '[[A|<svg onload=MARK>]]'\n---\nx"
    ),
}
"""By what they try; MARK becomes a call that is seen. It holds no quotes, so that it fits into any attribute."""

OTHERS = {
    "A.md": "[[Hub]]",
    "x.png": None,
    "Notes/pay'\"><img src=x onerror=alert('file name')>.md": "#tag/<img src=x onerror=alert('tag')>",
    "evil.html": "<script>alert('page')</script>",
    "evil.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert('picture')</script></svg>",
    "evil.canvas": json.dumps(
        {
            "nodes": [
                {"id": "a", "type": "text", "text": "<img src=x onerror=alert('card')>", "x": 0, "y": 0, "width": 9, "height": 9},
                {"id": "b", "type": "link", "url": "javascript:alert('card')", "x": 0, "y": 0, "width": 9, "height": 9},
                {"id": "c", "type": "group", "label": "<svg onload=alert('card')>", "x": 0, "y": 0, "width": 9, "height": 9},
            ]
        }
    ),
}  # fmt: skip


def own() -> dict[str, str]:
    return {f"Notes/{name}.md": text.replace("MARK", f"alert({i})") for i, (name, text) in enumerate(PAYLOADS.items())}


def given() -> dict[str, str]:
    """The payloads that whoever runs the tests has named."""
    path = os.environ.get("VAULTKIT_PAYLOADS")
    return {row["filename"]: row["content"] for row in json.loads(Path(path).read_bytes())} if path else {}


SETS = {"own": own()} | ({"given": given()} if given() else {})


class Seen(NamedTuple):
    marks: set[str]
    """What was said by calls that only a payload makes."""
    faults: list[str]
    """What went wrong in a page, or was asked of another host."""
    traces: list[str]
    """Addresses that run something, styles and names that notes must not give."""


WATCH = """(() => {
  for (const name of ["alert", "confirm", "prompt", "print"])
    globalThis[name] = (text) => console.log("MARK " + text);
})()"""

POKE = """async () => {
  const traces = [];
  const all = [...document.querySelectorAll("*")];
  const isScript = (link) => link && link.protocol === "javascript:";
  addEventListener("click", (event) => { if (!isScript(event.target.closest("a, area"))) event.preventDefault(); });
  for (const element of all) {
    for (const name of ["href", "src", "action", "formaction", "data", "xlink:href", "poster", "ping", "srcdoc"]) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const { protocol } = new URL(value, "http://x.test/");
      const isPicture = element.localName === "link" || protocol !== "data:";
      if (!["http:", "https:", "mailto:", "tel:"].includes(protocol) || !isPicture) traces.push(`${name}=${value}`);
      if (protocol === "javascript:" && name === "action") element.requestSubmit();
    }
    for (const { name } of element.attributes) if (/^on|^style$/i.test(name)) traces.push(name);
    if (element.localName === "img") element.loading = "eager";
    if (element.localName === "details") element.open = true;
    for (const kind of ["mouseover", "focus", "click", "toggle", "pointerover", "mouseenter"])
      element.dispatchEvent(new MouseEvent(kind, { bubbles: kind !== "focus", cancelable: true }));
  }
  if (!(document.body instanceof HTMLBodyElement)) traces.push("document.body");
  if (document.defaultView !== window) traces.push("document.defaultView");
  if (typeof document.getElementById !== "function") traces.push("document.getElementById");
  if (typeof document.cookie !== "string") traces.push("document.cookie");
  const loaded = [...document.images].filter((image) => !image.complete).map((image) => new Promise((done) => {
    image.addEventListener("load", done);
    image.addEventListener("error", done);
  }));
  await Promise.all(loaded);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return traces;
}"""
"""Does what a reader may do to a page, and looks for what must not be in it."""


def look(browser: Browser, folder: Path, pages: str = "**/*.html") -> Seen:
    """What happens in the pages of a folder, and in what they open."""
    seen = Seen(set(), [], [])
    with browsing.served(folder) as home, browser.new_context() as context:
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        context.on("console", lambda message: _hear(seen, message.text))
        context.on("dialog", lambda dialog: (seen.marks.add(f"dialog {dialog.message}"), dialog.dismiss()))
        watched = browsing.Watched(context, home)
        for path in sorted(folder.glob(pages)):
            url = path.relative_to(folder).as_posix()
            try:
                page = watched.open(browsing.quoted(url))
                seen.traces.extend(f"{url}: {trace}" for trace in page.evaluate(POKE))
            except browsing.errors() as error:
                seen.faults.append(f"{url}: {error.message.splitlines()[0]}")
                watched.renew(context)
            seen.faults.extend(f"{url}: {fault}" for fault in watched.faults())
    return seen


def _hear(seen: Seen, text: str) -> None:
    if text.startswith("MARK "):
        seen.marks.add(text.removeprefix("MARK "))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as started:
        yield started


def site_of(payloads: Mapping[str, str], folder: Path, html: str = "safe") -> Path:
    """The site of a vault with these payloads, each in a note of its own and all embedded in one."""
    embeds = "\n\n".join(
        f"![[{name.removesuffix('.md')}]]\n[[{name.removesuffix('.md')}]] is {i}" for i, name in enumerate(payloads)
    )
    root = vaults.write(folder / "vault", {**OTHERS, **payloads, "Hub.md": f"---\ntags: [all]\n---\n{embeds}"})
    loaded = config.load(root, overrides={"syntax.html": html})
    Vault.open(root, loaded.config, cache_dir=folder / "cache", jobs=1).build(folder / "site")
    return folder / "site"


POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>\n(<meta http-equiv="refresh"[^>]*>\n)?')


def without_policy(site: Path) -> Path:
    """Take the policy out of all pages, and what makes a former name lead on before it can be looked at."""
    for path in site.rglob("*.html"):
        page, n = POLICY.subn(b"", path.read_bytes())
        assert n == 1, path
        path.write_bytes(page)
    return site


@pytest.mark.parametrize("payloads", SETS.values(), ids=SETS.keys())
def test_nothing_of_a_note_runs_even_without_the_policy(
    browser: Browser, tmp_path: Path, payloads: dict[str, str]
) -> None:
    site = without_policy(site_of(payloads, tmp_path))
    assert len(list(site.rglob("*.html"))) > len(payloads)
    assert look(browser, site) == Seen(set(), [], [])


@pytest.mark.parametrize("payloads", SETS.values(), ids=SETS.keys())
def test_the_harness_sees_what_a_stock_renderer_lets_through(
    browser: Browser, tmp_path: Path, payloads: dict[str, str]
) -> None:
    md = MarkdownIt("commonmark", {"html": True})
    pages = {
        f"{i}.html": f"<!doctype html><title>x</title>{md.render(text)}" for i, text in enumerate(payloads.values())
    }
    seen = look(browser, vaults.write(tmp_path / "raw", pages))
    # Many payloads are meant for what Obsidian adds to Markdown, which a stock renderer leaves alone.
    assert len(seen.marks) >= len(payloads) / 4
    assert seen.faults
    assert seen.traces


def test_the_policy_stops_what_trusted_html_lets_through(browser: Browser, tmp_path: Path) -> None:
    """The second wall, where the first was taken down on purpose."""
    site = site_of(own(), tmp_path, html="trusted")
    assert look(browser, site, "Notes/*.html").marks == set()
    assert len(look(browser, without_policy(site), "Notes/*.html").marks) >= 10
