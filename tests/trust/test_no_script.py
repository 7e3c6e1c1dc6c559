"""Promise 1, no note runs script: in a real browser, without the policy that would stop it.

Hostile notes are built into one vault with all that a site can have; pages, search, feed, data and a page that follows
its vault are opened without their Content-Security-Policy, and poked. The same without the sanitizer shows that it is
seen what runs. `make trust` takes all payloads of `tests/payloads.py`, and the list that is told of there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import browsing
import histories
import linkcheck
import pytest
import vaults
from markdown_it import MarkdownIt
from payloads import OTHERS, given, named
from sizes import IS_FULL

from vaultkit import config
from vaultkit.export.formats import FORMATS
from vaultkit.serve.app import make_app
from vaultkit.serve.browsers import Browsers
from vaultkit.serve.server import Server
from vaultkit.site.frontend import bundled
from vaultkit.vault import Vault

browsing.require()

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# With all of ours, and those of the list, where the promises are tried at full size; else with one or two of each kind.
PAYLOADS = named(every=IS_FULL) | (given() if IS_FULL or "VAULTKIT_PAYLOADS" in os.environ else {})


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
    // The map of all notes sizes its own canvases; nothing of a note stands in it.
    const isMap = element.closest("[id='vk.graph']");
    for (const { name } of element.attributes) if (/^on/i.test(name) || (name === "style" && !isMap)) traces.push(name);
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


TOML = """\
[site]
title = "Hostile"
base_url = "https://example.org/"
tables = "all"

[entities.Payload]
folder = "Notes"
"""


def vault_of(folder: Path, payloads: Mapping[str, str]) -> Path:
    """A vault with these payloads, each in a note of its own and all embedded in one, and with a past."""
    names = [name.removesuffix(".md") for name in payloads]
    lines = "\n".join(f"- [[{name}]] — competitor of {name}" for name in names)
    rows = "\n".join(f"| [[{name}\\|{n}]] | {name.replace('|', '')} | 2001-02-03 |" for n, name in enumerate(names))
    embeds = "\n\n".join(f"![[{name}]]\n[[{name}]] is {n}" for n, name in enumerate(names))
    hub = f"---\ntags: [all]\n---\n{embeds}\n\n| a | b | c |\n| - | - | - |\n{rows}\n\n## Related\n\n{lines}\n"
    files = {**OTHERS, **payloads, "Hub.md": hub, "vaultkit.toml": TOML}
    if not histories.GIT:
        return vaults.write(folder / "vault", files)
    # What changed is told of them all.
    histories.commit(folder / "vault", dict.fromkeys(payloads, "x\n"), "2026-03-01T12:00:00+0000")
    written = {name: vaults.BINARY if content is None else content for name, content in files.items()}
    histories.commit(folder / "vault", written, "2026-03-02T12:00:00+0000")
    return folder / "vault"


def site_of(payloads: Mapping[str, str], folder: Path, html: str = "safe") -> Path:
    """The site of a vault with these payloads, with all that a site can have, and the exports in it."""
    root = vault_of(folder, payloads)
    loaded = config.load(root, overrides={"syntax.html": html})
    with Vault.open(root, loaded.config, cache_dir=folder / "cache", jobs=1) as vault:
        vault.build(folder / "site")
        for name, kind in FORMATS.items():
            if kind.is_text:
                vaults.write(folder / "exports", {f"vault{kind.suffix}": vault.export(name)})
    return folder / "site"


POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>\n(<meta http-equiv="refresh"[^>]*>\n)?')


def without_policy(site: Path) -> Path:
    """Take the policy out of all pages, and what makes a former name lead on before it can be looked at."""
    for path in site.rglob("*.html"):
        page, n = POLICY.subn(b"", path.read_bytes())
        assert n == 1, path
        path.write_bytes(page)
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, once its markup was looked at: what isn't there can't run."""
    made = site_of(PAYLOADS, tmp_path_factory.mktemp("hostile"))
    assert len(list(made.rglob("*.html"))) > len(PAYLOADS)
    assert (made / "changes.xml").exists()
    assert linkcheck.check(made) == []
    return without_policy(made)


def test_nothing_of_a_note_runs_even_without_the_policy(browser: Browser, site: Path) -> None:
    assert look(browser, site) == Seen(set(), [], [])


def test_no_other_file_of_a_site_runs_anything(browser: Browser, site: Path) -> None:
    """Feed, tables as JSON and CSV, exports: opened as documents of their own. What a browser only saves is no fault."""
    # The markup in which a browser shows them is its own.
    seen = Seen(set(), [], [])
    feeds = vaults.write(site.parent / "shown", {f"{path.name}.xml": path.read_bytes() for path in site.glob("*.xml")})
    for folder, pages in (
        (site, "*.xml"),
        (site, "Notes/*--tables.json"),
        (feeds, "*.xml"),
        (site.parent / "exports", "*"),
    ):
        found = look(browser, folder, pages)
        seen.marks.update(found.marks)
        seen.faults.extend(fault for fault in found.faults if "Download is starting" not in fault)
    assert seen == Seen(set(), [], [])


