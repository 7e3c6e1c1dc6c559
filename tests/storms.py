"""Storms: what editors, sync clients and version control do to a vault, and a process that has to follow them."""

from __future__ import annotations

import mmap
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic

import vaults

REPOSITORY = Path(__file__).parents[1]

CPU = 10.0
"""Seconds of its own time in which a process has to come to rest."""

STILL = 15.0
"""Seconds of rest after which a process has missed something: before the watcher looks at everything anyway."""

REST = 0.6
"""Seconds in which whatever was written has been seen."""

TICK = os.sysconf("SC_CLK_TCK")

TOML = """\
[site]
title = "Storms"
templates = "Theme"
custom_css = "own.css"

[publish]
exclude = ["Private/"]
"""

BASE_HTML = """\
{% extends "default/base.html" %}
"""


# ---------------------------------------------------------------------------
# The vault
# ---------------------------------------------------------------------------


class Place:
    """A vault in which it storms, and a folder beside it."""

    def __init__(self, folder: Path, n_notes: int, random: Random) -> None:
        self.root, self.beside = folder / "vault", folder / "beside"
        self.n_notes, self.random = n_notes, random
        self.n_folders = max(n_notes // 40, 4)
        self._n = 0
        self.beside.mkdir(parents=True)
        vaults.write(self.root, self._files())
        self.git("init", "-q", "-b", "main")
        self.commit("main")
        self.git("checkout", "-q", "-b", "other")
        self._become_other()
        self.commit("other")
        self.git("checkout", "-q", "main")

    def _files(self) -> dict[str, str | bytes | None]:
        files: dict[str, str | bytes | None] = {
            "vaultkit.toml": TOML,
            "Theme/base.html": BASE_HTML,
            "own.css": ".note { color: teal }\n",
            ".obsidian/app.json": "{}",
            "Private/Diary.md": "# Diary\n\nUnseen [[Note 1]].\n",
            "Board.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "F 1/Note 1.md"}]}',
            "Home.md": "# Home\n\n[[Note 1]], [[Note 2]] and ![[picture 0.png]].\n",
        }
        for n in range(max(self.n_notes // 40, 3)):
            files[f"Attachments/picture {n}.png"] = vaults.BINARY + bytes([n])
        for n in range(self.n_notes):
            files[self.path_of(n)] = self.text(n)
        return files

    def path_of(self, n: int) -> str:
        inner = "/Inner" if n % 7 == 0 else ""
        return f"F {n % self.n_folders}{inner}/Note {n}.md"

    def text(self, n: int) -> str:
        """A note: links, a tag, now and then an alias, an embed, a private flag or a name nobody has written yet."""
        one, two, three = (self.random.randrange(self.n_notes) for _ in range(3))
        head = f"---\naliases: [Alias {n}]\nstatus: s{n % 3}\n---\n" if n % 5 == 0 else ""
        head = "---\npublish: false\n---\n" if n % 41 == 40 else head
        embed = f"\n![[Note {three}]]\n" if n % 11 == 0 else ""
        wanted = f" and [[Wanted {n}]]" if n % 60 == 0 else ""
        return (
            f"{head}# Note {n}\n\nSee [[Note {one}]] or [[F {two % self.n_folders}/Note {two}|that]]{wanted}.\n{embed}\n"
            f"Words of number {n} with #tag{n % 9}.\n"
        )

    def _become_other(self) -> None:
        """Differ in five sixths of the notes: in their text, some in their name, some not there."""
        for n in range(self.n_notes * 5 // 6):
            path = self.root / self.path_of(n)
            if n % 20 == 1:
                path.unlink()
            elif n % 20 == 2:
                path.rename(path.with_name(f"Renamed {n}.md"))
            else:
                path.write_text(self.text(n) + "\nOther branch.\n")
        vaults.write(self.root, {f"Branch/New {n}.md": f"New, see [[Note {n}]].\n" for n in range(10)})

    def git(self, *arguments: str) -> None:
        identity = (
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "core.autocrlf=false",
            "-c",
            "gc.auto=0",
        )
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def restore(self) -> None:
        """As the vault was at first."""
        self.git("checkout", "-q", "-f", "main")
        self.git("clean", "-q", "-f", "-d")

    @property
    def notes(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*.md") if "/." not in str(path.relative_to(self.root.parent)))

    @property
    def folders(self) -> list[Path]:
        return sorted(path for path in self.root.iterdir() if path.is_dir() and path.name.startswith("F "))

    def some(self, n: int) -> list[Path]:
        notes = self.notes
        return self.random.sample(notes, min(n, len(notes)))

    @property
    def fresh(self) -> str:
        """A word that stands nowhere yet."""
        self._n += 1
        return f"word{self._n}x{self.random.randrange(10**6)}"

    def edit(self, path: Path) -> None:
        text = path.read_text()
        path.write_text(f"{text}\n{self.fresh} [[Note {self.random.randrange(self.n_notes)}]]\n")

    def content(self) -> list[Path]:
        """What lies in the vault and isn't hidden."""
        return sorted(path for path in self.root.iterdir() if not path.name.startswith("."))

    def clean(self) -> dict[str, bytes]:
        """The site of the vault as it is now, made by a stranger."""
        folder = self.beside / "clean"
        shutil.rmtree(folder, ignore_errors=True)
        vaults.build(self.root, folder / "site")
        return vaults.tree(folder / "site")


# ---------------------------------------------------------------------------
# The process
# ---------------------------------------------------------------------------


class Follower:
    """A `vaultkit` of its own process that keeps a site up to date."""

    def __init__(
        self, root: Path, folder: Path, *what: str, before: Sequence[str] = (), names_out: bool = True, jobs: int = 1
    ) -> None:
        self.out, self.cache, self.log = folder / "site", folder / "cache", folder / "log"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "vaultkit", *(what or ("build", "--watch")), "-V", str(root)]
        command += ["-o", str(self.out)] if names_out else []
        command += ["--cache-dir", str(self.cache), "--jobs", str(jobs)]
        self.command = [*before, *command]
        self.start()

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "COLUMNS": "200"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=self.folder
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def bug(self) -> str:
        """What it said of a mistake of its own, or of a thread's; empty if there was none."""
        said = self.said
        return said[max(said.find("Traceback") - 100, 0) :][:6000] if "Traceback" in said else ""

    def cpu(self) -> float:
        """CPU seconds of the process and of all that it started."""
        return _ticks(self.process.pid) / TICK

    def until(self, happened: Callable[[], bool], what: str, still: float = STILL) -> float:
        """Wait until something has happened; the CPU seconds that took."""
        began = seen = self.cpu()
        rests = monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                code = self.process.wait(0.05)
                raise AssertionError(f"ended with {code} before {what}: {self.said[-3000:]}")
            now = self.cpu()
            # Whether it has happened costs time to find out, so it is asked when the process rests.
            is_at_rest = now == seen
            if is_at_rest and happened():
                return now - began
            if not is_at_rest:
                # The watcher's own look at its folders isn't work.
                rests = monotonic() if now - seen > 1 / TICK else rests
                seen = now
            if now - began > CPU or monotonic() - rests > still:
                raise AssertionError(f"{what}: not after {now - began:.2f} CPU s: {self.said[-3000:]}")

    def until_busy(self) -> None:
        """Wait until it is at work."""
        rested = self.cpu()
        while self.cpu() < rested + 2 / TICK:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.005)
                raise AssertionError(f"it ended: {self.said[-3000:]}")

    def until_said(self, text: str, times: int = 1) -> float:
        return self.until(lambda: self.said.count(text) >= times, f"it says {text!r}")

    def until_equal(self, clean: dict[str, bytes]) -> float:
        """Wait until the site is *clean*; the CPU seconds that took, or the difference as an AssertionError."""
        try:
            return self.until(lambda: self.tree() == clean, "the site is that of a clean build")
        except AssertionError as error:
            raise AssertionError(f"{differences(self.tree(), clean)}\n{error}") from None

    def tree(self) -> dict[str, bytes]:
        # A file that is replaced or removed while they are listed is no difference that stays.
        with suppress(FileNotFoundError):
            return vaults.tree(self.out)
        return {}

    def rest(self, seconds: float = REST) -> None:
        """Wait until it has had nothing to do for a while."""
        until, seen = monotonic() + seconds, self.cpu()

        def rested() -> bool:
            nonlocal until, seen
            now = self.cpu()
            if now - seen > 1 / TICK:
                until = monotonic() + seconds
            seen = now
            return monotonic() >= until

        self.until(rested, "it rests")

    def interrupt(self) -> tuple[int, float]:
        """End it as Ctrl-C does; its exit code and how many seconds that took."""
        began = monotonic()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30), monotonic() - began

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def differences(found: dict[str, bytes], clean: dict[str, bytes]) -> str:
    """How a site differs from a clean one, by the names of a few files."""
    missing, extra = sorted(clean.keys() - found.keys()), sorted(found.keys() - clean.keys())
    other = sorted(name for name in clean.keys() & found.keys() if clean[name] != found[name])
    return ", ".join(
        f"{len(names)} {what}: {names[:4]}"
        for what, names in (("missing", missing), ("extra", extra), ("different", other))
        if names
    )


def _ticks(pid: int) -> int:
    """User and system time of a process, of its children that are gone and of those that are not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        children = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) + sum(map(_ticks, map(int, children.split())))


# ---------------------------------------------------------------------------
# Saves
# ---------------------------------------------------------------------------


def in_place(path: Path, text: str) -> None:
    """As Obsidian does it."""
    path.write_text(text)


def appended(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text[-40:])


def beside(path: Path, text: str) -> None:
    """As VS Code does it where it is told to be careful."""
    other = path.with_name(f"{path.name}.tmp")
    other.write_text(text)
    other.replace(path)


def hidden(path: Path, text: str) -> None:
    other = path.with_name(f".{path.name}.crdownload")
    other.write_text(text)
    other.replace(path)


def vim(path: Path, text: str) -> None:
    trial, backup, swap = path.with_name("4913"), path.with_name(f"{path.name}~"), path.with_name(f".{path.name}.swp")
    swap.write_text("swap")
    trial.write_text("")
    trial.unlink()
    if path.exists():
        path.rename(backup)
    path.write_text(text)
    backup.unlink(missing_ok=True)
    swap.unlink()


def backed_up(path: Path, text: str) -> None:
    """The backup stays: it is a file of the vault like any other."""
    shutil.copy2(path, path.with_name(f"{path.name}.bak"))
    path.write_text(text)


def unlinked(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def mapped(path: Path, text: str) -> None:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[-4:] = text.encode()[-5:-1]


def with_its_old_time(path: Path, text: str) -> None:
    """Neither size nor time of the content tell that it differs."""
    was = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:-4] + text.encode()[-5:-1])
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


SAVES = (in_place, appended, beside, hidden, vim, backed_up, unlinked, mapped, with_its_old_time)


# ---------------------------------------------------------------------------
# Storms
# ---------------------------------------------------------------------------

Storm = Callable[[Place, Follower], None]


def settled(place: Place, follower: Follower) -> dict[str, bytes]:
    """The site once it is that of a clean build."""
    clean = place.clean()
    follower.until_equal(clean)
    return clean


def saves(place: Place, follower: Follower) -> None:
    for path in place.some(6):
        save = place.random.choice(SAVES)
        save(path, f"{path.read_text()}\n{place.fresh} [[Note {place.random.randrange(place.n_notes)}]]\n")


def new_notes_by_vim(place: Place, follower: Follower) -> None:
    for _ in range(3):
        vim(place.random.choice(place.folders) / f"{place.fresh}.md", "# New\n\n[[Note 3]]\n")


def checkout(place: Place, follower: Follower) -> None:
    place.git("checkout", "-q", "-f", "other")


def checkout_and_back(place: Place, follower: Follower) -> None:
    for branch in ("other", "main", "other", "main"):
        place.git("checkout", "-q", "-f", branch)


def renames(place: Place, follower: Follower) -> None:
    for path in place.some(max(place.n_notes * 5 // 12, 20)):
        path.rename(path.with_name(f"{place.fresh}.md"))


def removed_and_restored(place: Place, follower: Follower) -> None:
    copy = _copied(place)
    _empty(place)
    shutil.copytree(copy, place.root, symlinks=True, dirs_exist_ok=True)


def removed_and_restored_later(place: Place, follower: Follower) -> None:
    copy, before, n_said = _copied(place), settled(place, follower), follower.said.count("Most of the vault is gone")
    _empty(place)
    follower.until_said("Most of the vault is gone", n_said + 1)
    vaults.assert_same(follower.tree(), before)
    shutil.copytree(copy, place.root, symlinks=True, dirs_exist_ok=True)


def half_removed(place: Place, follower: Follower) -> None:
    for path in place.some(place.n_notes * 2 // 3):
        path.unlink()


def rsync(place: Place, follower: Follower) -> None:
    """Copies under hidden names get their old time before they get their name."""
    for path in place.some(60):
        data = path.read_bytes()
        other = path.with_name(f".{path.name}.{place.random.randrange(10**6):06}")
        other.write_bytes(data[:-4] + place.fresh[-4:].encode())
        os.utime(other, (1_600_000_000, 1_600_000_000))
        other.replace(path)


def unzipped(place: Place, follower: Follower) -> None:
    archive = place.beside / "notes.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for n in range(place.n_notes // 6):
            file.writestr(f"Imported/{n % 9}/{place.fresh}.md", place.text(n))
    with zipfile.ZipFile(archive) as file:
        file.extractall(place.root)


def folder_out(place: Place, follower: Follower) -> None:
    place.random.choice(place.folders).rename(place.beside / place.fresh)


def folder_out_and_in(place: Place, follower: Follower) -> None:
    folder = place.random.choice(place.folders)
    away = folder.rename(place.beside / place.fresh)
    for path in sorted(away.rglob("*.md"))[:3]:
        place.edit(path)
    back = away.rename(folder if place.random.random() < 0.5 else folder.with_name(f"F {place.fresh}"))
    for path in sorted(back.rglob("*.md"))[:3]:
        place.edit(path)


def folder_in(place: Place, follower: Follower) -> None:
    outside = place.beside / place.fresh
    vaults.write(outside, {f"{n % 5}/{n % 3}/Moved {n}.md": place.text(n) for n in range(place.n_notes // 4)})
    outside.rename(place.root / "F moved")
    place.edit(place.root / "F moved/1/1/Moved 1.md")


def folder_renamed(place: Place, follower: Follower) -> None:
    folder = place.random.choice(place.folders)
    for path in sorted(folder.rename(folder.with_name(f"F {place.fresh}")).rglob("*.md"))[:3]:
        place.edit(path)


def case_renamed(place: Place, follower: Follower) -> None:
    for path in [*place.some(5), place.random.choice(place.folders)]:
        if path.exists():
            path.rename(path.with_name(path.name.swapcase().replace(".MD", ".md")))


def deep_folders(place: Place, follower: Follower) -> None:
    for _ in range(20):
        deep = place.root / "Deep" / place.fresh / "a/b/c"
        deep.mkdir(parents=True)
        (deep / f"{place.fresh}.md").write_text("[[Note 4]]\n")
    shutil.rmtree(next((place.root / "Deep").iterdir()))


def root_made_again(place: Place, follower: Follower) -> None:
    copy = place.beside / place.fresh
    shutil.copytree(place.root, copy, symlinks=True)
    shutil.rmtree(place.root)
    shutil.copytree(copy, place.root, symlinks=True)
    place.edit(place.some(1)[0])


def root_replaced(place: Place, follower: Follower) -> None:
    copy = place.beside / place.fresh
    shutil.copytree(place.root, copy, symlinks=True)
    place.edit(next(path for path in sorted(copy.rglob("Note*.md"))))
    place.root.rename(place.beside / place.fresh)
    copy.rename(place.root)


def root_away(place: Place, follower: Follower) -> None:
    before, n_said = settled(place, follower), follower.said.count("error:")
    away = place.root.rename(place.beside / place.fresh)
    follower.until_said("error:", n_said + 1)
    vaults.assert_same(follower.tree(), before)
    away.rename(place.root)
    place.edit(place.some(1)[0])


def overflow(place: Place, follower: Follower, meanwhile: Callable[[], None] = lambda: None) -> None:
    """More events than the system keeps for a process that sleeps meanwhile; the last changes are told by none of them."""
    one, two, *others = place.some(60)
    follower.process.send_signal(signal.SIGSTOP)
    os.waitpid(follower.process.pid, os.WUNTRACED)
    for n in range(int(Path("/proc/sys/fs/inotify/max_queued_events").read_text()) // 2 + 100):
        # In turns, for the kernel makes one of two equal events.
        os.utime(one, (n, n))
        os.utime(two, (n, n))
    for path in others:
        place.edit(path)
    deep_folders(place, follower)
    meanwhile()
    follower.process.send_signal(signal.SIGCONT)


def links(place: Place, follower: Follower) -> None:
    """A second name for a note, and names that only lead to one."""
    one, two, three = place.some(3)
    second = one.with_name(f"{place.fresh}.md")
    second.hardlink_to(one)
    place.edit(second)
    two.with_name(f"{place.fresh}.md").symlink_to(two)
    three.unlink()
    three.symlink_to(two)
    place.edit(two)


def edited_by_another_name(place: Place, follower: Follower) -> None:
    """Only one of the two names has an event."""
    path = place.some(1)[0]
    second = path.with_name(f"{place.fresh}.md")
    second.hardlink_to(path)
    settled(place, follower)
    place.edit(second)


def template(place: Place, follower: Follower) -> None:
    (place.root / "Theme/base.html").write_text(BASE_HTML + f"{{# {place.fresh} #}}")
    (place.root / "Theme/static").mkdir(exist_ok=True)
    (place.root / "Theme/static/extra.js").write_text(f"// {place.fresh}\n")


def template_broken_and_mended(place: Place, follower: Follower) -> None:
    """What is written meanwhile isn't lost."""
    file, n_said = place.root / "Theme/base.html", follower.said.count("error:")
    text = file.read_text()
    file.write_text("{% if %}")
    follower.until_said("error:", n_said + 1)
    for path in place.some(2):
        place.edit(path)
    follower.rest()
    file.write_text(text)


def style(place: Place, follower: Follower) -> None:
    vim(place.root / "own.css", f".{place.fresh} {{ color: red }}\n")


def setting(place: Place, follower: Follower) -> None:
    vim(place.root / "vaultkit.toml", TOML.replace("Storms", place.fresh))
    place.edit(place.some(1)[0])


def setting_broken_and_mended(place: Place, follower: Follower) -> None:
    """While it isn't certain what is private, nothing is built; what is written meanwhile isn't lost."""
    file, before, n_said = place.root / "vaultkit.toml", settled(place, follower), follower.said.count("error:")
    text = file.read_text()
    file.write_text("[publish\n")
    follower.until_said("error:", n_said + 1)
    for path in place.some(2):
        place.edit(path)
    follower.rest()
    vaults.assert_same(follower.tree(), before)
    file.write_text(text if place.random.random() < 0.5 else TOML.replace("Private/", "F 1/"))


def obsidian_setting(place: Place, follower: Follower) -> None:
    file = place.root / ".obsidian/app.json"
    is_strict = "true" not in file.read_text()
    file.write_text(f'{{"strictLineBreaks": {str(is_strict).lower()}}}')


def project_made(place: Place, follower: Follower) -> None:
    """A file of settings that wasn't there."""
    (place.root / "pyproject.toml").write_text('[tool.vaultkit.site]\ndirection = "rtl"\n')


def made_private(place: Place, follower: Follower) -> None:
    word, path = place.fresh, place.some(1)[0]
    path.write_text(f"---\ntitle: {word}\n---\n{word} [[Note 5]]\n")
    (place.root / "Mention.md").write_text(f"[[{path.stem}]] of the one who is private\n")
    settled(place, follower)
    path.write_text(f"---\ntitle: {word}\npublish: false\n---\n{word} [[Note 5]]\n")
    assert not any(word.encode() in data for data in settled(place, follower).values())
    path.write_text(f"---\ntitle: {word}\npublish: true\n---\n{word} [[Note 5]]\n")


def conflicts(place: Place, follower: Follower) -> None:
    """What sync clients leave when two have written."""
    for path in place.some(3):
        text = f"{path.read_text()}\n{place.fresh}\n"
        for name in (
            f"{path.stem}.sync-conflict-20260101-120000-ABCDEFG.md",
            f"{path.stem} (A's conflicted copy 2026-01-01).md",
            f"{path.stem} 2.md",
            f".{path.name}.icloud",
            f".syncthing.{path.name}.tmp",
            f"~syncthing~{path.name}.tmp",
        ):
            path.with_name(name).write_text(text)
        path.with_name(f"~syncthing~{path.name}.tmp").replace(path)


def attachments(place: Place, follower: Follower) -> None:
    one, two, three = place.random.sample(sorted((place.root / "Attachments").iterdir()), 3)
    data = one.read_bytes()
    for content in (b"another", data, b"a third", data):
        one.write_bytes(content)
    two.write_bytes(vaults.BINARY + place.fresh.encode())
    three.rename(three.with_name(f"{place.fresh}.png"))


def swapped(place: Place, follower: Follower) -> None:
    one, two = place.some(2)
    other = one.with_name("swap.tmp")
    one.rename(other)
    two.rename(one)
    other.rename(two)


def file_for_folder(place: Place, follower: Follower) -> None:
    path = place.some(1)[0]
    path.unlink()
    vaults.write(path, {"Inner note.md": "[[Note 6]]\n"})
    folder = place.random.choice(place.folders)
    shutil.rmtree(folder)
    folder.write_text("a file now")


def seen_and_gone(place: Place, follower: Follower) -> None:
    """A file that is named like an editor's, lies there while all is looked at, and goes away at once."""
    path = place.root / f"{place.fresh}.tmp"
    path.write_text("seen")
    (place.root / f"{place.fresh}.md").write_text(f"![[{path.name}]]")
    settled(place, follower)
    path.unlink()


STORMS: tuple[Storm, ...] = (
    saves,
    new_notes_by_vim,
    checkout,
    checkout_and_back,
    renames,
    removed_and_restored,
    removed_and_restored_later,
    half_removed,
    rsync,
    unzipped,
    folder_out,
    folder_out_and_in,
    folder_in,
    folder_renamed,
    case_renamed,
    deep_folders,
    root_made_again,
    root_replaced,
    root_away,
    overflow,
    links,
    edited_by_another_name,
    template,
    template_broken_and_mended,
    style,
    setting,
    setting_broken_and_mended,
    obsidian_setting,
    project_made,
    made_private,
    conflicts,
    attachments,
    swapped,
    file_for_folder,
    seen_and_gone,
)


def _copied(place: Place) -> Path:
    copy = place.beside / place.fresh
    shutil.copytree(place.root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return copy


def _empty(place: Place) -> None:
    for path in place.content():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
