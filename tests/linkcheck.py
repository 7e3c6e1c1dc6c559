"""Walks a built site and says what is wrong with its links, ids and markup; knows nothing of vaults.

    problems = linkcheck.check(Path("site"))

Three promises are looked at. Every `href` and `src` leads to a file of the site,
spelt exactly so, and every fragment to an id of that page. What leaves the site
has a scheme that can't run anything. And no page holds markup that could run
script, whoever wrote it: the theme may bring its own files and one inline
script whose hash stands in the page's policy.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

EXTERNAL = frozenset({"http", "https", "mailto", "tel", "obsidian"})
"""Schemes that a link may have."""

FORBIDDEN_TAGS = frozenset(
    "applet base embed fencedframe foreignobject form frame frameset iframe marquee noembed noframes object param plaintext portal xmp".split()
)
FORBIDDEN_ATTRIBUTES = frozenset("action background data formaction ping srcdoc style xlink:href xml:base".split())
RESOURCE_TAGS = frozenset("audio img input link script source track video".split())
"""Tags whose address is loaded with the page, so it must be the site's own."""

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


class Anchor(NamedTuple):
    """A link to be followed once all pages are read."""

    page: str
    written: str
    target: str
    fragment: str


def check(site: Path) -> list[str]:
    """What is wrong with the site, as lines of `page: problem`, sorted."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    ids: dict[str, frozenset[str]] = {}
    anchors: list[Anchor] = []
    problems: list[str] = []
    for page in sorted(name for name in files if name.endswith(".html")):
        root = _parse((site / page).read_bytes())
        if root is None:
            problems.append(f"{page}: is empty")
            continue
        ids[page], repeated = _ids(root)
        problems += [f"{page}: id {name!r} stands twice" for name in repeated]
        problems += [f"{page}: {problem}" for problem in _markup(root)]
        for tag, written in _addresses(root):
            anchor = _anchor(page, tag, written)
            if isinstance(anchor, str):
                problems.append(f"{page}: {anchor}")
            elif anchor:
                anchors.append(anchor)
    problems += [f"{anchor.page}: {problem}" for anchor in anchors if (problem := _follow(anchor, files, ids))]
    return sorted(problems)


def body_problems(html: str) -> list[str]:
    """What is wrong with the markup of a note's body, where not even the theme's script has a place."""
    root = _parse(f"<!doctype html><html><body><article>{html}</article></body></html>".encode())
    assert root is not None
    banned = {"script", "style", "meta", "link", "template", "noscript", "title", "svg", "textarea", "select", "button"}
    problems = [f"<{_name(element)}> in a body" for element in _elements(root) if _name(element) in banned]
    boxes = [element for element in _elements(root) if _name(element) == "input"]
    problems += [
        "an <input> that is no checkbox" for box in boxes if box.get("type") != "checkbox" or "name" in box.attrib
    ]
    for tag, written in _addresses(root):
        anchor = _anchor("note.html", tag, written)
        if isinstance(anchor, str):
            problems.append(anchor)
    return sorted([*problems, *_markup(root)])


# ---------------------------------------------------------------------------
# Reading a page
# ---------------------------------------------------------------------------


def _parse(data: bytes) -> etree._Element | None:
    return etree.fromstring(data, etree.HTMLParser(encoding="utf-8", huge_tree=True)) if data.strip() else None


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _ids(root: etree._Element) -> tuple[frozenset[str], list[str]]:
    seen: set[str] = set()
    repeated: set[str] = set()
    for name in root.xpath("//@id"):
        (repeated if name in seen else seen).add(str(name))
    return frozenset(seen), sorted(repeated)


def _addresses(root: etree._Element) -> Iterator[tuple[str, str]]:
    for element in root.xpath("//*[@href or @src or @poster or @srcset]"):
        tag = _name(element)
        for attribute in ("href", "src", "poster"):
            if (written := element.get(attribute)) is not None:
                yield tag, written
        for candidate in (element.get("srcset") or "").split(","):
            if candidate.strip():
                yield tag, candidate.split()[0]
    for element in root.xpath("//meta[@http-equiv]"):
        if (element.get("http-equiv") or "").lower() == "refresh":
            yield "meta", (element.get("content") or "").partition("url=")[2]


def _anchor(page: str, tag: str, written: str) -> Anchor | str | None:
    """Where an address leads: a place to look up, a problem, or nothing of the site."""
    # Browsers drop tabs and line ends wherever they stand and blanks in front: `java\tscript:` is a scheme.
    bare = _CONTROLS.sub("", written)
    if scheme := _SCHEME.match(bare):
        if scheme[1].lower() not in EXTERNAL:
            return f"forbidden scheme in {written[:80]!r}"
        return (
            f"<{tag}> loads {written[:80]!r} from elsewhere"
            if tag in RESOURCE_TAGS and _is_loaded(tag, written)
            else None
        )
    if bare.startswith(("//", "\\", "/\\")):
        return f"address of another host: {written[:80]!r}"
    if bare.startswith("/") and page != "404.html":
        return f"address from the host's root: {written[:80]!r}"
    path, _, fragment = written.partition("#")
    path = unquote(path.partition("?")[0])
    if not path:
        return Anchor(page, written, page, unquote(fragment))
    if path.startswith("/"):
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    if target == ".." or target.startswith("../"):
        return f"leads out of the site: {written[:80]!r}"
    if path.endswith("/") or target == ".":
        target = posixpath.normpath(posixpath.join(target, "index.html"))
    return Anchor(page, written, target, unquote(fragment))


def _is_loaded(tag: str, written: str) -> bool:
    # `<link rel=canonical>` and the like name an address and load nothing; stylesheets are always the site's own.
    return tag != "link" or written.partition("?")[0].endswith((".css", ".js", ".woff2", ".png", ".svg", ".ico"))


def _follow(anchor: Anchor, files: Iterable[str], ids: dict[str, frozenset[str]]) -> str:
    if anchor.target not in files:
        return f"no file for {anchor.written!r}"
    # A fragment of a PDF, a film or a picture is its viewer's business, and `#top` is every browser's.
    if anchor.fragment in ("", "top") or anchor.target not in ids or anchor.fragment in ids[anchor.target]:
        return ""
    return f"no id for {anchor.written!r}"


# ---------------------------------------------------------------------------
# What could run
# ---------------------------------------------------------------------------


def _markup(root: etree._Element) -> Iterator[str]:
    for element in _elements(root):
        tag = _name(element)
        if tag in FORBIDDEN_TAGS and not _is_card(element):
            yield f"forbidden tag <{tag}>"
        elif tag == "script":
            yield from _script(element, root)
        elif tag == "meta":
            yield from _meta(element)
        for attribute in element.attrib:
            name = str(attribute).lower()
            if name.startswith("on") or name in FORBIDDEN_ATTRIBUTES:
                yield f"forbidden attribute {name!r} of <{tag}>"


def _is_card(element: etree._Element) -> bool:
    """Whether it is a card of a canvas as the theme draws it: in a place that no note can make, and not within its text."""
    if _name(element) != "foreignobject" or set(element.attrib) - {"x", "y", "width", "height", "class", "color"}:
        return False
    board = "parent::svg/parent::div[@class='board-view']/parent::div[@id='vk.board']/parent::main"
    around = element.xpath(f"{board} | parent::g/{board}")
    return bool(around) and not element.xpath("ancestor::*[contains(concat(' ', @class, ' '), ' prose ')]")


def _script(element: etree._Element, root: etree._Element) -> Iterator[str]:
    source = element.get("src")
    if source is not None:
        path = source.partition("?")[0]
        if not path.endswith((".js", ".mjs")) or "static/" not in path:
            yield f"script that isn't the theme's: {source!r}"
    elif element.get("type") not in ("application/json", "application/ld+json"):
        digest = base64.b64encode(hashlib.sha256((element.text or "").encode()).digest()).decode()
        policies = root.xpath("/html/head/meta[@http-equiv='Content-Security-Policy']/@content")
        if f"'sha256-{digest}'" not in " ".join(map(str, policies)):
            yield f"inline script whose hash no policy allows: {(element.text or '')[:60]!r}"


def _meta(element: etree._Element) -> Iterator[str]:
    parent = element.getparent()
    if parent is None or _name(parent) != "head":
        yield "<meta> outside the head"
    if (element.get("http-equiv") or "").lower() not in ("", "content-security-policy", "refresh", "content-type"):
        yield f"forbidden <meta http-equiv={element.get('http-equiv')!r}>"


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
