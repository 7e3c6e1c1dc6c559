"""What is fuzzed: each target takes one input all the way that a build, or a question, would take it.

A target has a fault where it raises, or takes longer than a second of CPU time
for less than 10 kB. `hunt` finds them by number: input n of a target and a
seed is the same on every machine, so that a number is all that need be told.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from random import Random
from typing import Any, NamedTuple

import grammars as g
import msgspec

from vaultkit.config import Config
from vaultkit.engine.evaluation import compute
from vaultkit.knowledge import datasets, events, extract, labels, values
from vaultkit.knowledge.dates import date_key, is_date
from vaultkit.knowledge.vocabulary_file import load
from vaultkit.links.edges import edges
from vaultkit.links.resolve import resolve
from vaultkit.model import Document, Links, Source
from vaultkit.parse.canvas import canvas_data, read_canvas
from vaultkit.parse.note import parse
from vaultkit.parse.properties import read_front_matter
from vaultkit.parse.text import decode
from vaultkit.pipeline import RESULTS, pipeline, ranked
from vaultkit.search import tokens
from vaultkit.search.query import read_query
from vaultkit.settings import Site, Syntax
from vaultkit.site.frame import frame_of
from vaultkit.site.pages import Made, Page
from vaultkit.site.render import look_of, rendered
from vaultkit.yaml_core import compose, spell, value

SECONDS = 1.0
"""CPU time that an input of less than 10 kB may take."""

LIMIT = 20.0
"""CPU time after which an input is given up."""


class Target(NamedTuple):
    """What is attacked, with what."""

    name: str
    share: float
    """Of all inputs."""
    make: Callable[[Random], Any]
    run: Callable[[Any], object]


class Fault(NamedTuple):
    """An input that shouldn't have done what it did."""

    target: str
    seed: int
    number: int
    what: str
    input: Any


# -- notes ------------------------------------------------------------------------

SYNTAXES = (Syntax(), Syntax(reading="strict"), Syntax(html="off"), Syntax(html="trusted"))


def source(data: bytes, path: str = "N.md", kind: str = "note") -> Source:
    return Source(path, kind, blake2b(data, digest_size=16).hexdigest(), len(data), data=data)


NOTES = {
    "A.md": b"---\naliases: [Al, Two words]\ntags: [person]\n---\n# H\n\n## I\n\ntext [[B]] ^b\n",
    "B.md": b"---\naliases: [Al]\n---\n## Related\n- [[A]] \xe2\x80\x94 founder\n",
    "Folder/A b.md": b"| a | b |\n| - | - |\n| [[A]] | $3M |\n",
    "a.png": b"\x89PNG\r\n",
}


@cache
def around() -> Any:
    """Tables of a small vault, in which the names of an input's links are looked up."""
    return tables({path: source(data, path, "note" if path.endswith(".md") else "attachment") for path, data in NOTES.items()})  # fmt: skip


VOCABULARY = load(None)[0]
CONFIG = Config()
FRAME = frame_of(Site(), "Vault", remote_images=False)
FACTS = extract.formula(VOCABULARY, CONFIG.relations.headings)


def tables(sources: dict[str, Source]) -> Any:
    """All tables of a vault of these files, filled as a build fills them; and the ranking that a question asks for."""
    t = pipeline(CONFIG, FRAME, VOCABULARY)
    ranked(t, CONFIG)
    compute(t, {t.sources: sources}, [t.documents, t.names, t.anchors, t.kinds, t.ranked, *(getattr(t, name) for name in RESULTS)])  # fmt: skip
    return t


def read(data: bytes, path: str = "N.md", kind: str = "note", syntax: Syntax = SYNTAXES[0]) -> Document:
    """A file parsed, kept in the memo and read back."""
    document = parse(source(data, path, kind), syntax)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(document), type=Document)
    assert again == document
    return again


def say(document: Document) -> None:
    """All that is made of a document beside others: links, edges, facts, events, tables as data."""
    t, path = around(), document.path
    found = resolve(aliases=True)(path, document, candidates=t.names.rows.get, anchors=t.anchors.rows.get)
    links = {path: found}.get
    edges(path, document, links=links)
    FACTS(path, document, links=links, names=t.names.rows.get, kinds=t.kinds.rows.get)
    events.events(path, document, links=links)
    for table in datasets.datasets(document, found or Links(())):
        for row in table.rows:
            datasets.cells(row, len(table.columns), document, found or Links(()))


def note(case: tuple[bytes, int]) -> None:
    say(read(case[0], syntax=SYNTAXES[case[1]]))


def canvas(made: str) -> None:
    found, _ = read_canvas("C.canvas", made)
    canvas_data(found)
    say(read(made.encode("utf-8", "surrogatepass"), "C.canvas", "canvas"))


