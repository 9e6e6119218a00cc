"""A draft's diagram beside the one in force: marks on both, remarks at elements, counts."""

from __future__ import annotations

import json
import re

import pytest

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import Browser
from webapp.designer.comparing import side_by_side
from webapp.processes import actions
from webapp.processes.models import DraftRemark
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.library import content_of

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
PATH = "escalated.bpmn"


@pytest.fixture
def desk(county, at):
    return Desk(county, at)


@pytest.fixture
def drafted(desk):
    """Begin a draft of the diagram with texts replaced."""

    def begin(*texts):
        designer = desk.acting(OFFICE, "county.designer")
        draft = actions.begin_draft(designer, "改一处", "试一试")
        file = actions.take_file(draft.pk, designer, PATH)
        text = content_of(file.content_id).decode()
        for old, new in texts:
            assert old in text
            text = text.replace(old, new)
        actions.save_file(draft.pk, designer, PATH, text.encode(), file.version)
        return seen.draft(draft.pk)

    return begin


def both_of(draft):
    return side_by_side(draft, seen.file(draft, PATH))


def test_what_changed_is_marked_on_both_and_power_in_red(drafted):
    found = both_of(drafted(('gov:limit="8 workday"', 'gov:limit="3 workday"')))
    assert found.marks_before == found.marks_after == {"Task_Prelim": "changed"}
    assert found.power == ("Task_Prelim",)
    assert "8 个工作日改为 3 个工作日" in found.changes[0].sentence


def test_what_is_new_and_gone_is_marked_on_its_own_side(drafted):
    found = both_of(drafted(("Task_Prelim", "Task_New"), ('"乡镇初审"', '"乡镇核查"')))
    assert found.marks_after["Task_New"] == "added"
    assert found.marks_before["Task_Prelim"] == "removed"
    assert dict(found.elements)["Task_New"] == "乡镇核查"
    assert dict(found.elements)["Task_Prelim"] == "乡镇初审"


def test_a_new_id_alone_is_one_step_on_both(drafted):
    found = both_of(drafted(("Task_Prelim", "Task_New")))
    assert found.marks_before["Task_Prelim"] == "changed"
    assert found.marks_after["Task_New"] == "changed"


def test_the_page_has_both_drawings_sentences_and_remarks(desk, drafted):
    draft = drafted(('gov:limit="8 workday"', 'gov:limit="3 workday"'))
    publisher = Browser(desk, desk.acting(OFFICE, "county.publisher"))
    address = f"/designer/drafts/{draft.pk}/compare/{PATH}"
    page = publisher.get(address).content.decode()
    assert (
        f'href="{address}"' in publisher.get(f"/designer/drafts/{draft.pk}/").content.decode()
    )
    told = json.loads(re.search(r'id="difference" type="application/json">(.*?)<', page)[1])
    assert (told["power"], told["remarks"]) == (["Task_Prelim"], {})
    assert publisher.get(told["before"]).status_code == 200
    assert publisher.get(told["after"]).status_code == 200
    assert 'data-go="Task_Prelim"' in page

    sent = publisher.post(
        f"/designer/drafts/{draft.pk}/do/remark/",
        {"path": PATH, "element": "Task_Prelim", "text": "3 天够吗？", "back": PATH},
    )
    assert sent.url == f"{address}#remarks"
    page = publisher.get(address).content.decode()
    told = json.loads(re.search(r'id="difference" type="application/json">(.*?)<', page)[1])
    assert told["remarks"] == {"Task_Prelim": 1}
    one = DraftRemark.objects.get()
    designer = Browser(desk, desk.acting(OFFICE, "county.designer"))
    assert "3 天够吗？" in designer.get(address).content.decode()
    answered = {"answers": one.pk, "text": "够，去年平均 2 天", "back": PATH}
    designer.post(f"/designer/drafts/{draft.pk}/do/remark/", answered)
    settle = f"/designer/drafts/{draft.pk}/do/settle/"
    assert designer.post(settle, {"remark": one.pk}).status_code == 409
    assert publisher.post(settle, {"remark": one.pk, "back": PATH}).url == f"{address}#remarks"
    assert "够，去年平均 2 天" in publisher.get(address).content.decode()
    one.refresh_from_db()
    assert not one.is_open


def test_approval_asks_for_each_open_remark(desk, drafted):
    draft = drafted(('"乡镇初审"', '"乡镇审查"'))
    publisher = Browser(desk, desk.acting(OFFICE, "county.publisher"))
    actions.submit_draft(draft.pk, desk.acting(OFFICE, "county.designer"))
    one = actions.remark(draft.pk, publisher.person, "名称要与文件一致", PATH, "Task_Prelim")
    approve = f"/designer/drafts/{draft.pk}/do/approve/"
    refused = publisher.post(approve, {})
    assert refused.status_code == 409
    assert f'name="settled" value="{one.pk}"' in refused.content.decode()
    assert publisher.post(approve, {"settled": one.pk}).status_code == 302


def test_past_cases_are_counted_on_the_drawings(desk, drafted):
    desk.run(desk.open("MZ04"))
    draft = drafted(('"乡镇初审"', '"乡镇审查"'))
    publisher = Browser(desk, desk.acting(OFFICE, "county.publisher"))
    said = publisher.get(f"/designer/drafts/{draft.pk}/counts/{PATH}").json()
    assert (said["total"], said["problem"], said["stuck"]) == (1, "", {})
    assert said["before"]["Task_Prelim"] == said["after"]["Task_Prelim"] == 1
    way = "Flow_Application_Intake"
    assert said["before"][way] == said["after"][way] == 1
    assert not [one for one in said["after"] if "Denial" in one]
    assert (
        publisher.get(f"/designer/drafts/{draft.pk}/counts/forms/review.json").status_code
        == 404
    )
