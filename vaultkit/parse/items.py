"""The items of a list whose lines are an item each, in one go: what the collector does step by step for any other."""

from __future__ import annotations

from collections.abc import Sequence

from vaultkit.model import ListItem
from vaultkit.parse.annotate import annotate
from vaultkit.parse.draft import Draft
from vaultkit.parse.inline import write_inline
from vaultkit.parse.places import Places
from vaultkit.parse.syntax.block_id import without_id


def write_items(draft: Draft, places: Places, items: Sequence[str], first: int) -> None:
    """Write items that hold a paragraph each, from line *first* of the file on."""
    for line, content in enumerate(items, first):
        text, block_id = without_id(content)
        draft.items.append(ListItem(text.strip(), line, -first))
        start = len(draft.parts)
        draft.parts.append("<li>")
        draft.begin_passage()
        write_inline(draft, content if draft.plain else text, line)
        annotate(draft, draft.end_passage("list", line))
        block = places.new_block(block_id, line) if block_id and not draft.plain else None
        if block is not None:
            places.write_id(start, block)
        draft.parts.append("</li>\n")
        if block is not None:
            places.complete(block, start)
