"""Wordings and scenarios: what two versions say differently, changes of power first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.drawings import straight, task
from workflows.cli import main
from workflows.errors import Unreadable
from workflows.model import Bundle
from workflows.versions import compare, paper_changes

WORDING = """# 说明
code: D05
title: 受理通知书
organ: competent
paragraphs:
- "申请人：{applicant}。"
- "自{accepted_on}起予以受理。"
basis: ["第三十二条"]
"""
SCENARIO = """name: 补正后准予
process: promised
facts: {level: township}
steps:
- {do: Task_Examine, who: township.window}
- {do: Task_Approve, who: township.leader}
result: granted
"""


def said(old: str | None, new: str | None, file: str = "documents/D05.yaml") -> list[str]:
    files = [{} if one is None else {file: one.encode()} for one in (old, new)]
    return [change.sentence for change in paper_changes(*files)]


def test_a_paragraph_by_its_number() -> None:
    assert said(WORDING, WORDING.replace("予以受理", "受理，特此通知")) == [
        (
            "文书 D05《受理通知书》的正文第 2 项由“自{accepted_on}起予以受理。”"
            "改为“自{accepted_on}起受理，特此通知。”"
        )
    ]
    more = WORDING.replace('- "申', '- "第一段。"\n- "申')
    assert said(WORDING, more) == ["文书 D05《受理通知书》的正文第 1 项新增“第一段。”"]
    assert said(more, WORDING) == ["文书 D05《受理通知书》的正文第 1 项删去“第一段。”"]


def test_white_space_order_and_comments_mean_nothing() -> None:
    assert said(WORDING, WORDING.replace("# 说明", "# 另说")) == []
    parts = WORDING.replace("organ: competent\n", "") + "organ:   competent\n"
    assert said(WORDING, parts) == []


def test_who_signs_and_on_what_it_rests_is_power_and_comes_first() -> None:
    new = WORDING.replace("competent", "township").replace("申请人", "申请单位")
    files = {"documents/D05.yaml": WORDING.encode()}, {"documents/D05.yaml": new.encode()}
    nothing = Bundle("", {})
    changes = compare(nothing, nothing, papers=files)
    assert [(change.kind, change.power) for change in changes] == [
        ("document-organ", True), ("document-paragraphs", False),
    ]  # fmt: skip
    assert changes[0].sentence == "文书 D05《受理通知书》的署名机关由“competent”改为“township”"


def test_documents_and_scenarios_come_and_go() -> None:
    assert said(None, WORDING) == ["新增文书 D05《受理通知书》"]
    assert said(WORDING, None) == ["删去文书 D05《受理通知书》"]
    assert said(SCENARIO, None, "scenarios/a.yaml") == ["删去情形「补正后准予」"]


def test_a_step_of_a_scenario() -> None:
    new = SCENARIO.replace("township.leader", "county.leader").replace("granted", "refused")
    assert said(SCENARIO, new, "scenarios/a.yaml") == [
        (
            "情形「补正后准予」的步骤第 2 项由“do：Task_Approve，who：township.leader”"
            "改为“do：Task_Approve，who：county.leader”"
        ),
        "情形「补正后准予」的结果由“granted”改为“refused”",
    ]


@pytest.mark.parametrize("broken", [b"[", b"- x", b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_named(broken: bytes) -> None:
    with pytest.raises(Unreadable, match=r"documents/D05\.yaml"):
        list(paper_changes({"documents/D05.yaml": broken}, {}))


def test_diff_of_folders_and_of_single_wordings(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, wording in (("old", WORDING), ("new", WORDING.replace("予以受理", "受理"))):
        Path(folder, "documents").mkdir(parents=True)
        Path(folder, "scenarios").mkdir()
        Path(folder, "p.bpmn").write_bytes(straight(task("a")))
        Path(folder, "documents/D05.yaml").write_text(wording, "utf-8")
    Path("new/scenarios/s.yaml").write_text(SCENARIO, "utf-8")
    assert main(["diff", "old", "new"]) == 1
    told = capsys.readouterr().out
    assert "正文第 2 项由" in told
    assert "新增情形「补正后准予」" in told
    assert main(["diff", "old/documents/D05.yaml", "new/documents/D05.yaml"]) == 1
    assert main(["diff", "old/documents/D05.yaml", "old/documents/D05.yaml"]) == 0
