"""Awkward orders of events between levels and departments: returns, silence, late answers.

After each one everything is read (`reading.unsound`): clocks against their entries, documents,
custody, items, the chain of events.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_commands import go_on, stop
from tests.webapp.cases.test_joint import convened, opinions
from tests.webapp.cases.test_special import entries
from tests.webapp.cases.test_tolerance import arrives, tolerable, tolerated, verify
from webapp.cases import actions
from webapp.cases.models import Case, Commitment, Custody, Opinion
from webapp.cases.queries.invariants import broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.organisations import lookups
from webapp.organisations.models import Pool, Post
from workflows.forms import NoSample

pytestmark = pytest.mark.django_db

BENEFIT, JOINT, COUNTY_JOINT = "MZ01", "ZR01", "CL01"
BUILDING = {"land_type": "construction_land"}


@pytest.fixture
def head(desk):
    return lambda: desk.acting("xinan.centre", "township.head_window")


@pytest.fixture(autouse=True)
def _everything_is_sound(county):
    yield
    for case in Case.objects.all():
        assert unsound(case) == [], case.number


def withdrawn(desk, case):
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    case.refresh_from_db()
    return case


def returned(desk, case, element: str = "Task_CountyReview"):
    """The county sends the case back with a reason code (PROC-08)."""
    return desk.complete(desk.item(case, element), outcome="return")


def test_the_county_returns_it_twice_and_the_hand_up_clock_goes_on_with_what_was_left(desk):
    """PROC-08: each return resumes the township's clock; each receipt begins the county's."""
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    desk.go_to("2026-03-05")
    desk.run(case, until="Task_CountyReview")
    assert desk.clock(case, "handup").state == "stopped"
    desk.go_to("2026-03-10")
    returned(desk, case)
    assert desk.clock(case, "county").state == "ended"
    first = desk.clock(case, "handup").due_on
    desk.go_to("2026-03-12")
    desk.run(case, until="Task_CountyReceive")
    returned(desk, case, "Task_CountyReceive")
    desk.go_to("2026-03-16")
    second = desk.clock(case, "handup").due_on
    assert second >= first
    kinds = [entry["type"] for entry in entries(case, "handup")]
    assert kinds == ["started", "stopped", "resumed", "stopped", "resumed"]
    desk.run(case, until="Task_CountyReview")
    runs = list(
        case.clocks.filter(kind="county").order_by("run").values_list("state", flat=True)
    )
    assert runs == ["ended", "ended", "running"]
    assert desk.numbers(case).count("D18") == 3
    assert desk.clock(case, "statutory").state == "running"
    assert desk.run(case).result == "granted"


def test_withdrawn_while_the_county_holds_it(desk):
    """Every clock of both levels ends; the county's inbox is empty; D25W lists the papers."""
    case = desk.run(desk.open(BENEFIT), until="Task_CountyReview")
    held = desk.item(case)
    case = withdrawn(desk, case)
    held.refresh_from_db()
    assert (case.status, held.state) == ("WITHDRAWN", "CANCELLED")
    states = dict(case.clocks.values_list("kind", "state"))
    assert {states[kind] for kind in ("county", "handup", "promised", "statutory")} == {"ended"}
    assert desk.numbers(case)[-1] == "D25W"
    with pytest.raises((AlreadyDone, Refused, Unknown)):
        desk.complete(held)


def test_withdrawn_while_the_papers_are_on_the_way_to_the_county(desk):
    """IN-03: given by the township, signed for by nobody yet; the withdrawal is first."""
    case = desk.run(desk.open(BENEFIT), until="Task_CountyReceive")
    assert case.custody.filter(received_at=None, to_pool__role="county.window").exists()
    case = withdrawn(desk, case)
    assert case.result == "withdrawn"
    assert not case.documents.filter(code="D19").exists()


