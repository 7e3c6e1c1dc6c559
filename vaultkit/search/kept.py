"""The index as one record a shard and one a note: whoever asks reads those that the question needs, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from vaultkit.model import Document, VaultPath
from vaultkit.search.find import END, Finder, Names
from vaultkit.search.layout import file_name
from vaultkit.search.texts import Shown, Text, text_of

Get = Callable[[str], bytes | None]
"""The records by name."""

MANIFEST, NAMES, LINKED = "m", "names", "linked"

What = Literal["find", "search"]
"""A question: `find` asks for names alone, `search` for all of the index."""

TABLES: dict[What, tuple[str, ...]] = {
    "find": ("naming", "wanted"),
    "search": ("naming", "wanted", "neighbors", "slots", "shards", "cards"),
}
"""The tables that the records of a question are made of."""

Kind = TypeVar("Kind")


class KeptError(Exception):
    """The records aren't whole: they have to be made again."""


class Note(Struct, frozen=True, array_like=True):
    """Where the rest of a note is: the cache remembers what was parsed."""

    path: VaultPath
    document: str
    """Key of its document."""
    shown: Shown


class Index:
    """What is asked of the index of a vault, read as it is needed."""

    def __init__(self, get: Get, note: Callable[[int], tuple[VaultPath, Text]]) -> None:
        """*get* gives the records; `KeptError` is raised where one is missing that should be there.

        *note* gives a note's path and what results show of it, by the note's number.
        """
        self._get, self.note = get, note

    @cached_property
    def n_notes(self) -> int:
        return int(self._manifest[0].split(" ")[0])

    @cached_property
    def leaves(self) -> Sequence[str]:
        return self._manifest[1:]

    @cached_property
    def _manifest(self) -> list[str]:
        return self._text(MANIFEST).split("\n")

    def shard(self, leaf: str) -> str:
        return self._text(file_name(leaf))

    @cached_property
    def finder(self) -> Finder:
        return Finder(_decoded(self._record(NAMES), _NAMES))

    def linked(self, node: str) -> set[int]:
        """The notes that link to a node of the graph, or are linked from it."""
        text = self._linked
        start = text.find(f"{END}{node}\t")
        if start < 0:
            return set()
        start += len(node) + 2
        return set(map(int, text[start : text.index(END, start)].split()))

    @cached_property
    def _linked(self) -> str:
        return self._text(LINKED)

    def _text(self, name: str) -> str:
        try:
            return self._record(name).decode()
        except UnicodeDecodeError as error:
            raise KeptError(str(error)) from error

    def _record(self, name: str) -> bytes:
        if (data := self._get(name)) is None:
            raise KeptError(name)
        return data


def note_name(number: int) -> str:
    return f"note {number}"


def noted(get: Get, remembered: Get, number: int) -> tuple[VaultPath, Text]:
    """A note's path and what results show of it: from its record, and from the document that was remembered."""
    record = get(note_name(number))
    if record is None:
        raise KeptError(note_name(number))
    note = _decoded(record, _NOTE)
    document = remembered(note.document)
    if document is None:
        raise KeptError(note.document)
    return note.path, text_of(_decoded(document, _DOCUMENT), note.shown)


def linked(neighbors: Mapping[str, Iterable[str]], slots: Mapping[str, int], wanted: Iterable[str]) -> str:
    """A row a node with the numbers of the notes that it is linked with, in either direction.

    Args:
        neighbors: By note the nodes that it links to.
        wanted: The names without a note that readers can see; what stands behind a label isn't told.
    """
    found: dict[str, set[int]] = defaultdict(set)
    shown = frozenset(wanted)
    for path, nodes in neighbors.items():
        for node in nodes:
            if path in slots and (node in slots or node in shown):
                found[node].add(slots[path])
                if node in slots:
                    found[path].add(slots[node])
    rows = (f"{node}\t{' '.join(map(str, sorted(found[node])))}{END}" for node in sorted(found))
    return END + "".join(rows)


_NAMES = msgspec.msgpack.Decoder(Names)
_NOTE = msgspec.msgpack.Decoder(Note)
_DOCUMENT = msgspec.msgpack.Decoder(Document)


def _decoded(data: bytes, decoder: msgspec.msgpack.Decoder[Kind]) -> Kind:
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise KeptError(str(error)) from error
