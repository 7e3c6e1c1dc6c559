"""The graph as networkx has it: what its nodes and edges carry, and what stays out of it."""

from __future__ import annotations

import pytest
import vaults

from vaultkit.links.graph import EDGE, NODE
from vaultkit.vault import Vault

VAULT = """\
-- Acme.md --
---
aliases: [The Company]
tags: [firm]
parent: "[[Holding]]"
---
Sells to [[Beta]]. #firm #listed

| Metric | Value |
| --- | --- |
| Headquarters | Oslo |
| CEO | [[Ann]], since 2019 |

## Related

- [[Fund]] — former investor (Series A, $5M, 2021)
- [[Beta]] — competitor
- [[Ann]] — founder of [[Beta]]
- [[Nobody]] — supplier
- [[Hidden|a friend]] — partner
-- Beta.md --
mentor:: [[Ann]]
-- Ann.md --
-- Fund.md --
-- Holding.md --
"""


@pytest.fixture
def opened(make_vault, tmp_path):
    def open_(files: vaults.Files | str = VAULT) -> Vault:
        return Vault.open(make_vault(files), cache_dir=tmp_path / "cache", jobs=1)

    return open_


def relations(vault: Vault) -> list[tuple[str, str, str, str]]:
    return [(a, d["role"], b, d["kind"]) for a, b, d in vault.graph.edges(data=True) if d["role"]]


def test_relations_are_edges_beside_links(opened):
    graph = opened().graph
    edge = graph.edges["Acme.md", "Fund.md", "investor@Acme.md:15"]
    assert edge == EDGE | {
        "role": "investor", "kind": "relation", "words": "former investor (Series A, $5M, 2021)",
        "detail": edge["detail"], "status": "former", "year": "2021", "amount": "$5M", "round": "Series A",
        "note": "Acme.md", "line": 15, "section": "Related", "inverse_of": "portfolio-company", "typed": True,
        "label": "Fund",
    }  # fmt: skip
    link = graph.edges["Acme.md", "Fund.md", "Acme.md:15"]
    assert (link["role"], link["kind"], link["line"], link["annotation"]) == ("", "wikilink", 15, edge["words"])


def test_the_kind_of_an_edge_tells_where_it_is_stated(opened):
    assert set(relations(opened())) == {
        ("Acme.md", "ceo", "Ann.md", "table"),
        ("Acme.md", "competitor", "Beta.md", "relation"),
        ("Acme.md", "investor", "Fund.md", "relation"),
        ("Acme.md", "parent", "Holding.md", "property"),
        ("Acme.md", "supplier", "?nobody", "relation"),
        ("Beta.md", "founder", "Ann.md", "relation"),
        ("Beta.md", "mentor", "Ann.md", "field"),
    }


def test_what_a_note_states_of_others_is_an_edge_between_them(opened):
    graph = opened().graph
    edge = graph.edges["Beta.md", "Ann.md", "founder@Acme.md:17"]
    assert (edge["note"], edge["line"]) == ("Acme.md", 17)


def test_names_that_no_reader_can_see_are_no_nodes(opened):
    files = vaults.parse(VAULT) | {"Hidden.md": "---\npublish: false\n---\nmentor:: [[Ann]]\n"}
    before, after = opened().graph, opened(files).graph
    assert not [name for name in before if "hidden" in name.casefold()]
    assert list(before) == list(after)
    assert list(before.edges(keys=True, data=True)) == list(after.edges(keys=True, data=True))


def test_every_node_and_edge_has_all_attributes(opened):
    graph = opened().graph
    assert all(data.keys() == NODE.keys() for _, data in graph.nodes(data=True))
    assert all(data.keys() == EDGE.keys() for *_, data in graph.edges(data=True))
    assert graph.nodes["Acme.md"]["aliases"] == ["The Company"]


def test_keys_are_unique_and_the_second_of_a_line_is_numbered(opened):
    graph = opened("-- A.md --\n[[B]] and [[C]] and [[B]] #t\n-- B.md --\n-- C.md --\n").graph
    assert [key for *_, key in graph.edges(keys=True)] == ["#t@A.md", "A.md:1", "A.md:1#3", "A.md:1#2"]


def test_a_comment_leaves_no_edge(opened):
    graph = opened(
        "-- A.md --\n%% mentor:: [[B]] and key:: [[C]] %%\n\n%%\n- [[B]] — competitor\n%%\n-- B.md --\n"
    ).graph
    assert graph.number_of_edges() == 0


def test_the_graph_after_edits_is_that_of_a_clean_start(opened, tmp_path):
    vault = opened()
    assert vault.graph
    vaults.write(vault.root, {"Ann.md": "[[Beta]] #late", "Acme.md": None, "Zed.md": "- [[Beta]] — competitor\n"})
    (vault.root / "Acme.md").write_text("[[Ann]]\n\n## Related\n\n- [[Beta]] — partner\n")
    vault.update()
    clean = Vault.open(vault.root, cache_dir=tmp_path / "other", jobs=1)
    assert list(vault.graph.nodes(data=True)) == list(clean.graph.nodes(data=True))
    assert list(vault.graph.edges(keys=True, data=True)) == list(clean.graph.edges(keys=True, data=True))
