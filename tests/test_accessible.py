"""Every page of the sample site says what a reader needs who hears it, or has only a keyboard."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
import vaults

from vaultkit.model import Source, VaultPath
from vaultkit.parse.note import parse
from vaultkit.settings import Syntax

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def problems(page: bytes) -> Iterator[str]:
    """What is missing in a page, by the rules that need no browser."""
    tree = lxml.html.fromstring(page)
    if not tree.get("lang") or not tree.findtext("head/title"):
        yield "no language or no title"
    ids = Counter(tree.xpath("//@id"))
    yield from (f"id {name!r} stands twice" for name, n in ids.items() if n > 1)
    yield from (f"{tag} without alt" for tag in tree.xpath("//img[not(@alt)]/@src"))
    for element in tree.xpath("//input[not(@type='hidden')] | //button | //a[@href] | //summary"):
        if element.get("aria-hidden") != "true" and not name_of(element):
            yield f"<{element.tag}> without a name"
    for element in tree.xpath("//*[@aria-labelledby or @aria-describedby or @popovertarget]"):
        named = element.get("aria-labelledby") or element.get("aria-describedby") or element.get("popovertarget")
        yield from (f"no element {name!r}" for name in named.split() if name not in ids)
    if tree.xpath("//meta[@http-equiv='refresh']"):
        return
    # A note may have headings of the first level of its own, as its author wrote it.
    heads = tree.xpath("//h1[not(ancestor::*[contains(concat(' ', @class, ' '), ' prose ')])]")
    if len(heads) != 1 or len(tree.xpath("//main")) != 1:
        yield f"{len(heads)} headings of the page, {len(tree.xpath('//main'))} main parts"
    levels = [int(heading.tag[1]) for heading in tree.iter(*HEADINGS)]
    yield from (f"h{below} follows h{above}" for above, below in pairwise([0, *levels]) if below > above + 1)


def name_of(element: lxml.html.HtmlElement) -> str:
    """By what a link or a control is called out."""
    # The button for the scheme is shown where the script runs, which then takes its name from `data-auto`.
    texts = [element.get("aria-label"), element.text_content(), element.get("title"), element.get("data-auto")]
    return next((text for text in [*texts, *element.xpath(".//img/@alt")] if text and text.strip()), "")


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("accessible") / "site"
    vaults.build(repository / "vault", out)
    return {url: data for url, data in vaults.tree(out).items() if url.endswith(".html")}


def test_no_page_lacks_what_a_reader_needs(site: dict[str, bytes]) -> None:
    assert len(site) > 100
    assert [f"{url}: {problem}" for url, page in site.items() for problem in problems(page)] == []


PAGE = "<html lang=en><head><title>T</title></head><body><main><h1>T</h1>{}</main></body></html>"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p>x</p><img src=a.png alt=''><a href=x>y</a><h2>x</h2><h3>y</h3><h2>z</h2>", ""),
        ("<div class='prose'><h1>The note's own</h1></div>", ""),
        ("<input type=checkbox>", "<input> without a name"),
        ("<a href=x><svg></svg></a>", "<a> without a name"),
        ("<button> </button>", "<button> without a name"),
        ("<img src=a.png>", "a.png without alt"),
        ("<h1>x</h1>", "2 headings of the page, 1 main parts"),
        ("<h3>x</h3>", "h3 follows h1"),
        ("<p id=a></p><p id=a></p>", "id 'a' stands twice"),
        ("<button popovertarget=a>b</button>", "no element 'a'"),
    ],
)
def test_each_lack_is_found(body: str, problem: str) -> None:
    assert list(problems(PAGE.format(body).encode())) == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("[ ] Buy **milk** at [[Shop|the shop]] #now", "Buy milk at the shop #now"),
        ("[x] done ^block", "done"),
        ("[x] say \"hi\" & 'bye'", "say \"hi\" & 'bye'"),
        ("[ ] loose\n\n      second paragraph", "loose"),
        ("[ ] outer\n  - [x] inner", "outer"),
        ("[ ] ![[Secret]] and more", "and more"),
        ("[x] ![[Secret]]", "[x]"),
        ("[?] %%hidden%%", "[?]"),
    ],
)
def test_a_tasks_box_is_called_what_the_task_says(item: str, name: str) -> None:
    assert boxes(f"- {item}")[0] == name


def test_every_task_names_its_own_box() -> None:
    assert boxes("- [ ] a\n  - b\n  - [ ] c\n- d\n\n  [ ] e\n- [x] f") == ["a", "c", "f"]


def boxes(text: str) -> list[str]:
    document = parse(Source(VaultPath("A.md"), "note", "0", data=text.encode()), Syntax())
    body = "".join(part for part in document.body if isinstance(part, str))
    return [str(label) for label in lxml.html.fromstring(f"<div>{body}</div>").xpath("//input/@aria-label")]


def test_a_box_in_an_open_quote_stays_text() -> None:
    """HTML of ours that landed in an attribute would end it, and what follows in it would be markup."""
    text = "<p title='\n\n- [ ] $x$ [[A]]\n\n<p><img src=x onerror=alert(1)>'>"
    document = parse(Source(VaultPath("A.md"), "note", "0", data=text.encode()), Syntax())
    body = "".join(part for part in document.body if isinstance(part, str))
    assert not re.search(r"<(input|math|img|a)\b", body)
    assert all(isinstance(part, str) for part in document.body)
