"""Cards that a step itself issues: the sweep might come when the clock has ended already.

The rules are those of the sweep (`actions.issue_cards`, domain §4.4); each card is issued once
per rule, clock and due date, whoever comes first. So a worker that was away, or a timer that ends
a clock at the very moment at which it lapses (R06, R13), loses none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from webapp.cases.changes import NewCard
from webapp.cases.planning.ledger import Ledger, Run
from webapp.catalogue.supervision import Rule
from workflows.calendars import Calendar, local_day

WHOLE = ("promised", "statutory", "check")
"""Where one of these has lapsed too, the card is for that, not for the step (R03)."""


class Hands(NamedTuple):
    """In whose hands the matter was: unit, pool and officer, as far as they are known."""

    unit_id: int | None
    pool_id: int | None
    officer_id: int | None


def cards_of(
    ledger: Ledger, rules: Iterable[Rule], hands: Callable[[int | None], Hands]
) -> list[NewCard]:
    """What has lapsed and ended in this step, or is late at once by a late record.

    `hands` gives those of an open item by its id, of the case for None.
    """
    late = {(kind, run) for kind, run, *_days in ledger.late_resumes()}
    found = []
    for run in ledger.runs:
        due_at, due_on = run.reading.due_at, run.reading.due_on
        if due_at is None or due_on is None or not run.stored or not _ran_out(run, ledger.at):
            continue
        at_once = run.kind == "check" or (run.kind, run.number) in late
        if not run.ended_now and not at_once:
            continue
        days = days_late(ledger.calendar, due_on, local_day(run.reading.ended_at or ledger.at))
        whole = any(one.kind in WHOLE and _ran_out(one, ledger.at) for one in ledger.runs)
        for rule in rules:
            if rule.covers(run.kind, days) and not (run.kind == "step" and whole):
                found.append(
                    NewCard(
                        rule.code, rule.signal, run.kind, run.number, due_at, ledger.at,
                        rule.name, *hands(run.item_id), list(rule.to),
                    )
                )  # fmt: skip
    return found


def days_late(calendar: Calendar, due_on: date, today: date) -> int:
    """Working days since the due day; a lapsed clock is one day late at least."""
    return max(calendar.working_days_between(due_on, today), 1)


def late_edge(calendar: Calendar, today: date, days: int) -> date:
    """The last due day that is so many working days late today."""
    if days <= 1:
        return today - timedelta(days=1)
    if calendar.is_working_day(today):
        return calendar.add_working_days(today, -days)
    return calendar.add_working_days(calendar.next_working_day(today), -days - 1)


def _ran_out(run: Run, at: datetime) -> bool:
    """Whether a clock has lapsed, or had when it ended (domain §4.4: R06)."""
    lapses_at = run.reading.lapses_at
    return lapses_at is not None and lapses_at <= (run.reading.ended_at or at)
