"""Promise 3, paths stay where they belong: whatever is where, no file of others is changed, and each note has a page.

`make trust` tries 1,100 worlds in place of a few.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

import browsing
import pytest
import vaults
from layouts import OUTSIDE, World, state
from lxml import etree
from sizes import size

from vaultkit.diagnostics import VaultkitError
from vaultkit.vault import Vault

A_CASE = 10
"""Worlds that one case tries: to begin a case takes as long as to try a world."""

CASES = range(size(1, 110))


def acted(world: World, act: str) -> bool:
    """Whether what a user asks for was done; False if it was refused with a reason."""
    try:
        with Vault.open(world.vault, cache_dir=world.cache, jobs=1) as vault:
            match act:
                case "build":
                    vault.build(world.out)
                case "build anew":
                    vault.build(world.out, clean=True, once=True)
                case "swap":
                    vault.build(world.out, swap=True)
                case "clean":
                    vault.clean(world.out)
                case _:
                    vault.export("json")
    except VaultkitError:
        return False
    return True


def disturb(world: World) -> dict[Path, tuple[object, ...]]:
    """What others do to a site that is there; the state afterwards."""
    place, dice = world.place, world.random
    match dice.randrange(5):
        case 0:
            (place / "CNAME").write_text(f"{OUTSIDE} example.org")
        case 1:
            (place / "static" / "mine.css").write_text(OUTSIDE)
        case 2:
            # A folder of the site leads somewhere else, where files have the names of ours.
            (place / "static").rename(place / "kept")
            (place / "static").symlink_to(world.folder / "home/Documents/static")
        case 3:
            (place / "A.html").unlink(missing_ok=True)
            (place / "A.html").symlink_to(world.folder / "home/letter.txt")
        case _:
            (world.vault / "A.md").unlink(missing_ok=True)
    (world.vault / "New.md").write_text("[[B]] is new")
    return state(world.folder)


def live_through(world: World) -> tuple[list[str], bool]:
    """What was done to files of others by some acts, one after the other; and whether a site was built."""
    known = state(world.folder)
    wrong: list[str] = []
    has_site = False
    acts = [
        "build",
        world.random.choice(["build", "build anew", "swap", "export"]),
        world.random.choice(["build", "swap", "clean"]),
    ]
    os.chdir(world.cwd)
    for number, act in enumerate(acts):
        refusing = act != "export" and world.must_be_refused() and not (act == "swap" and world.out.is_symlink())
        done = acted(world, act)
        has_site |= done and act != "export"
        after = state(world.folder)
        if refusing and done:
            wrong.append(f"{act}: {world.out} wasn't refused")
        changed = [path for path in known if after.get(path) != known[path] and path not in world.ours]
        wrong += [
            f"{act}: {path.relative_to(world.folder)} was {known[path][0]}, is {after.get(path)}" for path in changed
        ]
        wrong += [
            f"{act}: {path.relative_to(world.folder)} is new"
            for path in after.keys() - known.keys()
            if not world.may_hold(path, built=has_site)
        ]
        world.ours |= {path for path in after.keys() - known.keys() if world.may_hold(path, built=has_site)}
        known = after
        if has_site and number == 0 and world.place.is_dir() and (world.place / "static").is_dir():
            known = disturb(world)
    return wrong, has_site


def leaks(world: World) -> list[str]:
    """Files of the site that hold what stands outside of the vault."""
    place = world.place
    found = [path for path in place.rglob("*.*") if path.is_file() and not path.is_symlink() and path in world.ours]
    return [str(path) for path in found if OUTSIDE.encode() in path.read_bytes() or b"root:x:" in path.read_bytes()]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder for worlds; afterwards one works where one worked before."""
    before = Path.cwd()
    yield tmp_path
    os.chdir(before)


