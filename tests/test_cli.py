"""The command line: where it speaks, what it says to mistakes, and how it ends."""

from __future__ import annotations

import json
import multiprocessing.process
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
from vaultkit.cli.problems import SHOWN
from vaultkit.diagnostics import CODES, VaultkitError

COMMANDS = (
    "build",
    "serve",
    "search",
    "find",
    "inspect",
    "show",
    "relations",
    "related",
    "tables",
    "path",
    "stats",
    "export",
    "print",
    "config",
    "explain",
    "clean",
)

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
# show and relations
# ---------------------------------------------------------------------------

KNOWING = {
    "Acme.md": "| Metric | Value |\n| - | - |\n| HQ | Bonn |\n\n## Related\n\n- [[Bolt]] — competitor (since 2020)\n- [[Ghost]] — a riddle\n",
    "Bolt.md": "## Related\n\n- [[Ghost]] — investor ($5M)\n",
    "List.md": "| Company | Rank |\n| - | - |\n| [[Acme]] | 1 |\n| [[Bolt]] | 2 |\n",
}


def test_show_tells_facts_relations_and_rows(run, make_vault):
    make_vault(KNOWING)
    told = run("show", "Acme").out
    for line in ("Headquarters  Bonn", "competitor (1)", "  Bolt — competitor (since 2020)  vault/Acme.md:7",
                 "Rows about it (1 row)", "  Rank: 1  vault/List.md:3"):  # fmt: skip
        assert line in told
    assert "competitor of (1)\n  Acme — competitor" in run("show", "bolt").out


def test_show_knows_names_without_a_note(run, make_vault):
    make_vault(KNOWING)
    told = run("show", "ghost").out
    assert told.startswith("Ghost\nno note of this name\n")
    assert "investor of (1)\n  Bolt — investor ($5M)" in told
    assert run("show", "Acmee").err.startswith("error: there is no note 'Acmee': did you mean 'Acme")


def test_show_prints_json(run, make_vault):
    make_vault(KNOWING)
    shown = json.loads(run("show", "Acme", "--json").out)
    assert [(fact["role"], fact["value"]) for fact in shown["facts"]] == [("Headquarters", "Bonn")]
    assert {fact["role"] for fact in shown["relations"]} == {"competitor", "related"}


def test_relations_are_counted_and_listed(run, make_vault):
    make_vault(KNOWING)
    assert run("relations").out.split() == ["1", "competitor", "1", "investor", "1", "related"]
    assert run("relations", "investor").out == "Bolt ← Ghost  investor ($5M)  [$5M]  vault/Bolt.md:3\n"
    assert json.loads(run("relations", "investor", "--json").out)[0]["amount"] == "$5M"
    assert run("relations", "investro").err.startswith(
        "error: no note states a relation 'investro': did you mean 'investor'"
    )
    assert run("relations", "--unmapped").out.split("\n")[0].split() == ["1", "a", "riddle"]


def test_a_vault_teaches_its_own_words(run, make_vault):
    make_vault(
        KNOWING
        | {
            "vaultkit.toml": "[relations]\nvocabulary = 'words/own.yaml'\n",
            "words/own.yaml": "puzzle:\n  heads: [riddle]\n",
        }
    )
    assert "puzzle" in run("relations").out
    make_vault({"words/own.yaml": "puzzle:\n  patterns: ['(']\n"})
    ended = run("relations")
    assert "vault/words/own.yaml:2:15: error[VK401]: ( is no regular expression" in ended.err
    assert "competitor" in ended.out


# ---------------------------------------------------------------------------
# config
# ---------------------------------------------------------------------------


def test_settings_are_shown_with_where_they_came_from(run, make_vault):
    make_vault({"vaultkit.toml": 'jobs = 2\n[publish]\nexclude = ["Private/"]\n[types]\ndue = "date"\n'})
    # A value that is longer than the line goes on below.
    rows = [line.split(maxsplit=1) for line in run("config").out.splitlines() if line[:1] != " "]
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
# build
# ---------------------------------------------------------------------------

