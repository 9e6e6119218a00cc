"""Tolerance (容缺受理): what may be promised, until when, and what becomes of the promise.

TOL-01 never an immediate item · TOL-02 every main paper there and in form · TOL-03 only
secondary papers that the item marks · TOL-04 one list · TOL-05 a deadline for each · TOL-06
what follows is printed on D08 · TOL-07 a signed undertaking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import CommitmentUpdate, NewCommitment, NewMessage, PromisedPaper
from webapp.cases.facts import may_tolerate
from webapp.cases.planning.setting import Paper
from webapp.cases.planning.step import Step
from webapp.cases.planning.words import day_words
from webapp.cases.state import Undertaking
from webapp.catalogue.queries import ItemFacts
from webapp.core.errors import Refused
from workflows.calendars import Calendar, OutsideCalendar, local_day
from workflows.model import Limit, LimitUnit

ARRIVED = "paper_arrived"
"""Message: an open paper of a commitment has come."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why papers cannot be tolerated: a sentence and the rule that decides."""

    sentence: str
    rule: str


def why_not(
    item: ItemFacts, checklist: Iterable[Paper], *, barred_until: date | None
) -> Why | None:
    """What forbids tolerance whatever the deadline; None when papers may come later."""
    lacking = [paper for paper in checklist if paper.is_lacking]
    main = [paper.name for paper in lacking if paper.role == "main"]
    fixed = [paper.name for paper in lacking if not _is_tolerable(item, paper.key)]
    if not may_tolerate(item):
        reason = (
            _("即办件当场办结") if item.handling == "immediate" else _("事项没有规定可以容缺")
        )
        return Why(
            _("“{item}”不能容缺受理：{why}。").format(item=item.name, why=reason), "TOL-01"
        )
    if main:
        words = _("主件“{names}”没有交齐或者不符合法定形式，不能容缺受理，请选“补正”一次告知。")
        return Why(words.format(names="”“".join(main)), "TOL-02")
    if fixed:
        words = _("“{names}”不在可以容缺的材料之列，不能容缺受理，请选“补正”一次告知。")
        return Why(words.format(names="”“".join(fixed)), "TOL-03")
    if not lacking:
        return Why(_("没有一份材料标为缺或者不符合要求，不用容缺，请选“受理”。"), "TOL-04")
    if barred_until is not None:
        words = _("申请人有容缺承诺没有兑现，{day}以前不能再次容缺受理，请选“补正”一次告知。")
        return Why(words.format(day=barred_until), "TOL-x")
    return None


def _is_tolerable(item: ItemFacts, key: str) -> bool:
    material = item.material(key)
    return material is not None and material.role == "secondary" and material.tolerable


def latest_day(dues: Iterable[date], decision_days: int, calendar: Calendar) -> date | None:
    """The last day a promise may run to: the earlier due date less what the decision needs."""
    first = min(dues, default=None)
    if first is None:
        return None
    return calendar.add_working_days(first, -decision_days)


def register_commitment(step: Step, params: Mapping[str, Any]) -> None:
    """Keep the promise with its papers, or refuse with the rule that forbids it."""
    until = as_day(params["until"])
    if str(params.get("again", "")).lower() == "true":
        _extend(step, until)
        return
    item = step.setting.item
    setting = step.setting
    refusal = why_not(item, setting.papers.checklist, barred_until=setting.barred_until)
    if refusal is not None:
        raise Refused(refusal.sentence, rule=refusal.rule, field="outcome")
    completed = step.setting.completed
    if completed is not None and completed.values.get("commitment_signed") is not True:
        raise Refused(
            _("申请人还没有签署容缺受理承诺书，不能容缺受理。请先请申请人签字。"),
            rule="TOL-07",
            field="commitment_signed",
        )
    _check_own_days(step, until)
    day = _checked_day(step, until)
    step.changes.commitment = NewCommitment(day, setting.actor.id, step.at, setting.bar_days)
    step.changes.promised_papers = [
        PromisedPaper(paper.key, min(day, _own_day(step, paper.key) or day))
        for paper in step.setting.papers.lacking
    ]


def _own_day(step: Step, key: str) -> date | None:
    """The day that the item gives a paper: working days from acceptance (TOL-05)."""
    return own_day(step.setting.item, key, local_day(step.at), step.setting.calendar)


def own_day(item: ItemFacts, key: str, accepted: date, calendar: Calendar) -> date | None:
    """The last day that the item gives a paper accepted on a day; None where it gives none."""
    material = item.material(key)
    if material is None or material.supplement_days is None:
        return None
    return calendar.add_working_days(accepted, material.supplement_days)


def latest_own_day(days: Iterable[date | None]) -> date | None:
    """The day on which the last of the papers is due; None where one has no day of its own."""
    found = list(days)
    known = [day for day in found if day is not None]
    return max(known) if known and len(known) == len(found) else None


