"""What is still owed to people when a case has ended: papers go back, the office reads a filing.

The engine knows nothing of it, for the process is over: these are work items of the closed case,
like the confirmation of a termination. Drawn denials file and serve before they end (`denial`);
a termination by command does both here.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from webapp.cases.changes import FilingUpdate, ItemUpdate, NewCustody, NewItem
from webapp.cases.places import pool_facts
from webapp.cases.planning.setting import Held
from webapp.cases.planning.step import COMMAND, Step, touch
from webapp.cases.state import CaseState, Item
from workflows.model import Limit, LimitUnit

GIVE_BACK, ACKNOWLEDGE, ANSWER = "Command_GiveBack", "Command_Acknowledge", "Command_Answer"
AFTERCARE = (GIVE_BACK, ACKNOWLEDGE, ANSWER)
NAMES = {
    GIVE_BACK: gettext_noop("退还材料"),
    ACKNOWLEDGE: gettext_noop("备案审阅"),
    ANSWER: gettext_noop("答复质询"),
}
_SERVE = gettext_noop("送达终止办理告知书")
_DAYS = {GIVE_BACK: 5, ACKNOWLEDGE: 5, ANSWER: 2}
"""Working days, as drawn for the same steps in denial.bpmn."""
WITHOUT_GRANT = frozenset(
    {"refused", "not_required", "not_accepted", "returned", "withdrawn", "expired"}
    | {"terminated"}
)
"""Results after which nobody needs the applicant's papers: they go back (flows: commands)."""
SERVED_BY_HAND = frozenset({"terminated", "returned"})
"""Results of a command whose paper (D25, D10) nobody else serves."""


def care(step: Step) -> None:
    """Order what remains once the case has closed in this step."""
    held, result = step.setting.held, step.case.result
    if held is not None and result in WITHOUT_GRANT:
        _papers_back(step, held)
    if step.filings:  # a drawn denial is filed long before it ends
        open_command(step, ACKNOWLEDGE, "county.office")


def _papers_back(step: Step, held: Held) -> None:
    """An open hand-back to the applicant from where the papers are, and somebody to see to it.

    What was handed over and never signed for has not left the giver's hands.
    """
    signed = set(step.changes.custody_received)
    step.changes.custody_taken_back = [h.id for h in step.state.handed if h.id not in signed]
    serve = step.case.result in SERVED_BY_HAND
    if not held.any and not serve:
        return
    role = "village.agent" if not held.hops and step.state.agent_id else "township.window"
    window = pool_facts(step.pool_of(role))
    if held.any:
        where = held.unit_after(signed) or window.unit.id
        if where != window.unit.id:
            step.changes.new_custody.append(
                NewCustody("materials", where, None, window.id, step.at)
            )
        step.changes.new_custody.append(
            NewCustody("materials", window.unit.id, None, None, step.at)
        )
    open_command(step, GIVE_BACK, role, _SERVE if serve and not held.any else "")


def open_command(step: Step, element: str, role: str, name: str = "") -> None:
    """A work item that no diagram drew, with its limit."""
    token = f"{COMMAND}{element.removeprefix('Command_')}:{step.state.audit_seq + 1}"
    step.changes.new_items.append(
        NewItem(
            token=token,
            process_key="",
            element=element,
            name=name or NAMES[element],
            pool_id=step.pool_of(role),
            form="",
            separate=(),
            opened_at=step.at,
        )
    )
    limit = Limit(_DAYS[element], LimitUnit.WORKDAY)
    step.ledger.start("step", limit, "环节时限", item_token=token)


def waiting(state: CaseState, element: str) -> Item | None:
    """The open item of this kind of a case."""
    return next((item for item in state.items if item.element == element), None)


def close_command(step: Step, item: Item, stamp: str, outcome: str) -> ItemUpdate:
    """The item is done by whoever acts in this step."""
    update = touch(step, item)
    actor = step.setting.actor.id
    update.state, update.closed_at = "DONE", step.at
    update.closed_by_id, update.closed_as, update.outcome = actor, stamp, outcome
    update.closed_for_id = step.setting.actor.replaced
    if update.claimed_by_id is None:
        update.claimed_by_id, update.claimed_at = actor, step.at
    step.ledger.end_item(item.id)
    return update


def answer_filing(step: Step, outcome: str, text: str) -> None:
    """What the county office says about the filing stands in the register (DENY-01)."""
    state = {"acknowledge": "ACKNOWLEDGED", "query": "QUERIED"}[outcome]
    step.changes.filing_answers = [FilingUpdate(state, step.setting.actor.id, step.at, text)]
