"""What a terminal shows of a site that is kept up to date: a line a change, and the problems that came and went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from vaultkit.cli.console import safe, tell
from vaultkit.cli.problems import plural, show_problems
from vaultkit.cli.progress import Tick, progress
from vaultkit.cli.where import Located, locate
from vaultkit.config import Config
from vaultkit.diagnostics import Diagnostic
from vaultkit.publication import Report
from vaultkit.serve.live import Listener, Live, Preview
from vaultkit.urls import is_own_page
from vaultkit.vault import cache_name, default_cache_dir

MANY = 200
"""A build of fewer pages is done before a bar could be read."""

NAMED = 3


class Lines(Listener):
    """Says on standard error what was built."""

    def __init__(self, place: Callable[[str], str], *, verbose: bool, explain: bool) -> None:
        self._place, self._verbose, self._explain = place, verbose, explain
        self._bar = ExitStack()
        self._tick: Tick | None = None
        self._problems: set[Diagnostic] | None = None

    def progress(self, stage: str, done: int, total: int) -> None:
        if self._tick is None and total >= MANY:
            self._tick = self._bar.enter_context(progress())
        if self._tick is not None:
            self._tick(stage, done, total)

    def built(self, report: Report, seconds: float) -> None:
        self._end_bar()
        problems = set(report.problems)
        if self._problems is None:
            self._say(
                f"{plural(report.n_notes, 'note')}, {plural(len(report.rendered), 'page')} rendered{_took(seconds)}"
            )
            show_problems(report.problems, self._place, verbose=self._verbose)
        else:
            if report.written or report.removed:
                self._say(_what(report) + _took(seconds))
            show_problems(problems - self._problems, self._place, verbose=self._verbose)
            if n_mended := len([found for found in self._problems - problems if found.severity != "info"]):
                self._say(f"{plural(n_mended, 'problem')} mended")
        if self._explain and self._problems is not None:
            for url, why in sorted(report.reasons.items()):
                tell(f"    {safe(url)}: {safe(why)}")
        self._problems = problems

    def failed(self, message: str) -> None:
        self._end_bar()
        first, *more = message.splitlines()
        self._say(f"error: {first}")
        tell(*map(safe, more))

    def noticed(self, message: str) -> None:
        self._say(message)

    def _say(self, text: str) -> None:
        tell(f"{datetime.now():%H:%M:%S}  {safe(text)}")  # noqa: DTZ005  (the user's clock is meant)

    def _end_bar(self) -> None:
        self._bar.close()
        self._tick = None


def _what(report: Report) -> str:
    every = [*report.written, *(f"{url} (gone)" for url in report.removed)]
    # With each page go files of the index, which nobody opens.
    changed = [url for url in every if not url.startswith("search/")] or every
    # Lists and the theme's files follow whatever happens; what happened is the notes'.
    changed.sort(key=lambda url: is_own_page(url.removesuffix(" (gone)")))
    named = ", ".join(changed[:NAMED])
    return f"{named} and {len(changed) - NAMED:,} more" if len(changed) > NAMED else named


def _took(seconds: float) -> str:
    return f" in {seconds:.2f} s"


def preview_of(located: Located, config: Path | None, overrides: Mapping[str, Any], *, drafts: bool = False) -> Preview:
    """What the options of a command ask to be kept up to date."""
    root = located.root.absolute()

    def settings() -> Config:
        return locate(root, config, overrides).loaded.settled()

    # Private notes are not written into the site, from where they could be published.
    out = drafts_folder(root, located.loaded.config) if drafts else None
    return Preview(root, settings, config, out, drafts)


def drafts_folder(root: Path, config: Config) -> Path:
    """Where the preview of a vault with its private notes stands."""
    return Path(config.cache_dir or default_cache_dir()) / "drafts" / Path(cache_name(root)).stem


def until_interrupted(live: Live) -> int:
    """Ctrl-C is how one ends it, and no error."""
    try:
        live.run()
    except KeyboardInterrupt:
        tell("Ended; nothing is half written.")
    return 0
