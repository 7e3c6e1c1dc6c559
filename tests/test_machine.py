"""A vault lives through random histories on disk; after every step its site is, byte for byte, that of a clean build.

A step is one operation of any kind that an author, a sync client or an operator does.
`VAULTKIT_FUZZ=2000` lives through that many histories instead of a few; `-n 2` shares them among two processes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack
from functools import cache
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import vaults
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import vaultkit.parse.scan
from vaultkit.diagnostics import Diagnostic, VaultkitError
from vaultkit.publication import Publication, Report
from vaultkit.vault import Vault

EXAMPLES = int(os.environ.get("VAULTKIT_FUZZ", "15"))

LENGTHS = (4, 10, 30)
"""Steps of a history: most mistakes need few, and a short history is soon told."""

# ---------------------------------------------------------------------------
# What is written
# ---------------------------------------------------------------------------

NAMES = ["A", "a", "B", "C", "Two", "a b", "a-b", "Home", "F/A", "F/D", "F/index", "F/G/E", "G/X", "H/Y"]
TARGETS = st.sampled_from(
    "A|a|B|C|D|E|X|F/A|G/X|One|Two|a b|Missing|Missing/Deep|Home|p.png|q.pdf|unsafe.svg|Board.canvas".split("|")
)
PARTS = st.one_of(
    st.builds("[[{}]]".format, TARGETS),
    st.builds("[[{}|text]]".format, TARGETS),
    st.builds("[[{}#{}]]".format, TARGETS, st.sampled_from(["Head", "^block", "Gone"])),
    st.builds("![[{}]]".format, TARGETS),
    st.builds("![[{}#{}]]".format, TARGETS, st.sampled_from(["Head", "^block"])),
    st.builds("[md]({}.md)".format, st.sampled_from(["A", "F/D", "Gone"])),
    st.builds("\n\n## {}\n\n".format, st.sampled_from(["Head", "Other", "See [[B]]"])),
    st.builds("\n\n| a | b |\n| - | - |\n| [[{}]] | 2 |\n\n".format, TARGETS),
    st.builds("\n\n- item\n- [[{}]] — why\n\n".format, TARGETS),
    st.sampled_from(["plain words", "Words. More words.", "block ^block\n\n", "%%[[B]] hidden%%", "$x^2$"]),
    st.sampled_from(["#t", "#T", "#t/sub", "x[^1]\n\n[^1]: [[C]]\n\n", "```py\nx = 1\n```\n"]),
)
FIELDS = st.sampled_from(
    """\
