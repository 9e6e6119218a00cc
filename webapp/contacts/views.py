"""Pages of first contact (首问): register, list, go on, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from webapp.cases.actions import drop_draft, load_draft, save_draft
from webapp.cases.policy import can_register
from webapp.catalogue.queries import item_names
from webapp.contacts import actions, policy, queries
from webapp.contacts.actions import Enquiry
from webapp.contacts.figures import figures, month_of, span_of
from webapp.contacts.models import Contact
from webapp.contacts.notice import print_notice
from webapp.contacts.sealed import FIELDS, veiled
from webapp.contacts.visits import visits_by_item
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.organisations.middleware import acting_of
from webapp.organisations.policy import HEADS
from webapp.organisations.queries import Acting

PLACE = "first-contact"
CHANNELS = {
    "counter": gettext_noop("来柜台"),
    "phone": gettext_noop("打电话"),
    "visit": gettext_noop("我们上门"),
}
STATES = {
    "OPEN": gettext_noop("待答复"),
    "REFERRED": gettext_noop("已转交，等接收"),
    "ANSWERED": gettext_noop("已答复"),
    "CASE": gettext_noop("已登记办件"),
}
EVENTS = {
    "registered": gettext_noop("登记首问"),
    "answered": gettext_noop("答复"),
    "referred": gettext_noop("转交"),
    "taken": gettext_noop("接收转交"),
    "given_back": gettext_noop("退回转交"),
    "became_case": gettext_noop("登记为办件"),
    "carried": gettext_noop("带入登记表"),
    "revealed": gettext_noop("查看电话或证件号"),
    "notice_printed": gettext_noop("打印一次性告知单"),
    "referral_late": gettext_noop("过时未接，已提醒"),
    "referral_escalated": gettext_noop("一直未接，已报负责人"),
}
_TYPED = tuple(one.name for one in fields(Enquiry) if one.name != "pool_id")


def _typed(request: HttpRequest) -> Enquiry:
    values = {name: str(request.POST.get(name, "")).strip() for name in _TYPED}
    return Enquiry(**values, pool_id=whole(request.POST.get("pool")))


@page(policy.may_take, methods=("GET", "POST"))
@never_cache
def contact_new(request: HttpRequest) -> HttpResponse:
    """首问登记: one screen; a refusal gives everything typed back."""
    by = acting_of(request)
    if request.method == "GET":
        kept = load_draft(by, PLACE)
        known: dict[str, Any] = {name: str(kept.get(name) or "") for name in _TYPED}
        fresh = {"channel": "counter", "ends": "answer", "key": uuid4().hex}
        known |= {name: known[name] or usual for name, usual in fresh.items()}
        return _form(request, Enquiry(**known), restored=bool(kept))
    typed = _typed(request)
    try:
        contact_id = actions.register_contact(by, typed)
    except Invalid as wrong:
        return _form(request, typed, wrong.errors, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _form(request, typed, status=409)
    drop_draft(by, PLACE)
    if typed.ends == "case":
        return _to_registration(request, contact_id, typed.item_code)
    number = queries.contact_seen_by(by, contact_id).number
    messages.success(request, _("首问已登记（{}）。").format(number))
    if request.POST.get("do") == "next":
        return redirect("contacts:contact_new")
    return redirect("contacts:contact", contact_id=contact_id)


def _form(
    request: HttpRequest,
    typed: Enquiry,
    errors: Mapping[str, str] | None = None,
    *,
    restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    posts = [held for held in by.held if held.works]
    errors = errors or {}
    context = {
        "typed": asdict(typed),
        "errors": errors,
        "problems": [(f"contact-{name}", words) for name, words in errors.items()],
        "restored": restored,
        "channels": [(key, _(words)) for key, words in CHANNELS.items()],
        "items": item_names(),
        "targets": queries.targets(by),
        "may_register": can_register(by),
        "posts": posts if len({held.pool_id for held in posts}) > 1 else (),
    }
    return render(request, "contacts/new.html", context, status=status)


@page(policy.may_take, methods=("POST",))
def contact_draft(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far, or forget it (`do=discard`)."""
    by = acting_of(request)
    if request.POST.get("do") == "discard":
        drop_draft(by, PLACE)
        return redirect("contacts:contact_new")
    try:
        save_draft(by, PLACE, {name: request.POST.get(name, "") for name in _TYPED})
    except Refused as refusal:
        return JsonResponse({"problem": refusal.sentence}, status=422)
    return JsonResponse({"saved": f"{timezone.localtime(by.at):%H:%M}"})


@page(policy.may_read)
@never_cache
def contacts(request: HttpRequest) -> HttpResponse:
    """What waits for me, or everything of my unit, by band."""
    by = acting_of(request)
    views = dict(queries.VIEWS)
    if not policy.takes_enquiries(by):
        views.pop("mine")
    view = request.GET.get("view", "")
    view = view if view in views else next(iter(views))
    band = request.GET.get("band", "")
    band = band if band in queries.BANDS else ""
    q = request.GET.get("q", "").strip()[:60]
    found = Paginator(queries.listed(by, view, band, q), 50).get_page(request.GET.get("page"))
    many = queries.counts(by, view)
    context = {
        "page": found,
        "rows": [_row(one, by.at) for one in found],
        "view": view,
        "views": [(key, _(words)) for key, words in views.items()],
        "band": band,
        "bands": [(key, _(words), many[key]) for key, words in queries.BANDS.items()],
        "q": q,
        "may_take": policy.may_take(request),
        "may_see_figures": policy.may_see_figures(request),
    }
    return render(request, "contacts/contacts.html", context)


