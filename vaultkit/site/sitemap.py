"""The list of pages for search engines, where it is known where the site will stand."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from vaultkit.model import Url
from vaultkit.urls import href


def sitemap(base_url: str, urls: Iterable[Url]) -> bytes:
    """`sitemap.xml` of the pages at *urls*, below *base_url* with its trailing slash."""
    rows = "".join(f"<url><loc>{escape(base_url + href('', url))}</loc></url>\n" for url in sorted(urls))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    ).encode()
