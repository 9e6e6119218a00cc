"""Papers on the way: signed for by one press or a scan, never in two hands (IN-03, AGT-06)."""

from __future__ import annotations

import random

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from webapp.accounts.models import Officer
from webapp.cases import actions
from webapp.cases.models import Case, Custody, Document
from webapp.cases.queries import on_the_way, run_sheet
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.cases.queries.on_the_way import scanned
from webapp.core import db
from webapp.core.errors import AlreadyDone, Refused, Unknown
from webapp.organisations.models import Pool

pytestmark = pytest.mark.django_db

ESCALATED = "MZ04"
GIVING = ("township.window", "township.handler", "township.leader")


@pytest.fixture
def sent(desk) -> Case:
    """A case whose papers the township has handed up and nobody at the county has signed for."""
    return desk.run(desk.open(ESCALATED), until="Task_CountyReceive")


def open_rows(case) -> list[Custody]:
    rows = case.custody.filter(received_at=None, taken_back_at=None, to_pool__isnull=False)
    return list(rows.order_by("id"))


def receiver(desk, case):
    return desk.anybody(open_rows(case)[0].to_pool_id)


def giver(desk, case):
    """Somebody of the unit that has given the papers."""
    unit = open_rows(case)[0].from_unit_id
    pool = Pool.objects.filter(unit=unit, role__in=GIVING).order_by("id").first()
    return desk.anybody(pool.pk)


def receive(desk, case, by):
    with db.pretended(desk.at):
        return actions.receive_papers(case.pk, by)


def test_one_press_signs_with_name_and_moment(desk, sent):
    by = receiver(desk, sent)
    waiting = on_the_way(by)
    assert [way.custody.case_id for way in waiting.to_sign] == [sent.pk]
    assert receive(desk, sent, by) == 1
    row = sent.custody.filter(papers="materials").order_by("id").last()
    assert (row.received_by_id, row.received_at) == (by.officer_id, desk.at)
    assert on_the_way(by).to_sign == ()
    assert broken_chain(sent.pk) == []
    assert broken_invariants() == []


def test_the_work_goes_on_where_the_papers_were_signed_for_first(desk, sent):
    """Claiming later signs nothing a second time: the first signature stays."""
    by = receiver(desk, sent)
    receive(desk, sent, by)
    row = sent.custody.order_by("id").last()
    desk.go_to("2026-03-04")
    finished = desk.run(sent)
    assert finished.result == "granted"
    again = Custody.objects.get(pk=row.pk)
    assert (again.received_by_id, again.received_at) == (row.received_by_id, row.received_at)


def test_a_second_signature_is_refused_and_a_stranger_learns_nothing(desk, sent):
    by = receiver(desk, sent)
    receive(desk, sent, by)
    with pytest.raises(AlreadyDone):
        receive(desk, sent, by)
    with pytest.raises(Unknown):
        receive(desk, sent, desk.acting("xinchengpu.centre", "township.window"))


def test_the_giver_sees_what_nobody_has_signed_for_with_its_age(desk, sent):
    desk.go_to("2026-03-06")
    by = giver(desk, sent)
    way = on_the_way(by).given[0]
    assert way.custody.case_id == sent.pk
    assert way.days == 3
    with pytest.raises(Refused):  # the unit that gave signs for nothing
        receive(desk, sent, by)
    assert open_rows(sent)


def test_a_number_finds_exactly_that_sheet(desk, sent):
    other = desk.run(desk.open(ESCALATED), until="Task_CountyReceive")
    by = receiver(desk, sent)
    assert len(on_the_way(by).to_sign) == 2
    found = on_the_way(by, sent.number).to_sign
    assert [way.custody.case_id for way in found] == [sent.pk]
    assert other.pk not in {way.custody.case_id for way in found}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 130123103-20260303-000001 ", "130123103-20260303-000001"),
        ("https://bm.example.gov.cn/papers/?q=130123103-20260303-000001", "130123103-20260303-000001"),
        ("https://bm.example.gov.cn/q/?n=130123103-20260303-000001&c=AB", "130123103-20260303-000001"),
        ("20260303-093000-12", "20260303-093000-12"),
        ("", ""),
        ("?", ""),
        ("王建国", ""),
        ("https://bm.example.gov.cn/?q=%00%27;drop", ""),
    ],
)  # fmt: skip
def test_what_a_scanner_types_is_read_as_a_number_or_not_at_all(typed, number):
    assert scanned(typed) == number


def test_the_sheet_that_travels_carries_a_square_code_for_its_receiver(desk, sent, settings):
    """D11 opens the receiving page; it is no paper for the applicant and has no query code."""
    found = Document.objects.filter(case=sent, code="D11").first()
    assert sent.number in found.content["travels"]
    assert "签收" in found.content["scan"]
    assert "query" not in found.content


