"""Addresses: every name gets one that every file system and host takes."""

from __future__ import annotations

import pytest

from vaultkit.model import VaultPath
from vaultkit.urls import href, natural_url, permalink_url, place, slug, tag_url


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Model distillation", "Model-distillation"),
        ("What is R&D? (2025)", "What-is-R-D-(2025)"),
        ("CON", "CON_"),
        ("com9.tar", "com9_.tar"),
        ("Falcon", "Falcon"),
        ("...", "_"),
        ("日本語", "日本語"),
        ("a\u202eb", "a-b"),
    ],
)
def test_a_segment_is_safe_everywhere(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    first, second = slug("x" * 300 + "1"), slug("x" * 300 + "2")
    assert first != second
    assert len(first.encode()) <= 120


def test_folders_of_the_vault_stay_out_of_the_way_of_generated_ones() -> None:
    assert natural_url(VaultPath("tags/A.md"), "note") == "tags_/A.html"
    assert natural_url(VaultPath("404.md"), "note") == "404_.html"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("A.html/B.md", "A.html_/B.html"),
        ("index.html/B.md", "index.html_/B.html"),
        ("v1.2/1. Plans/B.md", "v1.2/1.-Plans/B.html"),
        ("p.png/q.png", "p.png_/q.png"),
        ("p.png_", "p.png"),
        ("LICENSE", "LICENSE.file"),
        ("notes.2", "notes.2.file"),
    ],
)
def test_no_folder_is_called_as_a_file_can_be(path: str, expected: str) -> None:
    assert natural_url(VaultPath(path), "note" if path.endswith(".md") else "attachment") == expected


def test_no_folder_of_tags_or_permalinks_is_called_as_a_page() -> None:
    assert permalink_url("A.html/x") == "A.html_/x.html"
    assert not tag_url("a.html/b").startswith("tags/a.html/")


def test_the_tag_index_leaves_the_overview_of_tags_alone() -> None:
    assert tag_url("index") != "tags/index.html"
    assert tag_url("index/a") == "tags/index/a.html"


@pytest.mark.parametrize(("one", "other"), [("index", "index_"), ("con", "con_"), ("a/con", "a/con_"), ("a", "a/b")])
def test_no_two_tags_share_a_page(one: str, other: str) -> None:
    assert tag_url(one) != tag_url(other)


def test_a_permalink_leads_nowhere_outside() -> None:
    assert permalink_url("../x") is None
    assert permalink_url("https://a.b") is None
    assert permalink_url("/x/y/") == "x/y.html"


def test_hrefs_are_escaped_and_places_know_no_case() -> None:
    assert href("../", "Ä b.html", "^x") == "../%C3%84%20b.html#%5Ex"
    assert place("Ä.html") == place("ä.html")
