"""Vaults with a past: real commits, at moments that a test names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import vaults

GIT = shutil.which("git") or ""


def needs_git() -> None:
    """Called by a module whose tests make commits."""
    if not GIT:
        pytest.skip("THE TESTS OF GIT'S HISTORY DO NOT RUN: no git", allow_module_level=True)


def git(root: Path, *arguments: str, at: str = "2026-01-01T00:00:00Z") -> str:
    """What git prints, run as by somebody without settings."""
    named = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _who(at)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**kept, **named, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    ended = subprocess.run([GIT, *arguments], cwd=root, env=env, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def _who(at: str) -> list[tuple[str, str]]:
    return [("NAME", "x"), ("EMAIL", "x@example.org"), ("DATE", at)]


def commit(root: Path, files: vaults.Files | str, at: str) -> str:
    """Write files (None deletes), commit all; the commit's id."""
    if not (root / ".git").exists():
        root.mkdir(parents=True, exist_ok=True)
        git(root, "init", "-q", "-b", "main")
    written = vaults.parse(files) if isinstance(files, str) else files
    vaults.write(root, {path: content for path, content in written.items() if content is not None})
    for path, content in written.items():
        if content is None:
            (root / path).unlink()
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "c", at=at)
    return git(root, "rev-parse", "HEAD")
