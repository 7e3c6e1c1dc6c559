"""What a list line says of the links that begin it."""

from __future__ import annotations

import re

from msgspec.structs import replace

from vaultkit.parse.draft import Draft, one_line

_DASH = re.compile(r"(?:\s*(?:—|--|–|:|(?=\())|\s+-)\s*(\S.*)\Z", re.DOTALL)
_BETWEEN_LINKS = re.compile(r"\s*(?:,|/|&|and|\+|·|→)\s*")


def annotate(draft: Draft, text: str) -> None:
    """Keep what a list line says of the links that begin it: `[[A]], [[B]] — peers`."""
    index = len(draft.passages) - 1
    last = first = len(draft.refs)
    while first and (ref := draft.refs[first - 1]) is not None and ref.passage == index:
        first -= 1
    leading, at = 0, 0
    for ref in draft.refs[first:last]:
        between = text[at : ref.start] if ref is not None else ""
        if ref is None or (between.strip() and not (leading and _BETWEEN_LINKS.fullmatch(between))):
            break
        leading, at = leading + 1, ref.end
    match = _DASH.match(text, at) if leading else None
    if match is None:
        return
    words = one_line(match[1])
    for number in range(first, first + leading):
        ref = draft.refs[number]
        if ref is not None:
            draft.refs[number] = replace(ref, annotation=words)
