"""值班与顶岗: who is away, who stands in, hand-over sheets (DUTY-03 … DUTY-06)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.accounts.models import Officer
from webapp.cases.actions import sign_handover, sign_leaver
from webapp.cases.queries.handover import Sheet, handover_sheet, sheet_of
from webapp.catalogue.queries import rest_days
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations import actions
from webapp.organisations import policy as posts
from webapp.organisations.absences import (
    ForB,
    Seen,
    absence_seen_by,
    absences_of,
    covered_by,
    sheet_for,
)
from webapp.organisations.cover import FORTNIGHT, matrix
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Handover
from webapp.organisations.notices import have_seen, told
from webapp.organisations.queries import Acting
from webapp.organisations.rosters import published_for
from webapp.organisations.staff import own_unit_ids, seats_between, unit_ids_of

REASONS = (
    gettext_noop("年休假"),
    gettext_noop("培训"),
    gettext_noop("开会"),
    gettext_noop("下村"),
    gettext_noop("病假"),
    gettext_noop("事假"),
)


@dataclass
class Typed:
    """What was typed into the form of an absence."""

    first: str = ""
    last: str = ""
    from_noon: bool = False
    until_noon: bool = False
    reason: str = ""
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def posted(cls, request: HttpRequest) -> Typed:
        """Read the form."""
        return cls(
            first=request.POST.get("first", "")[:10],
            last=request.POST.get("last", "")[:10],
            from_noon=request.POST.get("from_half") == "noon",
            until_noon=request.POST.get("until_half") == "noon",
            reason=request.POST.get("reason", "")[:120],
            note=request.POST.get("note", "")[:2000],
        )

    def days(self) -> dict[str, date]:
        """The two days; raises Invalid beside the field."""
        found: dict[str, date] = {}
        errors = {}
        for name in ("first", "last"):
            try:
                found[name] = date.fromisoformat(getattr(self, name))
            except ValueError:
                errors[name] = _("请选择日期。")
        if errors:
            raise Invalid(errors)
        return found

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the list above the form."""
        return [(f"absence-{name}", words) for name, words in self.errors.items()]


@page(policy.may_see_duty)
def duty(request: HttpRequest) -> HttpResponse:
    """My absences, whom I cover, who is here today in my units, what has changed."""
    by = acting_of(request)
    today = timezone.localdate(by.at)
    units = own_unit_ids(by.officer_id, by.at)
    board = matrix(units, today, days=1)
    own = Handover.objects.filter(to_officer=by.officer_id, absence=None, signed_at=None)
    covered = covered_by(by)
    context = {
        "acting": by,
        "told": told(by.officer_id),
        "mine": absences_of(by),
        "covered": [(one, sheet_for(one, by.officer_id)) for one in covered],
        "board": board,
        "shifts": published_for(units, today),
        "from_leavers": own.select_related("officer").order_by("made_at"),
        "today": today,
    }
    return render(request, "inboxes/duty.html", context)


@page(policy.may_see_duty, methods=("POST",))
def duty_seen(request: HttpRequest) -> HttpResponse:
    """I have read the notices."""
    by = acting_of(request)
    have_seen(by.officer_id, by.at)
    return redirect("inboxes:duty")


def _person(by: Acting, number: str, *, sudden: bool) -> Officer:
    """Whose absence is filed: herself, or somebody for whom she may; else 404."""
    wanted = whole(number) or 0 if number else by.officer_id
    officer = Officer.objects.filter(pk=wanted, is_active=True).first()
    if officer is None:
        raise Http404
    units = unit_ids_of(officer.pk, by.at)
    may = posts.may_record_absence(by, officer.pk, units)
    if not (may or (sudden and posts.may_report_sudden(by, units))):
        raise Http404
    return officer


