"""值班表: kept by heads, shown to everybody once published, printed for the door (ORG-20, DUTY-08)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.catalogue.queries import rest_days
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations import actions
from webapp.organisations import policy as posts
from webapp.organisations.actions import Entry
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Roster, Unit
from webapp.organisations.notices import KIND_NAMES
from webapp.organisations.queries import Acting
from webapp.organisations.rosters import day_lines, findings
from webapp.organisations.staff import candidates, own_unit_ids, units_over


@dataclass
class Typed:
    """What was typed to begin a list."""

    unit: str = ""
    kind: str = "duty"
    first: str = ""
    last: str = ""
    copy: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the list above the form."""
        return [(f"roster-{name}", words) for name, words in self.errors.items()]


def _rest(roster: Roster) -> Collection[date]:
    return rest_days(roster.first, (roster.last - roster.first).days + 1)


def _kept_units(by: Acting) -> list[Unit]:
    """Units whose lists she keeps."""
    rows = Unit.objects.filter(active=True, pools__posts__active=True).distinct()
    if by.has("county.office"):
        return sorted(rows.order_by("division__code", "id"), key=_centres_first)
    if not by.roles & posts.HEADS:
        return []
    led = own_unit_ids(by.officer_id, by.at)
    mine = rows.filter(Q(pk__in=led) | Q(kind=Unit.Kind.STATION, parent__in=led))
    return sorted(mine.order_by("division__code", "id"), key=_centres_first)


def _centres_first(unit: Unit) -> tuple[int, int]:
    """Centres and halls, where lists hang on the door, before offices and stations."""
    kinds = (Unit.Kind.CENTRE, Unit.Kind.HALL)
    return (0 if unit.kind in kinds else 1, 1 if unit.kind == Unit.Kind.STATION else 0)


@page(policy.may_see_duty)
def rosters(request: HttpRequest) -> HttpResponse:
    """Published lists of now and later, drafts of one's own units, a form to begin one."""
    by = acting_of(request)
    monday = timezone.localdate(by.at)
    monday += timedelta(days=7 - monday.weekday())
    typed = Typed(first=monday.isoformat(), last=(monday + timedelta(days=6)).isoformat())
    return _listed(request, typed)


def _listed(request: HttpRequest, typed: Typed, status: int = 200) -> HttpResponse:
    by = acting_of(request)
    today = timezone.localdate(by.at)
    kept = _kept_units(by)
    mine = {unit.pk for unit in kept} | set(own_unit_ids(by.officer_id, by.at))
    rows = Roster.objects.filter(during__endswith__gt=today).select_related("unit")
    published = rows.filter(published_at__isnull=False).order_by("during", "unit_id")
    context = {
        "mine": [one for one in published if one.unit_id in mine],
        "others": [one for one in published if one.unit_id not in mine],
        "drafts": rows.filter(published_at=None, unit__in=[u.pk for u in kept]).order_by(
            "during"
        ),
        "kept": kept,
        "kinds": [(key, _(words)) for key, words in KIND_NAMES.items()],
        "typed": typed,
        "problems": typed.problems,
    }
    return render(request, "inboxes/rosters.html", context, status=status)


@page(policy.may_keep_rosters, methods=("POST",))
def roster_new(request: HttpRequest) -> HttpResponse:
    """Begin a list, empty or copied from the last one."""
    typed = Typed(
        unit=request.POST.get("unit", "")[:18],
        kind=request.POST.get("kind", "")[:10],
        first=request.POST.get("first", "")[:10],
        last=request.POST.get("last", "")[:10],
        copy=request.POST.get("copy") == "1",
    )
    by = acting_of(request)
    try:
        roster_id = actions.begin_roster(
            by=by,
            unit_id=whole(typed.unit) or 0,
            kind=typed.kind,
            copy=typed.copy,
            **_days(typed),
        )
    except Invalid as wrong:
        typed.errors = wrong.errors
        return _listed(request, typed, 422)
    except Refused as refusal:
        typed.errors = {"unit": refusal.sentence}
        return _listed(request, typed, 409)
    return redirect("inboxes:roster_edit", roster_id=roster_id)


