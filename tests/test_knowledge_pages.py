"""Pages of relations and of types: what they list, where they are cut, what follows an edit, and hostile words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import linkcheck
import lxml.html
import pytest
import vaults

from vaultkit.knowledge.values import sort_text
from vaultkit.knowledge.vocabulary_file import load
from vaultkit.model import Card, Document, Property, Tag, Url, VaultPath
from vaultkit.site.csv_files import csv_file, harmless
from vaultkit.site.knowledge_views import EdgeRow, Thing
from vaultkit.site.profiles import Known, Profile, profile
from vaultkit.site.relation_pages import A_PAGE, relation_files, span
from vaultkit.site.statements import Statement, shown, sorted_rows
from vaultkit.site.type_pages import FEW, type_plan
from vaultkit.urls import part_url, relation_url, role_part, type_url
from vaultkit.vault import Vault

TURNED = load(None)[0].turned

# ---------------------------------------------------------------------------
# Small parts
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("plain", "plain"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("  +cmd|' /C calc'!A0", "'  +cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("＝1+2", "'＝1+2"),
        ("-12.5%", "-12.5%"),
        ("+$1.5B", "+$1.5B"),
        ("+ 3 more", "'+ 3 more"),
        ("", ""),
    ],
)
def test_no_cell_of_a_csv_file_is_a_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written
    made = csv_file(Url("x.csv"), ("a", "b", "c"), [("1", cell, ""), (cell, 'say "x", y', "")]).data
    assert made.startswith(b"\xef\xbb\xbfa,b,c\r\n")
    assert list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))[1:] == [
        ["1", written, ""],
        [written, 'say "x", y', ""],
    ]


@pytest.mark.parametrize(
    "role", ["index", "Peer", "a b", "of-peer", "backlinks", "backlinks-2", "is-x", "a--b", "ä", "../x"]
)
def test_a_role_that_an_address_cannot_hold_gets_one_of_its_own(role: str) -> None:
    part = role_part(role)
    assert part.startswith("is-")
    assert part != role_part(role + "x")
    assert part_url(Url("A.html"), part) != part_url(Url("A.html"), "backlinks")
    assert relation_url(role) != "relations/index.html"


def test_a_plain_role_and_type_stand_in_the_address() -> None:
    assert relation_url("portfolio-company") == "relations/portfolio-company.html"
    assert type_url("Actors") == "types/Actors.html"
    assert len({type_url("a b"), type_url("a-b"), type_url("a  b"), type_url("index")}) == 4


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("$1.5B", "1500000000"),
        ("12%", "12"),
        ("Feb 2026", "2026-02-00"),
        ("2015", "2015-00-00"),
        ("private", ""),
        ("", ""),
    ],
)
def test_values_sort_by_what_they_say(text: str, key: str) -> None:
    assert sort_text(text) == key


def test_spans_of_letters_are_short() -> None:
    assert [span(letters) for letters in (["0–9"], ["0–9", "A", "B"], ["C"])] == ["0–9", "0 – B", "C"]


# ---------------------------------------------------------------------------
# Relations, by hand
# ---------------------------------------------------------------------------


def edge(subject: str, other: str, words: str = "", year: str = "", source: str = "N") -> EdgeRow:
    things = (Thing(subject, f"{subject}.html"), Thing(other, f"{other}.html"))
    return EdgeRow(*things, words, "", "", year, "", "", "", "", source, f"{source}.html", "", "")


def test_rows_stand_by_name_the_latest_first() -> None:
    rows = [edge("B", "A"), edge("a", "B", year="2019"), edge("a", "B", year="2020"), edge("", "X")]
    assert [(row.subject.text, row.year) for row in sorted_rows(rows)] == [("a", "2020"), ("a", "2019"), ("B", "")]
    assert shown(rows) == ("year",)


@pytest.mark.parametrize(("n", "urls"), [
    (A_PAGE, ["relations/investor.csv", "relations/investor.html"]),
    (A_PAGE + 1, ["relations/investor.csv", "relations/investor.html", "relations/investor--a.html",
                  "relations/investor--b.html"]),
    (2 * A_PAGE + 1, ["relations/investor.csv", "relations/investor.html", "relations/investor--a.html",
                      "relations/investor--b.html", "relations/investor--b-2.html"]),
])  # fmt: skip
def test_a_role_with_many_relations_is_cut_between_letters(n: int, urls: list[str]) -> None:
    found = [
        Statement("investor", f"{letter}{i}", "x", edge(f"{letter}{i}", "X"))
        for i in range(n) for letter in ("A" if i < 10 else "B")
    ]  # fmt: skip
    made = relation_files(TURNED)("investor", found, used={}.get)
    assert [row.url for row in made] == urls


# ---------------------------------------------------------------------------
# Types, by hand
# ---------------------------------------------------------------------------


def member(name: str, *keys: str, tags: str = "") -> Profile:
    known = tuple(Known(key.lower(), key, (Thing("x"),)) for key in keys)
    return Profile("Things", Thing(name, f"{name}.html"), tuple((tag, tag) for tag in tags.split()), known)


def test_columns_are_the_most_frequent_keys_and_seldom_change_place() -> None:
    members = [
        member(f"M{i}", "Often", *(["Half"] if i % 2 else []), *(["Rare"] if i < FEW - 1 else [])) for i in range(40)
    ]
    plan = type_plan()("Things", members)
    assert plan is not None
    assert [name for _, name in plan.columns] == ["Often", "Half"]
    # One more of it changes neither place nor spelling.
    assert type_plan()("Things", [*members, member("N", "HALF")]) == plan


def test_a_type_without_facts_in_common_has_no_table_unless_there_is_no_other_list() -> None:
    members = [member("A", "One"), member("B", "Other")]
    assert type_plan()("Things", members) is None
    assert type_plan({"Things"})("Things", members) is not None


def test_a_large_type_is_cut_by_letters_and_tags() -> None:
    members = [member(f"{'ABC'[i % 3]}{i}", "Key", tags="odd" if i % 40 == 1 else "") for i in range(601)]
    plan = type_plan()("Things", members)
    assert plan is not None
    assert [(part.slug, part.letters, part.tag) for part in plan.parts] == [
        ("a", ("A",), ""), ("b", ("B",), ""), ("c", ("C",), ""), ("tag-odd", (), "odd"),
    ]  # fmt: skip


def test_a_profile_is_told_by_properties_first_and_holds_no_lines() -> None:
    path = VaultPath("Things/A.md")
    document = Document(
        path, "note", "", title="A", tags=(Tag("Big", 1, 1), Tag("big", 2, 1)),
        properties=(Property("founded_in", 1999, 2), Property("aliases", ["x"]), Property("live", True), Property("empty", None)),
    )  # fmt: skip
    cards = {path: Card(path, "note", "A", Url("Things/A.html"), "Things")}
    found = profile({}, ())(path, document, cards=cards.get, wanted={}.get, facts={}.get, links={}.get)
    assert found is not None
    assert found.tags == (("big", "Big"),)
    assert [(known.shown, known.text) for known in found.known] == [("Founded in", "1999"), ("Live", "☑")]
    moved = Document(path, "note", "", title="A", tags=(Tag("Big", 9, 1),), properties=(
        Property("founded_in", 1999, 8), Property("live", True, 9)))  # fmt: skip
    assert profile({}, ())(path, moved, cards=cards.get, wanted={}.get, facts={}.get, links={}.get) == found


# ---------------------------------------------------------------------------
# Whole sites
# ---------------------------------------------------------------------------

HOSTILE = """x"><img src=x onerror=alert(1)> & </script><script>alert(2)</script>"""

