"""What a query asks for: any text is one, and none is a mistake."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultkit.search.query import MAX_WORDS, Query, read_query


def told(query: Query) -> str:
    """A query in a line: words (a star for those that may go on), then phrases, filters, what is to be away."""
    parts = [word.key + "*" * word.is_begun for word in query.words]
    parts += [f'"{" ".join(phrase)}"' for phrase in query.phrases]
    parts += [
        "-" * each.is_without + each.operator + "=" + (each.value if each.operator == "linked" else each.key)
        for each in query.filters
    ]
    parts += [f"-{word}" for word in query.without_words]
    parts += [f'-"{" ".join(phrase)}"' for phrase in query.without_phrases]
    return " ".join(parts)


def check(text: str, expected: str) -> None:
    assert told(read_query(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DeepSeek", "deepseek*"),
        ("Companies' chips", "company chip*"),
        ("the", "the"),
        ("thrive c", "thrive c"),
        ("Loréal ﬁnance", "loreal finance*"),
        ("幻方", "幻方"),
        ("武", "武*"),
        ("at&t s&p 500", "at t s p 500*"),
    ],
)
def test_words(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"chain of thought"', 'chain of thought "chain of thought"'),
        ('"one"', "one"),
        ('deepseek "export controls"', 'deepseek export control "export control"'),
        ('"export controls" deepseek', 'export control deepseek* "export control"'),
        ('"export controls', 'export control "export control"'),
        ('""', ""),
        ('"""', ""),
    ],
)
def test_phrases(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chips -export", "chip* -export"),
        ("-chips", "-chip"),
        ('-"export controls"', '-"export control"'),
        ('-"chips"', "-chip"),
        ("--chips", "-chip"),
        ("-", ""),
        ("state-of-the-art", "state of the art*"),
    ],
)
def test_what_is_to_be_away(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type:Actor x", "x type=@actor"),
        ("TYPE:Actor", "type=@actor"),
        ("tag:#AI/Chips", "tag=#ai/chips"),
        ("folder:/Actors/Labs/", "folder=/actors/labs"),
        ('rel:"Board member"', "rel=~board member"),
        ("-type:Actor x", "x -type=@actor"),
        ("linked:DeepSeek", "linked=DeepSeek"),
        # Nothing follows, or nothing that could be meant: a word like any other.
        ("type:", "type*"),
        ("type: actor", "type actor*"),
        ('tag:"#"', "tag"),
        ("tag:#", "tag*"),
        # Operators that there are none of.
        ("site:x", "site x"),
        ("__proto__:constructor", "proto constructor*"),
        ("__proto__", "proto*"),
    ],
)
def test_filters(text, expected):
    check(text, expected)


def test_too_much_is_cut_and_said():
    long = read_query("word " * 3000)
    assert len(long.words) == MAX_WORDS
    assert [message.split()[4] for message in long.messages] == ["characters", "words"]
    assert read_query("x" * 10_000).words[0].key == "x" * 40
    assert read_query("fits").messages == ()


def test_the_name_is_all_that_is_asked_in_order():
    assert read_query('deepseek "R1 models" type:Product -cheap').name == "deepseek r1 model"


@given(st.text(max_size=500))
@example('"' * 500)
@example("-" * 500)
@example("type:" * 100)
@example("\ud800")
@example("ſIlinKed:K")
def test_any_text_is_a_query(text):
    query = read_query(text)
    assert len(query.words) <= MAX_WORDS
    assert all(word.key and not set(word.key) & set(' "\t\n') for word in query.words)
    told(query)


PIECES = ['"', "-", "type:", "linked:", "tag:#", "folder:/", "rel:", "a", "the", "幻方", " ", "  ", "'", "é", "İ", "ß"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_mixture_of_signs_is_a_query(text):
    query = read_query(text)
    assert all(each.value.strip() for each in query.filters)
    assert all(len(phrase) > 1 for phrase in (*query.phrases, *query.without_phrases))
