"""Names of the graph's nodes: a file's path, or a name that no file has; and what readers see of them."""

from __future__ import annotations

from vaultkit.model import Ambiguous, Found, Missing, Ref, Target
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


def shown_label(ref: Ref, target: Target) -> str:
    """The text of a ref that its page shows.

    Where an embed, or a Markdown link without a text, leads nowhere, the page doesn't say what its author named:
    that file may be private.
    """
    is_name = ref.labelled or ref.kind in ("wikilink", "property") or not isinstance(target, Missing)
    return ref.label if is_name else ""
