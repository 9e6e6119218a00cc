"""Put the papers of a case on a run sheet (流转清单): what a messenger takes along on one trip.

AGT-06: cases out, results back. The sheet is signed by the giver when it is made, by the receiver
when the papers arrive (`receive_papers`); it is closed when everything on it has been received.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.models import Custody
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone
from webapp.organisations.queries import Acting


def put_on_run(case_id: int, by: Acting, run: str) -> int:
    """Put what her unit has given and nobody has signed for on the run `run`; gives how many.

    One case, one transaction: a trip of many cases is as many calls. Raises Unknown, or
    AlreadyDone when everything is signed for or on another sheet.
    """
    return transaction_with_retry(lambda: _put(case_id, by, run))


def _put(case_id: int, by: Acting, run: str) -> int:
    state = lock_case(case_id)
    rows = Custody.objects.filter(
        case=case_id, received_at=None, taken_back_at=None, to_pool__isnull=False
    )
    open_pools = [item.pool_id for item in state.items]
    given_by = list(rows.values_list("from_unit", flat=True))
    pool = policy.check_can_take_along(by, state, given_by, open_pools)
    units = {held.unit_id for held in by.held if held.works}
    free = rows.filter(from_unit__in=units, run="")
    free.filter(from_officer=None).update(from_officer=by.officer_id)
    put = free.update(run=run)
    if not put:
        words = _("办件{number}的材料已经在另一张流转清单上。").format(number=state.number)
        raise AlreadyDone(words)
    note(state, changes_of(state), actor_of(by, pool), "put_on_run", {"run": run})
    return put
