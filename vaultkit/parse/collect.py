"""Block tokens into a draft: one walk that yields the body and every fact in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from markdown_it.token import Token

from vaultkit.bodies import Anchor, Body, Box
from vaultkit.model import Block, Callout, Heading, ListItem, Math, Section
from vaultkit.parse.annotate import annotate
from vaultkit.parse.code import write_code
from vaultkit.parse.draft import Draft, checkbox, drop_empty_paragraphs, escape, mute_date, one_line
from vaultkit.parse.facts_table import FactsTable
from vaultkit.parse.footnotes import write_footnotes
from vaultkit.parse.inline import index_comment_block, write_inline
from vaultkit.parse.items import write_items
from vaultkit.parse.mathml import formula
from vaultkit.parse.places import Places, anchors
from vaultkit.parse.sanitize import assemble
from vaultkit.parse.slugs import Slugs
from vaultkit.parse.syntax.block_id import without_id
from vaultkit.parse.syntax.tag import TAG_BODY
from vaultkit.parse.tables import write_table

_SECTION_TYPES = {
    "heading_open": "heading",
    "plain_heading": "heading",
    "paragraph_open": "paragraph",
    "plain_paragraph": "paragraph",
    "bullet_list_open": "list",
    "plain_list": "list",
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
    box: Box | None
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
        self.places = Places(draft)
        self.shown = 0
        """How many top-level blocks a reader sees so far."""
        self.shown_headings = 0
        self.lead_parts = 0
        self.facts = FactsTable()
        self.lead = ""
        self.tokens: list[Token] = []
        self.at = 0
        self.in_footnote = False
        self.box: tuple[int, str] | None = None
        """The part that is a task's checkbox, with the task's status, until the task's text is known."""

    # -- the whole ----------------------------------------------------------

    def document(self, tokens: list[Token]) -> Collected:
        draft = self.draft
        self.walk(tokens)
        end = len(draft.parts)
        write_footnotes(self)
        headings, blocks = self.places.ranges(end)
        boxed = () if draft.needs_cleaning else self.facts.parts
        cuts = [self.lead_parts, *boxed, *(cut for pair in (*headings, *blocks) for cut in pair)]
        body, segment_of = assemble(draft.parts, cuts, draft.mark, has_html=draft.needs_cleaning)
        lead_end = segment_of[self.lead_parts]
        box = self.facts.box(segment_of) if boxed else None
        return Collected(body, lead_end, box, anchors(headings, segment_of), anchors(blocks, segment_of), self.lead)

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
        self.draft.sections.append(Section(kind, self.line(token), token.map[1] + self.draft.offset))

    def line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + 1 + self.draft.offset

    def done(self, start: int, *, shown: bool = True) -> None:
        """A block that began at part *start* is complete."""
        self.places.previous[-1] = (start, len(self.draft.parts))
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
        draft = self.draft
        last_line = line + content.count("\n")
        if not self.stack and self.shown == self.shown_headings:
            content, line = self._without_tag_line(content, line)
            if not content:
                return
        content, block = (content, "") if draft.plain else without_id(content)
        start = len(draft.parts)
        draft.begin_passage()
        if not hidden:
            draft.parts.append("<p>")
        draft.in_paragraph = not hidden
        write_inline(draft, content, line)
        draft.in_paragraph = False
        if not hidden:
            draft.parts.append("</p>\n")
            drop_empty_paragraphs(draft, start)
        text = draft.end_passage(draft.places[-1], line)
        if draft.places[-1] == "list":
            annotate(draft, text)
            self._name_checkbox(text)
        if not self.stack and text.strip() and not self.lead:
            self.lead = one_line(text)[:400]
            if self.shown == 0 and not draft.plain:
                self.lead_parts = len(draft.parts)
        self.done(start)
        if block:
            self._name(block, last_line, item=self.at > 1 and self.tokens[self.at - 2].type == "list_item_open")

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
            self.places.heading(start, at_top=not self.stack)
            return
        mark = draft.mark
        mute_date(draft)
        draft.parts[start] = f'<h{level} id="{mark}{slug}">'
        draft.parts.append(
            f'<a class="{mark}anchor" href="{mark}#{escape(slug)}" aria-hidden="{mark}true" tabindex="{mark}-1"></a></h{level}>\n'
        )
        self.done(start)
        self.shown_headings += not self.stack
        self.places.heading(start, at_top=not self.stack)

    # -- blocks with ids -------------------------------------------------------

    def block_id(self, token: Token) -> None:
        """A `^id` line names the block before it; after an item's own text, the item (H-9, H-10)."""
        first = self.tokens[self.at - 4] if self.at > 3 else token
        after_text = self.tokens[self.at - 1].type == "paragraph_close" and first.type == "list_item_open"
        self._name(token.content, self.line(token), item=after_text)

    def _name(self, written: str, line: int, *, item: bool) -> None:
        draft = self.draft
        if draft.syntax.reading == "strict" and any(place in ("quote", "callout") for place in draft.places):
            return  # Obsidian leads to no part of a quote (H-12).
        if not item:
            self.places.name_previous(written, line)
        elif (block := self.places.new_block(written, line)) is not None:
            self.stack[-1].ids.append(block)
            self.places.write_id(self.stack[-1].start, block)

    # -- lists ----------------------------------------------------------------

    def list_open(self, token: Token) -> None:
        start = token.attrs.get("start")
        opening = f'<{token.tag} start="{start}">\n' if start not in (None, 1) else f"<{token.tag}>\n"
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
        self.box = (len(draft.parts), status) if status is not None else None
        if status is not None:
            draft.parts.append(checkbox(status, f"[{status}]"))

    def _name_checkbox(self, text: str) -> None:
        """Call a task's box what the task says; one that says nothing keeps its sign."""
        if self.box is None:
            return
        at, status = self.box
        if name := one_line(text)[:200]:
            self.draft.parts[at] = checkbox(status, name)
        self.box = None

    def _item_text(self) -> str:
        for token in self.tokens[self.at + 1 : self.at + 3]:
            if token.type == "inline":
                return without_id(token.content.split("\n", 1)[0])[0].strip()
        return ""

    def plain_list(self, token: Token) -> None:
        self._open("list", "<ul>\n", "</ul>\n", token)
        write_items(self.draft, self.places, token.meta["items"], self.line(token))
        self.close(token)

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
        # A summary may hold no blocks.
        tag, inner = ("summary", "span") if token.meta["fold"] else ("div", "div")
        draft.parts.append(
            f'<{tag} class="{mark}callout-title"><{inner} class="{mark}callout-icon"></{inner}>'
            f'<{inner} class="{mark}callout-title-inner">'
        )
        index = len(draft.callouts)
        draft.begin_passage()
        default = kind.replace("-", " ")
        write_inline(draft, token.content or default[:1].upper() + default[1:], line)
        title = draft.end_passage("callout", line)
        foldable = f'<span class="{mark}callout-fold"></span>' if token.meta["fold"] else ""
        draft.parts.append(f"</{inner}>{foldable}</{tag}>\n")
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
        self.places.previous.append(None)
        draft.parts.append(opening)

    def footnote(self, tokens: list[Token]) -> None:
        """Walk the blocks of a footnote, which are no sections of the note."""
        self.stack.append(Open(len(self.draft.parts), "", []))
        self.places.previous.append(None)
        self.in_footnote = True
        self.walk(tokens)
        self.in_footnote = False
        self.places.previous.pop()
        self.stack.pop()

    def close(self, token: Token) -> None:
        draft = self.draft
        opened = self.stack.pop()
        self.places.previous.pop()
        draft.places.pop()
        draft.parts.append(opened.closing)
        for block in opened.ids:
            self.places.complete(block, opened.start)
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
        if not draft.plain and content.startswith("<!--") and content.find("-->") == len(content) - len("-->"):
            return
        draft.write_html(token.content, self.line(token))
        self.done(len(draft.parts) - 1)

    def comment_block(self, token: Token) -> None:
        index_comment_block(self.draft, token.content, self.line(token))

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
        is_key_value = write_table(self.draft, token.meta["table"], self.line(token), end_line)
        if is_key_value and not self.stack and not self.draft.plain:
            before, after = self.tokens[self.at - 1], self.tokens[self.at + 1 : self.at + 2]
            is_alone = before.type in _HEADINGS and (not after or after[0].type in _HEADINGS or after[0].type == "hr")
            heading = self.places.previous[-1] if self.at and is_alone else None
            self.facts.consider(self.draft, start, heading)
        self.done(start)

    def too_deep(self, token: Token) -> None:
        draft = self.draft
        draft.report("nesting-too-deep", self.line(token))
        draft.parts.append(f'<pre class="{draft.mark}plain">{escape(token.content)}</pre>\n')
        self.done(len(draft.parts) - 1)


_HEADINGS = ("heading_open", "heading_close", "plain_heading")

_HANDLERS: dict[str, Callable[[Collector, Token], None]] = {
    "inline": Collector.inline,
    "plain_heading": lambda collector, token: collector.heading(token, token),
    "plain_paragraph": lambda collector, token: collector.paragraph(
        token.content, collector.line(token), hidden=token.hidden
    ),
    "bullet_list_open": Collector.list_open,
    "plain_list": Collector.plain_list,
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
