"""A packed page into bytes, in whatever process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from vaultkit.settings import Site
from vaultkit.site.page import render
from vaultkit.site.pages import Page, unpack
from vaultkit.site.theme import Theme, load, sources_digest
from vaultkit.site.views import Frame


class Look(Struct, frozen=True):
    """All that pages are rendered with, besides their views."""

    templates: str
    """Folder of templates that come before the theme's, or empty."""
    language: str
    custom_css: str
    """Path of a style sheet that is loaded last, or empty."""
    icon: str
    """Path of the site's icon, or empty for the theme's."""
    frame: Frame
    digest: str
    """Of the content of all files of the theme, wherever they lie."""


def look_of(site: Site, root: Path, frame: Frame) -> Look:
    """The look as its files are now."""
    templates, css, icon = (
        str(root / path) if path else "" for path in (site.templates, site.custom_css, site.icon)
    )  # fmt: skip
    digest = sources_digest(_path(templates), _path(css), _path(icon))
    return Look(templates, site.language, css, icon, frame, digest)


def rendered(look: Look, page: Page) -> bytes:
    return render(unpack(page, look.frame), theme_of(look))


def theme_of(look: Look) -> Theme:
    return _theme(look.templates, look.language, look.custom_css, look.icon, look.digest)


@lru_cache(maxsize=4)
def _theme(templates: str, language: str, custom_css: str, icon: str, _digest: str) -> Theme:
    """The digest makes it another theme when a file of it changes."""
    return load(_path(templates), language, _path(custom_css), _path(icon))


def _path(name: str) -> Path | None:
    return Path(name) if name else None
