"""Which notes and attachments are public; decided once, before names, links and the graph exist.

Whatever is in doubt is private: a page too few is a nuisance, a page too many
can't be called back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from vaultkit.model import Document, Property, VaultPath
from vaultkit.parse.linktext import split_wikilink
from vaultkit.settings import Publish, Reading
from vaultkit.words import alike, glob
from vaultkit.yaml_core import resolve, spell

Formula = Callable[[VaultPath, Document], Document | None]


def publish(config: Publish, *, drafts: bool = False) -> Formula:
    """The formula that lets public documents pass and nothing else.

    With *drafts* private ones pass too, marked as such: for the author's own eyes.
    """
    excluded = [glob(pattern) for pattern in config.exclude if pattern.strip()]
    tags = [alike(tag.lstrip("#").strip("/")) for tag in config.exclude_tags if tag.strip("#/ ")]
    conditions = [_condition(text) for text in config.exclude_properties if text.strip()]

    def public(path: VaultPath, document: Document) -> Document | None:
        folded = alike(path)
        if any(pattern.fullmatch(folded) for pattern in excluded):
            return None
        if document.kind == "attachment":
            return None if document.unsafe else document
        if config.mode == "opt-in" and not _says_public(document):
            return None
        if _says_private(document) or _has_tag(document, tags) or _meets(document, conditions):
            return None
        # Its privacy is decided, so what could not be read need not go any further.
        return msgspec.structs.replace(document, front_matter_raw="") if document.front_matter_raw else document

    def seen(path: VaultPath, document: Document) -> Document | None:
        passed = public(path, document)
        if passed is not None or document.unsafe:
            return passed
        return msgspec.structs.replace(document, front_matter_raw="", is_draft=True)

    return seen if drafts else public


# ---------------------------------------------------------------------------
# What a note says of itself
# ---------------------------------------------------------------------------

PUBLIC_WHEN = {"publish": True, "draft": False, "private": False}
"""The keys that decide, and what they say of a note that may be seen."""

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}

_KEY = rf"({'|'.join(PUBLIC_WHEN)})[\"']?[ \t]*"
# Where a key can begin: in a line, behind a bracket, a comma, an anchor or tag, or the marks of a list or an explicit key.
_VISIBLE = re.compile(rf"(?:^|[{{,])(?:[ \t\"'?\-]|[&!][^\s,{{]*+[ \t])*{_KEY}[:=](.*)", re.MULTILINE)
_EXPLICIT = re.compile(rf"^[ \t]*\?[ \t\"']*{_KEY}$", re.MULTILINE)
_COMMENT = re.compile(r"\s#.*")
_GOES_ON = re.compile(r"\n(?:[ \t]*\n)*[ \t]+\S")


def is_private(name: str, value: Any) -> bool:
    """Whether a property says that its note is private; so does one that can't be understood."""
    public_when = PUBLIC_WHEN.get(alike(name))
    return public_when is not None and read_bool(value) is not public_when


def read_bool(value: Any) -> bool | None:
    """True or false as people write them; None for anything else."""
    return _WORDS.get(spell(value).strip().casefold()) if isinstance(value, str | bool | int | float) else None


def _says_public(document: Document) -> bool:
    return any(alike(p.name) == "publish" and read_bool(p.value) is True for p in document.properties)


def _says_private(document: Document) -> bool:
    if any(is_private(p.name, p.value) for p in document.properties):
        return True
    return bool(document.front_matter_raw) and _shows_private(alike(document.front_matter_raw))


def _shows_private(raw: str) -> bool:
    """Whether a privacy key can be seen in front matter that YAML can't read, other than in a line that is clear."""
    for match in _VISIBLE.finditer(raw):
        value = _COMMENT.sub("", match[2]).strip().rstrip(",}").strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        # An indented line below is part of the value.
        if _GOES_ON.match(raw, match.end()) or is_private(match[1], resolve(value)):
            return True
    return _EXPLICIT.search(raw) is not None


# ---------------------------------------------------------------------------
# What the configuration excludes
# ---------------------------------------------------------------------------


def _has_tag(document: Document, excluded: list[str]) -> bool:
    """Whether it has one of the tags or one below it, or may have one where its front matter can't be read."""
    if not excluded:
        return False
    names = [alike(tag.name) for tag in document.tags]
    words = _words(document)
    return any(name == tag or name.startswith(tag + "/") or tag in words for tag in excluded for name in (*names, ""))


