"""From tables to files: renders the pages that differ from those on disk, writes them, takes away what is gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

import msgspec
from msgspec import Struct

from vaultkit.config import Config
from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.engine.evaluation import Changes
from vaultkit.engine.executors import Failure
from vaultkit.engine.fingerprint import code_digest, value_digest, versions
from vaultkit.engine.trial import collector_at_rest
from vaultkit.keeping import keep
from vaultkit.knowledge.vocabulary_file import built_in_digest
from vaultkit.model import Source, Url, VaultPath
from vaultkit.parse.files import chunks
from vaultkit.parse.remember import LIBRARIES
from vaultkit.reader import Edits, Progress, Reader, decoded
from vaultkit.site.frame import (
    SCRIPT,
    STYLE,
    graph_script,
    search_scripts,
    sections_script,
    types_style,
    ways_script,
    words_before,
)
from vaultkit.site.frontend import bundled
from vaultkit.site.pages import File, Made, Page, Row, place_of
from vaultkit.site.reasons import reason
from vaultkit.site.render import Look, look_of, rendered, theme_of
from vaultkit.site.sitemap import sitemap
from vaultkit.site.writer import Output, UnreadableError

Wrote = Callable[[Sequence[Url]], None]
"""Called with the URLs of files that have come to differ since it was called last."""

FEW = 10
"""Files of which any number may go at once without a doubt."""

SLICE = 100
"""Pages after which whoever waits for them is told."""


class Report(Struct, frozen=True):
    """What a build found and did."""

    n_notes: int
    n_links: int
    n_wanted: int
    problems: tuple[Diagnostic, ...]
    rendered: tuple[Url, ...]
    written: tuple[Url, ...]
    removed: tuple[Url, ...]
    computed: Mapping[str, int]
    """Rows computed per table."""
    reasons: Mapping[Url, str]
    """Why each page was rendered."""


class Built(Struct, frozen=True):
    """What a site was last built from, and what was then found: all that a build of the same has to say."""

    n_notes: int
    n_links: int
    n_wanted: int
    problems: tuple[Diagnostic, ...]
    inputs: str = ""
    """Digest of them; this and what follows is worked out when it is put down."""
    seal: str = ""
    """Of the site, so that it isn't taken for one that a killed build, or an older cache, knows of."""
    sources: tuple[Source, ...] = ()


