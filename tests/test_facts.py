"""What an author knows, read as facts: each from a line of a note, with its words, and nothing invented."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import vaults

from vaultkit.facts import Fact
from vaultkit.knowledge.dates import date_key, is_date
from vaultkit.knowledge.extract import by_entity, entity_kind, formula
from vaultkit.knowledge.labels import read_annotation
from vaultkit.knowledge.values import Value, value_of
from vaultkit.knowledge.vocabulary_file import BUILT_IN, load
from vaultkit.vault import Vault

VOCABULARY = load(None)[0]
HEADINGS = ("Related", "See also")

# ---------------------------------------------------------------------------
# Dates and values
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026-02-03", "2026-02-03"),
        ("2026-02", "2026-02-00"),
        ("Feb 3, 2026", "2026-02-03"),
        ("3 March 2024", "2024-03-03"),
        ("Sept. 2025", "2025-09-00"),
        ("Jan-Feb 2026", "2026-01-00"),
        ("Mar 5-7, 2026", "2026-03-05"),
        ("Q3 2025", "2025-07-00"),
        ("2025 Q3", "2025-07-00"),
        ("Q1'26", "2026-01-00"),
        ("Q2 FY2026", "2026-04-00"),
        ("H2 2026", "2026-07-00"),
        ("1H 2025", "2025-01-00"),
        ("FY26", "2026-00-00"),
        ("late 2025", "2025-11-00"),
        ("mid-2024", "2024-06-00"),
        ("2019–present", "2019-00-00"),
        ("2024/25", "2024-00-00"),
        ("~2027", "2027-00-00"),
        ("Since 2019", "2019-00-00"),
        ("1990s", "1990-00-00"),
        ("**2025**", "2025-00-00"),
        ("revenue", ""),
        ("2,025", ""),
        ("$2025", ""),
        ("2025%", ""),
        ("2025.5", ""),
        ("12 months", ""),
        ("", ""),
    ],
)
def test_dates_have_a_key_to_sort_by(text: str, key: str) -> None:
    assert date_key(text) == key


def test_a_date_cell_holds_a_date_and_at_most_a_remark() -> None:
    assert is_date("Apr 24, 2026 (preview)")
    assert is_date("Mar 2026 — launch")
    assert not is_date("2025 revenue")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1.5B", Value("amount", 1.5e9, "USD")),
        ("~US$ 3 billion", Value("amount", 3e9, "USD")),
        ("$10-15B", Value("amount", 1e10, "USD")),
        ("-$3M", Value("amount", -3e6, "USD")),
        ("€12m", Value("amount", 1.2e7, "EUR")),
        ("1.2 billion EUR", Value("amount", 1.2e9, "EUR")),
        ("RMB 5.0 billion", Value("amount", 5e9, "CNY")),
        ("-3.5%", Value("percentage", -3.5, "%")),
        ("2,500 MW", Value("number", 2500.0)),
        ("900M WAU", Value("number", 9e8)),
        ("Feb 2026", Value("date", date="2026-02-00")),
        ("H100 80GB", Value("text")),
        ("—", Value("")),
        ("", Value("")),
    ],
)
def test_cells_have_a_value_to_sort_by(text: str, value: Value) -> None:
    assert value_of(text) == value


# ---------------------------------------------------------------------------
# Annotations
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("photonic competitor", "competitor"),
        ("primary competitor in China", "competitor"),
        ("Series B investor (CIA venture arm)", "investor"),
        ("portfolio company (led Series A)", "portfolio-company"),
        ("primary accused", "adversary"),
        ("quantum computing unit", "subsidiary"),
        ("board member", "executive"),
        ("sister brand", "peer"),
        ("owned by KKR", "parent"),
        ("acquired 2024", "acquired"),
        ("acquired by Meta", "acquirer"),
        ("backed by a16z", "investor"),
        ("competes in cloud", "competitor"),
        ("**investor** — $500M", "investor"),
        ("largest volume distiller (13M exchanges)", ""),
        ("valuation implications if moat is weaker", ""),
        ("first public accusation", ""),
        ("", ""),
    ],
)
def test_a_label_names_a_role_by_its_head_or_pattern(words: str, role: str) -> None:
    assert read_annotation(words, VOCABULARY).role == role


def test_the_rest_of_an_annotation_tells_time_and_money() -> None:
    found = read_annotation("former Series B co-lead investor ($40M for 12% stake, 2021)", VOCABULARY)
    assert (found.role, found.status, found.round) == ("investor", "former", "Series B")
    assert (found.amount, found.stake, found.year) == ("$40M", "12%", "2021")
    assert read_annotation("reported acquirer", VOCABULARY).status == "claimed"
    assert read_annotation("founder of Stripe", VOCABULARY).party == "Stripe"


# ---------------------------------------------------------------------------
# Facts of notes
# ---------------------------------------------------------------------------

NOTES = """
-- Actors/Acme.md --
---
aliases: [Acme Inc]
tags: [actor]
parent: "[[Holding]]"
---
# Acme

