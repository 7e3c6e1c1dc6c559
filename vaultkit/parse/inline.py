"""Inline Markdown into a draft: HTML with holes, plain text, refs and tags, in one walk over the tokens."""

from __future__ import annotations

import re

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from vaultkit.bodies import CLOSE, OPEN, TAG, WHOLE, Slot
from vaultkit.model import Math, Ref, RefKind, Tag
from vaultkit.parse.draft import Draft, escape
from vaultkit.parse.linktext import LinkText, default_label, is_external, split_destination, split_size
from vaultkit.parse.markdown import MARKED
from vaultkit.parse.mathml import formula
from vaultkit.parse.simple import TAGS, Piece, pieces_of
from vaultkit.parse.syntax.tag import tags_in_comment

_PLAYED = re.compile(r"https?://(?:www\.|m\.)?(?:youtube\.com/watch|youtu\.be/|twitter\.com/|x\.com/)", re.IGNORECASE)
"""What Obsidian shows in a frame (E-7)."""

SAFE_SCHEMES = ("http:", "https:", "mailto:", "tel:")
"""The only schemes that become an `href`."""

MEDIA = ".avif .bmp .gif .jpeg .jpg .png .svg .webp .flac .m4a .mp3 .ogg .wav .webm .3gp .mkv .mov .mp4 .ogv".split()

_SIMPLE_TAGS = {
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "s_open": "<del>",
    "s_close": "</del>",
    "mark_open": "<mark>",
    "mark_close": "</mark>",
}


def write_inline(draft: Draft, content: str, line: int) -> None:
    """Write inline Markdown that begins on *line* of the file."""
    if MARKED.search(content) is None:
        draft.parts.append(escape(content))
        draft.say(content)
        return
    pieces = None if draft.plain else pieces_of(content, money=draft.syntax.reading == "forgiving")
    if pieces is not None:
        _write_pieces(draft, pieces, line)
    else:
        write_parsed(draft, content, line)


def write_parsed(draft: Draft, content: str, line: int) -> None:
    """The same by the parser, whatever stands in it."""
    tokens: list[Token] = []
    draft.md.inline.parse(content, draft.md, draft.env, tokens)
    _Walk(draft, line).tokens(tokens)


def _write_pieces(draft: Draft, pieces: list[Piece], line: int) -> None:
    write, say = draft.parts.append, draft.say
    for piece in pieces:
        if not isinstance(piece, str):
            _write_wikilink(draft, *piece, line)
        elif piece in TAGS:
            write(piece)
        else:
            write(escape(piece))
            say(piece)


def _write_wikilink(draft: Draft, link: LinkText, written: str, line: int) -> None:
    """A hole for a link, and its ref; *written* is what stands between its brackets."""
    index, start = len(draft.refs), draft.length
    rich = link.labelled and MARKED.search(link.label) is not None
    column = draft.column(line, "[[" + written.partition("|")[0])
    label = link.label
    draft.refs.append(None)
    if rich:
        draft.parts.append(Slot(index, OPEN))
        write_label(draft, label, line)
        draft.parts.append(Slot(index, CLOSE))
        label = "".join(draft.text)[start:]
    else:
        draft.parts.append(Slot(index, WHOLE))
        draft.say(label)
    draft.refs[index] = Ref(
        "wikilink", link.path, link.subpath, label, line, column,
        link.labelled, len(draft.passages), start, draft.length,
    )  # fmt: skip


def write_label(draft: Draft, label: str, line: int) -> None:
    """Write a link's label: inline Markdown in which nothing is a link (L-10)."""
    if MARKED.search(label) is None:
        draft.parts.append(escape(label))
        draft.say(label)
        return
    tokens: list[Token] = []
    draft.md.inline.parse(label, draft.md, draft.env, tokens)
    _Walk(draft, line, linked=True).tokens(tokens)


def index_comment(draft: Draft, content: str, line: int) -> None:
    """Keep the links and tags of a comment within a line: it hides them, but they count (M-17)."""
    if MARKED.search(content) is None:
        return
    tokens: list[Token] = []
    draft.md.inline.parse(content, draft.md, draft.env, tokens)
    for inner in tokens:
        if inner.type in ("wikilink", "embed"):
            link: LinkText = inner.meta["link"]
            kind: RefKind = "embed" if inner.type == "embed" else "wikilink"
            draft.refs.append(
                Ref(kind, link.path, link.subpath, link.label, line, 1, labelled=link.labelled, in_comment=True)
            )
        elif inner.type in ("link_open", "image"):
            destination = str(inner.attrs.get("href") or inner.attrs.get("src") or "")
            if destination.strip() and not is_external(destination):
                path, subpath = split_destination(destination)
                label = default_label(path, subpath)
                hidden: RefKind = "image" if inner.type == "image" else "markdown"
                draft.refs.append(Ref(hidden, path, subpath, label, line, 1, in_comment=True))
    draft.tags += [Tag(name, line, 1, in_comment=True) for name, _ in tags_in_comment(content)]


