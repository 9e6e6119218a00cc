"""Pages of reminders and cards (督办牌): lists, one card, appeal and decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import actions
from webapp.cases import policy as cases
from webapp.cases.actions.appeal_card import APPEALABLE, GROUNDS
from webapp.cases.models import Card, CardAppeal
from webapp.cases.planning.ledger import label
from webapp.cases.queries import case_page
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.office import card_queries, policy
from webapp.organisations.middleware import acting_of

LEVEL_WORDS = {
    "reminder": gettext_noop("提醒"),
    "warning": gettext_noop("预警"),
    "yellow": gettext_noop("黄牌"),
    "red": gettext_noop("红牌"),
    "talk": gettext_noop("效能谈话"),
}
SANCTIONS = ["yellow", "red", "talk"]
"""What a leader's list shows at first: reminders and warnings are many and no sanction."""
SCOPE_WORDS = {
    "mine": gettext_noop("我的"),
    "told": gettext_noop("告诉我的"),
    "unit": gettext_noop("本单位"),
    "county": gettext_noop("全县"),
}
PAGE = 50


@page(policy.may_see_cards)
def cards(request: HttpRequest) -> HttpResponse:
    """The cards of a scope, by level; with the sums of the quarter by unit."""
    acting = acting_of(request)
    scopes = card_queries.scopes_of(acting)
    scope = request.GET.get("scope", "county" if "county" in scopes else "mine")
    level, state = request.GET.get("level", ""), request.GET.get("state", "")
    known = scope in scopes and level in {"", *LEVEL_WORDS} and state in {"", "appealed"}
    if not known:
        raise Http404
    rows = card_queries.cards(acting, scope)
    if state == "appealed":
        rows = rows.filter(appeal__state=CardAppeal.State.OPEN)
    counts = dict(rows.order_by().values_list("level").annotate(n=Count("id")))
    usual = list(LEVEL_WORDS) if scope == "mine" or state else SANCTIONS
    shown = rows.filter(level__in=[level] if level else usual)
    since = card_queries.quarter_of(timezone.localdate(acting.at))
    context: dict[str, Any] = {
        "scope": scope, "level": level, "state": state, "since": since,
        "scopes": [(key, _(SCOPE_WORDS[key])) for key in scopes],
        "levels": [
            (key, _(LEVEL_WORDS[key]), counts.get(key, 0)) for key in card_queries.LEVELS
        ],
        "usual": _("全部") if len(usual) == len(LEVEL_WORDS) else _("黄牌、红牌和谈话"),
        "usual_count": sum(counts.get(key, 0) for key in usual),
        "rows": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "sums": (
            card_queries.by_unit(card_queries.cards(acting, scope), since)
            if scope in {"unit", "county"}
            else []
        ),
    }  # fmt: skip
    return render(request, "office/cards.html", context)


@page(policy.may_see_cards)
def card(request: HttpRequest, card_id: int) -> HttpResponse:
    """One card: cause, evidence, whom it tells, and what was said against it."""
    return _shown(request, card_id)


def _shown(request: HttpRequest, card_id: int, status: int = 200, **more: Any) -> HttpResponse:
    acting = acting_of(request)
    try:
        found = card_queries.card_seen_by(acting, card_id)
    except Unknown as unknown:
        raise Http404 from unknown
    appeal = getattr(found, "appeal", None)
    judged = {found.officer_id, appeal.by_id if appeal else None}
    context: dict[str, Any] = {
        "card": found,
        "appeal": appeal,
        "clock_name": label(found.clock.kind) if found.clock else "",
        "why": _explanation(found, acting.at),
        "told": card_queries.told_of(found),
        "grounds": [(key, _(words)) for key, words in GROUNDS.items()],
        "ground": _(GROUNDS[appeal.ground]) if appeal else "",
        "may_appeal": appeal is None
        and found.state == Card.State.ISSUED
        and found.level in APPEALABLE
        and cases.can_appeal(acting, found),
        "may_decide": appeal is not None
        and appeal.state == CardAppeal.State.OPEN
        and cases.can_decide_appeal(acting)
        and acting.officer_id not in judged,
        "errors": {},
        "typed": {},
    }
    return render(request, "office/card.html", context | more, status=status)


def _explanation(found: Card, at: Any) -> tuple[str, ...]:
    """The calculation of the date that was missed (为什么是这一天)."""
    if found.clock is None:
        return ()
    lines = case_page(found.case, at).clocks
    mine = [one for one in lines if (one.kind, one.run) == (found.clock.kind, found.clock.run)]
    return mine[0].explanation if mine else ()


@page(policy.may_see_cards, methods=("POST",))
def card_appeal(request: HttpRequest, card_id: int) -> HttpResponse:
    """The person says that it is mistaken."""
    ground, reason = request.POST.get("ground", ""), request.POST.get("reason", "")
    typed = {"ground": ground, "reason": reason}
    by = acting_of(request)
    return _do(
        request, card_id, typed, _("已提出申诉，等县政务办或者纪检监察决定。"),
        lambda: actions.appeal_card(card_id, by, ground, reason),
    )  # fmt: skip


@page(policy.may_see_cards, methods=("POST",))
def card_decide(request: HttpRequest, card_id: int) -> HttpResponse:
    """The county office or the inspection decides."""
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    typed = {"outcome": outcome, "note": note}
    by = acting_of(request)
    said = _("已撤销，原牌和申诉都留有记录。") if outcome == "cancel" else _("已维持。")
    return _do(
        request, card_id, typed, said,
        lambda: actions.decide_appeal(card_id, by, outcome, note),
    )  # fmt: skip


def _do(
    request: HttpRequest, card_id: int, typed: dict[str, str], said: str, act: Any
) -> HttpResponse:
    try:
        card_queries.card_seen_by(acting_of(request), card_id)
        act()
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _shown(request, card_id, 422, errors=wrong.errors, typed=typed)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown(request, card_id, 409, typed=typed)
    messages.success(request, said)
    return redirect("office:card", card_id=card_id)
