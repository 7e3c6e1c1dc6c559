"""Pages of types: their things with the most frequent facts as a table, and the data for setting them side by side.

A type that has many things is cut into parts, between letters and by its most
used tags. What a page shows of the whole type is kept apart from its rows and
seldom changes, so that an edit renders the pages that its note stands on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from posixpath import splitext
from urllib.parse import quote

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vaultkit.engine.tables import Get
from vaultkit.model import Url, VaultPath
from vaultkit.site.csv_files import csv_file
from vaultkit.site.knowledge_views import Cell, CompareView, Facet, Thing, TypeRow, TypeView
from vaultkit.site.lists import initial, letter_order, letter_slug
from vaultkit.site.pages import Made, Page, made, pack
from vaultkit.site.profiles import Known, Profile
from vaultkit.site.relation_pages import span
from vaultkit.site.statements import SortKey
from vaultkit.site.views import Link
from vaultkit.urls import color_class, csv_url, href, part_url, root_of, short_hash, slug, tag_url, type_url
from vaultkit.words import sort_key

COMPARE_URL = Url("compare.html")

A_PAGE = 300
"""Things of a type up to which it has one page; and those on a page of its letters."""

N_COLUMNS, N_FACETS, N_BEST = 8, 24, 100

SHARE = 20
"""A key is a column if at least every so manyth thing has it, or `FEW`."""

FEW = 3

MAX_CELL = 120
"""Characters of a cell in the table; all of it is in the CSV file."""

PAGED_TAG = 8
"""Things that a tag must have for a page of its own."""

Profiles = Sequence[Profile]


NOTHING = Cell(())

_json = msgspec.json.Encoder().encode


class Part(Struct, frozen=True, array_like=True, gc=False):
    """A page of a type: the things under some letters, or of one tag."""

    slug: str
    name: str
    letters: tuple[str, ...] = ()
    tag: str = ""
    piece: int = 0
    """Which of those that a letter with too many things is cut into."""


class Plan(Struct, frozen=True, array_like=True, gc=False):
    """What all pages of a type have in common."""

    columns: tuple[tuple[str, str], ...]
    """Keys, folded and as shown."""
    parts: tuple[Part, ...]
    """Empty where all is on one page."""


def by_type(_: VaultPath, profile: Profile) -> Iterator[tuple[str, Profile]]:
    yield profile.type, profile


def by_slice(_: VaultPath, profile: Profile) -> Iterator[tuple[tuple[str, str, str], Profile]]:
    """Each thing under its letter and its tags."""
    yield (profile.type, "letter", initial(profile.name.text)), profile
    for tag, _spelt in profile.tags:
        yield (profile.type, "tag", tag), profile


# ---------------------------------------------------------------------------
# Which columns, which parts
# ---------------------------------------------------------------------------


def type_plan(bare: Container[str] = ()) -> Callable[[str, Profiles], Plan | None]:
    """The formula of a type's plan; none where its things have no facts in common, for a list of them is enough.

    Args:
        bare: Types of which there is no other list.
    """

    def plan(name: str, members: Profiles) -> Plan | None:
        columns = _columns(members)
        if not columns and name not in bare:
            return None
        return Plan(columns, tuple(_parts(members)) if len(members) > A_PAGE else ())

    return plan


def _columns(members: Profiles) -> tuple[tuple[str, str], ...]:
    """The most frequent keys. They are ranked in steps, then by name, so that one note more seldom changes their order."""
    counts = Counter(known.key for member in members for known in member.known)
    least = max(FEW, -(-len(members) // SHARE))
    ranked = sorted(
        (key for key, n in counts.items() if n >= least), key=lambda key: (-_step(counts[key]), key)
    )  # fmt: skip
    chosen = ranked[:N_COLUMNS]
    spelt: dict[str, Counter[str]] = {key: Counter() for key in chosen}
    for member in members:
        for known in member.known:
            if known.key in spelt:
                spelt[known.key][known.shown] += 1
    return tuple((key, min(spelt[key], key=lambda name: (-spelt[key][name], name))) for key in chosen)


def _step(count: int) -> int:
    """Steps of the square root of two."""
    return (count * count).bit_length()


def _parts(members: Profiles) -> Iterator[Part]:
    counts = Counter(initial(member.name.text) for member in members)
    letters: list[str] = []
    for letter in [*sorted(counts, key=letter_order), ""]:
        if letters and (not letter or sum(counts[each] for each in letters) + counts[letter] > A_PAGE):
            name = span(letters)
            first = letter_slug(letters[0])
            for piece in range(-(-sum(counts[each] for each in letters) // A_PAGE)):
                more = f" {piece + 1}" if piece else ""
                yield Part(first + more.replace(" ", "-"), name + more, tuple(letters), piece=piece)
            letters = []
        letters.append(letter)
    for tag, name, n in _most_used(members):
        if PAGED_TAG <= n <= A_PAGE:
            plain = tag if slug(tag) == tag else short_hash(tag)
            yield Part(f"tag-{plain}", f"#{name}", tag=tag)


def _most_used(members: Profiles) -> list[tuple[str, str, int]]:
    """The tags that tell things apart, with their spelling and number."""
    counts = Counter(tag for member in members for tag, _ in member.tags)
    spelt: dict[str, str] = {}
    for member in members:
        for tag, name in member.tags:
            spelt.setdefault(tag, name)
    useful = [tag for tag, n in counts.items() if 2 <= n < len(members)]
    useful.sort(key=lambda tag: (-_step(counts[tag]), tag))
    return [(tag, spelt[tag], counts[tag]) for tag in useful[:N_FACETS]]


# ---------------------------------------------------------------------------
# Pages
# ---------------------------------------------------------------------------


def type_files(home_of: Callable[[str], Url], key_of: SortKey) -> Callable[..., tuple[Page | Made, ...] | None]:
    """The formula of a type's first page, of its whole table, and of the script that names its things."""

    def files(name: str, members: Profiles, *, plans: Get) -> tuple[Page | Made, ...] | None:
        plan: Plan | None = plans(name)
        if plan is None:
            return None
        url = type_url(name)
        root = root_of(url)
        ordered = _ordered(members)
        rows, facets = ordered, _facets(ordered, root)
        if plan.parts:
            rows = _best(ordered, plan)
            facets = _facets_of_parts(url, plan, ordered, root)
        view = _view(name, plan, url, url, rows, key_of, facets, len(members))
        folder = Link(name, href(root, home_of(name))) if home_of(name) != url else None
        page = pack(replace(view, folder=folder))
        beside = (_table(url, plan, ordered), _names(name, plan, ordered))
        return (page, *beside) if plan.parts else (page, *beside, _data(name, "all", ordered))

    return files


