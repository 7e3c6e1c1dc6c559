"""`vaultkit explain`: what a code means and how to mend it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from vaultkit.cli.console import show
from vaultkit.cli.problems import STYLES
from vaultkit.config import nearest
from vaultkit.diagnostics import CODES, Code, VaultkitError


def explain(
    code: Annotated[str | None, Parameter(help="A code like VK201, or the name of a problem.")] = None, /
) -> None:
    if code is None:
        show(_all())
        return
    found = _find(code)
    title = Text.assemble((found.id, "bold"), f" {found.name} ", (found.severity, STYLES[found.severity]))
    show(title, "", Text(found.summary), "", Text(found.explanation))


def _find(code: str) -> Code:
    by_name = {known.name: known for known in CODES.values()} | CODES
    by_name |= {known.id.removeprefix("VK"): known for known in CODES.values()}
    for spelling in (code, code.upper(), code.lower()):
        if spelling in by_name:
            return by_name[spelling]
    meant = nearest(code, by_name)
    remedy = f"did you mean {meant}?" if meant else '"vaultkit explain" lists them all'
    raise VaultkitError(f"there is no problem {code!r}: {remedy}")


def _all() -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Code", "Name", "Severity", "Meaning"):
        table.add_column(heading, no_wrap=heading != "Meaning")
    for code in CODES.values():
        table.add_row(code.id, code.name, Text(code.severity, STYLES[code.severity]), code.summary)
    return table
