"""A scenario that cannot be read says where and why (flows: scenarios)."""

from __future__ import annotations

import pytest

from workflows.errors import Unreadable
from workflows.rehearse import read_scenario

GOOD = """
name: 受理
process: tiny
requirements: [IN-01]
facts: {level: village}
start: {open: [township.window]}
steps:
- {do: Task_Look, who: township.window, by: 张敏, values: {outcome: yes}, then: {status: RECEIVED}}
- {lapse: delivery, before: 2}
- {message: materials_supplied}
- {cancel: withdrawn, refused: true}
result: granted
"""


def test_reads_every_kind_of_step() -> None:
    scenario = read_scenario(GOOD.encode(), "scenarios/a.yaml")
    assert [step.kind for step in scenario.steps] == ["do", "lapse", "message", "cancel"]
    assert scenario.steps[0].then.words == {"status": "RECEIVED"}
    assert scenario.steps[1].before == 2
    assert scenario.steps[3].refused
    assert scenario.start.lists == {"open": ("township.window",)}
    assert scenario.result == "granted"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- [", "不是合格的 YAML"),
        ("[]", "情形应是"),
        ("name: 甲", "缺少 process"),
        ("name: 甲\nprocess: p\nsteps: {}", "steps 应是清单"),
        ("name: 甲\nprocess: p\nstepz: []", "不认识“stepz”"),
        ("name: 甲\nprocess: p\nsteps: [{who: a}]", "第 1 步：每一步只写一个动作"),
        ("name: 甲\nprocess: p\nsteps: [{do: A}, {do: A, lapse: b}]", "第 2 步：每一步只写"),
        ("name: 甲\nprocess: p\nsteps: [{lapse: b, before: soon}]", "before 是工作日数"),
        ("name: 甲\nprocess: p\nsteps: [{do: A, then: {opens: []}}]", "不认识“opens”"),
    ],
)
def test_refuses_what_it_does_not_understand(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_scenario(text.encode(), "scenarios/a.yaml")
    assert str(refusal.value).startswith("scenarios/a.yaml")
    assert sentence in str(refusal.value)