def part_files(key_of: SortKey) -> Callable[..., tuple[Page | Made, ...]]:
    """The formula of a page of a part, and of the data of its things."""

    def files(of: tuple[str, str], known: tuple[Plan, Part], *, slices: Get) -> tuple[Page | Made, ...]:
        name, (plan, part) = of[0], known
        url = part_url(type_url(name), part.slug)
        cells = [("letter", letter) for letter in part.letters] or [("tag", part.tag)]
        found = _ordered(profile for kind, value in cells for profile in slices((name, kind, value), ()))
        if part.letters:
            found = found[part.piece * A_PAGE : (part.piece + 1) * A_PAGE]
        page = pack(
            _view(name, plan, url, type_url(name), found, key_of, _facets(found, root_of(url)), len(found), part)
        )
        return (page, _data(name, part.slug, found)) if part.letters else (page,)

    return files


def parts_of(name: str, plan: Plan) -> Iterator[tuple[tuple[str, str], tuple[Plan, Part]]]:
    return (((name, part.slug), (plan, part)) for part in plan.parts)


def _view(
    name: str, plan: Plan, url: Url, home: Url, found: Sequence[Profile], key_of: SortKey, facets: tuple[Facet, ...],
    n_rows: int, part: Part | None = None,
) -> TypeView:  # fmt: skip
    root = root_of(url)
    letters = [each for each in plan.parts if each.letters]
    return TypeView(
        url=url, root=root, title=name, color=color_class(name), n_rows=n_rows, columns=tuple(key for _, key in plan.columns),
        rows=tuple(_row(each, plan, key_of) for each in found),
        letters=tuple(Link(each.name, href(root, part_url(home, each.slug))) for each in letters),
        facets=facets, part=part.name if part is not None else "", home=href(root, home), csv=href(root, csv_url(home)),
        is_best=bool(plan.parts) and part is None, compare=f"{root}{COMPARE_URL}?type={quote(name, safe='')}",
    )  # fmt: skip


def _ordered(found: Iterable[Profile]) -> list[Profile]:
    return sorted(found, key=lambda each: (sort_key(each.name.text), each.name.path))


def _best(members: Profiles, plan: Plan) -> list[Profile]:
    """Those that fill most columns, and of those the ones of which more is known besides."""
    columns = {key for key, _ in plan.columns}

    def rank(member: Profile) -> tuple[int, int]:
        return -sum(known.key in columns for known in member.known), -_step(len(member.known))

    return sorted(sorted(members, key=rank)[:N_BEST], key=lambda each: sort_key(each.name.text))


