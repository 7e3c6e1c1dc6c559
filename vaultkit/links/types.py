"""Entity types: what kind of thing a note is about, told from its top-level folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.links.cards import top_folder
from vaultkit.model import Document, EntityType, VaultPath
from vaultkit.urls import color_class
from vaultkit.words import singular

MIN_NOTES = 5
"""How many notes make a folder a type."""

Folders = Mapping[str, tuple[VaultPath, ...]]
"""The notes of each top folder."""


def by_top_folder(path: VaultPath, document: Document) -> Iterator[tuple[str, VaultPath]]:
    if document.kind == "note" and "/" in path:
        yield top_folder(path), path


def entity_types(nav: tuple[str, ...]) -> Callable[[Folders], dict[str, EntityType]]:
    """The types of a vault by folder, with ranks and colors that seldom change.

    What the navigation names is a type however few notes it has.
    """

    def formula(folders: Folders) -> dict[str, EntityType]:
        counts = {folder: len(paths) for folder, paths in folders.items() if len(paths) >= MIN_NOTES or folder in nav}
        # Ranked by size in steps of four, then by name: one more note seldom changes it.
        ranked = sorted(counts, key=lambda folder: (-(counts[folder].bit_length() // 2), folder))
        return {folder: EntityType(folder, singular(folder), color_class(folder), n) for n, folder in enumerate(ranked)}

    return formula


def nav_problems(nav: tuple[str, ...]) -> Callable[[Folders], dict[str, tuple[Diagnostic, ...]]]:
    """What the navigation names and can't lead to, by name."""

    def formula(folders: Folders) -> dict[str, tuple[Diagnostic, ...]]:
        return {name: (_nowhere(name, folders),) for name in nav if name not in folders}

    return formula


def _nowhere(name: str, folders: Folders) -> Diagnostic:
    message = f'`site.nav` names "{name}", and no top folder of that name holds a public note.'
    by_folded = {folder.casefold(): folder for folder in sorted(folders)}
    near = get_close_matches(name.strip("/").casefold(), by_folded, n=1)
    return problem("nav-nowhere", name, message=message, hint=f'Did you mean "{by_folded[near[0]]}"?' if near else "")