@page(policy.may_see_duty, methods=("GET", "POST"))
def absence_new(request: HttpRequest) -> HttpResponse:
    """File an absence: one's own, a subordinate's, or the sudden one of a colleague."""
    by = acting_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    sudden = asked.get("sudden") == "1"
    officer = _person(by, asked.get("officer", ""), sudden=sudden)
    today = timezone.localdate(by.at).isoformat()
    if request.method == "GET":
        typed = Typed(first=today, last=today, reason=_("没有到岗")) if sudden else Typed()
        return _form(request, officer, typed, sudden=sudden)
    typed = Typed.posted(request)
    if sudden:
        typed.first = typed.last = today
    try:
        recorded = actions.record_absence(
            by=by,
            officer_id=officer.pk,
            **typed.days(),
            reason=typed.reason,
            from_noon=typed.from_noon,
            until_noon=typed.until_noon,
            note=typed.note,
        )
    except Invalid as wrong:
        typed.errors = wrong.errors
        return _form(request, officer, typed, sudden=sudden, status=422)
    except Refused as refusal:
        typed.errors = {refusal.field or "first": refusal.sentence}
        return _form(request, officer, typed, sudden=sudden, status=409)
    _say_covers(request, officer, recorded.covers)
    seen = _seen_or_none(by, recorded.absence_id)
    if seen is None:
        return redirect("inboxes:duty")
    return redirect("inboxes:absence", absence_id=recorded.absence_id)


def _say_covers(
    request: HttpRequest, officer: Officer, covers: tuple[actions.Cover, ...]
) -> None:
    """Who stands in, and what stays empty."""
    messages.success(request, _("已登记%(name)s不在岗。") % {"name": officer.name})
    for one in covers:
        about = {"post": one.post_name, "name": one.by_name, "why": one.missing}
        if one.by_name:
            messages.info(request, _("%(post)s由B岗%(name)s顶岗。") % about)
        else:
            messages.warning(request, _("%(post)s没有人顶：%(why)s。已告诉负责人。") % about)


