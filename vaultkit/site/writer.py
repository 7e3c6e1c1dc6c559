"""Files of the site: written whole or not at all, never twice, and taken away only while they are as we wrote them."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, Self

import msgspec

from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.engine.filenames import as_text, native
from vaultkit.model import Url
from vaultkit.site.disk import NO_LINK, TEMPORARY, digest_of, make, temporary, text_of, trying
from vaultkit.site.guard import MARKER, guard
from vaultkit.site.ledger import (
    Entry,
    Manifest,
    announcement,
    below,
    ledger_bytes,
    manifest_text,
    read_ledger,
    read_manifest,
    seal_of,
)
from vaultkit.site.lock import PATIENCE, Lock

_ODD = re.compile('[\0-\x1f\x7f\\\\:*?"<>|\ud800-\udfff]')


class UnreadableError(Exception):
    """A file of the vault that can't be copied."""


class Store(Protocol):
    """The part of the memo that keeps the ledger."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes) -> None: ...


class Output:
    """An output folder, locked against other builds until it is closed.

    One build goes: `begin`, any number of `keep`, `write` and `copy`, then
    `prune`. Every file is whole at any moment. What is ours is announced in the
    manifest before it is put in place, so that a build may be killed anywhere
    and the next one knows what to take away.

    Raises:
        VaultkitError: The folder isn't ours to write in, another build holds it, or it can't be written.
    """

    def __init__(self, out: Path, root: Path, store: Store, patience: float = PATIENCE) -> None:
        guard(out, root)
        self.written: list[Url] = []
        """URLs of the files that came to differ, in this build."""
        self.problems: list[Diagnostic] = []
        self._out, self._store = out.resolve(), store
        self._base = str(self._out)
        self._live: set[str] = set()
        self._removed: list[Url] = []
        self._found: dict[str, tuple[int, int]] = {}
        self._folders: set[str] = set()
        with trying(self._base):
            self._out.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(self._out, patience)
        try:
            with trying(self._base):
                self._walk()
                self._manifest, self._seal, self._journal = self._open_manifest()
        except BaseException:
            self._lock.release()
            raise
        self._ledger = read_ledger(store.get(self._record), self._manifest)

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, *, anew: bool = True) -> None:
        """Start another build; unless *anew*, one that names only what has changed since the one before."""
        self.written, self.problems, self._removed = [], [], []
        if anew:
            self._live = set()

    @property
    def urls(self) -> list[str]:
        """The site's files, as far as they are there."""
        return sorted(self._ledger.keys() & self._found.keys())

    def save(self) -> None:
        """Put down what is known of the files."""
        self._store.put(self._record, ledger_bytes(self._ledger))
        with trying(self._base):
            self._save_manifest()

    def close(self) -> None:
        """The same, and let others build."""
        try:
            self.save()
        finally:
            os.close(self._journal)
            self._lock.release()

    def made_from(self, url: str) -> str | None:
        """What the file at *url* was made from; None if there is none, or somebody has touched it."""
        entry = self._ledger.get(url)
        if entry is None or self._found.get(url) != (entry.size, entry.mtime_ns):
            return None
        return entry.made_from

    @property
    def id(self) -> str:
        """Names this folder, wherever it is moved to."""
        return self._manifest.id

    @property
    def seal(self) -> str:
        """Stands for all that the site held when it was saved; empty once that may have changed."""
        return self._seal

    def is_as_left(self, seal: str) -> bool:
        """Whether every file is as it was saved under this seal, and no build has begun since, to be killed perhaps."""
        return (
            seal == self._seal != ""
            and self._ledger.keys() == self._manifest.digests.keys()
            and all(self._found.get(url) == (entry.size, entry.mtime_ns) for url, entry in self._ledger.items())
        )

    def forget(self) -> None:
        """Take no page for up to date; what each file holds is still known."""
        self._ledger = {url: msgspec.structs.replace(entry, made_from="") for url, entry in self._ledger.items()}

    def keep(self, url: str) -> None:
        """The file at *url* is as it should be."""
        self._live.add(url)

    def give_up(self, url: str) -> None:
        """The site has no file at *url* any more."""
        self._live.discard(url)

    def write(self, url: str, data: bytes, made_from: str = "") -> bool:
        """Bring the file at *url* to hold *data*; whether it differed."""
        self._live.add(_checked(url))
        digest = blake2b(data, digest_size=16).hexdigest()
        differs = self._held(url) != digest
        if differs:
            self._replace(url, [data], lambda: digest)
        self._note(url, made_from, digest)
        return differs

    def copy(self, url: str, digest: str, chunks: Callable[[], Iterable[bytes]]) -> bool:
        """Bring the file at *url* to hold a file of the vault, which is read only if it may differ.

        Args:
            digest: By which the file of the vault is known: blake2b of 16 bytes as hex, unless it is huge.
            chunks: Reads the content; raises OSError where it can't be read.

        Raises:
            UnreadableError: The content can't be read, or isn't what it was; the file at *url* is as before.
        """
        self._live.add(_checked(url))
        if digest == self.made_from(url):
            return False
        held = self._held(url)
        if held == digest:
            self._note(url, digest, held)
            return False
        content = blake2b(digest_size=16)
        self._replace(url, _reading(chunks, content.update), content.hexdigest)
        self._note(url, digest, content.hexdigest())
        return True

    def prune(self) -> list[Url]:
        """Remove what earlier builds wrote and this one didn't; one that isn't as it was written is kept."""
        stale = sorted((self._ledger.keys() | self._manifest.digests.keys()) - self._live)
        live = {url.casefold(): url for url in self._live} if stale else {}
        for url in stale:
            twin = live.get(url.casefold())
            if url not in self._found or (twin and self._is_one_file(url, twin)):
                self._drop(url)
            elif not self._remove(url):
                self.problems.append(problem("output-changed", url))
        for folder in sorted({url.rpartition("/")[0] for url in self._removed}, key=len, reverse=True):
            self._remove_if_empty(folder)
        if self._removed:
            # It names them still, and lies where readers may look: one of them may have become private.
            with trying(self._base):
                self._save_manifest()
        return sorted(self._removed)

    # -- one file ----------------------------------------------------------------

    def _held(self, url: str) -> str:
        """Digest of what the file at *url* holds, which is read only if it isn't as we left it; empty if there is none."""
        found, entry = self._found.get(url), self._ledger.get(url)
        if found is None:
            return ""
        if entry is not None and found == (entry.size, entry.mtime_ns):
            return entry.digest
        return digest_of(self._path(url))

    def _note(self, url: str, made_from: str, digest: str) -> None:
        """Remember that the file at *url* holds something."""
        size, mtime_ns = self._found[url]
        self._ledger[url] = Entry(made_from, digest, size, mtime_ns)
        self._announce(url, digest)

    def _drop(self, url: str) -> None:
        self._seal = ""
        self._ledger.pop(url, None)
        self._manifest.digests.pop(url, None)

    def _replace(self, url: str, chunks: Iterable[bytes], digest: Callable[[], str]) -> None:
        """Write a file beside it, which then takes its place: a reader sees the old or the new, nothing between.

        Texts for paths, not Path objects: these take as long as the rest together.
        """
        path = f"{self._base}/{native(url)}"
        with trying(path):
            self._make_folder(url.rpartition("/")[0])
            if url in self._folders:
                self._clear(url)
            with temporary(path.rpartition("/")[0]) as fresh:
                now = make(fresh, chunks)
                self._announce(url, digest())
                # Whoever interrupts us here must not find it said that the old content is the only one.
                self._ledger.pop(url, None)
                os.replace(fresh, path)  # noqa: PTH105
        self._found[url] = (now.st_size, now.st_mtime_ns)
        self.written.append(Url(url))

    def _remove(self, url: str) -> bool:
        """Remove a file if it is as we wrote it; whether it is gone."""
        path = self._path(url)
        digest = digest_of(path)
        entry = self._ledger.get(url)
        if digest not in self._manifest.digests.get(url, ()) and not (entry and digest == entry.digest):
            return False
        with trying(str(path)):
            path.unlink()
        del self._found[url]
        self._drop(url)
        self._removed.append(Url(url))
        return True

    def _make_folder(self, folder: str) -> None:
        """Make a folder of the site; through a link that somebody put in its place nothing is written."""
        if not folder or folder in self._folders:
            return
        self._make_folder(folder.rpartition("/")[0])
        path = self._path(folder)
        if folder in self._found and folder not in self._live:
            # A file of an earlier build stands where a folder is needed now.
            self._remove(folder)
        with suppress(FileExistsError):
            path.mkdir()
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise OSError(f"{path} is in the way, where a folder is needed. Move it elsewhere")
        self._folders.add(folder)

    def _clear(self, folder: str) -> None:
        """Make room for a file where a folder of an earlier build stands."""
        for url in below(folder, self._found):
            if url not in self._live:
                self._remove(url)
        for inner in [*reversed(below(folder, self._folders)), folder]:
            with suppress(OSError):
                self._path(inner).rmdir()
                self._folders.discard(inner)
        if folder in self._folders:
            raise OSError("a folder with files of others is in the way. Move it elsewhere")

    def _remove_if_empty(self, folder: str) -> None:
        while folder:
            try:
                self._path(folder).rmdir()
            except OSError:
                return
            self._folders.discard(folder)
            folder = folder.rpartition("/")[0]

    def _is_one_file(self, url: str, twin: str) -> bool:
        """Whether two URLs that differ in case lead to one file, as they do on macOS and Windows."""
        try:
            return self._path(url).samefile(self._path(twin))
        except OSError:
            return False

    # -- the folder ----------------------------------------------------------------

    @property
    def _record(self) -> str:
        return f"ledger {self._manifest.id}"

    def _path(self, url: str) -> Path:
        return self._out / native(url)

    def _walk(self) -> None:
        """Note size and time of every regular file by URL; remove what a killed build left half written."""
        ahead = [("", self._base)]
        while ahead:
            prefix, folder = ahead.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = as_text(entry.name)
                    if name is None:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        self._folders.add(prefix + name)
                        ahead.append((f"{prefix}{name}/", entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        if TEMPORARY.fullmatch(name):
                            Path(entry.path).unlink(missing_ok=True)
                            continue
                        found = entry.stat(follow_symlinks=False)
                        self._found[prefix + name] = (found.st_size, found.st_mtime_ns)

    def _open_manifest(self) -> tuple[Manifest, str, int]:
        """The manifest, its seal, and a handle by which to add to it; a new one, with a new id, where there is none."""
        path = self._out / MARKER
        text = text_of(path)
        manifest = read_manifest(text)
        if not manifest.id:
            manifest = Manifest(secrets.token_hex(8), {})
        if not text.startswith(manifest.id) or not text.endswith("\n"):
            # A build that was killed may have left a last line that isn't whole.
            self._write_manifest(manifest)
        return manifest, seal_of(text), self._open_journal()

    def _open_journal(self) -> int:
        return os.open(self._out / MARKER, os.O_WRONLY | os.O_APPEND | NO_LINK)

    def _announce(self, url: str, digest: str) -> None:
        """Say in the manifest that a file at *url* is ours, if it holds this."""
        digests = self._manifest.digests.setdefault(url, set())
        if digest not in digests:
            line = announcement(url, digest).encode()
            self._seal = ""
            if os.write(self._journal, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            digests.add(digest)

    def _save_manifest(self) -> None:
        """Put the manifest in order: of each file the one digest that it has."""
        digests = self._manifest.digests
        digests.update((url, {entry.digest}) for url, entry in self._ledger.items())
        text = manifest_text(self._manifest)
        if text != text_of(self._out / MARKER):
            self._write_manifest(self._manifest)
            os.close(self._journal)
            self._journal = self._open_journal()
        self._seal = seal_of(text)

    def _write_manifest(self, manifest: Manifest) -> None:
        with temporary(self._base) as fresh:
            make(fresh, [manifest_text(manifest).encode()])
            Path(fresh).replace(self._out / MARKER)


def _reading(chunks: Callable[[], Iterable[bytes]], look: Callable[[bytes], None]) -> Iterator[bytes]:
    """Tells a fault of the source from one of the output, and shows what goes by."""
    try:
        for chunk in chunks():
            look(chunk)
            yield chunk
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def _checked(url: str) -> str:
    """The URL, if it is a path within the site, and not to a file that only concerns us."""
    parts = url.split("/")
    if any(part.strip(". ") == "" for part in parts) or _ODD.search(url):
        raise VaultkitError(f"{url!r} is no address within a site")
    if parts[0].startswith(".vaultkit") or TEMPORARY.fullmatch(parts[-1]):
        raise VaultkitError(f"{url!r} is vaultkit's own")
    return url
