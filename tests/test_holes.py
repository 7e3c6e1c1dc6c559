"""Embeds in a page, and what comments hide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vaultkit.vault import Vault

MakeVault = Callable[..., Path]


@pytest.fixture
def opened(make_vault: MakeVault, tmp_path: Path) -> Callable[..., Vault]:
    return lambda files: Vault.open(make_vault(files), cache_dir=tmp_path / "cache", jobs=1)


def test_an_embed_can_link_back_to_a_heading_of_the_page(opened: Callable[..., Vault]) -> None:
    html = opened({"A.md": "# One\n\n![[B]]\n", "B.md": "See [[A#One]].\n"}).html("A.md")
    assert 'href="#one">A &gt; One</a>' in html


def test_ids_of_an_embed_do_not_meet_those_of_the_page(opened: Callable[..., Vault]) -> None:
    html = opened({"A.md": "# One\n\nx[^1]\n\n![[B]]\n\n[^1]: n\n", "B.md": "# One\n\ny[^1]\n\n[^1]: m\n"}).html("A.md")
    assert 'id="e1-one"' in html
    assert 'href="#e1-fn-1"' in html
    assert html.count(' id="one"') == html.count(' id="fn-1"') == 1


def test_footnotes_of_an_embedded_section_are_where_the_section_is(opened: Callable[..., Vault]) -> None:
    html = opened({"A.md": "![[B#One]]\n", "B.md": "# One\n\ny[^1]\n\n# Two\n\n[^1]: m\n"}).html("A.md")
    assert 'href="B.html#fn-1"' in html


def test_an_embed_by_the_alias_of_two_notes_links_to_the_choice(opened: Callable[..., Vault]) -> None:
    claims = "---\naliases: [AI]\n---\n"
    html = opened({"A.md": "![[AI]]\n", "B.md": claims, "C.md": claims}).html("A.md")
    assert ">AI</a>" in html


def test_links_in_a_comment_are_indexed_and_not_shown(opened: Callable[..., Vault]) -> None:
    vault = opened(
        {"A.md": "x %% [t](B.md) ![](p.png) [[C]] [w](https://a.b) %% y\n", "B.md": "b", "C.md": "c", "p.png": None}
    )
    facts = vault.inspect("A.md")
    assert facts["resolved_links"] == {"B.md": 1, "p.png": 1, "C.md": 1}
    assert "href" not in vault.html("A.md")
    assert vault.backlinks("B.md") == ()


def test_text_between_two_comments_is_shown(opened: Callable[..., Vault]) -> None:
    html = opened({"A.md": "<!-- a --> visible <!-- b -->\n\n<!-- c -->\n"}).html("A.md")
    assert "visible" in html
    assert "<!--" not in html
