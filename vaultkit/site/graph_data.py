"""What the graph page draws, as rows of the tables, and as the two files that its script reads.

Where notes stand and what hangs together is worked out from links alone. Titles,
types and tags are in a file of their own, so that a note that is called
otherwise moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, Edge, EntityType, Url, VaultPath
from vaultkit.nodes import CLAIMED, WANTED
from vaultkit.site.pages import Made, made
from vaultkit.site.script_files import calling
from vaultkit.words import fold, is_journal

NOTES_URL, LINKS_URL = Url("graph/notes.js"), Url("graph/links.js")

HEAVY = 8
"""Links between two notes that count; with more they don't come any closer."""

STEP = 8
"""What places are divided by in the file: nothing that close can be told apart."""

N_TAGS = 60
"""Tags by which the picture can be filtered: the most used."""

FEWEST = 2
"""Notes that a tag needs for that."""

Arrows = tuple[tuple[str, int], ...]


class Dot(Struct, frozen=True, array_like=True, gc=False):
    """What the graph page knows of a note."""

    title: str
    url: Url
    type: str
    tags: tuple[str, ...]


class Pair(Struct, frozen=True, array_like=True, gc=False):
    """Two notes that are linked, by their numbers, the smaller first."""

    a: int
    b: int
    weight: int
    """How many links there are."""
    ways: int
    """1 if *a* links to *b*, 2 if *b* links to *a*, 3 for both."""


class Drawn(Struct, frozen=True):
    """The graph with the place of each note."""

    nodes: tuple[str, ...]
    """Notes by their numbers: those of a community follow each other, the largest community first."""
    places: tuple[tuple[int, int], ...]
    communities: tuple[int, ...]
    """The size of each; notes that no link leads to or from follow after the last."""
    degrees: tuple[int, ...]
    """With how many others each note is linked."""
    pairs: tuple[Pair, ...]
    """Sorted."""


# ---------------------------------------------------------------------------
# Rows
# ---------------------------------------------------------------------------


def arrows(path: VaultPath, row: Sequence[Edge]) -> Arrows | None:
    """Where a note's links lead, and how many lead there: no sentence around them."""
    counts = Counter(edge.target for edge in row)
    found = sorted(
        (target, n) for target, n in counts.items() if target != path and target[:1] not in (WANTED, CLAIMED)
    )
    return tuple(found) or None


def is_drawn(_: VaultPath, document: Document) -> bool | None:
    return True if document.kind != "attachment" else None


def dot(path: VaultPath, document: Document, *, cards: Get) -> Dot | None:
    if document.kind == "attachment":
        return None
    card: Card = cards(path)
    tags = {fold(tag.name) for tag in document.tags if not tag.in_comment}
    return Dot(card.title, card.url, card.type, tuple(sorted(tags)))


def drawn(*, notes: Mapping[VaultPath, bool], arrows: Mapping[VaultPath, Arrows]) -> dict[str, Drawn]:
    """One row, of the whole vault; none where there is nothing to draw."""
    if not notes:
        return {}
    # Whoever fills no such table needs no numpy.
    from vaultkit.drawing.layout import picture

    paths = sorted(notes)
    found = _pairs(paths, arrows)
    seen = picture(len(paths), [(pair.a, pair.b, min(pair.weight, HEAVY)) for pair in found])
    degrees = Counter(node for pair in found for node in (pair.a, pair.b))
    # In the files, notes of a community stand together: most links then lead to a number near by.
    sizes = Counter(community for community in seen.communities if community >= 0)
    rank = {community: at for at, community in enumerate(sorted(sizes, key=lambda one: (-sizes[one], one)))}
    order = sorted(
        range(len(paths)), key=lambda node: (rank.get(seen.communities[node], len(rank)), -degrees[node], node)
    )
    number = {node: at for at, node in enumerate(order)}
    return {
        "": Drawn(
            tuple(paths[node] for node in order), tuple(seen.places[node] for node in order),
            tuple(sizes[community] for community in sorted(rank, key=rank.__getitem__)),
            tuple(degrees[node] for node in order), tuple(sorted((_turned(pair, number) for pair in found), key=_ends)),
        )
    }  # fmt: skip


