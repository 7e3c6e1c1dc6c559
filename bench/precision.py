"""Draws typed relations at random and shows each beside the lines that state it, for a person to judge.

    python bench/precision.py VAULT --seed 2026
    python bench/precision.py VAULT --seed 2027 --n 60 --source row

The sample is uniform over all typed relations, of whatever source. The
verdicts on one sample stand in precision.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from vaultkit.facts import Fact  # noqa: E402
from vaultkit.vault import Vault  # noqa: E402

WIDTH = 420
"""Characters of a line that are shown."""


def typed(vault: Vault, source: str = "") -> list[Fact]:
    """All typed relations, in the order of notes and lines."""
    return [fact for fact in vault.relations() if fact.is_typed and source in ("", fact.source)]


def context(lines: list[str], number: int) -> list[str]:
    """A line of a note; for a row of a table also its head, for one that is wrapped its beginning."""
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    if not line.lstrip().startswith("|"):
        return [line]
    first = number - 1
    while first and lines[first - 1].lstrip().startswith("|"):
        first -= 1
    return [lines[first], line]


def show(number: int, fact: Fact, lines: list[str]) -> None:
    told = " ".join(filter(None, (fact.status, fact.round, fact.amount, fact.stake, fact.year)))
    print(f"{number:3} {fact.note}:{fact.line}  ({fact.source}; {fact.section})")
    print(f"    {fact.subject} — {fact.role} → {fact.object}  [{told}]")
    for line in context(lines, fact.line):
        print(f"    > {line.strip()[:WIDTH]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("vault", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--n", type=int, default=100, help="relations to draw")
    parser.add_argument("--source", default="", help="draw of one source only")
    parser.add_argument("--cache-dir", type=Path, help="keep what was parsed there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.open(chosen.vault, cache_dir=chosen.cache_dir or folder)
        found = typed(vault, chosen.source)
        sample = random.Random(chosen.seed).sample(found, min(chosen.n, len(found)))
        print(f"{len(found):,} typed relations, {len(sample)} drawn with seed {chosen.seed}\n")
        for number, fact in enumerate(sorted(sample, key=lambda fact: (fact.note, fact.line, fact.object)), 1):
            text = (chosen.vault / fact.note).read_text(encoding="utf-8", errors="replace")
            show(number, fact, text.splitlines())


if __name__ == "__main__":
    main()
