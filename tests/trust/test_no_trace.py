"""Promise 2, a private note leaves no trace: its words are nowhere, and the site is what it would be without it.

`make trust` tries 240 vaults in place of a few.
"""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import canaries
import histories
import pytest
import vaults
from canaries import Canaries, Search
from sizes import size

from vaultkit.engine.tables import Get
from vaultkit.export.formats import FORMATS
from vaultkit.model import Document, Ref, Target, VaultPath
from vaultkit.parse.markdown import parser
from vaultkit.serve.app import make_app
from vaultkit.serve.browsers import Browsers
from vaultkit.serve.server import Server
from vaultkit.site import canvas_page
from vaultkit.site.holes import Filler
from vaultkit.site.pages import File, copied_file
from vaultkit.urls import natural_url
from vaultkit.vault import Vault

N_VAULTS = size(2, 240)


def n_notes(seed: int) -> int:
    """Of every tenth vault 200, as many as a vault of some years; the others are small, and so quickly tried."""
    return 200 if seed % 10 == 9 else 24 + seed % 40


def every_file(site: Path) -> dict[str, bytes]:
    """All that lies in the folder, with what concerns only the builder."""
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def hits_in(site: Path, search: Search) -> list[str]:
    return [hit for name, data in every_file(site).items() for hit in search.hits(name, data)]


def stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def exports(root: Path, cache: Path, seed: int) -> dict[str, bytes]:
    """All formats of every eighth vault, and two of each: RDF takes its time."""
    chosen = FORMATS if seed % 8 == 0 else ("json", "sqlite")
    with Vault.open(root, cache_dir=cache, jobs=1) as vault:
        return {f"export.{name}": vault.export(name) for name in chosen}


@pytest.mark.parametrize("seed", range(N_VAULTS))
def test_no_canary_is_seen_and_the_site_is_that_without_private_notes(tmp_path: Path, seed: int) -> None:
    made = Canaries(seed, n_notes(seed))
    files = made.files()
    root = canaries.write(files, tmp_path / "with" / "vault", files.every)
    bare = canaries.write(files, tmp_path / "without" / "vault", files.bare())
    vaults.build(root, tmp_path / "with" / "site")
    vaults.build(bare, tmp_path / "without" / "site")
    out = every_file(tmp_path / "with" / "site") | exports(root, tmp_path / "with" / "cache", seed)
    search = Search(made.words)
    assert [hit for name, data in out.items() for hit in search.hits(name, data)] == []
    vaults.assert_same(vaults.tree(tmp_path / "with" / "site"), vaults.tree(tmp_path / "without" / "site"))
    same = exports(bare, tmp_path / "without" / "cache", seed)
    vaults.assert_same({name: data for name, data in out.items() if name in same}, same)


# ---------------------------------------------------------------------------
# Served, with a past, and by the hour
# ---------------------------------------------------------------------------


@contextmanager
def served(root: Path, folder: Path) -> Iterator[tuple[int, list[str]]]:
    """The port of a server that shows the vault's site as `vaultkit serve --host` does, and all addresses of it."""
    browsers = Browsers(is_alone=False)
    app = make_app(browsers, browsers.hub, lambda: b"/* live */", lambda: browsers.generation)
    with Vault.open(root, cache_dir=folder / "cache", jobs=1) as vault, vault.publication(folder / "site") as site:
        server = Server(app, port=0)
        server.start()
        try:
            browsers.opened(site, folder / "site")
            browsers.built(site.build(wrote=browsers.wrote), 0.0)
            yield server.port, site.urls
        finally:
            server.stop()


