"""“Any item” (任意事项): an invented one, for processes that no item of the county uses yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml

from webapp.catalogue.models import Category
from webapp.catalogue.queries import ItemFacts, ItemLimit, MaterialFacts
from webapp.core.errors import Refused
from webapp.organisations.queries import county_unit
from workflows.errors import WorkflowError
from workflows.forms import Form, read_form
from workflows.rehearse import read_scenario

NAME = "任意事项"
CODE = "ANY"
_DAYS = {"statutory": 20, "promised": 10, "handup": 3, "county": 10}
_FORM = {
    "type": "default",
    "id": "any-item",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "key": "applicant_name", "id": "Field_1", "label": "申请人姓名",
         "properties": {"format": "cn_name"}, "validate": {"required": True}},
    ],
}  # fmt: skip


def facts_told(process: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Facts of the first scenario of the process; nothing where it has none."""
    for path in sorted(path for path in files if path.startswith("scenarios/")):
        try:
            scenario = read_scenario(files[path], path)
        except WorkflowError:
            continue
        if scenario.process == process:
            return dict(scenario.facts)
    return {}


def any_item(process: str, files: Mapping[str, bytes]) -> ItemFacts:
    """An item of the kind that the scenarios of the process tell of. Raises Refused."""
    told = facts_told(process, files)
    category = Category.objects.order_by("order").first()
    competent = county_unit("service_office")
    if category is None or competent is None:
        raise Refused("还没有登记事项类别或者县政务办，不能用“任意事项”试走。")
    return ItemFacts(
        version_id=0,
        item_id=0,
        code=CODE,
        number=1,
        name=NAME,
        item_type=str(told.get("item_type") or "public_service"),
        handling=str(told.get("handling") or "promised"),
        flow=str(told.get("flow") or "local"),
        category=category.pk,
        category_name=category.name,
        competent_unit_id=competent,
        competent_local="",
        competent_name="",
        entrusted=bool(told.get("entrusted")),
        offered_at=("village", "township", "county"),
        agent_allowed=True,
        in_person=bool(told.get("in_person")),
        in_person_reason="",
        process_key=process,
        limits=tuple(_limit(kind, days) for kind, days in _DAYS.items()),
        switches={"tolerance_allowed": bool(told.get("tolerance_allowed", True))},
        form=_form(),
        materials=(_material("application", "申请书", "main"), _material("proof", "证明材料")),
        guide={},
        is_example=True,
    )


def _limit(clock: str, days: int) -> ItemLimit:
    return ItemLimit(clock, days, "working", None, "", None, "", "试走用的天数", certain=False)


def _material(key: str, name: str, role: str = "secondary") -> MaterialFacts:
    return MaterialFacts(
        key=key,
        name=name,
        role=role,
        tolerable=role == "secondary",
        supplement_days=None,
        form="copy",
        copies=1,
        source="",
        shared_exempt=False,
        condition="",
        note="",
    )


@lru_cache(maxsize=1)
def _form() -> Form:
    return read_form(json.dumps(_FORM).encode(), NAME)


def written(facts: Mapping[str, Any]) -> str:
    """Facts as the page shows them: `name: value`, one a line."""
    if not facts:
        return ""
    return str(yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False))
