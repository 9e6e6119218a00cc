"""The inbox: the 20 most urgent items of an officer, alone and with counts of the bands.

1,200 pools, the largest with a tenth of all open items; the officer holds six posts, the
largest pool's among them. Each figure is a ratio to a primary-key look-up of a hot row on the
same connection, measured in turns. Prints one JSON object a line; lower is better.

    python benchmarks/inbox.py            BENCH_LARGE=1: also a million open items
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from _county import AT, county, median, remark, report

SIZES = [1_000, 100_000] + ([1_000_000] if os.environ.get("BENCH_LARGE") else [])
POOLS = 1_200
TIMES = 300
_MORE_POOLS = """
WITH roles AS (SELECT key FROM organisations_role WHERE may_own_lane)
INSERT INTO organisations_pool (unit_id, role_id)
SELECT u.id, r.key FROM organisations_unit u, roles r
WHERE NOT EXISTS (SELECT 1 FROM organisations_pool p WHERE p.unit_id = u.id AND p.role_id = r.key)
ORDER BY md5(u.key || r.key) LIMIT greatest(0, %s - (SELECT count(*) FROM organisations_pool))
"""
_CASES = """
INSERT INTO cases_case (number, item_version_id, process_version_id, applicant_name, village_id,
  received_at_unit_id, accountable_unit_id, competent_unit_id, registered_by_id, delivery_mode,
  opened_at, received_at, search_grams, status, result, deemed_accepted, supplemented, is_open,
  holder_role, suspended_from, version, audit_seq, audit_head)
SELECT 'B' || g, c.item_version_id, c.process_version_id, c.applicant_name, c.village_id,
  c.received_at_unit_id, c.accountable_unit_id, c.competent_unit_id, c.registered_by_id,
  c.delivery_mode, c.opened_at, c.received_at, '{}', 'IN_REVIEW', '', false, false, true, '',
  '', 1, 1, c.audit_head
FROM cases_case c, generate_series(%(first)s::bigint, %(last)s::bigint) g WHERE c.id = %(case)s
"""
_ITEMS = """
INSERT INTO cases_workitem (case_id, token, process_key, element, name, pool_id, form, separate,
  state, opened_at, due_at, lapses_at, closed_as, outcome)
SELECT c.id, 't', 'promised', 'Task_Review', '审查',
  CASE WHEN g %% 10 = 0 THEN %(largest)s ELSE (%(pools)s::bigint[])[1 + abs(hashint8(g)) %% %(many)s::int] END,
  'review', '{}', 'OPEN', %(at)s,
  CASE WHEN abs(hashint8(g + 7)) %% 10 <> 0
    THEN date_trunc('day', %(at)s::timestamptz) + interval '17 hours'
      + (abs(hashint8(g + 3)) %% 30 - 5) * interval '1 day' END, NULL, '', ''
FROM (SELECT id, substr(number, 2)::bigint AS g FROM cases_case
      WHERE number BETWEEN 'B' AND 'C' AND NOT EXISTS
        (SELECT 1 FROM cases_workitem i WHERE i.case_id = cases_case.id)) c
"""


def fill(address: str, case_id: int, pools: list[int], before: int, until: int) -> None:
    """Add open items up to a number, spread over the pools and over six weeks of days."""
    import psycopg

    begun = time.perf_counter()
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        span = {"first": before + 1, "last": until, "case": case_id}
        connection.execute(_CASES, span)
        connection.execute(
            _ITEMS, {"largest": pools[0], "pools": pools, "many": len(pools), "at": AT}
        )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    remark(f"{until} open items after {time.perf_counter() - begun:.1f} s")


def officer_with(pools: list[int]) -> Any:
    """A new officer who is A of a post of each pool."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from webapp.accounts.models import Officer
    from webapp.organisations.models import Holding, Post

    officer = Officer.objects.create_officer("bench", "甲", None)
    for pool in pools:
        post = Post.objects.create(pool_id=pool, name="窗口")
        during = DateRange(date(2025, 1, 1), None)
        Holding.objects.create(post=post, officer=officer, cover="A", during=during)
    return officer


def in_turns(*works: Callable[[], object]) -> list[float]:
    """The p50 of each, measured in turns after a warm-up."""
    spans: list[list[float]] = [[] for _ in works]
    for turn in range(TIMES + 20):
        for work, own in zip(works, spans, strict=True):
            begun = time.perf_counter()
            work()
            if turn >= 20:
                own.append(time.perf_counter() - begun)
    return [median(own) for own in spans]


def measure(address: str, officer: Any, size: int, case_id: int) -> None:
    """The page alone, with counts, and over HTTP, at one size."""
    from django.db import connection
    from django.test import Client

    from webapp.cases.queries import inbox
    from webapp.organisations.queries import acting

    by = acting(officer.pk, AT)
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")

    def look_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM cases_case WHERE id = %s", [case_id])
            cursor.fetchone()

    def page() -> None:
        assert client.get("/inbox/", secure=True).status_code == 200

    assert len(inbox(by, "unit").rows) == 20
    hot, alone, counted = in_turns(
        look_up, lambda: inbox(by, "mine", counted=False), lambda: inbox(by, "mine")
    )
    (http,) = in_turns(page)
    remark(
        f"{size}: look-up {hot * 1e3:.2f} ms, page {alone * 1e3:.2f} ms, with counts"
        f" {counted * 1e3:.2f} ms, over HTTP {http * 1e3:.1f} ms"
    )
    against = f"at {size} open items against a hot primary-key look-up, p50"
    report(f"inbox, 20 most urgent, {against}", ratio=round(alone / hot, 2), target=3)
    report(
        f"inbox with counts of the bands, {against}", ratio=round(counted / hot, 2), target=20
    )
    report(f"inbox, whole page over HTTP at {size} open items, ms", value=round(http * 1e3, 1))


def main() -> None:
    """Every size, in one database."""
    with county() as address:
        import _path
        from django.db import connection

        from webapp.core import db

        with connection.cursor() as cursor:
            cursor.execute(_MORE_POOLS, [POOLS])
            cursor.execute("SELECT id FROM organisations_pool ORDER BY md5(id::text)")
            pools = [row[0] for row in cursor.fetchall()]
        officer = officer_with(pools[:6])
        with db.pretended(AT):
            case_id = _path.register("promised", 0).case_id
            before = 0
            for size in SIZES:
                fill(address, case_id, pools, before, size)
                measure(address, officer, size, case_id)
                before = size


if __name__ == "__main__":
    main()
