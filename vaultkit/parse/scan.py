"""The vault on disk as Source rows: regular files below the root, and nothing that only looks like one.

Whoever can put files into the vault chooses names, links, special files and
sizes. So nothing is opened before it is known to be a regular file in a folder
that was reached without following a link, every oddity is a problem and none an
exception, and nothing read is kept without bound.
"""

from __future__ import annotations

import errno
import os
import stat
import time
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.engine.filenames import as_text, shown
from vaultkit.model import Kind, Source, VaultPath
from vaultkit.parse.files import FOLDER, HAS_HANDLES, HERE, NOTE_BYTES, check_regular, read_all
from vaultkit.settings import Scan

KINDS: dict[str, Kind] = {".md": "note", ".canvas": "canvas", ".base": "base"}
"""By extension in lower case; every other file is an attachment."""

KEPT_BYTES = 128_000_000
"""What is kept of all files together; the rest is read again when its turn comes."""

RACY_NS = 2_000_000_000
"""A file touched within this time of a scan may be written once more without a new time stamp (git's "racy" rule)."""

_JUNCTION = 0xA0000003


class Stat(Struct, frozen=True, array_like=True, gc=False):
    """What tells that a file is as it was, and the digest it then had."""

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int
    digest: str


class Scanned(Struct, frozen=True):
    """What a vault holds."""

    sources: dict[VaultPath, Source]
    """In the order of their paths."""
    stats: dict[str, Stat]
    """By path on disk, for the next scan; of files that can be trusted not to change unnoticed."""
    problems: tuple[Diagnostic, ...]


def scan(
    root: Path, config: Scan, known: Mapping[str, Stat], skip: Collection[Path] = (), note_bytes: int = NOTE_BYTES
) -> Scanned:
    """What is in the folder *root*; files that are as the stats say are not read.

    Args:
        known: The stats of the scan before.
        skip: Files and folders of our own that may lie in the vault.
        note_bytes: How much to keep of a note, canvas or base that had to be read.

    Raises:
        VaultkitError: The folder can't be read at all.
    """
    walk = _Walk(root, config, known, skip, note_bytes)
    walk.everything()
    return walk.scanned()


class _Folder(NamedTuple):
    """A folder to be listed."""

    disk: str
    """Its path in the vault with a slash at the end, or empty for the root."""
    real: str
    """Its path for the system."""
    identity: tuple[int, int]
    """Device and inode, learnt from the folder above: what is opened must be the same."""
    linked: bool = False