def _pairs(paths: Sequence[VaultPath], arrows: Mapping[VaultPath, Arrows]) -> list[Pair]:
    number = {path: at for at, path in enumerate(paths)}
    weights: Counter[tuple[int, int]] = Counter()
    ways: Counter[tuple[int, int]] = Counter()
    for path in paths:
        for target, n in arrows.get(path, ()):
            a, b = number[path], number.get(VaultPath(target), -1)
            if b >= 0:
                ends = (a, b) if a < b else (b, a)
                weights[ends] += n
                ways[ends] |= 1 if a < b else 2
    return [Pair(*ends, weights[ends], ways[ends]) for ends in sorted(weights)]


def _turned(pair: Pair, number: Mapping[int, int]) -> Pair:
    """The same pair by other numbers."""
    a, b = number[pair.a], number[pair.b]
    return Pair(a, b, pair.weight, pair.ways) if a < b else Pair(b, a, pair.weight, (0, 2, 1, 3)[pair.ways])


def _ends(pair: Pair) -> tuple[int, int]:
    return pair.a, pair.b


# ---------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------


def files(*, drawn: Mapping[str, Drawn], dots: Mapping[str, Dot], types: Mapping[str, EntityType]) -> dict[str, Made]:
    """Both files, by address."""
    row = drawn.get("")
    if row is None:
        return {}
    notes = made(NOTES_URL, calling("vkGraph", "notes", _notes(row, dots, types)))
    return {NOTES_URL: notes, LINKS_URL: made(LINKS_URL, calling("vkGraph", "links", _links(row)))}


def _notes(row: Drawn, dots: Mapping[str, Dot], types: Mapping[str, EntityType]) -> dict[str, Any]:
    """What notes are: lists with an entry a note, as runs of equal ones where notes have much in common."""
    known = [dots[node] for node in row.nodes]
    folders = sorted({_folder(node) for node in row.nodes})
    prefixes = [_prefix(folder, row.nodes, known) for folder in folders]
    used = sorted({one.type for one in known if one.type}, key=lambda name: (types[name].rank, name))
    folder_of = [folders.index(_folder(node)) for node in row.nodes]
    return {
        "titles": [one.title for one in known],
        "folders": list(zip(folders, prefixes, strict=True)),
        "folder": _runs(folder_of),
        "others": [
            (number, one.url)
            for number, one in enumerate(known)
            if one.url != f"{prefixes[folder_of[number]]}{one.title.replace(' ', '-')}.html"
        ],
        "types": [(name, types[name].color, is_journal(name)) for name in used],
        "type": _runs([used.index(one.type) if one.type else -1 for one in known]),
        "tags": _tags(known),
    }


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _prefix(folder: str, nodes: Sequence[str], known: Sequence[Dot]) -> str:
    """The folder of most pages of a folder's notes."""
    found = Counter(
        one.url.rpartition("/")[0] for node, one in zip(nodes, known, strict=True) if _folder(node) == folder
    )
    most = min(found, key=lambda prefix: (-found[prefix], prefix))
    return f"{most}/" if most else ""


def _tags(known: Sequence[Dot]) -> list[tuple[str, list[int]]]:
    """The most used tags, each with the notes that have it, as steps from one to the next."""
    members: dict[str, list[int]] = {}
    for number, one in enumerate(known):
        for tag in one.tags:
            members.setdefault(tag, []).append(number)
    used = sorted(members, key=lambda tag: (-len(members[tag]), tag))[:N_TAGS]
    return [(tag, list(_steps(members[tag]))) for tag in used if len(members[tag]) >= FEWEST]


def _links(row: Drawn) -> dict[str, Any]:
    """Where notes stand and how they are linked: for each note its pairs with later ones.

    A pair is a number: sixteen times the step from the one before, four times how
    heavy it is (0 to 3), and its ways.
    """
    pairs: list[list[int]] = [[] for _ in row.nodes]
    at, last = -1, 0
    for pair in row.pairs:
        if pair.a != at:
            at, last = pair.a, pair.a
        heavy = min(pair.weight, 8).bit_length() - 1
        pairs[at].append((pair.b - last) * 16 + heavy * 4 + pair.ways)
        last = pair.b
    while pairs and not pairs[-1]:
        pairs.pop()
    return {
        "x": [round(x / STEP) for x, _ in row.places],
        "y": [round(y / STEP) for _, y in row.places],
        "groups": row.communities,
        "pairs": pairs,
    }


def _steps(numbers: Iterable[int]) -> Iterator[int]:
    last = 0
    for number in numbers:
        yield number - last
        last = number


def _runs(values: Iterable[int]) -> list[int]:
    """Each value with how often it comes in a row."""
    return [part for value, run in groupby(values) for part in (value, sum(1 for _ in run))]
