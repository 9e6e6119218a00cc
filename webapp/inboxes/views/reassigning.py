"""Give a work item to a colleague (转办): from the step itself, or from a leader's list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import WorkItem
from webapp.cases.policy import can_lead
from webapp.cases.queries import open_items_of_people
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import people_on_duty


@page(policy.may_see_inbox, methods=("GET", "POST"))
@never_cache
def reassign(request: HttpRequest, item_id: int) -> HttpResponse:
    """Choose who gets it, with how much each has in hand, and say why."""
    by = acting_of(request)
    item = (
        WorkItem.objects.select_related("case__item_version", "pool__unit", "claimed_by")
        .filter(pk=item_id)
        .first()
    )
    if item is None or not (by.holds(item.pool_id) or can_lead(by, item.case)):
        raise Http404
    typed = {"to": request.POST.get("to", ""), "reason": request.POST.get("reason", "")}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            name = actions.reassign(item_id, by, whole(typed["to"]) or 0, typed["reason"])
        except Unknown as unknown:
            raise Http404 from unknown
        except Invalid as wrong:
            errors, status = wrong.errors, 422
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            status = 409
        else:
            messages.success(
                request, _("“{step}”已转给{name}。").format(step=item.name, name=name)
            )
            return redirect("inboxes:inbox" if by.holds(item.pool_id) else "office:board")
    people = people_on_duty(item.pool_id, by.at)
    loads = open_items_of_people([officer_id for officer_id, _name in people])
    context = {
        "item": item,
        "people": [
            (officer_id, name, loads.get(officer_id, 0))
            for officer_id, name in people
            if officer_id not in {item.claimed_by_id, by.officer_id}
        ],
        "typed": typed,
        "errors": errors,
    }
    return render(request, "inboxes/reassign.html", context, status=status)
