"""The files that Obsidian Publish takes from a vault's folder (rule P-6): used where they are, followed as they change."""

from __future__ import annotations

from pathlib import Path

import pytest
import vaults

from vaultkit.config import load, sources
from vaultkit.diagnostics import VaultkitError
from vaultkit.vault import Vault

CSS, ICON = "publish.css", "favicon-32x32.png"

FILES = {"A.md": "See [[B]].", "B.md": "Words.", CSS: "main { color: red }", ICON: b"\x89PNG an icon"}


def built(folder: Path) -> dict[str, bytes]:
    """The site after a build like any, which must be what a stranger's first build makes."""
    Vault.open(folder / "vault", cache_dir=folder / "cache", jobs=1).build(folder / "site")
    clean = folder / f"clean{len(list(folder.iterdir()))}"
    vaults.build(folder / "vault", clean)
    site = vaults.tree(folder / "site")
    vaults.assert_same(site, vaults.tree(clean))
    return site


def look(site: dict[str, bytes]) -> tuple[str, str]:
    """What the site has of a style sheet and of an icon; empty where its pages don't ask for one."""
    page = site["A.html"].decode()
    css = site["static/custom.css"].decode() if '"static/custom.css"' in page else ""
    icon = site["static/icon.png"].decode(errors="replace") if 'rel="icon" href="static/icon.png"' in page else ""
    assert ("static/custom.css" in site, "static/icon.png" in site) == (css != "", icon != "")
    return css, icon


def test_they_are_used(make_vault, tmp_path):
    make_vault(FILES)
    assert look(built(tmp_path)) == ("main { color: red }", "\ufffdPNG an icon")


def test_without_them_the_theme_has_its_own(make_vault, tmp_path):
    make_vault({"A.md": "Words."})
    site = built(tmp_path)
    assert look(site) == ("", "")
    assert b'rel="icon" href="static/icon.svg"' in site["A.html"]


def test_builds_follow_their_coming_their_changes_and_their_going(make_vault, tmp_path):
    root = make_vault({"A.md": "Words."})
    assert look(built(tmp_path)) == ("", "")
    vaults.write(root, {CSS: "a {}", ICON: "one"})
    assert look(built(tmp_path)) == ("a {}", "one")
    vaults.write(root, {CSS: "b {}", ICON: "two"})
    assert look(built(tmp_path)) == ("b {}", "two")
    (root / CSS).unlink()
    (root / ICON).unlink()
    assert look(built(tmp_path)) == ("", "")


def test_a_change_of_them_renders_no_page(make_vault, tmp_path):
    root = make_vault(FILES)
    built(tmp_path)
    vaults.write(root, {CSS: "b {}", ICON: "two"})
    report = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1).build(tmp_path / "site")
    assert (report.rendered, sorted(report.written)) == ((), ["static/custom.css", "static/icon.png"])


@pytest.mark.parametrize("excluded", ["publish.css", "*.css", "/publish.css", "PUBLISH.CSS"])
def test_what_is_excluded_is_not_used(make_vault, tmp_path, excluded):
    make_vault({**FILES, "vaultkit.toml": f'[publish]\nexclude = ["{excluded}", "favicon*"]\n'})
    assert look(built(tmp_path)) == ("", "")


def test_a_link_is_not_followed(make_vault, tmp_path):
    root = make_vault({"A.md": "Words."})
    vaults.write(tmp_path, {"secret.txt": "Under the rose."})
    for name in (CSS, ICON):
        (root / name).symlink_to(tmp_path / "secret.txt")
    site = built(tmp_path)
    assert look(site) == ("", "")
    assert not any(b"Under the rose" in data for data in site.values())


def test_what_is_set_comes_first_and_nothing_is_a_setting_too(make_vault, tmp_path):
    root = make_vault({**FILES, "my.css": "mine {}", "my.ICO": "my icon"})
    (root / "vaultkit.toml").write_text('[site]\ncustom_css = "my.css"\nicon = "my.ICO"\n')
    site = built(tmp_path)
    assert (site["static/custom.css"], site["static/icon.ico"]) == (b"mine {}", b"my icon")
    assert b'rel="icon" href="static/icon.ico"' in site["A.html"]
    (root / "vaultkit.toml").write_text('[site]\ncustom_css = ""\nicon = ""\n')
    assert look(built(tmp_path)) == ("", "")


def test_an_icon_that_is_not_there_is_told(make_vault, tmp_path):
    root = make_vault({**FILES, "vaultkit.toml": '[site]\nicon = "nowhere.png"\n'})
    with pytest.raises(VaultkitError, match=r"nowhere\.png. Correct `site\.icon`"):
        vaults.build(root, tmp_path / "site")


def test_the_script_of_publish_is_never_used(make_vault, tmp_path):
    make_vault({**FILES, "publish.js": "alert('the script of the vault')"})
    site = built(tmp_path)
    assert not any(b"the script of the vault" in data or b"publish.js" in data for data in site.values())


def test_settings_say_where_they_come_from(make_vault):
    root = make_vault(FILES)
    found = {setting.key: (setting.value, setting.origin) for setting in load(root).settings}
    assert (found["site.custom_css"], found["site.icon"]) == ((CSS, CSS), (ICON, ICON))
    assert {root / CSS, root / ICON} <= set(sources(root))
