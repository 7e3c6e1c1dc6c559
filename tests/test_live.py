"""A process that follows a vault, on a real file system: after any storm its site is, byte for byte, that of a clean build.

`bench/storms.py` lets the same storms come over a larger vault, again and again.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import storms
import vaults
from storms import Follower, Place

from vaultkit.vault import Vault

NOTES = 40


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Iterator[tuple[Place, Follower]]:
    """One vault and one process for all storms: each finds what the ones before have left."""
    folder = tmp_path_factory.mktemp("live")
    place = Place(folder, NOTES, Random(2026))
    follower = Follower(place.root, folder / "follower")
    try:
        storms.settled(place, follower)
        yield place, follower
    finally:
        follower.close()


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path, NOTES, Random(2026))


@pytest.fixture
def follow(tmp_path) -> Iterator[Callable[..., Follower]]:
    followers = []

    def start(place: Place, **options) -> Follower:
        followers.append(Follower(place.root, tmp_path / "follower", **options))
        return followers[-1]

    yield start
    for follower in followers:
        follower.close()


def named(storm: storms.Storm) -> str:
    return storm.__name__


@pytest.mark.parametrize("storm", storms.STORMS, ids=named)
def test_after_a_storm_the_site_equals_a_clean_build(followed, storm):
    place, follower = followed
    place.restore()
    storm(place, follower)
    storms.settled(place, follower)
    assert not follower.bug


# ---------------------------------------------------------------------------
# Its end
# ---------------------------------------------------------------------------


def test_ctrl_c_ends_it_at_once_without_an_error(place, follow):
    follower = follow(place)
    clean = storms.settled(place, follower)
    code, seconds = follower.interrupt()
    assert code == 0, follower.said
    assert seconds < 2
    assert not follower.bug
    vaults.assert_same(follower.tree(), clean)


def test_ctrl_c_in_the_midst_of_a_build_leaves_each_file_whole(place, follow):
    follower = follow(place)
    before = storms.settled(place, follower)
    storms.checkout(place, follower)
    follower.until_busy()
    code, seconds = follower.interrupt()
    assert code == 0, follower.said
    assert seconds < 2
    clean = place.clean()
    for name, data in follower.tree().items():
        assert data in {before.get(name), clean.get(name)}, name
    place.restore()
    vaults.build(place.root, follower.out, follower.cache)
    vaults.assert_same(follower.tree(), before)


def test_killing_it_loses_nothing(place, follow):
    follower = follow(place)
    storms.settled(place, follower)
    storms.checkout(place, follower)
    follower.until_busy()
    follower.close()
    vaults.build(place.root, follower.out, follower.cache)
    vaults.assert_same(follower.tree(), place.clean())


def test_what_was_learnt_is_put_down_when_nothing_is_written(place, follow):
    follower = follow(place)
    storms.saves(place, follower)
    clean = storms.settled(place, follower)
    follower.rest(3.0)
    follower.close()
    report = vaults.build(place.root, follower.out, follower.cache)
    assert (report.rendered, report.written, report.removed) == ((), (), ())
    vaults.assert_same(follower.tree(), clean)


# ---------------------------------------------------------------------------
# Without a watcher, and with settings that let nothing be built
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "told"), [("watches", "limit of watched folders"), ("instances", "limit of watchers")]
)
def test_without_events_it_looks_again_and_again_and_says_so_once(place, follow, limit, told):
    within = (
        "unshare", "-U", "-r", "sh", "-c", f'echo {3 if limit == "watches" else 0} > /proc/sys/user/max_inotify_{limit} && exec "$@"', "sh",
    )  # fmt: skip
    if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are not to be had: THE LIMITS OF WATCHERS ARE NOT TESTED")
    follower = follow(place, before=within)
    for storm in (storms.saves, storms.checkout, storms.setting):
        storm(place, follower)
        storms.settled(place, follower)
    assert follower.said.count(told) == 1
    assert follower.said.count("sysctl") == 1
    assert follower.interrupt()[0] == 0


def test_a_folder_that_is_no_folder_for_a_site_is_told_and_waited_out(place, follow):
    toml = place.root / "vaultkit.toml"
    good = f'out = "../follower/site"\n{storms.TOML}'
    toml.write_text(good)
    follower = follow(place, names_out=False)
    before = storms.settled(place, follower)
    toml.write_text(f'out = ".."\n{storms.TOML}')
    follower.until_said("error:")
    place.edit(place.some(1)[0])
    follower.rest()
    vaults.assert_same(follower.tree(), before)
    toml.write_text(good)
    storms.settled(place, follower)


# ---------------------------------------------------------------------------
# What a hint makes a site held open do
# ---------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path) -> Path:
    return vaults.write(tmp_path / "vault", {"A.md": "[[B]] and ![[p.png]]\n", "B.md": "B\n", "p.png": b"one"})


def test_a_hint_of_what_came_and_went_unseen_does_nothing(root, tmp_path):
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        edits = site.scan([str(root / "A.md~"), str(root / "B.md")])
        assert edits.sources == {}
        report = site.build(edits)
        assert (report.computed, report.rendered, report.written) == ({}, (), ())
        assert report.n_notes == 2


def test_a_hint_that_a_link_is_gone_takes_its_problem_away(root, tmp_path):
    (root / "Link.md").symlink_to("A.md")
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        assert [found.name for found in site.build().problems] == ["symlink-skipped"]
        (root / "Link.md").unlink()
        assert site.build(site.scan([str(root / "Link.md")])).problems == ()


def test_a_hint_of_one_name_of_a_file_reaches_the_other(root, tmp_path):
    (root / "Same.md").hardlink_to(root / "B.md")
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        (root / "B.md").write_text("Other\n")
        assert site.scan([str(root / "B.md")]).sources.keys() == {"B.md", "Same.md"}


def test_a_file_that_could_not_be_copied_is_copied_in_the_end(root, tmp_path):
    """Also when it holds again what it was known to hold, so that nothing seems to have changed."""
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        (root / "p.png").write_bytes(b"two")
        edits = site.scan()
        (root / "p.png").write_bytes(b"three")
        assert [found.name for found in site.build(edits).problems] == ["unreadable-file"]
        (root / "p.png").write_bytes(b"two")
        assert site.build(site.scan([str(root / "p.png")])).written == ("p.png",)
        vaults.build(root, tmp_path / "clean" / "site")
        vaults.assert_same(vaults.tree(tmp_path / "site"), vaults.tree(tmp_path / "clean" / "site"))


def test_half_a_vault_that_moved_is_not_gone(root, tmp_path):
    vaults.write(root, {f"F/{n}.md": "x" for n in range(40)})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        (root / "F").rename(root / "G")
        assert not site.is_mostly_gone(site.scan())
        (root / "G").rename(tmp_path / "G")
        assert site.is_mostly_gone(site.scan())
