"""Organs that an item can name: county units by key, and the kinds that each township has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.organisations.models import Level, Post, Unit

DECIDES, OPINES = "decision", "opinion"


def organs() -> dict[str, str]:
    """Names by key: county and external units, then `township_agriculture` and its like."""
    rows = Unit.objects.filter(level__in=(Level.COUNTY, Level.EXTERNAL), active=True)
    kinds = (Unit.Kind.STATION, Unit.Kind.HALL, Unit.Kind.SERVICE_OFFICE)
    named = dict(rows.exclude(kind__in=kinds).order_by("pk").values_list("key", "name"))
    return named | local_organs()


def local_organs() -> dict[str, str]:
    """Kinds of township organs by the second half of their keys, named without the township."""
    units = Unit.objects.filter(level=Level.TOWNSHIP, active=True).select_related("division")
    found: dict[str, str] = {}
    for unit in units.order_by("pk"):
        _town, point, kind = unit.key.partition(".")
        if point and unit.division is not None and kind != "centre":
            name = unit.name.removeprefix(unit.division.name)
            found.setdefault(kind, _("各乡镇的{name}").format(name=name))
    return found


def problem_of_department(key: str, role: str) -> str:
    """Why a department cannot be asked; "" when it has who must answer (PROC-06).

    County departments need a handler and a leader, township offices a handler.
    """
    posts = Post.objects.filter(active=True, pool__unit__active=True)
    unit = Unit.objects.filter(key=key, active=True).first()
    if unit is not None and unit.level == Level.EXTERNAL:
        return ""
    if unit is not None:
        held = set(posts.filter(pool__unit=unit).values_list("pool__role", flat=True))
        missing = {"county.handler": _("承办人"), "county.leader": _("负责人")}
        lacking = [name for role_key, name in missing.items() if role_key not in held]
        if lacking:
            words = _("{unit}没有{roles}的岗位，没有人答复。请先为它设岗。")
            return words.format(unit=unit.name, roles=_("和").join(lacking))
        return ""
    local = Unit.objects.filter(key__endswith=f".{key}", level=Level.TOWNSHIP, active=True)
    if not local:
        return _("没有这个单位，或者它已经停用。")
    if key == "township_government":
        return ""
    staffed = posts.filter(pool__unit__in=local, pool__role="township.handler")
    empty = local.exclude(pk__in=staffed.values("pool__unit")).first()
    if empty is not None:
        return _("{unit}没有承办人的岗位，没有人答复。请先为它设岗。").format(unit=empty.name)
    return ""
