"""End a case on the organ's own motion (终止办理): a command, never drawn (flows).

A negative act: one person proposes with reason and basis, a head confirms (DENY-02); then D25
with the remedy clause, its filing with the county office (D24), result `terminated`. What the
applicant brought goes back with D25. Where it is said whether the applicant may file again, the
case is sent back instead (退回件): D10 and result `returned`, all else the same.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions import forward
from webapp.cases.actions.bare import bare_step
from webapp.cases.actions.proposing import propose_on
from webapp.cases.changes import ProposalUpdate
from webapp.cases.planning.step import COMMAND, Order, Step, touch
from webapp.cases.state import CaseState, Item, Termination
from webapp.cases.stepping import StepResult, actor_of, move
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting
from workflows.engine import Cancel

_ENDED, _SENT_BACK = "D25", "D10"


def propose_termination(
    case_id: int, by: Acting, reason: str, basis: str, paper: str = _ENDED, refile: str = ""
) -> StepResult:
    """Propose to end a case; the head of the window finds it in her inbox.

    `paper`: D25 (终止), or D10 (退回) with `refile`, whether and how the applicant may file again.
    Raises Unknown, Invalid, Refused, or AlreadyDone while another proposal is open.
    """
    return transaction_with_retry(
        lambda: _propose(
            case_id,
            by,
            reason.strip(),
            basis.strip(),
            refile.strip() if paper == _SENT_BACK else None,
        )
    )


def _propose(
    case_id: int, by: Acting, reason: str, basis: str, refile: str | None
) -> StepResult:
    state = lock_case(case_id)
    pools = [item.pool_id for item in state.items]
    pool = policy.check_can_propose_termination(by, state, pools)
    errors = {}
    if not reason:
        errors["reason"] = _("请写明终止办理的理由，会印在告知书上。")
    if not basis:
        errors["legal_basis"] = _("请写明终止办理的依据，会印在告知书上。")
    passes_on = forward.has_started(case_id)
    if refile == "":
        errors["refile"] = _("请写明申请人还能不能再申请，会印在退回通知书上。")
    if refile and passes_on:
        errors["refile"] = _("这件申请已经交到乡镇，只能提议终止；要退回的请乡镇窗口办。")
    if errors:
        raise Invalid(errors)

    actor = actor_of(by, pool)
    if passes_on:
        return forward.forward(state, actor, "terminate", reason, basis)
    return propose_on(state, actor, reason, basis, (refile or "")[:300])


def decide_termination(case_id: int, by: Acting, *, agree: bool, note: str = "") -> StepResult:
    """Confirm the proposal, which ends the case, or decline it with a note.

    Raises Unknown, NotYours (the same person), Invalid, Refused or AlreadyDone.
    """
    return transaction_with_retry(lambda: _decide(case_id, by, agree, note.strip()))


def _decide(case_id: int, by: Acting, agree: bool, note: str) -> StepResult:
    state = lock_case(case_id)
    proposal = state.proposal
    if proposal is None:
        policy.check_can_lead(by, state)
        raise AlreadyDone(_("终止办理的提议已经处理过，或者办件已经办结。"))
    pool = policy.check_can_decide_termination(by, state, proposal.persons)
    if agree:
        return _end(state, by, pool, proposal)
    if not note:
        raise Invalid({"note": _("请写明不同意终止的理由。")})

    def add(step: Step) -> None:
        _close(step, by, pool, proposal, "DECLINED", note)

    return bare_step(
        state,
        actor_of(by, pool),
        kind="termination_declined",
        payload={"note": note[:300]},
        prepare=add,
        codes=set(),
    )


def _end(state: CaseState, by: Acting, pool: int, proposal: Termination) -> StepResult:
    paper = _SENT_BACK if proposal.refile else _ENDED

    def add(step: Step) -> None:
        _close(step, by, pool, proposal, "AGREED", "")
        step.case.decided_at = state.at
        words = {"reason": proposal.reason, "legal_basis": proposal.basis}
        words |= dict.fromkeys(
            ("supplement_due_on", "tolerance_due_on"), ""
        )  # not for lateness
        if proposal.refile:
            words["refile"] = proposal.refile
        step.orders.append(Order(paper, {}, words=words))
        step.filings.append(
            {
                "document": "D24",
                "reason": proposal.reason,
                "legal_basis": proposal.basis,
                "proposer_id": proposal.proposed_by,
                "proposer": proposal.proposed_by_name,
            }
        )

    return move(
        state,
        Cancel("returned" if proposal.refile else "terminated"),
        actor_of(by, pool),
        kind="terminated",
        payload={"reason": proposal.reason[:300], "paper": paper},
        prepare=add,
        codes=frozenset({"D24", paper}),
    )


def _close(
    step: Step, by: Acting, pool: int, proposal: Termination, state: str, note: str
) -> None:
    """The proposal is decided; its item is done by who decided."""
    step.changes.proposals = [ProposalUpdate(proposal.id, state, by.officer_id, step.at, note)]
    for item in _commands(step.state):
        update = touch(step, item)
        update.state, update.closed_at = "DONE", step.at
        update.closed_by_id, update.closed_as = by.officer_id, by.stamp(pool)
        update.closed_for_id = by.replaces(pool)
        update.outcome = "agree" if state == "AGREED" else "return"
        if update.claimed_by_id is None:
            update.claimed_by_id, update.claimed_at = by.officer_id, step.at


def _commands(state: CaseState) -> list[Item]:
    return [item for item in state.items if item.token.startswith(COMMAND)]
