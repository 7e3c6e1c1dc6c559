"""The theme: what pages promise whatever a note says, and what a project may change of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import lxml.etree
import lxml.html
import msgspec
import pytest
import vaults
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from vaultkit.diagnostics import VaultkitError
from vaultkit.facts import TABLE_KINDS
from vaultkit.knowledge.vocabulary_file import load
from vaultkit.related import ReasonKind
from vaultkit.site import theme as themes
from vaultkit.site import upkeep_pages
from vaultkit.site.board_views import Board, BoardCard, BoardGroup, BoardItem, BoardLead, BoardLine
from vaultkit.site.frame import SEARCH_WORDS, WORDS
from vaultkit.site.graph_view import GraphView, Hubs
from vaultkit.site.knowledge_views import (
    Cell,
    CompareView,
    EdgeRow,
    EntityRoleView,
    Facet,
    RelationsView,
    RelationView,
    Thing,
    TypeRow,
    TypeView,
)
from vaultkit.site.linked_data import in_json
from vaultkit.site.page import HTML_FIELDS, PageEnvironment, render
from vaultkit.site.upkeep_views import Finding, FindingGroup, MaintenanceView, TableCount, TableLine, TablesOfNote
from vaultkit.site.views import (
    TEMPLATES,
    AnyView,
    CanvasView,
    Frame,
    GraphNode,
    HomeView,
    Link,
    ListGroup,
    ListView,
    LocalGraph,
    Mention,
    MentionGroup,
    NoteView,
    NotFoundView,
    OutlineItem,
    PropertyRow,
    Quote,
    RedirectView,
    SearchView,
    TablesView,
    TimelineRow,
    TimelineSection,
    TimelineView,
    TypeBadge,
    WantedView,
)

THEME = themes.load(None, "en")
KINDS = ("folder", "tag", "tags", "wanted-index", "attachments", "index")

# ---------------------------------------------------------------------------
# Views with nothing but what they must have, and views with everything
# ---------------------------------------------------------------------------

BARE: dict[str, AnyView] = {
    "note": NoteView(url="A.html", root="", title="A"),
    "canvas": CanvasView(url="C.html", root="", title="C", board=Board()),
    "wanted": WantedView(url="w/B.html", root="../", title="B"),
    **{f"list {kind}": ListView(url="l.html", root="", title="L", kind=kind) for kind in KINDS},
    "relations": RelationsView(url="relations/index.html", root="../", title="", typed=(), others=()),
    "relation": RelationView(
        url="relations/peer.html", root="../", title="", role="peer", inverse="peer", n_rows=0, csv="peer.csv"
    ),
    "entity and role": EntityRoleView(
        url="A--peer.html",
        root="",
        title="A",
        note=Link("A", "A.html"),
        role="peer",
        n_things=0,
        rows=(),
        shown=(),
        csv="A--peer.csv",
        all="relations/peer.html",
    ),
    "type": TypeView(url="types/Tides.html", root="../", title="Tides", color="t-tides", n_rows=0),
    "compare": CompareView(url="compare.html", root="", title="", types=()),
    "home": HomeView(url="index.html", root="", title="H"),
    "timeline": TimelineView(url="timeline/index.html", root="../", title=""),
    "month": TimelineView(url="timeline/2026-04.html", root="../", title="2026-04"),
    "tables": TablesView(url="tables/index.html", root="../", title=""),
    "maintenance": MaintenanceView(url="maintenance/index.html", root="../", title=""),
    "stubs": MaintenanceView(url="maintenance/stub.html", root="../", title="", kind="stub"),
    "search": SearchView(url="search.html", root="", title=""),
    "graph": GraphView(url="graph/index.html", root="../", title="", data=("notes.js", "links.js")),
    "not found": NotFoundView(url="404.html", root="", title="Page not found"),
    "redirect": RedirectView(url="old.html", root="", title="A", target="A.html"),
}

FRAME = Frame("Harbors", "en", "ltr", "https://example.org/notes/", remote_images=True)
TIDE, DAILY = TypeBadge("Tide", "Tides", "c1", "../Tides/index.html"), TypeBadge("Daily", "Daily", "c7")
LINKS = tuple(Link(f"Link {n}", f"../{n}.html", f"c{n % 8}", n * 999, f"remark {n}") for n in range(14))


def mentions(n: int, quotes: int = 1) -> tuple[Mention, ...]:
    said = tuple(Quote(f"before {q} ", "mark", " after", f"Section {q // 2}", f"../M.html#s{q}") for q in range(quotes))
    return tuple(Mention(f"Mention {m}", f"../M{m}.html", said) for m in range(n))


GROUPS = (
    MentionGroup(TIDE, mentions(5, quotes=6), n=5),
    MentionGroup(TypeBadge("", "", ""), (Mention("Bare", "x.html", ()), *mentions(1, quotes=2)), n=2),
    MentionGroup(DAILY, mentions(4), folded=True, n=4),
)
COMMON: dict[str, Any] = {
    "frame": FRAME,
    "title": "Neap tide",
    "description": "What it is.",
    "crumbs": (Link("Tides", "../Tides/index.html"), Link("Moon", "../Tides/Moon/index.html")),
}
EDGE = EdgeRow(
    Thing("Subject", "S.html", "t-tides"), Thing("Object", "O.html", is_wanted=True), "words", "former", "Series A", "2020",
    "$1M", "1000000", "5%", "5", "Source", "N.html", "Section", "N.html#s",
)  # fmt: skip
EDGES: dict[str, Any] = {
    "rows": (EDGE, msgspec.structs.replace(EDGE, subject=Thing("Label"), status="", amount_key="", section_path="")),
    "shown": ("status", "round", "year", "amount", "stake"),
    "csv": "peer.csv",
}
HAPPENED = (
    TimelineRow("Apr 2026", "It rose.", (("Height", "2 m"), ("", "more")), LINKS[:2], "Tide tables", "t.html#a"),
    TimelineRow("2026", "It fell.", (), (), "Tide tables", "t.html#b"),
)
FINDINGS = (
    Finding(LINKS[:1], "peer", "", 12, 7, LINKS[:2], 3, 5),
    Finding(LINKS[:2], text="Neap"),
    Finding((Link("Nobody", "", note="wanted"),), text="Said of one"),
)
TIDES = (
    TypeRow(
        Thing("Neap", "Neap.html", "t-tides"),
        " moon ",
        (Cell((Thing("2 m, see "), Thing("Moon", "M.html"), Thing("Sun", "s.html", is_wanted=True)), "2"), Cell(())),
    ),
)
FULL: dict[str, AnyView] = {
    "type": TypeView(
        url="types/Tides.html",
        root="../",
        **COMMON | {"title": "Tides"},
        color="t-tides",
        n_rows=301,
        columns=("Height", "Moon"),
        rows=TIDES,
        letters=LINKS[:2],
        facets=(Facet("moon", "../tags/moon.html", 12, "moon"), Facet("sun", "Tides--tag-sun.html", 9)),
        is_best=True,
        folder=LINKS[0],
        csv="Tides.csv",
        compare="../compare.html?type=Tides",
    ),
    "part of a type": TypeView(
        url="types/Tides--n.html",
        root="../",
        **COMMON | {"title": "Tides"},
        color="t-tides",
        n_rows=1,
        columns=("Height", "Moon"),
        rows=TIDES,
        letters=LINKS[:2],
        part="Link 1",
        home="Tides.html",
        csv="Tides.csv",
        compare="../compare.html?type=Tides",
    ),
    "compare": CompareView(
        url="compare.html",
        root="",
        **COMMON,
        types=(Link("Tides", "types/Tides.html", "t-tides", note="types/Tides.js"),),
    ),
    "relations": RelationsView(
        url="relations/index.html",
        root="../",
        **COMMON,
        typed=(Link("peer", "peer.html", count=3), Link("driver", "")),
        others=(Link("related", "", count=1234),),
    ),
    "relation": RelationView(
        url="relations/investor.html",
        root="../",
        **COMMON,
        role="investor",
        inverse="portfolio-company",
        n_rows=2,
        **EDGES,
        back="portfolio-company.html",
        home="investor.html",
        objects=LINKS[:3],
        subjects=LINKS[:3],
        letters=(Link("A – C", "a.html"), Link("D", "d.html")),
        letter="D",
    ),
    "entity and role": EntityRoleView(
        url="S--peer.html",
        root="",
        **COMMON,
        note=LINKS[0],
        role="peer",
        n_things=2,
        **EDGES,
        all="relations/peer.html",
    ),
    "note": NoteView(
        url="Tides/Neap tide.html",
        root="../",
        **COMMON,
        type=TIDE,
        aliases=("Neap", "Nipptide"),
        tags=LINKS[:3],
        properties=(PropertyRow("Height", "<b>2</b> m"), PropertyRow("Moon", "half")),
        updated="2026-05-25",
        minutes=4,
        outline=(OutlineItem(1, "Causes", "causes"), OutlineItem(2, "Sun", "sun"), OutlineItem(3, "Mass", "mass")),
        lead_html="<p>The <b>lowest</b> tide.</p>",
        html='<h2 id="causes">Causes</h2><div class="callout">!</div><h3 id="sun">Sun</h3><pre>x</pre><h4 id="mass">Mass</h4>',
        backlinks=GROUPS,
        n_backlinks=11,
        graph=LocalGraph(340, 120, 170, (GraphNode("Tide", "Tide tables", "t.html", "t-tides", 90, 40, "peer", True),)),
        wanted=LINKS,
        css_classes=("wide",),
        image="https://example.org/notes/tide.png",
    ),
    "wanted": WantedView(url="w/B.html", root="../", **COMMON, mentions=GROUPS, n_mentions=11),
    "ambiguous": WantedView(
        url="w/C.html", root="../", **COMMON, mentions=GROUPS[:1], n_mentions=1, candidates=LINKS[:2]
    ),
    **{
        f"list {kind}": ListView(
            url="l/x.html",
            root="../",
            **COMMON,
            kind=kind,
            children=LINKS[:2],
            groups=(ListGroup("A", LINKS[:3], "a"), ListGroup("B", LINKS[3:], "b")),
            html="<p>Of <b>all</b>.</p>",
            n_links=1234,
        )
        for kind in KINDS
    },
    "home": HomeView(
        url="index.html", root="", **COMMON, types=LINKS[:3], hubs=LINKS, tags=LINKS[:4], wanted=LINKS[4:6]
    ),
    "timeline": TimelineView(
        url="timeline/index.html",
        root="../",
        frame=FRAME,
        title="",
        n_rows=3,
        latest=HAPPENED,
        ahead=HAPPENED[:1],
        children=(Link("2026", "2026.html", count=3, note="202"), Link("1999", "1999.html", count=1, note="199")),
    ),
    "month": TimelineView(
        url="timeline/2026-04.html",
        root="../",
        **COMMON | {"title": "2026-04"},
        n_rows=3,
        beside=LINKS[:2],
        children=LINKS[:2],
        sections=(TimelineSection("2026-00", HAPPENED), TimelineSection("2026-04", HAPPENED)),
        pages=LINKS[:2],
        number=2,
    ),
    "tables": TablesView(
        url="tables/index.html",
        root="../",
        **COMMON,
        n_tables=9,
        children=LINKS[:2],
        pages=LINKS[:2],
        kinds=(TableCount("dated", 1), TableCount("key-value", 8)),
        notes=(TablesOfNote(LINKS[0], (TableLine("other", "Head", "x.html#head", ("A", "", "B"), 3),)),),
    ),
    "maintenance": MaintenanceView(
        url="maintenance/index.html",
        root="../",
        frame=FRAME,
        title="",
        groups=(
            FindingGroup("stub", "", "stub.html", 9, FINDINGS),
            FindingGroup("VK203", "Nowhere", "VK203.html", 2, FINDINGS),
        ),
    ),
    "stubs": MaintenanceView(
        url="maintenance/stub.html",
        root="../",
        frame=FRAME,
        title="",
        kind="stub",
        crumbs=LINKS[:1],
        findings=FINDINGS,
        pages=LINKS[:3],
    ),
    "problems": MaintenanceView(
        url="maintenance/VK203.html", root="../", **COMMON, kind="VK203", explanation="Why.", findings=FINDINGS
    ),
    "search": SearchView(url="search.html", root="", **COMMON, types=(TIDE, DAILY)),
    "graph": GraphView(
        url="graph/index.html",
        root="../",
        **COMMON,
        n_notes=1,
        n_links=12_345,
        data=("notes.js", "links.js"),
        hubs=(Hubs(LINKS[0], LINKS), Hubs(Link("", "", count=3), LINKS[:1])),
    ),
    "not found": NotFoundView(url="404.html", root="/notes/", **COMMON),
    "redirect": RedirectView(url="old name.html", root="", frame=FRAME, title="Neap tide", target="Tides/Neap.html"),
}
NOTE = FULL["note"]
FULL["canvas"] = CanvasView(
    **{name: getattr(NOTE, name) for name in NOTE.__struct_fields__}
    | {"url": "Tides/Map.canvas.html", "outline": (), "lead_html": "", "html": ""},
    board=Board(
        -10, -20, 960, 400,
        groups=(BoardGroup(0, 0, 300, 200, "p1", "", "../moon.png", "meet"), BoardGroup(5, 5, 30, 20, "", "#aabbcc")),
        lines=(
            BoardLine("M0 0C1 1 2 2 3 3", "M3 3L1 1Z", "p2", "", "pulls", 10, 10, "Moon", "Sea"),
            BoardLine("M0 0C1 1 2 2 3 3", hue="#abc", start="Moon", is_mutual=True),
        ),
        cards=(
            BoardCard("group", 0, 0, 300, 200, "p1", title="Sky"),
            BoardCard("note", 1, 2, 30, 20, "", "#abc", "Moon", "Moon.html", "t-tides", "<p>It <b>pulls</b>.</p>"),
            BoardCard("text", 1, 2, 30, 20, html='<div class="callout" id="b-x">!</div>'),
            BoardCard("link", 1, 2, 30, 20, title="example.org", href="https://example.org/"),
            BoardCard("link", 1, 2, 30, 20, title="javascript:x"),
            BoardCard("", 1, 2, 30, 20, is_drawn=False),
        ),
        items=(
            BoardItem("group", 0, "Sky"),
            BoardItem("note", 9, "Moon", "Moon.html", "t-tides", "<p>It <b>pulls</b>.</p>", (BoardLead("Sea", "s.html", "pulls"),)),
            BoardItem("text", 0, html='<div class="callout" id="x">!</div>', lines=(BoardLead("Sea", "", is_mutual=True),)),
        ),
        is_whole=False,
    ),
)  # fmt: skip
ALL = [
    pytest.param(view, id=f"{size} {name}")
    for size, of in (("bare", BARE), ("full", FULL))
    for name, view in of.items()
]


def page(view: AnyView, theme: themes.Theme = THEME) -> str:
    return render(view, theme).decode()


def dom(html: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html)


# ---------------------------------------------------------------------------
# What every page promises
# ---------------------------------------------------------------------------

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
BLOCK = {"p", "div", "ul", "ol", "dl", "section", "nav", "header", "details", "h1", "h2", "h3", "table", "pre"}


class Checker(HTMLParser):
    """Every element is closed where it must be, and none stands where a browser would move it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.flaws: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.flaws.append(f"{tag}: an attribute twice")
        self.flaws += [f"{tag}: {name}" for name in names if name == "style" or name.startswith("on")]
        self.ids += [value or "" for name, value in attributes if name == "id"]
        if tag in BLOCK and "p" in self.open:
            self.flaws.append(f"{tag} in p")
        if tag == "a" and "a" in self.open:
            self.flaws.append("a in a")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if "svg" not in self.open:
            self.flaws.append(f"{tag} closes itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.flaws.append(f"{tag} closed too early")


@pytest.mark.parametrize("view", ALL)
def test_every_page_is_well_formed(view: AnyView) -> None:
    html = page(view)
    checker = Checker()
    checker.feed(html)
    assert checker.flaws == []
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert html.startswith("<!doctype html>\n<html")
    assert html.endswith("</html>\n")
    assert not re.search(r"\n\s*\n\s*\n", html)


@pytest.mark.parametrize("view", ALL)
def test_a_page_is_the_same_for_equal_views_and_themes(view: AnyView) -> None:
    assert render(view, themes.load(None, "en")) == render(msgspec.structs.replace(view), THEME)


@pytest.mark.parametrize("view", ALL)
def test_anchors_of_the_page_lead_somewhere(view: AnyView) -> None:
    tree = dom(page(view))
    ids = set(tree.xpath("//@id"))
    assert {unquote(href[1:]) for href in tree.xpath("//@href") if href.startswith("#")} <= ids
    assert set(tree.xpath("//@popovertarget")) <= ids


@pytest.mark.parametrize("view", BARE.values(), ids=BARE)
def test_pages_ask_no_other_host_and_work_in_any_folder(view: AnyView) -> None:
    tree = dom(page(view))
    for address in tree.xpath("//@href | //@src"):
        assert not re.match(r"[a-z]+:|/", address), address


def hostile(value: Any) -> Any:
    """The value with markup in every text that isn't HTML already."""
    if isinstance(value, msgspec.Struct):
        changed = {
            name: hostile(getattr(value, name))
            for name in value.__struct_fields__
            if name not in {"kind", *HTML_FIELDS}
        }
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(map(hostile, value))
    return f"""{value}"'><x onload="1">{{{{ 7*7 }}}}&lt;""" if isinstance(value, str) else value


@pytest.mark.parametrize("view", FULL.values(), ids=FULL)
def test_text_is_printed_as_text(view: AnyView) -> None:
    html = page(hostile(view))
    assert "<x" not in html
    assert "49" not in html
    assert "&amp;lt;" in html
    assert "{{ 7*7 }}" in html
    checker = Checker()
    checker.feed(html)
    assert checker.flaws == []
    assert checker.open == []


def test_html_fields_are_printed_as_html() -> None:
    html = page(FULL["note"])
    for part in ("<p>The <b>lowest</b> tide.</p>", '<h2 id="causes">Causes</h2>', "<dd><b>2</b> m</dd>"):
        assert part in html


@given(st.one_of(st.text(), st.text("<>&'\"a;"), st.integers(), st.none(), st.text("<>&'").map(Markup)))
def test_escaping_is_that_of_markupsafe(value: object) -> None:
    environment = PageEnvironment(autoescape=True)
    assert environment.from_string("{{ v }}|{% for x in [v] %}{{ x }}{% endfor %}").render(v=value) == "|".join(
        [escape(value)] * 2
    )


# ---------------------------------------------------------------------------
# The content security policy
# ---------------------------------------------------------------------------


def policy(tree: lxml.html.HtmlElement) -> dict[str, list[str]]:
    (content,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return {name: values for name, *values in (rule.split() for rule in content.split(";"))}


@pytest.mark.parametrize("view", ALL)
def test_the_policy_allows_the_one_inline_script_and_nothing_else(view: AnyView) -> None:
    tree = dom(page(view))
    allowed = [source for source in policy(tree).get("script-src", []) if source != "'self'"]
    # Data for search engines is no script, and no policy has to allow it.
    inline = [script.text for script in tree.xpath("//script[not(@src) and not(@type='application/ld+json')]")]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    assert allowed == [f"'sha256-{text}'" for text in hashes]
    assert len(inline) == (0 if isinstance(view, RedirectView) else 1)
    assert "'unsafe-inline'" not in str(policy(tree))
    assert policy(tree)["base-uri"] == policy(tree)["form-action"] == ["'none'"]


def test_pictures_from_elsewhere_need_the_setting() -> None:
    view = BARE["note"]
    there = msgspec.structs.replace(view, frame=Frame(remote_images=True))
    assert policy(dom(page(view)))["img-src"] == ["'self'", "data:"]
    assert policy(dom(page(there)))["img-src"] == ["'self'", "data:", "https:"]


def test_the_hash_follows_an_overridden_script(tmp_path: Path) -> None:
    theme = themes.load(vaults.write(tmp_path / "mine", {"boot.js": "document.title='<mine>'"}), "en")
    tree = dom(page(BARE["note"], theme))
    (script,) = tree.xpath("//script[not(@src)]/text()")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert script == "document.title='<mine>'"
    assert policy(tree)["script-src"] == ["'self'", f"'sha256-{digest}'"]


HOSTILE = '</script><script>alert(1)</script>"\'\\"<!--&quot;\u2028\x00{{7*7}}'


def test_search_engines_are_told_of_a_note_in_data_that_no_text_can_leave() -> None:
    view = msgspec.structs.replace(
        FULL["note"],
        title=HOSTILE,
        description=HOSTILE,
        aliases=(HOSTILE, "Springs"),
        updated="2026-02-03",
        properties=(
            PropertyRow("Website", '<a class="external-link" href="https://example.org/?a&amp;b" rel="nofollow">x</a>'),
            PropertyRow("Source", '<a class="external-link" href="https://elsewhere.example/" rel="nofollow">x</a>'),
        ),
    )
    tree = dom(page(view))
    (script,) = tree.xpath("//script[@type='application/ld+json']/text()")
    assert not re.search("[<>&'\u2028]", script)
    told = json.loads(script)
    assert (told["headline"], told["description"], told["dateModified"]) == (HOSTILE, HOSTILE, "2026-02-03")
    assert told["url"] == "https://example.org/notes/Tides/Neap%20tide.html"
    assert told["about"] == {
        "@type": "Thing",
        "name": HOSTILE,
        "alternateName": [HOSTILE, "Springs"],
        "sameAs": ["https://example.org/?a&b"],
    }
    # A site without an address has nothing to tell them.
    assert dom(page(BARE["note"])).xpath("//script[@type]") == []


@given(st.text())
def test_a_text_in_json_comes_out_again_and_holds_nothing_that_html_reads(text: str) -> None:
    assert json.loads(f'"{in_json(text)}"') == text
    assert str(escape(in_json(text))) == in_json(text)


# ---------------------------------------------------------------------------
# What pages show
# ---------------------------------------------------------------------------


def test_backlinks_show_three_of_each_type_and_fold_the_rest() -> None:
    (section,) = dom(page(FULL["note"])).xpath("//section[@id='vk.backlinks']")
    first, second, daily = section.xpath(".//*[contains(@class, 'group')]")
    assert len(first.xpath("./ul/li")) == 3
    assert len(first.xpath("./details/ul/li")) == 2
    assert first.xpath("./details/summary/span/text()") == ["Show all 5", "Show fewer"]
    assert second.xpath("./details") == []
    assert daily.tag == "details"
    assert daily.get("open") is None
    assert [" ".join(pill.text_content().split()) for pill in section.xpath("./nav/a")] == [
        "All 11", "Tides 5", "Other notes 2", "Daily 4",
    ]  # fmt: skip


def test_a_mention_names_each_section_once() -> None:
    mention = dom(page(FULL["note"])).xpath("//li[@class='mention']")[0]
    assert mention.xpath(".//a[@class='at']/text()") == ["Section 0", "Section 1", "Section 2"]
    assert len(mention.xpath("./p[@class='quote']")) == 3
    assert len(mention.xpath("./details/p[@class='quote']")) == 3
    assert mention.xpath("./details/summary/text()") == ["3 more mentions"]
    assert mention.xpath("./p/mark/text()") == ["mark"] * 3


def test_a_bare_note_has_no_empty_parts() -> None:
    tree = dom(page(BARE["note"]))
    for part in ("outline", "rail", "meta", "aka", "sec", "box"):
        assert tree.find_class(part) == []


def test_addresses_are_absolute_where_the_site_has_one() -> None:
    tree = dom(page(FULL["note"]))
    assert tree.xpath("//link[@rel='canonical']/@href") == ["https://example.org/notes/Tides/Neap%20tide.html"]
    assert tree.xpath("//meta[@property='og:image']/@content") == ["https://example.org/notes/tide.png"]
    redirect = dom(page(FULL["redirect"]))
    assert redirect.xpath("//link[@rel='canonical']/@href") == ["https://example.org/notes/Tides/Neap.html"]
    assert redirect.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=Tides/Neap.html"]
    assert dom(page(BARE["note"])).xpath("//link[@rel='canonical']") == []


def test_a_page_links_only_the_style_sheets_it_needs() -> None:
    def sheets(html: str) -> list[str]:
        view = msgspec.structs.replace(BARE["note"], html=html)
        return [Path(href).stem for href in dom(page(view)).xpath("//link[@rel='stylesheet']/@href")]

    assert sheets("<p>Plain.</p>") == ["style"]
    assert sheets('<div class="callout" data-callout="tip"></div>') == ["style", "blocks"]
    assert sheets('<div class="vk-code"><pre></pre></div>') == ["style", "code"]


# ---------------------------------------------------------------------------
# A project's own theme
# ---------------------------------------------------------------------------


def test_one_block_can_be_replaced(tmp_path: Path) -> None:
    folder = vaults.write(
        tmp_path / "mine",
        {
            "note.html": '{% extends "default/note.html" %}{% block aliases %}<p>{{ view.aliases[0] }}!</p>{% endblock %}'
        },
    )
    theme = themes.load(folder, "en")
    assert "<p>Neap!</p>" in page(FULL["note"], theme)
    assert "Also known as" not in page(FULL["note"], theme)
    assert page(FULL["wanted"], theme) == page(FULL["wanted"])


def test_templates_may_use_all_of_jinja(tmp_path: Path) -> None:
    source = """{% extends "default/note.html" %}
{% import "own.html" as own %}
{% block name %}Tide {% endblock %}
{% block main %}{% set d = {"a": "<1>"} %}{{ d.a }}{{ own.bold("<2>") }}{{ self.name() }}{{ d.b is defined }}
{% autoescape false %}{{ d.a }}{% endautoescape %}{% endblock %}"""
    files = {"note.html": source, "own.html": "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}"}
    html = page(FULL["note"], themes.load(vaults.write(tmp_path / "mine", files), "en"))
    assert "&lt;1&gt;<b>&lt;2&gt;</b>Tide False\n<1>" in html
    assert 'content="Tide "' in html


def test_a_replaced_frame_serves_the_built_in_pages(tmp_path: Path) -> None:
    source = '{% extends "default/base.html" %}{% block foot %}<footer>Mine</footer>{% endblock %}'
    theme = themes.load(vaults.write(tmp_path / "mine", {"base.html": source}), "en")
    for name in ("note", "home", "list tag", "not found"):
        assert "<footer>Mine</footer>" in page(FULL[name], theme)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('{% extends "default/note.html" %}\n{% block main %}{{ view.titel }}{% endblock %}', "note.html:2"),
        ("{{ nobody }}", "note.html:1"),
        ("\n{% if %}", "note.html:2"),
        ('{% include "no.html" %}', "no.html"),
    ],
)
def test_a_mistake_in_a_template_names_its_place(tmp_path: Path, source: str, place: str) -> None:
    folder = vaults.write(tmp_path / "mine", {"note.html": source})
    with pytest.raises(VaultkitError, match=re.escape(place)):
        page(FULL["note"], themes.load(folder, "en"))


