"""Nothing is published that leads nowhere: rows of the path table, parts that are gone."""

from __future__ import annotations

import pytest

from webapp.core.errors import Refused
from webapp.processes import actions
from webapp.processes.queries.findings import findings, findings_of_file
from webapp.processes.queries.library import content_of, in_force, with_draft

OFFICE = "county_service_office"
PATH = "decisions/path.dmn"


@pytest.fixture
def designer(county):
    return county.acting(OFFICE, "county.designer")


def test_the_path_table_in_force_leads_somewhere(county):
    assert findings_of_file(in_force(), PATH) == ()


def test_a_row_that_leads_to_no_process_is_told(county, designer):
    draft = actions.begin_draft(designer, "改路径", "试一试")
    file = actions.take_file(draft.pk, designer, PATH)
    text = content_of(file.content_id).decode()
    changed = text.replace('"county-joint"</text>', '"county-jiont"</text>')
    assert changed != text
    actions.save_file(draft.pk, designer, PATH, changed.encode(), file.version)
    told = findings_of_file(with_draft(draft), PATH)
    assert any("county-jiont" in one.sentence and "county-joint" in one.remedy for one in told)
    with pytest.raises(Refused):
        actions.submit_draft(draft.pk, designer)


@pytest.mark.parametrize("path", ["promised.bpmn", "shared/intake.bpmn"])
def test_what_is_still_used_cannot_be_retired(county, designer, path):
    draft = actions.begin_draft(designer, "停用", "试一试")
    actions.remove_file(draft.pk, designer, path)
    assert findings(with_draft(draft), frozenset({path}))
    with pytest.raises(Refused):
        actions.submit_draft(draft.pk, designer)
