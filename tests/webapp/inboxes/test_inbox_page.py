"""The inbox page costs the same statements for one row as for many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def test_the_number_of_statements_does_not_grow_with_the_rows(desk, window):
    counts = []
    for more in (1, 7):
        for _ in range(more):
            desk.open("ZR01")
        assert window.get("/inbox/").status_code == 200  # names are remembered from now on
        with CaptureQueriesContext(connection) as seen:
            page = window.get("/inbox/")
        rows = page.context["page"].rows
        assert all(row.case_number in page.content.decode() for row in rows)
        counts.append((len(rows), len(seen)))
    (few, first), (many, second) = counts
    assert many == few + 7
    assert first == second <= 14
