"""`vaultkit path`: how two things are connected, step by step, each with the words that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.inspect import plain
from vaultkit.cli.show import node_named
from vaultkit.cli.where import CacheFolder, ConfigFile, Located, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from vaultkit.knowledge.paths import Step


def path(
    start: Annotated[str, Parameter(help="Where to begin: a note by path, file name or alias, or a name without one.")],
    end: Annotated[str, Parameter(help="Where to end.")],
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.knowledge import paths
    from vaultkit.vault import Vault

    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        (one, title), (other, other_title) = node_named(opened, start), node_named(opened, end)
        graph = opened.graph
        titles = opened.titles()
    hidden = next((name for node, name in ((one, start), (other, end)) if node not in graph), None)
    if hidden is not None:
        raise VaultkitError(f"{hidden!r} is private: paths go through what readers can see")
    steps = paths.path(graph, one, other)
    if json:
        found = None if steps is None else [plain(step) for step in steps]
        show_json({"start": one, "end": other, "steps": found})
    elif steps is None:
        show(f"nothing connects {safe(title)} with {safe(other_title)}")
    else:
        show(Text(safe(title), "bold"), *(_line(step, titles, located) for step in steps))


def _line(step: Step, titles: dict[str, str], located: Located) -> Text:
    name = titles.get(step.end, step.end)
    why = step.role or "link"
    words = step.words if step.role and step.words else step.quote
    more = f" (+{step.n_others})" if step.n_others else ""
    return Text.assemble(
        f"  {'→' if step.forward else '←'} {safe(why)}{more} ", (safe(name), "bold"),
        (f" — {safe(words)}" if words else "", "italic"), (f"  {safe(located.place(step.note))}:{step.line}", "dim"),
        no_wrap=True,
    )  # fmt: skip
