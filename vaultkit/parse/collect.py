"""Block tokens into a draft: one walk that yields the body and every fact in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from markdown_it.token import Token
from msgspec.structs import replace

from vaultkit.model import Anchor, Block, Body, Callout, Heading, ListItem, Math, Section, Tag
from vaultkit.parse.code import write_code
from vaultkit.parse.draft import Draft, escape, one_line
from vaultkit.parse.inline import write_inline
from vaultkit.parse.mathml import formula
from vaultkit.parse.sanitize import assemble
from vaultkit.parse.slugs import Slugs
from vaultkit.parse.syntax.block_id import AT_END
from vaultkit.parse.syntax.tag import TAG_BODY, tags_in_comment
from vaultkit.parse.tables import write_table

_SECTION_TYPES = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "blockquote",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "comment_block": "comment",
    "table": "table",
    "hr": "thematicBreak",
    "footnote_definition": "footnoteDefinition",
    "math_block": "math",
    "too_deep": "paragraph",
}
"""Types of top-level blocks as Obsidian names them (M-2)."""

_ONLY_TAGS = re.compile(rf"\s*(?:#{TAG_BODY}\s*)+")
_TRAILING_DATE = re.compile(r"(.*\S)\s*\(([^()<>]*\b(?:19|20)\d\d\b[^()<>]*)\)\Z", re.DOTALL)
_DASH = re.compile(r"\s*(?:—|--|–|-|:|(?=\())\s*(\S.*)\Z", re.DOTALL)
_BETWEEN_LINKS = re.compile(r"\s*(?:,|/|&|and|\+|·|→)\s*")


class Open(NamedTuple):
    """A container whose end hasn't come yet."""

    start: int
    """Index of the part that opens it."""
    closing: str
    ids: list[Block]
    """Block ids that name it as a whole."""
    callout: bool = False
    line: int = 0


class Collected(NamedTuple):
    body: Body
    lead_end: int
    heading_anchors: tuple[Anchor, ...]
    block_anchors: tuple[Anchor, ...]
    lead: str


