"""Whatever people do, in whatever order: the hourly invariant holds (design: data)."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from random import Random

import pytest

from tests.webapp.cases.test_tolerance import tolerable
from webapp.cases import actions
from webapp.cases.models import Case, CaseMaterial, Clock, WorkItem
from webapp.cases.models.commitments import Commitment
from webapp.cases.queries.invariants import broken_chain, broken_invariants, gaps_in_numbers
from webapp.core import db, outbox
from webapp.core.errors import Refused
from workflows.forms import NoSample

pytestmark = pytest.mark.django_db

STEPS = 45
ITEMS = ("MZ01", "CL01", "ZR01", "LY01", "SJ03", "RS04", "promised")


@pytest.mark.parametrize("seed", range(8))
def test_no_walk_leaves_a_case_that_nobody_answers_for(desk, seed):
    random = Random(seed)  # noqa: S311 - repeatable walks
    code = ITEMS[seed % len(ITEMS)]
    if code == "promised":
        code = desk.reroute("MZ02", "promised")
    keys = tolerable(desk, code)[:1]
    case = desk.open(code, marks=desk.marks(code, **dict.fromkeys(keys, "missing")))
    case.materials.filter(key__in=keys).update(needed=True)
    for _step in range(STEPS):
        case.refresh_from_db()
        if not case.is_open:
            break
        act = random.choices(
            (step, arrive, wait, suspend, resume, propose, decide, mark, withdraw),
            (60, 12, 12, 3, 8, 2, 2, 6, 0.5),
        )[0]
        with contextlib.suppress(Refused, NoSample):
            act(desk, case, random)
        check(case)
    for one in Case.objects.all():
        assert broken_chain(one.pk) == []
    assert gaps_in_numbers() == []


def check(case: Case) -> None:
    assert broken_invariants() == []
    case.refresh_from_db()
    if not case.is_open:
        open_clocks = Clock.objects.filter(case=case).exclude(state="ended")
        assert not open_clocks.exclude(item__process_key="").exists()
        assert not Commitment.objects.filter(case=case, state="OPEN").exists()
    held = Commitment.objects.filter(case=case, state="OPEN").first()
    if held is not None:
        proposed = WorkItem.objects.filter(case=case, element="Task_Propose").last()
        refusing = case.clocks.filter(kind="tolerance").last().state == "ended"
        assert (
            proposed is None
            or refusing
            or not case.awaited.filter(name="paper_arrived", over_at=None).exists()
        )


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
            case.pk, desk.window, {one.key: {"state": "received"} for one in lacking}
        )


def mark(desk, case, random) -> None:
    paper = random.choice(list(case.materials.all()))
    state = random.choice(("checked", "checked", "checked", "defective"))
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, paper.key, state, "看不清")


def wait(desk, case, random) -> None:
    desk.at += timedelta(days=random.choice((0, 1, 1, 2, 5)), minutes=random.randint(1, 50))
    if desk.at.hour < 8:
        desk.at = desk.at.replace(hour=9)
    with db.pretended(desk.at):
        actions.fire_due_timers()
        actions.issue_cards(desk.at)
        outbox.deliver(50)


def head(desk):
    return desk.acting("xinan.centre", "township.head_window")


def suspend(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.suspend(case.pk, head(desk), "party", "等待确定承受人", "办法第四条")


def resume(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.resume(case.pk, head(desk), "已经确定")


def propose(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.propose_termination(case.pk, desk.window, "户籍迁出", "办法第三条")


def decide(desk, case, random) -> None:
    agree = random.random() < 0.5
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(desk), agree=agree, note="继续办")


def withdraw(desk, case, random) -> None:
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