def vault(files: tuple[bytes, ...]) -> None:
    """Several notes and a canvas as one vault: every table, every page."""
    sources = {f"F/{n}.md": source(data, f"F/{n}.md") for n, data in enumerate(files[1:])}
    sources |= {path: source(data, path) for path, data in NOTES.items() if path.endswith(".md")}
    sources["C.canvas"] = source(files[0], "C.canvas", "canvas")
    for row in tables(sources).site.rows.values():
        if isinstance(row, Page):
            rendered(look(), row)
        elif isinstance(row, Made):
            assert isinstance(row.data, bytes)


@cache
def look() -> Any:
    from pathlib import Path

    return look_of(Site(), Path("/nowhere"), FRAME)


# -- parts ------------------------------------------------------------------------


def front_matter(made: str) -> None:
    text = decode(made.encode("utf-8", "surrogatepass")).text
    for syntax in SYNTAXES[:2]:
        read_front_matter("N.md", text, syntax)
        read_front_matter("N.md", f"---\n{text}\n---\nbody", syntax)
    tree = compose(text)
    if tree.root is not None:
        spell(value(tree.root))


def figures(made: str) -> None:
    for text in (made, made[:80], made[:20]):
        values.value_of(text)
        values.sort_text(text)
        values.amount_in(text)
        values.percentage_in(text)
        date_key(text)
        is_date(text)
        labels.figures_in(text)


def annotation(made: str) -> None:
    labels.read_annotation(made, VOCABULARY)
    labels.label_of(made)


def query(made: str) -> None:
    asked = read_query(made)
    for each in asked.filters:
        if each.operator != "linked":
            assert isinstance(each.key, str)


def words(made: str) -> None:
    tokens.counted(made)
    tokens.words(made)
    tokens.name_key(made)


def _texts(*pieces: Sequence[str]) -> Callable[[Random], str]:
    joined = [piece for some in pieces for piece in some]
    return lambda dice: g.text(dice, joined)


def _notes(*pieces: Sequence[str]) -> Callable[[Random], tuple[bytes, int]]:
    joined = [piece for some in pieces for piece in some]
    return lambda dice: (g.data(dice, joined), dice.choice((0, 0, 0, 1, 2, 3)))


def _vault(dice: Random) -> tuple[bytes, ...]:
    kinds = [g.INLINE, g.BLOCKS, g.LINKS, g.TABLES, g.LINES, g.YAML]
    some = [[*dice.choice(kinds), *dice.choice(kinds), *g.LINKS] for _ in range(8)]
    return (g.data(dice, g.CANVAS), *(g.data(dice, pieces) for pieces in some))


def _headed(dice: Random) -> str:
    return "## Related\n" * dice.randrange(2) + g.text(dice, g.LINES)


TARGETS = (
    Target("note", 0.15, _notes(g.INLINE, g.BLOCKS, g.LINKS, g.YAML), note),
    Target("inline", 0.10, _notes(g.INLINE, g.LINKS), note),
    Target("blocks", 0.08, _notes(g.BLOCKS, g.INLINE), note),
    Target("links", 0.08, _notes(g.LINKS), note),
    Target("tables", 0.08, _notes(g.TABLES), note),
    Target("related", 0.08, lambda dice: (_headed(dice).encode("utf-8", "surrogatepass"), 0), note),
    Target("vault", 0.003, _vault, vault),
    Target("canvas", 0.05, _texts(g.CANVAS), canvas),
    Target("front matter", 0.10, _texts(g.YAML), front_matter),
    Target("values", 0.10, _texts(g.VALUES), figures),
    Target("annotation", 0.06, _texts(g.LINES, g.VALUES), annotation),
    Target("query", 0.06, _texts(g.QUERY), query),
    Target("words", 0.06, _texts(g.QUERY, g.LETTERS), words),
)


# -- hunting ----------------------------------------------------------------------


def case(target: Target, seed: int, number: int) -> Any:
    """Input *number* of a target."""
    return target.make(Random(f"{target.name} {seed} {number}"))


def hunt(target: Target, seed: int, numbers: range) -> Iterator[Fault]:
    """Try inputs by number, and yield those with a fault."""
    with alarm():
        for number in numbers:
            made = case(target, seed, number)
            if what := tried(target, made):
                yield Fault(target.name, seed, number, what, made)


def tried(target: Target, made: Any) -> str:
    """What is wrong with what a target does with an input; empty where nothing is."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        target.run(made)
    except TooLongError:
        return f"took more than {LIMIT:g} s"
    except Exception:  # noqa: BLE001  (that is what is looked for)
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - began
    # A vault is as many notes as it has files.
    most = SECONDS * (len(made) if target.run is vault else 1)
    return f"took {seconds:.2f} s" if seconds > most else ""


class TooLongError(BaseException):
    """Not an Exception, so that nobody on its way takes it for a failure of his own."""


@contextmanager
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
