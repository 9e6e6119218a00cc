"""Two workers, clerks at work and a publication at once: every case whole, moved once or not."""

from __future__ import annotations

import pytest

from tests.webapp.cases.editions import Editions
from tests.webapp.cases.test_at_once import at_once
from tests.webapp.cases.test_transfers import RENAMED, prelim
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import Case, WorkItem
from webapp.core.outbox import deliver
from webapp.processes.queries import current_version_id

pytestmark = pytest.mark.django_db(transaction=True)

AGAIN = {"escalated.bpmn": [('name="乡镇审查"', 'name="乡镇复查"')]}


def test_moving_working_and_publishing_at_once(desk):
    editions = Editions(desk)
    cases = [prelim(desk) for _ in range(4)]
    editions.publish(RENAMED)
    act = editions.propose(*cases)
    actions.decide_transfer(act.pk, editions.publisher, agree=True)
    work = [(desk.item(case), desk.form_answers(desk.item(case))) for case in cases[:2]]
    people = [desk.anybody(item.pool_id) for item, _raw in work]

    def works(number):
        return actions.complete(work[number][0].pk, people[number], work[number][1])

    results = at_once(deliver, deliver, lambda: works(0), lambda: works(1))
    assert not [one for one in results if isinstance(one, Exception)], results
    deliver()
    lines = {line.case_id: line for line in act.lines.all()}
    assert {lines[case.pk].state for case in cases} == {"MOVED"}
    moves = Event.objects.filter(subject="case", kind="transferred")
    assert moves.count() == 4
    names = set(
        WorkItem.objects.filter(case__in=cases[2:], state="OPEN").values_list("name", flat=True)
    )
    assert names == {"乡镇审查"}
    _publishing_under_load(desk, editions)
    assert queries.broken_invariants() == []
    for case in Case.objects.all():
        assert queries.broken_chain(case.pk) == []
        assert desk.run(case).result == "granted"
    assert queries.broken_invariants() == []


def _publishing_under_load(desk, editions):
    """Cases opened while a version comes into force run whole on one of the two."""
    before = current_version_id("escalated")
    values, marks = desk.answers("MZ04"), desk.marks("MZ04")
    window, village = desk.window, desk.village().pk

    def opens(lane):
        made = []
        for number in range(4):
            key = f"load-{lane}-{number}"
            done = actions.open_case(window, "MZ04", values, marks, village, None, key)
            made.append(done.case_id)
        return made

    results = at_once(lambda: editions.publish(AGAIN), lambda: opens(1), lambda: opens(2))
    assert not [one for one in results if isinstance(one, Exception)], results
    after = current_version_id("escalated")
    assert after != before
    opened = Case.objects.filter(pk__in=[*results[1], *results[2]])
    assert opened.count() == 8
    assert set(opened.values_list("process_version", flat=True)) <= {before, after}
    last = actions.open_case(window, "MZ04", values, marks, village, None, "load-last")
    assert Case.objects.get(pk=last.case_id).process_version_id == after
