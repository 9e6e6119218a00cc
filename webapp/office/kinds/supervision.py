"""Rules of electronic supervision (R01–R13, domain §4.4) changed with four eyes.

What a trigger means is code; thresholds, who is told and whether a rule is in use are the
county's. Bands of the same clock are one change: where the yellow card ends, the red one begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.catalogue.models import SupervisionRule
from webapp.catalogue.supervision import WIDE, Rule, as_rule, families
from webapp.changes.kinds import Kind, Line, Value, asking
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.office.policy import LEADERS
from webapp.organisations import lookups
from webapp.organisations.models import Role
from workflows.forms import Field, Form

Row = SupervisionRule
LIMITS: Mapping[str, tuple[str, int, int]] = {
    "days": (gettext_noop("到期前几个工作日"), 1, 10),
    "share": (gettext_noop("或者剩下不足期限的百分之几（取早的，0为不看）"), 0, 50),
    "late_from": (gettext_noop("从超期第几个工作日起"), 1, 30),
    "count": (gettext_noop("一个季度满几张黄牌（红牌一张就算）"), 1, 20),
}
"""Figures of a rule: the question, least and most (working days, percent, cards)."""
_ASKED: Mapping[str, tuple[str, ...]] = {
    Row.Trigger.DUE_WITHIN: ("days", "share"),
    Row.Trigger.LAPSED: ("late_from",),
    Row.Trigger.QUARTER: ("count",),
}
STRICTER_SMALLER = frozenset({"late_from", "count"})
"""Figures that let people off when they grow; the others do when they shrink."""


class SupervisionBands(Kind):
    """`{"R04_1": {"name", "late_from", "to", "enabled"}, "R05_1": …}`; the subject is the first."""

    key = "supervision"
    room = "supervision"

    def name(self) -> str:
        """What is changed."""
        return _("督办规则")

    def subject_name(self, subject: str) -> str:
        """The codes of the rules, and what the first is about."""
        rows = family(subject)
        codes = "、".join(dict.fromkeys(row.code for row in rows))
        return f"{codes} {rows[0].name}"

    def current(self, subject: str) -> Value:
        """What is in force."""
        return {tag(row): _value(row) for row in family(subject)}

    def lock(self, subject: str) -> None:
        """The rows, in one order."""
        keys = [row.pk for row in family(subject)]
        list(Row.objects.select_for_update().filter(pk__in=keys).order_by("pk"))

    def form(self, subject: str) -> Form:
        """A group for each rule of the family."""
        rows = family(subject)
        told = {role for row in rows for role in row.to} | LEADERS | WIDE
        roles = dict(
            Role.objects.filter(pk__in=told).order_by("order").values_list("key", "name")
        )
        groups = [
            asking.group(f"{row.code} {row.name}", *_questions(row, roles)) for row in rows
        ]
        return asking.form(self.key, *groups)

    def typed(self, value: Value) -> dict[str, Any]:
        """One answer a figure."""
        typed: dict[str, Any] = {}
        for mark, row in value.items():
            for name, said in row.items():
                number = isinstance(said, int) and not isinstance(said, bool)
                typed[f"{mark}_{name}"] = str(said) if number else said
        return typed

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """The answers of each rule over what it has."""
        return {mark: _answered(answers, mark, row) for mark, row in current.items()}

    def check(self, subject: str, value: Value, today: date) -> None:
        """Bands follow one another; figures within their ranges."""
        errors: dict[str, str] = {}
        before = 0
        for mark, row in value.items():
            for name, (_words, least, most) in LIMITS.items():
                if name in row and not least <= row[name] <= most:
                    words = _("要在{least}到{most}之间。")
                    errors[f"{mark}_{name}"] = words.format(least=least, most=most)
            if row["enabled"] and "late_from" in row:
                if row["late_from"] <= before:
                    words = _("要大于前一档的 {n}：前一档到这一档的前一天为止。")
                    errors[f"{mark}_late_from"] = words.format(n=before)
                before = row["late_from"]
        if errors:
            raise Invalid(errors)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """A line a figure; what supervises less is grave."""
        lines: list[Line] = []
        for mark, new in after.items():
            code, old = mark.partition("_")[0], before.get(mark, {})
            if new["name"] != old.get("name"):
                words = _("{code}：牌上写“{name}”")
                lines.append(Line(words.format(code=code, name=new["name"])))
            for name in LIMITS:
                if name in new and new[name] != old.get(name):
                    lines.append(_figure(code, name, old.get(name), new[name]))
            lines += _people(code, old.get("to", ()), new["to"])
            if new["enabled"] != old.get("enabled"):
                words = _("{code}：启用") if new["enabled"] else _("{code}：停用，不再发")
                lines.append(Line(words.format(code=code), not new["enabled"]))
            if new.get("hours") != old.get("hours"):
                words = _("{code}：只在办公时间发") if new["hours"] else _("{code}：随时发")
                lines.append(Line(words.format(code=code)))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Write the rows; a later release leaves them alone. The next sweep goes by them."""
        if change.after is None:
            raise Refused("改动没有内容。")
        rows = family(change.subject)
        if {tag(row) for row in rows} != set(change.after):
            raise Refused(_("这些规则的划分已经变了，请对照现行的重新提出。"))
        for row in changed(rows, change.after):
            row.by_county = True
            row.save()
        lookups.forget()


