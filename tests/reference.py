"""The parts of docs/ that are made from the code; `make docs` writes them, `test_docs.py` holds them current."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

from vaultkit import cli
from vaultkit.diagnostics import CODES, Code

DOCS = Path(__file__).parents[1] / "docs"

GROUPS = {
    "VK0": "Configuration",
    "VK1": "Files, front matter and Markdown",
    "VK2": "Links",
    "VK3": "The graph",
    "VK4": "Relations",
    "VK5": "Tables and queries",
    "VK6": "The site",
    "VK9": "vaultkit itself",
}

INTRODUCTION = """# Diagnostics

Everything that vaultkit reports has a code, which never changes its meaning.
`vaultkit explain VK201` prints what stands here.
Errors fail a build, warnings do so with `--fail-on warning`, and infos are only counted unless `-v` is given; see [[Commands#build]].
"""


def pages() -> dict[str, str]:
    """Every page of the guide as it should be, by file name."""
    written = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    written["Diagnostics.md"] = diagnostics()
    return {name: with_output(text) for name, text in written.items()}


def diagnostics() -> str:
    """The page of problems: a section per code."""
    parts = [INTRODUCTION]
    for prefix, title in GROUPS.items():
        if codes := [code for code in CODES.values() if code.id.startswith(prefix)]:
            parts += [f"## {title}\n", *map(_section, codes)]
    return "\n".join(parts)


def _section(code: Code) -> str:
    # One sentence per line, so that a change of one sentence is a change of one line.
    sentences = re.sub(r"(?<=[.!?]) (?=[A-Z`])", "\n", f"{code.summary} {code.explanation}")
    return f"### {code.id} {code.name}\n\nSeverity: {code.severity}.\n\n{sentences}\n"


def with_output(text: str) -> str:
    """The text with what its commands print today."""
    return re.sub(r"(?ms)^```console\n\$ vaultkit (.*?)\n.*?^```$", _console, text)


def _console(block: re.Match[str]) -> str:
    return f"```console\n$ vaultkit {block[1]}\n{output(block[1])}```"


def output(arguments: str) -> str:
    """What a command prints to standard output, 80 columns wide."""
    stream = io.StringIO()
    before = dict(os.environ)
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(stream):
            assert cli.run(shlex.split(arguments)) == 0, arguments
    finally:
        os.environ.clear()
        os.environ.update(before)
    return re.sub(r"[ ]+$", "", stream.getvalue(), flags=re.MULTILINE).rstrip() + "\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
