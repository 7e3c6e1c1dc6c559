"""How problems are shown: errors all, warnings up to a screenful, the rest counted unless they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from rich.text import Text

from vaultkit.cli.console import safe, tell
from vaultkit.diagnostics import CODES, SEVERITIES, Diagnostic, Severity, at_or_above
from vaultkit.settings import FailOn

SHOWN = 50
"""Warnings in full: more than that nobody reads, and the last line has to stay in sight."""

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def show_problems(problems: Iterable[Diagnostic], place: Callable[[str], str], *, verbose: bool) -> None:
    """Problems by place, to standard error. *place* makes a vault path one that can be opened from here."""
    ordered = sorted(problems)
    warnings = [found for found in ordered if found.severity == "warning"]
    hidden = set() if verbose else {*(f for f in ordered if f.severity == "info"), *warnings[SHOWN:]}
    for found in ordered:
        if found not in hidden:
            tell(_line(found, place))
    if not verbose and len(warnings) > SHOWN:
        tell(f"… and {len(warnings) - SHOWN:,} more warnings; -v shows them all")
    if infos := [found for found in ordered if found in hidden and found.severity == "info"]:
        names = Counter(found.name for found in infos).most_common(3)
        tell(f"{plural(len(infos), 'remark')} not shown ({', '.join(name for name, _ in names)}); -v shows them")


def _line(found: Diagnostic, place: Callable[[str], str]) -> Text:
    where = ":".join([place(found.path), *(str(n) for n in (found.line, found.column) if n)])
    text = Text.assemble(
        (safe(where), "bold"),
        ": ",
        (f"{found.severity}[{found.code}]", STYLES[found.severity]),
        f": {safe(found.message)}",
    )
    return text.append(f"\n    {safe(found.hint)}", "dim") if found.hint else text


def fails(problems: Iterable[Diagnostic], fail_on: FailOn) -> bool:
    return fail_on != "never" and bool(at_or_above(problems, fail_on))


def counts(problems: Iterable[Diagnostic]) -> dict[Severity, int]:
    found = Counter(each.severity for each in problems)
    return {severity: found[severity] for severity in SEVERITIES}


def as_json(found: Diagnostic) -> dict[str, Any]:
    return {
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "code": found.code,
        "name": CODES[found.code].name,
        "severity": found.severity,
        "message": found.message,
        "hint": found.hint,
    }


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
