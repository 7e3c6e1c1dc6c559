"""Every export is read back by a library that isn't ours, and holds as many nodes, edges and facts as the vault."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET

import duckdb
import networkx as nx
import pytest
import rdflib
import vaults
from pyarrow import parquet

from vaultkit.diagnostics import VaultkitError
from vaultkit.export import formats
from vaultkit.export.writing import write
from vaultkit.vault import Vault

VAULT = """\
-- Acme & Co.md --
---
aliases: [The Company, "Acmé"]
tags: [firm]
parent: "[[Holding]]"
---
Sells to [[Beta]], [[Beta]] and <[[Ann]]>. #firm #listed/oslo

| Metric | Value |
| --- | --- |
| Headquarters | Oslo |
| Revenue | $1.5B |
| CEO | [[Ann]], since 2019 |

| Company | Stake | Since | Note |
| --- | ---: | --- | --- |
| [[Beta]] | 51% | Feb 2021 | =1+1 |
| [[Holding]] | 20% | Mar 2022 | "quoted", and more |
| [[Gamma]] | 10% | 2023 | |

## Related

- [[Fund]] — former investor (Series A, $5M, 2021)
- [[Beta]] — competitor
- [[Ann]] — founder of [[Beta]]
- [[Nobody]] — supplier
- [[Hidden|a friend]] — partner
-- Beta.md --
mentor:: [[Ann]]

