"""What can be set: frozen sections, each handed whole to the parts that depend on it.

A section is the fingerprint of what was computed with it, so a value lives in
the section of those who need it and nowhere else. How a user writes the keys
(`KEYS`) follows the reader of a configuration file instead: the common ones
stand at the top, the limits together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

Reading = Literal["forgiving", "strict"]
FailOn = Literal["error", "warning", "never"]

Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]
Depth = Annotated[int, Meta(ge=0, le=20)]
Address = Annotated[str, Meta(pattern=r"^(https?://\S+)?$", description="a web address that begins with https://")]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", description='a language code like "en"')]
DotName = Annotated[str, Meta(pattern=r"^\.[^/\\]+$", description='the name of a dot folder like ".obsidian"')]


class Scan(Struct, frozen=True):
    """What of the vault is read."""

    config_dir: DotName = ".obsidian"
    follow_symlinks: Literal["no", "inside"] = "no"
    """`inside` follows those that lead to somewhere in the vault."""


class Syntax(Struct, frozen=True):
    """How a note is read: what a Document depends on, besides its Source."""

    reading: Reading = "forgiving"
    """`strict` reads exactly as Obsidian does; `forgiving` saves what Obsidian drops."""
    strict_line_breaks: bool = False
    html: Literal["safe", "off", "trusted"] = "safe"
    remote_images: Literal["link", "load"] = "link"
    """`link` keeps readers from calling other hosts by opening a page."""
    note_bytes: Positive = 5_000_000
    front_matter_bytes: Positive = 65_536
    table_cells: Positive = 50_000
    types: tuple[tuple[str, str], ...] = ()
    """Property names and their types, sorted."""


class Publish(Struct, frozen=True):
    """What of the vault may be seen."""

    mode: Literal["all", "opt-in"] = "all"
    """`opt-in` publishes only notes that say `publish: true`."""
    exclude: tuple[str, ...] = ()
    """Globs over vault paths; `Folder/` is the folder with all below it."""
    exclude_tags: tuple[str, ...] = ()
    exclude_properties: tuple[str, ...] = ()
    """`status=draft`, or `status` for any value."""


class Site(Struct, frozen=True):
    """What the site is like."""

    title: str = ""
    """Empty for the name of the vault's folder."""
    base_url: Address = ""
    language: Language = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    home: str = ""
    """Vault path of the home note; empty for the usual names."""
    nav: tuple[str, ...] = ()
    """Folders in the navigation, in this order; empty for all."""
    hide_properties: tuple[str, ...] = ()
    embed_depth: Depth = 5
    tables: Literal["none", "json", "all"] = "none"
    """As which files the tables of notes are published: none, one of JSON a note, or also one of CSV a table."""
    search: bool = True
    """Whether readers can search; without it no index is published."""
    previews: bool = True
    """Whether links show what they lead to; without it no previews are published."""
    graph: bool = True
    """Whether there is a page that draws all notes with their links."""
    templates: str = ""
    """A folder whose templates come before the theme's, from the vault's folder."""
    custom_css: str = ""
    """A stylesheet that is loaded last, from the vault's folder."""
    icon: str = ""
    """A picture that browsers show for the site, from the vault's folder; empty for the theme's."""


class Relations(Struct, frozen=True):
    """How what notes say of one another is read."""

    headings: tuple[str, ...] = ("Related", "See also", "Connections", "Links", "Cross-vault")
    """Headings under which each line is of something related."""
    vocabulary: str = ""
    """A file with roles and the words that name them, from the vault's folder."""
    replace: bool = False
    """Whether it stands in place of the built-in vocabulary rather than before it."""
    digest: str = ""
    """Of what the vocabulary's file holds, so that other words are other settings; no key."""


class Changes(Struct, frozen=True):
    """What is told of earlier versions of the notes."""

    history: Literal["auto", "git", "snapshots", "off"] = "auto"
    """`auto` takes git where the vault's folder is a repository, else snapshots; `git` also a repository around it."""
    days: Positive = 30
    """How far back, from the newest change on."""
    limit: Positive = 1000
    """How many commits are looked at."""
    snapshots: str = ""
    """Folder of the snapshots; empty for one in the user's data folder."""


