"""What links mean: each formula alone, its tables plain dicts."""

from __future__ import annotations

import pytest

from vaultkit.links.anchors import Anchors, anchors, find_anchor
from vaultkit.links.edges import sentence
from vaultkit.links.names import names
from vaultkit.links.resolve import resolve
from vaultkit.model import Ambiguous, Document, Found, Missing, Source, Target, VaultPath
from vaultkit.parse.note import parse
from vaultkit.settings import Syntax


def read(path: str, text: str) -> Document:
    kind = "canvas" if path.endswith(".canvas") else "note"
    return parse(Source(VaultPath(path), kind, "", len(text), "", text.encode()), Syntax())


def check(source: str, text: str, others: dict[str, str], *, aliases: bool = True) -> tuple[list[Target], list[str]]:
    """The targets of a note's refs among other notes, and the names of the problems with them."""
    documents = [read(source, text), *(read(path, other) for path, other in others.items())]
    candidates: dict[str, tuple[VaultPath, ...]] = {}
    for document in documents:
        for name, path in names(document.path, document):
            candidates[name] = (*candidates.get(name, ()), path)
    places = {document.path: found for document in documents if (found := anchors(document.path, document))}
    found = resolve(aliases=aliases)(documents[0].path, documents[0], candidates=candidates.get, anchors=places.get)
    assert found is not None
    return list(found.targets), [problem.name for problem in found.problems]


AI = {"Artificial.md": "---\naliases: [AI]\n---\n# Top\n\n## Setup\n\ntext ^b1\n"}


def test_a_link_by_an_alias_leads_to_the_heading_it_names() -> None:
    assert check("A.md", "[[AI#Setup]]", AI) == ([Found(VaultPath("Artificial.md"), "setup", 1)], [])


def test_a_link_by_an_alias_leads_to_the_block_it_names() -> None:
    assert check("A.md", "[[AI#^b1]]", AI) == ([Found(VaultPath("Artificial.md"), "^b1", -1, 0)], [])


def test_a_link_by_an_alias_says_when_the_heading_is_missing() -> None:
    assert check("A.md", "[[AI#Gone]]", AI)[1] == ["missing-heading"]


def test_read_strictly_no_alias_resolves() -> None:
    assert check("A.md", "[[AI]]", AI, aliases=False)[0] == [Missing("AI")]


def test_an_alias_of_two_notes_is_ambiguous() -> None:
    targets, problems = check("A.md", "[[AI]]", AI | {"Apple.md": "---\naliases: [AI]\n---\n"})
    assert targets == [Ambiguous("AI", (VaultPath("Artificial.md"), VaultPath("Apple.md")))]
    assert problems == ["ambiguous-link"]


def test_a_card_of_a_canvas_leads_to_the_heading_it_names() -> None:
    canvas = '{"nodes": [{"id": "a", "type": "file", "file": "Artificial.md", "subpath": "#Setup"}]}'
    assert check("Board.canvas", canvas, AI) == ([Found(VaultPath("Artificial.md"), "setup", 1)], [])


def test_headings_are_found_in_either_unicode_form() -> None:
    found = Anchors((("café", 1, "café"),), ())
    assert find_anchor("#Cafe\u0301", found).heading == 0


@pytest.mark.parametrize("label", ["x", " x ", "  x", "x  ", "two words "])
def test_what_is_marked_in_a_quote_is_the_label(label: str) -> None:
    for before, after in (("", ""), ("One. ", " Two."), ("long " * 90, " long" * 90)):
        quote, start, end = sentence(before + label + after, len(before), len(before) + len(label))
        assert quote[start:end] == label.strip()


def test_a_label_of_blanks_marks_nothing() -> None:
    quote, start, end = sentence("a   b", 1, 4)
    assert 0 <= start <= end <= len(quote)


@pytest.mark.parametrize(
    ("line", "annotation"),
    [
        ("- [[X]] — role (detail)", "role (detail)"),
        ("- [[X]] - role", "role"),
        ("- [[X]]: role", "role"),
        ("- [[X]] (role)", "(role)"),
        ("- [[X]]-like", ""),
        ("- [[X]] and more", ""),
        ("- see [[X]] — role", ""),
    ],
)
def test_what_a_list_line_says_of_its_link(line: str, annotation: str) -> None:
    assert read("A.md", line).refs[0].annotation == annotation


def test_an_id_after_no_block_names_nothing() -> None:
    assert read("A.md", "^x\n").blocks == ()
    assert read("A.md", "text\n\n^x\n").blocks[0].id == "x"


CASES = {"A/note.md": "x", "A/Note.md": "x", "NOTE.md": "x", "B/x.md": "x", "B/X.md": "x"}


@pytest.mark.parametrize(
    ("source", "link", "path", "problems"),
    [
        ("src.md", "[[NOTE]]", "NOTE.md", []),
        ("src.md", "[[A/note]]", "A/note.md", []),
        ("src.md", "[[A/Note]]", "A/Note.md", []),
        ("src.md", "[[a/NOTE]]", "A/note.md", ["ambiguous-link"]),
        ("A/src.md", "[[./Note]]", "A/Note.md", []),
        ("src.md", "[[/A/note]]", "A/note.md", []),
        ("src.md", "[[X]]", "B/X.md", []),
        ("src.md", "[[x]]", "B/x.md", []),
    ],
)
def test_of_names_that_differ_in_case_the_one_that_is_written_counts(
    source: str, link: str, path: str, problems: list[str]
) -> None:
    assert check(source, link, CASES) == ([Found(VaultPath(path))], problems)
