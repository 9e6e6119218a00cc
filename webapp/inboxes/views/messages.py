"""Messages: what one was told, and how one wants to be told (消息)."""

from __future__ import annotations

from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from webapp.accounts.actions import set_reach
from webapp.accounts.forms import ReachForm
from webapp.accounts.models import Officer, Reach
from webapp.core.access import page, signed_in
from webapp.core.typed import whole
from webapp.organisations import notices
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Delivery
from webapp.organisations.reaching import channels_set_up

MANY = 50
SENT = 10


@page(signed_in)
def messages(request: HttpRequest) -> HttpResponse:
    """Everything she was told, newest first; what she has not seen stands out."""
    by = acting_of(request)
    told = notices.all_told(by.officer_id, whole(request.GET.get("before")), MANY)
    context = {"told": told, "before": told[-1].id if len(told) == MANY else None}
    return render(request, "inboxes/messages.html", context)


@page(signed_in, methods=("POST",))
def messages_seen(request: HttpRequest) -> HttpResponse:
    """She has seen one, or all there were."""
    by = acting_of(request)
    notices.have_seen(by.officer_id, by.at, whole(request.POST.get("one")))
    return redirect("inboxes:messages")


@page(signed_in, methods=("GET", "POST"))
def reach(request: HttpRequest) -> HttpResponse:
    """Mail, text messages, the daily digest, quiet hours; and what went out last."""
    by = acting_of(request)
    officer = Officer.objects.get(pk=by.officer_id)
    row = Reach.objects.filter(pk=officer.pk).first() or Reach(officer=officer)
    row.officer = officer
    form = ReachForm(request.POST or None, instance=row, initial={"phone": officer.phone})
    if request.method == "POST" and form.is_valid():
        set_reach(row, form.cleaned_data["phone"], by.at)
        said.success(request, _("已保存。以后的消息按这样送到。"))
        return redirect("inboxes:reach")
    context = {
        "form": form,
        "set_up": channels_set_up(),
        "sent": Delivery.objects.filter(officer=officer).order_by("-id")[:SENT],
    }
    return render(request, "inboxes/reach.html", context, status=422 if form.errors else 200)
