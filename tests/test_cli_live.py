"""The commands that go on until they are ended: what they say to the terminal, what they leave on disk, how they end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import vaults

import vaultkit
from vaultkit import cli

PATIENCE = 30.0
"""Seconds after which a command that doesn't say what it should is ended."""


class Command:
    """A command that runs, and what it says on standard error."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def says(self, pattern: str) -> str:
        """Wait for a line that has this in it, and give it back."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))
            if re.search(pattern, line):
                return self.said[-1]
        pytest.fail(f"{pattern!r} was never said, but:\n" + "\n".join(self.said))


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Command]:
    """The command in *folder*, ended with Ctrl-C, which is no error."""
    root = str(Path(vaultkit.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-m", "vaultkit", *arguments, "--cache-dir", "cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": root, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        command = Command(process)
        try:
            yield command
            process.send_signal(signal.SIGINT)
            assert command.says("Ended") == "Ended; nothing is half written."
            assert process.wait() == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            alarm.cancel()
            process.kill()


@pytest.fixture
def folder(make_vault, tmp_path) -> Path:
    make_vault({"A.md": "See [[B]].\n", "B.md": "Words.\n"})
    return tmp_path


@pytest.fixture
def run(capsys, monkeypatch, folder):
    monkeypatch.chdir(folder)

    def command(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        return cli.run([*arguments]), capsys.readouterr().err

    return command


def write(folder: Path, name: str, text: str) -> None:
    (folder / "vault" / name).write_text(text, encoding="utf-8")


def is_clean(folder: Path) -> bool:
    """Whether the site is what a stranger's first build makes."""
    clean = folder / "clean"
    vaults.build(folder / "vault", clean)
    return vaults.tree(clean) == vaults.tree(folder / "site")


# ---------------------------------------------------------------------------
# What is written is built
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["build", "vault", "--watch"], ["serve", "vault", "--watch-only"]])
def test_a_site_is_kept_up_to_date_for_other_servers(folder, arguments):
    with running(folder, *arguments) as command:
        first = command.says("rendered in")
        assert re.fullmatch(r"\d\d:\d\d:\d\d  2 notes, 7 pages rendered in \d+\.\d\d s", first)
        write(folder, "B.md", "Other words.\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d  B\.html, previews/B\.js in \d+\.\d\d s", command.says(r"B\.html"))
        write(folder, "C.md", "New.\n")
        command.says("C.html")
        (folder / "vault" / "C.md").unlink()
        command.says(r"C\.html \(gone\)")
    assert is_clean(folder)


def test_problems_are_told_as_they_come_and_counted_as_they_go(folder):
    with running(folder, "build", "vault", "--watch") as command:
        command.says("rendered in")
        write(folder, "B.md", "---\nrating: @3\n---\nWords.\n")
        assert command.says("VK101").startswith("vault/B.md:2:9: warning[VK101]: ")
        assert command.says("Read as") == '    Read as rating: "@3"'
        write(folder, "B.md", "Words.\n")
        assert command.says("mended").endswith("  1 problem mended")
        assert [line for line in command.said if "VK101" in line] == [
            line for line in command.said if "B.md:2:9" in line
        ]


def test_it_explains_what_differs(folder):
    with running(folder, "build", "vault", "--watch", "--explain") as command:
        command.says("rendered in")
        write(folder, "A.md", "See [[B]], and [[B|so on]].\n")
        assert command.says("^    A") == "    A.html: description changed, lead changed"
        assert command.says("^    B") == "    B.html: backlink from A changed"


def test_a_mistake_of_a_template_keeps_the_site_until_it_is_mended(folder):
    (folder / "vault" / "theme").mkdir()
    write(folder, "vaultkit.toml", '[site]\ntemplates = "theme"\n')
    with running(folder, "build", "vault", "--watch") as command:
        command.says("rendered in")
        before = vaults.tree(folder / "site")
        write(folder, "theme/note.html", "{% extend %}")
        assert "  error: note.html:1: " in command.says("error")
        assert vaults.tree(folder / "site") == before
        write(folder, "theme/note.html", '{% extends "default/note.html" %}')
        (folder / "vault" / "theme" / "note.html").unlink()
        write(folder, "B.md", "Other words.\n")
        command.says("B.html")


def test_settings_that_leave_open_what_is_private_keep_the_site_until_they_are_mended(folder):
    with running(folder, "build", "vault", "--watch") as command:
        command.says("rendered in")
        before = vaults.tree(folder / "site")
        write(folder, "vaultkit.toml", '[publish]\nexlcude = ["B.md"]\n')
        command.says("error: it isn't certain what may be published")
        assert command.says("Did you mean") == "    Did you mean `publish.exclude`?"
        assert vaults.tree(folder / "site") == before
        write(folder, "vaultkit.toml", '[publish]\nexclude = ["B.md"]\n')
        command.says(r"B\.html \(gone\)")
    assert is_clean(folder)
    assert "B.html" not in vaults.tree(folder / "site")


def test_a_style_sheet_of_obsidian_publish_is_used_as_it_comes_and_goes(folder):
    with running(folder, "build", "vault", "--watch") as command:
        command.says("rendered in")
        write(folder, "publish.css", "a {}")
        command.says("and 5 more in")
        assert (folder / "site" / "static" / "custom.css").read_text() == "a {}"
        write(folder, "publish.css", "b {}")
        command.says(r"static/custom\.css in")
        (folder / "vault" / "publish.css").unlink()
        command.says(r"and 5 more in")
    assert is_clean(folder)


# ---------------------------------------------------------------------------
# How it is served
# ---------------------------------------------------------------------------


def test_the_address_is_a_result_and_can_be_opened(folder):
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{folder}/opened"\n')
    browser.chmod(0o755)
    with running(folder, "serve", "vault", "--port", "0", "--open", BROWSER=f"{browser} %s") as command:
        command.says("rendered in")
        assert command.process.stdout is not None
        line = command.process.stdout.readline()
        assert re.fullmatch(r"vault is at http://localhost:\d+/  \(Ctrl-C ends it\)\n", line)
        assert (folder / "opened").read_text().strip() in line


def test_it_says_when_others_can_read_it(folder):
    with running(folder, "serve", "vault", "--port", "0", "--host", "127.0.0.2") as command:
        assert command.says("reach") == "Everybody who can reach 127.0.0.2 can read it."
        command.says("rendered in")


def test_drafts_stay_out_of_the_site_and_go_with_the_cache(folder, run):
    write(folder, "Secret.md", "---\npublish: false\n---\nUnder the rose.\n")
    with running(folder, "serve", "vault", "--port", "0", "--drafts") as command:
        command.says("rendered in")
    drafts = folder / "cache" / "drafts"
    assert [path.name for path in drafts.rglob("Secret.html")] == ["Secret.html"]
    assert not (folder / "site").exists()
    code, told = run("clean", "--vault", "vault", "--cache", "--cache-dir", "cache")
    assert (code, told) == (0, "")
    assert list(drafts.iterdir()) == []
    assert (folder / "vault" / "Secret.md").is_file()


# ---------------------------------------------------------------------------
# What it doesn't begin
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "vault", "--watch", "--swap"], "leave one out"),
        (["build", "vault", "--watch", "--json"], "leave one out"),
        (["serve", "nowhere"], "there is no folder nowhere"),
        (["serve", "vault", "-o", "vault"], "vault"),
        (["serve", "vault", "--host", "no.such.name.invalid"], "can't listen at no.such.name.invalid"),
    ],
)
def test_what_can_not_be_done_is_said_at_once(run, arguments, message):
    code, told = run(*arguments)
    assert code == 2
    assert told.startswith("error: ")
    assert message in told


def test_a_port_that_is_taken_is_told(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, told = run("serve", "vault", "--port", str(port))
    assert (code, f"Port {port} is taken" in told) == (2, True)


def test_nothing_is_served_while_it_is_open_what_is_private(run, folder):
    write(folder, "vaultkit.toml", '[publish]\nexlcude = ["B.md"]\n')
    code, told = run("serve", "vault")
    assert (code, "Did you mean `publish.exclude`?" in told) == (2, True)
    assert not (folder / "site").exists()
