"""Which notes are close to each other, linked or not: measured by links, by what stands together, and by text.

Every score is a sum of whole numbers, so it is the same in whatever order it is
summed, on whatever machine. The only package that knows numpy and scipy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultkit.knowledge.related.neighborhoods import Neighborhoods


def fresh_neighborhoods(headings: Iterable[str]) -> Neighborhoods:
    """What a Model of related notes is made by."""
    # Whoever asks for nothing of the kind doesn't wait for numpy and scipy to be imported.
    from vaultkit.knowledge.related.neighborhoods import Neighborhoods

    return Neighborhoods(headings)
