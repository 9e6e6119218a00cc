"""流程彩排: past cases on a draft. The shipped scenarios stand for the past."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.library.mutants import moved, text
from tests.library.recorded import cases, lines
from tests.library.shelf import FOLDER, library
from workflows.cli import main
from workflows.rehearse import Weighed, weigh
from workflows.sources.bundle import Library

DECISION = "shared/decision.bpmn"
PASSED = ("promised", "joint")  # processes that decide in the township


def draft(file: str, changed: str) -> Library:
    assert changed != text(file)
    return Library({**library().files, file: changed.encode()}, library().roles)


def rehearsed(file: str, changed: str, *processes: str) -> Weighed:
    chosen = [one for one in cases() if one.process in (processes or PASSED)]
    return weigh(chosen, draft(file, changed), library())


def decided(weighed: Weighed) -> int:
    """Cases that reached the check of the township's decision."""
    return sum("decision/Task_Check" in one.before.path for one in weighed.cases)


def with_second_check() -> str:
    """A new step between 审核 and 批准: the same form, another lane."""
    step = (
        '<bpmn:userTask id="Task_Second" name="复核" gov:form="decision-check"'
        ' gov:limit="4 workday" gov:separate="Task_Propose"/>'
        '<bpmn:sequenceFlow id="Flow_Second" sourceRef="Task_Second" targetRef="Task_Approve"/>'
    )
    drawing = text(DECISION).replace(
        'sourceRef="Gate_Check" targetRef="Task_Approve"',
        'sourceRef="Gate_Check" targetRef="Task_Second"',
    )
    drawing = drawing.replace("</bpmn:process>", step + "</bpmn:process>")
    seat = "<bpmn:flowNodeRef>Task_Approve</bpmn:flowNodeRef>"
    return drawing.replace(seat, f"{seat}<bpmn:flowNodeRef>Task_Second</bpmn:flowNodeRef>")


def test_the_past_goes_its_own_way_again() -> None:
    """On the version that handled them every case runs through, to the same result."""
    weighed = weigh(cases(), library(), library())
    assert len(weighed.cases) > 80
    assert [one.after.misfit for one in weighed.misfits] == []
    assert weighed.changed == []
    assert all(one.case.result == one.after.result for one in weighed.cases)
    assert all(not any(work.assumed for work in one.after.work) for one in weighed.cases)
    for load in weighed.loads.values():
        assert (load.items_before, load.days_before) == (load.items_after, load.days_after)


def test_without_the_old_version_the_record_is_what_counts() -> None:
    weighed = weigh(cases()[:20], library())
    assert weighed.misfits == weighed.changed == []
    assert all(load.items_before == 0 < load.items_after for load in weighed.loads.values())


def test_a_new_step_costs_its_role_items_and_days() -> None:
    weighed = rehearsed(DECISION, with_second_check())
    assert weighed.misfits == []
    leader = weighed.loads["township.leader"]
    times = weighed.added["decision/Task_Second"]
    assert 0 < times <= decided(weighed)
    new = leader.items_after - leader.items_before
    assert new == leader.assumed >= times
    assert leader.days_after - leader.days_before == pytest.approx(4 * new)
    assert weighed.loads["township.handler"].assumed == 0
    assert all(one.same_result for one in weighed.changed)


def test_a_step_that_is_gone_is_passed_over() -> None:
    drawing = re.sub(
        r'<bpmn:userTask id="Task_Check".*?</bpmn:userTask>',
        '<bpmn:exclusiveGateway id="Gate_Straight"/>', text(DECISION), flags=re.DOTALL,
    )  # fmt: skip
    drawing = drawing.replace('"Task_Check"', '"Gate_Straight"').replace(
        ">Task_Check<", ">Gate_Straight<"
    )
    drawing = drawing.replace('separate="Task_Propose Task_Check"', 'separate="Task_Propose"')
    drawing = drawing.replace('outcome = "agree"', 'proposal != "never"')
    weighed = rehearsed(DECISION, drawing)
    head = weighed.loads["township.head_window"]
    assert head.items_before - head.items_after >= decided(weighed) > 0
    assert weighed.dropped["decision/Task_Check"] > 0
    through = [one for one in weighed.changed if "Task_Check" in one.after.left_out]
    assert through


def test_another_lane_moves_the_load_and_nothing_else() -> None:
    weighed = rehearsed(DECISION, moved(DECISION, "Task_Check", "Lane_Leader"))
    assert weighed.misfits == weighed.changed == []
    head, leader = weighed.loads["township.head_window"], weighed.loads["township.leader"]
    moved_items = head.items_before - head.items_after
    assert moved_items == leader.items_after - leader.items_before >= decided(weighed) > 0
    assert head.days_before - head.days_after == pytest.approx(
        leader.days_after - leader.days_before
    )


