"""Places of vault, site, cache and work in a small world full of other people's files, made from a seed."""

from __future__ import annotations

import hashlib
import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path

OUTSIDE = "CANARY-OUTSIDE"
"""What every file says that is nobody's business."""

OURS = ("index.html", "A.html", "404.html", "static/style.css", "search/x.js", "tags/index.html", "site/index.html")
"""Names that files of a site would have, too: whoever writes where others' files are hits one of these."""

NOTES = {
    "A.md": "[[B]] ![[picture.png]]",
    "B.md": "---\npermalink: ../../escaped\n---\n[[A]]",
    "Folder/C.md": "---\npermalink: /tmp/escaped\naliases: [../up]\n---\n![[../../../{outside}]] [x](../../outside.md)",
    "..D..md": "hidden by its name",
    "%2e%2e%2fE.md": "---\npermalink: '..%2f..%2fescaped'\n---\n#../../tag [[../../wanted]] [[/etc/passwd]]",
    "Board.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "../outside.md"}, {"id": "b", "type": "file", "file": "/etc/passwd"}]}',
    "picture.png": "picture",
}


class World:
    """A folder in which a user has a home, works somewhere, keeps notes and wants a site of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        for name in ("home", "home/Documents/x", "work/project", "srv/www", "empty", "checkout/.git", "read only"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("home/Documents", "work/project", "srv/www", "checkout", "read only"):
            for ours in OURS:
                self._put(folder / name / ours)
        for name in (
            "home/.bashrc",
            "home/letter.txt",
            "outside.md",
            "work/outside.md",
            "checkout/.git/HEAD",
            "srv/.keep",
        ):
            self._put(folder / name)
        self.ours: set[Path] = set()
        """What came to be where it may."""
        self.vault = self._vault()
        self.cwd = self.pick(
            [folder, folder / "home", folder / "work", folder / "work/project", self.vault, folder / "empty"]
        )
        self.out = self._out()
        self.cache = self._cache()
        (folder / "read only").chmod(0o555)

    def pick(self, some: list[Path]) -> Path:
        return self.random.choice(some)

    def _put(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{OUTSIDE} {path.name}")

    def _vault(self) -> Path:
        folder = self.folder
        vault = self.pick(
            [folder / "home/Notes", folder / "home", folder / "work/vault", folder / "deep/a b/ü/vault", folder / "site/vault", folder / "srv/www/vault"]
        )  # fmt: skip
        for name, text in NOTES.items():
            path = vault / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(outside="outside.md") if "{outside}" in text else text)
        follow = self.random.choice(["no", "inside"])
        (vault / "vaultkit.toml").write_text(
            f"scan.follow_symlinks = '{follow}'\nfail_on = 'never'\nsite.title = 'T'\n"
        )
        links = {
            "out.md": folder / "outside.md", "Out": folder / "work", "up": Path(".."), "self": Path(), "passwd.md": Path("/etc/passwd"),
            "in.md": Path("A.md"), "circle": Path("circle"), "Folder/home": folder / "home", "gone.md": folder / "nowhere.md",
        }  # fmt: skip
        for name in self.random.sample(sorted(links), k=4):
            if not (vault / name).is_symlink() and not (vault / name).exists():
                (vault / name).symlink_to(links[name])
        return vault

    def _out(self) -> Path:
        folder, vault = self.folder, self.vault
        for name, target in {
            "to vault": vault, "to foreign": folder / "srv/www", "to empty": folder / "empty", "to home": folder / "home",
            "to file": folder / "outside.md", "to nowhere": folder / "nowhere", "to itself": folder / "to itself", "to new": folder / "fresh",
        }.items():  # fmt: skip
            (folder / name).symlink_to(target)
        (folder / "fresh").mkdir()
        plain = [
            "fresh", "empty", "site", "new/a/b", "home/site", "work/site", "srv/www", "checkout", "checkout/site", "read only",
            "read only/site", "outside.md", "outside.md/site", "home", "home/Documents", "to vault", "to foreign", "to empty", "to home",
            "to file", "to nowhere", "to itself", "to new", "to new/site", "to vault/site", "home/../fresh", "work/project/../../fresh", "a\nb", "-o",
            "ü/é", "home/Documents/x",
        ]  # fmt: skip
        inside = [
            ".",
            "site",
            "Folder",
            "Folder/site",
            "../site",
            "..",
            "self/site",
            "in.md",
            ".site",
            "Out/site",
            "up/site",
        ]
        if self.random.random() < 0.35:
            return vault / self.random.choice(inside)
        chosen = folder / self.random.choice(plain)
        return Path(os.path.relpath(chosen, self.cwd)) if self.random.random() < 0.3 else chosen

    def _cache(self) -> Path:
        folder = self.folder
        return self.pick(
            [folder / "cache"] * 4
            + [self.vault / "cache", self.vault / ".cache", folder / "new/cache", self.cwd / "cache"]
        )

    # -- what may be ---------------------------------------------------------------

    @property
    def place(self) -> Path:
        """Where the output folder really is."""
        return Path(os.path.realpath(self.cwd / self.out))

    def must_be_refused(self) -> bool:
        """Whether there is a reason by which the folder can't be the site's; told without vaultkit's own words."""
        place, vault, home = self.place, self.vault.resolve(), self.folder / "home"
        if place in (vault, home) or any(place in inner.parents for inner in (vault, home, self.cwd.resolve())):
            return True
        if any(parent.exists() and not parent.is_dir() for parent in (place, *place.parents)):
            return True
        if not place.exists() or (place / ".vaultkit-output").is_file():
            return False
        return (place / ".git").exists() or any(
            not path.name.startswith(".") or path.is_dir() for path in place.iterdir()
        )

    def may_hold(self, path: Path, *, built: bool) -> bool:
        """Whether something new may be at *path*: in the site, if one was built, in the cache, or a folder above these."""
        roots = [Path(os.path.realpath(self.cache))]
        if built:
            generations = self.cwd / self.out
            roots += [self.place, Path(os.path.realpath(generations.parent)) / f".{generations.name}.generations"]
        return any(path.is_relative_to(root) or root.is_relative_to(path) for root in roots)


def state(world: Path) -> dict[Path, tuple[object, ...]]:
    """All that is in a folder, and how it is; of folders only that they are there."""
    return dict(_states(world))


def _states(folder: Path) -> Iterator[tuple[Path, tuple[object, ...]]]:
    for entry in os.scandir(folder):
        path, found = Path(entry.path), entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            yield path, ("link", str(path.readlink()))
        elif stat.S_ISDIR(found.st_mode):
            yield path, ("folder", stat.S_IMODE(found.st_mode))
            yield from _states(path)
        else:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield path, ("file", found.st_ino, found.st_mode, found.st_mtime_ns, digest)
