"""A draft rehearsed on the county's own past cases, before anybody approves it (彩排)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import Desk
from webapp.cases.models import Case
from webapp.cases.queries.past import as_line, latest_cases
from webapp.designer.rehearsing import rehearse
from webapp.processes import actions
from webapp.processes.queries.library import content_of, in_force

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"


@pytest.fixture
def office(county):
    desk = Desk(county, county.at)
    for _ in range(3):
        desk.run(desk.open("MZ04"))
    desk.open("MZ04")
    return desk


def drafted(county, path, old, new):
    designer = county.acting(OFFICE, "county.designer")
    draft = actions.begin_draft(designer, "改一处", "试一试")
    file = actions.take_file(draft.pk, designer, path)
    text = content_of(in_force()[path]).decode()
    assert old in text
    actions.save_file(draft.pk, designer, path, text.replace(old, new).encode(), file.version)
    return draft


def test_a_change_that_moves_nobody_is_said_to_move_nobody(county, office):
    draft = drafted(county, "escalated.bpmn", 'name="乡镇初审"', 'name="乡镇审查"')
    found = rehearse(draft)
    assert (found.total, found.same) == (4, 4)
    assert found.loads
    assert all(line.items[0] == line.items[1] for line in found.loads)


def test_work_that_moves_to_another_post_is_counted(county, office):
    """The lane decides who works: its role is another one, so are the loads."""
    draft = drafted(
        county, "escalated.bpmn", 'gov:role="township.handler"', 'gov:role="township.window"'
    )
    loads = {line.name: line.items for line in rehearse(draft).loads}
    before, after = loads["站所承办人"]
    assert before == 3
    assert after == 0
    assert loads["乡镇窗口"][1] == loads["乡镇窗口"][0] + 3


def test_nothing_personal_is_read(county, office):
    lines = [as_line(case) for case in latest_cases(["escalated"], 100)]
    names = set(Case.objects.values_list("applicant_name", flat=True))
    assert len(lines) == 4
    assert not any(name in line for line in lines for name in names)