def index_comment_block(draft: Draft, content: str, line: int) -> None:
    """Keep the tags of a comment that is a block; its links count only where it is one line."""
    if "\n" not in content:
        index_comment(draft, content, line)
        return
    before = 0
    for name, at in tags_in_comment(content):
        line += content.count("\n", before, at)
        before = at
        draft.tags.append(Tag(name, line, 1, in_comment=True))


class _Walk:
    """One walk over inline tokens; `linked` while inside a link, where no other may open."""

    def __init__(self, draft: Draft, line: int, *, linked: bool = False) -> None:
        self.draft = draft
        self.line = line
        """Of the token being written: a break ends a line."""
        self.linked = self.is_label = linked
        self.closing: list[str | tuple[int, Ref]] = []
        """How the open Markdown links end: by HTML, or by the hole of a ref whose label isn't known yet."""

    def tokens(self, tokens: list[Token]) -> None:
        draft = self.draft
        write, say = draft.parts.append, draft.say
        for token in tokens:
            kind = token.type
            if kind in ("text", "text_special"):
                if token.content:
                    write(escape(token.content))
                    say(token.content)
            elif kind in _SIMPLE_TAGS:
                write(_SIMPLE_TAGS[kind])
            else:
                getattr(self, kind)(token)

    # Every method below is named after the token it writes. -----------------

    def softbreak(self, token: Token) -> None:
        draft = self.draft
        draft.parts.append("\n" if draft.plain or draft.syntax.strict_line_breaks else "<br>\n")
        draft.say("\n")
        self.line += 1

    def hardbreak(self, token: Token) -> None:
        self.draft.parts.append("<br>\n")
        self.draft.say("\n")
        self.line += 1

    def code_inline(self, token: Token) -> None:
        self.draft.parts.append(f"<code>{escape(token.content)}</code>")
        self.draft.say(token.content)

    def html_inline(self, token: Token) -> None:
        if token.content.startswith("<!--") and not self.draft.plain:
            return
        if token.content.lower() in ("<br>", "<br/>", "<br />"):
            self.draft.parts.append("<br>\n")
            self.draft.say(" ")
            return
        self.draft.write_html(token.content, self.line)

    def math(self, token: Token) -> None:
        draft = self.draft
        display = bool(token.meta["display"])
        draft.maths.append(Math(token.content, display, self.line))
        kind = "block" if display else "inline"
        draft.parts += [
            f'<span class="{draft.mark}math {draft.mark}math-{kind}">',
            formula(token.content, display),
            "</span>",
        ]
        draft.say(token.content)

    def comment(self, token: Token) -> None:
        line = self.line
        self.line += token.content.count("\n")
        index_comment(self.draft, token.content, line)

    def tag(self, token: Token) -> None:
        draft = self.draft
        name = token.content
        line = self.line
        if self.is_label:  # A wikilink is one thing: its label holds no tag.
            draft.parts.append(escape("#" + name))
            draft.say("#" + name)
            return
        if not self.linked:
            draft.parts.append(Slot(len(draft.tags), TAG))
        else:
            draft.parts.append(escape("#" + name))
        draft.say("#" + name)
        draft.tags.append(Tag(name, line, draft.column(line, "#" + name)))
        if "//" in name or name.startswith("/") or name.endswith("/"):
            draft.report("odd-tag", line, draft.tags[-1].column, f"The tag #{name} has an empty level.")

    def footnote_reference(self, token: Token) -> None:
        self._footnote(token.content)

    def footnote_inline(self, token: Token) -> None:
        draft = self.draft
        name = f"^{len(draft.anonymous) + 1}"
        draft.anonymous[name] = (token.content, self.line)
        self._footnote(name)

    def _footnote(self, name: str) -> None:
        draft, mark = self.draft, self.draft.mark
        first = name not in draft.footnotes
        number = draft.footnotes.setdefault(name, len(draft.footnotes) + 1)
        id_ = f' id="{mark}fnref-{number}"' if first else ""
        draft.parts.append(f'<sup class="{mark}footnote-ref"{id_}><a href="{mark}#fn-{number}">{number}</a></sup>')

    def wikilink(self, token: Token) -> None:
        draft = self.draft
        link: LinkText = token.meta["link"]
        if self.linked:
            draft.parts.append(escape(link.label))
            draft.say(link.label)
            return
        _write_wikilink(draft, link, token.content, self.line)

    def embed(self, token: Token) -> None:
        draft = self.draft
        link: LinkText = token.meta["link"]
        line = self.line
        label, width, height = split_size(link.label) if link.labelled else (link.label, 0, 0)
        is_media = link.path.lower().endswith(tuple(MEDIA))
        start = draft.length
        # The name of what is embedded isn't text: it isn't shown where the file is private, so nobody may quote it.
        if not is_media and link.labelled:
            draft.say(label)
        slot = Slot(len(draft.refs), WHOLE)
        # A note is a block: it can't stand inside a paragraph.
        if draft.in_paragraph and not is_media and not self.linked:
            draft.parts += ["</p>\n", slot, "\n<p>"]
        else:
            draft.parts.append(slot)
        draft.refs.append(
            Ref(
                "embed", link.path, link.subpath, label, line, draft.column(line, "![[" + token.content.partition("|")[0]),
                link.labelled and bool(label), len(draft.passages), start, draft.length, width=width, height=height,
            )
        )  # fmt: skip

    def link_open(self, token: Token) -> None:
        draft = self.draft
        href = str(token.attrs.get("href", ""))
        if draft.plain:
            title = token.attrs.get("title")
            title_html = f' title="{escape(str(title))}"' if title else ""
            draft.parts.append(f'<a href="{escape(normalizeLink(href))}"{title_html}>')
            self.closing.append("</a>")
        elif self.linked or not href.strip():
            self.closing.append("")
        elif is_external(href):
            self._external(href)
        else:
            path, subpath = split_destination(href)
            ref = Ref(
                "markdown", path, subpath, "", self.line, draft.column(self.line, href),
                True, len(draft.passages), draft.length,
            )  # fmt: skip
            self.closing.append((len(draft.refs), ref))
            draft.parts.append(Slot(len(draft.refs), OPEN))
            draft.refs.append(None)
            self.linked = True

    def _external(self, href: str) -> None:
        draft = self.draft
        url = normalizeLink(href)
        if not url.lower().startswith(SAFE_SCHEMES):
            draft.parts.append(f'<span class="{draft.mark}external-link">')
            self.closing.append("</span>")
            return
        draft.parts.append(
            f'<a class="{draft.mark}external-link" href="{escape(url)}" rel="noopener noreferrer nofollow">'
        )
        self.closing.append("</a>")

    def link_close(self, token: Token) -> None:
        draft = self.draft
        closing = self.closing.pop() if self.closing else ""
        if isinstance(closing, str):
            draft.parts.append(closing)
            return
        index, ref = closing
        label = "".join(draft.text)[ref.start :]
        draft.refs[index] = Ref(
            "markdown", ref.path, ref.subpath, label or default_label(ref.path, ref.subpath), ref.line, ref.column,
            bool(label), ref.passage, ref.start, draft.length,
        )  # fmt: skip
        draft.parts.append(Slot(index, CLOSE))
        self.linked = False

    def image(self, token: Token) -> None:
        draft = self.draft
        src = str(token.attrs.get("src", ""))
        if draft.plain:
            title = token.attrs.get("title")
            title_html = f' title="{escape(str(title))}"' if title else ""
            alt = _plain(token.children or [])
            draft.parts.append(f'<img src="{escape(normalizeLink(src))}" alt="{escape(alt)}"{title_html}>')
            return
        alt, width, height = split_size(_plain(token.children or []))
        if not src.strip():
            draft.parts.append(escape(alt))
            draft.say(alt)
        elif is_external(src):
            self._remote_image(src, alt, width, height)
        else:
            path, subpath = split_destination(src)
            draft.parts.append(Slot(len(draft.refs), WHOLE))
            draft.refs.append(
                Ref(
                    "image", path, subpath, alt or default_label(path, subpath), self.line, draft.column(self.line, src),
                    bool(alt), len(draft.passages), draft.length, draft.length, width=width, height=height,
                )
            )  # fmt: skip

    def _remote_image(self, src: str, alt: str, width: int, height: int) -> None:
        """A site asks no other server for anything: a remote picture is a link to it, unless it may load."""
        draft, mark = self.draft, self.draft.mark
        url = normalizeLink(src)
        size = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
        text = escape(alt or url)
        if not url.lower().startswith(("http:", "https:")):
            draft.parts.append(f'<span class="{mark}external-link">{text}</span>')
        elif _PLAYED.match(url):
            self._played(src, text)
        elif draft.syntax.remote_images == "load":
            draft.parts.append(f'<img src="{mark}{escape(url)}" alt="{text}"{size} loading="lazy">')
        elif self.linked:
            draft.parts.append(f'<img class="{mark}remote-image" alt="{text}"{size}>')
        else:
            draft.parts.append(
                f'<a class="{mark}external-link {mark}remote-image" href="{escape(url)}" rel="noopener noreferrer nofollow">'
                f'<img alt="{text}"{size}></a>'
            )
        draft.say(alt)

    def _played(self, src: str, text: str) -> None:
        """A film or post: a link in place of its frame."""
        if self.linked:
            self.draft.parts.append(text)
            return
        self._external(src)
        self.draft.parts.append(f"{text}</a>")
        self.closing.pop()


_DESCRIBES = ("text", "text_special", "code_inline", "html_inline", "math")


def _plain(tokens: list[Token]) -> str:
    """The text of an image's description."""
    text = ""
    for token in tokens:
        if token.type in _DESCRIBES:
            text += token.content
        elif token.type == "wikilink" or (token.type == "embed" and token.meta["link"].labelled):
            text += token.meta["link"].label
        elif token.type == "tag":
            text += f"#{token.content}"
        elif token.type == "image":
            text += _plain(token.children or [])
        elif token.type in ("softbreak", "hardbreak"):
            text += "\n"
    return text
