"""BPMN 2.0 XML → `model.Process` values with source lines, and what was found on the way.

Reading never refuses by exception once the XML is well-formed BPMN: everything that is not
understood is a finding of severity `error`, so that the designer sees all of it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from workflows.errors import Unreadable
from workflows.findings import Finding
from workflows.model import Process
from workflows.sources.foreign import survey_foreign
from workflows.sources.lanes import read_lanes
from workflows.sources.remarks import Remarks
from workflows.sources.scopes import read_scope
from workflows.sources.sheet import Sheet, bpmn_children, local, survey, words
from workflows.sources.xml import read_xml

MAX_PROCESSES = 100  # of one file
_ROOT_CHILDREN = words(
    """process collaboration message signal error escalation itemDefinition dataStore category
    documentation extensionElements import interface resource partnerEntity partnerRole endPoint
    correlationProperty relationship extension globalUserTask globalManualTask globalTask
    globalBusinessRuleTask globalScriptTask messageEventDefinition timerEventDefinition
    errorEventDefinition escalationEventDefinition signalEventDefinition
    conditionalEventDefinition terminateEventDefinition linkEventDefinition"""
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The executable processes of one file, in drawing order, and the reader's findings."""

    processes: tuple[Process, ...]
    findings: tuple[Finding, ...]
    owners: Mapping[Finding, str] = field(default_factory=lambda: MappingProxyType({}))

    def about(self, key: str) -> tuple[Finding, ...]:
        """What was found in the process `key` and in the file as a whole: what is wrong with
        another pool does not keep this one from running.
        """
        return tuple(f for f in self.findings if self.owners.get(f, key) == key)


def read_diagram(data: bytes, file: str) -> Reading:
    """Read a BPMN file. Raises `Unreadable` where it is not a BPMN diagram at all."""
    root = read_xml(data, file)
    if local(root) != "definitions":
        raise Unreadable(f"{file}：这不是 BPMN 2.0 流程图（最外层应为 bpmn:definitions）")
    remarks = Remarks(file)
    sheet = survey(root, remarks)
    for child in bpmn_children(root):
        if local(child) not in _ROOT_CHILDREN:
            remarks.error("unknown-element", child, f"不认识的元素“{local(child)}”，不能执行")
    chosen = _executable(root, remarks)
    if len(chosen) > MAX_PROCESSES:
        raise Unreadable(f"{file}：流程超过 {MAX_PROCESSES} 个，不予读取")
    processes = [_process(node, sheet) for node in chosen]
    if not processes:
        remarks.error("no-process", root, "文件里没有可以执行的流程", "画一个泳池或流程")
    return Reading(tuple(processes), remarks.collected(), remarks.owners())


def _executable(root: etree._Element, remarks: Remarks) -> list[etree._Element]:
    """Processes marked executable; where none is marked, all that have content."""
    found = list(bpmn_children(root, "process"))
    marked = [p for p in found if p.get("isExecutable") in {"true", "1"}]
    if marked:
        for process in found:
            if process not in marked and len(process):
                remarks.note("not-executable", process, "这个流程没有标为可执行，不执行")
        return marked
    filled = [p for p in found if any(local(child) for child in p)]
    for process in filled:
        remarks.note("not-executable", process, "流程没有标为可执行，按可执行处理")
    return filled


def _process(node: etree._Element, sheet: Sheet) -> Process:
    key = node.get("id", "")
    sheet.remarks.process = key
    try:
        return _read(node, key, sheet)
    finally:
        sheet.remarks.process = None


def _read(node: etree._Element, key: str, sheet: Sheet) -> Process:
    survey_foreign(node, sheet)
    if not key:
        sheet.remarks.error("no-id", node, "流程没有标识", "给流程一个 id")
    lanes = read_lanes(node, sheet)
    return Process(
        key=key,
        name=" ".join((node.get("name") or sheet.pools.get(key, "")).split()),
        file=sheet.file,
        scope=read_scope(node, sheet),
        lanes=MappingProxyType(lanes),
        uses_gov=sheet.uses_gov,
    )
