"""The engine alone, on a toy wiki: whatever the edits, its tables are those of a clean build, for the least work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.engine.evaluation import Changes, bring, compute, made_of, settle, update
from vaultkit.engine.tables import (
    Group,
    Input,
    Lookup,
    Map,
    Model,
    Spread,
    Table,
    Tables,
    Union,
    Whole,
    late,
    run_here,
)

# ---------------------------------------------------------------------------
# A toy wiki: a page is words; `>x` links to the name x, `=x` is an alias, `#x` a tag, `secret` hides it
# ---------------------------------------------------------------------------


class Page(NamedTuple):
    title: str
    names: tuple[str, ...]
    links: tuple[str, ...]
    tags: tuple[str, ...]


def parse(key: str, text: str) -> Page | None:
    words = text.split()
    if "secret" in words:
        return None

    def marked(mark: str) -> tuple[str, ...]:
        return tuple(word[1:] for word in words if word[0] == mark)

    title = next((word for word in words if word.isalpha()), key)
    return Page(title, (key, *marked("=")), marked(">"), marked("#"))


def title(key: str, page: Page) -> str:
    return page.title


def names(key: str, page: Page) -> Iterator[tuple[str, str]]:
    return ((name, key) for name in page.names)


def resolve(key: str, page: Page, names: Callable[..., Any]) -> tuple[str | None, ...]:
    return tuple(names(link, (None,))[0] for link in page.links)


def by_target(key: str, targets: Sequence[str | None]) -> Iterator[tuple[str, str]]:
    return ((target, key) for target in targets if target)


def by_tag(key: str, page: Page) -> Iterator[tuple[str, str]]:
    return ((tag, key) for tag in page.tags)


def hubs(pages: Mapping[str, Page], backlinks: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Place of each of the two most linked pages."""
    order = sorted(pages, key=lambda key: (-len(backlinks.get(key, ())), key))
    return {key: place for place, key in enumerate(order[:2], 1)}


def view(
    key: str,
    page: Page,
    titles: Callable[..., Any],
    links: Callable[..., Any],
    backlinks: Callable[..., Any],
    hubs: Callable[..., Any],
    frame: Callable[..., Any],
) -> tuple[Any, ...]:
    outgoing = tuple(target and titles(target) for target in links(key))
    incoming = tuple(titles(source) for source in backlinks(key, ()))
    return (frame("site", "untitled"), page.title, outgoing, incoming, hubs(key))


def wiki(run: Callable[..., Iterable[Any]] = run_here) -> Tables:
    t = Tables()
    t.pages = Input()
    t.settings = Input()
    t.parsed = Map(t.pages, parse, run)
    t.titles = Map(t.parsed, title)
    t.names = Group(t.parsed, names)
    t.tags = Group(t.parsed, by_tag)
    t.links = Lookup(t.parsed, resolve, names=t.names)
    t.backlinks = Group(t.links, by_target)
    t.hubs = Whole(hubs, pages=t.parsed, backlinks=t.backlinks)
    t.views = Lookup(
        t.parsed, view, titles=t.titles, links=t.links, backlinks=t.backlinks, hubs=t.hubs, frame=t.settings
    )
    t.shelf = Union(first_letter, t.titles, t.tags)
    t.sources = Spread(t.backlinks, numbered)
    return t


def with_late_tables(t: Tables) -> Tables:
    """Declare more, after the others were filled."""
    t.late_titles = Map(t.parsed, title)
    t.late_tags = Group(t.parsed, by_tag)
    t.late_links = Lookup(t.parsed, resolve, names=t.names)
    t.late_hubs = Whole(hubs, pages=t.late_titles, backlinks=t.backlinks)
    t.late_shelf = Union(first_letter, t.late_titles, t.late_tags)
    t.late_sources = Spread(t.backlinks, numbered)
    return t


