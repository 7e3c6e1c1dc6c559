"""The pages about the whole vault: what happened when, which tables there are, and what should be mended."""

from __future__ import annotations

import json
import re
from pathlib import Path

import linkcheck
import lxml.html
import pytest
import vaults

from vaultkit.facts import Event, Fact
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.site.timeline import event_row, newest
from vaultkit.site.upkeep import Called, alike, by_skeleton, one_way, skeleton
from vaultkit.vault import Vault

Files = vaults.Files


def site(tmp_path: Path, files: Files | str) -> dict[str, bytes]:
    """The site of a vault, whose links all lead somewhere."""
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    assert linkcheck.check(tmp_path / "site") == []
    return vaults.tree(tmp_path / "site")


def text(page: bytes, path: str) -> list[str]:
    found = lxml.html.document_fromstring(page.decode()).xpath(path)
    return [" ".join(" ".join(each.itertext()).split()) for each in found]


def findings(pages: dict[str, bytes], kind: str) -> list[str]:
    url = f"maintenance/{kind}.html"
    return text(pages[url], "//ol[@class='findings']/li") if url in pages else []


# ---------------------------------------------------------------------------
# What happened
# ---------------------------------------------------------------------------

HISTORY = """
-- A/Harbor.md --
---
updated: 2026-03-01
---
Old.

## History

| Date | Event | Cost |
| --- | --- | --- |
| 2026-02-11 | It was [[Pier|dredged]]. | 3 M |
| Mar 2026 | It opened again. | |
| | Ships came. | |
| 2031 | It is full. | |
| 1999 | It was built. | |
| one day | Nobody knows. | |
-- A/Pier.md --
## Storm (Feb 3, 2026)

It broke.
-- Daily/2026-02-12.md --
| Date | Event |
| --- | --- |
| 2026-02-12 | Told twice. |
"""


def test_events_stand_in_the_order_of_their_dates_with_what_they_are_about(tmp_path: Path) -> None:
    pages = site(tmp_path, HISTORY)
    assert text(pages["timeline/2026.html"], "//section/h2") == ["February 2026", "March 2026"]
    assert text(pages["timeline/2026.html"], "//ol[@class='when']/li") == [
        "Feb 3, 2026 Storm Pier",
        "2026-02-11 It was dredged. Cost 3 M Pier Harbor",
        "Mar 2026 It opened again. Harbor",
        "2026-03 Ships came. Harbor",
    ]
    assert {url for url in pages if url.startswith("timeline/")} == {
        "timeline/index.html", "timeline/1999.html", "timeline/2026.html", "timeline/2031.html",
    }  # fmt: skip


def test_the_newest_note_says_what_is_yet_to_come(tmp_path: Path) -> None:
    index = site(tmp_path, HISTORY)["timeline/index.html"]
    latest = text(index, "//section[@id='vk.latest']//li/span")
    assert latest == ["2026-03", "Mar 2026", "2026-02-11", "Feb 3, 2026", "1999"]
    assert text(index, "//section[@id='vk.ahead']//li/span") == ["2031"]
    assert text(index, "//nav[@id='vk.years']//a") == ["2031 1", "2026 4", "1999 1"]


def test_a_year_with_much_has_a_page_a_month_and_a_month_with_more_has_several(tmp_path: Path) -> None:
    def rows(month: str, n: int) -> str:
        return "".join(f"| {month}-{1 + day % 28:02} | Event {day}. |\n" for day in range(n))

    table = f"| Date | Event |\n| --- | --- |\n{rows('2025-01', 501)}{rows('2025-02', 2)}| 2025 | Some day. |\n"
    pages = site(tmp_path, {"A.md": table})
    assert {url for url in pages if url.startswith("timeline/")} == {
        "timeline/index.html", "timeline/2025.html", "timeline/2025-01.html", "timeline/2025-01--2.html",
        "timeline/2025-02.html",
    }  # fmt: skip
    assert text(pages["timeline/2025.html"], "//ul[@class='tiles is-small']//a") == [
        "January 2025 501",
        "February 2025 2",
    ]
    assert text(pages["timeline/2025.html"], "//ol[@class='when']/li/span") == ["2025"]
    assert len(text(pages["timeline/2025-01--2.html"], "//ol[@class='when']/li")) == 1


