"""A wording as the printed page, with an invented case: nothing is issued or stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.cases.planning.papers import printed, table_of
from webapp.processes.placeholders import EXAMPLES, GROUPS, Group, Placeholder
from webapp.processes.queries.library import FORMS, contents
from webapp.processes.wordings import Wrong, findings_of_wording, known, read_wording
from workflows.errors import WorkflowError
from workflows.findings import Finding, Severity
from workflows.forms import read_form

_ROW = {
    "name": "身份证",
    "form": "复印件",
    "copies": "1",
    "original_with": "新安镇便民服务中心",
    "defect": "照片不清楚",
    "remedy": "请重新复印",
    "due_on": "2026年3月17日",
    "when": "都要",
    "step": "乡镇初审",
    "officer": "李志强",
    "at": "2026年3月5日",
    "opinion": "同意。材料齐全",
    "from": "东里双村便民服务站",
    "to": "新安镇便民服务中心综合窗口",
}
_ROWS = [
    _ROW,
    _ROW | {"name": "户口簿", "copies": "2", "defect": "没有提交", "remedy": "请补交"},
]


@dataclass(frozen=True, slots=True)
class Shown:
    """The page as printed (None while the file cannot be read), and what is wrong, by line."""

    document: Mapping[str, Any] | None
    findings: tuple[Finding, ...]


def shown(
    path: str,
    content: bytes,
    manifest: Mapping[str, str],
    at: datetime,
    *,
    licence: bool = True,
) -> Shown:
    """The page that this text would print for an invented case."""
    forms = _forms(manifest)
    findings = findings_of_wording(path, content, forms)
    wording = read_wording(content)
    if isinstance(wording, Wrong) or any(one.severity is Severity.ERROR for one in findings):
        return Shown(None, findings)
    words = {key: f"（{label}）" for key, label in _questions(forms).items()} | EXAMPLES
    if wording.get("organ") == "township":
        words["organ"] = EXAMPLES["place"]
    tables = [table_of(table, _ROWS) for table in wording.get("lists") or ()]
    page = printed(str(wording.get("code", "")), wording, words, tables, licence=licence)
    page["case_number"] = EXAMPLES["case_number"]
    document = {"content": page, "number": "（文号出具时编）", "issued_at": at, "state": ""}
    return Shown(document, findings)


def placeholders(manifest: Mapping[str, str]) -> tuple[Group, ...]:
    """What may be clicked into the text: the product's own, then the questions of forms."""
    asked = {
        key: label for key, label in _questions(_forms(manifest)).items() if key not in known()
    }
    rows = tuple(Placeholder(key, label, "") for key, label in sorted(asked.items()))
    return (*GROUPS, Group("表单里填写的其他栏目", rows))


def _forms(manifest: Mapping[str, str]) -> dict[str, bytes]:
    return contents({path: digest for path, digest in manifest.items() if path.endswith(FORMS)})


def _questions(forms: Mapping[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, content in forms.items():
        try:
            found |= {one.key: one.label for one in read_form(content, path).fields}
        except WorkflowError:
            continue
    return found
