"""Assembles the Markdown parser from the syntax rules, and makes it fast.

markdown-it tries every rule at every character; here a rule is tried only where
its first character stands, which gives the same tokens for a fraction of the
work (`tests/test_markdown.py` compares the two).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock, blockquote
from markdown_it.rules_inline import StateInline

from vaultkit.config import Syntax
from vaultkit.parse.syntax import (
    autolink,
    block_id,
    callout,
    comment,
    footnote,
    highlight,
    math,
    table,
    tag,
    task,
    wikilink,
)

MAX_NESTING = 100
"""Levels of quotes and lists; Python's own limit is about three times that."""

_FIRST_CHARS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "wikilink": "[!",
    "footnote_reference": "[",
    "footnote_inline": "^",
    "tag": "#",
    "math": "$",
    "comment": "%",
    "highlight": "=",
    "bare_url": ":",
}
"""The characters each inline rule can begin at."""

_BLOCK_FIRST_CHARS = {
    "callout_title": "[",
    "task_box": "[",
    "block_id": "^",
    "comment_block": "%",
    "math_block": "$",
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "footnote_definition": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
"""The characters each block rule can begin at; a rule that isn't named can begin anywhere."""

MARKED = re.compile(r"[\\`*_\[\]<&#$\n^~]|%%|==|://")
"""Whether inline text needs parsing at all: what no rule can begin at is text."""


@cache
def parser(syntax: Syntax) -> MarkdownIt:
    """The parser for a vault's syntax settings."""
    return _tuned(assembled(syntax))


def assembled(syntax: Syntax) -> MarkdownIt:
    """The parser before it is made fast."""
    forgiving = syntax.reading == "forgiving"
    md = _bare(html=syntax.html != "off")
    table.add(md, atomic_links=forgiving)
    callout.add(md)
    task.add(md)
    block_id.add(md)
    footnote.add(md)
    comment.add(md)
    math.add(md, money=forgiving)
    wikilink.add(md)
    tag.add(md)
    highlight.add(md)
    autolink.add(md)
    return md


@cache
def plain_parser() -> MarkdownIt:
    """CommonMark with none of Obsidian's extensions."""
    md = _bare(html=True)
    md.disable(["table", "strikethrough"])
    return _tuned(md)


def _bare(*, html: bool) -> MarkdownIt:
    md = MarkdownIt("zero", {"html": html, "maxNesting": MAX_NESTING, "linkify": False, "typographer": False})
    md.enable("table code fence blockquote hr list reference html_block heading lheading".split())
    md.enable("newline escape backticks strikethrough emphasis link image autolink html_inline entity".split())
    md.enable("balance_pairs fragments_join".split())
    # Destinations stay as written: `collect` decides what is a note, and the
    # one allow-list of schemes is applied where a URL becomes HTML.
    md.normalizeLink = _as_written  # type: ignore[method-assign]
    md.validateLink = _any_link  # type: ignore[method-assign]
    md.block.ruler.before("table", "too_deep", _too_deep)
    return md


def _as_written(url: str) -> str:
    return url


def _any_link(url: str) -> bool:
    return True


def _too_deep(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Shows as text what is nested deeper than the limit; markdown-it would drop it without a word."""
    if silent or state.level < MAX_NESTING - 4:
        return False
    token = state.push("too_deep", "", 0)
    token.content = state.getLines(start_line, end_line, state.blkIndent, False)
    token.map = [start_line, end_line]
    state.line = end_line
    return True


# ---------------------------------------------------------------------------
# Speed
# ---------------------------------------------------------------------------


def _tuned(md: MarkdownIt) -> MarkdownIt:
    inline = _InlineByFirstChar()
    inline.ruler, inline.ruler2 = md.inline.ruler, md.inline.ruler2
    inline.index()
    md.inline = inline
    md.block.ruler.at("blockquote", _frugal(blockquote), {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block = _BlockByFirstChar()
    block.index(md.block.ruler)
    md.block = block
    return md


BlockRule = Callable[[StateBlock, int, int, bool], bool]

_END, _IN_VAIN = "last block's end", "lines in vain"
"""What block parsing notes of itself in the environment of a text."""

VAIN, NEXT = 8, 64
"""For each line of a text, how many lines quotes may look through in vain; and how many each may look ahead after that."""


def _frugal(quote: BlockRule) -> BlockRule:
    """The rule for quotes, in proportion to the text.

    It looks for a quote's end among lines that only a paragraph could take in,
    and finds too late that there is none, so that each of many quotes may go
    through all lines after it. Texts in which that adds up are no one's notes:
    there a quote ends after some lines at the latest.
    """

    def rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        in_vain = state.env.get(_IN_VAIN, 0)
        if in_vain > VAIN * len(state.bMarks):
            end_line = min(end_line, start_line + NEXT)
        is_quote = quote(state, start_line, end_line, silent)
        if is_quote and not silent:
            state.env[_IN_VAIN] = in_vain + state.env[_END] - state.line
        return is_quote

    return rule


class _Dispatch:
    """Block rules by the first character of a line, in the order of the ruler."""

    def __init__(self, rules: Sequence[tuple[str, BlockRule]]) -> None:
        self.anywhere = [rule for name, rule in rules if name not in _BLOCK_FIRST_CHARS]
        chars = {char for name, _ in rules for char in _BLOCK_FIRST_CHARS.get(name, "")}
        self.by_char = {
            char: [rule for name, rule in rules if char in _BLOCK_FIRST_CHARS.get(name, char)] for char in chars
        }

    def __call__(self, state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
        """Whether one of the rules applies, as one rule that stands for all."""
        begin = state.bMarks[line] + state.tShift[line]
        char = state.src[begin : begin + 1]
        for rule in self.by_char.get(char, self.anywhere):  # noqa: SIM110  (a generator costs as much as a rule)
            if rule(state, line, end_line, silent):
                return True
        return False


class _Chains(Ruler[BlockRule]):
    """Answers for each chain of rules that can end a block with one rule that tries only those that may."""

    def __init__(self, stock: Ruler[BlockRule]) -> None:
        super().__init__()
        self.__rules__ = stock.__rules__
        self._chains: dict[str, list[BlockRule]] = {}
        for chain in ("", "paragraph", "reference", "blockquote", "list", "table"):
            rules = [
                (rule.name, rule.fn) for rule in stock.__rules__ if rule.enabled and (not chain or chain in rule.alt)
            ]
            self._chains[chain] = [_Dispatch(rules)] if chain else [function for _, function in rules]

    def getRules(self, chainName: str = "") -> list[BlockRule]:  # noqa: N802, N803  (markdown-it's names)
        return self._chains[chainName]


class _BlockByFirstChar(ParserBlock):
    """Tries at each line only the rules that can begin with its first character."""

    def index(self, stock: Ruler[BlockRule]) -> None:
        self.ruler = _Chains(stock)
        active = [(rule.name, rule.fn) for rule in stock.__rules__ if rule.enabled]
        self._too_deep = dict(active)["too_deep"]
        self._dispatch = _Dispatch([(name, function) for name, function in active if name != "too_deep"])

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        by_char, anywhere = self._dispatch.by_char, self._dispatch.anywhere
        src, starts, shifts = state.src, state.bMarks, state.tShift
        line, has_empty_lines = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            # An outdented line ends a nested block.
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= MAX_NESTING - 4 and self._too_deep(state, line, endLine, False):
                break
            at = starts[line] + shifts[line]
            char = src[at : at + 1]
            rules = by_char.get(char, anywhere)
            if (rules is anywhere or _begins_text(src, at)) and _is_alone(state, line):
                _push_paragraph(state, line)
            elif char in "#-" and (match := _one_line(state, line)):
                _push_line(state, line, match)
            elif char in _BULLETS and (after := self._after_plain_list(state, line, endLine)):
                _push_list(state, line, after)
            else:
                for rule in rules:
                    if rule(state, line, endLine, False):
                        break
            state.tight = not has_empty_lines
            line = state.line
            # A paragraph may have taken an empty line after it.
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line
        state.env[_END] = endLine

    def _after_plain_list(self, state: StateBlock, line: int, end_line: int) -> int:
        """The line after a list at the top whose items are a line of text each, one after the other; else 0.

        What follows it after empty lines must be no part of it.
        """
        src, starts, by_char, anywhere = state.src, state.bMarks, self._dispatch.by_char, self._dispatch.anywhere
        marker, after = src[starts[line]], line
        if state.level or marker not in _BULLETS:
            return 0
        while after < end_line and not state.isEmpty(after):
            text = starts[after] + 2
            char = src[text : text + 1]
            if src[starts[after] : text] != f"{marker} " or text >= state.eMarks[after] or char in _NO_TEXT:
                return 0
            if by_char.get(char, anywhere) is not anywhere and not _begins_text(src, text):
                return 0
            after += 1
        then = state.skipEmptyLines(after)
        is_over = then >= end_line or (state.sCount[then] == 0 and not _is_item(src, starts[then], marker))
        return after if is_over else 0


_BULLETS = frozenset("-*+")
_NO_TEXT = frozenset(" \t|:")
"""What comes first in an item that may hold code, or be the line under a table's head."""

_TEXT = re.compile(
    r"\[\[|\[[^\[\]!^][^\[\]]+\]\(|\*{1,2}[^*\s]|_[^_\s]|\d+(?![\d.)])|\$(?!\$)|~(?!~)|`(?!`)|%(?!%)|#[^\s#]|\+\d"
)
_begins_text = _TEXT.match
"""Lines that begin with a link, bold text, a number or an amount, though their first character could begin a block."""


_ONE_LINE = re.compile(r"(?:(#{1,6})[ \t]+([^\s#](?:.*[^\s#])?)|---)[ \t]*\Z")
"""A heading as most are, and a thematic break as most are."""


def _one_line(state: StateBlock, line: int) -> re.Match[str] | None:
    """The heading or thematic break that stands on a line at the top, if it is surely one."""
    if state.level or state.sCount[line] >= 4:
        return None
    return _ONE_LINE.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])


