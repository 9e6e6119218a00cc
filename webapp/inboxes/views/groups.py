"""自然村、村民小组联络点: whom to ask there, kept by the village's agent (ORG-01)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from webapp.core.access import page
from webapp.core.errors import Invalid, NotYours, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations import actions
from webapp.organisations import policy as posts
from webapp.organisations.a_posts import groups_of
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Unit
from webapp.organisations.queries import Acting
from webapp.organisations.staff import own_unit_ids, units_over


def _stations(by: Acting) -> list[Unit]:
    """Her own village's station; of the villages of her township; all for the county office."""
    rows = Unit.objects.filter(kind=Unit.Kind.STATION, active=True)
    if not by.has("county.office"):
        units = own_unit_ids(by.officer_id, by.at)
        rows = rows.filter(pk__in=units) | rows.filter(parent__in=units)
    return list(rows.order_by("division__code"))


@page(policy.may_see_duty)
def groups(request: HttpRequest) -> HttpResponse:
    """Contact points of one's villages, and a form to add one."""
    return _listed(request, {})


def _listed(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    by = acting_of(request)
    stations = _stations(by)
    kept = [s for s in stations if posts.may_keep_groups(by, s.pk, units_over(s.pk))]
    context = {
        "groups": groups_of(s.pk for s in stations),
        "kept": kept,
        "kept_ids": {s.pk for s in kept},
        "typed": request.POST if errors else {},
        "errors": errors,
        "problems": [(f"group-{name}", words) for name, words in errors.items()],
    }
    return render(request, "inboxes/groups.html", context, status=422 if errors else 200)


@page(policy.may_see_duty, methods=("POST",))
def group_keep(request: HttpRequest) -> HttpResponse:
    """Add a contact point, change it, or close it (`do=close`)."""
    try:
        actions.keep_group(
            by=acting_of(request),
            station_id=whole(request.POST.get("station")) or 0,
            name=request.POST.get("name", ""),
            contact=request.POST.get("contact", ""),
            phone=request.POST.get("phone", ""),
            group_id=whole(request.POST.get("group")),
            active=request.POST.get("do") != "close",
        )
    except Invalid as wrong:
        return _listed(request, wrong.errors)
    except (Unknown, NotYours) as refused:
        raise Http404 from refused
    messages.success(request, _("已保存。"))
    return redirect("inboxes:groups")
