"""Configuration: layers, origins, and what becomes of mistakes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import vaults

from vaultkit.config import Config, Loaded, Publish, Scan, Site, Syntax, find_vault, load, nearest
from vaultkit.diagnostics import VaultkitError
from vaultkit.settings import KEYS, LIMITS, TABLES, expected


def loaded(tmp_path: Path, files: vaults.Files | str, **overrides: Any) -> Loaded:
    return load(vaults.write(tmp_path / "vault", files), overrides)


def toml(tmp_path: Path, text: str) -> Loaded:
    return loaded(tmp_path, {"vaultkit.toml": text})


def origins(result: Loaded) -> dict[str, str]:
    """Where keys were set, those left at their defaults aside."""
    return {setting.key: setting.origin for setting in result.settings if setting.origin != "default"}


def reports(result: Loaded) -> list[str]:
    return [str(found) for found in result.problems]


# ---------------------------------------------------------------------------
# Defaults and layers
# ---------------------------------------------------------------------------


def test_an_empty_vault_has_the_defaults(tmp_path):
    result = loaded(tmp_path, {})
    assert result.config == Config()
    assert result.problems == result.doubts == ()
    assert result.settled() == Config()
    assert {setting.origin for setting in result.settings} == {"default"}


def test_the_defaults_are_the_ones_agreed_upon():
    assert Config() == Config(
        scan=Scan(config_dir=".obsidian", follow_symlinks="no"),
        syntax=Syntax(
            reading="forgiving",
            strict_line_breaks=False,
            html="safe",
            remote_images="link",
            note_bytes=5_000_000,
            front_matter_bytes=65_536,
            table_cells=50_000,
            types=(),
        ),
        publish=Publish(mode="all", exclude=(), exclude_tags=(), exclude_properties=()),
        site=Site(
            title="",
            base_url="",
            language="en",
            direction="ltr",
            home="",
            nav=(),
            hide_properties=(),
            embed_depth=5,
            templates="",
            custom_css="",
        ),
        out="site",
        jobs=0,
        fail_on="error",
        cache_dir="",
    )


def test_every_setting_is_listed_once_in_the_order_of_the_keys(tmp_path):
    assert [setting.key for setting in loaded(tmp_path, {}).settings] == list(KEYS)


def test_every_field_has_a_key_and_every_limit_its_table():
    assert {f"limits.{name}" for name in LIMITS} == {name for name in KEYS if name.startswith("limits.")}
    assert {name.partition(".")[0] for name in KEYS if "." in name} | {"types", "entities"} == set(TABLES)
    assert {key.dotted for key in KEYS.values()} >= {"syntax.reading", "site.embed_depth", "publish.mode", "out"}


def test_later_layers_win_and_each_value_knows_its_layer(tmp_path):
    result = loaded(
        tmp_path,
        """
-- .obsidian/app.json --
{"strictLineBreaks": true, "promptDelete": false}
-- .obsidian/types.json --
{"types": {"rating": "number", "aliases": "aliases", "odd": 3}}
-- pyproject.toml --
[tool.other]
reading = "nonsense"

[tool.vaultkit]
reading = "strict"
jobs = 3

