"""Runs the conformance cases in strict reading, through the public API only.

One test per case; only the keys that a case expects are checked. A second folder
of cases is run as well when `VAULTKIT_CONFORMANCE` names it. A case that is known
not to pass stands in KNOWN with its reason and must fail, so that the list can't
go stale.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import vaults
from lxml import html as lxml_html

from vaultkit import config
from vaultkit.vault import Vault

Case = dict[str, Any]

KNOWN: dict[str, str] = {}
"""Ids of cases that vaultkit doesn't pass, with the reason."""

FOLDERS = [Path(__file__).with_name("conformance"), *map(Path, filter(None, [os.environ.get("VAULTKIT_CONFORMANCE")]))]


def _cases() -> Iterator[tuple[str, Path, Case]]:
    seen: set[tuple[str, str]] = set()
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.json")):
            suite = json.loads(path.read_text(encoding="utf-8"))
            for case in suite["cases"] if suite["suite"] in SUITES else ():
                if (suite["suite"], case["id"]) not in seen:
                    seen.add((suite["suite"], case["id"]))
                    yield suite["suite"], path, case


# ---------------------------------------------------------------------------
# Vaults on disk
# ---------------------------------------------------------------------------


class Opened:
    """A vault in strict reading, written and read when it is first asked for."""

    def __init__(self, root: Path, files: vaults.Files) -> None:
        vaults.write(root, files)
        loaded = config.load(root, overrides={"syntax.reading": "strict"})
        self.vault = Vault.open(root, config=loaded.config, cache_dir=root.with_name(root.name + "-cache"), jobs=1)
        self.inspect = self.vault.inspect

    def problems(self, path: str) -> set[str]:
        return {problem.name for problem in self.vault.problems if problem.path == path}

    def body(self, path: str) -> lxml_html.HtmlElement:
        return lxml_html.fromstring(f"<article>{self.vault.html(path)}</article>")

    def text(self, path: str) -> str:
        """What a reader sees of the body; TeX that only machines read isn't part of it."""
        body = self.body(path)
        for hidden in body.xpath("//annotation | //script | //style"):
            hidden.drop_tree()
        return str(body.text_content())


Open = Callable[[str, vaults.Files], Opened]


@pytest.fixture(scope="module")
def open_vault(tmp_path_factory: pytest.TempPathFactory) -> Open:
    opened: dict[str, Opened] = {}

    def open_once(name: str, files: vaults.Files) -> Opened:
        if name not in opened:
            opened[name] = Opened(tmp_path_factory.mktemp("conformance") / "vault", files)
        return opened[name]

    return open_once


def settings(case: Case) -> vaults.Files:
    given = case["input"].get("settings")
    return {".obsidian/app.json": json.dumps(given)} if given else {}


# ---------------------------------------------------------------------------
# What is asked of a fact
# ---------------------------------------------------------------------------


def equals(actual: Any, expected: Any) -> bool:
    """Equal, but that true isn't 1: YAML knows the difference."""
    if isinstance(expected, dict) and isinstance(actual, Mapping):
        return actual.keys() == expected.keys() and all(equals(actual[key], value) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, (list, tuple)):
        return len(actual) == len(expected) and all(map(equals, actual, expected))
    return bool(actual == expected) and isinstance(actual, bool) == isinstance(expected, bool)


