"""What is done to single files of a site: made whole, read without following links, told apart by digest."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import BinaryIO

from vaultkit.diagnostics import RefusedError

TEMPORARY = re.compile(r"\.vk-[0-9a-f]{12}\.tmp")
"""Files that are being written; those of a build that was killed are removed by the next."""

_numbers = count(secrets.randbits(48))
"""Asking the system for a new random name each time would take as long as giving the file its place."""

NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | NO_LINK | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def trying(path: str) -> Iterator[None]:
    """Say what the system refuses as the user's matter."""
    try:
        yield
    except OSError as error:
        raise RefusedError(f"{path} can't be written: {error.strerror or error}") from error


@contextmanager
def temporary(folder: str) -> Iterator[str]:
    """A name for a file in the making, of which nothing stays if it comes to nothing."""
    path = f"{folder}/.vk-{next(_numbers) % (1 << 48):012x}.tmp"
    try:
        yield path
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise


def make(path: str, chunks: Iterable[bytes]) -> os.stat_result:
    """Make a new file; what it is then. Without a file object around it: of so many small files it would be half the work."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, 0o644)
    try:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(file, rest) :]
        return os.fstat(file)
    finally:
        os.close(file)


def digest_of(path: Path) -> str:
    """Digest of a regular file; empty if there is none or it can't be read."""
    with _opened(path) as file:
        if file is None:
            return ""
        digest = blake2b(digest_size=16)
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()


def text_of(path: Path) -> str:
    """Text of a small file of our own; empty if there is none, or something else in its place."""
    with _opened(path) as file:
        return file.read().decode(errors="replace") if file is not None else ""


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | None]:
    """A regular file that is reached without a link at its end, to be read; None if there is none."""
    try:
        handle = os.open(path, _READ)
    except OSError:
        yield None
        return
    with os.fdopen(handle, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(handle).st_mode) else None