title: Title
title: Other title
aliases: [One]
aliases: [Two, A]
aliases: [Old/Place]
tags: [t, u]
tags: [t/sub]
publish: false
publish: true
private: true
up: '[[B]]'
related: ['[[Missing]]', '[[C]]']
image: p.png
permalink: own/place
permalink: F/index
permalink: A
cssclasses: [wide]
broken: [""".splitlines()
)
CARDS = st.lists(TARGETS, max_size=3).map(
    lambda names: json.dumps(
        {
            "nodes": [{"id": f"t{i}", "type": "text", "text": f"[[{name}]]"} for i, name in enumerate(names)]
            + [{"id": f"f{i}", "type": "file", "file": f"{name}.md"} for i, name in enumerate(names)]
        }
    )
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"
SETTINGS: Mapping[str, list[Any]] = {
    "site.title": ["Garden", "Another"],
    "site.home": ["A.md", "F/D.md", "Gone.md"],
    "site.nav": [["F"], ["H", "F"], ["f"]],
    "site.templates": ["theme"],
    "site.custom_css": ["theme/own.css"],
    "site.base_url": ["https://a.example/b/"],
    "site.embed_depth": [0, 1],
    "site.search": [False],
    "site.previews": [False],
    "site.hide_properties": [["up"]],
    "publish.exclude": [["F/G/"], ["B.md"], ["F/"]],
    "publish.exclude_tags": [["t/sub"]],
    "publish.exclude_properties": [["up"]],
    "publish.mode": ["opt-in"],
    "reading": ["strict"],
    "html": ["off"],
}
TEMPLATES = [
    ("note.html", '{% extends "default/note.html" %}{% block crumbs %}<p>Note</p>{% endblock %}'),
    ("list.html", '{% extends "default/list.html" %}{% block introduction %}<p>List</p>{% endblock %}'),
    ("list.html", '{% extends "default/list.html" %}{% block introduction %}<p>Other</p>{% endblock %}'),
    ("strings/en.json", '{"backlinks": "Who leads here"}'),
    ("static/extra.css", "p { color: red }"),
]

START: Mapping[str, str | bytes | None] = {
    **vaults.parse("""
-- A.md --
See [[B]], [[C|sea]] and [[Missing]]. #t
-- B.md --
---
aliases: [One]
---
# B

## Head

[[A]] and ![[C]] in the body. ^block
-- C.md --
![[p.png]] is by [[One]].
-- Draft.md --
---
publish: false
---
[[A]] in mark0mark.
-- F/D.md --
| to | n |
| -- | - |
| [[A]] | 1 |
-- F/I.md --
The [[I]] of #t/sub.
-- F/J.md --
[[F/D]]
-- F/K.md --
![[B#Head]]
-- Board.canvas --
{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}
"""),
    "p.png": None,
    "theme/own.css": "p { margin: 0 }",
    "vaultkit.toml": "[site]\ntitle = 'Garden'\ntemplates = 'theme'\n",
}
"""One note short of making a type of the folder F."""

PICK = st.integers(0, 63)
"""Stands for one of the files that are there, whichever they are."""

HEAD = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"^(?:publish: false|private: true)$", re.MULTILINE)
MARK = re.compile(r"mark\d+mark")


@cache
def executor_of(kind: str) -> futures.Executor | None:
    """Who parses and renders; started once for all histories."""
    match kind:
        case "threads":
            return futures.ThreadPoolExecutor(2)
        case "processes":
            return futures.ProcessPoolExecutor(2, get_context("spawn"))
        case _:
            return None


EXECUTORS = st.sampled_from(["here", "threads", "processes"])

# ---------------------------------------------------------------------------
# What is done
# ---------------------------------------------------------------------------


class History(RuleBasedStateMachine):
    """One vault, its site, and whoever keeps it up to date."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vk"))
        self.root, self.out = vaults.write(self.folder / "vault", START), self.folder / "site"
        self.settings: dict[str, Any] = {"site.title": "Garden", "site.templates": "theme"}
        self.numbers = count(1)
        self.n_builds = 0
        self.seen: dict[str, bytes] = {}
        self.clean: tuple[dict[str, bytes], tuple[Diagnostic, ...]] = ({}, ())
        self.start("here", held=True)

    def teardown(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    # -- the process that builds -----------------------------------------------

    def start(self, executor: str, *, held: bool) -> None:
        self.vault = Vault.open(self.root, cache_dir=self.folder / "cache", jobs=1, executor=executor_of(executor))
        self.holding = ExitStack()
        self.site: Publication | None = None
        if held:
            self.site = self.holding.enter_context(self.vault.publication(self.out))

    def stop(self) -> None:
        self.holding.close()
        self.vault.close()

    def begin_anew(self, executor: str, *, held: bool) -> None:
        self.stop()
        self.start(executor, held=held)

    def build(self, changed: list[str]) -> Report:
        """By hints and by looking at everything in turn where the site is held open; else as a whole."""
        self.n_builds += 1
        if self.site is None:
            return self.vault.build(self.out, explain=self.n_builds % 2 == 0)
        return self.site.build(self.site.scan(changed if self.n_builds % 3 else None))

    @invariant()
    def the_site_is_that_of_a_clean_build(self) -> None:
        now = vaults.tree(self.root)
        report = self.build([str(self.root / name) for name in sorted(differing(self.seen, now))])
        if now != self.seen:
            self.clean, self.seen = clean_build(self.folder, self.root), now
        site, problems = self.clean
        vaults.assert_same(vaults.tree(self.out), site)
        assert report.problems == problems
        if self.site is not None:
            assert self.site.urls == sorted(site)
        for mark in private_marks(now):
            assert not any(mark in data for data in site.values()), mark

    # -- notes -------------------------------------------------------------------

    @rule(
        name=st.sampled_from(NAMES), fields=st.lists(FIELDS, max_size=2, unique=True), parts=st.lists(PARTS, max_size=5)
    )
    def write(self, name: str, fields: list[str], parts: list[str]) -> None:
        head = "---\n" + "\n".join(fields) + "\n---\n" if fields else ""
        vaults.write(self.root, {f"{name}.md": f"{head}{' '.join(parts)}\n\nmark{next(self.numbers)}mark\n"})

    @rule(pick=PICK, part=PARTS)
    def append(self, pick: int, part: str) -> None:
        if note := self.picked(pick):
            note.write_text(note.read_text() + part)

    @rule(pick=PICK)
    def edit_words_alone(self, pick: int) -> None:
        if note := self.picked(pick):
            note.write_text(note.read_text() + f"word{next(self.numbers)}\n")

    @rule(pick=PICK, name=TARGETS)
    def lead_a_link_or_embed_elsewhere(self, pick: int, name: str) -> None:
        if note := self.picked(pick):
            note.write_text(re.sub(r"\[\[[^\]#|]*", f"[[{name}", note.read_text(), count=1))

    @rule(pick=PICK, field=FIELDS)
    def set_a_property(self, pick: int, field: str) -> None:
        """An alias, a tag, a title, a permalink, whether it is published."""
        if note := self.picked(pick):
            head, body = parted(note.read_text())
            head = [line for line in head if not line.startswith(field.partition(":")[0] + ":")]
            note.write_text("\n".join(["---", *head, field, "---\n"]) + body)

    @rule(pick=PICK, index=st.integers(0, 3))
    def take_a_property_off(self, pick: int, index: int) -> None:
        note = self.picked(pick)
        if note and (found := parted(note.read_text()))[0]:
            head, body = found
            del head[index % len(head)]
            note.write_text(("\n".join(["---", *head, "---\n"]) if head else "") + body)

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        if note := self.picked(pick):
            note.unlink()

    @rule(pick=PICK, name=st.sampled_from(NAMES))
    def rename(self, pick: int, name: str) -> None:
        if note := self.picked(pick):
            move(note, self.root / f"{name}.md")

    @rule(pick=PICK)
    def rename_in_case_alone(self, pick: int) -> None:
        if note := self.picked(pick):
            move(note, note.with_name(note.name[0].swapcase() + note.name[1:]))

    @rule(one=PICK, other=PICK)
    def swap_two(self, one: int, other: int) -> None:
        first, second = self.picked(one), self.picked(other)
        if first and second and first != second:
            aside = self.folder / "aside"
            first.rename(aside)
            second.rename(first)
            aside.rename(second)

    @rule(pick=PICK)
    def touch(self, pick: int) -> None:
        if note := self.picked(pick):
            note.touch()

    @rule(pick=PICK, to=st.sampled_from(["F", "f", "G", "H", "H/F", "F/G", "G/G"]))
    def move_a_folder(self, pick: int, to: str) -> None:
        folders = sorted(path for path in self.root.rglob("*") if path.is_dir() and path.name != "theme")
        folders = [path for path in folders if self.root / "theme" not in path.parents]
        if folders and not (self.root / to).is_relative_to(folder := folders[pick % len(folders)]):
            move(folder, self.root / to)

    # -- what else a vault holds ---------------------------------------------------

    @rule(
        name=st.sampled_from(["p.png", "F/p.png", "q.PDF", "unsafe.svg"]),
        content=st.sampled_from([None, "one", "two", SVG, SVG.replace("/>", "><script/></svg>")]),
    )
    def attach(self, name: str, content: str | None) -> None:
        """Add, edit or, without content, delete an attachment."""
        if content is not None:
            vaults.write(self.root, {name: content})
        else:
            (self.root / name).unlink(missing_ok=True)

    @rule(name=st.sampled_from(["Board.canvas", "F/Board.canvas"]), cards=st.none() | CARDS)
    def draw(self, name: str, cards: str | None) -> None:
        if cards is not None:
            vaults.write(self.root, {name: cards})
        else:
            (self.root / name).unlink(missing_ok=True)

    # -- how it looks --------------------------------------------------------------

    @rule(template=st.sampled_from(TEMPLATES), there=st.booleans())
    def set_a_template(self, template: tuple[str, str], there: bool) -> None:
        if there:
            vaults.write(self.root / "theme", dict([template]))
        else:
            (self.root / "theme" / template[0]).unlink(missing_ok=True)

    @rule(template=st.sampled_from(["note.html", "list.html"]))
    def break_a_template_and_mend_it(self, template: str) -> None:
        file = self.root / "theme" / template
        if self.settings.get("site.templates") and not file.exists():
            file.write_text('{% extends "default/base.html" %}{% block main %}{{ nothing.there }}{% endblock %}')
            if any(f'class="is-{file.stem}"'.encode() in data for data in self.clean[0].values()):
                with pytest.raises(VaultkitError):
                    self.build([str(file)])
            self.seen = vaults.tree(self.root)
            file.unlink()

    @rule(number=st.integers(0, 2))
    def set_the_style_sheet(self, number: int) -> None:
        vaults.write(self.root, {"theme/own.css": f"p {{ margin: {number}px }}"})

    @rule(key=st.sampled_from(sorted(SETTINGS)), index=st.integers(-2, 2), executor=EXECUTORS)
    def configure(self, key: str, index: int, executor: str) -> None:
        """Set or unset something; whoever builds notices, and begins anew."""
        self.settings.pop(key, None)
        if index >= 0:
            self.settings[key] = SETTINGS[key][index % len(SETTINGS[key])]
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in sorted(self.settings.items())]
        vaults.write(self.root, {"vaultkit.toml": "".join(lines)})
        self.begin_anew(executor, held=self.site is not None)

    # -- how it is built -------------------------------------------------------------

    @rule(executor=EXECUTORS, held=st.booleans())
    def restart(self, executor: str, held: bool) -> None:
        self.begin_anew(executor, held=held)
        report = self.build([])
        assert (report.rendered, report.written, report.removed) == ((), (), ())

    @rule()
    def save(self) -> None:
        if self.site is not None:
            self.site.save()

    @rule()
    def forget(self) -> None:
        if self.site is not None:
            self.site.forget()
        else:
            self.vault.build(self.out, clean=True)

    @rule(pick=PICK)
    def lose_a_file_of_the_site(self, pick: int) -> None:
        """While nobody holds it open: who does needn't look."""
        files = sorted(vaults.tree(self.out))
        self.stop()
        if files:
            (self.out / files[pick % len(files)]).unlink()
        self.start("here", held=self.site is not None)

    @rule()
    def build_elsewhere_and_swap(self) -> None:
        with Vault.open(self.root, cache_dir=self.folder / "cache", jobs=1) as vault:
            report = vault.build(self.folder / "swapped", swap=True)
        site, problems = clean_build(self.folder, self.root)
        vaults.assert_same(vaults.tree(self.folder / "swapped"), site)
        assert report.problems == problems

    @rule()
    def preview_drafts(self) -> None:
        """In a folder of their own, with the same cache: none of it may get into the site."""
        with (
            Vault.open(self.root, cache_dir=self.folder / "cache", jobs=1, drafts=True) as vault,
            vault.publication(self.folder / "preview") as site,
        ):
            site.build()
            site.save()

    # -- helpers ---------------------------------------------------------------------

    def picked(self, pick: int) -> Path | None:
        notes = sorted(self.root.rglob("*.md"))
        return notes[pick % len(notes)] if notes else None


def move(path: Path, to: Path) -> None:
    if not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)


