"""Cards that a step itself issues: the sweep might come when the clock has ended already.

The rules are those of the sweep (`actions.issue_cards`, domain §4.4); each card is issued once
per rule, clock and due date, whoever comes first.
"""

from __future__ import annotations

from datetime import date, datetime

from webapp.cases.changes import NewCard
from webapp.cases.planning.ledger import Ledger, Run
from workflows.calendars import Calendar, local_day


def cards_of(ledger: Ledger) -> list[NewCard]:
    """R06 for a check that has run out; R04, R05 for what a late record lets be overdue at once."""
    late = {(kind, run) for kind, run, *_days in ledger.late_resumes()}
    found = []
    for run in ledger.runs:
        due_at = run.reading.due_at
        if due_at is None or not run.stored or not _ran_out(run, ledger.at):
            continue
        if run.kind == "check":
            found.append(NewCard("R06", "red", run.kind, run.number, due_at, ledger.at))
        elif (run.kind, run.number) in late and run.kind in {"statutory", "promised"}:
            rule, level = _exceeded(ledger, run)
            found.append(NewCard(rule, level, run.kind, run.number, due_at, ledger.at))
    return found


def three_working_days_ago(calendar: Calendar, today: date) -> date:
    """A promised day after this one is exceeded by less than three working days (R04, R05)."""
    if calendar.is_working_day(today):
        return calendar.add_working_days(today, -3)
    return calendar.add_working_days(calendar.next_working_day(today), -4)


def _exceeded(ledger: Ledger, run: Run) -> tuple[str, str]:
    edge = three_working_days_ago(ledger.calendar, local_day(ledger.at))
    due_on = run.reading.due_on
    if run.kind == "promised" and due_on is not None and due_on > edge:
        return "R04", "yellow"
    return "R05", "red"


def _ran_out(run: Run, at: datetime) -> bool:
    """Whether a clock has lapsed, or had when it ended (domain §4.4: R06)."""
    lapses_at = run.reading.lapses_at
    return lapses_at is not None and lapses_at <= (run.reading.ended_at or at)
