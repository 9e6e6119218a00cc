"""The checklist of an item as the register page shows it: needed, not needed, or not yet known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.catalogue.queries import ItemFacts, MaterialFacts
from workflows import feel
from workflows.errors import ExpressionError
from workflows.forms import Form, feel_value, visible

FORMS: dict[str, str | Promise] = {
    "original": gettext_lazy("原件"),
    "copy": gettext_lazy("复印件"),
    "original_and_copy": gettext_lazy("原件和复印件"),
    "original_check": gettext_lazy("原件核验"),
    "electronic": gettext_lazy("电子材料"),
}
MARKS: tuple[tuple[str, str | Promise], ...] = (
    ("received", gettext_lazy("已收")),
    ("missing", gettext_lazy("缺")),
    ("to_check", gettext_lazy("待核对")),
    ("defective", gettext_lazy("不符合")),
)
"""What can be ticked at the counter, in the order of the page."""

_EQUALS = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
_CONTAINS = re.compile(r'list contains\((\w+),\s*"([^"]*)"\)')


@dataclass(frozen=True, slots=True)
class Line:
    """One paper to bring. `needed` is None while the answers do not decide it yet."""

    key: str
    name: str
    role: str
    detail: str
    needed: bool | None
    condition: str
    state: str
    defect: str
    remedy: str
    error: str = ""


def lines(
    item: ItemFacts,
    raw: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, str]],
    variables: Mapping[str, Any],
    today: date,
    errors: Mapping[str, str],
) -> list[Line]:
    """The item's checklist for the answers typed so far, with what was ticked."""
    values = visible(item.form, raw, variables, today=today)
    answers = {
        one.key: feel_value(one, values.get(one.key) or None) for one in item.form.fields
    }
    scope = {**variables, **answers, "today": today}
    found = []
    for material in item.materials:
        mark = marks.get(material.key) or {}
        found.append(
            Line(
                key=material.key,
                name=material.name,
                role=material.role,
                detail=detail(material),
                needed=decided(material.condition, scope),
                condition=in_words(material, item.form),
                state=mark.get("state", ""),
                defect=mark.get("defect", ""),
                remedy=mark.get("remedy", ""),
                error=errors.get(f"materials.{material.key}", ""),
            )
        )
    return found


def detail(material: MaterialFacts) -> str:
    """原件和复印件，1份."""
    form = str(FORMS.get(material.form, material.form))
    if material.copies and material.form not in {"original_check", "electronic"}:
        return _("%(form)s，%(copies)d份") % {"form": form, "copies": material.copies}
    return form


def decided(condition: str, scope: Mapping[str, Any]) -> bool | None:
    """Whether the paper is needed; None while an answer that decides it is missing."""
    if not condition:
        return True
    text = condition.replace("today()", "today")
    try:
        answer = feel.evaluate(text, scope)
        names = feel.names(text)
    except ExpressionError:
        return None
    if answer is True:
        return True
    if any(scope.get(name) in (None, [], "") for name in names):
        return None
    return False if answer is False else None


def drivers(item: ItemFacts) -> frozenset[str]:
    """Questions on which the checklist depends."""
    found: set[str] = set()
    for material in item.materials:
        if material.condition:
            try:
                found |= feel.names(material.condition.replace("today()", "today"))
            except ExpressionError:
                continue
    return frozenset(found)


def in_words(material: MaterialFacts, form: Form) -> str:
    """When the paper is needed: “困难原因”为“重病”时; general words for a longer condition."""
    if not material.condition:
        return ""
    spoken = []
    for part in re.split(r"\bor\b", material.condition):
        found = _EQUALS.fullmatch(part.strip()) or _CONTAINS.fullmatch(part.strip())
        one = form.field(found[1]) if found else None
        if found is None or one is None:
            return _("按申请内容确定是否需要")
        spoken.append((one.label, one.label_of(found[2])))
    labels = {label for label, _value in spoken}
    if len(labels) != 1:
        return _("按申请内容确定是否需要")
    choices = "”“".join(value for _label, value in spoken)
    return _("“%(label)s”为“%(choices)s”时需要") % {"label": labels.pop(), "choices": choices}