def world_of(folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(folder / str(seed), seed)
    monkeypatch.setenv("HOME", str(world.folder / "home"))
    return world


@pytest.mark.parametrize("case", CASES)
def test_no_file_of_others_is_changed_wherever_things_are(
    place: Path, monkeypatch: pytest.MonkeyPatch, case: int
) -> None:
    wrong, n_built = [], 0
    for seed in range(case * A_CASE, (case + 1) * A_CASE):
        world = world_of(place, seed, monkeypatch)
        found, has_site = live_through(world)
        n_built += has_site
        wrong += [f"{seed}: {each}" for each in (*found, *leaks(world))]
    assert wrong == []
    assert n_built, "some of them have a site"


def test_without_the_guard_this_is_noticed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultkit.site.guard._reason", lambda *_: "")
    wrong = [each for seed in range(2 * A_CASE) for each in live_through(world_of(place, seed, monkeypatch))[0]]
    assert [each for each in wrong if "wasn't refused" in each]
    assert [each for each in wrong if " was file, is " in each]


def test_where_links_are_followed_blindly_this_is_noticed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultkit.parse.scan._Walk.is_part", lambda *_: True)
    found = []
    for seed in range(size(1, 4) * A_CASE):
        world = world_of(place, seed, monkeypatch)
        live_through(world)
        found += leaks(world)
    assert found


WATCH = """
import os, sys
def hook(event, found):
    if event == "open":
        path, mode, flags = found
        if isinstance(path, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            return
        found = (path,)
    elif event not in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.utime", "os.truncate", "sqlite3.connect"):
        return
    # What a link leads to isn't written to.
    for path in found[1:2] if event == "os.symlink" else found:
        if isinstance(path, (str, bytes)):
            os.write(9, os.fsencode(f"{event} {os.path.abspath(os.fsdecode(path))}").replace(b"\\n", b" ") + b"\\n")
sys.addaudithook(hook)
from vaultkit.cli import main
main()
"""
"""Runs the command, and says on a handle of its own what it opens to write, makes, renames and removes."""


@pytest.mark.parametrize("options", [[], ["--swap"]], ids=["in place", "swap"])
def test_nothing_else_is_opened_to_be_written(tmp_path: Path, repository: Path, options: list[str]) -> None:
    told = tmp_path / "told.txt"
    command = [
        "build",
        str(repository / "vault"),
        "-o",
        str(tmp_path / "site"),
        "--cache-dir",
        str(tmp_path / "cache"),
        "--jobs",
        "1",
        *options,
    ]
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" 9>"{told}"', "sh", sys.executable, "-B", "-c", WATCH, *command],
        cwd=repository, env={**os.environ, "PYTHONPATH": str(repository)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    lines = told.read_text().splitlines()
    assert len(lines) > 100
    roots = [str(tmp_path / name) for name in ("site", "cache", ".site.generations")]
    stray = [line for line in lines if not any(root in line for root in roots) and not line.endswith(os.devnull)]
    assert [line for line in stray if line != f"os.mkdir {tmp_path}"] == []


# ---------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------

NAMES = [
    # Of devices, and what Windows can't hold.
    "CON", "con.x", "nul", "PRN", "aux", "COM1", "com9.tar", "lpt\u00b9", "CONIN$", "trailing.", "trailing ", "trailing. .", " leading", "a:b",
    "a:$DATA", "what?", "star*", "<b>", "a|b", 'quo"te', "back\\slash", "tab\tbed", "line\nbreak", "bell\x07", "delete\x7f",
    # Of addresses.
    "100%", "%41", "%2e%2e", "%2F%2e%2e%2fetc", "%", "%%", "%zz", "%C3%A9", "a#b", "#", "a?b=c", "?", "a&b", "a&amp;b", "a+b", "a b", "a  b", "a;b=c",
    "a,b", "a@b", "~", "~user", "a=b", "http:example", "javascript:alert(1)", "mailto:x", "data:,x", "index.html", "x.html", "x.HTM", "a..b", "-rf",
    "--", "$HOME", "{{x}}", "[x]", "[[x]]", "^x", "`x`", "'", "(", "\\", "\\\\host", "C:", "C:x", "@import", "!important", "_", "__proto__",
    # Of our own pages, and of folders.
    "index", "INDEX", "404", "search", "Static", "tags", "wanted", "sitemap", "robots", "changes", "timeline", "index-az", "home", "readme",
    "CNAME", "_headers", "feed", "compare", "x--backlinks", "x--tables", "x-", "x--", "-x",
    # That differ in what some systems don't tell apart.
    "case", "Case", "CASE", "caf\u00e9", "Cafe\u0301s", "CAF\u00c9", "\u00df", "SS", "ss", "\u017fs", "\ufb01", "fi", "\u0130", "i\u0307", "I", "\u0131",
    "\u212a", "k", "\uff21", "a", "\u00b5", "\u03bc", "\u1e9b\u0323", "no\u00a0break", "no break", "soft\u00adhyphen", "softhyphen", "x.md",
    # From right to left, combined, invisible, beyond the first plane, long.
    "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u202eevil", "a\u200bb", "a\u2028b", "\ufeffbom", "e" + "\u0301" * 40, "\u0301", "\u3000",
    "\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U00020000", "\ue000", "\ufffe", "\u65e5\u672c\u8a9e", "x" * 252, "y" * 251, "\u00e9" * 120,
    "\U0001f469" * 60, "z" * 150, "z" * 149 + "Z",
]  # fmt: skip
"""Names of notes, without the extension, as they may come from any system."""

FOLDERS = [
    "",
    "con/",
    "a b#c/",
    "%2e%2e/",
    "tags/",
    "static/",
    "Case/",
    "case/",
    "trailing. /",
    "\u202e/",
    "index.html/",
]

FORBIDDEN = re.compile(
    r'[<>:"\\|?*\x00-\x1f\x7f#%]|[. ]\Z|\A(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\.|\Z)',
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The site of a vault of such names, and what each note says."""
    folder = tmp_path_factory.mktemp("names")
    texts = {
        f"{place}{name}.md": f"m{n}ark{at}m\n"
        for n, name in enumerate(NAMES)
        for at, place in enumerate(FOLDERS)
        if at in (0, 1 + n % (len(FOLDERS) - 1))
    }
    made = {}
    for name, text in texts.items():
        # Of two names that are one after normalization only one can be had; vaultkit says so.
        if unicodedata.normalize("NFC", name) not in {unicodedata.normalize("NFC", other) for other in made}:
            made[name] = text
    root = vaults.write(folder / "vault", made)
    with open(os.fsencode(root) + b"/broken\xff\xfe.md", "wb") as file:
        file.write(b"mbrokenm")
    report = vaults.build(root, folder / "site")
    assert "unreadable-name" in {found.name for found in report.problems}
    return folder / "site", [text.strip() for text in made.values()]


def links(home: str, page: str) -> list[str]:
    """The addresses that a page leads to, as a browser understands them."""
    with urlopen(urljoin(home, page)) as answer:
        root = etree.fromstring(answer.read(), etree.HTMLParser(encoding="utf-8"))
    return [urldefrag(urljoin(urljoin(home, page), str(href)))[0] for href in root.xpath("//main//a/@href")]


def read(address: str) -> str:
    try:
        with urlopen(address) as answer:
            return str(answer.read().decode())
    except (HTTPError, OSError) as error:
        return f"{address}: {error}"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_each_note_has_a_page_that_its_own_address_reaches(named: tuple[Path, list[str]], scheme: str) -> None:
    site, marks = named
    with browsing.served(site) as served:
        home = served if scheme == "http" else f"{site.as_uri()}/"
        every = {
            address
            for letter in ["index-az.html", *{link for link in links(home, "index-az.html") if "index-az" in link}]
            for address in links(home, letter)
        }
        pages = [read(address) for address in sorted(every) if address.startswith(home)]
    bodies = [page.partition("<main")[2].partition("</main>")[0] for page in pages]
    found = [mark for body in bodies for mark in re.findall(r"m\d+ark\d+m", body)]
    assert sorted(found) == sorted(marks)
    assert not [page for page in pages if "mbrokenm" in page]


def test_every_file_of_the_site_can_be_on_every_system(named: tuple[Path, list[str]]) -> None:
    site, _ = named
    files = [path.relative_to(site).as_posix() for path in site.rglob("*") if not path.name.startswith(".vaultkit")]
    assert [name for name in files if FORBIDDEN.search(name.rpartition("/")[2])] == []
    assert [name for name in files if len(name.rpartition("/")[2].encode()) > 200] == []
    # Folders that are one on some system hold the files of both, whose paths all differ.
    pages = [name for name in files if (site / name).is_file()]
    for form in ("NFC", "NFD"):
        folded = [unicodedata.normalize(form, unicodedata.normalize(form, name).casefold()) for name in pages]
        assert sorted({name for name in folded if folded.count(name) > 1}) == []