| Metric | Value |
| --- | --- |
| HQ | [[Berlin]] |
| Founder | [[Ada]] |
| Revenue | $12M (2025) |
| Employees | — |

## Rounds

| Date | Round | Lead investors |
| --- | --- | --- |
| Feb 2024 | Series A | [[Fund]], [[Other fund]] |

## Rivals in numbers

| Company | Share | CEO |
| --- | --- | --- |
| [[Bolt]] | 12% | [[Ben]] |
| [[Cog]] | 3% | |

Partners: [[Dyn]], [[Bolt]]

Note: [[Dyn]], [[Bolt]]

The law is:: strict. [regulator:: [[Agency]]]

## Related

- [[Bolt]], [[Cog]] — competitors (since 2020)
- [[Dyn]] — supplier of Bolt
- [[Eon]] — acquired by Bolt
- [[Fund]] — led Series A ($5M, 2024)
- [[Ada]] — founder, with help from [[Ben]]
- [[Berlin]]
- [[Theory]] — a remark of some length on nothing much

### Investors

- [[Zed]]
-- Actors/Ada.md --
---
tags: [person]
---
## Related
- [[Acme]] — founder, CEO ($1B valuation)
- [[Ben]] — co-founder
-- Actors/Fund.md --
---
tags: [vc]
---
## See also
- [[Acme]] — led Series A
-- Actors/Ben.md --
---
tags: [person]
---
-- Actors/Bolt.md --
-- Actors/Cog.md --
-- Actors/Dyn.md --
-- Actors/Eon.md --
-- Daily/2026-01-01.md --
- [[Acme]] — competitor
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Fact, ...]]:
    root = vaults.write(tmp_path_factory.mktemp("facts") / "vault", NOTES)
    vault = Vault.open(root, cache_dir=root.parent / "cache", jobs=1)
    t = vault._reader.read()
    kinds = {path: entity_kind(path, row, vocabulary=VOCABULARY) for path, row in t.documents.rows.items()}
    read = formula(VOCABULARY, HEADINGS)
    return {
        path: read(path, row, links=t.links.rows.get, names=t.names.rows.get, kinds=kinds.get) or ()
        for path, row in t.documents.rows.items()
    }


def relations(facts: tuple[Fact, ...], source: str) -> list[tuple[str, str, str]]:
    def short(node: str) -> str:
        return Path(node).stem if node.endswith(".md") else node

    return [(short(f.subject), f.role, short(f.object)) for f in facts if f.source == source and f.object]