def test_static_files_are_added_and_replaced(tmp_path: Path) -> None:
    files = {
        "static/style.css": "a { b: c }",
        "static/font/x.woff2": "font",
        "static/custom.css": "d{}",
        "static/.x": "",
    }
    theme = themes.load(vaults.write(tmp_path / "mine", files), "en")
    assets = theme.assets()
    assert list(assets) == sorted(assets)
    assert assets["static/style.css"] == b"a { b: c }"
    assert assets["static/font/x.woff2"] == b"font"
    assert "static/.x" not in assets
    assert assets.keys() - THEME.assets().keys() == {"static/custom.css", "static/font/x.woff2"}
    assert dom(page(FULL["note"], theme)).xpath("//link[@rel='stylesheet']/@href")[-1] == "../static/custom.css"


def test_a_style_sheet_of_the_configuration_comes_last(tmp_path: Path) -> None:
    sheet = vaults.write(tmp_path, {"my.css": "p{}"}) / "my.css"
    theme = themes.load(None, "en", sheet)
    assert theme.assets()["static/custom.css"] == b"p{}"
    assert "static/custom.css" in page(BARE["note"], theme)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((Path("nowhere"), "en"), "site.templates"),
        ((None, "en", Path("nowhere.css")), "site.custom_css"),
        ((None, "../en"), "site.language"),
    ],
)
def test_a_wrong_setting_is_named(arguments: Any, said: str) -> None:
    with pytest.raises(VaultkitError, match=said):
        themes.load(*arguments)


