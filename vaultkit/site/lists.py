"""Pages of links: folders, tags, the index from A to Z, wanted names, the front page, redirects."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from vaultkit.engine.tables import Get
from vaultkit.model import Card, Document, EntityType, Url, VaultPath, WantedCard
from vaultkit.nodes import WANTED
from vaultkit.site.frame import WAYS
from vaultkit.site.note_page import card_link, crumbs
from vaultkit.site.views import (
    AnyView,
    Frame,
    HomeView,
    Link,
    ListGroup,
    ListView,
    NotFoundView,
    RedirectView,
    SearchView,
    TagView,
    TypeBadge,
    Way,
)
from vaultkit.urls import folder_url, href, natural_url, permalink_url, place, root_of, tag_url, type_url
from vaultkit.words import fold, sort_key

SEARCH_URL = Url("search.html")
INDEX_URL, TAGS_URL, WANTED_URL = Url("index-az.html"), Url("tags/index.html"), Url("wanted/index.html")

ONE_PAGE = 1500
"""Entries up to which the index is one page; a larger one has a page a letter."""

N_HUBS = 24
_NUMBERS, _OTHERS = "0–9", "…"

# ---------------------------------------------------------------------------
# Folders and tags
# ---------------------------------------------------------------------------


def by_folder(path: VaultPath, document: Document) -> Iterator[tuple[str, str]]:
    """A note in its folder, and each folder in the one above; what is empty of notes has no page."""
    if document.kind == "attachment":
        return
    child: str = path
    while "/" in child:
        folder = child.rpartition("/")[0]
        yield folder, child
        child = folder
    # The root has no page of its own: that is the front page.


def folder_page(type_of: Callable[[str], str]) -> Callable[..., ListView]:
    """The formula of the page of a folder; where a note called "index" lies, that stands in its place.

    Args:
        type_of: The type that a folder makes.
    """

    def view(folder: str, members: Sequence[str], *, cards: Get, plans: Get) -> ListView:
        url = folder_url(folder)
        root = root_of(url)
        notes = [cards(member) for member in dict.fromkeys(members) if cards(member) is not None]
        folders = sorted({member for member in members if cards(member) is None}, key=sort_key)
        kind = type_of(folder)
        return ListView(
            url=url, root=root, title=folder.rpartition("/")[2], kind="folder", crumbs=crumbs(folder, root),
            children=tuple(Link(name.rpartition("/")[2], href(root, folder_url(name))) for name in folders),
            groups=_by_letter([card_link(card, root) for card in notes]), n_links=len(notes),
            table=href(root, type_url(kind)) if kind and plans(kind) is not None else "",
        )  # fmt: skip

    return view


class TagUse(Struct, frozen=True, array_like=True, gc=False):
    """A note that bears a tag, or one below it."""

    path: VaultPath
    name: str
    """The tag's spelling up to this level."""


def by_tag(path: VaultPath, document: Document) -> Iterator[tuple[str, TagUse]]:
    """The note under each of its tags and under the tags above them (rule T-5)."""
    seen: set[str] = set()
    for tag in document.tags:
        levels = [level for level in tag.name.split("/") if level]
        for depth in range(1, len(levels) + 1):
            name = "/".join(levels[:depth])
            if not tag.in_comment and fold(name) not in seen:
                seen.add(fold(name))
                yield fold(name), TagUse(path, name)
        if not levels and not tag.in_comment:
            yield fold(tag.name), TagUse(path, tag.name)


def by_parent_tag(tag: str, uses: Sequence[TagUse]) -> Iterator[tuple[str, tuple[str, int]]]:
    parent = tag.rpartition("/")[0]
    if parent:
        yield parent, (uses[0].name, len(uses))


def tag_page(tag: str, uses: Sequence[TagUse], *, cards: Get, subtags: Get) -> TagView:
    url = tag_url(tag)
    root = root_of(url)
    levels = uses[0].name.split("/")
    above = [
        Link("#" + level, href(root, tag_url(fold("/".join(levels[: depth + 1])))))
        for depth, level in enumerate(levels[:-1])
    ]
    children = [
        Link("#" + name.rpartition("/")[2], href(root, tag_url(fold(name))), count=count)
        for name, count in subtags(tag, ())
    ]
    return TagView(
        url=url, root=root, title="#" + uses[0].name, kind="tag", crumbs=tuple(above),
        children=tuple(children), groups=_by_letter([card_link(cards(use.path), root) for use in uses]),
        n_links=len(uses),
    )  # fmt: skip


