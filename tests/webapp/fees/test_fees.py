"""Fees: zero by default, on a legal basis, one bill, a gap-free receipt (CAT-13, N26, AGT-05)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.webapp.cases.desk import MANDATE
from tests.webapp.inboxes.conftest import Browser
from webapp.audit.models import Event
from webapp.cases.queries import broken_chain
from webapp.catalogue.models import ItemVersion
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.fees import actions, queries
from webapp.fees.models import Bill, Receipt, Reduction

pytestmark = pytest.mark.django_db

FEE = {"amount": 20.1, "basis": "《诉讼费用交纳办法》第三条", "note": "每份"}


@pytest.fixture
def case(desk):
    """A case of an item with a statutory fee of 20.10 yuan."""
    return charged(desk.open("ZR01"), FEE)


def charged(case, fee):
    """The same case, its item version with a fee."""
    version = ItemVersion.objects.get(pk=case.item_version_id)
    version.guide = {**version.guide, "fee": fee}
    version.save(update_fields=["guide"])
    _forget()
    return case


def _forget():
    from webapp.catalogue.queries import item_version

    item_version.cache_clear()


@pytest.fixture(autouse=True)
def _versions_again():
    """Versions are cached by id; what this test wrote into one must not stay."""
    yield
    _forget()


def head_of(desk):
    return desk.acting("xinan.centre", "township.head_window")


def do(desk, action, *args, **more):
    with db.pretended(desk.at):
        return action(*args, **more)


def test_an_item_is_free_unless_a_law_says_otherwise(desk):
    """CAT-13: no bill without a fee, no fee without its basis."""
    free = desk.open("ZR01")
    with pytest.raises(Refused, match="不收费"):
        do(desk, actions.make_bill, free.pk, desk.window, 1)
    charged(free, {"amount": 5, "basis": None})
    with pytest.raises(Refused, match="依据"):
        do(desk, actions.make_bill, free.pk, desk.window, 1)
    assert queries.bill_of(free.pk) is None


def test_one_bill_counts_in_cents_and_the_receipts_have_no_gap(desk, case):
    """WIN-06 一次性收费: rate times quantity, exactly; numbers 1, 2 without a gap."""
    do(desk, actions.make_bill, case.pk, desk.window, 3)
    with pytest.raises(AlreadyDone):
        do(desk, actions.make_bill, case.pk, desk.window, 1)
    assert queries.bill_of(case.pk).amount == Decimal("60.30")
    with pytest.raises(Invalid):
        do(desk, actions.receive_fee, case.pk, desk.window, " ")
    first = do(desk, actions.receive_fee, case.pk, desk.window, "王建国")
    with pytest.raises(AlreadyDone):
        do(desk, actions.receive_fee, case.pk, desk.window, "王建国")
    other = desk.open("ZR01")
    do(desk, actions.make_bill, other.pk, desk.window, 1)
    second = do(desk, actions.receive_fee, other.pk, desk.window, "李秀英")
    assert ("〔2026〕1号" in first, "〔2026〕2号" in second) == (True, True)
    rows, sums = queries.ledger(desk.at - timedelta(days=1), desk.at + timedelta(days=1), None)
    assert [row.serial for row in rows] == [1, 2]
    assert sums.received == Decimal("80.40")
    kinds = set(
        Event.objects.filter(subject="case", subject_id=case.pk).values_list("kind", flat=True)
    )
    assert {"billed", "fee_received"} <= kinds
    assert list(broken_chain(case.pk)) == []


def test_a_reduction_needs_a_reason_a_basis_and_a_second_person(desk, case):
    """Proposed by the window, decided by the head; nothing is received meanwhile."""
    window, head = desk.window, head_of(desk)
    do(desk, actions.make_bill, case.pk, window, 1)
    for amount in ("0", "20.11", "1.005", "NaN", "x"):
        with pytest.raises(Invalid) as wrong:
            do(desk, actions.propose_reduction, case.pk, window, amount, "", "")
        assert set(wrong.value.errors) == {"amount", "reason", "basis"}
    do(desk, actions.propose_reduction, case.pk, window, "20.1", "低保户", "减免办法第二条")
    with pytest.raises(Refused, match="减免"):
        do(desk, actions.receive_fee, case.pk, window, "王建国")
    with pytest.raises(Unknown):
        do(desk, actions.decide_reduction, case.pk, window, agree=True)
    Reduction.objects.update(proposed_by=head.officer_id)
    with pytest.raises(NotYours):
        do(desk, actions.decide_reduction, case.pk, head, agree=True)
    Reduction.objects.update(proposed_by=window.officer_id)
    do(desk, actions.decide_reduction, case.pk, head, agree=True)
    bill = queries.bill_of(case.pk)
    assert bill.amount - bill.reduced == 0
    with pytest.raises(Refused, match="全部减免"):
        do(desk, actions.receive_fee, case.pk, window, "王建国")


def test_agency_is_always_free(desk):
    """AGT-05: what an agent has filed has no bill, and no agent handles money."""
    agent = desk.acting("station.130123103201", "village.agent")
    case = charged(desk.open("MZ04", agent, mandate=MANDATE), FEE)
    with pytest.raises(Refused, match="代办"):
        do(desk, actions.make_bill, case.pk, desk.window, 1)
    with pytest.raises(NotYours):
        do(desk, actions.make_bill, case.pk, agent, 1)


def test_others_neither_bill_nor_receive(desk, case):
    """The window that answers for the case, nobody else."""
    for unit, role in (("nangang.centre", "township.window"),
                       ("county_service_office", "county.office")):  # fmt: skip
        by = desk.acting(unit, role)
        with pytest.raises(Unknown):
            do(desk, actions.make_bill, case.pk, by, 1)
        with pytest.raises(Unknown):
            do(desk, actions.receive_fee, case.pk, by, "王")


def test_the_database_keeps_what_a_bill_must_be(desk, case):
    """A bill has its basis, and is never reduced below nothing."""
    do(desk, actions.make_bill, case.pk, desk.window, 1)
    for wrong in ({"basis": ""}, {"amount": 0}, {"reduced": Decimal("20.11")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bill.objects.update(**wrong)


def test_the_counter_bills_and_receives_on_one_page(desk, case):
    """From the case to the receipt and the ledger, by browser."""
    window = Browser(desk, desk.window)
    assert f'href="/fees/{case.pk}/"' in window.get(f"/cases/{case.pk}/").content.decode()
    wrong = window.post(f"/fees/{case.pk}/bill/", {"quantity": "0"})
    assert wrong.status_code == 422
    window.post(f"/fees/{case.pk}/bill/", {"quantity": "2"})
    page = window.get(f"/fees/{case.pk}/").content.decode()
    assert "40.20" in page
    window.post(f"/fees/{case.pk}/receive/", {"payer": "王建国"})
    number = Receipt.objects.get().number
    assert number in window.get(f"/fees/{case.pk}/").content.decode()
    ledger = window.get("/fees/?month=2026-03").content.decode()
    assert number in ledger
    assert "40.20" in ledger
    stranger = Browser(desk, desk.acting("nangang.centre", "township.window"))
    assert stranger.get(f"/fees/{case.pk}/").status_code == 404
    assert number not in stranger.get("/fees/?month=2026-03").content.decode()
