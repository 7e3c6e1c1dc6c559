"""A private note leaves no trace: a site is byte for byte what it would be if the note didn't exist."""

from __future__ import annotations

import base64
import html
import json
import random
import re
import shutil
import string
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
import vaults

from vaultkit import config
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


# ---------------------------------------------------------------------------
# Canaries: every private thing has its own random word, and no byte of the site may hold one
# ---------------------------------------------------------------------------


class Canaries:
    """A vault made from a seed; what is private in it holds words that nothing else does."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words: list[str] = []
        self.files: dict[str, str | bytes | None] = {}
        self.private: list[str] = []
        public = [f"Public {i}" for i in range(8)]
        hidden = [f"{self.word()} {i}" for i in range(5)]
        for i, name in enumerate(public):
            links = " ".join(f"[[{other}]]" for other in self.random.sample(public, 2))
            secret = f"[[{self.random.choice(hidden)}|words]] [more words]({self.random.choice(hidden).replace(' ', '%20')}.md)"
            comment = f"%%{self.word()}%%"
            self.files[f"F{i % 2}/{name}.md"] = (
                f"---\ntags: [t{i % 3}]\n---\n# {name}\n\n{links} {secret} {comment} #u{i % 2}\n\n%%\n{self.word()}\n%%\n"
            )
        for i, name in enumerate(hidden):
            path = [f"F0/{name}.md", f"{self.word()}/{name}.md", f"Drafts/{name}.md", f"F1/{name}.md", f"F0/{name}.md"][
                i
            ]
            head = ["publish: false", "private: true", "title: x", "tags: [secret/inner]", "status: draft"][i]
            picture = f"{self.word()}.png"
            self.files[picture] = self.word().encode()
            self.files[path] = (
                f"---\n{head}\naliases: [{self.word()}]\n{self.word()}: {self.word()}\n---\n# {self.word()}\n\n[[Public {i}]] "
                f"[[{self.word()}]] ![[{picture}]] #{self.word()} {self.word()} ^{self.word()}\n\n| {self.word()} |\n| --- |\n\n"
                f"```\n{self.word()}\n```\n\nx[^1]\n\n[^1]: {self.word()}\n"
            )
            self.private += [path, picture]
        self.files["F0/Board.canvas"] = json.dumps({"nodes": [{"id": "a", "type": "file", "file": self.private[0]}]})
        self.files[".hidden/x.md"] = self.word()
        self.files["vaultkit.toml"] = (
            "[publish]\nexclude = ['Drafts/']\nexclude_tags = ['secret']\nexclude_properties = ['status=draft']\n[site]\ntitle = 'T'\n"
        )

    def word(self) -> str:
        self.words.append("".join(self.random.choices(string.ascii_lowercase, k=12)))
        return self.words[-1]

    def bare(self) -> dict[str, str | bytes | None]:
        """The vault as it would be if the private notes and what only they show had never been."""
        return {name: content for name, content in self.files.items() if name not in self.private}


def seen_through(data: bytes) -> str:
    """All that *data* could be read as, one after the other."""
    text = data.decode("utf-8", "replace")
    encoded = re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text)
    decoded = [
        base64.b64decode(part + "===", validate=False).decode("utf-8", "replace")
        for part in encoded
        if len(part) % 4 != 1
    ]
    return "\n".join(
        [text, unquote(text), html.unescape(text), unicodedata.normalize("NFC", text), *decoded]
    ).casefold()


@pytest.mark.parametrize("seed", range(4))
def test_no_canary_is_in_any_file(tmp_path: Path, seed: int) -> None:
    canaries = Canaries(seed)
    root = vaults.write(tmp_path / "vault", canaries.files)
    # What public text spells out is public; all links to private notes here have words of their own.
    vaults.build(root, tmp_path / "site")
    every = {
        path.relative_to(tmp_path / "site").as_posix(): path.read_bytes()
        for path in (tmp_path / "site").rglob("*")
        if path.is_file()
    }
    hits = [
        (url, word)
        for url, data in every.items()
        for word in canaries.words
        if word in url.casefold() or word in seen_through(data)
    ]
    assert hits == []


@pytest.mark.parametrize("seed", range(4))
def test_a_site_is_the_same_without_its_private_notes(tmp_path: Path, seed: int) -> None:
    canaries = Canaries(seed)
    root = vaults.write(tmp_path / "a" / "vault", canaries.files)
    bare = vaults.write(tmp_path / "b" / "vault", canaries.bare())
    assert_no_trace(root, bare, tmp_path)


def test_the_canary_test_can_fail(tmp_path: Path) -> None:
    canaries = Canaries(0)
    root = vaults.write(tmp_path / "vault", {**canaries.files, "vaultkit.toml": "[site]\ntitle = 'T'\n"})
    vaults.build(root, tmp_path / "site")
    text = "".join(seen_through(data) for data in vaults.tree(tmp_path / "site").values())
    assert [word for word in canaries.words if word in text]


def test_the_configuration_that_hides_must_be_readable(make_vault: MakeVault) -> None:
    loaded = config.load(make_vault({"A.md": "a", "vaultkit.toml": "[publish]\nexlude = ['Drafts/']\n"}))
    assert loaded.problems
