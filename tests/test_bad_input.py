"""Whatever lies in a vault, the build goes on: a problem each, and the rest of the site whole."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import linkcheck
import pytest
import vaults

from vaultkit.vault import Report, Vault

MakeVault = Callable[..., Path]

HEALTHY = """
-- Alpha.md --
---
aliases: [First]
tags: [letter]
---
The first letter; [[Beta]] comes next. ![[Gamma#Shape]]

| name | value |
| ---- | ----- |
| [[Beta]] | 2 |
-- Folder/Beta.md --
> [!tip] Second
> After [[First]] comes [[Gamma#Shape|the third]]. #letter

![[pic.png|100]]
-- Folder/Gamma.md --
# Gamma

## Shape

Like a gallows, says [[Alpha]]. ^shape
-- Bad/Fine.md --
A good note in bad company, see [[Alpha]].
"""

# Their folder is an entity type by itself, so that the bad notes in it don't make it one.
HEALTHY += "".join(f"-- Bad/Fine {i}.md --\nFine as well.\n" for i in range(5))

HEALTHY_PAGES = ("Alpha.html", "Folder/Beta.html", "Folder/Gamma.html", "Bad/Fine.html", "Bad/Fine-3.html")

DEEP_YAML = "---\na: " + "[" * 30_000 + "\n---\nafter deep yaml\n"
ALIAS_BOMB = (
    "---\na: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "---\nafter\n"
)
MERGE_BOMB = (
    "---\na: &a {k: 1}\n"
    + "".join(f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "---\nafter\n"
)

BAD: dict[str, tuple[str | bytes, str]] = {
    "Latin.md": (b"caf\xe9 \xff\xfe au lait\n", "invalid-utf8"),
    "Zero.md": ("nul\x00byte and \x07 bell\n", "control-characters"),
    "Long line.md": ("x" * 10_000_000, "note-too-large"),
    "Many lines.md": ("0123456789\n" * 500_000, "note-too-large"),
    "Quotes.md": (">" * 10_000 + " innermost quote\n", "nesting-too-deep"),
    "Bullets.md": ("- " * 10_000 + "innermost item\n", "nesting-too-deep"),
    "Tags.md": ("<div>" * 10_000 + "innermost tag\n", "nesting-too-deep"),
    "Deep yaml.md": (DEEP_YAML, "frontmatter-too-large"),
    "Alias bomb.md": (ALIAS_BOMB, "frontmatter-too-large"),
    "Merge bomb.md": (MERGE_BOMB, "frontmatter-too-large"),
    "Vast yaml.md": (
        "---\n" + "".join(f"k{i}: {i}\n" for i in range(20_000)) + "---\nafter\n",
        "frontmatter-too-large",
    ),
    "Broken yaml.md": ("---\ntitle: a: b\nlist: [x\n---\nafter\n", "frontmatter-invalid-yaml"),
    "Tabs.md": ("---\na:\n\t- x\n---\nafter\n", "frontmatter-invalid-yaml"),
    "Twice.md": ("---\na: 1\na: 2\n---\nafter\n", "frontmatter-duplicate-key"),
    "Scalar.md": ("---\njust words\n---\nafter\n", "frontmatter-not-a-mapping"),
    "Odd tags.md": ("---\ntags: [two words, 1984]\n---\nafter\n", "invalid-tag"),
    "Self.md": ("before\n\n![[Self]]\n\nafter\n", "embed-cycle"),
    "Ping.md": ("ping ![[Pong]]\n", "embed-cycle"),
    "Pong.md": ("pong ![[Ping]]\n", "embed-cycle"),
    "Chain 0.md": ("0 ![[Chain 1]]\n", "embed-too-deep"),
    "Huge table.md": ("| a | b |\n| - | - |\n" + "| 1 | 2 |\n" * 100_000, "too-many-cells"),
    "No picture.md": ("![[gone.png]] ![](also%20gone.png)\n", "missing-attachment"),
    "Unsafe picture.md": ("![[evil.svg]]\n", "unsafe-attachment"),
    "Blocks.md": ("one ^same\n\ntwo ^same\n", "duplicate-block-id"),
    "Torn.canvas": ('{"nodes": [', "canvas-invalid-json"),
    "Deep.canvas": ("[" * 100_000, "canvas-invalid-json"),
    "Typed.canvas": ('{"nodes": {"a": 1}, "edges": 7}', "canvas-invalid-json"),
    "Dangling.canvas": (
        '{"nodes": [], "edges": [{"id": "e", "fromNode": "a", "toNode": "b"}]}',
        "canvas-dangling-edge",
    ),
}
"""Files by name with their content and the problem that tells of each."""

EXTRAS: dict[str, str | bytes | None] = {
    **{f"Chain {i}.md": f"{i} ![[Chain {i + 1}]]\n" for i in range(1, 12)},
    **{f"Fan {i}.md": f"![[Fan {i + 1}]]\n\n" * 30 for i in range(8)},
    "evil.svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>",
    "Long words.md": "word " * 400_000,
    "Huge number.md": "---\nn: " + "9" * 6_000 + "\n---\nafter\n",
    "No such day.md": "---\ndate: 2024-02-31\n---\nafter\n",
    "Reserved.md": "---\ncontent: x\nhandler: y\nlayout: ../../x\n---\nafter\n",
    "Other handlers.md": "+++\na = 1\n+++\nafter\n",
    "Empty.md": "",
    "Blank.md": b"\xef\xbb\xbf\r\n\r\n",
    "Odd nodes.canvas": '{"nodes": [1, null, {"id": 3}, {"id": "a", "type": "x", "x": "left", "y": 1e999}], "edges": [[], {}]}',
    "Views.base": "views: [\n",
    "Surrogates.md": '---\na: "\\uD800"\n---\n&#xD800; &#0; \\uD800\n',
    "Unclosed.md": "```\ncode %% $$ <!-- [[ ![[ [^1] ==",
    "Comment.md": "seen\n\n%%\nnever seen\n",
}
"""Files that may be read without a word, but not without harm if we aren't careful."""


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("healthy")
    vaults.build(vaults.write(folder / "vault", {**vaults.parse(HEALTHY), "pic.png": None}), folder / "site")
    return vaults.tree(folder / "site")


class Built:
    """A vault with bad files among the good ones, built."""

    def __init__(self, folder: Path) -> None:
        self.root = vaults.write(folder / "vault", {**vaults.parse(HEALTHY), "pic.png": None})
        bad = {f"Bad/{name}": content for name, (content, _) in BAD.items()}
        vaults.write(self.root, {**bad, **{f"Bad/{name}": content for name, content in EXTRAS.items()}})
        self.out = folder / "site"
        self.report: Report = vaults.build(self.root, self.out)
        self.tree = vaults.tree(self.out)

    def problems(self, path: str) -> set[str]:
        return {problem.name for problem in self.report.problems if problem.path == path}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, code) in BAD.items()])
def test_each_bad_file_is_told(built: Built, name: str, code: str) -> None:
    assert code in built.problems(f"Bad/{name}")


@pytest.mark.parametrize("page", HEALTHY_PAGES)
def test_pages_of_healthy_notes_are_the_same_beside_bad_files(
    healthy: dict[str, bytes], built: Built, page: str
) -> None:
    assert built.tree[page] == healthy[page]


@pytest.mark.parametrize("name", [name for name in (*BAD, *EXTRAS) if name.endswith(".md")])
def test_each_bad_note_still_has_a_page(built: Built, name: str) -> None:
    pages = [url for url in built.tree if url.startswith("Bad/") and url.endswith(".html")]
    assert f"Bad/{name.removesuffix('.md').replace(' ', '-')}.html" in pages


def test_no_file_is_an_error_of_ours(built: Built) -> None:
    assert {problem.name for problem in built.report.problems} & {"internal-error", "note-failed"} == set()


def test_the_site_with_bad_files_has_no_broken_link(built: Built) -> None:
    assert linkcheck.check(built.out) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Quotes", "innermost quote"),
        ("Bullets", "innermost item"),
        ("Tags", "innermost tag"),
        ("Deep-yaml", "after deep yaml"),
        ("Broken-yaml", "after"),
        ("Self", "before"),
        ("Pong", "pong"),
        ("Comment", "seen"),
        ("Zero", "byte and"),
    ],
)
def test_what_can_be_read_of_a_bad_note_is_shown(built: Built, name: str, words: str) -> None:
    assert words in built.tree[f"Bad/{name}.html"].decode()


