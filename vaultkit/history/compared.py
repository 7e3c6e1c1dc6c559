"""Formulas that compare versions of notes: which were public, what they state, what differs between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import basename, splitext
from typing import Any

import msgspec

from vaultkit.changes import Change, Secrets, Stated, Step, Version, VersionKey, secrets_of, stated, without
from vaultkit.engine.tables import Get, Run
from vaultkit.facts import Fact
from vaultkit.model import Document, Links, Source, VaultPath
from vaultkit.nodes import WANTED
from vaultkit.words import fold

Public = Callable[[VaultPath, Document], Document | None]

NO_VERSION = Version(0, ())

UPDATED = frozenset({"updated", "modified", "lastmod", "last_modified", "date modified"})
"""Properties that programs write at every change."""

# ---------------------------------------------------------------------------
# Versions
# ---------------------------------------------------------------------------


def public_version(
    parse: Callable[[VaultPath, Source], Document], public: Public
) -> Callable[[VersionKey, Source], Document | None]:  # fmt: skip
    """The formula of a version that would be public by today's rules, without what only its page needs."""
    return lambda key, source: _slim(public(key[0], parse(key[0], source)))


def running(run: Run, parse: Callable[[VaultPath, Source], Document], public: Public) -> Run:
    """Runs the same, each document by what also runs those of today."""

    def run_all(fn: object, items: Sequence[tuple[VersionKey, Source]]) -> Iterator[Document | None]:
        del fn
        documents = run(parse, [(path, source) for (path, _), source in items])
        return (_slim(public(key[0], document)) for (key, _), document in zip(items, documents, strict=True))

    return run_all


def _slim(document: Document | None) -> Document | None:
    if document is None:
        return None
    return msgspec.structs.replace(document, body=(), footnotes=(), problems=(), blocks=(), box=None)


def version(
    resolve: Callable[..., Links | None], facts: Callable[..., Any]
) -> Callable[..., Version]:  # fmt: skip
    """The formula of what a version states, its links understood as they would be today."""

    def row(key: VersionKey, document: Document, *, candidates: Get, kinds: Get) -> Version:
        links = resolve(key[0], document, candidates=candidates, anchors=_nowhere)
        found = facts(key[0], document, links=lambda _: links, names=candidates, kinds=kinds)
        return Version(document.words, stated(found or ()))

    return row


def public_versions(
    documents: Mapping[VaultPath, Document], facts: Mapping[VaultPath, Sequence[Fact]]
) -> dict[VaultPath, tuple[str, Version]]:  # fmt: skip
    """The public notes as they are, each with its digest."""
    return {
        path: (document.digest, Version(document.words, stated(facts.get(path, ()))))
        for path, document in documents.items()
        if document.kind == "note" and not document.is_draft
    }


def _nowhere(_: object, default: object = None) -> object:
    """Which heading a link leads to makes no other fact."""
    return default


# ---------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------


def moved(steps: Mapping[tuple[str, VaultPath], Step]) -> dict[str, VaultPath]:
    """What was renamed, by its former path and name: where it is now."""
    now: dict[VaultPath, VaultPath] = {}
    for key in sorted(steps):
        step = steps[key]
        if step.was:
            now = {was: step.path if path == step.was else path for was, path in now.items()} | {step.was: step.path}
    return {node: path for was, path in now.items() for node in (was, _wanted(was))}


def change(
    _: tuple[str, VaultPath], step: Step, *, past: Get, versions: Get, recorded: Get, names: Get, moved: Get
) -> Change | None:  # fmt: skip
    """What differs between two public versions; None where one of them isn't, so that nobody learns of it."""
    if not step.before and not step.after:
        return Change(step, 0, 0, (), ())

    def known(path: VaultPath, version_id: str) -> Version | None:
        found: Version | None = versions((path, version_id)) or recorded((path, version_id)) if version_id else None
        return found

    old_path = step.was or step.path
    old, new = known(old_path, step.before), known(step.path, step.after)
    if new is None:
        is_told = step.kind == "gone" and old is not None
        return Change(step, 0, 0, (), ()) if is_told else None
    if old is None and step.kind != "new":
        # It was private: to its readers it is new.
        step = msgspec.structs.replace(step, kind="new", before="", was=VaultPath(""))
    before = old or NO_VERSION
    added, removed = _n_words(past((old_path, step.before)), past((step.path, step.after)), before, new)
    if old is not None and old.made_by != new.made_by:
        return Change(step, added, removed, (), ())
    was, now = (tuple(_today(fact, names, moved) for fact in each.facts) for each in (before, new))
    gained, lost = tuple(without(now, was)), tuple(without(was, now))
    if (
        step.kind == "edited"
        and not (added or removed or gained or lost)
        and _looks_alike(past((old_path, step.before)), past((step.path, step.after)))
    ):
        return None
    return Change(step, added, removed, gained, lost)