# ---------------------------------------------------------------------------
# Digests
# ---------------------------------------------------------------------------

PAGES = sorted(set(TEMPLATES.values()))
EXTENDED = {"list.html": {"tag.html"}, "note.html": {"canvas.html"}}
FRAMED = {name for name in PAGES if name != "redirect.html"}


def digests(folder: Path | None, language: str = "en", css: Path | None = None) -> dict[str, str]:
    theme = themes.load(folder, language, css)
    return {name: theme.digest(name) for name in PAGES}


def changed(now: dict[str, str]) -> set[str]:
    before = digests(None)
    return {name for name in PAGES if now[name] != before[name]}


@pytest.mark.parametrize(
    ("edited", "dependents"),
    [
        ("base.html", FRAMED),
        ("boot.js", FRAMED),
        (
            "macros.html",
            {
                "note.html",
                "canvas.html",
                "wanted.html",
                "mentions.html",
                "list.html",
                "home.html",
                "relation.html",
                "entity_role.html",
                "type.html",
                "changes.html",
                "compare.html",
                "maintenance.html",
                "search.html",
                "graph.html",
                "table_index.html",
                "timeline.html",
                "tag.html",
            },
        ),
        *((name, {name} | EXTENDED.get(name, set())) for name in PAGES),
        ("static/style.css", set()),
    ],
)
def test_an_edit_changes_the_digests_of_its_dependents_only(tmp_path: Path, edited: str, dependents: set[str]) -> None:
    source = (themes.BUILT_IN / edited).read_text("utf-8")
    assert changed(digests(vaults.write(tmp_path / "mine", {edited: f"{source} "}))) == dependents


