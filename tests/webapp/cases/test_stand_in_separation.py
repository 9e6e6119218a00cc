"""Two persons for a refusal, also under cover: separation follows who acts and who is replaced."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import Desk
from webapp.cases import actions
from webapp.cases.models import WorkItem
from webapp.core import db
from webapp.core.errors import NotYours
from webapp.organisations.actions import between
from webapp.organisations.models import Absence, Holding
from webapp.organisations.queries import acting


@pytest.fixture
def desk(county, at) -> Desk:
    return Desk(county, at)


def away(officer_id, at):
    """She is away all day."""
    return Absence.objects.create(
        officer_id=officer_id, during=between(at.date(), at.date()), reason="病假",
        recorded_by_id=officer_id, recorded_at=at,
    )  # fmt: skip


def denied(desk, by):
    """A case whose refusal `by` has proposed; gives the item that waits for confirmation."""
    case = desk.open("ZR01", by)
    desk.complete(desk.item(case), by, outcome="not_required")
    return desk.item(case, "Task_Confirm")


def confirm(desk, item, by):
    raw = desk.form_answers(item)
    with db.pretended(desk.at):
        return actions.complete(item.pk, by, raw)


def test_what_b_proposed_for_a_is_not_confirmed_by_a(desk, county):
    """A comes back and covers the confirming post: her own post proposed it."""
    at = desk.at
    window = county.officer("xinan.centre", "township.window", "A", "民政窗口")
    relief = county.officer("xinan.centre", "township.window", "B", "民政窗口")
    absence = away(window.pk, at)
    stand_in = acting(relief.pk, at)
    item = denied(desk, stand_in)
    done = WorkItem.objects.get(case=item.case_id, state="DONE")
    assert (done.closed_by_id, done.closed_for_id) == (relief.pk, window.pk)
    assert done.closed_as.endswith("(B代A)")
    absence.delete()
    Holding.objects.filter(post__pool=item.pool_id, cover="B").update(officer=window)
    head = county.officer("xinan.centre", "township.head_window")
    away(head.pk, at)
    with pytest.raises(NotYours, match="不相容岗位"):
        confirm(desk, item, acting(window.pk, at))


def test_what_a_proposed_is_not_confirmed_by_her_own_stand_in(desk, county):
    """A proposes, then is away; her B in the confirming post would confirm in her name."""
    at = desk.at
    window = county.officer("xinan.centre", "township.window", "A", "民政窗口")
    item = denied(desk, acting(window.pk, at))
    Holding.objects.filter(post__pool=item.pool_id, cover="A").update(officer=window)
    deputy = Holding.objects.get(post__pool=item.pool_id, cover="B").officer
    away(window.pk, at)
    stand_in = acting(deputy.pk, at)
    assert stand_in.replaces(item.pool_id) == window.pk
    with pytest.raises(NotYours, match="所代的A岗"):
        confirm(desk, item, stand_in)


def test_another_person_who_covers_the_confirmer_may_confirm(desk, county):
    at = desk.at
    window = county.officer("xinan.centre", "township.window", "A", "民政窗口")
    item = denied(desk, acting(window.pk, at))
    head = county.officer("xinan.centre", "township.head_window")
    away(head.pk, at)
    deputy = Holding.objects.get(post__pool=item.pool_id, cover="B").officer
    confirm(desk, item, acting(deputy.pk, at))
    item.refresh_from_db()
    assert (item.state, item.closed_for_id) == ("DONE", head.pk)


def test_termination_proposed_for_a_is_not_decided_by_a(desk, county):
    at = desk.at
    window = county.officer("xinan.centre", "township.window", "A", "民政窗口")
    relief = county.officer("xinan.centre", "township.window", "B", "民政窗口")
    case = desk.open("ZR01", acting(window.pk, at))
    absence = away(window.pk, at)
    with db.pretended(at):
        actions.propose_termination(case.pk, acting(relief.pk, at), "户籍迁出", "办法第三条")
    absence.delete()
    pool = county.pool("xinan.centre", "township.head_window")
    Holding.objects.filter(post__pool=pool, cover="A").update(officer=window)
    with db.pretended(at), pytest.raises(NotYours, match="不相容岗位"):
        actions.decide_termination(case.pk, acting(window.pk, at), agree=True)
