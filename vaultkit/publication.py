"""From tables to files: renders the pages that differ from those on disk, writes them, takes away what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from vaultkit.config import Config
from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.engine.executors import Executor, Failure
from vaultkit.engine.fingerprint import code_digest, value_digest
from vaultkit.engine.tables import Tables
from vaultkit.model import Card, Document, Source, Url, VaultPath
from vaultkit.parse.scan import chunks
from vaultkit.pipeline import PAGES
from vaultkit.site.frame import SCRIPT, STYLE, sections_script, types_style
from vaultkit.site.pages import Page
from vaultkit.site.render import Look, rendered, theme_of
from vaultkit.site.sitemap import sitemap
from vaultkit.site.views import TEMPLATES, Frame
from vaultkit.site.writer import Output, UnreadableError
from vaultkit.urls import place

Progress = Callable[[str, int, int], None]


class Written(Struct, frozen=True):
    """What a publication did, by URL."""

    rendered: tuple[Url, ...]
    written: tuple[Url, ...]
    removed: tuple[Url, ...]
    reasons: Mapping[Url, str]
    """Why each page was rendered."""
    problems: tuple[Diagnostic, ...]


NOTHING = Written((), (), (), {}, ())
"""What is done where nothing has changed."""


def publish(
    t: Tables, look: Look, config: Config, root: Path, output: Output, run: Executor, progress: Progress
) -> Written:
    """Bring the output folder up to date with the tables.

    Each file is whole at any moment. The order is assets, pages, shared files,
    deletions: a page never appears before what it needs.

    Raises:
        VaultkitError: The folder can't be written, or a template is broken.
    """
    _write_assets(t, config, look, root, output)
    pages = list(_pages(t))
    digests = _digests(pages, look)
    due = []
    for page in pages:
        if output.made_from(page.url) == digests[page.url]:
            output.keep(page.url)
        else:
            due.append(page)
    reasons = {page.url: _reason(output.made_from(page.url), digests[page.url]) for page in due}
    made = run.map(partial(rendered, look), due, _weight, partial(_failed, look))
    for done, (page, data) in enumerate(zip(due, made, strict=True), 1):
        output.write(page.url, data, digests[page.url])
        progress("Rendering pages", done, len(due))
    if look.frame.base_url:
        urls = (page.url for page in pages if page.template != "redirect.html" and page.url != "404.html")
        output.write("sitemap.xml", sitemap(look.frame.base_url, urls))
    return Written(
        rendered=tuple(page.url for page in due),
        removed=tuple(output.prune()),
        written=tuple(output.written),
        reasons=reasons,
        problems=tuple(output.problems),
    )


def inputs_digest(sources: Mapping[VaultPath, Source], config: Config, look: Look) -> str:
    """Digest of all that a site is made of: the files, the settings, the theme and our own code."""
    theme = theme_of(look)
    return value_digest(
        [(path, sources[path].digest, sources[path].disk_path) for path in sorted(sources)],
        [msgspec.to_builtins(section) for section in (config.scan, config.syntax, config.publish, config.site)],
        look.frame,
        [theme.digest(name) for name in sorted(TEMPLATES.values())],
        theme.assets(),
        code_digest(*_CODE),
    )


_CODE = (
    "vaultkit.parse", "vaultkit.links", "vaultkit.site", "vaultkit.engine", "vaultkit.pipeline", "vaultkit.publication",
    "vaultkit.model", "vaultkit.urls", "vaultkit.words", "vaultkit.nodes", "vaultkit.diagnostics",
)  # fmt: skip


def look_of(config: Config, root: Path, frame: Frame) -> Look:
    templates, css = config.site.templates, config.site.custom_css
    return Look(str(root / templates) if templates else "", config.site.language, str(root / css) if css else "", frame)


def _pages(t: Tables) -> Iterator[Page]:
    """All pages, each address once, whatever its case: notes come first."""
    seen: set[str] = set()
    for name in PAGES:
        rows: Mapping[str, Page] = getattr(t, name).rows
        for key in sorted(rows):
            where = place(rows[key].url)
            if where not in seen:
                seen.add(where)
                yield rows[key]


def _digests(pages: list[Page], look: Look) -> dict[Url, str]:
    """Per page: of its view, and of all that surrounds it."""
    theme = theme_of(look)
    code = code_digest("vaultkit.site.page", "vaultkit.site.theme", "vaultkit.site.render")
    around = {name: value_digest(look.frame, theme.digest(name), code) for name in {page.template for page in pages}}
    return {page.url: f"{page.digest}/{around[page.template]}" for page in pages}


def _reason(before: str | None, now: str) -> str:
    if before is None:
        return "it is new"
    if not before:
        return "all pages were asked for"
    view, around = (old != new for old, new in zip(before.split("/"), now.split("/"), strict=False))
    if view and around:
        return "what it shows and how it is shown changed"
    return "what it shows changed" if view else "its template, the site's frame or vaultkit changed"


def _write_assets(t: Tables, config: Config, look: Look, root: Path, output: Output) -> None:
    """The theme's files, and those of the vault that a public note leads to."""
    types = t.types.rows.values()
    for url, data in theme_of(look).assets().items():
        # What may change when a note is added stands in shared files, not in every page.
        before = sections_script(config.site, types) if url == SCRIPT else b""
        after = types_style(types) if url == STYLE else b""
        output.write(url, before + data + after)
    for path in sorted(t.documents.rows):
        document: Document = t.documents.rows[path]
        if document.kind == "attachment" and path in t.backlinks.rows:
            card: Card = t.cards.rows[path]
            _copy(output, root, document, card.url)


def _copy(output: Output, root: Path, document: Document, url: Url) -> None:
    """Copy a file of the vault; one that changes or goes away meanwhile is left to the next build."""
    source = Source(document.path, document.kind, document.digest, document.size, document.disk_path)
    try:
        output.copy(url, document.digest, partial(chunks, root, source))
    except UnreadableError as error:
        output.problems.append(problem("unreadable-file", document.path, message=f"The file can't be copied: {error}."))


def _weight(page: Page) -> int:
    return len(page.view)


def _failed(look: Look, page: Page, failure: Failure) -> bytes:
    """A page that couldn't be rendered: the mistake is in a template, and said as such."""
    if failure.reason == "raised":
        return rendered(look, page)
    raise VaultkitError(f"{page.url} couldn't be rendered: {failure.detail or failure.reason}")
