"""What a new file begins with: an empty diagram, table or form, a copy, or an imported file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from webapp.core.errors import Invalid, Unknown
from webapp.processes.queries.library import content_of, in_force

KINDS = {
    "process": "{name}.bpmn",
    "shared": "shared/{name}.bpmn",
    "decision": "decisions/{name}.dmn",
    "form": "forms/{name}.json",
    "scenario": "scenarios/{name}.yaml",
}

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:gov="urn:bianmin:gov:1"
  id="Definitions_{id}" targetNamespace="urn:bianmin:library">
  <bpmn:collaboration id="Collaboration_{id}">
    <bpmn:participant id="Pool_{id}" name="{title}" processRef="{name}"/>
  </bpmn:collaboration>
  <bpmn:process id="{name}" name="{title}" isExecutable="true">
    <bpmn:laneSet id="Lanes_{id}">
      <bpmn:lane id="Lane_Window" name="乡镇窗口" gov:role="township.window">
        <bpmn:flowNodeRef>Event_Start</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Event_Start" name="开始"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_{id}">
    <bpmndi:BPMNPlane id="Plane_{id}" bpmnElement="Collaboration_{id}">
      <bpmndi:BPMNShape id="Shape_Pool" bpmnElement="Pool_{id}" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="1000" height="240"/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Shape_Lane" bpmnElement="Lane_Window" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="970" height="240"/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Shape_Start" bpmnElement="Event_Start">
        <dc:Bounds x="252" y="182" width="36" height="36"/>
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="Definitions_{id}"
  name="{title}" namespace="urn:bianmin:library">
  <decision id="{name}" name="{title}">
    <decisionTable id="Table_{id}" hitPolicy="UNIQUE">
      <input id="Input_1" label="条件"><inputExpression id="InputExpression_1" typeRef="string">
        <text>outcome</text></inputExpression></input>
      <output id="Output_1" label="结果" name="result" typeRef="string"/>
    </decisionTable>
  </decision>
</definitions>
"""
_FORM = """{{
  "type": "default",
  "id": "{name}",
  "schemaVersion": 18,
  "components": [
    {{
      "id": "Field_opinion",
      "type": "textarea",
      "key": "opinion",
      "label": "意见",
      "validate": {{"required": true}}
    }}
  ]
}}
"""
_SCENARIO = """name: {title}
process: promised
requirements: []
facts: {{}}
steps: []
"""
_EMPTY = {
    "process": _DIAGRAM,
    "shared": _DIAGRAM,
    "decision": _TABLE,
    "form": _FORM,
    "scenario": _SCENARIO,
}


def kinds() -> list[tuple[str, str]]:
    """What can be begun, with its name."""
    return [
        ("process", _("办理路径（流程图）")),
        ("shared", _("共用部分（流程图）")),
        ("decision", _("决策表")),
        ("form", _("表单")),
        ("scenario", _("情形")),
    ]


def new_file(typed: Mapping[str, str]) -> tuple[str, bytes]:
    """Path and first content of a new file. Raises Invalid, Unknown."""
    kind, name = typed.get("kind", ""), typed.get("name", "").strip()
    title = typed.get("label", "").strip() or name
    if kind not in KINDS:
        raise Unknown("没有这种文件。")
    if not name:
        raise Invalid({"name": _("请写文件名，用小写字母、数字和连字符，例如 house-review。")})
    path = KINDS[kind].format(name=name)
    copied = typed.get("copy", "")
    if copied:
        return path, _copy(copied, path, name)
    safe = title.replace("&", "").replace("<", "").replace('"', "")
    text = _EMPTY[kind].format(name=name, id=name.replace("-", "_"), title=safe)
    return path, text.encode()


def copied(source: str, name: str) -> tuple[str, bytes]:
    """Path and content of a copy of a file in force, in the same folder. Raises Invalid, Unknown."""
    name = name.strip()
    if not name:
        raise Invalid({"name": _("请写文件名，用小写字母、数字和连字符，例如 house-review。")})
    folder, slash, _old = source.rpartition("/")
    path = f"{folder}{slash}{name}.{source.rpartition('.')[2]}"
    return path, _copy(source, path, name)


def _copy(source: str, path: str, name: str) -> bytes:
    digest = in_force().get(source)
    if digest is None or source.rpartition(".")[2] != path.rpartition(".")[2]:
        raise Unknown("没有可以复制的这个文件。")
    old = source.rpartition("/")[2].rpartition(".")[0]
    text = content_of(digest).decode("utf-8")
    return (
        text.replace(f'id="{old}"', f'id="{name}"')
        .replace(f'processRef="{old}"', f'processRef="{name}"')
        .replace(f'"id": "{old}"', f'"id": "{name}"')
        .encode()
    )


PLACES = {
    ".bpmn": "{}.bpmn",
    ".xml": "{}.bpmn",
    ".dmn": "decisions/{}.dmn",
    ".json": "forms/{}.json",
}


def imported(name: str) -> str:
    """Where an imported file goes, by its name. Raises Invalid."""
    stem, dot, suffix = name.lower().rpartition(".")
    place = PLACES.get(dot + suffix)
    clean = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:50]
    if place is None or not dot:
        raise Invalid({"file": _("请选择 .bpmn、.dmn 或者 .json 文件。")})
    if not clean:
        raise Invalid({"file": _("文件名里要有字母或者数字，例如 house-review.bpmn。")})
    return place.format(clean)
