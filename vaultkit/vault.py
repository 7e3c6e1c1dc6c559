"""Vault: opens a vault, keeps its tables up to date, renders and writes its site; the one place where state lives."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent import futures
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec
import platformdirs
from msgspec import Struct

from vaultkit.config import Config, load
from vaultkit.diagnostics import Diagnostic, VaultkitError
from vaultkit.engine.executors import borrowed, pool
from vaultkit.engine.memo import Memo
from vaultkit.engine.tables import Changes, Tables, update
from vaultkit.engine.trial import collector_at_rest
from vaultkit.inspection import display_of, inspect_document, place_of
from vaultkit.links.names import ALIAS
from vaultkit.links.resolve import find_file, resolve, resolve_ref
from vaultkit.model import Card, Document, Edge, Found, Links, Source, Url, VaultPath
from vaultkit.nodes import WANTED
from vaultkit.parse.note import parse
from vaultkit.parse.remember import PRELOAD, Remembered
from vaultkit.parse.scan import Scanned, Stat, load_bytes, scan
from vaultkit.pipeline import PROBLEMS, pipeline
from vaultkit.publication import NOTHING, Written, inputs_digest, look_of, publish
from vaultkit.site.frame import frame_of
from vaultkit.site.guard import MARKER
from vaultkit.site.holes import Filler
from vaultkit.site.holes import Tables as HoleTables
from vaultkit.site.writer import Output
from vaultkit.words import fold

if TYPE_CHECKING:
    from vaultkit.links.graph import Graph

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done of it, and what there is to do."""


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

    inputs: str
    n_notes: int
    n_links: int
    n_wanted: int
    problems: tuple[Diagnostic, ...]


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

    def __init__(self, root: Path, config: Config, cache: Path | None, executor: futures.Executor | None) -> None:
        self.root = root
        self.config = config
        self._memo = Memo(cache)
        jobs = config.jobs or os.cpu_count() or 1
        run = borrowed(executor) if executor is not None else pool(jobs, PRELOAD)
        self._executor = run
        self._remembered = Remembered(
            config.syntax, self._memo, run, partial(load_bytes, root, note_bytes=config.syntax.note_bytes)
        )
        remote_images = config.syntax.remote_images == "load"
        self._frame = frame_of(config.site, root.name, remote_images=remote_images)
        self._tables = self._declared()
        self._stats: dict[str, Stat] = {}
        self._scan_problems: tuple[Diagnostic, ...] = ()
        self._is_read = False

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], config: Config | None = None, *, cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None, executor: futures.Executor | None = None,
    ) -> Self:  # fmt: skip
        """The vault in the folder *path*.

        Args:
            config: Settings; without it those of the vault's own files.
            cache_dir: Where to remember what was parsed; by default the user's cache folder. Losing it costs time only.
            jobs: Processes that parse; by default one per core.
            executor: Parses in place of processes of our own: threads, Dask, Ray.

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
        return cls(root, config, folder / cache_name(root), executor)

    # -- what is known ---------------------------------------------------------

    @property
    def notes(self) -> tuple[Document, ...]:
        """The public notes, by path."""
        rows = self._read().documents.rows
        return tuple(rows[path] for path in sorted(rows) if rows[path].kind == "note")

    def note(self, name: str) -> Document | None:
        """A note by its path, its file name or an alias; None if no note, or more than one, is called so.

        Private notes are known by their path alone.
        """
        t = self._read()
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
        t = self._read()
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
        rows: tuple[Edge, ...] = self._read().backlinks.rows.get(path, ())
        return rows

    @property
    def graph(self) -> Graph:
        """Notes, attachments, wanted names and tags with an edge per link; see `vaultkit.links.graph.graph`."""
        from vaultkit.links.graph import graph

        t = self._read()
        return graph(t.documents.rows, t.cards.rows, t.edges.rows, t.wanted.rows)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with the vault's files, by place."""
        t = self._read()
        found = set(self._scan_problems)
        for document in t.parsed.rows.values():
            found.update(document.problems)
        for links in t.links.rows.values():
            found.update(links.problems)
        for name in PROBLEMS:
            for row in getattr(t, name).rows.values():
                found.update(row)
        return tuple(sorted(found))

    def html(self, path: str) -> str:
        """The article of a note: its rendered body without the page around it. A private note can be asked for too.

        Raises:
            KeyError: There is no such note.
        """
        t = self._read()
        document: Document = t.parsed.rows[path]
        get_links = partial(self._links, document)
        holes = HoleTables(t.cards.rows.get, t.documents.rows.get, get_links, t.wanted.rows.get)
        # A private note has no page; its links are written as from the root.
        card = t.cards.rows.get(path) or Card(document.path, document.kind, document.title, Url("index.html"))
        return Filler(card, holes, self.config.site.embed_depth).fill(document, document.body)

    def inspect(self, path: str) -> dict[str, Any]:
        """All that was read from a note, public or not, and what each of its links leads to.

        The keys are told in `vaultkit.inspection`.

        Raises:
            KeyError: There is no such note.
        """
        t = self._read()
        document: Document = t.parsed.rows[path]
        links = self._links(document, document.path)
        problems = tuple(found for found in self.problems if found.path == path)
        html = self.html(path) if document.kind != "attachment" else ""
        facts = inspect_document(document, links, problems, t.documents.rows.get, html, self.config.syntax.reading)
        return facts | {"public": path in t.documents.rows}

    def _links(self, document: Document, path: VaultPath) -> Links | None:
        """The links of a public document, or of *document* itself, which may be private."""
        t = self._tables
        if path != document.path or path in t.documents.rows:
            found: Links | None = t.links.rows.get(path)
            return found
        formula = resolve(aliases=self.config.syntax.reading == "forgiving")
        return formula(path, document, candidates=t.names.rows.get, anchors=t.anchors.rows.get)

    # -- keeping up to date ------------------------------------------------------

    def update(self, progress: Progress | None = None) -> Changes:
        """Read what has changed on disk and bring every table up to date."""
        return self._apply(self._scan(), progress)

    def _scan(self) -> Scanned:
        if not self._is_read:
            self._stats = _decoded(self._memo.get("stats"), dict[str, Stat]) or {}
        scanned = scan(self.root, self.config.scan, self._stats, self._own_files(), self.config.syntax.note_bytes)
        if scanned.stats != self._stats:
            self._stats = scanned.stats
            self._memo.put("stats", msgspec.msgpack.encode(self._stats))
        return scanned

    def _apply(self, scanned: Scanned, progress: Progress | None) -> Changes:
        t = self._tables
        edits: dict[VaultPath, Source | None] = dict.fromkeys(t.sources.rows)
        edits.update(scanned.sources)
        self._remembered.tick = partial(progress, "Reading notes") if progress else None
        try:
            with collector_at_rest():
                changes = update(t, {t.sources: edits})
        except BaseException:
            # Half-done tables are thrown away; the memo makes the next start cheap.
            self._tables, self._is_read = self._declared(), False
            raise
        _drop_bytes(t)
        self._scan_problems = scanned.problems
        self._is_read = True
        return changes

    def build(self, out: str | os.PathLike[str], *, clean: bool = False, progress: Progress | None = None) -> Report:
        """Write the site into the folder *out*; only what differs from what stands there is rendered.

        Args:
            clean: Forget what was parsed and rendered, and do all of it again.

        Raises:
            VaultkitError: The folder isn't the site's to write in, or can't be written.
        """
        self._output = Path(out).absolute()
        with Output(self._output, self.root, self._memo) as output, collector_at_rest():
            if clean:
                output.forget()
                self._forget()
            scanned = self._scan()
            look = look_of(self.config, self.root, self._frame)
            inputs = inputs_digest(scanned.sources, self.config, look)
            before = None if clean or self._is_read else _decoded(self._memo.get(f"built {output.id}"), Built)
            if before is not None and before.inputs == inputs and output.is_as_left():
                # The same inputs give the same outputs, and those are still there.
                return _report(before)
            changes = self._apply(scanned, progress)
            t = self._tables
            done = publish(t, look, self.config, self.root, output, self._executor, progress or _no_progress)
            self._memo.prune(self._remembered.live)
            built = Built(
                inputs=inputs,
                n_notes=sum(document.kind == "note" for document in t.documents.rows.values()),
                n_links=sum(len(edges) for edges in t.edges.rows.values()),
                n_wanted=sum(node.startswith(WANTED) for node in t.wanted.rows),
                problems=tuple(sorted({*self.problems, *done.problems})),
            )
            self._memo.put(f"built {output.id}", msgspec.msgpack.encode(built))
            return _report(built, done, changes.computed)

    def clean(self, out: str | os.PathLike[str]) -> tuple[Url, ...]:
        """Remove the site in the folder *out*: the files that are as we wrote them, and no others.

        Raises:
            VaultkitError: There is no site of ours, or it can't be removed.
        """
        self._output = Path(out).absolute()
        if not (self._output / MARKER).is_file():
            raise VaultkitError(f"there is no site of vaultkit's in {out}")
        with Output(self._output, self.root, self._memo) as output:
            return tuple(output.prune())

    def clean_cache(self) -> Path | None:
        """Remove what is remembered of the vault; the path of the file, if there was one. The vault is closed then."""
        self.close()
        path = self._memo.path
        if path is None or not path.is_file():
            return None
        path.unlink()
        return path

    def close(self) -> None:
        """Let go of worker processes and of the cache."""
        self._executor.close()
        self._memo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside ------------------------------------------------------------------

    _output: Path | None = None

    def _declared(self) -> Tables:
        return pipeline(self.config, self._frame, self._remembered)

    def _read(self) -> Tables:
        if not self._is_read:
            self.update()
        return self._tables

    def _forget(self) -> None:
        """Drop all that was remembered."""
        self._memo.prune(())
        self._memo.put("stats", b"")
        self._tables, self._is_read = self._declared(), False

    def _own_files(self) -> tuple[Path, ...]:
        """Files and folders in the vault that are vaultkit's, not the vault's: settings, site and cache."""
        cache = self._memo.path.parent if self._memo.path is not None else None
        return tuple(path for path in (self.root / "vaultkit.toml", self._output, cache) if path is not None)