Motto:: "less\\more" \x01 and   blanks
-- Ann.md --
---
tags: [person]
---
-- Fund.md --
-- Holding.md --
-- One.md --
---
aliases: [Gamma]
---
-- Two.md --
---
aliases: [Gamma]
---
-- Hidden.md --
---
publish: false
---
Secret [[Ann]]. motto:: nobody knows
"""

NAMES = sorted(formats.FORMATS)


@pytest.fixture(scope="module")
def vault(tmp_path_factory) -> Vault:
    folder = tmp_path_factory.mktemp("export")
    return Vault.open(vaults.write(folder / "vault", VAULT), cache_dir=folder / "cache", jobs=1)


@pytest.fixture(scope="module")
def n_facts(vault) -> int:
    return sum(len(vault.facts(note.path)) for note in vault.notes) - 1  # One speaks of what isn't published.


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def records(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def ends(graph) -> Counter[tuple[str, str]]:
    return Counter((source, target) for source, target, *_ in graph.edges)


# ---------------------------------------------------------------------------
# Read back
# ---------------------------------------------------------------------------


def test_the_vault_has_what_these_tests_count(vault, n_facts):
    assert (vault.graph.number_of_nodes(), vault.graph.number_of_edges(), n_facts) == (12, 24, 19)


def test_graphml_is_read_by_networkx(vault):
    read = nx.parse_graphml(vault.export("graphml").decode(), force_multigraph=True)
    assert list(read) == list(vault.graph)
    assert ends(read) == ends(vault.graph)
    assert read.nodes["Acme & Co.md"]["aliases"] == "The Company|Acmé"
    edge = read.edges["Acme & Co.md", "Fund.md", "investor@Acme & Co.md:22"]
    assert (edge["role"], edge["status"], edge["line"], edge["typed"]) == ("investor", "former", 22, True)


def test_gexf_is_read_by_networkx(vault):
    read = nx.read_gexf(io.BytesIO(vault.export("gexf")))
    assert list(read) == list(vault.graph)
    assert ends(read) == ends(vault.graph)
    assert read.nodes["Acme & Co.md"]["label"] == "Acme & Co"
    found = ET.fromstring(vault.export("gexf"))
    labels = [each.get("label") for each in found.iter("{http://www.gexf.net/1.2draft}edge")]
    assert Counter(labels)["investor"] == 1


def test_json_is_read_by_networkx(vault, n_facts):
    data = json.loads(vault.export("json"))
    read = nx.node_link_graph(data, edges="edges")
    assert list(read.nodes(data=True)) == list(vault.graph.nodes(data=True))
    assert list(read.edges(keys=True, data=True)) == list(vault.graph.edges(keys=True, data=True))
    assert len(data["facts"]) == n_facts


def test_csv_is_read_by_the_standard_library(vault, n_facts):
    files = {name: records(data) for name, data in members(vault.export("csv")).items()}
    assert {name: len(rows) for name, rows in files.items()} == counts(vault, n_facts, ".csv")
    assert len({row["key"] for row in files["facts.csv"]}) == n_facts
    revenue = next(row for row in files["facts.csv"] if row["role"] == "Revenue")
    assert (revenue["number"], revenue["unit"], revenue["line"]) == ("1500000000", "USD", "11")
    relations = {row["key"] for row in files["facts.csv"] if row["object"]}
    assert relations == {row["key"] for row in files["edges.csv"] if row["role"]}


def test_sqlite_is_read_by_sqlite(vault, n_facts):
    read = sqlite3.connect(":memory:")
    read.deserialize(vault.export("sqlite"))
    assert {
        name: read.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("nodes", "edges", "facts")
    } == counts(vault, n_facts, "")
    query = "SELECT value FROM nodes, json_each(nodes.aliases) WHERE nodes.id = 'Acme & Co.md'"
    assert read.execute(query).fetchall() == [("The Company",), ("Acmé",)]
    assert read.execute("SELECT number FROM facts WHERE role = 'Revenue'").fetchall() == [(1.5e9,)]
    read.close()


def test_parquet_is_read_by_pyarrow_and_duckdb(vault, n_facts, tmp_path):
    files = members(vault.export("parquet"))
    assert {name: parquet.read_table(io.BytesIO(data)).num_rows for name, data in files.items()} == counts(
        vault, n_facts, ".parquet"
    )
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with duckdb.connect() as read:
        query = "SELECT aliases[1], len(tags) FROM read_parquet(?) WHERE id = 'Acme & Co.md'"
        assert read.execute(query, [str(tmp_path / "nodes.parquet")]).fetchall() == [("The Company", 2)]
        query = "SELECT count(*), max(number) FROM read_parquet(?)"
        assert read.execute(query, [str(tmp_path / "facts.parquet")]).fetchall() == [(n_facts, 1.5e9)]


def counts(vault: Vault, n_facts: int, suffix: str) -> dict[str, int]:
    graph = vault.graph
    found = {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges(), "facts": n_facts}
    return {name + suffix: n for name, n in found.items()}


def test_neo4j_gets_ids_labels_and_types(vault, n_facts):
    files = {name: records(data) for name, data in members(vault.export("neo4j")).items()}
    nodes, edges = files["nodes.csv"], files["relationships.csv"]
    literals = [fact for note in vault.notes for fact in vault.facts(note.path) if not fact.object]
    assert (len(nodes), len(edges), len(files["facts.csv"])) == (12, 24, len(literals))
    assert {row[":START_ID"] for row in edges} | {row[":END_ID"] for row in edges} <= {row["id:ID"] for row in nodes}
    assert [row[":END_ID"] for row in files["has_fact.csv"]] == [row["key:ID"] for row in files["facts.csv"]]
    assert {row[":TYPE"] for row in edges} >= {"INVESTOR", "LINK", "TAGGED"}
    assert {row[":LABEL"] for row in nodes} == {"Note", "Wanted", "Ambiguous", "Tag"}


VK = rdflib.Namespace("urn:vaultkit:")
ROLE = rdflib.Namespace("urn:vaultkit:role:")


@pytest.mark.parametrize(("name", "parser"), [("turtle", "turtle"), ("jsonld", "json-ld")])
def test_linked_data_is_read_by_rdflib(vault, n_facts, name, parser):
    read = rdflib.Graph().parse(data=vault.export(name), format=parser)
    assert len(set(read.subjects(VK.kind))) == vault.graph.number_of_nodes()
    assert len(set(read.subjects(rdflib.RDF.type, rdflib.RDF.Statement))) == n_facts
    links = {(a, b) for a, b, role in vault.graph.edges(data="role") if not role}
    assert len(set(read.subject_objects(rdflib.SDO.mentions)) | set(read.subject_objects(VK.tag))) == len(links)
    acme, fund = rdflib.URIRef("vault:Acme%20%26%20Co.md"), rdflib.URIRef("vault:Fund.md")
    assert (acme, ROLE.investor, fund) in read
    assert (acme, rdflib.SDO.funder, fund) in read
    [stated] = read.subjects(rdflib.RDF.object, fund)
    assert [each for *_, each in read.triples((stated, VK.status, None))] == [rdflib.Literal("former")]
    assert [each.toPython() for each in read.objects(stated, VK.line)] == [22]
    for statement in read.subjects(rdflib.RDF.type, rdflib.RDF.Statement):
        parts = (read.value(statement, part) for part in (rdflib.RDF.subject, rdflib.RDF.predicate, rdflib.RDF.object))
        assert tuple(parts) in read


def test_both_forms_of_linked_data_say_the_same(vault):
    one = rdflib.Graph().parse(data=vault.export("turtle"), format="turtle")
    other = rdflib.Graph().parse(data=vault.export("jsonld"), format="json-ld")
    assert set(one) == set(other)


def test_things_are_named_by_their_pages_where_the_site_has_an_address(make_vault, tmp_path):
    files = {
        "A.md": "- [[B c]] — competitor\n\n#t\n",
        "B c.md": "",
        "vaultkit.toml": '[site]\nbase_url = "https://x.org"\n',
    }
    opened = Vault.open(make_vault(files), cache_dir=tmp_path / "cache", jobs=1)
    read = rdflib.Graph().parse(data=opened.export("turtle"), format="turtle")
    assert (rdflib.URIRef("https://x.org/A.html"), ROLE.competitor, rdflib.URIRef("https://x.org/B-c.html")) in read


def test_tables_are_a_data_package(vault):
    files = members(vault.export("tables"))
    package = json.loads(files.pop("datapackage.json"))
    assert [each["path"] for each in package["resources"]] == list(files)
    first, second = package["resources"]
    assert [first["vaultkit"]["kind"], second["vaultkit"]["kind"]] == ["key-value", "entity"]
    assert [(each["name"], each["type"]) for each in second["schema"]["fields"]] == [
        ("Company", "string"), ("Stake", "string"), ("Stake (number)", "number"), ("Since", "string"),
        ("Since (date)", "string"), ("Note", "string"),
    ]  # fmt: skip
    rows = records(files[second["path"]])
    assert [row["Stake (number)"] for row in rows] == ["51", "20", "10"]
    assert [row["Since (date)"] for row in rows] == ["2021-02", "2022-03", "2023"]
    assert [row["Note"] for row in rows] == ["=1+1", '"quoted", and more', ""]


# ---------------------------------------------------------------------------
# The same bytes, nothing private, nothing halfway
# ---------------------------------------------------------------------------

DIGESTS = """
import hashlib, sys
from vaultkit.vault import Vault
from vaultkit.export.formats import FORMATS
vault = Vault.open(sys.argv[1], cache_dir=sys.argv[2], jobs=1)
for name in sorted(FORMATS):
    print(hashlib.sha256(vault.export(name)).hexdigest(), name)