def test_a_heading_is_told_without_its_date() -> None:
    def told(section: str, date: str) -> str:
        path = VaultPath("A.md")
        event = Event("2026-04-24", date, (), path, 1, (path,), section, "x")
        return event_row(event, "", {path: Card(path, "note", "A", Url("A.html"))}.get, {}.get).text

    assert told("Launch (Apr 24, 2026)", "Apr 24, 2026") == "Launch"
    assert told("2026-04-24: Launch", "2026-04-24") == "Launch"
    assert told("2026-04-24", "2026-04-24") == "2026-04-24"


def test_without_a_date_on_any_note_all_is_past() -> None:
    event = Event("2090-01-00", "Jan 2090", (("Event", "x"),), VaultPath("A.md"), 1, ("A.md",))
    found = newest(months={"2090-01": [event]}, years={"2090": [("2090-01", 1)]}, days={})
    assert (found[""].latest, found[""].ahead) == ((event,), ())


# ---------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------


def test_all_tables_are_listed_by_note_with_kind_and_columns(tmp_path: Path) -> None:
    pages = site(
        tmp_path,
        """
-- Äther.md --
## Facts

| Metric | Value |
| --- | --- |
| Height | 2 m |

| Who | Share |
| --- | --- |
| [[B]] | 3 % |
| [[Äther]] | 4 % |
-- B.md --
Nothing.
""",
    )
    assert text(pages["tables/index.html"], "//p[@class='aka']") == ["2 tables: 1 of facts, 1 of things"]
    assert text(pages["tables/a.html"], "//section//li") == [
        "Facts facts Metric Value 1 row",
        "Facts things Who Share 2 rows",
    ]


# ---------------------------------------------------------------------------
# What should be mended
# ---------------------------------------------------------------------------


def test_names_that_differ_in_little_have_one_skeleton() -> None:
    same = ("Acme", "ACME Inc.", "Acmé, Inc", "Acme Corporation", "The Acme", "Acme Capital Partners")
    assert {skeleton(name) for name in same} == {"acme"}
    assert skeleton("Open-source models") == skeleton("open source model")
    assert len({skeleton(name) for name in ("C", "C++", "C#")}) == 3
    assert skeleton("Inc") == "inc"
    assert skeleton("!?") == ""


def test_likely_duplicates_and_collisions(tmp_path: Path) -> None:
    pages = site(
        tmp_path,
        """
-- Acme.md --
[[Acme Inc]]
-- Acme Inc.md --
[[Acme]]
-- Bee.md --
---
aliases: [Honey]
---
[[Acme]]
-- Wax.md --
---
aliases: [Bee, honey]
---
[[Acme]] [[Honey]]
""",
    )
    assert findings(pages, "duplicate") == ["Acme Inc Acme"]
    assert findings(pages, "collision") == ["Bee Bee Wax", "Honey Bee Wax"]
    assert findings(pages, "ambiguous") == ["Honey 1 Wax"]


def test_namesakes_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    pages = site(tmp_path, {"Actors/Grok.md": "[[Products/Grok]]", "Products/Grok.md": "[[Actors/Grok]]"})
    assert findings(pages, "duplicate") == ["Actors/Grok Grok Products/Grok Grok"]


def test_of_notes_alike_each_is_named_once() -> None:
    one, two = VaultPath("Acme.md"), VaultPath("X.md")
    called = (Called("Acme", one, False), Called("Acme Ltd", one, True), Called("acme inc", two, True))
    assert [(flaw.kind, [spot.label for spot in flaw.about]) for flaw in alike("acme", called) or ()] == [
        ("duplicate", ["Acme", "acme inc"])
    ]
    assert alike("acme", called[:2]) is None
    day = VaultPath("Daily/2026-01-01.md")
    assert list(by_skeleton(day, Document(day, "note", "", "2026-01-01"))) == []


