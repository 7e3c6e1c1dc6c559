"""Addresses of pages: one function from a vault path to a URL that works on every file system and host.

A URL here is site-relative and unescaped; `href` makes the escaped form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from posixpath import splitext
from urllib.parse import quote

from vaultkit.model import Kind, Url, VaultPath
from vaultkit.settings import Entity

MAX_SEGMENT = 120
"""Bytes of one segment; file systems allow 255, and archives and syncing clients want some of it."""

GENERATED = frozenset(
    {
        "changes",
        "graph",
        "static",
        "tags",
        "wanted",
        "index-az",
        "maintenance",
        "previews",
        "relations",
        "search",
        "tables",
        "timeline",
        "types",
    }
)
"""Top-level folders that vaultkit's own pages live in."""

_OWN_PAGES = frozenset({"index", "404", "sitemap", "robots", "compare"})
_UNSAFE = re.compile(r"[\x00-\x20<>:\"\\|?*#%&/\x7f\[\]{}^`']+")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\Z)", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z][a-z0-9-]*")
_LETTERS = re.compile(r"[^\W\d_][\w-]*")
_TAKEN = re.compile(r"(?:of-|backlinks|index\Z|is-).*|.*--.*")
"""Parts of an address that a role, in a vault's own vocabulary, can't have for its own."""
_LIKE_A_FILE = re.compile(r"\.(?!\d+\Z)[^-.][^.]*\Z")
"""The end of every file of a site, and of no folder: `.html`, not `.2` or `.-Plans`."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


@lru_cache(maxsize=100_000)
def slug(name: str) -> str:
    """One segment of a URL: letters of any script stay, what file systems or URLs refuse becomes `-`.

    >>> slug("What is R&D? (2025)")
    'What-is-R-D-(2025)'
    """
    text = unicodedata.normalize("NFC", name)
    if not text.isascii():
        text = "".join("-" if unicodedata.category(char) in _INVISIBLE else char for char in text)
    text = re.sub("-{2,}", "-", _UNSAFE.sub("-", text)).strip("-.") or "_"
    if len(text.encode()) > MAX_SEGMENT:
        text = text.encode()[: MAX_SEGMENT - 8].decode(errors="ignore") + "-" + short_hash(name)
    # Windows takes `con.tar.html` for the console, too.
    return _DEVICES.sub(r"\1_", text, count=1) if _DEVICES.match(text) else text


def folder_slug(name: str) -> str:
    """A folder's segment: what looks like a file gets a mark, for `A.html/B.md` and `A.md` can't both have their place."""
    text = slug(name)
    return f"{text}_" if _LIKE_A_FILE.search(text) else text


def short_hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=3).hexdigest()


@lru_cache(maxsize=100_000)
def natural_url(path: VaultPath, kind: Kind) -> Url:
    """Where a file's page, or its copy, would be if nothing else claimed the place."""
    *folders, name = path.split("/")
    segments = [folder_slug(folder) for folder in folders]
    base, extension = splitext(name)
    if kind == "note":
        segments.append(slug(base) + ".html")
    elif kind in ("canvas", "base"):
        segments.append(slug(name) + ".html")
    else:
        ending = slug(extension[1:]).rstrip("_") if extension else ""
        has_ending = ending and not ending.isdigit()
        segments.append(f"{slug(base)}.{ending}" if has_ending else f"{slug(name)}.file")
    return _unreserved(segments)


def permalink_url(permalink: str) -> Url | None:
    """The URL an author asked for; None where it is no relative path (rule P-2)."""
    parts = [part for part in permalink.strip().strip("/").split("/") if part]
    if not parts or ".." in parts or ":" in parts[0]:
        return None
    segments = [*map(folder_slug, parts[:-1]), slug(parts[-1])]
    if not segments[-1].lower().endswith(".html"):
        segments[-1] += ".html"
    return _unreserved(segments)


@lru_cache(maxsize=1000)
def color_class(folder: str) -> str:
    """The class by which pages ask for the color of the type that a folder makes; `shown.js` makes it, too.

    >>> color_class("Data centers"), color_class("Länder"), color_class("50+")
    ('t-data-centers', 't-länder', 't-7a51ae')
    """
    plain = slug(folder).lower()
    return "t-" + (plain if _LETTERS.fullmatch(plain) else short_hash(folder))


