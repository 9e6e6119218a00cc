"""Reaching officers outside the page: who wants what, when it may go out, and that it went once.

A notice that somebody wants by mail or text message is ordered in the outbox with the notice
itself. In her quiet hours the message sleeps until they end. What was taken by a channel is
marked under a key of notice and channel (`Delivery`), so that running twice sends once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from webapp.accounts.models import Reach
from webapp.core import db
from webapp.core.models import OutboxMessage
from webapp.core.sending import send
from webapp.organisations.models import Delivery, Notice


def channels_set_up() -> frozenset[str]:
    """The channels whose address the administrator has given."""
    return frozenset(name for name, url in settings.NOTIFY.items() if url)


def order(notices: Iterable[Notice], at: datetime) -> None:
    """Order the messages of these notices, for those who want any: at most two statements."""
    made = {notice.pk: notice for notice in notices}
    wanted = {
        reach.pk: reach
        for reach in Reach.objects.filter(pk__in={n.officer_id for n in made.values()})
        if channels_of(reach)
    }
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                channel="tell",
                ordering_key=f"officer:{notice.officer_id}",
                payload={"notice": notice.pk},
                created_at=at,
                leased_until=quiet_until(wanted[notice.officer_id], at),
            )
            for notice in made.values()
            if notice.officer_id in wanted
        ]
    )


def channels_of(reach: Reach) -> list[str]:
    """By which of the channels that are set up she wants to be told at once."""
    chosen = {Delivery.Channel.MAIL: reach.by_mail, Delivery.Channel.SMS: reach.by_sms}
    return [str(name) for name, on in chosen.items() if on and name in channels_set_up()]


def quiet_until(reach: Reach, at: datetime) -> datetime | None:
    """When her quiet hours end, if `at` lies in them."""
    start, end = reach.quiet_from, reach.quiet_until
    local = timezone.localtime(at)
    now = local.time().replace(tzinfo=None)
    if start == end or not (start <= now < end if start < end else now >= start or now < end):
        return None
    day = local.date() + timedelta(days=1) if start > end and now >= start else local.date()
    return timezone.make_aware(datetime.combine(day, end))


def tell_outside(notice_id: int) -> int:
    """Send a notice by every channel that its officer wants; gives how many took it.

    One that she has seen in between is not sent; one whose quiet hours have begun is ordered
    anew for their end. Raises when a channel fails: the outbox tries again.
    """
    from webapp.organisations.notices import sentence_of

    notice = Notice.objects.select_related("officer").filter(pk=notice_id, seen_at=None).first()
    reach = Reach.objects.filter(pk=notice.officer_id).first() if notice else None
    if notice is None or reach is None or not notice.officer.is_active:
        return 0
    if quiet_until(reach, db.now()):
        order([notice], db.now())
        return 0
    words = sentence_of(notice)
    return sum(
        deliver(notice.officer_id, reach, channel, f"notice:{notice.pk}", words, words, notice)
        for channel in channels_of(reach)
    )


def deliver(
    officer_id: int,
    reach: Reach,
    channel: str,
    about: str,
    title: str,
    text: str,
    notice: Notice | None = None,
) -> bool:
    """Send one message by one channel, once; False when it had gone before."""
    key = f"{about}:{channel}"
    row, _made = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "officer_id": officer_id, "notice": notice, "channel": channel, "asked_at": db.now(),
        },
    )  # fmt: skip
    if row.sent_at is not None:
        return False
    to = reach.mail if channel == Delivery.Channel.MAIL else reach.officer.phone
    if not to:
        return False
    send(channel, to, title, text, key)
    Delivery.objects.filter(pk=row.pk, sent_at=None).update(sent_at=db.now())
    return True


EIGHT = time(8)
"""From this hour on a digest may go out."""
