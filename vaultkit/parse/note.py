"""A file's bytes into a Document: decoding, front matter, Markdown, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from itertools import chain
from posixpath import basename, splitext

import msgspec
from markdown_it.token import Token

from vaultkit.bodies import Body, Slot
from vaultkit.config import Syntax
from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.model import CanvasNode, Document, Ref, Section, Source, Structure, VaultPath
from vaultkit.parse.attachment import read_attachment
from vaultkit.parse.canvas import read_canvas
from vaultkit.parse.code import write_code
from vaultkit.parse.collect import Collected, Collector
from vaultkit.parse.draft import Draft, escape
from vaultkit.parse.linktext import default_label
from vaultkit.parse.markdown import parser, plain_parser
from vaultkit.parse.properties import FrontMatter, read_front_matter
from vaultkit.parse.sanitize import assemble
from vaultkit.parse.text import Decoded, decode
from vaultkit.search.terms import own_terms
from vaultkit.words import fold

PLAIN_SHOWN = 100_000
"""How much of a note that isn't parsed is shown as plain text, in characters."""

_RAW_HTML = re.compile(r"<[A-Za-z/!?]")


def parse(source: Source, syntax: Syntax) -> Document:
    """What the file says, read alone; never raises for what stands in it."""
    if source.kind == "attachment":
        return read_attachment(source, stem(source.path))
    if source.data is None:
        # It changed or went away since the scan: the next one says what is there now.
        return Document(source.path, source.kind, source.digest, title=stem(source.path), disk_path=source.disk_path)
    document, structure = _read(source, source.data, syntax)
    return msgspec.structs.replace(document, terms=own_terms(document, structure))


def _read(source: Source, data: bytes, syntax: Syntax) -> tuple[Document, Structure]:
    """The document, and its structure as it was before it was packed."""
    if source.kind != "note":
        decoded = decode(data)
        read = _canvas if source.kind == "canvas" else _base
        return read(source, decoded, syntax)
    if source.size > syntax.note_bytes or len(data) > syntax.note_bytes:
        return _too_large(source, syntax), Structure()
    return _note(source, decode(data), syntax)


def parsed(syntax: Syntax) -> Callable[[VaultPath, Source], Document]:
    """The formula of the table of documents as they were read."""
    return lambda _, source: parse(source, syntax)


def plain_text(source: Source, *problems: Diagnostic) -> Document:
    """A note that couldn't be parsed: its text as it stands, cut where it is long.

    Not even its front matter was read, so its privacy is decided by its words.
    """
    text = decode((source.data or b"")[: PLAIN_SHOWN * 4]).text[:PLAIN_SHOWN]
    document = Document(
        source.path, source.kind, source.digest, title=stem(source.path), front_matter_raw=text,
        body=_as_text(text), problems=problems, disk_path=source.disk_path, size=source.size,
    )  # fmt: skip
    return msgspec.structs.replace(document, terms=own_terms(document, Structure()))


def _too_large(source: Source, syntax: Syntax) -> Document:
    """A note over the limit: its front matter is read, its text is shown as it stands."""
    decoded = decode(source.data or b"")
    front = read_front_matter(source.path, decoded.text, syntax, had_bom=decoded.had_bom)
    found = problem("note-too-large", source.path, message=f"The note has {source.size:,} bytes.")
    return Document(
        source.path, "note", source.digest, title=_title(source.path, front), aliases=front.aliases, tags=front.tags,
        properties=front.properties, has_front_matter=front.has_front_matter, front_matter_raw=front.raw,
        refs=front.refs, body=_as_text(front.body[:PLAIN_SHOWN]), problems=(*front.problems, found),
        disk_path=source.disk_path, size=source.size,
    )  # fmt: skip


def _as_text(text: str) -> Body:
    return (f'<pre class="plain">{escape(text)}</pre>\n',)


def commonmark(text: str) -> str:
    """CommonMark as HTML by the same parser and the same walk, Obsidian's extensions off."""
    draft = Draft("", text.split("\n"), Syntax(html="trusted"), plain_parser(), "", plain=True)
    tokens: list[Token] = []
    draft.md.block.parse(text, draft.md, draft.env, tokens)
    Collector(draft, "").walk(tokens)
    return "".join(part for part in draft.parts if isinstance(part, str))


def stem(path: VaultPath) -> str:
    """What a note is called: its file name without `.md`; other files keep their extension."""
    name = basename(path)
    base, extension = splitext(name)
    return base if extension.lower() == ".md" else name


# ---------------------------------------------------------------------------
# Notes
# ---------------------------------------------------------------------------


def _note(source: Source, decoded: Decoded, syntax: Syntax) -> tuple[Document, Structure]:
    front = read_front_matter(source.path, decoded.text, syntax, had_bom=decoded.had_bom)
    title = _title(source.path, front)
    draft = _draft(source.path, front.body, syntax)
    draft.offset = draft.body_line = front.body_line
    draft.refs += front.refs
    if front.has_front_matter:
        draft.sections.append(Section("yaml", 1, max(1, front.body_line)))
    collected = _collect(draft, front.body, title)
    structure = _structure(draft, tuple(draft.sections))
    document = Document(
        path=source.path,
        kind="note",
        digest=source.digest,
        title=title,
        aliases=front.aliases,
        tags=(*front.tags, *draft.tags),
        properties=front.properties,
        has_front_matter=front.has_front_matter,
        front_matter_raw=front.raw,
        problems=(*_text_problems(source.path, decoded), *front.problems, *draft.problems),
        disk_path=source.disk_path,
        size=source.size,
        **_facts(draft, collected, structure),  # type: ignore[arg-type]
    )
    return document, structure


