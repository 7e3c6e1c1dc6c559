"""What is public: every way to say that a note is private, and none that says it by mistake."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.model import Document, Kind, Property, VaultPath
from vaultkit.parse.properties import read_front_matter
from vaultkit.parse.publish import PublishFields, is_private, publish, publish_fields, read_bool
from vaultkit.settings import Publish, Syntax

STRICT, FORGIVING = READINGS = (Syntax(reading="strict"), Syntax())


def note(text: str, path: str = "A.md", syntax: Syntax = FORGIVING, kind: Kind = "note") -> Document:
    front = read_front_matter(path, text, syntax)
    return Document(
        VaultPath(path), kind, "", tags=front.tags, properties=front.properties,
        has_front_matter=front.has_front_matter, front_matter_raw=front.raw,
    )  # fmt: skip


def is_public(
    text: str = "", path: str = "A.md", syntax: Syntax = FORGIVING, kind: Kind = "note", **config: Any
) -> bool:
    return publish(Publish(**config))(VaultPath(path), note(text, path, syntax, kind)) is not None


def block(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", "body"))


PRIVATE = [
    "publish: false", "publish: no", "publish: off", "publish: 0", "publish: 'False'", 'publish: "NO"', "PUBLISH: FALSE", "Publish: False",
    "draft: true", "draft: yes", "draft: ON", "draft: 1", "Draft: 'True'", "private: true", "private: yes", "Private: on",
    # What can't be understood is private.
    "publish:", "publish: ~", "publish: maybe", "publish: []", "publish: {a: true}", "publish: [true]", "draft: 2", "draft: 2024-01-01",
    "private: tru", "draft: falsch", "publish: 1.5",
    # However the key is spelled.
    '"publish": false', "'draft' : true", '"pub\\u006cish": false', "? publish\n: false", "{publish: false}", '{"draft": true, "a": 1}',
    "\uff50ublish: false", "pub\u200blish: false", '" private ": true',
]  # fmt: skip


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize("lines", PRIVATE)
def test_a_note_that_says_so_is_private(lines, syntax):
    assert not is_public(block(lines), syntax=syntax)
    if not lines.startswith("{"):
        assert not is_public(block("tags: [a]", lines, "title: x"), syntax=syntax)


PUBLIC = [
    "publish: true", "publish: yes", "publish: on", "publish: 1", "publish: 'TRUE'", "draft: false", "draft: no", "draft: 0",
    "private: false", "private: off", "published: false", "drafts: true", "my private: true", "tags: [private, draft]",
    "title: draft", "a: {publish: false}", "a: [draft]", "type: draft", "",
]  # fmt: skip


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize("lines", PUBLIC)
def test_a_note_that_doesnt_say_so_is_public(lines, syntax):
    assert is_public(block(lines), syntax=syntax)
    assert is_public(block("title: x", lines, "tags: [a]"), syntax=syntax)


UNREADABLE = [
    # YAML gives up on these, and what they say can still be seen.
    ("publish: false", "title: a: b"), ("title: a: b", "publish: false"), ("title: 'x", "draft: true"), ("tags: [#a", "private: yes"),
    ('{"publish": false, [[[',), ('{"publish": true, [[[',), ("a: [#x]", "b: {draft: true"), ("- publish: false", "  a: b: c"), ("publish:false",), ("draft=true",),
    ("publish: false", "publish: true"), ("publish: true", "publish: false"), ("draft: true", "draft: false"),
    ("publish: true", "PUBLISH: false", "PUBLISH: false"), ("a: &x 1", "draft: true"), ("publish: !!bool false",), ("&k publish: false",),
    ("? publish", ": [", ": false"), ("publish: [", "x: @y"), ("publish: true", "  and not", "x: @y"), ("publish: true", "", " no", "x: @y"),
    ('publish: "true', "x: @y"), ("x: @y", "draft: maybe"), ("x: @y", "publish:"), ("\tpublish: false",), ("x: @y", '"Draft" : true'),
    ('a: "x', "publish: false", 'y"'), ("a: [#x]", "publish: false", "b: y]"),
]  # fmt: skip


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize("lines", UNREADABLE, ids=" / ".join)
def test_a_privacy_key_that_can_be_seen_in_broken_front_matter_counts(lines, syntax):
    assert not is_public(block(*lines), syntax=syntax)


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize(
    "lines",
    [("title: a: b",), ("publish: true", "title: a: b"), ("t: @x", "draft: false  # done"), ("tags: [#a #private]",),
     ("title: How to publish: a guide",), ("publish: true", "publish: true"), ('{"publish": true', "[[[")],
    ids=" / ".join,
)  # fmt: skip
def test_broken_front_matter_alone_is_no_secret(lines, syntax):
    assert is_public(block(*lines), syntax=syntax)


@pytest.mark.parametrize("syntax", READINGS, ids=lambda syntax: syntax.reading)
@pytest.mark.parametrize(
    "text",
    ["---\npublish: false\nno end", "\n\n---\npublish: false\n---\n", "--- \ndraft: true\n---\n", "---\nprivate: true\n...\n",
     "#tag\n---\npublish: false\n---\n", "---\na: " + "x" * 70_000 + "\npublish: false\n---\n", "---\na: " + "[" * 30_000 + "\ndraft: true\n---\n"],
    ids=range(7),
)  # fmt: skip
def test_front_matter_that_obsidian_doesnt_see_is_seen(text, syntax):
    assert not is_public(text, syntax=syntax)


def test_words_in_the_body_are_no_keys():
    assert is_public("---\na: 1\n---\npublish: false\n")
    assert is_public("publish: false\n")
    assert is_public("Text.\n\n---\npublish: false\n---\n")


def test_what_could_not_be_read_goes_no_further():
    document = note(block("t: @x"))
    assert document.front_matter_raw
    public = publish(Publish())(document.path, document)
    assert public is not None
    assert public.front_matter_raw == ""
    assert public.properties == document.properties


def test_a_document_without_secrets_passes_as_it_is():
    document = note(block("title: x"))
    assert publish(Publish())(document.path, document) is document


# ---------------------------------------------------------------------------
# Opt-in
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "public"),
    [(("publish: true",), True), (("Publish: 'yes'",), True), (("publish: true", "draft: true"), False), (("publish: false",), False),
     (("draft: false",), False), (("title: x",), False), (("publish: maybe",), False), (("publish: true", "publish: false"), False),
     (("publish: true", "t: @x"), True)],
    ids=str,
)  # fmt: skip
def test_opt_in_wants_a_clear_yes(lines, public):
    assert is_public(block(*lines), mode="opt-in") is public


def test_opt_in_hides_notes_canvases_and_bases_that_say_nothing():
    assert not is_public(mode="opt-in")
    assert not is_public(path="A.canvas", kind="canvas", mode="opt-in")
    assert not is_public(path="A.base", kind="base", mode="opt-in")
    assert is_public(path="a.png", kind="attachment", mode="opt-in")
    assert not is_public(block("publish: true", "t: @x"), mode="opt-in", syntax=STRICT)


# ---------------------------------------------------------------------------
# What is excluded
# ---------------------------------------------------------------------------

GLOBS = [
    # The pattern, paths that it hides, paths that it doesn't.
    ("Private/", ["Private/A.md", "Private/x/B.md", "private/c.PNG", "Work/Private/D.md"], ["Private.md", "A/Privates/B.md", "NotPrivate/A.md"]),
    ("Private", ["Private/A.md", "Private.md"], ["Privates/A.md"]),
    ("Work/Private/", ["Work/Private/A.md"], ["Private/A.md", "x/Work/Private/A.md"]),
    ("/Top/", ["Top/A.md"], ["Other/A.md"]),
    ("./Top/", ["Top/A.md"], ["Other/A.md"]),
    ("Diary.md", ["Diary.md", "x/Diary.md"], ["Diary2.md"]),
    ("Folder/Diary", ["Folder/Diary.md"], ["Folder/Diary2.md", "Diary.md"]),
    ("*.draft.md", ["a.draft.md", "x/y.draft.md"], ["draft.md"]),
    ("Notes/*.md", ["Notes/A.md"], ["Notes/x/A.md", "A.md"]),
    ("Notes/**", ["Notes/A.md", "Notes/x/A.md"], ["A.md"]),
    ("**/secret*", ["secret.md", "a/b/secrets/C.md"], ["a/no-secret.md"]),
    ("a/**/z.md", ["a/z.md", "a/b/c/z.md"], ["z.md", "a/zz.md"]),
    ("202?/", ["2024/A.md"], ["20245/A.md", "202/A.md"]),
    ("[ab].md", ["a.md", "b.md", "[ab].md"], ["c.md"]),
    ("[!a].md", ["b.md"], ["a.md"]),
    ("[2024] Notes/", ["[2024] Notes/A.md"], ["Notes/A.md"]),
    ("[z", ["[z.md"], ["z.md"]),
    ("Cafe\u0301/", ["Caf\u00e9/A.md"], ["Cafe/A.md"]),
    ("a.b", ["a.b/c.md", "a.b.md"], ["axb.md"]),
    ("(x|y)+$", ["(x|y)+$.md"], ["x.md"]),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "hidden", "shown"), GLOBS, ids=[pattern for pattern, _, _ in GLOBS])
def test_globs_hide_paths(pattern, hidden, shown):
    assert [path for path in hidden if is_public(path=path, exclude=(pattern,))] == []
    assert [path for path in shown if not is_public(path=path, exclude=(pattern,))] == []


def test_excluded_paths_hide_attachments_and_whatever_says_publish():
    assert not is_public(path="Private/a.png", kind="attachment", exclude=("Private/",))
    assert not is_public(block("publish: true"), path="Private/A.md", exclude=("Private/",))
    assert is_public(path="Public/a.png", kind="attachment", exclude=("Private/", "", " "))


def test_tags_hide_notes_and_so_do_the_tags_below():
    text = block("tags: [Work/Secret, b]")
    assert not is_public(text, exclude_tags=("work/secret",))
    assert not is_public(text, exclude_tags=("#Work",))
    assert is_public(text, exclude_tags=("secret", "work/sec", "", "#"))
    broken = block("tags: [#work/secret #b]")
    for syntax in READINGS:
        assert not is_public(broken, syntax=syntax, exclude_tags=("work",))
        assert is_public(broken, syntax=syntax, exclude_tags=("secret",))


@pytest.mark.parametrize(
    ("lines", "condition", "hidden"),
    [("status: draft", "status=draft", True), ("status: Draft", "STATUS = draft", True), ("status: final", "status=draft", False),
     ("status: [final, draft]", "status=draft", True), ('status: "[[Draft]]"', "status=draft", True), ("status: 1", "status=1", True),
     ("status: true", "status=true", True), ("status: final", "status", True), ("status:", "status", True), ("statuses: x", "status", False),
     ("status: draft\nt: @x", "status=draft", True), ("status: final\nt: @x", "status=draft", False),
     ("status: final\nstatus: draft", "status=draft", True), ("a: x", " ", False)],
)  # fmt: skip
def test_properties_hide_notes(lines, condition, hidden):
    assert is_public(block(lines), exclude_properties=(condition,)) is not hidden


def test_properties_that_strict_reading_drops_hide_notes():
    assert not is_public(block("status: final", "t: @x"), syntax=STRICT, exclude_properties=("status=draft",))


# ---------------------------------------------------------------------------
# Whatever stands there
# ---------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from([
        "a: 1", "b:", "  - x", "- y", "t: @x", 'q: "open', "z'", 'z"', "l: [#a", "  b, c]", "m: {x: y", "}", "]", "#c", "", "  indented",
        "| x", "k: |", "k: >", "? c", ": d", "publish: true", "draft: false", "&a b: *a", "!t", "...", "\tx", "title: a: b",
    ]),
    max_size=6,
)  # fmt: skip


@given(
    LINES,
    LINES,
    st.sampled_from(["publish: false", "draft: true", "Private: yes", "publish: 0"]),
    st.sampled_from(READINGS),
)
def test_no_neighbor_makes_a_private_note_public(before, after, key, syntax):
    """A privacy key at the margin counts, whatever stands around it; only a closing fence before it ends its say."""
    assert not is_public(block(*before, key, *after), syntax=syntax)


@pytest.mark.parametrize(
    "raw",
    ["\n" * 500_000, " " * 500_000, "publish: true\n" * 40_000, "{" * 500_000, ", " * 250_000, ",&x" * 200_000, "&x " * 200_000,
     "publish: true\n\n" * 30_000, "? " * 250_000],
    ids=range(9),
)  # fmt: skip
def test_looking_for_keys_takes_no_time(raw):
    formula = publish(Publish(exclude_properties=("status",), exclude_tags=("x",)))
    start = time.process_time()
    formula(VaultPath("A.md"), Document(VaultPath("A.md"), "note", "", has_front_matter=True, front_matter_raw=raw))
    # Half a million characters take 0.1 s.
    assert time.process_time() - start < 2


def test_booleans_are_read_as_people_write_them():
    assert [read_bool(value) for value in (True, "Yes", "on", 1, " TRUE ", 1.0)] == [True] * 6
    assert [read_bool(value) for value in (False, "no", "OFF", 0, "0")] == [False] * 5
    assert [read_bool(value) for value in (None, "", "x", 2, [], [True], {})] == [None] * 7
    assert is_private("publish", None)
    assert not is_private("publisher", False)


# ---------------------------------------------------------------------------
# What the page is to be like
# ---------------------------------------------------------------------------


def fields(*lines: str, reading: Any = "strict") -> PublishFields:
    properties = note(block(*lines), syntax=Syntax(reading=reading)).properties
    return publish_fields(properties, reading)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [(("title: x",), PublishFields(title="x")), (("publish: false",), PublishFields(publish=False)),
     (("publish: maybe",), PublishFields()), (("permalink: a/b", "description: Some: text".replace(": t", " t")), PublishFields(permalink="a/b", description="Some text")),
     (("title: 2024",), PublishFields(title="2024")), (("title: [a]", "permalink:", "description: ' '"), PublishFields()),
     (("image: a/b.png",), PublishFields(image="a/b.png")), (("cover: a.png",), PublishFields(image="a.png")),
     (("image: a.png", "cover: b.png"), PublishFields(image="a.png")), (('image: "[[a b.png|200]]"',), PublishFields(image="a b.png")),
     (('image: "![[a.png]]"',), PublishFields(image="a.png")), (("image: [a.png, b.png]",), PublishFields(image="a.png")), (("image: []",), PublishFields()),
     (("cssclasses: [wide, no-title]",), PublishFields(cssclasses=("wide", "no-title"))), (("cssclasses: wide",), PublishFields(cssclasses=("wide",))),
     (("cssclass: wide",), PublishFields()), (("cssclasses: [~, '', 1]",), PublishFields(cssclasses=("1",))),
     (("date: 2024-07-21", "updated: 2024-07-22T12:37:00"), PublishFields(date="2024-07-21", updated="2024-07-22T12:37")),
     (("date: 2024-02-31", "created: 2024-03-01 10:00", "modified: soon"), PublishFields(date="2024-03-01T10:00")),
     (('date: "[[2024-07-21]]"',), PublishFields(date="2024-07-21"))],
)  # fmt: skip
def test_fields_in_one_form(lines, expected):
    assert fields(*lines) == expected


def test_forgiving_reading_takes_classes_of_old():
    assert fields("cssclass: wide no-title", reading="forgiving").cssclasses == ("wide", "no-title")


@given(st.lists(st.builds(Property, st.sampled_from(["image", "date", "title", "cssclasses", "publish"]),
                          st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2))))  # fmt: skip
def test_any_properties_have_fields(properties):
    assert isinstance(publish_fields(tuple(properties)), PublishFields)
