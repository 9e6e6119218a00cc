"""Who may act for which post, and why (DUTY-03, DUTY-05)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from webapp.organisations.actions import between
from webapp.organisations.models import Absence, Holding, Post
from webapp.organisations.queries import Acting, acting

WINDOW = ("xinan.centre", "township.window")


def away(officer, first: date, last: date, at) -> None:
    Absence.objects.create(
        officer=officer,
        during=between(first, last),
        reason="培训",
        recorded_by=officer,
        recorded_at=at,
    )


@pytest.fixture
def first(county):
    return county.officer(*WINDOW, "A", "卫健窗口")


@pytest.fixture
def second(county):
    return county.officer(*WINDOW, "B", "卫健窗口")


def test_a_holder_acts_for_her_own_post_in_one_statement(
    county, first, at, django_assert_num_queries
):
    with django_assert_num_queries(1):
        she = acting(first.pk, at)

    assert she.name == first.name
    (held,) = she.held
    assert (held.cover, held.for_name) == ("A", "")
    assert held.why == "您是新安镇便民服务中心卫健窗口A岗"
    pool = county.pool(*WINDOW)
    assert she.pool_ids == (pool,)
    assert she.stamp(pool) == "卫健窗口A岗"
    assert she.has("township.window")
    assert not she.has("township.leader")
    assert she.place == "新安镇便民服务中心"


def test_b_holds_nothing_while_a_is_there(second, county, at):
    assert acting(second.pk, at).held == ()


def test_b_covers_while_a_is_away_and_signs_for_both(county, first, second, at):
    away(first, at.date(), at.date(), at)

    she = acting(second.pk, at)

    (held,) = she.held
    assert (held.cover, held.for_name) == ("B", first.name)
    assert first.name in held.why
    assert she.stamp(county.pool(*WINDOW)) == f"卫健窗口 {second.name}代{first.name}(B代A)"
    assert she.title == f"代{first.name}卫健窗口B岗"


@pytest.mark.parametrize(
    ("hour", "covers"),
    [
        (datetime(2026, 3, 2, 15, 59, tzinfo=UTC), False),  # 23:59 of 2 March
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), True),  # 3 March begins
        (datetime(2026, 3, 3, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 16, 0, tzinfo=UTC), False),
    ],
)
def test_the_day_of_an_absence_is_the_local_day(first, second, at, hour, covers):
    away(first, date(2026, 3, 3), date(2026, 3, 3), at)

    assert bool(acting(second.pk, hour).held) is covers


def test_b_covers_a_post_without_an_a(county, first, second, at):
    Holding.objects.filter(officer=first).update(during=DateRange(date(2025, 1, 1), at.date()))

    she = acting(second.pk, at)

    assert [(h.cover, h.for_name) for h in she.held] == [("B", "")]
    assert she.stamp(county.pool(*WINDOW)) == f"卫健窗口 {second.name}代岗(A岗空缺)"
    assert acting(first.pk, at).held == ()


def test_b_covers_for_an_a_whose_account_is_closed(first, second, at):
    first.is_active = False
    first.save()

    assert acting(second.pk, at).held[0].cover == "B"
    assert acting(first.pk, at) == Acting(first.pk, "", (), at)


def test_an_own_post_signs_before_a_covered_one(county, at):
    """The A of one window who covers another of the same pool acts as A."""
    absent = county.officer(*WINDOW, "A", "社保窗口")
    cover = county.officer(*WINDOW, "B", "社保窗口")
    away(absent, at.date(), at.date(), at)

    she = acting(cover.pk, at)

    assert [held.cover for held in she.held] == ["A", "B"]
    assert len(she.pool_ids) == 1
    assert she.stamp(she.pool_ids[0]) == "登记窗口A岗"


def test_closed_posts_and_units_give_nothing(county, first, at):
    Post.objects.filter(holdings__officer=first).update(active=False)
    assert acting(first.pk, at).held == ()

    Post.objects.filter(holdings__officer=first).update(active=True)
    unit = county.unit("xinan.centre")
    unit.active = False
    unit.save()
    assert acting(first.pk, at).held == ()


def test_an_unknown_officer_holds_nothing(county, at):
    assert acting(0, at).pool_ids == ()


def test_the_database_refuses_two_holders_of_a_post_on_one_day(first, second, at):
    post = Post.objects.get(holdings__officer=first, holdings__cover="A")
    during = DateRange(at.date(), at.date() + timedelta(days=1))

    with pytest.raises(IntegrityError, match="holding_one_a"), transaction.atomic():
        Holding.objects.create(post=post, officer=second, cover="A", during=during)
