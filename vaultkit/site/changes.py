"""What changed: of each note, day by day and week by week, on pages and in a feed. The vault's history says when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

from vaultkit.changes import Change, Secrets, Stated, is_seen, stated, tells
from vaultkit.engine.tables import Get
from vaultkit.facts import Fact
from vaultkit.model import Card, Url, VaultPath
from vaultkit.site.base_view import Frame, Link
from vaultkit.site.change_views import ChangeDay, ChangesView, FactChange, NoteChange
from vaultkit.site.knowledge_views import Thing
from vaultkit.site.pages import Made, made
from vaultkit.site.relations import is_said_by_role
from vaultkit.site.statements import shortened, thing_of
from vaultkit.urls import href, root_of
from vaultkit.words import sort_key

CHANGES_URL, FEED_URL = Url("changes/index.html"), Url("changes.xml")

LATELY = 7
"""Days that the first page shows, up to the newest change."""

MAX_FACTS, MAX_OF_NEW = 40, 12
"""Facts of a note on a day that are told, the others are counted: its own page tells all that a new note states."""

MAX_TEXT = 200
FEED_DAYS, FEED_NOTES, FEED_FACTS = 14, 60, 6

NOTHING = Secrets()

# ---------------------------------------------------------------------------
# One note on one day
# ---------------------------------------------------------------------------


def note_change(hidden_properties: Iterable[str]) -> Callable[..., NoteChange | None]:
    """The formula of what readers may be told of a change: nothing that isn't public today, or wasn't then."""
    unsaid = frozenset(hidden_properties)

    def row(
        _: tuple[str, VaultPath], change: Change, *, cards: Get, wanted: Get, facts: Get, secrets: Get, moved: Get
    ) -> NoteChange | None:  # fmt: skip
        step = change.step
        if step.kind == "gone":
            return NoteChange("gone", Thing(""), at=step.at) if step.before else None
        path = step.path if cards(step.path) is not None else moved(step.path)
        card: Card | None = cards(path) if path else None
        if card is None:
            return None
        note = thing_of(path, "", cards, wanted)
        if not step.after:
            kind = step.kind if step.kind == "new" else "edited"
            return NoteChange(kind, note, str(path), at=step.at, is_counted=True)
        known: Secrets = secrets("") or NOTHING
        own: Sequence[Fact] = facts(path, ())
        current = frozenset(fact.identity for fact in stated(own)) if change.gained or change.lost else frozenset()

        def has_page(node: str) -> bool:
            return cards(node) is not None or wanted(node) is not None

        told = [
            _fact(fact, path, is_gained, cards, wanted)
            for is_gained, found in ((True, change.gained), (False, change.lost))
            for fact in found
            if not (fact.source == "property" and fact.words in unsaid) and is_seen(fact, current, has_page, known)
        ]
        n_gained = sum(fact.is_gained for fact in told)
        most = MAX_OF_NEW if step.kind == "new" else MAX_FACTS
        was = step.was.rpartition("/")[2].removesuffix(".md") if step.was and not tells(step.was, known) else ""
        return NoteChange(
            step.kind, note, str(path), was if was != card.title else step.was.removesuffix(".md") if was else "",
            change.added, change.removed, tuple(told[:most]), n_gained, len(told) - n_gained, step.at,
        )  # fmt: skip

    return row


def _fact(fact: Stated, path: VaultPath, is_gained: bool, cards: Get, wanted: Get) -> FactChange:  # noqa: FBT001
    subject = thing_of(fact.subject, "", cards, wanted) if fact.subject != path else None
    if not fact.object:
        return FactChange(is_gained, fact.role, shortened(fact.value, MAX_TEXT), subject, status=fact.status)
    words = "" if is_said_by_role(fact.words, fact.role) or fact.source != "related" else fact.words
    return FactChange(
        is_gained, fact.role, shortened(words, MAX_TEXT), subject, thing_of(fact.object, fact.value, cards, wanted),
        fact.is_typed, fact.status,
    )  # fmt: skip


# ---------------------------------------------------------------------------
# Days and weeks
# ---------------------------------------------------------------------------


def change_day(day: str, rows: Sequence[NoteChange]) -> ChangeDay:
    """All that happened on a day; what changed most comes first."""
    listed = sorted((row for row in rows if row.kind != "gone" and not row.is_counted), key=_order)
    of = {kind: tuple(row for row in listed if row.kind == kind) for kind in ("new", "edited", "renamed")}
    return ChangeDay(
        day, of["new"], of["edited"], of["renamed"],
        n_gone=sum(row.kind == "gone" for row in rows),
        n_new=sum(row.kind == "new" for row in rows),
        n_edited=sum(row.kind == "edited" for row in rows),
        n_gained=sum(row.n_gained for row in listed), n_lost=sum(row.n_lost for row in listed), at=max(row.at for row in rows),
    )  # fmt: skip


def _order(row: NoteChange) -> tuple[int, int, tuple[str, str], str]:
    return -row.n_gained - row.n_lost, -row.added - row.removed, sort_key(row.note.text), row.path


def monday(day: str) -> str:
    found = date.fromisoformat(day)
    return (found - timedelta(days=min(found.weekday(), found.toordinal() - 1))).isoformat()


def week_url(day: str) -> Url:
    """The page of the week that a day is in: it stays there, whatever happens later."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return Url(f"changes/{year}-W{week:02}.html")


