"""Put a step off with a reason and a day, the applicant having been told (PROC-02)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.inboxes import policy, working
from webapp.inboxes.registering import kept_draft
from webapp.inboxes.views.items import drawn, item_or_404
from webapp.organisations.middleware import acting_of


@page(policy.may_see_inbox, methods=("POST",))
@never_cache
def delay(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record the delay; a refusal keeps what was typed, the step's own draft too."""
    by = acting_of(request)
    seen = item_or_404(by, item_id)
    typed = {key: request.POST.get(key, "").strip() for key in ("until", "reason", "told")}
    try:
        actions.record_delay(item_id, by, _day(typed["until"]), typed["reason"], typed["told"])
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        errors, status = wrong.errors, 422
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        errors, status = {}, 409
    else:
        messages.success(request, _("已记录延期，这一环节的时限改了；整件的时限没有变。"))
        return redirect("inboxes:item", item_id=item_id)
    kept = kept_draft(by, seen.id)
    answers = working.read_typed(working.form_of(seen), kept.pairs if kept else {})
    again = {"delay_errors": errors, "delay": typed}
    return drawn(request, seen, answers, back=again, status=status)


def _day(text: str) -> date:
    """The day typed. Raises Invalid beside its field."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid({"until": _("请选择新的日期。")}) from wrong
