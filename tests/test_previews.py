"""Previews of notes as rows: what they tell, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import vaults

from vaultkit.site import previews
from vaultkit.vault import Vault

LONG = "A sentence that is as long as it takes, with words and words. " * 8


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Short. Two of them.", "Short. Two of them."),
        (LONG, LONG[: 62 * 4 - 1]),
        ("word " * 100, ("word " * 52).strip() + " …"),
        ("語。" * 200, "語。" * 130),
        ("No. " + "word " * 100, "No. " + ("word " * 51).strip() + " …"),
    ],
)
def test_a_text_ends_with_a_sentence_where_one_ends(text: str, shown: str) -> None:
    assert previews.sentences(text) == shown


def told(site: dict[str, bytes], name: str) -> list[object]:
    script = site[f"previews/{name}.js"].decode()
    assert script.startswith("vkPreview(")
    assert script.endswith(");\n")
    found = json.loads(script[len("vkPreview(") : -len(");\n")])
    assert isinstance(found, list)
    return found


def test_a_preview_tells_title_type_lead_facts_and_the_sections_that_are_linked_to(tmp_path: Path) -> None:
    table = "| Key | Value |\n|---|---|\n| Weather | [[T1]] of old |\n| Empty | |\n| Age | 7 |\n"
    files = {f"Things/T{n}.md": f"Thing {n}." for n in range(5)} | {
        "Things/T0.md": f"---\ncolor: red\nsize: big\nform: round\n---\nIt is there.\n\n{table}\n## One\n\nFirst.\n\n| Key | Value |\n|---|---|\n| Rate | 25% |\n| Share | 7% |\n\n## Two\n\n- Second\n- third ^last\n\n```\ncode ^no\n```\n",
        "A.md": "[[T0#Two]] [[T0#^last]] [[T0]]\n",
        "B.md": "---\ndescription: In short.\n---\nAt length.\n",
        "A picture.png": None,
    }  # fmt: skip
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert told(site, "Things/T0") == [
        "T0", "Thing", "t-things", "It is there.",
        [["Weather", "T1 of old"], ["Age", "7"], ["Color", "red"], ["Size", "big"]],
        [["two", "Two", "Second"], ["^last", "", "third"]],
        0, "", [],
    ]  # fmt: skip
    assert told(site, "B")[:5] == ["B", "", "", "In short.", []]
    assert len([url for url in site if url.startswith("previews/")]) == 7


def test_an_edit_makes_only_the_previews_of_what_it_touches(tmp_path: Path) -> None:
    files = {"A.md": "Says [[B]] and [[Gone]] here.\n", "B.md": "b\n", "C.md": "[[B]]\n"}
    vault = Vault.open(vaults.write(tmp_path / "vault", files), cache_dir=tmp_path / "cache", jobs=1)
    vault.build(tmp_path / "site")
    vaults.write(tmp_path / "vault", {"B.md": "Other words.\n"})
    report = vault.build(tmp_path / "site")
    assert [url for url in report.written if url.startswith("previews/")] == ["previews/B.js"]
    assert report.computed["previews"] == 1
    assert report.computed.get("wanted_previews", 0) == 0