def test_suspended_on_the_way_to_the_county_and_returned_after(desk, head):
    """The hand-up clock stands still with the case and goes on after both stops."""
    case = desk.run(desk.open(BENEFIT), until="Task_CountyReceive")
    stop(desk, case, head())
    assert desk.clock(case, "handup").state == "stopped"
    desk.go_to("2026-03-16")
    go_on(desk, case, head())
    assert desk.clock(case, "handup").state == "running"
    returned(desk, case, "Task_CountyReceive")
    assert desk.clock(case, "handup").state == "running"
    assert desk.run(case).result == "granted"


def test_a_paper_is_verified_while_the_county_has_yet_to_sign(desk):
    """TOL-08, IN-03: the late paper follows the others to the same post."""
    case, keys = tolerated(desk)
    desk.run(case, until="Task_CountyReceive")
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    going = case.custody.filter(received_at=None)
    assert set(going.values_list("to_pool__role", flat=True)) == {"county.window"}
    assert going.count() == 2
    desk.complete(desk.item(case, "Task_CountyReceive"))
    assert not case.custody.filter(received_at=None, to_pool__role="county.window").exists()
    assert desk.run(case).result == "granted"


def test_returned_to_the_township_after_the_tolerance_expired(desk):
    """TOL-10 while the county holds it; the leader extends, the county returns, it goes on."""
    case, keys = tolerated(desk)
    desk.run(case, until="Task_CountyReview")
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="extend")
    returned(desk, case)
    desk.complete(
        desk.item(case, "Task_DecideOverdue"), outcome="extend", tolerance_until="2026-03-13"
    )
    assert desk.clock(case, "tolerance", 2).due_on == date(2026, 3, 13)
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.run(case).result == "granted"


def test_a_department_answers_after_the_county_has_closed(desk):
    """Nothing is written into a closed case; she reads that it is over."""
    case = desk.run(desk.open(COUNTY_JOINT), until="Task_CountyConvene")
    desk.complete(desk.item(case), reply_days=5)
    late = opinions(case).get()
    case = withdrawn(desk, case)
    with pytest.raises((Refused, AlreadyDone)), db.pretended(desk.at):
        actions.complete(
            late.pk,
            desk.anybody(late.pool_id),
            {"outcome": "agree", "opinion": "同意办理", "reply_number": ""},
        )
    assert not Opinion.objects.filter(case=case, item=late).exists()
    assert not case.clocks.filter(kind="department").exclude(state="ended").exists()


def test_two_departments_are_silent_and_one_dissents(desk):
    """R13, TYPE-09: silence is no consent, so it cannot be consolidated as agreed."""
    case = convened(desk, **BUILDING)
    first, *_silent = opinions(case)
    desk.complete(first, outcome="disagree", legal_basis="土地管理法第六十二条")
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    asked = case.items.filter(state="OPEN", element="Task_Follow")
    assert asked.count() == 2
    for item in asked:
        desk.complete(item, outcome="go_on")
    consolidate = desk.item(case, "Task_Consolidate")
    with pytest.raises((NoSample, Invalid, Refused)):
        desk.complete(consolidate, outcome="complete")
    desk.complete(consolidate, outcome="meet")
    case = desk.run(
        case,
        Task_Meet={"outcome": "refuse"},
        Task_Propose={"proposal": "refuse"},
        Task_Approve={"outcome": "refuse"},
    )
    assert case.result == "refused"
    assert case.denial_filings.get().document_code == "D20"


def test_suspended_during_opinions_nobody_is_late(desk, head):
    """PROC-07: the departments' own clocks stand still; R13 waits for the days that are left."""
    case = desk.run(desk.open(COUNTY_JOINT), until="Task_CountyConvene")
    desk.complete(desk.item(case), reply_days=5)
    asked = opinions(case).get()
    before = desk.clock(case, "department").due_on
    desk.go_to("2026-03-05")
    stop(desk, case, head())
    assert desk.item(case).due_at is None
    assert desk.sweep("2026-03-16").fired == 0
    desk.go_to("2026-03-16")
    go_on(desk, case, head())
    clock = desk.clock(case, "department")
    assert clock.due_on > before
    asked.refresh_from_db()
    assert (asked.state, asked.due_at) == ("OPEN", clock.due_at)
    desk.complete(asked)
    assert desk.run(case).result == "granted"