def test_an_unclosed_comment_hides_to_the_end(built: Built) -> None:
    assert not [url for url, data in built.tree.items() if b"never seen" in data]


def test_a_fan_of_embeds_does_not_explode(built: Built) -> None:
    assert len(built.tree["Bad/Fan-0.html"]) < 4_000_000


def test_a_huge_table_is_cut(built: Built) -> None:
    assert len(built.tree["Bad/Huge-table.html"]) < 4_000_000


# ---------------------------------------------------------------------------
# Line ends and marks that hide front matter from careless readers
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "---\ntags: [t]\n---\n# H\n\none [[Alpha]]\n",
        "\ufeff---\ntags: [t]\n---\n# H\n\none [[Alpha]]\n",
        "---\r\ntags: [t]\r\n---\r\n# H\r\n\r\none [[Alpha]]\r\n",
        "---\rtags: [t]\r---\r# H\r\rone [[Alpha]]\r",
    ],
    ids=["plain", "bom", "crlf", "cr"],
)
def test_line_ends_and_a_byte_order_mark_change_no_fact(make_vault: MakeVault, text: str) -> None:
    vault = Vault.open(make_vault({"N.md": text, "Alpha.md": "a"}), jobs=1)
    facts = vault.inspect("N.md")
    assert [facts[key] for key in ("frontmatter_tags", "headings", "body_links")] == [["#t"], [[1, "H"]], ["Alpha"]]


# ---------------------------------------------------------------------------
# What the file system can hold
# ---------------------------------------------------------------------------


