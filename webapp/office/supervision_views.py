"""The rules of electronic supervision as a table of the county office (督办规则 R01–R13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.cases.models import Card
from webapp.cases.planning.ledger import label
from webapp.catalogue.models import SupervisionRule
from webapp.catalogue.supervision import families
from webapp.changes import queries as changes
from webapp.core.access import page
from webapp.office import policy
from webapp.office.change_pages import in_list
from webapp.office.kinds.supervision import SupervisionBands, tag
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Role

MONTH = timedelta(days=30)
Trigger = SupervisionRule.Trigger


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule in words; `subject` names the change of its family, on the first row only."""

    row: SupervisionRule
    when: str
    clocks: str
    told: str
    issued: int
    subject: str
    of_family: int


@page(policy.may_see_parameters)
def supervision(request: HttpRequest) -> HttpResponse:
    """Every rule with its thresholds, whom it tells, and how many cards it issued lately."""
    at = acting_of(request).at
    rows = list(SupervisionRule.objects.all())
    roles = dict(Role.objects.values_list("key", "name"))
    counted = Card.objects.filter(issued_at__gt=at - MONTH).values("rule", "level")
    issued = {
        (one["rule"], one["level"]): one["n"]
        for one in counted.annotate(n=Count("pk")).order_by()
    }
    known = changes.changes(kind_keys=[SupervisionBands.key])
    context = {
        "rules": [
            Shown(
                row,
                _when(row),
                "、".join(label(kind) for kind in row.clocks) or "—",
                "、".join(roles.get(key, key) for key in row.to) or _("只告诉承办人"),
                issued.get((row.code, row.signal), 0),
                tag(row) if number == 0 and row.signal != SupervisionRule.Signal.BLOCK else "",
                len(family),
            )
            for family in families(rows)
            for number, row in enumerate(family)
        ],
        "history": [(one, *in_list(one)) for one in known[:20]],
        "may_change": policy.may_change_parameters(request),
    }
    return render(request, "office/supervision.html", context)


def _when(row: SupervisionRule) -> str:
    if row.trigger == Trigger.DUE_WITHIN:
        days = ngettext("到期前{n}个工作日", "到期前{n}个工作日", row.days or 1).format(
            n=row.days or 1
        )
        if not row.share:
            return days
        return _("{days}，或者剩下不足{share}%（取早的）").format(days=days, share=row.share)
    if row.trigger == Trigger.DUE_TODAY:
        return _("到期当天")
    if row.trigger == Trigger.LAPSED:
        first = row.late_from or 1
        if row.late_until is None:
            return _("超期{first}个工作日起").format(first=first)
        return _("超期{first}至{last}个工作日").format(first=first, last=row.late_until)
    if row.trigger == Trigger.STOPPED:
        return _("暂停没有告知书，或者超过载明的天数")
    if row.trigger == Trigger.QUARTER:
        return _("一个季度{n}张黄牌，或者一张红牌").format(n=row.count or 3)
    return _("办那一步的时候当场判断")
