"""Differences of decision tables, by cell, and of forms, by question."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workflows.drawings import straight, task
from workflows.sources.bundle import Library
from workflows.versions import Change, compare, everything
from workflows.versions.exclusion import never_both
from workflows.versions.wording import flat

ROWS = [
    ('"immediate"', "-", '"immediate"'),
    ('"promised"', "< 5", '"promised"'),
    ('"promised"', ">= 5", '"joint"'),
]


def table(rows: list[tuple[str, ...]], policy: str = "UNIQUE", flow: str = "天数") -> bytes:
    written = "".join(
        f'<rule id="r{n}">'
        + "".join(
            f'<inputEntry id="i{n}{at}"><text>{cell.replace("<", "&lt;")}</text></inputEntry>'
            for at, cell in enumerate(row[:-1])
        )
        + f'<outputEntry id="o{n}"><text>{row[-1]}</text></outputEntry></rule>'
        for n, row in enumerate(rows)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
        ' namespace="urn:t"><decision id="path" name="办理路径"><variable name="path"/>'
        f'<decisionTable hitPolicy="{policy}">'
        '<input id="a" label="办理方式"><inputExpression><text>handling</text></inputExpression>'
        f'</input><input id="b" label="{flow}"><inputExpression><text>days</text>'
        '</inputExpression></input><output id="o" label="流程" name="process"/>'
        f"{written}</decisionTable></decision></definitions>"
    ).encode()


def of_tables(old: bytes, new: bytes) -> tuple[Change, ...]:
    before, after = (everything(Library({"decisions/d.dmn": data})) for data in (old, new))
    return compare(before, after)


def test_a_cell_that_says_something_else() -> None:
    other = [ROWS[0], ROWS[1], ('"promised"', ">= 7", '"joint"')]
    (found,) = of_tables(table(ROWS), table(other))
    assert (found.kind, found.before, found.after) == ("cell", ">= 5", ">= 7")
    assert found.sentence == "决策表「办理路径」第 3 条的“天数”由 >= 5 改为 >= 7"


def test_an_empty_cell_and_a_dash_are_the_same_and_white_space_is_none() -> None:
    other = [('"immediate"', "", '"immediate"'), ('"promised"', "<5", '"promised"'), ROWS[2]]
    assert of_tables(table(ROWS), table(other)) == ()


def test_rules_that_come_and_go() -> None:
    more = [*ROWS, ('"village"', "-", '"village"')]
    (found,) = of_tables(table(ROWS), table(more))
    assert found.kind == "rule-added"
    assert found.sentence.endswith('新增第 4 条：办理方式 "village"，流程 "village"')
    (gone,) = of_tables(table(more), table(ROWS))
    assert gone.kind == "rule-removed"
    (first,) = of_tables(table(ROWS), table([more[3], *ROWS]))
    assert first.kind == "rule-added"


def test_the_order_of_rules_counts_only_where_the_policy_asks_for_it() -> None:
    turned = [ROWS[1], ROWS[0], ROWS[2]]
    assert of_tables(table(ROWS), table(turned)) == ()
    assert of_tables(table(ROWS, "FIRST"), table(turned, "FIRST")) != ()


def test_policy_and_columns() -> None:
    (found,) = of_tables(table(ROWS), table(ROWS, "FIRST"))
    assert (found.kind, found.before, found.after) == ("hit-policy", "唯一", "首条")
    (found,) = of_tables(table(ROWS), table(ROWS, flow="工作日"))
    assert found.sentence == "决策表「办理路径」的列“天数”改名为“工作日”"


FIELDS: list[dict[str, Any]] = [
    {"type": "radio", "key": "outcome", "label": "结论", "properties": {"routing": "true"},
     "values": [{"label": "同意", "value": "agree"}, {"label": "退回", "value": "return"}]},
    {"type": "textfield", "key": "reason", "label": "理由"},
    {"type": "text", "text": "退回后**重新审查**"},
]  # fmt: skip


def of_forms(new: list[dict[str, Any]], **more: object) -> tuple[Change, ...]:
    def read(components: list[dict[str, Any]], **dressing: object) -> Any:
        form = {"type": "default", "id": "f", "components": components, **dressing}
        return everything(Library({"forms/f.json": json.dumps(form).encode()}))

    return compare(read(FIELDS), read(new, **more))


def test_forms_drawn_otherwise_ask_the_same() -> None:
    assert of_forms(list(reversed(FIELDS)), exporter={"name": "x"}, schemaVersion=9) == ()
    grouped = [{"type": "group", "label": "", "components": FIELDS}]
    assert [c.kind for c in of_forms(grouped)] in ([], ["form-text"])


@pytest.mark.parametrize(
    ("at", "change", "sentence"),
    [
        (1, {"validate": {"required": True}}, "的必填由“否”改为“是”"),
        (1, {"label": "不同意的理由"}, "表单“f”的字段「理由」改名为「不同意的理由」"),
        (1, {"conditional": {"hide": '=outcome = "agree"'}}, "的隐藏条件由“无”改为"),
        (0, {"values": [{"label": "同意", "value": "agree"}]}, "删去选项“退回”"),
        (0, {"properties": {}}, "的流转字段由“是”改为“否”"),
        (2, {"text": "退回后**等候**"}, "的说明文字由“退回后**重新审查**”改为“退回后**等候**”"),
    ],
)
def test_one_question_changes(at: int, change: dict[str, Any], sentence: str) -> None:
    new = [dict(one) for one in FIELDS]
    new[at].update(change)
    (found,) = of_forms(new)
    assert sentence in found.sentence
    assert not found.power


def test_questions_and_forms_that_come_and_go() -> None:
    (found,) = of_forms(FIELDS[:1] + FIELDS[2:])
    assert (found.kind, found.sentence) == ("field-removed", "表单“f”删去字段「理由」")
    plain = everything(Library({"p.bpmn": straight(task("a"))}))
    form = json.dumps({"type": "default", "id": "f", "components": FIELDS}).encode()
    held = everything(Library({"p.bpmn": straight(task("a")), "forms/f.json": form}))
    assert [c.kind for c in compare(plain, held)] == ["form-added"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ('outcome = "a"', 'outcome = "b"', True),
        ('outcome = "a"', 'outcome != "a"', True),
        ('outcome in ("a", "b")', 'outcome = "c" and x', True),
        ('(p = "grant" and m = true) or p = "refuse"', 'p = "reopen" and m != true', True),
        ('outcome = "a"', "x = 1", False),
        ("n > 1", "n > 2", False),
        ("n < 2", "n >= 2", True),
        ("n <= 2", "n >= 2", False),
        ('outcome != "a"', 'outcome != "b"', False),
        ("count(list) > 1", "count(list) < 1", False),  # not tried: nothing is claimed
        ("case.n = 1", "case.n = 2", False),
        ("(", "x", False),
    ],
)
def test_conditions_that_can_never_be_true_together(one: str, other: str, apart: bool) -> None:
    assert never_both(one, other) is apart
    assert never_both(other, one) is apart


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('a = "x"', 'a="x"', True),
        (' a\n  =\t"x" ', 'a = "x"', True),
        ('a = "x  y"', 'a = "x y"', False),  # white space inside a text is a value
        ('a = "x" and b', 'a = "x"and b', False),
        ("a - b", "a-b", False),  # FEEL names may hold a hyphen
        ("f( a , b )", "f(a,b)", True),
    ],
)
def test_white_space_that_feel_does_not_see(one: str, other: str, same: bool) -> None:
    assert (flat(one) == flat(other)) is same
