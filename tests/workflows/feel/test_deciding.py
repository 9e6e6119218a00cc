"""Hit policies, defaults and required decisions (DMN 1.4, chapter 8; engine study E24)."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import ExpressionError
from workflows.feel import parse, parse_unary
from workflows.feel.decisions import Decision, decide
from workflows.feel.tables import (
    Aggregation,
    HitPolicy,
    Input,
    InputNotAllowed,
    Output,
    Rule,
    RulesDisagree,
    Table,
)


def table(
    policy: str,
    *rows: tuple[str, str],
    aggregation: str = "LIST",
    ranking: tuple[Any, ...] = (),
    default: str | None = None,
    allowed: str | None = None,
) -> Decision:
    """One input `x`, one output; each row is a condition and a result."""
    rules = tuple(
        Rule(number, (parse_unary(condition),), (parse(result),))
        for number, (condition, result) in enumerate(rows, 1)
    )
    column = Input("甲", parse("x"), parse_unary(allowed) if allowed else None)
    output = Output("r", "", ranking, parse(default) if default else None)
    logic = Table(HitPolicy(policy), (column,), (output,), rules, Aggregation(aggregation))
    return Decision("d", "测试", "d", logic)


OVERLAPPING = (("< 10", '"low"'), ("[5..20]", '"mid"'), ("> 15", '"high"'))


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 12, "mid"),
        ("UNIQUE", None, None),
        ("FIRST", 7, "low"),
        ("FIRST", 18, "mid"),
        ("PRIORITY", 7, "mid"),
        ("PRIORITY", 18, "high"),
        ("RULE ORDER", 7, ["low", "mid"]),
        ("RULE ORDER", None, []),
        ("OUTPUT ORDER", 7, ["mid", "low"]),
        ("COLLECT", 18, ["mid", "high"]),
        ("COLLECT", None, []),
    ],
)
def test_hit_policies(policy: str, x: object, expected: object) -> None:
    decision = table(policy, *OVERLAPPING, ranking=("high", "mid", "low"))
    assert decide(decision, {"x": x}) == expected


def test_unique_names_the_rules_that_hold_together() -> None:
    with pytest.raises(RulesDisagree, match="第 2、3 条规则") as caught:
        decide(table("UNIQUE", *OVERLAPPING), {"x": 18})
    assert caught.value.rules == (2, 3)
    assert "测试" in str(caught.value)


def test_any_wants_equal_results() -> None:
    agreeing = table("ANY", ("< 10", "1"), ("< 20", "1.0"))
    assert decide(agreeing, {"x": 5}) == 1
    with pytest.raises(RulesDisagree) as caught:
        decide(table("ANY", ("< 10", "1"), ("> 90", "1"), ("< 20", "2")), {"x": 5})
    assert caught.value.rules == (1, 3)


@pytest.mark.parametrize(
    ("aggregation", "hit", "none"),
    [("SUM", 7, None), ("MIN", 2, None), ("MAX", 5, None), ("COUNT", 2, 0)],
)
def test_collect_can_aggregate(aggregation: str, hit: object, none: object) -> None:
    rows = (("< 10", "5"), ("< 20", "x - 3"), ("> 100", "9"))
    decision = table("COLLECT", *rows, aggregation=aggregation)
    assert decide(decision, {"x": 5}) == hit
    assert decide(decision, {"x": 50}) == none


def test_a_default_answers_where_no_rule_holds() -> None:
    decision = table("UNIQUE", ("< 10", '"low"'), default='"other " + string(x)')
    assert decide(decision, {"x": 5}) == "low"
    assert decide(decision, {"x": 50}) == "other 50"


def test_a_value_outside_the_allowed_ones_is_an_error() -> None:
    decision = table("UNIQUE", ('"local"', "1"), ("-", "2"), allowed='"local","joint"')
    with pytest.raises(InputNotAllowed, match="甲"):
        decide(decision, {"x": "lokal"})
    assert decide(table("FIRST", ("-", "2"), allowed='"a"'), {"x": None}) == 2


def test_several_inputs_and_outputs() -> None:
    logic = Table(
        HitPolicy.UNIQUE,
        (Input("事项", parse("item")), Input("天数", parse("days"))),
        (Output("key"), Output("level")),
        (
            Rule(
                1, (parse_unary('"a"'), parse_unary("< 5")), (parse('"k"'), parse("days + 1"))
            ),
            Rule(2, (parse_unary('not("a")'), parse_unary("-")), (parse('"o"'), parse("0"))),
        ),
    )
    decision = Decision("d", "多列", "d", logic)
    assert decide(decision, {"item": "a", "days": 3}) == {"key": "k", "level": 4}
    assert decide(decision, {"item": "b", "days": 9}) == {"key": "o", "level": 0}
    assert decide(decision, {"item": "a", "days": 9}) is None


def test_required_decisions_come_first_and_once() -> None:
    base = Decision("base", "基数", "base", parse("x * 2"))
    left = Decision("l", "左", "left", parse("base + 1"), (base,))
    right = Decision("r", "右", "right", parse("base + 2"), (base,))
    top = Decision("t", "顶", "top", parse("left * right"), (left, right))
    given = {"x": 5, "base": "overwritten"}
    assert decide(top, given) == 11 * 12
    assert given == {"x": 5, "base": "overwritten"}


def test_errors_of_a_cell_are_expression_errors() -> None:
    with pytest.raises(ExpressionError, match="太大"):
        decide(table("UNIQUE", ("-", "10 ** x")), {"x": 1e9})
