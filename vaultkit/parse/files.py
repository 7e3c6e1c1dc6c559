"""Files of the vault: opened only as what they are, read with bounds, known by a digest."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from vaultkit.engine.filenames import as_text, native
from vaultkit.model import Source, VaultPath
from vaultkit.settings import Scan

NOTE_BYTES = 5_000_000
"""What is kept of a file, and one byte more, which tells that it is larger."""

HASHED_BYTES = 1 << 30
"""Larger files are known by their size and beginning, for reading them takes seconds."""

_CHUNK = 1 << 20

FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
"""Without blocking, since the open of a FIFO would else wait for its writer for ever."""

HERE = FLAGS | getattr(os, "O_NOFOLLOW", 0)
FOLDER = HERE | getattr(os, "O_DIRECTORY", 0)

HAS_HANDLES = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
"""Whether folders can be opened and their files named relative to them; not so on Windows."""


def look_again(
    root: Path, config: Scan, known: Mapping[VaultPath, Source], odd: Collection[str], paths: Collection[str],
    note_bytes: int = NOTE_BYTES,
) -> dict[VaultPath, Source] | None:  # fmt: skip
    """Those of the files at *paths*, absolute ones on disk, that hold something else than is known.

    None if more has happened to them than that: a file came, went, or became
    something else; or there is more to know of one, since the last scan found
    it *odd*, or it has another name. Then a scan must tell what is in the vault.
    """
    if not HAS_HANDLES or config.follow_symlinks != "no":
        return None
    above = str(root) + "/"
    changed = {}
    for real in sorted(paths):
        disk = as_text(real.removeprefix(above))
        if disk is None or not real.startswith(above):
            return None
        path = VaultPath(unicodedata.normalize("NFC", disk))
        before = known.get(path)
        if before is None and path not in odd and not os.path.lexists(real):
            # It came and went before anybody saw it, as an editor's backup does.
            continue
        if before is None or (before.disk_path or path) != disk:
            return None
        try:
            data, digest, size = _read_below(root, native(disk), 0 if before.kind == "attachment" else note_bytes)
        except OSError:
            return None
        if digest != before.digest:
            kept = None if before.kind == "attachment" else data
            changed[path] = Source(path, before.kind, digest, size, before.disk_path, kept)
    return changed


def load_bytes(root: Path, source: Source, note_bytes: int = NOTE_BYTES) -> bytes | None:
    """The bytes of a file that was scanned before, as many of them as a scan keeps.

    None if it can't be read or has changed since: what was scanned is gone, and
    the next scan says what is there now. That the digest is the same makes the
    bytes those which the scan saw, by whatever way they were reached.
    """
    try:
        handle = os.open(_on_disk(root, source), FLAGS)
        try:
            check_regular(handle)
            data, digest, _ = read_all(handle, note_bytes)
        finally:
            os.close(handle)
    except OSError:
        return None
    return data if digest == source.digest else None


def chunks(root: Path, source: Source) -> Iterator[bytes]:
    """The whole content of a file that was scanned before, piece by piece.

    Raises:
        OSError: It can't be read or has changed since; what was got so far must be thrown away.
    """
    handle = os.open(_on_disk(root, source), FLAGS)
    try:
        check_regular(handle)
        digest = _Digest()
        while chunk := os.read(handle, _CHUNK):
            digest.add(chunk)
            yield chunk
        if digest.of_file() != source.digest:
            raise OSError(errno.ESTALE, "The file changed while it was read")
    finally:
        os.close(handle)


def _on_disk(root: Path, source: Source) -> Path:
    return root / native(source.disk_path or source.path)


def _read_below(root: Path, path: str, keep: int) -> tuple[bytes, str, int]:
    """What `read_all` gives of a regular file that is reached from the root without following a link."""
    *folders, name = path.split("/")
    handle = os.open(root, FLAGS | getattr(os, "O_DIRECTORY", 0))
    try:
        for flags, part in (*((FOLDER, folder) for folder in folders), (HERE, name)):
            above, handle = handle, os.open(part, flags, dir_fd=handle)
            os.close(above)
        if check_regular(handle).st_nlink > 1:
            # The other name has no event, though it leads to the same file.
            raise OSError(errno.EMLINK, "It has another name")
        return read_all(handle, keep)
    finally:
        os.close(handle)


def read_all(handle: int, keep: int) -> tuple[bytes, str, int]:
    """The first *keep* bytes and one more, the digest of all, and their number."""
    size = os.fstat(handle).st_size
    data = os.read(handle, min(size, _CHUNK) + 1)
    if len(data) == size:
        # One byte more was asked for, so that was the end.
        return data[: keep + 1], blake2b(data, digest_size=16).hexdigest(), size
    digest, kept, n_kept = _Digest(), [], 0
    while data:
        digest.add(data)
        if n_kept <= keep:
            kept.append(data[: keep + 1 - n_kept])
            n_kept += len(kept[-1])
        if digest.size > HASHED_BYTES:
            digest.size = max(size, digest.size)
            break
        data = os.read(handle, _CHUNK)
    return b"".join(kept), digest.of_file(), digest.size


def check_regular(handle: int) -> os.stat_result:
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is not a regular file")
    return found


class _Digest:
    """The digest of a file that is read piece by piece."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = blake2b(digest_size=16)

    def add(self, chunk: bytes) -> None:
        if self.size < HASHED_BYTES:
            self._hash.update(chunk[: HASHED_BYTES - self.size])
        self.size += len(chunk)

    def of_file(self) -> str:
        if self.size > HASHED_BYTES:
            self._hash.update(b"%d" % self.size)
        return self._hash.hexdigest()
