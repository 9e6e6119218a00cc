"""Ask those who have a case to go on (催办), and demand an answer by a day (督办).

Neither moves a token or a clock. Both stand at the case for the people who have it, and in its
chain of records.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.models import Demand, Urge
from webapp.cases.noting import changes_of, note
from webapp.cases.queries.seen import case_seen_by
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import Acting
from workflows.calendars import local_day


def urge(case_id: int, by: Acting, text: str) -> None:
    """Ask for haste, once a day and person.

    Raises Unknown, NotYours, Invalid, or Refused when nobody else has it or she asked today.
    """
    transaction_with_retry(lambda: _urge(case_id, by, text.strip()))


def _urge(case_id: int, by: Acting, text: str) -> None:
    case_seen_by(by, case_id)
    pool = policy.check_verb(by, "urge")
    state = lock_case(case_id)
    others = [item for item in state.items if item.claimed_by != by.officer_id]
    if not others:
        raise Refused(_("这件办件现在没有等别人办的环节，不用催办。"))
    if not text:
        raise Invalid({"text": _("请写明催什么，对方要看得懂。")})
    mine = Urge.objects.filter(case=case_id, by=by.officer_id).order_by("-at").first()
    if mine is not None and local_day(mine.at) == local_day(state.at):
        raise AlreadyDone(_("您今天已经催过这件办件，一人一天催一次。急的请打电话。"))
    Urge.objects.create(case_id=case_id, by_id=by.officer_id, at=state.at, text=text[:300])
    payload = {"steps": [item.name for item in others], "why": text[:300]}
    note(state, changes_of(state), actor_of(by, pool), "urged", payload)


def supervise(case_id: int, by: Acting, text: str, answer_by: date | None) -> None:
    """Demand an answer by a day, today or later. Raises Unknown, NotYours, Invalid, Refused."""
    transaction_with_retry(lambda: _supervise(case_id, by, text.strip(), answer_by))


def _supervise(case_id: int, by: Acting, text: str, answer_by: date | None) -> None:
    case_seen_by(by, case_id)
    pool = policy.check_verb(by, "supervise")
    state = lock_case(case_id)
    if not state.is_open:
        raise Refused(_("这件申请已经办结，不能再督办。"))
    errors = {}
    if not text:
        errors["text"] = _("请写明督办什么、要求怎么办。")
    if answer_by is None or answer_by < local_day(state.at):
        errors["answer_by"] = _("请选择答复的最后一天，今天或者以后。")
    if errors or answer_by is None:
        raise Invalid(errors)
    made = Demand.objects.create(
        case_id=case_id, by_id=by.officer_id, at=state.at, text=text[:300], answer_by=answer_by
    )
    payload = {"demand": made.pk, "why": text[:300], "until": answer_by.isoformat()}
    note(state, changes_of(state), actor_of(by, pool), "supervised", payload)


def answer_demand(demand_id: int, by: Acting, text: str) -> None:
    """Answer a demand: whoever has the case in hand, or its heads; never who demanded it.

    Raises Unknown, NotYours, Invalid or AlreadyDone.
    """
    transaction_with_retry(lambda: _answer(demand_id, by, text.strip()))


def _answer(demand_id: int, by: Acting, text: str) -> None:
    found = Demand.objects.filter(pk=demand_id).first()
    if found is None:
        raise Unknown(_("没有这件督办。"))
    state = lock_case(found.case_id)
    pool = policy.check_can_answer_demand(by, state, [item.pool_id for item in state.items])
    found.refresh_from_db()  # as it is now, under the lock
    if found.answered_at is not None:
        raise AlreadyDone(_("这件督办已经答复。"))
    if found.by_id == by.officer_id:
        raise NotYours(_("督办是您提出的，请办件的人答复。"))
    if not text:
        raise Invalid({"text": _("请写明办到哪一步、什么时候办完。")})
    found.answer, found.answered_by_id, found.answered_at = text[:600], by.officer_id, state.at
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    payload = {"demand": found.pk, "answer": text[:600]}
    note(state, changes_of(state), actor_of(by, pool), "demand_answered", payload)
