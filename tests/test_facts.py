"""What an author knows, read as facts: each from a line of a note, with its words, and nothing invented."""

from __future__ import annotations

import os
import time
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

SECONDS = 20
"""CPU time for the worst input, parsing and all: many times what it takes, far less than a quadratic reader would."""

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


# ---------------------------------------------------------------------------
# What a label can't mean
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "role"),
    [
        # The last word of a sentence is what is done to, not what the link is.
        ("acquired the photonics division in 2024", "acquired"),
        ("uses its chips", "customer"),
        ("argues for a wider market", ""),
        # Another's, or one more of them.
        ("adjacent market", ""),
        ("fellow portfolio company", "peer"),
        ("blocked acquirer", ""),
        # Plain heads count by themselves or after a modifier.
        ("largest holding", "portfolio-company"),
        ("grid investment", ""),
        ("asset owner", ""),
        ("27% owner", "parent"),
        # A gerund ends what is named before it.
        ("supplier facing new rules", "supplier"),
        ("founder/CEO", "founder"),
        ("investor and customer", "customer"),
        ("Q Developer", ""),
        ("peer review", ""),
    ],
)
def test_labels_that_say_something_else(words: str, role: str) -> None:
    assert read_annotation(words, VOCABULARY).role == role


def test_verbs_tell_whom_they_are_about() -> None:
    alone, with_object = read_annotation("acquired 2024", VOCABULARY), read_annotation("acquired Groq", VOCABULARY)
    assert (alone.party, alone.is_passive) == ("", False)
    assert (with_object.party, with_object.is_passive) == ("Groq", True)


# ---------------------------------------------------------------------------
# Who and whose
# ---------------------------------------------------------------------------

KINDS = """
-- Actors/Acme.md --
## Key investors

| Company | Stake | Notes |
| --- | --- | --- |
| [[Fund]] | 12% | Seed |
| [[Giant]] / [[Other]] | 40% | |

| Round | Date | Amount | Investors | Lead |
| --- | --- | --- | --- | --- |
| Series B | May 2023 | $30M | E2, [[Fund]] (strategic), funds including [[Giant]] and [[Ada]] veterans | |

| Role | Name | Background |
| --- | --- | --- |
| CEO | [[Ada]] | once of [[Giant]] |

| Metric | Value |
| --- | --- |
| Ticker | ACM ([[Exchange]]) |
| Owner | [[Giant]] (30%) |
| Previous owner | [[Other]] |
| Acquired by | [[Bolt]] |

## Related
- [[Giant]] — acquired Acme in 2024
- [[Bolt]] — Bolt's oldest supplier
- [[Ada]] — Nobody's former CEO
- [[Acme]] — peer
-- Actors/Ada.md --
---
tags: [individual]
---
| Metric | Value |
| --- | --- |
| Current role | Founder & CEO, [[Acme]]; engineer, [[Bolt]] |
| Previous | Analyst, [[Giant]] |

## Related
- [[Giant]] — early investor
- [[Bolt]] — supplier
-- Concepts/Chips.md --
| Customer | Use |
| --- | --- |
| [[Acme]] | much |
| [[Bolt]] | little |

| Company | Lead investors |
| --- | --- |
| [[Acme]] | [[Fund]] |

## Related
- [[Acme]] — competitor
- [[Bolt]] — supplier
-- Actors/Fund.md --
-- Actors/Giant.md --
-- Actors/Bolt.md --
-- Actors/No links.md --
| Metric | Value |
| --- | --- |
| HQ | Berlin |
"""


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Fact, ...]]:
    root = vaults.write(tmp_path_factory.mktemp("kinds") / "vault", KINDS)
    vault = Vault.open(root, cache_dir=root.parent / "cache", jobs=1)
    return {document.path: vault.facts(document.path) for document in vault.notes}


