"""From an outcome of the engine to the rows of a step: pure functions over values.

Reference data (calendar, units, pools) come in through `Setting`; nothing here reads a clock or
writes anything.
"""

from __future__ import annotations
