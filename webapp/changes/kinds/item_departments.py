"""Departments of a joint item (联办部门): whom to ask what, in which order, until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem
from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind
from webapp.changes.kinds.item_limits import units
from webapp.changes.kinds.kind import Line, Row, Value
from webapp.changes.kinds.organs import DECIDES, OPINES, organs, problem_of_department
from webapp.core.errors import Invalid
from workflows.forms import Form

KEYS = (
    "unit",
    "role",
    "order",
    "question",
    "days",
    "day_unit",
    "external",
    "condition",
    "step",
)


class ItemDepartments(ItemKind):
    """`{"departments": [row of the items file, …]}`."""

    key = "item.departments"

    def name(self) -> str:
        """What is changed."""
        return _("联办部门")

    def read(self, version: ItemVersion) -> Value:
        """The departments in their order."""
        rows = version.guide.get("departments") or ()
        return {"departments": [_row(row) for row in rows]}

    def form(self, subject: str) -> Form:
        """One row a department."""
        fields = (
            asking.choice("unit", _("部门"), organs()),
            asking.choice("role", _("它做什么"), parts()),
            asking.number(
                "order", _("第几批征求"), 1, 20, must=True, about=_("数字相同的同时征求")
            ),
            asking.area("question", _("要它答复的问题"), most=300, must=True),
            asking.number("days", _("几天内答复"), 1, 90),
            asking.choice("day_unit", _("单位"), units(), must=False),
            asking.tick("external", _("不在本系统，由窗口去征求")),
            asking.text("condition", _("什么情况下征求（FEEL 条件）"), most=500),
            asking.number("step", _("办事指南的第几个环节"), 1, 30),
            asking.tick("certain", _("已经核实")),
        )
        about = _("每个部门都要有承办人和负责人的岗位，否则没有人答复。")
        return asking.form(
            self.key, asking.rows("departments", _("部门"), fields, most=20, about=about)
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """The rows as said."""
        return {"departments": [_row(row) for row in answers.get("departments") or ()]}

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """A part of the guide."""
        return {"guide": {**version.guide, "departments": value["departments"]}}

    def address(self, problem: Problem) -> str:
        """Problems of other columns stand at the list."""
        return problem.at if problem.at.startswith("departments") else "departments"

    def check(self, subject: str, value: Value, today: date) -> None:
        """Every department resolves to a unit with leader and handler, or is outside."""
        errors = {}
        for number, row in enumerate(value["departments"]):
            words = "" if row["external"] else problem_of_department(row["unit"], row["role"])
            if words:
                errors[f"departments[{number}].unit"] = words
            if row["role"] == OPINES and not row["external"] and not row["days"]:
                words = _("请写明几天内答复；到期不答复的会提醒和催办。")
                errors[f"departments[{number}].days"] = words
        if errors:
            raise Invalid(errors)
        super().check(subject, value, today)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Who decides and who is asked first."""
        names = organs()
        old = {(row["unit"], row["role"]): row for row in before.get("departments", ())}
        new = {(row["unit"], row["role"]): row for row in after.get("departments", ())}
        lines = []
        for key, row in new.items():
            if key not in old:
                words = _("增加{unit}（{part}）").format(
                    unit=_name(names, row), part=parts()[row["role"]]
                )
                lines.append(Line(words, True))
            else:
                lines += _changed(_name(names, row), old[key], row)
        for key, row in old.items():
            if key not in new:
                words = _("不再由{unit}{part}").format(
                    unit=_name(names, row), part=parts()[row["role"]]
                )
                lines.append(Line(words, True))
        return lines


def _row(row: Row) -> dict[str, Any]:
    said = {key: row.get(key) or None for key in KEYS}
    return said | {
        "external": bool(row.get("external")),
        "certain": bool(row.get("certain")),
        "day_unit": row.get("day_unit") or ("working" if row.get("days") else None),
    }


def _name(names: Mapping[str, str], row: Row) -> str:
    return names.get(row["unit"], row["unit"])


def _changed(name: str, old: Row, new: Row) -> Iterator[Line]:
    if (old["days"], old["day_unit"]) != (new["days"], new["day_unit"]):
        words = _("{unit}的答复期限由{old}改为{new}").format(
            unit=name, old=days_words(old), new=days_words(new)
        )
        yield Line(words, grave=(new["days"] or 999) > (old["days"] or 999))
    if old["question"] != new["question"]:
        words = _("问{unit}的改为：{question}").format(unit=name, question=new["question"])
        yield Line(words)
    if old["order"] != new["order"]:
        words = _("{unit}改在第{n}批征求").format(unit=name, n=new["order"])
        yield Line(words)
    if old["condition"] != new["condition"]:
        when = new["condition"] or _("任何情况")
        yield Line(_("什么情况征求{unit}改为：{when}").format(unit=name, when=when), True)
    if old["external"] != new["external"]:
        words = _("{unit}改由窗口去征求") if new["external"] else _("{unit}改在系统里答复")
        yield Line(words.format(unit=name), True)


def days_words(row: Row) -> str:
    """How long, in words."""
    if not row["days"]:
        return _("未规定")
    return f"{row['days']}{units().get(row['day_unit'] or 'working', '')}"


def parts() -> dict[str, str]:
    """What a department does in a joint case."""
    return {OPINES: _("提意见"), DECIDES: _("作决定")}
