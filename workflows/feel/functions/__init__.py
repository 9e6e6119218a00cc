"""The fixed table of built-in functions. Nothing can be added to it at run time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workflows.feel.functions import contexts, lists, numbers, ranges, strings, times
from workflows.feel.functions.declaring import Function, collect

FUNCTIONS: Mapping[str, tuple[Function, ...]] = MappingProxyType(
    collect(strings, numbers, lists, contexts, times, ranges)
)

# Known to the standard and refused here, with the reason.
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "now": "表达式不能读取当前时间（now）：时间由系统在办理时给出",
        "today": "表达式不能读取当前日期（today）：日期由系统在办理时给出",
    }
)
