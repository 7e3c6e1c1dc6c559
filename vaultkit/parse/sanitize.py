"""The one step by which raw HTML from notes reaches a page (trust promise P1).

A body that holds raw HTML goes through the sanitizer whole, as any other way
would leave its tags unbalanced. Holes and `Trusted` pieces pass as marks that
no note can contain. A body without raw HTML can't carry any: `escape` wrote all
of its text, and its tags are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

import nh3

from vaultkit.bodies import Body, Segment, Slot
from vaultkit.parse.draft import Part, Trusted, escape

_TAGS = set(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub "
    "summary sup table tbody td tfoot th thead time tr u ul var wbr".split()
)
_PLAIN_ATTRIBUTES = {
    "dir",
    "lang",
    "title",
    "alt",
    "width",
    "height",
    "colspan",
    "rowspan",
    "align",
    "start",
    "open",
    "datetime",
}
_MARKED_ATTRIBUTES = {
    "class",
    "id",
    "href",
    "src",
    "tabindex",
    "aria-hidden",
    "role",
    "loading",
}
_ATTRIBUTES = dict.fromkeys(_TAGS, _PLAIN_ATTRIBUTES | _MARKED_ATTRIBUTES)
_SAFE_URL = ("http:", "https:", "mailto:", "tel:")

# Noncharacters that decoding has removed from every note.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_HOLE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")

_FRAME = re.compile(rf"<(?:iframe|video|audio|source|embed)\b([^<>{_OPEN}]*)>", re.IGNORECASE)
_SRC = re.compile(r"\ssrc\s*=\s*(?:\"(https?:[^\"]*)\"|'(https?:[^']*)'|(https?:[^\s\"']+))", re.IGNORECASE)


def assemble(parts: Sequence[Part], cuts: Iterable[int], mark: str, *, has_html: bool) -> tuple[Body, dict[int, int]]:
    """The body of a note: its parts joined, cut at the part indices in *cuts*.

    Returns the segments and, for each cut, the index of the segment it became.
    With *has_html* all HTML that isn't `Trusted` is sanitized.
    """
    wanted = sorted(set(cuts))
    if not has_html:
        return _joined(parts, wanted, mark)
    boundaries = set(wanted)
    held: list[Part | int] = []
    pieces: list[str] = []
    for index in range(len(parts) + 1):
        if index in boundaries:
            pieces.append(f"{_OPEN}{len(held)}{_CLOSE}")
            held.append(index)
        if index < len(parts):
            part = parts[index]
            if isinstance(part, Slot | Trusted):
                pieces.append(f"{_OPEN}{len(held)}{_CLOSE}")
                held.append(part)
            else:
                pieces.append(part)
    return _filled(_clean("".join(pieces), mark), held, wanted)


def _joined(parts: Sequence[Part], cuts: Sequence[int], mark: str) -> tuple[Body, dict[int, int]]:
    segments: list[Segment] = []
    places: dict[int, int] = {}
    begin = 0
    for cut in [*cuts, len(parts)]:
        run: list[str] = []
        for part in parts[begin:cut]:
            if isinstance(part, Slot):
                if run:
                    segments.append("".join(run))
                    run = []
                segments.append(part)
            else:
                run.append(part)
        if run:
            segments.append("".join(run))
        places.setdefault(cut, len(segments))
        begin = cut
    if mark:
        segments = [s.replace(mark, "") if isinstance(s, str) else s for s in segments]
    return tuple(segments), places


def _filled(html: str, held: Sequence[Part | int], cuts: Sequence[int]) -> tuple[Body, dict[int, int]]:
    """Split sanitized HTML at its marks; a cut whose mark the sanitizer swallowed falls to the end."""
    segments: list[Segment] = []
    places: dict[int, int] = {}
    run: list[str] = []

    def flush() -> None:
        if any(run):
            segments.append("".join(run))
        run.clear()

    pieces = _HOLE.split(html)
    for text, number in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        run.append(text)
        part = held[int(number)] if number is not None else ""
        if isinstance(part, str):
            run.append(part)
            continue
        flush()
        if isinstance(part, Slot):
            segments.append(part)
        else:
            places[part] = len(segments)
    flush()
    return tuple(segments), {cut: places.get(cut, len(segments)) for cut in cuts}


def _clean(html: str, mark: str) -> str:
    def attribute(tag: str, name: str, value: str) -> str | None:
        # What an unclosed quote has swallowed is text: HTML put there would end the attribute.
        value = _HOLE.sub("", value)
        if mark in value:
            return value.replace(mark, "")
        if name in _PLAIN_ATTRIBUTES:
            return value
        # What notes write themselves: links out, and nothing that loads.
        if tag == "a" and name == "href" and value.lstrip().lower().startswith(_SAFE_URL):
            return value
        return None

    def link(frame: re.Match[str]) -> str:
        """A film or another site's page would be asked for unasked: what remains is where it is."""
        if (src := _SRC.search(frame[1])) is None:
            return frame[0]
        url = escape(unescape(src[1] or src[2] or src[3]))
        return f'<a class="{mark}external-link" href="{url}">{url}</a>'

    return nh3.clean(
        _FRAME.sub(link, html),
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        generic_attribute_prefixes={"data-"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