def typed(facts: tuple[Fact, ...], *sources: str) -> list[tuple[str, str, str]]:
    return [
        (Path(f.subject).stem, f.role, Path(f.object).stem)
        for f in facts
        if f.source in sources and f.object and f.is_typed
    ]


def test_rows_are_of_the_note_where_a_section_or_head_names_a_role(about: dict[str, tuple[Fact, ...]]) -> None:
    assert typed(about["Actors/Acme.md"], "row") == [("Acme", "investor", "Fund")]
    (fund,) = (f for f in about["Actors/Acme.md"] if f.source == "row" and f.is_typed)
    assert fund.stake == "12%"


def test_cells_name_what_stands_alone_in_them(about: dict[str, tuple[Fact, ...]]) -> None:
    assert typed(about["Actors/Acme.md"], "cell") == [
        ("Acme", "investor", "Fund"),
        # The background of a CEO is no CEO.
        ("Acme", "ceo", "Ada"),
    ]
    (fund,) = (f for f in about["Actors/Acme.md"] if f.source == "cell" and f.role == "investor")
    assert (fund.round, fund.year, fund.amount) == ("Series B", "2023", "$30M")


def test_values_are_read_with_their_remarks(about: dict[str, tuple[Fact, ...]]) -> None:
    own = [f for f in about["Actors/Acme.md"] if f.source == "key-value" and f.object]
    assert [(f.role, Path(f.object).stem, f.status) for f in own] == [
        # Less than half of it makes no parent.
        ("investor", "Giant", ""),
        ("parent", "?other", "former"),
        ("acquirer", "Bolt", ""),
    ]


def test_a_line_may_speak_of_others(about: dict[str, tuple[Fact, ...]]) -> None:
    assert typed(about["Actors/Acme.md"], "related") == [("Giant", "acquired", "Acme")]
    assert [f.role for f in about["Actors/Acme.md"] if f.source == "related"] == ["acquired", "related", "related"]


def test_a_person_has_posts_and_no_suppliers(about: dict[str, tuple[Fact, ...]]) -> None:
    assert typed(about["Actors/Ada.md"], "key-value") == [
        ("Acme", "ceo", "Ada"),
        ("Ada", "employer", "Bolt"),
        ("Ada", "employer", "Giant"),
    ]
    assert typed(about["Actors/Ada.md"], "related") == [("Ada", "portfolio-company", "Giant")]


def test_an_idea_has_neither_competitors_nor_customers(about: dict[str, tuple[Fact, ...]]) -> None:
    assert typed(about["Concepts/Chips.md"], "row", "cell") == [("Acme", "investor", "Fund")]
    assert typed(about["Concepts/Chips.md"], "related") == [("Chips", "supplier", "Bolt")]


def test_a_note_without_links_has_facts(about: dict[str, tuple[Fact, ...]]) -> None:
    assert [(f.role, f.value) for f in about["Actors/No links.md"]] == [("Headquarters", "Berlin")]


# ---------------------------------------------------------------------------
# Bad input
# ---------------------------------------------------------------------------


def facts_in(tmp_path: Path, notes: str) -> tuple[dict[str, tuple[Fact, ...]], float]:
    """The facts of some notes, and the CPU seconds that it took to read them."""
    root = vaults.write(tmp_path / "vault", notes)
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    began = time.process_time()
    found: dict[str, tuple[Fact, ...]] = {document.path: vault.facts(document.path) for document in vault.notes}
    return found, time.process_time() - began


def test_ragged_rows_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    table = "| Company | CEO | Share |\n| --- | --- | --- |\n| [[A]] |\n| [[B]] | [[Ben]] | 3% | too | many |\n| |\n"
    found, _ = facts_in(tmp_path, f"-- N.md --\n{table}")
    assert [(f.subject, f.role, f.value) for f in found["N.md"] if not f.object] == [
        ("?b", "CEO", "Ben"),
        ("?b", "Share", "3%"),
    ]


