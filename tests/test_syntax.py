"""How notes are read, rule by rule: where two rules meet, or a text is all but what a rule asks for."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from vaultkit.config import Syntax
from vaultkit.model import Document, Source, VaultPath
from vaultkit.parse.note import parse

Facts = dict[str, list[str]]


def read(text: str, reading: Literal["strict", "forgiving"]) -> Document:
    return parse(Source(VaultPath("A.md"), "note", "", len(text), "", text.encode()), Syntax(reading=reading))


def facts(document: Document, wanted: Facts) -> dict[str, Any]:
    """What was read, of the kinds that are asked for."""
    told = {
        "links": [ref.written for ref in document.refs],
        "labels": [ref.label for ref in document.refs],
        "tags": [tag.name for tag in document.tags],
        "inline": [math.tex for math in document.structure.maths if not math.display],
        "display": [math.tex for math in document.structure.maths if math.display],
        "blocks": [block.id for block in document.blocks],
        "external": [
            part.partition('href="')[2].partition('"')[0]
            for part in "".join(part if isinstance(part, str) else "" for part in document.body).split("<a ")
            if "external-link" in part
        ],
    }
    return {kind: told[kind] for kind in wanted}


CASES: list[tuple[str, str, Facts]] = [
    ("L-4", "[[[Note]]]", {"links": ["Note"]}),
    ("L-4", "[[[Note]]", {"links": ["Note"]}),
    ("L-4", "[[[[Note]]]]", {"links": ["Note"]}),
    ("L-4", "[[a [[b]] c]]", {"links": ["b"]}),
    ("L-3", "[[a[b]] [[c]d]]", {"links": ["a[b", "c]d"]}),
    ("L-9", "[[#]]", {"labels": ["#"]}),
    ("L-17", "HTTPS://A.B/c and Http://d.e", {"external": ["HTTPS://A.B/c", "Http://d.e"]}),
    ("L-17", "xhttps://a.b", {"external": []}),
    ("M-17", "%% [[Note]] #t %%", {"links": ["Note"], "tags": ["t"]}),
    ("M-17", "%% [a](Note.md) %%\nb", {"links": ["Note.md"]}),
    ("M-17", "%%\n[[Note]] #t\n%%", {"links": [], "tags": ["t"]}),
    ("M-30", "$$a $ b$$", {"display": ["a $ b"], "inline": []}),
    ("M-30", "x $$a $ b$$ y", {"display": ["a $ b"], "inline": []}),
    ("M-30", "x $$a$$ y $b$ $$c$$", {"display": ["a", "c"], "inline": ["b"]}),
    ("M-30", "x $$a $ b", {"display": [], "inline": []}),
    ("M-30", "$$$ and $", {"display": [], "inline": []}),
    ("M-42", "[[Note#[^1]]] and [[b#[^x] y]]", {"links": ["Note#[^1]", "b#[^x] y"]}),
    ("T-3", "_#x_", {"tags": ["x"]}),
    ("T-3", "__#x__ _a #y_b_ #z_", {"tags": ["x", "y_b", "z_"]}),
    ("T-3", "snake_case_#x_", {"tags": ["x_"]}),
    ("T-9", "[[Note|a #x]] [b #y](Note.md)", {"tags": ["y"], "labels": ["a #x", "b #y"]}),
]  # fmt: skip


@pytest.mark.parametrize("reading", ["strict", "forgiving"])
@pytest.mark.parametrize(("rule", "text", "wanted"), CASES)
def test_a_note_is_read_by_the_rules(
    rule: str, text: str, wanted: Facts, reading: Literal["strict", "forgiving"]
) -> None:
    assert facts(read(f"First.\n\n{text}\n", reading), wanted) == wanted, rule


STRICT: list[tuple[str, str, Facts]] = [
    ("H-12", "> a ^x\n>\n> - b ^y\n\n^z", {"blocks": ["z"]}),
    ("H-12", "> [!note] a\n> b ^x\n^z", {"blocks": ["z"]}),
]


@pytest.mark.parametrize(("rule", "text", "wanted"), STRICT)
def test_what_obsidian_gives_up_is_read_by_the_forgiving(rule: str, text: str, wanted: Facts) -> None:
    assert facts(read(text, "strict"), wanted) == wanted, rule
    assert facts(read(text, "forgiving"), wanted) != wanted, rule
