"""Canvases as pages: where cards and lines are drawn, how they are read, what they say, and what nobody may see."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import lxml.html
import pytest
import vaults
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.parse.canvas import FARTHEST, read_canvas
from vaultkit.site import boards
from vaultkit.site.boards import Place
from vaultkit.site.canvas_page import MAX_DRAWN

Node = dict[str, Any]


def node(id_: str, x: int = 0, y: int = 0, width: int = 100, height: int = 50, **fields: Any) -> Node:
    return {"id": id_, "type": "text", "text": id_, "x": x, "y": y, "width": width, "height": height, **fields}


def group(id_: str, *place: int, **fields: Any) -> Node:
    return node(id_, *place, type="group", label=id_, **fields)


def order(*nodes: Node) -> str:
    """Ids in the order in which they are read, with a dot for each group around them."""
    canvas, _ = read_canvas("C.canvas", json.dumps({"nodes": nodes}))
    found = boards.reading_order(canvas.nodes, boards.places(canvas.nodes))
    return " ".join("." * level + canvas.nodes[index].id for index, level in found)


def curve(start: Node, end: Node, **edge: Any) -> boards.Curve:
    data = {"nodes": [start, end], "edges": [{"fromNode": start["id"], "toNode": end["id"], **edge}]}
    canvas, _ = read_canvas("C.canvas", json.dumps(data))
    where = dict(zip((n.id for n in canvas.nodes), boards.places(canvas.nodes), strict=True))
    return boards.curves(canvas.edges, where)[0]


# ---------------------------------------------------------------------------
# Order
# ---------------------------------------------------------------------------


def test_cards_are_read_from_the_top_left_to_the_bottom_right() -> None:
    assert order(node("d", 0, 200), node("b", 200, 10), node("c", 400, -5), node("a", 0, 0)) == "a b c d"


def test_what_begins_below_the_middle_of_a_row_stands_in_the_next() -> None:
    assert order(node("b", 0, 25), node("a", 200, 0)) == "a b"
    assert order(node("b", 0, 24), node("a", 200, 0)) == "b a"


def test_groups_come_first_with_what_is_in_them() -> None:
    cards = node("loose", 0, -500), node("in", 10, 10), node("deep", 210, 10)
    groups = group("inner", 200, 0, 150, 100), group("outer", 0, 0, 400, 300)
    assert order(*cards, *groups) == "outer .in .inner ..deep loose"


def test_groups_of_one_place_stand_in_each_other_once() -> None:
    same = 0, 0, 100, 100
    assert order(group("a", *same), group("b", *same), group("c", *same)) == "a .b ..c"


def test_what_overlaps_keeps_the_order_of_the_file() -> None:
    assert order(node("low", 50, 0), node("far", 300, 0), node("high", 0, 0)) == "low high far"


def test_no_canvas_takes_long() -> None:
    many = 10_000
    layouts = [
        [node(str(n), 13 * n % 9_000, 7 * n % 8_000) for n in range(many)],
        [node(str(n)) for n in range(many // 4)],
        [group(str(n), -n, -n, 2 * n, 2 * n) for n in range(many // 4)],
        [node(str(n), 200 * n, 0, 250) for n in range(many // 4)],
    ]
    for nodes in layouts:
        begun = time.process_time()
        assert len(order(*nodes).split()) == len(nodes)
        assert time.process_time() - begun < 6


# ---------------------------------------------------------------------------
# Places and lines
# ---------------------------------------------------------------------------


def test_what_a_slip_has_sent_away_makes_nothing_else_invisible() -> None:
    canvas, _ = read_canvas(
        "C.canvas", json.dumps({"nodes": [node("a"), node("b", 200), node("c", 10**308, -(10**308))]})
    )
    where = boards.places(canvas.nodes)
    assert where[0] == Place(0, 0, 100, 50)
    assert where[2][:2] == (200 + boards.REACH, -boards.REACH)


def test_what_has_no_size_can_be_seen() -> None:
    canvas, _ = read_canvas("C.canvas", json.dumps({"nodes": [node("a", 0, 0, 0, 0), node("b", 0, 0, FARTHEST, -5)]}))
    assert [place[2:] for place in boards.places(canvas.nodes)] == [(48, 32), (20_000, 32)]


@pytest.mark.parametrize(
    ("x", "y", "first", "last"),
    [(400, 0, (100, 25), (400, 25)), (-400, 0, (0, 25), (-300, 25)), (0, 400, (50, 50), (50, 400)), (0, -400, (50, 0), (50, -350)),
     (400, 300, (100, 25), (400, 325)), (300, 400, (50, 50), (350, 400))],
)  # fmt: skip
def test_lines_leave_from_the_sides_that_face_each_other(x: int, y: int, first: Any, last: Any) -> None:
    path = curve(node("a"), node("b", x, y), toEnd="none").path
    numbers = [int(n) for n in re.findall(r"-?\d+", path)]
    assert (tuple(numbers[:2]), tuple(numbers[-2:])) == (first, last)


def test_lines_leave_from_the_sides_that_are_named() -> None:
    found = curve(node("a"), node("b", 400), fromSide="top", toSide="bottom", toEnd="none")
    assert found.path == "M50 0C50 -201 450 251 450 50"
    assert found.label == (250, 25)


def test_an_arrow_touches_the_card_and_the_line_ends_within_it() -> None:
    found = curve(node("a"), node("b", 400), fromEnd="arrow")
    assert found.heads == "M100 25L112 31L112 19ZM400 25L388 19L388 31Z"
    assert found.path.startswith("M109 25C")
    assert found.path.endswith(" 391 25")
    assert curve(node("a"), node("b", 400), toEnd="none").heads == ""


def test_labels_of_parallel_lines_stand_apart() -> None:
    edge = {"fromNode": "a", "toNode": "b", "label": "x"}
    canvas, _ = read_canvas("C.canvas", json.dumps({"nodes": [node("a"), node("b", 400)], "edges": [edge, edge, edge]}))
    where = dict(zip("ab", boards.places(canvas.nodes), strict=True))
    assert [found.label[1] for found in boards.curves(canvas.edges, where)] == [25, 51, 77]


NUMBERS = st.integers(-(10**9), 10**9) | st.sampled_from([0, 1, -1, 10**308])
NODES = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "group", "?"])} | dict.fromkeys(("x", "y", "width", "height"), NUMBERS)
)
ENDS = st.integers(0, 5).map(lambda n: f"#{n}")
EDGES = st.fixed_dictionaries(
    {"fromNode": ENDS, "toNode": ENDS},
    optional={
        "fromSide": st.sampled_from(["top", "left"]),
        "toSide": st.sampled_from(["top", "right"]),
        "label": st.just("x"),
    },
)


@given(st.lists(NODES, max_size=8), st.lists(EDGES, max_size=6))
def test_all_that_is_drawn_is_whole_numbers_within_the_picture(nodes: list[Node], edges: list[Node]) -> None:
    canvas, _ = read_canvas("C.canvas", json.dumps({"nodes": nodes, "edges": edges}))
    where = boards.places(canvas.nodes)
    curves = boards.curves(canvas.edges, {n.id: place for n, place in zip(canvas.nodes, where, strict=True)})
    picture = boards.frame(where, curves)
    assert all(picture.holds(place) for place in where)
    assert all(type(number) is int for place in (*where, picture) for number in place)
    assert picture.width <= 4 * (boards.REACH + boards.LARGEST)
    found = boards.reading_order(canvas.nodes, where)
    assert sorted(index for index, _ in found) == list(range(len(nodes)))
    for line in curves:
        (x0, y0), *_, (x1, y1) = re.findall(r"(-?\d+) (-?\d+)", line.path)
        for x, y in ((x0, y0), (x1, y1)):
            assert picture.x <= int(x) <= picture.right
            assert picture.y <= int(y) <= picture.bottom


# ---------------------------------------------------------------------------
# Pages
# ---------------------------------------------------------------------------


def built(tmp_path: Path, files: dict[str, Any], nodes: list[Node], edges: list[Node] | None = None) -> str:
    """The page of a canvas among *files*."""
    data = json.dumps({"nodes": nodes, "edges": edges or []})
    vaults.build(vaults.write(tmp_path / "vault", {**files, "C.canvas": data}), tmp_path / "site")
    return (tmp_path / "site" / "C.canvas.html").read_text("utf-8")


def drawn(html: str) -> list[str]:
    """The texts of the cards in the picture, in order."""
    tree = lxml.html.document_fromstring(html)
    cards = tree.xpath(
        "//*[contains(@class, 'board-view')]/svg/*[contains(concat(' ', @class), ' card') or self::foreignobject]"
    )
    return [" ".join(card.text_content().split()) for card in cards]


def test_cards_show_what_they_lead_to(tmp_path: Path) -> None:
    files = {
        "F/Note.md": "---\ntitle: The note\n---\nFirst, of [[Other]].\n\nSecond.\n## Part\nOf it. ^b\n",
        "F/Other.md": "o",
        "p.png": None,
        "d.pdf": None,
        "D.canvas": "{}",
    }
    html = built(
        tmp_path,
        files,
        [
            node("a", 0, 0, type="file", file="F/Note.md"),
            node("b", 0, 100, type="file", file="F/Note.md", subpath="#Part"),
            node("c", 0, 200, type="file", file="p.png"),
            node("d", 0, 300, type="file", file="d.pdf"),
            node("e", 0, 400, type="file", file="D.canvas"),
            node("f", 0, 500, type="link", url="https://www.example.org/x/"),
            node("g", 0, 600, type="link", url="obsidian://open?x"),
            node("h", 0, 700, type="file", file="Nowhere.md"),
            node("i", 0, 800, type="shape"),
        ],
    )
    assert drawn(html) == [
        "The note First, of Other.", "The note Part Of it.", "", "d", "D", "example.org/x", "obsidian://open?x", "", "",
    ]  # fmt: skip
    tree = lxml.html.document_fromstring(html)
    (board,) = tree.xpath("//*[@id='vk.board']")
    assert [link.get("href") for link in board.xpath(".//*[contains(@class, 'is-link')]//a")] == [
        "https://www.example.org/x/"
    ]
    assert [image.get("src") for image in board.xpath(".//img")] == ["p.png"]
    assert board.xpath(".//p[@class='card-title']/a/@href")[:2] == ["F/Note.html", "F/Note.html#part"]
    assert len(board.xpath(".//*[contains(@class, 'is-blank')]")) == 2
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))


def test_the_list_has_the_cards_in_order_with_where_their_lines_lead(tmp_path: Path) -> None:
    html = built(
        tmp_path,
        {"A.md": "a"},
        [
            node("t", 300, 0, text="## One\ntwo"),
            node("f", 0, 0, type="file", file="A.md"),
            group("G", -10, -10, 200, 100),
        ],
        [
            {"fromNode": "f", "toNode": "t", "label": "first"},
            {"fromNode": "f", "toNode": "t", "fromEnd": "arrow", "toEnd": "none", "label": "back"},
            {"fromNode": "t", "toNode": "f", "toEnd": "none"},
        ],
    )
    (listed,) = lxml.html.document_fromstring(html).xpath("//article")
    text = " ".join(listed.text_content().split())
    assert text == "G A a first → leads to One One two back → leads to A ↔ is linked with A"


def test_a_card_without_its_closing_tags_is_whole_by_itself(tmp_path: Path) -> None:
    html = built(
        tmp_path,
        {},
        [node("a", 0, 0, text="<details><b>open"), node("b", 0, 100, text="</div></div>closed"), node("c", 0, 200)],
    )
    assert drawn(html) == ["open", "closed", "c"]


def test_a_name_of_a_block_stays_in_its_card(tmp_path: Path) -> None:
    assert drawn(built(tmp_path, {}, [node("a", text="one"), node("b", 0, 100, text="^id")])) == ["one", "^id"]


def test_a_footnote_of_a_first_paragraph_leads_to_its_note(tmp_path: Path) -> None:
    html = built(tmp_path, {"A.md": "First.[^1]\n\n[^1]: Foot.\n"}, [node("a", type="file", file="A.md")])
    board, _, listed = html.partition("<article")
    assert [part.count('href="A.html#fn-1"') for part in (board, listed)] == [1, 1]


def test_a_canvas_that_shows_itself_ends(tmp_path: Path) -> None:
    html = built(
        tmp_path,
        {"A.md": "![[C.canvas]]"},
        [node("a", type="file", file="C.canvas"), node("b", 0, 100, text="![[C.canvas]] ![[A]]")],
    )
    assert drawn(html)[0] == "C"


def test_of_a_large_canvas_the_picture_has_the_places_and_the_list_the_texts(tmp_path: Path) -> None:
    html = built(tmp_path, {}, [node(str(n), 0, 60 * n, text=f"card {n}") for n in range(MAX_DRAWN + 5)])
    tree = lxml.html.document_fromstring(html)
    assert len(tree.xpath("//*[contains(concat(@class, ' '), 'card ')]/rect")) == MAX_DRAWN + 5
    assert f"card {MAX_DRAWN + 4}" in tree.xpath("//article")[0].text_content()
    assert "is-needed" in tree.xpath("//article/@class")[0]
    assert f"card {MAX_DRAWN + 4}" not in " ".join(drawn(html))


def test_colors_are_classes_or_attributes_of_svg(tmp_path: Path) -> None:
    html = built(
        tmp_path,
        {},
        [
            node("a", color="4"),
            node("b", 0, 100, color="#a1B2c3"),
            group("g", 0, 200, color="1"),
            node("x", 0, 400, color="#12;}"),
        ],
        [{"fromNode": "a", "toNode": "b", "color": "#abc"}],
    )
    assert 'class="card is-text p4"' in html
    assert 'class="card is-text" color="#a1B2c3"' in html
    assert 'class="ground p1"' in html
    assert 'class="line" color="#abc"' in html
    assert "#12" not in html
    assert " style=" not in html


def test_of_a_private_file_a_card_shows_nothing(tmp_path: Path) -> None:
    nodes = [node("a", type="file", file="Secret.md"), node("b", 0, 100, type="file", file="Hidden/p.png"),
             group("g", 0, 200, background="Hidden/p.png")]  # fmt: skip
    edges = [{"fromNode": "a", "toNode": "b", "label": "tells"}]
    config = {"vaultkit.toml": "[publish]\nexclude = ['Hidden/']\n"}
    private = {"Secret.md": "---\nprivate: true\n---\nCanary in the text.\n", "Hidden/p.png": None}
    with_it = built(tmp_path / "with", config | private, nodes, edges)
    without = built(tmp_path / "without", config, nodes, edges)
    assert with_it == without
    assert not re.search("Secret|Canary|Hidden", with_it)


PAYLOAD = "\"'><script>alert(31337)</script><img src=x onerror=alert(31337)>"


def test_no_field_of_a_canvas_becomes_markup(tmp_path: Path) -> None:
    fields = "id type x y width height color text file subpath url label background backgroundStyle".split()
    kinds = ("text", "file", "link", "group", PAYLOAD)
    nodes = [
        node(f"{kind}{n}", 0, 60 * n) | {"type": kind, field: PAYLOAD}
        for n, field in enumerate(fields)
        for kind in kinds
    ]
    nodes += [node("a", 600), node("b", 900), node("j", 600, 90, type="link", url="javascript:alert(31337)")]
    names = "id fromSide toSide fromEnd toEnd color label style".split()
    edges = [{"fromNode": "a", "toNode": "b", name: PAYLOAD} for name in names]
    html = built(tmp_path, {"A.md": "a"}, nodes, edges)
    tree = lxml.html.document_fromstring(html)
    assert not tree.xpath(
        "//*[@onerror or @style or @onload] | //img[@src='x'] | //a[starts-with(@href, 'javascript')]"
    )
    assert len(tree.xpath("//script[not(@src)]")) == 1
    # What is drawn is well-formed, whatever it says.
    start = html.index("<svg", html.index("board-view"))
    picture = html[start : html.index("</svg>", start) + 6]
    ET.fromstring(re.sub(r"<(img|br|hr|input)\b([^>]*)>", r"<\1\2/>", picture.replace("&nbsp;", " ")))
    shown = set(re.findall(r'class="card is-(\S+?)["\s]', picture))
    assert shown == {"text", "link", "blank"}