def test_an_extension_of_a_built_in_template_depends_on_both(tmp_path: Path) -> None:
    folder = vaults.write(tmp_path / "mine", {"list.html": '{% extends "default/list.html" %}'})
    assert changed(digests(folder)) == {"list.html", "tag.html"}


def test_words_and_the_link_to_a_style_sheet_change_all_digests(tmp_path: Path) -> None:
    folder = vaults.write(tmp_path / "mine", {"strings/en.json": '{"backlinks": "Mentioned in"}', "a.css": ""})
    assert changed(digests(folder)) == changed(digests(None, "de")) == set(PAGES)
    assert changed(digests(None, "en", folder / "a.css")) == set(PAGES)
    assert changed(digests(None)) == set()


# ---------------------------------------------------------------------------
# Words
# ---------------------------------------------------------------------------


def words(language: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((themes.BUILT_IN / "strings" / f"{language}.json").read_bytes())
    return read


def test_all_languages_have_the_words_that_templates_use_and_no_others() -> None:
    sources = "".join(path.read_text("utf-8") for path in sorted(themes.BUILT_IN.glob("*.html")))
    used = set(re.findall(r"\bs\.(\w+)", sources)) - {"from_section", "backlinks_of"} | {"months", "date", "thousands"}
    used |= {f"{prefix}_{kind}" for prefix, kind in itertools.product(("kind", "n"), KINDS)}
    roles = {f"role_{role}" for role in load(None)[0].roles}
    of_roles = {f"role_of {role.name}" for role in load(None)[0].roles.values()}
    used |= {"from", "backlinks_to", "role_reversed", "status_former", "status_claimed"}
    used |= {f"upkeep_{kind}{said}" for kind, said in itertools.product(upkeep_pages.KINDS, ("", "_said"))}
    used |= {f"{prefix}_{kind}" for prefix, kind in itertools.product(("table", "tables"), TABLE_KINDS)}
    used |= {f"why_{kind}" for kind in set(get_args(ReasonKind)) - {"links", "linked", "mutual", "words", "name"}}
    used |= {f"search_{name}" for name in SEARCH_WORDS}
    for url, (_, prefix) in WORDS.items():
        script = (themes.BUILT_IN / url).read_text("utf-8")
        used |= {
            f"{prefix}{name}"
            for found in re.findall(r'\bwords\.(\w+)|\bsay\("(\w+)"', script)
            for name in found
            if name
        }
    assert set(words("en")) == set(words("de"))
    assert used <= set(words("en"))
    assert roles <= set(words("en")), "each built-in role has a name"
    assert set(words("en")) - used <= roles | of_roles
    for key, word in words("en").items():
        assert type(words("de")[key]) is type(word), key


def test_the_guide_names_every_template_and_only_blocks_and_variables_that_are_there(repository: Path) -> None:
    guide = (repository / "docs" / "Theme.md").read_text("utf-8")
    assert [path.name for path in sorted(themes.BUILT_IN.glob("*.html")) if f"`{path.name}`" not in guide] == []
    rows = re.findall(r"^\| (.+?) \| `(\w+\.html)` \|", guide, re.MULTILINE)
    blocks = [(block, name) for names, name in rows for block in re.findall(r"`(\w+)`", names)]
    assert len(blocks) > 12
    sources = {name: (themes.BUILT_IN / name).read_text("utf-8") for _, name in blocks}
    assert [block for block, name in blocks if f"{{% block {block} %}}" not in sources[name]] == []
    style = (themes.BUILT_IN / "static" / "style.css").read_text("utf-8")
    variables = set(re.findall(r"`(--[\w-]+)`", guide))
    assert len(variables) > 15
    assert [name for name in sorted(variables) if f"  {name}: " not in style] == []


def test_no_word_stands_in_the_templates_themselves() -> None:
    for path in sorted(themes.BUILT_IN.glob("*.html")):
        source = re.sub(r"{% block (kind|og_type) %}.*?{% endblock %}", "", path.read_text("utf-8"))
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
        # The names of a format are nobody's language.
        source = re.sub(r'<script type="application/ld\+json">.*?</script>', "", source)
        source = re.sub(r"<[^>]*>", " ", source)
        assert re.findall(r"[A-Za-z]{2,}", source) == [], path.name


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["Updated 25 May 2026", "4 min", "11 backlinks", "On this page", "999"]),
        ("de", ["Aktualisiert 25. Mai 2026", "4 Min.", "11 Rückverweise", "Auf dieser Seite", "12.987"]),
        ("de-AT", ["Aktualisiert 25. Mai 2026"]),
        ("xx", ["Updated 25 May 2026"]),
    ],
)
def test_a_language_brings_its_words_dates_and_numbers(language: str, shown: list[str]) -> None:
    text = " ".join(dom(page(FULL["note"], themes.load(None, language))).text_content().split())
    for words_ in shown:
        assert words_ in text


