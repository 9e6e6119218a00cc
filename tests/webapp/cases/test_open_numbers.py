"""办结销号: numbers stay open until the reply is delivered with proof (PROC-11, PROC-12, N12)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webapp.inboxes.conftest import Browser
from webapp.cases.models import Delivery
from webapp.cases.queries.open_numbers import (
    open_numbers,
    open_numbers_by_unit,
    struck_without_proof,
)

pytestmark = pytest.mark.django_db


def test_a_number_is_open_until_it_is_delivered_and_then_struck_off(desk):
    """PROC-11: decided is not enough."""
    case = desk.open("ZR01")
    desk.run(case, until="Task_Counter")
    (row,) = open_numbers_by_unit(desk.at, None)
    assert (row.total, row.undecided, row.undelivered) == (1, 0, 1)
    assert list(open_numbers(desk.at, None, "undelivered")) == [case]
    assert list(open_numbers(desk.at, None, "undecided")) == []
    desk.run(case)
    assert open_numbers_by_unit(desk.at, None) == []
    assert list(struck_without_proof(None)) == []


def test_a_closed_number_without_proof_is_found(desk):
    """PROC-12: every matter has its reply, on record; a lost proof is shown to who answers."""
    case = desk.open("ZR01")
    desk.run(case)
    Delivery.objects.filter(case=case).delete()
    assert list(struck_without_proof(None)) == [case]
    assert list(struck_without_proof([])) == []
    page = Browser(desk, desk.window).get("/numbers/").content.decode()
    assert "没有送达凭证" in page
    assert case.number in page


def test_a_window_sees_its_own_numbers_and_the_county_all(desk):
    """PROC-11: the list for the window and for the county, with drill-down."""
    case = desk.open("ZR01")
    window, office = (
        Browser(desk, desk.window),
        Browser(desk, desk.acting("county_service_office", "county.office")),
    )
    unit = case.accountable_unit_id
    assert case.number in window.get("/numbers/").content.decode()
    assert case.number in office.get(f"/numbers/?unit={unit}&stage=undecided").content.decode()
    stranger = Browser(desk, desk.acting("nangang.centre", "township.window"))
    assert case.number not in stranger.get("/numbers/").content.decode()
    assert stranger.get(f"/numbers/?unit={unit}").status_code == 404
    assert window.get("/numbers/?stage=nothing").status_code == 404


def test_the_list_asks_as_many_questions_for_many_as_for_one(desk):
    """A constant number of statements."""
    found = []
    window = Browser(desk, desk.window)
    desk.open("ZR01")
    window.get("/numbers/")  # what is remembered for seconds
    for many in (1, 5):
        for _number in range(many):
            desk.open("ZR01")
        with CaptureQueriesContext(connection) as asked:
            window.get("/numbers/")
        found.append(len(asked))
    assert found[0] == found[1]
