"""What a build costs, in CPU seconds and as a multiple of what comrak takes to render the same notes.

    python bench/comrak_ratio.py VAULT

The machine's speed and load cancel out in the ratio, because comrak is measured
before and after each build: a machine that is shared changes its speed within
seconds. Fails when a bound of the project is exceeded.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import comrak
from cpu import Cost, vaultkit

RUNS = 3
COLD_RATIO = 28.0
WARM_SECONDS = 1.6
MEGABYTES = 500.0

COUNT = """
import json, sys
from pathlib import Path
from typing import NamedTuple
from vaultkit.vault import Vault
report = Vault.open(Path(sys.argv[1]), cache_dir=Path(sys.argv[3]), jobs=1).build(Path(sys.argv[2]))
print(json.dumps({"notes": report.n_notes, "links": report.n_links, "rendered": len(report.rendered), "written": len(report.written)}))
"""


def notes(vault: Path) -> list[str]:
    paths = [path for path in sorted(vault.rglob("*.md")) if not any(part.startswith(".") for part in path.parts)]
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]


def comrak_seconds(texts: list[str]) -> float:
    """CPU seconds comrak takes for all texts, with the extensions that notes use."""
    options = comrak.ExtensionOptions()
    options.table = options.strikethrough = options.tasklist = options.autolink = options.footnotes = True
    began = time.process_time()
    for text in texts:
        comrak.render_markdown(text, extension_options=options)
    return time.process_time() - began


def build(vault: Path, folder: Path, jobs: int, name: str) -> Cost:
    took = vaultkit(
        "build",
        vault,
        "-o",
        folder / f"site-{name}",
        "--cache-dir",
        folder / f"cache-{name}",
        "--jobs",
        str(jobs),
        "--fail-on",
        "never",
    )
    if took.code:
        sys.exit(f"vaultkit ended with code {took.code}")
    return took


class Took(NamedTuple):
    cost: Cost
    reference: float
    """CPU seconds that comrak took just before and just after, in the mean."""


def beside_comrak(texts: list[str], vault: Path, folder: Path, jobs: int, name: str) -> Took:
    before = comrak_seconds(texts)
    took = build(vault, folder, jobs, name)
    return Took(took, (before + comrak_seconds(texts)) / 2)


def counts(vault: Path, folder: Path, name: str) -> dict[str, int]:
    ended = subprocess.run(
        [sys.executable, "-c", COUNT, str(vault), str(folder / f"site-{name}"), str(folder / f"cache-{name}")],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(ended.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU of cold and warm builds beside comrak's.")
    parser.add_argument("vault", type=Path)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    vault = options.vault.resolve()
    os.chdir(Path(__file__).parents[1])
    texts = notes(vault)
    print(f"{len(texts):,} notes, {sum(map(len, texts)) / 1e6:.1f} million characters")

    cold: dict[int, list[Took]] = {1: [], 2: []}
    warm: list[Took] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run in range(options.runs):
            for jobs, costs in cold.items():
                costs.append(beside_comrak(texts, vault, folder, jobs, f"{jobs}-{run}"))
            warm.append(beside_comrak(texts, vault, folder, 1, f"1-{run}"))
        unchanged = counts(vault, folder, "1-0")

    for jobs, costs in cold.items():
        print(_line(f"cold build, {jobs} job{'s' * (jobs > 1)}", costs))
    print(_line("warm build, unchanged", warm))
    print(f"unchanged: {unchanged}")

    bounds = {
        f"cold build over {COLD_RATIO:g} times comrak": _ratio(cold[1]) > COLD_RATIO,
        f"warm build over {WARM_SECONDS} CPU s": statistics.median(took.cost.seconds for took in warm) > WARM_SECONDS,
        f"memory over {MEGABYTES:g} MB": max(took.cost.megabytes for took in cold[1]) > MEGABYTES,
        "an unchanged vault was rendered or written": bool(unchanged["rendered"] or unchanged["written"]),
    }
    broken = [bound for bound, exceeded in bounds.items() if exceeded]
    sys.exit("exceeded: " + "; ".join(broken) if broken else 0)


def _ratio(costs: list[Took]) -> float:
    return statistics.median(took.cost.seconds / took.reference for took in costs)


def _line(what: str, costs: list[Took]) -> str:
    seconds, reference = (
        statistics.median(each) for each in zip(*((took.cost.seconds, took.reference) for took in costs), strict=True)
    )
    peak = max(took.cost.megabytes for took in costs)
    return f"{what:21} {seconds:6.2f} CPU s, comrak {reference:5.2f}: {_ratio(costs):5.1f} times {peak:6.0f} MB"


if __name__ == "__main__":
    main()