def parted(text: str) -> tuple[list[str], str]:
    """The lines of a note's front matter, and the rest."""
    found = HEAD.match(text)
    return (found[1].splitlines(), text[found.end() :]) if found else ([], text)


def differing(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> set[str]:
    """Paths of the files that differ: what a watcher would tell of at the least."""
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def clean_build(folder: Path, root: Path) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """The site and the problems as somebody finds them who has never built the vault: no cache, no output."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        report = vaults.build(root, Path(name, "site"), Path(name, "cache"))
        return vaults.tree(Path(name, "site")), report.problems


def private_marks(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """What is said in private notes alone: each note that is written says something of its own."""
    texts = [data.decode() for name, data in files.items() if name.endswith(".md")]
    hidden = [text for text in texts if HIDDEN.search("\n".join(parted(text)[0]))]
    shown = "".join(text for text in texts if text not in hidden)
    for text in hidden:
        yield from (mark.encode() for mark in MARK.findall(text) if mark not in shown)


@pytest.fixture(scope="module", autouse=True)
def _end_of_processes() -> Iterator[None]:
    yield
    for kind in ("threads", "processes"):
        if executor := executor_of(kind):
            executor.shutdown()
    executor_of.cache_clear()


SHARDS = max(EXAMPLES // 100, 1)


@pytest.mark.parametrize("n_steps", LENGTHS)
@pytest.mark.parametrize("_shard", range(SHARDS))
def test_after_every_step_the_site_is_that_of_a_clean_build(
    n_steps: int, _shard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files are young here; else no stat of one would ever be trusted.
    monkeypatch.setattr(vaultkit.parse.scan, "RACY_NS", 50_000_000)
    n_histories = -(-EXAMPLES // (SHARDS * len(LENGTHS)))
    run_state_machine_as_test(History, settings=settings(max_examples=n_histories, stateful_step_count=n_steps))
