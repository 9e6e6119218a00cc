"""`decide` and `feel`: try out a decision or an expression.

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
from pathlib import Path
from typing import Any

from workflows import feel
from workflows.cli.files import read_bytes
from workflows.cli.jsons import write_json
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.decisions import Decision, Knowledge, Service, consult
from workflows.feel.tables import RulesDisagree
from workflows.findings import Finding, has_errors
from workflows.sources.decisions import Model, read_model

Asked = Decision | Knowledge | Service
MAX_FILES = 50  # decision files beside the one that is asked


def feel_text(expression: str, context: str, *, as_json: bool) -> int:
    """Evaluate an expression over variables given as JSON, and print the value."""
    variables = read_values(context)
    try:
        answer = feel.attempt(expression, variables)
    except ExpressionError as wrong:
        return _failed(wrong, as_json)
    return _succeeded(answer, (), as_json)


def decide_file(file: str, name: str | None, given: str, *, as_json: bool) -> int:
    """Decide one decision of a DMN file for inputs given as JSON, and print the answer."""
    path = Path(file)
    model = read_model(read_bytes(path), file, _beside(path))
    variables = _opened(read_values(given), model.imports)
    asked = _choose(model, name)
    if asked is None:
        return _failed(_absent(model, name), as_json, model.findings)
    try:
        answer = consult(asked, variables)
    except ExpressionError as wrong:
        return _failed(wrong, as_json, model.findings)
    return _succeeded(answer, model.findings, as_json)


def _beside(path: Path) -> dict[str, bytes]:
    """The other decision files of the folder, which the file may import."""
    found: dict[str, bytes] = {}
    for other in sorted(path.parent.glob("*.dmn"))[:MAX_FILES]:
        if other.name != path.name and b"import" in read_bytes(path):
            found[other.name] = read_bytes(other)
    return found


def _opened(given: dict[str, Any], imports: frozenset[str]) -> dict[str, Any]:
    """`{"贷款.金额": 5}` for an import called 贷款 is `{"贷款": {"金额": 5}}`."""
    opened: dict[str, Any] = {}
    for key, value in given.items():
        place, name = opened, key
        while True:
            prefix, dot, rest = name.partition(".")
            if not dot or prefix not in imports:
                break
            inner = place.get(prefix)
            place[prefix] = place = dict(inner) if isinstance(inner, dict) else {}
            name = rest
        place[name] = value
    return opened


def read_values(text: str) -> dict[str, Any]:
    """A JSON object of variables; numbers stay exact. Raises `Unreadable`."""
    try:
        values = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("变量不是合格的 JSON，例如 '{\"天数\": 3}'") from wrong
    if not isinstance(values, dict):
        raise Unreadable("变量应是一个 JSON 对象，例如 '{\"天数\": 3}'")
    return values


def _choose(model: Model, name: str | None) -> Asked | None:
    """The decision of a name or id; or a service or knowledge, where no decision is so called."""
    if name is None:
        return model.decisions[0] if len(model.decisions) == 1 else None
    for decision in model.decisions:
        if name in {decision.id, decision.name, decision.variable}:
            return decision
    others: tuple[Asked, ...] = (*model.services, *model.knowledge)
    return next((one for one in others if one.name == name), None)


def _absent(model: Model, name: str | None) -> ExpressionError:
    names = "、".join(one.name or one.id for one in model.decisions)
    said = f"决策“{name}”不存在或有错误" if name else "请用 --decision 指明哪一个决策"
    first = next((one for one in model.findings if has_errors([one])), None)
    why = f"；文件有错误：{first.sentence}" if first is not None else ""
    return ExpressionError(f"{said}（可用：{names or '无'}）{why}", code="no-decision")


def _succeeded(answer: feel.Answer, findings: tuple[Finding, ...], as_json: bool) -> int:
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


def _failed(wrong: ExpressionError, as_json: bool, findings: tuple[Finding, ...] = ()) -> int:
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
