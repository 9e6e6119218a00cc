"""Roles at a level (角色), as data: the county renames them and adds its own (ORG-01)."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from webapp.changes.kinds import Kind, Line, Value, asking
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.organisations import lookups
from webapp.organisations.models import Level, Role
from workflows.forms import Form


class RoleName(Kind):
    """`{"name": "窗口负责人"}`: a role keeps its key and level, diagrams name them."""

    key = "role"
    room = "organs"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("角色名称")

    def subject_name(self, subject: str) -> str:
        """Its name in force."""
        return _role(subject).name

    def current(self, subject: str) -> Value:
        """Its name in force."""
        return {"name": _role(subject).name}

    def form(self, subject: str) -> Form:
        """One question."""
        return asking.form(self.key, asking.text("name", _("名称"), most=40, must=True))

    def check(self, subject: str, value: Value, today: date) -> None:
        """Names tell roles apart."""
        check_name(value["name"], subject)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """The new name."""
        if before["name"] == after["name"]:
            return []
        words = _("“{old}”改名为“{new}”").format(old=before["name"], new=after["name"])
        return [Line(words)]

    def apply(self, change: Change, today: date) -> None:
        """One column."""
        if change.after is None:
            raise Refused("改动没有内容。")
        Role.objects.filter(pk=change.subject).update(name=change.after["name"])
        lookups.forget()


class RoleNew(Kind):
    """`{key, name, level, may_own_lane}`: a role of the county's own."""

    key = "role.new"
    room = "organs"
    at_once = True
    creates = True

    def name(self) -> str:
        """What is changed."""
        return _("新增角色")

    def subject_name(self, subject: str) -> str:
        """The key, once it is given."""
        return subject or _("新角色")

    def subject_of(self, subject: str, value: Value) -> str:
        """The new role's key."""
        return str(value["key"])

    def current(self, subject: str) -> Value:
        """Nothing yet."""
        return {}

    def form(self, subject: str) -> Form:
        """Key, name, level, and whether steps may wait for it."""
        return asking.form(
            self.key,
            asking.text("name", _("名称"), most=40, must=True),
            asking.choice("level", _("哪一级"), levels()),
            asking.text(
                "key", _("代码"), most=40, must=True, pattern=r"[a-z]{3,12}\.[a-z_]{3,24}",
                about=_("级别加英文，例如 township.archive；流程图的泳道用它，以后不能改。"),
            ),
            asking.tick(
                "may_own_lane", _("流程图里可以有它的泳道（环节在这个岗位等人办）")
            ),
        )  # fmt: skip

    def check(self, subject: str, value: Value, today: date) -> None:
        """The key is new and begins with its level."""
        errors = {}
        if Role.objects.filter(pk=value["key"]).exists():
            errors["key"] = _("已经有这个代码的角色。")
        elif not value["key"].startswith(f"{value['level']}."):
            words = _("代码要以“{level}.”开头。")
            errors["key"] = words.format(level=value["level"])
        if errors:
            raise Invalid(errors)
        check_name(value["name"], value["key"])

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What there will be; a role that steps can wait for is power."""
        words = _("新增{level}角色“{name}”（{key}）").format(
            level=levels()[after["level"]], name=after["name"], key=after["key"]
        )
        lines = [Line(words, True)]
        if after.get("may_own_lane"):
            lines.append(Line(_("流程图里可以让它办环节"), True))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Write the row behind the others."""
        value = change.after
        if value is None:
            raise Refused("改动没有内容。")
        last = Role.objects.aggregate(last=Max("order"))["last"] or 0
        Role.objects.create(
            key=value["key"],
            name=value["name"],
            level=value["level"],
            may_own_lane=bool(value.get("may_own_lane")),
            order=last + 1,
        )
        lookups.forget()


def _role(key: str) -> Role:
    found = Role.objects.filter(pk=key).first()
    if found is None:
        raise Unknown("没有这个角色。")
    return found


def check_name(name: str, but: str) -> None:
    """Raises Invalid when another role has that name."""
    if Role.objects.filter(name=name).exclude(pk=but).exists():
        raise Invalid({"name": _("已经有叫这个名字的角色。")})


def levels() -> dict[str, str]:
    """Levels at which people work."""
    return {
        Level.VILLAGE.value: _("村"),
        Level.TOWNSHIP.value: _("乡镇"),
        Level.COUNTY.value: _("县"),
    }
