"""axe-core in a page: by its rules, what there is that keeps somebody from reading or using it.

The library isn't ours, so it isn't kept here: its npm package is fetched once into pytest's cache.
`VAULTKIT_AXE` names an `axe.min.js` that is at hand already.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

VERSION = "4.14.1"
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""SHA-256 of `axe.min.js` of that version."""

RULES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()

OF_LOOKS = (
    "color-contrast link-in-text-block target-size scrollable-region-focusable label-content-name-mismatch link-name"
    " button-name aria-hidden-focus meta-viewport"
).split()  # fmt: skip
"""The rules that a window's size or a color scheme can break; what the others ask is the same in all."""

RUN = """async ([kind, values]) => {
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly: { type: kind, values } });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 160)} ${[...node.any, ...node.all, ...node.none].map((why) => why.message).join("; ")}`));
}"""


def source(folder: Path) -> str:
    """The library, from *folder* or fetched into it; empty where it can't be had.

    Raises:
        ValueError: What came isn't what is pinned.
    """
    kept = Path(os.environ.get("VAULTKIT_AXE") or folder / f"axe-{VERSION}.min.js")
    if not kept.exists():
        if not (fetched := _fetched(folder)):
            return ""
        kept.write_bytes(fetched)
    data = kept.read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGEST:
        raise ValueError(f"{kept} isn't the pinned axe-core {VERSION}")
    return data.decode()


def _fetched(folder: Path) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        return b""
    command = [npm, "pack", "--silent", f"axe-core@{VERSION}"]
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False).returncode:
        return b""
    packed = folder / f"axe-core-{VERSION}.tgz"
    with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
        packed.unlink()
        member = archive.extractfile("package/axe.min.js")
        return member.read() if member is not None else b""


def findings(page: Page, library: str) -> list[str]:
    """What axe finds in a page as it is now; its context has to bypass the policy of the page."""
    return _run(page, library, "tag", RULES)


def findings_of_looks(page: Page, library: str) -> list[str]:
    """What of it depends on the window and its colors."""
    return _run(page, library, "rule", OF_LOOKS)


def _run(page: Page, library: str, kind: str, values: list[str]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        # As an expression, it isn't an element of the page that is looked at.
        page.evaluate(library)
    found: list[str] = page.evaluate(RUN, [kind, values])
    return found
