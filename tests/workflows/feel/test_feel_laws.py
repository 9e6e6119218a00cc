"""Laws that hold for all values: arithmetic, logic, order, time, and safety (design: FEEL)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.errors import ExpressionError
from workflows.feel import Months, evaluate, parse, parse_unary
from workflows.feel import test as holds
from workflows.feel.functions import FUNCTIONS
from workflows.feel.values import NUMBERS

quick = settings(max_examples=60, deadline=None)

numbers = st.integers(-(10**12), 10**12) | st.decimals(
    -(10**9), 10**9, places=4, allow_nan=False
)
ternaries = st.sampled_from([True, False, None])
zones = st.none() | st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
dates = st.dates()
moments = st.datetimes(timezones=zones)
clocks = st.times(timezones=zones)
durations = st.timedeltas(timedelta(days=-400_000), timedelta(days=400_000))
months = st.integers(-2400, 2400).map(Months)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.one_of(
    st.none(), st.booleans(), numbers, texts, dates, moments, clocks, durations, months
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def both(text: str, left: Any, right: Any) -> Any:
    return evaluate(text, {"a": left, "b": right})


@quick
@given(numbers, numbers)
def test_arithmetic_agrees_with_decimal(left: Any, right: Any) -> None:
    one, two = NUMBERS.create_decimal(left), NUMBERS.create_decimal(right)
    assert both("a + b", left, right) == NUMBERS.add(one, two)
    assert both("a - b", left, right) == NUMBERS.subtract(one, two)
    assert both("a * b", left, right) == NUMBERS.multiply(one, two)
    expected = NUMBERS.divide(one, two) if two else None
    assert both("a / b", left, right) == expected
    assert both("a < b", left, right) is (one < two)
    assert both("-(a - b) = b - a", left, right) is True


@quick
@given(numbers, st.integers(-1000, 1000).filter(bool))
def test_modulo_lies_between_zero_and_the_divisor(dividend: Any, divisor: int) -> None:
    rest = both("modulo(a, b)", dividend, divisor)
    assert rest == 0 or (rest > 0) is (divisor > 0)
    assert abs(rest) < abs(divisor)
    assert (Decimal(dividend) - Decimal(rest)) % divisor == 0


@quick
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_a_float_is_read_by_its_shortest_text(value: float) -> None:
    assert Decimal(evaluate("a", {"a": value})) == Decimal(repr(value))


@given(ternaries, ternaries, ternaries)
@settings(max_examples=40, deadline=None)
def test_logic_of_three_values(a: Any, b: Any, c: Any) -> None:
    case = {"a": a, "b": b, "c": c}
    for left, right in [
        ("a and b", "b and a"),
        ("a or b", "b or a"),
        ("(a and b) and c", "a and (b and c)"),
        ("(a or b) or c", "a or (b or c)"),
        ("a and (b or c)", "(a and b) or (a and c)"),
        ("a or (b and c)", "(a or b) and (a or c)"),
        ("not(a and b)", "not(a) or not(b)"),
        ("not(a or b)", "not(a) and not(b)"),
        ("not(not(a))", "a"),
        ("a and true", "a"),
        ("a or false", "a"),
        ("all([a, b])", "a and b"),
        ("any([a, b])", "a or b"),
        ("every x in [a, b, c] satisfies x", "a and b and c"),
        ("some x in [a, b, c] satisfies x", "a or b or c"),
    ]:
        assert evaluate(left, case) is evaluate(right, case), (left, right)
    assert evaluate("a and false", case) is False
    assert evaluate("a or true", case) is True


@quick
@given(values, values)
def test_equality_is_symmetric_and_reflexive(left: Any, right: Any) -> None:
    assert both("a = b", left, right) is both("b = a", left, right)
    assert both("a = b", left, left) is True
    assert both("a != b", left, right) is both("not(a = b)", left, right)


@quick
@given(scalars, scalars)
def test_order_is_total_or_unknown(left: Any, right: Any) -> None:
    less, more = both("a < b", left, right), both("a > b", left, right)
    same = both("a = b", left, right)
    assert (less is None) is (more is None)
    if less is not None:
        assert [less, more, same].count(True) == 1
        assert both("a <= b", left, right) is not more


@quick
@given(numbers, numbers, numbers, st.sampled_from("[("), st.sampled_from("])"))
def test_in_a_range_is_two_comparisons(x: Any, a: Any, b: Any, opens: str, ends: str) -> None:
    case = {"x": x, "a": a, "b": b}
    low, high = (">=" if opens == "[" else ">"), ("<=" if ends == "]" else "<")
    inside = evaluate(f"x in {opens}a..b{ends}", case)
    assert inside is evaluate(f"x {low} a and x {high} b", case)
    assert inside is holds(f"{opens}a..b{ends}", x, case)
    assert inside is evaluate(f"includes({opens}a..b{ends}, x)", case)


@quick
@given(values, st.lists(values, max_size=4))
def test_in_a_list_is_being_contained(value: Any, items: list[Any]) -> None:
    case = {"x": value, "l": items}
    inside = evaluate("x in l", case)
    contained = evaluate("list contains(l, x)", case)
    assert inside is contained or isinstance(value, list)
    assert holds("l", value, case) is inside
    assert holds("not(l)", value, case) is not inside


@quick
@given(moments | clocks.filter(lambda c: c.tzinfo is None), durations)
def test_adding_a_duration_and_taking_it_away_changes_nothing(at: Any, by: timedelta) -> None:
    case = {"at": at, "by": by}
    if evaluate("at + by", case) is not None:
        assert evaluate("(at + by) - by = at", case) is True
        assert evaluate("at + by = by + at", case) is True
    if not isinstance(at, time) and evaluate("at + by", case) is not None:
        assert evaluate("(at + by) - at = by", case) is True


@quick
@given(dates, st.integers(-100_000, 100_000))
def test_days_between_dates(day: date, days: int) -> None:
    case = {"day": day, "by": timedelta(days=days)}
    if evaluate("day + by", case) is not None:
        assert evaluate("(day + by) - by = day", case) is True
        assert evaluate("(day + by) - day = by", case) is True


@quick
@given(dates, st.integers(-600, 600).map(Months))
def test_adding_months_keeps_the_day_where_it_can(day: date, by: Months) -> None:
    moved = evaluate("day + by", {"day": day, "by": by})
    if moved is None:
        assert not 1 <= day.year + by.count / 12 < 9999
        return
    assert (moved.year - day.year) * 12 + moved.month - day.month == by.count
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)


@quick
@given(scalars.filter(lambda v: v is not None))
def test_what_string_writes_can_be_read_again(value: Any) -> None:
    text = evaluate("string(v)", {"v": value})
    match value:
        case bool() | str():
            return
        case int() | Decimal():
            again = "number(t, null, null) = v"
        case datetime():
            again = "date and time(t) = v"
        case date():
            again = "date(t) = v"
        case time():
            again = "time(t) = v"
        case _:
            again = "duration(t) = v"
    assert evaluate(again, {"t": text, "v": value}) is True


@quick
@given(st.lists(numbers, max_size=8))
def test_sorting_and_choosing_agree(items: list[Any]) -> None:
    case = {"l": items}
    ranked = evaluate("sort(l, function(a, b) a < b)", case)
    assert ranked == sorted(items)
    assert evaluate("min(l)", case) == (ranked[0] if items else None)
    assert evaluate("max(l)", case) == (ranked[-1] if items else None)
    assert evaluate("reverse(reverse(l)) = l", case) is True
    assert evaluate("count(distinct values(l))", case) == len(set(items))


# ---- nothing but ExpressionError --------------------------------------------------------

WORDS = st.sampled_from(
    """if then else for in return some every satisfies and or not between instance of function
    true false null ? a 金额 item partial 1 2.5 1e9 "x" @"P1D" ( ) [ ] { } , : . .. + - * / **
    = != < <= > >= date and time ( string length ( sort ( number list < context < // /* : ,
    """.split()  # noqa: SIM905 - a list would be a page
)


def survives(text: str, case: dict[str, Any]) -> None:
    """Parse and evaluate, as an expression and as a cell; each error names a column."""
    for attempt in (
        lambda: parse(text),
        lambda: parse_unary(text),
        lambda: evaluate(text, case),
        lambda: holds(text, case.get("a"), case),
    ):
        wrong = failure(attempt)
        assert wrong is None or 1 <= (wrong.column or 0) <= len(text) + 2


def failure(attempt: Callable[[], object]) -> ExpressionError | None:
    try:
        attempt()
    except ExpressionError as wrong:
        return wrong
    return None


SIGNS = ["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"]
operands = st.sampled_from(["a", "b", "1", '"x"', "null", "[a, b]", "{k: a}", "[a..b]", "a.k"])
formulas = st.recursive(
    operands,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}[{p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"(for x in {p[0]} return [x, {p[1]}])"),
        st.tuples(inner, inner, inner).map(lambda p: f"(if {p[0]} then {p[1]} else {p[2]})"),
        st.tuples(
            st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, min_size=1, max_size=4)
        ).map(lambda p: f"{p[0]}({', '.join(p[1])})"),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(formulas, values, values)
def test_evaluation_ends_in_a_value_or_an_expression_error(
    text: str, left: Any, right: Any
) -> None:
    survives(text, {"a": left, "b": right})


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(values, min_size=1, max_size=4))
def test_no_argument_breaks_a_function(name: str, arguments: list[Any]) -> None:
    case = {f"v{place}": value for place, value in enumerate(arguments)}
    survives(f"{name}({', '.join(case)})", case)


# ---- patterns against Python's own matcher ----------------------------------------------

atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "1", "(?:ab)", "(a|b1)", "(b)"])
pieces = st.tuples(
    atoms, st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??"])
).map("".join)
patterns = st.lists(pieces, min_size=1, max_size=4).map("".join)
anchored = st.tuples(st.sampled_from(["", "^"]), patterns, st.sampled_from(["", "$"]))


@settings(max_examples=150, deadline=None)
@given(anchored.map("".join), st.text("ab1", max_size=8))
def test_patterns_match_as_pythons_do(pattern: str, text: str) -> None:
    ours = re.compile(pattern)
    case = {"t": text, "p": pattern}
    assert evaluate("matches(t, p)", case) is (ours.search(text) is not None)
    replaced = evaluate('replace(t, p, "<$0>")', case)
    if ours.search("") is None and all(found.group() for found in ours.finditer(text)):
        # Python's ^ holds only at the start of the text; ours is asked at each place anew.
        if not pattern.startswith("^"):
            assert replaced == ours.sub(lambda found: f"<{found.group()}>", text)
        assert evaluate("split(t, p)", case) is not None
