"""New items, and items that are no longer offered (新增、停办)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import Category, ServiceItem
from webapp.catalogue.versions import add_version, fields_of, materials_of
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import version_of
from webapp.changes.kinds.kind import Kind, Line, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from workflows.forms import Form


class ItemOffer(Kind):
    """`{"enabled": true}`: whether the item can be applied for."""

    key = "item.offer"
    room = "item"

    def name(self) -> str:
        """What is changed."""
        return _("开办和停办")

    def subject_name(self, subject: str) -> str:
        """Code and name of the item."""
        return f"{subject} {version_of(subject).name}"

    def current(self, subject: str) -> Value:
        """Whether it is offered."""
        rows = ServiceItem.objects.filter(code=subject)
        enabled = rows.values_list("enabled", flat=True).first()
        if enabled is None:
            raise Unknown("没有这个事项。")
        return {"enabled": enabled}

    def lock(self, subject: str) -> None:
        """Its row."""
        list(ServiceItem.objects.select_for_update().filter(code=subject).values_list("pk"))

    def form(self, subject: str) -> Form:
        """One question."""
        about = _("停办以后不再登记新办件；在办的照常办完。以后可以恢复。")
        return asking.form(self.key, asking.tick("enabled", _("可以申请"), about=about))

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Ticked or not."""
        return {"enabled": bool(answers.get("enabled"))}

    def check(self, subject: str, value: Value, today: date) -> None:
        """Nothing forbids it."""

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Closing an item takes it from applicants."""
        if before.get("enabled") == after.get("enabled"):
            return []
        if after.get("enabled"):
            return [Line(_("恢复开办，可以申请"))]
        return [Line(_("停办，不再登记新办件"), True)]

    def apply(self, change: Change, today: date) -> None:
        """One column of the item: versions stay as they are."""
        enabled = bool((change.after or {}).get("enabled"))
        ServiceItem.objects.filter(code=change.subject).update(enabled=enabled)


class ItemNew(Kind):
    """`{code, name, category, like}`: a new item that begins as a copy of another one."""

    key = "item.new"
    room = "item"
    creates = True

    def name(self) -> str:
        """What is changed."""
        return _("新增事项")

    def subject_name(self, subject: str) -> str:
        """The code, once it is given."""
        return subject or _("新事项")

    def subject_of(self, subject: str, value: Value) -> str:
        """The new item's code."""
        return str(value["code"])

    def current(self, subject: str) -> Value:
        """Nothing yet."""
        return {}

    def form(self, subject: str) -> Form:
        """Everything else is changed section by section afterwards."""
        rows = ServiceItem.objects.exclude(current=None).order_by("code")
        like = {code: f"{code} {name}" for code, name in rows.values_list("code", "name")}
        categories = dict(Category.objects.order_by("order").values_list("key", "name"))
        return asking.form(
            self.key,
            asking.text(
                "code", _("编码"), most=20, must=True, pattern=r"[A-Z]{2,6}[0-9]{2,6}",
                about=_("大写字母加数字，例如 MZ12，以后不能改。"),
            ),
            asking.text("name", _("事项名称"), most=120, must=True),
            asking.choice("category", _("窗口类别"), categories),
            asking.choice(
                "like", _("照着哪个事项"), like,
                about=_("材料、时限、开关、申请表先与它相同，生效以后再分项修改。"),
            ),
        )  # fmt: skip

    def check(self, subject: str, value: Value, today: date) -> None:
        """The code is new, the pattern exists."""
        if ServiceItem.objects.filter(code=value["code"]).exists():
            raise Invalid({"code": _("已经有这个编码的事项。")})
        version_of(value["like"])

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What there will be."""
        words = _("新增事项{code}“{name}”，内容照{like}")
        return [
            Line(words.format(code=after["code"], name=after["name"], like=after["like"]), True)
        ]

    def apply(self, change: Change, today: date) -> None:
        """Write the item with its first version."""
        value = change.after
        if value is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        pattern = version_of(value["like"])
        fields = fields_of(pattern)
        old, new = pattern.name, value["name"]
        fields["name"] = new
        fields["form"] = _renamed(fields["form"], value["code"], old, new)
        item = ServiceItem.objects.create(
            code=value["code"], name=new, category_id=value["category"], enabled=True
        )
        add_version(item, fields, materials_of(pattern), change.in_force_at, by_county=True)


def _renamed(form: Mapping[str, Any], code: str, old: str, new: str) -> dict[str, Any]:
    """The application form with the new item's code and name in its headings."""
    components = [
        {**one, "label": str(one["label"]).replace(old, new)} if one.get("label") else one
        for one in form.get("components", ())
    ]
    return {**form, "id": f"item_{code}", "components": components}
