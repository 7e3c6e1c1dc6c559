"""The page of the whole graph: what hangs together, where notes stand, and what of it is published.

Communities and places are pure functions of the links; they have to come out the
same on every machine, so they are computed here with and without what the
processor can do besides.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import vaults

from vaultkit.drawing.communities import levels, of_nodes
from vaultkit.drawing.layout import Picture, picture
from vaultkit.site.graph_data import Dot, Drawn, drawn, files
from vaultkit.vault import Vault

Edges = list[tuple[int, int, int]]


def planted(n_groups: int, size: int, seed: int = 1) -> Edges:
    """Groups of nodes with many links inside and few between, numbered so that no group stands together."""
    chance = random.Random(seed)
    n = n_groups * size
    pairs = {
        (a, b) for a in range(n) for b in range(a + 1, n) if a % n_groups == b % n_groups and chance.random() < 0.6
    }
    pairs |= {(a, b) for a in range(n) for b in range(a + 1, n) if chance.random() < 0.01}
    return [(a, b, 1 + (a * b) % 3) for a, b in sorted(pairs)]


# ---------------------------------------------------------------------------
# Communities
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(("n_groups", "size"), [(2, 20), (6, 30), (12, 25)])
def test_groups_that_hang_together_are_found(n_groups: int, size: int) -> None:
    edges = planted(n_groups, size)
    found = of_nodes(n_groups * size, levels(n_groups * size, edges))
    assert len(set(found)) == n_groups
    assert len({(node % n_groups, community) for node, community in enumerate(found)}) == n_groups


def test_communities_do_not_depend_on_the_order_in_which_links_are_told() -> None:
    edges = planted(5, 20)
    shuffled = [(b, a, weight) for a, b, weight in edges]
    random.Random(7).shuffle(shuffled)
    assert levels(100, shuffled) == levels(100, edges)


def test_a_weight_counts_as_so_many_links() -> None:
    edges = planted(3, 15)
    assert levels(45, [(a, b, 1) for a, b, weight in edges for _ in range(weight)]) == levels(45, edges)


def test_heavier_links_keep_together_what_light_ones_do_not() -> None:
    ring = [(a, (a + 1) % 8, 9 if a % 2 == 0 else 1) for a in range(8)]
    assert levels(8, ring)[0] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_nobody_has_a_community_without_a_link() -> None:
    assert levels(0, []) == levels(5, []) == []


# ---------------------------------------------------------------------------
# Places
# ---------------------------------------------------------------------------


def distances(seen: Picture) -> Any:
    places = np.array(seen.places, dtype=float)
    return np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))


def test_groups_stand_apart() -> None:
    seen = picture(180, planted(6, 30))
    far = distances(seen)
    same = np.arange(180)[:, None] % 6 == np.arange(180)[None] % 6
    assert far[same].mean() < far[~same].mean() / 2.5


@pytest.mark.parametrize(
    ("n", "edges"),
    [
        (2, [(0, 1, 1)]),
        (900, [(0, leaf, 1) for leaf in range(1, 900)]),
        (300, [(node, node + 1, 1) for node in range(299)]),
        (400, [(2 * pair, 2 * pair + 1, 1) for pair in range(200)]),
        (40, [(a, b, 1) for a in range(40) for b in range(a + 1, 40)]),
    ],
    ids=["a pair", "a star", "a chain", "many pairs", "all with all"],
)  # fmt: skip
def test_no_two_stand_at_one_place_and_none_is_lost(n: int, edges: Edges) -> None:
    seen = picture(n, edges)
    assert len(set(seen.places)) == n
    assert np.abs(np.array(seen.places)).max() < 100_000


def test_the_middle_of_a_star_is_in_its_middle() -> None:
    seen = picture(1000, [(0, leaf, 1) for leaf in range(1, 1000)])
    places = np.array(seen.places, dtype=float)
    reach = np.abs(places - places.mean(axis=0)).max()
    assert np.abs(places[0] - places.mean(axis=0)).max() < reach / 6


def test_what_has_no_link_stands_around_the_rest() -> None:
    seen = picture(250, planted(4, 25))
    reach = (np.array(seen.places, dtype=float) ** 2).sum(axis=1)
    assert reach[100:].min() > reach[:100].max()
    assert set(seen.communities[100:]) == {-1}


def test_there_may_be_nothing_to_draw_or_one_or_ten_thousand_without_a_link() -> None:
    assert picture(0, []) == Picture((), ())
    assert picture(1, []).communities == (-1,)
    assert len(set(picture(10_000, []).places)) == 10_000


SHOW = """
import hashlib, sys
sys.path.insert(0, "tests")
from test_graph_page import planted
from vaultkit.drawing.layout import picture
print(hashlib.sha256(repr(picture(230, planted(9, 25))).encode()).hexdigest())
"""

DIGEST = "86f7667da42a8f5508e42a490d5eb17e7fc2252f46ac6999d9dfdc7e44533542"
"""Of a picture, as whatever machine has to draw it."""


@pytest.mark.parametrize("how", ["with another hash seed", "without vector instructions"])
def test_every_machine_draws_the_same(repository: Path, how: str) -> None:
    more = {}
    if how == "with another hash seed":
        more = {"PYTHONHASHSEED": "3"}
    elif how == "without vector instructions":
        from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

        more = {"NPY_DISABLE_CPU_FEATURES": " ".join(f for f in __cpu_dispatch__ if __cpu_features__.get(f))}
    told = subprocess.run(
        [sys.executable, "-c", SHOW], env={**os.environ, "PYTHONPATH": str(repository), **more}, cwd=repository,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == DIGEST


# ---------------------------------------------------------------------------
# Rows and files
# ---------------------------------------------------------------------------


def row(links: dict[str, tuple[tuple[str, int], ...]]) -> Drawn:
    notes = dict.fromkeys(sorted({*links, *(target for found in links.values() for target, _ in found)}), True)
    return drawn(notes=notes, arrows=links)[""]  # type: ignore[arg-type]


def pairs(found: Drawn) -> set[tuple[str, str, int, int]]:
    return {(found.nodes[pair.a], found.nodes[pair.b], pair.weight, pair.ways) for pair in found.pairs}


def test_links_both_ways_are_one_pair_that_knows_its_ways() -> None:
    found = row({"A": (("B", 2), ("C", 1)), "B": (("A", 1),), "D": (("C", 9),)})
    said = {frozenset(pair[:2]): pair for pair in pairs(found)}
    assert said[frozenset("AB")][2:] == (3, 3)
    one = said[frozenset("AC")]
    assert one[2:] == (1, 1 if one[0] == "A" else 2)
    assert dict(zip(found.nodes, found.degrees, strict=True)) == {"A": 2, "B": 1, "C": 2, "D": 1}


def test_a_row_does_not_depend_on_the_order_of_its_tables() -> None:
    links = {f"N{a}": ((f"N{b}", 1 + a % 3),) for a in range(40) for b in [(a * 7) % 40] if a != b}
    assert row(links) == row(dict(sorted(links.items(), reverse=True)))


def test_notes_of_a_community_follow_each_other_the_most_linked_first() -> None:
    names = [f"N{number:03}" for number in range(100)]
    found = row({names[a]: tuple((names[b], n) for x, b, n in planted(4, 25) if x == a) for a in range(100)})
    assert sum(found.communities) == 100
    start = 0
    for size in found.communities:
        assert len({int(name[1:]) % 4 for name in found.nodes[start : start + size]}) == 1
        assert list(found.degrees[start : start + size]) == sorted(found.degrees[start : start + size], reverse=True)
        start += size


HOSTILE = "</script><script>alert(1)</script>\u2028<!--"


def told(data: bytes) -> Any:
    """What a file tells the page."""
    return json.loads(data.partition(b",")[2].rstrip()[:-2])


def test_titles_end_no_script_and_addresses_are_found_again() -> None:
    dots = {
        "F/A.md": Dot(HOSTILE, "F/A.html", "", ("x",)),
        "F/B.md": Dot("B of F", "F/B-of-F.html", "", ("x", "y")),
    }  # type: ignore[dict-item]
    made = files(drawn={"": row({"F/A.md": (("F/B.md", 1),)})}, dots=dots, types={})
    notes = made["graph/notes.js"].data  # type: ignore[index]
    assert b"<" not in notes
    assert "\u2028".encode() not in notes
    said = told(notes)
    assert said["titles"] == [HOSTILE, "B of F"]
    assert said["folders"] == [["F", "F/"]]
    assert said["others"] == [[0, "F/A.html"]]
    assert said["tags"] == [["x", [0, 1]]]


# ---------------------------------------------------------------------------
# The site
# ---------------------------------------------------------------------------

VAULT = {
    **{f"Things/T{n}.md": f"Thing {n} with [[T{(n + 1) % 6}]] and [[Hub]].\n" for n in range(6)},
    "Hub.md": "Knows [[T0]], [[T0]] and [[Nobody]]. ![[p.png]]\n",
    "Alone.md": "By itself.\n",
    "p.png": None,
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return vaults.write(tmp_path / "vault", VAULT)


def test_the_page_lists_the_most_linked_of_each_type_and_is_among_the_ways(vault: Path, tmp_path: Path) -> None:
    vaults.build(vault, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    page = site["graph/index.html"].decode()
    assert page.index(">Things<") < page.index("T0.html") < page.index("Hub.html")
    assert "8 notes · 12 links" in page
    assert b'["Graph","graph/index.html"]' in site["static/theme.js"]
    said = told(site["graph/notes.js"])
    assert sorted(said["titles"]) == ["Alone", "Hub", "T0", "T1", "T2", "T3", "T4", "T5"]
    assert b"Nobody" not in site["graph/notes.js"]
    assert b'graph/index.html?at=Things/T0.html"' in site["Things/T0.html"]


def test_a_setting_leaves_out_the_page_and_all_that_belongs_to_it(vault: Path, tmp_path: Path) -> None:
    vaults.write(vault, {"vaultkit.toml": "[site]\ngraph = false\n"})
    vaults.build(vault, tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert not [name for name in site if name.startswith("graph") or name == "static/graph.js"]
    assert b"graph/index.html" not in b"".join(data for name, data in site.items() if name.endswith((".html", ".js")))


def test_an_empty_vault_has_no_graph(tmp_path: Path) -> None:
    vaults.build(vaults.write(tmp_path / "vault", {"p.png": None}), tmp_path / "site")
    assert not [name for name in vaults.tree(tmp_path / "site") if name.startswith("graph/")]


@pytest.mark.parametrize(
    ("edit", "n_drawn"),
    [
        ({"Alone.md": "By itself, as ever. And more.\n"}, 0),
        ({"Hub.md": "Now knows well [[T0]], then [[T0]] and [[Nobody]]. ![[p.png]]\n"}, 0),
        ({"Alone.md": "---\ntitle: Lonely\ntags: [one]\n---\nBy itself.\n"}, 0),
        ({"Alone.md": "By itself, with [[Hub]].\n"}, 1),
        ({"New.md": "Something new.\n"}, 1),
    ],
    ids=["a sentence", "a sentence around links", "a title", "a link", "a note"],
)
def test_it_is_drawn_anew_for_links_and_notes_alone(
    vault: Path, tmp_path: Path, edit: vaults.Files, n_drawn: int
) -> None:
    with (
        Vault.open(vault, cache_dir=tmp_path / "cache", jobs=1) as opened,
        opened.publication(tmp_path / "site") as site,
    ):
        site.build()
        vaults.write(vault, edit)
        report = site.build(site.scan([str(vault / path) for path in edit]))
        assert report.computed["drawn"] == n_drawn
    vaults.build(vault, tmp_path / "clean")
    vaults.assert_same(vaults.tree(tmp_path / "site"), vaults.tree(tmp_path / "clean"))


def test_a_private_note_is_nowhere_in_the_graph(vault: Path, tmp_path: Path) -> None:
    vaults.build(vault, tmp_path / "without")
    secret = "---\npublish: false\ntags: [hidden]\n---\nKnows [[T0]], [[T1]], [[Hub]] and [[Alone]].\n"
    vaults.write(vault, {"Things/Secret.md": secret})
    vaults.build(vault, tmp_path / "with")
    vaults.assert_same(vaults.tree(tmp_path / "with"), vaults.tree(tmp_path / "without"))
