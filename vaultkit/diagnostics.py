"""Problems as values: a code, a place, a message and a remedy; never a print, never an exception."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""Worst first."""


class VaultkitError(Exception):
    """Something the user must mend before vaultkit can go on; its text names the remedy."""


class RefusedError(VaultkitError):
    """What the system refused: to write on a full disk or where it may not, to let two builds into one folder."""


class Code(Struct, frozen=True):
    """A kind of problem. Its number never changes meaning once released."""

    id: str
    name: str
    severity: Severity
    summary: str
    explanation: str


class Diagnostic(Struct, frozen=True, array_like=True, order=True, gc=False):
    """A problem found in the user's files.

    `line` and `column` are 1-based and count front matter; 0 means the file as a whole.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    @property
    def name(self) -> str:
        return CODES[self.code].name

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    def __str__(self) -> str:
        place = ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])
        text = f"{place}: {self.severity}[{self.code}]: {self.message}"
        return f"{text}\n    {self.hint}" if self.hint else text


def problem(name: str, path: str, line: int = 0, column: int = 0, message: str = "", hint: str = "") -> Diagnostic:
    """A Diagnostic by the name of its code; the code's summary stands in for a missing message."""
    code = _BY_NAME[name]
    return Diagnostic(path, line, column, code.id, message or code.summary, hint)


def at_or_above(problems: Iterable[Diagnostic], severity: Severity) -> list[Diagnostic]:
    """Those of the problems that are at least as bad as *severity*."""
    worst = SEVERITIES.index(severity)
    return [p for p in problems if SEVERITIES.index(p.severity) <= worst]


def _codes(*rows: tuple[str, str, Severity, str, str]) -> dict[str, Code]:
    return {row[0]: Code(*row) for row in rows}


