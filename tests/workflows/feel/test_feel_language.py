"""The language itself: operators, three values, lists, contexts, loops (design: FEEL).

Cases in the manner of DMN's conformance tests: an expression, and the value it must have.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflows.feel import Range, evaluate

CASE = {
    "金额": 1200,
    "outcome": "accept",
    "days": 5,
    "price": 0.1,
    "nobody": None,
    "papers": [
        {"name": "身份证", "copies": 2, "missing": False},
        {"name": "户口本", "copies": 1, "missing": True},
        {"name": "照片", "copies": 4, "missing": True},
    ],
    "applicant": {"name": "张三", "address": {"town": "新安镇"}, "full_age": True},
    "numbers": (3, 1, 2),
}

ARITHMETIC = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 - 2 - 1", 4),
    ("8 / 4 / 2", 1),
    ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
    ("0.1 + 0.2", Decimal("0.3")),
    ("price + 0.2", Decimal("0.3")),
    ("price = 0.1", True),
    ("2 ** 3 ** 2", 64),
    ("-2 ** 2", 4),
    ("2 ** -1", Decimal("0.5")),
    ("--3", 3),
    ("1.5e3 - 5E2", 1000),
    ("金额 * 2", 2400),
    ("1 / 0", None),
    ("0 / 0", None),
    ('1 + "1"', None),
    ('"便" + "民"', "便民"),
    ('"a" - "a"', None),
    ("true + 1", None),
    ("1 + null", None),
    ("unknown + 1", None),
    ('-"a"', None),
    ("[1] + [2]", None),
    ("9007199254740993 + 1", 9007199254740994),
    ("0.0", 0),
    ("1.10", Decimal("1.1")),
]

COMPARING = [
    ('outcome = "accept"', True),
    ('outcome != "accept"', False),
    ("1 = 1.0", True),
    ('1 = "1"', None),
    ('1 != "1"', None),
    ("true = 1", None),
    ("null = null", True),
    ("null != null", False),
    ("1 = null", False),
    ("nobody = null", True),
    ("unknown = null", True),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [2, 1]", False),
    ("[1, 2] = [1]", False),
    ('[1, 2] = [1, "2"]', None),
    ('[1, 2] = [3, "2"]', False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} = {a: 1, b: null}", False),
    ("[1..2] = [1..2]", True),
    ("[1..2] = [1..2)", False),
    ("1 < 2", True),
    ('"a" < "b"', True),
    ("1 < null", None),
    ('1 < "2"', None),
    ("true < false", None),
    ("[1] < [2]", None),
    ("5 between 1 and 10", True),
    ("5 between 6 and 10", False),
    ("5 between null and 10", None),
    ("5 between null and 4", False),
    ("days between 1 and 10 and true", True),
]

LOGIC = [
    ("true and true", True),
    ("true and false", False),
    ("true and null", None),
    ("false and null", False),
    ("null and null", None),
    ("true or null", True),
    ("false or null", None),
    ("false or false", False),
    ('"x" or true', True),
    ('"x" and true', None),
    ("not(true)", False),
    ("not(null)", None),
    ('not("x")', None),
    ("false and unknown.path > 3", False),
    ("true or false and false", True),
    ('if days > 3 then "长" else "短"', "长"),
    ('if null then "yes" else "no"', "no"),
    ('if "text" then "yes" else "no"', "no"),
    ("if false then 1 else if false then 2 else 3", 3),
]

MEMBERSHIP = [
    ("1 in [1, 2, 3]", True),
    ("4 in [1, 2, 3]", False),
    ("3 in [1..5]", True),
    ("1 in (1..5]", False),
    ("5 in [1..5)", False),
    ("1 in ]1..5]", False),
    ("5 in [1..5[", False),
    ("3 in ]1..5[", True),
    ("3 in < 5", True),
    ("5 in <= 4", False),
    ("10 in != 9", True),
    ("10 in = 10", True),
    ("10 in (1, < 5, >= 10)", True),
    ("7 in (1, < 5, >= 10)", False),
    ("7 in ([1..2], [6..8])", True),
    ('"b" in [["f".."h"], ["a".."c"]]', True),
    ("true in [false, 2, 3]", False),
    ("days in numbers", False),
    ("2 in numbers", True),
    ("null in [1, null]", True),
    ("null in [1..3]", None),
    ('"a" in [1..3]', None),
    ('"a" in "a"', True),
    ("[1] in [[1], [2]]", True),
    ("5 in (> 3)", True),
    ("not(5 in (1, 2))", True),
]

LISTS = [
    ("[]", []),
    ("[1, [2, 3]]", [1, [2, 3]]),
    ("[1, 2, 3][1]", 1),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][0]", None),
    ("[1, 2, 3][4]", None),
    ("[1, 2, 3][-4]", None),
    ("[1, 2, 3][1.5]", None),
    ("[1, 2, 3][days - 4]", 1),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][item > 5]", []),
    ("[1, null, 3][item > 1]", [3]),
    ("[][1]", None),
    ("[][true]", []),
    ("null[1]", None),
    ("null[true]", []),
    ("100[1]", 100),
    ("100[item > 5]", [100]),
    ("100[2]", None),
    ("papers[missing].name", ["户口本", "照片"]),
    ("papers[missing = true and copies > 1].name", ["照片"]),
    ("papers[item.copies > 1][1].name", "身份证"),
    ("papers.copies", [2, 1, 4]),
    ("count(papers[missing])", 2),
    ("papers[-1].name", "照片"),
    ("[{item: 5}, {item: 1}][item > 2]", [{"item": 5}]),
    ("[[1, 2], [3]][item[1] > 1]", [[3]]),
]

CONTEXTS = [
    ("{}", {}),
    ("{a: 1, b: a + 1}.b", 2),
    ('{"full name": 1, 中文: 2}', {"full name": 1, "中文": 2}),
    ("{time limit: 3}", {"time limit": 3}),
    ("applicant.address.town", "新安镇"),
    ("applicant.address.village", None),
    ("applicant.nothing.deeper", None),
    ("{a: {b: [1, 2]}}.a.b[2]", 2),
    ("{a: 1}.b", None),
    ("1 .a", None),
    ("[1..3).start", 1),
    ("[1..3).end included", False),
]

LOOPS = [
    ("for x in [1, 2] return x * 2", [2, 4]),
    ("for x in 1..3 return x", [1, 2, 3]),
    ("for x in 3..1 return x", [3, 2, 1]),
    ("for x in [1..3) return x", [1, 2]),
    ("for x in 1..2, y in [x, 10] return x * y", [1, 10, 4, 20]),
    ("for x in null return x", None),
    ("for x in 5 return x", [5]),
    ("for x in [] return x", []),
    (
        "for n in 0..5 return if n < 2 then 1 else partial[-1] + partial[-2]",
        [1, 1, 2, 3, 5, 8],
    ),
    ("some x in [1, 2] satisfies x > 1", True),
    ("some x in [1, 2] satisfies x > 5", False),
    ("some x in [1, null] satisfies x > 5", None),
    ("some x in [9, null] satisfies x > 5", True),
    ("every x in [1, 2] satisfies x > 0", True),
    ("every x in [1, 2] satisfies x > 1", False),
    ("every x in [1, null] satisfies x > 0", None),
    ("every x in [] satisfies false", True),
    ("some x in [] satisfies true", False),
    ("some x in null satisfies true", None),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
    ("every p in papers satisfies p.copies > 0 and p.name != null", True),
    ("days > 3 and some p in papers satisfies p.missing", True),
    ("(for x in 1..3 return x)[2]", 2),
]

TYPES = [
    ("1 instance of number", True),
    ('"1" instance of number', False),
    ("null instance of number", False),
    ("null instance of Any", False),
    ("null instance of Null", True),
    ("1 instance of Any", True),
    ("true instance of boolean", True),
    ("[1, 2] instance of list<number>", True),
    ('[1, "2"] instance of list<number>', False),
    ("[[1]] instance of list<list<number>>", True),
    ("{a: 1} instance of context<a: number>", True),
    ("{a: 1} instance of context<b: number>", False),
    ("{a: 1} instance of context", True),
    ("[1..2] instance of range<number>", True),
    ('["a".."b"] instance of range<number>', False),
    ('@"2026-01-01" instance of date', True),
    ('@"2026-01-01" instance of date and time', False),
    ('@"2026-01-01T00:00:00" instance of date and time', True),
    ('@"P1D" instance of days and time duration', True),
    ('@"P1M" instance of years and months duration', True),
    ("1 instance of number and true", True),
]

STRINGS = [
    (r'"a\"b\\c\n"', 'a"b\\c\n'),
    (r'"\u4e2d\U01F400"', "中🐀"),
    (r'"\ud83d\udc00"', "🐀"),
    (r'"\d"', "\\d"),
    ('"一" // 注', "一"),
    ("1 /* 注 */ + /* 释 */ 1", 2),
    ("1\u3000+\n 1", 2),
]

ALL = [
    *ARITHMETIC,
    *COMPARING,
    *LOGIC,
    *MEMBERSHIP,
    *LISTS,
    *CONTEXTS,
    *LOOPS,
    *TYPES,
    *STRINGS,
]


@pytest.mark.parametrize(("expression", "value"), ALL)
def test_an_expression_has_its_value(expression: str, value: object) -> None:
    found = evaluate(expression, CASE)
    assert found == value
    assert type(found) is type(value)


def test_a_range_is_a_value_of_its_own() -> None:
    assert evaluate("[1..5)", {}) == Range(1, 5, True, False)
    assert evaluate("(< 5)", {}) == Range(None, 5, False, False)
    assert evaluate("[1..null]", {}) is None


def test_results_are_fresh_and_plain() -> None:
    case = {"list": [Decimal("1.0"), {"a": (1, 2)}]}
    found = evaluate("list", case)
    assert found == [1, {"a": [1, 2]}]
    assert type(found[0]) is int
    found[1]["a"].append(3)
    assert case["list"][1] == {"a": (1, 2)}


def test_whole_numbers_come_out_as_int_and_others_as_decimal() -> None:
    assert type(evaluate("1.5 + 1.5", {})) is int
    assert type(evaluate("3 / 2", {})) is Decimal
    assert str(evaluate("0 * -1", {})) == "0"