def test_annotated_lines_are_relations(facts: dict[str, tuple[Fact, ...]]) -> None:
    assert relations(facts["Actors/Acme.md"], "related") == [
        ("Acme", "competitor", "Bolt"),
        ("Acme", "competitor", "Cog"),
        # "of Bolt" says whose supplier it is.
        ("Bolt", "supplier", "Dyn"),
        ("Eon", "acquirer", "Bolt"),
        ("Acme", "investor", "Fund"),
        # Ben is in the annotation, and no founder by it.
        ("Acme", "founder", "Ada"),
        ("Acme", "related", "?berlin"),
        ("Acme", "related", "?theory"),
        ("Acme", "investor", "?zed"),
    ]


def test_each_relation_keeps_its_source_and_words(facts: dict[str, tuple[Fact, ...]]) -> None:
    led = next(f for f in facts["Actors/Acme.md"] if f.object == "Actors/Fund.md" and f.source == "related")
    assert (led.words, led.amount, led.year, led.round) == ("led Series A ($5M, 2024)", "$5M", "2024", "Series A")
    assert (led.note, led.section) == ("Actors/Acme.md", "Related")
    text = NOTES.split("-- Actors/Acme.md --\n")[1].split("\n")
    assert "[[Fund]] — led" in text[led.line - 1]


def test_roles_of_persons_are_the_persons(facts: dict[str, tuple[Fact, ...]]) -> None:
    assert relations(facts["Actors/Ada.md"], "related") == [("Acme", "founder", "Ada"), ("Ada", "related", "Ben")]


def test_who_led_a_round_is_the_investor_from_either_side(facts: dict[str, tuple[Fact, ...]]) -> None:
    assert relations(facts["Actors/Fund.md"], "related") == [("Fund", "portfolio-company", "Acme")]


def test_key_value_tables_are_literals_and_relations(facts: dict[str, tuple[Fact, ...]]) -> None:
    own = facts["Actors/Acme.md"]
    assert [(f.role, f.value) for f in own if f.source == "key-value" and not f.object] == [
        ("Headquarters", "Berlin"),
        ("Founder", "Ada"),
        ("Revenue", "$12M (2025)"),
    ]
    assert relations(own, "key-value") == [("Acme", "location", "?berlin"), ("Acme", "founder", "Ada")]


def test_rows_are_about_what_they_begin_with(facts: dict[str, tuple[Fact, ...]]) -> None:
    own = facts["Actors/Acme.md"]
    about = [(Path(f.subject).stem, f.role, f.value) for f in own if f.source == "row" and not f.object]
    assert about == [("Bolt", "Share", "12%"), ("Bolt", "CEO", "Ben"), ("Cog", "Share", "3%")]
    assert relations(own, "row") == [("Bolt", "ceo", "Ben")]


def test_links_under_a_typed_column_are_the_notes(facts: dict[str, tuple[Fact, ...]]) -> None:
    assert relations(facts["Actors/Acme.md"], "cell") == [
        ("Acme", "investor", "Fund"),
        ("Acme", "investor", "?other fund"),
    ]


def test_properties_fields_and_lead_ins(facts: dict[str, tuple[Fact, ...]]) -> None:
    own = facts["Actors/Acme.md"]
    assert relations(own, "property") == [("Acme", "parent", "?holding")]
    assert relations(own, "field") == [("Acme", "regulator", "?agency")]
    assert relations(own, "lead-in") == [("Acme", "partner", "Dyn"), ("Acme", "partner", "Bolt")]


def test_bullets_of_daily_notes_are_no_facts(facts: dict[str, tuple[Fact, ...]]) -> None:
    assert facts["Daily/2026-01-01.md"] == ()


def test_a_fact_is_told_of_both_its_sides(facts: dict[str, tuple[Fact, ...]]) -> None:
    told = list(by_entity("Actors/Acme.md", facts["Actors/Acme.md"]))  # type: ignore[arg-type]
    assert {node for node, fact in told if fact.role == "supplier"} == {"Actors/Bolt.md", "Actors/Dyn.md"}


# ---------------------------------------------------------------------------
# The vocabulary
# ---------------------------------------------------------------------------


