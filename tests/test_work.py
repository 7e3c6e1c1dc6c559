"""A build does the work that an edit asks for and no more, and says why it did it.

Each edit is followed in two ways: by who holds the site open, and by a process
that starts anew and is asked to explain itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import vaults

from vaultkit.vault import Report, Vault

Edit = dict[str, str | bytes | None]
"""What is written, by path; None deletes."""

Follow = Callable[[Edit], Report]

START: vaults.Files = {
    **vaults.parse("""
-- Hub.md --
# Hub

The middle.
-- C.md --
First words.

More words.
-- F/A.md --
First of all ![[p.png]].

It knows the [[Hub]]. #t
-- F/B.md --
Waits for [[Later]]. #t
-- F/G/D.md --
Deep down. #t/deep
"""),
    "p.png": b"one",
    "theme/own.css": "p { margin: 0 }",
    "vaultkit.toml": "[site]\ntemplates = 'theme'\ncustom_css = 'theme/own.css'\n",
}

LISTS = {"F/index.html", "F/G/index.html", "tags/t.html", "tags/t/deep.html", "tags/index.html", "index-az.html",
         "wanted/index.html"}  # fmt: skip

MENDED = {"maintenance/index.html", "maintenance/orphan.html"}
"""What shows that a note isn't linked with any, and how many words it has."""


@contextmanager
def held(root: Path, out: Path, cache: Path) -> Iterator[Follow]:
    """By hints, in a publication that is held open."""
    with Vault.open(root, cache_dir=cache, jobs=1) as vault, vault.publication(out) as site:
        site.build()

        def follow(edit: Edit) -> Report:
            write(root, edit)
            return site.build(site.scan([str(root / path) for path in edit]))

        yield follow


@contextmanager
def anew(root: Path, out: Path, cache: Path) -> Iterator[Follow]:
    """By another process each time: what it knows, it knows from the cache."""

    def follow(edit: Edit) -> Report:
        write(root, edit)
        with Vault.open(root, cache_dir=cache, jobs=1) as vault:
            return vault.build(out, explain=True)

    follow({})
    yield follow


def write(root: Path, edit: Edit) -> None:
    vaults.write(root, {path: content for path, content in edit.items() if content is not None})
    for path, content in edit.items():
        if content is None:
            (root / path).unlink()


WAYS = pytest.mark.parametrize("way", [held, anew], ids=["held open", "started anew"])


@contextmanager
def followed(folder: Path, way: Callable[..., object], files: vaults.Files = START) -> Iterator[Follow]:
    with way(vaults.write(folder / "vault", files), folder / "site", folder / "cache") as follow:  # type: ignore[attr-defined]
        yield follow


def pages(urls: Iterable[str]) -> set[str]:
    return {url for url in urls if url.endswith(".html")}


def links_to_hub(n: int) -> str:
    return f"{START['C.md']}\nNow it knows the [[Hub]], too ({n}).\n"


CASES: dict[str, tuple[Edit, set[str], int]] = {
    # What is done; the pages that are rendered; the files that are parsed.
    "nothing": ({}, set(), 0),
    "the same again": ({"C.md": START["C.md"]}, set(), 0),
    "other words": ({"C.md": "First words.\n\nOther words.\n"}, {"C.html"}, 1),
    # Of two notes that share a neighbor each is close to the other.
    "a link": (
        {"C.md": links_to_hub(1)},
        {"C.html", "Hub.html", "F/A.html", "index.html", "graph/index.html", *MENDED},
        1,
    ),
    "a note that a link waits for": (
        {"H/Later.md": "Here. #u\n"},
        # Itself; who waited; its folder and tags; the indexes and the front page.
        {
            "H/Later.html",
            "F/B.html",
            "H/index.html",
            "tags/u.html",
            "tags/index.html",
            "index-az.html",
            "index.html",
            "graph/index.html",
            "maintenance/index.html",
        },
        1,
    ),
    "an alias that nobody uses": (
        {"C.md": "---\naliases: [Sea]\n---\nFirst words.\n\nMore words.\n"},
        {"C.html", "index-az.html", "Sea.html"},
        1,
    ),
    "a tag": (
        {"C.md": "First words.\n\nMore words. #u\n"},
        {"C.html", "tags/u.html", "tags/index.html", "index.html", *MENDED},
        1,
    ),
    "the template of lists": (
        {"theme/list.html": '{% extends "default/list.html" %}{% block children %}{% endblock %}'},
        LISTS,
        1,
    ),
    "the template of tag pages": (
        {"theme/tag.html": '{% extends "default/tag.html" %}{% block children %}{% endblock %}'},
        {"tags/t.html", "tags/t/deep.html"},
        1,
    ),
    "the style sheet": ({"theme/own.css": "p { margin: 1px }"}, set(), 1),
    "an attachment": ({"p.png": b"two"}, set(), 1),
    "an attachment that nobody shows": ({"q.png": b"two"}, set(), 1),
}


