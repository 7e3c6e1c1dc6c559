"""The command line: where it speaks, what it says to mistakes, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from vaultkit import __version__, cli
from vaultkit.cli import console, progress
from vaultkit.diagnostics import CODES, VaultkitError

COMMANDS = ("build", "inspect", "config", "explain", "clean")

MakeVault = Callable[..., Path]


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys, monkeypatch, tmp_path) -> Run:
    """Run a command in this process, in the test's folder, 80 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return command


# ---------------------------------------------------------------------------
# Help and mistakes
# ---------------------------------------------------------------------------


def test_without_a_command_there_is_help(run):
    ended = run()
    assert (ended.code, ended.err) == (0, "")
    assert ended == run("--help")
    for name in COMMANDS:
        assert re.search(rf"│ {name} +[A-Z]", ended.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_teaches_by_example(run, name):
    ended = run(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    usage, examples = ended.out.split("Examples:\n")
    assert usage.startswith(f"Usage: vaultkit {name}")
    assert examples.startswith(f"  vaultkit {name}")


def test_the_version_is_printed(run):
    assert run("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["buld"], 'Unknown command "buld". Did you mean "build"?'),
        (["build", "--outt", "x"], "Unknown option: --outt. Did you mean --out?"),
        (
            ["build", "--reading", "strct"],
            'Invalid value "strct" for --reading. Choose from: "forgiving", "strict". Did you mean "strict"?',
        ),
        (["build", "--jobs", "many"], 'Invalid value for --jobs: unable to convert "many" into int.'),
        (["build", "-o"], 'Command "build" parameter -o requires an argument.'),
        (["inspect"], 'Command "inspect" parameter NOTE requires an argument.'),
        (["explain", "VK201", "VK202"], "Too many arguments: VK202"),
        (["config", "--jsn"], "Unknown option: --jsn. Did you mean --json?"),
    ],
)
def test_a_command_used_wrongly_says_what_was_meant(run, arguments, message):
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    first, hint = ended.err.splitlines()
    assert first.startswith(f"error: {message}")
    known = f"{arguments[0]} " if arguments[0] in COMMANDS else ""
    assert hint == f'    Run "vaultkit {known}--help" to see how it is used.'


# ---------------------------------------------------------------------------
# explain
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["VK201", "vk201", "201", "unresolved-link", "Unresolved-Link"])
def test_a_problem_is_explained_by_code_or_name(run, code):
    ended = run("explain", code)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("VK201 unresolved-link info\n\nNo note has the name of the link.\n\n")


def test_every_code_is_explained_and_listed(run):
    listed = run("explain").out
    for code in CODES.values():
        assert code.id in listed
        told = " ".join(run("explain", code.id).out.split())
        assert " ".join(f"{code.id} {code.name} {code.severity} {code.summary} {code.explanation}".split()) == told


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("unresolved-lnk", "did you mean unresolved-link?"),
        ("qqqqqqq", '"vaultkit explain" lists them all'),
    ],
)
def test_an_unknown_code_is_answered_with_the_nearest(run, code, remedy):
    assert run("explain", code) == (2, "", f"error: there is no problem {code!r}: {remedy}\n")


# ---------------------------------------------------------------------------
# Finding the vault
# ---------------------------------------------------------------------------


def test_without_a_vault_the_error_says_how_to_name_one(run):
    ended = run("config")
    assert ended == (
        2,
        "",
        'error: there is no vault here, nor in a folder above: name one, as in "vaultkit build path/to/vault"\n',
    )


def test_a_vault_that_is_not_there_is_named(run):
    assert run("config", "-V", "nowhere").err.startswith("error: there is no folder nowhere: ")


def test_the_vault_is_found_from_a_folder_inside_it(run, make_vault, monkeypatch):
    root = make_vault({"vaultkit.toml": 'site.title = "Found"\n', "A/B/C.md": ""})
    monkeypatch.chdir(root / "A" / "B")
    assert json.loads(run("config", "--json").out)["settings"]["site.title"]["value"] == "Found"


def test_a_folder_called_vault_is_found_too(run, make_vault):
    make_vault({"A.md": ""}, "vault")
    assert run("config").code == 0


# ---------------------------------------------------------------------------
# config
# ---------------------------------------------------------------------------


def test_settings_are_shown_with_where_they_came_from(run, make_vault):
    make_vault({"vaultkit.toml": 'jobs = 2\n[publish]\nexclude = ["Private/"]\n[types]\ndue = "date"\n'})
    rows = [line.split(maxsplit=1) for line in run("config").out.splitlines()]
    settings = {key: " ".join(rest.split()) for key, rest in rows}
    assert settings["jobs"] == "2 vaultkit.toml:1"
    assert settings["publish.exclude"] == '["Private/"] vaultkit.toml:3'
    assert settings["types"] == '{"due": "date"} vaultkit.toml:4'
    assert settings["reading"] == '"forgiving" default'


