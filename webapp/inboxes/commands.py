"""Which commands a case offers to a person, in the order of the page (更多)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.suspend import CAUSES
from webapp.cases.queries import CasePage
from webapp.organisations.queries import Acting


def offered(by: Acting, page: CasePage) -> dict[str, Any]:
    """Context for the commands of a case."""
    case = page.case
    pools = [item.pool_id for item in page.open_items]
    leads = policy.can_suspend(by, case)
    proposes = policy.can_propose_termination(by, case, pools)
    return {
        "may_withdraw": policy.can_withdraw(by, case, ()),
        "may_suspend": leads and not case.suspended_from,
        "may_resume": leads and bool(case.suspended_from),
        "may_terminate": proposes and page.proposal is None,
        "causes": [(key, _(words)) for key, words in CAUSES.items()],
    }
