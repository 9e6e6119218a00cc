"""Who waits for a signal that a case has thrown: found by ids, without a lock on any case."""

from __future__ import annotations

from django.db import connection

_SPREAD = """
INSERT INTO core_outboxmessage (
  channel, ordering_key, payload, created_at, attempts, leased_until, sent_at, dead_at,
  last_error)
SELECT 'deliver-signal', 'case-command:' || w.case_id,
  t.payload || jsonb_build_object('case', w.case_id, 'tokens', w.tokens, 'thrown', t.id),
  t.created_at, 0, NULL, NULL, NULL, ''
FROM core_outboxmessage t
CROSS JOIN LATERAL (
  SELECT m.case_id, jsonb_agg(m.token ORDER BY m.id) AS tokens
  FROM cases_awaitedmessage m
  WHERE m.signal AND m.over_at IS NULL AND m.name = t.payload->>'signal'
    AND m.since <= t.created_at AND m.case_id <> (t.payload->>'from')::bigint
  GROUP BY m.case_id) w
WHERE t.id = %(thrown)s AND t.channel = 'send-signal'
ORDER BY w.case_id
"""


def spread(thrown: int) -> int:
    """Order one `deliver-signal` for each other case that has waited since before the throw.

    `thrown` is the outbox row of the throw; gives how many cases. Done twice it may order a
    second row for a case: hearing the same throw again does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"thrown": thrown})
        return int(cursor.rowcount)
