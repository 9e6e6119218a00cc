"""What an item, the calendar and the opening hours say."""

from __future__ import annotations

from datetime import date, time

import pytest

from webapp.catalogue import queries
from webapp.catalogue.models import Calendar, OpeningHours, ServiceItem
from webapp.core.errors import Refused, Unknown


@pytest.fixture
def allowance(county):
    return queries.item_by_code("MZ01")


def test_an_item_knows_its_limits_materials_and_organ(county, allowance):
    assert allowance.name == "最低生活保障审核确认（低保）"
    assert (allowance.handling, allowance.flow) == ("promised", "escalated")
    assert allowance.category_name == "民政"
    assert allowance.competent_unit_id == county.unit("county_civil_affairs").pk
    assert allowance.limit("promised").days == 20
    assert allowance.limit("statutory").extension_days == 15
    assert allowance.limit("step", 2).days == 10
    assert allowance.limit("department") is None
    assert allowance.allows("tolerance_allowed")
    assert not allowance.allows("refuse_on_missing_main")
    assert not allowance.allows("no_such_switch")
    assert allowance.material("application").role == "main"
    assert allowance.material("agent_mandate").condition == 'application_mode = "agent"'
    assert allowance.form.field("household_size") is not None
    assert allowance.is_example


def test_every_shipped_item_can_be_read(county):
    for item in ServiceItem.objects.all():
        facts = queries.item_version(item.current_id)
        assert facts.limit("promised")
        assert facts.materials
        assert facts.competent_unit_id or facts.competent_local


def test_an_item_of_a_township_organ_names_the_kind_of_organ(county):
    facts = queries.item_by_code("GA02")
    assert (facts.competent_unit_id, facts.competent_local) == (None, "police_station")


def test_a_version_is_read_once(county, allowance, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.item_version(allowance.version_id) is allowance


def test_unknown_and_disabled_items_are_refused(county):
    with pytest.raises(Unknown, match="ZZ00"):
        queries.item_by_code("ZZ00")
    with pytest.raises(Unknown, match="停用"):
        queries.item_by_code("WJ02")  # 再生育审批: ships disabled
    with pytest.raises(Unknown):
        queries.item_version(0)


def test_a_level_offers_its_own_items(county, django_assert_num_queries):
    with django_assert_num_queries(1):
        village = queries.items_offered("village")
    codes = [item.code for item in village]
    assert "MZ01" in codes
    assert "ZR01" not in codes  # township only
    township = queries.items_offered("township")
    assert len(township) == 34
    assert "WJ02" not in [item.code for item in township]
    assert [item.category for item in township[:3]] == ["civil_affairs"] * 3
    assert next(item for item in township if item.code == "MZ01").promised_days == 20


def test_the_calendar_in_force_knows_holidays_and_estimates(county, django_assert_num_queries):
    calendar = queries.calendar_in_force()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))  # a Saturday made up
    assert calendar.status_of(date(2027, 10, 1)).value == "estimated"
    with django_assert_num_queries(1):  # only which one is in force is asked
        assert queries.calendar_in_force() is calendar


def test_without_a_calendar_nothing_is_guessed(county):
    Calendar.objects.update(in_force=False)
    with pytest.raises(Refused, match="县政务办发布日历"):
        queries.calendar_in_force()


def test_a_unit_has_its_own_hours_or_the_countys(county):
    hall, centre = county.unit("county_hall"), county.unit("xinan.centre")
    OpeningHours.objects.create(unit=hall, weekday=0, opens=time(9), closes=time(17))
    OpeningHours.objects.create(unit=hall, weekday=4, opens=time(9), closes=time(16))
    calendar = queries.calendar_in_force()

    own, usual = queries.hours_of(hall.pk), queries.hours_of(centre.pk)

    friday = date(2026, 3, 6)
    assert own.closes_at(calendar, friday).time() == time(16)
    assert usual.closes_at(calendar, friday).time() == time(17, 30)
    assert len(usual.usual) == 2


def test_without_hours_nothing_is_guessed(county):
    OpeningHours.objects.all().delete()
    with pytest.raises(Refused, match="办公时间"):
        queries.hours_of(None)
