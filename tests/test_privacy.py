"""A private note leaves no trace: a site is byte for byte what it would be if the note didn't exist.

`tests/trust/test_no_trace.py` asks the same of many vaults that are made up.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import vaults

from vaultkit import config
from vaultkit.site.guard import MARKER
from vaultkit.vault import Vault

MakeVault = Callable[..., Path]

PRIVATE_FIELDS = [
    "publish: false", "publish: False", "publish: 'no'", "publish: off", "publish: 0", "draft: true", "draft: 'yes'", "private: true",
    "private: on", "private: 1", "private: [unreadable", "publish: {a: b}", "publish: false\npublish: true", "publish: true\npublish: false",
    "private: maybe", "tags: [x\nprivate: true", "publish:\tfalse", "private: &a true",
]  # fmt: skip
PUBLIC_FIELDS = [
    "publish: true",
    "draft: false",
    "private: false",
    "private: 'no'",
    "title: private",
    "tags: [private]",
]


def without_private(root: Path, copy: Path) -> Path:
    """A copy of the vault from which the notes that say `publish: false` are gone."""
    shutil.copytree(root, copy, symlinks=True)
    vault = Vault.open(root, cache_dir=copy.with_name("cache-of-" + copy.name), jobs=1)
    public = {document.path for document in vault.notes}
    for path in copy.rglob("*.md"):
        name = unicodedata.normalize("NFC", path.relative_to(copy).as_posix())
        if name not in public and not any(part.startswith(".") for part in name.split("/")):
            path.unlink()
    return copy


def assert_no_trace(root: Path, bare: Path, tmp_path: Path) -> None:
    vaults.build(root, tmp_path / "with" / "site")
    vaults.build(bare, tmp_path / "without" / "site")
    vaults.assert_same(vaults.tree(tmp_path / "with" / "site"), vaults.tree(tmp_path / "without" / "site"))


def test_the_sample_vault_without_its_private_notes_gives_the_same_site(repository: Path, tmp_path: Path) -> None:
    root = repository / "vault"
    bare = without_private(root, tmp_path / "bare" / "vault")
    assert len(list(bare.rglob("*.md"))) < len(list(root.rglob("*.md"))), "the sample vault has a private note"
    assert_no_trace(root, bare, tmp_path)


@pytest.mark.parametrize("field", PRIVATE_FIELDS)
def test_each_way_to_say_private_is_heard(make_vault: MakeVault, tmp_path: Path, field: str) -> None:
    public = {
        "A.md": "See [[P]], ![[P]] and [[Q|words]]. #t",
        "C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "P.md"}]}',
    }
    hidden = f"---\n{field}\naliases: [Q]\n---\n[[A]] #t CANARY ![[p.png]]"
    root = make_vault({**public, "P.md": hidden, "p.png": b"CANARY"})
    vaults.build(root, tmp_path / "site")
    assert not [
        url for url, data in vaults.tree(tmp_path / "site").items() if b"CANARY" in data or url.startswith("P.")
    ]


@pytest.mark.parametrize("mark", ["\ufeff", "\n", "#tag\n"], ids=["bom", "blank line", "tag line"])
def test_front_matter_in_odd_places_still_hides(make_vault: MakeVault, tmp_path: Path, mark: str) -> None:
    root = make_vault({"A.md": "a", "P.md": f"{mark}---\npublish: false\n---\nCANARY"})
    vaults.build(root, tmp_path / "site")
    assert not [url for url, data in vaults.tree(tmp_path / "site").items() if b"CANARY" in data]


def test_line_ends_do_not_matter_to_privacy(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault(
        {"A.md": "a", "CR.md": "---\rpublish: false\r---\rCANARY", "CRLF.md": "---\r\npublish: false\r\n---\r\nCANARY"}
    )
    vaults.build(root, tmp_path / "site")
    assert not [url for url, data in vaults.tree(tmp_path / "site").items() if b"CANARY" in data]


@pytest.mark.parametrize("field", PUBLIC_FIELDS)
def test_a_note_that_says_it_is_public_is_shown(make_vault: MakeVault, tmp_path: Path, field: str) -> None:
    root = make_vault({"P.md": f"---\n{field}\n---\nSHOWN"})
    vaults.build(root, tmp_path / "site")
    assert b"SHOWN" in vaults.tree(tmp_path / "site")["P.html"]


def test_a_labelled_link_to_a_private_note_shows_the_label_alone(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault(
        {
            "A.md": "[[Hiddenplace|words]] [more](Hiddenplace.md#inner)",
            "Hiddenplace.md": "---\npublish: false\n---\n# Inner\n",
        }
    )
    vaults.build(root, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert b"words" in site["A.html"]
    assert b"more" in site["A.html"]
    assert not [url for url, data in site.items() if "hiddenplace" in url.casefold() or b"hiddenplace" in data.lower()]


@pytest.mark.parametrize(
    "text",
    [
        "See [[B]] and ![[Hiddenplace#inner]].",
        "- [[B]] — ![[Hiddenplace]]",
        "[[B]] ![![[Hiddenplace]]](x.png)",
        "In 2003 [[B]] and [](Hiddenplace.md) met.",
        "- [ ] [[B]] ![](Hiddenplace.md)",
        "## ![[Hiddenplace]]\n\n[[B]]",
        "| n | to |\n| - | - |\n| 1 | [[B]] ![[Hiddenplace]] |",
        "| n | to |\n| - | - |\n| 1 | [[B]] [[Hiddenplace\\|words]] [](Hiddenplace.md) |",
    ],
)
def test_a_name_that_the_page_does_not_show_is_nowhere_else(make_vault: MakeVault, tmp_path: Path, text: str) -> None:
    """Not in a backlink's quote, a search result, the data of a table, an export."""
    root = make_vault(
        {
            "A.md": text,
            "B.md": "b",
            "Hiddenplace.md": "---\npublish: false\n---\n",
            "vaultkit.toml": "[site]\ntables = 'all'\n",
        }
    )
    vaults.build(root, tmp_path / "site")
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        site = vaults.tree(tmp_path / "site") | {"export": vault.export("json"), "gexf": vault.export("gexf")}
    assert [url for url, data in site.items() if b"hiddenplace" in data.lower()] == []


