"""All that was read from a note, as plain data whose keys are the fact names of the conformance suite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import msgspec

from vaultkit.diagnostics import Diagnostic
from vaultkit.model import Ambiguous, Canvas, Document, Found, Links, Passage, Ref, Table, Target, VaultPath
from vaultkit.parse.canvas import canvas_data, color_name, group_members
from vaultkit.parse.publish import publish_fields
from vaultkit.settings import Reading
from vaultkit.words import fold

_MARKUP = re.compile(r"<[^>]*>")


def inspect_document(
    document: Document, links: Links | None, problems: tuple[Diagnostic, ...],
    document_of: Callable[[VaultPath], Document | None], html: str, reading: Reading,
) -> dict[str, Any]:  # fmt: skip
    """Everything that is known of a document. What a rule number names is told as the rule tells it."""
    targets = links.targets if links is not None else ()
    refs = list(zip(document.refs, targets, strict=True))
    body_tags = [f"#{tag.name}" for tag in document.tags if not tag.in_property]
    own_tags = [f"#{tag.name}" for tag in document.tags if tag.in_property]
    links_in_body = [ref.written for ref, _ in refs if ref.kind in ("wikilink", "markdown")]
    property_links = [_property_link(ref, target) for ref, target in refs if ref.kind == "property"]
    resolved, unresolved = link_counts(refs)
    fields = publish_fields(document.properties, reading)
    structure = document.structure
    facts: dict[str, Any] = {
        "path": document.path,
        "kind": document.kind,
        "title": document.title,
        "has_front_matter": document.has_front_matter,
        "properties": {entry.name: entry.value for entry in document.properties},
        "inferred_types": {entry.name: inferred_type(entry.name, entry.value) for entry in document.properties},
        "aliases": list(document.aliases),
        "tags": own_tags if document.has_front_matter else body_tags,
        "all_tags": own_tags + body_tags,
        "frontmatter_tags": own_tags,
        "body_tags": body_tags,
        "cssclasses": list(fields.cssclasses),
        "publish": fields.publish,
        "permalink": fields.permalink,
        "description": fields.description,
        "image": fields.image,
        "headings": [[heading.level, heading.raw] for heading in document.headings],
        "outline": [
            {"level": heading.level, "text": heading.text, "id": heading.slug, "line": heading.line}
            for heading in document.headings
        ],
        "sections": [section.type for section in structure.sections],
        "block_ids": [block.original for block in document.blocks],
        "block_ids_lower": [block.id for block in document.blocks],
        "links": property_links if document.has_front_matter else links_in_body,
        "body_links": links_in_body,
        "property_links": property_links,
        "embeds": [ref.written for ref, _ in refs if ref.kind in ("embed", "image")],
        "displays": [ref.label for ref, _ in refs if ref.kind in ("wikilink", "markdown")],
        "refs": [_ref(ref, target, document, structure.passages, document_of) for ref, target in refs],
        "resolved_links": resolved,
        "unresolved_links": unresolved,
        "tables": [_table(table, structure.passages) for table in structure.tables],
        "tasks": [[item.status, item.text] for item in structure.items if item.status is not None],
        "list_items": len(structure.items),
        "items": [
            {"text": item.text, "line": item.line, "parent": item.parent, "status": item.status}
            for item in structure.items
        ],
        "callouts": [
            {
                "type": callout.type, "title": callout.title, "fold": callout.fold, "depth": callout.depth,
                "line": callout.line, "metadata": callout.metadata,
            }
            for callout in structure.callouts
        ],
        "footnotes": len(document.footnotes),
        "footnote_ids": [name for name in document.footnotes if not name.startswith("^")],
        "footnote_order": [name for name in document.footnotes if not name.startswith("^")],
        "math_inline": [math.tex for math in structure.maths if not math.display],
        "math_block": [math.tex for math in structure.maths if math.display],
        "text": visible_text(html),
        "words": document.words,
        "problems": [
            {
                "code": found.code, "name": found.name, "severity": found.severity, "line": found.line,
                "column": found.column, "message": found.message, "hint": found.hint,
            }
            for found in problems
        ],
    }  # fmt: skip
    return facts | _canvas(document.canvas) if document.canvas is not None else facts


def link_counts(refs: list[tuple[Ref, Target]]) -> tuple[dict[str, int], dict[str, int]]:
    """How often each file, and each name that no file has, is linked to (rules G-1, R-13)."""
    resolved: Counter[str] = Counter()
    unresolved: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for ref, target in refs:
        if isinstance(target, Found):
            resolved[target.path] += 1
        else:
            name = spelling.setdefault(fold(ref.path), ref.path)
            unresolved[name] += 1
    return dict(resolved), dict(unresolved)


def inferred_type(name: str, value: Any) -> str:
    """The type of a property that `types.json` doesn't name (rule V-10)."""
    known = {"tags": "tags", "aliases": "aliases", "cssclasses": "multitext"}
    if name in known:
        return known[name]
    if isinstance(value, bool):
        return "checkbox"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "multitext"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "date"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", value):
        return "datetime"
    return "text"


