"""Which table of a note holds its facts: the one of keys and values near the top, or under a heading that says so."""

from __future__ import annotations

from vaultkit.bodies import Box
from vaultkit.parse.draft import Draft

HEADINGS = 2
"""How many headings may stand above it."""

NAMES = frozenset(
    "quick stats|quick facts|key facts|key data|facts|fact sheet|at a glance|overview|profile|summary|infobox".split(
        "|"
    )
)
"""Headings, in lower case, under which it may stand anywhere, and is preferred."""

ROWS = 24
"""How long it may be, to stand beside the text."""


class FactsTable:
    """The best table so far."""

    def __init__(self) -> None:
        self.parts: tuple[int, ...] = ()
        """The parts that the box begins with, its table begins with, and is followed by; empty as long as there is none."""
        self._heading = -1
        self._is_named = False

    def consider(self, draft: Draft, start: int, heading: tuple[int, int] | None) -> None:
        """Look at the table that was just written, from part *start* on.

        Args:
            heading: The parts of its heading, if nothing else stands under that.
        """
        n_headings = len(draft.headings)
        is_named = n_headings > 0 and draft.headings[-1].text.casefold().strip(" :") in NAMES
        is_first = not self.parts and n_headings <= HEADINGS
        if self._is_named or draft.tables[-1].n_rows > ROWS or not (is_named or is_first):
            return
        # A heading that only repeats the title has no id, and isn't shown anyway.
        takes_heading = heading is not None and bool(draft.headings[-1].slug)
        self._is_named, self._heading = is_named, n_headings - 1 if takes_heading else -1
        self.parts = (heading[0] if heading is not None and takes_heading else start, start, len(draft.parts))

    def box(self, segment_of: dict[int, int]) -> Box:
        """Where it stands in the body that the parts became."""
        start, table, end = (segment_of[part] for part in self.parts)
        return Box(start, table, end, self._heading)