FUNDS: dict[str, str] = {
    f"Firms/F{i}.md": (
        f"---\nfounded: {1990 + i}\ntags: [firm{', big' if i % 2 else ''}]\n---\n# Firm {i}\n\n"
        f"| Metric | Value |\n|---|---|\n| Headquarters | [[Town]] {i} |\n| Revenue | ${i}.5B |\n\n"
        f"## Related\n\n- [[Fund]] — investor (Series A, $1{i}M, 201{i})\n- [[Later]] — competitor\n"
    )
    for i in range(8)
}
VAULT: dict[str, str] = {
    **FUNDS,
    "Fund.md": "# Fund\n\n## Related\n\n- [[F1]] — portfolio company (5% stake)\n- [[F2]] — former portfolio company\n",
    "Town.md": "A town.\n",
    "Evil.md": f"---\ntitle: {json.dumps(HOSTILE)}\n---\n## Related\n\n- [[Fund]] — investor ({HOSTILE})\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("known")
    vaults.build(vaults.write(folder / "vault", VAULT), folder / "site")
    assert linkcheck.check(folder / "site") == []
    return vaults.tree(folder / "site")


def rows(page: bytes) -> list[list[str]]:
    tree = lxml.html.document_fromstring(page.decode())
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in tree.xpath("//table[contains(@class,'is-sortable')]//tbody/tr")
    ]


