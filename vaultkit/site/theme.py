"""The theme: the chain of templates, a language's words, the static files, and digests of what pages are made with."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urljoin

import msgspec
import rcssmin
import rjsmin
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, Template, TemplateError, meta

from vaultkit.diagnostics import VaultkitError
from vaultkit.related import Reason
from vaultkit.site.frame import icon_url
from vaultkit.site.linked_data import in_json, same_as
from vaultkit.site.page import PageEnvironment
from vaultkit.site.views import View

BUILT_IN = next(
    folder
    # An installed package carries the templates inside it, a checkout beside it.
    for folder in (Path(__file__).parents[1] / "templates", Path(__file__).parents[2] / "templates")
    if folder.is_dir()
)

Words = dict[str, str | dict[str, str]]
"""The words of a language: texts, or the forms `one` and `other` of those with a number in them."""

BOOT = "boot.js"
"""The only inline script: sets the color scheme before the first paint."""

CUSTOM_CSS = "static/custom.css"

BLOCK_MARKS = ("callout", "task-list-item", "-embed", 'class="math', "footnote")
CODE_MARKS = ("vk-code", "<pre")
"""What in a note's HTML asks for one of the style sheets that not every page links."""


class Theme:
    """A chain of templates with its words and static files; made once, then only read."""

    def __init__(self, folders: tuple[Path, ...], words: Words, custom_css: Path | None, icon: Path | None) -> None:
        self._folders, self._words = folders, words
        self._custom_css, self._icon = custom_css, icon
        loader = ChoiceLoader([PrefixLoader({"default": FileSystemLoader(BUILT_IN)}), FileSystemLoader(folders)])
        self._environment = PageEnvironment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._environment.own_folder = str(BUILT_IN)
        self._common = json.dumps([words, custom_css is not None], sort_keys=True, ensure_ascii=False)
        self._sources: dict[str, tuple[str, tuple[str, ...]]] = {}
        boot = self.template(BOOT).render()
        self._environment.filters.update(
            number=lambda n: _number(n, _text(words, "thousands")),
            date=lambda iso: _date(iso, words),
            month=lambda iso: _month(iso, words),
            role=partial(_role, words),
            status=lambda name: _text(words, f"status_{name}"),
            reason=partial(_reason, _phrases(words)),
            json=in_json,
        )
        self._environment.globals.update(
            s=_phrases(words),
            address=_address,
            same_as=same_as,
            has_blocks=lambda html: any(mark in html for mark in BLOCK_MARKS),
            has_code=lambda html: any(mark in html for mark in CODE_MARKS),
            has_custom_css=custom_css is not None,
            boot_hash=_source_hash(boot),
            hash_of=lambda name: _source_hash(self.template(name).render()),
        )

    def template(self, name: str) -> Template:
        """A template by name; `default/…` names the built-in one, whatever overrides it."""
        try:
            return self._environment.get_template(name)
        except TemplateError as error:
            raise VaultkitError(f"{name}:{getattr(error, 'lineno', 0)}: {error.message}") from error

    def word(self, key: str) -> str:
        """A text of the theme's language."""
        return _text(self._words, key)

    @property
    def words(self) -> Mapping[str, str | dict[str, str]]:
        """All texts of the theme's language."""
        return self._words

    def digest(self, name: str) -> str:
        """Digest of all that a page of this template is made with: the templates it draws in, and the words."""
        content = hashlib.sha256(self._common.encode())
        for other in sorted(self._closure(name)):
            source, _ = self._source(other)
            content.update(f"\0{other}\0{source}".encode())
        return content.hexdigest()

    def assets(self) -> dict[str, bytes]:
        """The static files by URL; the built-in ones minified, a project's own as they are."""
        assets: dict[str, bytes] = {}
        for folder in reversed(self._folders):
            for path in sorted((folder / "static").rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    url = path.relative_to(folder).as_posix()
                    assets[url] = _minified(path) if folder == BUILT_IN else path.read_bytes()
        if self._custom_css:
            assets[CUSTOM_CSS] = self._custom_css.read_bytes()
        if self._icon:
            assets[icon_url(self._icon.name)] = self._icon.read_bytes()
        return dict(sorted(assets.items()))

    def _closure(self, name: str) -> set[str]:
        seen: set[str] = set()
        todo = [name]
        while todo:
            if (current := todo.pop()) not in seen:
                seen.add(current)
                todo += self._source(current)[1]
        return seen

    def _source(self, name: str) -> tuple[str, tuple[str, ...]]:
        """A template's text and the names of the templates it extends, includes or imports."""
        if name not in self._sources:
            assert self._environment.loader is not None
            try:
                source, _, _ = self._environment.loader.get_source(self._environment, name)
                found = set(meta.find_referenced_templates(self._environment.parse(source, name)))
            except TemplateError as error:
                raise VaultkitError(f"{name}:{getattr(error, 'lineno', 0)}: {error.message}") from error
            # A name that is worked out at run time may be any template's.
            names = self._environment.list_templates() if None in found else sorted(n for n in found if n)
            self._sources[name] = (source, tuple(names))
        return self._sources[name]


def load(
    override_dir: Path | None, language: str, custom_css: Path | None = None, icon: Path | None = None
) -> Theme:  # fmt: skip
    """The built-in theme, with a project's own templates, words and static files before it.

    `custom_css` is one more style sheet, linked last; a file `static/custom.css` in the folder does the same.
    """
    if override_dir is not None and not override_dir.is_dir():
        raise VaultkitError(f"The folder of templates doesn't exist: {override_dir}. Correct `site.templates`.")
    folders = (override_dir, BUILT_IN) if override_dir else (BUILT_IN,)
    custom_css = custom_css or next((f / CUSTOM_CSS for f in folders if (f / CUSTOM_CSS).is_file()), None)
    if custom_css is not None and not custom_css.is_file():
        raise VaultkitError(f"The style sheet doesn't exist: {custom_css}. Correct `site.custom_css`.")
    if icon is not None and not icon.is_file():
        raise VaultkitError(f"The icon doesn't exist: {icon}. Correct `site.icon`.")
    return Theme(folders, _words(folders, language), custom_css, icon)


def sources_digest(override_dir: Path | None, *files: Path | None) -> str:
    """Digest of all files that a theme may be made of; what `load` refuses counts as empty."""
    content = hashlib.sha256()
    for folder in (override_dir, BUILT_IN):
        for path in sorted(folder.rglob("*")) if folder is not None else ():
            if path.is_file() and folder is not None:
                content.update(f"{path.relative_to(folder).as_posix()}\0".encode(errors="surrogateescape"))
                content.update(_digest(path))
    for file in files:
        if file is not None and file.is_file():
            content.update(_digest(file))
    return content.hexdigest()


def _source_hash(text: str) -> str:
    """By which a content security policy knows a script or a style that stands in its page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _digest(file: Path) -> bytes:
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return b""  # It went away meanwhile, as what editors write on the way to a save does.


def _words(folders: tuple[Path, ...], language: str) -> Words:
    """English, then the language, then its regional form; in each the project's own words last."""
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", language):
        raise VaultkitError(f"`{language}` is no language tag. Set `site.language` to one like `en` or `de-AT`.")
    words: Words = {}
    for tag in dict.fromkeys(("en", language.split("-", maxsplit=1)[0].lower(), language)):
        for folder in reversed(folders):
            path = folder / "strings" / f"{tag}.json"
            if path.is_file():
                words |= _read_words(path)
    return words


def _read_words(path: Path) -> Words:
    try:
        words = msgspec.json.decode(path.read_bytes(), type=Words)
    except msgspec.DecodeError as error:
        raise VaultkitError(f"{path.name} can't be read: {error}") from error
    for key, word in words.items():
        if isinstance(word, dict) and "other" not in word:
            raise VaultkitError(f"{path.name}: `{key}` needs a text under `other`.")
    return words


def _text(words: Words, key: str) -> str:
    text = words[key]
    if not isinstance(text, str):
        raise VaultkitError(f"`{key}` in the words of the theme must be one text.")
    return text


def _phrases(words: Words) -> SimpleNamespace:
    """What templates know as `s`: texts, and functions of a number where a language has plural forms."""
    thousands = _text(words, "thousands")
    return SimpleNamespace(
        **{k: _plural(w, thousands) if isinstance(w, dict) else w for k, w in words.items()},
        from_section=lambda heading: _text(words, "from").replace("{heading}", heading),
        backlinks_of=lambda title: _text(words, "backlinks_to").replace("{title}", title),
    )


def _plural(forms: Mapping[str, str], thousands: str) -> Callable[[int], str]:
    """A phrase with a number in it, in the forms that Germanic and most Romance languages have."""
    other = forms["other"]
    one = forms.get("one", other)
    return lambda n: (one if n == 1 else other).replace("{n}", _number(n, thousands))


def _role(words: Words, role: str, n: int) -> str:
    """What relations of a role are called, *n* of them; one that the vault's vocabulary adds, by its own name."""
    known = words.get(f"role_{role}")
    if isinstance(known, dict):
        return known.get("one", known["other"]) if n == 1 else known["other"]
    name = known or role.removeprefix("of ").replace("-", " ")
    name = name[:1].upper() + name[1:]
    return f"{name} {_text(words, 'role_reversed')}" if known is None and role.startswith("of ") else name


def _reason(phrases: SimpleNamespace, why: Reason) -> str:
    """Why a note is close, and by which names: the first of them where there are many."""
    said: str = getattr(phrases, f"why_{why.kind}")(why.count)
    more = "\xa0…" if len(why.names) < why.count else ""
    return f"{said} {', '.join(why.names)}{more}" if why.names else said


def _number(n: int, thousands: str) -> str:
    return str(n) if n < 1000 else f"{n:,}".replace(",", thousands)


def _date(iso: str, words: Words) -> str:
    """An ISO date in words; anything else as it is."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", iso)
    months = _text(words, "months").split()
    if not match or not 1 <= int(match[2]) <= len(months):
        return iso
    parts = {"{day}": str(int(match[3])), "{month}": months[int(match[2]) - 1], "{year}": match[1]}
    return re.sub(r"\{\w+\}", lambda part: parts.get(part[0], part[0]), _text(words, "date"))


def _month(iso: str, words: Words) -> str:
    """A month in words: `2026-04`; a year as it is, also as `2026-00`."""
    year, _, month = iso.partition("-")
    months = _text(words, "months").split()
    return f"{months[int(month) - 1]} {year}" if month.isdigit() and 1 <= int(month) <= len(months) else year


def _address(view: View, href: str = "") -> str:
    """A page's absolute address, or that of an href on it."""
    return urljoin(view.frame.base_url + quote(view.url), href)


def _minified(path: Path) -> bytes:
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        return f"{rcssmin.cssmin(text)}\n".encode()
    if path.suffix == ".js":
        return f"{rjsmin.jsmin(text)}\n".encode()
    return text.encode()
