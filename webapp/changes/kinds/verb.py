"""Which roles may use a verb (动作权限): one row of the county's table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from webapp.catalogue.models import VerbRule
from webapp.catalogue.verbs import EVERY, VERBS
from webapp.changes.kinds import asking
from webapp.changes.kinds.kind import Kind, Line, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.organisations import lookups
from webapp.organisations.models import Level, Role
from workflows.forms import Form

READING = ("inspection", "oversight")
"""Roles without work of their own who see every case, and may be given verbs like 督办."""


class VerbRoles(Kind):
    """`{"roles": ["township.window"], "source": "县里的文件"}` of a verb."""

    key = "verb"
    room = "county"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("动作权限")

    def subject_name(self, subject: str) -> str:
        """The name of the verb."""
        return _known(subject)

    def current(self, subject: str) -> Value:
        """Its roles and where that stands."""
        _known(subject)
        row = VerbRule.objects.filter(pk=subject).first()
        if row is None:
            return {"roles": list(VERBS[subject].roles), "source": ""}
        return {"roles": row.roles, "source": row.source}

    def lock(self, subject: str) -> None:
        """Its row."""
        list(VerbRule.objects.select_for_update().filter(pk=subject).values_list("pk"))

    def form(self, subject: str) -> Form:
        """The roles, and the paper that says so."""
        about = _("没有打勾的角色看不到这个动作。至少留一个角色。")
        return asking.form(
            self.key,
            asking.choices("roles", _("哪些角色可以用"), role_names(), must=True, about=about),
            asking.text("source", _("依据（哪份文件、第几条）"), must=True),
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """In the order of the roles, so that the same choice is the same value."""
        chosen = set(answers.get("roles") or ())
        return {
            "roles": [key for key in role_names() if key in chosen],
            "source": answers["source"],
        }

    def check(self, subject: str, value: Value, today: date) -> None:
        """A verb that nobody may use would leave cases stuck."""
        if not value["roles"]:
            raise Invalid({"roles": _("请至少选一个角色。")})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Who gains it, in red; who loses it."""
        names = role_names()

        def said(keys: Collection[str]) -> str:
            return _("、").join(names.get(key, key) for key in keys)

        gained = [key for key in after["roles"] if key not in before["roles"]]
        lost = [key for key in before["roles"] if key not in after["roles"]]
        lines = []
        if gained:
            lines.append(
                Line(_("可以用的增加：{roles}").format(roles=said(gained)), grave=True)
            )
        if lost:
            lines.append(Line(_("不能再用：{roles}").format(roles=said(lost)), grave=True))
        if before["source"] != after["source"]:
            lines.append(Line(_("依据改为：{new}").format(new=after["source"])))
        return lines

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """Roles that may use the verb from now on."""
        if EVERY in before["roles"]:
            return ()
        gained = set(after["roles"]) - set(before["roles"])
        return set(role_names()) - set(before["roles"]) if EVERY in gained else gained

    def apply(self, change: Change, today: date) -> None:
        """Write the row; a later release leaves it alone."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        values = {
            "roles": change.after["roles"],
            "source": change.after["source"],
            "set_at": change.in_force_at,
            "by_county": True,
        }
        VerbRule.objects.update_or_create(verb=change.subject, defaults=values)
        lookups.forget()


def _known(subject: str) -> str:
    known = VERBS.get(subject)
    if known is None:
        raise Unknown("没有这个动作。")
    return str(known.words)


def role_names() -> dict[str, str]:
    """Every role to whom a verb can be given, by key; `*` first."""
    works = Q(may_own_lane=True) & ~Q(level=Level.EXTERNAL)
    named = Role.objects.filter(works | Q(key__in=READING)).order_by("order")
    return {EVERY: _("所有办件岗位"), **dict(named.values_list("key", "name"))}
