"""Texts of any length that repeat one thing: where work grows faster than the text, some of these show it."""

from __future__ import annotations

from collections.abc import Callable

REPEATED = {
    # CommonMark.
    "open brackets": "[", "open images": "![", "open links": "[a](", "open angles": "[a](<b", "open titles": '[a](b "', "brackets": "[a]", "closed brackets": "]",
    "brackets by line": "[a\n", "nested empty": "[]", "reference brackets": "[a][b]", "definitions": "[a]: b\n", "emphasis": "*a_ ", "stars": "*", "words in stars": "a**b",
    "star and blank": "* a *", "mixed emphasis": "**_* ", "underscores": "_a_b", "strikes": "~~a ", "backticks": "`a``b```", "escapes": "\\*", "backslashes": "\\",
    "entities": "&amp;", "broken entities": "&a", "number entities": "&#x1F600;", "autolinks": "<http://a.b>", "open autolinks": "<http://a", "addresses": "a@b.c ", "web": "http://a.b ",
    "www": "www.a.b ", "parentheses in web": "http://a.b/(", "elements": "<b>a</b>", "open elements": "<a", "attributes": '<a b="', "comments": "<!-- ", "cdata": "a <![CDATA[",
    "instructions": "<? ", "declarations": "<!A ", "html blocks": "<div>\n", "html and blank": "<div>\n\n", "headings": "# a\n", "headings that end": "# a #\n", "setext": "a\n=\n",
    "setext rules": "a\n-\n", "rules": "---\n", "stars for rules": "* * *\n", "quotes": "> a\n", "nested quotes": "> > > a\n", "lazy quotes": "> a\nb\n", "quotes of empty items": ">+\na\n",
    "quotes with fences": "> ```\na\n", "quotes and blanks": "> a\n\n", "bullets": "- a\n", "bullets apart": "- a\n\n", "empty bullets": "-\n", "deeper bullets": "- - a\n",
    "numbers": "1. a\n", "all numbers": "1) a\n2. b\n", "markers": "* a\n+ b\n- c\n", "lazy items": "- a\nb\n", "indented": "    a\n", "indented apart": "    a\n\n", "fences": "```\na\n```\n",
    "open fences": "```\n", "tildes": "~~~a\n", "tables": "a|b\n-|-\n", "rows": "|a|b|\n", "pipes": "|", "escaped pipes": "\\|", "delimiters": "|-", "blank lines": "\n",
    "lines of blanks": " \n", "breaks": "a  \n", "backslash breaks": "a\\\n", "tabs": "\t", "letters": "a", "words": "word ", "wide": "日本 ", "marks": "e\u0301", "nulls": "\x00",
    # Obsidian.
    "wikilinks": "[[a]]", "open wikilinks": "[[a", "open wikilinks with labels": "[[a|", "wikilinks with parts": "[[a#b|c]] ", "hash links": "[[#a]]", "nested wikilinks": "[[a [[b ",
    "embeds": "![[a]]", "open embeds": "![[", "embedded blocks": "![[a#^b]] ", "tags": "#a ", "nested tags": "#a/b", "joined tags": "#a#b", "hashes": "#", "highlights": "==a== ",
    "open highlights": "==a ", "equals": "=", "comments of Obsidian": "%%a%% ", "open comments": "%%a\n", "comments of lines": "%%\na\n%%\n", "percents": "%", "block ids": "a ^b\n\n",
    "block ids of lists": "- a ^b\n", "carets": "^", "ids alone": "^a\n", "footnotes": "[^a] ", "inline footnotes": "^[a] ", "open footnotes": "^[", "notes": "[^a]: b\n", "notes apart": "a[^1]\n\n[^1]: b\n\n",
    "footnotes in footnotes": "^[a ^[b] ", "maths": "$a$ ", "open maths": "$a ", "dollars": "$", "money": "$5 and ", "displays": "$$a$$\n", "open displays": "$$\na\n", "displays in quotes": "> $$\na\n",
    "callouts": "> [!note] a\n> b\n\n", "one callout": "> [!note] a\n", "callouts that fold": "> [!tip]- a\n> > [!x]+ b\n\n", "open callouts": "> [!", "tasks": "- [ ] a\n", "odd tasks": "- [?] [x]\n",
    "links in lists": "- [[a]]\n    - [[b]]\n", "mermaid": "```mermaid\na\n```\n", "commands": "$\\frac{a}{b}$ ", "nested commands": "$$\\frac{", "highlights in links": "[[a|==b]] ",
    # What is known.
    "fields": "key:: value\n", "inline fields": "(key:: value) ", "open fields": "(key:: ", "keys": "a b:: ", "lead-ins": "Word: [[a]], ", "key and value": "| Founded | 2019 |\n",
}  # fmt: skip
"""By name: what the text consists of, over and over."""

