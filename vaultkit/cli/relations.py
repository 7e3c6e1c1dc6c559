"""`vaultkit relations`: who is what to whom, by role; and which words the vocabulary doesn't know yet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json, tell
from vaultkit.cli.inspect import plain
from vaultkit.cli.problems import show_problems
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.config import nearest
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from vaultkit.facts import Fact

SHOWN = 50
"""Labels, or relations, in a report; `--json` has them all."""


def relations(
    role: Annotated[str, Parameter(help="List the relations of this role [default: count those of each].")] = "",
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    unmapped: Annotated[
        bool, Parameter(help="Count the words that no role is known for, the most frequent first.")
    ] = False,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        found = opened.relations()
        problems = [problem for problem in opened.problems if problem.code.startswith("VK4")]
        titles = opened.titles()
    show_problems(problems, located.place, verbose=False)
    if unmapped:
        _show_counts("words", _unmapped(found), json=json)
    elif role:
        chosen = [fact for fact in found if fact.role == role]
        if not chosen:
            meant = nearest(role, {fact.role for fact in found})
            raise VaultkitError(f"no note states a relation {role!r}" + (f": did you mean {meant!r}?" if meant else ""))
        if json:
            show_json([plain(fact) for fact in chosen])
        else:
            show(*(_line(fact, titles, located.place(fact.note)) for fact in chosen))
    else:
        _show_counts("role", _ranked(Counter(fact.role for fact in found)), json=json)


def _unmapped(found: tuple[Fact, ...]) -> list[tuple[str, int]]:
    """Labels of annotated lines without a role, by frequency: the next ones worth a rule."""
    from vaultkit.knowledge.labels import label_of

    labels = Counter(
        label_of(fact.words) for fact in found if fact.source == "related" and fact.words and not fact.is_typed
    )
    return _ranked(labels)


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _show_counts(name: str, counts: list[tuple[str, int]], *, json: bool) -> None:
    if json:
        show_json([{name: word, "count": n} for word, n in counts])
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    for word, n in counts[:SHOWN]:
        table.add_row(f"{n:,}", safe(word))
    show(table)
    if len(counts) > SHOWN:
        tell(f"… and {len(counts) - SHOWN:,} more; --json lists them all")


def _line(fact: Fact, titles: dict[str, str], place: str) -> Text:
    subject, target = (titles.get(node, node) for node in (fact.subject, fact.object))
    words = f"  {fact.words}" if fact.words else ""
    told = " ".join(part for part in (fact.status, fact.round, fact.amount, fact.stake, fact.year) if part)
    return Text.assemble(
        (safe(subject), "bold"), " ← ", safe(target), (safe(words), "italic"), f"  [{safe(told)}]" if told else "",
        (f"  {safe(place)}:{fact.line}", "dim"), no_wrap=True,
    )  # fmt: skip
