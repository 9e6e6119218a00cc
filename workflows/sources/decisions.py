"""Reads DMN files (1.1 to 1.5; dmn-js writes 1.3) into decisions, knowledge and services.

What cannot be decided exactly is a finding of severity `error`, never ignored (design:
diagrams): foreign expression languages and functions, cells that are not FEEL, missing or
circular requirements. A decision with such an error is left out of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from workflows.feel.decisions import Decision, Knowledge, Service
from workflows.findings import Finding
from workflows.sources.formulas import Unusable, name_of
from workflows.sources.remarks import Remarks
from workflows.sources.requirements import ModelReader
from workflows.sources.xml import read_xml

Read = TypeVar("Read", Decision, Knowledge, Service)

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)


@dataclass(frozen=True, slots=True)
class Model:
    """What a file can decide: its usable decisions, knowledge and services.

    `imports` are the names under which it and the files that it imports know other files.
    """

    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]
    imports: frozenset[str]
    findings: tuple[Finding, ...]


def read_decisions(data: bytes, file: str) -> tuple[tuple[Decision, ...], tuple[Finding, ...]]:
    """All usable decisions of a file, in its order, and what is wrong with the others.

    Raises Unreadable if the file is no XML or is hostile.
    """
    model = read_model(data, file)
    return model.decisions, model.findings


def read_model(data: bytes, file: str, beside: Mapping[str, bytes] | None = None) -> Model:
    """Everything that a file can decide; `beside` are the files that it may import.

    Raises Unreadable if the file is no XML or is hostile.
    """
    root = read_xml(data, file)
    remarks = Remarks(file)
    if not is_dmn(root):
        remarks.error("dmn-not-dmn", root, "不是 DMN 决策文件", "请用决策表编辑器重新保存")
        return Model((), (), (), frozenset(), remarks.collected())
    others = {name: one for name, one in _trees(beside or {}).items() if is_dmn(one)}
    reader = ModelReader(root, remarks, others)
    if not reader.decisions and not reader.knowledge_nodes:
        remarks.error("dmn-empty", root, "文件里没有决策")
    return Model(
        tuple(_usable(reader.decision, reader.decisions)),
        tuple(_usable(reader.knowledge, reader.knowledge_nodes)),
        tuple(_usable(reader.service, reader.services)),
        frozenset(reader.import_names()),
        reader.findings(),
    )


def is_dmn(root: etree._Element) -> bool:
    """Whether a tree is a DMN file of a version that is known here."""
    return name_of(root) == "definitions" and etree.QName(root).namespace in NAMESPACES


def _trees(files: Mapping[str, bytes]) -> dict[str, etree._Element]:
    return {name: read_xml(data, name) for name, data in files.items()}


def _usable(read: Callable[[str], Read], keys: Iterable[str]) -> Iterator[Read]:
    for key in keys:
        try:
            yield read(key)
        except Unusable:
            continue
