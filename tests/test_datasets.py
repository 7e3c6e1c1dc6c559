"""Tables as data: what columns and cells hold, whatever the shape of the table."""

from __future__ import annotations

import csv
import io
import json

import pytest

from vaultkit import cli
from vaultkit.config import Config
from vaultkit.knowledge.datasets import Column, names_of
from vaultkit.settings import Syntax
from vaultkit.vault import Vault


@pytest.fixture
def check(make_vault, tmp_path):
    """The tables of one note."""

    def open_(text: str, config: Config | None = None) -> tuple[Vault, tuple]:
        vault = Vault.open(make_vault({"A.md": text, "B.md": ""}), config, cache_dir=tmp_path / "cache", jobs=1)
        return vault, vault.tables("A.md")

    return open_


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize(
    ("cells", "kind", "unit"),
    [
        (["$1.5B", "$20M", "~$3k"], "amount", "USD"),
        (["$1.5B", "€20M", "$3k"], "amount", ""),
        (["12%", "~7.5%", "-"], "percentage", "%"),
        (["1,200", "7", "3.5 million"], "number", ""),
        (["$5M", "12%", "7"], "number", ""),
        (["Feb 2026", "2025-03-01", "Q3 2024"], "date", ""),
        (["[[B]]", "[[B]] and more", "[[Nobody]]"], "link", ""),
        (["5", "many", "some"], "text", ""),
        (["-", "", "n/a"], "", ""),
        ([*"12345678", "unknown"], "number", ""),
    ],
)
def test_the_kind_of_a_column_is_what_nearly_all_cells_are(check, cells, kind, unit):
    _, [table] = check("| x | y |\n| - | - |\n" + "".join(f"| a | {cell} |\n" for cell in cells))
    assert table.columns[1] == Column("y", kind, unit)


def test_a_cell_has_its_text_what_it_says_and_its_links(check):
    vault, [table] = check(
        "# One\n\n| Firm | Raised | When |\n| --- | --- | --- |\n| [[B|The *B*]] | ~$1.5B | Feb 2026 |\n"
    )
    assert (table.note, table.number, table.kind, table.section, table.line) == ("A.md", 1, "entity", "One", 3)
    [[firm, raised, when]] = vault.cells(table)
    assert (firm.text, [(link.label, link.node) for link in firm.links]) == ("The B", [("The B", "B.md")])
    assert (raised.text, raised.kind, raised.number, raised.unit) == ("~$1.5B", "amount", 1.5e9, "USD")
    assert (when.kind, when.date) == ("date", "2026-02-00")


def test_ragged_rows_have_as_many_cells_as_there_are_columns(check):
    vault, [table] = check("| a | b | c |\n| - | - | - |\n| 1 |\n| 1 | 2 | 3 | 4 |\n| 1 | 2 | 3 |\n")
    widths = {len(row) for row in vault.cells(table)}
    assert widths == {len(table.columns)}
    assert len({len(row) for row in rows(vault.table_csv(table))}) == 1


def test_columns_get_names_of_their_own():
    given = [Column(name, "") for name in ("", "a", "A", "a (2)", "", "Column 1")]
    assert names_of(given) == ("Column 1", "a", "A (2)", "a (2) (2)", "Column 5", "Column 1 (2)")


def test_values_stand_beside_what_their_author_wrote(check):
    vault, [table] = check("| x | x |\n| - | - |\n| $5M | Feb 30, 2026 |\n| €2M | Mar 1, 2026 |\n")
    assert rows(vault.table_csv(table)) == [
        ["x", "x (number)", "x (unit)", "x (2)", "x (2) (date)"],
        ["$5M", "5000000", "USD", "Feb 30, 2026", "2026-02-30"],
        ["€2M", "2000000", "EUR", "Mar 1, 2026", "2026-03-01"],
    ]


def test_a_table_of_4000_columns(check):
    line = "|" + "|".join(f"[[B]] {n}" for n in range(4000)) + "|\n"
    vault, [table] = check("|" + "h|" * 4000 + "\n" + "|" + "-|" * 4000 + "\n" + line * 2)
    assert (len(table.columns), table.columns[0].kind) == (4000, "link")
    assert [len(row) for row in rows(vault.table_csv(table))] == [4000, 4000, 4000]


def test_a_table_of_100000_rows(check):
    text = "| n | m |\n| - | - |\n" + "".join(f"| {n} | {n}% |\n" for n in range(100_000))
    vault, [table] = check(text, Config(syntax=Syntax(table_cells=1_000_000)))
    assert (len(table.rows), [column.kind for column in table.columns]) == (100_000, ["number", "percentage"])
    assert rows(vault.table_csv(table))[-1] == ["99999", "99999", "99999%", "99999"]


