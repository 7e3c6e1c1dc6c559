"""The Markdown parser: as fast as it is made, its tokens are those of stock markdown-it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from vaultkit.config import Syntax
from vaultkit.model import Document, Source, VaultPath
from vaultkit.parse import note
from vaultkit.parse.markdown import assembled, parser
from vaultkit.parse.note import commonmark
from vaultkit.parse.syntax.table import RawTable

VAULT = Path(__file__).parents[1] / "vault"
FRAGMENTS = [
    *"\n \t*_`~[]()!<>#$%^&|-+:=\\'\"1.)a",
    "\n\n", "\n> ", "\n- ", "\n1. ", "\n\t", "    ", "**", "==", "~~", "%%", "$$", "[[", "]]", "![[", "```\n", "---\n",
    "[^1]", "\n[^1]: ", "^[", " ^id", "\n^id\n", "- [ ] ", "- [x] ", "> [!note]- ", "| a | b |\n|---|:-:|\n", "| c | d |\n",
    "\n# ab c\n", "\n###### #a b#\n", "\n---\n", "\n--- \n", "\n- ---\n", "\n- 2027: x\n", "- 12. y\n", "\n* *a* b\n", "$5 ", "\n#1 ", "[a b](c) ", "_a_ ",
    "\n[[a]] b", "\n**b** c", "\n* ", "\n+ x\n", "\n- a\n- b c\n", "- [[a]] b\n- **c**\n\n", "\n* a\n* b", "- --|-\n", "https://a.b/c", "<br>", "<div>\n", "</div>", "<!--", "-->", "&amp;", "#tag", "word ", "Ünï ", "\n[r]: /u 't'\n", "[r]",
]  # fmt: skip


def tokens(md: MarkdownIt, text: str) -> list[Any]:
    """Blocks and what is in them, as plain data."""
    env: dict[str, Any] = {}
    blocks: list[Token] = []
    md.block.parse(text, md, env, blocks)
    told = []
    for block in chain.from_iterable(map(spelled_out, blocks)):
        inner: list[Token] = []
        if block.type == "inline":
            md.inline.parse(block.content, md, env, inner)
        told.append((plain(block), [plain(token) for token in inner]))
    return told


def spelled_out(token: Token) -> list[Token]:
    """The stock rules' tokens, of which one of ours may stand for several."""
    first, end = token.map or (0, 0)
    match token.type:
        case "plain_paragraph":
            return around("paragraph", token.tag, text(token.content, first, 0), first, 0)
        case "plain_heading":
            return around("heading", token.tag, text(token.content, first, 0), first, 0)
        case "plain_list":
            items = token.meta["items"]
            inner = [
                each
                for number, content in enumerate(items)
                for each in around(
                    "list_item", "li",
                    around("paragraph", "p", text(content, first + number, 2), first + number, 2, hidden=True),
                    first + number, 1, end=end if number == len(items) - 1 else first + number + 1,
                )
            ]  # fmt: skip
            return around("bullet_list", "ul", inner, first, 0, end=end)
        case _:
            return [token]


def around(
    name: str, tag: str, inner: list[Token], first: int, level: int, *, end: int = 0, hidden: bool = False
) -> list[Token]:  # fmt: skip
    opening = Token(f"{name}_open", tag, 1, level=level, map=[first, end or first + 1], hidden=hidden)
    return [opening, *inner, Token(f"{name}_close", tag, -1, level=level, hidden=hidden)]


def text(content: str, line: int, level: int) -> list[Token]:
    return [Token("inline", "", 0, level=level + 1, map=[line, line + 1], content=content, children=[])]


def plain(token: Token) -> tuple[Any, ...]:
    return (
        token.type,
        token.tag,
        token.nesting,
        token.content,
        token.attrs,
        token.map,
        token.level,
        token.meta,
        token.hidden,
    )


def check(text: str) -> None:
    for syntax in (Syntax(), Syntax(reading="strict")):
        assert tokens(parser(syntax), text) == tokens(assembled(syntax), text)


def document_by(
    make: Callable[[Syntax], MarkdownIt], text: str, syntax: Syntax, monkeypatch: pytest.MonkeyPatch
) -> Document:
    monkeypatch.setattr(note, "parser", make)
    data = text.encode()
    return note.parse(Source(VaultPath("A.md"), "note", "", len(data), data=data), syntax)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tuning_changes_nothing_of_what_is_read_from_any_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for syntax in (Syntax(), Syntax(reading="strict")):
        assert document_by(parser, text, syntax, monkeypatch) == document_by(assembled, text, syntax, monkeypatch)


@pytest.mark.parametrize("path", sorted(VAULT.rglob("*.md")), ids=lambda path: path.stem)
def test_tuning_changes_no_token_of_the_sample_vault(path: Path) -> None:
    check(path.read_text(encoding="utf-8"))


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_tuning_changes_no_token_of_any_text(text: str) -> None:
    check(text)


def stock_cells(text: str) -> list[list[str]] | None:
    """The rows of the first table as stock markdown-it cuts them."""
    md = MarkdownIt("commonmark").enable("table")
    rows: list[list[str]] = []
    for token in md.parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(token.content)
        elif token.type == "table_close":
            return rows
    return None


def own_cells(text: str) -> list[list[str]] | None:
    blocks: list[Token] = []
    md = parser(Syntax(reading="strict"))
    md.block.parse(text, md, {}, blocks)
    for token in blocks:
        if token.type == "table":
            table: RawTable = token.meta["table"]
            return [table.header, *table.rows]
    return None


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "a | b\n-|-\n1 | 2\n\nafter",
        "| a |\n| - |\n| 1 | 2 | 3 |\n",
        "| a | b |\n| - | :-: |\n| 1 |\n",
        "| a \\| b | c |\n|--|--|\n| `x \\| y` | z |\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n> quote\n",
        "| a | b |\n|---|---|\n- item\n",
        "|a|b|\n|---|\n",
        "| a | b |\n| --- | --- |\n",
        "text\n| a | b |\n| --- | --- |\n| 1 | 2 |\n",
        "> | a | b |\n> | --- | --- |\n> | 1 | 2 |\nlazy\n",
        "| a |  | c |\n|---|---|---|\n|  | 2 | |\n",
        "||\n|-|\n",
        "| \\\\| b |\n|---|---|\n| x\\\\|y |\n",
    ],
)
def test_tables_are_cut_as_by_the_stock_rule(text: str) -> None:
    assert own_cells(text) == stock_cells(text)


@given(
    st.lists(
        st.sampled_from(["|", " ", "a", "\\", "\\|", "`", "-", ":", "\n", "| a | b |\n|---|---|\n", "b|c\n-|-\n"])
    ).map("".join)
)
def test_any_table_is_cut_as_by_the_stock_rule(text: str) -> None:
    assert own_cells(text) == stock_cells(text)


def test_commonmark_has_none_of_the_extensions() -> None:
    assert commonmark("[[A]] ==b== #c $d$ %%e%%\n") == "<p>[[A]] ==b== #c $d$ %%e%%</p>\n"
