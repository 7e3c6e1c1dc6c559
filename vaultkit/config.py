"""The layers of configuration: which file sets what, and where each value came from.

Later layers win: defaults, Obsidian's own settings and the files of Obsidian
Publish (read only), `[tool.vaultkit]` of the nearest `pyproject.toml`,
`vaultkit.toml`, overrides. What can't be used is
a problem in the result; only the caller's own mistakes are raised.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import Struct

from vaultkit.diagnostics import Diagnostic, VaultkitError, problem
from vaultkit.settings import (
    ENTITY,
    KEYS,
    TABLES,
    Changes,
    Config,
    Entity,
    Key,
    Publish,
    Relations,
    Scan,
    Site,
    Syntax,
    entity,
    expected,
)
from vaultkit.words import glob

__all__ = ["Config", "Loaded", "Publish", "Scan", "Setting", "Site", "Syntax", "find_vault", "load", "nearest"]

OF_PUBLISH = {"site.custom_css": "publish.css", "site.icon": "favicon-32x32.png"}
"""What Obsidian Publish takes for what, where it lies in the vault's folder (rule P-6)."""

MAX_BYTES = 1_000_000
"""No settings file is larger; a device behind a link is."""


class Setting(Struct, frozen=True):
    """A key with its value and where that was set: `default`, `override`, or a file and line."""

    key: str
    value: Any
    origin: str


class Loaded(Struct, frozen=True):
    """A configuration with its history."""

    config: Config
    settings: tuple[Setting, ...]
    problems: tuple[Diagnostic, ...]
    doubts: tuple[Diagnostic, ...] = ()
    """Those of the problems that leave open what is private."""

    def settled(self) -> Config:
        """The configuration, once it is certain what is private.

        Where `publish.exclude` is misspelt, a warning comes too late: what it
        was to hide is published. So whoever writes a site asks through here.
        """
        if self.doubts:
            first = self.doubts[0]
            remedy = first.hint or "Mend the configuration first."
            raise VaultkitError(
                f"it isn't certain what may be published, so nothing is: {_place(first)}: {first.message}\n    {remedy}"
            )
        return self.config


def find_vault(start: Path) -> Path:
    """The nearest folder from *start* upwards that has `vaultkit.toml` or `.obsidian`, else its `vault`."""
    for folder in (start, *start.parents):
        if (folder / "vaultkit.toml").is_file() or (folder / ".obsidian").is_dir():
            return folder
    return start / "vault"


def sources(root: Path, config_file: Path | None = None) -> tuple[Path, ...]:
    """The files that the configuration of a vault is read from, whether or not they are there."""
    here = root.absolute()
    projects = (folder / "pyproject.toml" for folder in (here, *here.parents))
    config = load(root, config_file=config_file).config
    config_dir, vocabulary = config.scan.config_dir, config.relations.vocabulary
    return (
        *((here / vocabulary,) if vocabulary else ()),
        *(here / config_dir / name for name in ("app.json", "types.json")),
        *(here / name for name in OF_PUBLISH.values()),
        *(file for file in projects if file.is_file()),
        (config_file or here / "vaultkit.toml").absolute(),
    )


def load(root: Path, overrides: Mapping[str, Any] | None = None, config_file: Path | None = None) -> Loaded:
    """The configuration of the vault at *root*.

    Args:
        overrides: Values that win over every file, by key (`reading`) or by field (`syntax.reading`).
        config_file: Read in place of the vault's `vaultkit.toml`.

    Raises:
        VaultkitError: An override is wrong, or *config_file* doesn't exist.
    """
    layers = [*_toml_layers(root, config_file), _overriding(overrides or {})]
    settings, _, _ = _merge(layers)
    layers = [
        *_obsidian_layers(root, settings["scan.config_dir"].value),
        *_publish_layers(root, settings["publish.exclude"].value),
        *layers,
    ]
    settings, problems, doubts = _merge(layers)
    return Loaded(_config(root, settings), tuple(settings.values()), tuple(sorted(problems)), tuple(sorted(doubts)))


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant, or empty. The last part alone is enough: `title` for `site.title`."""
    known = sorted(names)
    whole = {_plain(each): each for each in known}
    ends = {_plain(each.rpartition(".")[2]): each for each in known}
    for wanted, table in ((name, whole), (name.rpartition(".")[2], ends)):
        if close := difflib.get_close_matches(_plain(wanted), table, n=1, cutoff=0.7):
            return table[close[0]]
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).casefold()


def _place(found: Diagnostic) -> str:
    return f"{found.path}:{found.line}" if found.line else found.path


# ---------------------------------------------------------------------------
# From layers to a configuration
# ---------------------------------------------------------------------------


def _merge(layers: Iterable[_Layer]) -> tuple[dict[str, Setting], list[Diagnostic], list[Diagnostic]]:
    """Settings by key, problems, and those of the problems that leave open what is private."""
    settings = {key.name: Setting(key.name, key.default, "default") for key in KEYS.values()}
    problems: list[Diagnostic] = []
    doubts: list[Diagnostic] = []
    for layer in layers:
        problems += layer.problems
        doubts += [found for found in layer.problems if found.name == "config-unreadable"]
        for name, value in layer.values:
            if name == "entities" and isinstance(value, Mapping):
                value, mistakes = _entities(layer, value)
                problems += mistakes
            match _setting(layer, name, value):
                case Setting() as setting:
                    settings[name] = setting
                case found:
                    problems.append(found)
                    if name in KEYS:
                        settings[name] = Setting(name, KEYS[name].default, "default")
                    if "publish" in {name.partition(".")[0], nearest(name, KEYS).partition(".")[0]}:
                        doubts.append(found)
    return settings, problems, doubts


def _entities(layer: _Layer, written: Mapping[str, Any]) -> tuple[tuple[Entity, ...], list[Diagnostic]]:
    """The types that a layer defines, and what of them can't be used."""
    found: list[Entity] = []
    problems: list[Diagnostic] = []
    for name, value in written.items():
        made, mistakes = entity(name, value)
        if made is not None and any(made.plural == other.plural for other in found):
            made, mistakes = None, [*mistakes, ("plural", "another than that of a type above")]
        if made is not None:
            found.append(made)
        for key, wanted in mistakes:
            whole = f"entities.{name}.{key}" if key else f"entities.{name}"
            line = layer.line(whole) or layer.line(f"entities.{name}")
            if wanted:
                message = f"`{whole}` must be {wanted}"
                problems.append(problem("config-invalid-value", layer.origin, line, 0, message))
            else:
                hint = _did_you_mean(nearest(key, ENTITY), "`")
                message = f"there is no key `{whole}`"
                problems.append(problem("config-unknown-key", layer.origin, line, 0, message, hint))
    return tuple(found), problems


