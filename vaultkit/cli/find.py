"""`vaultkit find`: whether names are taken, before a note is made."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.asking import asked, check_options
from vaultkit.cli.console import Piece, show_json, show_lines
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError
from vaultkit.search.find import SHOWN, Candidate, Finding

TAKEN = 1
"""The exit code if any of the names is."""


def find(
    *names: Annotated[
        str,
        Parameter(
            help="The names to look for; - reads them from standard input, one a line.", allow_leading_hyphen=True
        ),
    ],
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    limit: Annotated[int, Parameter(help=f"Candidates of each name, at most [default: {SHOWN}].")] = SHOWN,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> int:
    if not names:
        raise VaultkitError("name what to look for, or - to read names from standard input")
    check_options(names, "-")
    if limit < 0:
        raise VaultkitError("--limit is a number of candidates")
    wanted = _all(names)
    located = locate(vault, config, {"cache_dir": cache_dir})
    found = asked(
        located,
        "find",
        lambda index: [index.finder.find(name, limit) for name in wanted],
        lambda opened: [opened.find(name, limit) for name in wanted],
    )
    if json:
        show_json([_as_json(finding) for finding in found])
    else:
        show_lines((line for finding in found for line in _report(finding)), sys.stdout)
    return TAKEN if any(finding.is_taken for finding in found) else 0


def _all(names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        if name == "-":
            # A name with bytes that are no UTF-8 is found by its other letters.
            lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").splitlines()
            found += [line.strip() for line in lines if line.strip()]
        else:
            found.append(name)
    return found


def _report(finding: Finding) -> Iterator[Sequence[Piece]]:
    yield [(finding.name, "bold"), (": taken" if finding.is_taken else ": free", "")]
    for candidate in finding.candidates:
        named = candidate.title or candidate.name
        where = f"  {candidate.path}" if candidate.path else ""
        other = f" ({candidate.name})" if candidate.name != named and candidate.likeness != "exact" else ""
        yield [(f"  {named}{other}", ""), (f"{where}  {candidate.reason}", "dim")]


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "name": finding.name,
        "taken": finding.is_taken,
        "candidates": [_candidate(candidate) for candidate in finding.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "name": candidate.name,
        "path": candidate.path or None,
        "title": candidate.title or None,
        "taken": candidate.is_taken,
        "likeness": candidate.likeness,
        "reason": candidate.reason,
        "wanted_by": candidate.wanted_by,
    }
