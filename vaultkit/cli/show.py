"""`vaultkit show`: what the vault knows of a thing: its facts, its relations either way, and rows about it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.inspect import no_such_note, plain
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, Located, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vaultkit.facts import Fact
    from vaultkit.vault import Vault

SHOWN = 12
"""Relations of one role; `--json` has them all."""


def show_note(
    note: Annotated[str, Parameter(help="Its path in the vault, its file name or an alias; or a name without a note.")],
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        node, title = node_named(opened, note)
        about = opened.about(node)
        own = [fact for fact in opened.facts(node) if fact.subject == node and not fact.object]
        titles = opened.titles()
    told = [fact for fact in about if fact.subject == node and not fact.object and fact.note != node]
    relations = [fact for fact in about if fact.object]
    if json:
        show_json(
            {
                "node": node,
                "title": title,
                "facts": [plain(fact) for fact in own],
                "relations": [plain(fact) for fact in relations],
                "told": [plain(fact) for fact in told],
            }
        )
        return
    show(*_report(title, node, own, relations, told, titles, located))


def node_named(opened: Vault, note: str) -> tuple[str, str]:
    """The node of a note, or of a name that notes use and none has."""
    document = opened.note(note)
    if document is not None:
        return document.path, document.title
    for node in opened.wanted(note):
        return node, opened.titles()[node]
    raise VaultkitError(no_such_note(opened, note))


def _report(
    title: str, node: str, own: Sequence[Fact], relations: Sequence[Fact], told: Sequence[Fact], titles: dict[str, str],
    located: Located,
) -> Iterator[RenderableType]:  # fmt: skip
    yield Text(safe(title), "bold")
    yield Text(safe("no note of this name" if node[0] in "?=" else node), "dim")
    if own:
        yield _pairs([(fact.role, fact.value) for fact in own])
    roles: dict[str, list[Fact]] = {}
    for fact in relations:
        said = fact.role if fact.subject == node else f"{fact.role} of"
        roles.setdefault(said, []).append(fact)
    for role, facts in sorted(roles.items(), key=lambda pair: (pair[0].startswith("related"), -len(pair[1]), pair[0])):
        yield Text(f"\n{safe(role)} ({len(facts)})", "bold")
        for fact in facts[:SHOWN]:
            yield _relation(fact, node, titles, located)
        if len(facts) > SHOWN:
            yield Text(f"  … and {len(facts) - SHOWN:,} more", "dim")
    if told:
        yield Text(f"\nRows about it ({plural(len({(f.note, f.line) for f in told}), 'row')})", "bold")
        rows: dict[tuple[str, int], list[Fact]] = {}
        for fact in told:
            rows.setdefault((fact.note, fact.line), []).append(fact)
        for (path, line), facts in list(rows.items())[:SHOWN]:
            cells = "; ".join(f"{fact.role}: {fact.value}" for fact in facts)
            yield Text.assemble(
                (f"  {safe(cells)}", ""), (f"  {safe(located.place(path))}:{line}", "dim"), no_wrap=True
            )


def _relation(fact: Fact, node: str, titles: dict[str, str], located: Located) -> Text:
    other = fact.object if fact.subject == node else fact.subject
    name = titles.get(other, other)
    words = f" — {fact.words}" if fact.words and fact.words != name else ""
    place = f"  {located.place(fact.note)}:{fact.line}"
    return Text.assemble(f"  {safe(name)}", (safe(words), "italic"), (safe(place), "dim"), no_wrap=True)


def _pairs(pairs: Sequence[tuple[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for key, value in pairs:
        table.add_row(safe(key), safe(str(value)))
    return table
