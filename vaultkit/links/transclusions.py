"""Embeds that lead back to where they stand, or too deep."""

from __future__ import annotations

from collections.abc import Callable

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.engine.tables import Get
from vaultkit.model import Document, Found, Links, VaultPath

MAX_VISITED = 500
"""Notes looked at from one note."""


def embedded(path: VaultPath, document: Document, *, links: Get) -> tuple[tuple[VaultPath, int, int], ...] | None:
    """The notes a note embeds, with the place of each embed."""
    resolved: Links | None = links(path)
    if resolved is None:
        return None
    found = tuple(
        (target.path, ref.line, ref.column)
        for ref, target in zip(document.refs, resolved.targets, strict=True)
        if ref.kind == "embed"
        and isinstance(target, Found)
        and target.path.lower().endswith(".md")
        and not ref.in_comment
    )
    return found or None


def transclusion_problems(max_depth: int) -> Callable[..., tuple[Diagnostic, ...] | None]:
    """The formula that finds cycles and chains that are cut, over `embedded` rows."""

    def problems(
        path: VaultPath, own: tuple[tuple[VaultPath, int, int], ...], *, embeds: Get
    ) -> tuple[Diagnostic, ...] | None:
        found = []
        for target, line, column in own:
            depth = _depth(path, target, embeds, max_depth)
            if depth is None:
                found.append(
                    problem("embed-cycle", path, line, column, f"The embed of {target} leads back to this note.")
                )
            elif depth > max_depth:
                found.append(problem("embed-too-deep", path, line, column))
        return tuple(found) or None

    return problems


def _depth(home: VaultPath, first: VaultPath, embeds: Get, max_depth: int) -> int | None:
    """How deep a chain of embeds goes, at most one more than allowed; None where it comes back to *home*."""
    level, seen, depth = {first}, {first}, 1
    while level and depth <= max_depth and len(seen) <= MAX_VISITED:
        if home in level:
            return None
        level = {target for path in sorted(level) for target, _, _ in embeds(path, ())} - (seen - {home})
        seen |= level
        depth += bool(level)
    return None if home in level else depth
