"""Digests of what a row was computed with, so that no stored row outlives its formula."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec

import msgspec


@cache
def code_digest(*names: str) -> str:
    """Digest of the source of modules, and of all modules of packages: a changed formula is another formula."""
    digest = blake2b(digest_size=16)
    for name in names:
        for spec in _specs(name):
            get_source = getattr(spec.loader, "get_source", None)
            source = get_source(spec.name) if get_source is not None else None
            digest.update(f"{spec.name}\0{source or ''}\0".encode())
    return digest.hexdigest()


@cache
def versions(*libraries: str) -> tuple[str, ...]:
    """The versions of libraries, which are looked up once: reading a library's metadata takes a millisecond."""
    return tuple(version(library) for library in libraries)


def value_digest(*values: object) -> str:
    """Digest of values that msgpack can hold."""
    return blake2b(msgspec.msgpack.encode(values), digest_size=16).hexdigest()


def _specs(name: str) -> Iterable[ModuleSpec]:
    spec = find_spec(name)
    if spec is None:
        return
    yield spec
    if spec.submodule_search_locations is not None:
        package = importlib.import_module(name)
        for info in sorted(pkgutil.walk_packages(package.__path__, name + "."), key=lambda found: found.name):
            found = find_spec(info.name)
            if found is not None:
                yield found
