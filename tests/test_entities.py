"""Types as they are configured: by folder, tag or property, with plural, color and order."""

from __future__ import annotations

from pathlib import Path

import linkcheck
import pytest
import vaults

from vaultkit.config import load
from vaultkit.links.types import Rules, entity_types, type_problems
from vaultkit.model import Document, Property, Tag, VaultPath
from vaultkit.settings import Entity
from vaultkit.vault import Vault

COMPANY = Entity("Company", "Companies", folder="Firms", tag="company", property="company", order=2)
PERSON = Entity("Person", "People", tag="person", property="kind=human", color="#123abc", order=1)
OLD = Entity("Old firm", "Old firms", folder="Firms/Old", color="c3", order=3)
ENTITIES = (COMPANY, PERSON, OLD)


def note(path: str, *tags: str, **properties: object) -> tuple[VaultPath, Document]:
    entries = tuple(Property(name, value) for name, value in properties.items())
    made = Document(VaultPath(path), "note", "", tags=tuple(Tag(tag, 1, 1) for tag in tags), properties=entries)
    return made.path, made


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (note("Firms/A.md"), "Companies"),
        (note("Firms/Old/A.md"), "Old firms"),
        (note("Firms/Older/A.md"), "Companies"),
        (note("firms/A.md"), ""),
        (note("A.md", "idea", "Person"), "People"),
        (note("A.md", "person/writer"), "People"),
        (note("A.md", "personal"), ""),
        (note("A.md", type="Company"), "Companies"),
        (note("A.md", type=["note", "[[Company|firm]]"]), "Companies"),
        (note("A.md", kind="human"), "People"),
        (note("A.md", kind="company", type="human"), ""),
        (note("Firms/A.md", "person"), "Companies"),
        (note("A.md", "person", type="company"), "People"),
        (note("A.md", type=3, kind=None), ""),
    ],
)
def test_the_folder_counts_before_tags_and_those_before_properties(
    found: tuple[VaultPath, Document], expected: str
) -> None:
    assert Rules(ENTITIES).type_of(*found) == expected


def test_without_configuration_the_top_folder_is_the_type() -> None:
    assert Rules(()).type_of(*note("Firms/Old/A.md", "person")) == "Firms"
    assert Rules(()).type_of(*note("A.md", "person")) == ""
    assert Rules(()).disagreements(*note("Firms/A.md", "person", kind="human")) is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (note("Firms/A.md", "company", type="company"), None),
        (note("Firms/A.md", "idea"), None),
        (note("Firms/A.md", "person"), "the folder Firms says Companies, the tag #person says People: it is taken for Companies."),
        (note("A.md", "person", type="company"), "the tag #person says People, the property type says Companies: it is taken for People."),
    ],
)  # fmt: skip
def test_a_note_that_is_told_by_different_things_is_a_problem(
    found: tuple[VaultPath, Document], said: str | None
) -> None:
    problems = Rules(ENTITIES).disagreements(*found)
    assert [(each.code, each.message) for each in problems or ()] == ([] if said is None else [("VK402", said)])


def test_configured_types_have_their_order_colors_and_names() -> None:
    notes = {"Companies": (VaultPath("Firms/A.md"),), "Old firms": (VaultPath("Firms/Old/B.md"),)}
    made = entity_types((), ENTITIES)(notes)
    assert [(each.folder, each.name, each.rank, each.url, each.paint) for each in made.values()] == [
        ("Companies", "Company", 1, "types/Companies.html", ""),
        ("Old firms", "Old firm", 2, "Firms/Old/index.html", "c3"),
    ]
    assert {name: [p.code for p in row] for name, row in type_problems(ENTITIES)(notes).items()} == {
        "People": ["VK403"]
    }


@pytest.mark.parametrize(
    ("written", "entities", "problems"),
    [
        ('[entities.Firm]\nfolder = "Firms/"\n', (Entity("Firm", "Firms", folder="Firms"),), []),
        ('[entities.Firm]\ntag = "#firm"\n', (Entity("Firm", "Firm", tag="firm"),), []),
        ('[entities.Firm]\ntag = "firm"\ncolour = "c1"\n', (Entity("Firm", "Firm", tag="firm"),), ["VK001 3"]),
        ('[entities.Firm]\ntag = "firm"\ncolor = "red"\n', (Entity("Firm", "Firm", tag="firm"),), ["VK002 3"]),
        ('[entities.Firm]\ntag = "firm"\norder = "1"\n', (Entity("Firm", "Firm", tag="firm"),), ["VK002 3"]),
        ('[entities.Firm]\nplural = "Firms"\n', (), ["VK002 1"]),
        ('[entities]\nFirm = "Firms"\n', (), ["VK002 2"]),
        ('[entities.A]\ntag = "a"\nplural = "X"\n[entities.B]\ntag = "b"\nplural = "X"\n',
         (Entity("A", "X", tag="a"),), ["VK002 6"]),
        ("entities = 3\n", (), ["VK002 1"]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_and_left_out(
    tmp_path: Path, written: str, entities: tuple[Entity, ...], problems: list[str]
) -> None:
    loaded = load(vaults.write(tmp_path, {"vaultkit.toml": written}))
    assert loaded.config.entities == entities
    assert [f"{each.code} {each.line}" for each in loaded.problems] == problems


def test_the_site_shows_what_is_configured(tmp_path: Path) -> None:
    settings = """
[entities.Person]
tag = "person"
plural = "People"
color = "#123abc"
order = 1
[entities.Firm]
folder = "Firms"
color = "c5"
order = 2
"""
    files = {
        "vaultkit.toml": settings,
        "A.md": "---\nrole: Founder\n---\nOf [[F]]. #person\n",
        "Firms/F.md": "---\nfounded: 1999\n---\nA firm.\n",
        "Firms/G.md": "Another. #person\n",
    }
    root, out = vaults.write(tmp_path / "vault", files), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    report = vault.build(out)
    site = vaults.tree(out)
    assert site["static/theme.js"].startswith(
        b'const vkSections=[["People","types/People.html"],["Firms","Firms/index.html"]];'
    )
    assert b".t-people{--c:#123abc}\n.t-firms{--c:var(--c5)}\n" in site["static/style.css"]
    assert b'href="types/People.html">Person</a>' in site["A.html"] or b"types/People.html" in site["A.html"]
    assert [each.code for each in report.problems if each.code.startswith("VK4")] == ["VK402"]
    assert linkcheck.check(out) == []

    vaults.write(root, {"A.md": "Of [[F]], and no person.\n", "Firms/G.md": "Another.\n"})
    report = vault.build(out)
    assert [each.code for each in report.problems if each.code.startswith("VK4")] == ["VK403"]
    vaults.build(root, tmp_path / "clean" / "site")
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
