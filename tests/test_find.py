"""Whether a name is taken: what counts as the same, what is shown as near, and with which reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaults import write

from vaultkit.model import VaultPath, WantedCard
from vaultkit.search.find import Finder, Names, letters_off, names, osa_distance
from vaultkit.search.names import as_called, core_words, legal_form, plain_words, squeezed
from vaultkit.vault import Vault


def finder(*notes: str, wanted: dict[str, int] | None = None) -> Finder:
    """A finder over notes, each written as its title and, after a bar, its aliases."""
    called = {}
    for note in notes:
        title, *aliases = [name.strip() for name in note.split("|")]
        path = VaultPath(f"{title}.md")
        called[path] = (as_called(title, "title"), *(as_called(alias, "alias") for alias in aliases))
    cards = {f"?{name.lower()}": WantedCard(name, "", n) for name, n in (wanted or {}).items()}
    return Finder(names(called, cards))


def check(asked: str, expected: str, *notes: str, wanted: dict[str, int] | None = None) -> None:
    """Ask for a name; the answer is its verdict and a line a candidate."""
    found = finder(*notes, wanted=wanted).find(asked)
    lines = ["taken" if found.is_taken else "free"]
    lines += [f"{each.path or '?' + each.name}: {each.reason}" for each in found.candidates]
    assert lines == [line.strip() for line in expected.strip().splitlines()]


@pytest.mark.parametrize(
    ("asked", "note", "reason"),
    [
        ("DeepSeek", "DeepSeek", "title of a note"),
        ("deepseek", "DeepSeek", "the same but for case"),
        ("L'Oreal", "L'Oréal", "the same but for accents"),
        ("L’Oreal", "L'Oréal", "the same but for accents"),
        ("Open AI", "OpenAI", "the same but for spaces or punctuation"),
        ("open-source", "Open source", "the same but for punctuation"),
        ("US Steel", "U.S. Steel", "the same but for punctuation"),
        ("AT and T", "AT&T", "the same but for punctuation"),
        ("Loreal", "L'Oréal", "the same but for punctuation"),
        ("DeepSeek Inc", "DeepSeek", "the same without “Inc”"),
        ("DeepSeek", "DeepSeek, Inc.", "the same without “Inc”"),
        ("Acme GmbH", "Acme Ltd", "the same but for “GmbH” and “Ltd”"),
        ("Foo Holdings Co., Ltd.", "Foo", "the same without “Holdings Co., Ltd”"),
        ("Tiger Capital Partners", "Tiger", "the same without “Capital Partners”"),
        ("Nestlé S.A.", "Nestle", "the same without “S.A”"),
        ("梁文锋", "梁文锋", "title of a note"),
        ("ﬁnance", "Finance", "the same but for case"),
    ],
)
def test_a_name_is_taken_whatever_differs_but_letters(asked, note, reason):
    found = finder(note).find(asked)
    assert found.is_taken
    if asked != "ﬁnance":
        assert [each.reason for each in found.candidates] == [reason]


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("C++", "C"),
        ("C#", "C"),
        ("Thrive", "Thrive Capital"),
        ("GPT 3.5", "GPT 35"),
        ("Export control", "Export controls"),
        ("Anthropics", "Anthropic"),
        ("2026-05-19", "2026-05-18"),
        ("Co", "Inc"),
        ("!!!", "???"),
        ("", "A"),
        ("   ", "A"),
    ],
)
def test_what_is_another_thing_is_free(asked, note):
    assert not finder(note).find(asked).is_taken


def test_an_alias_is_told_with_the_note_that_has_it():
    check("0700", "taken\nTencent.md: alias of Tencent", "Tencent | 0700 | 腾讯")
    check("腾讯", "taken\nTencent.md: alias of Tencent", "Tencent | 0700 | 腾讯")
    check("TENCENT qq", "taken\nTencent.md: alias of Tencent; the same but for case", "Tencent | Tencent QQ")


def test_a_note_is_named_once_by_the_best_of_its_names():
    check("Meta", "taken\nMeta.md: title of a note", "Meta | Meta Inc | META | Metta")


def test_what_is_near_by_typing_is_shown_and_leaves_the_name_free():
    check("Antrhopic", "free\nAnthropic.md: two letters changed places", "Anthropic", "OpenAI")
    check("Anthropik", "free\nAnthropic.md: one letter differs", "Anthropic", "OpenAI")
    check("Anthroopik Inc", "free\nAnthropic.md: 2 letters differ", "Anthropic", "OpenAI")
    # In a short name a letter makes another one, and numbers are never slips.
    check("AMD", "free", "IMD", "ARM")
    check("Qwen 2", "free\nQwen 3.md: shares “qwen”", "Qwen 3")


def test_what_is_near_by_words_is_shown_and_leaves_the_name_free():
    check(
        "Export controls of chips",
        "free\nChips export controls.md: the same words in another order",
        "Chips export controls",
    )
    check("Chip export control", "free\nChips export controls.md: 2 letters differ", "Chips export controls")
    check(
        "Inference economics",
        "free\nInference economics of MoE.md: has all of the words, and more",
        "Inference economics of MoE",
    )
    check("Sequoia China fund", "free\nSequoia.md: is part of the name", "Sequoia")


def test_names_that_notes_want_are_told_with_how_many():
    check("Mistral AI", "free\n?Mistral AI: wanted by 12 notes", wanted={"Mistral AI": 12})
    check("mistral ai", "free\n?Mistral AI: the same but for case; wanted by 1 note", wanted={"Mistral AI": 1})
    # Is this one really missing? A note has nearly the same name.
    check(
        "Mistrall",
        """taken
        Mistrall.md: title of a note
        ?Mistral: one letter differs; wanted by 3 notes""",
        "Mistrall",
        wanted={"Mistral": 3},
    )


def test_as_many_candidates_as_asked_for_the_best_first():
    notes = [f"Data {word}" for word in "center lake mesh room fabric".split()]
    assert [each.path for each in finder("Data", *notes).find("data", 2).candidates] == ["Data.md", "Data center.md"]
    assert finder("Data", *notes).find("data", 0).candidates == ()


def test_the_verdict_does_not_depend_on_how_many_are_shown():
    assert finder("Data").find("data", 0).is_taken


def test_legal_forms_go_from_the_end_alone():
    assert core_words(("group", "theory")) == ("group", "theory")
    assert core_words(("holdings",)) == ("holdings",)
    assert legal_form("Johnson & Johnson") == ""
    assert legal_form("Marks & Co.") == "& Co"


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("ab", "ba", 1), ("ca", "abc", 3), ("kitten", "sitting", 3), ("a", "a", 0), ("abcd", "acbd", 1)],
)
def test_distance_is_that_of_typing(one, other, distance):
    assert osa_distance(one, other, 3) == distance
    assert osa_distance(other, one, 3) == distance
    assert osa_distance(one, other, distance - 1) is None


WORDS = st.text(st.sampled_from("abc "), max_size=9)


@given(WORDS, WORDS)
def test_distance_is_symmetric_and_bounded(one, other):
    distance = osa_distance(one, other, 9)
    assert distance is not None
    assert distance == osa_distance(other, one, 9)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=300))
def test_whatever_is_asked_there_is_an_answer(notes, asked):
    called = {
        VaultPath(f"{n}.md"): (as_called(" ".join(note.split()), "title"),)
        for n, note in enumerate(notes)
        if note.split()
    }
    found = Finder(names(called, {})).find(asked)
    same = " ".join(asked.split())
    assert len(asked) > 200 or found.is_taken or same not in {each.name for row in called.values() for each in row}


def test_an_empty_vault_has_no_names():
    assert Finder(Names()).find("A").candidates == ()
    assert not Finder(Names()).find("").is_taken


def test_words_of_names():
    assert plain_words("Bolt.new") == ("boltnew",)
    assert squeezed("gpt 3 5") == "gpt3 5"
    assert [letters_off(n) for n in (3, 4, 8, 20)] == [0, 1, 2, 3]


NOTES = """
-- Actors/DeepSeek.md --
---
aliases: [幻方, Deep Seek AI]
---
Its rival is [[Mistral AI]]. See [[Moonshot|a lab]] and [[Secret plan]].
-- Actors/Alibaba.md --
---
title: Alibaba Group
---
[[Mistral AI]]
-- Hidden.md --
---
publish: false
aliases: [Stealth startup]
---
[[Nobody else wants this]]
-- picture.png --
"""


def test_a_vault_is_asked(tmp_path: Path):
    root = write(tmp_path / "vault", NOTES)
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        assert vault.find("Deep Seek AI, Inc.").is_taken
        alibaba = vault.find("Alibaba")
        assert [(each.path, each.reason) for each in alibaba.candidates] == [("Actors/Alibaba.md", "name of the file")]
        mistral = vault.find("Mistral AI")
        assert not mistral.is_taken
        assert [each.wanted_by for each in mistral.candidates] == [2]
        # Attachments are no notes.
        assert vault.find("picture").candidates == ()


@pytest.mark.parametrize("name", ["Hidden", "Stealth startup", "Nobody else wants this", "Moonshot"])
def test_what_is_private_is_not_known(tmp_path, name):
    root = write(tmp_path / "vault", NOTES)
    for _ in range(2):  # From the tables, then from the cache.
        with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
            assert vault.find(name).candidates == ()


def test_a_note_is_found_as_soon_as_it_is_there(tmp_path):
    root = write(tmp_path / "vault", NOTES)
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        assert not vault.find("Mistral AI").is_taken
        write(root, {"Actors/Mistral AI.md": "A lab."})
        vault.update()
        assert vault.find("Mistral AI").is_taken
        assert [each.wanted_by for each in vault.find("Mistral AI").candidates] == [0]
