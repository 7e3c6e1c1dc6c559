"""Builds vaults of growing size and says how each part of the work grows with them.

    python bench/scale.py --notes 1000 10000 40000

Each vault is made by `generate.py`, built once in a process of its own (one
job, nothing remembered) and removed with its site. Prints CPU seconds, peak
memory and pages a second, then for each stage and table the exponent of its
growth from the smallest to the largest vault: 1 is in proportion. Ends with 1
where one that takes time exceeds its bound.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import generate  # noqa: E402  (bench/ is no package)

BOUND, BOUND_OF_RANKING = 1.15, 1.3
RANKING = frozenset({"table related", "table ranked"})

LEAST = 0.02
"""Share of the largest build's time from which a part counts: what takes no time may grow as it likes."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000, 40_000])
    arguments.add_argument("--seed", type=int, default=generate.SEED)
    arguments.add_argument("--folder", type=Path, help="where vault and site are made, one after the other")
    arguments.add_argument("--jobs", type=int, default=1)
    arguments.add_argument("--json", type=Path, help="where the figures are put as well")
    arguments.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.build:
        print(json.dumps(measured(given.build, given.jobs)))
        return 0
    found = {}
    for n_notes in given.notes:
        found[n_notes] = figures(n_notes, given)
        print(line(n_notes, found[n_notes]), flush=True)
        if given.json:
            given.json.write_text(json.dumps(found, indent=1))
    if len(found) < 2:
        return 0
    return report(found)


def figures(n_notes: int, given: argparse.Namespace) -> dict[str, Any]:
    """What one vault took, measured by a process that does nothing else."""
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="vaultkit-scale-") as name:
        generate.write(Path(name) / "vault", n_notes, given.seed)
        command = [sys.executable, __file__, "--build", name, "--jobs", str(given.jobs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)


def line(n_notes: int, found: dict[str, Any]) -> str:
    return (
        f"{n_notes:>7,} notes  {found['links']:>10,} links  {found['pages']:>8,} pages  {found['seconds']:>7.1f} CPU s  "
        f"{found['megabytes']:>6.0f} MB  {found['pages'] / found['seconds']:>6.0f} pages/s  {1000 * found['seconds'] / n_notes:.2f} ms a note"
    )


def report(found: dict[int, dict[str, Any]]) -> int:
    """The exponents of all parts that take time, the dearest first; whether one exceeds its bound."""
    small, large = min(found), max(found)
    before, after = found[small], found[large]
    steps = math.log(large / small)
    print(f"\n{'part':28} " + " ".join(f"{n:>9,}" for n in sorted(found)) + "  exponent")
    is_over = False
    for part, seconds in sorted(after["parts"].items(), key=lambda item: -item[1]):
        if seconds < LEAST * after["seconds"]:
            continue
        exponent = math.log(max(seconds, 1e-3) / max(before["parts"].get(part, 0), 1e-3)) / steps
        bound = BOUND_OF_RANKING if part in RANKING else BOUND
        is_over |= exponent > bound
        cells = " ".join(f"{found[n]['parts'].get(part, 0):9.2f}" for n in sorted(found))
        print(f"{part:28} {cells}  {exponent:.2f}{'  OVER' if exponent > bound else ''}")
    for what in ("seconds", "megabytes"):
        print(f"{what:28} exponent {math.log(after[what] / before[what]) / steps:.2f}")
    print("memory, the tables after which most was added:")
    for part, megabytes in sorted(after["grown"].items(), key=lambda item: -item[1])[:8]:
        print(f"    {part:24} {megabytes:+.0f} MB")
    return int(is_over)


# -- the process that is measured ---------------------------------------------------


def measured(folder: Path, jobs: int) -> dict[str, Any]:
    """Build the vault in *folder* and count CPU seconds by part, and memory after each table."""
    from vaultkit.engine import tables
    from vaultkit.publication import _Writing
    from vaultkit.reader import Reader
    from vaultkit.site.writer import Output
    from vaultkit.vault import Vault

    parts: Counter[str] = Counter()
    grown: Counter[str] = Counter()
    for kind in (tables.Map, tables.Lookup, tables.Group, tables.Whole, tables.Union, tables.Spread, tables.Model):
        _time(kind, "fill", parts, lambda table: f"table {table.name}", grown)
    _time(Reader, "scan", parts, lambda _: "scan")
    _time(_Writing, "_render", parts, lambda _: "render and write pages")
    _time(Output, "prune", parts, lambda _: "prune")
    _time(Output, "save", parts, lambda _: "save the ledger")
    before = os.times()
    with Vault.open(folder / "vault", cache_dir=folder / "cache", jobs=jobs) as vault:
        done = vault.build(folder / "site", once=True)
        before_close = time.process_time()
    parts["close"] += time.process_time() - before_close
    after = os.times()
    seconds = after.user - before.user + after.system - before.system
    seconds += after.children_user + after.children_system - before.children_user - before.children_system
    parts["all else"] = seconds - sum(parts.values())
    return {
        "seconds": seconds, "megabytes": _memory("VmHWM"), "pages": len(done.rendered), "files": len(done.written),
        "links": done.n_links, "parts": dict(parts), "grown": dict(grown),
    }  # fmt: skip


def _time(owner: type, name: str, parts: Counter[str], called: Callable[[Any], str], grown: Counter[str] | None = None) -> None:  # fmt: skip
    """Count the CPU time of a method, and how much memory it adds."""
    method = getattr(owner, name)

    def timed(self: Any, *args: Any, **options: Any) -> Any:
        began, had = time.process_time(), _memory("VmRSS") if grown is not None else 0.0
        try:
            return method(self, *args, **options)
        finally:
            part = called(self)
            parts[part] += time.process_time() - began
            if grown is not None:
                grown[part] += _memory("VmRSS") - had

    setattr(owner, name, timed)


def _memory(what: str) -> float:
    """A line of this process's status, in megabytes."""
    for each in Path("/proc/self/status").read_text().splitlines():
        if each.startswith(what):
            return int(each.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