def _is_item(src: str, at: int, marker: str) -> bool:
    """Whether what begins at *at* may be one more item: three hyphens are a rule."""
    return src[at] == marker and src[at + 1 : at + 2] in ("", " ", "\t", "\n")


def _is_alone(state: StateBlock, line: int) -> bool:
    """Whether a line of text is surely a paragraph by itself: nothing follows, or an item of the list that it is in."""
    if state.is_code_block(line):
        return False
    after = line + 1
    if after >= state.lineMax or state.isEmpty(after):
        return True
    indent = state.sCount[after]
    if not 0 <= indent < state.blkIndent or indent - state.listIndent >= 4:
        return False
    at, end = state.bMarks[after] + state.tShift[after], state.eMarks[after]
    return state.src[at] in "-*+" and (at + 1 >= end or state.src[at + 1] in " \t")


def _push_paragraph(state: StateBlock, line: int) -> None:
    """What the rules for underlined headings and paragraphs make of one line; the first leaves its mark on the state."""
    state.parentType = "paragraph"
    content = mdTrim(state.getLines(line, line + 1, state.blkIndent, False))
    state.line = line + 1
    if not state.level:
        token = state.push("plain_paragraph", "p", 0)
        token.content, token.map = content, [line, line + 1]
        return
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [line, line + 1], []
    state.push("paragraph_close", "p", -1)


