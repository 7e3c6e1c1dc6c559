"""Which folders are kinds of things, and lead the navigation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import vaults

from vaultkit.links.types import entity_types, nav_problems
from vaultkit.model import VaultPath
from vaultkit.vault import Vault


def folders(**n_notes: int) -> Mapping[str, tuple[VaultPath, ...]]:
    return {folder: tuple(VaultPath(f"{folder}/{i}.md") for i in range(n)) for folder, n in n_notes.items()}


@pytest.mark.parametrize(
    ("nav", "types"),
    [((), ["Many", "Five"]), (("Few",), ["Many", "Five", "Few"]), (("Few", "Gone"), ["Many", "Five", "Few"])],
)
def test_a_folder_is_a_type_from_five_notes_on_or_where_it_is_named(nav: tuple[str, ...], types: list[str]) -> None:
    made = entity_types(nav)(folders(Few=1, Five=5, Many=99, Four=4))
    assert sorted(made, key=lambda folder: made[folder].rank) == types


@pytest.mark.parametrize(
    ("nav", "hint"),
    [
        (("Concepts",), None),
        (("concepts",), 'Did you mean "Concepts"?'),
        (("Concepts/",), 'Did you mean "Concepts"?'),
        (("Elsewhere",), ""),
        ((), None),
    ],
)
def test_a_named_folder_without_notes_is_a_problem(nav: tuple[str, ...], hint: str | None) -> None:
    found = [problem for row in nav_problems(nav)(folders(Concepts=1)).values() for problem in row]
    assert [(problem.code, problem.hint) for problem in found] == ([] if hint is None else [("VK005", hint)])


NOTES = """\
-- vaultkit.toml --
[site]
nav = ["Small", "Large", "Hidden", "Gone"]
-- Small/A.md --
a
-- Hidden/B.md --
---
publish: false
---
-- Large/1.md --
-- Large/2.md --
-- Large/3.md --
-- Large/4.md --
-- Large/5.md --
-- Other/1.md --
-- Other/2.md --
-- Other/3.md --
-- Other/4.md --
-- Other/5.md --
"""


def test_the_navigation_shows_every_folder_it_names_and_tells_of_the_rest(
    make_vault: Callable[..., Path], tmp_path: Path
) -> None:
    root = make_vault(NOTES)
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    report = vault.build(tmp_path / "site")
    assert sections(tmp_path) == '[["Small","Small/index.html"],["Large","Large/index.html"]]'
    assert [found.path for found in report.problems if found.name == "nav-nowhere"] == ["Gone", "Hidden"]
    vaults.write(root, {"Gone/C.md": "c"})
    report = vault.build(tmp_path / "site")
    assert sections(tmp_path).endswith('["Gone","Gone/index.html"]]')
    assert [found.path for found in report.problems if found.name == "nav-nowhere"] == ["Hidden"]
    vaults.build(root, tmp_path / "clean")
    vaults.assert_same(vaults.tree(tmp_path / "site"), vaults.tree(tmp_path / "clean"))


def sections(folder: Path) -> str:
    line = (folder / "site" / "static" / "theme.js").read_text("utf-8").partition("\n")[0]
    return line.removeprefix("const vkSections=").removesuffix(";")