def test_symbolic_links_are_not_followed(make_vault: MakeVault, tmp_path: Path) -> None:
    outside = vaults.write(tmp_path / "outside", {"Secret.md": "CANARY-OUTSIDE", "s.png": b"CANARY-OUTSIDE"})
    root = make_vault({"A.md": "![[Secret]] ![[linked]] ![[s.png]] ![[deep/Secret]]"})
    (root / "linked.md").symlink_to(outside / "Secret.md")
    (root / "s.png").symlink_to(outside / "s.png")
    (root / "deep").symlink_to(outside, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "nowhere.md").symlink_to(tmp_path / "nowhere")
    report = vaults.build(root, tmp_path / "site")
    skipped = {problem.path for problem in report.problems if problem.name == "symlink-skipped"}
    assert skipped == {"linked.md", "s.png", "deep", "loop", "nowhere.md"}
    assert not [url for url, data in vaults.tree(tmp_path / "site").items() if b"CANARY" in data]


def test_links_inside_the_vault_are_followed_on_request(make_vault: MakeVault, tmp_path: Path) -> None:
    outside = vaults.write(tmp_path / "outside", {"Secret.md": "CANARY-OUTSIDE"})
    root = make_vault({"A.md": "a", "vaultkit.toml": "[scan]\nfollow_symlinks = 'inside'\n"})
    (root / "same.md").symlink_to(root / "A.md")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "out.md").symlink_to(outside / "Secret.md")
    vaults.build(root, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert "same.html" in site
    assert not [url for url, data in site.items() if b"CANARY" in data]


def test_special_files_are_never_opened(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({"A.md": "a"})
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)
        listening.bind("socket.md")
        os.chdir(here)
        report = vaults.build(root, tmp_path / "site")
    assert {p.path for p in report.problems if p.name == "special-file-skipped"} == {"pipe.md", "socket.md"}


def test_an_unreadable_file_is_left_out() -> None:
    # Root reads everything, so the reader gives up its privileges; pytest's own folders are closed to others then.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = vaults.write(folder / "vault", {"A.md": "a [[B]]", "B.md": "b", "Shut/C.md": "c"})
        vaults.build(root, folder / "warm")
        for path in (root / "B.md", root / "Shut"):
            path.chmod(0)
        for path in (folder, root):
            path.chmod(0o777)
        with without_privileges():
            report = vaults.build(root, folder / "site")
        (root / "Shut").chmod(0o700)
        assert {p.path for p in report.problems if p.name == "unreadable-file"} == {"B.md", "Shut"}
        assert "A.html" in vaults.tree(folder / "site")


@contextmanager
def without_privileges() -> Iterator[None]:
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_names_that_are_no_utf8_are_told(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({"A.md": "a"})
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.md")).write_text("x")
    report = vaults.build(root, tmp_path / "site")
    told = [problem for problem in report.problems if problem.name == "unreadable-name"]
    assert len(told) == 1
    str(told[0]).encode()


def test_names_equal_after_normalization_are_told(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({"Caf\u00e9.md": "one", "Cafe\u0301.md": "two"})
    report = vaults.build(root, tmp_path / "site")
    assert [problem.name for problem in report.problems if problem.name == "name-collision"]


ODD_NAMES = [
    "A.md", "a.md", "A%41.md", "%2e%2e.md", "a b.md", "a-b.md", "a#b.md", "a?b.md", "a&b.md", "a+b.md", "a'b.md", 'a"b.md', "a<b>.md",
    "a|b.md", "a*b.md", "a:b.md", "a\\b.md", "a\nb.md", "a\tb.md", "a[b].md", "a^b.md", "{{ 7*7 }}.md", "__proto__.md", "constructor.md",
    "CON.md", "nul.txt.md", "trailing .md", "trailing..md", " leading.md", "-dash.md", "~.md", "index.md", "Index.md", "404.md", "search.md",
    "tags.md", "static.md", "static/x.md", "graph.md", "Straße.md", "STRASSE.md", "日本語.md", "😀.md", "ﬁ.md", "fi.md", "x" * 240 + ".md",
    "İ.md", "a/index.md", "a/b/c/d/e/f/g.md", "javascript:alert(1).md", "https:/e.com.md", ".md.md", "A.html.md", "\u202egnp.md",
]  # fmt: skip


def test_a_note_of_any_name_can_be_reached(make_vault: MakeVault, tmp_path: Path) -> None:
    words = {name: f"word{i:03}" for i, name in enumerate(ODD_NAMES)}
    root = make_vault({name: word for name, word in words.items() if not name.startswith(".")})
    vaults.build(root, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert linkcheck.check(tmp_path / "site") == []
    lost = [
        name
        for name, word in words.items()
        if not name.startswith(".") and not any(word.encode() in data for data in site.values())
    ]
    assert lost == []
    assert len({url.casefold() for url in site}) == len(site), "two files would be one on a case-insensitive disk"
    assert not [url for url in site if unquote(url) != url or max(len(part.encode()) for part in url.split("/")) > 250]
