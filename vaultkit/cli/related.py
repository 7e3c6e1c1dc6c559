"""`vaultkit related`: which notes are close to a note, linked or not yet, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from vaultkit.cli.console import safe, show, show_json
from vaultkit.cli.inspect import no_such_note, plain
from vaultkit.cli.problems import plural
from vaultkit.cli.where import CacheFolder, ConfigFile, VaultFolder, locate
from vaultkit.diagnostics import VaultkitError

if TYPE_CHECKING:
    from vaultkit.model import VaultPath
    from vaultkit.related import Near, Reason

SHOWN = 8
"""Notes of either list."""

LISTED = 64
"""Notes of each list of `--all`."""

_KINDS = {
    "links": "links to it",
    "linked": "is linked from it",
    "mutual": "each links to the other",
    "neighbors": "linked with both: {}",
    "beside": "stands beside what it links to: {}",
    "line": "in one line of {}",
    "table": "in one table of {}",
    "section": "in one section of {}",
    "name": "its text has the words of the name: {}",
    "words": "rare words of both: {}",
}


def related(
    note: Annotated[str, Parameter(help="Its path in the vault, its file name or an alias.")] = "",
    /,
    *,
    vault: VaultFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    limit: Annotated[int, Parameter(help=f"Notes of each list, at most [default: {SHOWN}; with --all {LISTED}].")] = 0,
    all: Annotated[  # noqa: A002  (the option's name)
        bool, Parameter(help="Of every note the closest to which it has no link, as JSON with --json.")
    ] = False,
    dated: Annotated[bool, Parameter(help="Journals and reports too.")] = False,
    json: Annotated[bool, Parameter(help="Print all of it as JSON.")] = False,
) -> None:
    from vaultkit.vault import Vault

    if bool(note) == all:
        raise VaultkitError("name a note, or say --all")
    if limit < 0:
        raise VaultkitError("--limit is a number of notes")
    located = locate(vault, config, {"cache_dir": cache_dir})
    with Vault.open(located.root, located.loaded.settled()) as opened:
        if all:
            lists = opened.all_related(limit or LISTED, dated=dated)
            _show_all(lists, json=json)
            return
        document = opened.note(note)
        if document is None:
            raise VaultkitError(no_such_note(opened, note))
        if document.kind != "note":
            raise VaultkitError(f"{document.path} is no note")
        found = opened.related(document.path, limit or SHOWN, dated=dated)
        titles = opened.titles()
    if json:
        as_json = {
            name: [{"path": near.path, "reasons": [plain(reason) for reason in near.reasons]} for near in each]
            for name, each in (("linked", found.linked), ("unlinked", found.unlinked))
        }
        show_json({"note": document.path} | as_json)
        return
    show(Text(safe(document.title), "bold"), Text(safe(document.path), "dim"))
    show(*_section("Linked", found.linked, titles), *_section("Not linked yet", found.unlinked, titles))


def _show_all(lists: Mapping[VaultPath, Sequence[VaultPath]], *, json: bool) -> None:
    if json:
        show_json(dict(lists))
        return
    for path, others in lists.items():
        show(Text(safe(path), "bold", no_wrap=True), *(Text(f"  {safe(other)}", no_wrap=True) for other in others))


def _section(title: str, notes: Sequence[Near], titles: dict[str, str]) -> Iterator[Text]:
    if not notes:
        return
    yield Text(f"\n{title} ({plural(len(notes), 'note')})", "bold")
    for near in notes:
        yield Text.assemble(
            f"  {safe(titles.get(near.path, near.path))}", (f"  {safe(near.path)}", "dim"), no_wrap=True
        )
        for reason in near.reasons:
            yield Text(f"      {safe(_told(reason, titles))}", "dim", no_wrap=True)


def _told(reason: Reason, titles: dict[str, str]) -> str:
    names = ", ".join(titles.get(name, name) for name in reason.names)
    more = f" and {reason.count - len(reason.names):,} more" if 0 < len(reason.names) < reason.count else ""
    return _KINDS[reason.kind].format(names + more)
