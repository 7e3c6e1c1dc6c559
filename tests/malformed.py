"""A corpus of files that nobody should have to read, made by code: bytes, sizes, nesting, YAML, names, loops, file systems.

Each case is one or more files below a folder of its own, so that it can be
built alone or beside all others. Nothing in it links to anything outside of it:
notes elsewhere must come out the same with and without it.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

Content = str | bytes
Files = dict[str, Content]


class Case(NamedTuple):
    """Files, or what makes them in a folder."""

    kind: str
    name: str
    files: Files
    make: Callable[[Path], None] | None = None

    @property
    def folder(self) -> str:
        return f"{self.kind} {self.name}"

    def write(self, root: Path) -> None:
        """Put the case below *root*; what this file system can't hold is left out."""
        folder = root / self.folder
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in self.files.items():
            with suppress(OSError, ValueError):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        if self.make is not None:
            self.make(folder)


def cases(mega: int = 1_000_000) -> tuple[Case, ...]:
    """All cases; *mega* is how large the large ones are, in bytes."""
    makers = (_bytes, _sizes, _nesting, _yaml, _names, _loops, _file_system, _tables, _links, _blocks, _canvases)
    return tuple(case for maker in makers for case in maker(mega))


def _notes(kind: str, contents: dict[str, Content]) -> Iterator[Case]:
    for name, content in contents.items():
        yield Case(kind, name, {f"{name}.md": content})


# -- bytes --------------------------------------------------------------------------


def _bytes(_: int) -> Iterator[Case]:
    noise = Random(7).randbytes
    text = "# Heading\n\nwords and [[a link]]\n"
    yield from _notes(
        "bytes",
        {
            "empty": b"",
            "one null": b"\x00",
            "nulls": b"\x00" * 5_000,
            "null in a link": b"[[a\x00b]] and #t\x00ag\n",
            "bell and escape": "\x07\x1b[31mred\x1b[0m\x08\x08\x7f\n",
            "utf-16": text.encode("utf-16"),
            "utf-16 without mark": text.encode("utf-16-le"),
            "utf-32": text.encode("utf-32"),
            "latin": "café à la crème\n".encode("latin-1"),
            "shift-jis": "日本語の[[ノート]]\n".encode("shift-jis"),
            "mark only": b"\xef\xbb\xbf",
            "mark in the middle": "a\ufeffb\n\ufeff---\na: 1\n---\n",
            "two marks": "\ufeff\ufeff---\na: 1\n---\nbody\n",
            "cut letter": "ends in a letter \U0001f600".encode()[:-2],
            "overlong": b"over\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf long\n",
            "surrogates": b"half \xed\xa0\x80 and \xed\xb0\x80 [[\xed\xa0\x80]]\n",
            "noncharacters": "\ufdd0\ufdd1\ufdd2\ufdd3\ufffe\uffff\U0010ffff [[\ufdd0]] \ufdd01\ufdd1\n",
            "noise": noise(20_000),
            "noise of letters": bytes(32 + byte % 95 for byte in noise(20_000)),
            "carriage returns": "# One\rtwo\r\r- three\r---\r",
            "odd line ends": "a\u2028b\u2029c\x85d\x0be\x0cf\r\n\rg\n\r",
            "directions": "\u202e[[gnp.exe]]\u202c \u2066#tag\u2069 \u200f\n",
            "joined marks": "a" + "\u0301" * 3_000 + "\n",
            "variation selectors": "# ✌\ufe0f\ufe0e" * 300,
            "a png": b"\x89PNG\r\n\x1a\n" + noise(2_000),
            "a zip": b"PK\x03\x04" + noise(2_000),
            "an elf": b"\x7fELF" + noise(2_000),
        },
    )


# -- sizes --------------------------------------------------------------------------


