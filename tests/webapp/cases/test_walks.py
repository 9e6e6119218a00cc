"""Whatever people do, in whatever order, on whatever path: nothing breaks (design: data, flows).

Hypothesis draws a path and a seed of permitted actions; after each action everything that must
hold is read (`reading.unsound`). `make soak` draws many more.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webapp.cases.desk import MANDATE, day
from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_tolerance import tolerable
from webapp.cases import actions
from webapp.cases.models import CaseMaterial, WorkItem
from webapp.core import db, outbox
from webapp.core.errors import Refused
from workflows.forms import NoSample

pytestmark = pytest.mark.django_db

STEPS = 40
PATHS = {  # path: item and where it is filed
    "immediate": ("SJ01", "xinan.centre"),
    "promised": ("FW01", "xinan.centre"),
    "joint": ("ZR01", "xinan.centre"),
    "escalated": ("MZ01", "xinan.centre"),
    "escalated-joint": ("CL01", "xinan.centre"),
    "coordination": ("XF01", "xinan.centre"),
    "county": ("LY01", "county_hall"),
    "county-joint": ("RS04", "county_hall"),
    "village": ("MZ04", "station.130123103201"),
}
ROLES = {
    "xinan.centre": "township.window",
    "county_hall": "county.window",
    "station.130123103201": "village.agent",
}
walks = given(st.sampled_from(sorted(PATHS)), st.integers(0, 2**32))
FIXTURE = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@walks
@settings(max_examples=18, **FIXTURE)
def test_no_walk_breaks_what_must_hold(desk, path, seed):
    walk(desk, path, Random(seed))  # noqa: S311 - repeatable walks


@pytest.mark.soak
@walks
@settings(max_examples=1500, **FIXTURE)
def test_no_walk_breaks_what_must_hold_for_long(desk, path, seed):
    walk(desk, path, Random(seed))  # noqa: S311


def walk(desk, path: str, random: Random) -> None:
    """One case on a path, until it is over or nobody goes on; undone afterwards."""
    desk.at = day("2026-03-03")
    with transaction.atomic():
        _walk(desk, path, random)
        transaction.set_rollback(True)


def _walk(desk, path: str, random: Random) -> None:
    code, unit = PATHS[path]
    keys = tolerable(desk, code)[: random.choice((0, 1, 1, 2))]
    by = desk.acting(unit, ROLES[unit])
    mandate = MANDATE if path == "village" else None
    marks = desk.marks(code, **dict.fromkeys(keys, "missing"))
    case = desk.open(code, by, marks=marks, mandate=mandate)
    case.materials.filter(key__in=keys).update(needed=True)
    told = []
    for _step in range(STEPS):
        case.refresh_from_db()
        if not case.is_open:
            break
        act = random.choices(
            (step, arrive, wait, suspend, resume, propose, decide, mark, withdraw, ask, snooze),
            (60, 12, 12, 3, 8, 2, 2, 6, 0.5, 10, 4),
        )[0]
        with contextlib.suppress(Refused, NoSample):
            act(desk, case, random)
            told.append(act.__name__)
        assert unsound(case) == [], (path, told)


def step(desk, case, random) -> None:
    items = list(WorkItem.objects.filter(case=case, state="OPEN").order_by("id"))
    if not items:
        wait(desk, case, random)
        return
    item = random.choice(items)
    given = {}
    if item.element == "Task_Examine" and random.random() < 0.7:
        day = (desk.at + timedelta(days=random.randint(1, 9))).date()
        given = {
            "outcome": "tolerate", "tolerance_until": day.isoformat(), "commitment_signed": True,
        }  # fmt: skip
    elif random.random() < 0.4:
        given = {"outcome": random.choice(OUTCOMES)}
    desk.complete(item, **given)


OUTCOMES = (
    *("complete", "refuse", "special", "extend", "return", "agree", "disagree", "supplement"),
    *("meet", "agreed", "again", "go_on", "reject", "approve", "terminate", "more", "grant"),
)


def arrive(desk, case, random) -> None:
    lacking = CaseMaterial.objects.filter(case=case, state__in=["missing", "defective"])
    with db.pretended(desk.at):
        actions.supply_materials(
            case.pk, window(desk, case), {one.key: {"state": "received"} for one in lacking}
        )


def mark(desk, case, random) -> None:
    paper = random.choice(list(case.materials.all()))
    state = random.choice(("checked", "checked", "checked", "defective"))
    with db.pretended(desk.at):
        actions.set_material(case.pk, window(desk, case), paper.key, state, "看不清")


def wait(desk, case, random) -> None:
    desk.at += timedelta(days=random.choice((0, 1, 1, 2, 5)), minutes=random.randint(1, 50))
    if desk.at.hour < 8:
        desk.at = desk.at.replace(hour=9)
    with db.pretended(desk.at):
        actions.fire_due_timers()
        actions.issue_cards(desk.at)
        outbox.deliver(50)


def _level(case) -> str:
    return "county" if case.accountable_unit.key == "county_hall" else "township"


def window(desk, case):
    """The window that answers for the case."""
    return desk.acting(case.accountable_unit.key, f"{_level(case)}.window")


def head(desk, case):
    """The head of that window."""
    return desk.acting(case.accountable_unit.key, f"{_level(case)}.head_window")


def suspend(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.suspend(case.pk, head(desk, case), "party", "等待确定承受人", "办法第四条")


def resume(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.resume(case.pk, head(desk, case), "已经确定")


def propose(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.propose_termination(case.pk, window(desk, case), "户籍迁出", "办法第三条")


def decide(desk, case, random) -> None:
    agree = random.random() < 0.5
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(desk, case), agree=agree, note="继续办")


def ask(desk, case, random) -> None:
    """Any verb among colleagues: no token and no clock moves by it."""
    by, leader = window(desk, case), head(desk, case)
    reader = desk.acting("nangang.centre", "township.window")
    calls = (
        lambda: actions.urge(case.pk, leader, "申请人在等"),
        lambda: actions.supervise(
            case.pk,
            desk.acting("county_service_office", "county.office"),
            "说明",
            desk.at.date(),
        ),
        lambda: actions.answer_demand(case.demands.latest("pk").pk, by, "今天办"),
        lambda: actions.copy_to(case.pk, by, reader.name, "请了解"),
        lambda: actions.end_copy(case.copies.latest("pk").pk, by),
        lambda: actions.comment(case.pk, by, f"@{leader.name} 请看"),
    )
    with db.pretended(desk.at), contextlib.suppress(ObjectDoesNotExist):
        random.choice(calls)()


def snooze(desk, case, random) -> None:
    item = WorkItem.objects.filter(case=case, state="OPEN").order_by("id").first()
    if item is not None:
        day = (desk.at + timedelta(days=random.randint(1, 4))).date()
        with db.pretended(desk.at):
            actions.snooze(item.pk, desk.anybody(item.pool_id), day)


def withdraw(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.withdraw(case.pk, window(desk, case), "不办了")