def with_suffix(url: Url, path: str) -> Url:
    """The URL of one who lost the claim: a hash of its own path, whatever the others are called."""
    base, extension = splitext(url)
    return Url(f"{base}-{short_hash(path)}{extension}")


def part_url(url: Url, part: str) -> Url:
    """The URL of a page that belongs to another: no slug holds two hyphens side by side, so none can meet it."""
    return Url(f"{splitext(url)[0]}--{part}.html")


@lru_cache(maxsize=1000)
def role_part(role: str) -> str:
    """What stands for a role in addresses: its name, where that is plain and not taken; else one made of its hash."""
    if role.startswith("of "):
        return f"of-{role_part(role[3:])}"
    return role if _PLAIN.fullmatch(role) and not _TAKEN.fullmatch(role) else f"is-{_long_hash(role)}"


def relation_url(role: str) -> Url:
    """The page of all relations of a role."""
    return Url(f"relations/{role_part(role)}.html")


def type_url(name: str) -> Url:
    """The page that shows all things of a type in a table."""
    url = Url(f"types/{slug(name)}.html")
    return url if slug(name) == name != "index" else with_suffix(url, name)


def listing_url(entities: Sequence[Entity]) -> Callable[[str], Url]:
    """Where the notes of a type are listed: on the page of its folder, or where there is no one folder, in its table."""
    known = {entity.plural: entity for entity in entities}
    bare = without_list(entities)

    def url(name: str) -> Url:
        return type_url(name) if name in bare else folder_url(known[name].folder if name in known else name)

    return url


def without_list(entities: Sequence[Entity]) -> frozenset[str]:
    """The configured types whose notes may lie anywhere."""
    return frozenset(entity.plural for entity in entities if entity.tag or entity.property)


def csv_url(url: Url) -> Url:
    """Where the table of a page is as CSV."""
    return Url(f"{splitext(url)[0]}.csv")


def _long_hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _unreserved(segments: list[str]) -> Url:
    """Out of the way of vaultkit's own pages."""
    head = segments[0]
    if len(segments) > 1 and head.casefold() in GENERATED:
        segments = [head + "_", *segments[1:]]
    elif len(segments) == 1 and splitext(head)[0].casefold() in _OWN_PAGES | GENERATED:
        base, extension = splitext(head)
        segments = [f"{base}_{extension}"]
    return Url("/".join(segments))


def is_own_page(url: str) -> bool:
    """Whether it is a page or file of vaultkit's own: no note has such an address, but for the front page."""
    head = url.partition("/")[0]
    return head in GENERATED or splitext(head)[0] in _OWN_PAGES | GENERATED


@lru_cache(maxsize=100_000)
def place(url: str) -> str:
    """Where a URL lies on a file system that knows no case: two URLs of one place can't both be files."""
    return unicodedata.normalize("NFC", url.casefold()) if not url.isascii() else url.lower()


def tag_url(tag: str) -> Url:
    """The page of a tag given folded, its empty levels left out."""
    levels = [level for level in tag.split("/") if level]
    *above, last = levels or ["_"]
    url = Url("/".join(["tags", *map(folder_slug, above), slug(last)]) + ".html")
    # A tag whose name can't stand as it is, or where the overview stands, may meet another's.
    is_plain = levels != ["index"] and bool(levels) and slug(levels[-1]) == levels[-1]
    is_plain = is_plain and all(folder_slug(level) == level for level in levels[:-1])
    return url if is_plain else with_suffix(url, tag)


def wanted_url(name: str) -> Url:
    """The page of a note that isn't written yet; the hash keeps `A/B` and `A B` apart."""
    return Url(f"wanted/{slug(name)}-{short_hash(name)}.html")


def folder_url(folder: str) -> Url:
    """The page of a folder of the vault."""
    return _unreserved([*map(folder_slug, folder.split("/")), "index.html"])


def root_of(url: Url) -> str:
    """From a page to the root of the site: `../` for each folder it is in."""
    return "../" * url.count("/")


def href(root: str, url: str, fragment: str = "") -> str:
    """A relative link to *url* from a page with that *root*."""
    target = root + _quoted(url)
    return f"{target}#{_quoted(fragment)}" if fragment else target


@lru_cache(maxsize=200_000)
def _quoted(url: str) -> str:
    return quote(url, safe="/-._~!$()*+,;=@")
