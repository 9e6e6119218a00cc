"""Units (单位): names, telephones, what a township office handles; closed; their windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.models import WorkItem
from webapp.catalogue.models import Category
from webapp.changes.kinds import Kind, Line, Value, asking
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused
from webapp.office.kinds.posts import unit_of
from webapp.organisations import lookups
from webapp.organisations.models import Post, Unit, Window
from workflows.forms import Form

COLUMNS = ("name", "document_prefix", "phone", "supervision_phone", "address")


class UnitChange(Kind):
    """`{name, document_prefix, phone, supervision_phone, address, categories, active}`."""

    key = "unit"
    room = "organs"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("单位")

    def subject_name(self, subject: str) -> str:
        """Its name in force."""
        return unit_of(subject).name

    def current(self, subject: str) -> Value:
        """The unit as it stands."""
        unit = unit_of(subject)
        return {
            **{key: getattr(unit, key) for key in COLUMNS},
            "categories": list(unit.categories),
            "active": unit.active,
        }

    def lock(self, subject: str) -> None:
        """Its row."""
        list(Unit.objects.select_for_update().filter(key=subject).values_list("pk"))

    def form(self, subject: str) -> Form:
        """Names and telephones, what it handles, whether it is still there."""
        labels = _labels()
        categories = dict(Category.objects.order_by("order").values_list("key", "name"))
        about = _("停用以后不再有新办件到这里；还有待办的不能停用。")
        return asking.form(
            self.key,
            asking.text("name", labels["name"], most=80, must=True),
            asking.text("document_prefix", labels["document_prefix"], most=20),
            asking.text("phone", labels["phone"], most=30),
            asking.text("supervision_phone", labels["supervision_phone"], most=30),
            asking.text("address", labels["address"], most=120),
            asking.choices("categories", _("承办哪些类别的事项"), categories),
            asking.tick("active", _("在用"), about=about),
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Texts are never null; categories in their order."""
        return {
            **{key: answers.get(key) or "" for key in COLUMNS},
            "categories": sorted(
                answers.get("categories") or (), key=_order(current.get("categories") or ())
            ),
            "active": bool(answers.get("active")),
        }

    def check(self, subject: str, value: Value, today: date) -> None:
        """Names tell units apart; a unit where work waits is not closed."""
        unit = unit_of(subject)
        if Unit.objects.filter(name=value["name"], active=True).exclude(pk=unit.pk).exists():
            raise Invalid({"name": _("已经有叫这个名字的单位。")})
        if unit.active and not value["active"]:
            waiting = WorkItem.objects.filter(pool__unit=unit, state="OPEN").count()
            if waiting:
                words = _("这里还有{n}件待办，不能停用。").format(n=waiting)
                raise Invalid({"active": words})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What it handles and whether it is there first."""
        lines = []
        if before["active"] != after["active"]:
            lines.append(Line(_("恢复使用") if after["active"] else _("停用"), True))
        if set(before["categories"]) != set(after["categories"]):
            names = dict(Category.objects.values_list("key", "name"))
            listed = "、".join(names.get(key, key) for key in after["categories"])
            words = _("承办的类别改为：{new}").format(new=listed or _("没有"))
            lines.append(Line(words, True))
        for key, label in _labels().items():
            if before[key] != after[key]:
                words = _("{label}改为：{new}")
                lines.append(Line(words.format(label=label, new=after[key] or "—")))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """The row."""
        if change.after is None:
            raise Refused("改动没有内容。")
        Unit.objects.filter(key=change.subject).update(**change.after)
        lookups.forget()


def _order(known: list[str] | tuple[str, ...]) -> Any:
    places = {key: place for place, key in enumerate(known)}
    return lambda key: (places.get(key, len(places)), key)


def _labels() -> dict[str, str]:
    return {
        "name": _("单位名称"),
        "document_prefix": _("机关代字（文书编号用）"),
        "phone": _("电话"),
        "supervision_phone": _("监督电话"),
        "address": _("地址"),
    }


class WindowSet(Kind):
    """`{"windows": [{number, name}]}` of a centre or hall (WIN-01 … WIN-05)."""

    key = "windows"
    room = "organs"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("窗口设置")

    def subject_name(self, subject: str) -> str:
        """The unit."""
        return unit_of(subject).name

    def current(self, subject: str) -> Value:
        """The windows by number."""
        rows = Window.objects.filter(unit=unit_of(subject)).order_by("number")
        return {"windows": list(rows.values("number", "name"))}

    def lock(self, subject: str) -> None:
        """The unit's row stands for its windows."""
        list(Unit.objects.select_for_update().filter(key=subject).values_list("pk"))

    def form(self, subject: str) -> Form:
        """One row a window."""
        fields = (
            asking.number("number", _("窗口号"), 1, 999, must=True),
            asking.text("name", _("名称"), most=60, must=True),
        )
        return asking.form(self.key, asking.rows("windows", _("窗口"), fields, most=60))

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """By number."""
        rows = [
            {"number": row["number"], "name": row["name"]}
            for row in answers.get("windows") or ()
        ]
        return {"windows": sorted(rows, key=lambda row: int(row["number"]))}

    def check(self, subject: str, value: Value, today: date) -> None:
        """A number once; a window with a post in use stays."""
        numbers = [row["number"] for row in value["windows"]]
        for number in numbers:
            if numbers.count(number) > 1:
                raise Invalid({"windows": _("{n}号窗口写了两次。").format(n=number)})
        used = Post.objects.filter(active=True, window__unit=unit_of(subject)).exclude(
            window__number__in=numbers
        )
        row = used.values_list("window__number", "name").first()
        if row is not None:
            words = _("{n}号窗口还有岗位“{post}”，请先把岗位移到别的窗口。")
            raise Invalid({"windows": words.format(n=row[0], post=row[1])})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Windows that open, close or are renamed."""
        old = {row["number"]: row["name"] for row in before.get("windows", ())}
        new = {row["number"]: row["name"] for row in after.get("windows", ())}
        lines = []
        for number, name in old.items():
            if number not in new:
                words = _("撤销{n}号窗口“{name}”").format(n=number, name=name)
                lines.append(Line(words, True))
        for number, name in new.items():
            if number not in old:
                lines.append(Line(_("增设{n}号窗口“{name}”").format(n=number, name=name)))
            elif old[number] != name:
                words = _("{n}号窗口“{old}”改为“{new}”")
                lines.append(Line(words.format(n=number, old=old[number], new=name)))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Rows by number: those that stay keep their posts."""
        unit = unit_of(change.subject)
        rows = (change.after or {})["windows"]
        Window.objects.filter(unit=unit).exclude(
            number__in=[row["number"] for row in rows]
        ).delete()
        for row in rows:
            Window.objects.update_or_create(
                unit=unit, number=row["number"], defaults={"name": row["name"]}
            )
        lookups.forget()
