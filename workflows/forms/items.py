"""The typed fields of a service item → form-js JSON: one renderer for item and step forms.

Input is an item of the catalogue (`bpmn/catalogue/items.yaml`): keys `code`, `name`, `fields`.
`today()` of the catalogue's expressions becomes the variable `today`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WIDGETS = {
    "textarea": "textarea",
    "int": "number",
    "decimal": "number",
    "money": "number",
    "date": "datetime",
    "bool": "checkbox",
    "choice": "select",
    "multichoice": "checklist",
    "person_group": "dynamiclist",
}
FORMATS = frozenset({"id_card", "uscc", "phone", "bank_card", "address", "money"})
DECIMALS = {"int": 0, "money": 2, "decimal": 6}
RADIO_UP_TO = 4  # so few choices are all shown at once
NUMBERED = ("id_card", "household_register", "residence_permit")  # carry an identity number
BASE = {"applicant_id_number": {"format_from": "applicant_id_type"}}
FROM_IDENTITY = ("applicant_gender", "applicant_birth_date")
APPLICANT, DETAILS = "申请人", "申请内容"
_COMPARISON = re.compile(r"(.+?)\s*(<=|>=|!=|=|<|>)\s*(.+)")
_WORDS = {
    "<=": "不能大于",
    ">=": "不能小于",
    "=": "应等于",
    "!=": "不能等于",
    "<": "应小于",
    ">": "应大于",
}
_DAY_WORDS = {"<=": "不能晚于", ">=": "不能早于", "<": "应早于", ">": "应晚于", "=": "应为"}


def item_form(
    item: Mapping[str, Any],
    base_fields: Iterable[Mapping[str, Any]] = (),
    lists: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> dict[str, Any]:
    """The application form of an item: applicant first, then the item's own questions.

    `lists`: choices kept elsewhere, by `choices_source`.
    """
    base, own = list(base_fields), list(item["fields"])
    labels = {one["key"]: one for one in _all_fields([*base, *own])}
    groups = ((APPLICANT, base), (f"{item['name']}：{DETAILS}", own))
    return {
        "type": "default",
        "id": f"item_{item['code']}",
        "components": [
            {
                "type": "group",
                "id": f"Group_{number}",
                "label": label,
                "components": [_component(one, labels, lists or {}) for one in fields],
            }
            for number, (label, fields) in enumerate(groups)
            if fields
        ],
    }


def _all_fields(fields: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for one in fields:
        yield one
        yield from one.get("fields") or ()


def _component(
    one: Mapping[str, Any],
    labels: Mapping[str, Mapping[str, Any]],
    lists: Mapping[str, Sequence[Mapping[str, str]]],
) -> dict[str, Any]:
    kind, key = one["type"], one["key"]
    widget = WIDGETS.get(kind, "textfield")
    choices = one.get("choices") or lists.get(one.get("choices_source") or "") or ()
    if widget == "select" and 0 < len(choices) <= RADIO_UP_TO:
        widget = "radio"
    component: dict[str, Any] = {
        "type": widget,
        "id": f"Field_{key}",
        "key": key,
        "label": one["label"],
        "description": one.get("help") or "",
        "validate": _limits(one),
        "properties": _properties(one, labels),
    }
    if one.get("computed"):
        component["readonly"] = True
    if one.get("hidden"):
        component["conditional"] = {"hide": _feel(one["hidden"])}
    if widget in ("select", "radio", "checklist"):
        component["values"] = [dict(choice) for choice in choices]
    if widget == "number":
        component["decimalDigits"] = DECIMALS[kind]
    if widget == "datetime":
        component |= {"subtype": "date", "dateLabel": one["label"]}
    if widget == "dynamiclist":
        component["path"] = key
        component["components"] = [_component(sub, labels, lists) for sub in one["fields"]]
    return component


def _limits(one: Mapping[str, Any]) -> dict[str, Any]:
    required = one["required"] is True and (one.get("computed") or "").strip() != "null"
    if one["type"] == "bool":  # a box left empty is an answer, unless the check wants it ticked
        required = (one.get("check") or "").replace(" ", "") == f"{one['key']}=true"
    names = {"max_length": "maxLength", "pattern": "pattern"}
    if one["type"] in ("int", "decimal", "money"):
        names |= {"min": "min", "max": "max"}
    limits = {
        ours: one[theirs] for theirs, ours in names.items() if one.get(theirs) is not None
    }
    return {"required": required} | limits


def _properties(
    one: Mapping[str, Any], labels: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    key, kind = one["key"], one["type"]
    found: dict[str, str] = dict(BASE.get(key, {}))
    for flag in ("routing", "sensitive", "unique"):
        if one.get(flag):
            found[flag] = "true"
    if kind in FORMATS:
        found["format"] = kind
    if one.get("validator"):
        found["format"] = one["validator"]
    if one.get("choices_source"):
        found["choices_source"] = one["choices_source"]
    if kind == "person_group":
        found |= {"min_rows": str(one.get("min") or 0), "max_rows": str(one.get("max") or 50)}
    if isinstance(one["required"], str):
        found["required"] = _feel(one["required"])
    if one.get("computed"):
        found["computed"] = _feel(_computed(one))
        if key in FROM_IDENTITY:
            found["enterable"] = "true"
    check = one.get("check")
    if check:
        found["check"] = _feel(check)
        found["check_message"] = _sentence(check, one, labels)
    if kind == "date" and not one.get("computed") and not _may_be_future(one):
        found["not_future"] = "true"
    return found


def _may_be_future(one: Mapping[str, Any]) -> bool:
    """Dates are not in the future unless the item says so (domain, section 6, validators)."""
    return ">= today()" in (one.get("check") or "") or one["key"].endswith("_until")


def _computed(one: Mapping[str, Any]) -> str:
    """Birth and gender come from an identity number only; a passport has none."""
    text = str(one["computed"])
    if one["key"] not in FROM_IDENTITY:
        return text
    kinds = " or ".join(f'applicant_id_type = "{kind}"' for kind in NUMBERED)
    return f"if {kinds} then ({text}) else null"


def _feel(text: str) -> str:
    return "=" + text.replace("today()", "today")


def _sentence(
    check: str, one: Mapping[str, Any], labels: Mapping[str, Mapping[str, Any]]
) -> str:
    """Say a simple check in Chinese; for others, the item's help or a plain request."""
    parts = [_compared(part, labels) for part in check.split(" and ")]
    if all(parts) and " or " not in check:
        return ";".join(part for part in parts if part) + "。"
    return f"“{one['label']}”不符合要求，请核对。{one.get('help') or ''}"


def _compared(text: str, labels: Mapping[str, Mapping[str, Any]]) -> str | None:
    found = _COMPARISON.fullmatch(text.strip())
    if not found:
        return None
    left, sign, right = found.groups()
    field = labels.get(left)
    if right == "true" and field:
        return f"请勾选“{field['label']}”"
    subject, value = _operand(left, labels), _operand(right, labels)
    if subject is None or value is None:
        return None
    days = field is not None and field["type"] == "date"
    return f"{subject}{(_DAY_WORDS if days else _WORDS).get(sign, '应为')}{value}"


def _operand(text: str, labels: Mapping[str, Mapping[str, Any]]) -> str | None:
    text = text.strip()
    if text in labels:
        return f"“{labels[text]['label']}”"
    if text == "today()":
        return "今天"
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    for pattern, words in (
        (r"count\((\w+)\)", "“{}”的行数"),
        (r"string length\((\w+)\)", "“{}”的字数"),
    ):
        found = re.fullmatch(pattern, text)
        if found and found[1] in labels:
            return words.format(labels[found[1]]["label"])
    days = re.fullmatch(r'today\(\) \+ duration\("P(\d+)D"\)', text)
    return f"今天起{days[1]}天" if days else None
