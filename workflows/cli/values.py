"""`decide` and `feel`: try out a decision table or an expression."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflows import feel
from workflows.cli.files import read_bytes
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.decisions import Decision, decide
from workflows.findings import has_errors
from workflows.sources.decisions import read_decisions


def feel_text(expression: str, context: str, *, as_json: bool) -> int:
    """Evaluate an expression over variables given as JSON, and print the value."""
    variables = read_values(context)
    try:
        value = feel.evaluate(expression, variables)
    except ExpressionError as wrong:
        return _failed(wrong, as_json)
    return _succeeded(value, as_json)


def decide_file(file: str, name: str | None, given: str, *, as_json: bool) -> int:
    """Decide one decision of a DMN file for inputs given as JSON, and print the answer."""
    decisions, findings = read_decisions(read_bytes(Path(file)), file)
    decision = _choose(decisions, name)
    if decision is None:
        for finding in findings:
            sys.stderr.write(f"{finding}\n")
        names = "、".join(d.name or d.id for d in decisions)
        said = f"决策“{name}”不存在" if name else "请用 --decision 指明哪一个决策"
        return _failed(ExpressionError(f"{said}（可用：{names or '无'}）"), as_json)
    if has_errors(findings) and not as_json:
        for finding in findings:
            sys.stderr.write(f"{finding}\n")
    try:
        value = decide(decision, read_values(given))
    except ExpressionError as wrong:
        return _failed(wrong, as_json)
    return _succeeded(value, as_json)


def read_values(text: str) -> dict[str, Any]:
    """A JSON object of variables; numbers stay exact. Raises `Unreadable`."""
    try:
        values = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("变量不是合格的 JSON，例如 '{\"天数\": 3}'") from wrong
    if not isinstance(values, dict):
        raise Unreadable("变量应是一个 JSON 对象，例如 '{\"天数\": 3}'")
    return values


def plain(value: Any) -> Any:
    """A value of FEEL as JSON: exact numbers as numbers, dates and durations as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)


def _choose(decisions: tuple[Decision, ...], name: str | None) -> Decision | None:
    if name is None:
        return decisions[0] if len(decisions) == 1 else None
    return next((d for d in decisions if name in {d.id, d.name}), None)


def _succeeded(value: Any, as_json: bool) -> int:
    said = plain(value)
    out = {"result": said} if as_json else said
    sys.stdout.write(json.dumps(out, ensure_ascii=False) + "\n")
    return 0


def _failed(wrong: ExpressionError, as_json: bool) -> int:
    if as_json:
        error = {
            "code": type(wrong).__name__,
            "sentence": wrong.sentence,
            "column": wrong.column,
        }
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
    else:
        place = f"第 {wrong.column} 列：" if wrong.column else ""
        sys.stderr.write(f"{place}{wrong.sentence}\n")
    return 1