"""


def test_an_export_is_the_same_whenever_it_is_made(vault, tmp_path):
    def digests(seed: str) -> str:
        command = [sys.executable, "-c", DIGESTS, vault.root, tmp_path / seed]
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(path for path in sys.path if path)}
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout

    assert digests("1") == digests("2")
    assert len(digests("1").splitlines()) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_private_note_leaves_no_trace(vault, name, make_vault, tmp_path):
    data = vault.export(name)
    files = [data, *members(data).values()] if data[:2] == b"PK" else [data]
    assert not any(word in file for file in files for word in (b"Hidden", b"hidden", b"Secret", b"nobody knows"))
    without = {path: text for path, text in vaults.parse(VAULT).items() if path != "Hidden.md"}
    other = Vault.open(make_vault(without), cache_dir=tmp_path / "cache", jobs=1)
    assert other.export(name) == data


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_vault_can_be_exported(make_vault, tmp_path, name):
    assert Vault.open(make_vault({}), cache_dir=tmp_path / "cache", jobs=1).export(name)


def test_a_format_that_there_is_not(vault):
    with pytest.raises(VaultkitError, match="no format 'grapml': did you mean 'graphml'"):
        vault.export("grapml")


def test_a_library_that_is_missing_is_named_with_its_remedy(vault, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(VaultkitError, match=r"parquet needs the library pyarrow: pip install 'vaultkit\[export\]'"):
        vault.export("parquet")


def test_a_file_is_replaced_as_a_whole(tmp_path):
    root = tmp_path / "vault"
    root.mkdir()
    (tmp_path / "real.csv").write_bytes(b"old and longer")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write(tmp_path / "link.csv", b"new", root)
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "real.csv", "vault"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vault/new.csv", "is in the vault"),
        ("vault/Sub/new.csv", "is in the vault"),
        ("door/new.csv", "is in the vault"),
        ("nowhere/new.csv", "there is no folder"),
        ("folder", "no file that can be replaced"),
    ],
)
def test_what_is_not_written(tmp_path, name, message):
    (tmp_path / "vault/Sub").mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    (tmp_path / "door").symlink_to("vault/Sub")
    with pytest.raises(VaultkitError, match=message):
        write(tmp_path / name, b"x", tmp_path / "vault")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