def _push_line(state: StateBlock, line: int, match: re.Match[str]) -> None:
    """What the rules for headings and for thematic breaks make of a line."""
    token = state.push("plain_heading", f"h{len(match[1])}", 0) if match[1] else state.push("hr", "hr", 0)
    token.content, token.map = match[2] or "", [line, line + 1]
    state.line = line + 1


def _push_list(state: StateBlock, line: int, after: int) -> None:
    """One token for lines that are an item each, and the empty ones after them: the stock rule makes five of an item."""
    token = state.push("plain_list", "ul", 0)
    token.map = [line, state.skipEmptyLines(after)]
    token.markup = state.src[state.bMarks[line]]
    token.meta["items"] = [mdTrim(state.src[state.bMarks[at] + 2 : state.eMarks[at]]) for at in range(line, after)]
    state.line = token.map[1]


class _InlineByFirstChar(ParserInline):
    """Tries at each character only the rules that can begin there."""

    def index(self) -> None:
        names = self.ruler.get_active_rules()
        functions = self.ruler.getRules("")
        self._rules: dict[str, list] = {}  # type: ignore[type-arg]
        for name, function in zip(names, functions, strict=True):
            for char in _FIRST_CHARS.get(name, ""):
                self._rules.setdefault(char, []).append(function)
        chars = re.escape("".join(sorted(self._rules)))
        self._next = re.compile(f"[{chars}]").search
        # A closing bracket begins nothing, but labels are searched for it.
        self._next_or_bracket = re.compile(f"[{chars}\\]]").search
        self._rules2 = self.ruler2.getRules("")

    def tokenize(self, state: StateInline) -> None:
        src, end = state.src, state.posMax
        rules, search = self._rules, self._next
        max_nesting = state.md.options["maxNesting"]
        while state.pos < end:
            pos = state.pos
            found = search(src, pos, end)
            if found is None:
                state.append_pending(src[pos:end])
                state.pos = end
                break
            at = found.start()
            if at > pos:
                state.append_pending(src[pos:at])
                state.pos = at
            if state.level < max_nesting:
                for rule in rules[src[at]]:
                    if rule(state, False):
                        break
                else:
                    state.append_pending(src[at])
                    state.pos = at + 1
            else:
                state.append_pending(src[at])
                state.pos = at + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  (markdown-it's name)
        pos = state.pos
        if pos in state.cache:
            state.pos = state.cache[pos]
            return
        char = state.src[pos]
        ok = False
        if char not in self._rules and char != "]":
            found = self._next_or_bracket(state.src, pos, state.posMax)
            state.pos = found.start() if found else state.posMax
            ok = True
        elif state.level < state.md.options["maxNesting"]:
            for rule in self._rules.get(char, ()):
                state.level += 1
                ok = rule(state, True)
                state.level -= 1
                if ok:
                    break
        else:
            state.pos = state.posMax
        if not ok:
            state.pos += 1
        state.cache[pos] = state.pos