def tags_page(tags: Mapping[str, Sequence[TagUse]]) -> dict[str, ListView]:
    """All tags, the most used first within each letter."""
    if not tags:
        return {}
    root = root_of(TAGS_URL)
    links = [Link(uses[0].name, href(root, tag_url(tag)), count=len(uses)) for tag, uses in tags.items()]
    view = ListView(url=TAGS_URL, root=root, title="", kind="tags", groups=_by_letter(links), n_links=len(links))
    return {TAGS_URL: view}


# ---------------------------------------------------------------------------
# Indexes
# ---------------------------------------------------------------------------


def by_title(path: VaultPath, document: Document) -> Iterator[tuple[str, tuple[str, VaultPath]]]:
    """Titles and aliases by their first letter."""
    if document.kind == "attachment":
        return
    for name in dict.fromkeys((document.title, *document.aliases)):
        yield initial(name), (name, path)


def initial(name: str) -> str:
    """The letter a name stands under; scripts without an alphabet stand together."""
    for char in unicodedata.normalize("NFKD", name):
        if char.isdigit():
            return _NUMBERS
        if char.isalpha():
            return char.upper() if unicodedata.category(char) in ("Lu", "Ll", "Lt") else _OTHERS
    return _OTHERS


def index_pages(
    entries: Mapping[str, Sequence[tuple[str, VaultPath]]], cards: Mapping[VaultPath, Card], ways: Mapping[str, Url]
) -> dict[str, ListView]:  # fmt: skip
    """The index from A to Z: one page, or one a letter."""
    n_entries = sum(len(found) for found in entries.values())
    n_notes = sum(card.kind != "attachment" for card in cards.values())
    letters = sorted(entries, key=letter_order)
    others = tuple(Way(name, href("", ways[name])) for name in WAYS if name in ways)
    whole = {"url": INDEX_URL, "root": "", "title": "", "kind": "index", "n_links": n_notes, "ways": others}

    def links(letter: str, root: str) -> tuple[Link, ...]:
        found = sorted(entries[letter], key=lambda entry: (sort_key(entry[0]), entry[1]))
        return tuple(_entry(name, cards[path], root) for name, path in found)

    if n_entries <= ONE_PAGE:
        groups = tuple(ListGroup(letter, links(letter, ""), letter_slug(letter)) for letter in letters)
        return {INDEX_URL: ListView(groups=groups, **whole)}  # type: ignore[arg-type]
    urls = {letter: Url(f"index-az/{letter_slug(letter)}.html") for letter in letters}
    tiles = tuple(Link(letter, href("", urls[letter]), count=len(entries[letter])) for letter in letters)
    pages: dict[str, ListView] = {INDEX_URL: ListView(children=tiles, **whole)}  # type: ignore[arg-type]
    for letter in letters:
        root = root_of(urls[letter])
        pages[urls[letter]] = ListView(
            url=urls[letter], root=root, title=letter, kind="index",
            crumbs=(Link("", href(root, INDEX_URL)),), groups=(ListGroup("", links(letter, root)),),
        )  # fmt: skip
    return pages


def wanted_index(wanted: Mapping[str, WantedCard]) -> dict[str, ListView]:
    """The names that notes use and no note has, the most wanted first."""
    root = root_of(WANTED_URL)
    links = tuple(_wanted_links(wanted, root))
    if not links:
        return {}
    view = ListView(
        url=WANTED_URL, root=root, title="", kind="wanted-index", groups=(ListGroup("", links),), n_links=len(links)
    )
    return {WANTED_URL: view}


def _wanted_links(wanted: Mapping[str, WantedCard], root: str) -> list[Link]:
    names = [card for node, card in wanted.items() if node.startswith(WANTED)]
    names.sort(key=lambda card: (-card.n_mentions, sort_key(card.name)))
    return [Link(card.name, href(root, card.url), count=card.n_mentions) for card in names]


# ---------------------------------------------------------------------------
# The front page, 404, redirects
# ---------------------------------------------------------------------------


