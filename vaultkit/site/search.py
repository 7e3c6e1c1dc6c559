"""The files that search reads in the browser: shards of the index, and of each note the text that results quote.

All are classic scripts that call one function: pages that were opened from the
disk may read nothing else.
"""

from __future__ import annotations

from functools import lru_cache

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, Document, Url, VaultPath
from vaultkit.search.layout import in_base_32
from vaultkit.search.terms import Terms, filter_key
from vaultkit.search.texts import Shown, text_of
from vaultkit.site.pages import Made, made
from vaultkit.site.script_files import calling


def terms(path: VaultPath, document: Document, *, cards: Get, types: Get, facts: Get) -> Terms | None:
    """All that a note is found by: what it says by itself, its type, and the roles that its lines name."""
    if document.kind == "attachment":
        return None
    card: Card = cards(path)
    stated: tuple[Fact, ...] = facts(path, ())
    roles = frozenset(fact.role for fact in stated if fact.is_typed and fact.object)
    return Terms(document.terms, _others(card.type, types(card.type).name if card.type else "", roles))


@lru_cache(maxsize=10_000)
def _others(plural: str, singular: str, roles: frozenset[str]) -> tuple[str, ...]:
    """A type goes by either of its names. Many notes have the same of all this."""
    keys = {filter_key("@", plural), filter_key("@", singular), *(filter_key("~", role) for role in roles)}
    return tuple(sorted(filter(None, keys)))


def text_file(path: VaultPath, document: Document, *, cards: Get, slots: Get) -> Made | None:
    """What results show of a note, and what phrases are looked for in."""
    slot: int | None = slots(path)
    if slot is None:
        return None
    card: Card = cards(path)
    name = _text_name(slot)
    return made(
        Url(f"search/{name}.js"), calling("vkShard", name, text_of(document, Shown(card.url, card.title, card.type)))
    )


def shard_file(name: str, shard: str) -> Made:
    return made(Url(f"search/{name}.js"), calling("vkShard", name, shard))


def _text_name(slot: int) -> str:
    return f"t/{in_base_32(slot) or '0'}"
