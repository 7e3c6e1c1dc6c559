"""The index of search: keys of notes, numbers, lists, shards; and that an edit leaves the shards of a clean build."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import vaults
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import Index

from vaultkit.facts import Fact
from vaultkit.model import Card, Document, EntityType, Source, Url, VaultPath
from vaultkit.parse.note import parse
from vaultkit.search import layout
from vaultkit.search.shards import FEW, MANIFEST
from vaultkit.search.terms import Terms, filter_key, groups, level_of, levels_of, packed
from vaultkit.search.texts import MAX_TEXT
from vaultkit.settings import Syntax
from vaultkit.site import search
from vaultkit.vault import Vault

MakeVault = Callable[..., Path]


def read(text: str, path: str = "Actors/Acme Corp.md") -> Document:
    data = text.lstrip("\n").encode()
    return parse(Source(VaultPath(path), "note", "d", len(data), data=data), Syntax())


def keys(text: str, path: str = "Actors/Acme Corp.md") -> dict[str, int]:
    return levels_of(Terms(read(text, path).terms))


# ---------------------------------------------------------------------------
# By what a note is found
# ---------------------------------------------------------------------------

NOTE = """
---
aliases: [ACME, 幻方量化, "???"]
tags: [chips/Memory]
---
Turbines and the turbine of companies, %%hidden turbines%% #Tools %%#gone%%

## Quick stats

| Metric | Value |
| --- | --- |
| Revenue | 500 |

## Adversaries of acme

