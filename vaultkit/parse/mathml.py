"""TeX to MathML at build time, so that formulas need no script."""

from __future__ import annotations

from html import unescape
from xml.etree.ElementTree import Element, tostring

from vaultkit.parse.draft import Trusted, escape

MAX_TEX = 5_000
"""Characters of a formula that is converted; a longer one shows its source."""

_KEPT_ATTRIBUTES = frozenset(
    "accent accentunder align columnalign columnlines columnspacing depth display displaystyle fence form height "
    "largeop linethickness lspace mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowlines "
    "rowspacing rspace scriptlevel separator stretchy symmetric voffset width xmlns".split()
)
"""Neither `href` nor `style` nor `class`, which TeX commands can set."""


def formula(tex: str, display: bool) -> Trusted:
    """MathML of a formula; its source, marked as such, where it can't be converted."""
    from latex2mathml.converter import convert_to_element

    if len(tex) > MAX_TEX:
        return _source(tex)
    try:
        element = convert_to_element(tex, display="block" if display else "inline")
    except Exception:  # noqa: BLE001  Any fault of the converter is a formula shown as source.
        return _source(tex)
    _clean(element)
    return Trusted(tostring(element, encoding="unicode", short_empty_elements=False))


def _clean(root: Element) -> None:
    """The converter leaves character references in its texts and lets TeX set any attribute."""
    for element in root.iter():
        if element.text:
            element.text = unescape(element.text)
        if element.tail:
            element.tail = unescape(element.tail)
        for name in [name for name in element.attrib if name not in _KEPT_ATTRIBUTES]:
            del element.attrib[name]


def _source(tex: str) -> Trusted:
    return Trusted(f"<code>{escape(tex)}</code>")
