"""The scripts that were bundled when vaultkit was installed; imports nothing, so that whoever sends them may ask it."""

from __future__ import annotations

from pathlib import Path

BUNDLE = Path(__file__).parents[1] / "frontend"
"""Made by `hatch_build.py`, in a checkout as in an installed package."""

MISSING = (
    "vaultkit was installed without its front end, so pages don't show by themselves what was written; "
    "install it again, with VAULTKIT_SKIP_FRONTEND unset, to have it"
)
"""What there is to say where `bundled` has nothing."""


def bundled(name: str) -> bytes | None:
    """A bundled file; None where the front end was left out."""
    try:
        return (BUNDLE / name).read_bytes()
    except FileNotFoundError:
        return None