- [[Beta]] — primary accused
"""


def test_a_note_is_found_by_its_names_words_tags_and_folders():
    found = keys(NOTE, "Actors/Big Ones/Acme Corp.md")
    assert {key for key in found if not key[0].isalnum()} == {
        "=acme corp", "=acme", "=幻方量化", "#chips", "#chips/memory", "#tools", "/actors", "/actors/big ones",
    }  # fmt: skip
    assert {"幻方", "方量", "量化"} < found.keys()
    assert {"turbine", "company", "revenue", "500", "beta", "accused", "adversary", "memory", "chip"} <= found.keys()


def test_what_no_reader_sees_and_what_stands_everywhere_finds_nothing():
    found = keys(NOTE)
    assert not {"hidden", "#gone", "gone", "the", "and", "of", "quick", "stat", "metric", "value"} & found.keys()
    # In a name a common word counts.
    assert "the" in keys("", "The Information.md")


def test_names_count_more_than_headings_and_headings_more_than_text():
    found = keys(NOTE + "filling " * 200)
    assert (found["=acme corp"], found["=acme"], found["#tools"]) == (15, 12, 0)
    assert found["acme"] >= found["corp"] > found["adversary"] > found["revenue"]


def test_a_level_more_is_the_root_of_two_times_as_much():
    assert [level_of(weight) for weight in (0, 0.2, 0.21, 0.4, 0.8, 10, 1000)] == [0, 0, 0, 2, 4, 11, 15]


def test_a_word_in_a_long_note_counts_less_and_a_sentence_more_changes_no_other_word():
    short, long = keys("zeppelin " + "x " * 10), keys("zeppelin " + "x " * 2000)
    assert short["zeppelin"] > long["zeppelin"]
    assert keys("zeppelin " + "x " * 2010)["zeppelin"] == long["zeppelin"]


@pytest.mark.parametrize(
    ("sign", "value", "key"),
    [
        ("@", "Actors", "@actors"), ("/", "Große\tDinge", "/grosse dinge"), ("~", "of  investor", "~of investor"), ("#", " ", ""),
        ("#", "x" * 500, ""),
    ],
)  # fmt: skip
def test_filters_are_folded(sign, value, key):
    assert filter_key(sign, value) == key


def test_type_and_roles_come_from_what_is_known_elsewhere():
    document = read(NOTE)
    card = Card(document.path, "note", "Acme", Url("a.html"), "Actors")
    type_ = EntityType("Actors", "actor", "t-actors", 0, Url("Actors/index.html"))
    facts = [
        Fact(document.path, role, to, "", "", document.path, 1, "related", is_typed=is_typed)
        for role, to, is_typed in [("adversary", "?beta", True), ("Revenue", "", True), ("related", "?beta", False)]
    ]
    found = search.terms(
        document.path, document, cards={document.path: card}.get, types={"Actors": type_}.get,
        facts={document.path: tuple(facts)}.get,
    )  # fmt: skip
    assert found == Terms(document.terms, ("@actor", "@actors", "~adversary"))
    assert levels_of(found)["~adversary"] == 0


def test_attachments_are_not_found():
    picture = Document(VaultPath("p.png"), "attachment", "d")
    assert search.terms(picture.path, picture, cards={}.get, types={}.get, facts={}.get) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 1_000_000,
        "---\naliases: [" + ", ".join(f"a{n}" for n in range(5000)) + "]\n---\n",
        "א ב " * 100,
        "\ud800",
    ],
    ids=["empty", "one word", "many aliases", "right to left", "surrogate"],
)
def test_odd_notes_have_keys(text):
    document = parse(Source(VaultPath("A.md"), "note", "d", data=text.encode("utf-8", "surrogatepass")), Syntax())
    assert levels_of(Terms(document.terms))["=a"] == 15


@given(st.dictionaries(st.text(st.sampled_from("ab =/#幻"), min_size=1), st.integers(0, 15)))
def test_packed_levels_are_read_again(levels):
    assert levels_of(Terms(packed(levels))) == levels
    assert [level for level, _ in groups(Terms(packed(levels)))] == sorted(set(levels.values()))


# ---------------------------------------------------------------------------
# Numbers and lists
# ---------------------------------------------------------------------------


@given(st.permutations([f"n{n}" for n in range(40)]), st.integers(6, 8))
def test_numbers_do_not_depend_on_the_order_in_which_notes_came(paths, bits):
    found = layout.slots(paths, bits)
    assert found == layout.slots(sorted(paths), bits)
    assert len(set(found.values())) == 40
    assert max(found.values()) < 1 << bits


def test_a_note_more_moves_few_others():
    paths = [f"n{n}" for n in range(2000)]
    before, after = layout.slots(paths, 16), layout.slots([*paths, "another"], 16)
    assert sum(after[path] != before[path] for path in paths) <= 3


def test_many_notes_get_a_larger_table():
    assert [layout.bits_for(n) for n in (0, 16_384, 16_385)] == [16, 16, 20]


@given(st.dictionaries(st.integers(0, 2**20 - 1), st.integers(0, 15)))
def test_lists_are_read_as_they_were_written(notes):
    assert layout.decoded(layout.encoded(slot << 4 | notes[slot] for slot in sorted(notes))) == notes


def test_a_list_is_gaps_and_levels():
    assert layout.encoded([0 << 4 | 15, 1 << 4 | 0, 34 << 4 | 2]) == "PA10C"


# ---------------------------------------------------------------------------
# Shards
# ---------------------------------------------------------------------------


def test_a_large_share_gets_a_shard_of_its_own():
    lines = sorted((layout.line(key, "0A") for key in ["aa", "ab", "ac", "b", "c", "=a b"]), key=layout.route_of)
    laid = layout.laid_out(lines, 35)
    assert {at: [text.partition("\t")[0] for text in part] for at, part in laid.items()} == {
        "": ["b", "c"], "a": ["=a b", "aa", "ab", "ac"],
    }  # fmt: skip
    # The rest stays where it is, however little else is left there.
    assert layout.laid_out(lines, 20).keys() == {"", "a ", "aa", "ab", "ac", "b", "c"}


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("", "x-"),
        ("nv", "x-nv"),
        ("a b", "x-a_20_b"),
        ("幻", "x-_5e7b_"),
        ("#c/d", "x-_23_c_2f_d"),
        ("𝒜_", "x-_1d49c__5f_"),
    ],
)
def test_shards_have_names_that_files_can_have(prefix, name):
    assert layout.file_name(prefix) == name


def test_hostile_names_make_no_names_of_files_that_are_too_long():
    lines = sorted(layout.line("=" + "\U0001d7d8" * 60 + str(n), "0A") for n in range(100))
    assert max(len(layout.file_name(prefix)) for prefix in layout.laid_out(lines, 50)) < 200


WORDS = st.text(st.sampled_from("abc"), min_size=1, max_size=5)
KEYS = st.one_of(
    WORDS, st.builds("={} {}".format, WORDS, WORDS), st.builds("={}".format, WORDS), st.builds("#{}".format, WORDS)
)
TERMS = st.builds(
    lambda levels, others: Terms(packed(levels), others),
    st.dictionaries(KEYS, st.integers(0, 15), min_size=1, max_size=12),
    st.lists(WORDS.map("@{}".format), unique=True, max_size=2).map(lambda found: tuple(sorted(found))),
)
BATCHES = st.lists(
    st.dictionaries(st.sampled_from([f"n{n}" for n in range(60)]), st.none() | TERMS, max_size=8),
    min_size=1,
    max_size=8,
)


def fresh(notes: Mapping[str, Terms], size: int) -> dict[str, str]:
    index = Index(size)
    index.update(notes)
    return index.rows


@pytest.mark.parametrize("size", [20, 60, 200, 1000])
@settings(deadline=None)
@given(BATCHES)
def test_after_any_edits_the_shards_are_those_of_a_clean_start(size, batches):
    index = Index(size)
    for batch in batches:
        index.update(batch)
        assert index.rows == fresh(index.notes, size)


def test_shards_hold_what_notes_are_found_by():
    notes = {f"n{n}": Terms(packed({"word": n % 16, f"own{n}": 3, "=a name": 15}), ("@t",)) for n in range(50)}
    index = Index(100)
    index.update(notes)
    head, *leaves = index.rows[MANIFEST].split("\n")
    assert head == "50 16"
    assert index.rows.keys() == {MANIFEST, *map(layout.file_name, leaves)}
    found: dict[str, dict[str, int]] = {path: {} for path in notes}
    path_of = {slot: path for path, slot in index.slots.items()}
    for leaf in leaves:
        for line in index.rows[layout.file_name(leaf)].splitlines():
            key, postings = line.split("\t")
            # Whoever looks for a key finds it in the shard with the longest beginning of it.
            assert leaf == max((each for each in leaves if layout.route(key).startswith(each)), key=len)
            for slot, level in layout.decoded(postings).items():
                found[path_of[slot]][key] = level
    assert found == {path: levels_of(terms) for path, terms in notes.items()}


def test_a_word_more_touches_its_shard_alone():
    notes = {f"n{n}": Terms(packed({f"{a}{b}{n}": 3 for a in "abcdef" for b in "xyz"})) for n in range(200)}
    index = Index(500)
    index.update(notes)
    before = levels_of(notes["n7"])
    assert index.update({"n7": Terms(packed(before | {"ax9": 4}))}) <= {"x-ax", "x-ax9"}
    assert index.update({"n7": Terms(packed(before | {"ax9": 4}))}) == set()


def test_many_changes_at_once_give_the_same_shards():
    notes = {f"n{n}": Terms(packed({f"w{n % 40}": n % 16, "w": 1})) for n in range(300)}
    index = Index(80)
    index.update(notes)
    batch: dict[str, Terms | None] = {f"n{n}": Terms(packed({"w": 2, "other": 5})) for n in range(FEW + 30)}
    index.update(batch)
    assert index.rows == fresh(index.notes, 80)
    index.update(dict.fromkeys(index.notes))
    assert index.rows == fresh({}, 80) == {MANIFEST: "0 16\n", "x-": ""}


# ---------------------------------------------------------------------------
# Files of a site
# ---------------------------------------------------------------------------

VAULT = """
-- Alpha.md --
---
aliases: [First]
tags: [t/sub]
---
Lead with </script><script>alert(1)</script> and \u2028 a line.

