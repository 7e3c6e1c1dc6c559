"""Where the headings and named blocks of a draft stand among its parts: what links and embeds point at."""

from __future__ import annotations

from vaultkit.bodies import Anchor
from vaultkit.model import Block
from vaultkit.parse.draft import Draft

Range = tuple[int, int]
"""Parts from the first up to, not including, the second."""


class Places:
    """Kept while a draft is written; the ids are written into the parts at once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.previous: list[Range | None] = [None]
        """Per level of nesting, the last complete block: what a `^id` line names."""
        self._headings: list[tuple[Range, bool]] = []
        self._blocks: dict[str, Range] = {}
        self._ids: set[str] = set()

    def heading(self, start: int, *, at_top: bool) -> None:
        """The heading just written began at part *start*."""
        self._headings.append(((start, len(self.draft.parts)), at_top))

    def name_previous(self, written: str, line: int) -> None:
        """Give the last complete block an id; a `^id` after no block names nothing (H-13)."""
        where = self.previous[-1]
        if where is not None and (block := self.new_block(written, line)) is not None:
            self._blocks[block.id] = where
            self.write_id(where[0], block)

    def new_block(self, written: str, line: int) -> Block | None:
        """A block of that id; None if there is one already: the first counts (H-11)."""
        id_ = written.lower()
        if id_ in self._ids:
            self.draft.report("duplicate-block-id", line, message=f"The block id ^{written} stands twice in the note.")
            return None
        self._ids.add(id_)
        self.draft.blocks.append(Block(id_, written, line))
        return self.draft.blocks[-1]

    def complete(self, block: Block, start: int) -> None:
        """The block that began at part *start* and was named on the way has ended."""
        self._blocks[block.id] = (start, len(self.draft.parts))

    def write_id(self, part: int, block: Block) -> None:
        """Write the id into the tag that opens a block, or before it where that has an id already."""
        parts = self.draft.parts
        opening = parts[part] if part < len(parts) else None
        if not isinstance(opening, str):
            return
        id_ = f'id="{self.draft.mark}^{block.id}"'
        if opening.startswith("<") and " id=" not in opening.partition(">")[0]:
            parts[part] = opening.replace(">", f" {id_}>", 1)
        else:
            parts[part] = f"<span {id_}></span>{opening}"

    def ranges(self, end: int) -> tuple[list[Range], list[Range]]:
        """The sections of the headings, the last of which ends at part *end*, and the named blocks."""
        sections = [self._section(index, end) for index in range(len(self._headings))]
        return sections, [self._blocks[block.id] for block in self.draft.blocks]

    def _section(self, index: int, end: int) -> Range:
        """From a heading to the next of the same or a higher level (H-6); one in a quote is alone."""
        (start, stop), at_top = self._headings[index]
        if not at_top:
            return start, stop
        level = self.draft.headings[index].level
        for later in range(index + 1, len(self._headings)):
            (after, _), top = self._headings[later]
            if top and self.draft.headings[later].level <= level:
                return start, after
        return start, end


def anchors(ranges: list[Range], segment_of: dict[int, int]) -> tuple[Anchor, ...]:
    """Ranges of parts as ranges of the segments that the parts became."""
    return tuple(Anchor(segment_of[start], segment_of[stop]) for start, stop in ranges)
