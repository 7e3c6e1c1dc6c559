"""Front matter: what Obsidian reads, what vaultkit saves beyond that, and what neither may be harmed by."""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path
from typing import Any

import frontmatter
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.model import Property
from vaultkit.parse.properties import FORGIVING, STRICT, FrontMatter, read_front_matter
from vaultkit.parse.publish import publish_fields
from vaultkit.settings import Syntax
from vaultkit.yaml_core import MAX_DEPTH, Mapping, Node, Scalar, Sequence, compose, resolve, spell, value

READINGS = (Syntax(reading="strict"), Syntax())


def strict(text: str, **more: Any) -> FrontMatter:
    return read_front_matter("A.md", text, Syntax(reading="strict"), **more)


def forgiving(text: str, **more: Any) -> FrontMatter:
    return read_front_matter("A.md", text, Syntax(), **more)


def facts(front: FrontMatter) -> dict[str, Any]:
    """What a case may say of front matter; what is empty isn't said."""
    said = {
        "properties": {entry.name: entry.value for entry in front.properties},
        "aliases": list(front.aliases),
        "tags": [tag.name for tag in front.tags],
        "links": [f"{ref.key} -> {ref.written}" for ref in front.refs],
        "problems": [problem.code for problem in front.problems],
    }
    return {key: fact for key, fact in said.items() if fact}


def cases(literal: str) -> list[Any]:
    """`== title`, the lines between the fences, `=> facts` as JSON; all facts but the properties are checked."""
    found = re.findall(r"^== (.+)\n((?:.*\n)*?)=> (.+)\n", literal, re.MULTILINE)
    assert len(found) == literal.count("== ")
    return [pytest.param(block, json.loads(expected), id=title) for title, block, expected in found]


def check(front: FrontMatter, expected: dict[str, Any]) -> None:
    said = facts(front)
    if "properties" not in expected:
        said.pop("properties", None)
    assert said == expected


# ---------------------------------------------------------------------------
# YAML 1.2
# ---------------------------------------------------------------------------

SCALARS = [
    ("yes", "yes"), ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("tRUE", "tRUE"),
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nULL", "nULL"),
    ("7", 7), ("007", 7), ("-3", -3), ("+12", 12), ("0o17", 15), ("0x1F", 31), ("017", 17),
    ("0o8", "0o8"), ("-0x1F", "-0x1F"), ("0b1", "0b1"), ("1_000", "1_000"), ("1,000", "1,000"),
    ("12:30", "12:30"), ("12:30:45", "12:30:45"), ("190:20:30", "190:20:30"),
    ("3.10", 3.1), ("5.", 5.0), (".5", 0.5), ("1e3", 1000.0), ("22e-4", 0.0022), ("-1.5E+2", -150.0),
    (".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf), ("inf", "inf"), (".", "."), ("-", "-"), ("1.2.3", "1.2.3"),
    ("2024-07-21", "2024-07-21"), ("2024-02-31", "2024-02-31"), ("2024-07-21T12:37:00", "2024-07-21T12:37:00"),
    ("=", "="), ("<<", "<<"), ("9223372036854775807", 2**63 - 1), ("9223372036854775808", "9223372036854775808"),
    ("1e999", math.inf),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), SCALARS)
def test_plain_scalars_mean_what_the_core_schema_says(text, meant):
    assert resolve(text) == meant
    assert type(resolve(text)) is type(meant)


def test_not_a_number_is_one():
    assert math.isnan(resolve(".nan"))  # type: ignore[arg-type]


def test_a_number_of_any_length_is_no_trouble():
    digits = "9" * 6_000
    assert resolve(digits) == digits
    (entry,) = strict(f"---\nn: {digits}\n---\n").properties
    assert entry.value == digits


@pytest.mark.parametrize(
    ("data", "spelled"),
    [(3.1, "3.1"), (5.0, "5"), (700, "700"), (True, "true"), (None, ""), (["a", 1], "a,1"), ({"a": 1}, "[object Object]"),
     (math.inf, "Infinity"), (math.nan, "NaN"), (1e300, "1e+300")],
)  # fmt: skip
def test_values_are_spelled_as_javascript_does(data, spelled):
    assert spell(data) == spelled


