"""Reads DMN files (1.1 to 1.5; dmn-js writes 1.3): decision tables and literal expressions.

What cannot be decided exactly is a finding of severity `error`, never ignored (design:
diagrams): other boxed logic, foreign expression languages, cells that are not FEEL, missing
or circular requirements. A decision with such an error is left out of the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflows.feel.decisions import Decision, Table
from workflows.feel.evaluating import Expression
from workflows.findings import Finding
from workflows.sources.remarks import Remarks, line_of
from workflows.sources.tables import (
    Element,
    Unusable,
    children,
    expression,
    first,
    name_of,
    read_table,
)
from workflows.sources.xml import read_xml

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
_LOGIC = frozenset(
    {
        "decisionTable",
        "literalExpression",
        "context",
        "invocation",
        "list",
        "relation",
        "functionDefinition",
        "conditional",
        "for",
        "some",
        "every",
        "filter",
    }
)


def read_decisions(data: bytes, file: str) -> tuple[tuple[Decision, ...], tuple[Finding, ...]]:
    """All usable decisions of a file, in its order, and what is wrong with the others.

    Raises Unreadable if the file is no XML or is hostile.
    """
    root = read_xml(data, file)
    remarks = Remarks(file)
    namespace = etree.QName(root).namespace
    if name_of(root) != "definitions" or namespace not in NAMESPACES:
        remarks.error("dmn-not-dmn", root, "不是 DMN 决策文件", "请用决策表编辑器重新保存")
        return (), remarks.collected()
    reader = _FileReader(root, remarks)
    decisions = tuple(reader.usable())
    if not reader.drawn:
        remarks.error("dmn-empty", root, "文件里没有决策")
    return decisions, remarks.collected()


class _FileReader:
    """Resolves the decisions of one file, each after those that it requires."""

    def __init__(self, root: Element, remarks: Remarks) -> None:
        self.remarks = remarks
        self.drawn: dict[str, Element] = {}
        for node in children(root, "decision"):
            key = node.get("id") or ""
            if not key:
                remarks.error("dmn-no-id", node, "决策没有编号（id）")
            elif key in self.drawn:
                remarks.error("dmn-same-id", node, f"决策编号“{key}”用了两次")
            else:
                self.drawn[key] = node
        self._done: dict[str, Decision | None] = {}
        self._open: list[str] = []
        for node in root:
            if name_of(node) in {"businessKnowledgeModel", "import", "decisionService"}:
                sentence = f"不支持“{name_of(node)}”，决策不能使用它"
                remarks.error("dmn-unsupported", node, sentence)

    def usable(self) -> Iterator[Decision]:
        for key in self.drawn:
            decision = self.decision(key)
            if decision is not None:
                yield decision

    def decision(self, key: str) -> Decision | None:
        if key in self._done:
            return self._done[key]
        self._open.append(key)
        try:
            found: Decision | None = self._read(self.drawn[key])
        except Unusable:
            found = None
        self._open.pop()
        self._done[key] = found
        return found

    def _read(self, node: Element) -> Decision:
        required = self._required(node)
        variable = first(node, "variable")
        name = node.get("name") or node.get("id") or ""
        known_as = name if variable is None else variable.get("name") or name
        return Decision(
            id=node.get("id") or "",
            name=name,
            variable=known_as,
            logic=self._logic(node),
            required=required,
            line=line_of(node),
        )

    def _required(self, node: Element) -> tuple[Decision, ...]:
        found = []
        for requirement in children(node, "informationRequirement"):
            for link in children(requirement, "requiredDecision"):
                found.append(self._linked(link))
        return tuple(found)

    def _linked(self, link: Element) -> Decision:
        key = (link.get("href") or "").partition("#")[2]
        if key not in self.drawn:
            raise self._error("dmn-missing", link, f"依赖的决策“{key}”不在这个文件里")
        if key in self._open:
            raise self._error("dmn-circle", link, f"决策“{key}”绕了一圈又依赖自己")
        required = self.decision(key)
        if required is None:
            raise self._error("dmn-missing", link, f"依赖的决策“{key}”有错误")
        return required

    def _error(self, code: str, node: Element, sentence: str, remedy: str = "") -> Unusable:
        self.remarks.error(code, node, sentence, remedy)
        return Unusable()

    def _logic(self, node: Element) -> Table | Expression:
        logic = [child for child in node if name_of(child) in _LOGIC]
        if not logic:
            raise self._error("dmn-no-logic", node, "决策没有决策表，也没有表达式")
        kind = name_of(logic[0])
        if kind == "decisionTable":
            return read_table(logic[0], self.remarks)
        if kind == "literalExpression":
            return expression(logic[0], "表达式", self.remarks)
        raise self._error("dmn-unsupported", logic[0], f"不支持“{kind}”形式的决策")
