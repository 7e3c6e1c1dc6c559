"""Every table of a vault, in reading order: read this first, it is the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vaultkit.config import Config
from vaultkit.engine.tables import (
    Group,
    Input,
    Lookup,
    Map,
    Model,
    Run,
    Spread,
    Table,
    Tables,
    Union,
    Whole,
    late,
    run_here,
)
from vaultkit.history import compared
from vaultkit.knowledge import extract
from vaultkit.knowledge.events import by_entity as events_by_entity
from vaultkit.knowledge.events import events
from vaultkit.knowledge.related import by_links, by_links_and_text
from vaultkit.knowledge.table_data import table_data
from vaultkit.knowledge.table_index import note_tables
from vaultkit.knowledge.values import sort_text
from vaultkit.knowledge.vocabulary import Vocabulary
from vaultkit.links.anchors import anchors
from vaultkit.links.cards import card, claims, permalink_problems
from vaultkit.links.edges import by_target, edges, neighbors, totals
from vaultkit.links.leaks import hidden_names, leaks, unsafe_file
from vaultkit.links.names import names
from vaultkit.links.resolve import resolve
from vaultkit.links.transclusions import embedded, transclusion_problems
from vaultkit.links.types import Rules, entity_types, nav_problems, own_problems, type_of_folder, type_problems
from vaultkit.links.wanted import by_name, wanted_card
from vaultkit.model import Document, VaultPath
from vaultkit.parse.note import parsed
from vaultkit.parse.publish import publish
from vaultkit.search.names import called
from vaultkit.search.shards import Shards, Slots
from vaultkit.site import changes as change_pages
from vaultkit.site import (
    graph_data,
    lists,
    relation_pages,
    search,
    table_pages,
    timeline,
    type_pages,
    upkeep,
    upkeep_pages,
)
from vaultkit.site.frame import ways
from vaultkit.site.graph_page import graph_page
from vaultkit.site.mentions import badges, hub_pages
from vaultkit.site.note_page import note_page, wanted_page
from vaultkit.site.pages import by_url, copied_file, page, pages, place_of
from vaultkit.site.previews import note_preview, wanted_preview
from vaultkit.site.profiles import profile
from vaultkit.site.statements import by_role, by_side, statements
from vaultkit.site.table_files import no_files, table_files
from vaultkit.site.views import Frame
from vaultkit.urls import listing_url, without_list


def pipeline(
    config: Config, frame: Frame, vocabulary: Vocabulary, run: Run = run_here, *, drafts: bool = False,
    run_past: Run = run_here,
) -> Tables:  # fmt: skip
    """Declare every table of a vault, each from the ones above it.

    Args:
        vocabulary: By which words are read as roles.
        frame: What surrounds every page.
        run: How notes are parsed: here, from the memo, in other processes.
        drafts: Whether private notes are shown too; never in what is published.
        run_past: How earlier versions of notes are parsed.
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
    rules = Rules(config.entities)
    t.by_type = Group(t.documents, rules.by_type)
    t.types = Whole(entity_types(config.site.nav, config.entities), notes=t.by_type)
    t.cards = Lookup(t.documents, card(config.site.home, frame.title, rules.type_of), claimants=t.claims, types=t.types)
    t.links = Lookup(t.documents, resolve(aliases=forgiving), candidates=t.names, anchors=t.anchors)

    # The graph, and what follows from it.
    t.edges = Lookup(t.documents, edges, links=t.links)
    t.backlinks = Group(t.edges, by_target)
    t.mentions = Group(t.edges, by_name)
    t.wanted = Map(t.mentions, wanted_card)
    t.totals = late(Whole(totals, documents=t.documents, edges=t.edges, wanted=t.wanted))
    t.related = late(
        Model(partial(by_links, config.relations.headings), documents=t.documents, links=t.links, wanted=t.wanted)
    )
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
    t.history = Group(t.events, events_by_entity)

    # What each page shows.
    t.note_pages = Lookup(
        t.documents, page(note_page(config.site, vocabulary.turned, badges(config.entities))), cards=t.cards, links=t.links,
        backlinks=t.backlinks, wanted=t.wanted, documents=t.documents, about=t.about, history=t.history,
        related=t.related,
    )  # fmt: skip
    t.wanted_pages = Lookup(
        t.wanted, page(wanted_page(vocabulary.turned)), mentions=t.mentions, cards=t.cards, names=t.names,
        wanted=t.wanted, about=t.about, history=t.history,
    )  # fmt: skip
    t.hubs = Lookup(t.backlinks, hub_pages, cards=t.cards)
    t.hub_pages = Spread(t.hubs, by_url)
    t.tag_pages = Lookup(t.tags, page(lists.tag_page), cards=t.cards, subtags=t.subtags)
    t.tags_page = late(Whole(pages(lists.tags_page), tags=t.tags))
    t.wanted_index = late(Whole(pages(lists.wanted_index), wanted=t.wanted))
    t.front_pages = late(Whole(
        pages(lists.front_pages(frame)), cards=t.cards, backlinks=t.backlinks, types=t.types, tags=t.tags,
        wanted=t.wanted,
    ))  # fmt: skip
    _tables_of_events(t)
    _tables_of_relations(t, vocabulary)
    _tables_of_types(t, config, vocabulary)
    t.redirects = Lookup(t.former, page(lists.redirect_page), cards=t.cards)

    # What is wrong with it, and what should be mended.
    _tables_of_problems(t, config, public)
    _tables_of_upkeep(t, config, vocabulary)
    _tables_of_changes(t, config, frame, vocabulary, run_past)
    t.ways = late(Whole(
        ways, **(_tables_of_graph(t) if config.site.graph else {}), timeline=t.newest, tables=t.table_letters, relations=t.relations_index, changes=t.change_days,
        maintenance=t.overview,
    ))  # fmt: skip
    t.index_pages = late(Whole(pages(lists.index_pages), entries=t.titles, cards=t.cards, ways=t.ways))

    # What the site consists of, by place.
    t.files = Lookup(t.documents, copied_file, cards=t.cards, backlinks=t.backlinks)
    t.site = Union(
        place_of, t.note_pages, t.wanted_pages, t.hub_pages, t.folder_pages, t.tag_pages, t.tags_page, t.wanted_index, t.index_pages,
        t.front_pages, t.timeline, t.timeline_years, t.timeline_months, t.tables_index, t.tables_pages, t.table_files, t.upkeep_index,
        t.upkeep_pages, t.relations_index, t.role_pages,
        t.side_pages, t.type_pages, t.part_pages, t.compare_page, t.change_pages, t.feed, t.redirects, t.files,
        *(searchable(t) if config.site.search else ()), *((t.previews, t.wanted_previews) if config.site.previews else ()),
        *((t.graph_page, t.graph_files) if config.site.graph else ()),
    )  # fmt: skip
    return t


