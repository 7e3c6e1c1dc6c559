"""What a note tells of its own thing, as a row: its properties, its tables of keys and values, its fields."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, Document, Property, VaultPath
from vaultkit.site.knowledge_views import Thing
from vaultkit.site.note_page import SHOWN_ELSEWHERE, spoken
from vaultkit.site.statements import thing_of
from vaultkit.urls import color_class, href
from vaultkit.words import fold, is_journal

MAX_KEYS, MAX_VALUE = 60, 400
"""Keys of a thing, and characters of a value, that are kept."""


class Known(Struct, frozen=True, array_like=True, gc=False):
    """A key with its value."""

    key: str
    """Folded."""
    shown: str
    parts: tuple[Thing, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """A thing of a type, with what its own note tells of it; without lines, so that an edit above them stops here."""

    type: str
    name: Thing
    tags: tuple[tuple[str, str], ...]
    """Folded, and as spelt first."""
    known: tuple[Known, ...]


def profile(
    keys: Mapping[str, str], hide: Sequence[str], bare: Container[str] = ()
) -> Callable[..., Profile | None]:  # fmt: skip
    """The formula of a note's row; daily notes and plain ones are about nothing that has one.

    Args:
        keys: Other spellings of keys, folded, and the one that is shown.
        hide: Properties that aren't shown.
        bare: Types that have rows even where their name is that of daily notes.
    """
    hidden = SHOWN_ELSEWHERE | {fold(name) for name in hide}

    def formula(path: VaultPath, document: Document, *, cards: Get, wanted: Get, facts: Get) -> Profile | None:
        card: Card = cards(path)
        if not card.type or (is_journal(card.type) and card.type not in bare):
            return None
        own: Sequence[Fact] = [fact for fact in facts(path, ()) if fact.subject == path]
        found: dict[str, Known] = {}
        for shown, parts in (*_properties(document, own, hidden, keys, cards, wanted), *_stated(own, cards, wanted)):
            if parts and len(found) < MAX_KEYS:
                found.setdefault(fold(shown), Known(fold(shown), shown, parts))
        tags = {fold(tag.name): tag.name for tag in reversed(document.tags) if not tag.in_comment}
        name = Thing(card.title, href("", card.url), color_class(card.type))
        return Profile(card.type, name, tuple(sorted(tags.items())), tuple(found.values()))

    return formula


_Told = tuple[str, tuple[Thing, ...]]


def _properties(
    document: Document, own: Sequence[Fact], hidden: frozenset[str], keys: Mapping[str, str], cards: Get, wanted: Get
) -> Iterator[_Told]:
    linked: dict[str, list[Fact]] = {}
    for fact in own:
        if fact.source == "property":
            linked.setdefault(fact.words, []).append(fact)
    for entry in document.properties:
        if fold(entry.name) not in hidden:
            shown = keys.get(fold(spoken(entry.name)), spoken(entry.name))
            yield shown, _of_property(entry, linked.get(entry.name, ()), cards, wanted)


def _of_property(entry: Property, links: Sequence[Fact], cards: Get, wanted: Get) -> tuple[Thing, ...]:
    if links:
        things = [thing_of(fact.object, fact.value, cards, wanted) for fact in links]
        return tuple(part for each in things for part in (Thing(", "), each))[1:]
    text = _text(entry.value)
    return (Thing(text[:MAX_VALUE]),) if text else ()


def _text(value: Any) -> str:
    """A plain value as text; empty for what says nothing, and for nested ones."""
    match value:
        case bool():
            return "☑" if value else "☐"
        case str() | int() | float():
            return str(value).strip()
        case list():
            return ", ".join(text for each in value if not isinstance(each, list) and (text := _text(each)))
    return ""


def _stated(own: Sequence[Fact], cards: Get, wanted: Get) -> Iterator[_Told]:
    """Keys and values of tables and fields, with the links in them that are relations."""
    links: dict[tuple[int, str], list[Fact]] = {}
    for fact in own:
        if fact.object and fact.source in ("key-value", "field"):
            links.setdefault((fact.line, fact.words), []).append(fact)
    for fact in own:
        if not fact.object and fact.source in ("key-value", "field"):
            yield fact.role, _linked(fact.value[:MAX_VALUE], links.get((fact.line, fact.words), ()), cards, wanted)
    for (_, words), found in links.items():
        if found[0].source == "field":
            # A field that holds links has no text of its own.
            things = (thing_of(fact.object, fact.value, cards, wanted) for fact in found)
            yield words, tuple(part for each in things for part in (Thing(", "), each))[1:]


def _linked(text: str, links: Sequence[Fact], cards: Get, wanted: Get) -> tuple[Thing, ...]:
    """A text with the labels of links in it made links, in their order."""
    parts: list[Thing] = []
    at = 0
    for fact in links:
        start = text.find(fact.value, at) if fact.value else -1
        if start >= 0:
            target = thing_of(fact.object, fact.value, cards, wanted)
            parts += [Thing(text[at:start]), Thing(fact.value, target.path, "", target.is_wanted)]
            at = start + len(fact.value)
    parts.append(Thing(text[at:]))
    return tuple(part for part in parts if part.text)
