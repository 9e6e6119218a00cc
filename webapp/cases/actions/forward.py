"""Commands of a village case whose township case is running: they go on to that case.

No transaction holds two cases: the village case notes who asked and why, the outbox brings it to
the township case, and the answer comes back. What the township has decided stays decided; the
agent is told and her case goes on as it was.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.cases.actions.bare import bare_step
from webapp.cases.actions.ending import end_by_applicant
from webapp.cases.actions.proposing import propose_on
from webapp.cases.changes import ForwardedUpdate, NewForwarded, NewMessage
from webapp.cases.models import Case, ForwardedCommand
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import LEDGER, Actor
from webapp.cases.planning.step import Step
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused

CHANNEL = "forward-command"


def has_started(case_id: int) -> bool:
    """Whether a case has started another one; asked under its lock, so none comes in between."""
    return Case.objects.filter(parent=case_id).exists()


def forward(
    state: CaseState, actor: Actor, verb: str, reason: str, basis: str = ""
) -> StepResult:
    """Pass a command on, under the lock of the village case. Raises Refused once decided."""
    started = Case.objects.get(parent=state.id)
    if not started.is_open or started.decided_at is not None:
        raise Refused(
            _(
                "乡镇办件{number}已经作出决定或者办结，不能再撤回或者终止。请把结果告诉申请人。"
            ).format(number=started.number)
        )
    if ForwardedCommand.objects.filter(case=state.id, state="OPEN").exists():
        raise AlreadyDone(_("撤回或者终止已经转给乡镇办件，正在等答复。"))
    assert actor.id is not None  # noqa: S101 - an officer's command
    row = NewForwarded(verb, reason, basis, actor.id, state.at)

    def add(step: Step) -> None:
        step.changes.new_forwarded.append(row)
        key = f"{CHANNEL}:{state.id}"
        step.changes.messages.append(NewMessage(CHANNEL, key, {"case": state.id}, state.at))

    payload = {"verb": verb, "reason": reason[:300]}
    return bare_step(
        state, actor, kind="command_forwarded", payload=payload, prepare=add, codes=set()
    )


def carry_over(case_id: int) -> None:
    """Bring the open command to the case that was started; done twice nothing more happens."""
    asked = ForwardedCommand.objects.filter(case=case_id, state="OPEN").first()
    if asked is None:
        return
    name = Officer.objects.values_list("name", flat=True).get(pk=asked.by_id)
    actor = Actor(asked.by_id, name, _("村级代办转来"))
    started = Case.objects.values_list("id", flat=True).get(parent=case_id)
    try:
        _command(started, asked, actor)
    except Refused as refusal:
        _answer(case_id, "REFUSED", refusal.sentence)
        return
    if asked.verb == "withdraw":
        transaction_with_retry(lambda: _withdraw_here(case_id, actor, asked.reason))
    else:
        _answer(case_id, "DONE", "")


def _command(started: int, asked: ForwardedCommand, actor: Actor) -> None:
    if asked.verb == "terminate":
        transaction_with_retry(
            lambda: propose_on(lock_case(started), actor, asked.reason, asked.basis)
        )
        return
    if Case.objects.filter(pk=started, result="withdrawn").exists():
        return  # the message came twice, or the applicant was at the window meanwhile
    transaction_with_retry(
        lambda: end_by_applicant(lock_case(started), actor, asked.reason, paper=True)
    )


def _withdraw_here(case_id: int, actor: Actor, reason: str) -> None:
    """The village case ends with it; paper and hand-back are the township case's."""
    state = lock_case(case_id)
    if state.is_open:
        end_by_applicant(state, actor, reason, paper=False)


def _answer(case_id: int, outcome: str, words: str) -> None:
    transaction_with_retry(lambda: _note(lock_case(case_id), outcome, words))


def _note(state: CaseState, outcome: str, words: str) -> None:
    changes = changes_of(state)
    changes.forwarded.append(ForwardedUpdate(outcome, state.at, words))
    kind = "command_refused" if outcome == "REFUSED" else "command_arrived"
    note(state, changes, LEDGER, kind, {"why": words[:300]})
