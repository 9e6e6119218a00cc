"""The county office reads the filing of a case that was ended by command (否定报备 D24, DENY-01).

Drawn denials have these steps in their diagram (`denial`): 备案审阅, and 答复质询 when the office
asks. A termination is not drawn, so the same two steps are taken on the closed case.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.changes import NewOpinion
from webapp.cases.places import pool_facts
from webapp.cases.planning.aftercare import (
    ACKNOWLEDGE,
    ANSWER,
    answer_filing,
    close_command,
    open_command,
    waiting,
)
from webapp.cases.planning.step import Step
from webapp.cases.state import Item
from webapp.cases.stepping import StepResult, actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting

OFFICE, HEAD = "county.office", "township.head_window"
LEAST = 5  # characters of an opinion, as in the drawn step
_LABELS = {"acknowledge": "备案", "query": "质询", "answer": "答复"}


def acknowledge_filing(case_id: int, by: Acting, outcome: str, opinion: str) -> StepResult:
    """Take note of a filing (`acknowledge`), or ask the head of the window (`query`).

    Raises Unknown, Invalid, or AlreadyDone when no filing waits for the office.
    """
    return transaction_with_retry(lambda: _read(case_id, by, outcome, opinion.strip()))


def _read(case_id: int, by: Acting, outcome: str, opinion: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_read_filing(by)
    item = waiting(state, ACKNOWLEDGE)
    if item is None:
        raise AlreadyDone(_("这件申请没有等待审阅的否定报备。"))
    errors = {}
    if outcome not in {"acknowledge", "query"}:
        errors["outcome"] = _("请选择备案或者质询。")
    if len(opinion) < LEAST:
        errors["opinion"] = _("请写明审阅意见，至少五个字；质询的写明要窗口答复什么。")
    if errors:
        raise Invalid(errors)

    def add(step: Step) -> None:
        answer_filing(step, outcome, opinion)
        _say(step, item, outcome, opinion)
        close_command(step, item, by.stamp(pool), outcome)
        if outcome == "query":
            open_command(step, ANSWER, HEAD)

    return bare_step(
        state,
        actor_of(by, pool),
        kind="filing_queried" if outcome == "query" else "filing_acknowledged",
        payload={"item": item.id, "opinion": opinion[:300]},
        prepare=add,
        codes=set(),
    )


def answer_query(case_id: int, by: Acting, answer: str) -> StepResult:
    """The head of the window answers the office, which reads the filing again (PROC-12).

    Raises Unknown, Invalid, or AlreadyDone when nothing was asked.
    """
    return transaction_with_retry(lambda: _answer(case_id, by, answer.strip()))


def _answer(case_id: int, by: Acting, answer: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_lead(by, state)
    item = waiting(state, ANSWER)
    if item is None:
        raise AlreadyDone(_("县政务办没有等待答复的质询。"))
    if len(answer) < 2 * LEAST:
        raise Invalid({"answer": _("请逐条答复质询的问题，至少十个字。")})

    def add(step: Step) -> None:
        _say(step, item, "answer", answer)
        close_command(step, item, by.stamp(pool), "answer")
        open_command(step, ACKNOWLEDGE, OFFICE)

    return bare_step(
        state,
        actor_of(by, pool),
        kind="query_answered",
        payload={"item": item.id, "answer": answer[:300]},
        prepare=add,
        codes=set(),
    )


def _say(step: Step, item: Item, outcome: str, text: str) -> None:
    """Questions and answers stand among the opinions of the case, as on the drawn path."""
    step.changes.opinions.append(
        NewOpinion(
            item_id=item.id,
            step_name=item.name,
            unit_id=pool_facts(item.pool_id).unit.id,
            officer_id=step.setting.actor.id,
            outcome=outcome,
            outcome_label=_LABELS[outcome],
            text=text,
            basis="",
            at=step.at,
        )
    )
