"""The history of a vault as rows of tables; looks at two small files each time, and runs git only when they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from vaultkit.changes import Step, Version, VersionKey
from vaultkit.diagnostics import VaultkitError
from vaultkit.engine.fingerprint import code_digest, value_digest
from vaultkit.engine.tables import Input, Tables
from vaultkit.history import git, snapshots
from vaultkit.history.repository import find, head, shallow, watched
from vaultkit.history.steps import day_of, first_day, ids, of_commits, of_snapshots
from vaultkit.model import Source, VaultPath
from vaultkit.settings import Changes

KEPT_BYTES = 32_000_000
"""What is kept of old versions until they are parsed; the rest is read from git again."""

SLACK = 7
"""Days by which a commit may be older than what it holds was written."""

AGES = 200 * 365
"""Days."""

_RECORD = "history"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COMMIT = re.compile(r"[A-Za-z0-9][\w./~^@{}-]*")


class Store(Protocol):
    """The part of the memo that is used here."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes) -> None: ...


class Past(Struct, frozen=True):
    """All that is known of earlier versions."""

    mark: str = ""
    """Tells this history from any other; empty where there is none."""
    steps: Mapping[tuple[str, VaultPath], Step] = {}
    """By day and path."""
    versions: Mapping[VersionKey, Source] = {}
    recorded: Mapping[VersionKey, Version] = {}


NOTHING = Past()


class _Record(Struct, array_like=True):
    """What git told."""

    mark: str
    steps: tuple[Step, ...]
    blobs: dict[str, tuple[str, int]]
    """By git's id: the digest and size of a version."""


