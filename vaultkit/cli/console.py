"""How the commands speak: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

# A note's name may hold terminal escapes or turn the reading direction; the line that shows it must not obey them.
_UNSAFE = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def safe(text: str) -> str:
    """The text with control characters made visible."""
    return text.translate(_UNSAFE)


def console(stream: TextIO) -> Console:
    """A console that colors on terminals only and takes texts as they are."""
    from rich.console import Console

    return Console(file=stream, markup=False, highlight=False, emoji=False)


def show(*lines: RenderableType) -> None:
    """Results, to standard output; texts that may not be wrapped are left to the terminal, so that `grep` finds them."""
    from rich.text import Text

    out = console(sys.stdout)
    for line in lines:
        out.print(line, soft_wrap=isinstance(line, str) or (isinstance(line, Text) and bool(line.no_wrap)))


Piece = tuple[str, Literal["", "bold", "dim", "mark"]]
"""A text and how it looks."""

_CODES = {"bold": "1", "dim": "2", "mark": "1;33"}


def show_lines(lines: Iterable[Sequence[Piece]], stream: TextIO) -> None:
    """Lines of pieces, styled on a terminal; for commands that are to answer before `rich` could be loaded."""
    is_styled = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM", "") not in ("", "dumb")
    for line in lines:
        shown = (
            f"\x1b[{_CODES[style]}m{safe(text)}\x1b[0m" if is_styled and style else safe(text) for text, style in line
        )
        stream.write("".join(shown) + "\n")


def show_json(value: Any) -> None:
    """A result for a script."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show_bytes(data: bytes) -> None:
    """A result that is a file, as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def tell(*lines: str | Text) -> None:
    """Everything that isn't a result, to standard error."""
    err = console(sys.stderr)
    for line in lines:
        err.print(line, soft_wrap=True)


def complain(message: str, hint: str = "") -> None:
    """Why the command ends here."""
    from rich.text import Text

    first, *more = message.splitlines()
    tell(Text.assemble(("error: ", "bold red"), safe(first)), *map(safe, more))
    if hint:
        tell(f"    {hint}")