class Collector:
    """Walks block tokens. Every method named after a token type handles it."""

    def __init__(self, draft: Draft, title: str) -> None:
        self.draft = draft
        self.title = title
        """A first heading that says the same as the title isn't shown twice."""
        self.slugs = Slugs()
        self.stack: list[Open] = []
        self.previous: list[tuple[int, int] | None] = [None]
        """Per level, the parts of the last complete block: what a `^id` line names."""
        self.heading_parts: list[tuple[int, int, bool]] = []
        """Start and end of each heading, and whether it stands at the top level."""
        self.block_parts: dict[str, tuple[int, int]] = {}
        self.shown = 0
        """How many top-level blocks a reader sees so far."""
        self.shown_headings = 0
        self.lead_parts = 0
        self.lead = ""
        self.tokens: list[Token] = []
        self.at = 0
        self.in_footnote = False
        self.block_ids: set[str] = set()

    # -- the whole ----------------------------------------------------------

    def document(self, tokens: list[Token]) -> Collected:
        draft = self.draft
        self.walk(tokens)
        end = len(draft.parts)
        self.footnotes()
        headings = [self._section(index, end) for index in range(len(self.heading_parts))]
        blocks = [self.block_parts[block.id] for block in draft.blocks]
        cuts = [cut for pair in (*headings, *blocks) for cut in pair] + ([self.lead_parts] if self.lead_parts else [])
        body, places = assemble(draft.parts, cuts, draft.mark, has_html=draft.has_html)
        return Collected(
            body,
            places[self.lead_parts] if self.lead_parts else 0,
            tuple(Anchor(places[start], places[stop]) for start, stop in headings),
            tuple(Anchor(places[start], places[stop]) for start, stop in blocks),
            self.lead,
        )

    def walk(self, tokens: list[Token]) -> None:
        outer = self.tokens, self.at
        self.tokens = tokens
        for index, token in enumerate(tokens):
            self.at = index
            if token.level == 0 and token.type in _SECTION_TYPES:
                self._open_section(token)
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
        self.tokens, self.at = outer

    def _open_section(self, token: Token) -> None:
        if token.map is None or self.in_footnote:
            return
        kind = "callout" if "callout" in token.meta else _SECTION_TYPES[token.type]
        self.draft.sections.append(
            Section(kind, self.line(token), token.map[1] + self.draft.offset)
        )

    def _section(self, index: int, end: int) -> tuple[int, int]:
        """The parts from a heading to the next of the same or a higher level (H-6)."""
        start, stop, top = self.heading_parts[index]
        if not top:
            return start, stop
        level = self.draft.headings[index].level
        for later in range(index + 1, len(self.heading_parts)):
            if self.heading_parts[later][2] and self.draft.headings[later].level <= level:
                return start, self.heading_parts[later][0]
        return start, end

    def line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + 1 + self.draft.offset

    def done(self, start: int, *, shown: bool = True) -> None:
        """A block that began at part *start* is complete."""
        self.previous[-1] = (start, len(self.draft.parts))
        if shown and not self.stack:
            self.shown += 1

    # -- paragraphs and headings ---------------------------------------------

    def inline(self, token: Token) -> None:
        parent = self.tokens[self.at - 1]
        if parent.type == "heading_open":
            self.heading(parent, token)
        else:
            self.paragraph(token.content, self.line(token), hidden=parent.hidden)

    def paragraph(self, content: str, line: int, *, hidden: bool) -> None:
        draft, block = self.draft, None
        last_line = line + content.count("\n")
        if not self.stack and self.shown == self.shown_headings:
            content, line = self._without_tag_line(content, line)
            if not content:
                return
        if "^" in content and not draft.plain and (match := AT_END.search(content)):
            content, block = content[: match.start()], match[1]
        start = len(draft.parts)
        draft.begin_passage()
        if not hidden:
            draft.parts.append("<p>")
        draft.in_paragraph = not hidden
        write_inline(draft, content, line)
        draft.in_paragraph = False
        if not hidden:
            draft.parts.append("</p>\n")
            _drop_empty_paragraphs(draft, start)
        text = draft.end_passage(draft.places[-1], line)
        if draft.places[-1] == "list":
            annotate(draft, text)
        if not self.stack and text.strip() and not self.lead:
            self.lead = one_line(text)[:400]
            if self.shown == 0 and not draft.plain:
                self.lead_parts = len(draft.parts)
        self.done(start)
        if block is not None:
            self.name_block(block, last_line)

    def _without_tag_line(self, content: str, line: int) -> tuple[str, int]:
        """Lines of tags at the top say nothing that the page's head doesn't: read, not shown (X-8)."""
        draft = self.draft
        if draft.syntax.reading != "forgiving" or draft.plain or not content.startswith("#"):
            return content, line
        while content and _ONLY_TAGS.fullmatch(content.partition("\n")[0]):
            tag_line, _, content = content.partition("\n")
            shown = len(draft.parts)
            draft.begin_passage()
            write_inline(draft, tag_line, line)
            draft.end_passage("paragraph", line)
            del draft.parts[shown:]
            line += 1
        return content, line

    def heading(self, opening: Token, token: Token) -> None:
        draft = self.draft
        level, line = int(opening.tag[1]), self.line(opening)
        start = len(draft.parts)
        draft.begin_passage()
        if draft.plain:
            draft.parts.append(f"<h{level}>")
            write_inline(draft, token.content, line)
            draft.parts.append(f"</h{level}>\n")
            self.done(start)
            return
        draft.parts.append("")
        write_inline(draft, token.content, line)
        text = one_line("".join(draft.text))
        doubled = level == 1 and not self.stack and self.shown == 0 and text.casefold() == self.title.casefold()
        slug = "" if doubled else self.slugs.new(text)
        draft.headings.append(Heading(level, text, token.content.strip(), slug, line))
        draft.end_passage("heading", line)
        if doubled:
            del draft.parts[start:]
            self.heading_parts.append((start, start, not self.stack))
            return
        mark = draft.mark
        _mute_date(draft)
        draft.parts[start] = f'<h{level} id="{mark}{slug}">'
        draft.parts.append(
            f'<a class="{mark}anchor" href="{mark}#{escape(slug)}" aria-hidden="{mark}true" tabindex="{mark}-1"></a></h{level}>\n'
        )
        self.done(start)
        self.shown_headings += not self.stack
        self.heading_parts.append((start, len(draft.parts), not self.stack))

    # -- blocks with ids -------------------------------------------------------

    def block_id(self, token: Token) -> None:
        """A `^id` line names the block before it; after an item's own text, the item (H-9, H-10)."""
        line = self.line(token)
        if self.previous[-1] is None:
            self.draft.report("duplicate-block-id", line, message=f"^{token.content} stands after no block.")
            return
        if self.stack and self.stack[-1].closing == "</li>\n" and self._only_paragraph():
            self._name_item(token.content, line)
        else:
            self.name_block(token.content, line, alone=True)

    def _only_paragraph(self) -> bool:
        previous = self.tokens[self.at - 1]
        return previous.type == "paragraph_close" and self.at >= 4 and self.tokens[self.at - 4].type == "list_item_open"

    def name_block(self, written: str, line: int, *, alone: bool = False) -> None:
        """Give the last block an id; at the end of a list item's text it names the item."""
        if not alone and self.stack and self.stack[-1].closing == "</li>\n":
            opening = self.tokens[self.at - 2]
            if opening.type == "list_item_open":
                self._name_item(written, line)
                return
        where = self.previous[-1]
        if where is not None and self._new_block(written, line):
            self.block_parts[written.lower()] = where
            self._write_id(where[0], written.lower())

    def _name_item(self, written: str, line: int) -> None:
        if self._new_block(written, line):
            item = self.stack[-1]
            item.ids.append(self.draft.blocks[-1])
            self._write_id(item.start, written.lower())

    def _new_block(self, written: str, line: int) -> bool:
        draft, id_ = self.draft, written.lower()
        if id_ in self.block_ids:
            draft.report("duplicate-block-id", line, message=f"The block id ^{written} stands twice in the note.")
            return False
        self.block_ids.add(id_)
        draft.blocks.append(Block(id_, written, line))
        return True

    def _write_id(self, part: int, id_: str) -> None:
        parts = self.draft.parts
        if part >= len(parts):
            return
        opening = parts[part]
        if isinstance(opening, str) and opening.startswith("<") and " id=" not in opening.partition(">")[0]:
            parts[part] = opening.replace(">", f' id="{self.draft.mark}^{id_}">', 1)
        elif isinstance(opening, str):
            parts[part] = f'<span id="{self.draft.mark}^{id_}"></span>{opening}'

    # -- lists ----------------------------------------------------------------

    def list_open(self, token: Token) -> None:
        start = token.attrs.get("start")
        opening = f"<{token.tag} start=\"{start}\">\n" if start not in (None, 1) else f"<{token.tag}>\n"
        self._open("list", opening, f"</{token.tag}>\n", token)

    def list_item_open(self, token: Token) -> None:
        draft, mark = self.draft, self.draft.mark
        status = token.meta.get("status")
        items = [level for level in self.stack if level.closing == "</li>\n"]
        parent = items[-1].line if items else -self.stack[-1].line
        # The item's own text isn't known yet; its first paragraph is the next token but one.
        text = self._item_text()
        draft.items.append(ListItem(text, self.line(token), parent, status))
        if status is None:
            opening = "<li>"
        else:
            checked = "" if status == " " else f" {mark}is-checked"
            value = "" if status == " " else escape(status)
            opening = f'<li class="{mark}task-list-item{checked}" data-task="{mark}{value}">'
        self._open("list", opening, "</li>\n", token)
        if status is not None:
            on = "" if status == " " else f' checked="{mark}"'
            draft.parts.append(
                f'<input type="{mark}checkbox" class="{mark}task-list-item-checkbox" disabled="{mark}"{on}> '
            )

    def _item_text(self) -> str:
        for token in self.tokens[self.at + 1 : self.at + 3]:
            if token.type == "inline":
                return AT_END.sub("", token.content.split("\n", 1)[0]).strip()
        return ""

    # -- quotes and callouts ----------------------------------------------------

    def blockquote_open(self, token: Token) -> None:
        callout = token.meta.get("callout")
        if callout is None:
            self._open("quote", "<blockquote>\n", "</blockquote>\n", token)
            return
        mark, fold = self.draft.mark, callout["fold"]
        attributes = f'data-callout="{mark}{escape(callout["type"])}" data-callout-fold="{mark}{fold}"'
        if callout["metadata"]:
            attributes += f' data-callout-metadata="{mark}{escape(callout["metadata"])}"'
        if fold:
            state = f" {mark}is-collapsed" if fold == "-" else ""
            is_open = "" if fold == "-" else f' open="{mark}"'
            opening = f'<details class="{mark}callout {mark}is-collapsible{state}" {attributes}{is_open}>'
            self._open("callout", opening, "</details>\n", token, callout=True)
        else:
            self._open("callout", f'<div class="{mark}callout" {attributes}>', "</div>\n", token, callout=True)

    def callout_title(self, token: Token) -> None:
        draft, mark = self.draft, self.draft.mark
        kind, line = token.meta["type"], self.line(token)
        depth = sum(1 for level in self.stack if level.callout)
        tag = "summary" if token.meta["fold"] else "div"
        draft.parts.append(
            f'<{tag} class="{mark}callout-title"><span class="{mark}callout-icon"></span><span class="{mark}callout-title-inner">'
        )
        index = len(draft.callouts)
        draft.begin_passage()
        default = kind.replace("-", " ")
        write_inline(draft, token.content or default[:1].upper() + default[1:], line)
        title = draft.end_passage("callout", line)
        draft.parts.append(f"</span></{tag}>\n")
        draft.callouts.insert(index, Callout(kind, title, token.meta["fold"], depth, line, token.meta["metadata"]))
        if self.tokens[self.at + 1].type != "blockquote_close":
            draft.parts.append(f'<div class="{mark}callout-content">\n')
            opened = self.stack.pop()
            self.stack.append(opened._replace(closing="</div>\n" + opened.closing))

    # -- containers ---------------------------------------------------------------

    def _open(self, place: str, opening: str, closing: str, token: Token, *, callout: bool = False) -> None:
        draft = self.draft
        draft.places.append(place)  # type: ignore[arg-type]
        self.stack.append(Open(len(draft.parts), closing, [], callout, self.line(token)))
        self.previous.append(None)
        draft.parts.append(opening)

    def close(self, token: Token) -> None:
        draft = self.draft
        opened = self.stack.pop()
        self.previous.pop()
        draft.places.pop()
        draft.parts.append(opened.closing)
        for block in opened.ids:
            self.block_parts[block.id] = (opened.start, len(draft.parts))
        self.done(opened.start)

    # -- leaves ---------------------------------------------------------------------

    def fence(self, token: Token) -> None:
        start = len(self.draft.parts)
        write_code(self.draft, token.content, token.info.strip())
        self.done(start)

    def code_block(self, token: Token) -> None:
        start = len(self.draft.parts)
        write_code(self.draft, token.content, "")
        self.done(start)

    def hr(self, token: Token) -> None:
        self.draft.parts.append("<hr>\n")
        self.done(len(self.draft.parts) - 1, shown=False)

    def html_block(self, token: Token) -> None:
        draft = self.draft
        content = token.content.strip()
        if not draft.plain and content.startswith("<!--") and content.endswith("-->"):
            return
        draft.parts.append(token.content)
        draft.has_html = True
        self.done(len(draft.parts) - 1)

    def comment_block(self, token: Token) -> None:
        line = self.line(token)
        for name, at in tags_in_comment(token.content):
            self.draft.tags.append(Tag(name, line + token.content.count("\n", 0, at), 1, in_comment=True))

    def math_block(self, token: Token) -> None:
        draft, mark = self.draft, self.draft.mark
        start = len(draft.parts)
        draft.maths.append(Math(token.content, True, self.line(token)))
        draft.parts += [
            f'<div class="{mark}math {mark}math-block">', formula(token.content, display=True), "</div>\n"
        ]  # fmt: skip
        self.done(start)

    def table(self, token: Token) -> None:
        start = len(self.draft.parts)
        end_line = (token.map[1] if token.map else 0) + self.draft.offset
        write_table(self.draft, token.meta["table"], self.line(token), end_line)
        self.done(start)

    def too_deep(self, token: Token) -> None:
        draft = self.draft
        draft.report("nesting-too-deep", self.line(token))
        draft.parts.append(f'<pre class="{draft.mark}plain">{escape(token.content)}</pre>\n')
        self.done(len(draft.parts) - 1)

    # -- footnotes --------------------------------------------------------------------

    def footnotes(self) -> None:
        """The notes that were referred to, in order of their first reference (M-41); others are read, not shown."""
        draft, mark = self.draft, self.draft.mark
        definitions: dict[str, Token] = draft.env.get("footnotes", {})
        if not definitions and not draft.anonymous:
            return
        draft.places.append("footnote")
        if draft.footnotes:
            draft.parts.append(f'<section class="{mark}footnotes"><ol>\n')
            for name in _growing(draft.footnotes):
                number = draft.footnotes[name]
                draft.parts.append(f'<li id="{mark}fn-{number}">')
                self._footnote(name, definitions)
                draft.parts.append(f' <a class="{mark}footnote-back" href="{mark}#fnref-{number}">↩</a></li>\n')
            draft.parts.append("</ol></section>\n")
        shown = len(draft.parts)
        for name in definitions:
            if name not in draft.footnotes:
                self._footnote(name, definitions)
        del draft.parts[shown:]
        draft.places.pop()

    def _footnote(self, name: str, definitions: dict[str, Token]) -> None:
        draft = self.draft
        if name in draft.anonymous:
            text, line = draft.anonymous[name]
            draft.begin_passage()
            write_inline(draft, text, line)
            draft.end_passage("footnote", line)
            return
        token = definitions[name]
        tokens: list[Token] = []
        draft.md.block.parse(token.content, draft.md, draft.env, tokens)
        draft.offset = (token.map[0] if token.map else 0) + draft.body_line
        self.in_footnote = True
        self.stack.append(Open(len(draft.parts), "", []))
        self.previous.append(None)
        # A note of one paragraph stands in its item without one.
        if len(tokens) == 3 and tokens[0].type == "paragraph_open":  # noqa: PLR2004
            tokens[0].hidden = True
        self.walk(tokens)
        self.stack.pop()
        self.previous.pop()
        self.in_footnote = False
        draft.offset = draft.body_line


