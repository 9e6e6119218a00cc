"""What is read after every order of events: clocks, documents, custody, inboxes, the chain."""

from __future__ import annotations

from collections import Counter

from webapp.cases.models import Case, Clock, ClockEntry, Commitment, Custody, Document
from webapp.cases.places import hours
from webapp.cases.queries.invariants import broken_chain, broken_invariants, gaps_in_numbers
from webapp.catalogue.queries import calendar_in_force
from workflows.clocks import derive, from_dicts

ENDED = {"KEPT", "BROKEN", "DROPPED"}


def unsound(case: Case) -> list[str]:
    """Everything that must hold for a case at any moment and does not, as sentences."""
    case.refresh_from_db()
    return [
        *(broken.rule for broken in broken_invariants()),
        *broken_chain(case.pk),
        *(f"numbers {series}" for series in gaps_in_numbers()),
        *_clocks(case),
        *_papers(case),
        *_promise(case),
        *_over(case),
    ]


def _clocks(case: Case) -> list[str]:
    """Due dates that are not what the entries say under the calendar in force."""
    calendar, opening = calendar_in_force(), hours(case.accountable_unit_id)
    found = []
    for clock in Clock.objects.filter(case=case):
        rows = ClockEntry.objects.filter(case=case, kind=clock.kind, run=clock.run)
        entries = from_dicts(rows.order_by("seq").values_list("entry", flat=True))
        reading = derive(entries, calendar, opening)
        kept = (clock.state, clock.due_on, clock.due_at, clock.lapses_at)
        said = (str(reading.state), reading.due_on, reading.due_at, reading.lapses_at)
        if kept != said:
            found.append(f"{clock.kind} {clock.run}: kept {kept}, entries say {said}")
    main = {
        clock.kind: clock.due_at
        for clock in Clock.objects.filter(case=case).exclude(state="ended")
    }
    for kind, due in (
        ("statutory", case.statutory_due_at),
        ("promised", case.promised_due_at),
    ):
        if kind in main and main[kind] != due:
            found.append(f"the case says {due} for {kind}, its clock {main[kind]}")
    return found


def _papers(case: Case) -> list[str]:
    """Numbers given twice, and papers that are on the way to two posts at once."""
    numbers = Counter(Document.objects.filter(case=case).values_list("number", flat=True))
    found = [f"number {number} twice" for number, many in numbers.items() if many > 1]
    for papers in ("materials", "result"):
        going = Custody.objects.filter(
            case=case,
            papers=papers,
            received_at=None,
            taken_back_at=None,
            to_pool__isnull=False,
        )
        posts = set(going.values_list("to_pool_id", flat=True))
        if len(posts) > 1:
            found.append(f"{papers} are on the way to {sorted(posts)}")
    return found


def _promise(case: Case) -> list[str]:
    """A tolerance that runs longer than the limits of the case (TOL-05), or two open ones."""
    running = {
        clock.kind: clock
        for clock in Clock.objects.filter(case=case, state="running").order_by("run")
    }
    tolerance = running.get("tolerance")
    found = []
    for kind in ("promised", "statutory"):
        limit = running.get(kind)
        if tolerance and limit and tolerance.due_on > limit.due_on:
            found.append(f"tolerance until {tolerance.due_on} after {kind} {limit.due_on}")
    open_ones = Commitment.objects.filter(case=case, state="OPEN").count()
    if open_ones > 1 or (open_ones and not case.is_open):
        found.append(f"{open_ones} commitments open")
    return found


def _over(case: Case) -> list[str]:
    """What a closed case still has, but for papers to be given back and a filing to be read."""
    if case.is_open:
        return []
    left = {
        "items": case.items.filter(state="OPEN").exclude(process_key=""),
        "timers": case.timers.filter(state="ARMED"),
        "clocks": case.clocks.exclude(state="ended").exclude(item__process_key=""),
        "messages": case.awaited.filter(over_at=None),
    }
    return [f"closed with open {name}" for name, rows in left.items() if rows.exists()]
