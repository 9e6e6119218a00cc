"""Can two conditions be true together? Asked by trying every value that they speak of."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from workflows import feel
from workflows.errors import ExpressionError

MAX_TRIES = 5_000
_TEXTS = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBERS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)")
_BEYOND = re.compile(
    r"\b(?!(?:in|or|and|not|if|then|else)\b)[^\W\d]\w*\s*\(|\[|\bfor\b|\bsome\b|\bevery\b|\.\s*[^\W\d]"
)
_LITERAL = r'(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)'
_COMPARED = re.compile(
    rf"([^\W\d]\w*)\s*(?:!=|<=|>=|=|<|>|in)\s*({_LITERAL}|\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})*\s*\))"
)
OTHER = "\u0000"  # a text that no condition names


@lru_cache(4096)
def never_both(first: str, second: str) -> bool:
    """Whether no values make both true; False also where that cannot be tried out.

    Exact for conditions that compare names with texts, truth values and whole numbers;
    with functions, lists or paths inside, nothing is claimed.
    """
    text = f"{first} ; {second}"
    if _BEYOND.search(_TEXTS.sub('""', text)):
        return False
    try:
        names = sorted(feel.names(feel.parse(first)) | feel.names(feel.parse(second)))
    except ExpressionError:
        return False
    values = [_values(spoken) for spoken in _spoken_of(text, names)]
    if prod(map(len, values)) > MAX_TRIES:
        return False
    for chosen in product(*values):
        given = dict(zip(names, chosen, strict=True))
        if _true(first, given) and _true(second, given):
            return False
    return True


def _spoken_of(text: str, names: list[str]) -> list[str]:
    """For each name the literals that it is compared with; where names are compared with
    each other, all of them for each."""
    pairs = _COMPARED.findall(text)
    rest = _COMPARED.sub(" ", text)
    if re.search(r"[=<>]|\bin\b", _TEXTS.sub('""', rest)):
        return [text for _ in names]
    return [" ".join(literal for key, literal in pairs if key == name) for name in names]


def _values(text: str) -> list[Any]:
    """Texts named, numbers named and their neighbours, and what is none of these."""
    texts = _TEXTS.findall(text)
    numbers = {Decimal(one) for one in _NUMBERS.findall(_TEXTS.sub('""', text))}
    near = {n + step for n in numbers for step in (Decimal(-1), Decimal(0), Decimal("0.5"), 1)}
    return [None, True, False, OTHER, *dict.fromkeys(texts), *sorted(near)]


def _true(condition: str, given: dict[str, Any]) -> bool:
    try:
        return feel.evaluate(condition, given) is True
    except ExpressionError:
        return False
