"""Builds vaults and follows every link of their sites.

    python bench/links.py [VAULT…]

Without arguments all vaults beside the repository are tried: those in the
`vaults` folder of `VAULTKIT_SHARED`, or else of `../shared`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import linkcheck  # noqa: E402  (tests/ is no package)

from vaultkit.vault import Vault  # noqa: E402

SHOWN = 30
"""Problems printed per vault."""


def shared_vaults() -> list[Path]:
    shared = Path(os.environ.get("VAULTKIT_SHARED") or ROOT.parent / "shared")
    return sorted(path for path in shared.glob("vaults/*") if path.is_dir())


def check(vault: Path) -> int:
    """The number of problems of the site made from *vault*, which are printed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        report = Vault.open(vault, cache_dir=Path(folder) / "cache").build(out)
        began = time.process_time()
        problems = linkcheck.check(out)
        took = time.process_time() - began
        n_pages = sum(1 for _ in out.rglob("*.html"))
    print(
        f"{vault.name}: {report.n_notes:,} notes, {n_pages:,} pages, {len(problems)} problems, checked in {took:.1f} CPU s"
    )
    for problem in problems[:SHOWN]:
        print(f"  {problem}")
    return len(problems)


def main() -> None:
    vaults = [Path(argument) for argument in sys.argv[1:]] or shared_vaults()
    if not vaults:
        sys.exit("no vault found: name some, or set VAULTKIT_SHARED")
    sys.exit(min(sum(map(check, vaults)), 1))


if __name__ == "__main__":
    main()
