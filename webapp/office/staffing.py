"""岗位安排: who holds which post, from when; and handing over when somebody leaves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.accounts.models import Officer
from webapp.cases import actions as cases
from webapp.cases.actions.leave import Agency
from webapp.cases.queries.agencies import carried_by, successors
from webapp.cases.queries.handover import handover_sheet
from webapp.catalogue.queries import rest_days
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.office import policy
from webapp.organisations import actions
from webapp.organisations import policy as posts
from webapp.organisations.cover import FORTNIGHT, Matrix, Row, matrix
from webapp.organisations.establishment import establishment_warnings
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Holding, Post, Unit
from webapp.organisations.queries import Acting
from webapp.organisations.staff import (
    candidates,
    own_unit_ids,
    pools_of_officer,
    unit_ids_of,
    units_over,
)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the list: its posts, and what is missing today."""

    unit: Unit
    posts: int
    vacant: int
    without_b: int
    empty: int
    warnings: list[str]


def _units(by: Acting) -> list[Unit]:
    """Units whose people she arranges: all with posts for the county office, else her own."""
    rows = Unit.objects.filter(active=True, pools__posts__active=True).distinct()
    if not by.has("county.office"):
        rows = rows.filter(pk__in=own_unit_ids(by.officer_id, by.at))
    return list(rows.order_by("level", "division__code", "id"))


@page(policy.may_arrange)
def staff(request: HttpRequest) -> HttpResponse:
    """Units with their posts, vacancies and establishment; villages only where they lack."""
    by = acting_of(request)
    units = _units(by)
    found = matrix([u.pk for u in units], timezone.localdate(by.at), days=1)
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in found.rows:
        rows[row.unit_id].append(row)
    lines = [_line(unit, rows[unit.pk]) for unit in units]
    stations = [line for line in lines if line.unit.level == "village"]
    lines.sort(key=lambda line: not (line.vacant or line.empty or line.warnings))
    context = {
        "lines": [line for line in lines if line.unit.level != "village"],
        "stations": [line for line in stations if line.vacant or line.empty],
        "station_count": len(stations),
    }
    return render(request, "office/staff.html", context)


def _line(unit: Unit, rows: list[Row]) -> UnitLine:
    return UnitLine(
        unit,
        len(rows),
        sum(row.a_id is None for row in rows),
        sum(row.b_id is None for row in rows),
        sum(row.days[0].gap for row in rows),
        establishment_warnings(unit.kind, rows),
    )


@page(policy.may_arrange)
def staff_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The coverage matrix of a unit with links to its posts and people."""
    by = acting_of(request)
    unit = get_object_or_404(Unit, pk=unit_id, active=True)
    if not posts.arranges_cover(by, units_over(unit_id)):
        raise Http404
    today = timezone.localdate(by.at)
    monday = today - timedelta(days=today.weekday())
    found = matrix([unit_id], monday, rest=rest_days(monday, FORTNIGHT))
    context = {
        "unit": unit,
        "matrix": found,
        "today": today,
        "assigns": True,
        "warnings": establishment_warnings(unit.kind, found.rows),
        "people": _people(found),
    }
    return render(request, "office/staff_unit.html", context)


def _people(found: Matrix) -> list[tuple[int, str]]:
    return [(one.officer_id, one.name) for one in found.skills]


@dataclass
class Typed:
    """What was typed into the form of a post."""

    cover: str = "B"
    officer: str = ""
    first: str = ""
    last: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the list above the form."""
        return [(f"post-{name}", words) for name, words in self.errors.items()]


def _post(by: Acting, post_id: int) -> Post:
    found = (
        Post.objects.select_related("pool__unit", "pool__role", "window")
        .filter(pk=post_id, active=True)
        .first()
    )
    if found is None:
        raise Http404
    if not posts.may_assign(by, found.pool.role_id, "B", units_over(found.pool.unit_id)):
        raise Http404
    return found


@page(policy.may_arrange)
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """One post: who holds it, held it, will hold it; and a form to let somebody hold it."""
    by = acting_of(request)
    today = timezone.localdate(by.at).isoformat()
    return _drawn(request, _post(by, post_id), Typed(first=today))


def _drawn(request: HttpRequest, row: Post, typed: Typed, status: int = 200) -> HttpResponse:
    by = acting_of(request)
    over = units_over(row.pool.unit_id)
    holdings = Holding.objects.filter(post=row).select_related("officer").order_by("-during")
    context = {
        "post": row,
        "holdings": holdings,
        "today": timezone.localdate(by.at),
        "typed": typed,
        "problems": typed.problems,
        "covers": [
            one for one in ("A", "B") if posts.may_assign(by, row.pool.role_id, one, over)
        ],
        "candidates": candidates(row.pool.unit_id, row.pool_id, timezone.localdate(by.at)),
    }
    return render(request, "office/post.html", context, status=status)


