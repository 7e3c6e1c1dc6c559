"""Why a page is rendered again, in words: what differs between what it showed and what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vaultkit.site.pages import Page, unpack
from vaultkit.site.views import AboutRow, AnyView, CloseNote, Frame, Link, LocalGraph, MentionGroup, RelationGroup

MAX_NAMED = 3
"""Of each kind of difference so many are named, and the others counted."""

_WORDS = {
    "html": "text", "lead_html": "lead", "css_classes": "classes", "n_backlinks": "number of backlinks",
    "n_mentions": "number of mentions", "n_links": "number of links", "minutes": "reading time",
}  # fmt: skip
_ONE = {
    "backlinks": "backlink from", "mentions": "mention by", "graph": "link to", "relations": "relation of", "rows about": "row about it in", "groups": "entry for",
    "children": "child", "closest": "close note", "unlinked": "note to link to",
}  # fmt: skip
_FOLLOWS = {"closest", "unlinked"}
_COUNTS = {"n_backlinks", "n_mentions", "n_links"}


def reason(made_from: str | None, now: str, before: Page | None, page: Page) -> str:
    """Why *page* is due.

    Args:
        made_from: What the ledger has of the file: digests of its view and of what surrounds it, `view/around`.
        now: The same as it should be.
        before: The page as it was, where that is still known.
    """
    if made_from is None:
        return "it is new"
    if not made_from:
        return "all pages were asked for"
    view, around = (old != new for old, new in zip(made_from.split("/"), now.split("/"), strict=False))
    if not view:
        return "its template, the site's frame or vaultkit changed"
    if before is not None and before.template != page.template:
        return "another kind of page stands here now"
    told = _differences(before, page) if before is not None else "what it shows changed"
    return f"{told}; its template or frame changed" if around else told


def _differences(before: Page, page: Page) -> str:
    old, new = unpack(before, Frame()), unpack(page, Frame())
    told = {name: words for name in new.__struct_fields__ if (words := _difference(name, old, new))}
    # What is close to a note follows from the rest.
    first = [words for name, words in told.items() if name not in _FOLLOWS]
    return ", ".join(first or told.values()) or "what it shows changed"


def _difference(name: str, old: AnyView, new: AnyView) -> str:
    was, now = getattr(old, name), getattr(new, name)
    if was == now or (name in _COUNTS and (_has_entries(old) or _has_entries(new))):
        return ""
    kind = _WORDS.get(name, name.replace("_", " "))
    if isinstance(now, str) and name == "title":
        return f'title "{was}" became "{now}"'
    before, after = _entries(was), _entries(now)
    if name == "graph":
        before, after = before or {}, after or {}
        if before == after:
            return ""
    if before is None or after is None:
        return f"{kind} changed"
    gained = [after[href][0] for href in after if href not in before]
    lost = [before[href][0] for href in before if href not in after]
    renamed = [
        f'"{before[href][0]}" became "{after[href][0]}"'
        for href in after if href in before and before[href][0] != after[href][0]
    ]  # fmt: skip
    changed = [
        after[href][0]
        for href in after if href in before and before[href][0] == after[href][0] and before[href] != after[href]
    ]  # fmt: skip
    one = _singular(kind)
    told = [_told(one, gained, "gained"), _told(one, lost, "lost"), _told(one, changed, "changed")]
    told.append(f"title of {_named(renamed)}" if renamed else "")
    return ", ".join(words for words in told if words) or f"order of {kind} changed"


def _entries(value: Any) -> Mapping[Any, tuple[Any, ...]] | None:
    """What stands in a list of links or mentions, by address: its title first; None for anything else."""
    if isinstance(value, LocalGraph):
        # Who links here is told as a backlink, and where each stands is of no account.
        return {node.href: (node.title,) for node in value.nodes if not node.is_left}
    if not isinstance(value, tuple):
        return None
    entries: dict[Any, tuple[Any, ...]] = {}
    for item in value:
        if isinstance(item, Link):
            entries[item.href] = (item.text, item)
        elif isinstance(item, MentionGroup):
            entries.update((mention.href, (mention.title, mention)) for mention in item.mentions)
        elif isinstance(item, CloseNote):
            entries[item.href] = (item.title, item)
        elif isinstance(item, RelationGroup):
            entries.update((r.link.href or r.link.text, (r.link.text, r)) for r in item.relations)
        elif isinstance(item, AboutRow):
            entries[item.section_href, item.cells] = (item.title, item)
        elif hasattr(item, "links"):
            entries.update((link.href, (link.text, link)) for link in item.links)
        else:
            return None
    return entries


def _has_entries(view: AnyView) -> bool:
    """Whether a count on the page is that of entries which are told of themselves."""
    return any(getattr(view, name, ()) for name in ("backlinks", "mentions", "groups"))


def _told(kind: str, titles: list[str], what: str) -> str:
    return f"{kind} {_named(titles)} {what}" if titles else ""


def _named(titles: Iterable[str]) -> str:
    names = list(titles)
    rest = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _singular(kind: str) -> str:
    return _ONE.get(kind, kind.removesuffix("s"))