class Companions:
    """For each page those that share a tag with it: looks only at those that a page had, or now has, tags in common with."""

    def __init__(self) -> None:
        self.tags: dict[str, frozenset[str]] = {}

    def refresh(self, **tables: tuple[Mapping[str, Page], Collection[str]]) -> dict[str, tuple[str, ...] | None]:
        pages, changed = tables["pages"]
        touched = {tag for key in changed for tag in self.tags.get(key, ())}
        for key in changed:
            self.tags.pop(key, None)
            if key in pages:
                self.tags[key] = frozenset(pages[key].tags)
                touched |= self.tags[key]
        dirty = {key for key, tags in self.tags.items() if tags & touched}
        return {key: self.companions(key) for key in dirty | set(changed)}

    def companions(self, key: str) -> tuple[str, ...] | None:
        own = self.tags.get(key, frozenset())
        return tuple(sorted(other for other, tags in self.tags.items() if other != key and own & tags)) or None


def with_companions(t: Tables) -> Tables:
    t.companions = Model(Companions, pages=t.parsed)
    t.lonely = Lookup(t.titles, is_lonely, companions=t.companions)
    return t


def is_lonely(key: str, title: str, companions: Callable[..., Any]) -> bool:
    return companions(key) is None


def numbered(key: str, sources: Sequence[str]) -> Iterator[tuple[tuple[str, int], str]]:
    return (((key, number), source) for number, source in enumerate(sources))


def first_letter(row: str | tuple[str, ...]) -> str:
    """Titles and tags stand on one shelf, each place of which holds one of them."""
    return (row if isinstance(row, str) else min(row))[0].lower()


def edited(t: Tables, **pages: str | None) -> Changes:
    return update(t, {t.pages: pages})


def contents(t: Tables) -> dict[str, dict[Any, Any]]:
    return {table.name: table.rows for table in t}


def computed(changes: Changes) -> dict[str, int]:
    return {name: n for name, n in changes.computed.items() if n}


# ---------------------------------------------------------------------------
# Whatever the edits
# ---------------------------------------------------------------------------

KEYS = st.sampled_from("abcdef")
WORDS = st.one_of(
    st.builds("{}{}".format, st.sampled_from(">=#"), st.sampled_from("abcdefgh")),
    st.sampled_from(["Red", "Green", "secret"]),
)
TEXTS = st.one_of(st.none(), st.lists(WORDS, max_size=5).map(" ".join))
EDITS = st.tuples(
    st.dictionaries(KEYS, TEXTS, max_size=4), st.dictionaries(st.just("site"), st.sampled_from(["One", "Two", None]))
)


@given(st.lists(EDITS, min_size=1, max_size=8))
def test_tables_after_any_edits_are_those_of_a_clean_build(
    batches: list[tuple[dict[str, str | None], dict[str, str | None]]],
) -> None:
    t = wiki()
    pages: dict[str, str | None] = {}
    settings: dict[str, str | None] = {}
    for page_edits, setting_edits in batches:
        update(t, {t.pages: page_edits, t.settings: setting_edits})
        pages |= page_edits
        settings |= setting_edits
        clean = wiki()
        update(clean, {clean.pages: pages, clean.settings: settings})
        assert contents(t) == contents(clean)


@given(EDITS)
def test_tables_that_are_filled_once_are_those_of_an_update(
    given: tuple[dict[str, str | None], dict[str, str | None]],
) -> None:
    t, other = with_companions(with_late_tables(wiki())), with_companions(with_late_tables(wiki()))
    pages, settings = given
    changes = compute(t, {t.pages: pages, t.settings: settings}, list(t))
    update(other, {other.pages: pages, other.settings: settings})
    assert contents(t) == contents(other)
    assert {table.name: keys for table, keys in changes.changed.items()} == {
        table.name: set(table.rows) for table in other
    }


