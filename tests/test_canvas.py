"""JSON Canvas: what a canvas holds, whatever else its file does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.model import Canvas, CanvasEdge, CanvasNode
from vaultkit.parse.canvas import FARTHEST, canvas_data, color_name, group_members, read_canvas

Card = dict[str, Any]


def card(id_: Any = "a", **fields: Any) -> Card:
    return {"id": id_, "type": "text", "x": 0, "y": 0, "width": 100, "height": 50, "text": "", **fields}


def read(*nodes: Any, edges: Any = (), problems: str = "") -> Canvas:
    """The canvas with these cards and edges, after a check of the codes of its problems."""
    canvas, found = read_canvas("Board.canvas", json.dumps({"nodes": nodes, "edges": edges}))
    assert " ".join(problem.code for problem in found) == problems
    assert all(problem.path == "Board.canvas" for problem in found)
    return canvas


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "{}", "\ufeff{}", '{"nodes": [], "edges": []}'])
def test_an_empty_canvas_has_nothing_in_it(text):
    assert read_canvas("Board.canvas", text) == (Canvas(), ())


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [('{"nodes": [', 1, 12), ("{\n 'a': 1}", 2, 2), ("[]", 1, 1), ('"text"', 1, 1), ("null", 1, 1), ("[" * 100_000, 0, 0),
     ('{"a":' * 100_000, 0, 0), ('{"nodes": []} x', 1, 15)],
)  # fmt: skip
def test_what_is_no_json_object_is_an_empty_canvas_and_a_problem(text, line, column):
    canvas, problems = read_canvas("Board.canvas", text)
    assert canvas == Canvas()
    assert [(p.code, p.line, p.column) for p in problems] == [("VK131", line, column)]


def test_cards_keep_what_their_type_says():
    canvas = read(
        card("t", text="# Hi\r\n[[A]]", color="4", file="no.md"),
        card("f", type="file", file="dir/Other.md", subpath="#Sec", text="no"),
        card("l", type="link", url="https://example.org/"),
        card("g", type="group", label="Group", background="bg.jpg", backgroundStyle="ratio"),
    )
    place = {"x": 0, "y": 0, "width": 100, "height": 50}
    assert canvas.nodes == (
        CanvasNode("t", "text", **place, text="# Hi\n[[A]]", color="4"),
        CanvasNode("f", "file", **place, file="dir/Other.md", subpath="#Sec"),
        CanvasNode("l", "link", **place, url="https://example.org/"),
        CanvasNode("g", "group", **place, label="Group", background="bg.jpg", backgroundStyle="ratio"),
    )


def test_defaults_are_filled_in():
    canvas = read(card("g", type="group"), card("a"), edges=[{"id": "e", "fromNode": "g", "toNode": "a"}])
    assert canvas.nodes[0].backgroundStyle == "cover"
    assert canvas.nodes[0].label is None
    assert canvas.edges == (CanvasEdge("e", "g", "a", None, None, "none", "arrow", None, None),)


def test_edges_keep_what_they_say():
    said = {"fromSide": "right", "toSide": "left", "fromEnd": "arrow", "toEnd": "none", "label": "rel", "color": "#0af"}
    canvas = read(card("a"), card("b"), edges=[{"id": "e", "fromNode": "a", "toNode": "b", **said}])
    assert canvas.edges == (CanvasEdge("e", "a", "b", "right", "left", "arrow", "none", "#0af", "rel"),)


def test_the_order_of_the_cards_is_kept():
    assert [node.id for node in read(card("bottom"), card("middle"), card("top")).nodes] == ["bottom", "middle", "top"]


def test_an_edge_without_its_card_is_left_out():
    edges = [{"id": "e", "fromNode": "a", "toNode": "zzz"}, {"id": "f"}, {"id": "g", "fromNode": "a", "toNode": "a"}]
    canvas = read(card("a"), edges=edges, problems="VK132 VK132")
    assert [edge.id for edge in canvas.edges] == ["g"]


def test_the_first_of_two_cards_of_one_id_counts():
    canvas = read(card("a", text="one"), card("a", text="two"), problems="VK133")
    assert [node.text for node in canvas.nodes] == ["one"]


def test_what_is_of_the_wrong_kind_is_as_if_it_were_absent():
    canvas = read(
        card("a", x="10", y=None, width=[], height=True, text=7, color=4),
        card("f", type="file", file=["x"], subpath="Sec"),
        card("g", type="group", label={}, background=0, backgroundStyle="tiled"),
        "no card", None, 3, [card("n")],
        card("?", type="shape", text="no"),
        card("none", type=None),
        edges=[{"id": "e", "fromNode": "a", "toNode": "g", "fromSide": "middle", "toEnd": "star", "label": 1, "color": "red"}, 5],
    )  # fmt: skip
    assert canvas.nodes == (
        CanvasNode("a", "text", text=""),
        CanvasNode("f", "file", width=100, height=50),
        CanvasNode("g", "group", width=100, height=50, backgroundStyle="cover"),
        CanvasNode("?", "shape", width=100, height=50),
        CanvasNode("none", "", width=100, height=50),
    )
    assert canvas.edges == (CanvasEdge("e", "a", "g"),)


def test_unknown_keys_are_kept():
    edge = {"id": "e", "fromNode": "a", "toNode": "a", "fromEnd": "none", "toEnd": "arrow", "style": {"dashed": True}}
    data = {
        "nodes": [card("a", zoom=3, body="mine", deep=[{"x": 1.5}, "\ud800"], huge=1e300)],
        "edges": [edge],
        "metadata": {"version": "1.0", "others": None},
    }
    canvas, problems = read_canvas("Board.canvas", json.dumps(data))
    assert problems == ()
    assert canvas_data(canvas) == data
    assert canvas_data(Canvas()) == {"nodes": [], "edges": []}


def test_keys_nested_as_deep_as_can_be_read_do_no_harm():
    for depth in range(100, 100_000, 900):
        canvas, problems = read_canvas("Board.canvas", f'{{"x": {"[" * depth}{"]" * depth}}}')
        assert canvas.nodes == ()
        if problems:
            break


def test_ids_may_be_numbers_or_absent():
    canvas = read(card(1), card(None), card(""), edges=[{"fromNode": 1, "toNode": 1.0}])
    assert [node.id for node in canvas.nodes] == ["1", "#1", "#2"]
    assert canvas.edges == (CanvasEdge("#0", "1", "1"),)


def test_numbers_stay_within_reason():
    text = '{"nodes": [{"id": "a", "x": 1e308, "y": -1e308, "width": NaN, "height": Infinity}, {"id": "b", "x": 1.5, "y": %s}]}'
    canvas, problems = read_canvas("Board.canvas", text % ("9" * 6_000))
    assert problems == ()
    assert [(node.x, node.y, node.width, node.height) for node in canvas.nodes] == [
        (FARTHEST, -FARTHEST, 0, 0),
        (2, 0, 0, 0),
    ]


def test_texts_can_be_written_whatever_they_were():
    text = r'{"nodes": [{"id": "\ud800", "type": "text", "text": "a\u0000b\udc00c \ud83c\udf85"}]}'
    (node,) = read_canvas("Board.canvas", text)[0].nodes
    assert (node.id, node.text) == ("�", "a�b�c 🎅")


def test_paths_are_spelled_as_those_of_the_vault():
    assert read(card("f", type="file", file="Cafe\u0301.md")).nodes[0].file == "Caf\u00e9.md"


@pytest.mark.parametrize("color", ["7", "red", "#12", "#ggg", "#fff;background:url(//x)", 'x" onload="', 1, None])
def test_other_colors_are_no_colors(color):
    assert read(card("a", color=color)).nodes[0].color is None


@pytest.mark.parametrize(("color", "name"), [("1", "red"), ("2", "orange"), ("3", "yellow"), ("4", "green"), ("5", "cyan"),
                                             ("6", "purple"), ("7", None), ("#ff0000", None), (None, None)])  # fmt: skip
def test_preset_colors_have_names(color, name):
    assert color_name(color) == name


def test_what_lies_inside_a_group_belongs_to_it():
    canvas = read(
        card("g", type="group", width=500, height=500),
        card("in", x=10, y=10),
        card("flush", x=400, y=450),
        card("out", x=600, y=10),
        card("across", x=450, y=10),
        card("inner", type="group", x=5, y=5, width=200, height=200),
    )
    assert group_members(canvas) == {"g": ("flush", "in", "inner"), "inner": ("in",)}


def test_groups_in_groups_take_no_time():
    nodes = tuple(CanvasNode(str(n), "group", x=-n, y=-n, width=2 * n, height=2 * n) for n in range(1, 5_000))
    assert len(group_members(Canvas(nodes))) == 2_000_000 // len(nodes)
    assert group_members(Canvas()) == {}


CONFORMANCE = json.loads(Path(__file__).with_name("conformance").joinpath("06_canvas.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CONFORMANCE, ids=lambda case: case["id"])
def test_conformance(case):
    """The facts that come from here; the suite checks the others through the public API."""
    canvas, problems = read_canvas(case["input"]["path"], case["input"]["text"])
    expected = case["expected"]
    for name, things in (("node", canvas.nodes), ("edge", canvas.edges)):
        for key, value in expected.get(name, {}).items():
            assert value in [getattr(thing, key) for thing in things]
    said = {
        "nodes": len(canvas.nodes),
        "edges": len(canvas.edges),
        "z_order": [node.id for node in canvas.nodes],
        "color_name": color_name(canvas.nodes[0].color) if canvas.nodes else None,
        "group_members": {group: list(members) for group, members in group_members(canvas).items()},
    }
    assert {key: said[key] for key in expected if key in said} == {
        key: expected[key] for key in expected if key in said
    }
    # A file that isn't there is noticed by those who know the vault.
    assert expected.get("diagnostic") in (None, "canvas-missing-file", *(problem.name for problem in problems))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["a", "b", "group", "#1", "top"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["nodes", "edges", "id", "type", "x", "width", "file", "fromNode", "toNode", "color"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(JSON | st.fixed_dictionaries({"nodes": st.lists(JSON), "edges": st.lists(JSON)}))
def test_any_json_can_be_read_and_kept(data):
    canvas, problems = read_canvas("Board.canvas", json.dumps(data))
    assert (
        msgspec.msgpack.decode(msgspec.msgpack.encode((canvas, problems)), type=tuple[Canvas, tuple[Any, ...]])[0]
        == canvas
    )
    ids = {node.id for node in canvas.nodes}
    assert len(ids) == len(canvas.nodes)
    assert all({edge.fromNode, edge.toNode} <= ids for edge in canvas.edges)
    assert set(group_members(canvas)) <= ids


@given(st.text())
def test_any_text_can_be_read(text):
    canvas, problems = read_canvas("Board.canvas", text)
    assert canvas == Canvas() or not problems
