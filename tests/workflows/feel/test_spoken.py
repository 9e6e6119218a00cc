"""Boxed logic as one line, so that two versions of it can be compared."""

from __future__ import annotations

import pytest

from tests.workflows.decision_drawing import (
    context,
    decision,
    definitions,
    function,
    invocation,
    literal,
    relation,
    table,
)
from workflows.feel.spoken import logic_text
from workflows.sources.decisions import read_decisions

LOOP = (
    f'<for iteratorVariable="i"><in typeRef="list">{literal("xs")}</in>'
    f"<return>{literal('i')}</return></for>"
)
CHOICE = (
    f"<conditional><if>{literal('a')}</if><then>{literal('1')}</then>"
    f"<else>{literal('2')}</else></conditional>"
)
LINES = [
    (literal("1 + 1"), "1 + 1"),
    ("", "null"),
    (context(("a", literal("1")), ("", literal("a"))), "{a: 1, : a}"),
    (invocation("f", n=literal("1")), "f(n: 1)"),
    (f"<list>{literal('1')}{literal('2')}</list>", "[1, 2]"),
    (relation(["a"], ["1"], ["2"]), "[{a: 1}, {a: 2}]"),
    (function(["x"], literal("x")), "function(x) x"),
    (table(["x"], ["r"], ["1", "2"], ["-", "3"]), "UNIQUE (x): 1 | 2; - | 3"),
    (CHOICE, "if a then 1 else 2"),
    (LOOP, "for i in xs : list return i"),
    (f"<filter><in>{literal('xs')}</in><match>{literal('item')}</match></filter>", "xs[item]"),
]


@pytest.mark.parametrize(("logic", "line"), LINES)
def test_every_kind_of_logic_has_a_line(logic: str, line: str) -> None:
    (found,), _ = read_decisions(definitions(decision("d", logic)), "f.dmn")
    assert logic_text(found.logic) == line