STRICT_CASES = cases("""\
== lists and scalars
aliases: [One, "Two, three"]
tags:
  - a
  - "#b/c"
cssclasses: wide
=> {"aliases": ["One", "Two, three"], "tags": ["a", "b/c"]}
== a scalar is one alias and one tag
aliases: One, two
tags: a, b
=> {"aliases": ["One, two"], "problems": ["VK106"]}
== names that aren't texts are spelled out
aliases: [0700, 3.10, true, ~, ""]
=> {"aliases": ["700", "3.1", "true"]}
== singular keys mean nothing
alias: A
tag: b
=> {}
== upper case makes no other key
Tags: [a]
ALIASES: B
=> {"aliases": ["B"], "tags": ["a"]}
== tags need a character that is no digit, and no space
tags: [2024, y2024, a b, "", ~, "#", "##a", 1.5, a//b, c/]
=> {"tags": ["y2024", "a//b", "c/"], "problems": ["VK106", "VK106", "VK106", "VK106", "VK106", "VK106", "VK106", "VK107", "VK107"]}
== a tag behind a space and a hash is a comment
tags: #foo
=> {"properties": {"tags": null}}
== nothing is no problem
tags:
aliases: []
=> {}
== links are whole texts
a: "[[A]]"
b: ["[[B#Part|text]]", "see [[C]]", plain]
c:
  d: {e: ["![[E.png]]"]}
f: "[[F]] [[G]]"
g: "[[]]"
h: "[[#Here]]"
i: "[[Sq]uare]]"
j: "[J](J.md)"
=> {"links": ["a -> A", "b.0 -> B#Part", "c.d.e.0 -> E.png", "h -> #Here", "i -> Sq]uare"]}
== an unquoted link is a list in a list
link: [[Note]]
=> {"properties": {"link": [["Note"]]}}
== a template's braces are a mapping in a mapping
t: {{title}}
=> {"properties": {"t": {"{ title }": null}}}
== JSON is YAML
{
  "tags": ["journal"],
  "publish": false
}
=> {"properties": {"tags": ["journal"], "publish": false}, "tags": ["journal"]}
== keys become texts
1: a
007: b
true: c
null: d
🎅: e
=> {"properties": {"1": "a", "7": "b", "true": "c", "": "d", "🎅": "e"}}
== block scalars end with a line end
a: >
  one
  two
b: |
  x
=> {"properties": {"a": "one two\\n", "b": "x\\n"}}
== a key that stands twice spoils everything
tags: [a]
b: 1
tags: [c]
=> {"problems": ["VK102"]}
== so does one in a mapping below
a: {b: 1, b: 2}
tags: [c]
=> {"problems": ["VK102"]}
== a colon in a value
title: Foo: bar
tags: [a]
=> {"problems": ["VK101"]}
== reserved characters
tags: [a]
t: @x
=> {"problems": ["VK101"]}
== tabs don't indent
tags:
\t- a
=> {"problems": ["VK101"]}
== a bracket that isn't closed takes in nothing
tags: [#a]
publish: false
more: x]
=> {"problems": ["VK101"]}
== nor does a quote
a: "x
publish: false
y"
=> {"problems": ["VK101"]}
== a quoted text may go on in lines that are indented
a: "x

 y"
=> {"properties": {"a": "x\\ny"}}
== a list may be closed at the margin
tags: [
  a,
  b
]
=> {"tags": ["a", "b"]}
== a second document
a: 1
...
b: 2
=> {"problems": ["VK101"]}
== anchors
a: &x 1
b: *x
=> {"problems": ["VK105"]}
== JSON with characters in two halves
{"a": "\\ud83c\\udf85 x", "b": 1}
=> {"properties": {"a": "\U0001f385 x", "b": 1}}
== an alias without an anchor
status: *draft*
=> {"problems": ["VK101"]}
== YAML tags
a: !!python/object:os.system x
=> {"problems": ["VK105"]}
== merge keys are keys
<<: {a: 1}
=> {"properties": {"<<": {"a": 1}}}
== a text
tags:someValue
=> {"problems": ["VK103"]}
== a list
- a
- b
=> {"problems": ["VK103"]}
== a comment
# nothing here
=> {}
== line separators are no line ends
a: x\u2028y\x85z
b: 1
=> {"properties": {"a": "x\\u2028y\\u0085z", "b": 1}}
""")


@pytest.mark.parametrize(("block", "expected"), STRICT_CASES)
def test_strict_reading(block, expected):
    front = strict(f"---\n{block}---\nbody\n")
    check(front, expected)
    assert (front.has_front_matter, front.body, front.body_line) == (True, "body\n", block.count("\n") + 2)
    broken = {"VK101", "VK102", "VK103", "VK105"} & {problem.code for problem in front.problems}
    assert front.raw == (block if broken else "")