def _tables_of_problems(t: Tables, config: Config, public: Callable[[VaultPath, Document], Document | None]) -> None:
    """What is wrong with the notes, beyond what each says of itself."""
    t.misread = Map(t.parsed, own_problems)
    t.misled = Map(t.links, own_problems)
    t.nav = Whole(nav_problems(config.site.nav), notes=t.by_type)
    t.embeds = Lookup(t.documents, embedded, links=t.links)
    t.cycles = Lookup(t.embeds, transclusion_problems(config.site.embed_depth), embeds=t.embeds)
    t.permalinks = Map(t.documents, permalink_problems)
    rules = Rules(config.entities)
    t.disagreements = Map(t.documents, rules.disagreements)
    t.untyped = Whole(type_problems(config.entities), notes=t.by_type)
    t.hidden = Group(t.parsed, hidden_names(public))
    t.unsafe = Map(t.parsed, unsafe_file)
    t.leaks = Lookup(t.documents, leaks, links=t.links, hidden=t.hidden, unsafe=t.unsafe)


def _tables_of_events(t: Tables) -> None:
    """The timeline: a page a year, or a month."""
    t.months = late(Group(t.events, timeline.by_month))
    t.years = Group(t.months, timeline.by_year)
    t.year_plans = Map(t.years, timeline.year_plan)
    t.month_pages = late(
        Lookup(t.months, timeline.month_pages, plans=t.year_plans, cards=t.cards, wanted=t.wanted)
    )  # fmt: skip
    t.year_pages = late(
        Lookup(t.years, timeline.year_pages, plans=t.year_plans, events=t.months, cards=t.cards, wanted=t.wanted)
    )
    t.days = Group(t.documents, timeline.last_day)
    t.newest = late(Whole(timeline.newest, months=t.months, years=t.years, days=t.days))
    t.timeline = late(Lookup(t.newest, page(timeline.timeline_index), cards=t.cards, wanted=t.wanted))
    t.timeline_months, t.timeline_years = Spread(t.month_pages, by_url), Spread(t.year_pages, by_url)