NOTES = """
-- vaultkit.toml --
site.title = "Test"
-- A.md --
---
aliases: [Alpha]
tags: [letter]
---
# One

See [[B]] and [[Wanted]].

## Two
-- B.md --
Back to [[Alpha]]. It is [[A#Two|the second]].
"""


def test_a_build_says_what_it_did_and_what_to_open(run, make_vault, tmp_path):
    make_vault(NOTES)
    ended = run("build")
    assert ended.code == 0
    summary = {line.split()[0]: line.split()[1] for line in ended.out.splitlines() if line}
    assert (summary["Notes"], summary["Links"], summary["Wanted"], summary["Problems"]) == ("2", "4", "1", "1")
    assert ended.out.endswith("\nOpen site/index.html\n")
    assert (tmp_path / "site" / "index.html").is_file()


def test_results_and_the_rest_go_separate_ways(run, make_vault):
    make_vault(NOTES)
    ended = run("build", "--json")
    result = json.loads(ended.out)
    assert (result["notes"], result["links"], result["wanted"]) == (2, 4, 1)
    assert (result["vault"], result["out"], result["index"]) == ("vault", "site", "site/index.html")
    assert result["problems"] == {"error": 0, "warning": 0, "info": 1}
    assert [(found["path"], found["line"], found["name"]) for found in result["diagnostics"]] == [
        ("A.md", 7, "unresolved-link")
    ]
    assert result["rendered"] <= result["written"]
    assert result["written"] > 0
    assert result["seconds"] >= 0
    assert "reasons" not in result
    assert re.search(r"(?m)^Reading notes: \d", ended.err)


def test_the_second_build_writes_nothing(run, make_vault):
    make_vault(NOTES)
    run("build")
    result = json.loads(run("build", "--json", "--explain").out)
    assert (result["rendered"], result["written"], result["removed"], result["reasons"]) == (0, 0, 0, {})
    assert "computed" in result


def test_a_build_explains_why_each_page_was_rendered(run, make_vault):
    root = make_vault(NOTES)
    run("build")
    (root / "B.md").write_text("Back to [[Alpha]]. Once more.")
    result = json.loads(run("build", "--json", "--explain").out)
    told = run("build", "--clean", "--explain").out
    assert "B.html" in result["reasons"]
    assert re.search(r"(?m)^A\.html: \w", told)
    assert re.search(r"(?m)^Rows computed: .*documents 2", told)


def test_a_clean_build_does_all_of_it_again(run, make_vault):
    make_vault(NOTES)
    first = json.loads(run("build", "--json").out)
    again = json.loads(run("build", "--json", "--clean").out)
    assert again["rendered"] == first["rendered"]
    assert again["written"] == 0


def test_problems_are_shown_by_place_and_remarks_counted(run, make_vault):
    root = make_vault({"B.md": "[[Gone]] [[Lost#x]]", "A.md": "---\na: 1\na: 2\n---\n[[Gone]]"})
    short, long = run("build"), run("build", "-v")
    assert f"{Path('vault/A.md')}:3" in short.err
    assert "warning[VK102]" in short.err
    assert "VK201" not in short.err
    assert "3 remarks not shown (unresolved-link); -v shows them\n" in short.err
    places = re.findall(r"(?m)^vault/(\w\.md):\d+:\d+: info\[VK201\]", long.err)
    assert places == ["A.md", "B.md", "B.md"]
    assert "remark" not in long.err
    assert root.name == "vault"


def test_at_most_a_screenful_of_warnings_is_shown(run, make_vault):
    make_vault({f"N{n:02}.md": "---\na: 1\na: 2\n---\n" for n in range(SHOWN + 7)})
    short, long = run("build"), run("build", "-v")
    assert short.err.count("warning[") == SHOWN
    assert "… and 7 more warnings; -v shows them all\n" in short.err
    assert long.err.count("warning[") == SHOWN + 7
    assert json.loads(run("build", "--json").out)["problems"]["warning"] == SHOWN + 7


