"""The daily digest by mail: what waits, what is late, what she has not read. Numbers, no names.

Ordered once for each officer and working day (`Delivery.key`), composed when it is sent, so that
a mail which waited an hour tells the truth of that hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from webapp.accounts.models import Reach
from webapp.cases.queries import inbox
from webapp.catalogue.queries import calendar_in_force
from webapp.core import db
from webapp.core.models import OutboxMessage
from webapp.organisations import notices
from webapp.organisations.models import Delivery
from webapp.organisations.queries import acting
from webapp.organisations.reaching import EIGHT, channels_set_up, deliver


def order_digests(at: datetime | None = None) -> int:
    """Order today's digests from eight o'clock on, on working days; gives how many are new.

    Safe to run twice and at once: the key of officer and day exists once.
    """
    at = at or db.now()
    local = timezone.localtime(at)
    day = local.date()
    if "mail" not in channels_set_up() or local.time() < EIGHT:
        return 0
    calendar = calendar_in_force()
    if calendar.next_working_day(day - timedelta(days=1)) != day:
        return 0
    with transaction.atomic():
        wanted = list(
            Reach.objects.filter(digest=True, officer__is_active=True).values_list(
                "pk", flat=True
            )
        )
        known = set(
            Delivery.objects.filter(
                key__in=[_key(one, str(day)) for one in wanted]
            ).values_list("officer", flat=True)
        )
        fresh = [one for one in wanted if one not in known]
        Delivery.objects.bulk_create(
            [
                Delivery(officer_id=one, channel="mail", key=_key(one, str(day)), asked_at=at)
                for one in fresh
            ]
        )
        OutboxMessage.objects.bulk_create(
            [
                OutboxMessage(
                    channel="digest",
                    ordering_key=f"officer:{one}",
                    payload={"officer": one, "day": str(day)},
                    created_at=at,
                )
                for one in fresh
            ]
        )
    return len(fresh)


def _about(officer_id: int, day: str) -> str:
    return f"digest:{day}:{officer_id}"


def _key(officer_id: int, day: str) -> str:
    return f"{_about(officer_id, day)}:mail"


def send_digest(officer_id: int, day: str) -> bool:
    """Compose and send one; nothing where she has nothing waiting and nothing unread."""
    reach = Reach.objects.select_related("officer").filter(pk=officer_id, digest=True).first()
    if reach is None:
        return False
    by = acting(officer_id, db.now())
    page = inbox(by, "mine")
    told = notices.told(officer_id)
    if not page.total and not told:
        return False
    with translation.override(reach.officer.language):
        words = {
            "name": by.name,
            "counts": page.counts,
            "total": page.total,
            "told": told,
            "address": settings.PUBLIC_ADDRESS,
            "at": timezone.localtime(by.at),
        }
        text = render_to_string("inboxes/digest.txt", words)
        title = _("今天待办{n}件，超期{late}件").format(
            n=page.total, late=page.counts.get("overdue", 0)
        )
        return deliver(officer_id, reach, "mail", _about(officer_id, day), title, text)