HEAD = "| Name | Value |\n| --- | --- |\n"
RELATED = "## Related\n\n"

FRAMED = {
    "front matter": ("---\n", "key: value\n", "---\n"), "list in front matter": ("---\ntags:\n", "  - a\n", "---\n"), "flow in front matter": ("---\na: [", "b, ", "]\n---\n"),
    "quotes in front matter": ('---\na: "', "b\\n", '"\n---\n'), "links in front matter": ("---\nup:\n", "  - '[[a]]'\n", "---\n"), "open front matter": ("---\n", "a: 1\n", ""),
    "brackets in front matter": ("---\na: ", "[", "\n---\n"), "comments in front matter": ("---\n", "# a\n", "---\n"), "errors in front matter": ("---\n", "a: b: c\n", "---\n"),
    "table": (HEAD, "| [[a]] | $5M |\n", ""), "cells": (HEAD, "| a ", "|\n"), "long cell": (HEAD + "| ", "word ", "| b |\n"), "links in a cell": (HEAD + "| ", "[[a]], ", "| b |\n"),
    "digits in a cell": (HEAD + "| x | ", "9", " |\n"), "groups of digits": (HEAD + "| x | $", "1,234", " usd |\n"), "dates in a cell": (HEAD + "| x | ", "Jan 2024 ", "|\n"),
    "dated rows": ("| Date | Event |\n| - | - |\n", "| Q3 2025 | raised $5M from [[b]] |\n", ""), "ranges": (HEAD + "| x | ", "1-2–", " % |\n"), "months": (HEAD + "| x | ", "early mid-", "2024 |\n"),
    "wide table": ("", "|a", "\n" + "|-" * 50 + "\n"), "investors": ("| Investor | Amount |\n| - | - |\n", "| [[a]], [[b]] and [[c]] | $5M |\n", ""),
    "related lines": (RELATED, "- [[a]] — former co-founder of [[b]] ($5M, 2021)\n", ""), "long annotation": (RELATED + "- [[a]] — ", "founder of the ", "\n"),
    "dashes": (RELATED + "- [[a]] ", "— ", "\n"), "blanks before the dash": (RELATED + "- [[a]]", " ", "— x\n"), "parentheses": (RELATED + "- [[a]] — ", "(", "x\n"),
    "links that lead": (RELATED + "- ", "[[a]], ", "— founders\n"), "digits of an annotation": (RELATED + "- [[a]] — ", "9", " usd %\n"), "signs of an annotation": (RELATED + "- [[a]] — ", "~", " usd %\n"),
    "about": (RELATED + "- [[a]] — ", "about ", "usd %\n"), "commas": (RELATED + "- [[a]] — ", ",1", " usd %\n"), "acquired by": (RELATED + "- [[a]] — ", "acquired by ", "\n"),
    "former": (RELATED + "- [[a]] — ", "former ", "ceo\n"), "words and blanks": (RELATED + "- [[a]] — acquired", " ", "by\n"), "marks of an annotation": (RELATED + "- [[a]] — ", "*a* `b` ", "\n"),
    "years": (RELATED + "- [[a]] — ", "2021, ", "\n"), "labels": (RELATED + "- [[a]] — ", "a; b / c → ", "\n"), "names": (RELATED + "- [[a]] — founder of ", "Name ", "\n"),
    "long key": ("", "k", ":: value\n"), "long sentence with links": ("", "word [[a]] ", "\n"), "sentences with links": ("", "A [[b]]. ", "\n"), "ends of sentences": ("[[a]] ", '."', " b\n"),
    "long label": ("[[a|", "b ", "]]\n"), "long path": ("[[", "../", "a]]\n"), "long subpath": ("[[a", "#b", "]]\n"), "long tag": ("#", "a/", "b\n"), "long id": ("a ^", "b-", "\n"), "long heading": ("# ", "a [[b]] ", "\n"),
    "long formula": ("$$\n", "x^2 + ", "\n$$\n"), "long code": ("```py\n", "x = [1]\n", "```\n"), "long language": ("```", "a", "\nb\n```\n"), "long comment": ("%%\n", "[[a]] #b\n", "%%\n"),
    "long callout": ("> [!note] ", "a ", "\n> b\n"), "inside of a callout": ("> [!note]\n", "> [[a]]\n", ""), "metadata of a callout": ("> [!note|", "a ", "] T\n"), "long definition": ("[a]: <", "b", ">\n\n[a]\n"),
    "long element": ("<p ", "a='b' ", ">x</p>\n"), "digits of a list": ("", "1", ". a\n"), "long fence": ("`", "`", "\na\n"), "indent": ("- a\n", " ", "- b\n"), "long link": ("[a](", "b", ")\n"),
    "percents of a link": ("[a](", "%41", ")\n"), "escapes of a link": ("[a](", "\\(", ")\n"), "fields in fields": ("", "(key:: a ", ")\n"), "links across a row": (HEAD, "| [[a]] ", "|\n"), "investors in a cell": ("| Investors | Amount |\n| - | - |\n| x, ", "[[a]], ", "| $5M |\n"), "open divs": ("", "<div>\n", "\n"),
    "long web": ("http://a.b/", "c?", "\n"), "image": ("![", "a|", "100](b.png)\n"),
}  # fmt: skip
"""By name: what stands before, what is repeated, and what stands after it."""


