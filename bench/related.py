"""Hides a tenth of the links of every note and looks for them again, by each score and by all together.

    python bench/related.py VAULT [--seed 2026] [--keep FOLDER]

A hidden link is a note and a note that it links to: every link between the two
is taken out of the first one's text, with the whole line where the line lists
it. What is left is written as another vault, and that one is asked.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from vaultkit.knowledge.related import ranking as ranking_  # noqa: E402
from vaultkit.knowledge.related.neighborhoods import Neighborhoods  # noqa: E402
from vaultkit.knowledge.related.traits import is_dated  # noqa: E402
from vaultkit.model import Found  # noqa: E402
from vaultkit.vault import Vault  # noqa: E402

SHARE = 0.1
N = 60
LINK = re.compile(r"!?\[\[([^\[\]\n]*?)\]\]")
LISTED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[.\]\s+)?$")
Pairs = Mapping[str, Collection[str]]


def links_of(vault: Vault) -> dict[str, dict[str, set[str]]]:
    """Of each note the notes that it links to, with the ways in which it writes them."""
    t = vault._reader.read()  # noqa: SLF001  (what is measured is inside)
    found: dict[str, dict[str, set[str]]] = {}
    for path, links in t.links.rows.items():
        document = t.documents.rows[path]
        if document.kind != "note":
            continue
        targets: dict[str, set[str]] = defaultdict(set)
        for ref, target in zip(document.refs, links.targets, strict=True):
            if isinstance(target, Found) and target.path != path and t.documents.rows[target.path].kind == "note":
                targets[target.path].add(ref.written)
        if targets:
            found[path] = targets
    return found


def hide(root: Path, links: Mapping[str, Mapping[str, set[str]]], seed: int, folder: Path) -> dict[str, list[str]]:
    """Write the vault into *folder*, without a tenth of the links; those that are gone."""
    draw = random.Random(seed)
    shutil.copytree(root, folder, dirs_exist_ok=True)
    hidden = {}
    for path in sorted(links):
        targets = sorted(links[path])
        chosen = draw.sample(targets, round(SHARE * len(targets)))
        if chosen:
            written = {each.replace("\\", "") for target in chosen for each in links[path][target]}
            file = folder / path
            file.write_text(without(file.read_text("utf-8"), written), "utf-8")
            hidden[path] = sorted(chosen)
    return hidden


def without(text: str, written: Collection[str]) -> str:
    """The text without these links, and without the list lines that begin with one."""
    lines = []
    for line in text.split("\n"):
        ours = [match for match in LINK.finditer(line) if name_in(match[1]) in written]
        if ours and LISTED.match(line[: ours[0].start()]):
            continue
        for match in reversed(ours):
            line = line[: match.start()] + line[match.end() :]
        lines.append(line)
    return "\n".join(lines)


def name_in(link: str) -> str:
    return re.split(r"\\?\|", link, maxsplit=1)[0].strip()


def scored(found: Mapping[str, Iterable[str]], hidden: Pairs) -> str:
    """Recall among the first ten and twenty, and the mean of one over the rank of the first that was hidden."""
    ten = twenty = n = 0
    reciprocal = 0.0
    for path, targets in hidden.items():
        ranks = {other: rank for rank, other in enumerate(found.get(path, ()), 1)}
        of_hidden = sorted(ranks.get(target, 10**9) for target in targets)
        n += len(targets)
        ten += sum(rank <= 10 for rank in of_hidden)
        twenty += sum(rank <= 20 for rank in of_hidden)
        reciprocal += 1 / of_hidden[0]
    return f"R@10 {ten / n:.3f}  R@20 {twenty / n:.3f}  MRR {reciprocal / len(hidden):.3f}"


def by_common_neighbors(neighborhoods: Neighborhoods, queries: Collection[str]) -> dict[str, list[str]]:
    """Adamic and Adar's measure over plain links in either direction."""
    factors, keys = neighborhoods.factors, neighborhoods.material.nodes.keys
    assert factors is not None
    linked = factors.both.sign()
    degree = np.diff(linked.indptr)
    share = np.where(degree > 1, 1 / np.log(np.maximum(degree, 2)), 0)
    through = linked.multiply(share[:, np.newaxis]).tocsr()
    is_note = np.array([key in neighborhoods.material.notes and not is_dated(key) for key in keys])
    found = {}
    for path in sorted(queries):
        row = neighborhoods.material.nodes.of(path)
        scores = (linked[[row]] @ through).toarray()[0] * is_note
        scores[factors.out[[row]].indices] = 0
        scores[row] = 0
        best = [int(node) for node in np.argsort(-scores, kind="stable")[:N] if scores[node]]
        found[path] = [keys[node] for node in best]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("vault", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--keep", type=Path, help="write the vault without the links here, and hidden.json beside it")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = options.cache or Path(temporary) / "cache"
        folder = options.keep or Path(temporary) / "vault"
        with Vault.open(options.vault, cache_dir=cache) as whole:
            hidden = hide(options.vault, links_of(whole), options.seed, folder)
        if options.keep:
            import json

            (folder.parent / "hidden.json").write_text(json.dumps(hidden), "utf-8")
        with Vault.open(folder, cache_dir=cache) as vault:
            t = vault._reader.read()  # noqa: SLF001
            tables = {
                name: (getattr(t, name).rows, getattr(t, name).rows.keys()) for name in ("documents", "links", "wanted")
            }
            report(tables, vault.config.relations.headings, hidden)


def report(tables: Mapping[str, Any], headings: Iterable[str], hidden: Pairs) -> None:
    print(f"{sum(map(len, hidden.values())):,} hidden links of {len(hidden):,} notes")
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    neighborhoods = Neighborhoods(headings)
    neighborhoods.refresh(**tables)
    took, after = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    found = neighborhoods.not_linked_from(N)
    listed = time.process_time() - began
    print(f"{'all together':24}{scored(found, hidden)}")
    weights = dict(ranking_.WEIGHTS)
    scores = [name for name in weights if name != "links"]
    for name in scores:
        ranking_.WEIGHTS.update(dict.fromkeys(scores, 0.0) | {name: 1.0})
        print(f"{'only ' + name:24}{scored(neighborhoods.not_linked_from(N), hidden)}")
    for name in scores:
        ranking_.WEIGHTS.update(weights | {name: 0.0})
        print(f"{'all but ' + name:24}{scored(neighborhoods.not_linked_from(N), hidden)}")
    ranking_.WEIGHTS.update(weights)
    print(f"{'Adamic-Adar':24}{scored(by_common_neighbors(neighborhoods, hidden), hidden)}")
    print(f"{took:.2f} CPU s for both lists with their reasons, {listed:.2f} for one list of {N} without")
    print(f"{after / 1024:.0f} MB at most, {(after - before) / 1024:.0f} of it for this")


if __name__ == "__main__":
    main()