def test_the_command_line_wins_over_the_files(run, make_vault, tmp_path):
    make_vault({"A.md": "---\na: 1\na: 2\n---\n", "vaultkit.toml": 'fail_on = "warning"\nout = "../public"\n'})
    assert run("build").code == 1
    assert (tmp_path / "public" / "index.html").is_file()
    assert run("build", "--fail-on", "never", "-o", "elsewhere").code == 0
    assert (tmp_path / "elsewhere" / "index.html").is_file()
    assert not (tmp_path / "site").exists()


def test_nothing_is_built_while_it_is_open_what_is_private(run, make_vault, tmp_path):
    make_vault({"Private/A.md": "secret", "vaultkit.toml": '[publish]\nexlude = ["Private/"]\n'})
    ended = run("build")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: it isn't certain what may be published, so nothing is: vaultkit.toml:2: there is no key "
        "`publish.exlude`\n    Did you mean `publish.exclude`?\n"
    )
    assert not (tmp_path / "site").exists()


def test_a_mistake_in_the_configuration_is_among_the_problems(run, make_vault):
    make_vault({"A.md": "", "vaultkit.toml": 'jobs = "x"\n'})
    ended = run("build")
    assert ended.code == 1
    assert "vault/vaultkit.toml:1: error[VK002]" in ended.err


def test_hostile_names_are_shown_without_their_escapes(run, make_vault):
    make_vault({"a\x1b[31m.md": "---\na: 1\na: 2\n---\n"})
    ended = run("build")
    assert "\x1b" not in ended.out + ended.err
    assert r"a\x1b[31m.md:3" in ended.err