def test_a_role_has_a_page_with_all_its_relations_and_a_file(site: dict[str, bytes]) -> None:
    found = rows(site["relations/investor.html"])
    assert ["F1", "Fund", "investor (Series A, $11M, 2011)", "Series A", "2011", "$11M", "F1 Related"] in found
    assert len(found) == 9
    assert b'href="../relations/portfolio-company.html"' in site["relations/investor.html"]
    table = list(csv.DictReader(io.StringIO(site["relations/investor.csv"].decode("utf-8-sig"))))
    assert len(table) == 9
    assert table[1] | {"words": ""} == {
        "subject": "F1", "role": "investor", "object": "Fund", "words": "", "status": "", "round": "Series A",
        "year": "2011", "amount": "$11M", "stake": "", "note": "F1", "section": "Related",
        "address": "Firms/F1.html#related",
    }  # fmt: skip


def test_a_thing_has_a_page_for_a_role_in_which_many_stand_to_it(site: dict[str, bytes]) -> None:
    """Eight firms and a hostile note name the fund as investor, and it names two of them itself."""
    found = rows(site["Fund--portfolio-company.html"])
    assert len(found) == 11
    own = [row for row in found if row[-1] == "Fund Related"]
    assert own == [
        ["F1", "portfolio company (5% stake)", "", "", "", "", "5%", "Fund Related"],
        ["F2", "former portfolio company", "former", "", "", "", "", "Fund Related"],
    ]
    assert b'href="Fund--portfolio-company.html"' in site["Fund.html"]
    assert not [url for url in site if url.startswith("Firms/") and "--" in url]
    # A name that nobody has written about has such a page too.
    assert any(url.startswith("wanted/") and url.endswith("--competitor.html") for url in site)


def test_all_roles_are_listed_with_their_number(site: dict[str, bytes]) -> None:
    tree = lxml.html.document_fromstring(site["relations/index.html"].decode())
    listed = [" ".join(item.text_content().split()) for item in tree.xpath("//ul[contains(@class,'is-roles')]/li")]
    assert listed[:2] == ["Investors9", "Competitors8"]


def test_a_type_has_a_table_of_its_most_frequent_facts(site: dict[str, bytes]) -> None:
    page = site["types/Firms.html"]
    heads = lxml.html.document_fromstring(page.decode()).xpath("//thead//th/text()")
    assert heads == ["Name", "Founded", "Headquarters", "Revenue"]
    assert rows(page)[1] == ["F1", "1991", "Town 1", "$1.5B"]
    assert b'<td data-v="1500000000">$1.5B</td>' in page
    assert b'<a href="../Town.html">Town</a> 1' in page
    assert b'data-tag="big"' in page
    assert b'href="../types/Firms.html"' in site["Firms/index.html"]
    assert b'href="../Firms/index.html"' in page


def test_the_data_for_comparing_holds_all_facts_as_plain_data(site: dict[str, bytes]) -> None:
    script = site["static/types/Firms--all.js"].decode()
    assert script.startswith("(self.vkKnown=self.vkKnown||[]).push(")
    name, facts = json.loads(script.partition("push(")[2].removesuffix(");\n"))
    assert name == "Firms"
    assert facts["Firms/F1"] == [
        ["Founded", ["1991"]], ["Headquarters", [["Town", "Town.html"], " 1"]], ["Revenue", ["$1.5B"]],
    ]  # fmt: skip
    assert b'data-script="static/types/Firms.js"' in site["compare.html"]


