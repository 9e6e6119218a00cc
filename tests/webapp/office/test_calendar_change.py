"""The calendar changed with four eyes: what moves is shown before, counted again after."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.webapp.cases.desk import day
from webapp.accounts.models import Officer
from webapp.audit.models import Event
from webapp.cases import actions as cases
from webapp.cases import queries
from webapp.cases.models import Card, Clock
from webapp.catalogue import calendars
from webapp.catalogue.models import Calendar, OpeningHours
from webapp.changes import actions as changes
from webapp.core import db, outbox
from webapp.core.errors import Invalid, NotYours
from webapp.core.models import OutboxMessage
from webapp.office.calendar_views import read_rows
from webapp.office.previews import consequences
from webapp.organisations import lookups

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"


@pytest.fixture
def office(desk):
    return desk.acting(OFFICE, "county.office")


@pytest.fixture
def publisher(desk):
    return desk.acting(OFFICE, "county.publisher")


def rows_of(year: int) -> list[dict[str, str]]:
    return [
        {
            "day": d.day.isoformat(),
            "kind": d.kind.value,
            "name": d.name,
            "status": d.status.value,
        }
        for d in calendars.facts_in_force().days
        if d.day.year == year
    ]


def drafted(office, rows, year="2026"):
    change = changes.begin("calendar.days", year, office)
    return changes.save(
        change.pk, office, {"days": rows}, reason="防汛停办一天", effective_on=None,
        seen=change.version,
    )  # fmt: skip


def closure(on: str) -> dict[str, str]:
    return {"day": on, "kind": "off", "name": "防汛停办", "status": "local"}


def deliver_now() -> None:
    outbox.deliver(100)


def test_what_moves_is_listed_before_and_counted_again_after(desk, office, publisher):
    case = desk.open("ZR01")
    old = desk.clock(case, "check").due_on
    change = drafted(office, [*rows_of(2026), closure("2026-03-05")])
    said = consequences(change)
    assert any(f"{case.number}" in line and f"{old} → 2026-03-11" in line for line in said), (
        said
    )
    assert desk.clock(case, "check").due_on == old, "a preview moves nothing"
    changes.propose(change.pk, office)
    with pytest.raises(NotYours):
        changes.approve(change.pk, office)
    number = Calendar.objects.get(in_force=True).number
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
        assert Calendar.objects.get(in_force=True).number == number + 1
        assert cases.is_recounting()
        assert cases.issue_cards(day("2026-03-10")) == 0, "no card by a date that has moved"
        deliver_now()
    assert not cases.is_recounting()
    assert str(desk.clock(case, "check").due_on) == "2026-03-11"
    event = Event.objects.filter(subject="case", subject_id=case.pk, kind="recounted").get()
    assert ["check", 1, str(old), "2026-03-11"] in event.payload["moved"]
    assert queries.broken_chain(case.pk) == []
    lines = queries.case_page(case, desk.at).timeline
    assert any(f"由{old}改为2026-03-11" in then for line in lines for then in line.then)


def test_counting_again_is_resumable_and_happens_once(desk, office, publisher):
    first, second = desk.open("ZR01"), desk.open("ZR01")
    change = drafted(office, [*rows_of(2026), closure("2026-03-05")])
    changes.propose(change.pk, office)
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
        cases.recount_clocks(first.pk)  # as far as a worker came before it was killed
        deliver_now()
        message = OutboxMessage.objects.filter(channel="recount").last()
        message.sent_at = None  # and its lease ran out
        message.save()
        deliver_now()
    for case in (first, second):
        events = Event.objects.filter(subject="case", subject_id=case.pk, kind="recounted")
        assert events.count() == 1


def test_a_step_before_the_recount_says_what_moved(desk, office, publisher):
    """Nobody's date moves silently, whoever finds it first."""
    case = desk.open("ZR01")
    old = str(desk.clock(case, "check").due_on)
    change = drafted(office, [*rows_of(2026), closure("2026-03-05")])
    changes.propose(change.pk, office)
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
    desk.complete(desk.item(case), outcome="supplement") if False else None
    with db.pretended(desk.at):
        cases.suspend(
            case.pk,
            desk.acting("xinan.centre", "township.head_window"),
            "other",
            "等待",
            "办法",
        )
    event = Event.objects.filter(subject="case", subject_id=case.pk).latest("seq")
    assert ["check", 1, old, "2026-03-11"] in event.payload["moved"]


def test_no_timer_fires_by_an_old_date(desk, office, publisher):
    """A closure on the last day: deemed acceptance waits for the new day (Art. 32)."""
    case = desk.open("ZR01")
    fires = desk.timers(case)["Event_CheckDue"].fires_at
    change = drafted(office, [*rows_of(2026), closure("2026-03-10")])
    changes.propose(change.pk, office)
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
    with db.pretended(fires + timedelta(minutes=1)):
        assert cases.fire_due_timers().fired == 0
    case.refresh_from_db()
    assert not case.deemed_accepted
    assert desk.timers(case)["Event_CheckDue"].fires_at > fires
    assert not Card.objects.filter(case=case, rule="R06").exists()


