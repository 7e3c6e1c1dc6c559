"""How the table of parsed documents is filled: from the memo, else by parsing, here or in other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

import msgspec

from vaultkit.diagnostics import problem
from vaultkit.engine.executors import Executor, Failure
from vaultkit.engine.fingerprint import code_digest, value_digest, versions
from vaultkit.model import Document, Source, VaultPath
from vaultkit.parse.attachment import needs_bytes
from vaultkit.parse.note import parse, plain_text
from vaultkit.settings import Syntax

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Document).decode

PRELOAD = ("vaultkit.parse.remember", "nh3", "pygments.lexers", "latex2mathml.converter")
"""What workers have ready."""


LIBRARIES = ("latex2mathml", "markdown-it-py", "nh3", "Pygments", "PyYAML")
"""Whose versions a document depends on."""


KEPT = 500
"""How many documents are made before they are stored."""


class Store(Protocol):
    """The part of the memo that is used here."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]: ...

    def put_many(self, rows: Iterable[tuple[str, bytes]]) -> None: ...


class Remembered:
    """Runs the formula of parsed documents; an instance is a `Run` of the engine.

    A document is remembered by the digest of its bytes, its path, the syntax
    settings and the code that parsed it.
    """

    def __init__(
        self, syntax: Syntax, store: Store, executor: Executor, load: Callable[[Source], bytes | None]
    ) -> None:
        self._syntax, self._store, self._executor, self._load = syntax, store, executor, load
        self._fingerprint = value_digest(
            msgspec.to_builtins(syntax),
            code_digest(
                "vaultkit.parse",
                "vaultkit.model",
                "vaultkit.bodies",
                "vaultkit.diagnostics",
                "vaultkit.words",
                "vaultkit.yaml_core",
                "vaultkit.search.terms",
                "vaultkit.search.tokens",
            ),
            versions(*LIBRARIES),
        )
        self.tick: Callable[[int, int], None] | None = None
        """Called with how many documents are ready, and how many there are."""
        self.live: set[str] = set()
        """Keys of what was asked for since this began."""

    def __call__(self, fn: object, items: Sequence[tuple[VaultPath, Source]]) -> Iterator[Document]:
        sources = [source for _, source in items]
        keys = [self.key(source) for source in sources]
        self.live.update(key for key in keys if key)
        known = self._store.get_many([key for key in keys if key])
        missing = {key for key in keys if key and key not in known}
        fresh = self._parsed([source for source, key in zip(sources, keys, strict=True) if key in missing])
        made: list[tuple[str, bytes]] = []
        for done, (source, key) in enumerate(zip(sources, keys, strict=True), 1):
            if not key:
                yield parse(source, self._syntax)
            elif key not in missing:
                yield _decode(known.pop(key))
            else:
                encoded, may_keep = next(fresh)
                if may_keep:
                    made.append((key, encoded))
                if len(made) >= KEPT:
                    # All of a vault's documents are as large once more as the vault.
                    self._store.put_many(made)
                    made.clear()
                yield _decode(encoded)
            # Its digest is enough from here on.
            msgspec.structs.force_setattr(source, "data", None)
            if self.tick is not None:
                self.tick(done, len(items))
        self._store.put_many(made)

    def knows(self, sources: Iterable[Source]) -> bool:
        """Whether none of the sources would have to be parsed."""
        keys = [key for key in map(self.key, sources) if key]
        return len(self._store.get_many(keys)) == len(set(keys))

    def key(self, source: Source) -> str:
        """Empty for most attachments: they are made faster than remembered."""
        if source.kind == "attachment" and not needs_bytes(source):
            return ""
        return f"{self._fingerprint}{source.digest}{source.disk_path}{source.path}"

    def _parsed(self, sources: Sequence[Source]) -> Iterator[tuple[bytes, bool]]:
        loaded = (
            source if source.data is not None else msgspec.structs.replace(source, data=self._load(source))
            for source in sources
        )
        return self._executor.map(partial(_parse, self._syntax), loaded, _weight, _failed)


def _parse(syntax: Syntax, source: Source) -> tuple[bytes, bool]:
    return _encode(parse(source, syntax)), source.data is not None


def _weight(source: Source) -> int:
    return len(source.data or b"")


_REASONS = {"raised": "vaultkit made a mistake", "slow": "it took too long", "died": "it ended its process"}


def _failed(source: Source, failure: Failure) -> tuple[bytes, bool]:
    """A note that can't be parsed is shown as plain text, and tried again next time."""
    found = problem(
        "note-failed",
        source.path,
        message=f"The note couldn't be parsed ({_REASONS[failure.reason]}).",
        hint=failure.detail[-600:],
    )
    return _encode(plain_text(source, found)), False
