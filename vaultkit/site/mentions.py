"""Who links to a page and what they say: edges as mentions, grouped by type."""

from __future__ import annotations

from collections.abc import Sequence

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Edge
from vaultkit.site.views import Mention, MentionGroup, Quote, TypeBadge
from vaultkit.urls import color_class, folder_url, href
from vaultkit.words import is_journal, singular, sort_key


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
        groups.append(MentionGroup(badge, mentions, folded=is_journal(name)))
    groups.sort(key=lambda group: (group.folded, not group.type.plural, -len(group.mentions), group.type.plural))
    return tuple(groups), len(by_source)


def type_badge(folder: str, root: str) -> TypeBadge | None:
    """The badge of a type, which is named after its folder; None for what is of no type."""
    if not folder:
        return None
    return TypeBadge(singular(folder), folder, color_class(folder), href(root, folder_url(folder)))


def _mention(card: Card, said: Sequence[Edge], root: str) -> Mention:
    quotes = dict.fromkeys(_quote(edge, card, root) for edge in said)
    return Mention(card.title, href(root, card.url), tuple(quotes))


def _quote(edge: Edge, card: Card, root: str) -> Quote:
    section = edge.section or edge.key
    address = href(root, card.url, edge.slug)
    return Quote(edge.quote[: edge.start], edge.quote[edge.start : edge.end], edge.quote[edge.end :], section, address)
