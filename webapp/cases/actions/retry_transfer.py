"""Cases of a confirmed move that the workers have given up are tried once more (再试一次)."""

from __future__ import annotations

from django.db import transaction

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.cases import policy
from webapp.cases.models import Transfer
from webapp.cases.queries.transfers import given_up
from webapp.core import outbox
from webapp.core.errors import Refused, Unknown
from webapp.core.jobs import Job, enqueue
from webapp.organisations.queries import Acting


def retry_transfer(transfer_id: int, by: Acting) -> int:
    """Give every case that has stopped another round; tells how many.

    Nothing else is decided: the act was confirmed by two people, and a case is moved once.
    Raises Unknown, NotYours, Refused when none has stopped.
    """
    policy.check_can_retry_transfer(by)
    with transaction.atomic():
        act = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
        if act is None:
            raise Unknown("没有这份换版单。")
        again = sum(outbox.retry(pk) for pk in given_up(act).values_list("pk", flat=True))
        if not again:
            raise Refused("没有停下的办件，不用再试。")
        audit.record(
            subject=Event.Subject.PROCESS,
            subject_id=act.process_id,
            kind="transfer_retried",
            at=by.at,
            actor_id=by.officer_id,
            actor_name=by.name,
            payload={"transfer": act.pk, "cases": again},
        )
        enqueue(Job.DELIVER_OUTBOX)
    return again
