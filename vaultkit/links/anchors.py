"""The headings and blocks of a note that links can point at (rules H-1 … H-14)."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct

from vaultkit.model import Document, VaultPath
from vaultkit.words import fold

# What Obsidian replaces by a space on both sides before it compares (H-2).
_PUNCTUATION = str.maketrans(dict.fromkeys('!"#$%&()*+,.:;<=>?@^`{|}~/[]\\', " "))
_BLANKS = re.compile(r"\s+")
_FOOTNOTE = re.compile(r"\[\^(.+)\]")
_NEVER = 99
"""Deeper than any heading."""


class Anchors(Struct, frozen=True, array_like=True, gc=False):
    """What of a note its links depend on: it stays equal while the text around the headings changes."""

    headings: tuple[tuple[str, int, str], ...]
    """Normalized text, level, id in the page."""
    blocks: tuple[str, ...]
    footnotes: tuple[str, ...] = ()
    """Ids in the order of their numbers."""


class Anchored(NamedTuple):
    """The place a subpath names; -1 and empty where there is none."""

    anchor: str = ""
    heading: int = -1
    block: int = -1
    missing: str = ""
    """`heading` or `block`, where the subpath matches nothing."""


def anchors(path: VaultPath, document: Document) -> Anchors | None:
    """None for what has no headings or blocks: most look-ups then cost nothing."""
    if not document.headings and not document.blocks and not document.footnotes:
        return None
    return Anchors(
        tuple((normalized(heading.raw), heading.level, heading.slug) for heading in document.headings),
        tuple(block.id for block in document.blocks),
        document.footnotes,
    )


def normalized(text: str) -> str:
    return fold(_BLANKS.sub(" ", text.translate(_PUNCTUATION)).strip())


def find_anchor(subpath: str, found: Anchors | None) -> Anchored:
    """The heading or block that *subpath*, with its `#`, names in a note."""
    steps = [step.strip() for step in subpath.split("#") if step.strip()]
    if not steps:
        return Anchored()
    if footnote := _FOOTNOTE.fullmatch(steps[-1]):
        if found is not None and footnote[1] in found.footnotes:
            return Anchored(f"fn-{found.footnotes.index(footnote[1]) + 1}")
        return Anchored()  # One that the note hasn't is no mistake to tell of (M-42).
    if steps[-1].startswith("^"):
        id_ = steps[-1][1:].strip().lower()
        if found is not None and id_ in found.blocks:
            return Anchored(f"^{id_}", block=found.blocks.index(id_))
        return Anchored(missing="block")
    if found is not None:
        index = _chain([normalized(step) for step in steps], found)
        if index >= 0:
            return Anchored(found.headings[index][2], heading=index)
    return Anchored(missing="heading")


def _chain(steps: list[str], found: Anchors) -> int:
    """The last heading of a chain, each step later and deeper than the one before (H-3); one pass."""
    shallowest = [0] + [_NEVER] * len(steps)
    for index, (text, level, _) in enumerate(found.headings):
        # From the last step down, so that one heading isn't two steps.
        for step in range(len(steps), 0, -1):
            if text == steps[step - 1] and level > shallowest[step - 1]:
                if step == len(steps):
                    return index
                shallowest[step] = min(shallowest[step], level)
    return -1
