"""The vault on disk as tables that are kept up to date: scans, decides what is to be read again, updates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from vaultkit.config import Config
from vaultkit.diagnostics import Diagnostic
from vaultkit.engine.evaluation import Changes, Given, bring, compute, made_of, settle, update
from vaultkit.engine.executors import Executor
from vaultkit.engine.fingerprint import code_digest, value_digest, versions
from vaultkit.engine.memo import Memo
from vaultkit.engine.tables import Input, Table, Tables
from vaultkit.engine.trial import collector_at_rest
from vaultkit.history.compared import public_versions
from vaultkit.history.reading import History, edits_of
from vaultkit.knowledge.vocabulary_file import built_in_digest
from vaultkit.knowledge.vocabulary_file import load as load_vocabulary
from vaultkit.model import Source, VaultPath
from vaultkit.parse.files import load_bytes, look_again
from vaultkit.parse.remember import LIBRARIES, Remembered
from vaultkit.parse.scan import Stat, scan
from vaultkit.pipeline import PROBLEMS, RESULTS, pipeline, ranked, searchable
from vaultkit.search.kept import TABLES
from vaultkit.site.frame import frame_of

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done of it, and what there is to do."""

T = TypeVar("T")


class Edits(Struct, frozen=True):
    """How the files differ from what the tables know."""

    sources: Mapping[VaultPath, Source | None]
    """None for one that is gone."""
    problems: tuple[Diagnostic, ...]
    """All that is now wrong with the files as such."""
    mark: str = ""
    """Which history the vault has."""


