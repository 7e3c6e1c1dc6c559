"""What a ref leads to: Found, Missing or Ambiguous, by Obsidian's rules (R-1 … R-15, X-1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from posixpath import basename, dirname

from vaultkit.diagnostics import Diagnostic, problem
from vaultkit.engine.tables import Get
from vaultkit.links.anchors import find_anchor
from vaultkit.links.names import ALIAS
from vaultkit.model import Ambiguous, Document, Found, Links, Missing, Ref, Target, VaultPath
from vaultkit.words import fold

_MEDIA = (
    ".avif .bmp .gif .jpeg .jpg .png .svg .webp .flac .m4a .mp3 .ogg .wav .webm .3gp .mkv .mov .mp4 .ogv .pdf".split()
)


FoundFile = tuple[VaultPath | None, Sequence[VaultPath]]
"""The file a link path names, and those that fit it as well."""


def resolve(*, aliases: bool) -> Callable[..., Links | None]:
    """The formula that resolves a document's refs; with *aliases*, names that no file has may be aliases (X-1)."""

    def links(path: VaultPath, document: Document, *, candidates: Get, anchors: Get) -> Links | None:
        if not document.refs:
            return None
        targets: list[Target] = []
        problems: list[Diagnostic] = []
        files: dict[str, FoundFile] = {}
        for ref in document.refs:
            # Notes link to the same few names again and again.
            if (file := files.get(ref.path)) is None:
                file = files[ref.path] = find_file(ref.path, path, candidates)
            target, found_problem = _resolved(path, ref, file, candidates, anchors, aliases=aliases)
            targets.append(target)
            if found_problem is not None and not ref.in_comment:
                problems.append(found_problem)
        return Links(tuple(targets), tuple(problems))

    return links


def resolve_ref(
    source: VaultPath, ref: Ref, *, aliases: bool, candidates: Get, anchors: Get
) -> tuple[Target, Diagnostic | None]:
    """The target of one ref in the document at *source*, and what is wrong with it."""
    return _resolved(source, ref, find_file(ref.path, source, candidates), candidates, anchors, aliases=aliases)


def _resolved(
    source: VaultPath, ref: Ref, file: FoundFile, candidates: Get, anchors: Get, *, aliases: bool
) -> tuple[Target, Diagnostic | None]:
    if ref.kind == "card":
        return _exact(source, ref, candidates, anchors)
    found, rivals = file
    if found is None:
        return _by_alias(source, ref, candidates, anchors) if aliases else _missing(source, ref)
    target, missing = _place_in(found, source, ref, anchors)
    if missing is not None:
        return target, missing
    if rivals:
        return target, problem(
            "ambiguous-link", source, ref.line, ref.column,
            f'"{ref.path}" fits {len(rivals) + 1} files equally well; it leads to {found}.',
            f"Write more of the path, as in [[{found.removesuffix('.md')}]].",
        )  # fmt: skip
    return target, None


def _place_in(found: VaultPath, source: VaultPath, ref: Ref, anchors: Get) -> tuple[Found, Diagnostic | None]:
    """The file, and the heading or block in it that the ref's subpath names; only notes have these."""
    if not ref.subpath or not found.lower().endswith(".md"):
        return Found(found), None
    anchored = find_anchor(ref.subpath, anchors(found))
    target = Found(found, anchored.anchor, anchored.heading, anchored.block)
    return target, _missing_anchor(source, ref, found, anchored.missing) if anchored.missing else None


def find_file(link_path: str, source: VaultPath, candidates: Get) -> FoundFile:
    """The file a link path names, with those that fit as well: as written, then with `.md` (R-3)."""
    wanted = fold(link_path)
    if not wanted:
        return source, ()
    for ending in ("", ".md"):
        found, rivals = _look_up(wanted + ending, link_path + ending, source, candidates)
        if found is not None:
            return found, rivals
    return None, ()


def _look_up(wanted: str, written: str, source: VaultPath, candidates: Get) -> FoundFile:
    """The file of a folded link path; of names that differ in case alone the one spelled as *written* (X-1)."""
    found: tuple[VaultPath, ...] = candidates(wanted.rpartition("/")[2], ())
    if not found:
        return None, ()
    if wanted.startswith(("./", "../")):
        return _exactly(_relative(written, dirname(source)), found)
    if wanted.startswith("/"):
        return _exactly(written[1:], found)
    if "/" not in wanted and len(found) == 1:
        return found[0], ()
    # A full path wins, even over a file beside the source.
    exact = _exactly(written, found)
    if exact[0] is not None:
        return exact
    fitting = [path for path in found if fold(path).endswith("/" + wanted)]
    folder = dirname(source)
    own = [path for path in fitting if path.startswith(folder + "/")] if folder else []
    ranked = sorted((len(path), not path.endswith("/" + written), path) for path in own or fitting)
    if not ranked:
        return None, ()
    best = ranked[0]
    return best[2], [path for length, misspelled, path in ranked[1:] if (length, misspelled) == best[:2]]


def _exactly(path: str, found: Sequence[VaultPath]) -> FoundFile:
    same = [other for other in found if fold(other) == fold(path)]
    if not same or path in same:
        return (VaultPath(path) if same else None), ()
    return same[0], same[1:]


def _relative(wanted: str, folder: str) -> str:
    """A path from the source's folder, without its dots; `..` above the root stays at the root (R-6)."""
    parts = folder.split("/") if folder else []
    for part in wanted.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _exact(source: VaultPath, ref: Ref, candidates: Get, anchors: Get) -> tuple[Target, Diagnostic | None]:
    """A canvas card names its file by the exact path (N-3)."""
    if ref.path in candidates(fold(basename(ref.path)), ()):
        return _place_in(VaultPath(ref.path), source, ref, anchors)
    return Missing(ref.path), problem("canvas-missing-file", source, message=f'There is no file "{ref.path}".')


def _by_alias(source: VaultPath, ref: Ref, candidates: Get, anchors: Get) -> tuple[Target, Diagnostic | None]:
    claimants: tuple[VaultPath, ...] = candidates(ALIAS + fold(ref.path), ())
    if not claimants:
        return _missing(source, ref)
    if len(claimants) == 1:
        return _place_in(claimants[0], source, ref, anchors)
    return Ambiguous(ref.path, claimants), problem(
        "ambiguous-link", source, ref.line, ref.column,
        f'"{ref.path}" is an alias of {len(claimants)} notes: {", ".join(claimants[:4])}.',
        f"Write the note's own name, as in [[{basename(claimants[0]).removesuffix('.md')}|{ref.path}]].",
    )  # fmt: skip


def _missing(source: VaultPath, ref: Ref) -> tuple[Target, Diagnostic]:
    media = ref.path.lower().endswith(tuple(_MEDIA))
    name = "missing-attachment" if media else "unresolved-link"
    what = "file" if media else "note"
    return Missing(ref.path), problem(name, source, ref.line, ref.column, f'There is no {what} called "{ref.path}".')


def _missing_anchor(source: VaultPath, ref: Ref, found: VaultPath, kind: str) -> Diagnostic:
    return problem(
        f"missing-{kind}", source, ref.line, ref.column, f'{found} has no {kind} "{ref.subpath.lstrip("#")}".'
    )
