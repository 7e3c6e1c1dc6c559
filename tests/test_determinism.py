"""The same vault gives the same bytes: under any hash seed, number of jobs, time zone, locale and place on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vaults


def build(root: Path, out: Path, jobs: int = 1, **environment: str) -> dict[str, bytes]:
    """What the command line makes of *root* in a process of its own."""
    arguments = [
        "build",
        root,
        "-o",
        out,
        "--cache-dir",
        out.with_name(out.name + "-cache"),
        "--jobs",
        jobs,
        "--fail-on",
        "never",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "vaultkit", *map(str, arguments)],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return vaults.tree(out)


@pytest.fixture(scope="module")
def sample(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(repository / "vault", tmp_path_factory.mktemp("sample") / "site", PYTHONHASHSEED="0", TZ="UTC")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Adak", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
    ids=["seed 1", "seed 2"],
)
def test_hash_seed_time_zone_and_locale_do_not_show(
    repository: Path, tmp_path: Path, sample: dict[str, bytes], environment: dict[str, str]
) -> None:
    vaults.assert_same(build(repository / "vault", tmp_path / "site", **environment), sample)


def test_the_place_and_the_age_of_the_files_do_not_show(
    repository: Path, tmp_path: Path, sample: dict[str, bytes]
) -> None:
    copy = tmp_path / "a much deeper" / "place" / "vault"
    # Copied the other way round, without their times: neither the order of a folder nor its dates may matter.
    for path in sorted((repository / "vault").rglob("*"), reverse=True):
        if path.is_file():
            target = copy / path.relative_to(repository / "vault")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    site = build(copy, tmp_path / "site", PYTHONHASHSEED="3")
    vaults.assert_same(site, sample)
    assert not [url for url, data in site.items() if str(tmp_path).encode() in data]


def test_the_number_of_jobs_does_not_show(tmp_path: Path) -> None:
    # A pool is only started from 200 notes on.
    notes = {
        f"F{i % 7}/Note {i}.md": f"---\naliases: [N{i}]\n---\n# Note {i}\n\n[[Note {i * 7 % 260}]] ![[N{i * 3 % 260}]] #t{i % 5} $x^{i}$ [[Missing {i % 9}]]\n"
        for i in range(260)
    }
    root = vaults.write(tmp_path / "vault", notes)
    vaults.assert_same(build(root, tmp_path / "one", jobs=1), build(root, tmp_path / "two", jobs=2))


def test_a_second_build_writes_nothing(repository: Path, tmp_path: Path) -> None:
    first = vaults.build(repository / "vault", tmp_path / "site")
    assert first.written
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    second = vaults.build(repository / "vault", tmp_path / "site")
    assert (list(second.rendered), list(second.written), list(second.removed)) == ([], [], [])
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}


def test_a_lost_cache_changes_nothing_but_time(repository: Path, tmp_path: Path, sample: dict[str, bytes]) -> None:
    vaults.build(repository / "vault", tmp_path / "site")
    shutil.rmtree(tmp_path / "site-cache")
    vaults.build(repository / "vault", tmp_path / "site")
    vaults.assert_same(vaults.tree(tmp_path / "site"), sample)


@pytest.mark.parametrize("damage", ["garbage", "truncated", "flipped"])
def test_a_damaged_cache_changes_nothing_but_time(
    repository: Path, tmp_path: Path, sample: dict[str, bytes], damage: str
) -> None:
    vaults.build(repository / "vault", tmp_path / "site")
    for path in (tmp_path / "site-cache").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            middle = len(data) // 2
            path.write_bytes(
                {
                    "garbage": b"not a database",
                    "truncated": data[:middle],
                    "flipped": data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :],
                }[damage]
            )
    vaults.build(repository / "vault", tmp_path / "site")
    vaults.assert_same(vaults.tree(tmp_path / "site"), sample)