@page(policy.may_arrange, methods=("POST",))
def post_assign(request: HttpRequest, post_id: int) -> HttpResponse:
    """Let somebody hold the post, or nobody (`do=vacate`)."""
    by = acting_of(request)
    row = _post(by, post_id)
    typed = Typed(
        cover=request.POST.get("cover", "B")[:1],
        officer=request.POST.get("officer", "")[:18],
        first=request.POST.get("first", "")[:10],
        last=request.POST.get("last", "")[:10],
    )
    try:
        days = _days(typed)
        if request.POST.get("do") == "vacate":
            actions.vacate_post(
                by=by, post_id=row.pk, cover=typed.cover, first=days["first"] or date.min
            )
            messages.success(request, _("已记为空缺，从那天起待办由另一岗办理。"))
        else:
            actions.assign_holder(
                by=by,
                post_id=row.pk,
                cover=typed.cover,
                officer_id=whole(typed.officer) or 0,
                first=days["first"] or date.min,
                last=days["last"],
            )
            messages.success(
                request, _("已派岗，从那天起生效，已经开着的待办也马上到新的人那里。")
            )
    except Invalid as wrong:
        typed.errors = wrong.errors
        return _drawn(request, row, typed, 422)
    except Refused as refusal:
        typed.errors = {"cover": refusal.sentence}
        return _drawn(request, row, typed, 409)
    return redirect("office:post", post_id=row.pk)


def _days(typed: Typed) -> dict[str, date | None]:
    found: dict[str, date | None] = {"last": None}
    errors = {}
    for name in ("first", "last"):
        text = getattr(typed, name)
        if name == "last" and not text:
            continue
        try:
            found[name] = date.fromisoformat(text)
        except ValueError:
            errors[name] = _("请选择日期。")
    if errors:
        raise Invalid(errors)
    return found


@page(policy.may_arrange, methods=("GET", "POST"))
def leave(request: HttpRequest, officer_id: int) -> HttpResponse:
    """离岗移交: what she leaves, who takes over; one act closes everything."""
    by = acting_of(request)
    officer = get_object_or_404(Officer, pk=officer_id, is_active=True)
    if officer.pk == by.officer_id or not posts.arranges_cover(
        by, unit_ids_of(officer.pk, by.at)
    ):
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        chosen = whole(request.POST.get("receiver")) or 0
        try:
            left = cases.leave(
                officer.pk,
                by,
                chosen,
                request.POST.get("remark", ""),
                Agency(whole(request.POST.get("agent")), request.POST.get("agreed") == "on"),
            )
        except Invalid as wrong:
            errors = wrong.errors
        except Unknown as unknown:
            raise Http404 from unknown
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            return redirect("office:staff")
        else:
            about = {"name": officer.name, "posts": left.posts, "items": left.released}
            messages.success(
                request,
                _(
                    "%(name)s的账号已停用，%(posts)s个岗位已空出，%(items)s件签收的待办已退回岗位。移交单等接手人签收。"
                )
                % about,
            )
            if left.carried:
                words = ngettext(
                    "{n} 件代办已改由接手的代办员代办。",
                    "{n} 件代办已改由接手的代办员代办。",
                    left.carried,
                )
                messages.success(request, words.format(n=left.carried))
            return redirect("office:staff")
    return render(
        request,
        "office/leave.html",
        _leaving(by, officer, errors) | {"typed": request.POST},
        status=422 if errors else 200,
    )


def _leaving(by: Acting, officer: Officer, errors: dict[str, str]) -> dict[str, Any]:
    today = timezone.localdate(by.at)
    held = list(
        Holding.objects.filter(officer=officer, during__contains=today, post__active=True)
        .select_related("post__pool__unit")
        .order_by("cover", "post_id")
    )
    unit = held[0].post.pool.unit_id if held else None
    return {
        "officer": officer,
        "held": held,
        "sheet": handover_sheet(officer.pk, pools_of_officer(officer.pk, today)),
        "receivers": [
            one
            for one in candidates(unit, held[0].post.pool_id, today)
            if one.officer_id != officer.pk
        ]
        if unit
        else [],
        "carried": carried_by(officer.pk),
        "successors": successors(officer.pk, today),
        "errors": errors,
        "problems": [(f"leave-{name}", words) for name, words in errors.items()],
        "shifts": officer.shifts.filter(day__gte=today).select_related("roster__unit"),
    }
