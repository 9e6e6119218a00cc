"""Posts, units, windows and roles changed on pages: at once, with four eyes, for good."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tests.webapp.cases.desk import Desk
from tests.webapp.conftest import ROOT
from webapp.changes import actions
from webapp.core.errors import Invalid, NotYours
from webapp.organisations.models import Holding, Post, Role, Unit, Window
from webapp.organisations.queries import acting

OFFICE = "county_service_office"


@pytest.fixture
def author(county):
    return county.acting(OFFICE, "county.office")


@pytest.fixture
def reviewer(county):
    return county.acting(OFFICE, "county.publisher")


@pytest.fixture
def propose(author):
    def propose(kind, subject, **typed):
        change = actions.begin(kind, subject, author)
        wanted = {**change.typed, **typed}
        actions.save(change.pk, author, wanted, reason="调整", effective_on=None, seen=0)
        return actions.propose(change.pk, author)

    return propose


def post_named(unit, name):
    return Post.objects.get(pool__unit__key=unit, name=name)


def test_a_post_moves_to_another_unit_with_its_people(county, propose, reviewer):
    post = post_named("xinan.civil_affairs", "民政所")
    holder = county.officer("xinan.civil_affairs", "township.handler")
    change = propose("post", str(post.pk), unit="xinan.health", name="卫健办二岗")
    actions.approve(change.pk, reviewer)
    post.refresh_from_db()
    assert (post.pool.unit.key, post.name) == ("xinan.health", "卫健办二岗")
    assert county.unit("xinan.health").pk in acting(holder.pk, county.at).unit_ids

    before = (Post.objects.count(), Holding.objects.count())
    call_command("load_county", ROOT / "bpmn" / "catalogue")
    assert (Post.objects.count(), Holding.objects.count()) == before, "the file is older"


def test_a_new_post_a_closed_one_and_a_second_of_the_name(propose, reviewer):
    typed = {"name": "老龄岗", "unit": "xinan.civil_affairs", "role": "township.handler"}
    actions.approve(propose("post.new", "xinan.civil_affairs", **typed).pk, reviewer)
    post = post_named("xinan.civil_affairs", "老龄岗")
    with pytest.raises(Invalid) as wrong:
        propose("post.new", "xinan.civil_affairs", **typed)
    assert list(wrong.value.errors) == ["name"]
    actions.approve(propose("post", str(post.pk), active=False).pk, reviewer)
    post.refresh_from_db()
    assert not post.active


def test_the_last_post_of_waiting_work_is_not_closed(county, at, propose):
    desk = Desk(county, at)
    case = desk.open("MZ04")
    desk.run(case, "Task_Prelim")
    post = post_named("xinan.civil_affairs", "民政所")
    with pytest.raises(Invalid) as wrong:
        propose("post", str(post.pk), active=False)
    assert list(wrong.value.errors) == ["active"]


def test_who_gains_by_a_post_does_not_review_it(propose, reviewer):
    typed = {"name": "二复核", "unit": OFFICE, "role": "county.publisher"}
    change = propose("post.new", OFFICE, **typed)
    with pytest.raises(NotYours, match="流程复核发布员"):
        actions.approve(change.pk, reviewer)


def test_windows_are_added_renamed_and_kept_while_used(propose, reviewer):
    rows = list(Window.objects.filter(unit__key="county_hall").values("number", "name"))
    more = [*rows, {"number": "9", "name": "综合出件"}]
    actions.approve(propose("windows", "county_hall", windows=more).pk, reviewer)
    assert Window.objects.get(unit__key="county_hall", number=9).name == "综合出件"
    with pytest.raises(Invalid, match="还有岗位"):
        propose("windows", "county_hall", windows=more[1:])


def test_a_unit_is_renamed_and_a_later_load_leaves_it(propose, reviewer):
    change = propose("unit", "xinan.health", name="新安镇卫生健康和老龄办公室")
    actions.approve(change.pk, reviewer)
    call_command("load_county", ROOT / "bpmn" / "catalogue")
    assert Unit.objects.get(key="xinan.health").name == "新安镇卫生健康和老龄办公室"


def test_roles_are_renamed_and_added(propose, reviewer):
    actions.approve(propose("role", "archivist", name="档案管理员").pk, reviewer)
    assert Role.objects.get(pk="archivist").name == "档案管理员"
    typed = {"name": "镇档案员", "level": "township", "may_own_lane": True}
    with pytest.raises(Invalid) as wrong:
        propose("role.new", "", key="county.archive", **typed)
    assert list(wrong.value.errors) == ["key"]
    actions.approve(propose("role.new", "", key="township.archive", **typed).pk, reviewer)
    assert Role.objects.get(pk="township.archive").may_own_lane