def test_a_year_is_entered_whole_and_every_error_names_the_field(office):
    rows = [{"day": "2028-01-01", "kind": "off", "name": "元旦", "status": "estimated"}]
    change = drafted(office, rows, "2028")
    changes.propose(change.pk, office)
    for wrong in (
        [{**rows[0], "day": "2027-01-01"}],
        [rows[0], rows[0]],
    ):
        other = drafted(office, wrong, "2028")
        with pytest.raises(Invalid) as refused:
            changes.propose(other.pk, office)
        assert "days" in refused.value.errors
    gap = drafted(office, [{**rows[0], "day": "2031-01-01"}], "2031")
    with pytest.raises(Invalid):
        changes.propose(gap.pk, office)


def test_a_six_day_week_moves_running_cases(desk, office, publisher):
    case = desk.run(desk.open("ZR01"), until="Task_Prelim") if False else desk.open("ZR01")
    change = changes.begin("calendar.week", "county", office)
    change = changes.save(
        change.pk, office, {"weekdays": ["0", "1", "2", "3", "4", "5"]}, reason="夏收",
        effective_on=None, seen=change.version,
    )  # fmt: skip
    assert any("2026-03-09" in line for line in consequences(change))
    changes.propose(change.pk, office)
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
        deliver_now()
    assert str(desk.clock(case, "check").due_on) == "2026-03-09"
    assert calendars.facts_in_force().weekdays == (0, 1, 2, 3, 4, 5)


def test_opening_hours_of_one_unit_move_its_cases_only(desk, office, publisher):
    case = desk.open("ZR01")
    change = changes.begin("calendar.hours", "xinan.centre", office)
    spans = [{"weekday": str(n), "opens": "08:30", "closes": "12:00"} for n in range(5)]
    change = changes.save(
        change.pk, office, {"spans": spans}, reason="半天办公", effective_on=None,
        seen=change.version,
    )  # fmt: skip
    assert any("17:30" in line and "12:00" in line for line in consequences(change))
    changes.propose(change.pk, office)
    with db.pretended(desk.at):
        changes.approve(change.pk, publisher)
        OutboxMessage.objects.filter(channel="recount").update(leased_until=None)
        deliver_now()
    clock = desk.clock(case, "check")
    assert (clock.due_at, str(clock.due_on)) == (day("2026-03-10", 12, 0), "2026-03-10")
    assert OpeningHours.objects.filter(unit__key="xinan.centre").count() == 5


@pytest.mark.parametrize(
    "spans",
    [
        [("0", "12:00", "09:00")],
        [("0", "09:00", "12:00"), ("0", "11:00", "17:00")],
        [],
    ],
)
def test_hours_that_make_no_day_are_refused(office, spans):
    change = changes.begin("calendar.hours", "county", office)
    typed = [dict(zip(("weekday", "opens", "closes"), one, strict=True)) for one in spans]
    changes.save(
        change.pk, office, {"spans": typed}, reason="改", effective_on=None, seen=change.version
    )
    with pytest.raises(Invalid) as wrong:
        changes.propose(change.pk, office)
    assert "spans" in wrong.value.errors


def test_the_coming_year_is_asked_for_months_ahead(county):
    assert calendars.missing_year(date(2026, 6, 30)) is None
    assert calendars.missing_year(date(2026, 10, 31)) is None
    assert calendars.missing_year(date(2026, 11, 1)) == (2027, "estimated")
    assert calendars.missing_year(date(2027, 6, 30)) is None
    assert calendars.missing_year(date(2027, 7, 1)) == (2028, "missing")


def test_a_file_is_read_with_errors_by_line():
    good = "date,name,kind,status\n2027-02-06,春节,off,official\n2027-02-20,春节,上班,正式\n"
    rows, problems = read_rows(good, "2027")
    assert problems == []
    assert [(r["day"], r["kind"], r["status"]) for r in rows] == [
        ("2027-02-06", "off", "official"),
        ("2027-02-20", "work", "official"),
    ]
    bad = "日期,名称,安排,性质\n2027-02-30,春节,off,official\n2027-02-06,春节,休,official\n2027-02-07,春节\n2027-02-08,春节,off,official\n2027-02-08,春节,off,official\n"
    rows, problems = read_rows(bad, "2027")
    assert [one[:4] for one in problems] == ["第2行：", "第3行：", "第4行：", "第6行："]


