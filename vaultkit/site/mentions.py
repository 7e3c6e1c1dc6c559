"""Who links to a page and what they say: edges as mentions, grouped by type; of a hub on pages of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Edge, Url
from vaultkit.settings import Entity
from vaultkit.site.pages import Page, pack
from vaultkit.site.views import Link, Mention, MentionGroup, MentionsView, Quote, TypeBadge
from vaultkit.urls import color_class, folder_url, href, listing_url, part_url, root_of
from vaultkit.words import is_journal, singular, sort_key

HUB = 50
"""From how many notes that link to it on a page shows the first few of each type, and the rest has its own pages."""

FIRST = 3
"""Mentions of a type that a hub's page shows, with at most `QUOTES` quotes each: as many as are seen before anything is unfolded."""

QUOTES = 2

A_PAGE = 120
"""Mentions on a page of a hub's."""


def mention_groups(edges: Sequence[Edge], root: str, cards: Get) -> tuple[tuple[MentionGroup, ...], int]:
    """Edges that lead to one place, by the type of the note they come from; and from how many notes."""
    by_source: dict[str, list[Edge]] = {}
    for edge in edges:
        by_source.setdefault(edge.source, []).append(edge)
    by_type: dict[str, list[tuple[tuple[object, ...], Mention]]] = {}
    for source, said in by_source.items():
        card: Card | None = cards(source)
        if card is not None:
            # Who says something of the link itself comes first, then who links most.
            order = (not any(edge.annotation for edge in said), -len(said), sort_key(card.title), source)
            by_type.setdefault(card.type, []).append((order, _mention(card, said, root)))
    groups = []
    for name, found in by_type.items():
        mentions = tuple(mention for _, mention in sorted(found, key=lambda pair: pair[0]))
        badge = type_badge(name, root) or TypeBadge("", "", "")
        groups.append(MentionGroup(badge, mentions, folded=is_journal(name), n=len(mentions)))
    groups.sort(key=lambda group: (group.folded, not group.type.plural, -len(group.mentions), group.type.plural))
    return tuple(groups), len(by_source)


def shortened(groups: Sequence[MentionGroup], n: int, card: Card, root: str) -> tuple[MentionGroup, ...]:
    """The groups as a note's own page shows them: whole, or of a hub the first of each, with the way to the rest."""
    if n < HUB:
        return tuple(groups)
    short, before = [], 0
    for group in groups:
        number = before // A_PAGE + 1
        before += group.n
        few = tuple(_few(mention) for mention in group.mentions[:FIRST])
        if few == group.mentions:
            short.append(group)
        else:
            short.append(msgspec.structs.replace(group, mentions=few, href=href(root, _url(card.url, number))))
    return tuple(short)


def hub_pages(node: str, edges: Sequence[Edge], *, cards: Get) -> tuple[Page, ...] | None:
    """The pages of all that link to a note, if they are many."""
    card: Card | None = cards(node)
    if card is None or len({edge.source for edge in edges}) < HUB:
        return None
    root = root_of(card.url)
    groups, n = mention_groups(edges, root, cards)
    every = [(group, mention) for group in groups for mention in group.mentions]
    cut = [every[start : start + A_PAGE] for start in range(0, len(every), A_PAGE)]
    links = tuple(Link(str(number), href(root, _url(card.url, number))) for number in range(1, len(cut) + 1))
    note = Link(card.title, href(root, card.url), color_class(card.type) if card.type else "")
    return tuple(
        pack(
            MentionsView(
                url=_url(card.url, number), root=root, title=card.title, note=note, mentions=tuple(_regrouped(part)),
                n_mentions=n, number=number, pages=links,
            )
        )
        for number, part in enumerate(cut, 1)
    )  # fmt: skip


def _regrouped(part: Sequence[tuple[MentionGroup, Mention]]) -> Iterator[MentionGroup]:
    found: dict[str, list[Mention]] = {}
    by_type = {group.type.plural: group for group, _ in part}
    for group, mention in part:
        found.setdefault(group.type.plural, []).append(mention)
    for plural, mentions in found.items():
        yield msgspec.structs.replace(by_type[plural], mentions=tuple(mentions), folded=False)


def _few(mention: Mention) -> Mention:
    return msgspec.structs.replace(mention, quotes=mention.quotes[:QUOTES])


def _url(note: Url, number: int) -> Url:
    return part_url(note, "backlinks" if number == 1 else f"backlinks-{number}")


def type_badge(folder: str, root: str) -> TypeBadge | None:
    """The badge of a type, which is named after its folder; None for what is of no type."""
    if not folder:
        return None
    return TypeBadge(singular(folder), folder, color_class(folder), href(root, folder_url(folder)))


Badge = Callable[[str, str], TypeBadge | None]
"""A type's badge, on a page with a root."""


def badges(entities: Sequence[Entity]) -> Badge:
    """Badges of types as they are configured."""
    known = {entity.plural: entity for entity in entities}
    place = listing_url(entities)

    def badge(name: str, root: str) -> TypeBadge | None:
        found = known.get(name)
        if found is None:
            return type_badge(name, root)
        return TypeBadge(found.name, found.plural, color_class(found.plural), href(root, place(name)))

    return badge


def _mention(card: Card, said: Sequence[Edge], root: str) -> Mention:
    quotes = dict.fromkeys(_quote(edge, card, root) for edge in said)
    return Mention(card.title, href(root, card.url), tuple(quotes))


def _quote(edge: Edge, card: Card, root: str) -> Quote:
    section = edge.section or edge.key
    address = href(root, card.url, edge.slug)
    return Quote(edge.quote[: edge.start], edge.quote[edge.start : edge.end], edge.quote[edge.end :], section, address)
