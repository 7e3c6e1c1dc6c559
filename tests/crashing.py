"""A vault that is edited at random, and its site, which is built by processes that don't always live to finish it."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import vaults

from vaultkit.cli import run
from vaultkit.site.disk import TEMPORARY

ROOT = Path(__file__).parents[1]

CALLS = {
    "openat": 1100, "write": 60, "pwrite64": 120, "rename": 40, "unlink": 40, "ftruncate": 6, "mkdir": 20,
    "rmdir": 6, "linkat": 90, "symlink": 1, "close": 900, "fcntl": 90, "flock": 3, "newfstatat": 4000,
}  # fmt: skip
"""System calls at which strace can kill, and how often each is made, about."""

Tree = Mapping[str, bytes]
Process = subprocess.Popen[str]


class Site:
    """The vault `vault`, its site `site` and its cache `cache` in a folder; anything random is thrown with *seed*."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.root, self.out, self.cache = folder / "vault", folder / "site", folder / "cache"
        self._clean, self._undo = folder / "clean", folder / "undo"
        self._n, self._n_mended = 0, 0
        self._reach = {"change": 100, **CALLS}
        self._expected: Tree | None = None
        names = [f"{('', 'F/', 'F/G/', 'H/')[i % 4]}N{i}" for i in range(60)]
        vaults.write(self.root, {f"{name}.md": self._text(names) for name in names})
        vaults.write(self.root, {"p.png": None, "alone.bin": "alone", "blob": b"b" * 200_000, "Board.canvas": BOARD})

    # -- the vault -----------------------------------------------------------

    def edit(self) -> None:
        """Change a few files in one of the ways in which vaults change; now and then undo the edit before."""
        self._expected = None
        if self._undo.exists() and self.dice.random() < 0.2:
            shutil.rmtree(self.root)
            self._undo.rename(self.root)
            return
        shutil.rmtree(self._undo, ignore_errors=True)
        shutil.copytree(self.root, self._undo)
        for _ in range(self.dice.choice([1, 1, 2, 5, 15])):
            self.dice.choice(EDITS)(self)

    def _notes(self) -> list[Path]:
        return sorted(self.root.rglob("N*.md"))

    def _text(self, names: list[str]) -> str:
        links = " and ".join(f"[[{Path(name).name}]]" for name in self.dice.sample(names, 3))
        self._n += 1
        return f"---\ntags: [t{self.dice.randrange(5)}]\n---\n# Title {self._n % 7}\n\nText {self._n} of {links}.\n"

    def _write(self) -> None:
        names = [path.stem for path in self._notes()]
        self.dice.choice(self._notes()).write_text(self._text(names))

    def _add(self) -> None:
        names = [path.stem for path in self._notes()]
        vaults.write(self.root, {f"{self.dice.choice(['', 'F/', 'New/'])}N{100 + self._n}.md": self._text(names)})

    def _delete(self) -> None:
        if len(self._notes()) > 40:
            self.dice.choice(self._notes()).unlink()

    def _rename(self) -> None:
        note = self.dice.choice(self._notes())
        self._n += 1
        note.rename(note.with_name(f"N{200 + self._n}.md"))

    def _flip(self) -> None:
        note = self.dice.choice(self._notes())
        text = note.read_text()
        note.write_text(
            text.replace("publish: false\n", "")
            if "publish: false" in text
            else text.replace("---\n", "---\npublish: false\n", 1)
        )

    def _attach(self) -> None:
        vaults.write(self.root, {self.dice.choice(["p.png", "alone.bin", "q.bin"]): f"{self.dice.random()}"})

    def _detach(self) -> None:
        (self.root / self.dice.choice(["p.png", "alone.bin", "q.bin"])).unlink(missing_ok=True)

    def _turn(self) -> None:
        """A file becomes a folder, and the other way round."""
        blob = self.root / "blob"
        if blob.is_dir():
            shutil.rmtree(blob)
            vaults.write(self.root, {"blob": b"c" * 200_000})
        else:
            blob.unlink()
            vaults.write(self.root, {"blob/in/it.bin": "d", "blob/p.bin": "e"})

    def clean(self) -> Tree:
        """The site as a stranger would build it now."""
        if self._expected is None:
            shutil.rmtree(self._clean, ignore_errors=True)
            vaults.build(self.root, self._clean / "site", self._clean / "cache")
            self._expected = vaults.tree(self._clean / "site")
        return self._expected

    # -- the site ------------------------------------------------------------

    def tree(self) -> Tree:
        return vaults.tree(self.out.resolve()) if self.out.exists() else {}

    def command(self, *options: str) -> list[str]:
        out, cache = str(self.out), str(self.cache)
        return ["build", str(self.root), "-o", out, "--cache-dir", cache, "--jobs", "1", *options]

    def start(self, *options: str, wrap: tuple[str, ...] = (), package: Path = ROOT, limit: int = 0) -> Process:
        """A process that builds, by the code in *package*, which can write no file beyond *limit*."""
        program = wrap or (sys.executable, "-m", "vaultkit")
        # Nothing is compiled into the checkout by a process that may be killed in the middle of it.
        environment = {**os.environ, "PYTHONPATH": f"{package}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            [*program, *self.command(*options)], cwd=self.root.parent, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        if limit:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        return process

    def build(self, *options: str, package: Path = ROOT, limit: int = 0) -> tuple[int, str]:
        """Exit code, and what was said on standard error."""
        process = self.start(*options, package=package, limit=limit)
        _, told = process.communicate(timeout=120)
        assert "Traceback" not in told, told
        return process.returncode, told

    def mend(self, *options: str) -> str:
        """Build once more, which must give what a clean build does; what was said.

        Most often in this process, for the start of another takes as long as the rest.
        """
        self._n_mended += 1
        code, told = self.build(*options) if self._n_mended % 4 == 1 else inside(self.command(*options))
        assert code == 0, told
        vaults.assert_same(self.tree(), self.clean())
        return told

    def kill(self, way: str, *options: str) -> str:
        """Start a build and kill it; at what it was killed, or `alive` if it was done before."""
        met = way
        match way:
            case "change":
                moment = self.dice.randrange(self._reach[met])
                wrap = (sys.executable, str(ROOT / "tests/kill_at.py"), str(moment))
                code = self._end(self.start(*options, wrap=wrap))
                self._learn(met, moment, code)
            case "time":
                process = self.start(*options)
                try:
                    process.wait(timeout=self.dice.uniform(0.1, 0.9))
                except subprocess.TimeoutExpired:
                    process.kill()
                code = self._end(process)
            case _:
                met = self.dice.choice(list(CALLS))
                moment = self.dice.randrange(self._reach[met])
                inject = f"inject={met}:signal=KILL:when={moment + 1}"
                tracer = ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={met}", "-e", inject)
                code = self._end(self.start(*options, wrap=(*tracer, sys.executable, "-m", "vaultkit")))
                self._learn(met, moment, code)
        return met if code else "alive"

    def _learn(self, way: str, moment: int, code: int) -> None:
        """How far a build gets: one that came to its end had no such moment, one that was killed may have later ones."""
        reach = self._reach[way]
        self._reach[way] = max(reach, moment * 5 // 4 + 2) if code else max(min(reach, moment), 2)

    def let_pass(self) -> None:
        """What may happen until the next build: nothing, another edit or the undoing of one, the loss of the cache."""
        if self.dice.random() < 0.5:
            self.edit()
        if self.dice.random() < 0.05:
            shutil.rmtree(self.cache)

    def _end(self, process: Process) -> int:
        _, told = process.communicate(timeout=120)
        assert process.returncode in (0, -signal.SIGKILL), told
        return process.returncode


EDITS: list[Callable[[Site], None]] = [
    Site._write, Site._write, Site._add, Site._delete, Site._rename, Site._flip, Site._attach, Site._detach, Site._turn,
]  # fmt: skip

BOARD = '{"nodes": [{"id": "a", "type": "file", "file": "N0.md"}]}'


def inside(arguments: list[str]) -> tuple[int, str]:
    """Exit code, and what was said on standard error, of a command that this process runs itself."""
    with redirect_stderr(StringIO()) as told, redirect_stdout(StringIO()):
        code = run(arguments)
    assert "Traceback" not in told.getvalue(), told.getvalue()
    return code, told.getvalue()


def assert_each_is_whole(found: Tree, versions: list[Tree]) -> None:
    """Every file is that of one of the sites, and none is missing that all of them have."""
    for url, data in found.items():
        assert TEMPORARY.fullmatch(url.rpartition("/")[2]) or any(site.get(url) == data for site in versions), url
    for url in set.intersection(*(set(site) for site in versions)):
        assert url in found, url


def generations(out: Path) -> list[str]:
    home = out.with_name(f".{out.name}.generations")
    return sorted(path.name for path in home.iterdir() if re.fullmatch(r"\d+", path.name))
