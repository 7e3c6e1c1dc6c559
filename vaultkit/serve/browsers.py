"""What browsers see of a site that is kept up to date: its files as a table, and what they are told of each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic

from vaultkit.diagnostics import Diagnostic
from vaultkit.engine.filenames import native
from vaultkit.model import Url, VaultPath
from vaultkit.publication import Publication, Report
from vaultkit.serve.files import File, locate
from vaultkit.serve.hub import Hub
from vaultkit.serve.live import Listener

PACE = 0.1
"""Seconds between two signs of progress."""

Event = tuple[str, dict[str, object]]


class Browsers(Listener):
    """A `Site` to the server, a listener to `Live`.

    The table is replaced as a whole, never changed: a request sees one state
    of it.
    """

    def __init__(self, *, is_alone: bool = True) -> None:
        """*is_alone*: only the author's own machine reaches the server. What is wrong may name what isn't published."""
        self._is_alone = is_alone
        self.hub = Hub(self._welcome)
        self.generation = 0
        """Grows whenever a file comes to differ."""
        self.is_building = True
        self._files: dict[str, Path] = {}
        self._folder = Path()
        self._site: Publication | None = None
        self._notes: dict[Url, VaultPath] = {}
        self._problems: tuple[Diagnostic, ...] = ()
        self._failure = ""
        self._told_at = 0.0

    # -- asked by the server, in its thread ---------------------------------------

    def find(self, url: str) -> File | None:
        files = self._files
        if (found := locate(url, files)) is not None:
            return File(found, files[found])
        if self.is_building or "404.html" not in files:
            return None
        return File("404.html", files["404.html"], 404)

    def _welcome(self, page: str) -> Iterator[Event]:
        yield "hello", {"generation": self.generation}
        yield self._problems_of(page)

    # -- told by the thread that builds --------------------------------------------

    def opened(self, site: Publication, folder: Path) -> None:
        self._site, self._folder = site, folder
        self._files = {url: folder / native(url) for url in site.urls}

    def progress(self, stage: str, done: int, total: int) -> None:
        now = monotonic()
        if self.is_building and (done == total or now - self._told_at > PACE):
            self._told_at = now
            self.hub.publish("progress", {"stage": stage, "done": done, "total": total})

    def wrote(self, urls: Sequence[Url]) -> None:
        self._files = self._files | {url: self._folder / native(url) for url in urls}
        self._change(urls, ())

    def built(self, report: Report, seconds: float) -> None:  # noqa: ARG002  (a listener is told more than it asks)
        was_building, self.is_building = self.is_building, False
        self._failure = ""
        if report.removed:
            gone = set(report.removed)
            self._files = {url: path for url, path in self._files.items() if url not in gone}
            self._change((), report.removed)
        if self._site is not None:
            notes = self._site.notes()
            seen = set(notes.values())
            # A mistake in its front matter may move a note from its page, which then has to say why.
            self._notes = {url: path for url, path in self._notes.items() if path in seen} | notes
        self._problems = report.problems
        if was_building:
            self._end_waiting()
        self._tell_problems()

    def failed(self, message: str) -> None:
        self._failure = message
        self._tell_problems()

    # -- what they are told ----------------------------------------------------------

    def _change(self, urls: Iterable[Url], removed: Iterable[Url]) -> None:
        self.generation += 1
        told = {"generation": self.generation}
        styles = [url for url in urls if url.endswith(".css")]
        if styles:
            self.hub.publish("style", told | {"urls": styles})
        pages = [url for url in urls if not url.endswith(".css")]
        if pages or removed:
            self.hub.publish("pages", told | {"changed": pages, "removed": list(removed)})

    def _end_waiting(self) -> None:
        """Those who wait for a page that there isn't are told so; for one that there is, they were told when it came."""
        for page in self.hub.open_pages():
            if locate(page, self._files) is None:
                self.hub.publish("pages", {"generation": self.generation, "changed": [page], "removed": []}, page=page)

    def _tell_problems(self) -> None:
        for page in self.hub.open_pages():
            event, data = self._problems_of(page)
            self.hub.publish(event, data, page=page)

    def _problems_of(self, page: str) -> Event:
        """What is wrong with the note of a page, but for remarks; before all, what keeps the site from being built."""
        told: list[dict[str, object]] = []
        if self._failure:
            message, _, remedy = self._failure.partition("\n")
            told.append(_as_json("error", "", message, remedy.strip()))
        path = self._notes.get(Url(page))
        if path is not None and self._is_alone:
            told += (
                _as_json(found.severity, found.path, found.message, found.hint, found.code, found.line, found.column)
                for found in self._problems
                if found.path == path and found.severity != "info"
            )
        return "problems", {"problems": told}


def _as_json(
    severity: str, path: str, message: str, hint: str, code: str = "", line: int = 0, column: int = 0
) -> dict[str, object]:
    return {
        "severity": severity, "path": path, "message": message, "hint": hint, "code": code, "line": line,
        "column": column,
    }  # fmt: skip