def _setting(layer: _Layer, name: str, value: Any) -> Setting | Diagnostic:
    line = layer.line(name)
    if name in TABLES and name not in KEYS:
        message = f"`{name}` must be a table, not {_shown(value)}"
        return problem("config-invalid-value", layer.origin, line, 0, message, f"Write `[{name}]` above its keys.")
    if name not in KEYS:
        hint = _did_you_mean(nearest(name, KEYS), "`") or "`vaultkit config` lists all keys."
        return problem("config-unknown-key", layer.origin, line, 0, f"there is no key `{name}`", hint)
    key = KEYS[name]
    try:
        converted = _converted(key, value)
    except (msgspec.ValidationError, TypeError):
        message = f"`{name}` must be {expected(key)}, not {_shown(value)}"
        hint = _did_you_mean(nearest(value, map(str, get_args(key.type))), '"') if isinstance(value, str) else ""
        return problem("config-invalid-value", layer.origin, line, 0, message, hint)
    if name in {"out", "cache_dir", "changes.snapshots"} and layer.folder and converted:
        converted = os.path.normpath(Path(layer.folder, Path(converted).expanduser()))
    return Setting(name, converted, f"{layer.origin}:{line}" if line else layer.origin)


def _converted(key: Key, value: Any) -> Any:
    if key.name == "types" and isinstance(value, Mapping):
        value = sorted(value.items())
    elif key.default == () and isinstance(value, str):
        value = (value,)  # A single text where a list belongs can only mean a list of one.
    return msgspec.convert(value, key.type)


def _config(root: Path, settings: Mapping[str, Setting]) -> Config:
    fields: dict[str, dict[str, Any]] = defaultdict(dict)
    for key in KEYS.values():
        fields[key.section][key.field] = settings[key.name].value
    return Config(
        scan=Scan(**fields["scan"]),
        syntax=Syntax(**fields["syntax"]),
        publish=Publish(**fields["publish"]),
        site=Site(**fields["site"]),
        relations=Relations(**fields["relations"], digest=_digest(root, fields["relations"]["vocabulary"])),
        changes=Changes(**fields["changes"]),
        **fields[""],
    )


def _digest(root: Path, vocabulary: str) -> str:
    """Of the vault's own vocabulary; empty where there is none that can be read, which whoever reads it tells."""
    try:
        return blake2b(read_settings(root / vocabulary), digest_size=16).hexdigest() if vocabulary else ""
    except OSError:
        return ""


def _did_you_mean(name: str, quote: str) -> str:
    return f"Did you mean {quote}{name}{quote}?" if name else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


# ---------------------------------------------------------------------------
# The layers
# ---------------------------------------------------------------------------


class _Layer(Struct, frozen=True):
    """The keys that one file sets, or a caller."""

    origin: str
    """The file as seen from the vault, or `override`."""
    values: tuple[tuple[str, Any], ...] = ()
    """By key as written, with tables flattened."""
    folder: str = ""
    """Where relative paths among the values start."""
    text: str = ""
    """TOML, for the lines of its keys."""
    prefix: str = ""
    """The table that holds it all: `tool.vaultkit.`"""
    problems: tuple[Diagnostic, ...] = ()

    def line(self, key: str) -> int:
        return _line(self.text, f"{self.prefix}{key}")