def _form(
    request: HttpRequest,
    officer: Officer,
    typed: Typed,
    *,
    sudden: bool = False,
    seen: Seen | None = None,
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    during = actions.between(timezone.localdate(by.at), timezone.localdate(by.at))
    context = {
        "officer": officer,
        "typed": typed,
        "problems": typed.problems,
        "sudden": sudden,
        "seen": seen,
        "seats": [s for s in seats_between(officer.pk, during) if s.cover == "A"],
        "reasons": [_(word) for word in REASONS],
        "today": timezone.localdate(by.at),
        "for_other": officer.pk != by.officer_id,
    }
    return render(request, "inboxes/absence_form.html", context, status=status)


def _seen_or_none(by: Acting, absence_id: int) -> Seen | None:
    try:
        return absence_seen_by(by, absence_id)
    except Unknown:
        return None


def _seen(by: Acting, absence_id: int) -> Seen:
    found = _seen_or_none(by, absence_id)
    if found is None:
        raise Http404
    return found


def _sheet(seen: Seen, one: ForB) -> tuple[ForB, Sheet]:
    """The sheet as signed, or as it is now."""
    if one.signed is not None:
        return one, sheet_of(one.signed.content)
    return one, handover_sheet(seen.absence.officer_id, one.pool_ids)


@page(policy.may_see_duty)
def absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """An absence with the hand-over sheet of each B, to print on A4."""
    by = acting_of(request)
    seen = _seen(by, absence_id)
    shown = [one for one in seen.sheets if seen.may_change or one.officer_id == by.officer_id]
    context = {
        "seen": seen,
        "absence": seen.absence,
        "sheets": [_sheet(seen, one) for one in shown],
        "is_hers": seen.absence.officer_id == by.officer_id,
    }
    return render(request, "inboxes/absence.html", context)


@page(policy.may_see_duty, methods=("GET", "POST"))
def absence_change(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Move an absence that has not begun, or the end of one that has."""
    by = acting_of(request)
    seen = _seen(by, absence_id)
    if not seen.may_change or seen.over:
        raise Http404
    row = seen.absence
    if request.method == "GET":
        return _form(request, row.officer, _as_typed(seen), seen=seen)
    typed = Typed.posted(request)
    if seen.begun:
        typed.first = _as_typed(seen).first
    try:
        covers = actions.change_absence(
            by=by,
            absence_id=absence_id,
            **typed.days(),
            reason=typed.reason,
            from_noon=typed.from_noon,
            until_noon=typed.until_noon,
        )
    except Invalid as wrong:
        typed.errors = wrong.errors
        return _form(request, row.officer, typed, seen=seen, status=422)
    except Refused as refusal:
        typed.errors = {refusal.field or "last": refusal.sentence}
        return _form(request, row.officer, typed, seen=seen, status=409)
    _say_covers(request, row.officer, covers)
    return redirect("inboxes:absence", absence_id=absence_id)


def _as_typed(seen: Seen) -> Typed:
    first = timezone.localtime(seen.absence.first)
    end = timezone.localtime(seen.absence.back - timedelta(microseconds=1))
    return Typed(
        first=first.date().isoformat(),
        last=end.date().isoformat(),
        from_noon=first.hour == 12,
        until_noon=end.hour == 11,
        reason=seen.absence.reason,
        note=seen.absence.note,
    )


VERBS = ("back", "withdraw", "note", "sign")


@page(policy.may_see_duty, methods=("POST",))
def absence_do(request: HttpRequest, absence_id: int, verb: str) -> HttpResponse:
    """Come back, withdraw, tell B something, sign the sheet."""
    by = acting_of(request)
    seen = _seen(by, absence_id)
    if verb not in VERBS or (verb != "sign" and not seen.may_change):
        raise Http404
    if verb == "sign" and sheet_for(seen, by.officer_id) is None:
        raise Http404
    try:
        messages.success(request, _carried_out(request, by, absence_id, verb))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    if verb == "back" and seen.absence.officer_id == by.officer_id:
        return redirect("inboxes:duty")
    return redirect("inboxes:absence", absence_id=absence_id)


def _carried_out(request: HttpRequest, by: Acting, absence_id: int, verb: str) -> str:
    if verb == "back":
        actions.come_back(by=by, absence_id=absence_id)
        return _("已返岗，从现在起由本人办理，B岗的顶岗结束。")
    if verb == "withdraw":
        actions.withdraw_absence(by=by, absence_id=absence_id)
        return _("已撤销，B岗不用顶了。")
    if verb == "note":
        actions.tell_b(by=by, absence_id=absence_id, note=request.POST.get("note", ""))
        return _("要交代的事已经写上移交单。")
    sign_handover(absence_id, by, request.POST.get("remark", ""))
    return _("已签收移交单，内容已经固定。顶岗期间这些事由您负责。")


@page(policy.may_see_duty)
def cover(request: HttpRequest) -> HttpResponse:
    """The coverage matrix of one's units: this week and the next, gaps in red (DUTY-06)."""
    by = acting_of(request)
    today = timezone.localdate(by.at)
    monday = today - timedelta(days=today.weekday())
    found = matrix(
        own_unit_ids(by.officer_id, by.at), monday, rest=rest_days(monday, FORTNIGHT)
    )
    return render(
        request, "inboxes/cover.html", {"matrix": found, "today": today, "acting": by}
    )


@page(policy.may_see_duty, methods=("GET", "POST"))
def handover(request: HttpRequest, handover_id: int) -> HttpResponse:
    """The sheet of somebody who has left, for the one who takes over; POST signs it."""
    by = acting_of(request)
    row = Handover.objects.filter(
        pk=handover_id, absence=None, to_officer=by.officer_id
    ).select_related("officer", "to_officer")
    found = row.first()
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            sign_leaver(handover_id, by, request.POST.get("remark", ""))
            messages.success(request, _("已签收移交单，这些事以后由您负责。"))
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        return redirect("inboxes:handover", handover_id=handover_id)
    context = {"handover": found, "sheet": sheet_of(found.content)}
    return render(request, "inboxes/handover.html", context)
