"""Snapshots: what the public notes of a vault were and stated at some moment, for vaults without git.

A snapshot holds no text of a note: paths, digests, numbers of words, and facts,
which stand in the site anyway. What is private isn't in it. The facts of a note
stand in the first snapshot that has them, so that a snapshot a day stays small.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from vaultkit.changes import Stated, Version, VersionKey
from vaultkit.diagnostics import VaultkitError
from vaultkit.model import VaultPath

MOST_BYTES = 200_000_000

_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z\.json")
_STAMP = "%Y-%m-%dT%H%M%SZ"


class Note(NamedTuple):
    """A note as it was."""

    digest: str
    n_words: int


class Snapshot(Struct, frozen=True, forbid_unknown_fields=True):
    """All public notes at a moment."""

    vaultkit: int
    """Version of this format."""
    at: int
    """In seconds since 1970."""
    made_by: str
    """Digest of the code and vocabulary that found the facts."""
    notes: dict[str, Note]
    facts: dict[str, tuple[Stated, ...]]
    """Of the notes that no earlier snapshot has facts of, as they are now."""


FORMAT = 1


def listed(folder: Path) -> list[tuple[str, int, int]]:
    """The snapshots of a folder by name, which is by date, with size and time stamp."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    told = entry.stat(follow_symlinks=False)
                    found.append((entry.name, told.st_size, told.st_mtime_ns))
    return sorted(found)


def read(folder: Path, notices: list[str]) -> list[Snapshot]:
    """The snapshots of a folder, oldest first; of those that can't be read there is a notice."""
    found = []
    for name, _, _ in listed(folder):
        try:
            snapshot = msgspec.json.decode(_bytes(folder / name), type=Snapshot)
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            notices.append(f"The snapshot {folder / name} can't be read: {error}.")
            continue
        if snapshot.vaultkit == FORMAT:
            found.append(snapshot)
    return sorted(found, key=lambda snapshot: snapshot.at)


def versions(found: list[Snapshot]) -> Iterator[tuple[VersionKey, Version]]:
    """The versions of notes that snapshots know, with their facts where some snapshot has them."""
    facts: dict[tuple[str, str, str], tuple[Stated, ...]] = {}
    for snapshot in found:
        for path, note in snapshot.notes.items():
            if path in snapshot.facts:
                facts.setdefault((path, note.digest, snapshot.made_by), snapshot.facts[path])
            key = (path, note.digest, snapshot.made_by)
            # Nobody's facts equal those of nobody: where none are known, none are compared.
            made_by = snapshot.made_by if key in facts else f"unknown {snapshot.at}"
            yield (VaultPath(path), note.digest), Version(note.n_words, facts.get(key, ()), made_by)


def write(
    folder: Path, when: datetime, made_by: str, notes: Mapping[VaultPath, tuple[str, Version]]
) -> tuple[Path | None, int]:  # fmt: skip
    """Put a snapshot into the folder, unless it would say what the last one says; its path, and how many notes differ.

    Raises:
        VaultkitError: The folder can't be written.
    """
    before = read(folder, [])
    known = {
        (path, note.digest, each.made_by) for each in before for path, note in each.notes.items() if path in each.facts
    }
    manifest = {str(path): Note(digest, version.n_words) for path, (digest, version) in sorted(notes.items())}
    facts = {
        str(path): version.facts
        for path, (digest, version) in sorted(notes.items())
        if (path, digest, made_by) not in known
    }
    last = before[-1].notes if before else {}
    n_changed = sum(last.get(path) != manifest.get(path) for path in last.keys() | manifest.keys())
    if before and not n_changed and before[-1].made_by == made_by:
        return None, 0
    stamp = when.astimezone(UTC).replace(microsecond=0)
    file = folder / f"{stamp.strftime(_STAMP)}.json"
    snapshot = Snapshot(FORMAT, int(stamp.timestamp()), made_by, manifest, facts)
    data = msgspec.json.format(msgspec.json.encode(snapshot), indent=0 if len(manifest) > 1000 else 1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.tmp")
        temporary.write_bytes(data + b"\n")
        temporary.replace(file)
    except OSError as error:
        raise VaultkitError(f"the snapshot can't be written to {folder}: {error.strerror}") from error
    return file, n_changed


def _bytes(file: Path) -> bytes:
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("it is not a file")
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError("it is too large")
    return data
