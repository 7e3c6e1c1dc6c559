"""What search engines are told of a page, as JSON in it: texts for templates that write JSON themselves.

A text between the quotes of a template's JSON holds nothing that HTML would read, so it is escaped for both at once,
and nothing has to be taken for safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape

from vaultkit.site.views import PropertyRow
from vaultkit.words import fold

_READ = {ord(character): f"\\u{ord(character):04x}" for character in "<>&'\u2028\u2029"}

_SAME = frozenset("website url homepage site wikipedia wikidata".split())
"""Properties, by folded name, that name the thing's own address elsewhere."""

_OUTER = re.compile(r'<a class="external-link" href="(https?://[^"]+)"')


def in_json(text: str) -> str:
    """A text as it stands between the quotes of JSON, in a page."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', "\\u0022").translate(_READ)


def same_as(properties: Iterable[PropertyRow]) -> list[str]:
    """The addresses at which the thing of a note has its own pages, as its properties show them."""
    return [unescape(address) for row in properties if fold(row.name) in _SAME for address in _OUTER.findall(row.html)]