def test_inverses_hold_both_ways() -> None:
    assert VOCABULARY.inverse("investor") == "portfolio-company"
    assert VOCABULARY.inverse("portfolio-company") == "investor"
    assert VOCABULARY.inverse("supplier") == "customer"
    assert VOCABULARY.inverse("competitor") == "competitor"
    assert VOCABULARY.inverse("regulator") == ""


def test_a_vault_extends_or_replaces_the_vocabulary(tmp_path: Path) -> None:
    own = tmp_path / "relations.yaml"
    own.write_text(
        "mentor:\n  inverse: pupil\n  heads: [mentor, guru]\npupil:\n  heads: [pupil]\ncompetitor:\n  heads: [foe]\n"
    )
    extended, problems = load(own)
    assert problems == ()
    assert read_annotation("early guru", extended).role == "mentor"
    assert read_annotation("sworn foe", extended).role == "competitor"
    assert read_annotation("old rival", extended).role == "competitor"
    replaced, _ = load(own, replace=True)
    assert read_annotation("old rival", replaced).role == ""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("mentor:\n  heads: [a]\n  patterns: ['(']\n", 3, "no regular expression"),
        ("mentor:\n  inverse: nobody\n", 2, "is no role"),
        ("a:\n  inverse: b\nb:\n  inverse: c\nc:\n  inverse: a\n", 2, "they go in pairs"),
        ("mentor:\n  head: [a]\n", 2, "mentor: there is an unknown field `head`"),
        ("mentor:\n  heads: one\n", 2, "mentor: expected a list, got a text"),
        ("mentor: [a]\n", 1, "mentor: expected entries by name, got a list"),
        ("mentor:\n  inverse: [a]\n", 2, "mentor: expected a text, got a list"),
        ("mentor:\n  heads: [a, 5]\n", 2, "mentor: expected a text, got a number"),
        ("mentor:\n  heads: [a]\nmentor:\n  heads: [b]\n", 3, "mentor stands twice"),
        ("generic: 5\n", 1, "generic: expected a list, got a number"),
        ("kinds: [a]\n", 1, "kinds: expected entries by name, got a list"),
        ("kinds:\n  person: a\n", 2, "kinds: expected a list, got a text"),
        ("a: [b\nc", 1, "did not find expected ',' or ']'"),
        ("a: &x [b]\n", 1, "anchor"),
        ("[" * 30_000, 1, "deep"),
        ("- a\n", 1, "A vocabulary maps names of roles"),
        ("subheadings:\n  - {pattern: x}\n", 2, "there is no required field `role`"),
        ("subheadings:\n  - {pattern: '(', role: mentor}\n", 2, "no regular expression"),
    ],
)
def test_a_broken_vocabulary_is_told_and_left_out(tmp_path: Path, text: str, line: int, message: str) -> None:
    own = tmp_path / "relations.yaml"
    own.write_text(text)
    vocabulary, problems = load(own)
    assert vocabulary is VOCABULARY
    assert message in problems[0].message
    assert problems[0].line == line


def test_a_vocabulary_that_is_not_there_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"m\xe9ntor:\n")
    for name, why in (("none", "No such file"), ("fifo", "not a regular file"), ("latin", "isn't UTF-8")):
        (found,) = load(tmp_path / f"{name}.yaml")[1]
        assert found.name == "vocabulary-unusable"
        assert why in found.message


def test_each_pattern_stands_for_itself(tmp_path: Path) -> None:
    own = tmp_path / "relations.yaml"
    own.write_text("a:\n  patterns: ['^(?P<x>o)\\1$']\nb:\n  patterns: ['(?x) ^ p (?P<x>q) \\1 $']\n")
    vocabulary, problems = load(own)
    assert problems == ()
    assert [vocabulary.by_pattern(label) for label in ("oo", "pqq", "pq")] == ["a", "b", ""]


def test_the_built_in_vocabulary_is_sound() -> None:
    assert load(BUILT_IN, replace=True)[1] == ()