class Publication:
    """The site of a vault in a folder, which is locked until this is closed; built as often as there is reason to.

    Each file is whole at any moment. The order is assets, pages, shared files,
    deletions: a page never appears before what it needs.
    """

    def __init__(self, reader: Reader, output: Output) -> None:
        self._reader, self._output = reader, output
        self._look: Look | None = None
        """With which all that is in the folder was made; None where that isn't known."""
        self._built: Built | None = None

    @property
    def urls(self) -> list[str]:
        """The files of the site as it stands."""
        return self._output.urls

    @property
    def is_read(self) -> bool:
        """Whether the vault has been read, and not only found to be as it was."""
        return self._reader.is_read

    def is_mostly_gone(self, edits: Edits) -> bool:
        """Whether more than half of a vault that isn't tiny has vanished at once, and nothing came in its place."""
        known = self._reader.tables.sources.rows
        n_gone = sum(source is None for source in edits.sources.values()) - len(edits.sources.keys() - known.keys())
        return n_gone > FEW and 2 * n_gone > len(known)

    def is_anything_left(self, edits: Edits) -> bool:
        sources = self._reader.tables.sources.rows
        return any(edits.sources.get(path, source) is not None for path, source in sources.items())

    def notes(self) -> dict[Url, VaultPath]:
        """The notes by the address of their pages; empty as long as nothing was read."""
        return {card.url: path for path, card in self._reader.tables.cards.rows.items()}

    def forget(self) -> None:
        """Take nothing for read, and no page for up to date."""
        self._reader.forget()
        self._output.forget()
        self._reader.memo.put(self._record, b"")

    def scan(self, hints: Collection[str] | None = None) -> Edits:
        """How the vault differs from what was built last; see `Reader.scan`."""
        return self._reader.scan(hints)

    def build(
        self, edits: Edits | None = None, *, first: Collection[str] = (), progress: Progress | None = None,
        wrote: Wrote | None = None, shortcut: bool = True, explain: bool = False, once: bool = False,
    ) -> Report:  # fmt: skip
        """Bring the site up to date with the vault.

        Args:
            edits: What was scanned just now; without it all is scanned.
            first: Pages to render before all others.
            wrote: Told of *first* as soon as they are written, then of the others now and then, at last of the rest.
            shortcut: Leave the vault unread where its files and the site are as the last build left them.
            explain: Take the time to find out what the last build saw, so as to tell what differs.
            once: The reader is asked nothing afterwards, and reset: for less time and half the memory.

        Raises:
            VaultkitError: A file can't be written, or a template is broken.
        """
        reader, output = self._reader, self._output
        edits = reader.scan() if edits is None else edits
        look = look_of(reader.config.site, reader.root, reader.frame)
        if shortcut and not reader.is_read and (report := self._unchanged(edits, look)) is not None:
            return report
        if self._built is not None and look == self._look and reader.is_known(edits):
            return _report(self._built)
        if explain and not reader.is_read:
            before = self._before()
            if before is not None and reader.recall(before.sources):
                edits = reader.scan()
        known, self._look, self._built = self._look, None, None
        writing = _Writing(reader, output, look, progress or _no_progress, wrote or _nobody)
        with collector_at_rest():
            if once and not reader.is_read:
                changes = reader.compute(edits, progress)
                writing.begin(anew=True)
            else:
                # Whoever looks at a page need not wait for what is worked out of the whole vault.
                hurries = bool(first) and reader.is_read and known == look
                changes = reader.apply(edits, progress, at_once=not hurries)
                writing.begin(anew=known != look)
                if hurries:
                    writing.show(changes, frozenset(first))
                    changes += reader.settle()
            written = writing.publish(changes if known == look else None, frozenset(first))
            if once:
                # What is put down afterwards takes room, which the pages need no more.
                reader.tables.site.rows = {}
        # What couldn't be copied is tried again, though it may be as it was by then.
        self._look = look if written.is_whole else None
        self._built = _built(reader, written)
        return _report(self._built, written, changes)

    def unchanged(self) -> Report | None:
        """What there is to say of a site that is as a build now would make it; None if it isn't known to be."""
        return self._unchanged(
            self._reader.scan(), look_of(self._reader.config.site, self._reader.root, self._reader.frame)
        )

    def _unchanged(self, edits: Edits, look: Look) -> Report | None:
        """The same inputs give the same outputs, if those are still there."""
        sources = {path: source for path, source in edits.sources.items() if source is not None}
        before = self._before()
        if before is None or before.inputs != inputs_digest(sources, self._reader.config, look, edits.mark):
            return None
        return _report(before) if self._output.is_as_left(before.seal) else None

    def _before(self) -> Built | None:
        return decoded(self._reader.memo.get(self._record), Built)

    def save(self) -> None:
        """Put down what makes the next start quick."""
        self._reader.save()
        self._output.save()
        if self._reader.is_read and self._reader.is_searchable and not self._reader.drafts:
            keep(self._reader, "search")
        if self._built is not None and self._look is not None:
            sources = self._reader.tables.sources.rows
            inputs = inputs_digest(sources, self._reader.config, self._look, self._reader.mark)
            built = msgspec.structs.replace(
                self._built, inputs=inputs, seal=self._output.seal, sources=tuple(sources.values())
            )
            self._reader.memo.put(self._record, msgspec.msgpack.encode(built))

    def close(self) -> None:
        self._output.close()

    @property
    def _record(self) -> str:
        return f"built {self._output.id}"


