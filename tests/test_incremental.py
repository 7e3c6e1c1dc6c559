"""What an edit of one note does to the pages of others: the well-known cases, each by its name.

Any edits in any order are what `test_machine` is for, each dependency alone what
`test_dependencies` is for, and how much is done what `test_work` is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import vaults

from vaultkit.vault import Report, Vault


class Edited:
    """A vault that is edited and built again and again."""

    def __init__(self, folder: Path, files: vaults.Files) -> None:
        self.root, self.out = vaults.write(folder / "vault", files), folder / "site"
        self.vault = Vault.open(self.root, cache_dir=folder / "cache", jobs=1)
        self.vault.build(self.out)

    def edit(self, **notes: str | None) -> Report:
        """Write (or with None delete) notes by their bare name, and build."""
        for name, text in notes.items():
            if text is None:
                (self.root / f"{name}.md").unlink()
            else:
                vaults.write(self.root, {f"{name}.md": text})
        report = self.vault.build(self.out)
        clean = self.root.parent / "clean" / "site"
        vaults.build(self.root, clean, self.root.parent / "no-cache")
        vaults.assert_same(vaults.tree(self.out), vaults.tree(clean))
        return report


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    ring = {f"N{i}.md": f"Note {i} knows [[N{(i + 1) % 30}]] and [[Hub]]. It wants [[Nowhere]].\n" for i in range(30)}
    return Edited(
        tmp_path, {**ring, "Hub.md": "# Hub\n\nThe middle.\n", "Quoted.md": "Alone.\n", "Reader.md": "![[Quoted]]\n"}
    )


def test_an_embedded_note_renders_its_readers(edited: Edited) -> None:
    assert {"Quoted.html", "Reader.html"} <= set(edited.edit(Quoted="Changed.\n").rendered)


def test_creating_a_note_repairs_links_to_it(edited: Edited) -> None:
    assert b"is-unresolved" in (edited.out / "N0.html").read_bytes()
    edited.edit(Nowhere="Now here.\n")
    assert b"is-unresolved" not in (edited.out / "N0.html").read_bytes()


def test_deleting_a_note_removes_its_page(edited: Edited) -> None:
    report = edited.edit(Quoted=None)
    assert "Quoted.html" in report.removed
    assert not (edited.out / "Quoted.html").exists()


def test_an_alias_repairs_links_to_it(edited: Edited) -> None:
    edited.edit(Hub="---\naliases: [Nowhere]\n---\n# Hub\n\nThe middle.\n")
    assert b"is-unresolved" not in (edited.out / "N0.html").read_bytes()


LATER = """
-- A.md --
See [[B]], [[C|sea]] and [[Missing]]. #t
-- B.md --
---
aliases: [One]
---
# B

## Head

[[A]] and ![[C]] in the body. ^block
-- C.md --
![[p.png]] is by [[One]].
-- F/D.md --
| to | n |
| -- | - |
| [[A]] | 1 |
-- Board.canvas --
{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}
"""


def test_a_later_process_can_say_what_differs(tmp_path: Path) -> None:
    root, out = vaults.write(tmp_path / "vault", LATER), tmp_path / "site"

    def build() -> Report:
        return Vault.open(root, cache_dir=tmp_path / "cache", jobs=1).build(out, explain=True)

    assert build().reasons["A.html"] == "it is new"
    assert build().reasons == {}
    vaults.write(root, {"F/D.md": "Now of [[B]].\n", "C.md": "---\ntitle: Sea\n---\nChanged.\n"})
    report = build()
    assert report.reasons["A.html"] == 'row about it in D lost, backlink from D lost, title of "C" became "Sea"'
    assert "backlink from D gained, backlink from C lost" in report.reasons["B.html"]
    assert report.computed["parsed"] == 2
    vaults.write(root, {"vaultkit.toml": "[site]\ntitle = 'Another'\n"})
    assert build().reasons["A.html"] == "its template, the site's frame or vaultkit changed"


def test_a_question_is_answered_from_the_tables_that_it_takes(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"A.md": "See [[B]].", "B.md": "b"})
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    assert [edge.source for edge in vault.backlinks("B.md")] == ["A.md"]
    t = vault._reader.tables
    assert not t.backlinks.is_fresh
    assert t.facts.is_fresh
    assert t.note_pages.is_fresh
    assert t.related.is_fresh
    # What was left out is there as soon as it is asked for, or published.
    (root / "C.md").write_text("See [[B]], too.")
    vault.update()
    assert not t.note_pages.is_fresh
    assert [edge.source for edge in vault.backlinks("B.md")] == ["A.md", "C.md"]
    vault.build(tmp_path / "site")
    vaults.build(root, tmp_path / "clean" / "site")
    vaults.assert_same(vaults.tree(tmp_path / "site"), vaults.tree(tmp_path / "clean" / "site"))


def test_problems_are_told_whatever_was_asked_before(tmp_path: Path) -> None:
    root = vaults.write(tmp_path / "vault", {"A.md": "See [[Nobody]].", "B.md": "---\na: [\n---\n![[B]]"})
    asked = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    assert asked.note("A") is not None
    assert asked.backlinks("B.md") is not None
    other = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    other.update()
    assert asked.problems == other.problems
    assert {found.name for found in asked.problems} >= {"unresolved-link", "embed-cycle"}


def test_what_became_private_is_gone_before_the_open_page_is_told_of(tmp_path: Path) -> None:
    """Whoever looks waits for nothing else: not for the lists that are worked out of the whole vault."""
    root, out = vaults.write(tmp_path / "vault", {"A.md": "[[P]] a", "P.md": "words", "B.md": "b"}), tmp_path / "site"
    told: list[tuple[list[str], bool, bool]] = []

    def wrote(urls: Sequence[str]) -> None:
        told.append((list(urls), (out / "P.html").exists(), (out / "B.html").exists()))

    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(out) as site:
        site.build()
        vaults.write(root, {"P.md": "---\nprivate: true\n---\nwords", "A.md": "[[P]] other"})
        report = site.build(site.scan(), first=["A.html"], wrote=wrote)
    assert told[0] == (["A.html"], False, True)
    assert "P.html" in report.removed
    vaults.build(root, tmp_path / "clean" / "site")
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
