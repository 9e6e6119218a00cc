"""Unary tests: the conditions in the cells of a decision table (DMN 1.4, chapter 8)."""

from __future__ import annotations

import pytest

from workflows.errors import ExpressionError
from workflows.feel import parse_unary
from workflows.feel import test as holds

CASE = {"limit": 10, "allowed": ["a", "b"], "yes": True, "nobody": None}

CASES = [
    ("-", 1, True),
    ("", None, True),
    (" - ", "x", True),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("<= limit", 10, True),
    ("> limit + 1", 11, False),
    ("= 3", 3, True),
    ("!= 3", 3, False),
    ("< 5", None, False),
    ("< 5", "x", False),
    ("5", 5, True),
    ("-5", -5, True),
    ('"a"', "a", True),
    ('"a","b"', "b", True),
    ('"a", "b"', "c", False),
    ("[1..5)", 5, False),
    ("(1..5]", 5, True),
    ("]1..5[", 3, True),
    ("[1..3], > 7", 8, True),
    ("[1..3], > 7", 5, False),
    ('not("a","b")', "c", True),
    ('not("a","b")', "a", False),
    ("not(< 5)", 7, True),
    ("not([1..3])", 2, False),
    ("not(null)", None, False),
    ("not(? > 3)", 5, False),
    ("null", None, True),
    ("null", 1, False),
    ("true", True, True),
    ("true", False, False),
    ("true", None, False),
    ("true", "x", False),
    ("yes", True, True),
    ("? > 3 and ? < 6", 5, True),
    ("? > 3", None, False),
    ('contains(?, "村")', "南岗村", True),
    ('not(contains(?, "村"))', "南岗镇", True),
    ("some x in ? satisfies x > 2", [1, 3], True),
    ("allowed", "b", True),
    ("allowed", "c", False),
    ("limit > 5", 1, True),
    ("limit > 50", 1, False),
    ("limit > 5", None, True),
    ("nobody", None, True),
    ('@"2026-01-01"', "2026-01-01", False),
    ("count(allowed) = 2", "x", True),
    ("not(yes) or yes", "x", True),
]


@pytest.mark.parametrize(("unary", "value", "expected"), CASES)
def test_a_cell_holds_or_not(unary: str, value: object, expected: bool) -> None:
    assert holds(unary, value, CASE) is expected


def test_names_of_a_cell_do_not_contain_the_input() -> None:
    assert parse_unary('? > limit, not(x = "?")').names == {"limit", "x"}
    assert parse_unary("not(< limit)").names == {"limit"}


@pytest.mark.parametrize(
    ("unary", "column"), [("< ", 2), ('"a",', 5), ("not(< )", 7), ("[1..", 5), ("> 1 2", 5)]
)
def test_a_broken_cell_is_refused_at_its_column(unary: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_unary(unary)
    assert caught.value.column == column
