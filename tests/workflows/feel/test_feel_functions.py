"""Functions of one's own, types, and calls that mean nothing (DMN 1.4, 10.3.2.9 and 10.3.2.13)."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import ExpressionError
from workflows.feel import attempt, evaluate, names, parse

CALLED = [
    ("(function(x) x * 2)(4)", 8),
    ("{f: function(a, b) a - b, r: f(1, 2)}.r", -1),
    ("{f: function(a, b) a - b, r: f(b: 1, a: 2)}.r", 1),
    ("{add: function(n) function(m) n + m, r: add(1)(2)}.r", 3),
    ("{fac: function(n) if n < 2 then 1 else n * fac(n - 1), r: fac(10)}.r", 3628800),
    ("for f in [function(x) x + 1, function(x) x * 9] return f(2)", [3, 18]),
    ("[function(x) x][1](7)", 7),
    ("{a: {f: function(x) x}}.a.f(7)", 7),
    ("{abs: function(x) 5, r: abs(-1)}.r", 5),
    ('{date: date("2026-01-01"), r: date("2026-01-02") > date}.r', True),
    ("{twice: function(f, x) f(f(x)), r: twice(function(x) x + 1, 1)}.r", 3),
    ("sort([3, 1, 2], function(x: number, y: number) x > y)", [3, 2, 1]),
    ("{less: function(x, y) x < y, r: sort([3, 1, 2], less)}.r", [1, 2, 3]),
    ("{n: 1, f: function() n, r: f()}.r", 1),
    ("(function(x: list<number>) count(x))(5)", 1),
    ("(function(x: number) x)([5])", 5),
    ('(function(x: date and time) x)(@"2026-01-01") = @"2026-01-01T00:00:00Z"', True),
]


@pytest.mark.parametrize(("text", "expected"), CALLED)
def test_functions_are_values(text: str, expected: Any) -> None:
    assert attempt(text, {}).value == expected


NULL = [
    ("(function(x) x)()", "1 个参数，给了 0 个"),
    ("(function(x) x)(1, 2)", "1 个参数，给了 2 个"),
    ("(function(x) x)(y: 1)", "名称对不上"),
    ('(function(x: number) x)("a")', "不符合类型“number”"),
    ("5(1)", "不是函数"),
    ("nothing(1)", "没有“nothing”这个函数"),
    ("abs()", "不能有 0 个参数"),
    ("abs(wrong: 1)", "没有这样的参数"),
    ('abs("a")', "参数类型不合适"),
    ("x instance of thing", "没有“thing”这种类型"),
    ('@"2026-13-01"', "不是日期"),
    ("{a: 1, a: 2}", "写了两次"),
    ("? + 1", "条件格"),
    ('matches("a", "[")', "正则"),
    ("unheard + 1", "没有“unheard”这个变量"),
]


@pytest.mark.parametrize(("text", "why"), NULL)
def test_what_means_nothing_is_null_and_says_why(text: str, why: str) -> None:
    answer = attempt(text, {})
    assert answer.value is None
    assert any(why in remark for remark in answer.remarks), answer.remarks


TYPED = [
    ("1 instance of number", True),
    ("null instance of number", False),
    ("null instance of Any", False),
    ("null instance of Null", True),
    ("[1, 2] instance of list<number>", True),
    ("[1, null] instance of list<number>", True),
    ("[1, null] instance of list<Any>", True),
    ('[[1], ["a"]] instance of list<list<Any>>', True),
    ("[1..5] instance of range<number>", True),
    ('["a".."b"] instance of range<number>', False),
    ("{a: 1, b: 2} instance of context<a: number>", True),
    ("{} instance of context<a: number>", False),
    ("{a: {b: 1}} instance of context<a: context<b: string>>", False),
    ("(function(a: number) a) instance of function<number> -> Any", True),
    ("(function(a: number) a) instance of function<string> -> Any", False),
    ("(function(a) a) instance of function<string> -> Any", True),
    ("(function() 1) instance of function<> -> Any", True),
    ("(function(a) a) instance of function<> -> Any", False),
    ("(function(a) a) instance of function", True),
    ("abs instance of function", False),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_instance_of(text: str, expected: bool) -> None:
    assert evaluate(text, {}) is expected


def test_a_function_means_nothing_outside() -> None:
    assert evaluate("function(x) x", {}) is None
    assert evaluate("{f: function(x) x, n: 1}", {}) == {"f": None, "n": 1}


def test_what_is_called_is_a_name() -> None:
    assert names("{f: function(x) x + y, r: f(z)}.r") == {"y", "z"}
    with pytest.raises(ExpressionError, match="没有“g”这个函数"):
        parse("g(1)")


@pytest.mark.parametrize(
    "text",
    [
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "{f: function(n) f(n - 1) + f(n - 1), r: f(1)}.r",
        "{f: function(g) g(g), r: f(f)}.r",
        "{f: function(n) for i in 1..9 return f(n + i), r: f(1)}.r",
        "{f: function(x) sort([1, 2], function(a, b) f(a)), r: f(1)}.r",
    ],
)
def test_recursion_has_an_end(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        attempt(text, {})
    assert caught.value.code == "budget"
