"""Turn an Obsidian vault into a knowledge graph and a website.

The public names are loaded when they are first used, so that `import vaultkit`
costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vaultkit.config import Config
    from vaultkit.diagnostics import Diagnostic, VaultkitError
    from vaultkit.vault import Report, Vault

__version__ = "0.1.0"

__all__ = ["Config", "Diagnostic", "Report", "Vault", "VaultkitError", "__version__"]

_HOMES = {
    "Config": "vaultkit.config",
    "Diagnostic": "vaultkit.diagnostics",
    "Report": "vaultkit.vault",
    "Vault": "vaultkit.vault",
    "VaultkitError": "vaultkit.diagnostics",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