@WAYS
@pytest.mark.parametrize("name", CASES)
def test_what_an_edit_asks_for_is_done_and_nothing_else(tmp_path: Path, name: str, way: Callable[..., object]) -> None:
    edit, rendered, n_parsed = CASES[name]
    with followed(tmp_path, way) as follow:
        before = vaults.tree(tmp_path / "site")
        report = follow(edit)
    after = vaults.tree(tmp_path / "site")
    vaults.build(tmp_path / "vault", tmp_path / "clean" / "site")
    vaults.assert_same(after, vaults.tree(tmp_path / "clean" / "site"))
    assert set(report.rendered) == rendered
    assert set(report.written) == {url for url, data in after.items() if before.get(url) != data}
    assert report.computed.get("parsed", 0) == n_parsed


@WAYS
def test_other_words_make_one_row_of_each_table_be_computed(tmp_path: Path, way: Callable[..., object]) -> None:
    with followed(tmp_path, way) as follow:
        computed = follow({"C.md": "First words.\n\nOther words.\n"}).computed
    # Of the site: the page, the shard that has the words, the text that results quote.
    assert {name: n for name, n in computed.items() if n > 1} == {"site": 3}
    assert (computed["documents"], computed["note_pages"], computed["shards"], computed["text_files"]) == (1, 1, 1, 1)


@WAYS
def test_words_of_a_note_with_a_thousand_backlinks_render_one_page(tmp_path: Path, way: Callable[..., object]) -> None:
    crowd = {f"N/{i}.md": "It knows the [[Hub]].\n" for i in range(1001)}
    with followed(tmp_path, way, {**crowd, "Hub.md": f"# Hub\n\n{'The middle. ' * 40}\n\nMore.\n"}) as follow:
        report = follow({"Hub.md": f"# Hub\n\n{'The middle. ' * 40}\n\nOther words.\n"})
    assert (report.rendered, sorted(report.written)) == (
        ("Hub.html",),
        ["Hub.html", "search/t/l3c.js", "search/x-.js"],
    )
    assert (report.computed["parsed"], report.computed["note_pages"]) == (1, 1)


@WAYS
def test_unchanged_nothing_is_done(tmp_path: Path, way: Callable[..., object]) -> None:
    with followed(tmp_path, way) as follow:
        report = follow({})
    assert (report.rendered, report.written, report.removed) == ((), (), ())
    assert sum(report.computed.values()) == 0


def test_the_title_of_the_site_renders_all_pages(tmp_path: Path) -> None:
    with followed(tmp_path, anew) as follow:
        report = follow({"vaultkit.toml": f"{START['vaultkit.toml']}title = 'Another'\n"})
    assert set(report.rendered) == pages(vaults.tree(tmp_path / "site"))
    assert report.computed["parsed"] == 0


@WAYS
def test_a_page_that_goes_is_removed_and_those_that_led_there_are_rendered(
    tmp_path: Path, way: Callable[..., object]
) -> None:
    with followed(tmp_path, way) as follow:
        report = follow({"Hub.md": None})
    assert "Hub.html" in report.removed
    assert "F/A.html" in report.rendered
    assert "F/B.html" not in report.rendered


@WAYS
def test_the_site_map_names_a_page_that_takes_the_place_of_another(tmp_path: Path, way: Callable[..., object]) -> None:
    files = {
        "A.md": "---\naliases: [Old/Place]\n---\na",
        "B/C.md": "c",
        "Old/Note.md": "o",
        "vaultkit.toml": "[site]\nbase_url = 'https://a.example/'\n",
    }
    with followed(tmp_path, way, files) as follow:
        # In place of a redirect; spelled otherwise.
        written = follow({"Old/Place.md": "b", "B/C.md": None, "B/c.md": "c"}).written
    assert "sitemap.xml" in written
    sitemap = (tmp_path / "site" / "sitemap.xml").read_text()
    assert "https://a.example/Old/Place.html" in sitemap
    assert "https://a.example/B/c.html" in sitemap
    assert "https://a.example/B/C.html" not in sitemap


# ---------------------------------------------------------------------------
# Why a page was rendered
# ---------------------------------------------------------------------------

AROUND = "its template, the site's frame or vaultkit changed"

