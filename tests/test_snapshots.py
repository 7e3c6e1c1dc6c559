"""What changed, by the snapshots of a vault without git: digests and facts of public notes, and no text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import vaults

from vaultkit import cli
from vaultkit.config import load
from vaultkit.diagnostics import VaultkitError
from vaultkit.folders import default_snapshots
from vaultkit.site.change_views import ChangeDay
from vaultkit.vault import Vault

HIDE = "---\npublish: false\n---\n"


def opened(root: Path) -> Vault:
    config = load(root, {"changes.snapshots": str(root.with_name("kept"))}).settled()
    return Vault.open(root, config, cache_dir=root.with_name("cache"), jobs=1)


def snapshot(root: Path, files: vaults.Files, day: int) -> tuple[Path | None, int]:
    """Write files (None deletes) and keep what there is then."""
    vaults.write(root, {path: content for path, content in files.items() if content is not None})
    for path, content in files.items():
        if content is None:
            (root / path).unlink()
    with opened(root) as vault:
        return vault.snapshot(datetime(2026, 3, day, 12, tzinfo=UTC))


def changes(root: Path) -> tuple[ChangeDay, ...]:
    with opened(root) as vault:
        return vault.changes()


def test_two_snapshots_tell_what_changed_between_them(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    related = "## Related\n\n- [[B]] — competitor\n"
    snapshot(root, {"A.md": related, "B.md": "b", "C.md": "c", "D.md": "dd"}, 1)
    assert changes(root) == (), "one alone tells nothing"
    path, n_changed = snapshot(
        root, {"A.md": "More.\n\n## Related\n\n- [[E]] — partner\n", "E.md": "b", "B.md": None, "C.md": None, "F.md": "f"}, 2
    )  # fmt: skip
    assert path is not None
    assert n_changed == 5
    (day,) = changes(root)
    assert day.day == "2026-03-02"
    assert [note.path for note in day.new] == ["F.md"]
    assert [(note.path, note.added, note.removed) for note in day.edited] == [("A.md", 1, 0)]
    assert [(note.path, note.was) for note in day.renamed] == [("E.md", "B")]
    assert day.n_gone == 1
    # What was of B is of E: it was renamed.
    told = [(fact.is_gained, fact.role, fact.object and fact.object.text) for fact in day.edited[0].facts]
    assert told == [(True, "partner", "E"), (False, "competitor", "E")]


def test_a_note_that_appears_makes_no_new_facts_of_links_to_it(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    snapshot(root, {"A.md": "## Related\n\n- [[B]] — competitor\n"}, 1)
    snapshot(root, {"A.md": "x\n\n## Related\n\n- [[B]] — competitor\n", "B.md": "b"}, 2)
    (day,) = changes(root)
    assert [note.facts for note in day.edited] == [()]


def test_a_snapshot_holds_no_text_and_nothing_private(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    path, _ = snapshot(root, {"A.md": "Some CANARY text.", "P.md": f"{HIDE}CANARY", "Canary.md": f"{HIDE}x"}, 1)
    assert path is not None
    assert "canary" not in path.read_text().lower()
    assert json.loads(path.read_text())["notes"].keys() == {"A.md"}


def test_a_preview_with_drafts_keeps_none_of_them(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"A.md": "a", "P.md": f"{HIDE}p"})
    config = load(root, {"changes.snapshots": str(tmp_path / "kept")}).settled()
    with Vault.open(root, config, cache_dir=tmp_path / "cache", jobs=1, drafts=True) as vault:
        path, _ = vault.snapshot(datetime(2026, 3, 1, tzinfo=UTC))
    assert path is not None
    assert json.loads(path.read_text())["notes"].keys() == {"A.md"}


def test_what_is_private_today_is_told_of_no_more(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    snapshot(root, {"A.md": "a", "Canary.md": "c"}, 1)
    snapshot(root, {"A.md": "## Related\n\n- [[Canary]] — competitor\n", "Canary.md": "c d"}, 2)
    snapshot(root, {"A.md": "a b", "Canary.md": f"{HIDE}c"}, 3)
    assert "canary" not in repr(changes(root)).lower()


def test_what_did_not_change_is_kept_once(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    first, _ = snapshot(root, {"A.md": "k:: v\n", "B.md": "l:: w\n"}, 1)
    assert snapshot(root, {}, 2) == (None, 0)
    second, n_changed = snapshot(root, {"B.md": "l:: x\n"}, 3)
    assert first is not None
    assert second is not None
    assert n_changed == 1
    assert json.loads(first.read_text())["facts"].keys() == {"A.md", "B.md"}
    assert json.loads(second.read_text())["facts"].keys() == {"B.md"}
    # The facts of A are those of the first, which is enough.
    snapshot(root, {"A.md": "k:: y\n"}, 4)
    assert [(fact.is_gained, fact.text) for fact in changes(root)[0].edited[0].facts] == [(True, "y"), (False, "v")]


def test_facts_that_other_code_found_are_not_compared(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    first, _ = snapshot(root, {"A.md": "k:: v\n"}, 1)
    snapshot(root, {"A.md": "k:: w\n\nmore\n"}, 2)
    assert first is not None
    first.write_text(first.read_text().replace('"made_by": "', '"made_by": "x'))
    (day,) = changes(root)
    assert [(note.path, note.facts) for note in day.edited] == [("A.md", ())]


@pytest.mark.parametrize("damage", ["", "{}", "[1", '{"vaultkit": 1, "at": "x"}'])
def test_a_damaged_snapshot_is_left_out_with_a_notice(tmp_path: Path, damage: str) -> None:
    root = tmp_path / "vault"
    for day in (1, 2):
        snapshot(root, {"A.md": f"a{day}"}, day)
    (root.with_name("kept") / "2026-03-03T120000Z.json").write_text(damage)
    with opened(root) as vault:
        assert len(vault.changes()) == 1
        assert [notice for notice in vault.notices if "2026-03-03T120000Z.json" in notice]


def test_the_same_snapshots_give_the_same_site(tmp_path: Path) -> None:
    for name in ("a", "b"):
        root = tmp_path / name / "vault"
        for day in (1, 2):
            snapshot(root, {"A.md": f"k:: v{day}\n"}, day)
        with opened(root) as vault:
            vault.build(tmp_path / name / "site")
    vaults.assert_same(vaults.tree(tmp_path / "a" / "site"), vaults.tree(tmp_path / "b" / "site"))
    assert "changes/2026-W10.html" in vaults.tree(tmp_path / "a" / "site")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"A.md": "a"})
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(VaultkitError, match="can't be written"):
        snapshot(root, {}, 1)


def test_the_commands_keep_and_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    root = vaults.write(tmp_path / "vault", {"A.md": "k:: v\n"})
    before = vaults.tree(root)
    assert cli.run(["snapshot", "-V", str(root)]) == 0
    assert cli.run(["snapshot", "-V", str(root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2]) == {"path": None, "changed": 0}
    assert vaults.tree(root) == before, "nothing is written into the vault"
    assert cli.run(["changes", "-V", str(root)]) == 0
    assert "No change is known" in capsys.readouterr().err
    (kept,) = default_snapshots(root).iterdir()
    # The first was made yesterday.
    kept.rename(kept.with_name("2026-03-01T120000Z.json"))
    vaults.write(root, {"A.md": "k:: w\n"})
    assert cli.run(["snapshot", "-V", str(root)]) == 0
    capsys.readouterr()
    assert cli.run(["changes", "-V", str(root)]) == 0
    assert "~ A.md" in (text := capsys.readouterr().out)
    assert "+ k: w" in text
    assert cli.run(["changes", "-V", str(root), "--json"]) == 0
    (day,) = json.loads(capsys.readouterr().out)
    assert day["notes"][0]["lost"] == [{"subject": None, "object": None, "role": "k", "text": "v", "status": ""}]
    assert cli.run(["changes", "-V", str(root), "--since", "HEAD"]) == 2
    assert [path.name for path in root.iterdir()] == ["A.md"]
