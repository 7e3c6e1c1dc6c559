"""Odd texts at random, made of pieces of the syntax that is under attack: the same from the same seed on any machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 9_000
"""Characters of a text at most, so that it stays below 10 kB but for letters of many bytes."""

BLANKS = (" ", "  ", "    ", "\n", "\n\n", "\t", "\r", "\r\n", "\u00a0", "\u2028", "\u200b", "\x0b", "")
LETTERS = (
    "a", "Z", "9", "word", "Two words", "é", "e\u0301", "ß", "İ", "ı", "ſ", "ﬁ", "Σς", "日本", "한", "가", "𝒜", "😀", "\u202e", "\u200d", "\ufeff",
    "\ufdd0", "\ufffe", "\uffff", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\ue000", "١٢", "²", "½", "Ⅷ", "\u0489", "🏳️‍🌈",
)  # fmt: skip
MARKS = tuple("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~—–…·“”→•§€")

LINKS = (
    "[[", "]]", "![[", "[[A]]", "[[B|text]]", "![[A]]", "[[A#H]]", "[[A#^b]]", "[[#H]]", "[[#^b]]", "[[B.md]]", "[[../A]]", "[[/A]]", "[[A|]]",
    "[[|A]]", "[[]]", "[[#]]", "[[^]]", "[[A#H#I]]", "[[A.png|100x50]]", "![[A.pdf#page=2]]", "[", "](", ")", "[x](A.md)", "[x](<A b.md>)",
    "[x](A%20b.md#H)", "[x](A.md 'title')", "![x](a.png)", "![x|10](a.png)", "[x][y]", "[y]: A.md\n", "<http://e.com>", "http://e.com/a_b",
    "[x](javascript:alert(1))", "[x](//e.com)", "[x](obsidian://open)", "[x](%)", "[x](%FF)", "[x](#)", "[[a\\|b]]", "[[a/b/../A]]", "[[%41]]",
)  # fmt: skip
INLINE = (
    "*", "**", "***", "_", "__", "~~", "==", "==a==", "`", "``", "` a `", "$", "$$", "$x^2$", "\\$", "%%", "%% a %%", "\\", "<br>", "<b>", "</b>",
    "<!--", "-->", "<script>", "</script>", "<a href='", "<![CDATA[", "<?", "&amp;", "&#x0;", "&#xD800;", "&nope;", "&#99999999;", "[^1]",
    "[^1]: note\n", "^[in line]", "[^", "#tag", "#a/b", "#1984", "#", "^id", " ^id\n", "\\[", "\\]", "\\frac{", "\\text{", "}{", "&", "\\\\",
    "key:: value", "(key:: v)", "[key:: v]", "- [ ] ", "- [x] ", "- [?] ", "[ ]",
)  # fmt: skip
BLOCKS = (
    "\n# H\n", "\n## H ^b\n", "\n###### a\n", "\n---\n", "\n***\n", "\n===\n", "\n- ", "\n* ", "\n+ ", "\n1. ", "\n1) ", "\n99999999999. ",
    "\n    ", "\n\t", "\n> ", "\n>> ", "\n> [!note] T\n", "\n> [!x|y]- T\n", "\n> > [!tip]+\n", "[!", "\n```\n", "\n```py\n", "\n~~~\n", "\n```mermaid\n",
    "\n| a | b |\n", "\n| - | - |\n", "\n|:-:|--:|\n", "\n| 1 | 2 |\n", "|", "\n$$\n", "\n%%\n", "\n<div>\n", "\n</div>\n", "\n<table>", "\n<details>", "\n^b\n",
    "\n---\na: 1\n---\n", "\n- - - ", "\n- [[A]] — x\n", "\n## Related\n", "\n## Key facts\n",
)  # fmt: skip
YAML = (
    "---\n", "\n---\n", "...\n", "a: 1\n", "tags: [a, b]\n", "tags:\n  - a\n", "aliases: A\n", "title: a: b\n", "publish: false\n", "draft: yes\n",
    "- x\n", "? ", ": ", "&a ", "*a", "<<: *a\n", "!!str ", "!!python/object ", "{", "}", "[", "]", ",", "'", '"', "''", '\\"', "\\u", "\\uD800", "\\x0", "|\n",
    ">\n", "|2-\n", ">+\n", "#", "# c\n", "%YAML 1.2\n", "@", "`", "null", "~", "true", "No", "0x1F", "0o17", "1e999", ".inf", ".nan", "-.5", "1_000",
    "2024-02-31", "12:30:45", "9" * 40, "[[A]]", '"[[A|b]]"', "a:\n  b:\n    c: ", "  ", "\t", "key: ", "up: [[A]]\n", "cssclasses: x\n", "x: |\n  y\n",
)  # fmt: skip
TABLES = (
    "| a | b |\n", "|-|-|\n", "| - | :-: | -: |\n", "a|b\n-|-\n", "| [[A]] | $1.5B |\n", "| Founded | 2019 |\n", "|", "||", "\\|", "`|`", "\n", "\n\n",
    "| Investor | [[B]], [[C]] and [[A]] |\n", "| Metric | Value |\n|---|---|\n", "| Date | Event |\n|---|---|\n| Q3 2025 | x |\n", "| ~12% | (40) | −3 | n/a |\n",
    "| Jan 2024 | [[A#H|x]] |\n", "|:", ":|", "---", "|a|b|c|d|e|f|g|h|\n", "| | |\n", "| **x** | ==y== |\n", "| ![[a.png]] | $x|y$ |\n", "| CEO, [[A]] | Current role |\n",
)  # fmt: skip
LINES = (
    "\n## Related\n", "\n### Investors\n", "\n### Competitors\n", "\n- ", "- [[A]]", "- [[A]], [[B]] & [[C]]", " — ", " -- ", " - ", " – ", ": ", " (", ")", "→", "/", ";", ". ",
    "former ", "ex-", "reportedly ", "potential ", "co-founder", "founder of Stripe", "acquired by Meta", "acquired ", "lead investor", "primary accused", "CEO and chair",
    "investor and customer", "subsidiary", "parent company", "competitor", "(20% stake)", "Series B", "seed", "$40M", "2021", "in 2024", "by ", "of the ", "for ", "at ", "with ", "vs. ",
    "**", "*", "`", "“", "”", "\\", "[[B|x]]", "[x](A.md)", "key:: ", "Role:: [[A]]", "Customers: [[A]], [[B]]", "#tag", "^id", "%%", "x" * 45, "Raised $1B from [[B]] (2020): ",
)  # fmt: skip
VALUES = (
    "$", "€", "¥", "US$", "-", "−", "+", "~", "≈", "<", "(", ")", "1", "1.5", "1,234.5", "1.234,5", "1,2,3", "0", "12", "2026", "1999", "99", "5e3", ".5", "5.", "%", " percent", "bps", "x", "K", "M", "bn",
    " billion", "trillion", "million", " usd", "EUR", "RMB", "Jan ", "february ", "Sept. ", "3rd ", "31", "Q1", "q5 ", "H1 ", "H2", "FY", "early ", "late ", "mid-", "spring ", "c. ", "circa ", "by ", "as of ",
    "before ", "est. ", "/", "-", "–", "—", ", ", ".", ":", "2024-02-31", "2024-13", "02/03/2024", "2024–2026", "Feb 3, 2026", "(preview)", "n/a", "?", "TBD", "٣", "²", "½",
)  # fmt: skip
CANVAS = (
    "{", "}", "[", "]", ",", ":", '"', '"nodes":', '"edges":', '{"nodes":[', "]}", '{"id":"a","type":"text","text":"[[A]]","x":0,"y":0,"width":1,"height":1}',
    '{"id":"b","type":"file","file":"A.md","subpath":"#H"}', '{"id":"g","type":"group","label":"G","x":-1e9,"width":1e18}', '{"id":"e","fromNode":"a","toNode":"b"}',
    '"fromSide":"left"', '"color":"#ff0000"', '"color":"7"', "1e999", "-0", "NaN", "Infinity", "null", "true", '"\\ud800"', '"\\u0000"', '"id":', '"x":', "1.5", "9" * 30,
    '"type":"link","url":"javascript:1"', '"background":"../../x"', '"backgroundStyle":"x"', "\\", "//", '"__proto__":{}', '"text":"# H\\n- x"',
)  # fmt: skip
QUERY = (
    '"', '"a b"', "-", "-a", '-"a b"', "type:", "type:Actor", "tag:#x", "folder:/a/", "rel:", "linked:", "TYPE:x", "nope:x", "a", "of", "the", "x" * 50, "don't", "o’clock", "日本語", "ﾊﾝｶｸ", "__proto__", "constructor",
    "*", "(", "OR", "AND", "ß", "İ", "Σ", "1.5", "a-b", "a_b", "C++", "\u0301",
)  # fmt: skip

Change = Callable[[str, Random, Sequence[str]], str]


def text(dice: Random, pieces: Sequence[str]) -> str:
    """A text of *pieces*, letters and marks, in which stretches are repeated, nested, moved and broken."""
    size = dice.choice((1, 2, 4, 8, 8, 16, 16, 32, 64))
    made = "".join(_piece(dice, pieces) for _ in range(size))
    for _ in range(dice.choice((0, 0, 1, 1, 2, 4))):
        made = dice.choice(CHANGES)(made, dice, pieces)
    return made[:LONGEST]


def data(dice: Random, pieces: Sequence[str]) -> bytes:
    """The same as bytes, now and then of another encoding, or broken."""
    made = text(dice, pieces)
    kind = dice.randrange(40)
    if kind == 0:
        return made.encode("utf-16", "surrogatepass")
    if kind == 1:
        return b"\xef\xbb\xbf" + made.encode("utf-8", "surrogatepass")
    found = made.encode("utf-8", "surrogatepass")
    if kind == 2 and found:
        broken = bytearray(found)
        for _ in range(dice.choice((1, 1, 3, 20))):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        return bytes(broken)
    return found


def _piece(dice: Random, pieces: Sequence[str]) -> str:
    kind = dice.randrange(20)
    if kind < 12:
        return dice.choice(pieces)
    if kind < 15:
        return dice.choice(LETTERS)
    if kind < 17:
        return dice.choice(MARKS)
    if kind < 19:
        return dice.choice(BLANKS)
    return chr(dice.choice((dice.randrange(0x250), dice.randrange(0x3000), dice.randrange(0x110000))))


def _stretch(made: str, dice: Random) -> tuple[int, int]:
    start = dice.randrange(len(made) + 1)
    return start, min(len(made), start + dice.choice((1, 2, 5, 20, 100)))


def _repeat(made: str, dice: Random, _: Sequence[str]) -> str:
    start, end = _stretch(made, dice)
    return made[:start] + made[start:end] * dice.choice((2, 2, 2, 3, 3, 5, 10, 10, 100, 1000)) + made[end:]


def _nest(made: str, dice: Random, pieces: Sequence[str]) -> str:
    opening, closing, depth = dice.choice(pieces), dice.choice(pieces), dice.choice((2, 2, 2, 3, 5, 5, 10, 30, 300))
    return (opening * depth + made + closing * depth)[:LONGEST]


def _move(made: str, dice: Random, _: Sequence[str]) -> str:
    start, end = _stretch(made, dice)
    cut = made[:start] + made[end:]
    at = dice.randrange(len(cut) + 1)
    return cut[:at] + made[start:end] + cut[at:]


def _drop(made: str, dice: Random, _: Sequence[str]) -> str:
    start, end = _stretch(made, dice)
    return made[:start] + made[end:]


def _double(made: str, _: Random, __: Sequence[str]) -> str:
    return made + made


def _insert(made: str, dice: Random, pieces: Sequence[str]) -> str:
    at = dice.randrange(len(made) + 1)
    return made[:at] + dice.choice(pieces) * dice.choice((1, 1, 2, 50)) + made[at:]


def _indent(made: str, dice: Random, _: Sequence[str]) -> str:
    prefix = dice.choice(("  ", "    ", "\t", "> ", "- ", "1. ", "| ", "> - "))
    return "\n".join(prefix + line for line in made[: LONGEST // 4].split("\n"))


def _one_line(made: str, _: Random, __: Sequence[str]) -> str:
    return made.replace("\n", "")


def _case(made: str, dice: Random, _: Sequence[str]) -> str:
    return dice.choice((str.upper, str.lower, str.swapcase))(made)


CHANGES: tuple[Change, ...] = (_repeat, _repeat, _nest, _move, _drop, _double, _insert, _indent, _one_line, _case)
