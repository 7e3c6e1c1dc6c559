"""`vaultkit stats`: what there is in a vault, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vaultkit.vault import Vault

SHOWN = 12
"""Rows of a section; `--json` has them all."""

HUBS = 20


def stats(
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        counted = _counted(opened)
    if json:
        show_json(counted)
    else:
        show(*_report(counted))


def _counted(opened: Vault) -> dict[str, Any]:
    graph = opened.graph
    kinds = [(node, data["kind"]) for node, data in graph.nodes(data=True)]
    is_note = {node for node, kind in kinds if kind == "note"}
    links = [(target, kind) for _, target, kind, role in _edges(graph) if not role and kind != "tag"]
    facts = [fact for note in opened.notes for fact in opened.facts(note.path)]
    mentions: dict[str, set[str]] = {}
    for source, target, _, role in _edges(graph):
        if not role and source != target and target in is_note:
            mentions.setdefault(target, set()).add(source)
    hubs = sorted(mentions, key=lambda node: (-len(mentions[node]), node))[:HUBS]
    return {
        "notes": len(is_note),
        "nodes by kind": _ranked(kind for _, kind in kinds),
        "notes by type": _ranked(graph.nodes[node]["type"] for node in is_note),
        "wanted": sum(kind == "wanted" for _, kind in kinds),
        "links": len(links),
        "links by kind": _ranked(kind for _, kind in links),
        "facts": len(facts),
        "facts by source": _ranked(fact.source for fact in facts),
        "relations": sum(bool(fact.object) for fact in facts),
        "relations by role": _ranked(fact.role for fact in facts if fact.object),
        "tables": len(tables := opened.tables()),
        "tables by kind": _ranked(table.kind for table in tables),
        "hubs": {node: len(mentions[node]) for node in hubs},
        "problems": len(opened.problems),
        "problems by code": _ranked(f"{problem.code} {problem.name}" for problem in opened.problems),
    }


def _edges(graph: Any) -> Iterator[tuple[str, str, str, str]]:
    return ((one, other, data["kind"], data["role"]) for one, other, data in graph.edges(data=True))


def _ranked(names: Iterator[str]) -> dict[str, int]:
    """Counts, the largest first."""
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _report(counted: dict[str, Any]) -> Iterator[RenderableType]:
    totals = {name: value for name, value in counted.items() if isinstance(value, int)}
    yield _table(totals)
    for name, values in counted.items():
        if isinstance(values, dict) and values:
            yield Text(f"\n{name[0].upper()}{name[1:]}", "bold")
            yield _table(dict(list(values.items())[:SHOWN]))
            if len(values) > SHOWN:
                yield Text(f"… and {len(values) - SHOWN:,} more; --json has them all", "dim")


def _table(values: dict[str, int]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    for name, value in values.items():
        table.add_row(f"{value:,}", safe(name) or "(none)")
    return table
