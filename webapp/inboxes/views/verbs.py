"""Pages of the verbs under 更多: what follows, a question or two, and a button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import Case
from webapp.cases.queries import asked
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import desk, policy, verbs
from webapp.inboxes.views.items import item_or_404
from webapp.organisations.middleware import acting_of

NOT_IN_HAND = gettext_noop("这个动作由手里有这件办件的人或者负责人做。")


@page(policy.may_search, methods=("GET", "POST"))
@never_cache
def of_case(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """A verb of a case that she may see."""
    case = desk.case_or_404(acting_of(request), case_id)
    return _page(request, verbs.OF_CASE[verb], verb, case, case_id)


@page(policy.may_see_inbox, methods=("GET", "POST"))
@never_cache
def of_item(request: HttpRequest, item_id: int, verb: str) -> HttpResponse:
    """A verb of a work item of her pools."""
    by = acting_of(request)
    seen = item_or_404(by, item_id)
    case = desk.case_or_404(by, seen.case_id)
    return _page(request, verbs.OF_ITEM[verb], verb, case, item_id)


def _page(
    request: HttpRequest, verb: verbs.Verb, key: str, case: Case, subject: int
) -> HttpResponse:
    typed = {name: str(value).strip() for name, value in request.POST.items()}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            said = verb.call(subject, acting_of(request), typed)
        except Unknown:  # she may see the case: so she may know why
            messages.warning(request, _(NOT_IN_HAND))
            status = 409
        except Invalid as wrong:
            errors, status = wrong.errors, 422
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            status = 409
        else:
            messages.success(request, said)
            if key == "comment":
                return redirect("inboxes:comment", case_id=case.pk)
            if key == "snooze":
                return redirect("inboxes:inbox")
            return redirect("inboxes:case", case_id=case.pk)
    context = {
        "verb": verb,
        "key": key,
        "case": case,
        "questions": verbs.shown(verb, typed, errors),
        "demand": typed.get("demand") or request.GET.get("demand", ""),
        "remarks": asked.remarks_of(case) if key == "comment" else (),
    }
    return render(request, "inboxes/verb.html", context, status=status)


@page(policy.may_search, methods=("POST",))
def end_copy(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take the sight of a case back from a named person."""
    by = acting_of(request)
    desk.case_or_404(by, case_id)
    try:
        name = actions.end_copy(whole(request.POST.get("copy")) or 0, by)
    except Unknown:
        messages.warning(request, _(NOT_IN_HAND))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("已收回，{name}不能再看这件办件。").format(name=name))
    return redirect("inboxes:case", case_id=case_id)


@page(policy.may_search)
@never_cache
def with_me(request: HttpRequest) -> HttpResponse:
    """与我有关: demands to answer, mentions, copies, and what she has put off."""
    by = acting_of(request)
    context = {
        "demands": asked.demands_for(by),
        "mentions": asked.mentions_of(by),
        "copies": asked.copies_to(by),
        "snoozed": asked.snoozed_by(by),
        "at": by.at,
        "me": by.officer_id,
    }
    return render(request, "inboxes/with_me.html", context)
