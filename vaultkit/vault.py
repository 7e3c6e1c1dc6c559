"""Vault: opens a vault, keeps its tables up to date, renders and writes its site; the one place where state lives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent import futures
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec
from msgspec import Struct

from vaultkit.config import Config, load
from vaultkit.diagnostics import Diagnostic, VaultkitError
from vaultkit.engine.evaluation import Changes
from vaultkit.engine.executors import borrowed, pool
from vaultkit.engine.memo import Memo
from vaultkit.facts import Fact
from vaultkit.folders import cache_name, default_cache_dir, default_snapshots
from vaultkit.index import own_files
from vaultkit.inspection import display_of, inspect_document, place_of
from vaultkit.links.names import ALIAS
from vaultkit.links.resolve import find_file, resolve, resolve_ref
from vaultkit.model import Document, Edge, Found, Links, Source, Url, VaultPath
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.parse.note import parse
from vaultkit.parse.remember import PRELOAD
from vaultkit.printing import Printed, article, print_note
from vaultkit.publication import Publication, Report
from vaultkit.questions import Questions
from vaultkit.reader import Progress, Reader
from vaultkit.related import Related
from vaultkit.search import answers, find
from vaultkit.search.answers import Answer
from vaultkit.search.find import Finding
from vaultkit.site.change_views import ChangeDay
from vaultkit.site.generations import Generations
from vaultkit.site.guard import MARKER
from vaultkit.site.writer import Output
from vaultkit.words import fold

if TYPE_CHECKING:
    from vaultkit.knowledge.datasets import Cell, Dataset
    from vaultkit.links.graph import Graph


class Resolution(Struct, frozen=True):
    """What a link written in a note means."""

    link: bool
    """Whether the text is exactly one link within the vault."""
    external: bool
    embed: bool = False
    path: str = ""
    subpath: str = ""
    display: str = ""
    resolved: VaultPath | None = None
    heading: str | None = None
    """The heading as its note writes it; None where the subpath names none."""
    heading_line: int | None = None
    block: str | None = None
    diagnostic: str | None = None
    """Name of the problem with the link."""

    @property
    def problems(self) -> tuple[str, ...]:
        return (self.diagnostic,) if self.diagnostic else ()


class Vault:
    """A vault on disk with all that is known of it.

    >>> vault = Vault.open("vault")
    >>> vault.resolve("index.md", "[[0700]]").resolved
    'Actors/Tencent.md'

    The vault is read when it is first asked for something; `update` reads again
    what has changed since.
    """

    def __init__(
        self, root: Path, config: Config, cache: Path, executor: futures.Executor | None, *, drafts: bool
    ) -> None:
        self.root = root
        self.config = config
        self._memo = Memo(cache)
        jobs = config.jobs or os.cpu_count() or 1
        self._executor = borrowed(executor) if executor is not None else pool(jobs, PRELOAD)
        snapshots = Path(config.changes.snapshots) if config.changes.snapshots else default_snapshots(root)
        self._reader = Reader(root, config, self._memo, self._executor, drafts=drafts, snapshots=snapshots)
        self._reader.own_files = own_files(root, config, self._memo)
        self._questions = Questions(self._reader)

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], config: Config | None = None, *, cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None, executor: futures.Executor | None = None, drafts: bool = False,
    ) -> Self:  # fmt: skip
        """The vault in the folder *path*.

        Args:
            config: Settings; without it those of the vault's own files.
            cache_dir: Where to remember what was parsed; by default the user's cache folder. Losing it costs time only.
            jobs: Processes that parse; by default one per core.
            executor: Parses in place of processes of our own: threads, Dask, Ray.
            drafts: Whether private notes are shown too, marked: for their author's preview, never to be published.

        Raises:
            VaultkitError: There is no such folder, or the settings leave open what is private.
        """
        root = Path(path).absolute()
        if not root.is_dir():
            raise VaultkitError(f"there is no vault at {path}: name the folder that holds the notes")
        config = load(root).settled() if config is None else config
        if jobs is not None:
            config = msgspec.structs.replace(config, jobs=jobs)
        folder = Path(cache_dir or config.cache_dir or default_cache_dir())
        return cls(root, config, folder / cache_name(root), executor, drafts=drafts)

    # -- what is known ---------------------------------------------------------

    @property
    def notes(self) -> tuple[Document, ...]:
        """The public notes, by path."""
        rows = self._reader.read().documents.rows
        return tuple(rows[path] for path in sorted(rows) if rows[path].kind == "note")

    def note(self, name: str) -> Document | None:
        """A note by its path, its file name or an alias; None if no note, or more than one, is called so.

        Private notes are known by their path alone.
        """
        t = self._reader.read()
        path, rivals = find_file(name, VaultPath("\0"), t.names.rows.get)
        if path is None:
            claimants = t.names.rows.get(ALIAS + fold(name), ())
            path = claimants[0] if len(claimants) == 1 else None
        found: Document | None = t.documents.rows.get(path) if path is not None and not rivals else None
        if found is None and name in t.parsed.rows:
            found = t.parsed.rows[name]  # A private note, by its path alone.
        return found

    def resolve(self, source: str, raw: str) -> Resolution:
        """What *raw*, the text of one link, would mean in the note *source*.

        >>> Vault.open("vault").resolve("index.md", "[[Model distillation#The argument]]").heading
        'The argument'
        """
        t = self._reader.read()
        path = VaultPath(source)
        read = parse(Source(path, "note", "", len(raw), "", raw.encode()), self.config.syntax)
        external = any("external-link" in part for part in read.body if isinstance(part, str))
        if len(read.refs) != 1:
            return Resolution(link=False, external=external)
        ref = read.refs[0]
        aliases = self.config.syntax.reading == "forgiving"
        target, found = resolve_ref(path, ref, aliases=aliases, candidates=t.names.rows.get, anchors=t.anchors.rows.get)
        told: dict[str, Any] = {}
        if isinstance(target, Found):
            told = {"resolved": target.path} | place_of(target, t.documents.rows.get(target.path))
        return Resolution(
            link=True, external=False, embed=ref.kind in ("embed", "image"), path=ref.path, subpath=ref.subpath,
            display=display_of(ref), diagnostic=found.name if found is not None else None, **told,
        )  # fmt: skip

    def backlinks(self, path: str) -> tuple[Edge, ...]:
        """The links that lead to a note, by the note they stand in."""
        rows: tuple[Edge, ...] = self._reader.read().backlinks.rows.get(path, ())
        return rows

    def facts(self, path: str) -> tuple[Fact, ...]:
        """What a note states: of itself and of others, each statement with its line and words."""
        rows: tuple[Fact, ...] = self._reader.read().facts.rows.get(path, ())
        return rows

    def about(self, node: str) -> tuple[Fact, ...]:
        """All that any note states of a note, or of a wanted name (`?name`, in lower case), from either side."""
        rows: tuple[Fact, ...] = self._reader.read().about.rows.get(node, ())
        return rows

    def titles(self) -> dict[str, str]:
        """What the nodes of the graph are called: public notes, wanted names, ambiguous ones."""
        t = self._reader.read()
        found = {str(path): document.title for path, document in t.documents.rows.items()}
        return found | {node: card.name for node, card in t.wanted.rows.items()}

    def wanted(self, name: str) -> tuple[str, ...]:
        """The nodes of a name that notes link to and no note has: at most one each of the wanted and the ambiguous."""
        nodes = (WANTED + fold(name), CLAIMED + fold(name))
        return tuple(node for node in nodes if node in self._reader.read().wanted.rows)

    def relations(self, role: str = "") -> tuple[Fact, ...]:
        """The relations of all notes, by note and line; those of one role, if one is named."""
        rows = self._reader.read().facts.rows
        return tuple(fact for path in sorted(rows) for fact in rows[path] if fact.object and role in ("", fact.role))

    def related(self, path: str, limit: int = 8, *, dated: bool = False) -> Related:
        """The closest of the notes with a link to or from a note, and of all others, with the reasons.

        Args:
            dated: Whether journals and reports are among them.
        """
        found: Related = self._reader.rank().ranked.memory.related(path, limit, dated=dated)
        return found

    def all_related(self, limit: int = 64, *, dated: bool = False) -> dict[VaultPath, tuple[VaultPath, ...]]:
        """Of every note the closest to which it has no link, the closest first."""
        memory = self._reader.rank().ranked.memory
        found: dict[VaultPath, tuple[VaultPath, ...]] = memory.not_linked_from(limit, dated=dated)
        return found

    def search(self, query: str, limit: int = answers.SHOWN) -> Answer:
        """The public notes that a query finds, the best first, as the search of the site ranks them.

        Args:
            query: Words, "phrases", `-without`, and the filters `type:`, `tag:`, `folder:`, `rel:` and `linked:`.
        """
        return self._questions.search(query, limit)

    def find(self, name: str, limit: int = find.SHOWN) -> Finding:
        """Whether a name is taken, and which notes and wanted names are like it, with the reasons.

        >>> Vault.open("vault").find("Tencent Holdings Ltd").is_taken
        True
        """
        return self._questions.find(name, limit)

    @property
    def graph(self) -> Graph:
        """Notes, attachments, wanted names and tags, their links and relations; see `vaultkit.links.graph.graph`."""
        from vaultkit.links.graph import graph

        t, inverse = self._reader.read(), self._reader.vocabulary.inverse
        return graph(t.documents.rows, t.cards.rows, t.edges.rows, t.wanted.rows, t.facts.rows, inverse)

    def tables(self, path: str = "") -> tuple[Dataset, ...]:
        """The tables of a note as data; those of all notes, by note, if none is named."""
        from vaultkit.knowledge.datasets import datasets

        t = self._reader.read()
        paths = [VaultPath(path)] if path else sorted(t.documents.rows)
        nothing = Links(())
        return tuple(
            dataset
            for each in paths
            if each in t.documents.rows
            for dataset in datasets(t.documents.rows[each], t.links.rows.get(each, nothing))
        )

    def cells(self, table: Dataset) -> tuple[tuple[Cell, ...], ...]:
        """The cells of a table, row by row, with what each says and links to."""
        from vaultkit.knowledge.datasets import cells

        t = self._reader.read()
        links = t.links.rows.get(table.note, Links(()))
        return tuple(cells(row, len(table.columns), t.documents.rows[table.note], links) for row in table.rows)

    def table_csv(self, table: Dataset) -> bytes:
        """A table as CSV: its columns, and beside those of numbers and dates what they say."""
        from vaultkit.export.dataset import table_csv

        t = self._reader.read()
        return table_csv(t.documents.rows[table.note], t.links.rows.get(table.note, Links(())), table)

    def export(self, format_: str) -> bytes:
        """The graph, the facts or the tables in a format; `vaultkit.export.formats` lists them.

        Raises:
            VaultkitError: There is no such format, or a library that it needs isn't there.
        """
        from vaultkit.export.contents import contents
        from vaultkit.export.formats import exported

        frame, t = self._reader.frame, self._reader.read()
        return exported(contents(frame.title, frame.base_url, t, self.graph), format_)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with the vault's files, by place."""
        return self._reader.problems

    def html(self, path: str) -> str:
        """The article of a note: its rendered body without the page around it. A private note can be asked for too.

        Raises:
            KeyError: There is no such note.
        """
        document: Document = self._reader.read().parsed.rows[path]
        return article(self._reader, document, partial(self._links, document))

    def print(self, path: str) -> Printed:
        """A note as one HTML file that stands alone; VaultkitError if it is private and the vault has no drafts."""
        return print_note(self._reader, VaultPath(path))

    def inspect(self, path: str) -> dict[str, Any]:
        """All that was read from a note, public or not, and what each of its links leads to.

        The keys are told in `vaultkit.inspection`.

        Raises:
            KeyError: There is no such note.
        """
        t = self._reader.read()
        document: Document = t.parsed.rows[path]
        links = self._links(document, document.path)
        problems = tuple(found for found in self.problems if found.path == path)
        html = self.html(path) if document.kind != "attachment" else ""
        facts = inspect_document(document, links, problems, t.documents.rows.get, html, self.config.syntax.reading)
        return facts | {"public": path in t.documents.rows}

    def _links(self, document: Document, path: VaultPath) -> Links | None:
        """The links of a public document, or of *document* itself, which may be private."""
        t = self._reader.read()
        if path != document.path or path in t.documents.rows:
            found: Links | None = t.links.rows.get(path)
            return found
        formula = resolve(aliases=self.config.syntax.reading == "forgiving")
        return formula(path, document, candidates=t.names.rows.get, anchors=t.anchors.rows.get)

    @property
    def notices(self) -> tuple[str, ...]:
        """What went otherwise than it should, and cost no more than time: a damaged cache, no worker processes."""
        return (*self._memo.notices, *self._executor.notices, *self._reader.history.notices)

    def changes(self, since: str = "") -> tuple[ChangeDay, ...]:
        """What changed in public notes, the last day first; of the days that are set, or since a day or commit.

        Raises:
            VaultkitError: There is no such day or commit.
        """
        rows = self._reader.read_since(since).change_days.rows
        return tuple(rows[day] for day in sorted(rows, reverse=True))

    def snapshot(self, when: datetime) -> tuple[Path | None, int]:
        """Keep what the public notes are and state now: where (None if the last says the same), how many notes differ.

        Raises:
            VaultkitError: The folder of the snapshots can't be written.
        """
        return self._reader.snapshot(when)

    # -- keeping up to date ------------------------------------------------------

    def update(self, progress: Progress | None = None) -> Changes:
        """Read what has changed on disk and bring every table up to date."""
        return self._reader.apply(self._reader.scan(), progress)

    def build(
        self, out: str | os.PathLike[str], *, clean: bool = False, explain: bool = False, swap: bool = False,
        once: bool = False, progress: Progress | None = None,
    ) -> Report:  # fmt: skip
        """Write the site into the folder *out*; only what differs from what stands there is rendered.

        Args:
            clean: Forget what was parsed and rendered, and do all of it again.
            explain: Take the time to find out what the last build saw, so that the reasons can name what differs.
            swap: Make a new generation of the site beside the one that is there, and put it in its place at once.
            once: Let go of what was read as soon as nothing more is made of it; what is asked then is read again.

        Raises:
            VaultkitError: The folder isn't the site's to write in, or can't be written; or drafts are shown.
        """
        if self._reader.drafts:
            raise VaultkitError("a vault that is opened with its drafts can't be published: open it without")
        build = self._swap if swap else self._build
        try:
            return build(Path(out).absolute(), clean=clean, explain=explain, once=once, progress=progress)
        finally:
            if once:
                self._reader.reset()

    def _build(self, out: Path, *, clean: bool, **how: Any) -> Report:
        with self.publication(out) as site:
            if clean:
                site.forget()
            report = site.build(**how)
            site.save()
            return report

    def _swap(self, out: Path, *, clean: bool, **how: Any) -> Report:
        generations = Generations(out, self.root)
        with generations.locked():
            if generations.current is not None and not clean:
                with self.publication(out) as site:
                    if (report := site.unchanged()) is not None:
                        return report
            folder = generations.prepare()
            report = self._build(folder, clean=clean, shortcut=False, **how)
            generations.switch(folder)
            return report

    @contextmanager
    def publication(self, out: str | os.PathLike[str]) -> Iterator[Publication]:
        """The site in the folder *out*, held open to be built again and again.

        Raises:
            VaultkitError: The folder isn't the site's to write in, or can't be written.
        """
        with closing(Output(self._owned(out), self.root, self._memo)) as output:
            yield Publication(self._reader, output)

    def clean(self, out: str | os.PathLike[str]) -> tuple[Url, ...]:
        """Remove the site in the folder *out*: the files that are as we wrote them, and no others.

        Raises:
            VaultkitError: There is no site of ours, or it can't be removed.
        """
        folder = self._owned(out)
        if not (folder / MARKER).is_file():
            raise VaultkitError(f"there is no site of vaultkit's in {out}")
        with Output(folder, self.root, self._memo) as output:
            removed = tuple(output.prune())
        if folder.is_symlink():
            generations = Generations(folder, self.root)
            with generations.locked():
                generations.remove()
        return removed

    def clean_cache(self) -> Path | None:
        """Remove what is remembered of the vault; the path of the file, if there was one. The vault is closed then."""
        self.close()
        return self._memo.path if self._memo.remove() else None

    def close(self) -> None:
        """Let go of worker processes and of the cache."""
        self._executor.close()
        self._memo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside ------------------------------------------------------------------

    def _owned(self, out: str | os.PathLike[str]) -> Path:
        """The output folder, which isn't part of the vault from now on, wherever it lies."""
        folder = Path(out).absolute()
        self._reader.own_files = (*own_files(self.root, self.config, self._memo), folder)
        return folder


__all__ = ["Report", "Resolution", "Vault", "cache_name", "default_cache_dir"]
