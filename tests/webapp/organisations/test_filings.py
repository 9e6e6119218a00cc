"""A posts filed with the county (ORG-14), contact points of natural villages (ORG-01, AGT-11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused
from webapp.organisations.a_posts import a_posts, groups_of
from webapp.organisations.actions import (
    answer_a_posts,
    assign_holder,
    file_a_posts,
    keep_group,
    record_staff,
)
from webapp.organisations.establishment import a_post_findings
from webapp.organisations.models import Post, PostFiling, Unit
from webapp.organisations.notices import told


@pytest.fixture
def head(county):
    return county.acting("xinan.centre", "township.leader")


@pytest.fixture
def office(county):
    return county.acting("county_service_office", "county.office")


@pytest.fixture
def unit(county):
    return county.unit("xinan.centre")


def everybody(head, unit, born=date(1990, 5, 1), employment="civil"):
    for one in a_posts(unit.pk, head.at.date()):
        record_staff(by=head, officer_id=one.officer_id, born=born, employment=employment)


def test_a_filing_is_checked_answered_and_told(county, head, office, unit):
    with pytest.raises(Refused, match="没有登记"):
        file_a_posts(by=head, unit_id=unit.pk)
    everybody(head, unit)
    filing = file_a_posts(by=head, unit_id=unit.pk)
    row = PostFiling.objects.get(pk=filing)
    assert (row.findings, len(row.lines)) == ([], 5)
    with pytest.raises(AlreadyDone):
        file_a_posts(by=head, unit_id=unit.pk)
    with pytest.raises(NotYours):
        answer_a_posts(by=head, filing_id=filing, accept=True, answer="")
    answer_a_posts(by=office, filing_id=filing, accept=True, answer="")
    assert told(head.officer_id)[0].sentence.endswith("县政务办已同意备案。")
    with pytest.raises(AlreadyDone):
        answer_a_posts(by=office, filing_id=filing, accept=False, answer="迟了")


def test_age_employment_length_and_number_are_found(county, head, office, unit):
    day = head.at.date()
    everybody(head, unit)
    clerk, mate = a_posts(unit.pk, day)[:2]
    record_staff(
        by=head, officer_id=clerk.officer_id, born=date(1980, 3, 3), employment="civil"
    )
    assert f"{clerk.name}超过45岁。" in a_post_findings(a_posts(unit.pk, day), day)
    day_before = day - timedelta(days=1)  # 45 until the day before her birthday
    assert f"{clerk.name}超过45岁。" not in a_post_findings(a_posts(unit.pk, day), day_before)
    record_staff(
        by=head, officer_id=mate.officer_id, born=date(1999, 1, 1), employment="temporary"
    )
    post = Post.objects.get(pool__unit=unit, name="综合窗口")
    short = county.officer("xinan.health", "township.handler", "B")
    assign_holder(
        by=office, post_id=post.pk, cover="A", officer_id=short.pk, first=day,
        last=day + timedelta(days=100),
    )  # fmt: skip
    record_staff(by=office, officer_id=short.pk, born=date(1995, 1, 1), employment="civil")
    found = a_post_findings(a_posts(unit.pk, day), day)
    assert f"{mate.name}是临时聘用人员，不能任A岗。" in found
    assert f"{short.name}的任期不到1年。" in found
    assert a_post_findings(a_posts(unit.pk, day)[:2], day)[0] == "A岗2人，要明确至少3人。"


def test_sending_back_needs_a_reason_and_so_does_an_exception(head, office, unit):
    everybody(head, unit, employment="temporary")
    filing = file_a_posts(by=head, unit_id=unit.pk)
    for accept in (True, False):
        with pytest.raises(Invalid):
            answer_a_posts(by=office, filing_id=filing, accept=accept, answer=" ")
    answer_a_posts(by=office, filing_id=filing, accept=False, answer="不得用临聘人员")
    assert file_a_posts(by=head, unit_id=unit.pk) != filing


def test_others_neither_file_nor_record(county, unit):
    by = county.acting("nangang.centre", "township.leader")
    clerk = county.officer("xinan.centre", "township.window")
    with pytest.raises(NotYours):
        file_a_posts(by=by, unit_id=unit.pk)
    with pytest.raises(NotYours):
        record_staff(by=by, officer_id=clerk.pk, born=date(1990, 1, 1), employment="civil")


def test_the_agent_keeps_contact_points_of_her_village(county):
    agent = county.acting("station.130123103201", "village.agent")
    station = county.unit("station.130123103201")
    other = county.unit("station.130123103202")
    keep_group(by=agent, station_id=station.pk, name="东头组", contact="王老五", phone="138")
    (group,) = groups_of([station.pk])
    assert (group.kind, group.level, group.division_id) == (
        Unit.Kind.GROUP, "village", station.division_id,
    )  # fmt: skip
    keep_group(
        by=agent, station_id=station.pk, group_id=group.pk, name="东头组", contact="王老六",
        phone="139", active=False,
    )  # fmt: skip
    (group,) = groups_of([station.pk])
    assert (group.contact, group.active) == ("王老六", False)
    with pytest.raises(NotYours):
        keep_group(by=agent, station_id=other.pk, name="西头组", contact="李", phone="")
    with pytest.raises(Invalid) as wrong:
        keep_group(by=agent, station_id=station.pk, name=" ", contact="", phone="")
    assert wrong.value.errors.keys() == {"name", "contact"}