def visible_text(html: str) -> str:
    """What a reader sees of a body."""
    return unescape(_MARKUP.sub("", html)).strip()


def _ref(
    ref: Ref, target: Target, document: Document, passages: tuple[Passage, ...],
    document_of: Callable[[VaultPath], Document | None],
) -> dict[str, Any]:  # fmt: skip
    passage = passages[ref.passage] if 0 <= ref.passage < len(passages) else None
    place, section = (passage.place, passage.section) if passage is not None else (ref.kind, -1)
    told: dict[str, Any] = {
        "kind": ref.kind, "path": ref.path, "subpath": ref.subpath, "display": display_of(ref), "line": ref.line,
        "column": ref.column, "place": place, "key": ref.key, "annotation": ref.annotation,
        "section": document.headings[section].text if section >= 0 else "", "in_comment": ref.in_comment,
        "resolved": None, "heading": None, "block": None, "candidates": [],
    }  # fmt: skip
    if isinstance(target, Found):
        told |= {"resolved": target.path} | place_of(target, document_of(target.path))
    elif isinstance(target, Ambiguous):
        told["candidates"] = list(target.paths)
    return told


def place_of(target: Found, document: Document | None) -> dict[str, Any]:
    """The heading or block that a target names, as its note writes it."""
    heading = document.headings[target.heading] if document is not None and target.heading >= 0 else None
    block = document.blocks[target.block] if document is not None and target.block >= 0 else None
    return {
        "heading": heading.raw if heading else None,
        "heading_line": heading.line if heading else None,
        "block": block.id if block else None,
    }


def display_of(ref: Ref) -> str:
    """The text of a link, the size of a picture included, which is part of it as written (rule L-7)."""
    size = f"{ref.width}x{ref.height}" if ref.height else str(ref.width or "")
    return "|".join(filter(None, (ref.label if ref.labelled or not size else "", size)))


def _property_link(ref: Ref, target: Target) -> dict[str, Any]:
    return {
        "key": ref.key, "path": ref.path, "subpath": ref.subpath, "display": ref.label,
        "resolved": target.path if isinstance(target, Found) else None,
    }  # fmt: skip


def _table(table: Table, passages: tuple[Passage, ...]) -> dict[str, Any]:
    return {
        "columns": list(table.columns), "rows": [list(row) for row in table.rows(passages)], "aligns": list(table.aligns),
        "line": table.line,
    }  # fmt: skip


def _canvas(canvas: Canvas) -> dict[str, Any]:
    nodes = [{k: v for k, v in msgspec.to_builtins(node).items() if k != "body"} for node in canvas.nodes]
    return {
        "nodes": nodes,
        "edges": [msgspec.to_builtins(edge) for edge in canvas.edges],
        "preserves": sorted(_paths(canvas_data(canvas))),
        "z_order": [node.id for node in canvas.nodes],
        "color_names": {node.id: name for node in canvas.nodes if (name := color_name(node.color))},
        "group_members": {group: list(members) for group, members in group_members(canvas).items()},
    }


_DEEPEST_PATH = 20


def _paths(data: Any, path: str = "", depth: int = 0) -> Iterator[str]:
    """Where in a JSON value something stands: `nodes[0].text`."""
    if path:
        yield path
    if depth == _DEEPEST_PATH:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _paths(value, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _paths(value, f"{path}[{index}]", depth + 1)