def _check_own_days(step: Step, day: date | None) -> None:
    """One date may not promise more than the list gives each paper (TOL-05). Raises Refused."""
    last = latest_own_day(_own_day(step, paper.key) for paper in step.setting.papers.lacking)
    if day is not None and last is not None and day > last:
        words = _("补齐期限最晚是{latest}：材料清单给所缺的材料规定了补齐天数，不能再晚。")
        raise Refused(
            words.format(latest=day_words(last)), rule="TOL-05", field="tolerance_until"
        )


def _extend(step: Step, until: date | None) -> None:
    """A new deadline, once, for what is still open (TOL-x: force majeure, county rule)."""
    held = step.state.commitment
    if held is None:
        raise Refused(_("这件申请没有容缺承诺，不能延长补齐期限。"), rule="TOL-05")
    if held.extended:
        raise Refused(
            _("补齐期限已经延长过一次，不能再次延长。"), rule="TOL-05", field="outcome"
        )
    day = _checked_day(step, until)
    step.changes.commitments = [CommitmentUpdate(held.id, "OPEN", day, True, None)]
    step.changes.promised_papers = [
        PromisedPaper(paper.key, day, paper.came_at) for paper in held.open_papers
    ]


def _checked_day(step: Step, until: date | None) -> date:
    """The promised day, a working day between tomorrow and the latest one. Raises Refused."""
    calendar, today = step.setting.calendar, local_day(step.at)
    due_days = (step.ledger.due_on_if_it_runs(kind) for kind in ("promised", "statutory"))
    dues = [due for due in due_days if due is not None]
    latest = latest_day(dues, step.setting.decision_days, calendar)
    if latest is not None and latest <= today:
        raise Refused(
            _no_time_left(step).format(
                due=day_words(min(dues)), days=step.setting.decision_days
            ),
            rule="TOL-05",
            field="tolerance_until",
        )
    words = ""
    if until is None:
        words = _("请填写补齐材料的最后一天。")
    elif until <= today:
        words = _("补齐期限要晚于今天。")
    elif not _works(calendar, until):
        words = _("{day}不是工作日，请改为工作日。").format(day=day_words(until))
    elif latest is not None and until > latest:
        words = _("补齐期限最晚是{latest}：办结期限是{due}，作决定还要{days}个工作日。").format(
            latest=day_words(latest), due=day_words(min(dues)), days=step.setting.decision_days
        )
    if words or until is None:
        raise Refused(words, rule="TOL-05", field="tolerance_until")
    return until


def _no_time_left(step: Step) -> str:
    """Why no day is left: at the acceptance, or where a leader would extend."""
    if step.state.commitment is None:
        return _(
            "这件申请的办结期限是{due}，作决定还要{days}个工作日，已经没有可以容缺的时间，"
            "不能容缺受理。请选“补正”一次告知。"
        )
    return _(
        "这件申请的办结期限是{due}，作决定还要{days}个工作日，已经没有可以延长的时间。"
        "请退回窗口重新核实，或者终止办理。"
    )


def _works(calendar: Calendar, day: date) -> bool:
    try:
        return calendar.is_working_day(day)
    except OutsideCalendar:
        return False


def as_day(value: object) -> date | None:
    """A day as the engine or a form gives it."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def limit_until(step: Step, until: date) -> Limit:
    """The days from today to a promised day, as the ledger counts them."""
    days = step.setting.calendar.working_days_between(local_day(step.at), until)
    return Limit(days, LimitUnit.WORKDAY)


def take_up_arrivals(step: Step) -> None:
    """Send a case that waits again to papers that came while it did not (nothing is lost).

    Such papers came while another one was verified, or while a refusal was on its way that has
    been withdrawn since. They have their receipts; they still have to be verified.
    """
    held = step.state.commitment
    if held is None or not any(one.name == ARRIVED for one in step.changes.new_awaited):
        return
    marked = {row.key: row.state for row in step.changes.materials}
    if any(marked.get(paper.key, paper.state) == "to_check" for paper in held.papers):
        case = step.state.id
        payload: dict[str, object] = {"case": case, "message": ARRIVED}
        message = NewMessage("case-command", f"case-command:{case}", payload, step.at)
        step.changes.messages.append(message)


def settle_commitment(step: Step) -> None:
    """Say what became of the promise once its clock has ended, or the case has.

    Kept when nothing is open; broken when the case was ended for it; else dropped with the
    case. Between the end of the clock and the decision it stays open.
    """
    held, case = step.state.commitment, step.case
    if held is None or (step.ledger.open("tolerance") and case.is_open):
        return
    state = ""
    if not _still_open(step, held):
        state = "KEPT"
    elif case.result == "expired":
        state = "BROKEN"
    elif not case.is_open or case.decided_at is not None:
        state = "DROPPED"
    if state:
        row = CommitmentUpdate(held.id, state, held.until, held.extended, step.at)
        step.changes.commitments = [row]


def _still_open(step: Step, held: Undertaking) -> bool:
    marked = {row.key: row.state for row in step.changes.materials}
    papers = (replace(p, state=marked.get(p.key, p.state)) for p in held.papers)
    return any(paper.is_open for paper in papers)
