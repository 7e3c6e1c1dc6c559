"""Promise 7, any input: whatever lies in a vault, a build ends well, soon and without a trace on the notes beside it.

The corpus is `malformed.py`; with all other tests a part of it is built, small.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import malformed
import pytest
import vaults
from malformed import Case
from sizes import IS_FULL, size

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "bench"))

import cpu  # noqa: E402  (bench/ is no package)
import generate  # noqa: E402

CPU_SECONDS, MEGABYTES = 120, 1024

CASES = malformed.cases(size(20_000, 1_000_000))[:: size(4, 1)]
HEALTHY = dict(generate.Maker(size(20, 60)).notes())
KINDS = {"bytes": 17, "size": 12, "nesting": 16, "yaml": 18, "names": 48, "loops": 23, "files": 18}
"""How many cases there have to be of a kind, at least."""


_COST = "import cpu, json, pathlib, sys; print(json.dumps(cpu.cost(*sys.argv[2:], log=pathlib.Path(sys.argv[1]))))"


class Built(NamedTuple):
    cost: cpu.Cost
    said: str
    tree: dict[str, bytes]


def build(root: Path, *options: str, **sabotage: str) -> Built:
    """Build a vault as the command does, in processes of its own."""
    out, log = root.with_name(root.name + "-site"), root.with_name(root.name + ".log")
    cache = root.with_name(root.name + "-cache")
    command = [sys.executable, "-m", "vaultkit", "build", root, "-o", out, "--cache-dir", cache, "-v", *options]
    paths = [ROOT, ROOT / "bench", *([ROOT / "tests" / "sabotage"] if sabotage else [])]
    # Its cost is told by yet another, which waits for all its children: here there are some that never end.
    ended = subprocess.run(
        [sys.executable, "-c", _COST, log, *command], stdout=subprocess.PIPE, check=True,
        env={**os.environ, **sabotage, "PYTHONPATH": os.pathsep.join(map(str, paths))},
    )  # fmt: skip
    return Built(cpu.Cost(*json.loads(ended.stdout)), log.read_text(errors="replace"), vaults.tree(out))


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(vaults.write(tmp_path_factory.mktemp("healthy") / "vault", HEALTHY)).tree


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All cases in one vault, beside healthy notes."""
    root = vaults.write(tmp_path_factory.mktemp("bad") / "vault", HEALTHY)
    for case in CASES:
        case.write(root / "Bad")
    return build(root, "--jobs", "2")


def pages_of_notes(tree: dict[str, bytes]) -> dict[str, bytes]:
    folders = {path.partition("/")[0] for path in HEALTHY}
    return {
        url: data for url, data in tree.items() if url.partition("/")[0] in folders and not url.endswith("index.html")
    }


def test_the_corpus_is_large_enough() -> None:
    found = Counter(case.kind for case in malformed.cases(1_000))
    assert sum(found.values()) >= 150
    assert all(found[kind] >= least for kind, least in KINDS.items())


def test_the_build_ends_well(bad: Built) -> None:
    assert bad.cost.code == 0
    assert "Traceback" not in bad.said
    assert "internal-error" not in bad.said
    assert "vaultkit made a mistake" not in bad.said


def test_the_build_is_bounded(bad: Built) -> None:
    assert bad.cost.seconds <= CPU_SECONDS
    assert bad.cost.megabytes < MEGABYTES


def test_healthy_notes_are_the_same_with_and_without(bad: Built, healthy: dict[str, bytes]) -> None:
    expected = pages_of_notes(healthy)
    assert len(expected) >= len(HEALTHY)
    found = pages_of_notes(bad.tree)
    assert found == expected


def test_every_case_has_pages(bad: Built) -> None:
    """Cases of notes with names that any file system holds."""
    plain = [case for case in CASES if case.kind not in ("names", "files", "canvas", "loops")]
    shown = {url.split("/")[1] for url in bad.tree if url.startswith("Bad/") and url.count("/") > 1}
    assert {case.folder.replace(" ", "-") for case in plain} - shown == set()


# -- each by itself ----------------------------------------------------------------

ALONE = [case for case in CASES if case.kind in ("nesting", "loops", "files", "bytes")][:: size(12, 1)]


@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.folder)
def test_a_case_alone_is_built_as_well(case: Case, tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"Fine.md": "a healthy note\n"})
    case.write(root / "Bad")
    report = vaults.build(root, tmp_path / "site")
    assert not {problem.name for problem in report.problems} & {"internal-error", "note-failed"}
    assert b"a healthy note" in vaults.tree(tmp_path / "site")["Fine.html"]


# -- notes that end their worker ---------------------------------------------------

DEADLY = {
    "killed": ("VK-KILL", "it ended its process"), "overflow": ("VK-STACK", "it ended its process"), "left": ("VK-EXIT", "it ended its process"),
    "raising": ("VK-RAISE", "vaultkit made a mistake"), "recursion": ("VK-RECURSE", "vaultkit made a mistake"),
    **({"endless": ("VK-LOOP", "it took too long"), "stuck in C": ("VK-C", "it took too long")} if IS_FULL else {}),
}  # fmt: skip
"""By name of the note: its mark, and what is said of it."""


@pytest.fixture(scope="module")
def sabotaged(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = vaults.write(tmp_path_factory.mktemp("deadly") / "vault", HEALTHY)
    vaults.write(root, {f"Bad/{name}.md": f"# Words of {name}\n\n{mark} & <b>\n" for name, (mark, _) in DEADLY.items()})
    # So many that they are parsed by workers.
    vaults.write(root, {f"Bad/fine {n}.md": f"fine {n}\n" for n in range(210)})
    return build(root, "--jobs", "2", VAULTKIT_SABOTAGE="1")


@pytest.mark.parametrize("name", DEADLY)
def test_a_note_that_ends_its_worker_becomes_plain_text_and_a_problem(sabotaged: Built, name: str) -> None:
    mark, why = DEADLY[name]
    assert sabotaged.cost.code in (0, 1)
    page = sabotaged.tree[f"Bad/{name.replace(' ', '-')}.html"].decode()
    assert f'<pre class="plain"># Words of {name}\n\n{mark} &amp; &lt;b&gt;' in page
    told = sabotaged.said[sabotaged.said.index(f"Bad/{name}.md") :].partition("\n")[0]
    assert "note-failed" in told or "VK" in told
    assert why in told


def test_notes_beside_deadly_ones_are_the_same(sabotaged: Built, healthy: dict[str, bytes]) -> None:
    assert pages_of_notes(sabotaged.tree) == pages_of_notes(healthy)
    assert "Bad/fine-209.html" in sabotaged.tree
