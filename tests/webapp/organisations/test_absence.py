"""Absence and cover: who may record it, what follows from it (DUTY-04, DUTY-05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations.actions import (
    between,
    change_absence,
    come_back,
    record_absence,
    withdraw_absence,
)
from webapp.organisations.models import Absence, Holding
from webapp.organisations.notices import told
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
    wanted = {"absence_id": recorded.absence_id, "first": tomorrow, "reason": ""}
    with pytest.raises(NotYours):
        come_back(by=stranger, absence_id=recorded.absence_id)
    with pytest.raises(Refused, match="撤销"):
        come_back(by=she, absence_id=recorded.absence_id)

    later = replace(she, at=at + timedelta(days=1))
    change_absence(by=later, last=tomorrow + timedelta(days=1), **wanted)
    assert acting(second.pk, at + timedelta(days=2)).held
    assert not acting(second.pk, at + timedelta(days=3)).held
    with pytest.raises(Invalid):
        change_absence(by=replace(later, at=at + timedelta(days=2)), last=tomorrow, **wanted)

    back = at + timedelta(days=1, hours=2)
    come_back(by=replace(she, at=back), absence_id=recorded.absence_id)
    assert acting(second.pk, back - timedelta(seconds=1)).held
    assert not acting(second.pk, back).held
    assert acting(she.officer_id, back).held
    with pytest.raises(AlreadyDone):
        come_back(by=replace(she, at=back), absence_id=recorded.absence_id)
    with pytest.raises(Unknown):
        come_back(by=she, absence_id=0)


def test_while_she_is_away_her_powers_are_with_b(county, she, second, at):
    """DUTY-05: one person answers for the post at any moment."""
    head = county.acting("xinan.centre", "township.leader")
    record_absence(
        by=head, officer_id=she.officer_id, first=at.date(), last=at.date(), reason="急病"
    )
    away = acting(she.officer_id, at)
    assert away.held == ()
    assert (away.name, away.away.until) == (she.name, "3月3日")
    (held,) = acting(second.pk, at).held
    assert (held.cover, held.for_officer) == ("B", she.officer_id)
    assert held.why.startswith(f"{she.name}不在岗（到3月3日）")


def test_half_a_day_begins_and_ends_at_noon(she, second, at, tomorrow):
    record_absence(
        by=she, officer_id=she.officer_id, first=tomorrow, last=tomorrow, reason="体检",
        from_noon=True,
    )  # fmt: skip
    noon = at.replace(hour=12, minute=0) + timedelta(days=1)
    assert acting(she.officer_id, noon - timedelta(seconds=1)).held
    assert acting(second.pk, noon).held
    assert not acting(she.officer_id, noon).held
    assert acting(she.officer_id, noon + timedelta(hours=12)).held
    with pytest.raises(Invalid):
        record_absence(
            by=she, officer_id=she.officer_id, first=at.date() + timedelta(days=3),
            last=at.date() + timedelta(days=3), reason="体检", from_noon=True, until_noon=True,
        )  # fmt: skip


def test_a_sudden_absence_begins_when_it_is_reported(county, she, second, at):
    record_absence(
        by=she, officer_id=she.officer_id, first=at.date(), last=at.date(), reason="急事"
    )
    assert acting(she.officer_id, at - timedelta(minutes=1)).held
    assert acting(second.pk, at).held
    late = replace(county.acting(*WINDOW, "A", "民政窗口"), at=at.replace(hour=13))
    with pytest.raises(Invalid, match="已经过去"):
        record_absence(
            by=late, officer_id=late.officer_id, first=at.date(), last=at.date(),
            reason="急事", until_noon=True,
        )  # fmt: skip


def test_a_colleague_reports_who_has_not_come_for_today_only(county, she, at, tomorrow):
    mate = county.acting(*WINDOW, "A", "社保窗口")
    wanted = {"officer_id": she.officer_id, "first": at.date(), "reason": "没有到岗"}
    with pytest.raises(NotYours):
        record_absence(by=mate, last=tomorrow, **wanted)
    stranger = county.acting("nangang.centre", "township.window")
    with pytest.raises(NotYours):
        record_absence(by=stranger, last=at.date(), **wanted)
    recorded = record_absence(by=mate, last=at.date(), **wanted)
    assert recorded.sudden
    # the heads and she herself are told; she ends it with one act
    head = county.officer("xinan.centre", "township.leader")
    assert [t.sentence for t in told(head.pk)] == [t.sentence for t in told(she.officer_id)]
    assert mate.name in told(head.pk)[0].sentence
    with pytest.raises(NotYours):
        come_back(by=mate, absence_id=recorded.absence_id)
    come_back(by=acting(she.officer_id, at), absence_id=recorded.absence_id)
    assert acting(she.officer_id, at).held


def test_a_head_of_the_centre_files_for_its_offices_and_stations(county, tomorrow):
    """ORG-09: the daily management of offices and stations is the centre's."""
    head = county.acting("xinan.centre", "township.leader")
    for unit, role in (
        ("xinan.civil_affairs", "township.handler"),
        ("station.130123103201", "village.agent"),
    ):
        officer = county.officer(unit, role)
        got = record_absence(
            by=head, officer_id=officer.pk, first=tomorrow, last=tomorrow, reason="培训"
        )
        assert got.covers[0].missing == ("" if role == "township.handler" else "没有B岗")
    other = county.officer("nangang.civil_affairs", "township.handler")
    with pytest.raises(NotYours):
        record_absence(by=head, officer_id=other.pk, first=tomorrow, last=tomorrow, reason="学")


