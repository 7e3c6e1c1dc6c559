"""What results of a search show of a note, and in what phrases are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct

from vaultkit.model import CELL_GAP, Document

MAX_TEXT = 8000
"""Characters of a note that results can quote; words beyond are found, too."""


class Shown(Struct, frozen=True, array_like=True):
    """How a note is shown elsewhere, too."""

    url: str
    title: str
    type: str


class Text(Struct, frozen=True, array_like=True):
    """What the file of a note says, in this order."""

    url: str
    title: str
    type: str
    aliases: tuple[str, ...]
    folder: str
    tags: tuple[str, ...]
    sections: tuple[tuple[str, str, str], ...]
    """Heading, id in the page, and text of each; the first two are empty before the first heading."""

    @property
    def parts(self) -> Iterator[str]:
        """All texts that words can stand side by side in."""
        yield self.title
        yield from self.aliases
        for heading, _, text in self.sections:
            yield heading
            yield text


def text_of(document: Document, shown: Shown) -> Text:
    tags = dict.fromkeys(tag.name for tag in document.tags if not tag.in_comment)
    folder = document.path.rpartition("/")[0]
    return Text(
        shown.url, shown.title, shown.type, document.aliases, folder, tuple(tags), tuple(_sections(document))
    )  # fmt: skip


def _sections(document: Document) -> Iterator[tuple[str, str, str]]:
    """Headings with what stands below them, until it is enough."""
    left = MAX_TEXT
    passages = [passage for passage in document.passages if passage.place != "heading" or passage.section >= 0]
    for section, below in groupby(passages, key=lambda passage: passage.section):
        text = "\n".join(
            passage.text.replace(CELL_GAP, " | ").strip() for passage in below if passage.place != "heading"
        )
        heading = document.headings[section] if section >= 0 else None
        told = heading.text[:left] if heading else ""
        left -= len(told)
        yield told, heading.slug if heading else "", text[:left]
        left -= len(text)
        if left <= 0:
            return
