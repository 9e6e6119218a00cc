"""What a village agent carries for villagers (代办, AGT-01 to AGT-03), and who could carry it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Choice
from django.db.models import IntegerField, Value, When

from webapp.cases.models import Case
from webapp.organisations.models import Holding

AGENT = "village.agent"


@dataclass(frozen=True, slots=True)
class Carried:
    """An open case of an agent, without a name of the applicant."""

    case_id: int
    number: str
    item: str
    village: str


@dataclass(frozen=True, slots=True)
class Successor:
    """A village agent of the same townships; those of the same villages come first."""

    officer_id: int
    name: str
    station: str


def carried_by(officer_id: int) -> list[Carried]:
    """Open cases that she filed on a mandate or took over: one statement."""
    rows = Case.objects.filter(agent=officer_id, is_open=True).order_by("pk")
    found = rows.values_list("pk", "number", "item_version__name", "village__name")
    return [Carried(pk, number, item, village or "") for pk, number, item, village in found]


def successors(officer_id: int, day: date) -> list[Successor]:
    """Village agents in post on that day whose townships are those of her cases: one statement."""
    hers = Case.objects.filter(agent=officer_id, is_open=True)
    division = "post__pool__unit__division"
    rows = (
        Holding.objects.filter(
            **{f"{division}__parent__in": hers.values("village__parent")},
            post__pool__role=AGENT,
            post__active=True,
            during__contains=day,
            officer__is_active=True,
        )
        .exclude(officer=officer_id)
        .annotate(
            far=Choice(
                When(**{f"{division}__in": hers.values("village")}, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("far", "post__pool__unit_id", "cover", "pk")
        .values_list("officer_id", "officer__name", "post__pool__unit__name")
    )
    found: dict[int, Successor] = {}
    for officer, name, station in rows:
        found.setdefault(officer, Successor(officer, name, station))
    return list(found.values())
