"""What an output folder holds of ours: the manifest that lies in it, and the ledger in the cache that makes builds quick.

The two are kept apart since the cache may be lost. Without the ledger pages are
rendered once more; without a manifest nobody could tell a page of a note that
has since become private from a file that somebody else put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Struct

_ID = re.compile(r"[0-9a-f]{16}")
_LINE = re.compile(r"([0-9a-f]{32}) (.+)")


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What the ledger knows of a file: what it was made from, and what it then was."""

    made_from: str
    digest: str
    size: int
    mtime_ns: int


class Manifest(NamedTuple):
    """Whose folder it is, and the digests that each of our files in it may have."""

    id: str
    """Random, so that a ledger is never taken for that of another folder; nothing else in a site is. Empty if unknown."""
    digests: dict[str, set[str]]
    """By URL; two where a build was killed between announcing a file and putting it in place."""


def read_manifest(text: str) -> Manifest:
    """The manifest in a text; lines that aren't whole, or not ours, count for nothing."""
    head, _, rest = text.partition("\n")
    digests: dict[str, set[str]] = {}
    for line in rest.split("\n"):
        if found := _LINE.fullmatch(line):
            digests.setdefault(found[2], set()).add(found[1])
    return Manifest(head if _ID.fullmatch(head) else "", digests)


def manifest_text(manifest: Manifest) -> str:
    lines = [manifest.id]
    for url in sorted(manifest.digests):
        lines += (f"{digest} {url}" for digest in sorted(manifest.digests[url]))
    return "\n".join(lines) + "\n"


def seal_of(text: str) -> str:
    """Stands for the text of a manifest, and so for all that its site holds."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def announcement(url: str, digest: str) -> str:
    """What is added to a manifest before a file is put in place.

    It begins a line of its own, for the one before may have been cut off by a full disk.
    """
    return f"\n{digest} {url}\n"


def read_ledger(data: bytes | None, manifest: Manifest) -> dict[str, Entry]:
    """The ledger in a record of the memo; empty if there is none, or none that can be read.

    The manifest knows better: it lies with the files, where a killed build
    announced them, and the ledger may be of a generation that nobody came to see.
    Of a file that it knows otherwise, the ledger isn't believed; of one that it
    doesn't know, for it may be damaged, the ledger tells no more than that it is ours.
    """
    try:
        ledger = msgspec.msgpack.decode(data, type=dict[str, Entry]) if data else {}
    except msgspec.MsgspecError:
        return {}
    return {
        url: entry if url in manifest.digests else msgspec.structs.replace(entry, made_from="", size=-1)
        for url, entry in ledger.items()
        if manifest.digests.get(url, {entry.digest}) == {entry.digest}
    }


def ledger_bytes(ledger: Mapping[str, Entry]) -> bytes:
    return msgspec.msgpack.encode(ledger)


def below(folder: str, urls: Iterable[str]) -> list[str]:
    """Those of the URLs that lie in a folder, however deep."""
    return sorted(url for url in urls if url.startswith(folder + "/"))
