"""Which notes are close to each other, linked or not: measured by links, by what stands together, and by text.

Every score is a sum of whole numbers, so it is the same in whatever order it is
summed, on whatever machine. The only package that knows numpy and scipy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultkit.knowledge.related.neighborhoods import Neighborhoods


def by_links(headings: Iterable[str]) -> Neighborhoods:
    """What a Model of related notes is made by, as pages show them: other notes' words make no difference to a page."""
    # Whoever asks for nothing of the kind doesn't wait for numpy and scipy to be imported.
    from vaultkit.knowledge.related.neighborhoods import Neighborhoods

    return Neighborhoods(headings, by_text=False)


def by_links_and_text(headings: Iterable[str]) -> Neighborhoods:
    """The same for whoever asks, with all that tells of closeness."""
    from vaultkit.knowledge.related.neighborhoods import Neighborhoods

    return Neighborhoods(headings, shown=0)
