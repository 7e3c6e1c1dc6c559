"""The guide and the README say what the code does: nothing is missing, nothing is out of date."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import reference

import vaultkit
from vaultkit import cli
from vaultkit.config import load
from vaultkit.diagnostics import CODES
from vaultkit.settings import KEYS, expected
from vaultkit.vault import Vault

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TEXTS = [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def sections(name: str) -> dict[str, str]:
    """The text below each heading, by heading."""
    parts = re.split(r"(?m)^#+ (.+)$", text(name))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(source: str, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", source)


# ---------------------------------------------------------------------------
# The README's commands
# ---------------------------------------------------------------------------


def test_the_two_lines_of_the_readme_are_those_of_make_and_ci():
    demo, test = (line.strip() for line in blocks(text("README.md"), "sh")[:2])
    makefile = dict(re.findall(r"(?m)^(demo|test):\n\t(.+)$", text("Makefile")))
    assert makefile == {"demo": demo, "test": test}
    assert test in text(".ci/run").splitlines()
    assert "vaultkit build vault -o site" in demo


def test_ci_runs_nothing_but_the_test_line_and_the_linters():
    after = text(".ci/run").partition("\npython3 -m venv")[2].splitlines()[1:]
    assert [line for line in after if line] == [
        "}",
        "test_line",
        ".venv/bin/ruff check .",
        ".venv/bin/ruff format --check .",
        ".venv/bin/mypy",
    ]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_shown_exists_with_its_options(path, capsys):
    code = "\n".join(
        "".join(found)
        for found in re.findall(r"(?ms)^```(?:sh|console)\n(.*?)^```$|`([^`\n]+)`", path.read_text(encoding="utf-8"))
    )
    shown = re.findall(r"(?m)^(?:\$ |.*bin/| +)?vaultkit ([a-z]+)([^|#\n]*)", code)
    for command, arguments in shown:
        assert cli.run([command, "--help"]) == 0, command
        told = capsys.readouterr().out
        for option in re.findall(r"(?<=\s)--?[a-zA-Z][a-z-]*", arguments):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", told) or option == "--help", f"{command} {option}"


# ---------------------------------------------------------------------------
# Nothing is missing, nothing is out of date
# ---------------------------------------------------------------------------


def test_what_is_made_from_the_code_is_current():
    assert reference.pages() == {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_every_key_has_a_section_with_its_kind_and_default(key):
    first = sections("docs/Configuration.md")[key.name].strip().splitlines()[0]
    default = "{}" if key.name in ("types", "entities") else json.dumps(key.default)
    assert first.endswith(f"; default `{default}`.")
    assert words(first.partition(";")[0]) == words(expected(key))


def words(kind: str) -> set[str]:
    return set(re.findall(r"[\w.:/-]+", kind.lower())) - {"or"}


def test_no_section_describes_a_key_that_is_gone():
    named = {heading for heading in sections("docs/Configuration.md") if re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", heading)}
    maps = {"types", "entities"}
    assert named - {"limits", "site", "publish", "relations", "changes", "scan"} - maps == KEYS.keys() - maps


def test_every_command_has_a_section():
    commands = {name for name in cli.app if not name.startswith("-")}
    assert commands <= sections("docs/Commands.md").keys()


def test_every_code_has_a_section():
    assert {f"{code.id} {code.name}" for code in CODES.values()} <= sections("docs/Diagnostics.md").keys()


def test_every_public_name_has_a_section():
    names = {name for name in vaultkit.__all__ if not name.startswith("_")}
    assert names <= sections("docs/Python API.md").keys()
    assert all(getattr(vaultkit, name) for name in vaultkit.__all__)
    assert set(vaultkit.__all__) <= set(dir(vaultkit))


def test_all_that_a_vault_offers_is_told():
    offered = {name for name in vars(Vault) if not name.startswith("_")} - {"open"}
    assert offered == set(re.findall(r"(?m)^\| `(\w+)", sections("docs/Python API.md")["Vault"]))


def test_a_name_that_the_package_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'vaultkit' has no attribute 'Vualt'"):
        _ = vaultkit.Vualt


# ---------------------------------------------------------------------------
# Examples work
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/Python API.md"])
def test_the_python_of_the_guide_runs(name, tmp_path):
    shutil.copytree(ROOT / "vault", tmp_path / "vault")
    code = "\n".join(blocks(text(name), "python"))
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_the_configuration_of_the_guide_is_valid(path, tmp_path):
    for number, block in enumerate(blocks(path.read_text(encoding="utf-8"), "toml")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "vaultkit.toml").write_text(block, encoding="utf-8")
        assert load(folder).problems == ()


def test_the_guide_is_a_vault_without_a_problem(tmp_path):
    vault = Vault.open(DOCS, cache_dir=tmp_path / "cache", jobs=1)
    report = vault.build(tmp_path / "site")
    assert report.problems == ()
    assert report.n_wanted == 0
    assert report.n_notes == len(list(DOCS.glob("*.md")))


# ---------------------------------------------------------------------------
# How it is written
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_between_files_of_the_project_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target.replace("%20", " ")).exists(), target


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_line_holds_one_sentence(path):
    prose = re.sub(r"(?ms)^```.*?^```$|`[^`\n]+`|^\|.*?$", "", path.read_text(encoding="utf-8"))
    assert re.findall(r"(?m)^.*[a-z)*][.!?] [A-Z].*$", prose) == []
