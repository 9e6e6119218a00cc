"""Posts (岗位): new, renamed, moved to another unit, closed; at once (DUTY-03).

Who holds a post is not decided here: its holders stay with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.models import WorkItem
from webapp.changes.kinds import Kind, Line, Value, asking
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.organisations import lookups
from webapp.organisations.models import Pool, Post, Role, Unit, Window
from workflows.forms import Form


class PostChange(Kind):
    """`{name, unit, role, window, active}` of a post; `unit` is a key, `window` a number."""

    key = "post"
    room = "organs"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("岗位")

    def subject_name(self, subject: str) -> str:
        """Unit and name."""
        post = post_of(subject)
        return f"{post.pool.unit.name} {post.name}"

    def current(self, subject: str) -> Value:
        """The post as it stands."""
        post = post_of(subject)
        return {
            "name": post.name,
            "unit": post.pool.unit.key,
            "role": post.pool.role_id,
            "window": post.window.number if post.window else None,
            "active": post.active,
        }

    def lock(self, subject: str) -> None:
        """Its row."""
        list(Post.objects.select_for_update().filter(pk=whole(subject) or 0).values_list("pk"))

    def form(self, subject: str) -> Form:
        """Name, unit, role, window, and whether it is still used."""
        level = post_of(subject).pool.unit.level
        about = _("停用以后没有人能用它办件；在岗的人保留记录。")
        return asking.form(
            self.key, *_questions(level), asking.tick("active", _("在用"), about=about)
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Ticked or not."""
        return {**_value(answers), "active": bool(answers.get("active"))}

    def check(self, subject: str, value: Value, today: date) -> None:
        """One name once in a unit; work that waits is not left without anybody."""
        post = post_of(subject)
        _check(value, post.pk)
        stays = value["active"] and (value["unit"], value["role"]) == (
            post.pool.unit.key,
            post.pool.role_id,
        )
        if not stays and post.active:
            _check_left_behind(post, "unit" if value["active"] else "active")

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Who works where, and for whom: in red."""
        lines = []
        if before["unit"] != after["unit"]:
            words = _("从{old}移到{new}，在岗的人随岗走").format(
                old=_unit_name(before["unit"]), new=_unit_name(after["unit"])
            )
            lines.append(Line(words, True))
        if before["role"] != after["role"]:
            words = _("角色由{old}改为{new}").format(
                old=_role_name(before["role"]), new=_role_name(after["role"])
            )
            lines.append(Line(words, True))
        if before["active"] != after["active"]:
            words = _("恢复使用") if after["active"] else _("停用")
            lines.append(Line(words, True))
        if before["name"] != after["name"]:
            words = _("“{old}”改名为“{new}”").format(old=before["name"], new=after["name"])
            lines.append(Line(words))
        if before["window"] != after["window"]:
            words = _("窗口改为{new}号").format(new=after["window"] or "—")
            lines.append(Line(words))
        return lines

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """A role that gets a post, a post back, or another unit gains."""
        moved = (before["unit"], before["role"]) != (after["unit"], after["role"])
        back = after["active"] and not before["active"]
        return (after["role"],) if moved or back else ()

    def apply(self, change: Change, today: date) -> None:
        """The row, and what it was called, so that a later load does not create it again."""
        value = change.after
        if value is None:
            raise Refused("改动没有内容。")
        post = post_of(change.subject)
        post.former = sorted({*post.former, former_name(post)})
        post.pool, post.window = _place(value)
        post.name, post.active = value["name"], value["active"]
        post.save(update_fields=["former", "pool", "window", "name", "active"])
        lookups.forget()


class PostNew(Kind):
    """`{name, unit, role, window}`: a new post of a unit, without holders at first."""

    key = "post.new"
    room = "organs"
    at_once = True
    creates = True

    def name(self) -> str:
        """What is changed."""
        return _("新增岗位")

    def subject_name(self, subject: str) -> str:
        """The unit for which it is created."""
        return unit_of(subject.partition("/")[0]).name

    def subject_of(self, subject: str, value: Value) -> str:
        """Unit and name."""
        return f"{value['unit']}/{value['name']}"[:120]

    def current(self, subject: str) -> Value:
        """The unit from whose page she came."""
        return {"unit": subject.partition("/")[0]}

    def form(self, subject: str) -> Form:
        """Name, unit, role, window."""
        unit = unit_of(subject.partition("/")[0])
        return asking.form(self.key, *_questions(unit.level))

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """As said."""
        return _value(answers)

    def check(self, subject: str, value: Value, today: date) -> None:
        """One name once in a unit."""
        _check(value, None)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What there will be."""
        words = _("{unit}新增岗位“{name}”（{role}）").format(
            unit=_unit_name(after["unit"]), name=after["name"], role=_role_name(after["role"])
        )
        return [Line(words, True)]

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """The role gets one more post."""
        return (after["role"],) if after else ()

    def apply(self, change: Change, today: date) -> None:
        """Write the row; holders are named on the unit's page."""
        value = change.after
        if value is None:
            raise Refused("改动没有内容。")
        pool, window = _place(value)
        Post.objects.create(pool=pool, window=window, name=value["name"])
        lookups.forget()


