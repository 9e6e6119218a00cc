"""Which commands a case offers to a person, in the order of the page (更多)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.suspend import CAUSES
from webapp.cases.models import ForwardedCommand
from webapp.cases.queries import CasePage
from webapp.organisations.queries import Acting


def offered(by: Acting, page: CasePage) -> dict[str, Any]:
    """Context for the commands of a case."""
    case = page.case
    pools = [item.pool_id for item in page.open_items]
    leads = policy.can_suspend(by, case)
    proposes = policy.can_propose_termination(by, case, pools)
    settled = not _may_pass_on(page)
    return {
        "may_withdraw": policy.can_withdraw(by, case, ()) and not settled,
        "may_suspend": leads and not case.suspended_from,
        "may_resume": leads and bool(case.suspended_from),
        "may_terminate": proposes and page.proposal is None and not settled,
        "causes": [(key, _(words)) for key, words in CAUSES.items()],
    }


def _may_pass_on(page: CasePage) -> bool:
    """Whether the township case of a village case would still take a command that goes on to it."""
    if is_on_its_way(page):
        return False
    return all(one.is_open and one.decided_at is None for one in page.started)


def is_on_its_way(page: CasePage) -> bool:
    """Whether a command has gone on to the township case, which has not answered yet."""
    return page.forwarded is not None and page.forwarded.state == ForwardedCommand.State.OPEN