def tag(row: Row) -> str:
    """How a rule is named inside a change: R05_2."""
    return f"{row.code}_{row.part}"


def family(subject: str) -> list[Row]:
    """The rules that a change of this one changes. Raises Unknown; R08 is the law's, not ours."""
    for rows in families(Row.objects.all()):
        if subject == tag(rows[0]) and rows[0].signal != Row.Signal.BLOCK:
            return rows
    raise Unknown("没有这条督办规则。")


def changed(rows: list[Row], value: Value) -> list[Row]:
    """The rows as the change wants them; a band ends on the day before the next in use begins."""
    following: int | None = None
    for row in reversed(rows):
        wanted = value[tag(row)]
        for name in ("name", *LIMITS, "to", "enabled", "hours"):
            if name in wanted:
                setattr(row, name, wanted[name])
        if row.trigger == Row.Trigger.LAPSED:
            row.late_until = following - 1 if following is not None else None
            if row.enabled:
                following = row.late_from
    return rows


def rules_with(value: Value) -> tuple[list[Rule], list[Rule]]:
    """The whole table in use as it is, and as it would be: one statement."""
    stored = list(Row.objects.order_by("code", "part"))
    now = [as_rule(row) for row in stored if row.enabled]
    for rows in families(stored):
        if set(value) == {tag(row) for row in rows}:
            changed(rows, value)
    after = [as_rule(row) for row in stored if row.enabled]
    return now, after


def _value(row: Row) -> dict[str, Any]:
    value: dict[str, Any] = {"name": row.name, "to": list(row.to), "enabled": row.enabled}
    for name in _ASKED.get(row.trigger, ()):
        stored = getattr(row, name)
        value[name] = LIMITS[name][1] if stored is None else stored
    if row.signal in {Row.Signal.REMINDER, Row.Signal.WARNING}:
        value["hours"] = row.hours
    return value


def _questions(row: Row, roles: Mapping[str, str]) -> list[Field]:
    mark = tag(row)
    about = _("发牌的缘由，印在牌上；改了天数，这里要跟着改。")
    fields = [asking.text(f"{mark}_name", _("写明什么"), most=80, must=True, about=about)]
    for name in _ASKED.get(row.trigger, ()):
        words, least, most = LIMITS[name]
        fields.append(asking.number(f"{mark}_{name}", _(words), least, most, must=True))
    about = _("承办人总会收到。县政务办、纪检监察收到全县的，其他岗位收到本单位的。")
    fields.append(asking.choices(f"{mark}_to", _("还告诉谁"), roles, about=about))
    if "hours" in _value(row):
        fields.append(asking.tick(f"{mark}_hours", _("只在办公时间发")))
    fields.append(asking.tick(f"{mark}_enabled", _("启用")))
    return fields


def _answered(answers: Mapping[str, Any], mark: str, row: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for name in row:
        said = answers.get(f"{mark}_{name}")
        if name in LIMITS and said is not None:
            found[name] = int(said)
        elif name == "name":
            found["name"] = str(said)
        elif name == "to":
            found["to"] = list(said or ())
        elif name in {"hours", "enabled"}:
            found[name] = bool(said)
    return found


def _figure(code: str, name: str, old: int | None, new: int) -> Line:
    lenient = old is not None and (new > old) is (name in STRICTER_SMALLER)
    words = _("{code} {what}：由 {old} 改为 {new}")
    return Line(
        words.format(
            code=code, what=_(LIMITS[name][0]), old="—" if old is None else old, new=new
        ),
        lenient,
    )


def _people(code: str, old: Any, new: Any) -> list[Line]:
    names = dict(Role.objects.filter(pk__in={*old, *new}).values_list("key", "name"))
    more = [names.get(key, key) for key in new if key not in old]
    fewer = [names.get(key, key) for key in old if key not in new]
    lines = []
    if more:
        words = _("{code}：增加告诉{people}")
        lines.append(Line(words.format(code=code, people="、".join(more))))
    if fewer:
        words = _("{code}：不再告诉{people}")
        lines.append(Line(words.format(code=code, people="、".join(fewer)), True))
    return lines
