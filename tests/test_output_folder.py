"""A build ends with the configured exit code and never touches a folder that isn't its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import vaults

from vaultkit.diagnostics import VaultkitError

MakeVault = Callable[..., Path]


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vaultkit", *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_the_exit_code_is_as_configured(make_vault: MakeVault, tmp_path: Path, fail_on: str, code: int) -> None:
    root = make_vault({"A.md": "---\na: [\n---\nx", "vaultkit.toml": f"fail_on = '{fail_on}'\n"})
    ended = command("build", root, "-o", tmp_path / "site", "--cache-dir", tmp_path / "cache")
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert (tmp_path / "site" / "A.html").exists()


def test_a_vault_that_does_not_exist_is_the_users_error(tmp_path: Path) -> None:
    ended = command("build", tmp_path / "nowhere", "-o", tmp_path / "site")
    assert ended.returncode not in (0, 1) or ended.stderr
    assert ended.returncode != 0
    assert "Traceback" not in ended.stdout + ended.stderr
    assert not (tmp_path / "site").exists()


# ---------------------------------------------------------------------------
# Output folders that aren't ours
# ---------------------------------------------------------------------------


def _sentinels(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("home/vault", "vault"),
        ("home", "vault"),
        (".", "vault"),
        ("foreign", "vaultkit"),
        ("checkout", "git|vaultkit"),
        ("link-to-vault", "vault"),
        ("foreign/kept.txt", ""),
    ],
)
def test_an_output_folder_that_is_not_ours_is_refused(tmp_path: Path, out: str, reason: str) -> None:
    vaults.write(
        tmp_path,
        {
            "home/vault/A.md": "a",
            "home/other.txt": "x",
            "foreign/kept.txt": "x",
            "checkout/.git/HEAD": "ref: x",
            "checkout/kept.txt": "x",
        },
    )
    (tmp_path / "link-to-vault").symlink_to(tmp_path / "home/vault", target_is_directory=True)
    before = _sentinels(tmp_path)
    with pytest.raises(VaultkitError, match=f"(?i){reason}"):
        vaults.build(tmp_path / "home/vault", tmp_path / out, tmp_path / "cache")
    after = {name: data for name, data in _sentinels(tmp_path).items() if not name.startswith("cache/")}
    assert after == before


def test_the_command_refuses_without_a_traceback(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a"})
    ended = command("build", root, "-o", root)
    assert ended.returncode not in (0, 1)
    assert "vault" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_an_output_folder_inside_the_vault_is_no_part_of_it(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "a"})
    vaults.build(root, root / "site", root.parent / "cache")
    first = vaults.tree(root / "site")
    vaults.build(root, root / "site", root.parent / "cache")
    assert vaults.tree(root / "site") == first
    assert not [url for url in first if url.startswith("site/")]


def test_files_that_others_put_into_the_output_folder_stay(make_vault: MakeVault, tmp_path: Path) -> None:
    root, out = make_vault({"A.md": "a", "B.md": "b"}), tmp_path / "site"
    vaults.build(root, out)
    (out / "CNAME").write_text("example.org")
    (out / "B.html").write_text("edited by hand")
    (root / "B.md").unlink()
    report = vaults.build(root, out)
    assert (out / "CNAME").read_text() == "example.org"
    assert (out / "B.html").read_text() == "edited by hand"
    assert "output-changed" in {problem.name for problem in report.problems}
