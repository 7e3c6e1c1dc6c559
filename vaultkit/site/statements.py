"""Relations as rows of tables, and under which role and thing each is listed: the same row stands on several pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, VaultPath, WantedCard
from vaultkit.site.knowledge_views import EdgeRow, Thing
from vaultkit.site.relations import Turned, is_said_by_role
from vaultkit.urls import color_class, href
from vaultkit.words import sort_key

SortKey = Callable[[str], str]
"""What a value as written sorts by; empty for text."""

MAX_WORDS = 240
"""Characters of an annotation that a table shows."""

MORE_COLUMNS = ("status", "round", "year", "amount", "stake")


class Statement(Struct, frozen=True, array_like=True, gc=False):
    """A row with the nodes that it is about, whose names nobody may see."""

    role: str
    subject: str
    object: str
    row: EdgeRow


def statements(key_of: SortKey) -> Callable[..., tuple[Statement, ...] | None]:
    """The formula of the relations with a role that a note states."""

    def formula(path: VaultPath, facts: Sequence[Fact], *, cards: Get, wanted: Get) -> tuple[Statement, ...] | None:
        card: Card = cards(path)
        stated = (fact for fact in facts if fact.object and fact.is_typed)
        # Said twice in one place with the same words, it is said once.
        found = {
            (fact.role, fact.subject, fact.object, fact.words, fact.slug, fact.year, fact.round, fact.amount): fact
            for fact in stated
        }
        return (
            tuple(
                Statement(fact.role, fact.subject, fact.object, _row(fact, card, cards, wanted, key_of))
                for fact in found.values()
            )
            or None
        )

    return formula


def _row(fact: Fact, card: Card, cards: Get, wanted: Get, key_of: SortKey) -> EdgeRow:
    words = "" if is_said_by_role(fact.words, fact.role) else shortened(fact.words, MAX_WORDS)
    section_path = href("", card.url, fact.slug) if fact.section and fact.slug else ""
    return EdgeRow(
        thing_of(fact.subject, "", cards, wanted), thing_of(fact.object, fact.value, cards, wanted), words, fact.status,
        fact.round, fact.year, fact.amount, key_of(fact.amount), fact.stake, key_of(fact.stake), card.title,
        href("", card.url), fact.section, section_path,
    )  # fmt: skip


def thing_of(node: str, label: str, cards: Get, wanted: Get) -> Thing:
    """A node as rows name it; where it has no page, by the text that a reader has seen already."""
    card: Card | None = cards(node)
    if card is not None:
        return Thing(card.title, href("", card.url), color_class(card.type) if card.type else "")
    missing: WantedCard | None = wanted(node)
    return Thing(missing.name, href("", missing.url), is_wanted=True) if missing is not None else Thing(label)


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def by_role(_: VaultPath, row: Iterable[Statement]) -> Iterator[tuple[str, Statement]]:
    return ((statement.role, statement) for statement in row)


def by_side(
    turned: Turned,
) -> Callable[[VaultPath, Iterable[Statement]], Iterator[tuple[tuple[str, str], Statement]]]:
    """Each statement under both things that it is about, with what the other is to that one."""

    def emit(_: VaultPath, row: Iterable[Statement]) -> Iterator[tuple[tuple[str, str], Statement]]:
        for statement in row:
            yield (statement.subject, statement.role), statement
            if statement.subject != statement.object:
                yield (statement.object, turned(statement.role)), statement

    return emit


def sorted_rows(rows: Iterable[EdgeRow]) -> tuple[EdgeRow, ...]:
    """Rows that name both things, by their names; the latest first where those are the same."""
    return tuple(sorted((row for row in rows if row.subject.text and row.object.text), key=_order))


def _order(row: EdgeRow) -> tuple[object, ...]:
    subject, other = row.subject, row.object
    late = tuple(-ord(char) for char in row.year) if row.year else ()
    return sort_key(subject.text), subject.path, sort_key(other.text), other.path, late, row.source_path, row.words


def shown(rows: Iterable[EdgeRow]) -> tuple[str, ...]:
    """Those of the columns in which something stands."""
    rows = list(rows)
    return tuple(name for name in MORE_COLUMNS if any(getattr(row, name) for row in rows))


HEAD = ("subject", "role", "object", "words", *MORE_COLUMNS, "note", "section", "address")


def csv_row(role: str, row: EdgeRow) -> tuple[str, ...]:
    return (
        row.subject.text, role, row.object.text, row.words, row.status, row.round, row.year, row.amount, row.stake,
        row.source, row.section, row.section_path or row.source_path,
    )  # fmt: skip


def beside(path: str, part: str) -> str:
    """The address of a page that belongs to another, both percent-encoded; see `urls.part_url`."""
    return f"{path.removesuffix('.html')}--{part}.html"
