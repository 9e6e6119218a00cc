"""What the applicant has in her hand after intake, and what the clerk signs for her."""

from __future__ import annotations

import pytest

from webapp.cases import actions
from webapp.cases.models import Delivery
from webapp.catalogue.queries import item_by_code
from webapp.core.errors import Invalid
from webapp.inboxes.guide import guide_of
from webapp.inboxes.journey import journey_of

pytestmark = pytest.mark.django_db
LICENCE = "ZR01"


def paragraphs(case, code) -> str:
    return "\n".join(case.documents.get(code=code).content["paragraphs"])


def test_the_sheet_at_acceptance_says_limits_rights_and_duties(desk):
    """IN-02, IN-04: numbered, with both due dates and with what the applicant may and must."""
    case = desk.open(LICENCE)
    desk.complete(desk.item(case), outcome="accept")
    notice = case.documents.get(code="D05")
    assert notice.number
    said = paragraphs(case, "D05")
    for clock in ("statutory", "promised"):
        due = desk.clock(case, clock).due_on
        assert f"{due.year}年{due.month}月{due.day}日" in said
    assert "您有权查询办理进度、陈述意见" in said
    assert "应当对材料的真实性负责" in said
    names = [row[0] for row in notice.content["lists"][0]["rows"]]
    assert names == list(
        case.materials.filter(needed=True).order_by("order").values_list("name", flat=True)
    )


def test_nobody_is_turned_away_without_having_been_told_why(desk):
    """IN-06: how it was explained face to face is asked for, or the step is not done."""
    case = desk.open(LICENCE)
    item = desk.item(case)
    typed = desk.form_answers(item, outcome="not_required") | {"explained_how": ""}
    with pytest.raises(Invalid) as silent:
        actions.complete(item.pk, desk.window, typed)
    assert "explained_how" in silent.value.errors
    assert desk.item(case).element == item.element
    desk.complete(desk.item(case), outcome="not_required")
    assert desk.item(case).element != item.element


def test_what_is_delivered_is_signed_for_by_name(desk):
    """IN-17: delivered without the name of whoever signed is not delivered."""
    case = desk.open(LICENCE)
    desk.run(case, until="Task_Counter")
    item = desk.item(case)
    typed = desk.form_answers(item, outcome="delivered") | {"recipient": ""}
    with pytest.raises(Invalid) as nobody:
        actions.complete(item.pk, desk.anybody(item.pool_id), typed)
    assert "recipient" in nobody.value.errors
    assert not Delivery.objects.filter(case=case).exists()
    desk.complete(desk.item(case), outcome="delivered", recipient="王建国")
    assert Delivery.objects.get(case=case).recipient == "王建国"


def test_the_guide_and_the_way_are_told_from_the_data(desk):
    """IN-16, IN-18: where, how long, what it costs, who does what next: nothing is typed twice."""
    item = item_by_code(LICENCE)
    guide = guide_of(item, "township")
    assert guide.where
    assert guide.fee
    assert guide.basis
    assert guide.limits
    assert journey_of(item, "township") or guide.steps
