"""Related notes: two lists with reasons, the same whatever came before, after any edit those of a clean start."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest
import vaults
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultkit import cli
from vaultkit.config import Config
from vaultkit.knowledge.related.neighborhoods import Neighborhoods
from vaultkit.knowledge.related.traits import LINE, SECTION, TABLE, is_dated, traits, words_of
from vaultkit.links.resolve import resolve
from vaultkit.model import Document, Found, Links, Source, VaultPath
from vaultkit.nodes import node_of
from vaultkit.parse.note import parse
from vaultkit.related import Near, PackedRelated, Reason
from vaultkit.vault import Vault

HEADINGS = ("Related",)

VAULT = """
-- Alpha.md --
Alpha works with [[Hub]] and [[Nobody]] on turbines.
-- Beta.md --
Beta knows [[Hub]] and [[Nobody]].
-- Gamma.md --
Gamma is on its own, with a zeppelin from the delta.
-- Delta.md --
It has a zeppelin, too.
-- Hub.md --
A hub.
-- Meeting.md --
Both [[Alpha]] and [[Beta]] came.

| Who | What |
|---|---|
| [[Gamma]] | speaks |
| [[Hub]] | listens |
-- Daily/2026-01-01.md --
[[Alpha]], [[Gamma]], [[Hub]] and a zeppelin.
"""


def told(near: tuple[Near, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    """By path, kind and names of the reasons."""
    return {each.path: {reason.kind: reason.names for reason in each.reasons} for each in near}


@pytest.fixture
def vault(make_vault, tmp_path):
    with Vault.open(make_vault(VAULT.lstrip()), cache_dir=tmp_path / "cache", jobs=1) as opened:
        yield opened


# ---------------------------------------------------------------------------
# The two lists and their reasons
# ---------------------------------------------------------------------------


def test_notes_without_a_link_come_with_what_they_share(vault):
    reasons = told(vault.related("Alpha.md").unlinked)["Beta.md"]
    assert set(reasons["neighbors"]) == {"Hub.md", "?nobody", "Meeting.md"}
    assert reasons["line"] == ("Meeting.md",)


def test_a_wanted_name_stands_between_notes(make_vault, tmp_path):
    root = make_vault({"A.md": "[[Nobody]] one", "B.md": "[[Nobody]] two", "C.md": "three"})
    with Vault.open(root, cache_dir=tmp_path / "cache") as opened:
        (only,) = opened.related("A.md").unlinked
    assert only.path == "B.md"
    assert Reason("neighbors", 1, ("?nobody",)) in only.reasons


def test_a_name_that_no_link_shows_is_not_told(make_vault, tmp_path):
    root = make_vault(
        {
            "A.md": "[[Secret|one]] [[Open]] pear",
            "B.md": "[[Secret|two]] [[Open]] plum",
            "Secret.md": "---\npublish: false\n---\n",
        }
    )
    with Vault.open(root, cache_dir=tmp_path / "cache") as opened:
        (only,) = opened.related("A.md").unlinked
    assert Reason("neighbors", 1, ("?open",)) in only.reasons
    assert "secret" not in str(only).lower()


def test_linked_notes_are_a_list_of_their_own(vault):
    found = vault.related("Alpha.md")
    linked, unlinked = told(found.linked), told(found.unlinked)
    assert linked.keys() == {"Hub.md", "Meeting.md"}
    assert "links" in linked["Hub.md"]
    assert "linked" in linked["Meeting.md"]
    assert linked.keys().isdisjoint(unlinked)
    assert "Alpha.md" not in linked.keys() | unlinked.keys()


def test_links_both_ways_are_told_as_one_reason(make_vault, tmp_path):
    with Vault.open(make_vault({"A.md": "[[B]]", "B.md": "[[A]]"}), cache_dir=tmp_path / "cache") as opened:
        reasons = told(opened.related("A.md").linked)["B.md"]
    assert "mutual" in reasons
    assert reasons.keys().isdisjoint({"links", "linked"})


def test_rare_words_and_names_are_reasons(vault):
    assert "zeppelin" in told(vault.related("Gamma.md").unlinked)["Delta.md"]["words"]
    assert told(vault.related("Gamma.md").unlinked)["Delta.md"]["name"] == ("delta",)


def test_one_table_is_a_reason(make_vault, tmp_path):
    table = "| A | B |\n|---|---|\n| [[X]] | one |\n| [[Y]] | two |\n"
    with Vault.open(make_vault({"X.md": "x", "Y.md": "y", "T.md": table}), cache_dir=tmp_path / "cache") as opened:
        assert told(opened.related("X.md").unlinked)["Y.md"]["table"] == ("T.md",)


def test_journals_and_reports_are_left_out_unless_asked_for(vault):
    for path in ("Alpha.md", "Gamma.md", "Hub.md"):
        found = vault.related(path, 50)
        assert "Daily/2026-01-01.md" not in told(found.linked).keys() | told(found.unlinked).keys()
    assert "Daily/2026-01-01.md" in told(vault.related("Alpha.md", 50, dated=True).linked)
    assert vault.related("Daily/2026-01-01.md").linked


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("Daily/2026-01-01.md", True),
        ("Reports/Q1.md", True),
        ("Reporters/Ann.md", False),
        ("Journal.md", False),
        ("A.md", False),
    ],
)
def test_which_notes_are_dated(path, verdict):
    assert is_dated(path) is verdict


def test_all_lists_are_filled_and_hold_what_a_note_does_not_link_to(make_vault, tmp_path):
    files = {f"N{i}.md": f"Number {i} [[N{(i * 7) % 80}]]" for i in range(80)} | {"Reports/R.md": "[[N1]] [[N2]]"}
    with Vault.open(make_vault(files), cache_dir=tmp_path / "cache", jobs=1) as opened:
        found = opened.all_related(60)
    assert found.keys() == files.keys()
    assert {len(others) for others in found.values()} == {60}
    assert all(len(set(others)) == 60 for others in found.values())
    assert "N7.md" not in found["N1.md"]
    assert "N1.md" in found["N7.md"], "what only links here may be linked back"
    assert not any(path == other or other.startswith("Reports/") for path, others in found.items() for other in others)


def test_an_empty_vault_has_no_related_notes(make_vault, tmp_path):
    with Vault.open(make_vault({}), cache_dir=tmp_path / "cache") as opened:
        assert opened.all_related() == {}
    with Vault.open(make_vault({"A.md": ""}, "one"), cache_dir=tmp_path / "cache") as opened:
        assert opened.all_related() == {"A.md": ()}
        assert opened.related("A.md") == opened.related("A.md", 1)


def test_an_index_of_everything_makes_no_pairs():
    names = [f"N{i}" for i in range(100)]
    found = read("Index.md", " ".join(f"[[{name}]]" for name in names), {f"{name}.md" for name in names})
    assert found.together == []


# ---------------------------------------------------------------------------
# What counts of one note
# ---------------------------------------------------------------------------


def documents(files: dict[str, str]) -> tuple[dict[VaultPath, Document], dict[VaultPath, Links]]:
    """The tables that a model of related notes reads; names are those of files in one folder."""
    syntax = Config().syntax
    by_name = {path.rpartition("/")[2].lower(): (VaultPath(path),) for path in files}
    notes, links = {}, {}
    for path, text in files.items():
        data = text.encode()
        source = Source(VaultPath(path), "note", blake2b(data).hexdigest(), len(data), "", data)
        notes[source.path] = parse(source, syntax)
        found = resolve(aliases=True)(source.path, notes[source.path], candidates=by_name.get, anchors={}.get)
        if found is not None:
            links[source.path] = found
    return notes, links


def wanted(notes: dict[VaultPath, Document], links: dict[VaultPath, Links]) -> tuple[dict[str, bool], set[str]]:
    """Names that a link shows as they are."""
    pairs = [pair for path, each in links.items() for pair in zip(notes[path].refs, each.targets, strict=True)]
    shown = {node_of(target): True for ref, target in pairs if not ref.labelled and not isinstance(target, Found)}
    return shown, set()


def read(path: str, text: str, others: set[str] = frozenset()):
    notes, links = documents({path: text} | dict.fromkeys(others, ""))
    return traits(VaultPath(path), notes[path], links.get(path, Links(())), frozenset({"related"}))


def test_a_link_weighs_more_by_mentions_and_place():
    found = read("A.md", "[[B]] [[C]] [[C]]\n\n## Related\n\n- [[D]]\n\n### Others\n\n- [[E]]\n\n## End\n\n[[F]]").links
    assert found == {"?b": 16, "?c": 27, "?d": 32, "?e": 32, "?f": 16}


def test_a_key_value_table_states_links():
    found = read("A.md", "| Metric | Value |\n|---|---|\n| HQ | [[B]] |\n\n| X | Y |\n|---|---|\n| a | [[C]] |\n").links
    assert found == {"?b": 32, "?c": 16}


def test_a_journal_weighs_less():
    assert read("Daily/1.md", "[[B]]").links == {"?b": 4}


def test_what_stands_together():
    text = "# One\n\n[[B]] [[C]]\n\n[[D]]\n\n| X |\n|---|\n| [[E]] |\n| [[F]] |\n"
    assert read("A.md", text).together == [
        (LINE, ["?b", "?c"]),
        (TABLE, ["?e", "?f"]),
        (SECTION, ["?b", "?c", "?d", "?e", "?f"]),
    ]


def test_words_are_those_of_any_script():
    assert words_of("Don’t — “Über-Word” 3.5\u00a0x 深度") == [
        word.encode() for word in ("don", "t", "über", "word", "3", "5", "x", "深度")
    ]


# ---------------------------------------------------------------------------
# Whatever came before
# ---------------------------------------------------------------------------

PATHS = st.sampled_from(["A.md", "B.md", "C.md", "D.md", "E.md", "Daily/F.md", "Reports/G.md"])
BLOCKS = (
    "| K | V |\n|---|---|\n| a | [[B]] |\n| b | [[C]] |", "# A", "## Related", "- [[D]], [[E]]", "lime", "fig [[C]] [[E]]",
)  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(
        "[[A]] [[B]] [[C]] [[E]] [[F]] [[Nobody]] [[Nowhere]] [[Nobody|x]] [[Nowhere|y]] apple pear plum fig the".split()
    ),
    st.sampled_from(BLOCKS).map("\n\n{}\n\n".format),
)
TEXTS = st.one_of(st.none(), st.lists(WORDS, max_size=14).map(" ".join))
EDITS = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=4)


def refreshed(model: Neighborhoods, files: dict[str, str], changed: set[str]) -> dict[str, PackedRelated | None]:
    """What the model answers to an edit: all links of all notes may have changed with the names."""
    notes, links = documents(files)
    return model.refresh(documents=(notes, changed), links=(links, changed | links.keys()), wanted=wanted(notes, links))


@settings(max_examples=40)
@given(st.lists(EDITS, min_size=1, max_size=6), st.booleans())
def test_after_any_edits_the_rows_are_those_of_a_clean_start(batches, by_text):
    model = Neighborhoods(HEADINGS, by_text=by_text)
    files: dict[str, str] = {}
    rows: dict[str, PackedRelated | None] = {}
    for edits in batches:
        files = {path: text for path, text in (files | edits).items() if text is not None}
        rows |= refreshed(model, files, set(edits))
        rows = {path: row for path, row in rows.items() if row is not None}
        clean = Neighborhoods(HEADINGS, by_text=by_text)
        assert rows == refreshed(clean, files, set(files))
        assert model.not_linked_from(5) == clean.not_linked_from(5)


@given(st.permutations(["A.md", "B.md", "C.md", "D.md"]))
def test_the_order_in_which_notes_come_does_not_show(order):
    texts = {"A.md": "[[B]] pear", "B.md": "[[C]] fig pear", "C.md": "[[A]] [[Nobody]] fig", "D.md": "[[Nobody]]"}
    model = Neighborhoods(HEADINGS)
    rows = refreshed(model, {path: texts[path] for path in order}, set(texts))
    assert rows == refreshed(Neighborhoods(HEADINGS), texts, set(texts))


def test_ids_that_are_worn_are_made_anew():
    lines = "\n\n".join(f"[[A]] [[X{number}]]" for number in range(50))
    files = {"A.md": "[[N]]", "N.md": lines}
    model = Neighborhoods(HEADINGS)
    rows = refreshed(model, files, set(files))
    for number in range(50):
        files["N.md"] = f"{lines} [[Y{number % 2}]]"
        rows |= refreshed(model, files, {"N.md"})
    assert len(model.material.owners) < 1_400, "else there were 51 for each edit"
    assert rows == refreshed(Neighborhoods(HEADINGS), files, set(files))


def test_a_sentence_ranks_few_notes_anew():
    files = {
        f"N{i}.md": f"[[N{(i + 1) % 40}]] [[N{(i * 3) % 40}]] word{i % 9} text{i % 7}" + " the" * 99 for i in range(40)
    }
    model = Neighborhoods(HEADINGS)
    assert len(refreshed(model, files, set(files))) == 40
    notes, links = documents(files | {"N1.md": files["N1.md"] + " sentence"})
    assert model.refresh(documents=(notes, {"N1.md"}), links=(links, set()), wanted=wanted(notes, links)) == {}


def test_without_words_what_is_not_linked_with_a_note_makes_no_difference_to_it():
    """So an edit elsewhere, and a bad file, leave its page as it was."""
    files = {"A.md": "[[B]] [[C]] lime", "B.md": "fig", "C.md": "[[D]] pear", "D.md": "[[B]]"}
    rows = refreshed(Neighborhoods(HEADINGS, by_text=False), files, set(files))
    assert rows["A.md"] is not None
    more = files | {f"X{number}.md": f"lime fig pear [[X{number + 1}]] A B C D" for number in range(40)}
    assert refreshed(Neighborhoods(HEADINGS, by_text=False), more, set(more)).items() >= rows.items()
    by_text = refreshed(Neighborhoods(HEADINGS), files, set(files))
    assert not refreshed(Neighborhoods(HEADINGS), more, set(more)).items() >= by_text.items()


# ---------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------


def test_the_command_tells_both_lists(make_vault, capsys):
    assert cli.run(["related", "Alpha", "-V", str(make_vault(VAULT.lstrip()))]) == 0
    out = capsys.readouterr().out
    assert "Linked (2 notes)" in out
    assert "Not linked yet" in out
    assert "linked with both: " in out
    assert "in one line of Meeting" in out


def test_the_command_as_json(make_vault, capsys):
    root = str(make_vault(VAULT.lstrip()))
    assert cli.run(["related", "Alpha", "--json", "--limit", "1", "-V", root]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["note"] == "Alpha.md"
    (near,) = found["unlinked"]
    assert near["path"] == "Gamma.md"
    assert all(reason.keys() == {"kind", "count", "names"} for reason in near["reasons"])
    assert cli.run(["related", "--all", "--json", "-V", root]) == 0
    everything = json.loads(capsys.readouterr().out)
    assert "Beta.md" in everything["Alpha.md"]
    assert "Hub.md" not in everything["Alpha.md"]


@pytest.mark.parametrize("arguments", [[], ["Alpha", "--all"], ["Nothing like it"], ["Alpha", "--limit", "-1"]])
def test_the_command_says_what_is_missing(make_vault, capsys, arguments):
    assert cli.run(["related", *arguments, "-V", str(make_vault(VAULT.lstrip()))]) != 0
    assert capsys.readouterr().err


def test_the_same_under_any_hash_seed(make_vault, tmp_path):
    files = {f"N{i}.md": f"[[N{(i * 7) % 30}]] [[W{i % 4}]] word{i % 9} text{i % 7}" for i in range(30)}
    root = make_vault(files)
    outputs = {
        subprocess.run(
            [
                sys.executable,
                "-m",
                "vaultkit",
                "related",
                "--all",
                "--json",
                "-V",
                root,
                "--cache-dir",
                tmp_path / seed,
            ],
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path(cli.__file__).parents[2])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) == 30


def test_numpy_waits_until_somebody_asks():
    code = "import sys, vaultkit.vault; sys.exit('numpy' in sys.modules)"
    root = str(Path(vaults.__file__).parents[1])
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