REASONS: dict[str, tuple[vaults.Files, Edit, str, str]] = {
    # The vault, the edit, a page, and why it is rendered.
    "a new page": ({"A.md": "a"}, {"B.md": "b"}, "B.html", "it is new"),
    "text": ({"A.md": "a\n\nb"}, {"A.md": "a\n\nc"}, "A.html", "text changed"),
    "the first paragraph": ({"A.md": "a"}, {"A.md": "b"}, "A.html", "description changed, lead changed"),
    "its title": ({"A.md": "a"}, {"A.md": "---\ntitle: Z\n---\na"}, "A.html", 'title "A" became "Z"'),
    "a backlink": ({"A.md": "a", "B.md": "b"}, {"B.md": "b [[A]]"}, "A.html", "backlink from B gained"),
    "no backlink": ({"A.md": "a", "B.md": "b [[A]]"}, {"B.md": "b"}, "A.html", "backlink from B lost"),
    "what a backlink says": (
        {"A.md": "a", "B.md": "b [[A]]"},
        {"B.md": "c [[A]]"},
        "A.html",
        "backlink from B changed",
    ),
    "the title of a backlink": (
        {"A.md": "a", "B.md": "b [[A]]"},
        {"B.md": "---\ntitle: C\n---\nb [[A]]"},
        "A.html",
        'title of "B" became "C"',
    ),
    "many backlinks": (
        {"A.md": "a", **{f"{name}.md": name for name in "BCDEF"}},
        {f"{name}.md": f"{name} [[A]]" for name in "BCDEF"},
        "A.html",
        "backlink from B, C, D and 2 more gained",
    ),
    "the title of a note it links to": (
        {"A.md": "[[B|text]] [[D|text]] [[E|text]]", "B.md": "b", "D.md": "d", "E.md": "e"},
        {"B.md": "---\ntitle: C\n---\nb"},
        "A.html",
        'title of "B" became "C"',
    ),
    "a link to a note": (
        {"A.md": "[[C]] [[D]] [[E]]", "B.md": "b", "C.md": "c", "D.md": "d", "E.md": "e"},
        {"A.md": "[[C]] [[D]] [[E]]\n\n[[B]]"},
        "A.html",
        "text changed, link to B gained",
    ),
    "a note that comes close": (
        {"A.md": "a [[C]]", "B.md": "b", "C.md": "c"},
        {"B.md": "b [[C]]"},
        "A.html",
        "note to link to B gained",
    ),
    "a link to what is wanted": (
        {"A.md": "a"},
        {"A.md": "a\n\n[[Gone]]"},
        "A.html",
        "text changed, wanted Gone gained",
    ),
    "a tag": ({"A.md": "a"}, {"A.md": "---\ntags: [t]\n---\na"}, "A.html", "tag t gained"),
    "an alias": ({"A.md": "a"}, {"A.md": "---\naliases: [Z]\n---\na"}, "A.html", "aliases changed"),
    "a property": ({"A.md": "a"}, {"A.md": "---\nstatus: z\n---\na"}, "A.html", "properties changed"),
    "a mention": ({"A.md": "[[Z]]", "B.md": "b"}, {"B.md": "b [[Z]]"}, "wanted/z-*.html", "mention by B gained"),
    "a note in a folder": ({"F/A.md": "a"}, {"F/B.md": "b"}, "F/index.html", "entry for B gained"),
    "a folder in a folder": ({"F/A.md": "a"}, {"F/G/B.md": "b"}, "F/index.html", "child G gained"),
    "a note less in a folder": ({"F/A.md": "a", "F/B.md": "b"}, {"F/B.md": None}, "F/index.html", "entry for B lost"),
    "another kind of page": (
        {"F/A.md": "a"},
        {"F/index.md": "i"},
        "F/index.html",
        "another kind of page stands here now",
    ),
    "the target of a redirect": (
        {"A.md": "---\naliases: [Old/Place]\n---\na"},
        {"A.md": "---\naliases: [Old/Place]\npermalink: new\n---\na"},
        "Old/Place.html",
        "target changed",
    ),
    "a template": (
        {"A.md": "a", "theme/x.css": "", "vaultkit.toml": "[site]\ntemplates = 'theme'\n"},
        {"theme/note.html": '{% extends "default/note.html" %}{% block crumbs %}{% endblock %}'},
        "A.html",
        AROUND,
    ),
    "a template, and the page itself": (
        {"A.md": "a\n\nb", "theme/x.css": "", "vaultkit.toml": "[site]\ntemplates = 'theme'\n"},
        {"theme/note.html": '{% extends "default/note.html" %}{% block crumbs %}{% endblock %}', "A.md": "a\n\nc"},
        "A.html",
        "text changed; its template or frame changed",
    ),
}


@WAYS
@pytest.mark.parametrize("name", REASONS)
def test_a_build_says_why_it_rendered_a_page(tmp_path: Path, name: str, way: Callable[..., object]) -> None:
    files, edit, page, why = REASONS[name]
    with followed(tmp_path, way, files) as follow:
        reasons = follow(edit).reasons
    assert [reason for url, reason in reasons.items() if Path(url).match(page)] == [why]


def test_a_change_of_settings_is_told_of_every_page(tmp_path: Path) -> None:
    with followed(tmp_path, anew) as follow:
        reasons = follow({"vaultkit.toml": f"{START['vaultkit.toml']}title = 'Another'\n"}).reasons
    assert {reason for url, reason in reasons.items() if url != "index.html"} == {AROUND}


def test_a_clean_build_says_that_it_was_asked_for(tmp_path: Path) -> None:
    root, out = vaults.write(tmp_path / "vault", START), tmp_path / "site"
    for clean in (False, True):
        with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault:
            reasons = vault.build(out, clean=clean).reasons
    assert set(reasons.values()) == {"all pages were asked for"}