def test_a_licences_departments_stand_still_while_its_statutory_limit_runs(desk, head):
    """Art. 45: the law's limit goes on although the departments may wait."""
    case = convened(desk, **BUILDING)
    stop(desk, case, head())
    states = set(case.clocks.filter(kind="department").values_list("state", flat=True))
    assert states == {"stopped"}
    assert desk.clock(case, "statutory").state == "running"
    desk.go_to("2026-03-09")
    go_on(desk, case, head())
    assert desk.run(case).result == "granted"


def test_a_department_of_the_county_without_a_handler_is_named(desk):
    """DUTY-03: refused at the convening; nothing has been sent to anybody."""
    pool = Pool.objects.get(unit__key="county_disabled_federation", role="county.handler")
    case = desk.run(desk.open(COUNTY_JOINT), until="Task_CountyConvene")
    Post.objects.filter(pool=pool).update(active=False)
    Pool.objects.filter(pk=pool.pk).update(role="archivist")
    lookups.forget()
    with pytest.raises(Refused) as refusal:
        desk.complete(desk.item(case), reply_days=5)
    assert refusal.value.rule == "DUTY-03"
    assert not case.documents.filter(code="D17").exists()
    Pool.objects.filter(pk=pool.pk).update(role="county.handler")
    Post.objects.filter(pool=pool).update(active=True)
    lookups.forget()
    assert desk.run(case).result == "granted"


@pytest.mark.parametrize(
    ("element", "approver", "given"),
    [
        ("Task_CountyReview", "Task_ApproveCounty", {}),
        ("Task_Consolidate", "Task_ApproveGovernment", BUILDING),
    ],
    ids=["escalated", "joint"],
)
def test_extended_once_and_never_after_the_day(desk, element, approver, given):
    """Art. 42: the first in time by another person; a second, or a late one, is refused."""
    code = JOINT if given else "LY01"
    case = desk.run(desk.open(code, **given), until=element)
    words = {"added_days": 5, "extension_reason": "申报资料复杂，核对需要时间"}
    desk.complete(desk.item(case, element), outcome="extend", **words)
    before = desk.clock(case, "statutory").due_on
    desk.complete(desk.item(case, approver), outcome="approve")
    assert desk.clock(case, "statutory").due_on > before
    assert desk.numbers(case).count("D15") == 1
    with pytest.raises((NoSample, Invalid, Refused)):
        desk.complete(desk.item(case, element), outcome="extend", **words)

    other = desk.run(desk.go_to("2026-03-03").open(code, **given), until=element)
    desk.complete(desk.item(other, element), outcome="extend", **words)
    desk.go_to("2026-05-20")
    with pytest.raises(Refused) as refusal:
        desk.complete(desk.item(other, approver), outcome="approve")
    assert "四十二条" in refusal.value.rule
    assert "D15" not in desk.numbers(other)


def test_no_extension_while_it_stands_still(desk, head):
    case = desk.run(desk.open("LY01"), until="Task_CountyReview")
    stop(desk, case, desk.acting("county_forestry", "county.leader"))
    with pytest.raises(Refused, match="已中止"):
        desk.complete(
            desk.item(case),
            outcome="extend",
            added_days=5,
            extension_reason="申报资料复杂，核对需要时间",
        )


def test_what_must_be_filed_in_person_is_filed_by_nobody_else(desk):
    """AGT-04: refused with the reason; nothing is opened."""
    from tests.webapp.cases.desk import MANDATE

    agent = desk.acting("station.130123103201", "village.agent")
    with pytest.raises(Refused):
        desk.open("CL02", agent, mandate=MANDATE)
    assert not Case.objects.exists()


