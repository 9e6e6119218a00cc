"""FEEL, the expression language of DMN 1.4: parse, check and evaluate (design: FEEL).

Conditions of flows, mappings, parameters of effects and cells of decision tables are
written in it. The interpreter is closed: values in, values out, a fixed table of functions,
no clock, and a limit on everything that costs.
"""

from __future__ import annotations

from workflows.feel.evaluating import (
    Answer,
    Expression,
    UnaryTests,
    attempt,
    evaluate,
    names,
    parse,
    parse_unary,
    test,
)
from workflows.feel.values import Months, Range

__all__ = [
    "Answer",
    "Expression",
    "Months",
    "Range",
    "UnaryTests",
    "attempt",
    "evaluate",
    "names",
    "parse",
    "parse_unary",
    "test",
]