def front_pages(frame: Frame) -> Callable[..., dict[str, AnyView]]:
    """The formula of 404.html and the search page, and of a front page where the vault has no home note."""

    def views(
        *, cards: Mapping[VaultPath, Card], backlinks: Mapping[str, Sequence[object]],
        types: Mapping[str, EntityType], tags: Mapping[str, Sequence[TagUse]], wanted: Mapping[str, WantedCard],
    ) -> dict[str, AnyView]:  # fmt: skip
        base = frame.base_url
        path = "/" + base.split("/", 3)[3] if base.count("/") > 2 else ""
        pages: dict[str, AnyView] = {"404.html": NotFoundView(url=Url("404.html"), root=path, title="404")}
        ranked = sorted(types.values(), key=lambda entity: entity.rank)
        if frame.search:
            pages[SEARCH_URL] = SearchView(
                url=SEARCH_URL, root="", title="",
                types=tuple(TypeBadge(entity.name, entity.folder, entity.color, href("", entity.url)) for entity in ranked),
            )  # fmt: skip
        if any(card.url == "index.html" for card in cards.values()):
            return pages
        n_notes = Counter(card.type for card in cards.values())
        linked = [(len(backlinks.get(path, ())), card) for path, card in cards.items() if card.kind == "note"]
        linked.sort(key=lambda pair: (-pair[0], sort_key(pair[1].title), pair[1].path))
        most_used = sorted(tags.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:N_HUBS]
        pages["index.html"] = HomeView(
            url=Url("index.html"), root="", title=frame.title,
            types=tuple(
                Link(entity.folder, href("", entity.url), entity.color, n_notes[entity.folder])
                for entity in ranked
            ),
            hubs=tuple(card_link(card, "", count) for count, card in linked[:N_HUBS]),
            tags=tuple(Link(uses[0].name, href("", tag_url(tag)), count=len(uses)) for tag, uses in most_used),
            wanted=tuple(_wanted_links(wanted, "")[:N_HUBS]),
        )  # fmt: skip
        return pages

    return views


def by_former_address(path: VaultPath, document: Document) -> Iterator[tuple[str, tuple[VaultPath, Url]]]:
    """Addresses that lead to a note though its page is elsewhere: its aliases, and its path (rules P-2, P-3)."""
    if document.kind != "note":
        return
    urls = [permalink_url(alias) for alias in document.aliases]
    if any(entry.name == "permalink" for entry in document.properties):
        urls.append(natural_url(path, document.kind))
    for url in urls:
        if url is not None:
            yield place(url), (path, url)


def redirect_page(address: str, claims: Sequence[tuple[VaultPath, Url]], *, cards: Get) -> RedirectView | None:
    """A redirect from an address that one note alone claims; where a page is, that stands in its place."""
    path, url = claims[0]
    if len({claimant for claimant, _ in claims}) > 1 or address.endswith("/index.html"):
        return None
    card: Card = cards(path)
    root = root_of(url)
    return RedirectView(url=url, root=root, title=card.title, target=href(root, card.url))


# ---------------------------------------------------------------------------
# Helpers
# ---------------------------------------------------------------------------


def _entry(name: str, card: Card, root: str) -> Link:
    link = card_link(card, root)
    return link if name == card.title else Link(name, link.href, link.color, note=card.title)


def _by_letter(links: Sequence[Link]) -> tuple[ListGroup, ...]:
    """Links in order, under their letters where they are many."""
    ordered = sorted(links, key=lambda link: (sort_key(link.text), link.href))
    if len(ordered) <= 60:
        return (ListGroup("", tuple(ordered)),) if ordered else ()
    by_letter: dict[str, list[Link]] = {}
    for link in ordered:
        by_letter.setdefault(initial(link.text), []).append(link)
    letters = sorted(by_letter, key=letter_order)
    return tuple(ListGroup(letter, tuple(by_letter[letter]), letter_slug(letter)) for letter in letters)


def letter_order(letter: str) -> tuple[bool, bool, str]:
    """Numbers come first, and what has no alphabet last."""
    return letter == _OTHERS, letter != _NUMBERS, letter


def letter_slug(letter: str) -> str:
    return {_NUMBERS: "0-9", _OTHERS: "other"}.get(letter, letter.lower())
