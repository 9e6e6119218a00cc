"""Past cases leave the database for rehearsal without anything personal (流程彩排)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webapp.cases.desk import Desk
from tests.webapp.cases.test_supplement import noticed
from webapp.cases import actions
from webapp.cases.models import Case
from webapp.cases.queries.past import past_cases
from webapp.core import db
from workflows.rehearse import read_cases, weigh
from workflows.sources.bundle import read_library

pytestmark = pytest.mark.django_db
LIBRARY = Path(__file__).parents[3] / "bpmn"


def exported() -> list[str]:
    cases = Case.objects.order_by("opened_at")
    since, until = cases.first().opened_at, cases.last().opened_at + timedelta(seconds=1)
    return [
        json.dumps(line, default=str, ensure_ascii=False) for line in past_cases(since, until)
    ]


def test_a_case_goes_its_own_way_again_from_its_record(desk: Desk) -> None:
    case = desk.run(desk.open("FW01"))
    assert not case.is_open
    (line,) = exported()
    weighed = weigh(read_cases([line], "export"), read_library(LIBRARY))
    assert [one.after.misfit for one in weighed.misfits] == []
    assert weighed.changed == []
    assert weighed.cases[0].after.result == case.result


def test_nothing_personal_is_in_the_record(desk: Desk) -> None:
    case = desk.run(desk.open("FW01"))
    (line,) = exported()
    assert case.applicant_name not in line
    said = json.loads(line)
    assert set(said) == {"case", "process", "facts", "opened", "result", "steps"}
    assert not {"applicant_name", "applicant_phone", "opinion", "reason"} & {
        key for step in said["steps"] for key in step.get("values", {})
    }
    assert all({"at"} < set(step) for step in said["steps"])


def test_a_supplement_is_in_the_record(desk: Desk) -> None:
    """TYPE-04: the message that moved the case, and the way it went, are told and replayed."""
    case = noticed(desk)
    keys = case.materials.filter(noticed=True).values_list("key", flat=True)
    with db.pretended(desk.at):
        actions.supply_materials(
            case.pk, desk.window, {key: {"state": "checked"} for key in keys}
        )
    (line,) = exported()
    said = json.loads(line)
    assert [step.get("do") or step.get("message") for step in said["steps"]] == [
        "Task_Examine", "materials_supplied",
    ]  # fmt: skip
    assert said["steps"][0]["values"]["outcome"] == "supplement"
    assert "result" not in said
    weighed = weigh(read_cases([line], "export"), read_library(LIBRARY))
    assert [one.after.misfit for one in weighed.misfits] == []
    assert "intake/Service_Resupply" in weighed.cases[0].after.path


def test_the_command_writes_lines(desk: Desk, tmp_path: Path) -> None:
    desk.open("FW01")
    path = tmp_path / "cases.jsonl"
    call_command("export_cases", days=100_000, output=str(path), stdout=StringIO())
    (one,) = read_cases(path.read_text("utf-8").splitlines(), "cases.jsonl")
    assert one.process == "promised"
    assert one.result is None
    assert isinstance(one.opened, datetime)


def test_the_number_of_statements_does_not_grow(desk: Desk) -> None:
    desk.open("FW01")
    exported()  # fills the caches of versions
    with CaptureQueriesContext(
        connection,
    ) as one:
        exported()
    desk.open("FW01")
    desk.open("FW01")
    with CaptureQueriesContext(connection) as three:
        exported()
    assert len(three) == len(one)