def test_an_attachment_that_only_private_notes_show_is_not_exported(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault(
        {
            "A.md": "![[seen.png]]",
            "P.md": "---\npublish: false\n---\n![[hidden.png]]",
            "seen.png": None,
            "hidden.png": None,
        }
    )
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        assert "seen.png" in vault.graph
        assert "hidden.png" not in vault.graph
        assert "seen.png" in vault.export("json").decode()
        assert "hidden.png" not in vault.export("json").decode()


@pytest.mark.parametrize(
    "text",
    [
        "[[P]]",
        "![[P]]",
        "[[P|x]]",
        "![[P|x]]",
        "[x](P.md)",
        "![[P#H]]",
        "[[P#H]]",
        "[[Q]]",
        "![[p.png]]",
        "![x](p.png)",
    ],
)
def test_whatever_leads_to_a_private_note_is_as_if_it_did_not_exist(
    make_vault: MakeVault, tmp_path: Path, text: str
) -> None:
    public = {"A.md": f"before {text} after\n", "B.md": "[[A]]\n"}
    private = {"P.md": "---\npublish: false\naliases: [Q]\n---\n# H\n\n[[A]] [[B]] ![[own.png]]\n", "own.png": None}
    if "p.png" in text:
        private = {"F/p.png": None, "vaultkit.toml": "[publish]\nexclude = ['F/']\n"}
        public["vaultkit.toml"] = str(private.pop("vaultkit.toml"))
    assert_no_trace(make_vault({**public, **private}, "a/vault"), make_vault(public, "b/vault"), tmp_path)


def test_the_author_is_told_of_a_private_name_in_public_text(make_vault: MakeVault) -> None:
    root = make_vault({"A.md": "x\n\n[[Hidden]]", "Hidden.md": "---\npublish: false\n---\n"})
    told = [
        (problem.path, problem.line)
        for problem in Vault.open(root, jobs=1).problems
        if problem.name == "mentions-private-note"
    ]
    assert told == [("A.md", 3)]


def test_opt_in_publishes_only_what_asks_for_it(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault(
        {"A.md": "---\npublish: true\n---\n[[B]]", "B.md": "CANARY", "vaultkit.toml": "[publish]\nmode = 'opt-in'\n"}
    )
    vaults.build(root, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert "A.html" in site
    assert not [url for url, data in site.items() if b"CANARY" in data]


def test_a_note_that_becomes_private_goes_with_all_its_mentions(make_vault: MakeVault, tmp_path: Path) -> None:
    files = {"A.md": "[[Bbbbb|x]] #t", "Bbbbb.md": "[[A]] #t #onlyb CANARY", "C.md": "[[A]]"}
    root, out = make_vault(files), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    (root / "Bbbbb.md").write_text(f"---\npublish: false\n---\n{files['Bbbbb.md']}")
    vault.update()
    vault.build(out)
    (root / "Bbbbb.md").unlink()
    vaults.build(root, tmp_path / "bare")
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "bare"))


def test_the_manifest_forgets_a_note_as_soon_as_its_page_is_gone(make_vault: MakeVault, tmp_path: Path) -> None:
    """It lies in the folder that readers look at; and a site that is followed isn't put down at each edit."""
    root = make_vault({"A.md": "a", "Hiddenplace.md": "b"})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        assert "Hiddenplace.html" in (tmp_path / "site" / MARKER).read_text()
        vaults.write(root, {"Hiddenplace.md": "---\npublish: false\n---\nb"})
        site.build(site.scan())
        assert "Hiddenplace" not in (tmp_path / "site" / MARKER).read_text()


def test_the_configuration_that_hides_must_be_readable(make_vault: MakeVault) -> None:
    loaded = config.load(make_vault({"A.md": "a", "vaultkit.toml": "[publish]\nexlude = ['Drafts/']\n"}))
    assert loaded.problems