class Reader:
    """Owns the tables of a vault and the stats of its files.

    Attributes:
        tables: Empty until `is_read`.
    """

    def __init__(
        self, root: Path, config: Config, memo: Memo, executor: Executor, *, drafts: bool = False,
        snapshots: Path | None = None,
    ) -> None:  # fmt: skip
        self.root, self.config, self.memo, self.executor, self.drafts = root, config, memo, executor, drafts
        self.own_files: tuple[Path, ...] = ()
        """Files and folders in the vault that are vaultkit's, not the vault's."""
        self._remembered = Remembered(
            config.syntax, memo, executor, partial(load_bytes, root, note_bytes=config.syntax.note_bytes)
        )
        self.history = History(root, config.changes, memo, snapshots, config.syntax.note_bytes)
        self._remembered_past = Remembered(config.syntax, memo, executor, self.history.load)
        remote_images = config.syntax.remote_images == "load"
        self.frame = frame_of(config.site, root.name, remote_images=remote_images)
        self.n_given = 0
        """How often something new was put into the tables, or they were thrown away."""
        self._stats: dict[str, Stat] | None = None
        self._scan_problems: tuple[Diagnostic, ...] = ()
        self.reset()

    def reset(self) -> None:
        """Throw the tables away; the memo makes the next start cheap."""
        self._problems_of: dict[tuple[str, Any], tuple[Diagnostic, ...]] = {}
        self._problems: tuple[Diagnostic, ...] | None = None
        settings = self.config.relations
        own = self.root / settings.vocabulary if settings.vocabulary else None
        self.vocabulary, found = load_vocabulary(own, replace=settings.replace, name=settings.vocabulary)
        """By which words are read as roles."""
        self._problems_of["vocabulary", ""] = found
        self.tables: Tables = pipeline(
            self.config, self.frame, self.vocabulary, self._remembered, drafts=self.drafts,
            run_past=self._remembered_past,
        )  # fmt: skip
        self.n_given += 1
        self.mark = ""
        """Of the history that the tables hold."""
        self.is_read = False

    def forget(self) -> None:
        """Drop all that was remembered, too."""
        self.memo.prune(())
        self._stats = {}
        self.reset()

    def read(self) -> Tables:
        """The tables, each of which is brought up to date as it is asked for."""
        if not self.is_read:
            edits = self.scan()
            changes = self._given(edits, None, lambda rows: bring(self.tables, rows, self.tables.parsed))
            self._note_problems(changes, edits.problems)
        return cast("Tables", _Asked(self.tables, self._bring))

    def rank(self) -> Tables:
        """The tables with the ranking of all notes."""
        t = self.read()
        if not hasattr(self.tables, "ranked"):
            ranked(self.tables, self.config)
        return t

    @property
    def is_searchable(self) -> bool:
        """Whether the index is declared: for the site, or for whoever asked."""
        return hasattr(self.tables, "terms")

    def searched(self, names: Iterable[str]) -> Tables:
        """The tables, with those of the index that are named brought up to date."""
        t = self.read()
        if not self.is_searchable:
            searchable(self.tables)
        for name in names:
            getattr(t, name)
        return self.tables

    def _bring(self, table: Table) -> None:
        """Bring a table up to date, unless it is."""
        if any(each.is_fresh or each.waiting for each in made_of(table) if each.uses):
            try:
                changes = self._evaluated(lambda: bring(self.tables, {}, table))
            finally:
                self.history.close()
            self._note_problems(changes, self._scan_problems)

    def scan(self, hints: Collection[str] | None = None) -> Edits:
        """What differs on disk.

        Args:
            hints: Paths on disk of the only files that can have changed. Where
                they tell of more than files with new content, all is scanned.
        """
        if self._stats is None:
            self._stats = decoded(self.memo.get("stats"), dict[str, Stat]) or {}
        known: Mapping[VaultPath, Source] = self.tables.sources.rows
        if hints is not None and self.is_read:
            odd = {found.path for found in self._scan_problems}
            found = look_again(self.root, self.config.scan, known, odd, hints, self.config.syntax.note_bytes)
            if found is not None:
                return Edits(found, self._scan_problems, self.history.mark())
        scanned = scan(self.root, self.config.scan, self._stats, self.own_files, self.config.syntax.note_bytes)
        self._stats = scanned.stats
        edits: dict[VaultPath, Source | None] = dict.fromkeys(known.keys() - scanned.sources.keys())
        edits.update((path, source) for path, source in scanned.sources.items() if source != known.get(path))
        return Edits(edits, scanned.problems, self.history.mark())

    def is_known(self, edits: Edits) -> bool:
        """Whether the tables are up to date with what a scan found."""
        is_same = edits.problems == self._scan_problems and edits.mark == self.mark
        return self.is_read and not edits.sources and is_same

    def apply(self, edits: Edits, progress: Progress | None = None, *, at_once: bool = True) -> Changes:
        """Bring the tables up to date with what a scan found; all, or those that aren't late, until `settle`."""
        t = self.tables
        changes = self._given(edits, progress, lambda rows: update(t, rows, at_once=at_once))
        self._note_problems(changes, edits.problems)
        return changes

    def compute(self, edits: Edits, progress: Progress | None = None) -> Changes:
        """Fill the tables from what a scan found, and keep no more than what publishing asks for, until `reset`."""
        t = self.tables
        kept = [getattr(t, name) for name in (*RESULTS, *(TABLES["search"] if self.is_searchable else ()))]
        changes = self._given(edits, progress, lambda rows: compute(t, rows, kept))
        self._note_problems(changes, edits.problems)
        return changes

    def _given(self, edits: Edits, progress: Progress | None, evaluate: Callable[[Given], T]) -> T:
        """Evaluate the tables with what is new on disk and in the vault's history."""
        t = self.tables
        self._remembered.tick = partial(progress, "Reading notes") if progress else None
        rows: dict[Input, Mapping[Any, Any]] = {t.sources: edits.sources}
        if edits.mark != self.mark:
            rows |= edits_of(t, self.history.read(edits.mark))
        try:
            done = self._evaluated(lambda: evaluate(rows))
        finally:
            self.history.close()
        self.mark = edits.mark
        self.n_given += 1
        self.is_read = True
        return done

    def settle(self) -> Changes:
        """Bring the late tables up to date, too."""
        changes = self._evaluated(lambda: settle(self.tables))
        self._note_problems(changes, self._scan_problems)
        return changes

    def _evaluated(self, evaluate: Callable[[], T]) -> T:
        try:
            with collector_at_rest():
                return evaluate()
        except BaseException:
            # Half-done tables are of no use.
            self.reset()
            raise

    def _note_problems(self, changes: Changes, of_scan: tuple[Diagnostic, ...]) -> None:
        """Keep the problems by the row that tells of them, so that an edit doesn't ask all rows again."""
        told = self._problems_of
        before = {}
        for name in PROBLEMS:
            table = getattr(self.tables, name)
            for key in changes.changed[table]:
                before[name, key] = told.pop((name, key), ())
                if found := table.rows.get(key):
                    told[name, key] = found
        is_same = (
            all(told.get(where, ()) == found for where, found in before.items()) and of_scan == self._scan_problems
        )
        self._scan_problems = of_scan
        self._problems = self._problems if is_same else None

    def recall(self, sources: Iterable[Source]) -> bool:
        """Fill the tables with a vault as it was, if every note of it is still remembered; whether that is so."""
        if not self._remembered.knows(sources):
            return False
        self.apply(Edits({source.path: source for source in sources}, (), self.history.mark()))
        return True

    def read_since(self, since: str) -> Tables:
        """The tables with what changed since a day or commit; empty for what the settings say."""
        self.history.since = since
        self.is_read = False
        return self.read()

    def snapshot(self, when: datetime) -> tuple[Path | None, int]:
        """Keep what the public notes are and state: where, and how many notes differ from the last snapshot."""
        t = self.read()
        code = code_digest("vaultkit.parse", "vaultkit.links", "vaultkit.knowledge", "vaultkit.facts", "vaultkit.words")
        sections = [msgspec.to_builtins(section) for section in (self.config.syntax, self.config.relations)]
        made_by = value_digest(code, built_in_digest(), versions(*LIBRARIES), sections)
        return self.history.keep(when, made_by, public_versions(t.documents.rows, t.facts.rows))

    def save(self) -> None:
        """Put down what makes the next start quick."""
        self.save_stats()
        if self.is_read:
            self.memo.prune(self._remembered.live | self._remembered_past.live)

    def key_of(self, path: VaultPath) -> str:
        """By which the memo knows the document of a file."""
        return self._remembered.key(self.tables.sources.rows[path])

    def save_stats(self) -> None:
        """Put down which files were as they are."""
        if self._stats is not None:
            stats = msgspec.msgpack.encode(self._stats)
            if stats != self.memo.get("stats"):
                self.memo.put("stats", stats)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with the vault's files, by place."""
        self.read()
        for name in PROBLEMS:
            self._bring(getattr(self.tables, name))
        if self._problems is None:
            self._problems = tuple(sorted({*self._scan_problems, *chain.from_iterable(self._problems_of.values())}))
        return self._problems


class _Asked:
    """Tables by name, of which each is brought up to date as it is asked for."""

    def __init__(self, tables: Tables, bring: Callable[[Table], None]) -> None:
        self._tables, self._bring = tables, bring

    def __getattr__(self, name: str) -> Table:
        table: Table = getattr(self._tables, name)
        self._bring(table)
        return table


def decoded(data: bytes | None, type_: type[T]) -> T | None:
    """A record that was kept; None where there is none, or it can't be read."""
    try:
        return msgspec.msgpack.decode(data, type=type_) if data else None
    except msgspec.MsgspecError:
        return None
