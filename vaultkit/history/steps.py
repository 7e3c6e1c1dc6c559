"""From commits or snapshots to steps: what happened to each note on each day, however often it was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from posixpath import basename
from unicodedata import normalize

from vaultkit.changes import Kind, Step
from vaultkit.history.git import Commit, FileChange
from vaultkit.history.snapshots import Snapshot
from vaultkit.model import VaultPath

BULK = 300
"""Notes that change on a day beyond which they are only counted: an import, another style of properties."""

MOST = 6000
"""Steps in all; older days are left out."""

_LAST_SECOND = 253_402_300_799


class _Day:
    """A day's beginning and end, as far as something changed between them."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        self.last: dict[str, str] = {}
        self.at: dict[str, int] = {}
        self.origin: dict[str, str] = {}

    def add(self, changes: Sequence[FileChange], at: int) -> None:
        """One more moment of it, later than those before."""
        gone = {change.path: change.before for change in changes if not change.after}
        new = {change.path: change.after for change in changes if not change.before}
        for now, was in _renamed(gone, new):
            self.origin[now] = self.origin.pop(was, was)
        for change in changes:
            self.first.setdefault(change.path, change.before)
            self.last[change.path] = change.after
            self.at[change.path] = max(at, self.at.get(change.path, 0))

    def steps(self, day: str) -> Iterator[Step]:
        moved = {
            now: was
            for now, was in sorted(self.origin.items())
            if now != was and self.first.get(was) and not self.last.get(was) and not self.first[now] and self.last[now]
        }
        left = set(moved.values())
        for path in sorted(self.last):
            before, after, was = self.first[path], self.last[path], moved.get(path, "")
            if path in left or (before == after and not was):
                continue
            kind: Kind = "renamed" if was else "edited" if before and after else "new" if after else "gone"
            yield Step(
                day, VaultPath(path), kind, self.first[was] if was else before, after, VaultPath(was), self.at[path]
            )


def _renamed(gone: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Notes that have the content of one that is gone, then those that have its name; only what is certain.

    Git's own search for similar files depends on its version and settings.
    """
    rest_gone, rest_new = dict(gone), dict(new)
    for key in (_content, _name):
        by_gone, by_new = _single(rest_gone, key), _single(rest_new, key)
        for name in sorted(by_gone.keys() & by_new.keys()):
            del rest_gone[by_gone[name]], rest_new[by_new[name]]
            yield by_new[name], by_gone[name]


def _content(file: tuple[str, str]) -> str:
    return file[1]


def _name(file: tuple[str, str]) -> str:
    return basename(file[0])


def _single(files: Mapping[str, str], key: Callable[[tuple[str, str]], str]) -> dict[str, str]:
    """Files by a key that no other of them has."""
    found: dict[str, list[str]] = {}
    for item in files.items():
        found.setdefault(key(item), []).append(item[0])
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}


def of_commits(commits: Sequence[Commit], changes: Mapping[str, Sequence[FileChange]], first: str) -> list[Step]:
    """What commits, the newest first, did to notes, from a day on."""
    days: dict[str, _Day] = {}
    for commit in reversed(commits):
        if commit.authored <= _LAST_SECOND and (day := day_of(commit.authored)) >= first:
            notes = [_normal(change) for change in changes.get(commit.id, ()) if _is_note(change.path)]
            days.setdefault(day, _Day()).add(notes, commit.authored)
    return _bounded(days)


def of_snapshots(found: Sequence[Snapshot], first: str) -> list[Step]:
    """What differs between snapshots, each from the one before, from a day on."""
    days: dict[str, _Day] = {}
    for before, after in pairwise(found):
        if (day := day_of(after.at)) >= first:
            paths = sorted(before.notes.keys() | after.notes.keys())
            files = (FileChange(path, *(_digest(each, path) for each in (before, after))) for path in paths)
            days.setdefault(day, _Day()).add([file for file in files if file.before != file.after], after.at)
    return _bounded(days)


def _digest(snapshot: Snapshot, path: str) -> str:
    return snapshot.notes[path].digest if path in snapshot.notes else ""


def day_of(seconds: int) -> str:
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC).date().isoformat()


def first_day(newest: int, days: int) -> str:
    """The first of so many days that end with that of the newest change: a history has no other "now"."""
    last = date.fromisoformat(day_of(newest))
    return (last - timedelta(days=min(days - 1, last.toordinal() - 1))).isoformat()


def _bounded(days: Mapping[str, _Day]) -> list[Step]:
    found: list[Step] = []
    for day in sorted(days, reverse=True):
        steps = list(days[day].steps(day))
        if len(steps) > BULK:
            steps = [Step(step.day, step.path, step.kind, "", "", VaultPath(""), step.at) for step in steps]
        elif len(found) + len(steps) > MOST:
            break
        found += steps
    return found


def _is_note(path: str) -> bool:
    return path.lower().endswith(".md") and not any(part.startswith(".") for part in path.split("/"))


def _normal(change: FileChange) -> FileChange:
    if change.path.isascii():
        return change
    return FileChange(normalize("NFC", change.path), change.before, change.after)


def ids(steps: Iterable[Step]) -> Iterator[tuple[VaultPath, str]]:
    """The versions that steps lead from and to."""
    for step in steps:
        if step.before:
            yield step.was or step.path, step.before
        if step.after:
            yield step.path, step.after
