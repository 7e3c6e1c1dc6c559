"""The facts as linked data: Turtle and JSON-LD, each fact as a triple, and as a statement that says who states it.

Both are written subject by subject: a store of triples would take more memory
than all the rest of a vault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from vaultkit.export.contents import Contents
from vaultkit.facts import Fact
from vaultkit.knowledge import schema_org

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "urn:vaultkit:"
ROLE = "urn:vaultkit:role:"
PREFIXES = {"rdf": RDF, "role": ROLE, "schema": schema_org.NAMESPACE, "vk": OURS}

_LOCAL = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_TOLD = ("words", "value", "section", "source", "detail", "status", "year", "amount", "stake", "round")
"""What a statement says of its fact, where it says anything."""


class Iri(NamedTuple):
    iri: str


Object = Iri | str | int
Triple = tuple[str, str, Object]


def turtle(contents: Contents) -> bytes:
    from rdflib import Literal, URIRef

    def written(term: Object) -> str:
        match term:
            case Iri(iri):
                return short(iri)
            case int():
                return str(term)
        return str(Literal(term).n3())

    def short(iri: str) -> str:
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(local := iri[len(namespace) :]):
                return f"{prefix}:{local}"
        return str(URIRef(iri).n3())

    lines = [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in PREFIXES.items()]
    for subject, pairs in _grouped(contents):
        said = [
            f"{'a' if predicate == RDF + 'type' else short(predicate)} {', '.join(map(written, objects))}"
            for predicate, objects in pairs
        ]
        lines.append(f"\n{short(subject)} " + " ;\n    ".join(said) + " .")
    return "\n".join([*lines, ""]).encode()


def json_ld(contents: Contents) -> bytes:
    """One resource a line."""

    def written(term: Object) -> Any:
        return {"@id": term.iri} if isinstance(term, Iri) else term

    def short(iri: str) -> str:
        prefix = next((prefix for prefix, start in PREFIXES.items() if prefix != "vk" and iri.startswith(start)), "")
        prefix = prefix or ("vk" if iri.startswith(OURS) else "")
        return f"{prefix}:{iri[len(PREFIXES[prefix]) :]}" if prefix else iri

    rows = []
    for subject, pairs in _grouped(contents):
        row: dict[str, Any] = {"@id": subject}
        for predicate, objects in pairs:
            if predicate == RDF + "type":
                row["@type"] = [term.iri for term in objects if isinstance(term, Iri)]
            else:
                row[short(predicate)] = [written(term) for term in objects]
        rows.append(json.dumps(row, ensure_ascii=False))
    context = json.dumps(PREFIXES)
    listed = ",\n".join(rows)
    return f'{{"@context": {context},\n"@graph": [\n{listed}\n]}}\n'.encode()


def _grouped(contents: Contents) -> Iterator[tuple[str, list[tuple[str, list[Object]]]]]:
    """What is said of each subject, by predicate; first of the nodes, then of the statements."""
    name = _Names(contents)
    of_nodes = sorted({*_nodes(contents, name), *_links(contents, name), *_facts(contents, name)}, key=_order)
    yield from _by_subject(of_nodes)
    for key, fact in contents.facts:
        yield from _by_subject(_statement(key, fact, name))


def _by_subject(triples: Iterable[Triple]) -> Iterator[tuple[str, list[tuple[str, list[Object]]]]]:
    for subject, group in groupby(triples, key=lambda triple: triple[0]):
        yield (
            subject,
            [
                (predicate, [triple[2] for triple in same])
                for predicate, same in groupby(group, key=lambda triple: triple[1])
            ],
        )


def _order(triple: Triple) -> tuple[str, str, str, str]:
    subject, predicate, term = triple
    return subject, predicate, type(term).__name__, term.iri if isinstance(term, Iri) else str(term)


class _Names:
    """The IRIs of things: addresses of their pages, where the site has one."""

    def __init__(self, contents: Contents) -> None:
        self.base = contents.base_url
        self.nodes = contents.graph.nodes

    def node(self, node: str) -> str:
        url = self.nodes[node]["url"]
        if not self.base:
            return f"vault:{quote(node)}"
        return self.base + (quote(url) if url else f"#{quote(node)}")

    def fact(self, key: str) -> str:
        return f"{self.base or 'vault:'}#{quote(key)}"


def _role(role: str) -> str:
    return ROLE + quote(role, safe="")


def _nodes(contents: Contents, name: _Names) -> Iterator[Triple]:
    kinds = schema_org.terms().kinds
    schema = schema_org.NAMESPACE
    for node, data in contents.graph.nodes(data=True):
        iri = name.node(node)
        yield iri, OURS + "kind", data["kind"]
        yield iri, schema + "name", data["title"]
        known = kinds.get(contents.kinds.get(node, ""))
        if known:
            yield iri, RDF + "type", Iri(schema + known)
        if data["type"]:
            yield iri, OURS + "type", data["type"]
        if data["kind"] not in ("wanted", "ambiguous", "tag"):
            yield iri, OURS + "path", node
        for alias in data["aliases"]:
            yield iri, schema + "alternateName", alias
        for tag in data["tags"]:
            yield iri, schema + "keywords", tag


def _links(contents: Contents, name: _Names) -> Iterator[Triple]:
    for source, target, data in contents.graph.edges(data=True):
        if not data["role"]:
            predicate = OURS + "tag" if data["kind"] == "tag" else schema_org.NAMESPACE + "mentions"
            yield name.node(source), predicate, Iri(name.node(target))


def _facts(contents: Contents, name: _Names) -> Iterator[Triple]:
    terms, schema = schema_org.terms(), schema_org.NAMESPACE
    for _, fact in contents.facts:
        subject = name.node(fact.subject)
        yield subject, _role(fact.role), _object(fact, name)
        if fact.object and fact.is_typed and (term := terms.roles.get(fact.role)) is not None:
            other = name.node(fact.object)
            one, two = (other, subject) if term.inverse else (subject, other)
            yield one, schema + term.term, Iri(two)
        elif not fact.object and (key := terms.keys.get(fact.role)):
            yield subject, schema + key, fact.value


def _object(fact: Fact, name: _Names) -> Object:
    return Iri(name.node(fact.object)) if fact.object else fact.value


def _statement(key: str, fact: Fact, name: _Names) -> Iterator[Triple]:
    iri = name.fact(key)
    yield iri, RDF + "type", Iri(RDF + "Statement")
    yield iri, RDF + "subject", Iri(name.node(fact.subject))
    yield iri, RDF + "predicate", Iri(_role(fact.role))
    yield iri, RDF + "object", _object(fact, name)
    yield iri, OURS + "note", Iri(name.node(fact.note))
    yield iri, OURS + "line", fact.line
    for told in _TOLD:
        if getattr(fact, told) and (told != "value" or fact.object):
            yield iri, OURS + told, getattr(fact, told)