CALENDAR = Path(__file__).resolve().parents[3] / "bpmn/catalogue/calendar_2025_2027.csv"
SPECIAL = {
    date.fromisoformat(row[0]): row[2]
    for row in csv.reader(CALENDAR.read_text("utf-8").splitlines())
    if row[0][:2] == "20"
}


def by_hand(day: date, days: int) -> date:
    """So many working days after a day, counted one by one from the published list."""
    while days:
        day += timedelta(days=1)
        kind = SPECIAL.get(day)
        days -= kind == "work" or (kind is None and day.weekday() < 5)
    return day


HOLIDAYS = [  # Spring Festival: 15 to 23 February 2026 off, Saturdays 14 and 28 worked
    ("check", "2026-02-13", "Task_Examine"),
    ("supplement", "2026-02-12", "Event_SupplementDue"),
    ("tolerance", "2026-02-12", "tolerated"),
    ("handup", "2026-02-12", "Task_Prelim"),
    ("promised", "2026-02-12", "Task_Prelim"),
    ("statutory", "2026-02-12", "Task_Prelim"),
    ("county", "2026-02-12", "Task_CountyReview"),
    ("step", "2026-02-12", "Task_Prelim"),
    ("delivery", "2026-02-12", "Task_Counter"),
    ("department", "2026-02-12", "asked"),
]


@pytest.mark.parametrize(("kind", "opened", "until"), HOLIDAYS, ids=[h[0] for h in HOLIDAYS])
def test_a_holiday_lies_inside_each_limit(desk, kind, opened, until):
    """domain §1.5: counted day by day from the published list, for every kind of clock."""
    desk.go_to(opened)
    if until == "tolerated":
        case, _keys = tolerated(desk, until="2026-02-26")
    elif kind == "supplement":
        key = tolerable(desk, BENEFIT)[0]
        case = desk.open(BENEFIT, marks=desk.marks(BENEFIT, **{key: "missing"}))
        case.materials.filter(key=key).update(needed=True)
        desk.complete(desk.item(case), outcome="supplement")
    elif kind == "department":
        case = desk.run(desk.open(COUNTY_JOINT), until="Task_CountyConvene")
        desk.complete(desk.item(case), reply_days=5)
    else:
        case = desk.run(desk.open(BENEFIT), until=until)
    clock = case.clocks.filter(kind=kind).exclude(state="ended").order_by("run").last()
    started = next(e for e in entries(case, kind)[::-1] if e["type"] == "started")
    assert started["limit"]["unit"] == "workday"
    assert clock.due_on == by_hand(date.fromisoformat(opened), started["limit"]["amount"])
    assert clock.due_on > date(2026, 2, 23)


def test_the_hourly_check_finds_papers_in_two_hands_and_a_promise_that_runs_too_long(desk):
    """design: data; both are found in the one statement that runs every hour."""
    case, _keys = tolerated(desk)
    window = Pool.objects.get(unit__key="xinan.centre", role="township.window")
    other = Pool.objects.get(unit__key="county_hall", role="county.window")
    given = {"case": case, "papers": "result", "from_unit": window.unit, "given_at": desk.at}
    rows = [Custody.objects.create(to_pool=pool, **given) for pool in (window, other)]
    assert "papers are on the way to two posts" in [one.rule for one in broken_invariants()]
    for row in rows:
        row.delete()
    clock = desk.clock(case, "tolerance")
    kept = clock.due_on
    type(clock).objects.filter(pk=clock.pk).update(due_on=date(2027, 1, 4))
    assert [one.rule for one in broken_invariants()] == [
        "tolerance outlives a limit of the case"
    ]
    type(clock).objects.filter(pk=clock.pk).update(due_on=kept)
