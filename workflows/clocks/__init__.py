"""The legal clock: a list of immutable entries, from which everything else is derived.

No deadline lives in the engine (design: clocks, settled). Answers requirement complaints 1-7.
"""

from __future__ import annotations

from workflows.clocks.entries import (
    ClockKind,
    ClockRefused,
    Ended,
    Entry,
    Extended,
    Passed,
    Resumed,
    Started,
    Stopped,
    as_dict,
    from_dict,
    from_dicts,
)
from workflows.clocks.explaining import OVERDUE, due_line, explain, limit_text
from workflows.clocks.periods import (
    CalendarDays,
    PeriodsMixed,
    WorkingDays,
    WorkingHours,
    period_of,
)
from workflows.clocks.reading import (
    Band,
    ClockReading,
    ClockState,
    add_entry,
    attribution,
    band,
    band_edges,
    derive,
    event_day,
    holder_on,
    overdue,
    remaining,
    timer_moment,
    used,
)

__all__ = [
    "OVERDUE",
    "Band",
    "CalendarDays",
    "ClockKind",
    "ClockReading",
    "ClockRefused",
    "ClockState",
    "Ended",
    "Entry",
    "Extended",
    "Passed",
    "PeriodsMixed",
    "Resumed",
    "Started",
    "Stopped",
    "WorkingDays",
    "WorkingHours",
    "add_entry",
    "as_dict",
    "attribution",
    "band",
    "band_edges",
    "derive",
    "due_line",
    "event_day",
    "explain",
    "from_dict",
    "from_dicts",
    "holder_on",
    "limit_text",
    "overdue",
    "period_of",
    "remaining",
    "timer_moment",
    "used",
]