def _title(path: VaultPath, front: FrontMatter) -> str:
    for entry in front.properties:
        if fold(entry.name) == "title" and isinstance(entry.value, str) and entry.value.strip():
            return entry.value.strip()
    return stem(path)


def _draft(path: str, body: str, syntax: Syntax) -> Draft:
    # The mark is a digest of the text: the text can't contain it.
    raw_html = syntax.html == "safe" and _RAW_HTML.search(body) is not None
    mark = f"vk{blake2b(body.encode(), digest_size=8).hexdigest()}-" if raw_html else ""
    return Draft(path, body.split("\n"), syntax, parser(syntax), mark, plain=False)


def _collect(draft: Draft, body: str, title: str) -> Collected:
    tokens: list[Token] = []
    draft.md.block.parse(body, draft.md, draft.env, tokens)
    return Collector(draft, title).document(tokens)


def _facts(draft: Draft, collected: Collected, structure: Structure) -> dict[str, object]:
    return {
        "headings": tuple(draft.headings),
        "blocks": tuple(draft.blocks),
        "refs": tuple(ref for ref in draft.refs if ref is not None),
        "footnotes": tuple(draft.footnotes),
        "packed": msgspec.msgpack.encode(structure),
        "body": collected.body,
        "lead_end": collected.lead_end,
        "box": collected.box,
        "heading_anchors": collected.heading_anchors,
        "block_anchors": collected.block_anchors,
        "lead": collected.lead,
        "words": sum(passage.text.count(" ") + passage.text.count("\n") + 1 for passage in draft.passages),
    }


def _structure(draft: Draft, sections: tuple[Section, ...]) -> Structure:
    return Structure(
        tuple(draft.passages),
        tuple(draft.tables),
        tuple(draft.items),
        tuple(draft.callouts),
        tuple(draft.maths),
        sections,
    )


def _text_problems(path: str, decoded: Decoded) -> tuple[Diagnostic, ...]:
    problems = []
    if decoded.bad_byte is not None:
        problems.append(problem("invalid-utf8", path, *decoded.bad_byte))
    if decoded.control is not None:
        problems.append(problem("control-characters", path, *decoded.control))
    return tuple(problems)


# ---------------------------------------------------------------------------
# Canvases and bases
# ---------------------------------------------------------------------------


def _canvas(source: Source, decoded: Decoded, syntax: Syntax) -> tuple[Document, Structure]:
    """A canvas is read for its links, and card by card: its page draws them, an embed lists them (N-6, N-9)."""
    canvas, problems = read_canvas(source.path, decoded.text)
    draft = _draft(source.path, "\n".join(node.text or "" for node in canvas.nodes), syntax)
    collector = Collector(draft, "")
    nodes = tuple(msgspec.structs.replace(node, body=_card(draft, collector, node)) for node in canvas.nodes)
    collected = Collected(tuple(chain.from_iterable(map(_listed, nodes))), 0, None, (), (), "")
    structure = _structure(draft, ())
    facts = _facts(draft, collected, structure) | {"blocks": ()}
    document = Document(
        source.path, "canvas", source.digest, title=stem(source.path)[: -len(".canvas")],
        tags=tuple(draft.tags), canvas=msgspec.structs.replace(canvas, nodes=nodes), problems=problems,
        disk_path=source.disk_path, size=source.size,
        **facts,  # type: ignore[arg-type]
    )  # fmt: skip
    return document, structure


def _card(draft: Draft, collector: Collector, node: CanvasNode) -> Body:
    """What a card says, as HTML that is whole by itself: one card's open tags are no business of the next."""
    draft.parts, draft.has_html = [], False
    collector.places.previous = [None]
    if node.type == "file" and node.file:
        label = default_label(node.file, node.subpath or "")
        _leave_hole(draft, Ref("card", node.file, node.subpath or "", label, 0, 0, key=node.id))
    elif node.type == "text" and node.text:
        tokens: list[Token] = []
        draft.md.block.parse(node.text, draft.md, draft.env, tokens)
        collector.walk(tokens)
    elif node.type == "group" and node.background:
        _leave_hole(draft, Ref("card", node.background, "", node.background, 0, 0, key=node.id))
    body, _ = assemble(draft.parts, (), draft.mark, has_html=draft.needs_cleaning)
    return body


def _leave_hole(draft: Draft, ref: Ref) -> None:
    draft.parts.append(Slot(len(draft.refs)))
    draft.refs.append(ref)


def _listed(node: CanvasNode) -> Body:
    """A card where a canvas is no picture but a list."""
    said = node.body if node.type != "group" else ()
    if node.type == "link" and node.url:
        said = (f"<p>{escape(node.url)}</p>",)
    elif node.label:
        said = (f"<p><strong>{escape(node.label)}</strong></p>",)
    return (f'<div class="canvas-card" data-type="{escape(node.type)}">', *said, "</div>\n")


def _base(source: Source, decoded: Decoded, syntax: Syntax) -> tuple[Document, Structure]:
    """A base is shown as its source until it can be evaluated."""
    draft = _draft(source.path, "", syntax)
    write_code(draft, decoded.text[:PLAIN_SHOWN], "yaml")
    body, _ = assemble(draft.parts, (), "", has_html=False)
    document = Document(
        source.path, "base", source.digest, title=stem(source.path)[: -len(".base")], body=body,
        disk_path=source.disk_path, size=source.size,
    )  # fmt: skip
    return document, Structure()