class Entity(Struct, frozen=True):
    """A type of things that notes are about, and by what its notes are told."""

    name: str
    """In the singular: what the table is called."""
    plural: str = ""
    """By which it is known; the folder's last name, or the singular, unless it is given."""
    folder: str = ""
    tag: str = ""
    property: str = ""
    """`company` for `type: company`, or `kind=company`."""
    color: str = ""
    """`#rrggbb`, or `c0` to `c7` for one of the theme's; by its place among the types if empty."""
    order: int = 0


class Config(Struct, frozen=True):
    """Everything that can be set."""

    scan: Scan = Scan()
    syntax: Syntax = Syntax()
    publish: Publish = Publish()
    site: Site = Site()
    relations: Relations = Relations()
    changes: Changes = Changes()
    entities: tuple[Entity, ...] = ()
    """Types of notes, as configured; empty for the top folders."""
    out: str = "site"
    jobs: NotNegative = 0
    """Processes that parse and render; 0 for one per core."""
    fail_on: FailOn = "error"
    cache_dir: str = ""
    """Empty for the user's cache folder."""


class Key(Struct, frozen=True):
    """A key as users write it, and the field that it sets."""

    name: str
    section: str
    """Empty for fields of Config itself."""
    field: str
    type: Any
    default: Any

    @property
    def dotted(self) -> str:
        """The field's full name: `syntax.note_bytes` for the key `limits.note_bytes`."""
        return f"{self.section}.{self.field}" if self.section else self.field


LIMITS = ("note_bytes", "front_matter_bytes", "table_cells")


def _keys() -> dict[str, Key]:
    keys = [
        key
        for section in ("", "syntax", "site", "publish", "relations", "changes", "scan")
        for key in _section_keys(section)
    ]
    return {key.name: key for key in keys}


def _section_keys(section: str) -> list[Key]:
    owner = type(getattr(Config(), section)) if section else Config
    fields = [
        f
        for f in msgspec.structs.fields(owner)
        if not isinstance(f.default, Struct) and (section, f.name) != ("relations", "digest")
    ]
    return [Key(_name(section, f.name), section, f.name, f.type, f.default) for f in fields]


def _name(section: str, field: str) -> str:
    if section == "syntax":
        return f"limits.{field}" if field in LIMITS else field
    return f"{section}.{field}" if section else field


KEYS: dict[str, Key] = _keys()
"""By the name that users write, in the order in which `vaultkit config` lists them."""

TABLES = ("site", "publish", "relations", "changes", "scan", "limits", "types", "entities")
"""The tables of `vaultkit.toml`. `types` maps property names to types, `entities` holds a table per type; the others hold keys."""


ENTITY = {field.name: field.type for field in msgspec.structs.fields(Entity) if field.name != "name"}
"""The keys of a type, and what their values are."""

_COLOR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|c[0-7]|")


def entity(name: str, written: Any) -> tuple[Entity | None, list[tuple[str, str]]]:
    """A type as configured, without what can't be used; and the keys of that, each with what was expected.

    Nothing was expected of a key that there isn't. None where nothing tells which notes are meant.
    """
    if not isinstance(written, Mapping):
        return None, [("", "a table of its keys")]
    problems: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    for key, value in written.items():
        if key not in ENTITY:
            problems.append((key, ""))
        elif key == "order" and isinstance(value, int) and not isinstance(value, bool):
            values[key] = value
        elif key == "order" or not isinstance(value, str):
            problems.append((key, "a whole number" if key == "order" else "a text"))
        elif key == "color" and not _COLOR.fullmatch(value):
            problems.append((key, 'a color like "#3b63c4", or "c0" to "c7"'))
        else:
            values[key] = value.strip().strip("/#") if key in ("folder", "tag") else value
    if not any(values.get(key) for key in ("folder", "tag", "property")):
        return None, [*problems, ("", "told by `folder`, `tag` or `property`")]
    plural = values.pop("plural", "").strip() or values.get("folder", "").rpartition("/")[2] or name
    return Entity(name, plural, **values), problems


def expected(key: Key) -> str:
    """What a value of the key has to be, in words."""
    if key.name == "entities":
        return "a table with a table for each type"
    match msgspec.inspect.type_info(key.type):
        case msgspec.inspect.Metadata(extra_json_schema={"description": str(description)}):
            return description
        case msgspec.inspect.LiteralType():
            return " or ".join(f'"{choice}"' for choice in get_args(key.type))
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.IntType(ge=least, le=None):
            return f"a whole number from {least} on"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.StrType()):
            return "a list of texts"
        case msgspec.inspect.VarTupleType():
            return "a table of property names and their types"
        case _:
            return "a text"
