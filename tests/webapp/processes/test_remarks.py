"""Remarks of a review at elements: answered, settled by who may, and open ones block approval."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import Desk
from webapp.audit.models import Event
from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from webapp.processes import actions
from webapp.processes.queries.library import content_of

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"


@pytest.fixture
def designer(county):
    return county.acting(OFFICE, "county.designer")


@pytest.fixture
def publisher(county):
    return county.acting(OFFICE, "county.publisher")


@pytest.fixture
def draft(designer):
    draft = actions.begin_draft(designer, "改名", "试一试")
    file = actions.take_file(draft.pk, designer, "escalated.bpmn")
    text = content_of(file.content_id).decode().replace('"乡镇初审"', '"乡镇审查"')
    actions.save_file(draft.pk, designer, "escalated.bpmn", text.encode(), file.version)
    actions.submit_draft(draft.pk, designer)
    return draft


def test_an_open_remark_keeps_a_draft_from_being_approved(draft, designer, publisher):
    asked = actions.remark(
        draft.pk, publisher, "这里为什么改名？", "escalated.bpmn", "Task_Prelim"
    )
    with pytest.raises(Refused, match="这里为什么改名"):
        actions.approve_draft(draft.pk, publisher)
    answer = actions.remark(draft.pk, designer, "与文件一致", answers=asked.pk)
    assert (answer.path, answer.element) == ("escalated.bpmn", "Task_Prelim")
    with pytest.raises(Refused):
        actions.approve_draft(draft.pk, publisher, settled={answer.pk})
    with pytest.raises(NotYours):
        actions.settle_remark(draft.pk, designer, asked.pk)
    actions.approve_draft(draft.pk, publisher, settled={asked.pk})
    asked.refresh_from_db()
    assert asked.settled_by_id == publisher.officer_id
    kinds = Event.objects.filter(subject="draft", subject_id=draft.pk).order_by("seq")
    assert list(kinds.values_list("kind", flat=True))[-2:] == [
        "remarks_settled",
        "draft_approved",
    ]


def test_who_made_a_remark_may_settle_it(draft, designer, publisher, county, at):
    mine = actions.remark(draft.pk, designer, "请看这里")
    actions.settle_remark(draft.pk, designer, mine.pk)
    with pytest.raises(Refused, match="已经解决"):
        actions.settle_remark(draft.pk, publisher, mine.pk)
    with pytest.raises(Unknown):
        actions.settle_remark(draft.pk, publisher, 999_999)
    with pytest.raises(Unknown):
        actions.remark(draft.pk, publisher, "答", answers=999_999)
    with pytest.raises(Unknown):
        actions.remark(draft.pk, Desk(county, at).window, "我也说一句")
    with pytest.raises(Invalid):
        actions.remark(draft.pk, publisher, "  ")
    actions.approve_draft(draft.pk, publisher)
