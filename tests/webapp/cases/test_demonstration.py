"""Example cases: varied, lawful, in the past, and only in a demonstration."""

from __future__ import annotations

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.webapp.conftest import load
from webapp.cases.demonstration.casting import stories
from webapp.cases.demonstration.play import Stage
from webapp.cases.models import Case, DenialFiling, Document, Submission, WorkItem
from webapp.cases.queries.invariants import broken_invariants, gaps_in_numbers
from webapp.catalogue import queries as catalogue
from webapp.core import db
from webapp.processes.models import Process
from workflows.calendars import local_day

NOW = datetime(2026, 11, 24, 16, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def played(_county_rows, django_db_blocker):
    """Ninety cases, played once for all tests of this file and undone behind them."""
    with django_db_blocker.unblock(), transaction.atomic():
        if not Process.objects.exists():
            load()
        stage = Stage("test", NOW)
        for story in stories(90, 3, NOW):
            stage.play(story, lambda: None)
        yield stage.run_all()
        transaction.set_rollback(True)


def test_without_demo_no_example_touches_the_register(county, settings):
    settings.DEMO = False
    before = Case.objects.count()
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", cases=1)
    assert Case.objects.count() == before


@pytest.mark.parametrize("cases", [0, -1, 1_000_000])
def test_a_senseless_number_is_refused(county, demo, cases):
    with pytest.raises(CommandError, match="件数"):
        call_command("demo", cases=cases)


def test_the_county_looks_as_if_it_worked(county, played):
    """Open and closed cases, granted and other results, several paths and stages."""
    assert played.opened == 90
    assert played.stuck == []
    closed = Case.objects.filter(is_open=False)
    assert 30 <= closed.count() <= 89
    assert closed.filter(result="granted").exists()
    assert Case.objects.filter(agent__isnull=False).exists()
    paths = Case.objects.values_list("process_version__process__key", flat=True)
    assert {"immediate", "escalated", "joint", "escalated-joint", "village"} <= set(paths)
    assert WorkItem.objects.filter(state="OPEN").values("name").distinct().count() > 2
    assert Document.objects.filter(code="D05").exists()


def test_every_enabled_item_is_played_and_fates_differ(county, played):
    offered = {one.code for one in catalogue.items_offered("township")}
    used = Case.objects.values_list("item_version__item__code", flat=True)
    assert offered <= set(used)
    assert len(closed_as() - {""}) >= 5
    assert broken_invariants() == []
    assert gaps_in_numbers() == []


def test_every_negative_act_is_filed_and_nothing_else(county, played):
    """DENY-01: one filing for each D06, D07, D20, D25; none for a withdrawal or a grant."""
    acts = Document.objects.filter(code__in=["D06", "D07", "D10", "D20", "D25"])
    filings = DenialFiling.objects.values_list("case_id", "document_code")
    assert sorted(acts.values_list("case_id", "code")) == sorted(filings)
    assert acts.exists()
    assert not DenialFiling.objects.filter(case__result__in=["granted", "withdrawn"]).exists()


def closed_as():
    """Results of the cases that are closed."""
    return set(Case.objects.values_list("result", flat=True))


def test_everything_happened_in_the_past_and_in_opening_hours(county, played):
    calendar, hours = catalogue.calendar_in_force(), catalogue.hours_of(None)
    moments = list(WorkItem.objects.filter(state="DONE").values_list("closed_at", flat=True))
    moments += Case.objects.values_list("opened_at", flat=True)
    assert moments
    for moment in moments:
        day = local_day(moment)
        assert moment <= NOW
        assert calendar.is_working_day(day)
        assert hours.opens_at(calendar, day) <= moment <= hours.closes_at(calendar, day)


def test_numbers_follow_the_order_of_time(county, played):
    documents = Document.objects.filter(code="D05").order_by("organ", "year", "serial")
    for earlier, later in zip(documents, documents[1:], strict=False):
        if (earlier.organ_id, earlier.year) == (later.organ_id, later.year):
            assert earlier.issued_at <= later.issued_at
            assert later.serial == earlier.serial + 1


def test_nobody_did_what_another_person_had_to_do(county, played):
    for item in WorkItem.objects.filter(state="DONE").exclude(separate=[]):
        done = WorkItem.objects.filter(
            case=item.case_id,
            state="DONE",
            element__in=item.separate,
            closed_at__lt=item.closed_at,
        )
        assert item.closed_by_id not in done.values_list("closed_by_id", flat=True)


def test_the_same_seed_tells_the_same_stories(county):
    def told(seed):
        return [
            (story.item.code, story.village, story.opens_at, story.refused)
            for story in stories(12, seed, NOW)
        ]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_the_clock_of_the_database_is_back_afterwards(county, played):
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    assert abs((db.now() - moment).total_seconds()) < 60


def test_the_command_says_what_it_did(county, demo, capsys):
    before = Case.objects.count()
    call_command("demo", cases=3, seed=Random(0).randint(1, 9))
    assert "已办理 3 件" in capsys.readouterr().out
    assert Case.objects.count() == before + 3
    assert Submission.objects.count() >= 3
