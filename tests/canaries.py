"""Vaults with secrets: made from a seed, each private thing with a word of its own, and who looks for these words.

A canary is nine letters that stand nowhere else: in the title, the file's name, the folder, an alias, a tag,
the name and the value of a property, a heading, a block's id, the body, a comment, a footnote, a table, code,
a link's text and target, the name and the bytes of an attachment, the text of a canvas, a day.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import os
import random
import re
import sqlite3
import string
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import vaults

TOML = """\
fail_on = "never"
reading = "{reading}"

[site]
title = "Canaries"
base_url = "https://example.org/notes/"
tables = "all"
hide_properties = ["hidden"]

[publish]
mode = "{mode}"
exclude = ["Drafts/", "*.secret.*", "**/Inner/Closed/**"]
exclude_tags = ["secret"]
exclude_properties = ["status=draft", "embargo"]
"""

KEYS = [
    "publish: false", "publish: False", "publish: 'no'", "publish: off", "publish: 0", "Publish: FALSE", 'PUBLISH: "false"',
    "draft: true", "Draft: yes", "draft: ON", "draft: 1", "private: true", "private: 'Yes'", "private: on", "Private: 1",
    '"publish": false', "'draft' : true", "\uff50ublish: false", "pub\u200blish: false", '" private ": true', "? publish\n: false",
    # Twice: the more private one counts.
    "publish: false\npublish: true", "publish: true\npublish: false", "draft: false\nDraft: true",
    # Nobody can say what these mean.
    "publish: maybe", "publish:", "draft: 2024-01-01", "private: [true]", "publish: {a: b}", "draft: falsch",
    # Nor can YAML read these.
    "private: [unreadable", "tags: [x\nprivate: true", "publish:\tfalse", "private: &a true", "title: a: b\npublish: false",
    "title: 'x\ndraft: true", "x: *nothing\npublish: no", "a: !!python/object:os.system b\nprivate: yes",
]  # fmt: skip
"""Properties that make a note private."""

PLACES = ["Drafts/", "Deep/Drafts/", "F0/Inner/Closed/", ".dot/", "F1/.trash/"]
"""Folders in which all is private."""

WAYS = ["key", "key", "key", "place", "name", "tag", "body tag", "nested tag", "property", "any value"]


class Files(NamedTuple):
    every: dict[str, str | bytes | None]
    private: frozenset[str]
    """Paths of what is private, and of what only that shows."""
    days: Mapping[str, float]
    """By path, when it was written."""

    def bare(self) -> dict[str, str | bytes | None]:
        """The vault as it would be if its private notes, and what only they show, had never been."""
        return {name: content for name, content in self.every.items() if name not in self.private}


class Canaries:
    """A vault made from a seed; what is private in it holds words that nothing else does."""

    def __init__(self, seed: int, n_notes: int) -> None:
        self.random = random.Random(seed)
        self.words: list[str] = []
        """All that must not be seen."""
        self._days = iter(self.random.sample(range(365 * 20), 365 * 20))
        # From key to key, so that a few vaults have them all.
        self._keys = cycle(KEYS[seed * 7 % len(KEYS) :] + KEYS)
        self.is_opt_in = seed % 4 == 3
        self.mode = "opt-in" if self.is_opt_in else "all"
        n_private = max(n_notes * 3 // 10, 1)
        self.public = [f"F{n % 3}/Note {n}.md" for n in range(n_notes - n_private)]
        self.hidden = [self._hidden_path(n) for n in range(n_private)]
        self.private: set[str] = set()
        self._files: dict[str, str | bytes | None] = {
            "vaultkit.toml": TOML.format(mode=self.mode, reading="strict" if seed % 3 else "forgiving"),
            "shared.png": None,
        }
        for path in self.public:
            self._files[path] = self._public_note(path)
        for path, way in self.hidden:
            self._add(path, self._private_note(way))
        # What is called by its name in public text is no secret, but for what it says and that it is there.
        self._add(
            "F0/Open secret.md", f"---\npublish: false\naliases: [Once open]\n---\n# Part\n\n{self.word()} [[Note 0]]\n"
        )
        self._boards()

    def word(self) -> str:
        """A word that nothing else holds: easily found, since all begin and end alike."""
        inner = "".join(self.random.choices(string.ascii_lowercase, k=6))
        self.words.append(f"zqx{inner}xqz")
        return self.words[-1]

    def files(self) -> Files:
        days = {path: self._moment() for path in sorted(self.private)}
        return Files(self._files, frozenset(self.private), days)

    def _add(self, path: str, content: str | bytes | None) -> None:
        self._files[path] = content
        self.private.add(path)

    def _moment(self) -> float:
        """A day between 1911 and 1930 as a time stamp: no public thing is so old."""
        return -1_861_920_000.0 + 86_400 * next(self._days) + 3_723

    def day(self) -> str:
        n = next(self._days)
        return f"19{11 + n % 20}-{n % 12 + 1:02}-{n % 28 + 1:02}"

    def _hidden_path(self, n: int) -> tuple[str, str]:
        way = self.random.choice([*WAYS, "key"] if not self.is_opt_in else [*WAYS, "silence", "silence"])
        name = f"{self.word()}{self.random.choice(['', f' {n}', ' plan', ' & co', ' é'])}"
        if way == "place":
            return f"{self.random.choice(PLACES)}{name}.md", way
        if way == "name":
            return f"F{n % 3}/{name}.secret.md", way
        folder = self.random.choice([f"F{n % 3}", "", f"F0/{self.word()}", self.word()])
        return (f"{folder}/{name}.md" if folder else f"{name}.md"), way

    # -- what is public ------------------------------------------------------------

    def _public_note(self, path: str) -> str:
        dice, name = self.random, path.rpartition("/")[2].removesuffix(".md")
        other = [one.rpartition("/")[2].removesuffix(".md") for one in dice.choices(self.public, k=5)]
        head = [f"tags: [t{dice.randrange(4)}, 't{dice.randrange(3)}/sub']", f"rating: {dice.randrange(9)}"]
        head += [f"aliases: [Also {name}]"] if dice.random() < 0.3 else []
        head += ["publish: true"] if self.is_opt_in or dice.random() < 0.2 else []
        head += [f"hidden: '[[{other[0]}]] and more'"] if dice.random() < 0.2 else []
        head += [f"parent: '{self._labelled()}'"] if dice.random() < 0.3 else []
        head += [f"related: ['{self._labelled()}', '[[Open secret]]', '[[{other[1]}]]']"] if dice.random() < 0.2 else []
        head += [f"cover: '[[{self.word()}.png|shown]]'"] if dice.random() < 0.1 else []
        pieces = [
            f"See [[{other[0]}]] and [[{other[1]}#Part|a part]]. {self._mention()} #u{dice.randrange(3)}",
            f"## Part\n\nIn {1990 + dice.randrange(30)}-0{1 + dice.randrange(9)} something with [[{other[2]}]] happened. {self._mention()}",
            f"| who | what | when |\n| --- | --- | --- |\n| [[{other[3]}]] | {self._in_cell()} | 2001-02-0{1 + dice.randrange(9)} |",
            f"- {self._mention()}\n  - [ ] a task with {self._mention()}\n- [[{other[4]}]]",
            f"> [!note] {self._labelled()}\n> Inside {self._mention()}",
            f"%%{self.word()}%% Words %% [[{other[0]}]] {self.word()} %% and words.",
            f"%%\n{self.word()}\n\n- {self.word()} #{self.word()} [[{self.word()}]]\n%%",
            f"Claim[^1] and more^[{self._labelled()}].\n\n[^1]: {self._mention()} in [[{other[1]}]]",
            f"<b>bold</b> <!-- {self.word()} --> text.",
            f"![[{other[0]}#Part]]\n\n![[shared.png]]",
            "```py\nx = 1\n```",
            f"## Related\n\n- [[{other[2]}]] — partner of {self._labelled()}\n- {self._labelled()} — competitor\n- [[{other[3]}]] — {self._mention()}",
            f"founder:: {self._labelled()}\ninvestor:: [[{other[4]}]]",
            f"## Head ![[{self._target()}]] of {self._labelled()}\n\n[[#Part]] {self._mention()}",
            f"Words by [reference][r] and ![shown][r].\n\n[r]: <{self._path()}>",
            f"<a href='{self.word()}.html' title='words'>words</a> <img src='{self.word()}.png' alt='shown'> [[{other[0]}]]",
            f"The [[Open secret]] of [[{other[1]}]], ![[Open secret#Part]] and [[Once open]] met in 2003.",
            f"| n | [[Open secret]] |\n| --- | --- |\n| {dice.randrange(9)} | ![[{self._target()}]] {self._in_cell()} |",
        ]  # fmt: skip
        chosen = [piece for piece in pieces if dice.random() < 0.5]
        chosen += [f"%% {self.word()} never closed\n\n{self.word()}"] if dice.random() < 0.1 else []
        return "\n".join(["---", *head, "---", f"# {name}", "", "\n\n".join(chosen), ""])

    def _target(self) -> str:
        """A private note as a link names it."""
        path, _ = self.random.choice(self.hidden)
        path = path.removesuffix(".md")
        return path if self.random.random() < 0.3 else path.rpartition("/")[2]

    def _path(self) -> str:
        return self.random.choice(self.hidden)[0]

    def _labelled(self) -> str:
        part = self.random.choice(["", "", f"#{self.word()}", f"#^{self.word()}"])
        return f"[[{self._target()}{part}|words]]"

    def _in_cell(self) -> str:
        return self._labelled().replace("|", "\\|")

    def _mention(self) -> str:
        """Something that leads to what is private, and shows no name of it."""
        path, _ = self.random.choice(self.hidden)
        quoted = path.replace(" ", "%20").replace("&", "%26")
        match self.random.randrange(10):
            case 0:
                return f"[**bold** words]({quoted})"
            case 1:
                return f"![[{self._target()}]]"
            case 2:
                return f"![[{self._target()}#{self.word()}]]"
            case 3:
                return f"[words](<{path}>)"
            case 4:
                return f"![shown]({quoted})"
            case 5:
                return f"![[{self.word()}.png|shown]]"
            case 6:
                return f"![](<{path}>)"
            case 7:
                return f"[](<{path}>)"
            case 8:
                return f"![[{self._target()}.png]] and ![](<{self.word()}.jpg>)"
            case _:
                return self._labelled()

    # -- what isn't ------------------------------------------------------------------

    def _private_note(self, way: str) -> str:
        dice, word = self.random, self.word
        says = {
            "key": lambda: next(self._keys),
            "tag": lambda: "tags: [a, secret]",
            "nested tag": lambda: f"tags: 'secret/{word()}'",
            "property": lambda: dice.choice(["status: draft", "Status: Draft", "status: [x, draft]"]),
            "any value": lambda: f"embargo: {word()}",
        }.get(way, lambda: "publish: true" if not self.is_opt_in else "rating: 1")()
        # In a note that somebody wants to publish what hides it has to win.
        says += "\npublish: true" if way in ("tag", "nested tag", "property", "any value") else ""
        picture, film = f"{word()}.png", f"F0/{word()}/{word()}.mp4"
        self._add(picture, f"{word()}".encode() + vaults.BINARY)
        self._add(film, word().encode())
        public = [path.rpartition("/")[2].removesuffix(".md") for path in dice.choices(self.public, k=4)]
        tag = f"\n#secret/{word()}\n" if way == "body tag" else ""
        fields = [
            f"title: {word()}", f"aliases: [{word()}, '{word()} two']", f"{word()}: {word()}", f"date: {self.day()}", f"tags: [{word()}]",
            f"permalink: {word()}/{word()}", f"description: {word()}", f"founder: '[[{public[0]}|{word()}]]'", f"image: {picture}",
            f"parent: '[[{word()}]]'",
        ]  # fmt: skip
        chosen = [] if "tags:" in says else dice.sample(fields, k=6)
        # Before it or behind it: what can't be read hides a note from either side.
        head = [says, *(field for field in chosen if field.partition(":")[0] not in says)]
        body = (
            f"# {word()}\n\n[[{public[0]}]] of [[{public[1]}|{word()}]] and [[{word()}]] ![[{picture}]] #{word()} {word()} ^{word()}\n{tag}\n"
            f"![[{film}]]\n\n| {word()} | n |\n| --- | --- |\n| {word()} [[{public[2]}]] | {dice.randrange(9)} |\n\n"
            f"```{word()}\n{word()}\n```\n\nOn {self.day()} {word()} met [[{public[3]}]].[^1]\n\n[^1]: {word()}\n\n"
            f"## Related\n\n- [[{public[1]}]] — partner of {word()}\n- [[{word()}]] — competitor\n\n%%{word()}%%\n\n"
            f"$\\text{{{word()}}}$ `{word()}` [{word()}](https://example.com/{word()}) <b title='{word()}'>{word()}</b>\n\n"
            f"> [!note] {word()}\n> {word()}\n\ninvestor:: [[{public[0]}]]\n{word()}:: {word()}\n"
        )
        return "\n".join(["---", *head, "---", body])

    def turning(self, picture: str) -> str:
        """A public note that is to become private, with an attachment of its own."""
        word = self.word
        self._add(picture, word().encode())
        return (
            f"---\npublish: true\ntitle: {word()}\naliases: [{word()}]\ntags: [{word()}]\n{word()}: {word()}\n---\n## {word()}\n\n"
            f"[[Note 0]] of [[Note 1|{word()}]] and [[{word()}]] #{word()} ![[{picture}]]\n\n| a | {word()} |\n| - | - |\n"
            f"| [[Note 2]] | {word()} |\n\nIn 2004 {word()} met [[Note 3]].\n\n## Related\n\n- [[Note 1]] — partner of {word()}\n"
        )

    def _boards(self) -> None:
        """Canvases: a public one that shows private notes, and private ones."""
        private = [{"id": "a", "type": "file", "file": path} for path, _ in self.hidden[:3]]
        text = {"id": "b", "type": "text", "text": f"Board %%{self.word()}%% of {self._labelled()}"}
        public = {"id": "c", "type": "file", "file": self.public[0]}
        edges = [
            {"id": "e", "fromNode": "a", "toNode": "c", "label": "leads to"},
            {"id": "f", "fromNode": "b", "toNode": "c"},
        ]
        if not self.is_opt_in:
            # A canvas can't say that it is to be published.
            cards = [{**card, "id": f"a{n}"} for n, card in enumerate(private)]
            self._files["F0/Board.canvas"] = json.dumps({"nodes": [*cards, text, public], "edges": edges})
        for path in ("Drafts/Board.canvas", f"F1/{self.word()}.secret.canvas"):
            secret = {"id": self.word(), "type": "text", "text": f"{self.word()} [[{self.word()}]] #{self.word()}"}
            group = {"id": "g", "type": "group", "label": self.word()}
            link = {"id": "l", "type": "link", "url": f"https://example.com/{self.word()}"}
            label = {"id": "m", "fromNode": "c", "toNode": secret["id"], "label": self.word()}
            self._add(path, json.dumps({"nodes": [secret, group, link, public], "edges": [label]}))
        self._add(f"Drafts/{self.word()}.base", f"views:\n  - type: table\n    name: {self.word()}\n")
        self._add(f"{self.word()}.pdf", self.word().encode())


def write(files: Files, root: Path, content: Mapping[str, str | bytes | None]) -> Path:
    """Write a vault, all or a part of its files, with their times."""
    vaults.write(root, content)
    for path in content:
        if moment := files.days.get(path):
            os.utime(root / path, (moment, moment))
    return root


# ---------------------------------------------------------------------------
# Who looks for them
# ---------------------------------------------------------------------------

_MARK = re.compile(r"zqx[a-z]{1,6}|[a-z]{1,6}xqz")
_OLD = re.compile(r"(?<!\d)19(?:1[1-9]|2\d|30)-\d\d-\d\d|(?<!\d)-1[38]\d{8}\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|%u([0-9a-fA-F]{4})")


class Search:
    """Looks for canaries, whole or but their beginning or end, in whatever bytes can be read as."""

    def __init__(self, words: list[str]) -> None:
        # Of a word that was cut or stemmed, five letters of its own are left at one end.
        self._starts = {word[:8] for word in words}
        self._ends = {word[-8:] for word in words}

    def hits(self, name: str, data: bytes) -> list[str]:
        """What is found in a file and in its name, as `file: word`."""
        found = [*self._in_text(f"{name}\n{unquote(name)}")]
        for text in readings(data):
            found += self._in_text(text)
        return [f"{name}: {word}" for word in dict.fromkeys(found)]

    def _in_text(self, text: str) -> Iterator[str]:
        for match in _MARK.finditer(text):
            word = match[0]
            if word[:8] in self._starts or word[-8:] in self._ends:
                yield word
        # The days of private notes are older than any other.
        yield from (match[0] for match in _OLD.finditer(text))


def readings(data: bytes, depth: int = 3) -> Iterator[str]:
    """Texts, in small letters, that the bytes are, hold or stand for."""
    for inner in _unpacked(data):
        if depth:
            yield from readings(inner, depth - 1)
    text = data.decode("utf-8", "replace")
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in data[:4000] else ():
        yield data.decode(encoding, "replace").casefold()
    views = {text, text.casefold()}
    if "%" in text:
        views.add(unquote(text))
    if "&" in text:
        views.add(html.unescape(text))
        views.add(html.unescape(html.unescape(text)))
    if "\\" in text:
        views.add(_ESCAPE.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), text))
    if not text.isascii():
        views |= {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC")}
        views.add("".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn")))
    views |= {"".join(_decoded(text))}
    yield from (view.casefold() for view in views)


def _decoded(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        part = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        # Wherever it was cut out of a longer text, one of these begins at a whole byte.
        for start in range(4 if len(part) > 15 else 1):
            inner = part[start:]
            with suppress(ValueError):
                yield base64.b64decode(inner[: len(inner) // 4 * 4]).decode("latin-1") + "\n"


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is in an archive, a compressed file, a database."""
    unpackers: dict[bytes, Callable[[bytes], Iterator[bytes]]] = {
        b"\x1f\x8b": lambda packed: iter([gzip.decompress(packed)]),
        b"BZh": lambda packed: iter([bz2.decompress(packed)]),
        b"\x78": lambda packed: iter([zlib.decompress(packed)]),
        b"PK\3\4": _zipped,
        b"SQLite format 3": _rows,
        b"PAR1": _columns,
    }
    for start, unpack in unpackers.items():
        if data.startswith(start):
            with suppress(OSError, ValueError, zlib.error, zipfile.BadZipFile, EOFError):
                yield from unpack(data)


def _zipped(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            yield member.filename.encode() + b"\n" + archive.read(member)


def _rows(data: bytes) -> Iterator[bytes]:
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        file.write(data)
        file.flush()
        with closing(sqlite3.connect(file.name)) as db:
            yield "\n".join(db.iterdump()).encode()


def _columns(data: bytes) -> Iterator[bytes]:
    from pyarrow import parquet

    yield str(parquet.read_table(io.BytesIO(data)).to_pydict()).encode()
