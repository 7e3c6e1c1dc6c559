"""How a question gets to the index of a vault: past all that parses and computes, if nothing has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vaultkit.cli.where import Located
from vaultkit.diagnostics import VaultkitError
from vaultkit.engine.memo import Memo
from vaultkit.folders import cache_name, default_cache_dir
from vaultkit.index import kept
from vaultkit.search.kept import Index, KeptError, What

if TYPE_CHECKING:
    from vaultkit.vault import Vault

T = TypeVar("T")


def asked(located: Located, what: What, of_index: Callable[[Index], T], of_vault: Callable[[Vault], T]) -> T:
    """The answer of the index that is kept; where that isn't the vault's any more, of the vault, which keeps another."""
    root, config = located.root.absolute(), located.loaded.settled()
    folder = Path(config.cache_dir or default_cache_dir())
    with Memo(folder / cache_name(root)) as memo:
        index = kept(root, config, memo, what)
        if index is not None:
            try:
                with memo.steady():
                    return of_index(index)
            except KeptError:
                pass
    from vaultkit.cli.console import tell
    from vaultkit.vault import Vault

    tell("The vault isn't as the cache has it, and is read …")
    with Vault.open(root, config) as vault:
        answer = of_vault(vault)
        tell(*vault.notices)
    return answer


def check_options(words: Iterable[str], start: str) -> None:
    """Refuse a word that can only be a mistyped option; else it would silently be part of what is asked."""
    for word in words:
        if word.startswith(start) and word.strip("-"):
            raise VaultkitError(f'there is no option {word}: "--help" names them all')
