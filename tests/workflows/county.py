"""The calendar and hours that tests of days and forms share."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from workflows.calendars import CHINA, Calendar, OpeningHours, Span, read_special_days

ROWS = Path(__file__).parents[2] / "bpmn/catalogue/calendar_2025_2027.csv"
CALENDAR = Calendar.build(read_special_days(ROWS.read_text(encoding="utf-8")))
HOURS = OpeningHours((Span(time(9), time(12)), Span(time(13, 30), time(17, 30))))


def at(text: str) -> datetime:
    """`2026-03-02` (10:00) or `2026-03-02 18:30`, local time."""
    moment = datetime.fromisoformat(text)
    if len(text) == 10:
        moment = moment.replace(hour=10)
    return moment.replace(tzinfo=CHINA)
