"""跑动次数: days on which an applicant came to a counter (PROC-15, PROC-16, REP-08)."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.cases.models import Case
from webapp.contacts import actions
from webapp.contacts.actions import Enquiry
from webapp.contacts.figures import figures, span_of
from webapp.contacts.models import Contact
from webapp.contacts.visits import visit_days, visits_by_item
from webapp.core import db

pytestmark = pytest.mark.django_db


def ask(desk, key: str, **given) -> int:
    """An enquiry that is left open."""
    typed = Enquiry("王建国", "问一问", **{"ends": "later", "key": key, **given})
    with db.pretended(desk.at):
        return actions.register_contact(desk.window, typed)


def test_filing_in_person_is_one_visit_and_asking_on_the_same_day_no_second(desk):
    """PROC-15: a day counts once."""
    contact = ask(desk, "a")
    case = desk.open("MZ01")
    Contact.objects.filter(pk=contact).update(case=case)
    assert visit_days(case.pk) == [date(2026, 3, 3)]


def test_asking_days_before_is_a_visit_of_its_own_and_a_call_is_none(desk):
    """PROC-15: 多次找变一次办 is measured."""
    came, called = ask(desk, "a"), ask(desk.go_to("2026-03-04"), "b", channel="phone")
    case = desk.go_to("2026-03-06").open("MZ01")
    Contact.objects.filter(pk__in=[came, called]).update(case=case)
    assert visit_days(case.pk) == [date(2026, 3, 3), date(2026, 3, 6)]


def test_a_case_out_of_a_call_has_no_visit_and_the_officer_may_say_otherwise(desk):
    """PROC-16: 一次也不跑."""
    for key, given, days in (("a", {}, 0), ("b", {"is_visit": "yes"}, 1)):
        contact = ask(desk, key, channel="phone", **given)
        case = desk.open("MZ01")
        Contact.objects.filter(pk=contact).update(case=case, state="CASE", closed_at=desk.at)
        assert len(visit_days(case.pk)) == days


def test_collecting_the_result_counts_and_the_statistic_adds_up(desk):
    """REP-08: by item and unit, for the month in which cases were closed."""
    case = desk.open("ZR01")
    desk.run(case)
    case.refresh_from_db()
    assert not case.is_open
    since, until = span_of(case.closed_at.date().replace(day=1))
    lines = visits_by_item(since, until, None)
    assert [(one.cases, one.visits) for one in lines] == [(1, len(visit_days(case.pk)))]
    assert visits_by_item(since, until, frozenset()) == []
    assert Case.objects.count() == 1


def test_the_county_reads_what_came_and_what_waited_too_long(desk):
    """DUTY-02: figures by unit."""
    handler = desk.acting("xinan.civil_affairs", "township.handler")
    ask(desk, "a", ends="answer", answer="好")
    ask(desk, "b", channel="phone", ends="refer",
        target=f"{handler.held[0].pool_id}:{handler.officer_id}")  # fmt: skip
    later = desk.go_to("2026-03-05").at
    (row,) = figures(date(2026, 3, 1), later, None)
    assert (row.contacts, row.answered, row.open, row.visits) == (2, 1, 1, 1)
    assert (row.referred, row.late) == (1, 1)
    assert figures(date(2026, 2, 1), later, None) == []
