"""After any edits the site is byte for byte that of a clean build, and no more work is done than the edit asks for.

`VAULTKIT_FUZZ=2000` tries that many random edit scripts instead of a few.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
import vaults
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultkit.vault import Report, Vault

EXAMPLES = int(os.environ.get("VAULTKIT_FUZZ", "25"))

# ---------------------------------------------------------------------------
# Edit scripts
# ---------------------------------------------------------------------------

NAMES = ["A", "B", "C", "F/A", "F/D", "F/G/E", "Home"]
NOTES = st.sampled_from([f"{name}.md" for name in NAMES])
FILES = st.sampled_from(["p.png", "F/p.png", "q.PDF", "unsafe.svg"])
CANVASES = st.sampled_from(["Board.canvas", "F/Board.canvas"])
TARGETS = st.sampled_from(
    [
        "A",
        "B",
        "C",
        "D",
        "E",
        "F/A",
        "a",
        "One",
        "Two",
        "Missing",
        "Missing/Deep",
        "p.png",
        "q.pdf",
        "Board.canvas",
        "Home",
    ]
)
PARTS = st.one_of(
    st.builds("[[{}]]".format, TARGETS),
    st.builds("[[{}|text]]".format, TARGETS),
    st.builds("[[{}#{}]]".format, TARGETS, st.sampled_from(["Head", "^block", "Gone"])),
    st.builds("![[{}]]".format, TARGETS),
    st.builds("![[{}#{}]]".format, TARGETS, st.sampled_from(["Head", "^block"])),
    st.builds("[md]({}.md)".format, st.sampled_from(["A", "F/D", "Gone"])),
    st.builds("\n\n## {}\n\n".format, st.sampled_from(["Head", "Other", "See [[B]]"])),
    st.builds("\n\n| a | b |\n| - | - |\n| [[{}]] | 2 |\n\n".format, TARGETS),
    st.sampled_from(
        [
            "plain words",
            "Words. More words.",
            "\n\n- item\n- [[A]] — why\n\n",
            "block ^block\n\n",
            "%%[[B]] hidden%%",
            "$x^2$",
            "#t",
            "#t/sub",
            "x[^1]\n\n[^1]: [[C]]\n\n",
        ]
    ),
)
FIELDS = st.sampled_from(
    [
        "title: Title",
        "title: Other title",
        "aliases: [One]",
        "aliases: [Two, A]",
        "tags: [t, u]",
        "publish: false",
        "publish: true",
        "up: '[[B]]'",
        "related: ['[[Missing]]', '[[C]]']",
        "permalink: own/place",
        "cssclasses: [wide]",
        "type: thing",
        "broken: [",
    ]
)
TEXTS = st.builds(
    lambda fields, parts: (
        ("---\n" + "\n".join(dict.fromkeys(fields)) + "\n---\n" if fields else "") + " ".join(parts) + "\n"
    ),
    st.lists(FIELDS, max_size=3),
    st.lists(PARTS, max_size=6),
)
CARDS = st.lists(TARGETS, max_size=3).map(
    lambda names: json.dumps(
        {
            "nodes": [{"id": f"t{i}", "type": "text", "text": f"[[{name}]]"} for i, name in enumerate(names)]
            + [{"id": f"f{i}", "type": "file", "file": f"{name}.md"} for i, name in enumerate(names)]
        }
    )
)
SETTINGS = st.sampled_from(["", "[publish]\nexclude = ['F/G/']\n", "home = 'Home.md'\n", "title = 'Another'\n"])

EDITS = st.one_of(
    st.tuples(st.just("write"), NOTES, TEXTS),
    st.tuples(st.just("write"), NOTES, TEXTS),
    st.tuples(st.just("append"), NOTES, PARTS),
    st.tuples(st.just("delete"), NOTES),
    st.tuples(st.just("rename"), NOTES, NOTES),
    st.tuples(st.just("touch"), NOTES),
    st.tuples(
        st.just("write"),
        FILES,
        st.sampled_from(["one", "two", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"]),
    ),
    st.tuples(st.just("delete"), FILES),
    st.tuples(st.just("write"), CANVASES, CARDS),
    st.tuples(st.just("delete"), CANVASES),
    st.tuples(st.just("rename"), st.just("F"), st.just("H")),
    st.tuples(st.just("rename"), st.just("H"), st.just("F")),
)
SCRIPTS = st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4)


def apply(root: Path, edit: tuple[Any, ...]) -> None:
    path = root / edit[1]
    match edit[0]:
        case "write":
            vaults.write(root, {edit[1]: edit[2]})
        case "append" if path.is_file():
            path.write_text(path.read_text() + edit[2])
        case "delete" if path.is_file():
            path.unlink()
        case "touch" if path.is_file():
            path.touch()
        case "rename" if path.exists() and not (root / edit[2]).exists():
            (root / edit[2]).parent.mkdir(parents=True, exist_ok=True)
            path.rename(root / edit[2])


START = """
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


def check_script(folder: Path, script: list[list[tuple[Any, ...]]]) -> None:
    root, out = vaults.write(folder / "vault", {**vaults.parse(START), "p.png": None}), folder / "site"
    vault = Vault.open(root, cache_dir=folder / "cache", jobs=1)
    vault.build(out)
    for i, batch in enumerate(script):
        for edit in batch:
            apply(root, edit)
        vault.update()
        vault.build(out)
        clean = folder / f"clean{i}" / "site"
        report = vaults.build(root, clean)
        vaults.assert_same(vaults.tree(out), vaults.tree(clean))
        assert vault.problems == report.problems