# Part

Below the part; see [[Beta]].

| a | b |
|---|---|
| one | two |
-- F/Beta.md --
Beta speaks of zeppelins.
-- Secret.md --
---
publish: false
aliases: [Xylophone]
---
Quokka [[Beta]].
"""


def called(script: bytes) -> tuple[str, object]:
    """What a script of the index calls its one function with."""
    match = re.fullmatch(r"vkShard\((.*)\);\n", script.decode(), re.DOTALL)
    assert match is not None
    name, told = json.loads(f"[{match[1]}]")
    return name, told


def searched(site: Path) -> dict[str, object]:
    found = {}
    for path, script in vaults.tree(site / "search").items():
        name, told = called(script)
        assert f"{name}.js" == path
        assert not any(each in script.decode() for each in ("<", "\u2028", "\u2029"))
        found[name] = told
    return found


def test_a_site_holds_shards_and_texts(make_vault: MakeVault, tmp_path: Path) -> None:
    vaults.build(make_vault(VAULT.lstrip()), tmp_path / "site")
    found = searched(tmp_path / "site")
    texts = {told[1]: told for name, told in found.items() if name.startswith("t/")}
    assert found["m"] == "2 16\n"
    assert set(texts) == {"Alpha", "Beta"}
    url, _, type_, aliases, folder, tags, sections = texts["Alpha"]
    assert (url, type_, aliases, folder, tags) == ("Alpha.html", "", ["First"], "", ["t/sub"])
    assert [heading for heading, _, _ in sections] == ["", "Part"]
    assert sections[1][1] == "part"
    assert sections[1][2] == "Below the part; see Beta.\na | b\none | two"
    shard = dict(line.split("\t") for line in found["x-"].splitlines())
    (slot,) = layout.decoded(shard["zeppelin"])
    assert found[f"t/{layout.in_base_32(slot)}"][1] == "Beta"
    assert list(shard) == sorted(shard, key=layout.route)


def test_a_private_note_leaves_no_trace_in_search(make_vault: MakeVault, tmp_path: Path) -> None:
    vaults.build(make_vault(VAULT.lstrip()), tmp_path / "site")
    told = str(searched(tmp_path / "site")).lower()
    assert not any(word in told for word in ("quokka", "xylophone", "secret"))


def test_texts_end_somewhere(make_vault: MakeVault, tmp_path: Path) -> None:
    vaults.build(make_vault({"A.md": "# H\n\n" + "word " * 10_000 + "\n\n# I\n\nmore"}), tmp_path / "site")
    found = searched(tmp_path / "site")
    (text,) = (told for name, told in found.items() if name.startswith("t/"))
    assert sum(len(heading) + len(text) for heading, _, text in text[6]) == MAX_TEXT


def test_without_search_there_is_none_of_it(make_vault: MakeVault, tmp_path: Path) -> None:
    files = {"A.md": "word", "vaultkit.toml": "[site]\nsearch = false\n"}
    vaults.build(make_vault(files), tmp_path / "site")
    assert not (tmp_path / "site" / "search").exists()


def test_an_edit_writes_the_shards_that_it_touches(make_vault: MakeVault, tmp_path: Path) -> None:
    root = make_vault({f"N{n}.md": f"word{n} common text of note {n}" for n in range(30)})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        vault.build(tmp_path / "site")
        (root / "N3.md").write_text("word3 common text of note 3 with zeppelin")
        written = vault.build(tmp_path / "site").written
        assert min(url for url in written if url.startswith("search/")) == "search/t/" + _text_of(tmp_path, "N3")
        assert "search/m.js" not in written
        vaults.build(root, tmp_path / "clean")
        vaults.assert_same(vaults.tree(tmp_path / "site" / "search"), vaults.tree(tmp_path / "clean" / "search"))


def _text_of(tmp_path: Path, title: str) -> str:
    texts = sorted((tmp_path / "site" / "search" / "t").iterdir())
    return next(path.name for path in texts if f'"{title}"' in path.read_text())


EDITS: dict[str, dict[str, str]] = {
    "a fifth note makes a type": {"F/E.md": "Fifth."},
    "a page moves": {"A.md": "---\npermalink: elsewhere\n---\nAlone."},
    "a role is named": {"A.md": "Alone.\n\n## Related\n\n- [[B]] — competitor\n"},
    "an attachment comes": {"p.png": "one"},
    "a note becomes private": {"F/B.md": "---\npublish: false\n---\nSecond."},
}


@pytest.mark.parametrize("name", EDITS)
def test_what_other_notes_have_a_say_in_reaches_the_index(make_vault: MakeVault, tmp_path: Path, name: str) -> None:
    root = make_vault({"A.md": "Alone.", **{f"F/{each}.md": f"Note {each}." for each in "BCD"}, "F/X.md": "[[A]]"})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
        vault.build(tmp_path / "site")
        before = vaults.tree(tmp_path / "site" / "search")
        vaults.write(root, EDITS[name])
        vault.build(tmp_path / "site")
    vaults.build(root, tmp_path / "clean")
    after = vaults.tree(tmp_path / "site" / "search")
    vaults.assert_same(after, vaults.tree(tmp_path / "clean" / "search"))
    assert (before == after) == (name == "an attachment comes")
    assert ("@f" in str(after)) == (name == "a fifth note makes a type")
    assert ("~competitor" in str(after)) == (name == "a role is named")
