"""Page view models: everything a template may see, and nothing else.

A view is plain data, compared and digested by value, so a page is rendered again
exactly when its view or its template changed. Every `href` is relative to the
page and percent-encoded; every `html` was made by `parse` (sanitized) or by
`site.holes` (escaped) and is the only text that templates print unescaped.
"""

from __future__ import annotations

from msgspec import Struct

from vaultkit.related import Reason
from vaultkit.site.base_view import Frame, Link, View
from vaultkit.site.board_views import Board
from vaultkit.site.change_views import ChangesView
from vaultkit.site.graph_view import GraphView
from vaultkit.site.knowledge_views import CompareView, EntityRoleView, RelationsView, RelationView, TypeView
from vaultkit.site.upkeep_views import MaintenanceView, TablesView

__all__ = ["CompareView", "EntityRoleView", "Frame", "Link", "RelationView", "RelationsView", "TypeView", "View"]
"""What is made elsewhere and belongs to what pages show."""


class TypeBadge(Struct, frozen=True, array_like=True, gc=False):
    """An entity type as pages show it."""

    name: str
    """In the singular: `Actor`."""
    plural: str
    color: str
    href: str = ""


class PropertyRow(Struct, frozen=True, array_like=True, gc=False):
    name: str
    html: str


class OutlineItem(Struct, frozen=True, array_like=True, gc=False):
    level: int
    """1 for the note's top level, whatever Markdown level that is."""
    text: str
    slug: str


class Quote(Struct, frozen=True, array_like=True, gc=False):
    """The sentence around a link, in three parts: before, the link's text, after."""

    before: str
    mark: str
    after: str
    section: str = ""
    href: str = ""
    """To the section it stands in."""


class Mention(Struct, frozen=True, array_like=True, gc=False):
    """A note that links here, with what it says."""

    title: str
    href: str
    quotes: tuple[Quote, ...]


class MentionGroup(Struct, frozen=True):
    """Mentions by notes of one type."""

    type: TypeBadge
    mentions: tuple[Mention, ...]
    """All, or the first few where they are many: the rest has pages of its own then."""
    folded: bool = False
    """Closed until asked for: daily notes and their like."""
    n: int = 0
    """How many there are in all."""
    href: str = ""
    """To all of them, where they aren't all here."""


class Said(Struct, frozen=True, array_like=True, gc=False):
    """What a note says of a relation."""

    words: str
    """The author's, where they say more than the role; may be empty."""
    status: str = ""
    """`former`, `claimed` or empty."""
    source: str = ""
    """Where others say it: the note if it is a third one, or the section of a table."""
    href: str = ""


class Relation(Struct, frozen=True, array_like=True, gc=False):
    """A thing that stands in a relation to the page's."""

    link: Link
    """Its `href` is empty for a name that has no page."""
    said: tuple[Said, ...]
    is_own: bool = False
    """Whether the page's own note says it."""


class RelationGroup(Struct, frozen=True, array_like=True, gc=False):
    """Relations of one role: what each is to the page's thing."""

    role: str
    """By its name in the vocabulary; after `of `, what the page's thing is to each."""
    relations: tuple[Relation, ...]
    href: str = ""
    """To a table of them, where they are many."""
    n_more: int = 0
    """How many stand in that table alone."""


class AboutRow(Struct, frozen=True, array_like=True, gc=False):
    """A row of another note's table about the page's thing, put together again."""

    title: str
    href: str
    section: str
    section_href: str
    cells: tuple[tuple[str, str], ...]
    """Columns and what stands in them."""


class GraphNode(Struct, frozen=True, array_like=True, gc=False):
    """A neighbor in a picture, at a place in its view box."""

    label: str
    title: str
    """What the label shortens."""
    href: str
    color: str
    x: int
    y: int
    role: str = ""
    """What it is to the note, or the note to it, if that is known."""
    is_left: bool = False


class LocalGraph(Struct, frozen=True, array_like=True, gc=False):
    """The neighbors of a note around it."""

    width: int
    height: int
    x: int
    """Where the note itself stands, half way down."""
    nodes: tuple[GraphNode, ...]


class CloseNote(Struct, frozen=True, array_like=True, gc=False):
    """A note that is close to the page's."""

    title: str
    href: str
    color: str
    why: tuple[Reason, ...]
    """With names that readers know."""


class TimelineRow(Struct, frozen=True, array_like=True, gc=False):
    """What happened, when, and where that is said."""

    date_text: str
    """As written."""
    text: str
    rest: tuple[tuple[str, str], ...]
    """The other columns and their cells."""
    about: tuple[Link, ...]
    """The things it is about."""
    source: str
    """Title of the note that says so."""
    href: str
    """To the section it stands in."""


class ThingView(View, frozen=True, kw_only=True):
    """What is known of a thing, whether or not a note has its name."""

    relations: tuple[RelationGroup, ...] = ()
    n_relations: int = 0
    timeline: tuple[TimelineRow, ...] = ()
    """The newest first."""
    rows_about: tuple[AboutRow, ...] = ()