def _row(contact: Contact, at: datetime) -> dict[str, Any]:
    waiting = next(iter(contact.waiting), None)  # type: ignore[attr-defined]
    return {
        "contact": contact,
        "channel": _(CHANNELS[contact.channel]),
        "state": _(STATES[contact.state]),
        "waiting": waiting,
        "late": waiting is not None and waiting.due_at < at,
    }


@page(policy.may_read)
@never_cache
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One enquiry with everything that became of it."""
    return _shown(request, contact_id)


def _shown(
    request: HttpRequest,
    contact_id: int,
    extra: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    found = _or_404(by, contact_id)
    sent = queries.referrals_of(found)
    waiting = next((one for one in sent if one.state == "OPEN"), None)
    mine = found.state == Contact.State.OPEN and by.holds(found.holder_pool_id)
    reveals = by.holds(found.holder_pool_id) or bool(waiting and by.holds(waiting.to_pool_id))
    context = {
        "contact": found,
        "channel": _(CHANNELS[found.channel]),
        "state": _(STATES[found.state]),
        "referrals": sent,
        "waiting": waiting,
        "late": waiting is not None and waiting.due_at < by.at,
        "mine": mine,
        "may_take_over": waiting is not None and by.holds(waiting.to_pool_id),
        "may_register": mine and can_register(by),
        "may_reveal": reveals,
        "secrets": [
            (field, _(label), veiled(found, field))
            for field, label in zip(FIELDS, (_("电话"), _("身份证号")), strict=True)
            if bytes(getattr(found, field))
        ],
        "targets": queries.targets(by) if mine else (),
        "items": item_names(),
        "code": found.item.code if found.item else "",
        "events": [
            (one, _(EVENTS.get(one.kind, one.kind))) for one in queries.history_of(found)
        ],
        "typed": {},
        "errors": {},
    }
    return render(request, "contacts/contact.html", context | dict(extra or {}), status=status)


def _or_404(by: Acting, contact_id: int) -> Contact:
    try:
        return queries.contact_seen_by(by, contact_id)
    except Unknown as unknown:
        raise Http404 from unknown


def _answer(contact_id: int, by: Acting, typed: Mapping[str, str]) -> str:
    actions.answer_contact(contact_id, by, typed.get("answer", ""))
    return _("已记下答复。")


def _refer(contact_id: int, by: Acting, typed: Mapping[str, str]) -> str:
    actions.refer(contact_id, by, typed.get("target", ""), typed.get("reason", ""))
    return _("已转交，对方会收到通知；请告诉群众找谁、在哪里。")


def _take(contact_id: int, by: Acting, typed: Mapping[str, str]) -> str:
    actions.take_referral(contact_id, by)
    return _("已接收，现在由您负责答复。")


def _give_back(contact_id: int, by: Acting, typed: Mapping[str, str]) -> str:
    actions.give_back_referral(contact_id, by, typed.get("reason", ""))
    return _("已退回给转交的人。")


_VERBS: dict[str, Callable[[int, Acting, Mapping[str, str]], str]] = {
    "answer": _answer,
    "refer": _refer,
    "take": _take,
    "back": _give_back,
}


@page(policy.may_read, methods=("POST",))
@never_cache
def contact_do(request: HttpRequest, contact_id: int, verb: str) -> HttpResponse:
    """Go on with an enquiry; a refusal shows the page with what was typed."""
    by = acting_of(request)
    typed = {key: str(value).strip() for key, value in request.POST.items()}
    _or_404(by, contact_id)
    try:
        if verb == "reveal":
            field = typed.get("field", "")
            shown = actions.reveal_contact(contact_id, by, field)
            return _shown(request, contact_id, {"revealed": (field, shown)})
        if verb == "register":
            return _to_registration(request, contact_id, typed.get("item", ""))
        if verb not in _VERBS:
            raise Http404
        said = _VERBS[verb](contact_id, by, typed)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        extra = {"verb": verb, "typed": typed, "errors": wrong.errors}
        return _shown(request, contact_id, extra, 422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown(request, contact_id, {"verb": verb, "typed": typed}, 409)
    messages.success(request, said)
    return redirect("contacts:contact", contact_id=contact_id)


def _to_registration(request: HttpRequest, contact_id: int, code: str) -> HttpResponse:
    """The registration form of an item, filled with what the enquiry knows."""
    try:
        actions.carry_over(contact_id, acting_of(request), code)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("contacts:contact", contact_id=contact_id)
    there = reverse("inboxes:register_item", args=[code])
    return redirect(f"{there}?contact={contact_id}")


@page(policy.may_read, methods=("POST",))
@never_cache
def notice(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The one-time notice (D03) of an item for whoever asked, as PDF."""
    by = acting_of(request)
    found = _or_404(by, contact_id)
    code = str(request.POST.get("item") or "") or (found.item.code if found.item else "")
    try:
        made = print_notice(contact_id, by, code)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("contacts:contact", contact_id=contact_id)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="D03-{found.number}.pdf"'
    return answer


@page(policy.may_see_figures)
@never_cache
def contact_figures(request: HttpRequest) -> HttpResponse:
    """By unit: what came, what became of it, what waited too long; visits by item."""
    by = acting_of(request)
    month = month_of(request.GET.get("month", ""), by.at)
    led = frozenset(held.unit_id for held in by.held if held.role in HEADS)
    units = None if queries.sees_all(by) else led
    since, until = span_of(month)
    context = {
        "month": month,
        "before": (month - timedelta(days=1)).strftime("%Y-%m"),
        "after": timezone.localdate(until).strftime("%Y-%m") if until <= by.at else "",
        "rows": figures(month, by.at, units),
        "visits": visits_by_item(since, until, units),
        "at": by.at,
    }
    return render(request, "contacts/figures.html", context)
