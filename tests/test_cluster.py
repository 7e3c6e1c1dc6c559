"""Notes parsed by somebody else's executor: the same site, also when a worker of it is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import vaults

MakeVault = Callable[..., Path]

FILES = {f"F/N{n}.md": f"---\ntags: [t{n % 5}]\n---\n# Note {n}\n\nSee [[N{n + 1}]] and [[N{n * 7 % 240}|another]].\n" for n in range(240)}  # fmt: skip

SCRIPT = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from vaultkit.vault import Vault

kind, does_kill, root, out, cache = sys.argv[1], sys.argv[2] == "True", *sys.argv[3:]
killed = []

def build(executor, pids):
    def progress(stage, done, total):
        if does_kill and not killed and done:
            killed.append(pids()[0])
            os.kill(killed[0], signal.SIGKILL)
    with Vault.open(root, cache_dir=cache, executor=executor) as vault:
        vault.build(out, once=True, progress=progress)

if __name__ == "__main__":
    if kind == "distributed":
        from distributed import Client, LocalCluster
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            found = list(client.run(os.getpid).values())
            build(client.get_executor(pure=False), lambda: found)
    elif kind == "processes":
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            build(pool, lambda: list(pool._processes))
    else:
        with ThreadPoolExecutor(2) as pool:
            build(pool, None)
    print("killed" if killed else "whole")
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("cluster")
    vaults.build(vaults.write(folder / "vault", FILES), folder / "site")
    return vaults.tree(folder / "site")


@pytest.mark.parametrize(
    ("kind", "does_kill"),
    [("threads", False), ("processes", False), ("processes", True), ("distributed", False), ("distributed", True)],
)
def test_every_executor_makes_the_same_site(
    kind: str, does_kill: bool, expected: dict[str, bytes], make_vault: MakeVault, tmp_path: Path
) -> None:
    if kind == "distributed":
        pytest.importorskip("distributed")
    root = make_vault(FILES)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), kind, str(does_kill), str(root), str(tmp_path / "site"), str(tmp_path / "cache")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path[1:]])},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == ("killed" if does_kill else "whole")
    vaults.assert_same(vaults.tree(tmp_path / "site"), expected)