def _sizes(mega: int) -> Iterator[Case]:
    yield from _notes(
        "size",
        {
            "one word": "x" * mega,
            "one line of words": "word " * (mega // 5),
            "line feeds": "\n" * mega,
            "blanks": " " * mega,
            "blank lines of blanks": (" " * 99 + "\n") * (mega // 100),
            "one letter lines": "a\n" * (mega // 4),
            "many paragraphs": "a\n\n" * (mega // 8),
            "one list": "- item\n" * (mega // 14),
            "one quote": "> line\n" * (mega // 14),
            "over the limit": "0123456789abcde\n" * (6_000_000 // 16),
            "over the limit with front matter": "---\ntags: [t]\npublish: true\n---\n" + "x" * 6_000_000,
            "one huge fence": "```py\n" + "x = [1, 2]\n" * (mega // 44) + "```\n",
            "one huge formula": "$$\n" + "x^2 + " * (mega // 60) + "\n$$\n",
            "one huge tag": "#" + "a" * (mega // 4) + "\n",
            "one huge heading": "# " + "a " * (mega // 8) + "\n",
            "one huge link": "[[" + "a" * (mega // 4) + "]]\n",
            "one huge label": "[[a|" + "b " * (mega // 8) + "]]\n",
            "one huge block id": "text ^" + "a" * (mega // 4) + "\n",
            "one huge key": "---\n" + "k" * 30_000 + ": 1\n---\nbody\n",
            "one huge front matter": "---\na: " + "v" * mega + "\n---\nbody\n",
            "front matter that never ends": "---\n" + "a: 1\n" * (mega // 10),
            "many aliases": "---\naliases: [" + ", ".join(f"alias {i}" for i in range(3_000)) + "]\n---\nbody\n",
            "many tags": "---\ntags: [" + ", ".join(f"t{i}/u" for i in range(200)) + "]\n---\nbody\n",
            "many tags in text": " ".join(f"#t{i}" for i in range(100)) + " #again" * 5_000,
            "many headings": "".join(f"# H {i}\n" for i in range(4_000)),
            "many equal headings": "# same\n" * 8_000,
            "many block ids": "".join(f"line ^b{i}\n\n" for i in range(4_000)),
            "many footnotes": "".join(f"a[^{i}]\n\n[^{i}]: note\n\n" for i in range(2_000)),
            "many tasks": "- [ ] a\n" * 8_000,
            **({"too dear": "![" * 2_400_000} if mega >= 1_000_000 else {}),
        },
    )


# -- nesting ------------------------------------------------------------------------


def _nesting(_: int) -> Iterator[Case]:
    deep = 3_000
    yield from _notes(
        "nesting",
        {
            "quotes": ">" * deep + " innermost\n",
            "quotes with blanks": "> " * deep + "innermost\n",
            "bullets": "- " * deep + "innermost\n",
            "numbers": "1. " * deep + "innermost\n",
            "stairs": "".join("  " * i + "- step\n" for i in range(700)),
            "quotes and bullets": "> - " * deep + "innermost\n",
            "callouts": "".join("> " * i + f"[!note] {i}\n" for i in range(1, 150)),
            "brackets": "[" * deep + "x" + "]" * deep,
            "link brackets": "[[" * deep + "x" + "]]" * deep,
            "images": "![" * deep + "](x)" * deep,
            "emphasis": "*" * deep + "x" + "*" * deep,
            "alternating emphasis": "*_" * deep + "x" + "_*" * deep,
            "highlights": "==a **b " * deep,
            "elements": "<div>" * deep + "x",
            "closed elements": "<b>" * deep + "x" + "</b>" * deep,
            "tables of elements": "<table><tr><td>" * 700 + "x",
            "closing elements": "</div>" * deep,
            "comments": "%%" * (deep + 1) + "\n<!--" * deep,
            "formula": "$" + "{" * deep + "x" + "}" * deep + "$\n",
            "fractions": "$$" + "\\frac{1}{" * 600 + "x" + "}" * 600 + "$$\n",
            "left and right": "$$" + "\\left(" * 500 + "x" + "\\right)" * 500 + "$$\n",
            "footnotes in footnotes": "a^[b" * 1_000 + "]" * 1_000,
            "footnotes of footnotes": "x[^0]\n\n" + "".join(f"[^{i}]: [^{i + 1}]\n\n" for i in range(600)),
            "tags": "#" + "/".join("a" * 1_000) + "\n",
            "headings in a path": "[[a" + "#h" * deep + "]]\n",
            "fences": "".join("`" * (i + 3) + "\n" for i in range(300)),
            "backticks": "".join("`" * i + " " for i in range(300)),
            "list in a table": "| " + "- " * deep + " |\n| - |\n",
        },
    )


# -- YAML ---------------------------------------------------------------------------


def _yaml(_: int) -> Iterator[Case]:
    letters = "abcdefghi"
    aliases = "".join(f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]\n" for x, y in pairwise(letters))
    merges = "".join(f"{y}: &{y} {{<<: [{', '.join([f'*{x}'] * 9)}]}}\n" for x, y in pairwise(letters))  # fmt: skip
    blocks = {
        "brackets": "a: " + "[" * 30_000,
        "braces": "a: " + "{a: " * 10_000,
        "indents": "".join("  " * i + f"k{i}:\n" for i in range(150)),
        "dashes": "a:\n " + "- " * 5_000 + "x",
        "question marks": "? " * 5_000 + "x",
        "alias bomb": "a: &a [x, x]\n" + aliases,
        "merge bomb": "a: &a {k: 1}\n" + merges,
        "alias of itself": "a: &a [*a]\nb: &b {b: *b}",
        "unknown alias": "a: *nothing",
        "python objects": "a: !!python/object/apply:os.system ['touch VKPWN']\nb: !!python/name:os.system",
        "own tags": "a: !secret x\nb: !!binary aGVsbG8=\nc: !!set {x, y}",
        "documents": "a: 1\n...\n---\nb: 2",
        "directives": "%YAML 1.1\n%TAG ! tag:x,2000:\na: 1",
        "tabs": "a:\n\t- x\n\tb: 1",
        "unclosed quote": 'a: "never\nb: closed',
        "unclosed list": "a: [1, 2\nb: 3",
        "colons": "title: a: b: c\nurl: http://e.com: x",
        "hash": "tags: #a #b\nx: a#b",
        "at and backtick": "author: @bob\ncode: `x`",
        "bare link": "up: [[Home]]\nother: [[A|b]], [[C]]",
        "equal keys": "publish: true\n" * 100,
        "keys of all kinds": "1: a\ntrue: b\nnull: c\n1.5: d\n[a, b]: e\n{x: y}: f\n? |\n  long\n: g\n'': h",
        "impossible dates": "date: 2024-02-31\nupdated: 0000-00-00\ncreated: 99999-13-45T25:61:61Z",
        "numbers": f"a: {'9' * 5_000}\nb: 1e999\nc: -.inf\nd: .nan\ne: 0x{'f' * 400}\nf: 1_000\ng: 017\nh: 12:30:45",
        "types that are wrong": "tags: 3\naliases: {a: 1}\ntitle: [x]\nupdated: maybe\ncssclasses: {a: b}\npermalink: [1]",
        "tags of all kinds": "tags: [1984, true, null, [a, [b]], {c: d}, 'two words', '#', '', a//b, /a, 1.5, 2024-01-01]",
        "lone surrogates": 'a: "\\uD800"\nb: "\\uDC00\\uD800"',
        "controls": 'a: "\\x00\\x07\\e"\nb: \x07',
        "a list": "- a\n- b",
        "a text": "only words",
        "a number": "42",
        "nothing": "",
        "null": "null",
        "blocks of text": "a: |\n  ---\n  b: 1\nc: >-\n  x\n\n  y\nd: |9\n x",
        "reserved names": "content: x\nhandler: y\nmetadata: z\nlayout: ../../x\ntemplate: note.html\n__class__: q\n__proto__: {a: 1}",
        "markup": "title: '{{ 7*7 }}{% include \"x\" %}<script>alert(1)</script>'\nicon: javascript:alert(1)",
        "json": '{"a": [1, {"b": null}], "tags": ["x"]}',
        "deep json": '{"a":' * 200 + "1" + "}" * 200,
    }
    for name, block in blocks.items():
        yield Case("yaml", name, {f"{name}.md": f"---\n{block}\n---\nafter {name}\n"})
    yield from _notes(
        "yaml",
        {
            "no end": "---\na: 1\nbody\n",
            "dots for an end": "---\na: 1\n...\nbody\n",
            "toml": "+++\na = 1\n+++\nbody\n",
            "blank before": "\n\n---\na: 1\n---\nbody\n",
            "long rule": "-----\na: 1\n-----\nbody\n",
            "end with blanks": "---  \na: 1\n---\t\nbody\n",
        },
    )


# -- names --------------------------------------------------------------------------

ODD_NAMES = (
    "a%41", "%2e%2e", "%", "%zz", "a b", " a", "a ", "a.", "..a", "a..", "...", "a#b", "a?b", "a&b=c", "a+b", "a'b", 'a"b', "a<b>", "a|b", "a*b",
    "a:b", "C:", "a\\b", "..\\..\\x", "a\nb", "a\rb", "a\tb", "a\x01b", "a\x7fb", "a[b]", "[[a]]", "a]]b", "a^b", "a==b", "%%a%%", "a`b", "$a$", "$(touch VKPWN)",
    "`id`", "; ls", "{{ 7*7 }}", "{% raw %}", "__proto__", "constructor", "toString", "CON", "con.txt", "AUX", "NUL", "LPT1", "COM¹", "-rf", "--help", "~", "~root", "@a",
    "#", "##", "!", "(a)", "index", "INDEX", "404", "search", "tags", "static", "graph", "home", "README", "ß", "SS", "ss", "İ", "i̇", "ı", "ſ", "K", "ﬁ", "fi", "é", "e\u0301",
    "日本語", "한국", "각", "\u1112\u1161\u11ab", "😀", "🏳️‍🌈", "\u202egnp", "\u200b", "\u00a0", "\u3000", "\ufeff", "\u0301", "x" * 251, "é" * 125, "😀" * 62,
    "a.md", "a.html", "a.canvas", "a.png", "javascript:alert(1)", "https:", "file:", "data:text,x", "&amp;", "&lt;", "<script>", "'; DROP TABLE x; --", "0", "00", "1e5", "true", "null",
)  # fmt: skip
"""Names of notes, without `.md`; each is a case."""


def _names(_: int) -> Iterator[Case]:
    for n, name in enumerate(ODD_NAMES):
        yield Case("names", f"{n:03}", {f"{name}.md": f"This is note {n:03}.\n"})
    yield Case("names", "case", {f"{name}.md": name for name in ("Same", "same", "SAME", "sAME")})
    yield Case("names", "normal forms", {"caf\u00e9.md": "one", "cafe\u0301.md": "two"})
    yield Case("names", "file and folder", {"X.md": "note", "X/index.md": "index", "X/X.md": "x", "X.html": "<b>x"})
    yield Case("names", "deep", {"/".join("d" * 60) + "/note.md": "deep"})
    yield Case("names", "long path", {"/".join(["folder " * 20] * 20) + "/note.md": "deep"})
    yield Case("names", "dot folders", {".obsidian/app.json": "{", ".git/config": "[core", ".x/A.md": "x", "a/.b/c.md": "y"})  # fmt: skip
    yield Case("names", "bytes", {}, _bad_bytes)


def _bad_bytes(folder: Path) -> None:
    for name in (b"caf\xe9.md", b"\xff\xfe.md", b"\xed\xa0\x80.md", b"dir\xe9"):
        path = folder / os.fsdecode(name)
        with suppress(OSError):
            if name.endswith(b".md"):
                path.write_bytes(b"text\n")
            else:
                path.mkdir()


# -- loops --------------------------------------------------------------------------


def _loops(_: int) -> Iterator[Case]:
    def ring(n: int, link: str, name: str) -> Case:
        return Case("loops", name, {f"{name} {i}.md": link.format(f"{name} {(i + 1) % n}") for i in range(n)})

    yield Case("loops", "own embed", {"Self.md": "before ![[Self]] after\n"})
    yield Case("loops", "own heading", {"Own heading.md": "# H\n\n![[#H]]\n\n![[Own heading#H]]\n"})
    yield Case("loops", "own block", {"Own block.md": "![[#^b]] ^b\n\n![[Own block#^b]]\n"})
    yield ring(2, "![[{}]]\n", "pair")
    yield ring(3, "![[{0}]]\n\n![[{0}]]\n", "three")
    yield ring(30, "a ![[{}]] b\n", "long ring")
    yield ring(12, "[[{}]]\n", "links")
    yield ring(6, "---\nup: '[[{}]]'\naliases: [loop]\n---\n", "properties")
    chain = {f"chain {i}.md": f"{i} ![[chain {i + 1}]]\n" for i in range(60)}
    yield Case("loops", "chain", chain)
    yield Case("loops", "fan", {f"fan {i}.md": f"![[fan {i + 1}]]\n\n" * 20 for i in range(7)})
    yield Case("loops", "fan in lists", {f"leaf {i}.md": f"- ![[leaf {i + 1}]]\n" * 15 for i in range(6)})
    yield Case("loops", "fan in tables", {f"cell {i}.md": "| a |\n| - |\n" + f"| ![[cell {i + 1}]] |\n" * 15 for i in range(6)})  # fmt: skip
    yield Case("loops", "fan of sections", {f"part {i}.md": f"# H\n\n![[part {i + 1}#H]]\n" * 10 for i in range(7)})
    yield Case("loops", "canvas of itself", {"Round.canvas": '{"nodes":[{"id":"a","type":"file","file":"loops canvas of itself/Round.canvas"}]}'})  # fmt: skip
    yield Case("loops", "canvas and note", {
        "Card.canvas": '{"nodes":[{"id":"a","type":"file","file":"Carded.md"},{"id":"t","type":"text","text":"![[Carded]]"}]}',
        "Carded.md": "![[Card.canvas]]\n",
    })  # fmt: skip
    yield Case("loops", "aliases", {"One alias.md": "---\naliases: [Two alias]\n---\n", "Two alias.md": "---\naliases: [One alias]\n---\n[[One alias]]\n"})  # fmt: skip
    yield Case("loops", "footnotes", {"Notes.md": "a[^1]\n\n[^1]: b[^2]\n\n[^2]: c[^1]\n"})
    yield Case("loops", "reference links", {"References.md": "[a][b] [b][a]\n\n[a]: #a\n[b]: References.md\n[b]: #b\n"})
    yield Case("loops", "permalinks", {f"P{i}.md": "---\npermalink: same\n---\nx\n" for i in range(4)})
    yield Case("loops", "redirects", {"Old.md": "---\npermalink: New\n---\n", "New.md": "---\npermalink: Old\n---\n"})
    yield Case("loops", "everybody links everybody", {
        f"all {i}.md": " ".join(f"[[all {j}]]" for j in range(40)) for i in range(40)
    })  # fmt: skip
    yield Case("loops", "everybody has the same alias", {f"same alias {i}.md": "---\naliases: [sameness]\n---\n[[sameness]]\n" for i in range(60)})  # fmt: skip
    yield Case("loops", "sisters", {f"{'x/' * i}Sister.md": "[[Sister]] ![[Sister]]\n" for i in range(12)})


# -- the file system ------------------------------------------------------------------


def _file_system(_: int) -> Iterator[Case]:
    def case(name: str, make: Callable[[Path], None]) -> Case:
        return Case("files", name, {"Here.md": "a note\n"}, make)

    yield case("link to a file", lambda folder: (folder / "L.md").symlink_to(folder / "Here.md"))
    yield case("link to nothing", lambda folder: (folder / "L.md").symlink_to(folder / "gone"))
    yield case("link to itself", lambda folder: (folder / "L.md").symlink_to("L.md"))
    yield case("links in a ring", lambda folder: [(folder / f"{i}.md").symlink_to(f"{(i + 1) % 3}.md") for i in range(3)])  # fmt: skip
    yield case("link to the folder", lambda folder: (folder / "L").symlink_to(folder, target_is_directory=True))
    yield case("link above", lambda folder: (folder / "L").symlink_to("../..", target_is_directory=True))
    yield case("link to the root", lambda folder: (folder / "L").symlink_to("/", target_is_directory=True))
    yield case("link to passwd", lambda folder: (folder / "L.md").symlink_to("/etc/passwd"))
    yield case("link to a device", lambda folder: (folder / "L.md").symlink_to("/dev/zero"))
    yield case("link to a process", lambda folder: (folder / "L.md").symlink_to("/proc/self/mem"))
    yield case("pipe", lambda folder: os.mkfifo(folder / "P.md"))
    yield case("socket", _socket)
    yield case("folder called note", lambda folder: (folder / "F.md").mkdir())
    yield case("folder called canvas", lambda folder: (folder / "F.canvas").mkdir())
    yield case("hard links", lambda folder: (folder / "Hard.md").hardlink_to(folder / "Here.md"))
    yield case("no rights", lambda folder: (folder / "Here.md").chmod(0))
    yield case("rights of all", lambda folder: (folder / "Here.md").chmod(stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO | stat.S_ISUID))  # fmt: skip
    yield case("times long ago", lambda folder: os.utime(folder / "Here.md", (0, 0)))
    yield case("times to come", lambda folder: os.utime(folder / "Here.md", (2**33, 2**33)))
    yield case("hole", lambda folder: _hole(folder / "Hole.md", 50_000_000))
    yield case("attachment with a hole", lambda folder: _hole(folder / "Hole.bin", 50_000_000))
    yield case("many empty folders", lambda folder: [(folder / f"e{i}" / "f").mkdir(parents=True) for i in range(300)])
    yield case("many files", lambda folder: [(folder / f"f{i}.bin").write_bytes(b"") for i in range(500)])
    yield case("names of editors", lambda folder: [(folder / name).write_bytes(b"x [[y") for name in EDITORS])
    svg = "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 3_000
    yield Case("files", "deep svg", {"deep.svg": svg, "Shown.md": "![[deep.svg]]\n"})
    bomb = "<!DOCTYPE s [<!ENTITY a 'xxxxxxxxxx'>" + "".join(f"<!ENTITY {y} '{f'&{x};' * 10}'>" for x, y in zip("abcdefgh", "bcdefghi", strict=True))  # fmt: skip
    yield Case("files", "svg bomb", {"bomb.svg": f"<?xml version='1.0'?>{bomb}]><svg>&i;</svg>", "Bomb.md": "![[bomb.svg]]\n"})  # fmt: skip
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0)
    yield Case("files", "picture of a mile", {"mile.png": huge, "Mile.md": "![[mile.png]]\n"})
    yield Case("files", "pictures cut off", {
        "a.png": b"\x89PNG", "b.gif": b"GIF89a\x01", "c.jpg": b"\xff\xd8\xff\xc0\x00", "d.webp": b"RIFF\xff\xff\xff\xffWEBPVP8 ", "e.svg": "<svg width='",
        "Cut off.md": "![[a.png]] ![[b.gif]] ![[c.jpg]] ![[d.webp]] ![[e.svg]]\n",
    })  # fmt: skip


EDITORS = (
    ".x.swp", "x~", "#x#", "4913", "x.md.tmp", ".DS_Store", "Thumbs.db", "x.sync-conflict-20240101-000000-ABC.md", "x (conflicted copy).md", "x.icloud",
)  # fmt: skip


def _socket(folder: Path) -> None:
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(folder)
        try:
            listening.bind("S.md")
        finally:
            os.chdir(here)


def _hole(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


# -- Markdown that has a shape ----------------------------------------------------------


def _tables(_: int) -> Iterator[Case]:
    head = "| a | b |\n| - | - |\n"
    yield from _notes(
        "tables",
        {
            "rows": head + "| 1 | 2 |\n" * 30_000,
            "columns": "|a" * 3_000 + "|\n" + "|-" * 3_000 + "|\n" + "|x" * 3_000 + "|\n",
            "short rows of a wide table": "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|x|\n" * 2_000,
            "long rows of a small table": head + "|x" * 20_000 + "|\n",
            "no rows": head,
            "no columns": "||\n|-|\n||\n",
            "heads only": "a|b\n-|-\n" * 5_000,
            "pipes": "|" * 50_000,
            "delimiters": "|-" * 20_000,
            "escaped pipes": head + "| " + "\\|" * 10_000 + " | x |\n",
            "pipes in code": head + "| `" + "|" * 5_000 + "` | x |\n",
            "links in cells": head + "| [[a\\|b]] | [[a|b]] |\n" * 500,
            "a sentence a cell": head + ("| " + "word " * 2_000 + "| x |\n") * 20,
            "amounts without end": head + "| $" + "9" * 50_000 + " | " + "1,234" * 5_000 + " usd |\n",
            "dates without end": head + "| " + "Jan " * 5_000 + " | " + "2024-" * 5_000 + " |\n",
            "unequal": head + "|\n| |\n| | | |\n|x\nx|\n",
        },
    )


def _links(_: int) -> Iterator[Case]:
    related = "## Related\n\n"
    yield from _notes(
        "links",
        {
            "one target": "[[nobody]] " * 20_000,
            "many targets": " ".join(f"[[n{i}]]" for i in range(300)),
            "unclosed": "[[" * 20_000,
            "unopened": "]]" * 20_000,
            "pipes": "[[a" + "|b" * 10_000 + "]]",
            "hashes": "[[a" + "#" * 20_000 + "]]",
            "dots": "[[" + "../" * 5_000 + "a]]",
            "slashes": "[[" + "/" * 20_000 + "]]",
            "percents": "[x](" + "%" * 20_000 + ")",
            "hosts": "http://a.b " * 5_000,
            "addresses": "a@b.c " * 5_000,
            "one address": "http://e.com/" + "(" * 10_000 + ")" * 10_000,
            "references": "".join(f"[r{i}]: x\n" for i in range(5_000)) + "[r1] " * 5_000,
            "no references": "[a]" * 20_000,
            "parentheses": "[x](" * 10_000,
            "titles": "[x](a '" * 5_000,
            "angles": "[x](<" * 10_000,
            "schemes": "[x](javascript:a) [x](vbscript:a) [x](data:a) [x](JaVa\tScRiPt:a) ![x](data:a)\n" * 500,
            "annotations": related + "- [[x]] — primary accused\n" * 2_000,
            "one annotation": related + "- [[x]] — " + "former founder of the " * 5_000 + "\n",
            "digits": related + "- [[x]] — " + "9" * 50_000 + " usd\n",
            "signs": related + "- [[x]] — " + "~" * 50_000 + " usd%\n",
            "blanks": related + "- [[x]] —" + " " * 50_000 + "founder" + " " * 50_000 + "of\n",
            "links before": related + "- " + "[[x]], " * 5_000 + "— founders\n",
            "fields": "key:: value\n" * 5_000,
            "one field": "(key:: " * 10_000,
            "field of a long key": "k" * 50_000 + ":: v\n",
            "embeds of nothing": "![[gone.png]] " * 5_000,
        },
    )


def _blocks(_: int) -> Iterator[Case]:
    yield from _notes(
        "blocks",
        {
            "open fence": "```\n" + "code %% $$ [[ \n" * 2_000,
            "open comment": "seen %%\nhidden [[x]] #y\n" * 1_001,
            "open formula": "$$\nx\n" * 1_001,
            "open html": "<!-- " * 5_000 + "<div " * 5_000 + "<![CDATA[" * 5_000,
            "open attribute": "<a href='" + "x" * 20_000,
            "attributes": "<p " + " ".join(f"a{i}='b'" for i in range(5_000)) + ">x</p>",
            "elements of one note": "<b>x</b>" * 10_000,
            "tables by hand": "<table>" + "<tr><td>x" * 5_000,
            "details": "<details><summary>x</summary>\n\n" * 500,
            "entities": "&amp;&#0;&#xD800;&#x110000;&bogus;&" * 3_000,
            "backslashes": "\\" * 50_000,
            "rules": "---\n" * 10_000,
            "setext": "a\n=\n" * 5_000,
            "setext without text": "===\n" * 5_000,
            "quotes that end": "> a\n\n" * 5_000,
            "callouts": "> [!note]- T\n> b\n\n" * 2_000,
            "callouts of odd types": "".join(f"> [!{chr(33 + i % 90)}{i}|x y]+ T\n> b\n\n" for i in range(500)),
            "numbers": "".join(f"{10**i % 10**12}. x\n" for i in range(500)) + "-1. x\n٣. x\n",
            "footnotes without text": "[^a] " * 5_000,
            "text of no footnote": "".join(f"[^{i}]: x\n" for i in range(5_000)),
            "formulas": "$x$ " * 3_000,
            "formula of commands": "$$" + "\\nope" * 2_000 + "\\begin{matrix}" * 100 + "&" * 500 + "$$",
            "dollars": "$" * 20_000,
            "equals": "=" * 20_000 + "\n" + "==a" * 5_000,
            "stars": "*a **b " * 5_000,
            "carets": "^" * 20_000 + "\n" + "^a " * 5_000,
            "hashes": "#" * 20_000 + "\n" + "#a#b" * 5_000,
            "mermaid": "```mermaid\n" + "graph TD; A-->B\n" * 2_000 + "```\n",
            "fences of odd languages": "".join(f"```{name}\nx\n```\n" for name in ("", "nope", "a b", "<b>", "dataviewjs", "html", "../x", "py3" * 200)),
            "ids": "x ^" + "a-" * 10_000 + "\n\n^\n\n^ \n\n^a^b\n",
        },
    )  # fmt: skip


def _canvases(_: int) -> Iterator[Case]:
    ring = ",".join(f'{{"id":"e{i}","fromNode":"n","toNode":"n"}}' for i in range(500))
    boards: dict[str, Content] = {
        "empty": "", "a list": "[]", "null": "null", "a number": "1e999", "a text": '"x"', "torn": '{"nodes": [{"id": "a"', "deep": "[" * 100_000,
        "deep objects": '{"a":' * 50_000, "wrong types": '{"nodes": {"a": 1}, "edges": "x"}', "nodes of all types": '{"nodes": [1, null, "a", [], {}, {"id": 3}, {"id": null}]}',
        "numbers": '{"nodes": [{"id": "a", "type": "text", "x": 1e400, "y": -0.0, "width": "wide", "height": NaN}]}', "equal ids": '{"nodes": [' + ",".join(['{"id":"a","type":"text","text":"t"}'] * 200) + "]}",
        "edges to nothing": '{"edges": [{"id": "e", "fromNode": "a", "toNode": "b"}, {}, [], 1]}', "loops": '{"nodes":[{"id":"n","type":"text"}],"edges":[' + ring + "]}",
        "groups in groups": '{"nodes":[' + ",".join(f'{{"id":"g{i}","type":"group","x":{i},"y":{i},"width":{2000 - 2 * i},"height":{2000 - 2 * i}}}' for i in range(300)) + "]}",
        "colors": '{"nodes":[{"id":"a","type":"text","text":"x","color":"red;}body{display:none"},{"id":"b","type":"text","color":7}]}',
        "addresses": '{"nodes":[{"id":"a","type":"link","url":"javascript:alert(1)"},{"id":"b","type":"group","background":"../../../etc/passwd"}]}',
        "hostile text": '{"nodes":[{"id":"a","type":"text","text":"<script>alert(1)</script>\\n%%\\n[[x"}]}', "bytes": b'{"nodes":[{"id":"\xff\xfe"}]}', "marks": "\ufeff{}", "prototype": '{"__proto__":{"x":1},"nodes":[{"id":"__proto__","type":"text"}]}',
        "many": '{"nodes":[' + ",".join(f'{{"id":"{i}","type":"text","text":"# {i}","x":{i * 10},"y":0}}' for i in range(2_000)) + "]}",
    }  # fmt: skip
    for name, content in boards.items():
        yield Case("canvas", name, {f"{name}.canvas": content})
    yield Case(
        "canvas", "bases", {"Odd.base": "views: [\n", "Deep.base": "a: " + "[" * 50_000, "Null.base": b"\x00" * 100}
    )