class TestATrip:
    """AGT-06: 明确专人定期到县上办理: one sheet per trip, closed when all is received."""

    def test_many_cases_travel_on_one_sheet(self, desk, sent):
        other = desk.run(desk.open(ESCALATED), until="Task_CountyReceive")
        from_there = giver(desk, sent)
        with db.pretended(desk.at):
            for case in (sent, other):
                assert actions.put_on_run(case.pk, from_there, "20260303-093000-1") == 1
        rows = run_sheet(from_there, "20260303-093000-1")
        assert [one.case_id for one in rows] == [sent.pk, other.pk]
        assert all(one.from_officer_id is not None for one in rows)  # the giver has signed
        by = receiver(desk, sent)
        assert len(on_the_way(by, "20260303-093000-1").to_sign) == 2
        receive(desk, sent, by)
        left = [o for o in run_sheet(by, "20260303-093000-1") if o.received_at is None]
        assert [one.case_id for one in left] == [other.pk]
        receive(desk, other, by)
        assert all(
            one.received_by_id == by.officer_id for one in run_sheet(by, "20260303-093000-1")
        )

    def test_papers_are_on_one_sheet_only(self, desk, sent):
        with db.pretended(desk.at):
            actions.put_on_run(sent.pk, giver(desk, sent), "20260303-093000-1")
            with pytest.raises(AlreadyDone):
                actions.put_on_run(sent.pk, giver(desk, sent), "20260303-100000-1")

    def test_another_township_neither_makes_nor_reads_it(self, desk, sent):
        far = desk.acting("xinchengpu.centre", "township.window")
        with db.pretended(desk.at):
            with pytest.raises(Unknown):
                actions.put_on_run(sent.pk, far, "x")
            actions.put_on_run(sent.pk, giver(desk, sent), "20260303-093000-1")
        assert run_sheet(far, "20260303-093000-1") == []

    def test_each_sees_the_lines_that_she_gives_or_receives(self, desk, sent):
        """The centre hands to its office, the office to the county: one reads nothing more."""
        near, run = desk.run(desk.open(ESCALATED), until="Task_Prelim"), "20260303-093000-1"
        with db.pretended(desk.at):
            for case in (sent, near):
                actions.put_on_run(case.pk, giver(desk, case), run)

        def lines(by):
            return {one.case_id for one in run_sheet(by, run)}

        assert lines(giver(desk, near)) == {near.pk}
        assert lines(receiver(desk, near)) == {near.pk, sent.pk}
        assert lines(receiver(desk, sent)) == {sent.pk}

    def test_pages_make_print_and_receive_it(self, desk, sent, client):
        def post(by, name, **body):
            client.force_login(_officer(by))
            with db.pretended(desk.at):
                return client.post(reverse(f"inboxes:{name}"), body)

        made = post(giver(desk, sent), "put_on_run", case=[sent.pk])
        number = made["Location"].partition("q=")[2]
        with db.pretended(desk.at):
            shown = client.get(made["Location"])
            assert number in shown.content.decode()
            paper = client.get(reverse("inboxes:run_paper", args=[number]))
            assert paper.content.startswith(b"%PDF-")
            assert client.get(reverse("inboxes:run_paper", args=["nothing"])).status_code == 404
        by = receiver(desk, sent)
        assert post(by, "receive_papers", case=[sent.pk]).status_code == 302
        assert open_rows(sent) == []
        assert post(by, "receive_papers").status_code == 302  # nothing ticked: a sentence


def _officer(by):
    return Officer.objects.get(pk=by.officer_id)


def test_the_database_keeps_no_signature_without_a_person(desk, sent):
    row = open_rows(sent)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.filter(pk=row.pk).update(received_at=desk.at)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_in_two_hands_however_papers_are_passed_on(desk, seed):
    """Random orders of signing, trips, working and sending back: each hop begins where one ended."""
    dice = random.Random(seed)
    case = desk.open(dice.choice([ESCALATED, "ZR01"]))
    for _round in range(14):
        case.refresh_from_db()
        waiting = open_rows(case)
        assert len({one.to_pool_id for one in waiting if one.papers == "materials"}) <= 1
        if waiting and dice.random() < 0.6:
            row = waiting[0]
            by = desk.anybody(row.to_pool_id)
            with db.pretended(desk.at):
                if dice.random() < 0.5:
                    there = Pool.objects.filter(unit=row.from_unit_id, role__in=GIVING).first()
                    if there is not None and not row.run:
                        run = f"walk-{seed}-{_round}"
                        actions.put_on_run(case.pk, desk.anybody(there.pk), run)
                actions.receive_papers(case.pk, by)
            with pytest.raises(Refused), db.pretended(desk.at):
                actions.receive_papers(case.pk, by)
        item = case.items.filter(state="OPEN").order_by("id").first()
        if item is None:
            break
        desk.complete(item)
        way = list(
            case.custody.filter(papers="materials", to_pool__isnull=False)
            .order_by("id")
            .values_list("from_unit", "to_pool__unit")
        )
        assert [one[0] for one in way[1:]] == [one[1] for one in way[:-1]], way
    assert broken_invariants() == []
    assert broken_chain(case.pk) == []
