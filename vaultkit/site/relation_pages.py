"""Pages of relations: an index of roles, all relations of a role, and all that stands in one relation to a thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, Url, VaultPath, WantedCard
from vaultkit.site.csv_files import csv_file
from vaultkit.site.knowledge_views import EdgeRow, EntityRoleView, RelationsView, RelationView, Thing
from vaultkit.site.lists import N_HUBS, initial, letter_order, letter_slug
from vaultkit.site.pages import Made, Page, pack
from vaultkit.site.relations import MANY, Turned, thing
from vaultkit.site.statements import HEAD, Statement, beside, csv_row, shown, sorted_rows
from vaultkit.site.views import Link
from vaultkit.urls import csv_url, href, part_url, relation_url, role_part, root_of
from vaultkit.words import sort_key

INDEX_URL = Url("relations/index.html")

A_PAGE = 500
"""Rows of a page: some 230 KB."""

# ---------------------------------------------------------------------------
# All roles
# ---------------------------------------------------------------------------


def count_by_role(_: VaultPath, facts: Sequence[Fact]) -> Iterator[tuple[tuple[bool, str], int]]:
    """How many relations of each role a note states, those that the vocabulary knows apart."""
    yield from Counter((fact.is_typed, fact.role) for fact in facts if fact.object).items()


def relations_index(counts: Mapping[tuple[bool, str], Sequence[int]]) -> dict[str, RelationsView]:
    if not counts:
        return {}
    root = root_of(INDEX_URL)
    found: dict[bool, list[Link]] = {True: [], False: []}
    for (is_typed, role), parts in counts.items():
        found[is_typed].append(Link(role, href(root, relation_url(role)) if is_typed else "", count=sum(parts)))
    for links in found.values():
        links.sort(key=lambda link: (-link.count, link.text))
    view = RelationsView(url=INDEX_URL, root=root, title="", typed=tuple(found[True]), others=tuple(found[False]))
    return {INDEX_URL: view}


# ---------------------------------------------------------------------------
# A role
# ---------------------------------------------------------------------------


def is_there(_: str, found: Sequence[Statement]) -> bool:
    """Whether a role has a page, for those who lead there: it stays so, however much is said."""
    return bool(found)


def relation_files(turned: Turned) -> Callable[..., tuple[Page | Made, ...]]:
    """The formula of the pages of a role, and of the one table of it."""

    def files(role: str, found: Sequence[Statement], *, used: Get) -> tuple[Page | Made, ...]:
        url = relation_url(role)
        rows = sorted_rows(statement.row for statement in found)
        table = csv_file(csv_url(url), HEAD, (csv_row(role, row) for row in rows))
        back = turned(role)
        views = _views(role, back, url, rows, found, is_paired=back != role and used(back, False))
        return table, *map(pack, views)

    return files


def _views(
    role: str, back: str, url: Url, rows: tuple[EdgeRow, ...], found: Sequence[Statement], *, is_paired: bool
) -> Iterator[RelationView]:  # fmt: skip
    """One page, or one a letter and a first one that leads to them."""
    root = root_of(url)
    whole = RelationView(
        url=url, root=root, title="", role=role, inverse=back, n_rows=len(rows), csv=href(root, csv_url(url)),
        back=href(root, relation_url(back)) if is_paired else "", home=href(root, url),
    )  # fmt: skip
    if len(rows) <= A_PAGE:
        yield replace(whole, rows=rows, shown=shown(rows))
        return
    parts = _parts(rows)
    urls = [part_url(url, part.slug) for part in parts]
    links = tuple(
        Link(part.name, href(root, each), count=len(part.rows)) for part, each in zip(parts, urls, strict=True)
    )
    yield replace(
        whole, letters=links, objects=_most_named(found, root, lambda each: (each.object, each.row.object), back),
        subjects=_most_named(found, root, lambda each: (each.subject, each.row.subject), role) if back != role else (),
    )  # fmt: skip
    for part, each in zip(parts, urls, strict=True):
        yield replace(whole, url=each, rows=part.rows, shown=shown(part.rows), letters=links, letter=part.name)


class Part(NamedTuple):
    """The rows of one page of several: those of some letters, or of a letter that has many a piece."""

    name: str
    slug: str
    rows: tuple[EdgeRow, ...]


def _parts(rows: Sequence[EdgeRow]) -> list[Part]:
    """Rows cut between letters, or within one that has too many for a page."""
    by_letter: dict[str, list[EdgeRow]] = {}
    for row in rows:
        by_letter.setdefault(initial(row.subject.text), []).append(row)
    found: list[Part] = []
    letters: list[str] = []
    held: list[EdgeRow] = []
    for letter in [*sorted(by_letter, key=letter_order), ""]:
        more = by_letter.get(letter, [])
        if letters and (not letter or len(held) + len(more) > A_PAGE):
            found += _pieces(letters, held)
            letters, held = [], []
        letters.append(letter)
        held += more
    return found


def _pieces(letters: Sequence[str], rows: Sequence[EdgeRow]) -> Iterator[Part]:
    name = span(letters)
    slug = letter_slug(letters[0])
    cut = [tuple(rows[start : start + A_PAGE]) for start in range(0, len(rows), A_PAGE)]
    yield Part(name, slug, cut[0])
    for number, piece in enumerate(cut[1:], 2):
        yield Part(f"{name} {number}", f"{slug}-{number}", piece)


def _most_named(
    found: Sequence[Statement], root: str, end: Callable[[Statement], tuple[str, Thing]], role: str
) -> tuple[Link, ...]:  # fmt: skip
    """The things at one end of most relations, with the way to what is at the other end of them."""
    others: dict[str, set[str]] = {}
    names: dict[str, Thing] = {}
    for each in found:
        node, name = end(each)
        if name.path:
            others.setdefault(node, set()).add(each.object if node == each.subject else each.subject)
            names[node] = name
    ranked = sorted(others, key=lambda node: (-len(others[node]), sort_key(names[node].text), node))
    links = []
    for node in ranked[:N_HUBS]:
        name = names[node]
        path = beside(name.path, role_part(role)) if len(others[node]) >= MANY else name.path
        links.append(Link(name.text, root + path, name.color, len(others[node])))
    return tuple(links)


def span(letters: Sequence[str]) -> str:
    """From the first to the last letter, in words."""
    first, last = (
        letter[:1] if letter == "0–9" and len(letters) > 1 else letter for letter in (letters[0], letters[-1])
    )
    return first if len(letters) == 1 else f"{first} – {last}"


# ---------------------------------------------------------------------------
# A thing and a role
# ---------------------------------------------------------------------------


def entity_role_files(turned: Turned) -> Callable[..., tuple[Page | Made, ...] | None]:
    """The formula of the page of all that stands in one relation to a thing; none where its own page shows it well."""

    def files(
        side: tuple[str, str], found: Sequence[Statement], *, cards: Get, wanted: Get, used: Get
    ) -> tuple[Page | Made, ...] | None:  # fmt: skip
        node, role = side
        n_things = len({each.object if each.subject == node else each.subject for each in found})
        card: Card | WantedCard | None = (cards(node) or wanted(node)) if n_things >= MANY else None
        if card is None:
            return None
        url = part_url(card.url, role_part(role))
        root = root_of(url)
        note = thing(node, "", root, cards, wanted)
        rows = sorted_rows(_seen_from(node, each) for each in found)
        of_all = next((name for name in (role, turned(role)) if used(name, False)), "")
        view = EntityRoleView(
            url=url, root=root, title=note.text, note=note, role=role, n_things=n_things, rows=rows, shown=shown(rows),
            csv=href(root, csv_url(url)), all=href(root, relation_url(of_all)) if of_all else "",
        )  # fmt: skip
        return pack(view), csv_file(csv_url(url), HEAD, (csv_row(role, row) for row in rows))

    return files


def _seen_from(node: str, statement: Statement) -> EdgeRow:
    row = statement.row
    if statement.subject == node:
        return row
    return EdgeRow(
        row.object, row.subject, *(getattr(row, name) for name in EdgeRow.__struct_fields__[2:])
    )  # fmt: skip