def annotate(draft: Draft, text: str) -> None:
    """Keep what a list line says of the links that begin it: `[[A]], [[B]] — peers`."""
    index = len(draft.passages) - 1
    last = first = len(draft.refs)
    while first and (ref := draft.refs[first - 1]) is not None and ref.passage == index:
        first -= 1
    leading, at = 0, 0
    for ref in draft.refs[first:last]:
        between = text[at : ref.start] if ref is not None else ""
        if ref is None or (between.strip() and not (leading and _BETWEEN_LINKS.fullmatch(between))):
            break
        leading, at = leading + 1, ref.end
    match = _DASH.match(text, at) if leading else None
    if match is None:
        return
    words = one_line(match[1])
    for number in range(first, first + leading):
        ref = draft.refs[number]
        if ref is not None:
            draft.refs[number] = replace(ref, annotation=words)


def _growing(numbers: dict[str, int]) -> Iterator[str]:
    """The keys of a dict that may grow meanwhile, in order."""
    seen = 0
    while seen < len(numbers):
        names = list(numbers)[seen:]
        seen += len(names)
        yield from names


def _mute_date(draft: Draft) -> None:
    """A date in parentheses at the end of a heading is set small: "Scrutiny (Jan 2026)"."""
    last = draft.parts[-1]
    if draft.syntax.reading == "forgiving" and isinstance(last, str) and last.endswith(")"):
        match = _TRAILING_DATE.match(last)
        if match:
            draft.parts[-1] = f'{match[1]} <small class="{draft.mark}heading-date">{match[2]}</small>'


def _drop_empty_paragraphs(draft: Draft, start: int) -> None:
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


_HANDLERS: dict[str, Callable[[Collector, Token], None]] = {
    "inline": Collector.inline,
    "bullet_list_open": Collector.list_open,
    "ordered_list_open": Collector.list_open,
    "list_item_open": Collector.list_item_open,
    "blockquote_open": Collector.blockquote_open,
    "callout_title": Collector.callout_title,
    "bullet_list_close": Collector.close,
    "ordered_list_close": Collector.close,
    "list_item_close": Collector.close,
    "blockquote_close": Collector.close,
    "fence": Collector.fence,
    "code_block": Collector.code_block,
    "hr": Collector.hr,
    "html_block": Collector.html_block,
    "comment_block": Collector.comment_block,
    "math_block": Collector.math_block,
    "table": Collector.table,
    "too_deep": Collector.too_deep,
    "block_id": Collector.block_id,
}