def test_a_table_of_4000_columns_takes_no_long_time(tmp_path: Path) -> None:
    heads, line = "| Company " + "| CEO " * 4_000 + "|", "| --- " * 4_001 + "|"
    found, took = facts_in(tmp_path, f"-- N.md --\n{heads}\n{line}\n| [[A]] " + "| [[B]] " * 4_000 + "|\n")
    assert took < SECONDS
    assert all(fact.line == 3 for fact in found["N.md"])


def test_a_table_of_100_000_rows_takes_no_long_time(tmp_path: Path) -> None:
    rows = "".join(f"| Key {n} | {n} |\n" for n in range(100_000))
    found, took = facts_in(tmp_path, f"-- N.md --\n| Metric | Value |\n| --- | --- |\n{rows}")
    assert took < SECONDS
    assert len(found["N.md"]) <= 100_000


def test_a_line_of_50_links_says_nothing_of_each(tmp_path: Path) -> None:
    links = ", ".join(f"[[Note {n}]]" for n in range(50))
    found, _ = facts_in(tmp_path, f"-- N.md --\n## Related\n- {links} — competitors\n- [[B]] — competitor\n")
    assert [fact.object for fact in found["N.md"]] == ["?b"]


def test_nothing_is_related_to_itself(tmp_path: Path) -> None:
    table = "| Metric | Value |\n| --- | --- |\n| Parent | [[N]] |\n"
    found, _ = facts_in(tmp_path, f"-- N.md --\n{table}\n## Related\n- [[N]] — competitor\n- [[#Related]] — peer\n")
    assert [fact.object for fact in found["N.md"]] == [""]


def test_an_alias_that_two_notes_claim_is_neither(tmp_path: Path) -> None:
    found, _ = facts_in(
        tmp_path,
        "-- A.md --\n---\naliases: [X]\n---\n-- B.md --\n---\naliases: [X]\n---\n"
        "-- N.md --\n## Related\n- [[X]] — competitor\n- [[C]] — X CEO\n",
    )
    # Nor is the CEO the note's.
    assert [(f.subject, f.role, f.object) for f in found["N.md"]] == [
        ("N.md", "competitor", "=x"),
        ("N.md", "related", "?c"),
    ]


def test_long_lines_take_no_long_time(tmp_path: Path) -> None:
    lines = "".join(
        f"- [[A]] — {text}\n"
        for text in ("acquired by " * 20_000, "(" * 50_000, "a, " * 50_000, "1" * 50_000, "$" * 50_000)
    )
    found, took = facts_in(tmp_path, f"-- N.md --\n## Related\n{lines}")
    assert took < SECONDS
    assert len(found["N.md"]) == 5


def test_a_build_goes_on_with_a_broken_vocabulary(tmp_path: Path) -> None:
    files = '-- vaultkit.toml --\n[relations]\nvocabulary = "own.yaml"\n-- own.yaml --\nmentor:\n  inverse: nobody\n'
    root = vaults.write(tmp_path / "vault", f"{files}-- N.md --\n## Related\n- [[A]] — competitor\n")
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    assert [fact.role for fact in vault.facts("N.md")] == ["competitor"]
    (told,) = (problem for problem in vault.problems if problem.name == "vocabulary-unusable")
    assert (told.path, told.line) == ("own.yaml", 2)


def test_fields_on_lines_of_their_own_are_one_each(tmp_path: Path) -> None:
    text = "status:: open\nregulator:: [[Agency]]\n\n- size:: 5 GW\n\nSeen (mood:: calm) and [weight:: 3 kg] today.\n"
    root = vaults.write(tmp_path / "vault", {"A.md": text, "Agency.md": ""})
    facts = Vault.open(root, cache_dir=tmp_path / "cache").facts("A.md")
    assert [(fact.role, fact.object or fact.value, fact.line) for fact in facts] == [
        ("status", "open", 1), ("regulator", "Agency.md", 2), ("size", "5 GW", 4), ("mood", "calm", 6), ("weight", "3 kg", 6),
    ]  # fmt: skip