class History:
    """Reads the history of one vault, as its settings say."""

    def __init__(self, root: Path, settings: Changes, store: Store, folder: Path | None, note_bytes: int) -> None:
        """*folder* holds the snapshots, if there are any."""
        self.folder = folder
        self.notices: list[str] = []
        self.since = ""
        """A day, or a commit: what is told begins there, and not so many days ago."""
        self._root, self._settings, self._store, self._note_bytes = root, settings, store, note_bytes
        self._oids: dict[str, str] = {}
        self._repository: git.Repository | None = None
        self._objects: git.Objects | None = None

    def mark(self) -> str:
        """Another one whenever there may be something else to read; empty where there is no history."""
        self._repository = self._found()
        if self._repository is not None:
            try:
                where = head(self._repository) or git.resolved(self._repository, "HEAD")
            except git.GitError:
                where = ""  # No commit yet.
            if where:
                return self._mark_of("git", where, self._repository.prefix, shallow(self._repository))
        self._repository = None
        if self.folder is None or self._settings.history not in ("auto", "snapshots"):
            return ""
        if len(found := snapshots.listed(self.folder)) > 1:
            return self._mark_of("snapshots", found)
        return ""

    def read(self, mark: str) -> Past:
        """The history that a mark was just made of.

        Raises:
            VaultkitError: There is no such commit as it is to begin with.
        """
        if not mark:
            return NOTHING
        if self._repository is None:
            return self._of_snapshots(mark)
        try:
            return self._of_git(mark, self._repository)
        except git.GitError as error:
            if self.since:
                raise VaultkitError(str(error)) from error
            self._tell(f"The vault's git history isn't read: {error}.")
            return Past(mark)
        finally:
            self.close()

    def load(self, source: Source) -> bytes | None:
        """The bytes of a version of which they weren't kept."""
        if self._repository is None or source.digest not in self._oids:
            return None
        try:
            self._objects = self._objects or git.Objects(self._repository)
            return self._objects.read(self._oids[source.digest], self._note_bytes)
        except git.GitError:
            return None

    def close(self) -> None:
        """End the process that objects are read from."""
        if self._objects is not None:
            self._objects.close()
            self._objects = None

    # -- git ------------------------------------------------------------------

    def _found(self) -> git.Repository | None:
        mode = self._settings.history
        if mode not in ("auto", "git"):
            return None
        try:
            found = find(self._root, above=mode == "git")
            if found is not None:
                git.check_installed(found)
            elif mode == "git":
                self._tell("The vault's git history isn't read: it lies in no repository.")
        except git.GitError as error:
            self._tell(f"The vault's git history isn't read: {error}.")
            return None
        except OSError as error:
            self._tell(f"The vault's git history isn't read: {error.strerror}.")
            return None
        return found

    def _of_git(self, mark: str, repository: git.Repository) -> Past:
        record = self._recorded() if not self.since else None
        kept: dict[VersionKey, bytes] = {}
        if record is None or record.mark != mark:
            known = record.blobs if record is not None else {}
            steps = self._steps(repository)
            record = _Record(mark, tuple(steps), self._blobs(repository, steps, known, kept))
            if not self.since:
                self._store.put(_RECORD, msgspec.msgpack.encode(record))
        blobs = record.blobs
        self._oids = {digest: oid for oid, (digest, _) in blobs.items()}
        versions = {
            (path, oid): Source(path, "note", *blobs[oid], "", kept.get((path, oid)))
            for path, oid in ids(record.steps)
            if oid in blobs
        }
        return Past(mark, {(step.day, step.path): step for step in record.steps}, versions)

    def _steps(self, repository: git.Repository) -> list[Step]:
        days, after = self._settings.days + SLACK, ""
        if self.since:
            days = AGES
            if not _DAY.fullmatch(self.since):
                after = _commit_named(repository, self.since)
        found = git.commits(repository, since=days * 86400, limit=self._settings.limit, after=after)
        if not found:
            return []
        first = self._first(found[0].authored)
        return of_commits(found, git.file_changes(repository, found), "" if after else first)

    def _blobs(
        self, repository: git.Repository, steps: list[Step], known: Mapping[str, tuple[str, int]],
        kept: dict[VersionKey, bytes],
    ) -> dict[str, tuple[str, int]]:  # fmt: skip
        """Digests of the versions; what had to be read for them is kept, as long as it isn't much."""
        wanted = list(dict.fromkeys(ids(steps)))
        found = {oid: known[oid] for _, oid in wanted if oid in known}
        # Larger ones aren't parsed; without its bytes nobody knows whether such a version was public.
        sizes = git.sizes(repository, [oid for _, oid in wanted if oid not in found])
        n_kept = 0
        with git.Objects(repository) as objects:
            for path, oid in wanted:
                if oid in found or sizes.get(oid, self._note_bytes + 1) > self._note_bytes:
                    continue
                if (data := objects.read(oid, self._note_bytes)) is not None:
                    found[oid] = (blake2b(data, digest_size=16).hexdigest(), len(data))
                    n_kept += len(data)
                    if n_kept <= KEPT_BYTES:
                        kept[path, oid] = data
        return found

    def _recorded(self) -> _Record | None:
        data = self._store.get(_RECORD)
        try:
            return msgspec.msgpack.decode(data, type=_Record) if data else None
        except msgspec.MsgspecError:
            return None

    # -- snapshots -------------------------------------------------------------

    def _of_snapshots(self, mark: str) -> Past:
        found = snapshots.read(self.folder, self.notices) if self.folder is not None else []
        if not found:
            return Past(mark)
        if self.since and not _DAY.fullmatch(self.since):
            raise VaultkitError(f"{self.since!r} is no day: without git, write one like {day_of(found[-1].at)}")
        steps = of_snapshots(found, self._first(found[-1].at))
        by_key = {(step.day, step.path): step for step in steps}
        return Past(mark, by_key, recorded=dict(snapshots.versions(found)))

    def keep(
        self, when: datetime, made_by: str, notes: Mapping[VaultPath, tuple[str, Version]]
    ) -> tuple[Path | None, int]:  # fmt: skip
        """Write a snapshot; its path, and how many notes differ from the last one."""
        if self.folder is None:
            raise VaultkitError("no folder is known in which to keep snapshots: set changes.snapshots")
        return snapshots.write(self.folder, when, made_by, notes)

    # -- both ------------------------------------------------------------------

    def _first(self, newest: int) -> str:
        return self.since if _DAY.fullmatch(self.since) else first_day(newest, self._settings.days)

    def _mark_of(self, *found: object) -> str:
        return value_digest(
            found, self.since, self._settings.days, self._settings.limit, self._note_bytes,
            code_digest("vaultkit.history", "vaultkit.changes"),
        )  # fmt: skip

    def _tell(self, notice: str) -> None:
        if notice not in self.notices:
            self.notices.append(notice)


def files_of_commits(root: Path, settings: Changes) -> tuple[Path, ...]:
    """Files that are written by a commit, if the vault's history is told by commits."""
    if settings.history not in ("auto", "git"):
        return ()
    try:
        found = find(root, above=settings.history == "git")
    except (git.GitError, OSError):
        return ()
    return watched(found) if found is not None else ()


def edits_of(t: Tables, past: Past) -> dict[Input, Mapping[Any, Any]]:
    """What makes the tables hold this history in place of the one they hold."""
    inputs: tuple[tuple[Input, Mapping[Any, Any]], ...] = (
        (t.steps, past.steps), (t.versions, past.versions), (t.recorded, past.recorded),
    )  # fmt: skip
    return {table: dict.fromkeys(table.rows.keys() - rows.keys()) | dict(rows) for table, rows in inputs}


def _commit_named(repository: git.Repository, name: str) -> str:
    if not _COMMIT.fullmatch(name):
        raise git.GitError(f"{name!r} is neither a day nor a commit")
    return git.resolved(repository, name)
