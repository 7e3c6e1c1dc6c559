"""`vaultkit config`: every setting, its value and where it was set."""

from __future__ import annotations

import json as _json
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.problems import as_json, fails, show_problems
from vaultkit.cli.where import ConfigFile, VaultFolder, locate
from vaultkit.config import Loaded
from vaultkit.settings import ENTITY


def config(
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    json: Annotated[bool, Parameter(help="Print it as JSON.")] = False,
) -> int:
    located = locate(vault, config)
    show_problems(located.loaded.problems, located.place, verbose=True)
    if json:
        show_json(_record(located.loaded))
    else:
        show(_table(located.loaded))
    return int(fails(located.loaded.problems, located.loaded.config.fail_on))


def _record(loaded: Loaded) -> dict[str, Any]:
    return {
        "settings": {s.key: {"value": _plain(s.key, s.value), "origin": s.origin} for s in loaded.settings},
        "problems": [as_json(found) for found in loaded.problems],
    }


def _table(loaded: Loaded) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Key", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("Set in", overflow="fold")
    for setting in loaded.settings:
        style = "dim" if setting.origin == "default" else ""
        value = _json.dumps(_plain(setting.key, setting.value), ensure_ascii=False)
        table.add_row(setting.key, Text(safe(value), style), Text(safe(setting.origin), style))
    return table


def _plain(key: str, value: Any) -> Any:
    """As it stands in TOML."""
    if key == "entities":
        return {entity.name: {name: getattr(entity, name) for name in ENTITY} for entity in value}
    return dict(value) if key == "types" else value