def _looks_alike(old: Document | None, new: Document | None) -> bool:
    """Whether readers see no difference: a comment was written, or a program noted the time of a change."""
    if old is None or new is None:
        return False
    was, now = (
        (
            each.title,
            each.aliases,
            [tag.name for tag in each.tags if not tag.in_comment],
            [(entry.name, entry.value) for entry in each.properties if fold(entry.name) not in UPDATED],
            [(ref.kind, ref.path, ref.subpath, ref.label) for ref in each.refs if not ref.in_comment],
        )
        for each in (old, new)
    )
    return was == now


def _n_words(old: Document | None, new: Document | None, before: Version, after: Version) -> tuple[int, int]:
    """Words that came and went; where the texts aren't known, by how much there are more or fewer."""
    if new is None or (old is None and before is not NO_VERSION):
        difference = after.n_words - before.n_words
        return max(difference, 0), max(-difference, 0)
    was, now = _texts(old), _texts(new)
    # What stands in both as it is need not be taken apart.
    lost, found = _words(was - now), _words(now - was)
    return (found - lost).total(), (lost - found).total()


def _texts(document: Document | None) -> Counter[str]:
    """Paragraphs, items, rows and headings, as far as readers see them."""
    passages = document.structure.passages if document is not None else ()
    return Counter(passage.text for passage in passages if passage.place != "comment")


def _words(texts: Counter[str]) -> Counter[str]:
    words: Counter[str] = Counter()
    for text, n in texts.items():
        for word in text.split():
            words[word] += n
    return words


def _today(fact: Stated, names: Get, moved: Get) -> Stated:
    """The fact with its nodes called as they are today, so that no other name makes another fact."""
    subject, target = _node_today(fact.subject, names, moved), _node_today(fact.object, names, moved)
    if (subject, target) == (fact.subject, fact.object):
        return fact
    return msgspec.structs.replace(fact, subject=subject, object=target)


def _node_today(node: str, names: Get, moved: Get) -> str:
    if not node or node[0] == "=":
        return node
    if node[0] != WANTED:
        if node in names(fold(basename(node)), ()):
            return node
        if (now := moved(node)) is not None:
            return str(now)
        node = _wanted(node)
    owners = names(f"{basename(node[1:])}.md", ())
    if len(owners) == 1:
        return str(owners[0])
    return str(moved(node) or node) if not owners else node


def _wanted(path: str) -> str:
    name = basename(path)
    return WANTED + fold(splitext(name)[0] if name.lower().endswith(".md") else name)


def by_day(key: tuple[str, VaultPath], row: Any) -> Iterator[tuple[str, Any]]:
    yield key[0], row


# ---------------------------------------------------------------------------
# What may not be said
# ---------------------------------------------------------------------------


def secrets(
    *, hidden: Mapping[str, Sequence[VaultPath]], parsed: Mapping[VaultPath, Document], documents: Mapping[VaultPath, Document],
    steps: Mapping[tuple[str, VaultPath], Step], past: Mapping[VersionKey, Document], recorded: Mapping[VersionKey, Version],
) -> dict[str, Secrets]:  # fmt: skip
    """What text of earlier versions is searched for; nothing where there are none."""
    if not steps:
        return {}
    names = {name.strip("\0") for name in hidden}
    names.update(parsed[path].title for paths in hidden.values() for path in paths if path in parsed)
    for step in steps.values():
        for path, version_id in ((step.was or step.path, step.before), (step.path, step.after)):
            key = (path, version_id)
            if version_id and path not in documents and key not in past and key not in recorded:
                names.add(basename(path))
    return {"": secrets_of(name.removesuffix(".md") for name in names)}
