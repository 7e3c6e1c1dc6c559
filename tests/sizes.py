"""How much the tests of the promises try: a little with all other tests, everything with `make trust`."""

from __future__ import annotations

import os

IS_FULL = os.environ.get("VAULTKIT_TRUST") == "full"


def size(small: int, full: int) -> int:
    """How many cases a test takes; `VAULTKIT_TRUST=full`, which `make trust` sets, takes all."""
    return full if IS_FULL else small
