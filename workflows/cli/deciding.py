"""`decide`: try out a decision of a file; what it prints is `workflows.cli.expressing`'s."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from workflows.cli.expressing import failed, read_values, succeeded
from workflows.cli.files import read_bytes
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.decisions import Decision, Knowledge, Service, consult
from workflows.findings import has_errors
from workflows.sources.decisions import Model, read_model

Asked = Decision | Knowledge | Service
MAX_FILES = 50  # decision files beside the one that is asked


def decide_file(file: str, name: str | None, given: str, *, as_json: bool) -> int:
    """Decide one decision of a DMN file for inputs given as JSON, and print the answer."""
    path = Path(file)
    model = read_model(read_bytes(path), file, _beside(path))
    variables = _opened(read_values(given), model.imports)
    try:
        asked = _choose(model, name)
    except ExpressionError as wrong:
        return failed(wrong, as_json, model.findings)
    if asked is None:
        return failed(_absent(model, name), as_json, model.findings)
    try:
        answer = consult(asked, variables)
    except ExpressionError as wrong:
        return failed(wrong, as_json, model.findings)
    return succeeded(answer, model.findings, as_json)


def _beside(path: Path) -> dict[str, bytes]:
    """The other decision files of the folder, which the file may import."""
    found: dict[str, bytes] = {}
    for other in sorted(path.parent.glob("*.dmn"))[:MAX_FILES]:
        if other.name != path.name and b"import" in read_bytes(path):
            with suppress(Unreadable):  # should it be the one that is imported, that is said
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


def _choose(model: Model, name: str | None) -> Asked | None:
    """The decision of an id or name; or a service or knowledge, where no decision is so called.

    Raises `ExpressionError` where several are: the first of them would be as good as any.
    """
    if name is None:
        return model.decisions[0] if len(model.decisions) == 1 else None
    so_called: list[Asked] = [one for one in model.decisions if one.id == name]
    so_called = so_called or [
        one for one in model.decisions if name in {one.name, one.variable}
    ]
    others: tuple[Asked, ...] = (*model.services, *model.knowledge)
    so_called = so_called or [one for one in others if one.name == name]
    if len(so_called) > 1:
        raise ExpressionError(
            f"有 {len(so_called)} 个决策叫“{name}”，请用各自的编号指明", code="no-decision"
        )
    return so_called[0] if so_called else None


def _absent(model: Model, name: str | None) -> ExpressionError:
    names = "、".join(one.name or one.id for one in model.decisions)
    said = f"决策“{name}”不存在或有错误" if name else "请用 --decision 指明哪一个决策"
    first = next((one for one in model.findings if has_errors([one])), None)
    why = f"；文件有错误：{first.sentence}" if first is not None else ""
    return ExpressionError(f"{said}（可用：{names or '无'}）{why}", code="no-decision")
