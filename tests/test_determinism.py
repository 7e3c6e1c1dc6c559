"""The same vault gives the same bytes: under any hash seed, number of jobs, time zone, locale and place on disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vaults
from sizes import size


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


ZONES = ["Pacific/Kiritimati", "America/Adak", "Asia/Kathmandu", "UTC", ":/nowhere"]
LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0"},
    {"LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"},
    {"LC_ALL": "", "LANG": "de_DE.ISO-8859-1", "LC_COLLATE": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("seed", range(1, size(3, 13)))
def test_hash_seed_time_zone_locale_and_mask_do_not_show(
    repository: Path, tmp_path: Path, sample: dict[str, bytes], seed: int
) -> None:
    environment = {"PYTHONHASHSEED": str(seed), "TZ": ZONES[seed % len(ZONES)], **LOCALES[seed % len(LOCALES)]}
    # What files may be read by others, and when somebody says that it is, is the user's matter.
    before = os.umask(0o077 if seed % 2 else 0o002)
    try:
        site = build(
            repository / "vault",
            tmp_path / "site",
            jobs=1 + seed % 2,
            SOURCE_DATE_EPOCH=str(seed * 10**8),
            **environment,
        )
    finally:
        os.umask(before)
    vaults.assert_same(site, sample)


@pytest.mark.parametrize("number", range(size(1, 6)))
def test_the_place_and_the_age_of_the_files_do_not_show(
    repository: Path, tmp_path: Path, sample: dict[str, bytes], number: int
) -> None:
    copy = tmp_path / ["a much deeper", "ü é", "a'b\"c", "%41#x", "-o", "x" * 200][number] / "place" / "vault"
    # Copied the other way round or anyhow, with other times and rights: neither the order of a folder nor its dates count.
    files = sorted((path for path in (repository / "vault").rglob("*") if path.is_file()), reverse=True)
    dice = random.Random(number)
    if number:
        dice.shuffle(files)
    for path in files:
        target = copy / path.relative_to(repository / "vault")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        moment = dice.randrange(2_000_000_000)
        os.utime(target, (moment, moment))
        target.chmod(dice.choice([0o400, 0o644, 0o755]))
    site = build(copy, tmp_path / "site", PYTHONHASHSEED="3")
    vaults.assert_same(site, sample)
    assert not [url for url, data in site.items() if str(tmp_path).encode() in data]


def test_what_depends_on_where_it_is_made_would_be_noticed(tmp_path: Path) -> None:
    """By a theme that prints where an object lies in memory."""
    theme = """{% extends "default/note.html" %}{% block main %}{{ super() }}<p>{{ self.main }}</p>{% endblock %}"""
    files = {"A.md": "a", "theme/note.html": theme, "vaultkit.toml": "site.templates = 'theme'\n"}
    one, other = (vaults.write(tmp_path / name / "vault", files) for name in ("one", "other"))
    with pytest.raises(AssertionError):
        vaults.assert_same(build(one, tmp_path / "one" / "site"), build(other, tmp_path / "other" / "site"))


def test_the_number_of_jobs_does_not_show(tmp_path: Path) -> None:
    # A pool is only started from 200 notes on.
    notes = {
        f"F{i % 7}/Note {i}.md": f"---\naliases: [N{i}]\n---\n# Note {i}\n\n[[Note {i * 7 % 260}]] ![[N{i * 3 % 260}]] #t{i % 5} $x^{i}$ [[Missing {i % 9}]]\n"
        for i in range(260)
    }
    root = vaults.write(tmp_path / "vault", notes)
    one = build(root, tmp_path / "one", jobs=1)
    for jobs in (2, *range(3, size(3, 6))):
        vaults.assert_same(build(root, tmp_path / str(jobs), jobs=jobs), one)


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
