"""Two fingerprints of a bundle: what it means, and the bytes as drawn (design §3½).

*Meaning* is over ids, labels (people act on them), semantics, decisions and forms. Layout,
white space, comments and the order of elements do not count. The order of the flows out of an
exclusive gateway does: the first true condition wins.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from lxml import etree

from workflows.model import Element, Flow, Kind, Process, Scope
from workflows.sources.sheet import PICTURE
from workflows.sources.xml import read_xml

FORMAT = "meaning/1"
_NOT_MEANT = frozenset({"line", "file"})
_LATER = frozenset(
    {"throws", "repeats", "rank"}
)  # joined later: counts only where drawn, older digests stay
_DRESSING = frozenset({"layout", "exporter", "schemaVersion", "$schema"})


def file_digest(data: bytes) -> str:
    """SHA-256 of the bytes as they are."""
    return hashlib.sha256(data).hexdigest()


def meaning(
    processes: Iterable[Process],
    decisions: Iterable[tuple[str, bytes]] = (),
    forms: Mapping[str, bytes] | None = None,
) -> str:
    """SHA-256 over the meaning of processes, decision files (name, bytes) and forms by id."""
    said = {
        "format": FORMAT,
        "processes": {p.key: _plain(p) for p in processes},
        "decisions": sorted(_table(data, file) for file, data in decisions),
        "forms": {key: _form(data) for key, data in (forms or {}).items()},
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A frozen value of the model as JSON, without what is only layout."""
    if isinstance(value, Scope):
        return {
            "elements": {e.id: _plain(e) for e in value.elements.values()},
            "flows": sorted(_flow(flow, at, value) for at, flow in enumerate(value.flows)),
        }
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in fields(value)
            if f.name not in _NOT_MEANT
            and not (f.name in _LATER and not getattr(value, f.name))
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _flow(flow: Flow, at: int, scope: Scope) -> list[str]:
    source: Element | None = scope.elements.get(flow.source)
    ordered = source is not None and source.kind is Kind.EXCLUSIVE and not flow.default
    rank = f"{at:06d}" if ordered and flow.condition else ""
    condition = flow.condition or ("default" if flow.default else "")
    return [flow.source, rank, flow.id, flow.target, flow.name, condition]


def _table(data: bytes, file: str) -> str:
    """A decision file without its picture and with white space laid flat."""
    return _element(read_xml(data, file))


def _element(node: etree._Element) -> str:
    attributes = sorted((str(k), str(v)) for k, v in node.attrib.items())
    inner = [
        _element(child)
        for child in node
        if isinstance(child.tag, str) and not _is_picture(str(child.tag))
    ]
    text = " ".join((node.text or "").split())
    return json.dumps([str(node.tag), attributes, text, inner], ensure_ascii=False)


def _is_picture(tag: str) -> bool:
    namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    return namespace in PICTURE or "/DMNDI/" in namespace or namespace.endswith("DMNDI/")


def _form(data: bytes) -> Any:
    """A form's JSON without layout and the marks of the tool that saved it."""
    return _undressed(json.loads(data))


def _undressed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _undressed(v) for k, v in value.items() if k not in _DRESSING}
    if isinstance(value, list):
        return [_undressed(one) for one in value]
    return value
