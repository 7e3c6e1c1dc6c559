"""The index of a vault as its tables have it: answers from it, and puts it into the cache for the next question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import chain

import msgspec

from vaultkit.engine.memo import Memo
from vaultkit.engine.stamp import code_stamp
from vaultkit.engine.tables import Tables
from vaultkit.index import LIBRARIES, head, inputs_digest, name
from vaultkit.model import Card, VaultPath
from vaultkit.nodes import WANTED
from vaultkit.reader import Reader
from vaultkit.search.find import names
from vaultkit.search.kept import LINKED, NAMES, TABLES, Index, Note, What, linked, note_name
from vaultkit.search.texts import Shown, Text, text_of

Record = tuple[str, Callable[[], bytes]]
"""A digest of a record's value, and the value."""

_DIGESTS = "digests"


def computed(reader: Reader, what: What) -> Index:
    """The index as the tables have it, which have been brought up to date for the question."""
    t = reader.tables
    records = _records(reader, what)
    paths = {slot: path for path, slot in t.slots.rows.items()} if what == "search" else {}

    def note(number: int) -> tuple[VaultPath, Text]:
        path = paths[number]
        return path, text_of(t.documents.rows[path], _shown(t.cards.rows[path]))

    return Index(lambda record: records[record][1]() if record in records else None, note)


def keep(reader: Reader, what: What) -> None:
    """Put down what the tables have, as far as it isn't there yet."""
    memo, inputs = reader.memo, inputs_digest(reader.tables.sources.rows, reader.config)
    if not inputs or memo.get(head(what)) == inputs:
        return
    records, before = _records(reader, what), _digests(memo)
    # Only a search has all records: one that isn't among them is of no use.
    gone = before.keys() - records.keys() if what == "search" else set()
    fresh = ((name(record), value()) for record, (digest, value) in records.items() if before.get(record) != digest)
    digests = {record: digest for record, digest in before.items() if record not in gone}
    digests |= {record: digest for record, (digest, _) in records.items()}
    # What a search was kept for isn't there any more once the names are others.
    heads = {head("find"): inputs, head("search"): inputs if what == "search" else b""}
    told = {name(_DIGESTS): msgspec.msgpack.encode((_stamp(), digests))}
    memo.replace(chain(fresh, (told | heads).items()), map(name, gone))


def forget(memo: Memo) -> None:
    """Take no record for right: one of them is damaged, or gone."""
    memo.replace([(name(_DIGESTS), b""), *((head(what), b"") for what in TABLES)], ())


def _records(reader: Reader, what: What) -> dict[str, Record]:
    names = dict(_of_names(reader.tables))
    return names if what == "find" else {**names, **dict(_of_search(reader))}


def _of_names(t: Tables) -> Iterator[tuple[str, Record]]:
    # What several notes are called is no name that is missing.
    wanted = {node: card for node, card in t.wanted.rows.items() if node.startswith(WANTED)}
    yield NAMES, _record(msgspec.msgpack.encode(names(t.naming.rows, wanted)))


def _of_search(reader: Reader) -> Iterator[tuple[str, Record]]:
    t = reader.tables
    for leaf, shard in t.shards.rows.items():
        yield leaf, _record(shard.encode())
    slots = t.slots.rows
    yield LINKED, _record(linked(t.neighbors.rows, slots, t.wanted.rows).encode())
    for path, slot in slots.items():
        note = Note(path, reader.key_of(path), _shown(t.cards.rows[path]))
        yield note_name(slot), _record(msgspec.msgpack.encode(note))


def _shown(card: Card) -> Shown:
    return Shown(card.url, card.title, card.type)


def _record(value: bytes) -> Record:
    return blake2b(value, digest_size=8).hexdigest(), lambda: value


def _digests(memo: Memo) -> dict[str, str]:
    """Digests of the records that are there, if the same code made them."""
    data = memo.get(name(_DIGESTS))
    try:
        stamp, digests = msgspec.msgpack.decode(data, type=tuple[str, dict[str, str]]) if data else ("", {})
    except msgspec.MsgspecError:
        return {}
    return digests if stamp == _stamp() else {}


def _stamp() -> str:
    return code_stamp("vaultkit", *LIBRARIES)
