"""Every test has its own cache folder and a Hypothesis that always tries the same examples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import pytest
import vaults
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile(
    "vaultkit",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("fuzz", settings.get_profile("vaultkit"), derandomize=False)
settings.load_profile("fuzz" if "VAULTKIT_FUZZ" in os.environ else "vaultkit")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The cache of whoever runs the tests is neither read nor written."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def make_vault(tmp_path: Path) -> Callable[..., Path]:
    """Writes a vault below the test's folder: `make_vault({"A.md": "…"}, "name")`."""

    def make(files: vaults.Files | str, name: str = "vault") -> Path:
        return vaults.write(tmp_path / name, files)

    return make


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as started:
        yield started


@pytest.fixture(params=["http", "file"])
def home(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """The address of a module's `site`, from a server and from the disk."""
    if request.param == "file":
        yield f"{site.as_uri()}/"
    else:
        with browsing.served(site) as address:
            yield address