# ---------------------------------------------------------------------------
# On the command line
# ---------------------------------------------------------------------------


@pytest.fixture
def run(capfdbinary, monkeypatch, make_vault):
    files = {
        "A.md": "# One\n\n| Firm | Raised |\n| --- | --- |\n| [[B]] | $5M |\n\n# Two\n\n| k |\n| - |\n| =1 |\n",
        "B.md": "- [[Hub]] — competitor\n",
        "Hub.md": "",
        "Daily/2026-01-01.md": "[[A]] [[C]]",
        "C.md": "## Related\n\n- [[B]] — former investor (2020)\n",
    }
    monkeypatch.chdir(make_vault(files | {f"X{n}.md": "[[Hub]]" for n in range(30)} | {"Y.md": "[[Hub]]"}))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> tuple[int, str, str]:
        code = cli.run([*arguments, "-V", "."])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return command


def test_the_index_of_tables(run):
    code, out, _ = run("tables")
    assert code == 0
    assert out.splitlines() == ["A.md:3 One entity, 1 row: Firm, Raised", "A.md:9 Two other, 1 row: k"]
    index = json.loads(run("tables", "--json")[1])
    assert [(table["note"], table["number"], table["rows"]) for table in index] == [("A.md", 1, 1), ("A.md", 2, 1)]
    assert index[0]["columns"][1] == {"name": "Raised", "kind": "amount", "unit": "USD"}


def test_the_tables_of_a_note(run):
    assert "Raised (amount USD)" in run("tables", "A")[1]
    first = json.loads(run("tables", "A", "--json")[1])[0]
    firm, raised = first["rows"][0]["cells"]
    assert firm["links"] == [{"label": "B", "node": "B.md"}]
    assert (raised["text"], raised["number"], raised["unit"]) == ("$5M", 5e6, "USD")
    assert run("tables", "A", "--csv", "1")[1] == "Firm,Raised,Raised (number)\nB,$5M,5000000\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tables", "A", "--csv", "3"], "A has 2 tables, none of them number 3"),
        (["tables", "--csv", "1"], "--csv prints a table of one note: name it"),
        (["tables", "Nowhere"], "there is no note 'Nowhere'"),
        (["path", "A", "Nowhere"], "there is no note 'Nowhere'"),
        (["export"], "name a format: csv, gexf"),
        (["export", "graphm"], "there is no format 'graphm': did you mean 'graphml'?"),
        (["export", "sqlite"], "the format sqlite isn't text: name a file, as in -o vault.sqlite"),
        (["export", "json", "-o", "new.json"], "new.json is in the vault"),
    ],
)
def test_mistakes_are_told(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_path_goes_by_what_is_said_and_around_the_daily_note(run):
    code, out, _ = run("path", "A", "C")
    assert code == 0
    assert out.splitlines()[0] == "A"
    assert "B" in out.splitlines()[1]
    assert out.splitlines()[2] == "  ← investor (+1) C — former investor (2020)  C.md:3"
    steps = json.loads(run("path", "A", "C", "--json")[1])["steps"]
    assert [(step["end"], step["forward"], step["note"]) for step in steps] == [
        ("B.md", True, "A.md"),
        ("C.md", False, "C.md"),
    ]


def test_two_things_may_have_nothing_to_do_with_one_another(run, make_vault):
    make_vault({"Alone.md": "alone"})
    assert run("path", "A", "Alone")[1] == "nothing connects A with Alone\n"
    assert json.loads(run("path", "A", "Alone", "--json")[1])["steps"] is None
    assert json.loads(run("path", "A", "A", "--json")[1])["steps"] == []


def test_statistics_add_up(run):
    counted = json.loads(run("stats", "--json")[1])
    assert (counted["notes"], counted["tables"]) == (36, 2)
    assert counted["hubs"]["Hub.md"] == 32
    assert sum(counted["facts by source"].values()) == counted["facts"]
    assert counted["relations by role"] == {"competitor": 1, "investor": 1}
    assert "Relations by role" in run("stats")[1]


def test_an_export_goes_to_a_file_or_to_standard_output(run, tmp_path):
    code, out, err = run("export", "json", "-o", str(tmp_path / "graph.json"))
    assert (code, out) == (0, "")
    assert "graph.json" in err
    assert (tmp_path / "graph.json").read_text() == run("export", "json")[1] == run("export", "json", "-o", "-")[1]
    assert run("export", "sqlite", "-o", str(tmp_path / "g.sqlite"))[0] == 0
    assert (tmp_path / "g.sqlite").read_bytes()[:15] == b"SQLite format 3"


def test_the_list_of_formats(capsys):
    assert cli.run(["export", "--list"]) == 0
    assert "graphml" in capsys.readouterr().out