CODES: dict[str, Code] = _codes(
    # 0xx: configuration ----------------------------------------------------
    ("VK001", "config-unknown-key", "warning", "The configuration has a key that vaultkit doesn't know.",
     "The key is ignored. Most often it is misspelt: the hint names the nearest key that exists. `vaultkit config` lists all keys with their values and where each came from."),
    ("VK002", "config-invalid-value", "error", "A configuration value is of the wrong kind.",
     "The default is used instead. The message says what was expected."),
    ("VK003", "config-unreadable", "error", "A configuration file can't be read.",
     "`vaultkit.toml` and `pyproject.toml` must be valid TOML in UTF-8. Such a file may say what is private, so nothing is built or inspected until it can be read."),
    ("VK004", "obsidian-settings-unreadable", "warning", "A settings file of Obsidian can't be read.",
     "`.obsidian/app.json` or `.obsidian/types.json` isn't valid JSON; Obsidian's defaults are used."),
    ("VK005", "nav-nowhere", "warning", "The navigation names a folder that isn't there.",
     "`site.nav` lists top folders of the vault, spelt as they are. One without a public note has no page to lead to, and is left out."),
    # 1xx: files, front matter, Markdown ------------------------------------
    ("VK101", "frontmatter-invalid-yaml", "warning", "The front matter isn't valid YAML.",
     'Obsidian drops every property of such a note. With `reading = "forgiving"` (the default) vaultkit saves what it can, key by key, and the hint says what it made of the rest; with `strict` it drops them all too. Quote values that begin with `[[`, `@`, `#`, `%` or a backtick, or that hold `: `.'),
    ("VK102", "frontmatter-duplicate-key", "warning", "A key stands twice in the front matter.",
     "To YAML 1.2 that makes the whole block invalid, and Obsidian drops it. When reading forgivingly the first value counts, except for privacy keys, where the most private one does. Keep one of the two."),
    ("VK103", "frontmatter-not-a-mapping", "warning", "The front matter is not a list of `key: value` lines.",
     "A block that is a single text or a list holds no properties. Often a space is missing after a colon."),
    ("VK104", "frontmatter-misplaced", "info", "Front matter stands below the first line.",
     "Obsidian reads front matter only from the very first line. When reading forgivingly vaultkit reads it after blank lines or a tag line as well. Move it to the top."),
    ("VK105", "frontmatter-too-large", "warning", "The front matter is too large or too deep to be read safely.",
     "Front matter over 64 KiB, nested over 20 levels, or with YAML anchors, aliases, merge keys or tags isn't loaded: a few hundred such bytes can take minutes or crash a parser. The note is treated as private if a privacy key is visible in it."),
    ("VK106", "invalid-tag", "info", "A tag in the front matter isn't a valid tag.",
     "Tags have letters, digits, `_`, `-`, `/` and at least one character that isn't a digit; no spaces. The item is left out."),
    ("VK107", "odd-tag", "info", "A tag has an empty level.",
     "`#a//b` and `#a/` are kept as written; the empty level is ignored in the tag tree."),
    ("VK108", "frontmatter-salvaged", "info", "A value of the front matter was read forgivingly.",
     "The hint shows the value vaultkit recovered. Obsidian may read it otherwise or not at all."),
    ("VK111", "invalid-utf8", "warning", "The file isn't valid UTF-8.",
     "Bytes that can't be read became the replacement character. Save the file as UTF-8."),
    ("VK112", "control-characters", "info", "The file holds control characters.",
     "NUL and other control characters became the replacement character."),
    ("VK113", "note-too-large", "warning", "The note is too large to be parsed.",
     "Notes over `limits.note_bytes` (5 MB) are shown as plain text, cut after 100 kB. Raise the limit in the configuration or split the note."),
    ("VK114", "nesting-too-deep", "warning", "Blocks are nested too deeply.",
     "Quotes and lists nested more than 100 levels deep are shown as text."),
    ("VK115", "unreadable-file", "warning", "The file can't be read.",
     "It is left out of the site. Check its permissions."),
    ("VK116", "symlink-skipped", "info", "A symbolic link is not followed.",
     "Links can lead out of the vault, so they are skipped. Put the file itself into the vault."),
    ("VK117", "special-file-skipped", "info", "A file that is neither a regular file nor a folder is skipped.",
     "FIFOs, sockets and devices are never opened."),
    ("VK118", "name-collision", "warning", "Two files have the same name after Unicode normalization.",
     "Only the first can be linked to. Rename one of them."),
    ("VK119", "unreadable-name", "warning", "A file name isn't valid UTF-8.",
     "It can't be linked to and is left out. Rename the file."),
    ("VK120", "table-pipe-in-link", "info", "A wikilink in a table row has a bare `|`.",
     "Obsidian splits the cell there and breaks the row. vaultkit keeps the link whole when reading forgivingly. Write `\\|` instead."),
    ("VK121", "note-failed", "warning", "The note couldn't be parsed and is shown as plain text.",
     "Parsing it took too long or ended its worker. The rest of the site isn't affected. Please report it."),
    ("VK122", "duplicate-block-id", "info", "A block id stands twice in the note.",
     "Links lead to the first block of that id."),
    ("VK123", "too-many-cells", "warning", "A table is too large to be shown whole.",
     "Tables over `limits.table_cells` are cut in the page."),
    ("VK124", "ragged-rows", "info", "Rows of a table have more or fewer cells than its head.",
     "Cells beyond the last column are cut, missing ones are empty. Most often a pipe is missing, or one that belongs to the text isn't written as `\\|`."),
    ("VK131", "canvas-invalid-json", "warning", "The canvas isn't valid JSON.",
     "It is kept as a file that can be linked to, but nothing of it can be read."),
    ("VK132", "canvas-dangling-edge", "warning", "An edge of the canvas leads to a card that doesn't exist.",
     "The edge is left out."),
    ("VK133", "canvas-duplicate-node", "warning", "Two cards of the canvas have the same id.",
     "The first one counts."),
    ("VK134", "canvas-missing-file", "warning", "A card of the canvas shows a file that isn't in the vault.",
     "Canvas cards name files by their exact path in the vault, with extension."),
    # 2xx: links -------------------------------------------------------------
    ("VK201", "unresolved-link", "info", "No note has the name of the link.",
     "The link leads to a page that collects all mentions of the name, so that it serves as a list of notes to write. A misspelling is the other common reason."),
    ("VK202", "ambiguous-link", "warning", "Several files fit the link equally well.",
     "Write more of the path: `[[Folder/Name]]`. Where several notes claim the name as an alias, the link leads to a page that offers them all."),
    ("VK203", "missing-heading", "info", "The linked note has no such heading.",
     "The link leads to the top of the note."),
    ("VK204", "missing-block", "info", "The linked note has no block of that id.",
     "The link leads to the top of the note."),
    ("VK205", "embed-cycle", "warning", "A note embeds itself.",
     "The inner embed is shown as a link."),
    ("VK206", "embed-too-deep", "info", "Notes are embedded in one another more than five levels deep.",
     "The innermost embed is shown as a link."),
    ("VK207", "mentions-private-note", "info", "Public text names a private note.",
     "The link leads where it would if there were no such note, but its words are public. Change them if they give something away."),
    ("VK208", "alias-collision", "info", "An alias is also the name or an alias of another note.",
     "Links by this alias are ambiguous, or go to the note whose file has the name."),
    ("VK209", "missing-attachment", "info", "The embedded file isn't in the vault.",
     "A placeholder is shown in its place."),
    # 4xx: relations -----------------------------------------------------------
    ("VK401", "vocabulary-unusable", "error", "The vocabulary of relations can't be used.",
     "All of the file is left out and the built-in vocabulary used, for half of it would read notes otherwise than you meant. Mend the line."),
    ("VK402", "type-disagrees", "info", "Folder, tags and properties say that a note is of different types.",
     "The folder counts before the tags, and those before the property. Move the note, or change what `[entities]` tells its type by."),
    ("VK403", "type-nowhere", "warning", "No public note is of a configured type.",
     "`[entities]` tells a type by a folder, a tag or a property; the name of one of them may be misspelt."),
    # 6xx: output --------------------------------------------------------------
    ("VK601", "url-collision", "info", "Two pages would have the same address.",
     "One of them gets a short suffix made from its path, so that both can be reached everywhere."),
    ("VK602", "output-changed", "warning", "A file of the site was changed by someone else.",
     "vaultkit removes only files that are still as it wrote them; this one was kept."),
    ("VK603", "invalid-permalink", "info", "The permalink can't be used.",
     "A permalink is a relative path without `..`; the note's own path is used instead."),
    ("VK604", "unsafe-attachment", "warning", "An attachment could run script and is not published.",
     "SVG files with scripts, event handlers or foreign objects are left out, as are HTML and XML files."),
    # 9xx: vaultkit itself -----------------------------------------------------
    ("VK901", "internal-error", "error", "vaultkit made a mistake.",
     "Please report it with the message. The note is shown as plain text."),
)  # fmt: skip

_BY_NAME = {code.name: code for code in CODES.values()}
