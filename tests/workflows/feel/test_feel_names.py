"""Names with blanks and signs, in all scripts (DMN 1.4, 10.3.1.2 and 10.3.1.4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import ExpressionError
from workflows.feel import attempt
from workflows.feel.evaluating import read_expression
from workflows.feel.spelling import wide_names

CASE: dict[str, Any] = {
    "Full Name": "John",
    "a": 10,
    "b": 3,
    "a - b": 99,
    "c": 1,
    "b - c": 7,
    "Applicant Data": {"Monthly Income": 5, "pre-bureau risk": "LOW"},
    "Loans": [{"amount due": 3, "who's": "x"}, {"amount due": 7, "who's": "y"}],
    "date of birth": "d",
    "in stock": 4,
    "true north": 1,
    "申请人 姓名": "张三",
    "x/y": 2,
}
SPOKEN = [
    ('"Hello " + Full Name', "Hello John"),
    ("Full   Name", "John"),
    ("Full\nName", "John"),
    ("a - b", 99),
    ("a-b", 99),
    ("b - a", -7),
    ("a - b - c", 98),
    ("b - c - a - b", -92),
    ("a -b + a", 109),
    ("(a) - b", 7),
    ("Applicant Data.Monthly Income * 2", 10),
    ('Applicant Data.pre-bureau risk = "LOW"', True),
    ("Loans[amount due > 5].who's", ["y"]),
    ("sum(Loans.amount due)", 10),
    ("date of birth", "d"),
    ("in stock + true north", 5),
    ("申请人 姓名", "张三"),
    ("x/y + x / y", 4),
    ("Full Name // Full Name", "John"),
    ('"Full Name" + Full Name', "Full NameJohn"),
    ("{first name: 1, r: first name + 1}.r", 2),
    ("{first name: 1}.first name", 1),
    ('{"first name": 1}.first name', 1),
    ("{foo+bar: 3, r: foo + bar * 2}.r", 6),
    ("for loan item in Loans return loan item.amount due", [3, 7]),
    ("some one loan in Loans satisfies one loan.amount due > 5", True),
    ("(function(first one, second one) first one - second one)(5, 3)", 2),
    (
        "{add up: function(left side: number, r) left side + r, s: add up(left side: 1, r: 2)}.s",
        3,
    ),
    ("Applicant Data instance of context<Monthly Income: number>", True),
    ("{🐎: 1, ñandú: 2, Ωmega: 3, r: 🐎 + ñandú + Ωmega}.r", 6),
]


@pytest.mark.parametrize(("text", "expected"), SPOKEN)
def test_wide_names_are_read(text: str, expected: Any) -> None:
    answer = attempt(text, CASE)
    assert (answer.value, answer.remarks) == (expected, ())


def test_an_unknown_wide_name_is_no_feel() -> None:
    with pytest.raises(ExpressionError) as caught:
        attempt("1 + Full Name", {})
    assert caught.value.column == 10


def test_columns_stay_where_they_are() -> None:
    with pytest.raises(ExpressionError) as caught:
        attempt("Full Name + Full Name +", CASE)
    assert caught.value.column == 24
    answer = attempt("Full Name + nothing(1)", CASE)
    assert answer.remarks[0].startswith("第 13 列")


WORD = st.from_regex(r"[a-z]{1,3}x[0-9]?", fullmatch=True)
NAME = st.builds(
    lambda words, signs: (
        words[0] + "".join(s + w for s, w in zip(signs, words[1:], strict=False))
    ),
    st.lists(WORD, min_size=2, max_size=4),
    st.lists(
        st.sampled_from([" ", "-", "+", "/", "*", ".", "'", "  "]), min_size=4, max_size=4
    ),
)


@given(NAME, st.integers(-(10**30), 10**30))
def test_any_known_name_gives_its_value(name: str, value: int) -> None:
    key = " ".join(name.split())
    assert attempt(name, {key: value}).value == value
    assert attempt(f"[ {name} ]", {key: value}).value == [value]
    assert attempt(f"{{c: {name}}}.c", {key: value}).value == value


@given(st.text(alphabet='ab -+*/.(){}[]:,"@in', max_size=40))
def test_no_text_does_more_than_refuse(text: str) -> None:
    known = wide_names({"a b": 1, "b-a": 2, "a": 3})
    try:
        read_expression(text, known)
    except ExpressionError as wrong:
        if wrong.column is None:
            raise
