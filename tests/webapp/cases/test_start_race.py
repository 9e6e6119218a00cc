"""A village case is withdrawn in the moment in which its township case is started (AGT-01).

Two connections, both orders: whoever holds the village case's row is first, the other one waits
for it and then sees what has happened.
"""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tests.webapp.cases.desk import MANDATE
from webapp.cases import actions
from webapp.cases.actions.start_case import start_case
from webapp.cases.models import Case
from webapp.cases.queries import broken_chain, broken_invariants
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)

_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def second_waits_for_first(first, second):
    """`first` has acted and not committed; `second` begins, waits, and goes on after that.

    Gives what `second` gave or raised. Fails when `second` never had to wait.
    """
    found = []

    def run():
        try:
            found.append(second())
        except Exception as error:  # noqa: BLE001 - compared by the test
            found.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        first()
        other = threading.Thread(target=run)
        other.start()
        assert _somebody_waits(other), found
    other.join(30)
    return found[0]


def _somebody_waits(other: threading.Thread) -> bool:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(_BLOCKED)
            (waiting,) = cursor.fetchone()
        if waiting:
            return True
        other.join(0.05)
        if not other.is_alive():
            return False
    return False


def filed(desk):
    """A village case whose agency is ordered, and its agent; the outbox has not run."""
    station = Unit.objects.get(kind="station", division=desk.village())
    agent = desk.acting(station.key, "village.agent")
    case = desk.open("RS01", agent, mandate=MANDATE)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    return case, agent


def test_a_withdrawal_and_the_start_of_the_township_case_at_once(desk):
    """One database load for both orders."""
    _withdrawal_first(desk)
    _start_first(desk)
    assert broken_invariants() == []
    for case in Case.objects.all():
        assert broken_chain(case.pk) == []


def _withdrawal_first(desk):
    """The start waits, reads the village case again and starts nothing."""
    case, agent = filed(desk)
    with db.pretended(desk.at):
        outcome = second_waits_for_first(
            lambda: actions.withdraw(case.pk, agent, "不办了"), lambda: start_case(case.pk)
        )
    assert isinstance(outcome, AlreadyDone)
    assert not Case.objects.filter(parent=case).exists()
    case.refresh_from_db()
    assert (case.is_open, case.result) == (False, "withdrawn")


def _start_first(desk):
    """The withdrawal waits, sees the township case and is passed on to it: both end."""
    case, agent = filed(desk)
    with db.pretended(desk.at):
        second_waits_for_first(
            lambda: start_case(case.pk),
            lambda: actions.withdraw(case.pk, agent, "不办了"),
        )
        started = Case.objects.get(parent=case)
        case.refresh_from_db()
        assert (case.is_open, started.is_open) == (True, True)
        assert case.forwarded.get().state == "OPEN"
        outbox.deliver(50)
        outbox.deliver(50)
    for one in (case, started):
        one.refresh_from_db()
        assert (one.is_open, one.result) == (False, "withdrawn")
    assert Case.objects.filter(parent=case).count() == 1