CONFORMANCE = json.loads(Path(__file__).with_name("conformance").joinpath("03_frontmatter.json").read_text("utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CONFORMANCE, ids=lambda case: case["id"])
def test_conformance(case):
    """The facts that come from here; the suite checks the others through the public API."""
    front = strict(case["input"]["text"])
    said = {
        "properties": {entry.name: entry.value for entry in front.properties},
        "aliases": list(front.aliases),
        "tags": [f"#{tag.name}" for tag in front.tags],
        "has_front_matter": front.has_front_matter,
        **{
            name: getattr(publish_fields(front.properties, "strict"), name)
            for name in ("publish", "permalink", "description", "image")
        },
        "cssclasses": list(publish_fields(front.properties, "strict").cssclasses),
    }
    expected = case["expected"]
    assert {key: said[key] for key in expected if key in said} == {
        key: expected[key] for key in expected if key in said
    }
    if "links" in expected:
        links = [{"key": ref.key, "path": ref.path, "display": ref.label} for ref in front.refs]
        assert links == [link | {"display": link.get("display", link["path"])} for link in expected["links"]]
    assert expected.get("diagnostic") in (None, *(problem.name for problem in front.problems))
    assert all(text in front.body for text in expected.get("body_contains", ()))
    assert not any(text in front.body for text in expected.get("body_absent", ()))


# ---------------------------------------------------------------------------
# What is saved
# ---------------------------------------------------------------------------

FORGIVING_CASES = cases("""\
== an alias with a link in it
aliases: [[[Burlington]] Northern Santa Fe]
=> {"aliases": ["Burlington Northern Santa Fe"], "problems": ["VK101"]}
== tags without commas
tags: [#actor #person]
=> {"tags": ["actor", "person"], "problems": ["VK101"]}
== a name that begins with a reserved character
aliases: [0thernet, @0thernet]
=> {"aliases": ["0thernet", "@0thernet"], "problems": ["VK101"]}
== items that were written for the key above
aliases:

tags: [person, asia]
  - Das
=> {"aliases": ["Das"], "tags": ["person", "asia"], "problems": ["VK101"]}
== items that no key is empty for are dropped
tags: [person, asia]
  - Das
=> {"tags": ["person", "asia"], "problems": ["VK101"]}
== the rest of a broken block stays
tags: [a]
title: Foo: bar
up: "[[Top]]"
done: true
=> {"properties": {"tags": ["a"], "title": "Foo: bar", "up": "[[Top]]", "done": true}, "tags": ["a"], "links": ["up -> Top"], "problems": ["VK101"]}
== reserved characters begin texts
t: @x
u: `y`
v: %z
w: *bold* claim
=> {"properties": {"t": "@x", "u": "`y`", "v": "%z", "w": "*bold* claim"}, "problems": ["VK101"]}
== a quote that is never closed
title: "Foo
tags: [a]
=> {"properties": {"title": "Foo", "tags": ["a"]}, "tags": ["a"], "problems": ["VK101"]}
== a bracket that is never closed
aliases: [One, Two
tags: [a]
=> {"aliases": ["One", "Two"], "tags": ["a"], "problems": ["VK101"]}
== a bracket over several lines, with an item that YAML refuses
aliases: [One,
  @two,
  Three]
tags: [a]
=> {"aliases": ["One", "@two", "Three"], "tags": ["a"], "problems": ["VK101"]}
== quotes and links keep their commas
rel: ["a, b", 'c, d', [[E, f]], @g]
=> {"properties": {"rel": ["a, b", "c, d", "[[E, f]]", "@g"]}, "links": ["rel.2 -> E, f"], "problems": ["VK101"]}
== tabs
tags:
\t- a
\t- b
=> {"tags": ["a", "b"], "problems": ["VK101"]}
== items that YAML refuses
aliases:
  - @one
  - "Two" three
  - Four
=> {"aliases": ["@one", "\\"Two\\" three", "Four"], "problems": ["VK101"]}
== several links
a: [[A]], [[B|x]]
b: [[A]] and [[B]]
=> {"properties": {"a": ["[[A]]", "[[B|x]]"], "b": "[[A]] and [[B]]"}, "links": ["a.0 -> A", "a.1 -> B"], "problems": ["VK101"]}
== no space behind the colon
tags:someValue
=> {"tags": ["someValue"], "problems": ["VK103"]}
== prose is no list of keys
Some words that nobody
meant as keys: at all
=> {"properties": {"meant as keys": "at all"}, "problems": ["VK101"]}
== anchors are dropped and the rest stays
a: &x [1]
tags: [t]
=> {"properties": {"tags": ["t"]}, "tags": ["t"], "problems": ["VK105"]}
== an asterisk is part of the text
status: *draft*
=> {"properties": {"status": "*draft*"}, "problems": ["VK101"]}
== of equal keys the first counts
tags: [a]
b: {c: 1, c: 2}
tags: [d]
=> {"properties": {"tags": ["a"], "b": {"c": 1}}, "tags": ["a"], "problems": ["VK102", "VK102"]}
== of equal privacy keys the most private counts
publish: true
publish: false
draft: true
draft: false
=> {"properties": {"publish": false, "draft": true}, "problems": ["VK102", "VK102"]}
== names stay as written
aliases: [0700, 007, ON, 22e-4, True, 2024]
tags: [0x1F, y]
=> {"aliases": ["0700", "007", "ON", "22e-4", "True", "2024"], "tags": ["0x1F", "y"], "problems": ["VK108", "VK108"]}
== numbers that YAML spells alike are no problem
aliases: [2024]
=> {"aliases": ["2024"]}
== unquoted links
parent: [[Whirlpool]]
rel:
  - [[A|b]]
  - "[[C]]"
list: [[[D]], [[E: f]], g]
=> {"properties": {"parent": "[[Whirlpool]]", "rel": ["[[A|b]]", "[[C]]"], "list": ["[[D]]", "[[E: f]]", "g"]}, "links": ["parent -> Whirlpool", "rel.0 -> A", "rel.1 -> C", "list.0 -> D", "list.1 -> E: f"], "problems": ["VK108", "VK108", "VK108"]}
== lists in lists stay
m: [[1, 2], [3, 4]]
=> {"properties": {"m": [[1, 2], [3, 4]]}}
== aliases are no links
aliases: [[Foo]]
=> {"properties": {"aliases": ["Foo"]}, "aliases": ["Foo"], "problems": ["VK108"]}
== an alias with a colon
aliases:
  - Alien: Covenant
=> {"aliases": ["Alien: Covenant"], "problems": ["VK108"]}
== tags that YAML takes for comments
tags: #a #b
=> {"tags": ["a", "b"], "problems": ["VK108"]}
== items that YAML takes for comments
tags:
  - #a
  - b
  - #c #d
=> {"tags": ["a", "b", "c", "d"], "problems": ["VK108"]}
== a comment is a comment
tags: # these are mine
  - a
=> {"tags": ["a"]}
== separators of old
alias: One, Two words
tag: a b,c
cssclass: wide no-title
=> {"properties": {"alias": ["One", "Two words"], "tag": ["a", "b", "c"], "cssclass": ["wide", "no-title"]}, "aliases": ["One", "Two words"], "tags": ["a", "b", "c"], "problems": ["VK108", "VK108", "VK108"]}
== a quoted text is one alias
aliases: "Foo, Inc."
=> {"aliases": ["Foo, Inc."]}
== an item with a space is no tag
tags: [a b, c]
=> {"tags": ["c"], "problems": ["VK106"]}
== a dash alone
rating: -
=> {"properties": {"rating": "-"}, "problems": ["VK101"]}
== a line that breaks off
description:
  one: two: three
  four
tags: [a]
=> {"properties": {"description": "one: two: three four", "tags": ["a"]}, "tags": ["a"], "problems": ["VK101"]}
""")


@pytest.mark.parametrize(("block", "expected"), FORGIVING_CASES)
def test_forgiving_reading(block, expected):
    front = forgiving(f"---\n{block}---\nbody\n")
    check(front, expected)
    broken = {"VK101", "VK102", "VK103", "VK105"} & {problem.code for problem in front.problems}
    assert front.raw == (block if broken else "")


@pytest.mark.parametrize(("block", "expected"), STRICT_CASES)
def test_forgiving_reading_never_says_less(block, expected):
    """Wherever Obsidian gives facts, the same facts; names may be spelled as they were written."""
    theirs, ours = strict(f"---\n{block}---\n"), forgiving(f"---\n{block}---\n")
    if not theirs.raw:
        assert {p.name for p in theirs.properties} == {p.name for p in ours.properties}
        assert {t.name for t in theirs.tags} <= {t.name for t in ours.tags}
        assert [(r.key, r.written) for r in theirs.refs if not r.key.startswith("alias")] == [
            (r.key, r.written) for r in ours.refs if (r.key, r.written) in [(s.key, s.written) for s in theirs.refs]
        ]


def test_the_hint_shows_what_was_recovered():
    (problem,) = forgiving("---\naliases: [[[Burlington]] Northern Santa Fe]\n---\n").problems
    assert (problem.line, problem.column, problem.hint) == (2, 26, "Read as aliases: [Burlington Northern Santa Fe]")
    (problem,) = forgiving("---\na: 1\nparent: [[Whirlpool]]\n---\n").problems
    assert (problem.line, problem.column) == (3, 1)
    assert problem.message == 'To YAML “parent” is [["Whirlpool"]].'
    assert problem.hint == 'Read as parent: "[[Whirlpool]]"'


def test_what_is_never_closed_is_reported_where_it_began():
    (problem,) = strict('---\na: 1\ntitle: "Foo\nb: 2\n---\n').problems
    assert (problem.line, problem.column) == (3, 8)


def test_properties_that_the_vault_declares_texts_stay_as_written():
    syntax = Syntax(types=(("isin", "text"), ("Codes", "multitext"), ("rank", "number")))
    text = "---\nISIN: 0700\ncodes: [007, 0x1F, a]\nrank: 010\n---\n"
    front = read_front_matter("A.md", text, syntax)
    assert facts(front)["properties"] == {"ISIN": "0700", "codes": ["007", "0x1F", "a"], "rank": 10}
    assert facts(strict(text))["properties"] == {"ISIN": 700, "codes": [7, 31, "a"], "rank": 10}


# ---------------------------------------------------------------------------
# Places
# ---------------------------------------------------------------------------


def test_everything_has_its_place_in_the_file():
    front = forgiving('---\n# comment\ntags: [a, "b"]\nup: "[[A|x]]"\nrel:\n  - [[B]]\n  - ![[C]]\n---\n')
    assert [(p.name, p.line) for p in front.properties] == [("tags", 3), ("up", 4), ("rel", 5)]
    assert [(t.name, t.line, t.column, t.in_property) for t in front.tags] == [("a", 3, 8, True), ("b", 3, 12, True)]
    assert [(r.path, r.line, r.column) for r in front.refs] == [("A", 4, 6), ("B", 6, 5), ("C", 7, 5)]


def test_labels_are_the_authors_or_the_default():
    refs = strict('---\na: ["[[N#H#I]]", "[[N|so]]", "[[#H]]"]\n---\n').refs
    assert [(r.kind, r.path, r.subpath, r.label, r.labelled) for r in refs] == [
        ("property", "N", "#H#I", "N > H > I", False),
        ("property", "N", "", "so", True),
        ("property", "", "#H", "H", False),
    ]


FENCES = [
    # What stands in the file, whether it is front matter to Obsidian and to vaultkit, the body that vaultkit shows.
    ("---\na: 1\n---\nbody", True, True, "body"),
    ("---\na: 1\n---", True, True, ""),
    ("---\n---\n", True, True, ""),
    ("---\n---", True, True, ""),
    ("---\na: 1\n---\n\n---\nb: 2\n---\n", True, True, "\n---\nb: 2\n---\n"),
    ("---\na: 1\nno end", False, False, "---\na: 1\nno end"),
    ("---", False, False, "---"),
    ("", False, False, ""),
    ("----\na: 1\n---\n", False, False, "----\na: 1\n---\n"),
    ("text\n---\na: 1\n---\n", False, False, "text\n---\na: 1\n---\n"),
    ("\n---\nSome prose.\n---\n", False, False, "\n---\nSome prose.\n---\n"),
    ("---\na: 1\n ---\n---\nb", True, True, "b"),
    ("\n \n---\na: 1\n---\nbody", False, True, "body"),
    ("#x #y/z\n\n---\na: 1\n---\nbody", False, True, "#x #y/z\n\n\n\n\nbody"),
    ("--- \na: 1\n---\t\nbody", False, True, "body"),
    ("---\na: 1\n...\nbody", False, True, "body"),
    ("---\nprose\n...\nbody", False, False, "---\nprose\n...\nbody"),
    ("\n---\npublish: false\nbroken: [\n---\nbody", False, True, "body"),
]


@pytest.mark.parametrize(("text", "to_obsidian", "to_us", "body"), FENCES)
def test_where_front_matter_stands(text, to_obsidian, to_us, body):
    theirs, ours = strict(text), forgiving(text)
    assert (theirs.has_front_matter, ours.has_front_matter, ours.body) == (to_obsidian, to_us, body)
    if not to_obsidian:
        assert (theirs.body, theirs.body_line) == (text, 0)
        assert (ours.has_front_matter is False) == (not ours.problems)
    for front in (theirs, ours):
        # Line n of the body is line n + body_line of the file.
        lines = text.split("\n")
        for number, line in enumerate(front.body.split("\n")):
            assert not line or line == lines[number + front.body_line]


def test_front_matter_below_the_first_line_is_reported():
    (problem,) = forgiving("\n\n---\na: 1\n---\n").problems
    assert (problem.code, problem.line, problem.column) == ("VK104", 3, 1)
    assert forgiving("\n---\ntags: [x]\n---\n").tags[0].line == 3


def test_two_rules_far_apart_are_no_front_matter():
    text = "\n---\n" + "key: value\n" * 200_000 + "---\n"
    start = time.process_time()
    assert not forgiving(text).has_front_matter
    assert time.process_time() - start < 1


def test_a_byte_order_mark_hides_nothing():
    text = "---\npublish: false\n---\n"
    assert strict(text, had_bom=True).properties == forgiving(text, had_bom=True).properties != ()
    assert strict(text, had_bom=True).problems == ()
    assert [p.code for p in forgiving(text, had_bom=True).problems] == ["VK104"]


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize(
    "text", ["---\npublish: false\nno end", "\n---\npublish: false\n---\nx", "---\npublish: false\n...\nx"]
)
def test_what_may_have_been_meant_as_front_matter_is_kept_for_privacy(text, syntax):
    front = read_front_matter("A.md", text, syntax)
    assert "publish: false" in front.raw or front.properties == (Property("publish", False, front.properties[0].line),)


# ---------------------------------------------------------------------------
# python-frontmatter
# ---------------------------------------------------------------------------


def test_the_handler_serves_python_frontmatter():
    assert frontmatter.parse("---\ntags: [a]\non: yes\n---\nbody", handler=STRICT) == (
        {"tags": ["a"], "on": "yes"},
        "body",
    )
    assert frontmatter.parse("---\nt: @x\n---\nbody", handler=STRICT) == ({}, "body")
    assert frontmatter.parse("---\nt: @x\n---\nbody", handler=FORGIVING) == ({"t": "@x"}, "body")
    assert frontmatter.parse("no front matter", handler=STRICT) == ({}, "no front matter")
    assert STRICT.detect("---\n---\n")
    assert not STRICT.detect("\n---\n---\n")


# ---------------------------------------------------------------------------
# Whatever stands there
# ---------------------------------------------------------------------------

ALIAS_BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGE_BOMB = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10)
)
HOSTILE = {
    "brackets": "a: " + "[" * 30_000,
    "braces": "a: " + "{" * 30_000,
    "dashes": "a:\n  " + "- " * 30_000,
    "question marks": "? " * 30_000,
    "closed brackets": "a: " + "[" * 30_000 + "]" * 30_000,
    "alias bomb": ALIAS_BOMB,
    "merge bomb": MERGE_BOMB,
    "one long key": "k" * 60_000,
    "spaces before a colon": "a" + " " * 60_000 + "b",
    "an open quote": 'a: "' + "x " * 30_000,
    "quotes in a broken list": "a: [@" + "\"x, 'y, " * 7_000,
    "links in a broken list": "a: [@" + "[[x, " * 12_000,
    "open brackets line by line": "a: [\n" * 10_000,
    "hashes": "tags: " + "#a " * 20_000,
    "blank lines": "a: @\n" + "\n" * 60_000,
    "privacy keys": "publish: true\n" * 4_000,
}


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize("block", HOSTILE.values(), ids=HOSTILE)
def test_hostile_blocks_are_quick(block, syntax):
    text = f"---\n{block[:65_000]}\npublish: false\n---\nbody\n"
    start = time.process_time()
    front = read_front_matter("A.md", text, syntax)
    seconds = time.process_time() - start
    # Most take 3 ms; the bound is for a crowded machine, and far from quadratic.
    assert seconds < 1
    assert front.body == "body\n"
    assert "publish: false" in front.raw or Property("publish", False, text.count("\n") - 2) in front.properties


