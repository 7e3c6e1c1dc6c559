"""Which notes a query finds, and in which order; and that the command line finds what the site's script finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaults import write

from vaultkit.search.answers import Answer, answer
from vaultkit.search.kept import Index
from vaultkit.search.ranking import is_near, longest_run, ordered, postings
from vaultkit.vault import Vault

NOTES = """
-- Actors/DeepSeek.md --
---
aliases: [幻方, Deep Seek AI, 0700]
tags: [ai, china/labs]
---
A lab in Hangzhou that trains models. Its rival is [[OpenAI]].

## Export controls
The export controls of chips bind it. Its reasoning shows the chain of thought.

## Investors
- [[High-Flyer]] (investor)
-- Actors/OpenAI.md --
---
tags: [ai]
---
Makes models. It says that the chain was hidden, and of thought there is little.
-- Actors/OpenAI Foundation.md --
Owns a part of [[OpenAI]].
-- Actors/High-Flyer.md --
A fund of quantitative trading.
-- Actors/Renaissance Capital.md --
A fund, too.
-- Actors/Loreal.md --
---
aliases: ["L'Oréal"]
---
Cosmetics, and a chain of shops.
-- Concepts/Distillation.md --
A small model learns from a large one: [[DeepSeek]] did it, and [[Mistral|somebody]]. [[Wanted thing]].
-- Concepts/Chain-of-thought.md --
Models think in words. They do so at length.
-- Concepts/Odd.md --
<script>alert(1)</script> and a | b | c

| Metric | Value |
| --- | --- |
| Sales | 9-10B |
-- Empty.md --
-- Hidden.md --
---
publish: false
aliases: [Zebra crossing]
---
zebra quagga
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("search")
    root = write(folder / "vault", NOTES)
    with Vault.open(root, cache_dir=folder / "cache", jobs=1) as vault:
        return vault._questions._computed("search")


@pytest.fixture
def check(index):
    """Ask, and compare the first results, by the names of their files."""

    def ask(query: str, *expected: str) -> Answer:
        found = answer(index, query)
        paths = [hit.path.rpartition("/")[2].removesuffix(".md") for hit in found.hits]
        assert paths[: len(expected)] == list(expected)
        return found

    return ask


def only(found: Answer) -> None:
    assert found.n_found == 1


def test_the_note_that_is_called_so_comes_first(check):
    check("openai", "OpenAI", "OpenAI Foundation")
    check("deep seek ai", "DeepSeek")
    check("chain of thought", "Chain-of-thought")
    check("l'oreal", "Loreal")
    check("LORÉAL", "Loreal")
    check("0700", "DeepSeek")


def test_names_of_any_script(check):
    check("幻方", "DeepSeek")
    check("幻", "DeepSeek")


def test_as_one_types(check):
    check("deeps", "DeepSeek")
    check("renaissance c", "Renaissance Capital")
    check("openai f", "OpenAI Foundation")


def test_a_slip_of_the_finger(check):
    found = check("deepsek", "DeepSeek")
    assert found.corrections == (("deepsek", "deepseek"),)
    check("retnaissance capital", "Renaissance Capital")
    check("distilaltion", "Distillation")
    # A word that notes have, where no note has all of them.
    check("hgih-flyer", "High-Flyer")


def test_plurals_are_one_word(check):
    check("lab", "DeepSeek")
    check("reasonings", "DeepSeek")


def test_words_side_by_side_count_more(check):
    check("the chain of thought reasoning", "DeepSeek")


def test_phrases(check):
    found = check('"chain of thought"', "Chain-of-thought", "DeepSeek")
    assert found.n_found == 2
    only(check('"export controls of chips"', "DeepSeek"))
    assert check('"of thought chain"').n_found == 0
    # Of words alone that stand in nearly every text, the texts decide.
    only(check('"there is little"', "OpenAI"))


def test_what_is_to_be_away(check):
    only(check("fund -quantitative", "Renaissance Capital"))
    assert "DeepSeek" not in {hit.title for hit in check('models -"chain of thought"').hits}
    assert check("-fund").messages == ("There is nothing to search for: name a word, or what the notes shall be.",)


