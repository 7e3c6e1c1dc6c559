"""The command line finds what the site's script finds, in the same order: one ranking, written twice."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
import vaults

from vaultkit.search.answers import answer
from vaultkit.search.kept import Index
from vaultkit.vault import Vault

ROOT = Path(__file__).parents[1]
NODE = shutil.which("node") or ""
SHOWN = 8
"""Hits of which the script's benchmark tells the addresses."""

if not NODE:
    pytest.skip("THE TWO RANKINGS ARE NOT COMPARED: no node", allow_module_level=True)

ASKED = (
    "nvidia", "nvida", "NVDA", "0700", "deepsek", "deepseek r", "cuda moat", "cuda mota", "the", "of the", "幻方", "幻", "梁文锋",
    "model distillation", "model distil", "distillation of models", '"model distillation"', '"distillation model"',
    '"export controls" -deepseek', '-"export controls" chips', "type:actor chips", "-type:actor chips", "folder:concepts",
    "tag:china", "tag:#china lab", "rel:investor", "rel:investor openai", "type:nothing chips", "share of the market in",
    "what does it cost to train a model", "training cost per token", "AT&T", "!!!", "", "-x", "a", "tra", "chipz wafrs",
    "memory bandwidth of chips", "hbm", "hgih bandwidth", '"unclosed quote', "type:", "state-of-the-art models",
)  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Index]:
    """A site, and the index of its vault."""
    folder = tmp_path_factory.mktemp("agree")
    vaults.build(ROOT / "vault", folder / "site", folder / "cache")
    with Vault.open(ROOT / "vault", cache_dir=folder / "cache", jobs=1) as vault:
        return folder / "site", vault._questions._computed("search")


def by_script(site: Path, queries: list[str]) -> list[tuple[int, list[str]]]:
    """How many notes the script finds for each query, and the first of them."""
    lines = "".join(f"{json.dumps({'q': query})}\n" for query in queries)
    command = [NODE, str(ROOT / "bench" / "search_client.mjs"), str(site)]
    ended = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    return [(each["total"], each["urls"]) for each in told]


def by_command(index: Index, queries: list[str]) -> list[tuple[int, list[str]]]:
    found = [answer(index, query, SHOWN) for query in queries]
    return [(each.n_found, [hit.url for hit in each.hits]) for each in found]


def compare(both: tuple[Path, Index], queries: list[str]) -> None:
    site, index = both
    for query, script, command in zip(queries, by_script(site, queries), by_command(index, queries), strict=True):
        assert command == script, query


def test_both_find_the_same_in_the_same_order(both):
    compare(both, list(ASKED))


def test_both_find_the_same_for_words_of_the_notes(both):
    """Names, pieces of sentences, slips and beginnings, as they come."""
    dice = random.Random(8)
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "vault").rglob("*.md"))]
    queries = [path.stem for path in sorted((ROOT / "vault").rglob("*.md"))]
    for _ in range(200):
        words = dice.choice(texts).split()
        start, size = dice.randrange(len(words)), dice.randrange(1, 5)
        query = " ".join(words[start : start + size]).replace('"', "")
        if dice.random() < 0.4 and len(query) > 4:
            at = dice.randrange(1, len(query) - 2)
            query = query[:at] + dice.choice(["", query[at + 1] + query[at], "x"]) + query[at + 2 :]
        queries.append(f'"{query}"' if dice.random() < 0.2 else query)
    compare(both, queries)
