"""Duty lists: entered, copied, checked against absences and the calendar, published (ORG-20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused
from webapp.organisations.actions import (
    Entry,
    begin_roster,
    drop_roster,
    publish_roster,
    record_absence,
    save_roster,
)
from webapp.organisations.models import Roster, Shift
from webapp.organisations.notices import told
from webapp.organisations.rosters import Place, findings, published_for

MONDAY = date(2026, 3, 9)
FRIDAY = MONDAY + timedelta(days=4)
WINDOW = ("xinan.centre", "township.window")


@pytest.fixture
def head(county):
    return county.acting("xinan.centre", "township.head_window")


@pytest.fixture
def unit(county):
    return county.unit("xinan.centre")


def week(head, unit, kind="leader", first=MONDAY, days=5, **more):
    last = first + timedelta(days=days - 1)
    return begin_roster(by=head, unit_id=unit.pk, kind=kind, first=first, last=last, **more)


def fill(head, roster_id, name, days=5, part="day", rest=()):
    first = Roster.objects.get(pk=roster_id).first
    entries = [Entry(Place(first + timedelta(days=n), part), name) for n in range(days)]
    save_roster(by=head, roster_id=roster_id, entries=entries, note="", rest=rest)


def test_published_it_is_on_the_page_and_who_stands_on_it_is_told(county, head, unit):
    leader = county.officer("xinan.centre", "township.leader")
    roster = week(head, unit)
    with pytest.raises(Refused, match="没有人"):
        publish_roster(by=head, roster_id=roster, rest=())
    fill(head, roster, leader.name)
    assert published_for([unit.pk], MONDAY) == []
    publish_roster(by=head, roster_id=roster, rest=())
    (shift,) = published_for([unit.pk], MONDAY)
    assert (shift.name, shift.officer_id) == (leader.name, leader.pk)
    assert told(leader.pk)[0].sentence.startswith(
        "新安镇便民服务中心领导坐岗表（3月9日至3月13日）"
    )
    with pytest.raises(AlreadyDone):
        publish_roster(by=head, roster_id=roster, rest=())


def test_a_change_of_a_published_list_tells_only_who_is_concerned(county, head, unit):
    leader = county.officer("xinan.centre", "township.leader")
    clerk = county.officer(*WINDOW, "A", "民政窗口")
    roster = week(head, unit)
    fill(head, roster, leader.name)
    publish_roster(by=head, roster_id=roster, rest=())
    entries = [Entry(Place(MONDAY + timedelta(days=n), "day"), leader.name) for n in range(4)]
    entries.append(Entry(Place(FRIDAY, "day"), clerk.name))
    save_roster(by=head, roster_id=roster, entries=entries, note="", rest=())
    assert len(told(leader.pk)) == 2
    assert told(clerk.pk)[0].sentence.endswith("您的班：3月13日。")
    with pytest.raises(Refused, match="3月13日全天没有人"):
        save_roster(by=head, roster_id=roster, entries=entries[:4], note="", rest=())
    assert Shift.objects.filter(roster=roster).count() == 5
    with pytest.raises(Refused):
        drop_roster(by=head, roster_id=roster)


def test_people_who_are_away_are_found(county, head, unit):
    clerk = county.acting(*WINDOW, "A", "民政窗口")
    day = MONDAY + timedelta(days=1)
    record_absence(
        by=clerk,
        officer_id=clerk.officer_id,
        first=day,
        last=day,
        reason="培训",
        from_noon=True,
    )
    roster = week(head, unit, kind="duty")
    entries = [
        Entry(Place(MONDAY + timedelta(days=n), part), clerk.name)
        for n in range(5)
        for part in ("morning", "afternoon")
    ]
    save_roster(by=head, roster_id=roster, entries=entries, note="", rest=())
    assert findings(Roster.objects.get(pk=roster), ()) == [f"{clerk.name}3月10日不在岗。"]
    with pytest.raises(Refused, match="不在岗"):
        publish_roster(by=head, roster_id=roster, rest=())


def test_holidays_come_from_the_calendar(head, unit):
    """DUTY-08: a holiday list covers days off, a duty list working days."""
    saturday = MONDAY + timedelta(days=5)
    rest = {saturday, saturday + timedelta(days=1)}
    roster = week(head, unit, kind="duty", days=7)
    fill(head, roster, "张三", part="morning")
    fill_both = [
        Entry(Place(MONDAY + timedelta(days=n), part), "张三")
        for n in range(5)
        for part in ("morning", "afternoon")
    ]
    save_roster(by=head, roster_id=roster, entries=fill_both, note="", rest=rest)
    assert findings(Roster.objects.get(pk=roster), rest) == []
    holiday = week(head, unit, kind="holiday", first=FRIDAY, days=3)
    save_roster(
        by=head, roster_id=holiday, note="", rest=rest,
        entries=[Entry(Place(FRIDAY, "day"), "李四"), Entry(Place(saturday, "day"), "李四")],
    )  # fmt: skip
    found = findings(Roster.objects.get(pk=holiday), rest)
    assert "3月13日是工作日，不用轮值。" in found
    assert "3月15日全天没有人。" in found


def test_the_last_list_is_copied_by_weekdays(head, unit):
    roster = week(head, unit)
    entries = [Entry(Place(MONDAY + timedelta(days=n), "day"), f"人{n}") for n in range(5)]
    save_roster(by=head, roster_id=roster, entries=entries, note="", rest=())
    again = week(head, unit, first=MONDAY + timedelta(days=7), copy=True)
    got = Shift.objects.filter(roster=again).order_by("day")
    assert [(one.day, one.name) for one in got] == [
        (MONDAY + timedelta(days=7 + n), f"人{n}") for n in range(5)
    ]
    month = week(head, unit, kind="collective", first=date(2026, 4, 1), days=30, copy=True)
    assert not Shift.objects.filter(roster=month).exists()


@pytest.mark.parametrize(
    ("where", "role", "may"),
    [
        ("xinan.centre", "township.leader", True),
        ("county_service_office", "county.office", True),
        ("nangang.centre", "township.leader", False),
        ("xinan.centre", "township.window", False),
    ],
)
def test_heads_and_the_county_office_keep_lists(county, unit, where, role, may):
    by = county.acting(where, role)
    station = county.unit("station.130123103201")
    for place in (unit, station):
        if may:
            assert week(by, place)
        else:
            with pytest.raises(NotYours):
                week(by, place)


def test_nonsense_is_refused_beside_its_field(head, unit):
    with pytest.raises(Invalid) as wrong:
        week(head, unit, kind="x", days=-2)
    assert wrong.value.errors.keys() == {"kind", "last"}
    with pytest.raises(Invalid):
        week(head, unit, days=40)
    roster = week(head, unit)
    with pytest.raises(AlreadyDone):
        week(head, unit, first=FRIDAY)
    outside = [Entry(Place(MONDAY - timedelta(days=1), "day"), "张三")]
    with pytest.raises(Invalid):
        save_roster(by=head, roster_id=roster, entries=outside, note="", rest=())
    drop_roster(by=head, roster_id=roster)
    assert not Roster.objects.exists()