def change_pages(frame: Frame) -> Callable[..., dict[str, ChangesView]]:
    """The formula of the page of the last days, and of a page a week."""

    def views(*, days: Mapping[str, ChangeDay]) -> dict[str, ChangesView]:
        if not days:
            return {}
        ordered = [days[day] for day in sorted(days, reverse=True)]
        by_week: dict[str, list[ChangeDay]] = {}
        for day in ordered:
            by_week.setdefault(monday(day.day), []).append(day)
        root = root_of(CHANGES_URL)
        feed = href(root, FEED_URL) if frame.base_url else ""
        weeks = tuple(
            Link(first, href(root, week_url(first)), count=sum(map(_n_notes, found)))
            for first, found in by_week.items()
        )
        end = date.fromisoformat(ordered[0].day)
        since = (end - timedelta(days=min(LATELY - 1, end.toordinal() - 1))).isoformat()
        lately = tuple(day for day in ordered if day.day >= since)
        pages: dict[str, ChangesView] = {}
        pages[CHANGES_URL] = ChangesView(url=CHANGES_URL, root=root, title="", days=lately, weeks=weeks, feed=feed)
        for first, found in by_week.items():
            url = week_url(first)
            last = (date.fromisoformat(first) + timedelta(days=6)).isoformat()
            pages[url] = ChangesView(
                url=url, root=root, title=first, last=last, days=tuple(found), weeks=weeks, feed=feed,
                crumbs=(Link("", href(root, CHANGES_URL)),),
            )  # fmt: skip
        return pages

    return views


def _n_notes(day: ChangeDay) -> int:
    return day.n_new + day.n_edited + len(day.renamed) + day.n_gone


# ---------------------------------------------------------------------------
# The feed
# ---------------------------------------------------------------------------

ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(frame: Frame) -> Callable[..., dict[str, Made]]:
    """The formula of the feed, an entry a day; none where it isn't known where the site will stand."""

    def files(*, days: Mapping[str, ChangeDay]) -> dict[str, Made]:
        if not days or not frame.base_url:
            return {}
        return {FEED_URL: made(FEED_URL, _feed(frame, [days[day] for day in sorted(days, reverse=True)[:FEED_DAYS]]))}

    return files


def _feed(frame: Frame, days: Sequence[ChangeDay]) -> bytes:
    base = frame.base_url
    page = base + href("", CHANGES_URL)
    top = ET.Element("feed", {"xmlns": ATOM, "xml:lang": frame.lang})
    _add(top, "title", frame.title)
    _add(top, "id", page)
    _add(top, "updated", _moment(max(day.at for day in days)))
    _add(ET.SubElement(top, "author"), "name", frame.title)
    ET.SubElement(top, "link", {"rel": "self", "type": "application/atom+xml", "href": base + href("", FEED_URL)})
    ET.SubElement(top, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for day in days:
        entry = ET.SubElement(top, "entry")
        address = base + href("", week_url(day.day), f"vk.{day.day}")
        _add(entry, "title", day.day)
        _add(entry, "id", address)
        _add(entry, "updated", _moment(day.at))
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
        # Escaped once as HTML, and once more as the text of an element.
        content = ET.tostring(_content(base, day), encoding="unicode", method="html")
        _add(entry, "content", content).set("type", "html")
    ET.indent(top, "")
    data: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _content(base: str, day: ChangeDay) -> ET.Element:
    """A day as a list: signs in place of words, so that it needs no language."""
    top = ET.Element("ul")
    for sign, rows in (("+", day.new), ("~", day.edited), ("→", day.renamed)):
        for row in rows[:FEED_NOTES]:
            line = ET.SubElement(top, "li")
            line.text = f"{sign} "
            _link(line, base, row.note)
            if row.added or row.removed:
                _append(line, f" (+{row.added} −{row.removed})")
            if row.facts:
                inner = ET.SubElement(line, "ul")
                for fact in row.facts[:FEED_FACTS]:
                    _fact_line(ET.SubElement(inner, "li"), base, fact)
                if (n := len(row.facts) - FEED_FACTS + row.n_more) > 0:
                    ET.SubElement(inner, "li").text = f"… {n}"
    rest = day.n_new - len(day.new[:FEED_NOTES]), day.n_edited - len(day.edited[:FEED_NOTES]), day.n_gone
    if any(rest):
        signs = (f"{sign}{n}" for sign, n in zip("+~−", rest, strict=True) if n)
        ET.SubElement(top, "li").text = " ".join(signs)
    return top


def _fact_line(line: ET.Element, base: str, fact: FactChange) -> None:
    line.text = "+ " if fact.is_gained else "− "
    if fact.subject is not None:
        _link(line, base, fact.subject)
        _append(line, " · ")
    role = fact.role.replace("-", " ") if fact.is_typed else fact.role
    if fact.object is None:
        _append(line, _xml(f"{role}: {fact.text}"))
        return
    _link(line, base, fact.object)
    said = ", ".join(part for part in (role, fact.status, fact.text) if part)
    _append(line, _xml(f": {said}"))


def _link(line: ET.Element, base: str, thing: Thing) -> None:
    if thing.path:
        ET.SubElement(line, "a", {"href": base + thing.path}).text = _xml(thing.text)
    else:
        _append(line, _xml(thing.text))


def _append(line: ET.Element, text: str) -> None:
    if len(line):
        line[-1].tail = (line[-1].tail or "") + text
    else:
        line.text = (line.text or "") + text


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _xml(text)
    return child


def _xml(text: str) -> str:
    """The text without what XML can't hold."""
    return _NO_XML.sub("\ufffd", text)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