class _Walk:
    """One scan under way."""

    def __init__(
        self, root: Path, config: Scan, known: Mapping[str, Stat], skip: Collection[Path], note_bytes: int
    ) -> None:
        self.known, self.note_bytes = known, note_bytes
        self.follow = config.follow_symlinks == "inside"
        self.settled = time.time_ns() - RACY_NS
        self.kept = 0
        self.sources: list[Source] = []
        self.stats: dict[str, Stat] = {}
        self.problems: list[Diagnostic] = []
        self.links: list[tuple[str, str]] = []
        self.entered: set[tuple[int, int]] = set()
        try:
            self.root = root.resolve(strict=True)
            identity = _identity(self.root.stat())
            with os.scandir(self.root):
                pass
        except (OSError, RuntimeError) as error:
            # A RuntimeError is how Python before 3.13 says that links lead in a circle.
            raise VaultkitError(f"the vault at {root} can't be read: {getattr(error, 'strerror', error)}") from error
        self.folders = [_Folder("", str(self.root), identity)]
        self.skip = {_identity(found) for path in skip if (found := _stat_if_any(path))} - {identity}

    def everything(self) -> None:
        """All folders, and then what links lead to, one after the other."""
        self.all_folders()
        while self.links:
            links, self.links = sorted(self.links), []
            for disk, real in links:
                self.link(disk, real)
                self.all_folders()

    def all_folders(self) -> None:
        while self.folders:
            self.folder(self.folders.pop())

    def scanned(self) -> Scanned:
        """What was found, sorted; of two files with one name after normalization the one so spelled goes first."""
        sources: dict[VaultPath, Source] = {}
        for source in sorted(self.sources, key=lambda source: (source.path, source.disk_path)):
            if (first := sources.setdefault(source.path, source)) is not source:
                message = f"{source.disk_path} and {first.disk_path or first.path} have the same name."
                self.problems.append(problem("name-collision", source.path, message=message))
        return Scanned(sources, self.stats, tuple(sorted(self.problems)))

    def folder(self, folder: _Folder) -> None:
        if folder.linked:
            # A vault of n folders that all link to each other has n! paths.
            if folder.identity in self.entered:
                self.skipped_link(folder.disk.rstrip("/"), "leads to a folder that another link has led to")
                return
            self.entered.add(folder.identity)
        try:
            if not HAS_HANDLES:
                with os.scandir(folder.real) as entries:
                    for entry in entries:
                        self.entry(folder, entry, None)
                return
            handle = os.open(folder.real, FOLDER)
            try:
                if _identity(os.fstat(handle)) != folder.identity:
                    raise OSError(errno.ESTALE, "It was replaced while it was read")
                with os.scandir(handle) as entries:
                    for entry in entries:
                        self.entry(folder, entry, handle)
            finally:
                os.close(handle)
        except OSError as error:
            self.unreadable(folder.disk.rstrip("/"), "folder", error)

    def entry(self, folder: _Folder, entry: os.DirEntry[str], handle: int | None) -> None:
        name = entry.name
        if name.startswith("."):
            return
        text, real = as_text(name), f"{folder.real}/{name}"
        if text is None:
            self.problems.append(problem("unreadable-name", folder.disk + shown(name)))
            return
        disk = folder.disk + text
        try:
            # What Windows tells of entries lacks device and inode.
            found = entry.stat(follow_symlinks=False) if handle is not None else os.lstat(real)
        except OSError as error:
            self.unreadable(disk, "file", error)
            return
        if self.skip and _identity(found) in self.skip:
            return
        if stat.S_ISREG(found.st_mode):
            self.file(disk, name if handle is not None else real, handle, found)
        elif stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION:
            self.links.append((disk, real))
        elif stat.S_ISDIR(found.st_mode):
            self.folders.append(_Folder(disk + "/", real, _identity(found), folder.linked))
        else:
            self.problems.append(problem("special-file-skipped", disk))

    def file(self, disk: str, name: str, handle: int | None, found: os.stat_result) -> None:
        """Add the file *name*, which lies in the folder of the *handle*."""
        path = VaultPath(disk if disk.isascii() else unicodedata.normalize("NFC", disk))
        kind = KINDS.get(disk[disk.rfind(".") :].lower(), "attachment")
        stats, data = self.known.get(disk), None
        if stats is None or not _is_unchanged(found, stats):
            try:
                stats, data = self.read(name, handle, found, 0 if kind == "attachment" else self.note_bytes)
            except OSError as error:
                self.unreadable(disk, "file", error)
                return
        if max(stats.mtime_ns, stats.ctime_ns) < self.settled:
            self.stats[disk] = stats
        if data is not None and kind != "attachment":
            self.kept += len(data)
        if self.kept > KEPT_BYTES or kind == "attachment":
            data = None
        self.sources.append(Source(path, kind, stats.digest, stats.size, "" if path == disk else disk, data))

    def read(self, name: str, folder: int | None, found: os.stat_result, note_bytes: int) -> tuple[Stat, bytes]:
        handle = os.open(name, HERE, dir_fd=folder)
        try:
            now = check_regular(handle)
            if _identity(now) != _identity(found):
                raise OSError(errno.ESTALE, "It was replaced while it was read")
            data, digest, size = read_all(handle, note_bytes)
        finally:
            os.close(handle)
        return Stat(size, now.st_mtime_ns, now.st_ino, now.st_ctime_ns, digest), data

    def link(self, disk: str, real: str) -> None:
        """Follow a symbolic link, if that is wanted and it leads to something that is part of the vault anyway."""
        if not self.follow:
            self.problems.append(problem("symlink-skipped", disk))
            return
        try:
            target = Path(real).resolve(strict=True)
            found = target.lstat()
            is_part = self.is_part(target)
            leads_back = Path(real).parent.resolve(strict=True).is_relative_to(target)
        except (OSError, RuntimeError):
            self.skipped_link(disk, "leads nowhere")
            return
        if not is_part:
            self.skipped_link(disk, "leads to what isn't part of the vault")
        elif leads_back:
            self.skipped_link(disk, "leads back to a folder that holds it")
        elif stat.S_ISDIR(found.st_mode):
            self.folders.append(_Folder(disk + "/", str(target), _identity(found), linked=True))
        elif stat.S_ISREG(found.st_mode):
            self.file(disk, str(target), None, found)
        else:
            self.problems.append(problem("special-file-skipped", disk))

    def is_part(self, target: Path) -> bool:
        """Whether a walk gets to *target* without links."""
        if not target.is_relative_to(self.root):
            return False
        names = target.relative_to(self.root).parts
        places = [self.root.joinpath(*names[: n + 1]) for n in range(len(names))]
        return not any(name.startswith(".") for name in names) and self.skip.isdisjoint(
            _identity(place.stat()) for place in places
        )

    def skipped_link(self, disk: str, why: str) -> None:
        self.problems.append(problem("symlink-skipped", disk, message=f"The symbolic link {why}."))

    def unreadable(self, disk: str, what: str, error: OSError) -> None:
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
            # Not the file's fault, and to leave the file out would unpublish it.
            raise VaultkitError(f"the vault can't be read: {error.strerror}") from error
        message = f"The {what} can't be read: {error.strerror}."
        if isinstance(error, FileNotFoundError):
            message = f"The {what} vanished while it was read."
        self.problems.append(problem("unreadable-file", disk or ".", message=message))


def _is_unchanged(found: os.stat_result, stats: Stat) -> bool:
    return (
        found.st_mtime_ns == stats.mtime_ns
        and found.st_size == stats.size
        and found.st_ino == stats.inode
        and found.st_ctime_ns == stats.ctime_ns
    )


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _stat_if_any(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
