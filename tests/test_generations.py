"""A site that is switched at once: readers see the old one or the new one, and nothing of others is lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
import vaults

from vaultkit.diagnostics import VaultkitError
from vaultkit.vault import Report, Vault


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return vaults.write(tmp_path / "vault", {f"N{i}.md": f"Note {i} of [[N{(i + 1) % 20}]].\n" for i in range(20)})


def swap(root: Path, **options: bool) -> Report:
    out = root.parent / "site"
    return Vault.open(root, cache_dir=root.parent / "cache", jobs=1).build(out, swap=True, **options)


def generations(root: Path) -> list[str]:
    return sorted(path.name for path in (root.parent / ".site.generations").iterdir() if path.name[0] != ".")


def clean(root: Path) -> dict[str, bytes]:
    vaults.build(root, root.parent / "clean" / "site")
    return vaults.tree(root.parent / "clean" / "site")


def test_the_folder_is_a_link_to_the_newest(root: Path) -> None:
    out = root.parent / "site"
    swap(root)
    first = out.resolve()
    vaults.assert_same(vaults.tree(out.resolve()), clean(root))
    vaults.write(root, {"N1.md": "Changed.\n"})
    report = swap(root)
    assert "N1.html" in report.written
    assert "N7.html" not in report.written
    assert out.resolve() != first
    vaults.assert_same(vaults.tree(out.resolve()), clean(root))
    # Whoever reads the old one may go on.
    assert b"Note 1" in (first / "N1.html").read_bytes()


def test_what_is_the_same_is_one_file(root: Path) -> None:
    swap(root)
    first = (root.parent / "site").resolve()
    vaults.write(root, {"N1.md": "Changed.\n"})
    swap(root)
    assert (first / "N7.html").samefile(root.parent / "site" / "N7.html")


def test_only_the_one_before_is_kept(root: Path) -> None:
    for i in range(4):
        vaults.write(root, {"N1.md": f"Changed {i}.\n"})
        swap(root)
    assert generations(root) == ["000003", "000004"]


def test_an_unchanged_vault_makes_no_generation(root: Path) -> None:
    swap(root)
    report = swap(root)
    assert generations(root) == ["000001"]
    assert (report.rendered, report.written) == ((), ())
    swap(root, clean=True)
    assert generations(root) == ["000001", "000002"]


def test_readers_always_see_a_whole_site(root: Path) -> None:
    """All pages of one look: the notes carry the number of the build that they are of."""
    out = root.parent / "site"
    swap(root)
    seen: list[set[str]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            folder = out.resolve()
            texts = [(folder / f"N{i}.html").read_text() for i in range(20)]
            seen.append({text.split("build ")[1].split(".")[0] for text in texts if "build " in text})

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(6):
            vaults.write(root, {f"N{i}.md": f"This is of build {number}.\n" for i in range(20)})
            swap(root)
    finally:
        done.set()
        reader.join()
    assert len(seen) > 5
    assert [numbers for numbers in seen if len(numbers) > 1] == []


def test_files_of_others_come_along(root: Path) -> None:
    swap(root)
    out = root.parent / "site"
    (out / "CNAME").write_text("example.org")
    for i in range(3):
        vaults.write(root, {"N1.md": f"Changed {i}.\n"})
        swap(root)
        assert (out / "CNAME").read_text() == "example.org"
    assert generations(root) == ["000003", "000004"]


def test_a_file_that_only_an_old_generation_has_is_kept(root: Path) -> None:
    swap(root)
    first = (root.parent / "site").resolve()
    vaults.write(root, {"N1.md": "Changed.\n"})
    swap(root)
    (first / "notes-of-mine.txt").write_text("precious")
    for i in range(2):
        vaults.write(root, {"N1.md": f"Changed {i}.\n"})
        swap(root)
    assert (first / "notes-of-mine.txt").read_text() == "precious"


def test_a_folder_can_not_be_switched(root: Path) -> None:
    vaults.build(root, root.parent / "site")
    with pytest.raises(VaultkitError, match="is a folder, which can't be switched at once"):
        swap(root)


def test_a_link_of_others_is_not_switched(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "site").symlink_to("elsewhere")
    with pytest.raises(VaultkitError, match="a link that vaultkit didn't make"):
        swap(root)


def test_a_generation_that_nobody_came_to_see_leaves_nothing_behind(root: Path) -> None:
    swap(root)
    for text in ("Never seen.\n", "Seen.\n", "Seen too.\n", "Seen last.\n"):
        vaults.write(root, {f"N{i}.md": text for i in range(20)})
        if text == "Never seen.\n":
            killed_before_the_switch(root)
        else:
            swap(root)
    assert generations(root) == ["000003", "000004"]
    vaults.assert_same(vaults.tree((root.parent / "site").resolve()), clean(root))


def killed_before_the_switch(root: Path) -> None:
    child = os.fork()
    if not child:
        try:
            sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.symlink" else None)
            swap(root)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_cleaning_takes_all_of_it_away(root: Path) -> None:
    swap(root)
    vaults.write(root, {"N1.md": "Changed.\n"})
    swap(root)
    Vault.open(root, cache_dir=root.parent / "cache").clean(root.parent / "site")
    assert sorted(path.name for path in root.parent.iterdir()) == ["cache", "vault"]