def test_importing_makes_a_draft_for_the_second_person(desk, office):
    browser = Client()
    browser.force_login(Officer.objects.get(pk=office.officer_id))
    page = browser.get("/office/calendar/?year=2027")
    assert page.status_code == 200
    bad = SimpleUploadedFile("2027.csv", "2027-02-30,春节,off,official\n".encode())
    refused = browser.post("/office/calendar/import/", {"year": "2027", "file": bad})
    assert refused.status_code == 422
    assert "第1行" in refused.content.decode()
    good = SimpleUploadedFile("2027.csv", "2027-02-06,春节,off,official\n".encode())
    done = browser.post("/office/calendar/import/", {"year": "2027", "file": good})
    assert done.status_code == 302
    shown = browser.get(done.url)
    assert "春节" in shown.content.decode()


def test_a_calendar_from_a_file_is_counted_by_the_sweep(desk):
    case = desk.open("ZR01")
    facts = calendars.facts_in_force()
    extra = calendars.with_year(
        facts,
        2026,
        [d for d in facts.days if d.day.year == 2026]
        + [type(facts.days[0])(date(2026, 3, 5), facts.days[0].kind.__class__("off"), "闭馆")],
    )
    with db.pretended(desk.at):
        calendars.publish(extra, desk.at)
        assert cases.order_due_recount() == 1
        assert cases.order_due_recount() == 0
        deliver_now()
    assert str(desk.clock(case, "check").due_on) == "2026-03-11"


def test_pages_of_the_board_by_person_and_of_cards(desk, office):
    case = desk.open("MZ04")
    item = desk.item(case)
    cases.claim(item.pk, desk.window)
    cases.issue_cards(day("2026-03-10"))
    lookups.forget()
    browser = Client()
    browser.force_login(Officer.objects.get(pk=office.officer_id))
    with db.pretended(day("2026-03-09")):
        board = browser.get("/office/").content.decode()
        assert "明天到期" in board
        assert desk.window.name in board
        unit = case.accountable_unit_id
        url = f"/office/units/{unit}/tomorrow/?person={desk.window.officer_id}"
        assert case.number in browser.get(url).content.decode()
        assert case.number not in browser.get(f"/office/units/{unit}/today/").content.decode()
        assert browser.get(f"/office/units/{unit}/all/?person=x").status_code == 404
    listed = browser.get("/office/cards/?scope=county&level=warning").content.decode()
    assert case.number in listed
    warnings = Card.objects.filter(level="warning").count()
    for url in ("/office/cards/?scope=county", "/office/cards/?scope=county&level=warning"):
        page = browser.get(url)
        counts = {key: n for key, _words, n in page.context["levels"]}
        assert counts["warning"] == warnings, "a count says the same whichever list is open"
        assert page.context["usual_count"] == counts["yellow"] + counts["red"] + counts["talk"]
    card = Card.objects.filter(case=case, rule="R02").first()
    shown = browser.get(f"/office/cards/{card.pk}/").content.decode()
    assert "为什么是这一天" in shown


def test_clocks_of_a_case_as_a_picture_and_a_table(desk):
    """PROC-13: who used the days; they add up."""
    from webapp.cases.models import AwaitedMessage
    from webapp.cases.queries.clock_days import clock_days

    case = desk.run(desk.open("MZ04"), until="Task_CountyReceive")
    desk.go_to("2026-03-12")
    page = queries.case_page(case, desk.at)
    awaited = AwaitedMessage.objects.filter(case=case)
    found = clock_days(page, awaited, desk.at)
    assert found
    for one in found:
        assert sum(n for _who, n in one.spent) == one.total, one.line.kind
        for before, after in zip(one.segments, one.segments[1:], strict=False):
            assert after.first == before.last + timedelta(days=1)
    browser = Client()
    browser.force_login(Officer.objects.get(pk=desk.window.officer_id))
    with db.pretended(desk.at):
        shown = browser.get(f"/cases/{case.pk}/clocks/").content.decode()
    assert "<svg" in shown
    assert "谁用了几天" in shown
    assert isinstance(desk.at, datetime)
    assert Clock.objects.filter(case=case).exists()


def test_a_calendar_waits_for_no_day_when_it_is_proposed(desk, office, publisher):
    """What is said after proposing is what happens: at once, not on a day of taking effect."""
    change = drafted(office, [*rows_of(2026), closure("2026-03-20")])
    browser = Client()
    browser.force_login(Officer.objects.get(pk=office.officer_id))
    page = browser.get(f"/office/parameters/changes/{change.pk}/")
    typed = {"seen": str(change.version), "reason": "大雪停止办公一天", "do": "propose"}
    for row, values in enumerate([*rows_of(2026), closure("2026-03-20")]):
        typed |= {f"days[{row}].{key}": value for key, value in values.items()}
    said = browser.post(
        f"/office/parameters/changes/{change.pk}/save/", typed, follow=True
    ).content.decode()
    assert page.status_code == 200
    assert "另一位复核同意以后立即生效" in said
