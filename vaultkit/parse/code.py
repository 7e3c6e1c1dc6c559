"""Code blocks: highlighted by Pygments at build, so that pages need no script."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll

from vaultkit.parse.draft import Draft, Trusted, escape

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_HIGHLIGHTED = 50_000
"""Characters beyond which code is shown plain: some lexers are slow."""


def write_code(draft: Draft, code: str, info: str) -> None:
    """Write a code block; *info* is what stands after the opening fence."""
    words = unescapeAll(info).split(maxsplit=1)
    language = words[0] if words else ""
    if draft.plain:
        attribute = f' class="language-{escape(language)}"' if language else ""
        draft.parts.append(f"<pre><code{attribute}>{escape(code)}</code></pre>\n")
        return
    mark = draft.mark
    if language.lower() == "mermaid":
        draft.parts.append(f'<pre class="{mark}mermaid">{escape(code)}</pre>\n')
        return
    name = escape(language)
    opening = f'<div class="{mark}vk-code" data-lang="{mark}{name}"><pre><code class="{mark}language-{name}">'
    if not language:
        opening = f'<div class="{mark}vk-code"><pre><code>'
    draft.parts += [opening, _highlighted(code, language), "</code></pre></div>\n"]


def _highlighted(code: str, language: str) -> Trusted:
    lexer = _lexer(language.lower()) if language and len(code) <= MAX_HIGHLIGHTED else None
    if lexer is None:
        return Trusted(escape(code))
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter

    return Trusted(highlight(code, lexer, HtmlFormatter(nowrap=True)))


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