class Written(Struct, frozen=True):
    """What one build did, by URL."""

    reasons: Mapping[Url, str] = {}
    """Of each page that was rendered."""
    written: tuple[Url, ...] = ()
    removed: tuple[Url, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    is_whole: bool = True
    """Whether every file of the vault that belongs to the site could be copied."""


NOTHING = Written()


class _Writing:
    """One build under way."""

    def __init__(self, reader: Reader, output: Output, look: Look, progress: Progress, wrote: Wrote) -> None:
        self.t, self.config, self.root, self.run = reader.tables, reader.config, reader.root, reader.executor
        self.output, self.look, self.theme = output, look, theme_of(look)
        self.progress, self.wrote = progress, wrote
        self._around: dict[str, str] = {}
        self._reasons: dict[Url, str] = {}
        self._n_told = 0
        self._is_whole = True

    def begin(self, *, anew: bool) -> None:
        self.output.begin(anew=anew)

    def show(self, changes: Changes, urls: Collection[str]) -> None:
        """Render those of the pages that are due, before anything else is done; but first hide what is private now."""
        t, places = self.t, sorted(changes.changed[self.t.site])
        if any(path in t.sources.rows and path not in t.documents.rows for path in changes.changed[t.documents]):
            self._give_up(place for place in places if place not in t.site.rows)
            self.output.prune()
        rows = map(t.site.rows.get, places)
        due = self._due(row for row in rows if isinstance(row, Page) and row.url in urls)
        if due:
            self._render(due)
            self._tell()

    def _give_up(self, places: Iterable[str]) -> None:
        """Have no file of what stood at these places until now, unless it is written again."""
        for place in places:
            if place in self.t.site.before:
                self.output.give_up(self.t.site.before[place].url)

    def publish(self, changes: Changes | None, first: Collection[str]) -> Written:
        """Write all that differs, of everything or of what *changes* name; then take away what is gone."""
        output, site = self.output, self.t.site
        places = sorted(site.rows if changes is None else changes.changed[site])
        rows = [site.rows[place] for place in places if place in site.rows]
        self._give_up(places)
        if changes is None or changes.changed[self.t.types] or changes.changed[self.t.ways]:
            self._write_theme()
        for row in rows:
            if isinstance(row, File):
                self._copy(row)
            elif isinstance(row, Made):
                self._write_made(row)
        due = self._due(row for row in rows if isinstance(row, Page))
        if opened := [page for page in due if page.url in first]:
            self._render(opened)
            self._tell()
            due = [page for page in due if page.url not in first]
        self._render(due)
        is_another_set = changes is None or any(
            _listed(site.before.get(place)) != _listed(site.rows.get(place)) for place in places
        )
        if self.look.frame.base_url and is_another_set:
            self._write_sitemap()
        removed = tuple(output.prune())
        self._tell()
        return Written(
            dict(sorted(self._reasons.items())), tuple(output.written), removed, tuple(output.problems), self._is_whole
        )

    def _due(self, pages: Iterable[Page]) -> list[Page]:
        """Those whose files were made from something else, or by other means."""
        due = []
        for page in pages:
            if self.output.made_from(page.url) == self._made_from(page):
                self.output.keep(page.url)
            else:
                due.append(page)
        return due

    def _made_from(self, page: Page) -> str:
        """Digests of the page's view, and of all that surrounds it."""
        if page.template not in self._around:
            code = code_digest(*_PAGE_CODE)
            templates = self.theme.digest(page.template)
            self._around[page.template] = value_digest(self.look.frame, templates, code, versions(*_RENDERERS))
        return f"{page.digest}/{self._around[page.template]}"

    def _reason(self, page: Page) -> str:
        before = self.t.site.before.get(place_of(page))
        old = before if isinstance(before, Page) else None
        return reason(self.output.made_from(page.url), self._made_from(page), old, page)

    def _render(self, due: list[Page]) -> None:
        # A page that was shown already and is due again keeps its first reason.
        self._reasons = {page.url: self._reason(page) for page in due} | self._reasons
        made = self.run.map(partial(rendered, self.look), due, _weight, partial(_failed, self.look))
        for done, (page, data) in enumerate(zip(due, made, strict=True), 1):
            self.output.write(page.url, data, self._made_from(page))
            self.progress("Rendering pages", done, len(due))
            if done % SLICE == 0:
                self._tell()

    def _tell(self) -> None:
        if fresh := self.output.written[self._n_told :]:
            self._n_told += len(fresh)
            self.wrote(fresh)

    def _write_theme(self) -> None:
        """The theme's files. What may change when a note is added stands in shared ones, not in every page."""
        types = self.t.types.rows.values()
        told = sections_script(self.config.site, types) + ways_script(self.t.ways.rows, self.theme.word)
        for url, data in self.theme.assets().items():
            before = told if url == SCRIPT else words_before(url, self.theme.words, self.config.site)
            after = types_style(types) if url == STYLE else b""
            self.output.write(url, before + data + after)
        scripts = search_scripts(bundled, self.theme.words) if self.config.site.search else {}
        scripts |= graph_script(bundled) if self.config.site.graph else {}
        for url, data in scripts.items():
            self.output.write(url, data)

    def _copy(self, file: File) -> None:
        """Copy a file of the vault; one that changes or goes away meanwhile is left to the next build."""
        source = file.source
        try:
            self.output.copy(file.url, source.digest, partial(chunks, self.root, source))
        except UnreadableError as error:
            self._is_whole = False
            message = f"The file can't be copied: {error}."
            self.output.problems.append(problem("unreadable-file", source.path, message=message))

    def _write_made(self, file: Made) -> None:
        if self.output.made_from(file.url) == file.digest:
            self.output.keep(file.url)
        else:
            self.output.write(file.url, file.data, file.digest)

    def _write_sitemap(self) -> None:
        urls = filter(None, map(_listed, self.t.site.rows.values()))
        self.output.write("sitemap.xml", sitemap(self.look.frame.base_url, urls))


_UNLISTED = frozenset({"404.html", "search.html"})


def _listed(row: Row | None) -> Url | None:
    """The address by which the site map names what stands at a place; None for what it leaves out."""
    is_listed = isinstance(row, Page) and row.template != "redirect.html" and row.url not in _UNLISTED
    return row.url if row is not None and is_listed else None


def inputs_digest(sources: Mapping[VaultPath, Source], config: Config, look: Look, mark: str = "") -> str:
    """Digest of all that a site is made of: the files and their history, the settings, the theme and our own code."""
    return value_digest(
        [(path, sources[path].digest, sources[path].disk_path) for path in sorted(sources)],
        [
            msgspec.to_builtins(section)
            for section in (config.scan, config.syntax, config.publish, config.site, config.relations)
        ],
        [msgspec.to_builtins(entity) for entity in config.entities],
        look,
        mark,
        built_in_digest(),
        bundled("STAMP") or b"",
        code_digest(*_CODE),
        versions(*LIBRARIES, *_RENDERERS),
    )


_PAGE_CODE = ("vaultkit.site.page", "vaultkit.site.theme", "vaultkit.site.linked_data", "vaultkit.site.render")

_RENDERERS = ("Jinja2", "MarkupSafe")
"""Libraries whose versions a page depends on, whatever its view."""

_CODE = (
    "vaultkit.parse", "vaultkit.links", "vaultkit.knowledge", "vaultkit.facts", "vaultkit.site", "vaultkit.search", "vaultkit.history", "vaultkit.changes", "vaultkit.drawing", "vaultkit.engine", "vaultkit.pipeline", "vaultkit.publication",
    "vaultkit.reader", "vaultkit.model", "vaultkit.bodies", "vaultkit.urls", "vaultkit.words", "vaultkit.yaml_core", "vaultkit.nodes", "vaultkit.diagnostics",
)  # fmt: skip


def _built(reader: Reader, written: Written) -> Built:
    problems = reader.problems
    if written.problems:
        problems = tuple(sorted({*problems, *written.problems}))
    totals = reader.tables.totals.rows[""]
    return Built(totals.n_notes, totals.n_links, totals.n_wanted, problems)


def _report(built: Built, written: Written = NOTHING, changes: Changes | None = None) -> Report:
    return Report(
        built.n_notes, built.n_links, built.n_wanted, built.problems, tuple(written.reasons), written.written,
        written.removed, changes.computed if changes is not None else {}, written.reasons,
    )  # fmt: skip


def _weight(page: Page) -> int:
    return len(page.view)


def _failed(look: Look, page: Page, failure: Failure) -> bytes:
    """A page that couldn't be rendered: the mistake is in a template, and said as such."""
    if failure.reason == "raised":
        return rendered(look, page)
    raise VaultkitError(f"{page.url} couldn't be rendered: {failure.detail or failure.reason}")


def _no_progress(stage: str, done: int, total: int) -> None: ...


def _nobody(urls: Sequence[Url]) -> None: ...
