"""A build may be killed, run out of space, find its cache spoiled or meet another: no reader and no next build suffers.

`VAULTKIT_FUZZ=300` kills and spoils that many times, by strace too if there is one; `VAULTKIT_SEED` is another course
of events; `--log-cli-level=INFO` tells what was met.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import permutations, product
from pathlib import Path
from threading import Thread

import pytest
import vaults
from crashing import ROOT, Site, Tree, assert_each_is_whole, generations, inside
from kill_at import kill_at
from spoiling import SPOILS
from unprivileged import open_folder, unprivileged

from vaultkit.engine.fingerprint import versions
from vaultkit.engine.memo import Memo
from vaultkit.site.disk import TEMPORARY
from vaultkit.site.lock import LOCK, Lock
from vaultkit.vault import Vault, cache_name

LOG = logging.getLogger(__name__)
TIMES = int(os.environ.get("VAULTKIT_FUZZ", "0"))
SEED = int(os.environ.get("VAULTKIT_SEED", "1"))
WAYS = ["change", "change", "time", *(["call", "call"] if shutil.which("strace") else [])] if TIMES else ["change"]

# ---------------------------------------------------------------------------
# Killed at any moment
# ---------------------------------------------------------------------------


def test_a_build_killed_anywhere_leaves_each_file_whole_and_is_mended_by_the_next(tmp_path: Path) -> None:
    site = Site(tmp_path, SEED)
    site.mend()
    met: Counter[str] = Counter()
    while met.total() - met["alive"] < (TIMES or 8):
        if site.dice.random() < 0.05:
            shutil.rmtree(site.out)
        versions = [site.tree()]
        for _ in range(site.dice.choice([1, 1, 2])):
            site.edit()
            versions.append(site.clean())
            met[site.kill(site.dice.choice(WAYS))] += 1
            assert_each_is_whole(site.tree(), versions)
        site.let_pass()
        site.mend()
        LOG.info("killed at %s", met)


def test_a_swap_killed_anywhere_shows_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path, SEED)
    site.mend("--swap")
    met: Counter[str] = Counter()
    n_new = 0
    while met.total() - met["alive"] < (TIMES or 8):
        if site.dice.random() < 0.05:
            site.out.unlink()
        versions = [site.tree()]
        for _ in range(site.dice.choice([1, 1, 2])):
            site.edit()
            versions.append(site.clean())
            way = site.kill(site.dice.choice(WAYS), "--swap")
            met[way] += 1
            found = site.tree()
            assert found in versions
            n_new += way != "alive" and found != versions[0]
        site.let_pass()
        if site.dice.random() < 0.2 and site.out.is_symlink():
            site.mend()
        else:
            seen = site.out.resolve()
            site.mend("--swap")
            # One that was killed after the switch leaves it to the next that switches to tidy up.
            assert len(generations(site.out)) <= 2 or site.out.resolve() == seen
        LOG.info("killed at %s; %d showed the new site", met, n_new)


BEFORE: dict[str, str] = {
    "A.md": "A [[B]] [[C]]\n", "B.md": "B\n", "C.md": "C ![[old.bin]]\n", "old.bin": "old", "x.bin": "x",
}  # fmt: skip
AFTER: dict[str, dict[str, str]] = {
    "more": {**BEFORE, "D.md": "D ![[new.bin]] [[A]]\n", "new.bin": "new"},
    "less": {"A.md": "A [[B]] [[C]]\n", "B.md": "Now ![[x.bin]]\n", "x.bin": "x"},
}


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("swap", [False, True], ids=["build", "swap"])
def test_an_edit_that_is_undone_after_a_kill_at_any_change_leaves_no_trace(
    tmp_path: Path, after: str, swap: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    clean = {}
    for name, files in (("before", BEFORE), ("after", AFTER[after])):
        vaults.build(vaults.write(tmp_path / name / "vault", files), tmp_path / name / "site")
        clean[name] = vaults.tree(tmp_path / name / "site")

    def lay_out(name: str) -> None:
        shutil.rmtree(home / "vault", ignore_errors=True)
        shutil.copytree(tmp_path / name / "vault", home / "vault")

    def build() -> None:
        Vault.open(home / "vault", cache_dir=home / "cache", jobs=1).build(home / "site", swap=swap)

    lay_out("before")
    build()
    for moment in range(1000):
        lay_out("after")
        code = in_child(lambda moment=moment: (kill_at(moment), build()))
        found = vaults.tree((home / "site").resolve())
        assert_each_is_whole(found, list(clean.values()))
        assert not swap or found in clean.values()
        lay_out("before")
        build()
        vaults.assert_same(vaults.tree((home / "site").resolve()), clean["before"])
        if code == 0:
            LOG.info("%d moments", moment)
            break
        assert code == -signal.SIGKILL
    lay_out("after")
    build()
    assert not swap or len(generations(home / "site")) == 2


def in_child(act: Callable[[], object]) -> int:
    """Exit code of a child that does something; negative if it was killed."""
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001  (whatever it is, the child must not go on as a second pytest)
            traceback.print_exc()
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_records_of_different_builds_are_not_put_together(tmp_path: Path) -> None:
    """Whatever a killed build, a full disk or a cache put back from a backup make of the cache's own records."""
    root, out, cache = tmp_path / "vault", tmp_path / "site", tmp_path / "cache"
    records, clean = [], []

    def build(files: vaults.Files) -> None:
        shutil.rmtree(root, ignore_errors=True)
        vaults.build(vaults.write(root, files), out, cache)

    sites = [BEFORE, *AFTER.values()]
    for files in sites:
        build(files)
        records.append(named_records(cache / cache_name(root)))
        vaults.build(root, tmp_path / "clean", tmp_path / "clean-cache")
        clean.append(vaults.tree(tmp_path / "clean"))
    # Those of the index are put down all at once, and no site is made of them.
    names = sorted(name for name in records[0] if not name.startswith("index "))
    assert len(names) == 3
    for (then, now), chosen in product(permutations(range(len(sites)), 2), range(2 ** len(names))):
        build(sites[then])
        with Memo(cache / cache_name(root)) as memo:
            for i, name in enumerate(names):
                memo.put(name, records[now if chosen >> i & 1 else then][name])
        build(sites[now])
        vaults.assert_same(vaults.tree(out), clean[now])