def test_cover_of_a_cover_is_refused_but_for_who_arranges_it(county, tomorrow):
    """The A of one post is B of another: while she covers, she cannot pass the cover on."""
    w3 = county.acting(*WINDOW, "A", "社保窗口")  # her B holds 登记窗口
    w4 = county.acting(*WINDOW, "A", "登记窗口")
    wanted = {"first": tomorrow, "last": tomorrow, "reason": "年休假"}
    record_absence(by=w3, officer_id=w3.officer_id, **wanted)
    with pytest.raises(Refused, match="层层顶岗") as refusal:
        record_absence(by=w4, officer_id=w4.officer_id, **wanted)
    assert refusal.value.rule == "DUTY-05"
    head = county.acting("xinan.centre", "township.head_window")
    got = record_absence(by=head, officer_id=w4.officer_id, **wanted)
    at = replace(head, at=head.at + timedelta(days=1)).at
    w5 = county.officer(*WINDOW, "A", "综合窗口")
    assert {h.post_name for h in acting(w5.pk, at).held} == {"综合窗口", "登记窗口"}
    assert [cover.missing for cover in got.covers] == [""]


def test_b_away_too_leaves_the_post_to_nobody_and_the_heads_know(county, she, second, tomorrow):
    head = county.acting("xinan.centre", "township.head_window")
    wanted = {"first": tomorrow, "last": tomorrow, "reason": "年休假"}
    record_absence(by=head, officer_id=second.pk, **wanted)
    with pytest.raises(Refused, match=second.name):
        record_absence(by=she, officer_id=she.officer_id, **wanted)
    got = record_absence(by=head, officer_id=she.officer_id, **wanted)
    assert got.covers[0].missing == f"B岗{second.name}也不在岗"
    leader = county.officer("xinan.centre", "township.leader")
    assert any(one.serious for one in told(leader.pk))
    # the sudden absence of a B is never refused: nobody can be ill only on leave
    ill = record_absence(
        by=county.acting(*WINDOW, "A", "民政窗口"), officer_id=she.officer_id,
        first=head.at.date(), last=head.at.date(), reason="没有到岗",
    )  # fmt: skip
    assert ill.sudden


def test_a_planned_absence_is_moved_or_withdrawn_before_it_begins(she, second, at, tomorrow):
    got = record_absence(
        by=she, officer_id=she.officer_id, first=tomorrow, last=tomorrow, reason="培训"
    )
    change_absence(
        by=she, absence_id=got.absence_id, first=tomorrow + timedelta(days=1),
        last=tomorrow + timedelta(days=2), reason="培训改期",
    )  # fmt: skip
    assert not acting(second.pk, at + timedelta(days=1)).held
    assert acting(second.pk, at + timedelta(days=3)).held
    withdraw_absence(by=she, absence_id=got.absence_id)
    assert not acting(second.pk, at + timedelta(days=3)).held
    with pytest.raises(AlreadyDone):
        withdraw_absence(by=she, absence_id=got.absence_id)
    kinds = [e.kind for e in Event.objects.filter(subject="officer", subject_id=she.officer_id)]
    assert kinds == ["absence_recorded", "absence_changed", "absence_withdrawn"]
    assert [one.sentence for one in told(second.pk)][0].endswith("已经撤销（卫健窗口）。")


def test_one_cannot_be_away_twice_at_one_moment_in_the_database(she, at):
    def again():
        return Absence.objects.create(
            officer_id=she.officer_id, during=between(at.date(), at.date()), reason="x",
            recorded_by_id=she.officer_id, recorded_at=at,
        )  # fmt: skip

    again()
    with pytest.raises(IntegrityError, match="absence_one_at_a_time"), transaction.atomic():
        again()
