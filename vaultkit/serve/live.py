"""Live: keeps a site up to date with its vault as it is written; the one thread that runs it owns the vault."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic

from msgspec import Struct

from vaultkit.config import Config, sources
from vaultkit.diagnostics import VaultkitError
from vaultkit.model import Url
from vaultkit.publication import Publication, Report
from vaultkit.reader import Edits
from vaultkit.serve.watch import Hint, Watcher
from vaultkit.site.theme import BUILT_IN
from vaultkit.vault import Vault, default_cache_dir

IDLE = 2.0
"""Seconds without a change after which what was learnt is put down."""

DOUBT = 5.0
"""Seconds for which most of a vault may be gone before that is believed: a drive that was unmounted comes back."""


class Listener:
    """Is told what happens; does nothing with it. Subclasses say what they want to hear."""

    def opened(self, site: Publication, folder: Path) -> None:
        """The site as it was left is there to be shown; its vault has still to be looked at."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """A build is so far."""

    def wrote(self, urls: Sequence[Url]) -> None:
        """These files hold something else now."""

    def built(self, report: Report, seconds: float) -> None:
        """The site is that of the vault. *seconds* of wall time since the first sign of a change."""

    def failed(self, message: str) -> None:
        """The site stays as it was, for a reason that the user can mend."""

    def noticed(self, message: str) -> None:
        """Something the user may want to know."""


class Preview(Struct, frozen=True):
    """What is to be kept up to date."""

    root: Path
    settings: Callable[[], Config]
    """Reads the settings; raises VaultkitError where they leave open what is private."""
    config_file: Path | None = None
    out: Path | None = None
    """In place of the folder that the settings name."""
    drafts: bool = False


class Live:
    """Builds, watches and builds again until it is stopped."""

    def __init__(self, preview: Preview, listeners: Sequence[Listener], first: Callable[[], Collection[str]]) -> None:
        """*first* names the pages that are looked at just now: they are rendered before all others."""
        self._preview, self._listeners, self._first = preview, listeners, first
        self._settings_files = sources(preview.root, preview.config_file)
        self._settings_names = {name for path in self._settings_files for name in (str(path), os.path.realpath(path))}
        self._watcher: Watcher | None = None
        self._is_stopped = False
        self._is_unclear = False

    def run(self) -> None:
        """Until `stop` is called, or the process interrupted.

        Raises:
            VaultkitError: The site can't be opened at all.
        """
        config: Config | None = self._preview.settings()
        while config is not None:
            config = self._run(config)

    def stop(self) -> None:
        """From any thread."""
        self._is_stopped = True
        if self._watcher is not None:
            self._watcher.wake()

    def _run(self, config: Config) -> Config | None:
        """Keep up with the vault while its settings stay; the new ones, or None when stopped."""
        preview = self._preview
        out = (preview.out or Path(config.out)).absolute()
        cache = Path(config.cache_dir or default_cache_dir())
        with (
            Vault.open(preview.root, config, drafts=preview.drafts) as vault,
            vault.publication(out) as site,
            # Before the first look: what changes from now on is not missed.
            closing(
                Watcher(preview.root, (out, cache), [*self._settings_files, *_theme_files(preview.root, config)])
            ) as watcher,
        ):
            self._watcher = watcher
            self._tell(lambda listener: listener.opened(site, out))
            if watcher.notice:
                self._tell(lambda listener: listener.noticed(watcher.notice))
            try:
                self._begin(site)
                return self._follow(config, watcher, site)
            finally:
                site.save()

    def _begin(self, site: Publication) -> None:
        self._build(site, None, monotonic())
        if not site.is_read and not self._is_stopped:
            # Nothing had changed, so nothing was read. Now there is time to, before the first change.
            self._build(site, None, monotonic(), shortcut=False)

    def _follow(self, config: Config, watcher: Watcher, site: Publication) -> Config | None:
        is_saved = False
        while not self._is_stopped:
            hint = watcher.wait(None if is_saved else IDLE)
            if hint is None:
                if not is_saved:
                    site.save()
                is_saved = True
                continue
            is_saved = False
            try:
                if self._may_differ(hint) and (now := self._preview.settings()) != config:
                    return now
                self._is_unclear = False
                edits = self._looked(site, watcher, hint)
            except VaultkitError as error:
                self._fail(error)
                continue
            if edits is not None:
                self._build(site, edits, hint.since)
        return None

    def _may_differ(self, hint: Hint) -> bool:
        """Whether the settings may have changed; where they can't be read, nothing is built until they can."""
        if self._is_unclear or hint.paths is None or not hint.paths.isdisjoint(self._settings_names):
            self._is_unclear = True
            return True
        return False

    def _looked(self, site: Publication, watcher: Watcher, hint: Hint) -> Edits | None:
        """What has changed; None where a vault seems to be away rather than empty."""
        edits = site.scan(hint.paths)
        if not site.is_mostly_gone(edits):
            return edits
        self._tell(lambda listener: listener.noticed(AWAY))
        until = monotonic() + DOUBT
        while (left := until - monotonic()) > 0 and not self._is_stopped:
            watcher.wait(left)
            edits = site.scan()
            if not site.is_mostly_gone(edits):
                return edits
        return edits if site.is_anything_left(edits) else None

    def _build(self, site: Publication, edits: Edits | None, since: float, *, shortcut: bool = True) -> None:
        try:
            report = site.build(
                edits, first=self._first(), progress=self._progress, wrote=self._wrote, shortcut=shortcut
            )
        except VaultkitError as error:
            self._fail(error)
        else:
            seconds = monotonic() - since
            self._tell(lambda listener: listener.built(report, seconds))

    def _fail(self, error: VaultkitError) -> None:
        self._tell(lambda listener: listener.failed(str(error)))

    def _progress(self, stage: str, done: int, total: int) -> None:
        self._tell(lambda listener: listener.progress(stage, done, total))

    def _wrote(self, urls: Sequence[Url]) -> None:
        self._tell(lambda listener: listener.wrote(urls))

    def _tell(self, what: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            what(listener)


AWAY = (
    "Most of the vault is gone, as if its drive were unmounted. The site stays as it is for now; "
    "if the notes were deleted on purpose, build it again."
)


def _theme_files(root: Path, config: Config) -> list[Path]:
    """What pages are made with, besides notes."""
    own = [root / path for path in (config.site.templates, config.site.custom_css) if path]
    return [*own, BUILT_IN]