def named_records(path: Path) -> dict[str, bytes]:
    with Memo(path) as memo:
        assert memo._db is not None
        names = [key.decode()[1:] for (key,) in memo._db.execute("SELECT key FROM rows") if key[:1] == b"@"]
        return {name: memo.get(name) or b"" for name in names}


# ---------------------------------------------------------------------------
# A spoiled cache
# ---------------------------------------------------------------------------


def test_a_spoiled_cache_costs_time_and_nothing_else(tmp_path: Path) -> None:
    site = Site(tmp_path, SEED)
    site.mend()
    path, older = site.cache / cache_name(site.root), tmp_path / "older"
    shutil.copy(path, older)
    met: Counter[str] = Counter()
    ways = [*SPOILS, "an older cache"]
    for n in range(TIMES * 5 // 3 or 7):
        way = ways[3 * n % len(ways)]
        if site.dice.random() < 0.7:
            site.edit()
        sound = path.read_bytes()
        if way in SPOILS:
            SPOILS[way](path, site.dice)
        else:
            older.replace(path)
            older.write_bytes(sound)
        told = site.mend()
        met[f"{way}, noticed" if "notice: " in told else way] += 1
        assert told.count("notice: ") <= 2, told
        for left in site.cache.iterdir():
            if not left.is_file():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        if not path.exists():
            path.write_bytes(sound)
    LOG.info("spoiled by %s", met)


def test_a_cache_of_another_version_is_not_believed(tmp_path: Path) -> None:
    """Of a package that reads and renders otherwise, and tells so by nothing but its code."""
    site = Site(tmp_path / "it", SEED)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "vaultkit", other / "vaultkit", ignore=shutil.ignore_patterns("__pycache__"))
    (other / "templates").symlink_to(ROOT / "templates")
    for module, old, new in OTHERWISE:
        path = other / "vaultkit" / module
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    site.mend()
    for _ in range(TIMES // 30 or 1):
        if site.dice.random() < 0.5:
            site.edit()
        code, told = site.build(package=other)
        assert code == 0, told
        assert all(b"<!-- OTHERWISE -->" in data for url, data in site.tree().items() if url.endswith(".html"))
        assert any(b"Text OTHERWISE" in data for data in site.tree().values())
        if site.dice.random() < 0.5:
            site.edit()
        site.mend()


OTHERWISE = [
    (
        "parse/note.py",
        "_note(source, decode(data), syntax)",
        "_note(source, decode(data.replace(b'Text ', b'Text OTHERWISE ')), syntax)",
    ),
    ("site/page.py", "_filled(theme.template(name), view)}", "_filled(theme.template(name), view)}<!-- OTHERWISE -->"),
]


@pytest.mark.parametrize(("library", "renders"), [("nh3", False), ("Jinja2", True)])
def test_with_another_version_of_a_library_no_site_is_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, renders: bool
) -> None:
    root, out, cache = vaults.write(tmp_path / "vault", BEFORE), tmp_path / "site", tmp_path / "cache"
    n_pages = len(vaults.build(root, out, cache).rendered)
    assert vaults.build(root, out, cache).computed == {}
    metadata = f"Metadata-Version: 2.1\nName: {library}\nVersion: 99\n"
    vaults.write(tmp_path / "newer", {f"{library}-99.dist-info/METADATA": metadata})
    monkeypatch.syspath_prepend(tmp_path / "newer")
    # What a process of its own would look up anew.
    versions.cache_clear()
    again = vaults.build(root, out, cache)
    versions.cache_clear()
    assert again.computed != {}
    assert len(again.rendered) == (n_pages if renders else 0)


