"""Items (事项): the list with search, and one item with its sections and history."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from webapp.cases.models import Case
from webapp.catalogue.models import Category, ServiceItem
from webapp.catalogue.queries import item_version
from webapp.changes import policy as changing
from webapp.changes.actions import take_effect
from webapp.core.access import page
from webapp.core.typed import whole
from webapp.office import item_pages, policy
from webapp.organisations.middleware import acting_of

STATES = {"": {}, "open": {"enabled": True}, "closed": {"enabled": False}}


@page(policy.may_see_parameters)
def items(request: HttpRequest) -> HttpResponse:
    """The catalogue of items with path and limits (CAT-05), by words, category and state."""
    by = acting_of(request)
    take_effect(by.at)
    words = request.GET.get("q", "").strip()
    category, state = request.GET.get("category", ""), request.GET.get("state", "")
    rows = ServiceItem.objects.filter(current__isnull=False, **STATES.get(state, {}))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words))
    if category:
        rows = rows.filter(category=category)
    found = Paginator(
        rows.select_related("category").order_by("category__order", "code"), 40
    ).get_page(request.GET.get("page"))
    facts = [(row, item_version(row.current_id)) for row in found if row.current_id]
    context = {
        "rows": found,
        "items": facts,
        "words": words,
        "category": category,
        "state": state,
        "categories": Category.objects.order_by("order"),
        "states": [("", _("全部")), ("open", _("开办的")), ("closed", _("停办的"))],
        "may_change": changing.may_propose(by),
    }
    return render(request, "office/items.html", context)


@page(policy.may_see_parameters)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: each section with a button to change it, what is on its way, its versions.

    `?version=3` shows an earlier version as it was.
    """
    by = acting_of(request)
    take_effect(by.at)
    row = get_object_or_404(
        ServiceItem.objects.select_related("category", "current"), code=code
    )
    shown = row.current
    number = request.GET.get("version", "")
    if number:
        shown = get_object_or_404(row.versions, number=whole(number, 6))
    if shown is None:
        raise Http404
    context = {
        "item": row,
        "version": shown,
        "is_current": shown.pk == row.current_id,
        "sections": item_pages.sections(shown),
        "waiting": list(item_pages.waiting(code)),
        "history": item_pages.history(row),
        "running": Case.objects.filter(item_version__item=row, is_open=True).count(),
        "may_change": changing.may_propose(by) and shown.pk == row.current_id,
    }
    return render(request, "office/item.html", context)