def stairs(size: int) -> str:
    return _until(size, lambda i: "  " * (i % 40) + "- [[a]]\n")


def deeper_quotes(size: int) -> str:
    return _until(size, lambda i: "> " * (i % 60) + "a\n")


def distinct_headings(size: int) -> str:
    return _until(size, lambda i: f"## Heading {i}\n\n[[#Heading {i // 2}]]\n\n")


def equal_headings(size: int) -> str:
    return _until(size, lambda _: "## Same\n\n[[#Same]]\n\n")


def distinct_links(size: int) -> str:
    return _until(size, lambda i: f"[[name {i}]] ")


def distinct_tags(size: int) -> str:
    return _until(size, lambda i: f"#t{i}/u ")


def distinct_blocks(size: int) -> str:
    return _until(size, lambda i: f"text [[#^b{i // 2}]] ^b{i}\n\n")


def distinct_footnotes(size: int) -> str:
    return _until(size, lambda i: f"a[^{i}]\n\n[^{i}]: note {i}\n\n")


def distinct_definitions(size: int) -> str:
    return _until(size, lambda i: f"[r{i}]: x\n\n[r{i}]\n\n")


def distinct_facts(size: int) -> str:
    return RELATED + _until(size, lambda i: f"- [[name {i}]] — customer {i}\n")


def distinct_rows(size: int) -> str:
    return HEAD + _until(size, lambda i: f"| [[name {i}]] | ${i}M |\n")


def distinct_dates(size: int) -> str:
    return "| Date | Event |\n| - | - |\n" + _until(
        size, lambda i: f"| {2000 + i % 30}-01-0{1 + i % 9} | [[name {i}]] did {i} |\n"
    )


def distinct_fields(size: int) -> str:
    return _until(size, lambda i: f"key{i}:: [[name {i}]]\n")


def distinct_keys(size: int) -> str:
    return "---\n" + _until(size, lambda i: f"key{i}: '[[name {i}]]'\n") + "---\n"


def longer_ticks(size: int) -> str:
    return _until(size, lambda i: "`" * (i % 200) + "a")


def wide_tables(size: int) -> str:
    n = size // 22
    return "| a " * n + "|\n" + "|-" * n + "|\n" + "| [[b]] $5M " * n + "|\n"


def tables_apart(size: int) -> str:
    return _until(size, lambda i: f"## H {i}\n\n{HEAD}| a | [[b {i}]] |\n\n")


MADE: dict[str, Callable[[int], str]] = {
    function.__name__.replace("_", " "): function
    for function in (
        stairs, deeper_quotes, distinct_headings, equal_headings, distinct_links, distinct_tags, distinct_blocks, distinct_footnotes, distinct_definitions,
        distinct_facts, distinct_rows, distinct_dates, distinct_fields, distinct_keys, longer_ticks, wide_tables, tables_apart,
    )
}  # fmt: skip
"""Those whose parts differ; all of them make many of something, so that what follows parsing has work as well."""


def _until(size: int, part: Callable[[int], str]) -> str:
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(part(len(parts)))
        length += len(parts[-1])
    return "".join(parts)


def text(name: str, size: int) -> str:
    """The pattern of a name, about *size* characters long."""
    if name in MADE:
        return MADE[name](size)
    before, part, after = FRAMED[name] if name in FRAMED else ("", REPEATED[name], "")
    return before + part * (size // len(part) + 1) + after


NAMES = (*REPEATED, *FRAMED, *MADE)
