"""Links from public text to what isn't published: said to the author, never shown (trust promises P1, P2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.engine.tables import Get
from vaultkit.links.names import ALIAS, names
from vaultkit.links.resolve import find_file
from vaultkit.model import Document, Links, Missing, VaultPath
from vaultkit.nodes import shown_label
from vaultkit.words import fold


def hidden_names(
    public: Callable[[VaultPath, Document], Document | None],
) -> Callable[[VaultPath, Document], Iterator[tuple[str, VaultPath]]]:
    """The names of what was read and isn't public."""

    def emit(path: VaultPath, document: Document) -> Iterator[tuple[str, VaultPath]]:
        if public(path, document) is None:
            yield from names(path, document)

    return emit


def unsafe_file(path: VaultPath, document: Document) -> bool | None:
    """True for an attachment that a browser might run."""
    return document.unsafe or None


def leaks(
    path: VaultPath, document: Document, *, links: Get, hidden: Get, unsafe: Get
) -> tuple[Diagnostic, ...] | None:
    """A problem for each ref that leads nowhere because its target is private, or unsafe."""
    resolved: Links | None = links(path)
    if resolved is None:
        return None
    found = []
    for ref, target in zip(document.refs, resolved.targets, strict=True):
        if isinstance(target, Missing) and not ref.in_comment and target.name:
            private, _ = find_file(target.name, path, hidden)
            if private is None:
                private = next(iter(hidden(ALIAS + fold(target.name), ())), None)
            if private is not None and unsafe(private) is not None:
                found.append(problem("unsafe-attachment", path, ref.line, ref.column, f"{private} could run script."))
            elif private is not None:
                if ref.labelled:
                    hint = "Only its label is shown."
                elif shown_label(ref, target):
                    hint = "The link leads where it would if there were no such note, but its words are public."
                else:
                    hint = "Nothing of it is shown."
                message = f"The link to {private} names a private note."
                found.append(problem("mentions-private-note", path, ref.line, ref.column, message, hint))
    return tuple(found) or None
