"""What surrounds every page, and the two shared files that hold what of it changes with the vault.

No page contains the ways to all types, nor their colors: a new type would change
every page. The ways stand in the theme's script, the colors in its style sheet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from posixpath import splitext

from vaultkit.model import EntityType, Url
from vaultkit.settings import Site
from vaultkit.site.views import Frame
from vaultkit.urls import href

SCRIPT, STYLE = "static/theme.js", "static/style.css"
"""The shared files that are added to."""

SEARCH_SCRIPTS = ("search.js", "search-page.js")
"""Bundled scripts that a site with search has: the one that every page loads when it is asked for, and that of the search page."""

SEARCH_WORDS = (
    "all", "broken", "close", "found", "keys", "nothing", "placeholder", "some", "spelt", "unchecked",
)  # fmt: skip
"""The strings in which the search speaks, without their `search_`, in the order in which `shown.js` takes them."""

PREVIEWS = "static/previews.js"

WORDS: Mapping[str, tuple[str, str]] = {
    PREVIEWS: ("vkPreviewWords", "preview_"),
    "static/pictures.js": ("vkPictureWords", "picture_"),
    "static/keys.js": ("vkKeyWords", "key_"),
}
"""The scripts that pages load when a reader does something, as which each knows its words, and how their keys begin."""

_WITHOUT = b'location.replace(new URL("../index-az.html",document.currentScript.src));\n'
"""Stands in for a script that was not bundled: then the titles from A to Z are all there is to search in."""

GRAPH_SCRIPT = "graph.js"
"""The bundled script of the graph page."""

WAYS = ("graph", "timeline", "tables", "relations", "changes", "maintenance")
"""The pages about the whole vault, in the order in which they are named."""

N_COLORS = 8


def frame_of(site: Site, title: str, *, remote_images: bool) -> Frame:
    """The frame of a site; *title* stands in for one that isn't configured."""
    base = site.base_url.rstrip("/") + "/" if site.base_url else ""
    icon = icon_url(site.icon)
    return Frame(site.title or title, site.language, site.direction, base, remote_images, icon, site.search, site.graph)


def icon_url(icon: str) -> Url:
    """Where the site has its icon, which keeps its kind; the theme's own if none is named."""
    return Url(f"static/icon{splitext(icon)[1].lower() if icon else '.svg'}")


def sections_script(site: Site, types: Iterable[EntityType]) -> bytes:
    """A line that tells the theme's script of the types: their names and pages, the configured or the largest first."""
    known = {entity.folder: entity for entity in types}
    ranked = sorted(known.values(), key=lambda entity: entity.rank)
    chosen = [known[name] for name in site.nav if name in known] if site.nav else ranked
    sections = [[entity.folder, href("", entity.url)] for entity in chosen]
    return _line("vkSections", sections)


def ways(**tables: Mapping[str, object]) -> dict[str, Url]:
    """The pages about the whole vault that are there, by name; each is made from the table that bears its name."""
    return {name: Url(f"{name}/index.html") for name, rows in tables.items() if rows}


def ways_script(ways: Mapping[str, Url], word: Callable[[str], str]) -> bytes:
    """A line that tells the theme's script of these pages, which every page leads to and none names."""
    links = [[word(name), ways[name]] for name in WAYS if name in ways]
    told = [word("more"), *links] if links else []
    return _line("vkMore", told)


def search_scripts(bundled: Callable[[str], bytes | None], words: Mapping[str, object]) -> dict[str, bytes]:
    """The scripts of the search by address; the first begins with a line that tells the words in which it speaks."""
    before = _line("vkWords", [words[f"search_{name}"] for name in SEARCH_WORDS])
    scripts = {name: bundled(name) or _WITHOUT for name in SEARCH_SCRIPTS}
    return {
        f"static/{name}": (before if name == SEARCH_SCRIPTS[0] else b"") + script for name, script in scripts.items()
    }


def words_before(url: str, words: Mapping[str, object], site: Site) -> bytes:
    """The lines that tell one of the scripts for readers its words; empty for all other files."""
    if url not in WORDS:
        return b""
    variable, prefix = WORDS[url]
    told = {key.removeprefix(prefix): words[key] for key in sorted(words) if key.startswith(prefix)}
    line = _line(variable, told)
    return line if site.previews or url != PREVIEWS else line + b"const vkNoPreviews=1;\n"


def _line(variable: str, told: object) -> bytes:
    """A line that tells a script what it can't know."""
    line = f"const {variable}={json.dumps(told, separators=(',', ':'), ensure_ascii=False)};\n"
    return line.replace("<", "\\u003c").encode()


def graph_script(bundled: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """The script of the graph page by address; without it the page is a list."""
    return {f"static/{GRAPH_SCRIPT}": bundled(GRAPH_SCRIPT) or b""}


def types_style(types: Iterable[EntityType]) -> bytes:
    """Rules that give each type the color that is configured, or one of the theme's by its rank."""
    ranked = sorted(types, key=lambda entity: entity.rank)
    return "".join(f".{entity.color}{{--c:{_paint(entity)}}}\n" for entity in ranked).encode()


def _paint(entity: EntityType) -> str:
    return entity.paint if entity.paint.startswith("#") else f"var(--{entity.paint or f'c{entity.rank % N_COLORS}'})"