def _days(typed: Typed) -> dict[str, date]:
    found: dict[str, date] = {}
    errors = {}
    for name in ("first", "last"):
        try:
            found[name] = date.fromisoformat(getattr(typed, name))
        except ValueError:
            errors[name] = _("请选择日期。")
    if errors:
        raise Invalid(errors)
    return found


def _roster(by: Acting, roster_id: int, *, keep: bool = False) -> tuple[Roster, bool]:
    """A list that she may see, and whether she keeps it; else 404."""
    found = (
        Roster.objects.select_related("unit", "published_by", "made_by")
        .filter(pk=roster_id)
        .first()
    )
    if found is None:
        raise Http404
    may = posts.may_keep_rosters(by, units_over(found.unit_id))
    if not may and (keep or found.published_at is None):
        raise Http404
    return found, may


@page(policy.may_see_duty)
def roster(request: HttpRequest, roster_id: int) -> HttpResponse:
    """One list, to read and to hang on the door (A4)."""
    found, may = _roster(acting_of(request), roster_id)
    rest = _rest(found)
    context = {
        "roster": found,
        "title": _(KIND_NAMES[found.kind]),
        "lines": day_lines(found, rest),
        "findings": findings(found, rest) if may else [],
        "may_keep": may,
    }
    return render(request, "inboxes/roster.html", context)


@page(policy.may_keep_rosters, methods=("GET", "POST"))
def roster_edit(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Fill in a list; publish it, or throw a draft away."""
    by = acting_of(request)
    found, _may = _roster(by, roster_id, keep=True)
    rest = _rest(found)
    problem = ""
    if request.method == "POST":
        try:
            return _posted(request, by, found, rest)
        except Refused as refusal:
            problem = refusal.sentence
            found.refresh_from_db()
    lines = day_lines(found, rest)
    people = candidates(found.unit_id, 0, max(found.first, timezone.localdate(by.at)))
    context = {
        "roster": found,
        "title": _(KIND_NAMES[found.kind]),
        "lines": [
            (line, [(cell, _typed(request, cell.key, cell.names)) for cell in line.cells])
            for line in lines
        ],
        "note": request.POST.get("note", found.note),
        "findings": findings(found, rest),
        "people": dict.fromkeys(one.name for one in people),
        "problems": [("", problem)] if problem else [],
    }
    return render(request, "inboxes/roster_edit.html", context, status=409 if problem else 200)


def _typed(request: HttpRequest, key: str, kept: str) -> str:
    return request.POST.get(f"who-{key}", kept)


def _posted(
    request: HttpRequest, by: Acting, found: Roster, rest: Collection[date]
) -> HttpResponse:
    order = request.POST.get("do", "")
    if order == "drop":
        actions.drop_roster(by=by, roster_id=found.pk)
        messages.success(request, _("草稿已删除。"))
        return redirect("inboxes:rosters")
    entries = [
        Entry(cell.place, name)
        for line in day_lines(found, rest)
        for cell in line.cells
        for name in _names(request.POST.get(f"who-{cell.key}", ""))
    ]
    note = request.POST.get("note", "")
    actions.save_roster(by=by, roster_id=found.pk, entries=entries, note=note, rest=rest)
    if order == "publish":
        actions.publish_roster(by=by, roster_id=found.pk, rest=rest)
        messages.success(request, _("已公布，表上的人都收到了通知。可以打印张贴。"))
        return redirect("inboxes:roster", roster_id=found.pk)
    messages.success(request, _("已保存。"))
    return redirect("inboxes:roster_edit", roster_id=found.pk)


def _names(text: str) -> list[str]:
    """Names separated by 、 or commas or blanks."""
    for sign in "，,；;　 /":
        text = text.replace(sign, "、")
    return [name for name in text[:300].split("、") if name]
