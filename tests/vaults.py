"""Vaults for tests: written to disk from text literals, read back as trees of bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultkit.vault import Report

BINARY = b"\x89PNG\r\n\x1a\n\x00\x00binary\xff"
"""Stands for an attachment whose content doesn't matter."""

Files = Mapping[str, str | bytes | None]


def write(root: Path, files: Files | str) -> Path:
    """Write *files* below *root*: by path, or as one literal with `-- path --` lines; None is some binary file."""
    for name, content in (parse(files) if isinstance(files, str) else files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            content = BINARY
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    root.mkdir(parents=True, exist_ok=True)
    return root


def parse(literal: str) -> dict[str, str]:
    """The files of a literal like `-- A.md --\\nSee [[B]].\\n-- B.md --\\n`."""
    parts = re.split(r"^-- (.+) --\n", literal, flags=re.MULTILINE)
    assert not parts[0].strip(), "a literal begins with a `-- path --` line"
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below *folder* with its bytes; the marker and the lock that only concern the builder are left out."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(files.items()) if not name.startswith(".vaultkit")}


def build(root: Path, out: Path, cache: Path | None = None) -> Report:
    """Build *root* into *out* as the command does for a stranger: nothing remembered, one process."""
    from vaultkit.vault import Vault

    return Vault.open(root, cache_dir=cache or out.with_name(out.name + "-cache"), jobs=1).build(out, once=True)


def assert_same(left: Mapping[str, bytes], right: Mapping[str, bytes]) -> None:
    """Fail with the first difference in words: a diff of two sites is too long to read."""
    assert sorted(left) == sorted(right)
    for name, data in left.items():
        if data != right[name]:
            at = next((i for i, (a, b) in enumerate(zip(data, right[name], strict=False)) if a != b), -1)
            assert data[max(at - 80, 0) : at + 80] == right[name][max(at - 80, 0) : at + 80], name
            assert data == right[name], name
