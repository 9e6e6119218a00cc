"""Reading and writing a case in few statements: the only raw SQL of a step.

`read` takes the case's lock and gives its state; `write` stores what planning decided. In
between nobody touches the database but for cached reference data. One lock order: case → items,
timers, clocks → number series (design: data).
"""

from __future__ import annotations

from webapp.cases.store.read import (
    lock_by_item,
    lock_by_number,
    lock_case,
    lock_case_if_due,
)
from webapp.cases.store.write import Written, write

__all__ = [
    "Written",
    "lock_by_item",
    "lock_by_number",
    "lock_case",
    "lock_case_if_due",
    "write",
]
