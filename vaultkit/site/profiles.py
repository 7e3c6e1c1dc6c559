"""What a note tells of its own thing, as a row: its properties, its tables of keys and values, its fields."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, Document, Links, Property, Target, VaultPath
from vaultkit.nodes import node_of
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

    def formula(
        path: VaultPath, document: Document, *, cards: Get, wanted: Get, facts: Get, links: Get
    ) -> Profile | None:  # fmt: skip
        card: Card = cards(path)
        if not card.type or (is_journal(card.type) and card.type not in bare):
            return None
        own: Sequence[Fact] = [fact for fact in facts(path, ()) if fact.subject == path]
        found: dict[str, Known] = {}
        told = (
            *_properties(document, own, hidden, keys, cards, wanted), *_stated(document, own, cards, wanted, links)
        )  # fmt: skip
        for shown, parts in told:
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
        return _listed([thing_of(fact.object, fact.value, cards, wanted) for fact in links])
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


def _stated(
    document: Document, own: Sequence[Fact], cards: Get, wanted: Get, links: Get
) -> Iterator[_Told]:  # fmt: skip
    """Keys and values of tables and fields, with the links in them."""
    lines = {fact.line for fact in own if fact.source == "key-value"}
    resolved: Links | None = links(document.path) if lines else None
    by_line: dict[int, list[tuple[str, Target]]] = {}
    if resolved is not None:
        for ref, target in zip(document.refs, resolved.targets, strict=True):
            if ref.line in lines and ref.label and ref.kind in ("wikilink", "markdown") and not ref.in_comment:
                by_line.setdefault(ref.line, []).append((ref.label, target))
    fields: dict[str, list[Thing]] = {}
    for fact in own:
        if fact.source == "field" and fact.object:
            fields.setdefault(fact.words, []).append(thing_of(fact.object, fact.value, cards, wanted))
        elif fact.source in ("key-value", "field") and not fact.object:
            yield fact.role, _linked(fact.value[:MAX_VALUE], by_line.get(fact.line, ()), cards, wanted)
    # A field that holds links has no text of its own.
    for words, things in fields.items():
        yield words, _listed(things)


def _listed(things: Sequence[Thing]) -> tuple[Thing, ...]:
    return tuple(part for each in things for part in (Thing(", "), each))[1:]


def _linked(text: str, links: Iterable[tuple[str, Target]], cards: Get, wanted: Get) -> tuple[Thing, ...]:
    """A text with the labels of links in it made links, in their order."""
    parts: list[Thing] = []
    at = 0
    for label, target in links:
        start = text.find(label, at)
        if start >= 0:
            named = thing_of(node_of(target), label, cards, wanted)
            parts += [Thing(text[at:start]), Thing(label, named.path, "", named.is_wanted)]
            at = start + len(label)
    parts.append(Thing(text[at:]))
    return tuple(part for part in parts if part.text)
