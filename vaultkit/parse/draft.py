"""A document while it is being collected: the parts of its body and all that was found in it."""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt

from vaultkit.bodies import Slot
from vaultkit.config import Syntax
from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.model import Block, Callout, Heading, ListItem, Math, Passage, Place, Ref, Section, Table, Tag


class Trusted(str):
    """HTML that vaultkit made and the sanitizer must not touch: formulas and highlighted code."""

    __slots__ = ()


Part = str | Slot
"""A piece of the body: HTML, `Trusted` HTML, or a hole."""

_BLANKS = re.compile(r"\s+")
_TRAILING_DATE = re.compile(r"(.*\S)\s*\(([^()<>]*\b(?:19|20)\d\d\b[^()<>]*)\)\Z", re.DOTALL)


def escape(text: str) -> str:
    """Text as HTML, also within a quoted attribute."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text


def checkbox(status: str, name: str) -> Trusted:
    """The box of a task; *name* is what it is called out by."""
    on = "" if status == " " else " checked"
    label = f'aria-label="{escape(name)}"'
    return Trusted(f'<input type="checkbox" class="task-list-item-checkbox" {label} disabled{on}> ')


MAX_OPEN = 500
"""How deeply an author's HTML may be nested."""

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)")
_NEVER_DEEP = frozenset(
    "area base br col embed hr img input link meta param source track wbr "
    "p li dt dd td th tr thead tbody tfoot option rp rt".split()
)
"""Tags that hold nothing, and those that the next of their kind closes."""


class Draft:
    """What `collect` and `inline` write into.

    `mark` stands before every attribute value that vaultkit itself writes, in
    notes that hold raw HTML: the sanitizer keeps ids and classes only with it,
    and takes it off. It is a digest of the note, which the note can't contain.
    """

    def __init__(self, path: str, lines: list[str], syntax: Syntax, md: MarkdownIt, mark: str, *, plain: bool) -> None:
        self.path = path
        self.lines = lines
        """The body's lines, to find columns in."""
        self.syntax = syntax
        self.md = md
        self.mark = mark
        self.plain = plain
        """CommonMark only: no ids, no classes, no holes."""
        self.env: dict[str, Any] = {}
        self.offset = 0
        """Added to a token's 0-based line to give the line in the file."""
        self.body_line = 0
        self.parts: list[Part] = []
        self.has_html = False
        self.refs: list[Ref | None] = []
        self.tags: list[Tag] = []
        self.passages: list[Passage] = []
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []
        self.tables: list[Table] = []
        self.items: list[ListItem] = []
        self.callouts: list[Callout] = []
        self.maths: list[Math] = []
        self.sections: list[Section] = []
        self.problems: list[Diagnostic] = []
        self.footnotes: dict[str, int] = {}
        """Ids of the footnotes met so far, with their numbers; anonymous ones by `^n`."""
        self.anonymous: dict[str, tuple[str, int]] = {}
        """Text and line of footnotes written inline."""
        self.places: list[Place] = ["paragraph"]
        self.in_paragraph = False
        """Whether a `<p>` is open, which an embedded block must close."""
        self.text: list[str] = []
        """Pieces of the passage being written."""
        self.length = 0
        self._cursor = (0, 0)
        self._n_open = 0
        """How many tags of the author's stand open, about."""
        self._is_told = False

    @property
    def needs_cleaning(self) -> bool:
        """Whether the body holds HTML that the note's author wrote."""
        return self.has_html and self.syntax.html == "safe"

    def write_html(self, html: str, line: int) -> None:
        """Add HTML that the author wrote. Where it is cleaned, tags that are nested too deeply are shown as text.

        Whoever reads HTML asks at many a tag what stands open around it, so that
        without a limit some kilobytes of open tags would take minutes. HTML that
        is trusted isn't read by us, and `a<b` in its scripts is no tag.
        """
        is_cleaned = self.syntax.html == "safe"
        self.parts.append(_TAG.sub(self._nested, html) if is_cleaned and "<" in html else html)
        self.has_html = True
        if self._n_open > MAX_OPEN and not self._is_told:
            self._is_told = True
            self.report("nesting-too-deep", line)

    def _nested(self, tag: re.Match[str]) -> str:
        if tag[2].lower() in _NEVER_DEEP:
            return tag[0]
        self._n_open = max(0, self._n_open - 1) if tag[1] else self._n_open + 1
        return f"&lt;{tag[2]}" if not tag[1] and self._n_open > MAX_OPEN else tag[0]

    def say(self, text: str) -> None:
        """Add to the plain text of the passage."""
        if text:
            self.text.append(text)
            self.length += len(text)

    def begin_passage(self) -> None:
        self.text = []
        self.length = 0

    def end_passage(self, place: Place, line: int) -> str:
        """Close the passage and return its text; one that says nothing and holds no ref is not kept."""
        text = "".join(self.text)
        index = len(self.passages)
        if text.strip() or (self.refs and self.refs[-1] is not None and self.refs[-1].passage == index):
            self.passages.append(Passage(place, text, line, len(self.headings) - 1))
        return text

    def end_row(self, line: int) -> str:
        """Close a table row's passage, which is kept even if its cells are empty: rows stand side by side."""
        text = "".join(self.text)
        self.passages.append(Passage("table", text, line, len(self.headings) - 1))
        return text

    def column(self, line: int, written: str) -> int:
        """1-based column of *written* in a line of the file; repeated texts are found one after the other."""
        row = line - 1 - self.body_line
        if not 0 <= row < len(self.lines):
            return 1
        start = self._cursor[1] if self._cursor[0] == line else 0
        at = self.lines[row].find(written, start)
        if at < 0:
            return 1
        self._cursor = (line, at + len(written))
        return at + 1

    def report(self, name: str, line: int, column: int = 0, message: str = "", hint: str = "") -> None:
        self.problems.append(problem(name, self.path, line, column, message, hint))


def one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def mute_date(draft: Draft) -> None:
    """A date in parentheses at the end of a heading is set small: "Scrutiny (Jan 2026)"."""
    last = draft.parts[-1]
    if draft.syntax.reading == "forgiving" and isinstance(last, str) and last.endswith(")"):
        match = _TRAILING_DATE.match(last)
        if match:
            draft.parts[-1] = f'{match[1]} <small class="{draft.mark}heading-date">{match[2]}</small>'


def drop_empty_paragraphs(draft: Draft, start: int) -> None:
    """Remove the empty paragraphs that an embed at the edge of one leaves."""
    parts = draft.parts
    if "\n<p>" not in parts[start:]:
        return
    kept = parts[:start]
    for part in parts[start:]:
        if part == "</p>\n" and kept and kept[-1] in ("<p>", "\n<p>"):
            kept.pop()
        elif not (isinstance(part, str) and part.strip() in ("", "<br>") and kept and kept[-1] in ("<p>", "\n<p>")):
            kept.append(part)
    draft.parts[:] = kept
