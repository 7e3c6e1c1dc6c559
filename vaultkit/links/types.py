"""Entity types: what kind of thing a note is about, told from its top-level folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vaultkit.links.cards import top_folder
from vaultkit.model import Document, EntityType, VaultPath
from vaultkit.urls import short_hash, slug

MIN_NOTES = 5
"""How many notes make a folder a type."""


_PLAIN = re.compile(r"[a-z][a-z0-9-]*")


def by_top_folder(path: VaultPath, document: Document) -> Iterator[tuple[str, VaultPath]]:
    if document.kind == "note" and "/" in path:
        yield top_folder(path), path


def entity_types(folders: Mapping[str, tuple[VaultPath, ...]]) -> dict[str, EntityType]:
    """The types of a vault by folder, with ranks and colors that seldom change."""
    counts = {folder: len(paths) for folder, paths in folders.items() if len(paths) >= MIN_NOTES}
    # Ranked by size in steps of four, then by name: one more note seldom changes it.
    ranked = sorted(counts, key=lambda folder: (-(counts[folder].bit_length() // 2), folder))
    return {
        folder: EntityType(folder, singular(folder), color_class(folder), rank) for rank, folder in enumerate(ranked)
    }


def color_class(folder: str) -> str:
    """The class by which pages ask for a type's color."""
    plain = slug(folder).lower()
    return "t-" + (plain if _PLAIN.fullmatch(plain) else short_hash(folder))


def singular(plural: str) -> str:
    """An English plural's singular, where the ending tells it.

    >>> [singular(word) for word in ("Actors", "Companies", "Theses", "Daily")]
    ['Actor', 'Company', 'Thesis', 'Daily']
    """
    if plural.endswith("ies") and len(plural) > len("ties"):
        return plural[:-3] + "y"
    if plural.endswith(("eses", "yses", "ises")):
        return plural[:-2] + "is"
    if plural.endswith("s") and not plural.endswith(("ss", "us", "is")):
        return plural[:-1]
    return plural