@settings(max_examples=EXAMPLES)
@given(SCRIPTS)
def test_after_any_edits_the_site_equals_a_clean_build(script: list[list[tuple[Any, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check_script(Path(folder), script)


def touched(root: Path, before: dict[str, bytes]) -> list[str]:
    """Paths of the files that differ from what they were: what a watcher would tell of at the least."""
    now = vaults.tree(root)
    return [str(root / name) for name in before.keys() | now.keys() if before.get(name) != now.get(name)]


@settings(max_examples=EXAMPLES)
@given(SCRIPTS, st.booleans())
def test_a_site_held_open_equals_a_clean_build_after_any_hinted_edits(
    script: list[list[tuple[Any, ...]]], saves: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root, out = vaults.write(folder / "vault", {**vaults.parse(START), "p.png": None}), folder / "site"
        vault = Vault.open(root, cache_dir=folder / "cache", jobs=1)
        with vault.publication(out) as site:
            site.build()
            for i, batch in enumerate(script):
                before = vaults.tree(root)
                for edit in batch:
                    apply(root, edit)
                report = site.build(site.scan(touched(root, before)))
                clean = vaults.build(root, folder / f"clean{i}" / "site")
                vaults.assert_same(vaults.tree(out), vaults.tree(folder / f"clean{i}" / "site"))
                assert report.problems == clean.problems
                assert set(site.urls) == set(vaults.tree(out))
                if saves:
                    site.save()
            site.save()
        # What was put down lets the next build leave everything as it is.
        again = Vault.open(root, cache_dir=folder / "cache", jobs=1).build(out)
        assert (again.rendered, again.written, again.removed) == ((), (), ())


@settings(max_examples=max(EXAMPLES // 5, 5))
@given(SCRIPTS)
def test_after_a_restart_the_site_equals_a_clean_build(script: list[list[tuple[Any, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root, out = vaults.write(folder / "vault", {**vaults.parse(START), "p.png": None}), folder / "site"
        vaults.build(root, out)
        for batch in script:
            for edit in batch:
                apply(root, edit)
            vaults.build(root, out)
        vaults.build(root, folder / "clean" / "site")
        vaults.assert_same(vaults.tree(out), vaults.tree(folder / "clean" / "site"))


# ---------------------------------------------------------------------------
# The amount of work
# ---------------------------------------------------------------------------


class Edited:
    """A vault that is edited and built again and again."""

    def __init__(self, folder: Path, files: vaults.Files | str) -> None:
        self.root, self.out = vaults.write(folder / "vault", files), folder / "site"
        self.vault = Vault.open(self.root, cache_dir=folder / "cache", jobs=1)
        self.vault.build(self.out)

    def edit(self, **notes: str | None) -> Report:
        """Write (or with None delete) notes by their bare name, and build."""
        for name, text in notes.items():
            apply(self.root, ("delete", f"{name}.md") if text is None else ("write", f"{name}.md", text))
        self.vault.update()
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


def pages(urls: Any) -> set[str]:
    return {url for url in urls if url.endswith(".html")}


def test_nothing_changed_renders_and_writes_nothing(edited: Edited) -> None:
    report = edited.edit()
    assert (list(report.rendered), list(report.written), list(report.removed)) == ([], [], [])


def test_a_touched_file_renders_nothing(edited: Edited) -> None:
    (edited.root / "Hub.md").touch()
    assert list(edited.edit().rendered) == []


def test_a_body_edit_renders_its_page_alone(edited: Edited) -> None:
    report = edited.edit(Quoted="Alone.\n", Hub="# Hub\n\nThe very middle.\n")
    assert pages(report.rendered) == {"Hub.html"}


def test_a_new_link_renders_both_ends(edited: Edited) -> None:
    report = edited.edit(Quoted="Alone, but for [[Hub]].\n")
    assert pages(report.rendered) <= {"Quoted.html", "Hub.html", "Reader.html", "index.html"}
    assert {"Quoted.html", "Hub.html"} <= pages(report.rendered)


def test_an_embedded_note_renders_its_readers(edited: Edited) -> None:
    assert {"Quoted.html", "Reader.html"} <= pages(edited.edit(Quoted="Changed.\n").rendered)


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


# ---------------------------------------------------------------------------
# Why a page was rendered
# ---------------------------------------------------------------------------


def test_a_later_process_can_say_what_differs(tmp_path: Path) -> None:
    root, out = vaults.write(tmp_path / "vault", START), tmp_path / "site"

    def build() -> Report:
        return Vault.open(root, cache_dir=tmp_path / "cache", jobs=1).build(out, explain=True)

    assert build().reasons["A.html"] == "it is new"
    assert build().reasons == {}
    vaults.write(root, {"F/D.md": "Now of [[B]].\n", "C.md": "---\ntitle: Sea\n---\nChanged.\n"})
    report = build()
    assert report.reasons["A.html"] == 'backlink from D lost, title of "C" became "Sea"'
    assert "backlink from D gained, backlink from C lost" in report.reasons["B.html"]
    assert report.computed["parsed"] == 2
    vaults.write(root, {"vaultkit.toml": "[site]\ntitle = 'Another'\n"})
    assert build().reasons["A.html"] == "its template, the site's frame or vaultkit changed"
