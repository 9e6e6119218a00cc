"""What the county sets for itself (县参数): a number within its range, or one of some roles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import KNOWN, Known, parameter
from webapp.changes.kinds import asking
from webapp.changes.kinds.confirmers import problem_of_confirmer, role_names
from webapp.changes.kinds.kind import Kind, Line, Value, as_typed
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from workflows.forms import Form


class CountyParameter(Kind):
    """`{"value": 365, "source": "县里的文件"}` of a parameter that the product asks for.

    The value of a switch also says of which (`switch`), for the words of its choices.
    """

    key = "parameter"
    room = "county"

    def name(self) -> str:
        """What is changed."""
        return _("县参数")

    def subject_name(self, subject: str) -> str:
        """The name of the parameter."""
        known = _known(subject)
        row = Parameter.objects.filter(pk=subject).values_list("name", flat=True).first()
        return row or known.name

    def current(self, subject: str) -> Value:
        """Its value and where that stands."""
        known = _known(subject)
        row = Parameter.objects.filter(pk=subject).values_list("source", flat=True).first()
        value: Value = {"value": parameter(subject), "source": row or ""}
        return {**value, "switch": subject} if known.choices else value

    def form(self, subject: str) -> Form:
        """The number, and the paper that fixes it."""
        known = _known(subject)
        source = asking.text("source", _("依据（哪份文件、第几条）"), must=True)
        if known.choices:
            offered = {str(n): str(words) for n, words in enumerate(known.choices)}
            return asking.form(self.key, asking.choice("value", _("改成"), offered), source)
        about = _("{least} 到 {most} 之间的整数。").format(least=known.least, most=known.most)
        return asking.form(
            self.key,
            asking.number("value", _("改成"), known.least, known.most, must=True, about=about),
            source,
        )

    def typed(self, value: Value) -> dict[str, Any]:
        """What the form asks."""
        return as_typed({key: value[key] for key in ("value", "source")})

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """A switch is chosen by its words and kept as its number."""
        return {**current, **answers, "value": int(answers["value"])}

    def check(self, subject: str, value: Value, today: date) -> None:
        """The range again: it may have changed since."""
        known = _known(subject)
        if not known.least <= value["value"] <= known.most:
            words = _("要在{least}到{most}之间。")
            raise Invalid({"value": words.format(least=known.least, most=known.most)})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """The number first; what is longer for applicants is grave."""
        lines = []
        if before["value"] != after["value"]:
            says = _says(after)
            words = _("由 {old} 改为 {new}").format(
                old=says(before["value"]), new=says(after["value"])
            )
            lines.append(Line(words, grave=after["value"] > before["value"]))
        if before["source"] != after["source"]:
            words = _("依据改为：{new}").format(new=after["source"])
            lines.append(Line(words))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Write the row; a later release leaves it alone."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        set_by_county(change, change.after["value"])


class RoleParameter(Kind):
    """`{"role": "township.leader", "source": "县里的文件"}`: who does a step in every item.

    An item may name another role (its switches); a case keeps what held when it was opened.
    """

    key = "parameter.role"
    room = "county"

    def name(self) -> str:
        """What is changed."""
        return _("县参数")

    def subject_name(self, subject: str) -> str:
        """The name of the parameter."""
        return _known(subject, of_roles=True).name

    def current(self, subject: str) -> Value:
        """The role and where that stands."""
        known = _known(subject, of_roles=True)
        row = Parameter.objects.filter(pk=subject).values_list("source", flat=True).first()
        return {"role": known.roles[parameter(subject)], "source": row or ""}

    def form(self, subject: str) -> Form:
        """One of the roles, and the paper that fixes it."""
        names = role_names(_known(subject, of_roles=True).roles)
        about = _(
            "事项上另有规定的按事项。确认人不能是提出人，也不能低于窗口负责人（DENY-02）。"
        )
        return asking.form(
            self.key,
            asking.choice("role", _("改成"), names, about=about),
            asking.text("source", _("依据（哪份文件、第几条）"), must=True),
        )

    def check(self, subject: str, value: Value, today: date) -> None:
        """Every township has somebody in that role."""
        if value["role"] not in _known(subject, of_roles=True).roles:
            raise Invalid({"role": _("请从清单里选一个岗位。")})
        words = problem_of_confirmer(value["role"], ("township",))
        if words:
            raise Invalid({"role": words})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Another role is another power."""
        lines = []
        if before["role"] != after["role"]:
            names = role_names((before["role"], after["role"]))
            words = _("由 {old} 改为 {new}").format(
                old=names[before["role"]], new=names[after["role"]]
            )
            lines.append(Line(words, grave=True))
        if before["source"] != after["source"]:
            lines.append(Line(_("依据改为：{new}").format(new=after["source"])))
        return lines

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """The role that decides from now on."""
        return () if before["role"] == after["role"] else (after["role"],)

    def apply(self, change: Change, today: date) -> None:
        """Write its place among the roles; a later release leaves it alone."""
        if change.after is None:
            raise Refused("改动没有内容。")
        roles = _known(change.subject, of_roles=True).roles
        set_by_county(change, roles.index(change.after["role"]))


def set_by_county(change: Change, value: int) -> None:
    """Write the row of a parameter from an approved change."""
    if change.after is None or change.in_force_at is None:
        raise Refused("改动没有内容。")
    Parameter.objects.update_or_create(
        key=change.subject,
        defaults={
            "value": value,
            "source": change.after["source"],
            "name": change.subject_name[:120],
            "set_at": change.in_force_at,
            "by_county": True,
        },
    )


def _says(value: Value) -> Callable[[int], str]:
    return KNOWN[value["switch"]].says if "switch" in value else str


def _known(subject: str, *, of_roles: bool = False) -> Known:
    known = KNOWN.get(subject)
    if known is None or bool(known.roles) != of_roles:
        raise Unknown("没有这个参数。")
    return known
