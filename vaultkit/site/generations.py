"""Generations of a site: a new one is made beside the one that readers see, and takes its place at once.

The output folder is a link then. It leads into `.site.generations` beside it,
which holds a folder for the generation that is seen and one for that before it,
from which somebody may be reading still. Files that are the same in both are
one file with two names: every file is replaced when it changes, never
written into.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from vaultkit.diagnostics import VaultkitError
from vaultkit.engine.filenames import as_text
from vaultkit.site.disk import TEMPORARY, digest_of, temporary, text_of, trying
from vaultkit.site.guard import MARKER, guard
from vaultkit.site.ledger import read_manifest
from vaultkit.site.lock import LOCK, PATIENCE, held

_MARKS = {MARKER, LOCK}
_NAME = re.compile(r"\d{6}")


class Generations:
    """Those of the site at *out*; locked against other builds while used in a `with` block.

    Raises:
        VaultkitError: What stands at *out* can't be switched, or can't be written.
    """

    def __init__(self, out: Path, root: Path) -> None:
        guard(out, root)
        self._out = out.parent.resolve() / out.name
        self.home = self._out.with_name(f".{out.name}.generations")
        if not self._out.is_symlink() and self._out.exists():
            raise VaultkitError(
                f"{out} is a folder, which can't be switched at once: remove it once (`vaultkit clean` removes a site), "
                "or name another with --out"
            )
        if self._out.is_symlink() and self._out.resolve().parent != self.home:
            raise VaultkitError(
                f"{out} is a link that vaultkit didn't make: remove it, or name another folder with --out"
            )

    @contextmanager
    def locked(self, patience: float = PATIENCE) -> Iterator[None]:
        with trying(str(self.home)):
            self.home.mkdir(exist_ok=True)
        with held(self.home, patience):
            yield

    @property
    def current(self) -> Path | None:
        """The folder that readers see, if there is one."""
        return self._out.resolve() if self._out.is_dir() else None

    def prepare(self) -> Path:
        """A folder for a new generation, which holds for the time being what the current one does."""
        current = self.current
        with trying(str(self.home)):
            self._remove_all_but(current)
            folder = self._unused(int(current.name) + 1 if current is not None else 1)
            folder.mkdir()
            if current is not None:
                # Somebody may be building into the current one, without a switch.
                with held(current):
                    # The marker is copied, for it is written into; with it first, what a killed build leaves is known.
                    shutil.copyfile(current / MARKER, folder / MARKER)
                    _link_all(str(current), str(folder))
        return folder

    def _unused(self, number: int) -> Path:
        """The first name from a number on that is free: a folder with files of others stays where it is."""
        numbers = (f"{n % 1_000_000:06}" for n in count(number))
        return next(path for name in numbers if not (path := self.home / name).exists())

    def switch(self, folder: Path) -> None:
        """Let readers see another generation from now on; whoever asks sees either, and never something between."""
        before = self.current
        link = self.home / "next"
        with trying(str(self._out)):
            link.unlink(missing_ok=True)
            if hasattr(os, "sync"):
                # Else a loss of power might leave a link to files of which the disk knows no more than the names.
                os.sync()
            link.symlink_to(Path(self.home.name, folder.name), target_is_directory=True)
            link.replace(self._out)
            self._remove_all_but(before, folder)

    def remove(self) -> None:
        """Remove the link and all that is ours behind it."""
        with trying(str(self._out)):
            self._out.unlink()
            self._remove_all_but()
            if {path.name for path in self.home.iterdir()} <= {LOCK}:
                (self.home / LOCK).unlink(missing_ok=True)
                self.home.rmdir()

    def _remove_all_but(self, *kept: Path | None) -> None:
        """Remove generations that nobody sees; in one that is seen stands every file of others that stood in them."""
        for folder in sorted(self.home.iterdir()):
            if _NAME.fullmatch(folder.name) and folder not in kept and _is_folder(folder):
                _remove(folder, self.current)


def _link_all(source: str, folder: str) -> None:
    """Give every file of a folder, also those of others, a second name in another; where that can't be, copy it."""
    with os.scandir(source) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                Path(path).mkdir()
                _link_all(entry.path, path)
            elif entry.name not in _MARKS and not TEMPORARY.fullmatch(entry.name):
                try:
                    os.link(entry.path, path, follow_symlinks=False)
                except OSError:
                    with temporary(folder) as fresh:
                        shutil.copy2(entry.path, fresh, follow_symlinks=False)
                        Path(fresh).replace(path)


def _remove(folder: Path, current: Path | None) -> None:
    """Remove what is ours in a generation, and what the current one has too; anything else stays where it is."""
    ours = read_manifest(text_of(folder / MARKER)).digests
    for inner, folders, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(inner, name)
            url = path.relative_to(folder).as_posix()
            if url not in _MARKS and (
                TEMPORARY.fullmatch(name)
                or _is_shared(path, url, current)
                or digest_of(path) in ours.get(as_text(url) or "", ())
            ):
                path.unlink()
        for name in folders:
            with suppress(OSError):
                Path(inner, name).rmdir()
    left = {path.name for path in folder.iterdir()}
    if left <= _MARKS:
        # The marker goes last: without it nobody could tell any more whose the files are.
        for name in sorted(left, key=lambda name: name == MARKER):
            (folder / name).unlink()
        folder.rmdir()


def _is_shared(path: Path, url: str, current: Path | None) -> bool:
    """Whether a file has a second name in the current generation."""
    if current is None:
        return False
    try:
        one, other = path.lstat(), (current / url).lstat()
    except OSError:
        return False
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