@pytest.mark.parametrize("block", ["a: " + "[" * 30_000, ALIAS_BOMB, MERGE_BOMB])
def test_bombs_are_left_at_once(block):
    start = time.process_time()
    for _ in range(10):
        forgiving(f"---\n{block}\n---\n")
    assert (time.process_time() - start) / 10 < 0.05


def test_depth_counts_from_the_block():
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert strict(f"---\na: {deep}\n---\n").problems == ()
    assert [p.code for p in strict(f"---\na: [{deep}]\n---\n").problems] == ["VK105"]


def test_front_matter_over_its_limit_is_not_loaded():
    text = "---\ntags: [é]\n---\nbody"
    syntax = Syntax(front_matter_bytes=10)
    front = read_front_matter("A.md", text, syntax)
    assert [p.code for p in front.problems] == ["VK105"]
    assert (front.properties, front.tags, front.body, front.raw) == ((), (), "body", "tags: [é]\n")
    assert read_front_matter("A.md", text, Syntax(front_matter_bytes=11)).problems == ()


FRAGMENTS = st.sampled_from([
    "---\n", "...\n", "\n", " ", "  ", "\t", "- ", ": ", ":", "? ", "[", "]", "{", "}", "[[", "]]", ", ", "#", "#a ", " # ", "'", '"',
    "|\n", ">\n", "&x ", "*x", "!t ", "<<: ", "%", "@", "`", "~", "null", "1", "0o7", "1e3", ".nan", ".inf", "a", "b: ", "tags: ",
    "aliases: ", "alias: ", "publish: ", "cssclass: ", "é", "🎅", "\u2028", "\x85", "\ufeff", "\x00", "\uffff", "\\", "a/b",
])  # fmt: skip
BLOCKS = st.lists(FRAGMENTS | st.text(max_size=4), max_size=40).map("".join)


