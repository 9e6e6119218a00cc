"""The inbox is the permission: what waits, in order, with bands; and what one may see at all."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from tests.webapp.cases.desk import MANDATE, day
from webapp.cases import actions, queries
from webapp.cases.models import Case, SensitiveValue, WorkItem
from webapp.cases.queries import Filters, Search, inbox
from webapp.cases.values import open_value
from webapp.core.errors import Unknown
from webapp.organisations.models import Unit
from webapp.organisations.queries import acting

pytestmark = pytest.mark.django_db


def ids(page):
    return [row.item_id for row in page.rows]


def test_most_urgent_first_paused_last_and_each_band_by_itself(desk):
    cases = [desk.open("ZR01", key=f"in-{n}") for n in range(6)]
    items = [desk.item(case) for case in cases]
    dues = [
        day("2026-03-02", 17), day("2026-03-03", 17), day("2026-03-04", 17),
        day("2026-03-09", 17), day("2026-03-20", 17), None,
    ]  # fmt: skip
    for item, due in zip(items, dues, strict=True):
        WorkItem.objects.filter(pk=item.pk).update(due_at=due, lapses_at=due)
    clerk = desk.window
    page = inbox(clerk, "mine")
    assert ids(page) == [item.pk for item in items]
    assert [row.band for row in page.rows] == list(queries.BANDS)
    assert [row.days for row in page.rows] == [-1, 0, 1, 4, 13, None]
    assert page.counts == dict.fromkeys(queries.BANDS, 1)
    for band, item in zip(queries.BANDS, items, strict=True):
        assert ids(inbox(clerk, "mine", band)) == [item.pk]


def test_pages_follow_each_other_without_gap_or_repeat(desk):
    first = desk.item(desk.open("ZR01"))
    source = WorkItem.objects.get(pk=first.pk)
    copies = []
    for number in range(53):
        copy = WorkItem.objects.get(pk=source.pk)
        copy.pk, copy.token = None, f"copy-{number}"
        copy.due_at = None if number % 5 == 0 else day("2026-03-10", 8 + number % 7)
        copies.append(copy)
    WorkItem.objects.bulk_create(copies)
    seen, after = [], None
    for _ in itertools.count():
        page = inbox(desk.window, "unit", after=after, counted=False)
        seen += ids(page)
        after = page.after
        if after is None:
            break
    wanted = WorkItem.objects.filter(state="OPEN", pool=source.pool)
    dated = wanted.exclude(due_at=None).order_by("due_at", "id")
    assert seen == [i.pk for i in dated] + [
        i.pk for i in wanted.filter(due_at=None).order_by("id")
    ]
    assert len(seen) == 54


def test_the_inbox_takes_two_statements_whatever_it_holds(desk, django_assert_num_queries):
    desk.open("ZR01")
    clerk = desk.window
    inbox(clerk)
    with django_assert_num_queries(2):
        inbox(clerk, "unit", "", Filters(q="王", item_code="ZR01", element="Task_Examine"))
    with django_assert_num_queries(1):
        inbox(clerk, counted=False)


def test_what_a_colleague_has_claimed_is_hers_but_the_unit_sees_it(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    clerk = desk.window
    mate = desk.mate
    actions.claim(item.pk, mate)
    assert ids(inbox(clerk, "mine")) == []
    rows = inbox(clerk, "unit").rows
    assert [row.claimed_by for row in rows] == [mate.officer_id]
    assert ids(inbox(mate, "mine")) == [item.pk]


def test_nobody_sees_another_units_work(desk):
    desk.open("ZR01")
    for unit, role in (
        ("xinchengpu.centre", "township.window"),
        ("xinan.centre", "township.leader"),
        ("county_service_office", "county.office"),
    ):
        page = inbox(desk.acting(unit, role), "unit") if _exists(unit, role) else None
        assert page is None or page.rows == ()


def _exists(unit, role):
    return Unit.objects.filter(key=unit, pools__role=role).exists()


def test_search_by_number_and_by_part_of_the_name(desk):
    case = desk.open("MZ04", applicant_name="欧阳建国")
    other = desk.open("MZ04", applicant_name="李秀英")
    clerk = desk.window
    for typed, expected in (
        (case.number, {case.pk}), (case.number[-6:], {case.pk}), ("建国", {case.pk}),
        ("欧", {case.pk}), ("国建", set()), ("秀英", {other.pk}), ("", {case.pk, other.pk}),
        ("%", set()),
    ):  # fmt: skip
        found = {row.case_id for row in inbox(clerk, "unit", filters=Filters(q=typed)).rows}
        assert found == expected, typed
        assert {one.pk for one in queries.find_cases(clerk, Search(typed))[0]} == expected, (
            typed
        )
    assert queries.find_cases(clerk, Search(only_open=False)) == ([], None)


def test_filters_by_item_and_step(desk):
    case = desk.open("MZ04")
    desk.open("ZR01")
    rows = inbox(desk.window, "unit", filters=Filters(item_code="MZ04")).rows
    assert [row.case_id for row in rows] == [case.pk]
    assert inbox(desk.window, "unit", filters=Filters(element="Task_Counter")).rows == ()


def test_done_and_started_tell_the_past(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    desk.complete(item, desk.window)
    clerk = desk.window
    assert [(row.item_id, row.days) for row in inbox(clerk, "done").rows] == [(item.pk, None)]
    started = inbox(clerk, "started").rows
    assert [(row.case_id, row.item_id) for row in started] == [(case.pk, None)]
    assert inbox(desk.acting("xinan.centre", "township.leader"), "started").rows == ()


def test_who_may_see_a_case(desk):
    """WEB: units that took, answer, decide or work on it; its village; office; nobody else."""
    agent = desk.anybody(
        desk.county.pool(
            Unit.objects.get(kind="station", division=desk.village()).key, "village.agent"
        )
    )
    case = desk.open("MZ04", agent, mandate=MANDATE)
    case = desk.run(case, until="Task_CountyReceive")
    office = desk.anybody(WorkItem.objects.get(case=case, element="Task_Prelim").pool_id)
    may = [
        agent,
        desk.window,
        desk.acting("xinan.centre", "township.leader"),
        office,
        _holder("county_civil_affairs", "county.handler", desk),
        _holder_of_role("county.window", desk),
        _holder_of_role("county.office", desk),
    ]
    for person in may:
        assert queries.case_seen_by(person, case.pk).pk == case.pk, person
        assert case in queries.visible_to(person)
    other_station = Unit.objects.filter(kind="station").exclude(division=desk.village()).first()
    strangers = [
        desk.acting("xinchengpu.centre", "township.window"),
        _holder("county_forestry", "county.handler", desk),
        desk.anybody(desk.county.pool(other_station.key, "village.agent")),
        acting(0, desk.at),
    ]
    for person in strangers:
        with pytest.raises(Unknown):
            queries.case_seen_by(person, case.pk)
        assert not queries.visible_to(person).exists()
        assert queries.find_cases(person, Search(case.number)) == ([], None)
    with pytest.raises(Unknown):
        queries.case_seen_by(desk.window, 999_999)


def _holder(unit, role, desk):
    return desk.acting(unit, role)


def _holder_of_role(role, desk):
    unit = Unit.objects.filter(pools__role=role).order_by("id").first()
    return desk.acting(unit.key, role)


def test_an_item_is_seen_by_its_pool_only(desk):
    item = desk.item(desk.open("ZR01"))
    assert queries.item_seen_by(desk.window, item.pk).name == "审查材料"
    for person in (
        desk.acting("xinan.centre", "township.leader"),
        desk.acting("xinchengpu.centre", "township.window"),
    ):
        with pytest.raises(Unknown):
            queries.item_seen_by(person, item.pk)


def test_a_case_page_has_every_part_in_a_fixed_number_of_statements(
    desk, django_assert_max_num_queries
):
    case = desk.run(desk.open("MZ04"), until="Task_CountyReview")
    case = queries.case_seen_by(desk.window, case.pk)
    queries.case_page(case, desk.at)
    with django_assert_max_num_queries(24):
        page = queries.case_page(case, desk.at)
    assert [hop.role for hop in page.relay][:2] == ["乡镇窗口", "站所承办人"]
    assert [hop.is_now for hop in page.relay][-1]
    assert page.timeline[0].what.startswith("登记申请")
    assert any("出具受理通知书" in text for text in page.timeline[1].then)
    assert page.diagram.processes[0] == "escalated"
    assert page.diagram.current["escalated"] == ("Task_CountyReview",)
    assert "Task_Prelim" in page.diagram.passed["escalated"]
    assert [one.element for one in page.open_items] == ["Task_CountyReview"]
    clocks = {(line.kind, line.state) for line in page.clocks}
    assert {("handup", "stopped"), ("county", "running"), ("check", "ended")} <= clocks
    assert all(line.explanation for line in page.clocks)
    secret = {a.key: a for a in page.forms[0].answers}["applicant_phone"]
    assert (secret.text, secret.field) == ("", "application.applicant_phone")


def test_a_late_step_is_late_on_the_diagram(desk):
    desk.reroute("ZR01", "promised")
    case = desk.run(desk.open("ZR01"), until="Task_Review")
    case = Case.objects.get(pk=case.pk)
    page = queries.case_page(case, day("2026-04-20"))
    assert page.diagram.overdue == {"promised": ("Task_Review",)}
    assert any(line.overdue for line in page.clocks if line.kind == "promised")


def test_cases_are_found_by_whole_numbers_dates_and_items(desk, monkeypatch):
    """Identity numbers and telephones are found by their keyed hashes, typed in full only."""
    first, second = desk.open("MZ04", desk.window), desk.open("ZR01", desk.window)
    desk.run(first, "Task_Prelim")
    paper = first.documents.get(code="D05").number

    def typed(key):
        about = f"application.{key}"
        kept = SensitiveValue.objects.get(case=first, field=about)
        return open_value(first.pk, about, bytes(kept.ciphertext))

    phone = typed("applicant_phone")

    def found(**more):
        return {case.pk for case in queries.find_cases(desk.window, Search(**more))[0]}

    assert first.pk in found(q=phone)
    assert first.pk in found(q=f" {typed('applicant_id_number').lower()} ")
    assert found(q=phone[:-1]) == set()
    assert found(q=paper) == {first.pk}
    assert found(item_code="ZR01") == {second.pk}
    today = desk.at.date()
    assert found(since=today, until=today) == {first.pk, second.pk}
    assert found(until=today - timedelta(days=1)) == set()
    monkeypatch.setattr("webapp.cases.queries.seen.FOUND", 1)
    page, before = queries.find_cases(desk.window, Search())
    assert ([case.pk for case in page], before) == ([second.pk], second.pk)
    page, before = queries.find_cases(desk.window, Search(before=before))
    assert ([case.pk for case in page], before) == ([first.pk], None)