[tool.vaultkit.site]
title = "From pyproject"
language = "de"
-- vaultkit.toml --
jobs = 4
[site]
title = "From vaultkit.toml"
-- A.md --
""",
        jobs=5,
    )
    assert result.problems == ()
    assert result.config == Config(
        syntax=Syntax(reading="strict", strict_line_breaks=True, types=(("aliases", "aliases"), ("rating", "number"))),
        site=Site(title="From vaultkit.toml", language="de"),
        jobs=5,
    )
    assert origins(result) == {
        "jobs": "override",
        "reading": "pyproject.toml:5",
        "strict_line_breaks": ".obsidian/app.json",
        "types": ".obsidian/types.json",
        "site.title": "vaultkit.toml:3",
        "site.language": "pyproject.toml:10",
    }


def test_a_vault_inside_a_project_is_configured_by_the_project(tmp_path):
    vaults.write(tmp_path, {"pyproject.toml": '[tool.vaultkit]\nout = "public"\nhtml = "off"\n'})
    result = loaded(tmp_path, {"vaultkit.toml": 'html = "trusted"\n'})
    assert result.config.syntax.html == "trusted"
    assert result.config.out == str(tmp_path / "public")
    assert origins(result) == {"html": "vaultkit.toml:1", "out": "../pyproject.toml:2"}


def test_only_the_nearest_project_counts(tmp_path):
    vaults.write(tmp_path, {"pyproject.toml": "[tool.vaultkit]\njobs = 7\n"})
    assert loaded(tmp_path, {"pyproject.toml": "[project]\n"}).config.jobs == 0


def test_the_mistakes_of_other_peoples_projects_are_no_concern_of_ours(tmp_path):
    vaults.write(tmp_path, {"pyproject.toml": "[project\n"})
    assert loaded(tmp_path, {}) == load(vaults.write(tmp_path / "other", {"pyproject.toml": ""}))


def test_a_configuration_file_can_be_named(tmp_path):
    vaults.write(tmp_path, {"public.toml": '[site]\ntitle = "Public"\n', "vault/vaultkit.toml": "jobs = 2\n"})
    result = load(tmp_path / "vault", config_file=tmp_path / "public.toml")
    assert result.config == Config(site=Site(title="Public"))
    assert origins(result) == {"site.title": "../public.toml:2"}


def test_a_named_configuration_file_must_exist(tmp_path):
    with pytest.raises(VaultkitError, match=r"there is no configuration file .*missing\.toml"):
        load(tmp_path, config_file=tmp_path / "missing.toml")


def test_paths_in_a_file_start_at_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    result = toml(tmp_path, 'out = "../public/site"\ncache_dir = "~/cache"\n')
    assert result.config.out == str(tmp_path / "public/site")
    assert result.config.cache_dir == str(tmp_path / "home/cache")


def test_paths_stay_relative_where_the_vault_is_named_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    vaults.write(tmp_path, {"vault/vaultkit.toml": 'out = "../public"\n'})
    assert load(Path("vault")).config.out == "public"


def test_paths_from_the_caller_start_where_the_caller_is(tmp_path):
    assert loaded(tmp_path, {}, out="public").config.out == "public"


def test_the_obsidian_folder_may_have_another_name(tmp_path):
    files = {
        ".obsidian/app.json": '{"strictLineBreaks": true}',
        ".mobile/app.json": '{"strictLineBreaks": false}',
        ".mobile/types.json": '{"types": {"due": "date"}}',
        "vaultkit.toml": '[scan]\nconfig_dir = ".mobile"\n',
    }
    result = loaded(tmp_path, files)
    assert result.config.syntax == Syntax(types=(("due", "date"),))


def test_types_may_be_set_without_obsidian(tmp_path):
    result = toml(tmp_path, '[types]\nrating = "number"\n"due date" = "date"\n')
    assert result.config.syntax.types == (("due date", "date"), ("rating", "number"))
    assert origins(result) == {"types": "vaultkit.toml:1"}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    result = loaded(tmp_path, {"vaultkit.toml": b'\xef\xbb\xbfjobs = 2\r\n[site]\r\ntitle = "T"\r\n'})
    assert (result.config.jobs, result.config.site.title, result.problems) == (2, "T", ())


def test_a_single_text_stands_for_a_list_of_one(tmp_path):
    result = toml(tmp_path, '[publish]\nexclude = "Private/"\nexclude_tags = ["a", "b"]\n')
    assert result.config.publish == Publish(exclude=("Private/",), exclude_tags=("a", "b"))
    assert result.problems == ()


# ---------------------------------------------------------------------------
# Overrides
# ---------------------------------------------------------------------------


def test_overrides_are_named_by_key_or_by_field(tmp_path):
    overrides = {"syntax.reading": "strict", "limits.note_bytes": 10, "syntax.table_cells": 20, "jobs": 1}
    result = load(tmp_path, overrides)
    assert result.config == Config(syntax=Syntax(reading="strict", note_bytes=10, table_cells=20), jobs=1)
    assert origins(result) == dict.fromkeys(["reading", "limits.note_bytes", "limits.table_cells", "jobs"], "override")


def test_overrides_take_python_values(tmp_path):
    overrides = {"publish.exclude": ("A/", "B.md"), "types": {"b": "number", "a": "text"}}
    result = load(tmp_path, overrides).config
    assert result.publish.exclude == ("A/", "B.md")
    assert result.syntax.types == (("a", "text"), ("b", "number"))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"readng": "strict"}, "there is no key `readng`. Did you mean `reading`?"),
        ({"syntax.nonsense": 1}, "there is no key `syntax.nonsense`. `vaultkit config` lists all keys."),
        ({"jobs": -1}, "`jobs` must be a whole number from 0 on, not -1"),
        ({"reading": "strct"}, '`reading` must be "forgiving" or "strict", not "strct". Did you mean "strict"?'),
    ],
)
def test_a_wrong_override_is_the_callers_mistake(tmp_path, overrides, message):
    with pytest.raises(VaultkitError) as raised:
        load(tmp_path, overrides)
    assert str(raised.value) == message


# ---------------------------------------------------------------------------
# Mistakes in files
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("readng = 1", "1: warning[VK001]: there is no key `readng`\n    Did you mean `reading`?"),
        ("failOn = 1", "1: warning[VK001]: there is no key `failOn`\n    Did you mean `fail_on`?"),
        ("cache-dir = 1", "1: warning[VK001]: there is no key `cache-dir`\n    Did you mean `cache_dir`?"),
        ("title = 1", "1: warning[VK001]: there is no key `title`\n    Did you mean `site.title`?"),
        ("\n[site]\ntitel = 1", "3: warning[VK001]: there is no key `site.titel`\n    Did you mean `site.title`?"),
        ("[sight]\ntitle = 1", "2: warning[VK001]: there is no key `sight.title`\n    Did you mean `site.title`?"),
        (
            "[syntax]\nnote_bytes = 1",
            "2: warning[VK001]: there is no key `syntax.note_bytes`\n    Did you mean `limits.note_bytes`?",
        ),
        ("zzz = 1", "1: warning[VK001]: there is no key `zzz`\n    `vaultkit config` lists all keys."),
        ("site = 3", "1: error[VK002]: `site` must be a table, not 3\n    Write `[site]` above its keys."),
        ("jobs = -1", "1: error[VK002]: `jobs` must be a whole number from 0 on, not -1"),
        ("jobs = true", "1: error[VK002]: `jobs` must be a whole number from 0 on, not true"),
        ("out = 5", "1: error[VK002]: `out` must be a text, not 5"),
        ("[limits]\nnote_bytes = 0", "2: error[VK002]: `limits.note_bytes` must be a whole number from 1 on, not 0"),
        (
            "site.embed_depth = 21",
            "1: error[VK002]: `site.embed_depth` must be a whole number from 0 to 20, not 21",
        ),
        (
            'strict_line_breaks = "yes"',
            '1: error[VK002]: `strict_line_breaks` must be true or false, not "yes"',
        ),
        (
            'html = "unsafe"',
            '1: error[VK002]: `html` must be "safe" or "off" or "trusted", not "unsafe"\n    Did you mean "safe"?',
        ),
        (
            'fail_on = "eror"',
            '1: error[VK002]: `fail_on` must be "error" or "warning" or "never", not "eror"\n    Did you mean "error"?',
        ),
        (
            '[site]\nnav = ["A", 1]',
            '2: error[VK002]: `site.nav` must be a list of texts, not ["A", 1]',
        ),
        (
            '[site]\nbase_url = "example.org"',
            '2: error[VK002]: `site.base_url` must be a web address that begins with https://, not "example.org"',
        ),
        (
            '[site]\nlanguage = "English (UK)"',
            '2: error[VK002]: `site.language` must be a language code like "en", not "English (UK)"',
        ),
        (
            '[scan]\nconfig_dir = "../elsewhere"',
            '2: error[VK002]: `scan.config_dir` must be the name of a dot folder like ".obsidian", not "../elsewhere"',
        ),
        (
            "[types]\nrating = 3",
            '1: error[VK002]: `types` must be a table of property names and their types, not {"rating": 3}',
        ),
        (
            "out = 2026-01-31",
            '1: error[VK002]: `out` must be a text, not "2026-01-31"',
        ),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_leaves_the_default(tmp_path, text, report):
    result = toml(tmp_path, text)
    assert reports(result) == [f"vaultkit.toml:{report}"]
    assert result.config == Config()
    assert result.settled() == Config()


def test_a_long_value_is_cut_in_the_message(tmp_path):
    (report,) = reports(toml(tmp_path, f'jobs = "{"x" * 200}"'))
    assert report.endswith(f'not "{"x" * 58}…')


def test_a_wrong_value_hides_the_layer_below(tmp_path):
    # The explanation of the code promises the default, and a value half overridden would be harder to see.
    vaults.write(tmp_path, {"pyproject.toml": "[tool.vaultkit]\njobs = 7\n"})
    result = toml(tmp_path, 'jobs = "many"')
    assert result.config.jobs == 0
    assert "jobs" not in origins(result)


def test_a_mistake_in_a_project_file_has_its_line_too(tmp_path):
    vaults.write(tmp_path, {"pyproject.toml": '[tool.vaultkit]\n[tool.vaultkit.site]\n"titel" = 1\n'})
    (report,) = reports(loaded(tmp_path, {}))
    assert report.startswith("../pyproject.toml:3: warning[VK001]: there is no key `site.titel`")


def test_a_project_table_that_is_no_table_sets_nothing(tmp_path):
    assert loaded(tmp_path, {"pyproject.toml": "[tool]\nvaultkit = 3\n"}).config == Config()


def test_a_key_written_in_an_unusual_way_is_reported_without_a_line(tmp_path):
    assert reports(toml(tmp_path, "site = { titel = 1 }")) == [
        "vaultkit.toml: warning[VK001]: there is no key `site.titel`\n    Did you mean `site.title`?"
    ]


# ---------------------------------------------------------------------------
# Files that can't be read
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "report"),
    [
        (b"jobs = 1\n[site\n", "vaultkit.toml:2:6: error[VK003]: this isn't valid TOML: "),
        (b"jobs = \n", "vaultkit.toml:1:8: error[VK003]: this isn't valid TOML: Invalid value"),
        (b'title = "', "vaultkit.toml: error[VK003]: this isn't valid TOML: "),
        (b"jobs = 1\njobs = 2\n", "vaultkit.toml:2:9: error[VK003]: this isn't valid TOML: Cannot overwrite a value"),
        (b'title = "\xff"\n', "vaultkit.toml: error[VK003]: the file isn't UTF-8"),
        (b"#" * 1_000_001, "vaultkit.toml: error[VK003]: the file can't be read: it is too large"),
        (b"a = " + b"[" * 100_000, "vaultkit.toml: error[VK003]: the file can't be read: it is nested too deeply"),
    ],
)
def test_a_broken_configuration_file_is_ignored_and_settles_nothing(tmp_path, data, report):
    result = loaded(tmp_path, {"vaultkit.toml": data})
    (found,) = result.problems
    assert str(found).startswith(report)
    assert result.config == Config()
    assert result.doubts == (found,)
    with pytest.raises(VaultkitError, match="it isn't certain what may be published"):
        result.settled()


def test_a_link_to_nowhere_is_not_an_absent_configuration(tmp_path):
    root = vaults.write(tmp_path / "vault", {})
    (root / "vaultkit.toml").symlink_to(tmp_path / "missing.toml")
    assert reports(load(root)) == ["vaultkit.toml: error[VK003]: the file can't be read: No such file or directory"]


def test_a_folder_in_place_of_a_configuration_file_is_reported(tmp_path):
    (report,) = reports(loaded(tmp_path, {"vaultkit.toml/A.md": ""}))
    assert report.startswith("vaultkit.toml: error[VK003]: the file can't be read: ")


def test_a_fifo_is_never_waited_for(tmp_path):
    root = vaults.write(tmp_path / "vault", {".obsidian/A": ""})
    os.mkfifo(root / ".obsidian/app.json")
    os.mkfifo(root / ".obsidian/types.json")
    os.mkfifo(root / "vaultkit.toml")
    assert [found.code for found in load(root).problems] == ["VK004", "VK004", "VK003"]


@pytest.mark.parametrize(
    ("name", "data", "report"),
    [
        ("app.json", b"{\n  oops\n}", ".obsidian/app.json:2:3: warning[VK004]: Obsidian's settings can't be read: "),
        (
            "app.json",
            b"[]",
            ".obsidian/app.json: warning[VK004]: Obsidian's settings can't be read: it doesn't hold an",
        ),
        ("app.json", b"", ".obsidian/app.json:1:1: warning[VK004]: Obsidian's settings can't be read: "),
        (
            "app.json",
            b'"\xff"',
            ".obsidian/app.json: warning[VK004]: Obsidian's settings can't be read: it isn't UTF-8",
        ),
        (
            "app.json",
            b"[" * 100_000,
            ".obsidian/app.json: warning[VK004]: Obsidian's settings can't be read: it is nest",
        ),
        ("app.json", b'{"strictLineBreaks": 1}', ".obsidian/app.json: warning[VK004]: `strictLineBreaks` must be true"),
        ("types.json", b"{", ".obsidian/types.json:1:2: warning[VK004]: Obsidian's settings can't be read: "),
    ],
)
def test_broken_settings_of_obsidian_leave_its_defaults(tmp_path, name, data, report):
    result = loaded(tmp_path, {f".obsidian/{name}": data})
    (found,) = reports(result)
    assert found.startswith(report)
    assert result.settled() == Config()


@pytest.mark.parametrize("types", ["{}", '{"types": []}', '{"types": null}', '{"types": {"a": null}}'])
def test_odd_but_valid_settings_of_obsidian_are_taken_as_they_are(tmp_path, types):
    result = loaded(tmp_path, {".obsidian/types.json": types, ".obsidian/app.json": '{"strictLineBreaks": null}'})
    assert (result.config, result.problems) == (Config(), ())


def test_a_file_called_obsidian_holds_no_settings(tmp_path):
    assert loaded(tmp_path, {".obsidian": "a file"}).problems == ()


# ---------------------------------------------------------------------------
# What is private must be certain
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[publish]\nexcludes = ["Private/"]',
        "[publish]\nexclude = 3",
        '[publish]\nmode = "optin"',
        '[publsh]\nexclude = ["Private/"]',
        'exclude = ["Private/"]',
        'publish = "opt-in"',
        "[publish]\nexclude_tags = [1]",
        "[publish]\nwhatever = 1",
    ],
)
def test_a_mistake_about_privacy_is_never_only_a_warning(tmp_path, text):
    result = toml(tmp_path, text)
    assert result.doubts == result.problems
    with pytest.raises(VaultkitError, match=r"so nothing is: vaultkit\.toml:[12]: .*\n    \S"):
        result.settled()


def test_other_mistakes_leave_privacy_certain(tmp_path):
    result = toml(tmp_path, '[publish]\nexclude = ["Private/"]\n[site]\ntitel = "T"\nembed_depth = "x"\n')
    assert len(result.problems) == 2
    assert result.settled().publish.exclude == ("Private/",)


# ---------------------------------------------------------------------------
# Finding the vault, and names
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "start", "vault"),
    [
        ({"notes/.obsidian/app.json": "{}", "notes/A/B/C.md": ""}, "notes/A/B", "notes"),
        ({"notes/vaultkit.toml": "", "notes/A/B.md": ""}, "notes/A", "notes"),
        ({"notes/vaultkit.toml": "", "notes/inner/.obsidian/app.json": "{}"}, "notes/inner", "notes/inner"),
        ({"project/A.md": ""}, "project", "project/vault"),
        ({"project/.obsidian": "a file", "project/vaultkit.toml/A.md": ""}, "project", "project/vault"),
    ],
)
def test_the_vault_is_the_nearest_folder_upwards_that_says_so(tmp_path, files, start, vault):
    vaults.write(tmp_path, files)
    assert find_vault(tmp_path / start) == tmp_path / vault


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("reading", "reading"),
        ("raeding", "reading"),
        ("base-url", "site.base_url"),
        ("BASE_URL", "site.base_url"),
        ("limit.notebytes", "limits.note_bytes"),
        ("plugins.embed", ""),
        ("", ""),
    ],
)
def test_the_nearest_key_is_found_whatever_its_spelling(name, meant):
    assert nearest(name, KEYS) == meant


def test_every_key_says_what_it_expects():
    assert all(expected(key) for key in KEYS.values())
    assert all(json.dumps(key.default) for key in KEYS.values())
