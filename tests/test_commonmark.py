"""Holds the renderer to the CommonMark specification, with Obsidian's extensions off.

The specification isn't ours, so it isn't kept here: the npm package that its
authors publish is fetched once into pytest's cache, or else the copy that
markdown-it-py carries in its source distribution. `VAULTKIT_COMMONMARK_SPEC`
names a `spec.txt` that is at hand already.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

VERSION = "0.31.2"
N_EXAMPLES = 652

DIFFERENT: dict[int, str] = {}
"""Examples that Obsidian renders otherwise, with the rule of the difference."""

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Markdown and HTML of every example, in order."""
    assert request.config.cache
    kept = request.config.cache.mkdir("commonmark") / f"spec-{VERSION}.txt"
    if given := os.environ.get("VAULTKIT_COMMONMARK_SPEC"):
        kept = Path(given)
    elif not kept.exists():
        text = _from_npm(kept.parent) or _from_pip(kept.parent)
        if not text:
            pytest.skip(
                f"THE COMMONMARK SPECIFICATION WAS NOT CHECKED: neither npm nor pip could fetch it; put spec.txt {VERSION} at {kept}"
            )
        kept.write_text(text, encoding="utf-8")
    spec = kept.read_text(encoding="utf-8").replace("→", "\t")
    return [(example[1], example[2]) for example in _EXAMPLE.finditer(spec)]


def _from_npm(folder: Path) -> str:
    npm = shutil.which("npm")
    return _fetched([npm, "pack", "--silent", f"commonmark-spec@{VERSION}"], folder, "package/spec.txt") if npm else ""


def _from_pip(folder: Path) -> str:
    package = "markdown-it-py"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        package,
        f"{package}==4.3.0",
    ]
    return _fetched(command, folder, "spec.md")


def _fetched(command: list[str], folder: Path, member: str) -> str:
    """The text of a file in the archive that *command* puts into *folder*; empty if it can't."""
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False).returncode:
        return ""
    for path in [*folder.glob("*.tgz"), *folder.glob("*.tar.gz")]:
        with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
            path.unlink()
            for name in archive.getnames():
                if name.endswith(member) and (file := archive.extractfile(name)):
                    return file.read().decode()
    return ""


def canonical(html: str) -> str:
    """HTML without differences that no browser knows: an empty quote's line end, the case of a scheme."""
    return html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>").replace('"MAILTO:', '"mailto:')


def test_the_specification_is_whole(examples: list[tuple[str, str]]) -> None:
    assert len(examples) == N_EXAMPLES


@pytest.mark.parametrize("number", range(1, N_EXAMPLES + 1))
def test_example(examples: list[tuple[str, str]], number: int) -> None:
    from vaultkit.parse.markdown import commonmark

    markdown, html = examples[number - 1]
    same = canonical(commonmark(markdown)) == canonical(html)
    if number in DIFFERENT:
        assert not same, f"example {number} is as specified now: take it off the list ({DIFFERENT[number]})"
    else:
        assert canonical(commonmark(markdown)) == canonical(html), markdown


FRAGMENTS = st.sampled_from(
    "* ** _ __ ` `` ``` ~~~ [ ] ![ ]( ) (< > <b> </b> <!-- --> <?x?> &amp; &#35; \\ \\* # ## === --- +++ 1. 2) - + > ! | a b| :-: <a@b.c> <http://x> \"t\" 'u' é".split()
)
MARKDOWN = st.lists(
    st.one_of(FRAGMENTS, st.sampled_from([" ", "  ", "    ", "\n", "\n\n", "\t", "word", "[r]: /u\n\n"])), max_size=40
)


@given(MARKDOWN.map("".join))
def test_the_tuned_parser_equals_the_stock_one(text: str) -> None:
    from vaultkit.parse.markdown import commonmark

    assert commonmark(text) == MarkdownIt("commonmark", {"maxNesting": 100}).render(text)
