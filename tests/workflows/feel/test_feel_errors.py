"""What is refused, where, and in which words; what a hostile author can reach: nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from workflows.errors import ExpressionError
from workflows.feel import evaluate, names, parse, parse_unary
from workflows.feel.limits import MAX_DEPTH, MAX_SOURCE

REFUSED = [
    ("", 1, "空的"),
    ("   ", 1, "空的"),
    ("1 +", 4, "没有写完"),
    ("if a then b", 12, "没有写完"),
    ("(1", 3, "没有写完"),
    ("1 2", 3, "2"),
    ("a = “通过”", 5, "中文标点"),
    ("max（1，2）", 4, "中文标点"),
    ("a ≥ 1", 3, ">="),
    ("a == 1", 4, "写 ="),
    ("a && b", 3, "and"),
    ("a || b", 3, "or"),
    ("!a", 1, "not"),
    ("a = 'x'", 5, "双引号"),
    ("${a}", 1, "变量直接写名称"),
    ("a % 2", 3, "modulo"),
    ('a = "通过', 5, "引号"),
    ("a; b", 2, "一个表达式"),
    ("1 + now()", 5, "当前时间"),
    ("today()", 1, "当前日期"),
    ("nothing(1)", 1, "没有“nothing”"),
    ("string_length(a)", 1, "string length"),
    ("1 + substring(a)", 5, "1 个参数"),
    ("substring(text: a)", 1, "没有这样的参数"),
    ('function(x) external {java: {class: "a"}}', 1, "外部函数"),
    ("function(x, x) x", 1, "重复"),
    ("? > 1", 1, "条件格"),
    ('@"2026-02-30"', 1, "不是日期"),
    ("{a: 1, a: 2}", 8, "写了两次"),
    ("(1, 2)", 5, "in 后面"),
    ("a instance of thing", 15, "类型"),
    ('matches(a, "[")', 12, "正则"),
    (r'matches(a, "(.)\1")', 12, "反向引用"),
    ("1e9999", 1, "太大"),
    ("ａ = 1", 1, "ａ"),
    ("a.b.", 5, "没有写完"),
    ('"\\ud800"', 1, "不完整"),
    ("\ud800", 1, "不完整"),
]


@pytest.mark.parametrize(("text", "column", "words"), REFUSED)
def test_a_wrong_expression_is_refused_at_its_column(
    text: str, column: int, words: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert words in caught.value.sentence
    assert f"第 {column} 列" in str(caught.value)
    assert caught.value.expression == text


@pytest.mark.parametrize(
    "text",
    [
        '__import__("os")',
        'open("/etc/passwd")',
        'eval("1")',
        "getattr(a, b)",
        "lambda: 1",
        "[x for x in y]",
        "a := 1",
        "import os",
    ],
)
def test_python_is_not_spoken_here(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a.__class__",
        "a.__class__.__mro__",
        "a.__class__()",
        "a.__class__.__mro__[1].__subclasses__()",
        '"x".format',
        '"x".upper',
        "[1].append",
        "[].__len__",
        'get value({}, "__class__")',
        '@"2026-01-01".today',
        '@"2026-01-01T00:00:00Z".tzinfo',
        "{a: 1}.keys",
        "{a: 1}.items",
        "[1..2].low",
    ],
)
def test_attributes_of_python_objects_do_not_exist(text: str) -> None:
    found = evaluate(text, {"a": "x"})
    assert found is None or set(found) <= {None}


class Host:
    """An object that must stay out of reach."""

    secret = "s"


@pytest.mark.parametrize("value", [Host(), Host, len, b"x", {1, 2}, [Host()], {"k": Host()}])
def test_host_objects_are_no_variables(value: object) -> None:
    with pytest.raises(ExpressionError, match="不能使用"):
        evaluate("a", {"a": value})
    assert evaluate("1", {"a": value}) == 1


def test_odd_numbers_of_the_caller() -> None:
    assert evaluate("a", {"a": float("nan")}) is None
    assert evaluate("a", {"a": float("inf")}) is None
    assert evaluate("a + 1", {"a": 10**40}) == Decimal(10**40)
    with pytest.raises(ExpressionError, match="过大"):
        evaluate("a", {"a": 10**7000})


COSTLY = [
    "10 ** 1e9",
    "9 ** 9 ** 9 ** 9 ** 9",
    "exp(1e30)",
    "1e6144 * 10",
    "for i in 1..1e9 return i",
    "for i in 1..1e30 return i",
    "for a in 1..9999, b in 1..9999 return 1",
    "some a in 1..9999, b in 1..9999 satisfies false",
    "every a in 1..9999, b in 1..9999 satisfies true",
    "count((for y in 1..9999 return y)[count(for x in 1..9999 return x) = 1])",
    "for i in 1..9999 return partial",
    "for i in 1..9999 return [partial[-1]]",
    'for i in 1..9999 return string join(for j in 1..99 return "abcdefghijk")',
    "distinct values(for i in 1..9999 return i)",
    "sort(for i in 1..9999 return modulo(i * 7919, 9999), function(a, b) a + 0 < b + 0)",
    "{a: for i in 1..99 return i, b: for i in 1..99 return a, c: for i in 1..99 return b}",
    "{a: for i in 1..99 return i, b: for i in 1..99 return a, c: flatten([b, b, b, b, b])}",
    'matches(string join(for i in 1..9999 return "a"), "(a?){80}b")',
    'matches("x", "((((x{99}){99}){99}){99})")',
    "for i in 1..9999 return substring(long, 2)",
    "for i in 1..9999 return long",
]


@pytest.mark.parametrize("text", COSTLY)
def test_what_costs_too_much_is_stopped_quickly(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"long": "长" * 19_000})
    assert time.perf_counter() - started < 3
    assert caught.value.column is not None
    assert "第" in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("^(a+)+$", False), ("^(a|a)*$", False), ("(a*)*b", False), ("(.*)*x$", False)],
)
def test_a_pattern_bomb_only_fizzles(pattern: str, expected: bool) -> None:
    assert evaluate(f'matches(t, "{pattern}")', {"t": "a" * 300 + "!"}) is expected


def test_depth_and_length_have_limits() -> None:
    deep = MAX_DEPTH - 1
    assert evaluate("[" * deep + "]" * deep, {})
    for opening, closing in ("()", "[]"):
        with pytest.raises(ExpressionError, match="嵌套"):
            parse(opening * MAX_DEPTH + "1" + closing * MAX_DEPTH)
    with pytest.raises(ExpressionError, match="嵌套"):
        parse("-" * (MAX_DEPTH + 2) + "1")
    with pytest.raises(ExpressionError, match="字符"):
        parse("1" * (MAX_SOURCE + 1))
    assert evaluate("+".join(["1"] * 1900), {}) == 1900


def test_deep_values_are_refused() -> None:
    value: list[object] = []
    for _ in range(5_000):
        value = [value]
    with pytest.raises(ExpressionError, match="嵌套"):
        evaluate("a", {"a": value})


def test_no_clock_is_read() -> None:
    for text in ("now()", "today()", "date(now())", "{a: today()}.a"):
        with pytest.raises(ExpressionError, match="不能读取当前"):
            parse(text)
    at = datetime(2026, 3, 9, tzinfo=UTC)
    assert evaluate('at + @"P1D"', {"at": at}) == datetime(2026, 3, 10, tzinfo=UTC)


def test_an_error_while_evaluating_has_its_column() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate("1 + 10 ** big", {"big": 10_000})
    assert caught.value.column == 11
    assert caught.value.expression == "1 + 10 ** big"


NAMES = [
    ('outcome = "accept" and 金额 > limit', {"outcome", "金额", "limit"}),
    ("applicant.name", {"applicant"}),
    ("for x in xs, y in x.ys return x + y + z", {"xs", "z"}),
    ("for x in xs return partial[1]", {"xs"}),
    ("some p in papers satisfies p.missing = flag", {"papers", "flag"}),
    ("{a: b, c: a + d}.c", {"b", "d"}),
    ("sort(xs, function(a, b) a < b + c)", {"xs", "c"}),
    ("papers[missing = flag and item.x > 1]", {"papers"}),
    ('date and time("2026-01-01") < at', {"at"}),
    ("x in [low..high]", {"x", "low", "high"}),
    ("substring(string: s, start position: n)", {"s", "n"}),
    ("true and null = 1", set()),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_free_names(text: str, expected: set[str]) -> None:
    assert names(text) == expected


def test_names_inside_filters_are_told_apart() -> None:
    assert parse("papers[missing = flag and item.x > 1]").filter_names == {"missing", "flag"}
    assert parse_unary("count(papers[missing]) > n").filter_names == {"missing"}