def _tables_of_upkeep(t: Tables, config: Config, vocabulary: Vocabulary) -> None:
    """The lists of all tables, and of what should be mended."""
    t.note_tables = late(Lookup(t.documents, note_tables, names=t.names))
    is_given = config.site.tables != "none"
    files = table_files(table_data, with_csv=config.site.tables == "all") if is_given else no_files
    t.made = late(Lookup(t.documents, files, links=t.links, cards=t.cards, wanted=t.wanted))
    t.table_files = Spread(t.made, by_url)
    t.table_letters = Group(t.note_tables, table_pages.by_letter)
    t.tables_index = Whole(pages(table_pages.tables_index), letters=t.table_letters)
    t.letters = late(
        Lookup(t.table_letters, table_pages.letter_pages(config.site.tables), tables=t.note_tables, cards=t.cards)
    )
    t.tables_pages = Spread(t.letters, by_url)

    t.dangling = late(Lookup(t.wanted, upkeep.dangling, mentions=t.mentions))
    t.called = late(Group(t.documents, upkeep.by_skeleton))
    t.alike = Map(t.called, upkeep.alike)
    t.standing = late(Lookup(t.documents, upkeep.standing, edges=t.edges, backlinks=t.backlinks))
    t.one_way = late(Lookup(t.facts, upkeep.one_way(vocabulary.inverse), backlinks=t.backlinks))
    t.unlinked = Map(t.note_tables, upkeep.unlinked)
    t.issues = late(Lookup(t.documents, upkeep.issues, links=t.links, cycles=t.cycles, permalinks=t.permalinks))
    t.dangling_parts = Whole(upkeep_pages.parts, flaws=t.dangling)
    t.alike_parts = Whole(upkeep_pages.parts, flaws=t.alike)
    t.standing_parts = Whole(upkeep_pages.parts, flaws=t.standing)
    t.one_way_parts = Whole(upkeep_pages.parts, flaws=t.one_way)
    t.unlinked_parts = Whole(upkeep_pages.parts, flaws=t.unlinked)
    t.issue_parts = Whole(upkeep_pages.parts, flaws=t.issues)
    t.findings = Union(
        upkeep_pages.place_of, t.dangling_parts, t.alike_parts, t.standing_parts, t.one_way_parts, t.unlinked_parts,
        t.issue_parts,
    )  # fmt: skip
    t.overview = Whole(upkeep_pages.overview, found=t.findings)
    t.upkeep_index = late(Lookup(t.overview, page(upkeep_pages.overview_page), cards=t.cards, wanted=t.wanted))
    t.upkeep_pages = late(Lookup(t.findings, page(upkeep_pages.kind_page), cards=t.cards, wanted=t.wanted))


def _tables_of_types(t: Tables, config: Config, vocabulary: Vocabulary) -> None:
    """The things of a type as rows, and the page on which some of them stand side by side."""
    bare = without_list(config.entities)
    t.profiles = late(
        Lookup(
            t.documents, profile(vocabulary.keys, config.site.hide_properties, bare), cards=t.cards, wanted=t.wanted,
            facts=t.facts, links=t.links,
        )
    )  # fmt: skip
    t.members = Group(t.profiles, type_pages.by_type)
    t.slices = Group(t.profiles, type_pages.by_slice)
    t.type_plans = Map(t.members, type_pages.type_plan(bare))
    t.type_files = Lookup(t.members, type_pages.type_files(listing_url(config.entities), sort_text), plans=t.type_plans)
    t.type_parts = Spread(t.type_plans, type_pages.parts_of)
    t.part_files = Lookup(t.type_parts, type_pages.part_files(sort_text), slices=t.slices)
    t.type_pages, t.part_pages = Spread(t.type_files, by_url), Spread(t.part_files, by_url)
    t.compare_page = Whole(pages(type_pages.compare_page), plans=t.type_plans)
    t.folder_pages = Lookup(
        t.folders, page(lists.folder_page(type_of_folder(config.entities))), cards=t.cards, plans=t.type_plans
    )
    if config.site.previews:
        # Here, so that the rows of things are let go of when the next tables are filled.
        _tables_of_previews(t, config)


def _tables_of_previews(t: Tables, config: Config) -> None:
    """What links show of the page that they lead to."""
    t.previews = late(
        Lookup(
            t.documents, note_preview(badges(config.entities)), cards=t.cards, backlinks=t.backlinks,
            profiles=t.profiles, facts=t.facts,
        )
    )  # fmt: skip
    t.wanted_previews = late(Lookup(t.wanted, wanted_preview, mentions=t.mentions, cards=t.cards, names=t.names))


