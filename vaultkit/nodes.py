"""Names of the graph's nodes: a file's path, or a name that no file has."""

from __future__ import annotations

from vaultkit.model import Ambiguous, Found, Missing, Target
from vaultkit.words import fold

WANTED, CLAIMED = "?", "="
"""Stand before the folded name of a wanted note, or of one that several notes claim as an alias."""


def node_of(target: Target) -> str:
    """The graph's node a target stands for."""
    match target:
        case Found(path):
            return path
        case Missing(name):
            return WANTED + fold(name)
        case Ambiguous(name):
            return CLAIMED + fold(name)