@given(BLOCKS)
def test_nothing_raises_and_no_line_is_lost(block):
    for text in (block, f"---\n{block}\n---\nbody\n"):
        for syntax in READINGS:
            front = read_front_matter("A.md", text, syntax, had_bom=len(block) % 2 == 0)
            assert text.endswith(front.body) or front.body_line == 0
            # Whatever it is can be kept.
            msgspec.msgpack.encode(front)
            n_lines = text.count("\n") + 1
            for place in (*front.tags, *front.refs, *front.properties):
                assert 1 <= place.line <= n_lines
            for problem in front.problems:
                assert 0 <= problem.line <= n_lines + 1
                assert str(problem)


def test_halves_of_characters_are_no_trouble():
    (entry,) = strict("---\na: x\ud800y\n---\n").properties
    assert entry.value == "x\ufffdy"


@given(BLOCKS)
def test_forgiving_facts_contain_the_strict_ones(block):
    text = f"---\n{block}\n---\n"
    theirs, ours = strict(text), forgiving(text)
    if theirs.has_front_matter and not theirs.raw:
        assert [(p.name, p.line) for p in theirs.properties] == [(p.name, p.line) for p in ours.properties]


PLAIN = (
    st.text(st.sampled_from("abzAZ09éß .-_/()&'+$"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text[0] in "abzAZéß($")
)


@given(
    st.dictionaries(
        PLAIN, PLAIN | st.lists(PLAIN, max_size=4) | st.booleans() | st.integers(-(2**40), 2**40), max_size=5
    )
)
def test_what_yaml_writes_is_read_back(mapping):
    block = yaml.safe_dump(mapping, allow_unicode=True)
    assert value(compose(block).root or Mapping((), 0, 0)) == mapping


def _walk(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence(items=items):
            return [scalar for item in items for scalar in _walk(item)]
        case Mapping(entries=entries):
            return [scalar for pair in entries for item in pair for scalar in _walk(item)]


@given(BLOCKS)
def test_plain_scalars_stand_where_they_say(block):
    tree = compose(block)
    lines = block.split("\n")
    for scalar in _walk(tree.root) if tree.root else []:
        if scalar.plain and scalar.text and "\n" not in scalar.text and scalar.text.isprintable():
            first = scalar.text.split()[0]
            assert "\ufffd" in first or lines[scalar.line][scalar.column :].startswith(first)
