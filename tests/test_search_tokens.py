"""What is a word: folding, cutting, plurals, names as keys, and the quick way of counting."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.search.tokens import MAX_NAME, MAX_WORD, STOP, counted, fold, name_key, runs, stem, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("NVIDIA", "nvidia"),
        ("L'Oréal", "l'oreal"),
        ("L’Oréal", "l'oreal"),
        ("Straße ẞ", "strasse ss"),
        ("ΟΔΟΣ Σς", "οδοσ σσ"),
        ("İstanbul ı", "istanbul ı"),
        ("ﬁne ½ 𝒜", "fine 1⁄2 a"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("한글", "한글"),
        ("Å Å", "a a"),
        ("ᾳ Ꭰꭰ", "α ꭰꭰ"),
        ("", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Graph theory, and its edges.", ["graph", "theory", "and", "its", "edge"]),
        ("AT&T, S&P 500: 9-10B", ["at", "t", "s", "p", "500", "9", "10b"]),
        ("rock'n'roll 'quoted' o'", ["rockn", "roll", "quoted", "o"]),
        ("snake_case C++ v1.2", ["snake", "case", "c", "v1", "2"]),
        ("幻方量化", ["幻方", "方量", "量化"]),
        ("武", ["武"]),
        ("DeepSeek深度求索v3", ["deepseek", "深度", "度求", "求索", "v3"]),
        ("Müller’s Bücher", ["muller", "bucher"]),
        ("!?… — “” \u200b", []),
        ("", []),
        ("שלום עולם", ["שלום", "עולם"]),
        ("\ud800a", ["a"]),
    ],
)
def test_words_of_a_text(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("run", "word"),
    [
        ("companies", "company"), ("ties", "tie"), ("chips", "chip"), ("gas", "gas"), ("glass", "glass"),
        ("virus", "virus"), ("basis", "basis"), ("moody's", "moody"), ("moodys", "moody"), ("o'brien", "obrien"), ("s", "s"),
    ],
)  # fmt: skip
def test_plurals_and_possessives(run, word):
    assert stem(run) == word


def test_a_word_of_a_megabyte_is_cut():
    assert words("x" * 1_000_000) == ["x" * MAX_WORD]
    assert counted("é" * 1_000_000) == {"e" * MAX_WORD: 1}


def test_stop_words_are_words():
    assert len(STOP) == 30
    assert all(words(word) == [word] for word in STOP)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The  Information", "the information"),
        ("S&P 500", "s p 500"),
        ("梁文锋 (Liang)", "梁文锋 liang"),
        ("Companies", "company"),
        ("???", ""),
        ("a " * 100, ("a " * 100)[:MAX_NAME]),
    ],
)
def test_names_as_keys(name, key):
    assert name_key(name) == key


@given(
    st.text(st.one_of(st.sampled_from("aAsS'’ -_.\t\n09éß幻方ガ゛ςΣ\u0301\u0338\u00a0\u2014\u2071"), st.characters()))
)
def test_words_are_counted_as_they_are_read(text):
    assert counted(text) == Counter(words(text))


@given(st.text())
def test_runs_are_folded_already(text):
    assert all(fold(run) == run for run in runs(text))