def _overriding(overrides: Mapping[str, Any]) -> _Layer:
    by_field = {key.dotted: key.name for key in KEYS.values()}
    layer = _Layer("override", tuple((by_field.get(name, name), value) for name, value in overrides.items()))
    for name, value in layer.values:
        if isinstance(found := _setting(layer, name, value), Diagnostic):
            raise VaultkitError(f"{found.message}. {found.hint}" if found.hint else found.message)
    return layer


def _toml_layers(root: Path, config_file: Path | None) -> Iterator[_Layer]:
    # A vault often is a folder of a larger project, whose `pyproject.toml` then speaks for it.
    here = root.absolute()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            yield _toml_layer(root, folder / "pyproject.toml", ("tool", "vaultkit"))
            break
    if config_file is not None and not config_file.is_file():
        raise VaultkitError(f"there is no configuration file {config_file}")
    # A link that leads nowhere counts as there: ignoring it would publish what it was to hide.
    if os.path.lexists(config_file or root / "vaultkit.toml"):
        yield _toml_layer(root, config_file or root / "vaultkit.toml", ())


def _toml_layer(root: Path, file: Path, table: tuple[str, ...]) -> _Layer:
    origin = Path(os.path.relpath(file, root)).as_posix()
    try:
        data = read_settings(file)
        if table and b"vaultkit" not in data:
            return _Layer(origin)  # Somebody else's project: even its mistakes are no concern of ours.
        text = data.decode("utf-8-sig")
        values: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, column = _toml_position(error)
        reason = re.sub(r" \(at .*\)$", "", str(error))
        found = problem("config-unreadable", origin, line, column, f"this isn't valid TOML: {reason}")
        return _Layer(origin, problems=(found,))
    except UnicodeDecodeError:
        return _Layer(origin, problems=(problem("config-unreadable", origin, message="the file isn't UTF-8"),))
    except (OSError, RecursionError) as error:
        message = f"the file can't be read: {_reason(error)}"
        return _Layer(origin, problems=(problem("config-unreadable", origin, message=message),))
    for name in table:
        values = values.get(name)
        if not isinstance(values, dict):
            return _Layer(origin)
    prefix = "".join(f"{name}." for name in table)
    folder = os.path.normpath(root / Path(origin).parent)
    return _Layer(origin, tuple(_flat(values)), folder, text, prefix)


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name not in ("types", "entities") and isinstance(value, dict):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield name, value


def _toml_position(error: tomllib.TOMLDecodeError) -> tuple[int, int]:
    # Python 3.14 has attributes for them; before, they stand in the text.
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _line(text: str, key: str) -> int:
    """The line that sets a dotted key, which tomllib doesn't tell; 0 where it is written in an unusual way."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = f"{header[1]}."
        elif entry := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            written = f"{table}{entry[1]}".replace('"', "").replace("'", "")
            if written == key:
                return number
        if table == f"{key}.":
            return number
    return 0


def _obsidian_layers(root: Path, config_dir: str) -> Iterator[_Layer]:
    app, problems = _json(root, f"{config_dir}/app.json")
    strict = app.get("strictLineBreaks")
    if isinstance(strict, bool):
        yield _Layer(f"{config_dir}/app.json", (("strict_line_breaks", strict),))
    elif strict is not None:
        message = f"`strictLineBreaks` must be true or false, not {_shown(strict)}"
        problems += (problem("obsidian-settings-unreadable", f"{config_dir}/app.json", message=message),)
    types, more = _json(root, f"{config_dir}/types.json")
    known = types.get("types")
    if isinstance(known, dict):
        named = {name: kind for name, kind in known.items() if isinstance(kind, str)}
        yield _Layer(f"{config_dir}/types.json", (("types", named),))
    yield _Layer(config_dir, problems=problems + more)


def _publish_layers(root: Path, exclude: Iterable[str]) -> Iterator[_Layer]:
    """The files of Obsidian Publish but for `publish.js`: what lies in a vault runs nothing."""
    hidden = [glob(pattern) for pattern in exclude if pattern.strip()]
    for key, name in OF_PUBLISH.items():
        if _is_file(root / name) and not any(pattern.fullmatch(name) for pattern in hidden):
            yield _Layer(name, ((key, name),))


def _json(root: Path, name: str) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    line = column = 0
    try:
        values = json.loads(read_settings(root / name))
        if isinstance(values, dict):
            return values, ()
        reason = "it doesn't hold an object"
    except (FileNotFoundError, NotADirectoryError):
        return {}, ()
    except json.JSONDecodeError as error:
        line, column, reason = error.lineno, error.colno, error.msg
    except UnicodeDecodeError:
        reason = "it isn't UTF-8"
    except (OSError, RecursionError) as error:
        reason = _reason(error)
    message = f"Obsidian's settings can't be read: {reason}"
    return {}, (problem("obsidian-settings-unreadable", name, line, column, message),)


def _is_file(path: Path) -> bool:
    """Whether a regular file is there. A link isn't followed: whoever made the vault would publish any file by it."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_settings(file: Path) -> bytes:
    """The file's bytes. A FIFO, which would wait for ever, and a device are refused: anyone may have made the vault."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is not a regular file")
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise OSError("it is too large")
    return data


def _reason(error: BaseException) -> str:
    match error:
        case OSError(strerror=str(reason)):
            return reason
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(error)
