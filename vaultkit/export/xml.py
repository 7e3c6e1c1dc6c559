"""The graph as GraphML and GEXF, written by networkx."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree.ElementTree import ElementTree

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from vaultkit.export.contents import Contents
from vaultkit.export.zipped import LIST

_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 has no way to write."""


def graphml(contents: Contents) -> bytes:
    made = io.BytesIO()
    # The writer for lxml formats otherwise, and isn't everywhere.
    nx.write_graphml_xml(_plain(contents), made, named_key_ids=True)
    return made.getvalue() + b"\n"


def gexf(contents: Contents) -> bytes:
    graph = _plain(contents)
    for node, data in graph.nodes(data=True):
        data["label"] = data.pop("title", node)
    for *_, key, data in graph.edges(keys=True, data=True):
        # A label of the format's own is what programs draw beside an edge.
        data.update(id=key, label=data.get("role") or data["kind"], text=data.get("label", ""))
    writer = GEXFWriter(graph, version="1.2draft")
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)
        meta.clear()
    made = io.BytesIO()
    writer.indent(writer.xml)
    ElementTree(writer.xml).write(made, encoding="utf-8", xml_declaration=True)
    return made.getvalue() + b"\n"


def _plain(contents: Contents) -> nx.MultiDiGraph[str]:
    """The graph with nothing that XML can't hold, and without the many texts that are empty."""
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, data in contents.graph.nodes(data=True):
        plain.add_node(_text(node), **_said(data))
    for source, target, key, data in contents.graph.edges(keys=True, data=True):
        plain.add_edge(_text(source), _text(target), key=_text(key), **_said(data))
    return plain


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in data.items() if value not in ("", [])}


def _value(value: Any) -> Any:
    match value:
        case list():
            return _text(LIST.join(value))
        case str():
            return _text(value)
    return value


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