# ---------------------------------------------------------------------------
# inspect
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["A.md", "A", "a", "Alpha"])
def test_a_note_is_inspected_by_path_name_or_alias(run, make_vault, name):
    make_vault(NOTES)
    ended = run("inspect", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("A\nA.md, ")
    assert re.search(r"aliases +Alpha", ended.out)
    assert "Outline (2)\n  One\n    Two\n" in ended.out
    assert "7: B → B.md" in ended.out
    assert "7: Wanted → not written yet" in ended.out
    assert "Backlinks (2)\n  B.md:1 " in ended.out
    assert "7:15: info[VK201]: " in ended.out


def test_a_long_quote_stays_on_its_line(run, make_vault):
    make_vault({"A.md": "", "B.md": f"{'So many words ' * 20}lead to [[A]]."})
    (line,) = [line for line in run("inspect", "A").out.splitlines() if line.startswith("  B.md:1 ")]
    assert line.endswith("lead to A.")


def test_what_is_known_of_a_note_as_json_can_be_piped(run, make_vault):
    make_vault(NOTES)
    result = json.loads(run("inspect", "Alpha", "--json").out)
    assert result["path"] == "A.md"
    assert result["aliases"] == ["Alpha"]
    assert [edge["source"] for edge in result["backlinks"]] == ["B.md", "B.md"]


def test_an_unknown_note_is_answered_with_the_nearest(run, make_vault):
    make_vault(NOTES)
    assert run("inspect", "Alpah") == (2, "", "error: there is no note 'Alpah': did you mean 'Alpha'?\n")
    assert run("inspect", "Zzz") == (2, "", "error: there is no note 'Zzz'\n")


def test_a_private_note_is_inspected_by_its_path_alone_and_called_private(run, make_vault):
    make_vault({"A.md": "---\npublish: false\naliases: [Secret]\n---\n"})
    assert run("inspect", "A").code == run("inspect", "Secret").code == 2
    assert run("inspect", "A.md").out.startswith("A\nA.md, 0 words, private\n")


# ---------------------------------------------------------------------------
# clean
# ---------------------------------------------------------------------------


def test_clean_removes_the_site_and_nothing_else(run, make_vault, tmp_path):
    make_vault(NOTES)
    run("build")
    (tmp_path / "site" / "mine.txt").write_text("mine")
    (tmp_path / "site" / "B.html").write_text("changed")
    ended = run("clean")
    assert ended.code == 0
    left = sorted(path.name for path in (tmp_path / "site").rglob("*") if not path.name.startswith("."))
    assert left == ["B.html", "mine.txt"]
    assert (tmp_path / "vault" / "A.md").is_file()
    assert re.fullmatch(
        r"\d+ files removed from site; kept, since vaultkit didn't write them as they are: B\.html, mine\.txt\n",
        ended.out,
    )
    assert run("build").code == 0


def test_clean_leaves_no_empty_folder(run, make_vault, tmp_path):
    make_vault(NOTES)
    run("build")
    assert run("clean").code == 0
    assert not (tmp_path / "site").exists()
    assert json.loads(run("build", "--json").out)["written"] > 0


def test_clean_forgets_what_was_parsed_where_it_is_asked_to(run, make_vault, tmp_path):
    make_vault(NOTES)
    run("build", "--cache-dir", "cache")
    assert list((tmp_path / "cache").iterdir())
    assert run("clean", "--cache", "--cache-dir", "cache").code == 0
    assert (tmp_path / "site" / "index.html").is_file()
    assert not list((tmp_path / "cache").iterdir())
    assert json.loads(run("build", "--cache-dir", "cache", "--json").out)["written"] == 0


def test_clean_leaves_no_journal_of_the_cache(run, make_vault):
    make_vault(NOTES)
    run("build", "--cache-dir", "cache")
    (file,) = Path("cache").iterdir()
    for suffix in ("-wal", "-shm"):  # SQLite itself takes away a journal whose file is whole.
        file.with_name(file.name + suffix).write_bytes(b"")
    assert run("clean", "--cache", "--cache-dir", "cache").out == f"Removed {file}\n"
    assert not list(Path("cache").iterdir())


def test_a_build_says_what_was_wrong_with_the_cache_and_goes_on(run, make_vault):
    make_vault(NOTES)
    assert "notice" not in run("build", "--cache-dir", "cache").err
    (file,) = Path("cache").iterdir()
    file.write_bytes(b"no database")
    ended = run("build", "--cache-dir", "cache", "--json")
    notice = f"The cache {file} was damaged or of another version, and begins anew."
    assert (ended.code, json.loads(ended.out)["notices"]) == (0, [notice])
    assert f"notice: {notice}\n" in ended.err
    ended = run("build", "--cache-dir", "cache", "--json")
    assert "notice:" not in ended.err
    assert json.loads(ended.out)["notices"] == []


def test_a_build_says_where_it_has_no_worker_processes(run, make_vault, monkeypatch):
    def refuse(process: object) -> None:
        raise BlockingIOError("none left")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refuse)
    make_vault({f"{i}.md": "x" for i in range(200)})
    ended = run("build", "--jobs", "2")
    assert ended.code == 0
    assert "notice: Worker processes can't be used (none left), so that everything runs in one.\n" in ended.err


def test_what_git_keeps_of_the_folder_stays(run, make_vault, tmp_path):
    make_vault(NOTES)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / ".gitignore").write_text("*")
    run("build")
    assert run("clean").code == 0
    assert [path.name for path in (tmp_path / "site").iterdir()] == [".gitignore"]


def test_clean_touches_no_folder_of_others(run, make_vault, tmp_path):
    root = make_vault(NOTES)
    assert run("clean", "-o", root).code == 2
    assert sorted(path.name for path in root.iterdir()) == ["A.md", "B.md", "vaultkit.toml"]


def test_clean_without_a_site_says_so(run, make_vault):
    make_vault(NOTES)
    ended = run("clean")
    assert ended == (2, "", "error: there is no site of vaultkit's in site\n")


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
