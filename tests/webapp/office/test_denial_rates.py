"""Rates of denial beside the register (DENY-01, DENY-03)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.webapp.inboxes.conftest import Browser
from webapp.office.denial_rates import denial_rates

pytestmark = pytest.mark.django_db


def test_the_county_reads_how_often_each_unit_and_item_says_no(desk):
    """DENY-01: one of two applications refused is half, at its unit and for its item."""
    granted, refused = desk.open("ZR01"), desk.open("ZR01")
    desk.run(granted)
    desk.run(refused, Task_Examine={"outcome": "not_required"})
    refused.refresh_from_db()
    assert not refused.is_open
    since, until = desk.at - timedelta(days=30), refused.closed_at + timedelta(days=30)
    units, items = denial_rates(since, until)
    assert [(one.ended, one.denied, one.percent) for one in units] == [(2, 1, Decimal("50.0"))]
    assert [(one.name, one.denied) for one in items] == [(refused.item_version.name, 1)]
    assert units[0].name == refused.accountable_unit.name
    desk.at = until
    office = Browser(desk, desk.acting("county_service_office", "county.office"))
    assert "50.0%" in office.get("/office/denials/").content.decode()


def test_a_refusal_says_sorry_why_and_by_which_rule(desk):
    """DENY-03, DENY-04: a clear answer in polite words: reason, basis, remedy."""
    case = desk.open("ZR01")
    desk.run(case, Task_Examine={"outcome": "not_competent"})
    paper = case.documents.get(code="D06").content
    said = "".join(paper["paragraphs"])
    assert "对不起" in said
    assert "我们必须按规定办理" in said
    assert "理由：" in said
    assert "依据：" in said
    assert "行政复议" in paper["remedy"]


def test_what_was_never_denied_has_no_rate(desk):
    """Nothing is shown where nobody was refused."""
    desk.run(desk.open("ZR01"))
    assert denial_rates(desk.at - timedelta(days=30), desk.at + timedelta(days=90)) == ([], [])
