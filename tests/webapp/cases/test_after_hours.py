"""Received after hours (domain §1.5, rule 2): the county's switch, its four eyes, its explanation.

Friday 2026-03-06, the window closes at 17:30. Off: received on Friday, the first of five days is
Monday. On: received on Monday, the first day is Tuesday.
"""

from __future__ import annotations

from datetime import date

import pytest

from webapp.cases import actions
from webapp.cases.models import ClockEntry
from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import AFTER_HOURS, parameter
from webapp.catalogue.queries import calendar_in_force, hours_of
from webapp.changes import actions as changes
from webapp.changes.models import Change
from webapp.changes.queries import difference
from webapp.core import db
from workflows.clocks import explain, from_dicts

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
SAID = "算下一个工作日收到"


@pytest.fixture
def switched(county, at):
    Parameter.objects.update_or_create(
        key=AFTER_HOURS,
        defaults={"value": 1, "name": "办公时间以外收到", "source": "县里的规定", "set_at": at},
    )


def started(desk, case, kind: str, run: int = 1):
    clock = desk.clock(case, kind, run)
    first = ClockEntry.objects.get(case=case, kind=kind, run=run, seq=1)
    return clock.due_on, from_dicts([first.entry])


def lines(entries) -> str:
    return "".join(explain(entries, calendar_in_force(), hours_of(None)))


@pytest.mark.parametrize(("hour", "minute"), [(9, 30), (17, 29)])
def test_in_hours_nothing_changes(desk, switched, hour, minute):
    case = desk.go_to("2026-03-06", hour, minute).open("MZ04")
    due, entries = started(desk, case, "check")
    assert (due, entries[0].counted_from) == (date(2026, 3, 13), date(2026, 3, 6))
    assert SAID not in lines(entries)


@pytest.mark.parametrize(
    ("day", "hour", "minute"),
    [
        ("2026-03-06", 17, 30),
        ("2026-03-06", 23, 59),
        ("2026-03-07", 10, 0),
        ("2026-03-08", 0, 0),
    ],
)
def test_after_hours_and_on_days_off_it_is_received_on_monday(
    desk, switched, day, hour, minute
):
    case = desk.go_to(day, hour, minute).open("MZ04")
    due, entries = started(desk, case, "check")
    assert (due, entries[0].counted_from) == (date(2026, 3, 16), date(2026, 3, 9))
    assert SAID in lines(entries)
    assert "按2026年3月9日（星期一）发生计算" in lines(entries)
    case.refresh_from_db()
    assert case.received_at == desk.at, "the paper keeps the moment at which it came"


def test_off_by_default_it_is_received_on_the_day(desk):
    case = desk.go_to("2026-03-06", 18).open("MZ04")
    due, entries = started(desk, case, "check")
    assert (due, entries[0].counted_from) == (date(2026, 3, 13), date(2026, 3, 6))
    assert SAID not in lines(entries)


def test_a_make_up_saturday_is_a_working_day(desk, switched):
    """2026-02-28 is one: after closing there the next working day is Monday."""
    case = desk.go_to("2026-02-28", 10).open("MZ04")
    assert started(desk, case, "check")[1][0].counted_from == date(2026, 2, 28)
    case = desk.go_to("2026-02-28", 18).open("MZ04")
    assert started(desk, case, "check")[1][0].counted_from == date(2026, 3, 2)


@pytest.mark.parametrize("value", [0, 1])
def test_deemed_acceptance_is_dated_back_to_the_same_day_whatever_was_switched_since(
    desk, switched, value
):
    """行政许可法第三十二条第四项: both clocks count from one receipt."""
    desk.go_to("2026-03-06", 18)
    case = desk.open(desk.reroute("ZR01", "promised"))
    Parameter.objects.filter(pk=AFTER_HOURS).update(value=value)
    assert desk.sweep("2026-03-16", 23, 50).fired == 0
    assert desk.sweep("2026-03-17").fired == 1
    due, entries = started(desk, case, "statutory")
    assert entries[0].counted_from == date(2026, 3, 9)
    assert due == date(2026, 4, 7), "twenty working days after Monday; 4 to 6 April are off"
    assert SAID in lines(entries)


@pytest.mark.parametrize("value", [0, 1])
def test_a_period_that_counts_from_the_application_has_the_same_day(desk, switched, value):
    """社会保险经办条例: ten working days from the application; the check is over by then."""
    case = desk.go_to("2026-03-06", 18).open("RS01")
    Parameter.objects.filter(pk=AFTER_HOURS).update(value=value)
    desk.run(case)
    due, entries = started(desk, case, "statutory")
    assert (due, entries[0].counted_from) == (date(2026, 3, 23), date(2026, 3, 9))
    assert SAID in lines(entries)


def test_a_supplement_after_hours_begins_its_check_on_the_next_working_day(desk, switched):
    """flows: the check begins anew with the supplement, received like the application."""
    marks = desk.marks("ZR01")
    lacking = next(iter(marks))
    case = desk.open("ZR01", marks=desk.marks("ZR01", **{lacking: "missing"}))
    desk.complete(desk.item(case), outcome="supplement")
    desk.go_to("2026-03-13", 18)
    with db.pretended(desk.at):
        actions.supply_materials(case.pk, desk.window, {lacking: {"state": "received"}})
    due, entries = started(desk, case, "check", run=2)
    assert (due, entries[0].counted_from) == (date(2026, 3, 23), date(2026, 3, 16))
    assert SAID in lines(entries)


def test_four_eyes_switch_it_on_and_the_difference_is_in_words(county, at, desk):
    """CAT-05, like every county parameter; a longer way for applicants is grave."""
    author, reviewer = (
        county.acting(OFFICE, "county.office"),
        county.acting(OFFICE, "county.publisher"),
    )
    change = changes.begin("parameter", AFTER_HOURS, author)
    typed = {"value": "1", "source": "县政务办〔2026〕3号"}
    changes.save(change.pk, author, typed, reason="与县里的规定一致", effective_on=None, seen=0)
    changes.propose(change.pk, author)
    assert parameter(AFTER_HOURS) == 0
    told = difference(Change.objects.get(pk=change.pk))
    assert ("由 收到的当天 改为 下一个工作日", True) in [(one.words, one.grave) for one in told]
    changes.approve(change.pk, reviewer)
    assert parameter(AFTER_HOURS) == 1
    case = desk.go_to("2026-03-06", 18).open("MZ04")
    assert started(desk, case, "check")[1][0].counted_from == date(2026, 3, 9)
    back = changes.go_back(change.pk, author, "县里改了规定")
    changes.approve(back.pk, reviewer)
    assert parameter(AFTER_HOURS) == 0