def test_no_result_of_a_search_runs_anything(browser: Browser, site: Path) -> None:
    """Each payload is found on the search page, and in the switcher, and its result poked."""
    seen, n_found = Seen(set(), [], []), 0
    stems = [name.rpartition("/")[2].removesuffix(".md") for name in PAYLOADS]
    asked = [*stems, *(f"alert {n}" for n in range(0, len(stems), 3)), "img onerror", "script", "javascript"]
    chosen = asked if IS_FULL else asked[::9]
    with browsing.served(site) as home, browser.new_context() as context:
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        context.on("console", lambda message: _hear(seen, message.text))
        watched = browsing.Watched(context, home)
        for query in chosen:
            page = watched.open(f"search.html?q={browsing.quoted(query)}")
            page.wait_for_function(
                "document.querySelector('#vk\\\\.results')?.textContent || document.querySelector('[role=status]')?.textContent"
            )
            n_found += page.locator("#vk\\.results li").count() > 0
            seen.traces.extend(f"{query}: {trace}" for trace in page.evaluate(POKE))
            page = watched.open("A.html")
            page.keyboard.press("Control+k")
            page.get_by_role("combobox").wait_for()
            page.keyboard.insert_text(query)
            page.get_by_role("option").last.wait_for()
            seen.traces.extend(f"{query}: {trace}" for trace in page.evaluate(POKE))
        seen.faults.extend(watched.faults())
    assert seen == Seen(set(), [], [])
    assert n_found >= len(chosen) / 2


def test_nothing_runs_in_a_page_that_follows_what_is_written(browser: Browser, tmp_path: Path) -> None:
    """One note is written again and again while it is open in a preview, which takes over what differs."""
    root = vaults.write(tmp_path / "vault", {"Live.md": "x", "A.md": "a", "x.png": None})
    seen, browsers = Seen(set(), [], []), Browsers()
    app = make_app(browsers, browsers.hub, lambda: bundled("live.js"), lambda: browsers.generation)
    texts = list(PAYLOADS.values()) if IS_FULL else list(PAYLOADS.values())[::7]
    with (
        Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault,
        vault.publication(tmp_path / "site") as site,
        browser.new_context(bypass_csp=True) as context,
    ):
        server = Server(app, port=0)
        server.start()
        browsers.opened(site, tmp_path / "site")
        browsers.built(site.build(wrote=browsers.wrote), 0.0)
        context.add_init_script(WATCH)
        context.on("console", lambda message: _hear(seen, message.text))
        page = context.new_page()
        page.on(
            "request",
            lambda request: request.url.startswith((server.url, "data:image/")) or seen.faults.append(request.url),
        )
        page.goto(f"{server.url}Live.html")
        try:
            for n, text in enumerate(texts):
                said = f"written {n} times"
                # What hides the rest, or swallows it, would hide that line, too: so the title tells.
                vaults.write(
                    root, {"Live.md": text if text.startswith("---") else f"{text}\n", "A.md": f"{said} [[Live]]"}
                )
                browsers.built(site.build(site.scan(), first=["Live.html"], wrote=browsers.wrote), 0.0)
                browsing.expect(page.locator("body")).to_contain_text(said)
                seen.traces.extend(f"{n}: {trace}" for trace in page.evaluate(POKE))
        finally:
            page.close()
            server.stop()
    assert seen == Seen(set(), [], [])


# ---------------------------------------------------------------------------
# That all this can fail, and the second wall
# ---------------------------------------------------------------------------


def test_without_the_sanitizer_the_same_notes_run(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaultkit.parse.sanitize._clean", lambda html, mark: html.replace(mark, ""))
    made = site_of(PAYLOADS, tmp_path)
    assert linkcheck.check(made)
    seen = look(browser, without_policy(made), "**/*.html" if IS_FULL else "Notes/*.html")
    assert len(seen.marks) >= (20 if IS_FULL else 10), seen.marks


def test_the_harness_sees_what_a_stock_renderer_lets_through(browser: Browser, tmp_path: Path) -> None:
    md = MarkdownIt("commonmark", {"html": True})
    pages = {
        f"{i}.html": f"<!doctype html><title>x</title>{md.render(text)}" for i, text in enumerate(PAYLOADS.values())
    }
    seen = look(browser, vaults.write(tmp_path / "raw", pages))
    # Many payloads are meant for what Obsidian adds to Markdown, which a stock renderer leaves alone.
    assert len(seen.marks) >= len(PAYLOADS) / 5
    assert seen.faults
    assert seen.traces


def test_the_policy_stops_what_trusted_html_lets_through(browser: Browser, tmp_path: Path) -> None:
    """The second wall, where the first was taken down on purpose."""
    made = site_of(named(every=False), tmp_path, html="trusted")
    assert look(browser, made, "Notes/*.html").marks == set()
