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
from html.parser import HTMLParser
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
def examples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Markdown and HTML of every example, in order."""
    cache = getattr(request.config, "cache", None)
    folder = cache.mkdir("commonmark") if cache else tmp_path_factory.mktemp("commonmark")
    kept = folder / f"spec-{VERSION}.txt"
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


class Canonical(HTMLParser):
    """HTML as a list of tags and texts: how it is spelt (`<br />`, `&quot;`) is no business of a browser."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[object] = []
        # Python's parser gives up on a marked section without a name, which raw HTML may hold.
        self.feed(html.replace("<![", "&lt;!["))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.parts.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.parts.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.parts.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.parts.append(("section", data))


BLOCKS = frozenset("article blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split())


def canonical(html: str) -> list[object]:
    """The parts of *html*; blanks beside the tags of blocks, where no reader sees them, are left out."""
    parts = Canonical(html).parts
    preformatted = 0
    kept: list[object] = []
    for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        match part:
            case ("pre", _):
                preformatted += 1
            case "/pre":
                preformatted -= 1
            case ("text", str(text)) if not preformatted:
                text = text.lstrip() if before is None or _is_block(before) else text
                text = text.rstrip() if after is None or _is_block(after) else text
                part = ("text", text) if text else None
        if part is not None:
            kept.append(part)
    return kept


def _is_block(part: object) -> bool:
    name = part[0] if isinstance(part, tuple) else str(part).removeprefix("/")
    return name in BLOCKS


def test_the_specification_is_whole(examples: list[tuple[str, str]]) -> None:
    assert len(examples) == N_EXAMPLES


@pytest.mark.parametrize("number", range(1, N_EXAMPLES + 1))
def test_example(examples: list[tuple[str, str]], number: int) -> None:
    from vaultkit.parse.note import commonmark

    markdown, html = examples[number - 1]
    same = canonical(commonmark(markdown)) == canonical(html)
    if number in DIFFERENT:
        assert not same, f"example {number} is as specified now: take it off the list ({DIFFERENT[number]})"
    else:
        assert canonical(commonmark(markdown)) == canonical(html), markdown


MARKS = (
    "* ** _ __ ` `` ``` ~~~ [ ] ]( ) (< > &amp; &#35; \\ \\* # ## === --- +++ 1. 2) - + > ! | a b| :-: <a@b.c> <http://x> "
    "\"t\" 'u' é word"
).split()
BLANKS = [" ", "  ", "    ", "\n", "\n\n", "\t", "[r]: /u\n\n"]


def mixtures(*more: str) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.sampled_from([*MARKS, *more]), st.sampled_from(BLANKS)), max_size=40).map("".join)


# Raw HTML in the text of an image is the one place where we are meant to differ: tags are no words for one who can't see.
@given(st.one_of(mixtures("!["), mixtures("<b>", "</b>", "<i t='", "<?x?>", "<!", "</")))
def test_the_tuned_parser_equals_the_stock_one(text: str) -> None:
    from vaultkit.parse.note import commonmark

    assert canonical(commonmark(text)) == canonical(MarkdownIt("commonmark", {"maxNesting": 100}).render(text))