def test_an_answer_that_is_no_longer_offered_does_not_fit() -> None:
    form = "forms/decision-check.json"
    weighed = rehearsed(form, text(form).replace('"value": "agree"', '"value": "consent"'))
    assert len(weighed.misfits) == decided(weighed) > 0
    first = weighed.misfits[0].after
    assert first.misfit_at == "Task_Check"
    assert "“审核”当时选的" in first.misfit
    assert "“agree”，现在没有这个选项" in first.misfit


def test_an_answer_that_leads_nowhere_does_not_fit() -> None:
    drawing = text(DECISION).replace('outcome = "agree"', 'outcome = "never"')
    weighed = rehearsed(DECISION, drawing)
    assert len(weighed.misfits) == decided(weighed) > 0
    assert "当时的答案走不下去" in weighed.misfits[0].after.misfit


def test_a_case_that_would_still_be_open_does_not_fit() -> None:
    """What was closed and now waits for a step that was done elsewhere."""
    drawing = text("immediate.bpmn").replace("from='\"window\"'", "from='\"post\"'", 1)
    weighed = rehearsed("immediate.bpmn", drawing, "immediate")
    assert weighed.misfits or weighed.changed


def test_a_draft_that_cannot_be_run_fits_no_case() -> None:
    drawing = text(DECISION).replace(
        '<bpmn:startEvent id="Start_Reviewed"', '<bpmn:scriptTask id="Start_Reviewed"'
    )
    drawing = drawing.replace("</bpmn:startEvent>", "</bpmn:scriptTask>", 1)
    weighed = rehearsed(DECISION, drawing)
    assert len(weighed.misfits) == len(weighed.cases)


def test_a_step_that_was_sent_back_is_sent_back_again() -> None:
    """退回: by the record `return`, to the same step, and on from there."""
    case = next(c for c in cases() if c.process == "promised" and c.result == "granted")
    at = next(n for n, done in enumerate(case.steps) if done.what == "Task_Check")
    back = replace(case.steps[at], kind="return", to="Task_Propose", values={})
    before = next(done for done in case.steps if done.what == "Task_Propose")
    steps = (*case.steps[:at], back, before, *case.steps[at:])
    weighed = weigh([replace(case, steps=steps)], library(), library())
    assert [one.after.misfit for one in weighed.misfits] == []
    assert weighed.cases[0].after.result == "granted"
    done = [work.element for work in weighed.cases[0].after.work]
    assert done.count("Task_Propose") == 2


def test_a_recorded_step_is_never_assumed() -> None:
    """What somebody did is not invented: out of its order it does not fit."""
    case = next(c for c in cases() if c.process == "promised" and c.result == "granted")
    at = next(n for n, done in enumerate(case.steps) if done.what == "Task_Check")
    check, approve = case.steps[at : at + 2]
    assert approve.what == "Task_Approve"
    steps = (*case.steps[:at], approve, check, *case.steps[at + 2 :])
    (misfit,) = weigh([replace(case, steps=steps)], library(), library()).misfits
    assert misfit.after.misfit_at == "Task_Approve"
    assert not any(work.assumed for work in misfit.after.work)


# --- the command ---------------------------------------------------------------------------


@pytest.fixture
def recorded(tmp_path: Path) -> str:
    path = tmp_path / "cases.jsonl"
    chosen = [line for line in lines() if '"process": "promised"' in line]
    path.write_text("\n".join(chosen), encoding="utf-8")
    return str(path)


def test_the_command_says_that_nothing_changes(recorded: str, capsys) -> None:
    asked = ["rehearse", str(FOLDER), "--cases", recorded, "--against", str(FOLDER)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "走法或结果不同 0 件，答案不再适用 0 件" in said
    assert main([*asked, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {
        "cases", "unchanged", "changed", "misfits", "loads", "added", "dropped",
    }  # fmt: skip
    assert report["cases"] == report["unchanged"] > 5


def test_the_command_says_what_changes(recorded: str, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "draft"
    shutil.copytree(FOLDER, folder)
    (folder / DECISION).write_text(with_second_check(), encoding="utf-8")
    asked = ["rehearse", str(folder), "--cases", recorded, "--against", str(FOLDER)]
    assert main(asked) == 1
    said = capsys.readouterr().out
    assert "多走 decision/Task_Second" in said
    assert re.search(r"分管领导（中心主任）：\d+→\d+ 件.*其中估计 \d+ 件", said)


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"case": "1", "process": "promised"}',
        '{"case": "1", "process": "p", "opened": "2026-03-02"}',
        '{"case": "1", "process": "p", "opened": "2026-03-02T09:00:00+08:00", "name": "张三"}',
        '{"case": "1", "process": "p", "opened": "2026-03-02T09:00:00+08:00", "steps": [{}]}',
        (
            '{"case": "1", "process": "p", "opened": "2026-03-02T09:00:00+08:00",'
            ' "steps": [{"do": "a", "message": "b", "at": "2026-03-02T09:00:00+08:00"}]}'
        ),
        "",
    ],
)
def test_a_record_that_is_none_is_refused_in_words(line: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line, encoding="utf-8")
    assert main(["rehearse", str(FOLDER), "--cases", str(path)]) == 2
    assert "cases.jsonl" in capsys.readouterr().err
