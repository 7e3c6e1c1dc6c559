"""What the views of all pages are made of: the frame around them, links, and what each has."""

from __future__ import annotations

from msgspec import Struct

from vaultkit.model import Url


class Link(Struct, frozen=True, array_like=True, gc=False):
    text: str
    href: str
    color: str = ""
    """The class of the entity type's color, or empty."""
    count: int = 0
    note: str = ""
    """A muted remark beside it."""


class Frame(Struct, frozen=True):
    """What surrounds every page: one row for the whole site, so keep it small and steady."""

    title: str = ""
    lang: str = "en"
    dir: str = "ltr"
    """`ltr` or `rtl`."""
    base_url: str = ""
    """With a trailing slash, or empty."""
    remote_images: bool = False
    """Whether pages may load pictures from elsewhere: the content security policy must allow it."""
    icon: str = "static/icon.svg"
    """Address of the picture that browsers show for the site."""
    search: bool = True
    """Whether there is an index to search in."""
    graph: bool = True
    """Whether there is a page of the whole graph."""


class View(Struct, frozen=True, kw_only=True, tag_field="view"):
    """What every page has."""

    url: Url
    root: str
    """From the page to the site's root: `../` or empty."""
    title: str
    frame: Frame = Frame()
    """Left out of what is stored and compared: it is the same on every page."""
    description: str = ""
    crumbs: tuple[Link, ...] = ()
    """From the top folder down, without the page itself."""
