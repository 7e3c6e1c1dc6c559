"""The words of schema.org for roles, keys and kinds, as data beside the vocabulary."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from vaultkit import yaml_core

NAMESPACE = "https://schema.org/"

_FILE = Path(__file__).with_suffix(".yaml")


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    term: str
    inverse: bool = False
    """Whether it is said of what has the role, not of what the role is toward."""


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    roles: dict[str, Term]
    keys: dict[str, str]
    kinds: dict[str, str]


@cache
def terms() -> Terms:
    root = yaml_core.compose(_FILE.read_text(encoding="utf-8")).root
    assert root is not None
    return msgspec.convert(yaml_core.value(root), Terms)