@given(st.lists(st.tuples(EDITS, st.integers(0, 19)), min_size=1, max_size=6))
def test_a_table_that_is_brought_up_to_date_is_as_if_all_were(
    steps: list[tuple[tuple[dict[str, str | None], dict[str, str | None]], int]],
) -> None:
    t, other = with_companions(with_late_tables(wiki())), with_companions(with_late_tables(wiki()))
    late(t.hubs)
    computed = [table for table in t if not isinstance(table, Input)]
    for (pages, settings), at in steps:
        wanted = computed[at % len(computed)]
        brought = bring(t, {t.pages: pages, t.settings: settings}, wanted)
        update(other, {other.pages: pages, other.settings: settings})
        made = made_of(wanted)
        assert all(table.rows == getattr(other, table.name).rows for table in made)
        assert not any(brought.changed[table] for table in computed if table not in made)
    settle(t)
    assert contents(t) == contents(other)


def test_what_nothing_more_is_made_of_is_let_go() -> None:
    t = wiki()
    seen: dict[str, list[str]] = {}
    for table in t:
        if not isinstance(table, Input):
            table.fill = partial(_noting, table, table.fill, t, seen)  # type: ignore[method-assign]
    compute(t, {t.pages: {"a": "Red >b #x", "b": "Green"}}, [t.views])
    assert [table.name for table in t if table.rows] == ["views"]
    # The names are there for the links that are looked up in them, and gone when backlinks are made of those.
    assert "names" in seen["links"]
    assert "names" not in seen["backlinks"]
    assert "parsed" in seen["views"]
    assert "parsed" not in seen["shelf"]
    # What is there is final: nothing is made anew of tables that are gone.
    assert not any(table.is_fresh or table.waiting for table in t if not isinstance(table, Input))


def _noting(table: Table, fill: Callable[[], None], t: Tables, seen: dict[str, list[str]]) -> None:
    seen[table.name] = [other.name for other in t if other.rows]
    fill()


@given(st.lists(EDITS, min_size=1, max_size=8))
def test_changes_name_exactly_the_rows_that_differ(
    batches: list[tuple[dict[str, str | None], dict[str, str | None]]],
) -> None:
    t = wiki()
    for page_edits, setting_edits in batches:
        before = {table: dict(table.rows) for table in t}
        changes = update(t, {t.pages: page_edits, t.settings: setting_edits})
        for table in t:
            differ = {
                key for key in before[table].keys() | table.rows.keys() if before[table].get(key) != table.rows.get(key)
            }
            assert changes.changed[table] == differ, table.name


@given(st.lists(EDITS, min_size=1, max_size=6), st.integers(0, 6), st.booleans())
def test_tables_that_are_declared_late_are_as_if_they_had_been_there(
    batches: list[tuple[dict[str, str | None], dict[str, str | None]]], late: int, at_once: bool
) -> None:
    t, clean = wiki(), with_late_tables(wiki())
    for number, (page_edits, setting_edits) in enumerate(batches):
        if number == late:
            with_late_tables(t)
            if at_once:
                update(t, {})
        update(t, {t.pages: page_edits, t.settings: setting_edits})
        update(clean, {clean.pages: page_edits, clean.settings: setting_edits})
        assert contents(t) == {name: rows for name, rows in contents(clean).items() if name in contents(t)}


