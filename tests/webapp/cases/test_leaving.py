"""Hand-over: what a sheet lists, who signs, and that nothing stays with a person who has gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.webapp.cases.desk import Desk
from webapp.accounts.models import Officer
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import Draft, WorkItem
from webapp.cases.queries.handover import handover_sheet, sheet_of
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Unknown
from webapp.organisations.actions import assign_holder, record_absence, withdraw_absence
from webapp.organisations.models import Handover, Holding, Post
from webapp.organisations.notices import told
from webapp.organisations.queries import acting

WINDOW = ("xinan.centre", "township.window")


@pytest.fixture
def desk(county, at) -> Desk:
    return Desk(county, at)


@pytest.fixture
def clerk(desk):
    return desk.window


def test_the_sheet_lists_work_papers_and_promises_in_a_fixed_number_of_statements(
    desk, clerk, django_assert_num_queries
):
    mine = [desk.open("ZR01", clerk), desk.open("MZ04", clerk)]
    with db.pretended(desk.at):
        actions.claim(desk.item(mine[0]).pk, clerk)
    others = desk.open("MZ04", desk.mate)
    with db.pretended(desk.at):
        actions.claim(desk.item(others).pk, desk.mate)
    with django_assert_num_queries(7):
        sheet = handover_sheet(clerk.officer_id, clerk.pool_ids)
    assert [(line.number, line.mine) for line in sheet.items] == [
        (mine[0].number, True),
        (mine[1].number, False),
    ]
    assert {line.number for line in sheet.papers} == {one.number for one in mine}
    assert sheet_of(sheet.content()) == sheet
    for case in mine:
        assert case.applicant_name not in str(sheet.content()), "no personal data is kept"


def test_promises_of_applicants_stand_on_the_sheet(desk, clerk):
    case = desk.open("MZ04", clerk, marks=desk.marks("MZ04"))
    desk.run(case, until="Task_Prelim")
    found = handover_sheet(clerk.officer_id, clerk.pool_ids).promises
    assert [(line.number, line.what) for line in found] == [(case.number, "承诺办结日")]
    case.refresh_from_db()
    assert found[0].until == case.promised_due_at.astimezone(desk.at.tzinfo).date()


def test_b_signs_once_and_the_sheet_is_fixed(desk, clerk):
    case = desk.open("ZR01", clerk)
    day = desk.at.date() + timedelta(days=1)
    got = record_absence(
        by=clerk, officer_id=clerk.officer_id, first=day, last=day, reason="培训", note="钥匙"
    )
    relief = Holding.objects.get(post__name="民政窗口", cover="B",
                                 post__pool=clerk.pool_ids[0]).officer  # fmt: skip
    for stranger in (desk.mate, clerk):
        with pytest.raises(Unknown):
            actions.sign_handover(got.absence_id, stranger)
    by = acting(relief.pk, desk.at)
    actions.sign_handover(got.absence_id, by, "少一份复印件")
    row = Handover.objects.get()
    assert (row.remark, row.content["note"]) == ("少一份复印件", "钥匙")
    assert [line["number"] for line in row.content["items"]] == [case.number]
    desk.open("ZR01", clerk)
    assert len(Handover.objects.get().content["items"]) == 1
    with pytest.raises(AlreadyDone):
        actions.sign_handover(got.absence_id, by)
    assert any("签收" in one.sentence for one in told(clerk.officer_id))
    kinds = Event.objects.filter(subject="officer", subject_id=clerk.officer_id)
    assert "handover_signed" in set(kinds.values_list("kind", flat=True))


def test_a_withdrawn_absence_has_nothing_to_sign(desk, clerk):
    day = desk.at.date() + timedelta(days=1)
    got = record_absence(
        by=clerk, officer_id=clerk.officer_id, first=day, last=day, reason="培训"
    )
    withdraw_absence(by=clerk, absence_id=got.absence_id)
    relief = Holding.objects.get(post__name="民政窗口", cover="B",
                                 post__pool=clerk.pool_ids[0]).officer  # fmt: skip
    with pytest.raises(Unknown):
        actions.sign_handover(got.absence_id, acting(relief.pk, desk.at))


def test_open_items_follow_the_post_at_once(desk, county, clerk):
    """Routing: nothing is rewritten, the new holder has it, the former one does not."""
    item = desk.item(desk.open("ZR01", clerk))
    new = county.officer("xinan.health", "township.handler", "B")
    Holding.objects.filter(officer=clerk.officer_id, cover="A").count()
    office = county.acting("county_service_office", "county.office")
    post = Post.objects.get(pool=clerk.pool_ids[0], name="民政窗口")
    with db.pretended(desk.at):
        assert queries.inbox(acting(new.pk, desk.at)).rows == ()
        assign_holder(
            by=office, post_id=post.pk, cover="A", officer_id=new.pk, first=desk.at.date()
        )
        rows = queries.inbox(acting(new.pk, desk.at)).rows
        assert [row.item_id for row in rows] == [item.pk]
        assert queries.inbox(acting(clerk.officer_id, desk.at)).rows == ()
    assert "民政窗口A岗" in acting(new.pk, desk.at).why(item.pool_id)
    desk.complete(item, acting(new.pk, desk.at))


def test_nothing_stays_with_somebody_who_has_left(desk, county, clerk):
    first, second = desk.open("ZR01", clerk), desk.open("MZ04", clerk)
    items = [desk.item(first), desk.item(second)]
    with db.pretended(desk.at):
        for item in items:
            actions.claim(item.pk, clerk)
        actions.save_draft(clerk, items[0].pk, {"opinion": "…"})
    day = desk.at.date() + timedelta(days=5)
    record_absence(by=clerk, officer_id=clerk.officer_id, first=day, last=day, reason="培训")
    head = county.acting("xinan.centre", "township.head_window")
    relief = Holding.objects.get(post__name="民政窗口", cover="B",
                                 post__pool=clerk.pool_ids[0]).officer  # fmt: skip
    stranger = county.acting("nangang.centre", "township.leader")
    with pytest.raises(Unknown):
        actions.leave(clerk.officer_id, stranger, relief.pk)
    with pytest.raises(NotYours):
        actions.leave(head.officer_id, head, relief.pk)
    with pytest.raises(Invalid):
        actions.leave(clerk.officer_id, head, 0)
    with db.pretended(desk.at):
        left = actions.leave(clerk.officer_id, head, relief.pk, "印章在柜里")
    assert (left.posts, left.released) == (1, 2)
    gone = Officer.objects.get(pk=clerk.officer_id)
    assert not gone.is_active
    assert acting(gone.pk, desk.at).held == ()
    assert not WorkItem.objects.filter(claimed_by=gone, state="OPEN").exists()
    assert not Draft.objects.filter(officer=gone).exists()
    assert not Holding.objects.filter(officer=gone, during__contains=desk.at.date()).exists()
    assert not gone.absences.filter(during__endswith__gt=desk.at).exists()
    row = Handover.objects.get(pk=left.handover_id)
    assert {line["number"] for line in row.content["items"]} == {first.number, second.number}
    # the B of the vacant post has the work, and signs for what was left
    stand_in = acting(relief.pk, desk.at)
    with db.pretended(desk.at):
        rows = queries.inbox(stand_in).rows
    assert {one.item_id for one in rows} == {item.pk for item in items}
    with pytest.raises(Unknown):
        actions.sign_leaver(row.pk, head)
    actions.sign_leaver(row.pk, stand_in)
    row.refresh_from_db()
    assert row.signed_at == desk.at
    with pytest.raises(AlreadyDone):
        actions.leave(clerk.officer_id, head, relief.pk)