def test_filters(check):
    only(check("tag:china", "DeepSeek"))
    only(check("tag:#china/labs models", "DeepSeek"))
    assert check("tag:ai").n_found == 2
    assert check("folder:concepts").n_found == 3
    only(check("folder:concepts chain", "Chain-of-thought"))
    only(check("tag:ai -folder:concepts hangzhou", "DeepSeek"))
    assert check("tag:chin models").n_found == 0
    only(check("rel:investor", "DeepSeek"))
    assert check('type:"no such" models').n_found == 0


def test_notes_that_are_linked_either_way(check):
    assert {hit.title for hit in check("linked:DeepSeek").hits} == {"OpenAI", "High-Flyer", "Distillation"}
    only(check("linked:deepseek distillation", "Distillation"))
    assert {hit.title for hit in check('linked:OpenAI -linked:"High-Flyer"').hits} == {"OpenAI Foundation"}
    only(check('linked:"wanted thing"', "Distillation"))
    # What stands behind a label alone isn't told; nor is what there is none of.
    for name in ("Mistral", "Hidden", "Nobody"):
        assert check(f"linked:{name}").messages == (f"No note is called “{name}”, and none links to such a name.",)


@pytest.mark.parametrize("query", ["zebra", "quagga", "zebra crossing", '"zebra quagga"', "zebr", "quagag"])
def test_what_is_private_is_never_found(index, query):
    found = answer(index, query)
    assert found.hits == ()
    assert found.corrections == ()


def test_an_excerpt_tells_where_and_marks_what(check):
    hit = check("export controls", "DeepSeek").hits[0]
    text = hit.excerpt.text
    assert (hit.excerpt.heading, hit.excerpt.anchor) == ("Export controls", "export-controls")
    assert [text[start:end] for start, end in hit.excerpt.marks] == ["export", "controls"]
    assert check("deep seek ai").hits[0].alias == "Deep Seek AI"
    assert check("deepseek").hits[0].alias == ""


def test_text_is_text(check):
    assert check("alert").n_found == 0, "what is between script tags is no text"
    found = check("9-10B sales", "Odd").hits[0]
    assert "9-10B" in found.excerpt.text


@pytest.mark.parametrize(
    "query", ["", " ", "!!!", '"', "-", "type:", "a" * 10_000, "a " * 5_000, "__proto__", "\0", "the"]
)
def test_bad_input_is_answered(index, query):
    found = answer(index, query)
    assert found.hits or found.messages or found.n_found == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["deepseek", "chain", "of", '"', "-", "tag:", "ai", "linked:", "OpenAI", "幻", "x" * 50, "é"])
    )
)
def test_any_query_is_answered(index, pieces):
    found = answer(index, " ".join(pieces))
    assert len(found.hits) <= 10
    assert all(hit.path != "Hidden.md" for hit in found.hits)
    for hit in found.hits:
        ends = [end for mark in hit.excerpt.marks for end in mark]
        assert ends == sorted(ends)
        assert not ends or (ends[0] >= 0 and ends[-1] <= len(hit.excerpt.text))


def test_an_empty_vault(tmp_path: Path):
    root = write(tmp_path / "vault", {})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        assert vault.search("anything").hits == ()
        assert vault.search("tag:x").hits == ()


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("axceils", "axcelis", True), ("abc", "abc", True), ("abc", "abd", True), ("abc", "ab", True),
        ("abc", "xabc", True), ("abc", "cba", False), ("abcd", "badc", False), ("a", "abc", False), ("", "a", True),
    ],
)  # fmt: skip
def test_one_letter_off(one, other, near):
    assert is_near(one, other) is near
    assert is_near(other, one) is near


def test_lists_are_read():
    assert list(postings("3AB1P")) == [(3, "A"), (4, "B"), (6, "P")]
    assert list(postings("")) == []


def test_the_longest_run_begins_with_the_first_word():
    assert longest_run(("a", "b", "c"), "x a b a b c".split()) == 3
    assert longest_run(("a", "b"), "b b".split()) == 0


def test_what_differs_by_less_than_logarithms_do_is_equal():
    assert ordered([(7, 1.0), (3, 1.0 + 1e-12), (5, 2.0)]) == [(5, 2.0), (3, 1.0 + 1e-12), (7, 1.0)]