# ---------------------------------------------------------------------------
# Where nothing can be written
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--swap",)], ids=["build", "swap"])
def test_a_disk_that_is_full_is_said_in_a_line_and_the_site_stays(tmp_path: Path, options: tuple[str, ...]) -> None:
    site = Site(tmp_path, SEED)
    site.mend(*options)
    met: Counter[str] = Counter()
    for n in range(TIMES // 3 or 2):
        before = site.tree()
        site.edit()
        after = site.clean()
        code, told = site.build(*options, limit=LIMITS[n % len(LIMITS)])
        if code:
            assert code == 1
            assert told.count("error: ") == 1
            assert told.splitlines()[-1].endswith(("File too large", "No space left on device")), told
        check_after_failure(site, before, after, code, options)
        met["refused" if code else "fitted"] += 1
        site.mend(*options)
    LOG.info("%s", met)


LIMITS = [5_000, 100_000, 1, 10_000, 3_000, 200, 20_000, 7_000, 1_000_000]


def check_after_failure(site: Site, before: Tree, after: Tree, code: int, options: tuple[str, ...]) -> None:
    found = site.tree()
    if code == 0:
        vaults.assert_same(found, after)
    elif options:
        assert found in (before, after)
    else:
        assert_each_is_whole(found, [before, after])
        assert not [url for url in found if TEMPORARY.fullmatch(url.rpartition("/")[2])]


@pytest.mark.parametrize("options", [(), ("--swap",)], ids=["build", "swap"])
def test_a_small_disk_may_run_full_at_any_byte(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A real one, where there is the time for it and the right to mount it."""
    with small_disk(tmp_path / "disk") as disk:
        site = Site(tmp_path, SEED)
        site.out, site.cache = disk / "site", disk / "cache"
        site.mend(*options)
        met: Counter[str] = Counter()
        for _ in range(TIMES // 3 if disk.is_mount() else 0):
            before = site.tree()
            for _ in range(3):
                site.edit()
            after = site.clean()
            free = shutil.disk_usage(disk).free - site.dice.choice([0, 4096 * site.dice.randrange(30)])
            (disk / "ballast").write_bytes(bytes(free))
            code, told = site.build(*options)
            assert code in (0, 1)
            assert told.count("error: ") == code
            check_after_failure(site, before, after, code, options)
            met[told.rpartition(": ")[2] if code else "notice" if "notice: " in told else "fitted"] += 1
            (disk / "ballast").unlink()
            site.mend(*options)
        LOG.info("%s", met)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    mounted = TIMES and os.geteuid() == 0 and mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place))
    try:
        yield place
    finally:
        if mounted:
            subprocess.run(["umount", str(place)], check=True)


def mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


def test_a_cache_that_can_not_be_written_is_done_without() -> None:
    with open_folder() as folder:
        site = Site(folder, SEED)
        import_all(site)
        site.edit()
        clean = site.clean()
        path = site.cache / cache_name(site.root)
        path.chmod(0o444)
        site.cache.chmod(0o555)
        (folder / "closed").mkdir(mode=0o555)
        open_up(site.out)

        def act() -> None:
            for cache in (site.cache, folder / "closed/cache"):
                site.cache = cache
                code, told = inside(site.command())
                assert code == 0, told
                assert told.count("notice: The cache ") == told.count("notice: ") == 1
                vaults.assert_same(site.tree(), clean)

        unprivileged(act)


@pytest.mark.parametrize("options", [(), ("--swap",)], ids=["build", "swap"])
def test_a_folder_that_can_not_be_written_is_said_in_a_line_and_the_site_stays(options: tuple[str, ...]) -> None:
    with open_folder() as folder:
        site = Site(folder, SEED)
        import_all(site)
        shutil.rmtree(site.out)
        site.mend(*options)
        before = site.tree()
        site.edit()
        open_up(site.cache)
        folder.chmod(0o555)

        def act() -> None:
            code, told = inside(site.command(*options))
            assert code == 1
            assert told.splitlines()[-1].startswith("error: ")
            assert told.endswith("can't be written: Permission denied\n")
            assert site.tree() == before

        unprivileged(act)
        folder.chmod(0o755)
        site.mend(*options)


def import_all(site: Site) -> None:
    """Run the command well and badly, so that a process that may read less needs to import nothing."""
    assert inside(site.command())[0] == 0
    assert inside(["explain", "nonsense"])[0] == 2


def open_up(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)


# ---------------------------------------------------------------------------
# Two at once
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [("", ""), ("--swap", "--swap"), ("--swap", "")],
    ids=["build and build", "swap and swap", "swap and build"],
)
def test_two_builds_at_once_get_on_with_each_other(tmp_path: Path, options: tuple[str, str]) -> None:
    site = Site(tmp_path, SEED)
    site.mend(*filter(None, options[:1]))
    for _ in range(TIMES // 6 or 1):
        if options[0] == options[1] and site.dice.random() < 0.2:
            site.out.unlink() if options[0] else shutil.rmtree(site.out)
        site.edit()
        both = [site.start(*filter(None, [option])) for option in options]
        for process in both:
            _, told = process.communicate(timeout=120)
            assert "Traceback" not in told, told
            assert process.returncode == 0, told
        vaults.assert_same(site.tree(), site.clean())
        site.mend(*filter(None, options[:1]))


@pytest.mark.parametrize("options", [(), ("--swap",)], ids=["build", "swap"])
def test_a_build_waits_for_another_and_says_whom_it_waited_for(tmp_path: Path, options: tuple[str, ...]) -> None:
    site = Site(tmp_path, SEED)
    site.mend(*options)
    site.edit()
    before = site.tree()
    held = site.out.with_name(".site.generations") if options else site.out
    lock = Lock(held)
    process = site.start(*options)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    assert site.tree() == before
    if TIMES:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 1
        assert told == f"error: another build is writing to {held} (process {os.getpid()}): try later\n"
        process = site.start(*options)
    lock.release()
    process.communicate(timeout=60)
    assert process.returncode == 0
    vaults.assert_same(site.tree(), site.clean())


def test_a_lock_that_was_removed_with_its_folder_keeps_nobody_waiting_for_it_inside(tmp_path: Path) -> None:
    first = Lock(tmp_path)
    got: list[Lock] = []
    second = Thread(target=lambda: got.append(Lock(tmp_path)))
    second.start()
    (tmp_path / LOCK).unlink()
    third = Lock(tmp_path)
    first.release()
    second.join(timeout=1)
    assert not got
    third.release()
    second.join()
    got[0].release()
