"""`vaultkit changes`: what came, went and was edited, day by day, by the vault's own history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json, tell
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate

if TYPE_CHECKING:
    from vaultkit.site.change_views import ChangeDay, FactChange, NoteChange

SHOWN = 12
"""Facts of a note; `--json` has more."""

SIGNS = {"new": "+", "edited": "~", "renamed": "→"}


def changes(
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    since: Annotated[
        str,
        Parameter(help="A day like 2026-11-23, or a commit, after which to begin [default: the days that are set]."),
    ] = "",
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        days = opened.changes(since)
        notices = opened.notices
    tell(*(f"notice: {safe(notice)}" for notice in notices))
    if json:
        show_json([_plain(day) for day in days])
        return
    if not days:
        tell("No change is known. The history of a vault are its git commits, or what `vaultkit snapshot` keeps.")
    for day in days:
        show(*_report(day))


def _report(day: ChangeDay) -> Iterator[Text]:
    yield Text.assemble((day.day, "bold"), f"  {', '.join(_counts(day))}")
    for note in (*day.new, *day.edited, *day.renamed):
        yield _line(note)
        for fact in note.facts[:SHOWN]:
            style = "green" if fact.is_gained else "red"
            yield Text.assemble(("    + " if fact.is_gained else "    − ", style), safe(_said(fact)), no_wrap=True)
        if (n := len(note.facts) - SHOWN + note.n_more) > 0:
            yield Text(f"    … and {n:,} more", "dim")


def _counts(day: ChangeDay) -> Iterator[str]:
    counts = {
        "new": day.n_new, "edited": day.n_edited, "renamed": len(day.renamed), "deleted": day.n_gone,
    }  # fmt: skip
    yield from (f"{n:,} {name}" for name, n in counts.items() if n)
    if day.n_gained or day.n_lost:
        yield f"{plural(day.n_gained, 'fact')} gained, {day.n_lost:,} lost"


def _line(note: NoteChange) -> Text:
    size = f"  +{note.added:,} −{note.removed:,} words" if note.added or note.removed else ""
    was = f"  formerly {safe(note.was)}" if note.was else ""
    return Text.assemble(f"  {SIGNS[note.kind]} {safe(note.path)}", (f"{was}{size}", "dim"), no_wrap=True)


def _said(fact: FactChange) -> str:
    subject = f"{fact.subject.text} · " if fact.subject is not None else ""
    if fact.object is None:
        return f"{subject}{fact.role}: {fact.text}"
    rest = " ".join(part for part in (fact.status, f"— {fact.text}" if fact.text else "") if part)
    return f"{subject}{fact.object.text}: {fact.role}{' ' if rest else ''}{rest}"


def _plain(day: ChangeDay) -> dict[str, Any]:
    notes = [_plain_note(note) for note in (*day.new, *day.edited, *day.renamed)]
    return {
        "day": day.day, "new": day.n_new, "edited": day.n_edited, "renamed": len(day.renamed), "deleted": day.n_gone,
        "notes": notes,
    }  # fmt: skip


def _plain_note(note: NoteChange) -> dict[str, Any]:
    told = {"path": note.path, "title": note.note.text, "change": note.kind, "was": note.was}
    facts = {
        name: [_plain_fact(fact) for fact in note.facts if fact.is_gained is is_gained]
        for name, is_gained in (("gained", True), ("lost", False))
    }
    return {**told, "added": note.added, "removed": note.removed, **facts}


def _plain_fact(fact: FactChange) -> dict[str, Any]:
    named: dict[str, Any] = msgspec.structs.asdict(fact)
    return {
        "subject": fact.subject.text if fact.subject is not None else None,
        "object": fact.object.text if fact.object is not None else None,
    } | {name: named[name] for name in ("role", "text", "status")}
