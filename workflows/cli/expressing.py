"""`feel`: try out an expression; and what `decide` and `try` share with it.

Reads no diagram and imports nothing that does: an expression is answered at once.

With `--json` there is always one object. `result` is the value: numbers as exact numbers,
dates, times and durations as ISO 8601 text, functions as null. `findings` tells what the file
or the expression has wrong and why something is null. `error` stands instead of the result
only where there is no answer: text that cannot be read, a limit passed, a decision that does
not exist or cannot be used; and beside a result of null where the rules of a table disagree.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

from workflows import feel
from workflows.cli.jsons import write_json
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.tables import RulesDisagree
from workflows.findings import Finding


def feel_text(expression: str, context: str, *, as_json: bool) -> int:
    """Evaluate an expression over variables given as JSON, and print the value."""
    variables = read_values(context)
    try:
        answer = feel.attempt(expression, variables)
    except ExpressionError as wrong:
        return failed(wrong, as_json)
    return succeeded(answer, (), as_json)


def read_values(text: str) -> dict[str, Any]:
    """A JSON object of variables; numbers stay exact. Raises `Unreadable`."""
    try:
        values = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("变量不是合格的 JSON，例如 '{\"天数\": 3}'") from wrong
    if not isinstance(values, dict):
        raise Unreadable("变量应是一个 JSON 对象，例如 '{\"天数\": 3}'")
    return values


def succeeded(answer: feel.Answer, findings: tuple[Finding, ...], as_json: bool) -> int:
    """Print an answer and what is said of it; the exit status."""
    if as_json:
        said: dict[str, Any] = {"result": answer.value}
        if findings or answer.remarks:
            said["findings"] = [*map(_said, findings), *map(_remarked, answer.remarks)]
        sys.stdout.write(write_json(said) + "\n")
        return 0
    for line in (*findings, *answer.remarks):
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(write_json(answer.value) + "\n")
    return 0


def _said(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "line": finding.line,
        "element": finding.element,
        "sentence": finding.sentence,
    }


def _remarked(sentence: str) -> dict[str, Any]:
    return {"severity": "note", "code": "null", "sentence": sentence}


def failed(wrong: ExpressionError, as_json: bool, findings: tuple[Finding, ...] = ()) -> int:
    """Print why there is no answer; the exit status."""
    if as_json:
        error = {"code": wrong.code, "sentence": wrong.sentence, "column": wrong.column}
        said: dict[str, Any] = {"error": error}
        if isinstance(wrong, RulesDisagree):
            said = {"result": None, **said}
        if findings:
            said["findings"] = [*map(_said, findings)]
        sys.stdout.write(write_json(said) + "\n")
        return 1
    for finding in findings:
        sys.stderr.write(f"{finding}\n")
    sys.stderr.write(f"{wrong.sentence}\n")
    return 1