def test_one_is_said_otherwise_than_many_and_no_date_stays_as_it_is() -> None:
    view = msgspec.structs.replace(FULL["note"], n_backlinks=1, updated="<soon>")
    html = page(view)
    assert ">1 backlink<" in html
    assert "&lt;soon&gt;</time>" in html


def test_a_projects_words_replace_single_ones(tmp_path: Path) -> None:
    folder = vaults.write(tmp_path / "mine", {"strings/de.json": '{"backlinks": "Genannt in"}'})
    assert "Genannt in" in page(FULL["note"], themes.load(folder, "de"))
    assert "Genannt in" not in page(FULL["note"], themes.load(folder, "en"))


@pytest.mark.parametrize("text", ["{", '{"backlinks": 3}', '{"minutes": {"one": "x"}}', "[1]"])
def test_a_file_of_words_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(VaultkitError, match=re.escape("en.json")):
        themes.load(vaults.write(tmp_path / "mine", {"strings/en.json": text}), "en")


# ---------------------------------------------------------------------------
# Static files
# ---------------------------------------------------------------------------


def size(*urls: str) -> int:
    return sum(len(gzip.compress(THEME.assets()[f"static/{url}"], 9, mtime=0)) for url in urls)


def test_static_files_stay_within_their_budgets() -> None:
    assert size("style.css") <= 6 * 1024
    assert size("style.css", "blocks.css", "code.css") <= 9 * 1024
    assert size("theme.js") <= 3 * 1024
    assert size("search.css") <= 2 * 1024
    assert size("previews.js", "previews.css") <= 3.5 * 1024
    assert size("pictures.js", "pictures.css") <= 2.5 * 1024
    assert size("keys.js", "keys.css") <= 2.5 * 1024
    assert size("graph.css") <= 3 * 1024


