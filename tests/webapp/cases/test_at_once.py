"""Two people, two clicks, two workers at once: one effect, and a friendly word for the second."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.actions.fire_due_timers import fire_timers_of
from webapp.cases.models import Case, Timer, WorkItem
from webapp.cases.store import lock_case, lock_case_if_due
from webapp.core.errors import AlreadyDone

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run functions in threads that start together; give results or errors in order."""
    gate = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(number, work):
        gate.wait(10)
        try:
            results[number] = work()
        except Exception as error:  # noqa: BLE001 - compared below
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_everything_that_can_happen_twice_at_once(desk):
    """One database load for all: double complete, claim, opening, timers, number series."""
    _one_commit(desk)
    _double_complete(desk)
    _two_claims(desk)
    _two_signatures_for_papers(desk)
    _double_opening(desk)
    _two_sweeps(desk)
    _numbers_of_many_writers(desk)
    _read_that_waited_sees_the_change(desk)
    assert queries.broken_invariants() == []
    assert queries.gaps_in_numbers() == []
    for case in Case.objects.all():
        assert queries.broken_chain(case.pk) == []


def _one_commit(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    by, raw = desk.window, desk.form_answers(item)
    with CaptureQueriesContext(connection) as seen:
        actions.complete(item.pk, by, raw)
    words = [query["sql"].split()[0] for query in seen if query["sql"].strip()]
    assert words.count("BEGIN") == words.count("COMMIT") == 1
    assert "SAVEPOINT" not in words
    assert words[-1] == "COMMIT"


def _double_complete(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    raw = desk.form_answers(item)
    results = at_once(*[lambda: actions.complete(item.pk, desk.window, raw)] * 4)
    assert kinds(results) == ["AlreadyDone"] * 3 + ["StepResult"]
    assert case.documents.filter(code="D05").count() == 1
    assert WorkItem.objects.filter(case=case, state="OPEN").count() == 1
    events = Event.objects.filter(subject_id=case.pk, kind="completed")
    assert events.count() == 1


def _two_claims(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    clerk = desk.window
    mate = desk.mate
    results = at_once(
        lambda: actions.claim(item.pk, clerk), lambda: actions.claim(item.pk, mate)
    )
    assert kinds(results) == ["AlreadyDone", "NoneType"]
    winner = WorkItem.objects.get(pk=item.pk).claimed_by_id
    assert (results[0] is None) == (winner == clerk.officer_id)


def _two_signatures_for_papers(desk):
    """IN-03: two sessions receive the same papers; one has them, the other is told so."""
    case = desk.run(desk.open("MZ04"), until="Task_CountyReceive")
    row = case.custody.get(received_at=None, to_pool__isnull=False)
    by = desk.anybody(row.to_pool_id)
    other = desk.anybody(row.to_pool_id, but={by.officer_id})
    results = at_once(
        lambda: actions.receive_papers(case.pk, by),
        lambda: actions.receive_papers(case.pk, other),
    )
    assert kinds(results) == ["AlreadyDone", "int"]
    row.refresh_from_db()
    assert row.received_by_id in {by.officer_id, other.officer_id}


def _double_opening(desk):
    values, marks = desk.answers("MZ04"), desk.marks("MZ04")
    village = desk.village().pk

    def register():
        return actions.open_case(
            desk.window, "MZ04", values, marks, village, None, "twice"
        ).case_id

    results = at_once(*[register] * 3)
    assert len(set(results)) == 1
    assert Case.objects.filter(pk=results[0]).exists()


def _two_sweeps(desk):
    case = desk.open("ZR01")
    case.timers.filter(state="ARMED").update(fires_at=case.opened_at)
    results = at_once(*[lambda: actions.fire_due_timers().fired] * 3)
    assert sum(results) >= 1
    assert Event.objects.filter(subject_id=case.pk, kind="fired").count() == 1


def _numbers_of_many_writers(desk):
    cases = [desk.open("ZR01") for _ in range(6)]
    work = [(desk.item(case).pk, desk.form_answers(desk.item(case))) for case in cases]
    results = at_once(
        *[lambda pair=pair: actions.complete(pair[0], desk.window, pair[1]) for pair in work]
    )
    assert kinds(results) == ["StepResult"] * 6
    assert queries.gaps_in_numbers() == []


def _read_that_waited_sees_the_change(desk):
    """The locking read repeats itself when other tables moved while it waited for the lock."""
    case = desk.open("ZR01")
    item = desk.item(case)
    Timer.objects.filter(case=case).update(
        fires_at=case.opened_at
    )  # due: only the lock holds it up
    locked, waiting = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            lock_case(case.pk)
            locked.set()
            waiting.wait(10)
            WorkItem.objects.filter(pk=item.pk).update(name="改过")
            Case.objects.filter(pk=case.pk).update(audit_seq=99)

    def read():
        locked.wait(10)
        assert lock_case_if_due(case.pk) is None
        assert fire_timers_of(case.pk) is None
        threading.Timer(0.3, waiting.set).start()
        return lock_case(case.pk)

    def reading():
        with transaction.atomic():
            return read()

    held, state = at_once(hold, reading)
    assert held is None
    assert state.audit_seq == 99
    assert state.items[0].name == "改过"
    Case.objects.filter(pk=case.pk).update(audit_seq=1)


def test_a_second_complete_names_who_was_quicker(desk):
    case = desk.open("MZ04")
    item = desk.item(case)
    raw = desk.form_answers(item)
    clerk = desk.window
    mate = desk.mate
    results = at_once(
        lambda: actions.complete(item.pk, clerk, raw),
        lambda: actions.complete(item.pk, mate, raw),
    )
    refused = next(result for result in results if isinstance(result, AlreadyDone))
    winner = clerk if not isinstance(results[0], AlreadyDone) else mate
    assert winner.name in refused.sentence
