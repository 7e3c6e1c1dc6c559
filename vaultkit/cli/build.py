"""`vaultkit build`: from the vault to the site, and what there is to say about it."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json, tell
from vaultkit.cli.problems import as_json, counts, fails, plural, show_problems
from vaultkit.cli.progress import progress
from vaultkit.cli.where import CacheFolder, ConfigFile, Located, OutFolder, VaultFolder, locate
from vaultkit.config import Config
from vaultkit.diagnostics import VaultkitError
from vaultkit.settings import FailOn, Reading

if TYPE_CHECKING:
    from vaultkit.vault import Report


def build(
    vault: VaultFolder = None,
    *,
    out: OutFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    reading: Annotated[
        Reading | None,
        Parameter(help="Read notes exactly as Obsidian does, or save what it drops [default: forgiving]."),
    ] = None,
    fail_on: Annotated[FailOn | None, Parameter(help="Exit with 1 from this severity on [default: error].")] = None,
    jobs: Annotated[int | None, Parameter(help="Processes that parse and render [default: one per core].")] = None,
    clean: Annotated[bool, Parameter(help="Forget what was parsed and rendered, and do all of it again.")] = False,
    explain: Annotated[bool, Parameter(help="Say why each page was rendered and what was computed.")] = False,
    swap: Annotated[
        bool,
        Parameter(
            help="Make the new site beside the old one and put it in its place at once; the folder is a link then."
        ),
    ] = False,
    watch: Annotated[bool, Parameter(help="Go on, and build again whatever is written [until Ctrl-C].")] = False,
    json: Annotated[bool, Parameter(help="Print the summary as JSON.")] = False,
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"], help="Show every problem, remarks too.")] = False,
) -> int:
    started = time.perf_counter()
    overrides = {"out": out, "cache_dir": cache_dir, "reading": reading, "fail_on": fail_on, "jobs": jobs}
    located = locate(vault, config, overrides)
    settings = located.loaded.settled()
    if watch and swap:
        raise VaultkitError("--watch changes the site page by page, and --swap as a whole: leave one out")
    if watch:
        return _watch(located, config, overrides, clean=clean, explain=explain, verbose=verbose, json=json)
    report, notices = _build(located.root, settings, clean=clean, explain=explain, swap=swap)
    seconds = time.perf_counter() - started

    problems = sorted({*located.loaded.problems, *report.problems})
    show_problems(problems, located.place, verbose=verbose)
    tell(*(f"notice: {safe(notice)}" for notice in notices))
    summary = _summary(located, report) | {"problems": counts(problems), "seconds": round(seconds, 3)}
    summary["notices"] = list(notices)
    if json:
        show_json(summary | {"diagnostics": [as_json(found) for found in problems]} | (_why(report) if explain else {}))
    else:
        if explain:
            show(*_why_lines(report))
        show(_table(summary), f"\nOpen {summary['index']}")
    return int(fails(problems, settings.fail_on))


def _watch(
    located: Located, config: Path | None, overrides: dict[str, Any], *, clean: bool, explain: bool, verbose: bool,
    json: bool,
) -> int:  # fmt: skip
    from vaultkit.cli.live import Lines, preview_of, until_interrupted
    from vaultkit.serve.live import Live

    if json:
        raise VaultkitError("--watch goes on until it is stopped, so there is no summary for --json: leave one out")
    if clean:
        _build(located.root, located.loaded.settled(), clean=True)
    lines = Lines(located.place, verbose=verbose, explain=explain)
    return until_interrupted(Live(preview_of(located, config, overrides), [lines], tuple))


def _build(
    root: Path, settings: Config, *, clean: bool, explain: bool = False, swap: bool = False
) -> tuple[Report, tuple[str, ...]]:
    """What the build did, and what it would have the user know that concerns no file of theirs."""
    from vaultkit.engine.trial import collector_at_rest
    from vaultkit.vault import Vault

    with collector_at_rest(), progress() as tick, Vault.open(root, settings) as opened:
        report = opened.build(settings.out, clean=clean, explain=explain, swap=swap, once=True, progress=tick)
        notices = opened.notices
        # What is there now stays until the process ends: looking through it for cycles takes a hundredth of the build.
        gc.freeze()
    return report, notices


def _summary(located: Located, report: Report) -> dict[str, Any]:
    out = located.loaded.config.out
    return {
        "vault": str(located.root),
        "out": out,
        "index": str(Path(out, "index.html")),
        "notes": report.n_notes,
        "links": report.n_links,
        "wanted": report.n_wanted,
        "rendered": len(report.rendered),
        "written": len(report.written),
        "removed": len(report.removed),
    }


def _table(summary: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    removed = f", {summary['removed']:,} removed" if summary["removed"] else ""
    found = [plural(n, severity) for severity, n in summary["problems"].items() if n]
    table.add_row("Notes", f"{summary['notes']:,}")
    table.add_row("Links", f"{summary['links']:,}")
    table.add_row("Wanted", f"{summary['wanted']:,}", "notes that are linked to and not written yet")
    table.add_row("Problems", f"{sum(summary['problems'].values()):,}", ", ".join(found))
    table.add_row("Written", f"{summary['written']:,}", f"files; {summary['rendered']:,} pages rendered{removed}")
    table.add_row("Time", f"{summary['seconds']:.1f}", "seconds")
    return table


def _why(report: Report) -> dict[str, Any]:
    return {"reasons": dict(sorted(report.reasons.items())), "computed": dict(report.computed)}


def _why_lines(report: Report) -> list[Text]:
    """A line a rendered page, then the rows that each table computed, in the order of the tables."""
    reasons = sorted(report.reasons.items())
    pages = [Text.assemble((safe(url), "bold"), f": {safe(why)}", no_wrap=True) for url, why in reasons]
    rows = [f"{table} {n:,}" for table, n in report.computed.items() if n]
    return [*pages, Text(f"Rows computed: {', '.join(rows) or 'none'}\n")]