def _questions(level: str) -> list[Any]:
    units = Unit.objects.filter(level=level, active=True).order_by("pk")
    roles = Role.objects.filter(level=level).order_by("order")
    return [
        asking.text("name", _("岗位名称"), most=60, must=True),
        asking.choice("unit", _("单位"), dict(units.values_list("key", "name"))),
        asking.choice("role", _("角色"), dict(roles.values_list("key", "name"))),
        asking.number("window", _("几号窗口（不在窗口的空着）"), 1, 999),
    ]


def _value(answers: Mapping[str, Any]) -> Value:
    return {
        "name": answers["name"],
        "unit": answers["unit"],
        "role": answers["role"],
        "window": answers.get("window"),
    }


def _check(value: Value, but: int | None) -> None:
    errors = {}
    unit = unit_of(value["unit"])
    if not unit.active:
        errors["unit"] = _("这个单位已经停用。")
    same = Post.objects.filter(pool__unit=unit, pool__role=value["role"], name=value["name"])
    if any(pk != but for pk in same.values_list("pk", flat=True)):
        errors["name"] = _("这个单位已经有叫这个名字的同类岗位。")
    number = value.get("window")
    if number and not Window.objects.filter(unit=unit, number=number).exists():
        errors["window"] = _("这个单位没有{n}号窗口，请先设置窗口。").format(n=number)
    if errors:
        raise Invalid(errors)


def _check_left_behind(post: Post, field: str) -> None:
    """Raises Invalid when it is the last post of its pool, and work waits there."""
    if Post.objects.filter(pool=post.pool, active=True).exclude(pk=post.pk).exists():
        return
    waiting = WorkItem.objects.filter(pool=post.pool, state="OPEN").count()
    if waiting:
        words = _("这是{unit}最后一个“{role}”岗位，还有{n}件待办，不能停用或移走。")
        said = words.format(unit=post.pool.unit.name, role=post.pool.role.name, n=waiting)
        raise Invalid({field: said})


def _place(value: Value) -> tuple[Pool, Window | None]:
    unit = unit_of(value["unit"])
    pool, _new = Pool.objects.get_or_create(unit=unit, role_id=value["role"])
    number = value.get("window")
    window = Window.objects.filter(unit=unit, number=number).first() if number else None
    return pool, window


def post_of(subject: str) -> Post:
    """A post by its id as text. Raises Unknown."""
    rows = Post.objects.select_related("pool__unit", "pool__role", "window")
    post = rows.filter(pk=whole(subject) or 0).first()
    if post is None:
        raise Unknown("没有这个岗位。")
    return post


def unit_of(key: str) -> Unit:
    """A unit by its key. Raises Unknown."""
    unit = Unit.objects.filter(key=key).first()
    if unit is None:
        raise Unknown("没有这个单位。")
    return unit


def former_name(post: Post) -> str:
    """How the county's file names a post: unit/role/name."""
    return f"{post.pool.unit.key}/{post.pool.role_id}/{post.name}"


def _unit_name(key: str) -> str:
    return unit_of(key).name


def _role_name(key: str) -> str:
    return Role.objects.filter(pk=key).values_list("name", flat=True).first() or key
