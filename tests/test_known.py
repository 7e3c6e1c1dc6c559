"""What a page shows of its thing: the box of facts, relations, rows of other notes' tables, the timeline, the neighbors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import linkcheck
import pytest
import vaults
from lxml import html

FILES = {
    "Companies/Acme.md": dedent("""\
        ---
        founded: 1999
        ---

        Acme makes anvils.

        ## Quick stats

        | Metric | Value |
        | --- | --- |
        | HQ | [[Springfield]] |
        | Staff | 1,200 |

        ## Evolution

        | Date | Event |
        | --- | --- |
        | Mar 2021 | Acme buys [[Forge]] |
        | 2019 | Acme begins with [[Hammers]] |

        ## Related

        - [[Zenith]] — competitor (anvils)
        - [[Fund]] — Series B investor ($5M, 2020)
        - [[Nobody]] — partner
        """),
    "Companies/Zenith.md": "## Related\n\n- [[Acme]] — rival since 2018\n- [[Nobody]] — supplier\n",
    "Companies/Fund.md": "## Related\n\n- [[Acme]] — portfolio company\n",
    "Companies/Forge.md": "Bought by [[Acme]] in 2021.\n",
    "Companies/Hammers.md": "Of iron.\n",
    "Ideas/Deals.md": dedent("""\
        | Company | Price | Closed |
        | --- | --- | --- |
        | [[Acme]] | $30M | Apr 2022 |
        | [[Forge]] | $1M | 2021 |

        ## Log

        | Date | What |
        | --- | --- |
        | 2022-04-05 | [[Acme]] is sold |
        """),
    "Daily/2022-04-05.md": "| Date | What |\n| --- | --- |\n| 2022-04-05 | [[Acme]] seen |\n",
    **{f"Daily/2022-04-0{day}.md": "Quiet.\n" for day in range(1, 5)},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    vaults.build(vaults.write(folder / "vault", FILES), folder / "site")
    return folder / "site"


@pytest.fixture
def page(site: Path) -> Callable[[str], html.HtmlElement]:
    def read(url: str) -> html.HtmlElement:
        return html.document_fromstring((site / url).read_bytes())

    return read


def text(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def relations(page: html.HtmlElement) -> dict[str, list[str]]:
    """What stands in relation to the page's thing, by role."""
    return {
        text(role.cssselect("h3")[0]): [text(item) for item in role.cssselect(".pairs > li")]
        for role in page.cssselect("#vk\\.relations .role")
    }


def test_the_table_at_the_top_becomes_the_box_and_is_not_shown_twice(page: Callable[[str], html.HtmlElement]) -> None:
    acme = page("Companies/Acme.html")
    (box,) = acme.cssselect(".box")
    assert box.get("id") == "quick-stats"
    assert [text(row) for row in box.cssselect("dl > div, tbody tr")] == [
        "Founded 1999",
        "HQ Springfield",
        "Staff 1,200",
    ]
    assert text(box.cssselect("footer")[0]) == "From “Quick stats”"
    assert "Staff" not in text(acme.cssselect("article")[0])
    assert not [link for link in acme.cssselect(".outline a") if link.get("href") == "#quick-stats"]


def test_relations_are_own_and_inverse_as_one(page: Callable[[str], html.HtmlElement]) -> None:
    assert relations(page("Companies/Acme.html")) == {
        "Competitor 1": ["Zenith competitor (anvils) rival since 2018"],
        "Investor 1": ["Fund Series B investor ($5M, 2020)"],
        "Location 1": ["Springfield"],
        "Partner 1": ["Nobody"],
    }
    assert relations(page("Companies/Fund.html")) == {"Portfolio company 1": ["Acme Series B investor ($5M, 2020)"]}


def test_a_wanted_page_has_the_roles_that_notes_give_the_name(page: Callable[[str], html.HtmlElement]) -> None:
    (url,) = {link.get("href") for link in page("Companies/Acme.html").cssselect(".pairs a") if text(link) == "Nobody"}
    wanted = page(url.removeprefix("../"))
    assert relations(wanted) == {"Customer 1": ["Zenith"], "Partner 1": ["Acme"]}


def test_rows_of_other_notes_are_put_together_again(page: Callable[[str], html.HtmlElement]) -> None:
    (row,) = page("Companies/Acme.html").cssselect("#vk\\.rows .about > li")
    assert text(row) == "Deals Price $30M Closed Apr 2022"
    assert page("Companies/Forge.html").cssselect("#vk\\.rows .about > li")
    assert not page("Ideas/Deals.html").cssselect("#vk\\.rows")


def test_the_timeline_is_of_own_and_other_notes_but_of_no_daily_ones(page: Callable[[str], html.HtmlElement]) -> None:
    rows = page("Companies/Acme.html").cssselect("#vk\\.timeline li")
    assert [text(row.cssselect("time")[0]) for row in rows] == ["2022-04-05", "Mar 2021", "2019"]
    assert text(rows[0]) == "2022-04-05 Acme is sold Deals"
    assert not page("Companies/Forge.html").cssselect("#vk\\.timeline")


def test_the_neighbors_are_who_links_here_and_what_is_linked_to(page: Callable[[str], html.HtmlElement]) -> None:
    nodes = page("Companies/Acme.html").cssselect(".graph svg a")
    names = [node.get("aria-label") or node.text_content() for node in nodes]
    assert set(names) >= {"Deals", "Zenith · Competitor", "Fund · Investor"}
    assert not any("2022" in name for name in names)
    assert not page("Companies/Hammers.html").cssselect(".graph")


def test_with_nobody_on_one_side_the_note_stands_near_that_edge(tmp_path: Path) -> None:
    files = {"Map.md": "".join(f"[[N{n:02}]] " for n in range(20)), **{f"N{n:02}.md": "x" for n in range(20)}}
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    (graph,) = html.document_fromstring((tmp_path / "site" / "Map.html").read_bytes()).cssselect(".graph svg")
    assert int(graph.cssselect("circle.me")[0].get("cx")) < 100
    assert len(graph.cssselect("a")) == 12


def test_every_link_of_it_leads_somewhere(site: Path) -> None:
    assert linkcheck.check(site) == []


HOSTILE = '"><script>alert(1)</script>'


def test_words_of_notes_are_text(tmp_path: Path) -> None:
    files = {
        "A/A.md": f"## Related\n\n- [[B]] — competitor {HOSTILE}\n",
        "A/B.md": f"| Key | {HOSTILE} |\n| --- | --- |\n| [[A]] | {HOSTILE} |\n| [[C]] | x |\n",
        "A/C.md": f"| Date | Event |\n| --- | --- |\n| 2020 {HOSTILE} | [[A]] {HOSTILE} |\n| 2021 | [[A]] |\n| 2022 | [[A]] |\n",
    }
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    for url, data in vaults.tree(tmp_path / "site").items():
        assert b"<script>alert" not in data, url
    assert linkcheck.check(tmp_path / "site") == []
