"""Live: keeps a site up to date with its vault as it is written; the one thread that runs it owns the vault."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic

from msgspec import Struct

from vaultkit.config import Config, sources
from vaultkit.diagnostics import VaultkitError
from vaultkit.history.reading import files_of_commits
from vaultkit.model import Url
from vaultkit.publication import Publication, Report
from vaultkit.reader import Edits
from vaultkit.serve.watch import Watcher
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
        self._watcher: Watcher | None = None
        self._is_stopped = False
        self._is_open = False
        self._is_behind = False
        """Whether some change was seen and isn't in the site yet; then the next hint is to look at everything."""
        self._is_away = False
        self._notice = self._failure = ""
        """What was told last, and holds still."""

    def run(self) -> None:
        """Until `stop` is called, or the process interrupted.

        Raises:
            VaultkitError: The site can't be opened at all.
        """
        config = self._preview.settings()
        while True:
            try:
                now = self._run(config)
            except (VaultkitError, OSError) as error:
                if not self._is_open:
                    raise
                self._fail(error)
                now = self._mended(config)
            if now is None:
                return
            config = now

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
        extra = [*sources(preview.root, preview.config_file), *_theme_files(preview.root, config)]
        extra += files_of_commits(preview.root, config.changes)
        with (
            Vault.open(preview.root, config, drafts=preview.drafts) as vault,
            vault.publication(out) as site,
            # Before the first look: what changes from now on is not missed.
            closing(Watcher(preview.root, (out, cache), extra)) as watcher,
        ):
            self._watcher, self._is_open = watcher, True
            self._tell(lambda listener: listener.opened(site, out))
            if (now := preview.settings()) != config:
                # They were read before they were watched.
                return now
            try:
                self._begin(site)
                return self._follow(config, watcher, site)
            finally:
                site.save()

    def _mended(self, failed: Config) -> Config | None:
        """The settings after a change that may let the site be opened again; None when stopped."""
        preview = self._preview
        with closing(Watcher(preview.root, (), sources(preview.root, preview.config_file))) as watcher:
            self._watcher = watcher
            is_changed = False
            while not self._is_stopped:
                try:
                    if (now := preview.settings()) != failed or is_changed:
                        return now
                except VaultkitError as error:
                    self._fail(error)
                is_changed = watcher.wait(None) is not None
        return None

    def _begin(self, site: Publication) -> None:
        self._build(site, None, monotonic())
        if not (site.is_read or self._is_behind or self._is_stopped):
            # Nothing had changed, so nothing was read. Now there is time to, before the first change.
            self._build(site, None, monotonic(), shortcut=False)

    def _follow(self, config: Config, watcher: Watcher, site: Publication) -> Config | None:
        save_at = monotonic() + IDLE
        while not self._is_stopped:
            self._tell_notice(watcher)
            hint = watcher.wait(None if math.isinf(save_at) else max(save_at - monotonic(), 0.0))
            if hint is not None:
                paths = None if self._is_behind else hint.paths
                if hint.paths is not None:
                    # Somebody has just tried to mend it, perhaps.
                    self._failure = ""
                self._is_behind = True
                try:
                    edits = self._looked(site, watcher, paths)
                    # Read last, and each time: where they went with the rest of the vault, they don't count.
                    if edits is not None and (now := self._preview.settings()) != config:
                        return now
                except (VaultkitError, OSError) as error:
                    self._fail(error)
                    edits = None
                if edits is not None and self._build(site, edits, hint.since):
                    save_at = monotonic() + IDLE
            if monotonic() >= save_at:
                site.save()
                save_at = math.inf
        return None

    def _looked(self, site: Publication, watcher: Watcher, paths: Collection[str] | None) -> Edits | None:
        """What has changed; None where a vault seems to be away rather than empty."""
        edits = site.scan(paths)
        until = monotonic() + DOUBT
        while site.is_mostly_gone(edits):
            if not self._is_away:
                self._is_away = True
                self._tell(lambda listener: listener.noticed(AWAY))
            left = until - monotonic()
            if left <= 0 and site.is_anything_left(edits):
                break
            if left <= 0 or self._is_stopped:
                return None
            watcher.wait(left)
            edits = site.scan()
        self._is_away = False
        return edits

    def _build(self, site: Publication, edits: Edits | None, since: float, *, shortcut: bool = True) -> bool:
        """Bring the site up to date; whether anything had to be done for that."""
        self._is_behind = True
        try:
            report = site.build(
                edits, first=self._first(), progress=self._progress, wrote=self._wrote, shortcut=shortcut
            )
        except (VaultkitError, OSError) as error:
            self._fail(error)
            return True
        self._is_behind, self._failure = False, ""
        seconds = monotonic() - since
        self._tell(lambda listener: listener.built(report, seconds))
        return bool(report.rendered or report.written or report.removed)

    def _tell_notice(self, watcher: Watcher) -> None:
        if watcher.notice != self._notice:
            self._notice = watcher.notice
            if self._notice:
                self._tell(lambda listener: listener.noticed(self._notice))

    def _fail(self, error: VaultkitError | OSError) -> None:
        if str(error) != self._failure:
            self._failure = str(error)
            self._tell(lambda listener: listener.failed(self._failure))

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
    own = [root / path for path in (config.site.templates, config.site.custom_css, config.site.icon) if path]
    return [*own, BUILT_IN]
