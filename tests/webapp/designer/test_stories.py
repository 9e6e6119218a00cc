"""A scenario read aloud: one line a step, with what came of it on the draft."""

from __future__ import annotations

import pytest

from webapp.designer.stories import story
from webapp.processes.queries.library import content_of, in_force

pytestmark = pytest.mark.django_db
PATH = "scenarios/promised-granted.yaml"


def told(old="", new=""):
    manifest = in_force()
    text = content_of(manifest[PATH]).decode()
    assert old in text
    return story(manifest, PATH, text.replace(old, new, 1).encode())


def test_a_story_that_holds_is_told_in_words(county):
    found = told()
    assert found.held
    assert found.process == "承诺办理"
    assert [line.held for line in found.lines] == [True] * len(found.lines)
    start, examine, *_rest, last = found.lines
    assert (start.number, start.what) == ("", "开始")
    assert ("文书", "材料接收凭证") in start.expected
    assert ("定时", "材料审查期限届满") in start.expected
    assert (examine.number, examine.what, examine.who) == ("1", "审查材料", "乡镇窗口")
    assert examine.answers[0][1].startswith("受理")
    assert last.expected == (("结果", "准予"),)


def test_the_line_that_differs_says_what_came_instead(county):
    found = told(
        "- do: Task_Propose\n  who: township.handler",
        "- do: Task_Propose\n  who: county.leader",
    )
    assert not found.held
    wrong = next(line for line in found.lines if line.held is False)
    assert wrong.what == "提出承办意见"
    assert wrong.why == "“Task_Propose”应在 county.leader 的待办里，实为 township.handler"
    after = found.lines[found.lines.index(wrong) + 1 :]
    assert after
    assert {line.held for line in after} == {None}


def test_a_wrong_end_is_the_last_line(county):
    found = told("result: granted", "result: refused")
    assert [line.held for line in found.lines].count(False) == 1
    assert found.lines[-1].held is False
    assert "结果应为" in found.lines[-1].why


def test_what_cannot_be_read_is_said(county):
    found = story(in_force(), PATH, b"name: [")
    assert "不是合格的 YAML" in found.problem
    unknown = told("process: promised", "process: nowhere")
    assert unknown.lines[0].held is False
