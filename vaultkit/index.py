"""The index of a vault in its cache, found without filling a table where the vault is as it was.

To ask a question of a vault that didn't change costs no more than to see that
it didn't. So nothing is imported here that parses or computes; `keeping` puts
the index there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from vaultkit.config import Config
from vaultkit.engine.memo import Memo
from vaultkit.engine.stamp import code_stamp
from vaultkit.folders import default_snapshots
from vaultkit.model import Source, VaultPath
from vaultkit.parse.scan import Stat, scan
from vaultkit.search.kept import Index, What, noted
from vaultkit.site.guard import MARKER

LIBRARIES = ("latex2mathml", "markdown_it", "nh3", "pygments", "yaml")


def kept(root: Path, config: Config, memo: Memo, what: What) -> Index | None:
    """The index that the cache has, if it is that of the vault as it is now."""
    stats = _stats(memo)
    scanned = scan(root, config.scan, stats, own_files(root, config, memo), config.syntax.note_bytes)
    if scanned.stats != stats:
        memo.put("stats", msgspec.msgpack.encode(scanned.stats))
    return kept_of(scanned.sources, config, memo, what)


def kept_of(sources: Mapping[VaultPath, Source], config: Config, memo: Memo, what: What) -> Index | None:
    """The same, where the vault was scanned just now."""
    inputs = inputs_digest(sources, config)
    if not inputs or memo.get(head(what)) != inputs:
        return None

    def get(record: str) -> bytes | None:
        return memo.get(name(record))

    return Index(get, partial(noted, get, lambda key: memo.get_many([key]).get(key)))


def own_files(root: Path, config: Config, memo: Memo) -> tuple[Path, ...]:
    """Files and folders that may lie in the vault and are vaultkit's, not the vault's: settings, cache, snapshots, site."""
    snapshots = Path(config.changes.snapshots) if config.changes.snapshots else default_snapshots(root)
    cache = [memo.path.parent] if memo.path is not None else []
    out = Path(config.out).absolute()
    site = [out] if (out / MARKER).is_file() else []
    return (root / "vaultkit.toml", *cache, snapshots, *site)


def head(what: What) -> str:
    """The record that tells of what the others of a question were made."""
    return f"index of {what}"


def name(record: str) -> str:
    """What a record is called in the cache."""
    return f"index {record}"


def _stats(memo: Memo) -> dict[str, Stat]:
    try:
        return msgspec.msgpack.decode(memo.get("stats") or b"\x80", type=dict[str, Stat])
    except msgspec.MsgspecError:
        return {}


def inputs_digest(sources: Mapping[VaultPath, Source], config: Config) -> bytes:
    """Digest of all that the index is made of: files, settings, our own code; empty where nobody knows."""
    stamp = code_stamp("vaultkit", *LIBRARIES)
    sections: list[Any] = [config.scan, config.syntax, config.publish, config.site, config.relations]
    settings = [*map(msgspec.to_builtins, sections), *map(msgspec.to_builtins, config.entities)]
    files = "\n".join([f"{source.path}\0{source.digest}\0{source.disk_path}" for source in sources.values()])
    digest = blake2b(files.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(msgspec.msgpack.encode([stamp, settings]))
    return digest.digest() if stamp else b""
