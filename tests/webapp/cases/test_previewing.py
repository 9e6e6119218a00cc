"""Documents shown before they are issued: what completing would issue, and nothing happens."""

from __future__ import annotations

import pytest

from tests.webapp.cases.test_tolerance import ESCALATED, tolerable
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Commitment, Document, NumberSeries
from webapp.core import db
from webapp.core.errors import Invalid, Unknown

pytestmark = pytest.mark.django_db


def preview(desk, item, by=None, **given):
    with db.pretended(desk.at):
        return actions.preview_documents(
            item.pk, by or desk.anybody(item.pool_id), desk.form_answers(item, **given)
        )


def state_of_everything():
    return (
        Document.objects.count(),
        Event.objects.count(),
        list(NumberSeries.objects.order_by("id").values_list("last", flat=True)),
    )


def test_it_is_what_completing_issues_but_for_the_number(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    before = state_of_everything()
    shown = next(one for one in preview(desk, item) if one.code == "D05")
    assert state_of_everything() == before, "no number is taken, nothing is written"
    item.refresh_from_db()
    assert item.state == "OPEN"
    assert shown.number == "（出具时编号）"

    desk.complete(item)
    issued = case.documents.get(code="D05")
    assert shown.content["title"] == issued.content["title"]
    assert shown.content["paragraphs"] == [
        paragraph.replace(issued.number, "（出具时编号）")
        for paragraph in issued.content["paragraphs"]
    ]


def test_a_commitment_is_read_and_signed_before_it_binds(desk):
    """TOL-07: the applicant signs D09 first; then the case is accepted on it."""
    key = tolerable(desk, ESCALATED)[0]
    case = desk.open(ESCALATED, marks=desk.marks(ESCALATED, **{key: "missing"}))
    case.materials.filter(key=key).update(needed=True)
    given = {
        "outcome": "tolerate",
        "tolerance_until": "2026-03-10",
        "commitment_signed": True,
    }
    shown = {one.code: one for one in preview(desk, desk.item(case), **given)}
    assert {"D08", "D09"} <= set(shown)
    text = str(shown["D09"].content)
    assert "2026年3月10日" in text
    assert not Commitment.objects.filter(case=case).exists()


def test_it_refuses_what_completing_refuses(desk):
    item = desk.item(desk.open("ZR01"))
    stranger = desk.anybody(desk.county.pool("nangang.centre", "township.window"))
    with pytest.raises(Unknown):
        preview(desk, item, by=stranger)
    with pytest.raises(Invalid):
        actions.preview_documents(item.pk, desk.anybody(item.pool_id), {"outcome": ""})
