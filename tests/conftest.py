"""Every test has its own cache folder and a Hypothesis that always tries the same examples."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import vaults
from hypothesis import HealthCheck, settings

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
