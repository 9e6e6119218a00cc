"""What the database itself refuses, each constraint from both sides."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from webapp.cases.models import (
    AwaitedMessage,
    Card,
    Case,
    CaseMaterial,
    Clock,
    ClockEntry,
    DenialFiling,
    Document,
    Timer,
    WorkItem,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(desk):
    return desk.open("ZR01")


def refused(work):
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


def copy_of(row, **changed):
    """A second row like `row`, saved."""
    twin = type(row).objects.get(pk=row.pk)
    twin.pk = None
    for name, value in changed.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def test_a_closed_case_has_a_moment_and_a_result(case, at):
    cases = Case.objects.filter(pk=case.pk)
    refused(lambda: cases.update(is_open=False))
    refused(lambda: cases.update(is_open=False, closed_at=at))
    refused(lambda: cases.update(closed_at=at))
    cases.update(is_open=False, closed_at=at, result="granted")


def test_a_work_item_knows_who_and_when(case, desk, at):
    item = desk.item(case)
    rows = WorkItem.objects.filter(pk=item.pk)
    me = desk.window.officer_id
    refused(lambda: rows.update(claimed_by=me))
    refused(lambda: rows.update(claimed_by=None, claimed_at=at))
    rows.update(claimed_by=me, claimed_at=at)
    refused(lambda: rows.update(state="DONE"))
    refused(lambda: rows.update(state="DONE", closed_at=at))
    refused(lambda: rows.update(closed_at=at))
    rows.update(state="DONE", closed_at=at, closed_by=me)
    refused(lambda: copy_of(item))
    copy_of(item, token="another")


def test_one_open_clock_of_a_kind_and_one_row_a_run(case):
    clock = Clock.objects.get(case=case, kind="check")
    refused(lambda: copy_of(clock))
    refused(lambda: copy_of(clock, run=2))
    copy_of(clock, run=2, state="ended")
    copy_of(clock, kind="step", run=7)
    copy_of(clock, kind="step", run=8)
    entry = ClockEntry.objects.get(case=case, kind="check")
    refused(lambda: copy_of(entry))
    copy_of(entry, seq=2)


def test_tokens_are_used_once(case):
    timer = Timer.objects.get(case=case)
    refused(lambda: copy_of(timer))
    copy_of(timer, token="another")
    first = AwaitedMessage.objects.create(
        case=case, token="t", name="m", element="e", since=case.opened_at
    )
    refused(lambda: copy_of(first))
    copy_of(first, token="u")


def test_a_number_is_issued_once_per_organ_type_and_year(desk, case):
    desk.complete(desk.item(case))
    document = Document.objects.get(case=case, code="D05")
    refused(lambda: copy_of(document))
    copy_of(document, year=document.year + 1)
    copy_of(document, serial=None)
    copy_of(document, serial=None)


def test_nobody_refuses_alone(case, desk, at):
    """DENY-02 in the database."""
    leader = desk.acting("xinan.centre", "township.leader").officer_id
    clerk = desk.window.officer_id

    def file(proposer, confirmer):
        DenialFiling.objects.create(
            case=case, document_code="D06", number="1", proposer_id=proposer,
            confirmer_id=confirmer, reason="", basis="", filed_at=at,
        )  # fmt: skip

    refused(lambda: file(clerk, clerk))
    file(clerk, leader)
    file(None, clerk)


def test_a_card_is_issued_once_per_rule_clock_and_due_date(case, at):
    clock = Clock.objects.get(case=case, kind="check")
    card = Card.objects.create(
        case=case, rule="R01", level="reminder", clock=clock, due_at=at, issued_at=at
    )
    refused(lambda: copy_of(card))
    copy_of(card, rule="R02")
    copy_of(card, due_at=case.due_at)


def test_case_numbers_keys_and_lines_are_unique(case):
    refused(lambda: copy_of(case, opening_key=None))
    refused(lambda: copy_of(case, number="x"))
    copy_of(case, number="x", opening_key=None)
    copy_of(case, number="y", opening_key=None)
    line = CaseMaterial.objects.filter(case=case).first()
    refused(lambda: copy_of(line))
    copy_of(line, key="another")
