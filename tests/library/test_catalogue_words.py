"""What the catalogue says on screens and papers is Chinese typography (GB/T 15834)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "bpmn" / "catalogue"
SHOWN = {"name", "label", "title", "form_text"}
"""Keys whose text a clerk or an applicant reads."""
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][(),:;?!]|[(),:;?!][\u4e00-\u9fff]")


def shown(part: object, key: str = "") -> Iterator[str]:
    """Every text that is shown, wherever it stands in the file."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from shown(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from shown(inner, key)
    elif isinstance(part, str) and key in SHOWN:
        yield part


@pytest.mark.parametrize("file", ["items.yaml", "lists.yaml"])
def test_punctuation_in_chinese_names_is_full_width(file):
    """高龄津贴（老龄补贴）: the brackets of a name are printed on every document of the case."""
    texts = list(shown(yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))))
    assert texts
    assert [text for text in texts if HALF_WIDTH.search(text)] == []
