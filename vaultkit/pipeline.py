"""Every table of a vault, in reading order: read this first, it is the program."""

from __future__ import annotations

from functools import partial

from vaultkit.config import Config
from vaultkit.engine.tables import Group, Input, Lookup, Map, Run, Spread, Tables, Union, Whole, run_here
from vaultkit.knowledge import extract
from vaultkit.knowledge.events import events
from vaultkit.knowledge.values import sort_text
from vaultkit.knowledge.vocabulary import Vocabulary
from vaultkit.links.anchors import anchors
from vaultkit.links.cards import card, claims, permalink_problems
from vaultkit.links.edges import by_target, edges
from vaultkit.links.leaks import hidden_names, leaks, unsafe_file
from vaultkit.links.names import names
from vaultkit.links.resolve import resolve
from vaultkit.links.transclusions import embedded, transclusion_problems
from vaultkit.links.types import by_top_folder, entity_types, nav_problems
from vaultkit.links.wanted import by_name, wanted_card
from vaultkit.parse.note import parsed
from vaultkit.parse.publish import publish
from vaultkit.site import lists, relation_pages
from vaultkit.site.mentions import hub_pages
from vaultkit.site.note_page import note_page, wanted_page
from vaultkit.site.pages import by_url, copied_file, page, pages, place_of
from vaultkit.site.statements import by_role, by_side, statements
from vaultkit.site.views import Frame


def pipeline(
    config: Config, frame: Frame, vocabulary: Vocabulary, run: Run = run_here, *, drafts: bool = False
) -> Tables:  # fmt: skip
    """Declare every table of a vault, each from the ones above it.

    Args:
        vocabulary: By which words are read as roles.
        frame: What surrounds every page.
        run: How notes are parsed: here, from the memo, in other processes.
        drafts: Whether private notes are shown too; never in what is published.
    """
    t = Tables()
    forgiving = config.syntax.reading == "forgiving"

    # What is on disk: vault path -> Source.
    t.sources = Input()

    # What each file says, read alone; what of it may be seen. A private note ends here.
    t.parsed = Map(t.sources, parsed(config.syntax), run)
    public = publish(config.publish, drafts=drafts)
    t.documents = Map(t.parsed, public)
    t.anchors = Map(t.documents, anchors)

    # What it is called, where it lives, what its links mean.
    t.names = Group(t.documents, names)
    t.claims = Group(t.documents, claims(config.site.home))
    t.top_folders = Group(t.documents, by_top_folder)
    t.types = Whole(entity_types(config.site.nav), folders=t.top_folders)
    t.cards = Lookup(t.documents, card(config.site.home, frame.title), claimants=t.claims, types=t.types)
    t.links = Lookup(t.documents, resolve(aliases=forgiving), candidates=t.names, anchors=t.anchors)

    # The graph, and what follows from it.
    t.edges = Lookup(t.documents, edges, links=t.links)
    t.backlinks = Group(t.edges, by_target)
    t.mentions = Group(t.edges, by_name)
    t.wanted = Map(t.mentions, wanted_card)
    t.tags = Group(t.documents, lists.by_tag)
    t.subtags = Group(t.tags, lists.by_parent_tag)
    t.folders = Group(t.documents, lists.by_folder)
    t.titles = Group(t.documents, lists.by_title)
    t.former = Group(t.documents, lists.by_former_address)

    # What the author knows.
    t.kinds = Map(t.documents, partial(extract.entity_kind, vocabulary=vocabulary))
    t.facts = Lookup(
        t.documents, extract.formula(vocabulary, config.relations.headings), links=t.links, names=t.names, kinds=t.kinds
    )
    t.about = Group(t.facts, extract.by_entity)
    t.events = Lookup(t.documents, events, links=t.links)

    # What each page shows.
    t.note_pages = Lookup(
        t.documents, page(note_page(config.site, vocabulary.inverse)), cards=t.cards, links=t.links,
        backlinks=t.backlinks, wanted=t.wanted, documents=t.documents, about=t.about,
    )  # fmt: skip
    t.wanted_pages = Lookup(
        t.wanted, page(wanted_page(vocabulary.inverse)), mentions=t.mentions, cards=t.cards, names=t.names,
        wanted=t.wanted, about=t.about,
    )  # fmt: skip
    t.hubs = Lookup(t.backlinks, hub_pages, cards=t.cards)
    t.hub_pages = Spread(t.hubs, by_url)
    t.folder_pages = Lookup(t.folders, page(lists.folder_page), cards=t.cards)
    t.tag_pages = Lookup(t.tags, page(lists.tag_page), cards=t.cards, subtags=t.subtags)
    t.tags_page = Whole(pages(lists.tags_page), tags=t.tags)
    t.wanted_index = Whole(pages(lists.wanted_index), wanted=t.wanted)
    t.index_pages = Whole(pages(lists.index_pages), entries=t.titles, cards=t.cards)
    t.front_pages = Whole(
        pages(lists.front_pages(frame)), cards=t.cards, backlinks=t.backlinks, types=t.types, tags=t.tags,
        wanted=t.wanted,
    )  # fmt: skip
    _tables_of_relations(t, vocabulary)
    t.redirects = Lookup(t.former, page(lists.redirect_page), cards=t.cards)

    # What the site consists of, by place.
    t.files = Lookup(t.documents, copied_file, cards=t.cards, backlinks=t.backlinks)
    t.site = Union(
        place_of, t.note_pages, t.wanted_pages, t.hub_pages, t.folder_pages, t.tag_pages, t.tags_page, t.wanted_index, t.index_pages,
        t.front_pages, t.relations_index, t.role_pages,
        t.side_pages, t.redirects, t.files,
    )  # fmt: skip

    # What is wrong with it.
    t.nav = Whole(nav_problems(config.site.nav), folders=t.top_folders)
    t.embeds = Lookup(t.documents, embedded, links=t.links)
    t.cycles = Lookup(t.embeds, transclusion_problems(config.site.embed_depth), embeds=t.embeds)
    t.permalinks = Map(t.documents, permalink_problems)
    t.hidden = Group(t.parsed, hidden_names(public))
    t.unsafe = Map(t.parsed, unsafe_file)
    t.leaks = Lookup(t.documents, leaks, links=t.links, hidden=t.hidden, unsafe=t.unsafe)
    return t


def _tables_of_relations(t: Tables, vocabulary: Vocabulary) -> None:
    """What notes say of one another, as rows that stand on the page of their role and on those of both things."""
    t.counts = Group(t.facts, relation_pages.count_by_role)
    t.relations_index = Whole(pages(relation_pages.relations_index(vocabulary.inverse)), counts=t.counts)
    t.statements = Lookup(t.facts, statements(vocabulary.inverse, sort_text), cards=t.cards, wanted=t.wanted)
    t.roles = Group(t.statements, by_role)
    t.used_roles = Map(t.roles, relation_pages.is_there)
    t.role_files = Lookup(t.roles, relation_pages.relation_files(vocabulary.inverse), used=t.used_roles)
    t.sides = Group(t.statements, by_side(vocabulary.inverse))
    t.side_files = Lookup(
        t.sides, relation_pages.entity_role_files(vocabulary.inverse), cards=t.cards, wanted=t.wanted, used=t.used_roles
    )
    t.role_pages, t.side_pages = Spread(t.role_files, by_url), Spread(t.side_files, by_url)


PROBLEMS = ("nav", "cycles", "permalinks", "leaks")
"""The tables whose rows are problems; those of `parsed` and `links` stand in their rows."""
