"""A packed page into bytes, in whatever process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from vaultkit.site.page import render
from vaultkit.site.pages import Page, unpack
from vaultkit.site.theme import Theme, load
from vaultkit.site.views import Frame


class Look(Struct, frozen=True):
    """All that pages are rendered with, besides their views."""

    templates: str
    """Folder of templates that come before the theme's, or empty."""
    language: str
    custom_css: str
    """Path of a style sheet that is loaded last, or empty."""
    frame: Frame


def rendered(look: Look, page: Page) -> bytes:
    return render(unpack(page, look.frame), theme_of(look))


def theme_of(look: Look) -> Theme:
    return _theme(look.templates, look.language, look.custom_css)


@lru_cache(maxsize=4)
def _theme(templates: str, language: str, custom_css: str) -> Theme:
    return load(Path(templates) if templates else None, language, Path(custom_css) if custom_css else None)