def answer(port: int, target: str) -> bytes:
    """All that comes back for a request, with its headers; of a stream of events its beginning."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"GET /{quote(target, safe='/-?=')} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        got = b""
        while data := connection.recv(1 << 16):
            got += data
            if b"\n\n" in got.partition(b"event: problems")[2]:
                break
    return got


@pytest.mark.parametrize("seed", range(size(1, 12)))
def test_a_server_says_nothing_of_private_notes(tmp_path: Path, seed: int) -> None:
    made = Canaries(1000 + seed, 24)
    files = made.files()
    root = canaries.write(files, tmp_path / "vault", files.every)
    search = Search(made.words)
    with served(root, tmp_path) as (port, urls):
        pages = [url for url in urls if url.endswith(".html")]
        hits = [hit for url in urls for hit in search.hits(url, answer(port, url))]
        hits += [hit for url in pages for hit in search.hits("", answer(port, f"-/events?page={quote(url)}"))]
        asked = [name for path in files.private for name in (path, natural_url(VaultPath(path), "note"))]
        for name in asked:
            told = answer(port, name)
            assert told.startswith((b"HTTP/1.1 404", b"HTTP/1.1 403")), name
            hits += search.hits("", told)
    assert hits == []


def commits(root: Path, files: canaries.Files, made: Canaries, *, with_private: bool) -> None:
    """Three commits: all files, an edit of each note, and half of the private notes gone."""
    kept = {
        name: vaults.BINARY if content is None else content
        for name, content in (files.every if with_private else files.bare()).items()
    }
    notes = [name for name in kept if name.endswith(".md")]
    histories.commit(root, kept, "2026-03-01T12:00:00+0000")
    said = {
        name: f"{kept[name]}\n\nMore {'words' if name not in files.private else made.words[n]}.\n"
        for n, name in enumerate(notes)
    }
    histories.commit(root, said, "2026-03-02T12:00:00+0000")
    gone = sorted(files.private & set(notes))[::2]
    histories.commit(root, dict.fromkeys(gone), "2026-03-03T12:00:00+0000")


@pytest.mark.skipif(not histories.GIT, reason="THE TESTS OF GIT'S HISTORY DO NOT RUN: no git")
@pytest.mark.parametrize("seed", range(size(1, 20)))
def test_what_changed_in_private_notes_is_not_told(tmp_path: Path, seed: int) -> None:
    made = Canaries(2000 + seed, 24)
    files = made.files()
    for name in ("with", "without"):
        commits(tmp_path / name / "vault", files, made, with_private=name == "with")
        vaults.build(tmp_path / name / "vault", tmp_path / name / "site")
    out, search = every_file(tmp_path / "with" / "site"), Search(made.words)
    assert "changes/index.html" in out
    assert [hit for name, data in out.items() for hit in search.hits(name, data)] == []
    vaults.assert_same(vaults.tree(tmp_path / "with" / "site"), vaults.tree(tmp_path / "without" / "site"))


Flip = Callable[[Path, str, str], None]


def _say(field: str) -> Flip:
    def say(root: Path, name: str, text: str) -> None:
        vaults.write(root, {name: text.replace("---\n", f"---\n{field}\n", 1)})

    return say


def _add_tag(root: Path, name: str, text: str) -> None:
    vaults.write(root, {name: f"{text}\n\n#secret/x\n"})


def _move(to: str) -> Flip:
    def move(root: Path, name: str, text: str) -> None:
        (root / name).unlink()
        vaults.write(root, {to.format(stem(name)): text})

    return move


FLIPS: dict[str, Flip] = {
    "publish": _say("publish: false"),
    "draft": _say("draft: true"),
    "unreadable": _say("private: [x"),
    "status": _say("status: draft"),
    "any value": _say("embargo: 2030"),
    "tag": _add_tag,
    "folder": _move("Drafts/{}.md"),
    "dot folder": _move(".gone/{}.md"),
    "name": _move("F1/{}.secret.md"),
    "gone": lambda root, name, _: (root / name).unlink(),
}


@pytest.mark.parametrize("n", range(size(1, 40)))
def test_a_note_that_becomes_private_is_gone_from_a_site_that_is_kept_up_to_date(tmp_path: Path, n: int) -> None:
    """Five flips in a vault, with the mentions, the attachments, the words of the note."""
    made = Canaries(3000 + n, 20)
    kinds = [list(FLIPS)[(5 * n + step) % len(FLIPS)] for step in range(5)]
    turning = {f"F2/{made.word()}.md": made.turning(f"{made.word()}.png") for _ in kinds}
    files = made.files()
    root = canaries.write(files, tmp_path / "vault", files.every)
    vaults.write(root, turning)
    for number, name in enumerate(turning):
        word = stem(name)
        vaults.write(root, {f"Reader {number}.md": f"---\npublish: true\n---\n[[{word}|words]] and ![[{word}]] #t\n"})
    with Vault.open(root, cache_dir=tmp_path / "cache", jobs=1) as vault, vault.publication(tmp_path / "site") as site:
        site.build()
        for number, (kind, (name, text)) in enumerate(zip(kinds, turning.items(), strict=True)):
            search = Search([word for word in made.words if word in text or word in name])
            assert hits_in(tmp_path / "site", search), "it was public"
            FLIPS[kind](root, name, text)
            # Every second time as for somebody who looks at a page that mentions it.
            site.build(site.scan(), first=[f"Reader-{number}.html"] if number % 2 else ())
            assert hits_in(tmp_path / "site", search) == [], kind
    assert hits_in(tmp_path / "site", Search(made.words)) == []
    for path in [path for path in root.rglob("*") if path.is_file()]:
        if path.relative_to(root).as_posix() in files.private or path.name.startswith("zqx"):
            path.unlink()
    vaults.build(root, tmp_path / "clean")
    vaults.assert_same(vaults.tree(tmp_path / "site"), vaults.tree(tmp_path / "clean"))


# ---------------------------------------------------------------------------
# That all this can fail
# ---------------------------------------------------------------------------


def _every_attachment(path: VaultPath, document: Document, *, cards: Get, backlinks: Get) -> File | None:
    return copied_file(path, document, cards=cards, backlinks=lambda path: backlinks(path) or ())


def _named_card(ref: Ref, target: Target, filler: Filler) -> object:
    return canvas_page.NOTHING._replace(kind="note", name=ref.label, title=ref.label)


MUTATIONS: dict[str, tuple[str, Any]] = {
    "the key `draft` isn't known": ("vaultkit.parse.publish.PUBLIC_WHEN", {"publish": True, "private": False}),
    "tags hide nothing": ("vaultkit.parse.publish._has_tag", lambda *_: False),
    "properties hide nothing": ("vaultkit.parse.publish._meets", lambda *_: False),
    "folders hide nothing": ("vaultkit.parse.publish.glob", lambda _: re.compile(r"(?!)")),
    "what YAML can't read is public": ("vaultkit.parse.publish._shows_private", lambda _: False),
    "what says nothing is public": ("vaultkit.parse.publish._says_public", lambda _: True),
    "comments are text": ("vaultkit.parse.syntax.comment.add", lambda _: None),
    "all attachments are copied": ("vaultkit.pipeline.copied_file", _every_attachment),
    "all names have a page": ("vaultkit.links.wanted.is_shown", lambda edge: bool(edge.name)),
    "labels of what is not there are told": ("vaultkit.knowledge.datasets.shown_label", lambda ref, _: ref.label),
    "cards of what is not there show its name": ("vaultkit.site.canvas_page._of_file", _named_card),
    "embeds of what is not there show its name": ("vaultkit.site.holes.Filler.embed", lambda self, ref, *_: ref.label),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_each_broken_filter_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutation: str) -> None:
    monkeypatch.setattr(*MUTATIONS[mutation])
    # The parser is assembled once for a process, with the rules of that time.
    monkeypatch.setattr("vaultkit.parse.note.parser", parser.__wrapped__)
    # Each way to be private is in one of the first; others come after, in case vaults are made otherwise one day.
    for seed in (5, 1, 3, *range(12)):
        made = Canaries(seed, 14)
        files, folder = made.files(), Path(tempfile.mkdtemp(dir=tmp_path))
        root = canaries.write(files, folder / "with" / "vault", files.every)
        vaults.build(root, folder / "with" / "site")
        if hits_in(folder / "with" / "site", Search(made.words)):
            return
    pytest.fail("nobody noticed")
