"""Queries with known answers, made from the texts of a vault and from no index: names, numbers, phrases, slips, beginnings."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from vaultkit.model import CELL_GAP, Document

CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
NUMBER = re.compile(r"(?<!\d)\d{4,6}(?!\d)")
YEAR = re.compile(r"(?:19|20)\d\d")
WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
PLAIN_HEADINGS = frozenset({"related", "quick stats", "synopsis"})
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Query(NamedTuple):
    kind: str
    text: str
    paths: frozenset[str]
    """The notes of which any is an answer."""


def queries(notes: Mapping[str, Document], seed: int) -> list[Query]:
    """The same queries for the same notes and seed."""
    return list(_Generator(notes, seed).all())


def normal(text: str) -> str:
    """Words in lower case without accents, a space between them: what two spellings of a name have in common."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    return " ".join(re.findall(r"[^\W_]+", "".join(char for char in decomposed if not unicodedata.combining(char))))


class _Generator:
    def __init__(self, notes: Mapping[str, Document], seed: int) -> None:
        self.notes = {path: note for path, note in sorted(notes.items()) if note.kind == "note"}
        self.paths = list(self.notes)
        self.random = random.Random(seed)
        self.aliases = [
            (path, alias)
            for path, note in self.notes.items()
            for alias in note.aliases
            if normal(alias) or CJK.search(alias)
        ]
        self.named: dict[str, set[str]] = defaultdict(set)
        for path, note in self.notes.items():
            for name in (note.title, *note.aliases):
                self.named[normal(name)].add(path)
        self.texts = {path: f" {normal(' . '.join(self._parts(note)))} " for path, note in self.notes.items()}

    def all(self) -> Iterator[Query]:
        for path in self._some(self.paths, 100):
            yield self._name("title", self.notes[path].title)
        pools: dict[str, Callable[[str], bool]] = {
            "cjk": lambda alias: CJK.search(alias) is not None,
            "ticker": lambda alias: NUMBER.search(alias) is not None and not YEAR.search(alias),
            "alias": lambda alias: not CJK.search(alias),
        }
        for (kind, is_one), n in zip(pools.items(), (20, 15, 65), strict=True):
            for _, alias in self._some([each for each in self.aliases if is_one(each[1])], n):
                yield self._ticker(alias) if kind == "ticker" else self._name(kind, alias)
        yield from self._phrases(100)
        titles = [note.title for note in self.notes.values()]
        plain = [t for t in titles if t.isascii() and 5 <= len(t) <= 24 and not re.search(r"\d", t)]
        yield from self._slips(plain, 100)
        for title in self._some([t for t in plain if len(t) >= 6], 100):
            begun = title[: max(4, int(len(title) * 0.6))].strip()
            start = normal(begun)
            wanted = {path for path, note in self.notes.items() if normal(note.title).startswith(start)}
            yield Query("prefix", begun, frozenset(wanted))

    def _some(self, pool: list, n: int) -> list:  # type: ignore[type-arg]
        return self.random.sample(pool, min(n, len(pool)))

    def _name(self, kind: str, name: str) -> Query:
        return Query(kind, name, frozenset(self.named[normal(name)]))

    def _ticker(self, alias: str) -> Query:
        """The number by itself, mostly: any note that has it in a name is an answer."""
        number = NUMBER.search(alias)
        if number is None or self.random.random() >= 0.7:
            return self._name("ticker", alias)
        alone = re.compile(rf"(?<!\d){number[0]}(?!\d)")
        return Query("ticker", number[0], frozenset(path for path, other in self.aliases if alone.search(other)))

    def _phrases(self, n: int) -> Iterator[Query]:
        """Two or three words that stand side by side in few notes, half of them from headings, half from cells."""
        made = tries = 0
        while made < n and tries < 20_000:
            tries += 1
            note = self.notes[self.random.choice(self.paths)]
            pool = list(_headings(note) if made % 2 == 0 else _cells(note))
            if not pool:
                continue
            words = WORD.findall(self.random.choice(pool))
            length = self.random.choice((2, 3))
            if len(words) < length:
                continue
            start = self.random.randrange(len(words) - length + 1)
            chosen = words[start : start + length]
            if sum(len(word) > 2 for word in chosen) < 2:
                continue
            phrase = f" {normal(' '.join(chosen))} "
            having = [path for path, text in self.texts.items() if phrase in text]
            if 1 <= len(having) <= 3:
                made += 1
                yield Query("phrase", " ".join(chosen), frozenset(having))

    def _slips(self, titles: list[str], n: int) -> Iterator[Query]:
        """Titles with one letter less, more, another, or two that changed places, in their longest word."""
        made = tries = 0
        while made < n and tries < 20_000:
            tries += 1
            title = self.random.choice(titles)
            words = title.split()
            at = max(range(len(words)), key=lambda index: len(words[index]))
            if len(words[at]) < 5:
                continue
            wrong = self._slip(words[at])
            text = " ".join([*words[:at], wrong, *words[at + 1 :]]).lower()
            if wrong != words[at] and normal(text) not in self.named:
                made += 1
                yield self._name("typo", title)._replace(text=text)

    def _slip(self, word: str) -> str:
        at, letter = self.random.randrange(1, len(word) - 1), self.random.choice(LETTERS)
        return self.random.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )

    def _parts(self, note: Document) -> Iterator[str]:
        yield note.title
        yield from note.aliases
        for passage in note.passages:
            yield passage.text.replace(CELL_GAP, " . ")


def _headings(note: Document) -> Iterator[str]:
    return (each.text for each in note.headings if each.text.strip().lower() not in PLAIN_HEADINGS)


def _cells(note: Document) -> Iterator[str]:
    structure = note.structure
    for table in structure.tables:
        if len(table.columns) == 2:
            yield from (row[1] for row in table.rows(structure.passages) if len(row) == 2)
