"""What a FEEL condition costs: compiled once, evaluated often, against Python's own operators.

Prints one JSON object a line: microseconds of a typical condition of a flow, its ratio to the
same condition written in Python over the same dict, and microseconds of a decision by a table
of twenty rules. Lower is better.

    python benchmarks/feel.py
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from timeit import repeat
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from workflows.feel import evaluate, parse, parse_unary
from workflows.feel.decisions import Decision, decide
from workflows.feel.tables import HitPolicy, Input, Output, Rule, Table

TURNS, TIMES = 9, 5_000
TARGET = 30  # microseconds, on an idle machine
CASE: Mapping[str, Any] = {
    "outcome": "accept",
    "金额": 1200,
    "limit": 5000,
    "days": 3,
    "handling": "promised",
    "applicant": {"town": "新安镇", "age": 40},
    "urgent": False,
}
CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    'outcome = "accept"': lambda v: v["outcome"] == "accept",
    'outcome = "accept" and 金额 > limit': (
        lambda v: v["outcome"] == "accept" and v["金额"] > v["limit"]
    ),
    'days <= 5 and handling in ("immediate", "promised") or urgent': (
        lambda v: (v["days"] <= 5 and v["handling"] in ("immediate", "promised")) or v["urgent"]
    ),
    "if applicant.age >= 60 then 金额 * 0.9 else 金额": (
        lambda v: v["金额"] * 0.9 if v["applicant"]["age"] >= 60 else v["金额"]
    ),
}


def _microseconds(call: Callable[[], object]) -> float:
    return median(repeat(call, number=TIMES, repeat=TURNS)) / TIMES * 1e6


def _report(what: str, **figures: object) -> None:
    sys.stdout.write(json.dumps({"what": what, **figures}, ensure_ascii=False) + "\n")


def conditions() -> None:
    """Each condition, and all of them together."""
    ours, bare = [], []
    for text, python in CONDITIONS.items():
        compiled = parse(text)
        ours.append(_microseconds(lambda compiled=compiled: evaluate(compiled, CASE)))
        bare.append(_microseconds(lambda python=python: python(CASE)))
        _report(text, microseconds=round(ours[-1], 2), ratio=round(ours[-1] / bare[-1], 1))
    _report(
        "a typical condition, evaluated",
        microseconds=round(median(ours), 2),
        target=TARGET,
        ratio=round(sum(ours) / sum(bare), 1),
    )


def table() -> None:
    """Twenty rules over three inputs; the last one holds."""
    cells = ('"promised"', "> 5", "[0..1000]")
    rules = [
        Rule(number, tuple(map(parse_unary, cells)), (parse(str(number)),))
        for number in range(1, 20)
    ]
    rules.append(Rule(20, (parse_unary("-"),) * 3, (parse("20"),)))
    inputs = tuple(Input(name, parse(name)) for name in ("handling", "days", "金额"))
    logic = Table(HitPolicy.FIRST, inputs, (Output("r"),), tuple(rules))
    decision = Decision("d", "d", "d", logic)
    took = median(repeat(lambda: decide(decision, CASE), number=500, repeat=TURNS)) / 500 * 1e6
    _report("a table of twenty rules, decided", microseconds=round(took, 1))


if __name__ == "__main__":
    conditions()
    table()
