"""The view of a page as one file shows it that stands alone: pictures within, and no link that leads into the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from posixpath import basename
from typing import TypeVar
from urllib.parse import unquote

import msgspec

from vaultkit.site.board_views import Board, BoardCard, BoardItem
from vaultkit.site.views import CanvasView, NoteView

Picture = Callable[[str], str]
"""The content of a picture by its address on the page, as a `data:` address; empty where it is left out."""

# In the HTML of bodies every attribute has double quotes, and text holds no bare `<`.
_TAG = re.compile(r'<(/?)(a|img|audio|video|source|details)\b((?:[^<>"]|"[^"]*")*)>')
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
_ANY_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_SCHEME = re.compile(r"\A\w+:(?://)?")
_OUTER = re.compile(r"(?:https?:|mailto:|tel:)", re.IGNORECASE)

V = TypeVar("V", NoteView, CanvasView)


def printed(view: V, picture: Picture) -> V:
    """The view with all of its HTML made for a file that stands alone."""

    def alone(html: str) -> str:
        return _alone(html, picture)

    properties = tuple(msgspec.structs.replace(row, html=alone(row.html)) for row in view.properties)
    view = msgspec.structs.replace(
        view, properties=properties, lead_html=alone(view.lead_html), html=alone(view.html), facts_html=alone(view.facts_html)
    )  # fmt: skip
    if isinstance(view, CanvasView):
        return msgspec.structs.replace(view, board=_board(view.board, alone, picture))
    return view


def _board(board: Board, alone: Callable[[str], str], picture: Picture) -> Board:
    groups = (
        msgspec.structs.replace(group, image=picture(group.image) if group.image else "") for group in board.groups
    )
    items = (
        msgspec.structs.replace(_unlinked(item, alone), lines=tuple(msgspec.structs.replace(line, href="") for line in item.lines))
        for item in board.items
    )  # fmt: skip
    return msgspec.structs.replace(
        board, groups=tuple(groups), cards=tuple(_unlinked(card, alone) for card in board.cards), items=tuple(items)
    )


C = TypeVar("C", BoardCard, BoardItem)


def _unlinked(card: C, alone: Callable[[str], str]) -> C:
    """A card without its link, unless that leads out of the vault."""
    href = card.href if _OUTER.match(card.href) else ""
    return msgspec.structs.replace(card, href=href, html=alone(card.html))


def _alone(html: str, picture: Picture) -> str:
    """The HTML with pictures in it, inner links as text, and outer ones with their address beside them."""
    pieces: list[str] = []
    closings: list[tuple[str, int, str]] = []
    """Of open links: what ends them, where they began, and the address to be told."""
    at = 0
    for match in _TAG.finditer(html):
        pieces.append(html[at : match.start()])
        at = match.end()
        closes, name = bool(match[1]), match[2]
        given = {key: unescape(value) for key, value in _ATTRIBUTE.findall(match[3])}
        if name == "a" and closes:
            end, begin, address = closings.pop() if closings else ("</a>", 0, "")
            pieces.append(end)
            said = unescape(_ANY_TAG.sub("", "".join(pieces[begin:]))).strip()
            if address and said not in (address, _SCHEME.sub("", address)):
                pieces.append(f'<span class="address">{escape(address)}</span>')
        elif name == "a":
            opening, end, address = _link(match[0], given)
            pieces.append(opening)
            closings.append((end, len(pieces), address))
        elif name == "img":
            pieces.append(_image(match[0], given, picture))
        elif name == "details":
            pieces.append("</details>" if closes else f"<details open{match[3].replace(' open', '', 1)}>")
        elif not closes and name != "source":
            pieces.append(f'<span class="file-embed">{escape(_name(given.get("src", "")))}</span>')
    pieces.append(html[at:])
    return "".join(pieces)


def _link(tag: str, given: dict[str, str]) -> tuple[str, str, str]:
    """How a link begins and ends in a file that stands alone, and the address to be told after it."""
    address = given.get("href", "")
    if address.startswith("#"):
        return tag, "</a>", ""
    if _OUTER.match(address):
        return tag, "</a>", address.removeprefix("mailto:")
    return f'<span class="{escape(given.get("class", ""))}">', "</span>", ""


def _image(tag: str, given: dict[str, str], picture: Picture) -> str:
    """A picture with its content; the name of one that is too large, or the address of one that is elsewhere."""
    address = given.get("src", "")
    if not address:
        return escape(given.get("alt", ""))  # A picture elsewhere, whose name is a link already.
    if _OUTER.match(address):
        said = given.get("alt") or address
        beside = f'<span class="address">{escape(address)}</span>' if said != address else ""
        return f'<a class="external-link" href="{escape(address)}" rel="noopener noreferrer nofollow">{escape(said)}</a>{beside}'
    content = picture(address)
    if not content:
        return f'<span class="file-embed">{escape(given.get("alt") or _name(address))}</span>'
    # A picture that waits to be seen would be missing on paper.
    return tag.replace(f'src="{escape(address)}"', f'src="{content}"', 1).replace(' loading="lazy"', "", 1)


def _name(address: str) -> str:
    return unquote(basename(address.partition("?")[0].partition("#")[0]))
