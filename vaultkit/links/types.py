"""Entity types: what kind of thing a note is about, told from its top-level folder, or as it is configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.links.cards import top_folder
from vaultkit.model import Document, EntityType, Links, VaultPath
from vaultkit.settings import Entity
from vaultkit.urls import color_class, listing_url
from vaultkit.words import fold, singular

MIN_NOTES = 5
"""How many notes make a folder a type."""

Notes = Mapping[str, tuple[VaultPath, ...]]
"""The notes of each type, or of each top folder."""


class Rules:
    """By what notes are told to be of a type: `[entities]`, or where there is none, their top folders.

    A folder counts before the tags, and those before a property: it is where the
    author put the note. The deepest folder counts, and the first tag.
    """

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._is_configured = bool(entities)
        self._folders = {entity.folder: entity.plural for entity in entities if entity.folder}
        self._tags = {fold(entity.tag): entity.plural for entity in entities if entity.tag}
        self._properties = {_property(entity.property): entity.plural for entity in entities if entity.property}

    def type_of(self, path: VaultPath, document: Document) -> str:
        """The name of a note's type, in the plural; empty for none."""
        if document.kind != "note":
            return ""
        if not self._is_configured:
            return top_folder(path)
        return next((name for _, name in self._told(path, document)), "")

    def by_type(self, path: VaultPath, document: Document) -> Iterator[tuple[str, VaultPath]]:
        if name := self.type_of(path, document):
            yield name, path

    def disagreements(self, path: VaultPath, document: Document) -> tuple[Diagnostic, ...] | None:
        """Where what a note is told by says different things."""
        if not self._is_configured or document.kind != "note":
            return None
        told = list(self._told(path, document))
        if len({name for _, name in told}) < 2:
            return None
        said = ", ".join(f"{by} says {name}" for by, name in told)
        return (problem("type-disagrees", path, message=f"{said}: it is taken for {told[0][1]}."),)

    def _told(self, path: VaultPath, document: Document) -> Iterator[tuple[str, str]]:
        """What the folder, the tags and the properties say, in words, with the type; each at most once."""
        folder: str = path
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in self._folders:
                yield f"the folder {folder}", self._folders[folder]
                break
        for tag in document.tags if self._tags else ():
            found = next((above for above in _levels(fold(tag.name)) if above in self._tags), "")
            if found and not tag.in_comment:
                yield f"the tag #{tag.name}", self._tags[found]
                break
        for entry in document.properties if self._properties else ():
            for value in _values(entry.value):
                if (fold(entry.name), value) in self._properties:
                    yield f"the property {entry.name}", self._properties[fold(entry.name), value]
                    return


def _property(written: str) -> tuple[str, str]:
    """`company` is the value of `type`; `kind=company` names the property too."""
    name, is_named, value = written.partition("=")
    return (fold(name.strip()), fold(value.strip())) if is_named else ("type", fold(name.strip()))


def _levels(tag: str) -> Iterator[str]:
    """A tag and those above it."""
    while tag:
        yield tag
        tag = tag.rpartition("/")[0]


def _values(value: Any) -> Iterator[str]:
    """The texts of a property, a link by the name that it leads to."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield fold(each.strip().removeprefix("[[").removesuffix("]]").partition("|")[0].strip())


def entity_types(nav: tuple[str, ...], entities: Sequence[Entity] = ()) -> Callable[[Notes], dict[str, EntityType]]:
    """The types of a vault by name, with ranks and colors that seldom change.

    What the navigation names is a type however few notes it has, and so is what
    is configured.
    """
    place = listing_url(entities)

    def by_folder(notes: Notes) -> dict[str, EntityType]:
        counts = {folder: len(paths) for folder, paths in notes.items() if len(paths) >= MIN_NOTES or folder in nav}
        # Ranked by size in steps of four, then by name: one more note seldom changes it.
        ranked = sorted(counts, key=lambda folder: (-(counts[folder].bit_length() // 2), folder))
        return {
            folder: EntityType(folder, singular(folder), color_class(folder), n, place(folder))
            for n, folder in enumerate(ranked)
        }

    def as_configured(notes: Notes) -> dict[str, EntityType]:
        # Those that have no notes keep their place, and with it the others their color.
        ordered = sorted(entities, key=lambda entity: entity.order)
        return {
            each.plural: EntityType(
                each.plural, each.name, color_class(each.plural), n, place(each.plural), each.color
            )
            for n, each in enumerate(ordered)
            if each.plural in notes
        }  # fmt: skip

    return as_configured if entities else by_folder


def type_of_folder(entities: Sequence[Entity]) -> Callable[[str], str]:
    """The type that a folder makes; empty for none."""
    known = {entity.folder: entity.plural for entity in entities if entity.folder}
    return (lambda folder: known.get(folder, "")) if entities else str


def own_problems(_: VaultPath, row: Document | Links) -> tuple[Diagnostic, ...] | None:
    """What a row tells of itself."""
    return row.problems or None


def nav_problems(nav: tuple[str, ...]) -> Callable[[Notes], dict[str, tuple[Diagnostic, ...]]]:
    """What the navigation names and can't lead to, by name."""

    def formula(notes: Notes) -> dict[str, tuple[Diagnostic, ...]]:
        return {name: (_nowhere(name, notes),) for name in nav if name not in notes}

    return formula


def _nowhere(name: str, notes: Notes) -> Diagnostic:
    message = f'`site.nav` names "{name}", and no top folder of that name holds a public note.'
    return problem("nav-nowhere", name, message=message, hint=_did_you_mean(name, notes))


def type_problems(entities: Sequence[Entity]) -> Callable[[Notes], dict[str, tuple[Diagnostic, ...]]]:
    """The configured types that no note is of, by name."""

    def formula(notes: Notes) -> dict[str, tuple[Diagnostic, ...]]:
        return {entity.plural: (_unused(entity),) for entity in entities if entity.plural not in notes}

    return formula


def _unused(entity: Entity) -> Diagnostic:
    by = (("the folder", entity.folder), ("the tag", entity.tag), ("the property", entity.property))
    told = " or ".join(f'{what} "{name}"' for what, name in by if name)
    return problem(
        "type-nowhere",
        entity.name,
        message=f"`entities.{entity.name}` is told by {told}, and by that no public note is.",
    )


def _did_you_mean(name: str, known: Notes) -> str:
    by_folded = {each.casefold(): each for each in sorted(known)}
    near = get_close_matches(name.strip("/").casefold(), by_folded, n=1)
    return f'Did you mean "{by_folded[near[0]]}"?' if near else ""
