"""Simple inline text, taken apart without the parser, is what the parser makes of it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.config import Syntax
from vaultkit.parse.draft import Draft
from vaultkit.parse.inline import write_inline, write_parsed
from vaultkit.parse.markdown import parser
from vaultkit.parse.simple import pieces_of

FRAGMENTS = [
    "word", "a", "1", " ", "  ", "\u00a0", ".", ",", ":", "(", ")", "!", "?", "—", "é", "\u200b", "'", '"', ">", "|", "/",
    "*", "**", "***", "_", "~", "~~", "=", "==", "%", "%%", "$", "$$", "$5", "$x$", "#", "#1", "#tag", "#1a", "&", "&amp;",
    "&amp", "`", "\\", "<", "<b>", "^", "[", "]", "[[", "]]", "[[A]]", "[[A|b]]", "[[A#h|**b** `c`]]", "[[ ]]", "[[|b]]",
    "![[A]]", "[x](A.md)", "https://a.b", "://", "\n", "$5M and $6M", "**bold**", "*it*", "** no **",
]  # fmt: skip


def written(content: str, syntax: Syntax, write: Any) -> tuple[Any, ...]:
    draft = Draft("A.md", content.split("\n"), syntax, parser(syntax), "", plain=False)
    write(draft, content, 1)
    parts = [
        "".join(run) if is_text else list(run)
        for is_text, run in groupby(draft.parts, lambda part: isinstance(part, str))
    ]
    return (
        [part for part in parts if part],
        "".join(draft.text),
        draft.length,
        draft.refs,
        draft.tags,
        draft.maths,
        draft.footnotes,
        draft.problems,
    )


@pytest.mark.parametrize("reading", ["forgiving", "strict"])
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join))
def test_any_text(reading: Any, content: str) -> None:
    syntax = Syntax(reading=reading)
    assert written(content, syntax, write_inline) == written(content, syntax, write_parsed)


@pytest.mark.parametrize(
    ("content", "is_simple"),
    [
        ("**Led** by [[Acme|the firm]] at $5B, *about* 3% of R&D", True),
        ("price from $5 to $6 and $7", True),
        ("no. #1, ~12 = 3", True),
        ("**[[Acme]]** did it", True),
        ("$x$", False),
        ("a**b**", False),
        ("**a", False),
        ("a #tag", False),
        ("a [b] c", False),
        ("`code`", False),
        ("![[Acme]]", False),
    ],
)
def test_what_is_simple(content: str, is_simple: bool) -> None:
    assert (pieces_of(content, money=True) is not None) is is_simple