def test_relations_that_one_side_does_not_know() -> None:
    a = VaultPath("A.md")
    facts = [Fact("A.md", "peer", f"{name}.md", "", "", a, 1, "related", is_typed=True) for name in "BC"]
    flaws = one_way({"peer": "peer"}.get)(a, (*facts, facts[0]), backlinks={}.get)
    assert [(flaw.role, [spot.node for spot in flaw.where]) for flaw in flaws] == [("peer", ["B.md", "C.md"])]
    assert one_way(lambda _: "")(a, facts, backlinks={}.get) is None


def test_orphans_stubs_ragged_rows_and_unlinked_names(tmp_path: Path) -> None:
    crowd = {f"N/{i}.md": "It knows the [[Hub]].\n" for i in range(9)}
    pages = site(
        tmp_path,
        {
            **crowd,
            "Hub.md": "Short.\n",
            "Alone.md": "By itself.\n",
            "T.md": "| Who | n |\n| --- | --- |\n| [[Hub]] | 1 |\n| [[N/1]] | 2 |\n| Alone | 3 |\n| x |\n",
        },
    )
    assert findings(pages, "orphan") == ["Alone 2 words"]
    assert findings(pages, "stub") == ["Hub 10 1 word"]
    assert findings(pages, "unlinked") == ["T 1 Alone"]
    assert findings(pages, "VK124") == [
        "T Line 6 A row of the table has more or fewer cells than its head, which has 2."
    ]


def test_what_is_long_is_cut_into_pages(tmp_path: Path) -> None:
    pages = site(tmp_path, {f"{i:03}.md": f"[[Wanted {i}]]\n" for i in range(201)})
    assert len(findings(pages, "dangling")) == 200
    assert len(findings(pages, "dangling--2")) == 1
    assert len(text(pages["maintenance/index.html"], "//ol[@class='findings']/li")) == 5


def test_a_vault_without_a_flaw_has_no_page_of_them(tmp_path: Path) -> None:
    pages = site(tmp_path, {"A.md": "[[B]]", "B.md": "[[A]]"})
    assert not [url for url in pages if url.startswith(("maintenance/", "timeline/", "tables/"))]
    assert ways(pages) == ["graph/index.html"]


def ways(pages: dict[str, bytes]) -> list[str]:
    (line,) = re.findall(rb"const vkMore=(.*?);\n", pages["static/theme.js"])
    return [address for _, address in json.loads(line)[1:]]


def test_pages_lead_to_what_is_there(tmp_path: Path) -> None:
    pages = site(tmp_path, HISTORY)
    there = ["graph/index.html", "timeline/index.html", "tables/index.html", "maintenance/index.html"]
    assert ways(pages) == there
    tree = lxml.html.document_fromstring(pages["index-az.html"].decode())
    assert tree.xpath("//header//nav[@class='pills']/a/@href") == there


HIDDEN = {
    "A.md": "[[Secret plan|label]] ![[Secret plan]] [[Secret plan#Head]]\n\n| a | b |\n| - | - |\n| Secret plan | x |\n",
    "B.md": "---\naliases: [Plan]\n---\n[[A]] [[Plan|label]]\n",
}


def test_a_private_note_leaves_no_trace(tmp_path: Path) -> None:
    private = "---\npublish: false\naliases: [Plan]\n---\n# Head\n\n| Date | Event |\n| - | - |\n| 2026-01-02 | x |\n"
    without = site(tmp_path / "without", HIDDEN)
    having = site(tmp_path / "with", {**HIDDEN, "Secret plan.md": private})
    vaults.assert_same(without, having)
    only_labelled = {"A.md": "[[Secret plan|label]] ![x](Secret.png)\n"}
    pages = site(tmp_path / "labelled", only_labelled)
    assert not [url for url, data in pages.items() if b"Secret" in data and not url.startswith("A")]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>{{ 7*7 }}"
    site(
        tmp_path,
        {
            "A.md": f"---\naliases: ['{evil}']\n---\n## {evil}\n\n| Date | {evil} |\n| - | - |\n| 2026-01-02 | {evil} |\n\n[[x{{{{y}}}}]]",
            "B.md": f"---\naliases: ['{evil}']\n---\n[[A#nowhere {{{{ 7*7 }}}}]]\n",
        },
    )


