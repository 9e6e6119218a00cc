"""The rules of electronic supervision (电子监察 R01–R13): data that the county edits.

Domain §4.4. What each trigger means is code (`webapp.cases`); days, shares, clocks and who is
told are rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import SupervisionRule
from webapp.core.errors import Refused
from webapp.organisations.lookups import remembered
from webapp.organisations.models import Role

WIDE = frozenset({"county.office", "inspection", "oversight"})
"""Roles that are told of every unit's cards, not only of their own."""
_FIELDS = ("days", "share", "late_from", "late_until", "count")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `days`, `late_from`, `late_until` in working days; `share` in percent."""

    code: str
    part: int
    name: str
    signal: str
    trigger: str
    clocks: tuple[str, ...]
    to: tuple[str, ...]
    days: int | None
    share: int | None
    late_from: int | None
    late_until: int | None
    count: int | None
    hours: bool

    def covers(self, kind: str, late: int) -> bool:
        """Whether a clock of this kind that is so many working days late falls under the rule."""
        return (
            self.trigger == "lapsed"
            and kind in self.clocks
            and late >= (self.late_from or 1)
            and (self.late_until is None or late <= self.late_until)
        )


@remembered
def supervision_rules() -> tuple[Rule, ...]:
    """The rules that are switched on, in order; perhaps some seconds old: one statement."""
    rows = SupervisionRule.objects.filter(enabled=True).order_by("code", "part")
    return tuple(as_rule(row) for row in rows)


def as_rule(row: SupervisionRule) -> Rule:
    """A row as the sweep reads it."""
    return Rule(
        row.code, row.part, row.name, row.signal, row.trigger, tuple(row.clocks),
        tuple(row.to), row.days, row.share, row.late_from, row.late_until, row.count,
        row.hours,
    )  # fmt: skip


def families(rows: Iterable[SupervisionRule]) -> list[list[SupervisionRule]]:
    """Rules that are changed together: bands of lateness of the same clocks, else each alone.

    R04 ends where R05 begins; neither may be moved without the other.
    """
    found: dict[tuple[object, ...], list[SupervisionRule]] = {}
    for row in sorted(rows, key=lambda one: (one.code, one.part)):
        band = row.trigger == SupervisionRule.Trigger.LAPSED
        family = ("band", *row.clocks) if band else (row.code, row.part)
        found.setdefault(family, []).append(row)
    return list(found.values())


def rule_of(code: str) -> Rule | None:
    """The first row of a rule that is switched on."""
    return next((rule for rule in supervision_rules() if rule.code == code), None)


def load_rules(rows: Iterable[Mapping[str, Any]], *, update: bool = False) -> list[str]:
    """Write missing rules, with `update` also changed ones; gives the codes written.

    What the county has set on a page stays.
    Raises Refused for a row that says something the product does not know.
    """
    known = set(Role.objects.values_list("key", flat=True))
    stored = {(row.code, row.part): row for row in SupervisionRule.objects.all()}
    written = []
    for raw in rows:
        row = _checked(raw, known)
        found = stored.get((row.code, row.part))
        if found is not None:
            if not update or found.by_county or _same(found, row):
                continue
            row.pk = found.pk
        row.save()
        written.append(row.code)
    return written


def _checked(raw: Mapping[str, Any], roles: set[str]) -> SupervisionRule:
    row = SupervisionRule(
        code=str(raw["rule"]),
        part=int(raw.get("part", 1)),
        name=str(raw["name"]),
        signal=str(raw["signal"]),
        trigger=str(raw["trigger"]),
        clocks=list(raw["clocks"]),
        to=list(raw["to"]),
        hours=bool(raw.get("hours", False)),
        enabled=bool(raw.get("enabled", True)),
        **{name: raw.get(name) for name in _FIELDS},
    )
    wrong = set(row.to) - roles
    known = {
        row.signal in SupervisionRule.Signal.values,
        row.trigger in SupervisionRule.Trigger.values,
        not wrong,
    }
    if known != {True}:
        words = _("督办规则“{code}”写错了：信号、情形或者岗位“{roles}”不认识。")
        raise Refused(words.format(code=row.code, roles="、".join(sorted(wrong))))
    return row


def _same(one: SupervisionRule, other: SupervisionRule) -> bool:
    names = [f.attname for f in SupervisionRule._meta.concrete_fields if f.attname != "id"]
    return all(getattr(one, name) == getattr(other, name) for name in names)
