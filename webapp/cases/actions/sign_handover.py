"""Sign for a hand-over (移交签收): B has seen what A leaves, and answers for it (DUTY-04, DUTY-05)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.cases import policy
from webapp.cases.queries.handover import handover_sheet
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused
from webapp.organisations.absences import absence_seen_by, sheet_for
from webapp.organisations.models import Absence, Handover
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting


def sign_handover(absence_id: int, by: Acting, remark: str = "") -> int:
    """Sign the sheet of an absence as its B: what it says now is kept for good.

    Also after a sudden absence has begun: then B takes stock herself. Raises Unknown (not her
    sheet), AlreadyDone, or Refused when the absence is over.
    """
    return transaction_with_retry(lambda: _sign(absence_id, by, remark.strip()))


def _sign(absence_id: int, by: Acting, remark: str) -> int:
    Absence.objects.select_for_update().filter(pk=absence_id).first()
    seen = absence_seen_by(by, absence_id)
    mine = sheet_for(seen, by.officer_id)
    policy.check_can_sign_handover(by, mine.officer_id if mine else None)
    assert mine is not None  # noqa: S101 - the policy has refused without a sheet
    if mine.signed is not None:
        raise AlreadyDone(_("这份移交单您已经签收。"))
    if seen.over:
        raise Refused(_("这次不在岗已经结束或者撤销，不用再签收。"))
    sheet = handover_sheet(seen.absence.officer_id, mine.pool_ids)
    row = Handover.objects.create(
        absence=seen.absence,
        officer_id=seen.absence.officer_id,
        to_officer_id=by.officer_id,
        content=sheet.content() | {"posts": mine.posts, "note": seen.absence.note},
        remark=remark[:300],
        made_at=by.at,
        signed_at=by.at,
    )
    about = {"absence": absence_id, "name": seen.absence.officer.name, "by": by.name}
    audit.record(
        subject=Event.Subject.OFFICER,
        subject_id=seen.absence.officer_id,
        kind="handover_signed",
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=_("B岗"),
        payload={"absence": absence_id, "handover": row.pk, "lines": sheet.total},
    )
    tell({seen.absence.officer_id}, "handover_signed", by.at, about)
    return row.pk
