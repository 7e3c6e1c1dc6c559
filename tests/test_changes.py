"""What changed, by the commits of a vault: new and edited notes, facts that came and went, and nothing private."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import histories
import pytest
import vaults
from histories import commit, git

from vaultkit.config import Config, load
from vaultkit.diagnostics import VaultkitError
from vaultkit.history.reading import files_of_commits
from vaultkit.settings import Changes
from vaultkit.site.change_views import ChangeDay, NoteChange
from vaultkit.vault import Vault

histories.needs_git()

DAY = "2026-03-0{}T12:00:00+0000"
ATOM = "{http://www.w3.org/2005/Atom}"


def opened(root: Path, **overrides: object) -> Vault:
    config = load(root, {name.replace("__", "."): value for name, value in overrides.items()}).settled()
    return Vault.open(root, config, cache_dir=root.with_name(f"{root.name}-cache"), jobs=1)


def told(root: Path, since: str = "", **overrides: object) -> list[str]:
    """A line a note, and one a fact, in the order of the page."""
    with opened(root, **overrides) as vault:
        return [line for day in vault.changes(since) for line in lines(day)]


def lines(day: ChangeDay) -> Iterator[str]:
    gone = f" -{day.n_gone}" if day.n_gone else ""
    yield f"{day.day}{gone}"
    for note in (*day.new, *day.edited, *day.renamed):
        was = f" was {note.was}" if note.was else ""
        yield f"{note.kind} {note.path} +{note.added} -{note.removed}{was}"
        yield from facts(note)


def facts(note: NoteChange) -> Iterator[str]:
    for fact in note.facts:
        who = f"{fact.subject.text} " if fact.subject is not None else ""
        what = fact.object.text if fact.object is not None else ""
        yield f"{'+' if fact.is_gained else '-'} {who}{fact.role}: {' '.join(part for part in (what, fact.text) if part)}"


def site(root: Path, **overrides: object) -> dict[str, bytes]:
    out = root.with_name(f"{root.name}-site")
    with opened(root, **overrides) as vault:
        vault.build(out)
    return vaults.tree(out)


# ---------------------------------------------------------------------------
# What is told
# ---------------------------------------------------------------------------


def test_new_and_edited_notes_are_told_day_by_day_with_facts_and_words(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, "-- A.md --\n## Related\n\n- [[B]] — competitor\n-- B.md --\nb\n", DAY.format(1))
    commit(root, "-- A.md --\nMore words.\n\n## Related\n\n- [[B]] — partner\n-- C.md --\nc d\n", DAY.format(2))
    assert told(root) == [
        "2026-03-02",
        "new C.md +2 -0",
        "edited A.md +3 -1",
        "+ partner: B",
        "- competitor: B",
        "2026-03-01",
        "new A.md +4 -0",
        "+ competitor: B",
        "new B.md +1 -0",
    ]


def test_of_a_day_only_its_beginning_and_its_end_count(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "one", "B.md": "b"}, DAY.format(1))
    for text in ("two", "three four", "one"):
        commit(root, {"A.md": text}, DAY.format(2))
    commit(root, {"B.md": "b c"}, DAY.format(2))
    assert told(root)[:2] == ["2026-03-02", "edited B.md +1 -0"]
    assert "edited A.md" not in " ".join(told(root))


def test_a_day_ends_at_midnight_utc_wherever_the_author_was(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "a"}, "2026-03-01T23:30:00-0500")
    assert told(root)[0] == "2026-03-02"


def test_a_renamed_note_is_one_note_and_its_relations_are_the_same(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, "-- A.md --\n## Related\n\n- [[Old]] — competitor\n-- Old.md --\nsome words\n", DAY.format(1))
    commit(
        root,
        {"A.md": "## Related\n\n- [[New]] — competitor\n", "New.md": "some words\n", "Old.md": None},
        DAY.format(2),
    )
    commit(root, {"Folder/New.md": "other words\n", "New.md": None}, DAY.format(3))
    found = told(root)
    assert "renamed New.md +0 -0 was Old" not in found, "it is called by its path of today"
    assert "renamed Folder/New.md +0 -0 was Old" in found
    assert [line for line in found if line[0] in "+-"] == ["+ competitor: New"]


def test_links_of_earlier_versions_mean_what_they_mean_today(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, "-- A.md --\n## Related\n\n- [[B]] — competitor\n", DAY.format(1))
    commit(root, "-- B.md --\nb\n", DAY.format(2))
    commit(root, "-- A.md --\nMore.\n\n## Related\n\n- [[B]] — competitor\n", DAY.format(3))
    assert [line for line in told(root) if line[0] in "+-"] == ["+ competitor: B"]


def test_values_that_came_and_went_are_told(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, "-- A.md --\n| Key | Value |\n|---|---|\n| Revenue | 4 bn |\n", DAY.format(1))
    commit(root, "-- A.md --\n| Key | Value |\n|---|---|\n| Revenue | 5 bn |\n", DAY.format(2))
    assert told(root)[1:4] == ["edited A.md +1 -1", "+ Revenue: 5 bn", "- Revenue: 4 bn"]


def test_what_no_reader_sees_is_no_edit(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "---\nmodified: 2026-01-01\n---\na %%one%%"}, DAY.format(1))
    commit(root, {"A.md": "---\nmodified: 2026-01-02\n---\na %%two three%%"}, DAY.format(2))
    assert told(root) == ["2026-03-01", "new A.md +1 -0"]


def test_a_day_on_which_hundreds_of_notes_change_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {f"{i}.md": f"a{i}" for i in range(301)}, DAY.format(1))
    with opened(root) as vault:
        day = vault.changes()[0]
    assert (day.n_new, day.new) == (301, ())


def test_days_count_back_from_the_newest_commit(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    for day in (1, 2, 3):
        commit(root, {f"{day}.md": "x"}, DAY.format(day))
    assert [line for line in told(root, changes__days=2) if line[:4] == "2026"] == ["2026-03-03", "2026-03-02"]
    assert [line for line in told(root, changes__limit=1) if line[:4] == "2026"] == ["2026-03-03"]


def test_since_a_day_or_a_commit(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    ids = [commit(root, {f"{day}.md": "x"}, f"200{day}-01-01T00:00:00Z") for day in (1, 2, 3)]
    assert [line for line in told(root, "2002-01-01") if line[:3] == "200"] == ["2003-01-01", "2002-01-01"]
    assert told(root, ids[1]) == ["2003-01-01", "new 3.md +1 -0"]
    for wrong in ("nowhere", "--output=x", "a b"):
        with pytest.raises(VaultkitError, match="commit"):
            told(root, wrong)
    assert not (root / "x").exists()


def test_a_vault_in_a_repository_is_asked_for_only_if_that_is_wanted(tmp_path: Path) -> None:
    commit(tmp_path / "project", {"notes/A.md": "a", "code/B.md": "b"}, DAY.format(1))
    root = tmp_path / "project" / "notes"
    assert told(root) == []
    assert told(root, changes__history="git") == ["2026-03-01", "new A.md +1 -0"]


def test_without_a_history_there_is_no_page_and_no_way_to_one(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"A.md": "a"})
    plain = site(root, site__base_url="https://a.example/")
    assert not [url for url in plain if url.startswith("changes")]
    assert b"changes/index.html" not in plain["index-az.html"] + plain["static/theme.js"]
    commit(root, {}, DAY.format(1))
    grown = site(root, site__base_url="https://a.example/")
    assert {url for url in grown if url.startswith("changes")} == {
        "changes/index.html",
        "changes/2026-W09.html",
        "changes.xml",
    }
    assert b'href="changes/index.html"' in grown["index-az.html"]
    assert b"changes/index.html" in grown["static/theme.js"]
    assert site(root, changes__history="off").keys() == plain.keys() - {"sitemap.xml"}


def test_the_feed_is_an_atom_feed_whatever_notes_are_called(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A <b> & \x01c.md": "## Related\n\n- [[D]] — competitor ]]> <script>\n", "D.md": "d"}, DAY.format(1))
    feed = ET.fromstring(site(root, site__base_url="https://a.example/n")["changes.xml"])
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == "https://a.example/n/changes/2026-W09.html#vk.2026-03-01"
    assert "<script" not in (entry.findtext(f"{ATOM}content") or "")
    ids = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


# ---------------------------------------------------------------------------
# What is private
# ---------------------------------------------------------------------------

HIDE = "---\npublish: false\n---\n"


def words_of(root: Path, **overrides: object) -> str:
    return b"\n".join(
        url.encode() + data for url, data in site(root, site__base_url="https://a.example/", **overrides).items()
    ).decode("utf-8", "replace")  # fmt: skip


@pytest.mark.parametrize(
    "moments",
    [
        # The canary was public; then not, and gone.
        [{"Canary.md": "was"}, {"Canary.md": f"{HIDE}is"}],
        [{"Canary.md": "was"}, {"Canary.md": f"{HIDE}is"}, {"Canary.md": None}],
        [{"Canary.md": f"{HIDE}is"}, {"Canary.md": None}],
        [{"Canary.md": f"{HIDE}is"}, {"B.md": f"{HIDE}is", "Canary.md": None}],
        # It was private; then public under another name.
        [{"Canary.md": f"{HIDE}words"}, {"Now.md": "words", "Canary.md": None}],
        # What a public note said while it was private.
        [{"A.md": f"{HIDE}## Related\n\n- [[B]] — canary\n", "B.md": "b"}, {"A.md": "a"}],
        [{"A.md": f"{HIDE}| K | V |\n|-|-|\n| Canary | 1 |\n"}, {"A.md": "a"}, {"A.md": "b"}],
        # What it once said of what is private now.
        [{"A.md": "## Related\n\n- [[Canary]] — competitor\n", "Canary.md": "c"}, {"A.md": "a", "Canary.md": f"{HIDE}c"}],
        [{"A.md": "## Related\n\n- [[B]] — competitor of Canary\n", "B.md": "b"}, {"A.md": "a", "Canary.md": f"{HIDE}c"}],
        [{"A.md": "| K | V |\n|-|-|\n| Deal | with Canary |\n"}, {"A.md": "a", "Canary.md": f"{HIDE}c"}],
        [{"A.md": "| K | V |\n|-|-|\n| Deal | with Canary |\n"}, {"A.md": "a", "C.md": f"{HIDE.replace('p', 'aliases: [Canary]' + chr(10) + 'p', 1)}c"}],
        [{"A.md": "## Related\n\n- [[B|x]] — partner of Canary\n", "Canary.md": "c"}, {"A.md": "a"}, {"Canary.md": f"{HIDE}c"}, {"Canary.md": None}],
        # What was removed from it, and led nowhere.
        [{"A.md": "## Related\n\n- [[Canary]] — competitor\n"}, {"A.md": "a"}],
        # A folder that is hidden, today.
        [{"Hidden/Canary.md": "c", "A.md": "a"}, {"A.md": "b"}],
        [{"Hidden/Canary.md": "c"}, {"Canary2.md": f"{HIDE}c", "Hidden/Canary.md": None}],
    ],
)  # fmt: skip
def test_what_is_private_or_was_leaves_no_trace(tmp_path: Path, moments: list[vaults.Files]) -> None:
    root = tmp_path / "vault"
    commit(root, {"Z.md": "z", "vaultkit.toml": "[publish]\nexclude = ['Hidden/']\n"}, DAY.format(1))
    for day, files in enumerate(moments, 2):
        commit(root, files, DAY.format(day))
    assert "canary" not in words_of(root).lower()
    with opened(root) as vault:
        assert "canary" not in repr(vault.changes()).lower()


def test_the_canary_test_can_fail(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "## Related\n\n- [[B]] — competitor of Canary\n", "B.md": "b"}, DAY.format(1))
    commit(root, {"A.md": "a"}, DAY.format(2))
    assert "canary" in words_of(root).lower()


def test_a_note_that_becomes_public_is_new_and_one_that_was_deleted_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": f"{HIDE}a", "B.md": "b", "C.md": f"{HIDE}c"}, DAY.format(1))
    commit(root, {"A.md": "a"}, DAY.format(2))
    commit(root, {"B.md": None, "C.md": None, "D.md": "d"}, DAY.format(3))
    assert told(root) == ["2026-03-03 -1", "new D.md +1 -0", "2026-03-02", "new A.md +1 -0"]


def test_properties_that_are_hidden_are_no_facts(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "a", "B.md": "b"}, DAY.format(1))
    commit(root, {"A.md": "---\nsecret: '[[B]]'\n---\na"}, DAY.format(2))
    assert "+ secret: B" in told(root)
    assert "+ secret: B" not in told(root, site__hide_properties=["secret"])


# ---------------------------------------------------------------------------
# The same bytes
# ---------------------------------------------------------------------------


def grown(root: Path) -> Path:
    commit(root, "-- A.md --\n## Related\n\n- [[B]] — competitor\n-- B.md --\nb\n", DAY.format(1))
    commit(root, "-- A.md --\n## Related\n\n- [[B]] — partner\n-- C.md --\nc\n", "2026-03-02T23:50:00-0900")
    commit(root, {"D.md": "c\n", "C.md": None}, DAY.format(4))
    return root


def test_clones_in_other_time_zones_give_the_same_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grown(tmp_path / "a" / "vault")
    (tmp_path / "b").mkdir()
    git(tmp_path, "clone", "-q", "--no-local", str(root), str(tmp_path / "b" / "vault"))
    git(tmp_path / "b" / "vault", "pack-refs", "--all")
    first = site(root, site__base_url="https://a.example/")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        vaults.assert_same(first, site(tmp_path / "b" / "vault", site__base_url="https://a.example/"))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert b"partner" in first["changes.xml"]


def test_a_shallow_clone_tells_what_it_knows(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{root}", str(tmp_path / "clone"))
    assert told(tmp_path / "clone") == told(root)[:2]
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "tip"))
    assert told(tmp_path / "tip") == []
    git(tmp_path / "tip", "fetch", "-q", "--unshallow")
    assert told(tmp_path / "tip") == told(root)


def test_what_was_read_once_is_not_read_again(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    before = told(root)
    for each in (root / ".git" / "objects").iterdir():
        shutil.rmtree(each)
    assert told(root) == before


def test_a_build_after_a_commit_equals_a_clean_one(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    out = tmp_path / "site"
    config = load(root, {"site.base_url": "https://a.example/"}).settled()
    with Vault.open(root, config, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(out) as publication:
        publication.build()
        edits: list[vaults.Files] = [
            {"A.md": "## Related\n\n- [[Later]] — partner\n"},
            {"Later.md": "new"},
            {"B.md": f"{HIDE}b"},
            {"Later.md": None, "E.md": "e"},
        ]
        for day, files in enumerate(edits, 5):
            # Saved, built, committed, built: by hints, as `serve` does it.
            vaults.write(root, {path: text for path, text in files.items() if text is not None})
            publication.build(publication.scan([str(root / path) for path in files]))
            commit(root, files, DAY.format(day))
            report = publication.build(publication.scan([str(root / ".git" / "HEAD")]))
            # A note that became private was gone from the pages as soon as it was saved.
            assert any(url.startswith("changes") for url in report.written) is ("B.md" not in files)
            clean = tmp_path / f"clean{day}"
            with Vault.open(root, config, cache_dir=tmp_path / f"cache{day}", jobs=1) as other:
                other.build(clean)
            vaults.assert_same(vaults.tree(out), vaults.tree(clean))
    with Vault.open(root, config, cache_dir=tmp_path / "cache", jobs=1) as vault:
        assert vault.build(out).written == ()


def test_words_render_one_page_as_long_as_nothing_is_committed(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    with opened(root) as vault, vault.publication(tmp_path / "site") as publication:
        publication.build()
        vaults.write(root, {"B.md": "b\n\nmore"})
        report = publication.build(publication.scan([str(root / "B.md")]))
    assert set(report.rendered) == {"B.html"}
    assert [n for name, n in report.computed.items() if name in ("steps", "past", "stated", "changes")] == [0, 0, 0]


# ---------------------------------------------------------------------------
# A repository that means harm, and none
# ---------------------------------------------------------------------------


def test_nothing_that_a_repository_names_is_run(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    marker = tmp_path / "RAN"
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "diff.external", "diff.x.textconv",
        "diff.x.command", "filter.x.smudge", "filter.x.clean", "filter.x.process", "gpg.program", "credential.helper", "pager.rev-list",
        "pager.cat-file", "pager.diff-tree", "alias.rev-list", "alias.cat-file", "uploadpack.packObjectsHook", "remote.origin.uploadpack",
        "core.alternateRefsCommand", "trailer.x.cmd", "sequence.editor",
    ):  # fmt: skip
        git(root, "config", key, f"!{script}" if key.startswith(("alias", "credential")) else str(script))
    for key, value in {
        "core.hooksPath": str(tmp_path), "log.showSignature": "true", "protocol.allow": "always", "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{script} %S", "remote.origin.promisor": "true", "extensions.partialClone": "origin",
        "core.repositoryformatversion": "1", "core.attributesFile": str(tmp_path / "attributes"),
    }.items():  # fmt: skip
        git(root, "config", key, value)
    (tmp_path / "attributes").write_text("*.md diff=x filter=x\n")
    (root / ".git" / "info" / "attributes").write_text("*.md diff=x filter=x\n")
    assert len(told(root)) > 3
    # Objects that are missing would be fetched, by the transport that runs a command.
    for each in (root / ".git" / "objects").iterdir():
        if len(each.name) == 2 and each.name != git(root, "rev-parse", "HEAD")[:2]:
            shutil.rmtree(each)
    shutil.rmtree(root.with_name("vault-cache"))
    assert told(root) == []
    assert not marker.exists()


def test_that_harness_sees_what_is_run(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    marker = tmp_path / "RAN"
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    git(root, "config", "core.fsmonitor", str(script))
    git(root, "status")
    assert marker.exists()


def test_a_vault_cannot_lead_to_the_history_of_another(tmp_path: Path) -> None:
    other = grown(tmp_path / "private")
    for name, make in {
        "file": lambda root: (root / ".git").write_text(f"gitdir: {other}/.git\n"),
        "link": lambda root: (root / ".git").symlink_to(other / ".git"),
        "common": lambda root: _folder(root, commondir=f"{other}/.git\n"),
        "alternates": lambda root: _folder(root, **{"objects/info/alternates": f"{other}/.git/objects\n"}),
        "objects": lambda root: _linked(root, other),
        "worktree": lambda root: _forged(root, other),
    }.items():
        root = vaults.write(tmp_path / name / "vault", {"A.md": "a"})
        make(root)
        with opened(root) as vault:
            assert vault.changes() == (), name
            assert [notice for notice in vault.notices if "history" in notice], name


def _folder(root: Path, **files: str) -> None:
    git(root, "init", "-q")
    for name, content in files.items():
        (root / ".git" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / ".git" / name).write_text(content)


def _linked(root: Path, other: Path) -> None:
    git(root, "init", "-q")
    shutil.rmtree(root / ".git" / "objects")
    (root / ".git" / "objects").symlink_to(other / ".git" / "objects")
    shutil.copy(other / ".git" / "refs" / "heads" / "main", root / ".git" / "refs" / "heads" / "main")


def _forged(root: Path, other: Path) -> None:
    """A worktree's folder that lies in the vault and names another repository."""
    vaults.write(
        root, {"x/HEAD": "ref: refs/heads/main\n", "x/gitdir": f"{root}/.git\n", "x/commondir": f"{other}/.git\n"}
    )
    (root / ".git").write_text("gitdir: x\n")


