"""A decision table of a draft answers supposed values at once (issue: designer)."""

from __future__ import annotations

from pathlib import Path

from webapp.designer.asking import trial

PATH = Path("bpmn/decisions/path.dmn").read_bytes()
OPINION = Path("bpmn/decisions/opinion.dmn").read_bytes()


def asked(content: bytes, **values: str):
    pairs = {f"value:{name}": [value] for name, value in values.items()}
    return trial(content, "decisions/tried.dmn", pairs)


def test_every_input_is_asked_once_with_the_values_that_the_table_lists():
    questions = {one.name: one for one in asked(PATH).questions}
    assert list(questions) == ["handling", "flow", "level"]
    assert questions["level"].label == "收件层级"
    assert [words for _, words in questions["level"].choices] == [
        '"village"',
        '"township"',
        '"county"',
    ]


def test_the_rule_that_holds_and_its_result():
    values = {"handling": '"immediate"', "flow": '"local"', "level": '"village"'}
    (decided,) = asked(PATH, **values).decided
    assert decided.results == (("流程", '"village"'),)
    assert decided.rules == (2,)
    assert decided.sentence == "第 2 条规则成立。"
    assert not decided.problem


def test_no_rule_holds():
    (untouched,) = asked(PATH).decided
    assert not untouched.problem, "nothing was typed yet"
    (decided,) = asked(PATH, handling='"immediate"', flow='"joint"').decided
    assert decided.problem
    assert decided.sentence == "没有一条规则成立，这张表没有答案。"
    assert decided.rules == ()


def test_several_rules_hold_where_only_one_may():
    twice = OPINION.replace(
        b'"agree", "supplement", "none"</text>\n        </inputEntry>', b"-</text></inputEntry>"
    )
    assert twice != OPINION
    (decided,) = asked(twice, outcome="disagree").decided
    assert decided.problem
    assert decided.rules == (1, 2)
    assert "第 1、2 条规则同时成立" in decided.sentence


def test_a_value_that_the_table_does_not_list_is_named():
    (decided,) = asked(OPINION, outcome="maybe").decided
    assert decided.problem
    assert "maybe" in decided.sentence


def test_a_file_that_cannot_be_read_says_so():
    assert asked(b"<nothing").unreadable