# ---------------------------------------------------------------------------
# Edits
# ---------------------------------------------------------------------------

EDITS: dict[str, tuple[Files, dict[str, str | None]]] = {
    "an event": ({"A.md": "| Date | Event |\n| - | - |\n| 2026-01-02 | a |\n"}, {"A.md": "| Date | Event |\n| - | - |\n| 2025-01-02 | b |\n"}),
    "the title of what an event is about": (
        {"A.md": "| Date | Event |\n| - | - |\n| 2026-01-02 | [[B]] |\n", "B.md": "b"},
        {"B.md": "---\ntitle: New\n---\nb"},
    ),
    "the vault's present": (
        {"A.md": "| Date | Event |\n| - | - |\n| 2026-01-02 | a |\n", "B.md": "---\ndate: 2025-01-01\n---\n"},
        {"B.md": "---\ndate: 2026-02-01\n---\n"},
    ),
    "the last event goes": ({"A.md": "| Date | Event |\n| - | - |\n| 2026-01-02 | a |\n"}, {"A.md": "a"}),
    "a table": ({"A.md": "| Metric | Value |\n| - | - |\n| a | b |\n"}, {"A.md": "| Metric | Other |\n| - | - |\n| a | b |\n"}),
    "the title of a note with tables": (
        {"A.md": "| Metric | Value |\n| - | - |\n| a | b |\n"},
        {"A.md": "---\ntitle: Zebra\n---\n| Metric | Value |\n| - | - |\n| a | b |\n"},
    ),
    "a name in a table gets a note": (
        {"A.md": "| Who | n |\n| - | - |\n| [[B]] | 1 |\n| [[B]] | 2 |\n| C | 3 |\n", "B.md": "b"},
        {"C.md": "c"},
    ),
    "a namesake appears": ({"Acme.md": "a", "B.md": "[[Acme]]"}, {"Acme Inc.md": "b"}),
    "a namesake goes": ({"Acme.md": "a", "Acme Inc.md": "b"}, {"Acme Inc.md": None}),
    "an orphan is found": ({"A.md": "a", "B.md": "b"}, {"B.md": "[[A]]"}),
    "a stub grows": (
        {**{f"{i}.md": "[[A]]" for i in range(9)}, "A.md": "a"},
        {"A.md": "word " * 80},
    ),
    "the place of a wanted name": ({"A.md": "## One\n\n[[Gone]]"}, {"A.md": "## Two\n\n[[Gone]]"}),
    "a row is mended": ({"A.md": "| a | b |\n| - | - |\n| 1 |\n"}, {"A.md": "| a | b |\n| - | - |\n| 1 | 2 |\n"}),
    "the other side answers": (
        {"A.md": "## Related\n\n- [[B]] — competitor\n", "B.md": "b", "C.md": "[[A]]"},
        {"B.md": "[[A]]"},
    ),
    "a note with findings becomes private": (
        {"A.md": "[[Gone]]\n\n| Date | Event |\n| - | - |\n| 2026-01-02 | a |\n", "B.md": "b"},
        {"A.md": "---\nprivate: true\n---\n[[Gone]]\n\n| Date | Event |\n| - | - |\n| 2026-01-02 | a |\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_the_pages_follow(tmp_path: Path, name: str) -> None:
    files, edit = EDITS[name]
    root, out = vaults.write(tmp_path / "vault", files), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    before = vaults.tree(out)
    vaults.write(root, {path: content for path, content in edit.items() if content is not None})
    for path in (path for path, content in edit.items() if content is None):
        (root / path).unlink()
    vault.update()
    vault.build(out)
    vaults.build(root, tmp_path / "clean" / "site")
    after = vaults.tree(out)
    vaults.assert_same(after, vaults.tree(tmp_path / "clean" / "site"))
    assert linkcheck.check(out) == []
    ours = ("timeline/", "tables/", "maintenance/")
    assert {url: data for url, data in after.items() if url.startswith(ours)} != {
        url: data for url, data in before.items() if url.startswith(ours)
    }, "the edit should matter"


def test_an_event_renders_its_month_and_the_index(tmp_path: Path) -> None:
    rows = "".join(f"| 2025-{month:02}-{day:02} | Event {day}. |\n" for month in range(1, 13) for day in range(1, 29))
    more = "".join(f"| 2025-{month:02}-{day:02} | More {day}. |\n" for month in range(1, 13) for day in range(1, 29))
    table = f"| Date | Event |\n| - | - |\n{rows}{more}"
    root, out = (
        vaults.write(tmp_path / "vault", {"A.md": table, "B.md": "---\ndate: 2024-01-01\n---\n[[A]]"}),
        tmp_path / "site",
    )
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    vaults.write(root, {"A.md": table.replace("| 2025-11-05 | More 5. |", "| 2025-11-05 | Changed. |")})
    vault.update()
    report = vault.build(out)
    assert set(report.rendered) == {"A.html", "timeline/2025-11.html"}


# ---------------------------------------------------------------------------
# Tables as files
# ---------------------------------------------------------------------------

SHARES = {
    "F/A.md": "## Who\n\n| Who | Share | Share |\n| --- | --- | --- |\n| [[B]] | 3 % | =1+2 |\n| [[Gone\\|x]] | $2M | Feb 2026 |\n",
    "B.md": "b",
}


def test_tables_are_files_where_that_is_asked_for(tmp_path: Path) -> None:
    pages = site(tmp_path / "none", SHARES)
    assert not [url for url in pages if "--table" in url]
    pages = site(tmp_path / "json", {**SHARES, "vaultkit.toml": "[site]\ntables = 'json'\n"})
    assert [url for url in pages if "--table" in url] == ["F/A--tables.json"]
    pages = site(tmp_path / "all", {**SHARES, "vaultkit.toml": "[site]\ntables = 'all'\n"})
    assert [url for url in pages if "--table" in url] == ["F/A--table-1.csv", "F/A--tables.json"]
    assert b'href="../F/A--tables.json"' in pages["tables/a.html"]
    assert b'href="../F/A--table-1.csv"' in pages["tables/a.html"]
    lines = pages["F/A--table-1.csv"].decode("utf-8-sig").split("\r\n")
    assert lines == ["Who,Share,Share (2)", "B,3 %,'=1+2", "x,$2M,Feb 2026", ""]


def test_json_of_tables_has_kinds_values_and_places_and_no_hidden_name(tmp_path: Path) -> None:
    pages = site(tmp_path, {**SHARES, "vaultkit.toml": "[site]\ntables = 'json'\n"})
    data = json.loads(pages["F/A--tables.json"])
    (table,) = data["tables"]
    assert (data["note"], data["path"], data["url"]) == ("A", "F/A.md", "F/A.html")
    assert (table["kind"], table["section"], table["anchor"], table["line"]) == ("entity", "Who", "who", 3)
    assert [column["name"] for column in table["columns"]] == ["Who", "Share", "Share (2)"]
    first, second = table["rows"]
    assert first[0] == {"text": "B", "kind": "text", "links": [{"text": "B", "url": "B.html"}]}
    assert first[1] == {"text": "3 %", "kind": "percentage", "number": 3.0, "unit": "%"}
    assert second[0]["links"] == [{"text": "x"}]
    assert second[1]["number"] == 2e6
    assert second[2]["date"] == "2026-02-00"
    assert b"Gone" not in pages["F/A--tables.json"]


def test_files_of_tables_follow_edits(tmp_path: Path) -> None:
    files = {**SHARES, "vaultkit.toml": "[site]\ntables = 'all'\n"}
    root, out = vaults.write(tmp_path / "vault", files), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    for content in ("| a | b |\n| - | - |\n| 1 | [[B]] |\n", "None any more.\n"):
        vaults.write(root, {"F/A.md": content, "B.md": "---\npermalink: far/away\n---\nb"})
        vault.update()
        vault.build(out)
        vaults.build(root, tmp_path / "clean" / "site")
        vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
    assert not [url for url in vaults.tree(out) if "--table" in url]