def _row(profile: Profile, plan: Plan, key_of: SortKey) -> TypeRow:
    by_key = {known.key: known for known in profile.known}
    tags = "".join(f" {tag}" for tag, _ in profile.tags)
    cells = tuple(_cell(by_key.get(key), key_of) for key, _ in plan.columns)
    return TypeRow(profile.name, f"{tags} " if tags else "", cells)


def _cell(known: Known | None, key_of: SortKey) -> Cell:
    if known is None:
        return NOTHING
    left, parts = MAX_CELL, []
    for part in known.parts:
        if len(part.text) > left:
            cut = part.text[:left].rsplit(" ", 1)[0].rstrip(",;:")
            parts.append(Thing(f"{cut} …"))
            break
        parts.append(part)
        left -= len(part.text)
    return Cell(tuple(parts), key_of(known.text))


def _facets(found: Sequence[Profile], root: str) -> tuple[Facet, ...]:
    """The tags of the rows of one page, which a script shows those of; without it they lead to the tag."""
    return _ranked(Facet(name, href(root, tag_url(tag)), n, tag) for tag, name, n in _most_used(found))


def _ranked(facets: Iterable[Facet]) -> tuple[Facet, ...]:
    return tuple(sorted(facets, key=lambda facet: (-facet.count, sort_key(facet.text))))


def _facets_of_parts(url: Url, plan: Plan, members: Profiles, root: str) -> tuple[Facet, ...]:
    counts = Counter(tag for member in members for tag, _ in member.tags)
    tags = [part for part in plan.parts if part.tag]
    return _ranked(
        Facet(part.name.removeprefix("#"), href(root, part_url(url, part.slug)), counts[part.tag]) for part in tags
    )  # fmt: skip


# ---------------------------------------------------------------------------
# Files beside the pages
# ---------------------------------------------------------------------------


def _table(url: Url, plan: Plan, members: Profiles) -> Made:
    head = ("name", *(shown for _, shown in plan.columns), "tags", "address")

    def rows() -> Iterator[tuple[str, ...]]:
        for member in members:
            texts = {known.key: known.text for known in member.known}
            tags = " ".join(f"#{name}" for _, name in member.tags)
            yield member.name.text, *(texts.get(key, "") for key, _ in plan.columns), tags, member.name.path

    return csv_file(csv_url(url), head, rows())


def script_url(name: str, part: str = "") -> Url:
    """Among the site's own files, for elsewhere a script is an attachment, and no server of ours lets it run."""
    return Url(f"static/{splitext(type_url(name))[0]}{f'--{part}' if part else ''}.js")


def _names(name: str, plan: Plan, members: Profiles) -> Made:
    """The things of a type by the part of it that holds what is known of them."""
    pieces: dict[str, list[tuple[str, str]]] = {}
    slugs = {letter: [each.slug for each in plan.parts if letter in each.letters] for letter in _letters(plan)}
    seen: Counter[str] = Counter()
    for member in members:
        known = slugs.get(initial(member.name.text)) or ["all"]
        at = seen[known[0]] // A_PAGE
        seen[known[0]] += 1
        pieces.setdefault(known[at], []).append((_id(member), member.name.text))
    return made(script_url(name), _script(b"vkNames", [name, pieces]))


def _letters(plan: Plan) -> set[str]:
    return {letter for part in plan.parts for letter in part.letters}


def _data(name: str, part: str, members: Profiles) -> Made:
    """What is known of things, for the page that sets them side by side."""
    facts = {_id(member): [[known.shown, _plain(known)] for known in member.known] for member in members}
    return made(script_url(name, part), _script(b"vkKnown", [name, facts]))


def _id(member: Profile) -> str:
    """The address of its page without the ending, percent-encoded."""
    return member.name.path.removesuffix(".html")


def _plain(known: Known) -> list[str | list[str]]:
    return [[part.text, part.path] if part.path else part.text for part in known.parts]


def _script(name: bytes, value: object) -> bytes:
    """A classic script that adds to a list, since a page that was opened from the disk can't fetch."""
    return b"(self.%b=self.%b||[]).push(%b);\n" % (name, name, _json(value))


def compare_page(plans: dict[str, Plan]) -> dict[str, CompareView]:
    """The page on which things of one type are set side by side; every type that has a table can be chosen."""
    links = [
        Link(name, href("", type_url(name)), color_class(name), note=href("", script_url(name)))
        for name in sorted(plans, key=sort_key)
    ]
    return {COMPARE_URL: CompareView(url=COMPARE_URL, root="", title="", types=tuple(links))} if links else {}