def _tables_of_changes(t: Tables, config: Config, frame: Frame, vocabulary: Vocabulary, run: Run) -> None:
    """What differs between versions of the notes, by the vault's own history; without one all of it is empty."""
    parse, public = parsed(config.syntax), publish(config.publish)
    find, facts = (
        resolve(aliases=config.syntax.reading == "forgiving"),
        extract.formula(vocabulary, config.relations.headings),
    )

    # From outside: (day, path) -> Step, (path, version) -> Source; and versions that snapshots know already.
    t.steps, t.versions, t.recorded = Input(), Input(), Input()
    t.past = Map(t.versions, compared.public_version(parse, public), compared.running(run, parse, public))
    t.stated = Lookup(t.past, compared.version(find, facts), candidates=t.names, kinds=t.kinds)
    t.moved = Whole(compared.moved, steps=t.steps)
    t.secrets = Whole(
        compared.secrets, hidden=t.hidden, parsed=t.parsed, documents=t.documents, steps=t.steps, past=t.past,
        recorded=t.recorded,
    )  # fmt: skip
    t.changes = Lookup(
        t.steps, compared.change, past=t.past, versions=t.stated, recorded=t.recorded, names=t.names, moved=t.moved
    )
    t.note_changes = Lookup(
        t.changes, change_pages.note_change(config.site.hide_properties), cards=t.cards, wanted=t.wanted, facts=t.facts,
        secrets=t.secrets, moved=t.moved,
    )  # fmt: skip
    t.changes_by_day = Group(t.note_changes, compared.by_day)
    t.change_days = Map(t.changes_by_day, change_pages.change_day)
    t.change_pages = late(Whole(pages(change_pages.change_pages(frame)), days=t.change_days))
    t.feed = late(Whole(change_pages.feed(frame), days=t.change_days))


def _tables_of_relations(t: Tables, vocabulary: Vocabulary) -> None:
    """What notes say of one another, as rows that stand on the page of their role and on those of both things."""
    t.counts = late(Group(t.facts, relation_pages.count_by_role))
    t.relations_index = Whole(pages(relation_pages.relations_index), counts=t.counts)
    t.statements = late(
        Lookup(t.facts, statements(sort_text), cards=t.cards, wanted=t.wanted)
    )  # fmt: skip
    t.roles = Group(t.statements, by_role)
    t.used_roles = Map(t.roles, relation_pages.is_there)
    t.role_files = Lookup(t.roles, relation_pages.relation_files(vocabulary.turned), used=t.used_roles)
    t.sides = Group(t.statements, by_side(vocabulary.turned))
    t.side_files = Lookup(
        t.sides, relation_pages.entity_role_files(vocabulary.turned), cards=t.cards, wanted=t.wanted, used=t.used_roles
    )
    t.role_pages, t.side_pages = Spread(t.role_files, by_url), Spread(t.side_files, by_url)


def _tables_of_graph(t: Tables) -> dict[str, Table]:
    """The picture of all notes, worked out again only where a link or a note comes or goes; returns its page by its name."""
    t.drawn_notes = late(Map(t.documents, graph_data.is_drawn))
    t.arrows = late(Map(t.edges, graph_data.arrows))
    t.drawn = Whole(graph_data.drawn, notes=t.drawn_notes, arrows=t.arrows)
    t.dots = late(Lookup(t.documents, graph_data.dot, cards=t.cards))
    t.graph_files = Whole(graph_data.files, drawn=t.drawn, dots=t.dots, types=t.types)
    t.graph_page = Whole(pages(graph_page), drawn=t.drawn, dots=t.dots, types=t.types)
    return {"graph": t.graph_page}


def searchable(t: Tables) -> tuple[Table, Table]:
    """Declare the index and the texts that results quote, and return their files.

    Where the site has no search, it is declared for whoever asks.
    """
    t.terms = late(Lookup(t.documents, search.terms, cards=t.cards, types=t.types, facts=t.facts))
    t.slots = late(Model(Slots, notes=t.terms))
    t.text_files = late(Lookup(t.documents, search.text_file, cards=t.cards, slots=t.slots))
    t.naming = late(Lookup(t.documents, called, cards=t.cards))
    t.neighbors = late(Map(t.edges, neighbors))
    # Last, when the documents are let go of: lists of all words take much room while they are made.
    t.shards = late(Model(Shards, notes=t.terms, slots=t.slots))
    t.shard_files = late(Map(t.shards, search.shard_file))
    return t.shard_files, t.text_files


def ranked(t: Tables, config: Config) -> None:
    """Declare the ranking of all notes by all that tells of closeness: for whoever asks, no page shows it."""
    t.ranked = Model(
        partial(by_links_and_text, config.relations.headings), documents=t.documents, links=t.links, wanted=t.wanted
    )


PROBLEMS = ("misread", "misled", "nav", "cycles", "permalinks", "disagreements", "untyped", "leaks")
"""The tables whose rows are problems."""

RESULTS = ("sources", "totals", "types", "ways", "site", *PROBLEMS)
"""What publishing asks for; the other tables are there to make these."""
