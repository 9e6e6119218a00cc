"""Absence and cover: who may record it, what follows from it (DUTY-04, DUTY-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Unknown
from webapp.organisations.actions import end_absence, record_absence
from webapp.organisations.models import Absence, Holding
from webapp.organisations.queries import acting

WINDOW = ("xinan.centre", "township.window")


@pytest.fixture
def she(county):
    return county.acting(*WINDOW, "A", "卫健窗口")


@pytest.fixture
def second(county):
    return county.officer(*WINDOW, "B", "卫健窗口")


@pytest.fixture
def tomorrow(at):
    return at.date() + timedelta(days=1)


def test_filed_the_day_before_b_covers_from_midnight_on(county, she, second, at, tomorrow):
    recorded = record_absence(
        by=she, officer_id=she.officer_id, first=tomorrow, last=tomorrow, reason="培训"
    )

    assert not recorded.sudden
    (cover,) = recorded.covers
    assert (cover.post_name, cover.by_name) == ("卫健窗口", second.name)
    assert acting(second.pk, at).held == ()
    assert acting(second.pk, at + timedelta(days=1)).held[0].for_name == she.name
    assert acting(second.pk, at + timedelta(days=2)).held == ()
    event = Event.objects.get(subject="officer", subject_id=she.officer_id)
    assert (event.kind, event.acting_as) == ("absence_recorded", "卫健窗口A岗")


def test_a_sudden_absence_is_recorded_as_such(county, she, at):
    """Design 13.9: B at once, the missing hand-over is on record."""
    head = county.acting("xinan.centre", "township.leader")
    recorded = record_absence(
        by=head, officer_id=she.officer_id, first=at.date(), last=at.date(), reason="急病"
    )
    assert recorded.sudden
    assert Event.objects.get(subject_id=she.officer_id, subject="officer").payload["sudden"]


def test_a_post_without_b_is_named_as_a_gap(county, she, tomorrow):
    Holding.objects.filter(post__name="卫健窗口", cover="B").delete()
    recorded = record_absence(
        by=she, officer_id=she.officer_id, first=tomorrow, last=tomorrow, reason="培训"
    )
    assert [cover.by_name for cover in recorded.covers] == [""]


@pytest.mark.parametrize(
    ("unit", "role", "allowed"),
    [
        ("xinan.centre", "township.leader", True),
        ("xinan.centre", "township.head_window", True),
        ("county_service_office", "county.office", True),
        ("nangang.centre", "township.leader", False),
        ("xinan.civil_affairs", "township.handler", False),
        ("county_inspection", "inspection", False),
    ],
)
def test_she_herself_her_head_or_the_county_office(county, she, tomorrow, unit, role, allowed):
    by = county.acting(unit, role)
    wanted = {"officer_id": she.officer_id, "first": tomorrow, "last": tomorrow}
    if allowed:
        assert record_absence(by=by, reason="培训", **wanted).absence_id
    else:
        with pytest.raises(NotYours):
            record_absence(by=by, reason="培训", **wanted)
        assert not Absence.objects.exists()


def test_nonsense_is_refused_beside_the_field(she, at, tomorrow):
    def refused(first, last, reason):
        with pytest.raises(Invalid) as problem:
            record_absence(
                by=she, officer_id=she.officer_id, first=first, last=last, reason=reason
            )
        return problem.value.errors.keys()

    yesterday = at.date() - timedelta(days=1)
    assert refused(tomorrow, at.date(), "培训") == {"last"}
    assert refused(yesterday, yesterday, " ") == {"last", "reason"}
    assert not Absence.objects.exists()


def test_the_same_days_twice_have_one_effect(she, tomorrow):
    wanted = {"officer_id": she.officer_id, "first": tomorrow, "last": tomorrow}
    record_absence(by=she, reason="培训", **wanted)
    with pytest.raises(AlreadyDone, match=she.name):
        record_absence(by=she, reason="培训", **wanted)
    assert Absence.objects.count() == 1


def test_coming_back_early_ends_the_cover(county, she, second, at, tomorrow):
    recorded = record_absence(
        by=she,
        officer_id=she.officer_id,
        first=tomorrow,
        last=tomorrow + timedelta(days=5),
        reason="年休假",
    )
    stranger = county.acting("nangang.centre", "township.leader")
    with pytest.raises(NotYours):
        end_absence(by=stranger, absence_id=recorded.absence_id, last=tomorrow)

    end_absence(by=she, absence_id=recorded.absence_id, last=tomorrow)

    assert acting(second.pk, at + timedelta(days=1)).held
    assert not acting(second.pk, at + timedelta(days=2)).held
    with pytest.raises(Invalid):
        end_absence(by=she, absence_id=recorded.absence_id, last=tomorrow + timedelta(days=3))
    end_absence(by=she, absence_id=recorded.absence_id, last=at.date())
    assert not Absence.objects.exists()
    with pytest.raises(Unknown):
        end_absence(by=she, absence_id=recorded.absence_id, last=at.date())
