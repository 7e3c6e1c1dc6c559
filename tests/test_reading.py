"""How notes are read, rule by rule: what the conformance suite leaves open, in both readings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vaults
from lxml import html as lxml_html

from vaultkit import config
from vaultkit.vault import Vault

VAULT = """\
-- Note.md --
# Note

## Sec

Body of sec. ^blk

## After

End.
-- img.png --
-- clip.mp4 --
-- Board.canvas --
{"nodes": [{"id": "a", "type": "text", "text": "On a *card*."}]}
"""

Facts = Callable[[str], dict[str, Any]]


@pytest.fixture
def strict(tmp_path: Path) -> Facts:
    return _reader(tmp_path, "strict")


@pytest.fixture
def forgiving(tmp_path: Path) -> Facts:
    return _reader(tmp_path, "forgiving")


def _reader(folder: Path, reading: str) -> Facts:
    def facts(text: str) -> dict[str, Any]:
        """What is read from a note that stands in the vault; its body under `html`, its problems by name."""
        root = vaults.write(folder / "vault", {**vaults.parse(VAULT), "case.md": text})
        loaded = config.load(root, overrides={"syntax.reading": reading})
        vault = Vault.open(root, config=loaded.config, cache_dir=folder / "cache", jobs=1)
        inspected = vault.inspect("case.md")
        return inspected | {
            "html": vault.html("case.md"),
            "problems": [found["name"] for found in inspected["problems"]],
        }

    return facts


def count(html: str, selector: str) -> int:
    return len(lxml_html.fromstring(f"<article>{html}</article>").cssselect(selector))


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("M-51", "- [ ] 1. a\n- b\n", {"list_items": 3, "tasks": [[" ", ""]]}),
        ("M-51", "- [ ] - [x] a\n", {"list_items": 2, "tasks": [[" ", ""], ["x", "a"]]}),
        ("M-41", "a[^1]\n\n[^1]: x\n[^2]: y[^3]\n[^3]: z[^1] [[Note]]\n", {"footnotes": 1, "body_links": ["Note"]}),
        ("M-41", "a\n\n[^1]: x^[y [[Note]]]\n", {"footnotes": 0, "body_links": ["Note"]}),
        ("M-51", "- [ ] # h\n", {"headings": [[1, "h"]]}),
    ],
)
def test_a_fact_in_strict_reading(rule: str, text: str, expected: dict[str, Any], strict: Facts) -> None:
    facts = strict(text)
    assert {key: facts[key] for key in expected} == expected, rule


@pytest.mark.parametrize(
    ("rule", "text", "selector"),
    [
        ("E-12", "![[Note#Sec|x]]\n", '.internal-embed.markdown-embed[data-src="Note#Sec"]'),
        ("E-9", "![[img.png#outline|100]]\n", 'img[src="img.png#outline"][width="100"]'),
        ("E-9", "![x](img.png#outline)\n", 'img[src="img.png#outline"]'),
        ("E-6", "![[clip.mp4#t=30,60]]\n", 'video[controls][src="clip.mp4#t=30,60"]'),
        ("E-3", "![a *b* `c` <b>|100](img.png)\n", 'img[alt="a b c <b>"][width="100"]'),
        ("E-7", "![](https://youtu.be/abc)\n", 'p > a.external-link[href="https://youtu.be/abc"]:not(:has(img))'),
        ("C-10", "> [!note] T\n> x\n", ".callout > div.callout-title > div.callout-icon + div.callout-title-inner"),
        ("C-10", "> [!note]- T\n> x\n", ".callout-title > .callout-icon + .callout-title-inner + .callout-fold"),
        (
            "M-14",
            '<iframe width=9 src="https://a.b/c?d&amp;e"></iframe>\n',
            'a.external-link[href="https://a.b/c?d&e"]',
        ),
        ("M-14", "<video controls><source src=https://a.b/c.mp4></video>\n", 'a[href="https://a.b/c.mp4"]'),
        ("M-14", '<div align="center">x</div>\n', 'div[align="center"]'),
        ("E-5", "![[Board.canvas]]\n", ".internal-embed.canvas-embed .canvas-card em"),
    ],
)
def test_an_element_of_the_body(rule: str, text: str, selector: str, strict: Facts) -> None:
    html = strict(text)["html"]
    assert count(html, selector) == 1, f"{rule}: {html}"


def test_the_address_before_a_permalink_leads_to_the_page(tmp_path: Path) -> None:
    """Rule P-2."""
    root = vaults.write(tmp_path / "vault", {"F/A.md": "---\npermalink: x/y\n---\na\n", "B.md": "b\n"})
    vaults.build(root, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert b"url=../x/y.html" in site["F/A.html"]
    assert b"twitter:description" in site["x/y.html"]


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ('image: "[[img.png]]"', "https://a.b/s/img.png"),
        ("cover: img.png", "https://a.b/s/img.png"),
        ("image: https://c.d/e.png", "https://c.d/e.png"),
        ("image: IMG.png", ""),
        ("image: hidden.png", ""),
        ("image: Note.md", ""),
    ],
)
def test_the_picture_for_link_previews(line: str, address: str, tmp_path: Path) -> None:
    """Rule P-5: a path is exact and must lead to a picture that is published."""
    root = vaults.write(tmp_path / "vault", VAULT + f"-- F/A.md --\n---\n{line}\n---\nx\n-- B.md --\n![[img.png]]\n")
    vaults.write(root, {"hidden.png": None, "vaultkit.toml": '[site]\nbase_url = "https://a.b/s/"\n'})
    vaults.build(root, tmp_path / "site")
    page = lxml_html.fromstring(vaults.tree(tmp_path / "site")["F/A.html"])
    assert page.xpath("string(//meta[@property='og:image']/@content)") == address
