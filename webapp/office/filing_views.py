"""A岗备案: a unit files its A posts, the county answers (ORG-14)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.core.access import page
from webapp.core.errors import Invalid, Refused
from webapp.office import policy
from webapp.organisations import actions
from webapp.organisations import policy as posts
from webapp.organisations.a_posts import a_posts
from webapp.organisations.establishment import a_post_findings
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import PostFiling, Unit
from webapp.organisations.staff import units_over

EMPLOYMENTS = {
    "civil": gettext_noop("公务员"),
    "institution": gettext_noop("事业编制"),
    "contract": gettext_noop("合同制"),
    "temporary": gettext_noop("临时聘用"),
}


@page(policy.may_arrange, methods=("GET", "POST"))
def unit_a_posts(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The A posts of a unit with the checks; keep what is asked about people, file them."""
    by = acting_of(request)
    unit = get_object_or_404(Unit, pk=unit_id, active=True)
    if not posts.arranges_cover(by, units_over(unit_id)):
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _kept(request, unit_id)
        if not errors and request.POST.get("do") == "file":
            try:
                actions.file_a_posts(by=by, unit_id=unit_id)
                messages.success(request, _("已报县政务办备案，答复后会通知您。"))
            except Refused as refusal:
                messages.warning(request, refusal.sentence)
        if not errors:
            return redirect("office:a_posts", unit_id=unit_id)
    today = timezone.localdate(by.at)
    rows = a_posts(unit_id, today)
    people = {one.officer_id: one for one in rows}
    context = {
        "unit": unit,
        "rows": [
            (
                one,
                request.POST.get(f"born-{number}", one.born.isoformat() if one.born else ""),
                request.POST.get(f"employment-{number}", one.employment),
                errors.get(str(number), ""),
            )
            for number, one in people.items()
        ],
        "posts": rows,
        "findings": a_post_findings(rows, today),
        "employments": [(key, _(words)) for key, words in EMPLOYMENTS.items()],
        "filings": PostFiling.objects.filter(unit=unit).order_by("-filed_at")[:10],
        "problems": [(f"born-{number}", words) for number, words in errors.items()],
    }
    return render(request, "office/a_posts.html", context, status=422 if errors else 200)


def _kept(request: HttpRequest, unit_id: int) -> dict[str, str]:
    """Keep birth date and employment of each person; sentences by officer."""
    by = acting_of(request)
    errors = {}
    for one in {p.officer_id: p for p in a_posts(unit_id, timezone.localdate(by.at))}.values():
        born = request.POST.get(f"born-{one.officer_id}", "")
        employment = request.POST.get(f"employment-{one.officer_id}", "")
        same = (one.born.isoformat() if one.born else "", one.employment)
        if (born, employment) in {same, ("", "")}:
            continue
        try:
            actions.record_staff(
                by=by,
                officer_id=one.officer_id,
                born=date.fromisoformat(born),
                employment=employment,
            )
        except ValueError:
            errors[str(one.officer_id)] = _("请选择日期。")
        except Invalid as wrong:
            errors[str(one.officer_id)] = wrong.sentence or "".join(wrong.errors.values())
        except Refused as refusal:
            errors[str(one.officer_id)] = refusal.sentence
    return errors


@page(policy.may_see_county_office)
def post_filings(request: HttpRequest) -> HttpResponse:
    """The register of filed A posts, those that wait first."""
    return _register(request)


def _register(request: HttpRequest, wrong: int = 0, problem: str = "") -> HttpResponse:
    rows = PostFiling.objects.select_related("unit", "filed_by", "answered_by")
    context = {
        "waiting": rows.filter(state="FILED").order_by("filed_at"),
        "answered": rows.exclude(state="FILED").order_by("-answered_at")[:50],
        "may_answer": acting_of(request).has("county.office"),
        "wrong": wrong,
        "problem": problem,
        "typed": request.POST.get("answer", ""),
    }
    return render(request, "office/post_filings.html", context, status=422 if problem else 200)


@page(policy.may_answer_filings, methods=("POST",))
def post_filing_answer(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Acknowledge a filing or send it back."""
    get_object_or_404(PostFiling, pk=filing_id)
    try:
        actions.answer_a_posts(
            by=acting_of(request),
            filing_id=filing_id,
            accept=request.POST.get("do") == "accept",
            answer=request.POST.get("answer", ""),
        )
        messages.success(request, _("已答复，报备单位已收到通知。"))
    except Invalid as wrong:
        return _register(request, filing_id, wrong.errors["answer"])
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("office:post_filings")
