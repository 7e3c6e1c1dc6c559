"""`vaultkit search` and `vaultkit find`: what they say, how they end, and that they don't read what didn't change."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from vaults import write

from vaultkit import cli
from vaultkit.cli import console
from vaultkit.cli.where import locate
from vaultkit.engine.memo import Memo
from vaultkit.folders import cache_name
from vaultkit.index import kept
from vaultkit.keeping import _records
from vaultkit.search.kept import TABLES
from vaultkit.vault import Vault

NOTES = """
-- Actors/DeepSeek.md --
---
aliases: [幻方]
---
A lab that trains models. It made [[R1]].
-- Concepts/Distillation.md --
A small model learns from a large one, as [[DeepSeek]] says.
-- Hidden.md --
---
publish: false
---
zebra
"""

READ = "The vault isn't as the cache has it, and is read …\n"


class Asked:
    """Runs commands on one vault, in this process."""

    def __init__(self, root: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.cache, self._capsys = root, cache, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = cli.run([*arguments, "-V", str(self.root), "--cache-dir", str(self.cache)])
        return code, *self._capsys.readouterr()


@pytest.fixture
def asked(tmp_path, capsys) -> Asked:
    return Asked(write(tmp_path / "vault", NOTES), tmp_path / "cache", capsys)


def test_what_is_found_is_told_with_the_lines_that_answer(asked):
    code, out, err = asked("search", "small model")
    assert code == 0
    assert out == (
        "Distillation  Concepts/Distillation.md\n    A small model learns from a large one, as DeepSeek says.\n"
    )
    assert err == READ


def test_words_may_stand_apart_or_in_one_argument(asked):
    assert asked("search", "small", "model")[1] == asked("search", "small model")[1]
    assert asked("search", "model", "-small")[1].startswith("DeepSeek")
    assert asked("search", "--limit", "1", "model")[2] == "1 of 2 notes are shown; --limit shows more.\n"


def test_nothing_found_is_said_and_ends_with_one(asked):
    assert asked("search", "nosuchword") == (1, "", READ + "No note was found.\n")
    assert asked("search", "!!!")[0] == 1
    assert asked("search", "zebra")[:2] == (1, "")
    assert asked("search", "linked:Hidden") == (
        1, "", "No note is called “Hidden”, and none links to such a name.\n",
    )  # fmt: skip


def test_a_slip_is_told(asked):
    assert asked("search", "deepsek")[2] == READ + "No note has the word “deepsek”; looked for deepseek.\n"


def test_results_for_a_script(asked):
    code, out, _ = asked("search", "small model", "--json", "--limit", "1")
    told = json.loads(out)
    assert code == 0
    assert (told["query"], told["found"], told["unchecked"], len(told["hits"])) == ("small model", 1, 0, 1)
    hit = told["hits"][0]
    assert (hit["path"], hit["title"], hit["type"]) == ("Concepts/Distillation.md", "Distillation", None)
    assert [hit["excerpt"][start:end] for start, end in hit["marks"]] == ["small", "model"]


def test_names_are_taken_or_free(asked):
    assert asked("find", "Deep Seek Inc") == (
        1,
        "Deep Seek Inc: taken\n  DeepSeek  Actors/DeepSeek.md  the same without “Inc”\n",
        READ,
    )
    assert asked("find", "Something else") == (0, "Something else: free\n", "")
    assert asked("find", "R1") == (0, "R1: free\n  R1  wanted by 1 note\n", "")
    assert asked("find", "Hidden") == (0, "Hidden: free\n", "")
    assert asked("find", "new thing", "幻方")[0] == 1


def test_names_from_standard_input(asked, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO("\ufeffDeepSeek\r\n\n  R1  \nbad \x00 name\n".encode() + b"\xff\n"))
    monkeypatch.setattr(sys, "stdin", given)
    code, out, _ = asked("find", "-", "--json")
    told = json.loads(out)
    assert code == 1
    assert [(each["name"], each["taken"]) for each in told] == [
        ("DeepSeek", True), ("R1", False), ("bad \x00 name", False), ("\ufffd", False),
    ]  # fmt: skip
    assert told[1]["candidates"] == [
        {"name": "R1", "path": None, "title": None, "taken": False, "likeness": "exact", "reason": "wanted by 1 note", "wanted_by": 1}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search"], "error: say what to search for\n"),
        (["find"], "error: name what to look for, or - to read names from standard input\n"),
        (["search", "x", "--limit", "-1"], "error: --limit is a number of notes\n"),
        (["find", "x", "--limit", "-1"], "error: --limit is a number of candidates\n"),
        (["search", "x", "--lmit"], 'error: there is no option --lmit: "--help" names them all\n'),
        (["find", "-x"], 'error: there is no option -x: "--help" names them all\n'),
    ],
)
def test_mistakes_are_told(asked, arguments, told):
    assert asked(*arguments) == (2, "", told)


def test_what_names_hold_is_shown_and_not_obeyed(asked):
    write(asked.root, {"Evil\x1b[31m\u202e.md": "evil \x1b]0;title\x07 text"})
    _, out, _ = asked("search", "evil")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\x1b" not in asked("find", "Evil")[1]


def test_marks_on_a_terminal_alone(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    console.show_lines([[("a", "mark"), ("b", "")]], terminal := Terminal())
    assert terminal.getvalue() == "\x1b[1;33ma\x1b[0mb\n"
    monkeypatch.setenv("NO_COLOR", "1")
    console.show_lines([[("a", "mark"), ("b", "")]], plain := Terminal())
    assert plain.getvalue() == "ab\n"


# ---------------------------------------------------------------------------
# What is kept
# ---------------------------------------------------------------------------


def answers(asked: Asked) -> list[tuple[int, str]]:
    queries = (["search", "model"], ["search", '"small model"'], ["search", "linked:DeepSeek"], ["find", "DeepSeek"])
    return [asked(*query)[:2] for query in queries]


def test_a_vault_that_did_not_change_is_not_read(asked):
    assert asked("search", "model")[2] == READ
    assert asked("search", "model")[2] == ""
    assert asked("find", "DeepSeek")[2] == ""


def test_find_reads_less_and_leaves_the_rest_to_search(asked):
    assert asked("find", "DeepSeek")[2] == READ
    assert asked("find", "DeepSeek")[2] == ""
    assert asked("search", "model")[2] == READ


@pytest.mark.parametrize(
    "edit",
    [
        {"Concepts/New.md": "A model of models."},
        {"Actors/DeepSeek.md": "---\naliases: [幻方, High-Flyer lab]\n---\nOnly a lab now."},
        {"vaultkit.toml": 'publish.exclude = ["Concepts"]'},
    ],
)
def test_what_changed_is_seen_at_once_and_the_rest_is_as_from_a_clean_start(asked, tmp_path, edit, capsys):
    before = answers(asked)
    write(asked.root, edit)
    after = answers(asked)
    assert after != before
    assert after == answers(asked) == answers(Asked(asked.root, tmp_path / "another cache", capsys))
    for name in edit:
        (asked.root / name).unlink()
    write(asked.root, NOTES)
    assert answers(asked) == before


def test_a_note_that_becomes_private_is_gone_from_the_cache_too(asked):
    write(asked.root, {"Plan.md": "Our canary is quokka."})
    assert asked("search", "quokka")[0] == 0
    write(asked.root, {"Plan.md": "---\nprivate: true\n---\nOur canary is quokka."})
    assert asked("search", "quokka")[:2] == (1, "")
    assert asked("find", "Plan")[:2] == (0, "Plan: free\n")
    memo = Memo(asked.cache / cache_name(asked.root))
    with memo:
        index = kept(asked.root, locate(asked.root).loaded.config, memo, "search")
        assert index is not None
        assert all(b"quokka" not in (memo.get(f"index {each}") or b"") for each in ("names", "linked", "m", "x-"))


def records(root: Path, cache: Path) -> dict[str, bytes]:
    """All that is kept of a vault."""
    with Vault.open(root, cache_dir=cache, jobs=1) as vault:
        vault._reader.searched(TABLES["search"])
        return {name: value() for name, (_, value) in _records(vault._reader, "search").items()}


def test_what_is_kept_is_that_of_the_vault_without_its_private_notes(asked, tmp_path):
    write(
        asked.root,
        {
            "Also hidden.md": "---\nprivate: true\n---\n[[DeepSeek]] [[Hidden]] [[Elsewhere]]",
            "A.md": "See [[Hidden|that]].",
        },
    )
    with_them = records(asked.root, asked.cache)
    for name in ("Hidden.md", "Also hidden.md"):
        (asked.root / name).unlink()
    assert records(asked.root, tmp_path / "another cache") == with_them
    assert with_them.keys() >= {"m", "x-", "names", "linked"}


@pytest.mark.skipif(os.name == "nt", reason="A FILE'S NAME CAN'T HOLD SUCH SIGNS HERE")
def test_a_name_with_a_line_end_is_a_name(asked):
    write(asked.root, {"Odd\nname\t.md": "quokka [[DeepSeek]]", "name.md": "wombat [[DeepSeek]]"})
    for _ in range(2):
        assert asked("search", "quokka")[1].startswith("Odd\\x0aname\\x09  Odd\\x0aname\\x09.md\n")
        assert asked("find", "odd name")[0] == 1
        told = json.loads(asked("search", "linked:name", "--json")[1])
        assert [hit["path"] for hit in told["hits"]] == ["Actors/DeepSeek.md"]
        told = json.loads(asked("search", "linked:DeepSeek", "--json")[1])
        assert len(told["hits"]) == 3


def test_a_build_leaves_the_index_for_the_next_question(asked, tmp_path):
    with Vault.open(asked.root, cache_dir=asked.cache, jobs=1) as vault:
        vault.build(tmp_path / "site", once=True)
    assert asked("search", "model")[2] == ""
    assert asked("find", "DeepSeek")[2] == ""


def test_a_preview_with_drafts_leaves_none(asked, tmp_path):
    with Vault.open(asked.root, cache_dir=asked.cache, jobs=1, drafts=True) as vault:
        assert [hit.path for hit in vault.search("zebra").hits] == ["Hidden.md"]
    assert asked("search", "zebra") == (1, "", READ + "No note was found.\n")


@pytest.mark.parametrize("record", ["index m", "index x-", "index names", "index linked", "index digests"])
@pytest.mark.parametrize("damage", [b"", b"\xc1 nonsense"])
def test_a_damaged_record_costs_time_and_nothing_else(asked, record, damage):
    before = answers(asked)
    with Memo(asked.cache / cache_name(asked.root)) as memo:
        assert memo.get(record)
        memo.replace([(record, damage)] if damage else (), () if damage else (record,))
    assert answers(asked) == before
    assert asked("search", "model")[2] == ""


def test_a_site_without_search_is_searched_here(asked):
    write(asked.root, {"vaultkit.toml": "site.search = false"})
    assert asked("search", "small")[1].startswith("Distillation")
    assert asked("search", "small")[2] == ""


def test_a_site_in_the_vault_is_no_part_of_it(asked, monkeypatch):
    monkeypatch.chdir(asked.root)
    with Vault.open(asked.root, cache_dir=asked.cache, jobs=1) as vault:
        vault.build(asked.root / "site")
    assert asked("search", "model")[2] == ""


def test_without_a_cache_there_are_answers(asked, tmp_path):
    asked.cache = tmp_path / "file"
    asked.cache.write_text("no folder")
    code, out, err = asked("search", "small")
    assert (code, out.splitlines()[0]) == (0, "Distillation  Concepts/Distillation.md")
    assert "can't be used" in err


def test_a_question_loads_nothing_that_parses_or_computes(asked):
    asked("search", "model")
    heavy = (
        "markdown_it networkx jinja2 yaml nh3 pygments latex2mathml numpy rich multiprocessing vaultkit.reader".split()
    )
    code = (
        f"import sys; from vaultkit import cli; cli.run(sys.argv[1:]); print([m for m in {heavy} if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    for question in (["search", "small model"], ["find", "DeepSeek"]):
        command = [sys.executable, "-c", code, *question, "-V", asked.root, "--cache-dir", asked.cache]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert ended.stdout.endswith("\n[]\n")
        assert ended.stderr == ""


def test_what_search_needs_includes_what_find_needs():
    assert set(TABLES["find"]) < set(TABLES["search"])
