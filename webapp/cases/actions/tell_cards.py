"""Tell people of the reminders and cards that sweep A has issued to them, each once."""

from __future__ import annotations

from datetime import datetime

from webapp.core import db
from webapp.core.db import transaction_with_retry
from webapp.organisations import reaching
from webapp.organisations.models import Notice

BACK = 20_000
"""Cards before the newest one that are looked at: a worker that slept for days tells of those."""

_TELL = """
INSERT INTO organisations_notice (officer_id, at, kind, payload, key)
SELECT c.officer_id, %(at)s, 'card', jsonb_build_object('card', c.id, 'case', c.case_id,
    'level', c.level, 'cause', c.cause, 'number', k.number, 'item', v.name),
  'card:' || c.id
FROM cases_card c
JOIN cases_case k ON k.id = c.case_id
JOIN catalogue_itemversion v ON v.id = k.item_version_id
WHERE c.officer_id IS NOT NULL AND c.state = 'ISSUED'
  AND c.id > (SELECT coalesce(max(id), 0) FROM cases_card) - %(back)s
  AND c.issued_at > %(at)s - interval '2 days'
  AND NOT EXISTS (SELECT 1 FROM organisations_notice n WHERE n.key = 'card:' || c.id)
ON CONFLICT DO NOTHING
RETURNING id, officer_id
"""


def tell_cards(at: datetime | None = None) -> int:
    """Notices for new cards, and their messages; gives how many. Two at once are safe."""

    def work() -> int:
        moment = at or db.now()
        found = db.rows(_TELL, {"at": moment, "back": BACK})
        reaching.order(
            [Notice(pk=row["id"], officer_id=row["officer_id"]) for row in found], moment
        )
        return len(found)

    return transaction_with_retry(work)