@given(st.lists(EDITS, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_late_tables_are_as_if_they_had_been_refreshed_at_once(
    batches: list[tuple[dict[str, str | None], dict[str, str | None]]], settled: list[bool]
) -> None:
    t, other = wiki(), wiki()
    for table in (t.hubs, t.tags, t.sources):
        late(table)
    for (pages, settings), does_settle in zip(batches, settled, strict=False):
        update(t, {t.pages: pages, t.settings: settings}, at_once=False)
        update(other, {other.pages: pages, other.settings: settings})
        if does_settle:
            settle(t)
            assert contents(t) == contents(other)
    settle(t)
    assert contents(t) == contents(other)


def test_a_late_table_is_left_alone_at_first() -> None:
    t = wiki()
    late(t.hubs)
    edited(t, a=">b", b="", c="")
    first = update(t, {t.pages: {"a": ">c"}}, at_once=False)
    assert first.changed[t.hubs] == set()
    assert t.hubs.rows == {"b": 1, "a": 2}
    assert t.views.rows["c"][3:] == (("a",), None)
    then = settle(t)
    assert t.hubs.rows == {"c": 1, "a": 2}
    assert then.changed[t.hubs] == {"b", "c"}
    assert then.computed["links"] == 0
    both = first + then
    assert both.changed[t.hubs] == {"b", "c"}
    assert both.changed[t.links] == {"a"}
    assert both.computed["links"] == 1


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_edits_does_not_show(order: list[str]) -> None:
    texts = {"a": ">b >c #t", "b": "=x >a #t", "c": "=x >x", "d": ">x >d >nowhere #u"}
    t, at_once = wiki(), wiki()
    for key in order:
        edited(t, **{key: texts[key]})
    edited(at_once, **texts)
    assert contents(t) == contents(at_once)


# ---------------------------------------------------------------------------
# The kinds of formula
# ---------------------------------------------------------------------------


def test_map_computes_one_row_from_one_row() -> None:
    t = wiki()
    edited(t, a="Red >b", b="Green")
    assert t.titles.rows == {"a": "Red", "b": "Green"}


def test_a_formula_that_returns_none_leaves_no_row() -> None:
    t = wiki()
    edited(t, a="secret =x", b=">x")
    assert set(t.parsed.rows) == {"b"}
    assert t.links.rows == {"b": (None,)}
    assert "x" not in t.names.rows


def test_a_row_that_becomes_none_is_removed_everywhere() -> None:
    t = wiki()
    edited(t, a="=x #t", b=">x")
    edited(t, a="=x #t secret")
    clean = wiki()
    edited(clean, b=">x")
    assert {name: rows for name, rows in contents(t).items() if name != "pages"} == {
        name: rows for name, rows in contents(clean).items() if name != "pages"
    }


def test_group_is_the_sorted_tuple_of_what_rows_emit() -> None:
    t = wiki()
    edited(t, c="#t", a="#t #t", b="#u")
    assert t.tags.rows == {"t": ("a", "a", "c"), "u": ("b",)}


def test_union_keeps_the_row_of_the_first_table_and_then_of_the_smallest_key() -> None:
    t = wiki()
    edited(t, d="Red", c="Ruby", r="#t #u")
    assert t.shelf.rows == {"r": "Ruby"}
    changes = edited(t, c="Sapphire")
    assert t.shelf.rows == {"r": "Red", "s": "Sapphire"}
    assert changes.changed[t.shelf] == {"r", "s"}
    assert t.shelf.before == {"r": "Ruby"}
    edited(t, c=None, d=None)
    assert t.shelf.rows == {"r": "r"}
    edited(t, r="#t Green")
    assert t.shelf.rows == {"g": "Green", "r": ("r",)}


def test_union_tells_no_change_where_the_standing_row_stays() -> None:
    t = wiki()
    edited(t, a="Red", b="Ruby")
    changes = edited(t, b="Rust")
    assert changes.changed[t.shelf] == set()


def test_spread_has_a_row_for_each_part_of_a_row() -> None:
    t = wiki()
    edited(t, a="", b=">a", c=">a >b")
    assert t.sources.rows == {("a", 0): "b", ("a", 1): "c", ("b", 0): "c"}
    changes = edited(t, b="")
    assert t.sources.rows == {("a", 0): "c", ("b", 0): "c"}
    assert changes.changed[t.sources] == {("a", 0), ("a", 1)}


@given(st.lists(EDITS, min_size=1, max_size=8), st.booleans())
def test_a_model_that_remembers_has_the_rows_of_a_fresh_one(
    batches: list[tuple[dict[str, str | None], dict[str, str | None]]], is_late: bool
) -> None:
    t = with_companions(wiki())
    if is_late:
        late(t.companions)
    pages: dict[str, str | None] = {}
    for edits, _ in batches:
        before = dict(t.companions.rows)
        changes = update(t, {t.pages: edits}, at_once=not is_late) + settle(t)
        pages |= edits
        clean = with_companions(wiki())
        update(clean, {clean.pages: pages})
        assert contents(t) == contents(clean)
        now = t.companions.rows
        assert changes.changed[t.companions] == {
            key for key in before.keys() | now.keys() if before.get(key) != now.get(key)
        }


def test_a_model_is_not_asked_where_nothing_changed() -> None:
    t = with_companions(wiki())
    assert edited(t, a="A #x", b="B #x", c="C #y").computed["companions"] == 3
    assert t.companions.rows == {"a": ("b",), "b": ("a",)}
    assert edited(t, a="A #x").computed["companions"] == 0
    changes = edited(t, a="A #y")
    assert changes.computed["companions"] == 3
    assert changes.changed[t.lonely] == {"b", "c"}


def test_an_empty_group_has_no_row() -> None:
    t = wiki()
    edited(t, a="#t")
    edited(t, a="")
    assert t.tags.rows == {}


def test_a_missing_look_up_is_repaired_when_the_row_appears() -> None:
    t = wiki()
    edited(t, a=">b")
    assert t.links.rows["a"] == (None,)
    changes = edited(t, b="Green")
    assert t.links.rows["a"] == ("b",)
    assert t.views.rows["a"][2] == ("Green",)
    assert "a" in changes.changed[t.views]


def test_a_look_up_falls_back_when_the_row_goes() -> None:
    t = wiki()
    edited(t, a=">x", b="=x", c="=x")
    assert t.links.rows["a"] == ("b",)
    edited(t, b=None)
    assert t.links.rows["a"] == ("c",)
    edited(t, c=None)
    assert t.links.rows["a"] == (None,)


def test_whole_makes_its_rows_of_whole_tables() -> None:
    t = wiki()
    edited(t, a=">c", b=">c >a", c="")
    assert t.hubs.rows == {"c": 1, "a": 2}
    edited(t, c=None)
    assert t.hubs.rows == {"a": 1, "b": 2}


def test_whole_has_rows_for_an_empty_vault_too() -> None:
    t = Tables()
    t.pages = Input()
    t.home = Whole(lambda pages: {"home": len(pages)}, pages=t.pages)
    assert update(t, {}).changed[t.home] == {"home"}
    assert t.home.rows == {"home": 0}
    assert computed(update(t, {})) == {}


def test_a_map_may_run_elsewhere() -> None:
    seen: list[str] = []

    def run(fn: Callable[[Any, Any], Any], items: Sequence[tuple[Any, Any]]) -> list[Any]:
        seen.extend(key for key, _ in items)
        return [fn(key, row) for key, row in items]

    t, here = wiki(run), wiki()
    for tables in (t, here):
        edited(tables, b="Green", a="Red >b")
    assert seen == ["a", "b"]
    assert contents(t) == contents(here)


def test_formulas_need_no_engine() -> None:
    page = parse("a", ">b >c")
    assert page
    assert resolve("a", page, names={"b": ("b",)}.get) == ("b", None)


# ---------------------------------------------------------------------------
# The amount of work
# ---------------------------------------------------------------------------


def big() -> Tables:
    """A hundred pages in a ring, all of which link to `hub`."""
    t = wiki()
    ring = {f"p{i:02}": f"Red >p{(i + 1) % 100:02} >hub" for i in range(100)}
    update(t, {t.pages: {**ring, "hub": "Hub"}})
    return t


def test_an_update_without_edits_computes_nothing() -> None:
    assert computed(update(big(), {})) == {}


def test_equal_rows_set_again_compute_nothing() -> None:
    t = big()
    changes = edited(t, hub="Hub", p00="Red >p01 >hub")
    assert computed(changes) == {}
    assert not any(changes.changed.values())


def test_an_edit_that_parses_the_same_stops_there() -> None:
    t = big()
    assert computed(edited(t, p00="Red  >p01  >hub")) == {"parsed": 1}


def test_a_body_edit_computes_the_page_alone() -> None:
    t = big()
    assert computed(edited(t, p00="Red >p01 >hub #new")) == {
        "parsed": 1,
        "titles": 1,
        "tags": 1,
        "links": 1,
        "hubs": 2,
        "views": 1,
        "shelf": 1,
    }


def test_a_new_link_computes_both_ends() -> None:
    t = big()
    changes = edited(t, p00="Red >p01 >hub >p50")
    assert changes.changed[t.views] == {"p00", "p50"}
    assert computed(changes) == {
        "parsed": 1,
        "titles": 1,
        "links": 1,
        "backlinks": 1,
        "hubs": 2,
        "views": 2,
        "sources": 2,
    }


def test_a_new_title_reaches_the_pages_that_show_it() -> None:
    t = big()
    changes = edited(t, p00="Green >p01 >hub")
    assert changes.changed[t.views] == {"p00", "p99", "p01", "hub"}
    assert changes.computed["views"] == 4
    assert changes.computed["links"] == 1


def test_a_look_up_no_longer_made_is_forgotten() -> None:
    t = big()
    edited(t, p00="Red >p01")
    changes = edited(t, hub="Middle")
    assert changes.computed["views"] == 100
    assert "p00" not in changes.changed[t.views]


def test_a_ranking_that_comes_out_the_same_reaches_nobody() -> None:
    t = big()
    changes = edited(t, p00="Red >p01")
    assert changes.computed["hubs"] == 2
    assert changes.changed[t.hubs] == set()
    assert changes.changed[t.views] == {"p00", "hub"}


def test_a_ranking_that_changes_reaches_those_it_ranks() -> None:
    t = big()
    changes = edited(t, p00="Red >p01 >hub >p98 >p98")
    assert changes.changed[t.hubs] == {"p00", "p98"}
    assert changes.changed[t.views] == {"p00", "p98"}


def test_a_setting_reaches_all_who_read_it() -> None:
    t = big()
    changes = update(t, {t.settings: {"site": "One"}})
    assert computed(changes) == {"views": 101}


# ---------------------------------------------------------------------------
# Mistakes of ours
# ---------------------------------------------------------------------------


def test_a_table_may_only_use_tables_declared_above_it() -> None:
    t = Tables()
    stray = Input()
    with pytest.raises(ValueError, match=r"cards.*not declared above"):
        t.cards = Map(stray, title)
    t.pages = Input()
    late = Map(t.pages, title)
    with pytest.raises(ValueError, match="views"):
        t.views = Lookup(t.pages, view, titles=late)


def test_no_two_tables_have_one_name() -> None:
    t = Tables()
    t.pages = Input()
    with pytest.raises(ValueError, match="'pages' is declared already"):
        t.pages = Input()


def test_a_table_that_does_not_exist_says_so() -> None:
    with pytest.raises(AttributeError, match="no table called 'pagse'"):
        _ = wiki().pagse


def test_a_bug_in_a_formula_is_not_swallowed() -> None:
    t = Tables()
    t.pages = Input()
    t.broken = Map(t.pages, lambda key, row: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        update(t, {t.pages: {"a": ""}})


def test_a_run_that_loses_a_row_is_noticed() -> None:
    def lossy(fn: Callable[[Any, Any], Any], items: Sequence[tuple[Any, Any]]) -> list[Any]:
        return [fn(key, row) for key, row in items][1:]

    with pytest.raises(ValueError, match="zip"):
        edited(wiki(lossy), a="", b="")


def test_tables_are_in_order_of_declaration() -> None:
    assert [
        table.name for table in wiki()
    ] == "pages settings parsed titles names tags links backlinks hubs views shelf sources".split()
