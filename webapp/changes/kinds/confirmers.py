"""Who may confirm a denial (DENY-02): the roles by name, and whether somebody holds them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from webapp.core.errors import Refused
from webapp.organisations.directory import Asked, directory
from webapp.organisations.models import Post, Role, Unit
from workflows.sources.vocabulary import ranks

CONFIRMER = "denial_confirmer"


def role_names(keys: Iterable[str]) -> dict[str, str]:
    """Names of roles, in the order of the keys: one statement."""
    wanted = list(keys)
    names = dict(Role.objects.filter(pk__in=wanted).values_list("key", "name"))
    return {key: names.get(key, key) for key in wanted}


def confirmers() -> dict[str, str]:
    """The roles that may confirm a denial, lowest rank first."""
    return role_names(ranks()[CONFIRMER])


def problem_of_confirmer(
    role: str,
    levels: Iterable[str],
    competent_id: int | None = None,
    competent_local: str = "",
    category: str = "",
) -> str:
    """Where nobody could confirm a denial of a case filed at these levels; "" if nowhere."""
    seen, found = directory(), {}
    offered = set(levels)
    wanted = {Unit.Kind.CENTRE} if offered & {"village", "township"} else set()
    wanted |= {Unit.Kind.HALL} if "county" in offered else set()
    for unit in seen.units.values():
        if unit.kind not in wanted:
            continue
        own = seen.local_unit(competent_local or "township_government", unit.id)
        where = competent_id or (own.id if own is not None else None)
        try:
            pool = seen.pool_for(Asked(role, None, unit.id, where, category))
        except Refused as refusal:
            return refusal.sentence
        found[pool] = unit.name
    held = set(Post.objects.filter(pool__in=found, active=True).values_list("pool", flat=True))
    empty = next((name for pool, name in found.items() if pool not in held), None)
    if empty is None:
        return ""
    words = _("{unit}的办件没有人能确认：没有“{role}”的岗位。请先设岗，或者选别的岗位。")
    return words.format(unit=empty, role=role_names([role])[role])