def test_icons_are_drawn_in_valid_svg() -> None:
    uris = re.findall(r'url\("data:image/svg\+xml,([^"]+)"\)', THEME.assets()["static/blocks.css"].decode())
    assert len(uris) == 13
    for uri in [*uris, THEME.assets()["static/icon.svg"].decode()]:
        assert lxml.etree.fromstring(unquote(uri)).tag.endswith("svg")


def test_every_type_of_callout_and_its_aliases_have_a_look() -> None:
    css = THEME.assets()["static/blocks.css"].decode()
    types = (
        "abstract summary tldr info todo tip hint important success check done question help faq "
        "warning caution attention failure fail missing danger error bug example quote cite"
    )
    for name in types.split():
        assert f"[data-callout={name}]" in css


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(d * 2 for d in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs() -> Iterator[tuple[str, str, str, str]]:
    """Every color of text on every ground that it is shown on, in both schemes."""
    css = "".join((themes.BUILT_IN / "static" / f"{name}.css").read_text("utf-8") for name in ("style", "code"))
    colors = {name: values for name, *values in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", css)}
    texts = dict.fromkeys(("ink", "ink-2", "ink-3", "accent"), ("bg", "surface", "sunken"))
    texts |= dict.fromkeys(("keyword", "string", "number", "name", "type", "wrong"), ("sunken",))
    texts |= {"ink": ("bg", "surface", "sunken", "mark", "accent-soft"), "accent ": ("accent-soft",)}
    for (text, grounds), scheme in itertools.product(texts.items(), (0, 1)):
        for ground in grounds:
            yield text, ground, colors[text.strip()][scheme], colors[ground][scheme]


@pytest.mark.parametrize(("text", "ground", "ink", "paper"), list(pairs()))
def test_text_stands_out_from_its_ground(text: str, ground: str, ink: str, paper: str) -> None:
    dark, light = sorted((luminance(ink), luminance(paper)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