def test_hostile_words_are_text_everywhere(site: dict[str, bytes]) -> None:
    pages = [data for url, data in site.items() if url.endswith(".html")]
    assert not any(b"<img src=x" in page or b"<script>alert" in page for page in pages)
    assert b"&lt;img src=x onerror=alert(1)&gt;" in site["relations/investor.html"]
    assert b"&lt;img src=x onerror=alert(1)&gt;" in site["Fund--portfolio-company.html"]


Edit = dict[str, str | None]

EDITS: dict[str, Edit] = {
    "the words of a relation": {"Firms/F1.md": FUNDS["Firms/F1.md"].replace("$11M", "$12M")},
    "a line above": {"Firms/F1.md": FUNDS["Firms/F1.md"].replace("# Firm 1\n", "# Firm 1\n\nA remark.\n")},
    "a title": {"Fund.md": "---\ntitle: The fund\n---\n" + VAULT["Fund.md"]},
    "relations become few": {f"Firms/F{i}.md": None for i in range(4)} | {"Evil.md": None},
    "a role goes": {"Fund.md": "No longer.\n"},
    "a wanted name is written": {"Later.md": "Now.\n"},
    "a value": {"Firms/F1.md": FUNDS["Firms/F1.md"].replace("$1.5B", "$2.5B")},
    "a key": {"Firms/F1.md": FUNDS["Firms/F1.md"].replace("Revenue", "Sales")},
    "a property": {"Firms/F1.md": FUNDS["Firms/F1.md"].replace("founded: 1991", "founded: 1891")},
    "a tag": {"Firms/F2.md": FUNDS["Firms/F2.md"].replace("[firm]", "[firm, big]")},
    "what a value links to": {"Town.md": None},
    "a type goes": {f"Firms/F{i}.md": None for i in range(4)},
    "a type comes": {f"Towns/T{i}.md": f"---\nriver: R{i}\n---\nTown.\n" for i in range(5)},
    "a private note": {"Fund.md": "---\npublish: false\n---\n" + VAULT["Fund.md"]},
}


@pytest.mark.parametrize("name", EDITS)
def test_the_pages_follow_an_edit(tmp_path: Path, name: str) -> None:
    root, out = vaults.write(tmp_path / "vault", VAULT), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    for path, content in EDITS[name].items():
        if content is None:
            (root / path).unlink()
        else:
            vaults.write(root, {path: content})
    report = vault.build(out)
    vaults.build(root, tmp_path / "clean" / "site")
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
    assert linkcheck.check(out) == []
    ours = {url for url in report.rendered if url.startswith(("relations/", "types/", "compare")) or "--" in url}
    assert bool(ours) == (name != "a line above")


def test_an_edit_of_a_value_renders_its_type_and_nothing_of_relations(tmp_path: Path) -> None:
    root, out = vaults.write(tmp_path / "vault", VAULT), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    vaults.write(root, EDITS["a value"])
    report = vault.build(out)
    assert {url for url in report.rendered if "/" in url} == {"Firms/F1.html", "types/Firms.html"} | {
        url for url in report.rendered if url.startswith("tables/")
    }
    assert {"types/Firms.csv", "static/types/Firms--all.js"} <= set(report.written)
    assert "static/types/Firms.js" not in report.written


def test_a_role_without_an_inverse_has_pages_as_well(tmp_path: Path) -> None:
    """What it is seen from the other end has no word of its own, and is told as that end of the role."""
    notes = {f"C{i}.md": "# C\n\n## Related\n\n- [[Office]] — regulator\n" for i in range(6)}
    vaults.build(vaults.write(tmp_path / "vault", notes | {"Office.md": "# Office\n"}), tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert "relations/regulator.html" in site
    assert b"relations/regulator.html" in site["relations/index.html"]
    assert b"Office--of-regulator.html" in site["Office.html"]
    assert site["Office--of-regulator.html"].count(b"<tr") == 7
    assert b'href="relations/regulator.html"' in site["Office--of-regulator.html"]