class NoteView(ThingView, frozen=True, kw_only=True, tag="note"):
    """A note or a base."""

    type: TypeBadge | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[Link, ...] = ()
    """Without `#`, which the template writes."""
    properties: tuple[PropertyRow, ...] = ()
    facts_html: str = ""
    """The key/value table from the top of the note, taken out of the article."""
    facts_heading: str = ""
    """What stood above it, if nothing else stood there; with its id."""
    facts_slug: str = ""
    updated: str = ""
    """ISO date from the front matter, or empty."""
    minutes: int = 0
    outline: tuple[OutlineItem, ...] = ()
    lead_html: str = ""
    """The first paragraph, set larger; empty when the note doesn't begin with one."""
    html: str = ""
    """The rest of the article."""
    backlinks: tuple[MentionGroup, ...] = ()
    n_backlinks: int = 0
    """Number of notes that link here."""
    graph: LocalGraph | None = None
    closest: tuple[CloseNote, ...] = ()
    """Of the notes that it is linked with."""
    unlinked: tuple[CloseNote, ...] = ()
    """Of all others."""
    wanted: tuple[Link, ...] = ()
    """Notes linked to that aren't written yet."""
    css_classes: tuple[str, ...] = ()
    is_draft: bool = False
    """Private: seen in its author's preview and nowhere else."""
    image: str = ""
    """For link previews: relative href, absolute once `base_url` is set."""


class CanvasView(NoteView, frozen=True, kw_only=True, tag="canvas"):
    """A canvas: its article is the picture, and the list of its cards."""

    board: Board


class WantedView(ThingView, frozen=True, kw_only=True, tag="wanted"):
    """A name that notes link to and no note has; or one that several notes claim."""

    mentions: tuple[MentionGroup, ...] = ()
    n_mentions: int = 0
    candidates: tuple[Link, ...] = ()
    """The notes that claim the name as an alias; empty for a wanted note."""


class MentionsView(View, frozen=True, kw_only=True, tag="mentions"):
    """Some of the many notes that link to one, on a page beside its own."""

    note: Link
    mentions: tuple[MentionGroup, ...]
    n_mentions: int
    """In all."""
    number: int
    """Of the page, from 1 on."""
    pages: tuple[Link, ...]
    """All of them, by number."""


class Way(Struct, frozen=True, array_like=True, gc=False):
    """A page about the whole vault: `timeline`, `tables`."""

    kind: str
    href: str


class ListGroup(Struct, frozen=True):
    """Links under a heading; the heading may be empty."""

    heading: str
    links: tuple[Link, ...]
    slug: str = ""


class ListView(View, frozen=True, kw_only=True, tag="list"):
    """A page of links: a folder, a tag, the attachments, the A-Z."""

    kind: str
    """`folder`, `tag`, `tags`, `wanted-index`, `attachments` or `index`."""
    children: tuple[Link, ...] = ()
    """Subfolders or nested tags."""
    groups: tuple[ListGroup, ...] = ()
    html: str = ""
    """An introduction, if there is one."""
    n_links: int = 0
    table: str = ""
    """To the same things with what is known of them."""
    ways: tuple[Way, ...] = ()
    """Where the whole index stands: what else there is."""


class TagView(ListView, frozen=True, kw_only=True, tag="tag"):
    """The notes of a tag: a list with a template of its own, so that a change to that renders no other list."""


class HomeView(View, frozen=True, kw_only=True, tag="home"):
    """The front page of a vault without a home note."""

    types: tuple[Link, ...] = ()
    hubs: tuple[Link, ...] = ()
    """The most linked notes, best first."""
    tags: tuple[Link, ...] = ()
    wanted: tuple[Link, ...] = ()


class TimelineSection(Struct, frozen=True, array_like=True, gc=False):
    """What happened in a month."""

    month: str
    """`2026-04`, or `2026-00` for what has none."""
    rows: tuple[TimelineRow, ...]


class TimelineView(View, frozen=True, kw_only=True, tag="timeline"):
    """All years, with what happened last; a year; or a month. The title is the period, or empty."""

    n_rows: int = 0
    latest: tuple[TimelineRow, ...] = ()
    """On the page of all years: the newest first."""
    ahead: tuple[TimelineRow, ...] = ()
    """And what is yet to come, soonest first."""
    children: tuple[Link, ...] = ()
    """Years, or the months of a year that has a page for each."""
    beside: tuple[Link, ...] = ()
    """The months of the same year, where each has a page."""
    sections: tuple[TimelineSection, ...] = ()
    number: int = 1
    """Of the page, where a period has several."""
    pages: tuple[Link, ...] = ()


class SearchView(View, frozen=True, kw_only=True, tag="search"):
    """The search page, which a script fills."""

    types: tuple[TypeBadge, ...] = ()
    """By which results can be filtered."""


class NotFoundView(View, frozen=True, kw_only=True, tag="not-found"):
    """404.html: its hrefs are site-absolute where a base URL is known, since it is shown at any depth."""


class RedirectView(View, frozen=True, kw_only=True, tag="redirect"):
    """An alias that is a safe file name leads to its note."""

    target: str
    """Relative href."""


Knowledge = TablesView | MaintenanceView | RelationsView | RelationView | EntityRoleView | TypeView | CompareView
AnyView = (
    TimelineView
    | NoteView
    | CanvasView
    | WantedView
    | MentionsView
    | ListView
    | TagView
    | HomeView
    | SearchView
    | NotFoundView
    | RedirectView
    | ChangesView
    | GraphView
    | Knowledge
)

TEMPLATES: dict[type, str] = {
    NoteView: "note.html",
    CanvasView: "canvas.html",
    WantedView: "wanted.html",
    MentionsView: "mentions.html",
    ListView: "list.html",
    TagView: "tag.html",
    HomeView: "home.html",
    TimelineView: "timeline.html",
    TablesView: "table_index.html",
    MaintenanceView: "maintenance.html",
    RelationsView: "relations.html",
    RelationView: "relation.html",
    EntityRoleView: "entity_role.html",
    TypeView: "type.html",
    CompareView: "compare.html",
    ChangesView: "changes.html",
    GraphView: "graph.html",
    SearchView: "search.html",
    NotFoundView: "404.html",
    RedirectView: "redirect.html",
}
"""The template of each kind of page."""
