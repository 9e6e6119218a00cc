"""Show telephone or identity number of who asked in full: always on record (查看留痕)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.contacts import policy
from webapp.contacts.actions.locking import lock, open_referral, record
from webapp.contacts.sealed import FIELDS, opened
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Unknown
from webapp.organisations.queries import Acting


def reveal_contact(contact_id: int, by: Acting, field: str) -> str:
    """The value of `phone` or `identity`. Raises Unknown for everybody whose work it is not."""

    def work() -> str:
        contact = lock(contact_id, by)
        pool = policy.check_can_reveal(by, contact, open_referral(contact))
        value = opened(contact, field) if field in FIELDS else ""
        if not value:
            raise Unknown(_("没有填写这一项。"))
        record(contact_id, "revealed", by, pool, {"field": field})
        return value

    return transaction_with_retry(work)
