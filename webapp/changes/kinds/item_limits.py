"""Limits of an item (时限): how long each clock runs, and where that is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem
from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind
from webapp.changes.kinds.kind import Line, Row, Value
from workflows.forms import Form


class ItemLimits(ItemKind):
    """`{"limits": [{clock, days, unit, extension_days?, starts?, step?, actor?, source}]}`."""

    key = "item.limits"

    def name(self) -> str:
        """What is changed."""
        return _("时限")

    def read(self, version: ItemVersion) -> Value:
        """The limits as they stand; how far the statutory one may be extended is a switch."""
        rows = [_row(row) for row in version.limits]
        for row in rows:
            if row["clock"] == "statutory":
                days = version.switches.get("extension_rule", row.get("extension_days"))
                row.pop("extension_days", None)
                if days:
                    row["extension_days"] = days
        return {"limits": rows}

    def form(self, subject: str) -> Form:
        """One row a limit."""
        fields = (
            asking.choice("clock", _("哪个时限"), clocks()),
            asking.number("days", _("天数"), 0, 366, must=True, about=_("当日写0")),
            asking.choice("unit", _("单位"), units()),
            asking.number(
                "extension_days", _("可以延长"), 1, 366, hide='clock != "statutory"'
            ),
            asking.choice(
                "starts", _("从哪天起算"), _starts(), must=False,
                hide='clock != "statutory" and clock != "promised"',
            ),
            asking.number("step", _("第几个环节"), 1, 30),
            asking.text("actor", _("谁办"), most=60),
            asking.text("source", _("依据"), most=200, must=True),
            asking.tick("certain", _("依据已经核实")),
        )  # fmt: skip
        about = _(
            "承诺时限有且只有一个，不长于法定时限；行政许可须有法定时限，审查不超过5日，送达不超过10日。"
        )
        return asking.form(
            self.key, asking.rows("limits", _("时限"), fields, least=1, most=30, about=about)
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Only what is said; notes of rows that stay are kept."""
        notes = {_id(row): row["note"] for row in current.get("limits", ()) if row.get("note")}
        kept = [_row(row) for row in answers["limits"]]
        for row in kept:
            if _id(row) in notes:
                row["note"] = notes[_id(row)]
        return {"limits": kept}

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """The limits, and the two switches that say the same (`switches_of`)."""
        switches = dict(version.switches)
        for row in value["limits"]:
            if row["clock"] == "statutory":
                switches["extension_rule"] = row.get("extension_days") or 0
            if row["clock"] == "delivery" and row["unit"] == "working":
                switches["delivery_days"] = row["days"]
        return {"limits": value["limits"], "switches": switches}

    def address(self, problem: Problem) -> str:
        """Problems of other columns stand at the list."""
        return problem.at if problem.at.startswith("limits") else "limits"

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Longer limits and new ones first: they take time from applicants."""
        old = {_id(row): row for row in before.get("limits", ())}
        new = {_id(row): row for row in after.get("limits", ())}
        lines = [
            Line(_("取消{limit}").format(limit=_said(row)), grave=key[0] in BINDING)
            for key, row in old.items()
            if key not in new
        ]
        for key, row in new.items():
            if key not in old:
                lines.append(Line(_("增加{limit}").format(limit=_said(row))))
            else:
                lines += _changed(old[key], row)
        return lines


BINDING = frozenset({"statutory", "promised", "check", "delivery", "handup", "county"})


def _row(row: Row) -> dict[str, Any]:
    """Only what is said: nothing empty is stored, so that equal limits look equal."""
    said = {key: one for key, one in row.items() if one not in (None, "")}
    if said["unit"] == "same_day":
        said["days"] = 0
    return said | {"certain": bool(row.get("certain"))}


def _changed(old: Row, new: Row) -> Iterator[Line]:
    name = limit_name(new)
    if (old["days"], old["unit"]) != (new["days"], new["unit"]):
        words = _("{name}由{old}改为{new}").format(
            name=name, old=days_words(old), new=days_words(new)
        )
        longer = new["days"] > old["days"] or new["unit"] != old["unit"]
        yield Line(words, grave=longer)
    if (old.get("extension_days") or 0) != (new.get("extension_days") or 0):
        words = _("{name}可以延长的天数由{old}改为{new}").format(
            name=name, old=old.get("extension_days") or 0, new=new.get("extension_days") or 0
        )
        longer = (new.get("extension_days") or 0) > (old.get("extension_days") or 0)
        yield Line(words, grave=longer)
    if (old.get("starts") or "") != (new.get("starts") or ""):
        known = _starts()
        words = _("{name}改为从{new}起算").format(
            name=name, new=known.get(new.get("starts") or "", _("规定的那天"))
        )
        yield Line(words, grave=True)
    if (old.get("source") or "") != (new.get("source") or ""):
        words = _("{name}的依据改为：{new}").format(name=name, new=new.get("source") or "—")
        yield Line(words)
    if bool(old.get("certain")) != bool(new.get("certain")):
        done = (
            _("{name}的依据记为已核实") if new.get("certain") else _("{name}的依据记为待核实")
        )
        yield Line(done.format(name=name))


def _id(row: Row) -> tuple[str, Any]:
    return (row["clock"], row.get("step"))


def limit_name(row: Row) -> str:
    """The limit in words: 承诺时限, 第2个环节（民政窗口）."""
    if row["clock"] == "step":
        return _("第{n}个环节（{actor}）的时限").format(
            n=row.get("step") or "?", actor=row.get("actor") or "—"
        )
    return clocks().get(row["clock"], str(row["clock"]))


def _said(row: Row) -> str:
    return f"{limit_name(row)}：{days_words(row)}"


def days_words(row: Row) -> str:
    """How long, in words."""
    if row["unit"] == "same_day" or row["days"] == 0:
        return _("当日")
    words = _("{n}个工作日") if row["unit"] == "working" else _("{n}天（自然日）")
    return words.format(n=row["days"])


def clocks() -> dict[str, str]:
    """Names of the clocks that an item limits."""
    return {
        "promised": _("承诺时限"),
        "statutory": _("法定时限"),
        "check": _("材料审查时限"),
        "delivery": _("送达时限"),
        "handup": _("乡镇上报时限"),
        "county": _("县级办理时限"),
        "department": _("部门意见时限"),
        "publicity": _("公示时限"),
        "step": _("环节时限"),
    }


def units() -> dict[str, str]:
    """Units of days."""
    return {"working": _("工作日"), "calendar": _("自然日"), "same_day": _("当日")}


def _starts() -> dict[str, str]:
    return {"acceptance": _("受理之日"), "application": _("申请之日")}
