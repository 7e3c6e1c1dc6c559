"""What is known of a thing, from its own note and from all others: relations by role, and rows of tables about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, WantedCard
from vaultkit.site.views import AboutRow, Link, Relation, RelationGroup, Said
from vaultkit.urls import color_class, href, part_url, role_part
from vaultkit.words import fold, sort_key

Turned = Callable[[str], str]
"""What the subject of a role is to its object, as a role; see `Vocabulary.turned`."""

MANY = 6
"""From how many things on those that stand in one relation to a thing have a page with a table of their own."""

MOST = 12
"""Of more than these, a thing's own page shows the first, and the rest is in the table."""


def relation_groups(
    node: str, about: Sequence[Fact], root: str, cards: Get, wanted: Get, turned: Turned
) -> tuple[RelationGroup, ...]:  # fmt: skip
    """All that stands in a typed relation to a node, by what it is to the node; the largest group first.

    What the node's own note says and what others say of it are one: both
    directions of a relation, said twice, are one line with two sources.
    """
    by_role: dict[str, dict[str, list[Fact]]] = {}
    for fact in about:
        if fact.object and fact.is_typed:
            is_own = fact.subject == node
            role = fact.role if is_own else turned(fact.role)
            other = fact.object if is_own else fact.subject
            by_role.setdefault(role, {}).setdefault(other, []).append(fact)
    card: Card | WantedCard | None = cards(node) or wanted(node)
    groups = []
    for role, others in by_role.items():
        found = [_relation(node, role, other, facts, root, cards, wanted) for other, facts in others.items()]
        found.sort(key=lambda relation: (not relation.is_own, sort_key(relation.link.text), relation.link.href))
        has_table = len(others) >= MANY and card is not None
        address = href(root, part_url(card.url, role_part(role))) if has_table and card is not None else ""
        shown = found[:MANY] if address and len(found) > MOST else found
        groups.append(RelationGroup(role, tuple(shown), address, len(found) - len(shown)))
    groups.sort(key=lambda group: (-n_relations(group), group.role))
    return tuple(groups)


def n_relations(group: RelationGroup) -> int:
    return len(group.relations) + group.n_more


def rows_about(node: str, about: Sequence[Fact], root: str, cards: Get) -> tuple[AboutRow, ...]:
    """The rows of other notes' tables that begin with the node, each with its columns; by note and line."""
    rows: dict[tuple[str, int], list[Fact]] = {}
    for fact in about:
        if fact.source == "row" and fact.subject == node and fact.note != node and not fact.object:
            rows.setdefault((fact.note, fact.line), []).append(fact)
    found = []
    for (note, _), cells in rows.items():
        card: Card = cards(note)
        first = cells[0]
        found.append(
            AboutRow(
                card.title, href(root, card.url), first.section, href(root, card.url, first.slug),
                tuple((cell.words, cell.value) for cell in cells),
            )
        )  # fmt: skip
    return tuple(found)


def thing(node: str, label: str, root: str, cards: Get, wanted: Get) -> Link:
    """A link to a node of the graph; where it has no page, the text that a reader has seen already."""
    card: Card | None = cards(node)
    if card is not None:
        return Link(card.title, href(root, card.url), color_class(card.type) if card.type else "")
    missing = wanted(node)
    return Link(missing.name, href(root, missing.url), note=WANTED_MARK) if missing is not None else Link(label, "")


WANTED_MARK = "wanted"
"""Stands as the note of a link to a name that nobody has written about."""


def _relation(
    node: str, role: str, other: str, facts: Sequence[Fact], root: str, cards: Get, wanted: Get
) -> Relation:  # fmt: skip
    own = [fact for fact in facts if fact.note == node]
    said: dict[tuple[str, str], Said] = {}
    for fact in (*own, *(fact for fact in facts if fact.note != node)):
        remark = _said(node, role, other, fact, root, cards)
        said.setdefault((fold(remark.words), remark.source), remark)
    label = facts[0].value if facts[0].object == other else ""
    kept = [remark for remark in said.values() if remark.words or remark.status or remark.source] or list(said.values())
    return Relation(thing(other, label, root, cards, wanted), tuple(kept), bool(own))


def _said(node: str, role: str, other: str, fact: Fact, root: str, cards: Get) -> Said:
    """One statement: the author's words where they say more than the role does, and where it stands."""
    words = fact.words
    if fact.source != "related":
        words = " · ".join(part for part in (fact.round, fact.amount, fact.stake, fact.year) if part)
    elif is_said_by_role(words, role) or is_said_by_role(words, fact.role):
        words = ""
    if fact.note == node:
        return Said(words, fact.status, "", f"#{fact.slug}" if fact.slug else "")
    card: Card = cards(fact.note)
    source = card.title if fact.note != other else fact.section if fact.source != "related" else ""
    return Said(words, fact.status, source, href(root, card.url, fact.slug))


def is_said_by_role(words: str, role: str) -> bool:
    """Whether the author's words say no more than the name of the role."""
    return fold(words).rstrip(".s") == fold(role).replace("-", " ").rstrip("s")