def within(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether what is expected of an object is true of it, whatever else it has."""
    return all(equals(actual.get(key), value) for key, value in expected.items())


def rows_within(actual: list[Mapping[str, Any]], expected: list[Mapping[str, Any]]) -> bool:
    return len(actual) == len(expected) and all(map(within, actual, expected))


def subset(actual: list[Any], expected: list[Any]) -> bool:
    return set(expected) <= set(actual)


def paths_kept(actual: list[str], expected: list[str]) -> bool:
    """JSON paths, however they are written: `$.nodes[0].id`, `nodes.0.id`, `/nodes/0/id`."""

    def steps(path: str) -> tuple[str, ...]:
        return tuple(re.findall(r"[^$./\[\]\"']+", path))

    return {steps(path) for path in expected} <= {steps(path) for path in actual}


def tasks_match(actual: list[Any], expected: list[Any]) -> bool:
    return len(actual) == len(expected) and all(
        mine[0] == status and text in (None, mine[1]) for mine, (status, text) in zip(actual, expected, strict=True)
    )


def contains(text: str, words: list[str]) -> bool:
    joined = re.sub(r"\s+", " ", text)
    return all(word in text or word in joined for word in words)


def lacks(text: str, words: list[str]) -> bool:
    return not any(word in text for word in words)


def selects(body: lxml_html.HtmlElement, assertions: list[Case]) -> bool:
    """Whether all selectors find what they should; the count is of all matches, the rest of the first one."""
    for wanted in assertions:
        found = body.cssselect(wanted["select"])
        if len(found) != wanted.get("count", len(found)):
            return False
        first = found[0] if found else lxml_html.Element("none")
        if "text" in wanted and first.text_content().strip() != wanted["text"]:
            return False
        if not within(first.attrib, wanted.get("attrs", {})):
            return False
        if not all(part in first.get(name, "") for name, part in wanted.get("attr_contains", {}).items()):
            return False
    return True


# ---------------------------------------------------------------------------
# The suites
# ---------------------------------------------------------------------------


def links(case: Case, suite: Case, open_vault: Open) -> dict[str, Any]:
    """The facts of a link, or of the links of a property."""
    opened = open_vault(f"links {case['vault']}", suite["vaults"][case["vault"]]["files"])
    source, raw = case["input"]["source"], case["input"]["raw"]
    if case["group"] != "property":
        resolution = opened.vault.resolve(source, raw)
        facts = {key: getattr(resolution, key, None) for key in case["expected"]}
        if "diagnostic" in facts:
            facts["diagnostic"] = resolution.problems
        return facts
    facts = opened.inspect(source)
    mine = [link for link in facts["property_links"] if link["key"] == raw or link["key"].startswith(f"{raw}.")]
    return {**facts, "links": mine, "diagnostic": opened.problems(source)}


def syntax(case: Case, suite: Case, open_vault: Open) -> dict[str, Any]:
    """The facts of a body, and the body itself."""
    files = {
        **suite["vault"]["files"],
        "src.md": case["input"]["markdown"],
        **case["input"].get("files", {}),
        **settings(case),
    }
    opened = open_vault(f"syntax {case['id']}", files)
    facts = opened.inspect("src.md")
    text = opened.text("src.md")
    return {
        **facts,
        "tags": facts["body_tags"],
        "links": facts["body_links"],
        "links_contain": facts["body_links"],
        "block_ids_lower": sorted(name.lower() for name in facts["block_ids"]),
        "footnote_order": facts["footnote_ids"],
        "text_contains": text,
        "text_absent": text,
        "terminates": True,
        "html": opened.body("src.md"),
        "diagnostic": opened.problems("src.md"),
    }


def frontmatter(case: Case, suite: Case, open_vault: Open) -> dict[str, Any]:
    """The facts of a note's head."""
    opened = open_vault(f"frontmatter {case['id']}", {"src.md": case["input"]["text"], **settings(case)})
    facts = opened.inspect("src.md")
    body = partial(opened.text, "src.md")
    return {
        **facts,
        "tags": facts["frontmatter_tags"],
        "links": facts["property_links"],
        "diagnostic": opened.problems("src.md"),
        "body_contains": body() if "body_contains" in case["expected"] else "",
        "body_absent": body() if "body_absent" in case["expected"] else "",
    }


def canvas(case: Case, suite: Case, open_vault: Open) -> dict[str, Any]:
    """The facts of a canvas."""
    path = case["input"]["path"]
    opened = open_vault(f"canvas {case['id']}", {**suite["vault"]["files"], path: case["input"]["text"]})
    facts = opened.inspect(path)
    nodes = {node["id"]: node for node in reversed(facts["nodes"])}
    edges = {edge["id"]: edge for edge in reversed(facts["edges"])}
    node = nodes.get(case["expected"].get("node", {}).get("id", next(iter(nodes), "")), {})
    return {
        **facts,
        "nodes": len(facts["nodes"]),
        "edges": len(facts["edges"]),
        "node": node,
        "edge": edges.get(case["expected"].get("edge", {}).get("id"), {}),
        "color_name": facts["color_names"].get(node.get("id")),
        "note_to_note_links": {
            source: targets
            for source in ("Note.md", "dir/Other.md", "dir/Third.md")
            if (targets := opened.inspect(source)["resolved_links"])
        },
        "diagnostic": opened.problems(path),
        "linkable": opened.vault.resolve("Note.md", f"[[{path}]]").resolved == path,
    }


SUITES: dict[str, Callable[[Case, Case, Open], dict[str, Any]]] = {
    "links": links,
    "syntax": syntax,
    "frontmatter": frontmatter,
    "canvas": canvas,
}

CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "links_contain": subset,
    "preserves": paths_kept,
    "tasks": tasks_match,
    "callouts": rows_within,
    "text_contains": contains,
    "text_absent": lacks,
    "body_contains": contains,
    "body_absent": lacks,
    "html": selects,
    "node": within,
    "edge": within,
    "diagnostic": lambda names, name: name in names,
}
"""How a fact is compared; the others must be equal."""


@pytest.mark.parametrize(("name", "path", "case"), [pytest.param(*row, id=row[2]["id"]) for row in _cases()])
def test_conformance(name: str, path: Path, case: Case, open_vault: Open) -> None:
    suite = json.loads(path.read_text(encoding="utf-8"))
    facts = SUITES[name](case, suite, open_vault)
    wrong = {
        key: (facts.get(key), expected)
        for key, expected in case["expected"].items()
        if not _check(name, key)(facts.get(key), expected)
    }
    if case["id"] in KNOWN:
        assert wrong, f"{case['id']} passes now: take it off the list ({KNOWN[case['id']]})"
    else:
        assert not wrong, f"{case['rule']}: actual and expected differ in {_told(wrong)}"


def _check(suite: str, key: str) -> Callable[[Any, Any], bool]:
    if key == "links" and suite != "syntax":
        return rows_within
    return CHECKS.get(key, equals)


def _told(wrong: Mapping[str, tuple[Any, Any]]) -> str:
    def shown(value: Any) -> Any:
        return lxml_html.tostring(value, encoding="unicode") if isinstance(value, lxml_html.HtmlElement) else value

    return "\n".join(f"{key}: {shown(actual)!r} is not {expected!r}" for key, (actual, expected) in wrong.items())