def test_settings_as_json_can_be_piped(run, make_vault):
    make_vault({"vaultkit.toml": 'jbs = 2\n[types]\ndue = "date"\n'})
    ended = run("config", "--json")
    result = json.loads(ended.out)
    assert ended.code == 0
    assert result["settings"]["types"] == {"value": {"due": "date"}, "origin": "vaultkit.toml:2"}
    assert result["settings"]["jobs"] == {"value": 0, "origin": "default"}
    assert [problem["name"] for problem in result["problems"]] == ["config-unknown-key"]
    assert ended.err == "vault/vaultkit.toml:1: warning[VK001]: there is no key `jbs`\n    Did you mean `jobs`?\n"


def test_a_wrong_setting_fails_the_command_as_configured(run, make_vault):
    root = make_vault({"vaultkit.toml": 'jobs = "x"\n'})
    assert run("config").code == 1
    (root / "vaultkit.toml").write_text('jobs = "x"\nfail_on = "never"\n')
    assert run("config").code == 0
    (root / "vaultkit.toml").write_text('jbs = 1\nfail_on = "warning"\n')
    assert run("config").code == 1


def test_another_configuration_file_can_be_named(run, make_vault, tmp_path):
    make_vault({"vaultkit.toml": "jobs = 2\n"})
    (tmp_path / "other.toml").write_text("jobs = 3\n")
    settings = json.loads(run("config", "-c", "other.toml", "--json").out)["settings"]
    assert settings["jobs"] == {"value": 3, "origin": "../other.toml:1"}
    assert run("config", "-c", "missing.toml").err == "error: there is no configuration file missing.toml\n"


# ---------------------------------------------------------------------------
# How it ends
# ---------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch) -> Callable[[BaseException], None]:
    """Let `vaultkit explain` end with an exception."""

    def fail_with(error: BaseException) -> None:
        def explain(code: str | None = None, /) -> None:
            raise error

        monkeypatch.setattr("vaultkit.cli.explain.explain", explain)
        monkeypatch.setattr(cli, "app", _fresh_app())

    return fail_with


def _fresh_app():
    from cyclopts import App

    app = App(name="vaultkit", result_action="return_value", suppress_keyboard_interrupt=False)
    app.command("vaultkit.cli.explain:explain")
    return app


@pytest.mark.parametrize(
    ("error", "code", "err"),
    [
        (VaultkitError("mend it so"), 2, "error: mend it so\n"),
        (VaultkitError("mend it\n    like this"), 2, "error: mend it\n    like this\n"),
        (VaultkitError("no note \x1b[31mred\u202e"), 2, "error: no note \\x1b[31mred\\u202e\n"),
        (KeyboardInterrupt(), 130, "error: stopped; nothing is half written\n"),
        (OSError(28, "No space left on device", "site/A.html"), 1, "error: site/A.html: No space left on device\n"),
        (OSError("something else"), 1, "error: something else\n"),
    ],
)
def test_every_end_has_its_exit_code_and_one_clear_line(run, failing, error, code, err):
    failing(error)
    assert run("explain") == (code, "", err)


def test_a_bug_is_shown_whole_and_can_be_told_from_problems(run, failing):
    failing(ZeroDivisionError("division by zero"))
    ended = run("explain")
    assert (ended.code, ended.out) == (70, "")
    assert ended.err.startswith("Traceback (most recent call last):")
    assert ended.err.endswith(
        "ZeroDivisionError: division by zero\n"
        "error: vaultkit made a mistake\n    Please report it with the lines above.\n"
    )


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vaultkit", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_module_is_the_command(tmp_path):
    ended = process("--version", cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{__version__}\n", "")


def test_help_loads_nothing_heavy(tmp_path):
    heavy = "markdown_it networkx jinja2 yaml nh3 pygments latex2mathml watchdog sqlite3 multiprocessing".split()
    code = f"import sys; from vaultkit import cli; cli.run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.endswith("\n[]\n")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    command = subprocess.Popen(
        [sys.executable, "-m", "vaultkit", "explain"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    command.stdout.close()
    _, err = command.communicate(timeout=60)
    assert err == ""


def test_a_terminal_that_lacks_a_character_gets_its_number(tmp_path, make_vault):
    root = make_vault({"vaultkit.toml": 'site.title = "日本"\n'})
    ended = process("config", "-V", str(root), cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert r"\u65e5\u672c" in ended.stdout


# ---------------------------------------------------------------------------
# Progress
# ---------------------------------------------------------------------------


def test_a_short_stage_is_told_once_and_a_long_one_five_times(capsys):
    tick = progress.lines()
    for done in range(1, 201):
        tick("parse", done, 200)
    for done in range(1, 5_001):
        tick("render", done, 5_000)
    tick("write", 0, 0)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "parse: 200",
        *(f"render: {n},000 of 5,000" for n in (1, 2, 3, 4)),
        "render: 5,000",
    ]


def test_control_characters_of_names_never_reach_the_terminal():
    assert console.safe("a\x1b]0;x\x07b\x9bc\u202ed\ne") == r"a\x1b]0;x\x07b\x9bc\u202ed\x0ae"
    assert console.safe("ä日本 [red]x[/red] 🎉") == "ä日本 [red]x[/red] 🎉"
