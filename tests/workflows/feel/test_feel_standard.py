"""What the standard's own tables say of FEEL, line by line (`standard.txt`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from workflows.cli.jsons import write_json
from workflows.feel import attempt


def cases() -> Iterator[tuple[str, str]]:
    text = Path(__file__).with_name("standard.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            expression, _, value = line.rpartition(" => ")
            yield expression, value


@pytest.mark.parametrize(("expression", "value"), list(cases()))
def test_an_expression_has_the_value_of_the_standard(expression: str, value: str) -> None:
    said = write_json(attempt(expression, {}).value)
    assert json.loads(said, parse_float=Decimal) == json.loads(value, parse_float=Decimal)