def _words(document: Document) -> frozenset[str]:
    """The words of front matter that couldn't be read whole, nested tags with all their parents."""
    if not (document.has_front_matter and document.front_matter_raw):
        return frozenset()
    words = re.findall(r"[^\s#,:\[\]{}\"']+", alike(document.front_matter_raw))
    return frozenset(part for word in words for part in _with_parents(word))


def _with_parents(tag: str) -> Iterator[str]:
    yield tag
    while "/" in tag:
        tag = tag.rpartition("/")[0]
        yield tag


def _condition(text: str) -> tuple[str, str | None]:
    """`status=draft` or `status`: a folded name, and the folded value that it has to have."""
    name, equals, value = text.partition("=")
    return alike(name.strip()), alike(value.strip()) if equals else None


def _meets(document: Document, conditions: list[tuple[str, str | None]]) -> bool:
    if not conditions:
        return False
    properties = [(alike(p.name), p.value) for p in document.properties]
    raw = alike(document.front_matter_raw)
    for wanted, value in conditions:
        values = [data for name, data in properties if name == wanted]
        if any(value is None or value in _spelled(data) for data in values):
            return True
        # It stands there more often than it could be read.
        if raw and len(re.findall(rf"{re.escape(wanted)}[\"']?[ \t]*[:=]", raw)) > len(values):
            return True
    return False


def _spelled(data: Any) -> list[str]:
    """Every text that a value is or holds, without the brackets of links."""
    match data:
        case list():
            return [text for item in data for text in _spelled(item)]
        case dict():
            return [text for item in data.values() for text in _spelled(item)]
        case _:
            text = alike(spell(data))
            return [text, text.strip("[]"), text.lstrip("#")]


# ---------------------------------------------------------------------------
# What its page is to be like (rules P-1 … P-6)
# ---------------------------------------------------------------------------


class PublishFields(Struct, frozen=True, gc=False):
    """What the front matter says of the page, in one form; None and empty where it says nothing."""

    publish: bool | None = None
    title: str | None = None
    permalink: str | None = None
    description: str | None = None
    image: str | None = None
    """A vault path or an address, as written."""
    date: str | None = None
    updated: str | None = None
    cssclasses: tuple[str, ...] = ()


DATE_KEYS = ("date", "created", "published")
UPDATED_KEYS = ("updated", "modified", "lastmod", "last_modified", "date modified")


def publish_fields(properties: tuple[Property, ...], reading: Reading = "strict") -> PublishFields:
    """The fields; forgiving reading takes `cssclass` for `cssclasses` (rule X-5)."""
    values: dict[str, Any] = {}
    for entry in properties:
        values.setdefault(entry.name.casefold(), entry.value)
    class_keys = ("cssclasses", "cssclass") if reading == "forgiving" else ("cssclasses",)
    return PublishFields(
        publish=read_bool(values.get("publish")),
        title=_text(values.get("title")),
        permalink=_text(values.get("permalink")),
        description=_text(values.get("description")),
        image=_image(values.get("image")) or _image(values.get("cover")),
        date=_first_date(values, DATE_KEYS),
        updated=_first_date(values, UPDATED_KEYS),
        cssclasses=tuple(name for key in class_keys for name in _classes(values.get(key))),
    )


def _text(value: Any) -> str | None:
    return spell(value).strip() or None if isinstance(value, str | bool | int | float) else None


def _image(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    text = _text(value) or ""
    inner = text.removeprefix("!")
    if inner.startswith("[[") and inner.endswith("]]"):
        link = split_wikilink(inner[2:-2])
        return link.path if link else None
    return text or None


def _classes(value: Any) -> list[str]:
    """A scalar is one class: what forgives lists of classes in one text is the reader of the front matter."""
    names = [_text(item) for item in (value if isinstance(value, list) else [value])]
    return [name for name in names if name]


_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


def _first_date(values: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    dates = (_date(values.get(key)) for key in keys)
    return next((found for found in dates if found), None)


def _date(value: Any) -> str | None:
    """`2024-07-21` or `2024-07-21T12:37`, for a day that exists; links to daily notes count."""
    match = _DATE.fullmatch(value.strip().strip("[]")) if isinstance(value, str) else None
    try:
        return match and "T".join(filter(None, (date.fromisoformat(match[1]).isoformat(), match[2])))
    except ValueError:
        return None
