"""Who holds which post, from pages and actions; work follows at once (DUTY-03, DUTY-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from webapp.audit.models import Event
from webapp.core.errors import Invalid, NotYours
from webapp.organisations.actions import assign_holder, record_absence, vacate_post
from webapp.organisations.cover import matrix
from webapp.organisations.establishment import establishment_warnings
from webapp.organisations.models import Holding, Post
from webapp.organisations.notices import told
from webapp.organisations.queries import acting

WINDOW = ("xinan.centre", "township.window")


@pytest.fixture
def office(county):
    return county.acting("county_service_office", "county.office")


@pytest.fixture
def post(county):
    return Post.objects.get(pool=county.pool(*WINDOW), name="卫健窗口")


def spans(post, cover):
    rows = Holding.objects.filter(post=post, cover=cover).order_by("during")
    return [(row.officer_id, row.during.lower, row.during.upper) for row in rows]


def test_a_temporary_stand_in_has_an_end_and_the_former_one_comes_back(
    county, office, post, at
):
    relief = county.officer(*WINDOW, "B", "卫健窗口")
    other = county.officer(*WINDOW, "A", "综合窗口")
    since = spans(post, "B")[0][1]
    day = at.date() + timedelta(days=1)
    assign_holder(
        by=office, post_id=post.pk, cover="B", officer_id=other.pk, first=day, last=day
    )
    assert spans(post, "B") == [
        (relief.pk, since, day),
        (other.pk, day, day + timedelta(days=1)),
        (relief.pk, day + timedelta(days=1), None),
    ]
    assert "3月" not in told(other.pk)[0].sentence
    assert "2026-03-04" in told(other.pk)[0].sentence
    event = Event.objects.get(subject="unit", subject_id=post.pool.unit_id)
    assert (event.kind, event.payload["cover"]) == ("holder_assigned", "B")


def test_a_new_a_has_the_post_at_once_and_a_vacancy_goes_to_b(county, office, post, at):
    first, relief = (county.officer(*WINDOW, c, "卫健窗口") for c in "AB")
    new = county.officer("xinan.health", "township.handler", "B")
    assign_holder(by=office, post_id=post.pk, cover="A", officer_id=new.pk, first=at.date())
    assert post.pool_id in acting(new.pk, at).pool_ids
    assert acting(first.pk, at).held == ()
    vacate_post(by=office, post_id=post.pk, cover="A", first=at.date())
    assert acting(new.pk, at).held == ()
    (held,) = acting(relief.pk, at).held
    assert (held.cover, held.for_name) == ("B", "")


@pytest.mark.parametrize(
    ("unit", "role", "a", "b"),
    [
        ("county_service_office", "county.office", True, True),
        ("xinan.centre", "township.leader", False, True),
        ("nangang.centre", "township.leader", False, False),
        ("xinan.centre", "township.window", False, False),
        ("county_inspection", "inspection", False, False),
    ],
)
def test_the_office_names_a_and_b_heads_name_b(county, post, at, unit, role, a, b):
    by = county.acting(unit, role)
    other = county.officer("xinan.health", "township.handler", "B")
    for cover, may in (("A", a), ("B", b)):
        wanted = {"post_id": post.pk, "cover": cover, "officer_id": other.pk}
        wanted["first"] = at.date() + timedelta(days=2 if cover == "A" else 0)
        wanted["last"] = wanted["first"]
        if may:
            assign_holder(by=by, **wanted)
        else:
            with pytest.raises(NotYours):
                assign_holder(by=by, **wanted)


def test_nobody_gives_herself_a_post_and_administrators_are_apart(county, office, post, at):
    with pytest.raises(Invalid, match="自己"):
        assign_holder(
            by=office, post_id=post.pk, cover="A", officer_id=office.officer_id, first=at.date()
        )
    admin = Post.objects.get(pool__role="admin.audit")
    someone = county.officer("xinan.health", "township.handler", "B")
    with pytest.raises(NotYours):
        assign_holder(
            by=office, post_id=admin.pk, cover="A", officer_id=someone.pk, first=at.date()
        )
    with pytest.raises(NotYours):
        vacate_post(by=office, post_id=admin.pk, cover="A", first=at.date())


def test_a_is_not_her_own_b_and_an_absent_person_does_not_stand_in(county, office, post, at):
    first = county.officer(*WINDOW, "A", "卫健窗口")
    wanted = {"by": office, "post_id": post.pk, "cover": "B"}
    day = at.date() + timedelta(days=1)
    with pytest.raises(Invalid, match="同一个人"):
        assign_holder(officer_id=first.pk, first=day, **wanted)
    other = county.acting(*WINDOW, "A", "民政窗口")
    record_absence(by=other, officer_id=other.officer_id, first=day, last=day, reason="培训")
    with pytest.raises(Invalid, match="也不在岗"):
        assign_holder(officer_id=other.officer_id, first=day, last=day, **wanted)
    with pytest.raises(Invalid) as wrong:
        assign_holder(officer_id=0, first=at.date() - timedelta(days=1), **wanted)
    assert wrong.value.errors.keys() == {"officer", "first"}


def test_the_matrix_shows_halves_stand_ins_and_gaps_in_three_statements(
    county, post, at, django_assert_num_queries
):
    she = county.acting(*WINDOW, "A", "卫健窗口")
    relief = county.officer(*WINDOW, "B", "卫健窗口")
    head = county.acting("xinan.centre", "township.head_window")
    day = at.date() + timedelta(days=1)
    record_absence(
        by=she, officer_id=she.officer_id, first=day, last=day, reason="体检", from_noon=True
    )
    after = day + timedelta(days=1)
    for officer in (she.officer_id, relief.pk):
        record_absence(by=head, officer_id=officer, first=after, last=after, reason="培训")
    unit_id = post.pool.unit_id
    with django_assert_num_queries(3):
        found = matrix([unit_id], at.date(), days=5, rest={after + timedelta(days=1)})
    row = next(one for one in found.rows if one.post_id == post.pk)
    states = [(d.morning.cover, d.afternoon.cover) for d in row.days]
    assert states == [("A", "A"), ("A", "B"), ("", ""), ("A", "A"), ("A", "A")]
    assert [d.gap for d in row.days] == [False, False, True, False, False]
    assert row.days[1].afternoon.away == she.name
    skill = {one.officer_id: one for one in found.skills}
    assert skill[she.officer_id].single
    assert set(skill[relief.pk].covered) == {"民政窗口", "卫健窗口"}


def test_establishment_warns_of_too_few_people_and_vacant_posts(county, post, at):
    """ORG-06: four to six people at the windows of a centre."""
    unit = post.pool.unit
    assert establishment_warnings("centre", matrix([unit.pk], at.date(), days=1).rows) == []
    Holding.objects.filter(post__pool=post.pool_id).exclude(post=post).delete()
    warnings = establishment_warnings("centre", matrix([unit.pk], at.date(), days=1).rows)
    assert warnings[0] == "窗口人员2人，至少要4人。"
    assert warnings[1].startswith("A岗空缺：")


def test_later_changes_do_not_reach_back(county, office, post, at):
    with pytest.raises(Invalid):
        vacate_post(by=office, post_id=post.pk, cover="B", first=at.date() - timedelta(days=1))
    tomorrow = replace(office, at=at + timedelta(days=1))
    vacate_post(by=tomorrow, post_id=post.pk, cover="B", first=tomorrow.at.date())
    assert spans(post, "B")[0][2] == tomorrow.at.date()