def test_worktrees_and_submodules_have_their_history(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    git(root, "worktree", "add", "-q", str(tmp_path / "beside"))
    assert told(tmp_path / "beside") == told(root)
    commit(tmp_path / "project", {"R.md": "r"}, DAY.format(1))
    git(tmp_path / "project", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "notes")
    assert told(tmp_path / "project" / "notes") == told(root)


def test_without_git_a_vault_is_built_all_the_same_with_one_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grown(tmp_path / "vault")
    monkeypatch.setenv("PATH", str(tmp_path))
    with opened(root) as vault, vault.publication(tmp_path / "site") as publication:
        publication.build()
        publication.build()
        assert vault.notices == ("The vault's git history isn't read: git isn't installed.",)
    assert "changes/index.html" not in vaults.tree(tmp_path / "site")


def test_a_repository_without_commits_or_with_damage_is_no_obstacle(tmp_path: Path) -> None:
    empty = vaults.write(tmp_path / "empty", {"A.md": "a"})
    git(empty, "init", "-q")
    assert told(empty) == []
    broken = grown(tmp_path / "broken")
    for each in (broken / ".git" / "objects").rglob("*"):
        if each.is_file():
            each.chmod(0o644)
            each.write_bytes(b"damage")
    with opened(broken) as vault:
        assert vault.changes() == ()
        assert vault.notices
    odd = grown(tmp_path / "odd")
    (odd / ".git" / "HEAD").unlink()
    with opened(odd) as vault:
        assert vault.changes() == ()


def test_odd_dates_and_names_are_no_obstacle(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "a"}, "@0 +0000")
    commit(root, {"B é\n.md": "b", ".trash/C.md": "c", "D.txt": "d"}, "@99999999999 +0000")
    commit(root, {"E.md": "e"}, DAY.format(1))
    assert "new E.md +1 -0" in told(root)
    assert not [line for line in told(root) if "trash" in line or ".txt" in line]


def test_large_and_binary_versions_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    commit(root, {"A.md": "a " * 2000, "B.md": b"\x00\xff" * 50}, DAY.format(1))
    commit(root, {"A.md": "a"}, DAY.format(2))
    found = told(root, limits__note_bytes=1000)
    assert "new A.md +1 -0" in found, "nobody knows whether the large one was public"


def test_whoever_watches_a_vault_is_told_where_a_commit_shows(tmp_path: Path) -> None:
    root = grown(tmp_path / "vault")
    before = {path: path.read_bytes() for path in files_of_commits(root, Changes())}
    commit(root, {"E.md": "e"}, DAY.format(5))
    assert [path for path, data in before.items() if path.read_bytes() != data]
    assert files_of_commits(root, Changes("off")) == files_of_commits(tmp_path, Changes()) == ()


def test_settings_of_changes_are_settings(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"vaultkit.toml": "[changes]\nhistory = 'off'\nsnapshots = 'kept'\n"})
    assert load(root).config.changes == Changes("off", snapshots=str(root / "kept"))
    assert Config().changes.history == "auto"