def default_cache_dir() -> Path:
    """The user's cache folder for vaultkit, as the system has it."""
    return Path(platformdirs.user_cache_dir("vaultkit", appauthor=False))


def cache_name(root: Path) -> str:
    """One cache file per vault, told apart by where the vault is."""
    return f"{root.name}-{blake2b(str(root.resolve()).encode(), digest_size=6).hexdigest()}.sqlite"


def _decoded(data: bytes | None, type_: type[T]) -> T | None:
    """A record that was kept; None where there is none, or it can't be read."""
    try:
        return msgspec.msgpack.decode(data, type=type_) if data else None
    except msgspec.MsgspecError:
        return None


def _report(built: Built, done: Written = NOTHING, computed: Mapping[str, int] | None = None) -> Report:
    return Report(
        built.n_notes, built.n_links, built.n_wanted, built.problems, done.rendered, done.written, done.removed,
        computed or {}, done.reasons,
    )  # fmt: skip


def _drop_bytes(t: Tables) -> None:
    """Forget the bytes of parsed files: their digests are enough from here on."""
    rows = t.sources.rows
    for path, source in rows.items():
        if source.data is not None:
            rows[path] = msgspec.structs.replace(source, data=None)


def _no_progress(stage: str, done: int, total: int) -> None: ...


__all__ = ["Report", "Resolution", "Vault", "cache_name", "default_cache_dir"]
