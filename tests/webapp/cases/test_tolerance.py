"""Tolerance: granted papers later, kept, broken, extended, refused and withdrawn while open."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from webapp.cases import actions
from webapp.cases.models import Commitment, Custody
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import TOLERANCE_BAR
from webapp.core import db
from webapp.core.errors import Invalid, NotYours, Refused

pytestmark = pytest.mark.django_db

ESCALATED = "MZ01"  # promised 20, statutory 30 working days; three tolerable papers
PATHS = {"promised": "ZR01", "escalated": "MZ01", "joint": "ZR01", "escalated-joint": "CL01"}


def on_path(desk, path: str) -> str:
    """An item that runs on this path."""
    code = PATHS[path]
    return desk.reroute(code, "promised") if path == "promised" else code


def tolerable(desk, code: str) -> list[str]:
    from webapp.catalogue.queries import item_by_code

    return [m.key for m in item_by_code(code).materials if m.tolerable]


def tolerated(desk, code: str = ESCALATED, many: int = 1, until: str = "2026-03-10"):
    """A case accepted with so many papers to come, on 3 March 2026."""
    keys = tolerable(desk, code)[:many]
    case = desk.open(code, marks=desk.marks(code, **dict.fromkeys(keys, "missing")))
    case.materials.filter(key__in=keys).update(needed=True)
    desk.complete(
        desk.item(case), outcome="tolerate", tolerance_until=until, commitment_signed=True
    )
    case.refresh_from_db()
    return case, keys


def arrives(desk, case, *keys: str, by=None):
    with db.pretended(desk.at):
        return actions.supply_materials(
            case.pk, by or desk.window, {key: {"state": "received"} for key in keys}
        )


def verify(desk, case, *keys: str, state: str = "checked", outcome: str = "complete"):
    item = desk.item(case, "Task_VerifyPaper")
    person = desk.anybody(item.pool_id)
    with db.pretended(desk.at):
        for key in keys:
            defect = "看不清" if state == "defective" else ""
            actions.set_material(case.pk, person, key, state, defect)
    return desk.complete(item, person, outcome=outcome)


@pytest.mark.parametrize("path", PATHS)
def test_accepted_with_one_locked_list_and_a_signed_undertaking(desk, path):
    """TOL-04, TOL-05, TOL-07, TOL-08: D08 and D09, a clock, the review goes on beside it."""
    code = on_path(desk, path)
    case, keys = tolerated(desk, code)
    assert case.status in {"ACCEPTED_TOLERANT", "IN_REVIEW", "JOINT"}
    assert {"D08", "D09"} <= set(desk.numbers(case))
    held = Commitment.objects.get(case=case)
    assert (held.state, held.until) == ("OPEN", date(2026, 3, 10))
    assert len(held.digest) == 64
    assert [p.material.key for p in held.papers.all()] == keys
    assert desk.clock(case, "tolerance").due_on == date(2026, 3, 10)
    assert {"promised"} <= set(case.clocks.values_list("kind", flat=True))
    assert case.awaited.filter(name="paper_arrived", over_at=None).exists()
    assert case.items.filter(state="OPEN").exists()
    notice = case.documents.get(code="D08").content
    (table,) = [t for t in notice["lists"] if t["rows"]]
    assert any("2026年3月10日" in cell for cell in table["rows"][0])


@pytest.mark.parametrize("path", PATHS)
def test_granting_waits_for_the_papers_and_then_goes_through(desk, path):
    """TOL-09: only granting waits; the last paper opens it."""
    code = on_path(desk, path)
    case, keys = tolerated(desk, code)
    for _ in range(12):
        work = case.items.filter(state="OPEN").order_by("id")
        todo = [item for item in work if item.element != "Task_VerifyPaper"]
        if not todo:
            break
        desk.complete(todo[0])
    assert not case.items.filter(element="Task_Propose").exists()
    assert not case.items.filter(state="OPEN").exists()
    desk.go_to("2026-03-06")
    arrives(desk, case, *keys)
    assert "D02" in desk.numbers(case)[-1:]
    verify(desk, case, *keys)
    assert desk.item(case).element == "Task_Propose"
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.clock(case, "tolerance").state == "ended"
    case = desk.run(case)
    assert (case.result, case.is_open) == ("granted", False)
    assert broken_invariants() == []


def test_papers_come_one_by_one_and_a_bad_one_does_not_count(desk):
    case, keys = tolerated(desk, many=2)
    desk.go_to("2026-03-05")
    arrives(desk, case, keys[0])
    with pytest.raises(Refused, match="没有核验合格") as refusal:
        verify(desk, case, keys[0])
    assert refusal.value.rule == "TOL-09"
    verify(desk, case, keys[0], state="defective", outcome="more")
    arrives(desk, case, *keys)
    with pytest.raises(Refused, match="已补齐"):
        verify(desk, case, *keys, outcome="more")
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"
    came = [p.came_at for p in Commitment.objects.get(case=case).papers.all()]
    assert all(came)


def test_a_paper_that_comes_while_another_is_verified_is_only_marked(desk):
    case, keys = tolerated(desk, many=2)
    arrives(desk, case, keys[0])
    result = arrives(desk, case, keys[1])
    assert result.opened == ()
    assert case.materials.get(key=keys[1]).state == "to_check"
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"


def test_nobody_ticks_a_promised_paper_past_its_arrival(desk):
    case, keys = tolerated(desk)
    with pytest.raises(Refused, match="登记补交") as refusal, db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, keys[0], "received")
    assert refusal.value.rule == "TOL-05"
    with pytest.raises(Invalid):
        arrives(desk, case)
    other = case.materials.exclude(key__in=keys).first().key
    with pytest.raises(Refused) as refusal, db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, other, "missing")
    assert refusal.value.rule == "TOL-04"


@pytest.mark.parametrize("path", PATHS)
def test_expired_the_leader_ends_it_and_the_county_is_told(desk, path):
    """TOL-06, TOL-10, DENY-01, DENY-02: D25 with remedy and filing; barred for a year."""
    code = on_path(desk, path)
    case, _keys = tolerated(desk, code)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(case, "Task_DecideOverdue"), outcome="terminate")
    assert not case.items.filter(
        state="OPEN", element__in=["Task_Review", "Task_Prelim"]
    ).exists()
    case = desk.run(case)
    assert (case.result, case.is_open) == ("expired", False)
    paper = case.documents.get(code="D25")
    assert "remedy" in paper.content
    filing = case.denial_filings.get()
    assert filing.document_code == "D25"
    assert filing.proposer_id != filing.confirmer_id
    assert Commitment.objects.get(case=case).state == "BROKEN"
    assert desk.running(case) == set()
    assert broken_invariants() == []


def test_who_broke_a_promise_is_not_tolerated_again_within_a_year(desk):
    """TOL-x: the same person, known by the keyed hash of her number."""
    number = "130123199001011234"
    person = {"applicant_id_type": "id_card", "applicant_id_number": valid(number)}
    keys = tolerable(desk, ESCALATED)[:1]
    marks = desk.marks(ESCALATED, **dict.fromkeys(keys, "missing"))
    first = desk.open(ESCALATED, marks=marks, **person)
    desk.complete(
        desk.item(first), outcome="tolerate", tolerance_until="2026-03-10",
        commitment_signed=True,
    )  # fmt: skip
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(first, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(first, "Task_DecideOverdue"), outcome="terminate")
    desk.run(first)
    again = desk.open(ESCALATED, marks=marks, **person)
    with pytest.raises(Refused, match="没有兑现") as refusal:
        desk.complete(
            desk.item(again), outcome="tolerate", tolerance_until="2026-03-18",
            commitment_signed=True,
        )  # fmt: skip
    assert refusal.value.rule == "TOL-x"
    assert desk.item(again).element == "Task_Examine"


def valid(number: str) -> str:
    """The number with its right check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(n) * w for n, w in zip(number, weights, strict=False))
    return number[:17] + "10X98765432"[total % 11]


def test_extended_once_never_past_the_limit(desk):
    """TOL-05, TOL-x: a new D08; the second time is refused, and so is a late day."""
    case, keys = tolerated(desk)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="extend")
    decide = desk.item(case, "Task_DecideOverdue")
    with pytest.raises(Refused, match="最晚是2026年3月2") as refusal:
        desk.complete(decide, outcome="extend", tolerance_until="2026-04-20")
    assert refusal.value.rule == "TOL-05"
    desk.complete(decide, outcome="extend", tolerance_until="2026-03-16")
    held = Commitment.objects.get(case=case)
    assert (held.state, held.until, held.extended) == ("OPEN", date(2026, 3, 16), True)
    assert desk.clock(case, "tolerance").state == "ended"
    assert desk.clock(case, "tolerance", 2).due_on == date(2026, 3, 16)
    assert desk.numbers(case).count("D08") == 2
    desk.sweep("2026-03-17")
    desk.go_to("2026-03-17")
    late = desk.item(case, "Task_Overdue")
    arrives(desk, case, *keys)  # at the last moment: only marked, the person sees it
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, keys[0], "checked")
    desk.complete(late, desk.window, overdue_request="supplied")
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.run(case).result == "granted"


def test_what_has_come_is_not_ended_for_not_having_come(desk):
    """TOL-10: everything is in order, so the leader can neither end nor extend."""
    case, keys = tolerated(desk)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="terminate")
    arrives(desk, case, *keys)
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, keys[0], "checked")
    decide = desk.item(case, "Task_DecideOverdue")
    with pytest.raises(Refused, match="退回窗口") as refusal:
        desk.complete(decide, outcome="terminate")
    assert refusal.value.rule == "TOL-10"
    desk.complete(decide, outcome="return")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="supplied")
    assert Commitment.objects.get(case=case).state == "KEPT"


def test_refusal_does_not_wait_and_the_promise_is_dropped(desk):
    """TOL-09: an ineligible case need not wait for papers; what comes all the same is taken in."""
    code = on_path(desk, "promised")
    case, keys = tolerated(desk, code)
    desk.complete(desk.item(case, "Task_Review"), outcome="refuse")
    assert not case.awaited.filter(over_at=None).exists()
    desk.complete(desk.item(case, "Task_Propose"), proposal="refuse")
    assert arrives(desk, case, *keys).opened == ()
    case = desk.run(case, Task_Approve={"outcome": "refuse"})
    assert case.result == "refused"
    assert Commitment.objects.get(case=case).state == "DROPPED"
    assert case.denial_filings.get().document_code == "D20"


def test_withdrawn_while_open(desk):
    case, _keys = tolerated(desk)
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    case.refresh_from_db()
    assert case.result == "withdrawn"
    assert Commitment.objects.get(case=case).state == "DROPPED"
    assert desk.running(case) == set()
    assert broken_invariants() == []
    assert not case.denial_filings.exists()


def test_expires_while_the_county_holds_the_case(desk):
    """How it will be checked: the township decides about the papers, the county stops."""
    case, _keys = tolerated(desk, until="2026-03-10")
    desk.run(case, until="Task_CountyReview")
    assert case.items.get(state="OPEN").element == "Task_CountyReview"
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    assert set(case.items.filter(state="OPEN").values_list("element", flat=True)) == {
        "Task_CountyReview",
        "Task_Overdue",
    }
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(case, "Task_DecideOverdue"), outcome="terminate")
    assert not case.items.filter(state="OPEN", element="Task_CountyReview").exists()
    case = desk.run(case)
    assert case.result == "expired"
    assert desk.running(case) == set()
    assert broken_chain(case.pk) == []


def test_a_paper_that_comes_after_forwarding_is_handed_to_the_county(desk):
    """IN-03, flows: later arrivals are handed over one by one."""
    case, keys = tolerated(desk)
    desk.run(case, until="Task_CountyReview")
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    last = Custody.objects.filter(case=case).order_by("-id").first()
    assert last.to_pool.unit.key == "county_civil_affairs"
    assert last.received_at is None


MAIN = {"main": "TOL-02", "fixed": "TOL-03"}


def test_a_main_paper_is_never_tolerated(desk):
    """TOL-02, TOL-03: missing or not in form, it is noticed, not promised."""
    from webapp.catalogue.queries import item_by_code

    main = next(m.key for m in item_by_code(ESCALATED).materials if m.role == "main")
    for state in ("missing", "defective"):
        case = desk.open(ESCALATED, marks=desk.marks(ESCALATED, **{main: state}))
        case.materials.filter(key=main).update(needed=True)
        with pytest.raises(Refused) as refusal:
            desk.complete(
                desk.item(case), outcome="tolerate", tolerance_until="2026-03-10",
                commitment_signed=True,
            )  # fmt: skip
        assert refusal.value.rule == "TOL-02"
        assert desk.item(case).element == "Task_Examine"
        assert not Commitment.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"tolerance_until": "2026-03-14"}, "TOL-05"),  # a Saturday
        ({"tolerance_until": "2026-04-10"}, "TOL-05"),  # after promised less the decision
        ({"tolerance_until": "2026-03-11"}, "TOL-05"),  # later than the list gives the paper
        ({"commitment_signed": False}, "TOL-07"),
    ],
)
def test_what_else_forbids_it(desk, given, rule):
    keys = tolerable(desk, ESCALATED)[:1]
    case = desk.open(ESCALATED, marks=desk.marks(ESCALATED, **dict.fromkeys(keys, "missing")))
    case.materials.filter(key__in=keys).update(needed=True)
    item = desk.item(case)
    raw = desk.form_answers(
        item, outcome="tolerate", tolerance_until="2026-03-10", commitment_signed=True
    )
    with pytest.raises(Refused) as refusal, db.pretended(desk.at):
        actions.complete(item.pk, desk.window, {**raw, **given})
    if not isinstance(refusal.value, Invalid):
        assert refusal.value.rule == rule
    assert desk.item(case).element == "Task_Examine"


def test_nothing_open_is_nothing_to_tolerate(desk):
    case = desk.open(ESCALATED)
    with pytest.raises(Refused) as refusal:
        desk.complete(
            desk.item(case), outcome="tolerate", tolerance_until="2026-03-10",
            commitment_signed=True,
        )  # fmt: skip
    assert refusal.value.rule == "TOL-04"


def test_an_immediate_item_is_never_tolerated(desk):
    """TOL-01: the choice is not even there."""
    case = desk.open("SJ01")
    item = desk.item(case)
    raw = desk.form_answers(item)
    with pytest.raises(Invalid), db.pretended(desk.at):
        actions.complete(item.pk, desk.window, {**raw, "outcome": "tolerate"})


def test_the_database_keeps_one_open_commitment(desk):
    case, _keys = tolerated(desk)
    held = Commitment.objects.get(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(case=case, until=held.until, registered_at=held.registered_at)


def test_the_leader_who_decides_is_not_who_verified(desk):
    """DENY-02: Task_DecideOverdue is separate from Task_Overdue."""
    case, _keys = tolerated(desk)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    overdue = desk.item(case, "Task_Overdue")
    person = desk.anybody(overdue.pool_id)
    desk.complete(overdue, person, overdue_request="terminate")
    decide = desk.item(case, "Task_DecideOverdue")
    assert "Task_Overdue" in decide.separate
    with pytest.raises((NotYours, Refused)):
        desk.complete(decide, person, outcome="terminate")


def broken(desk, **person):
    """A case of a person whose promise was broken on 11 March 2026."""
    keys = tolerable(desk, ESCALATED)[:1]
    marks = desk.marks(ESCALATED, **dict.fromkeys(keys, "missing"))
    first = desk.open(ESCALATED, marks=marks, **person)
    desk.complete(
        desk.item(first), outcome="tolerate", tolerance_until="2026-03-10",
        commitment_signed=True,
    )  # fmt: skip
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(first, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(first, "Task_DecideOverdue"), outcome="terminate")
    desk.run(first)
    return first, desk.open(ESCALATED, marks=marks, **person)


def text_of(case, code: str) -> str:
    return "".join(case.documents.get(code=code).content["paragraphs"])


def test_how_long_a_broken_promise_bars_is_the_countys_parameter(desk):
    """TOL-06: printed on D08 and D09, kept with the promise; what was signed binds."""
    Parameter.objects.filter(pk=TOLERANCE_BAR).update(value=5)
    number = valid("130123199001011234")
    person = {"applicant_id_type": "id_card", "applicant_id_number": number}
    first, again = broken(desk, **person)
    assert "自终止之日起5天内不再容缺受理" in text_of(first, "D08")
    assert "自终止之日起5天内不能再次申请" in text_of(first, "D09")
    assert first.commitments.get().bars_days == 5
    Parameter.objects.filter(pk=TOLERANCE_BAR).update(value=365)  # not for what was signed
    promise = {"outcome": "tolerate", "commitment_signed": True}
    with pytest.raises(Refused, match="2026-03-16以前不能再次容缺") as refusal:
        desk.complete(desk.item(again), tolerance_until="2026-03-18", **promise)
    assert refusal.value.rule == "TOL-x"
    desk.go_to("2026-03-17")
    desk.complete(desk.item(again), tolerance_until="2026-03-19", **promise)
    assert "自终止之日起1年内" in text_of(again, "D08")
    assert again.commitments.get().bars_days == 365


def test_a_county_may_set_no_bar_at_all(desk):
    Parameter.objects.filter(pk=TOLERANCE_BAR).update(value=0)
    number = valid("130123199001011234")
    first, again = broken(desk, applicant_id_type="id_card", applicant_id_number=number)
    assert "不再容缺受理" not in text_of(first, "D08")
    assert "后果" in text_of(first, "D09")
    desk.complete(
        desk.item(again), outcome="tolerate", tolerance_until="2026-03-18",
        commitment_signed=True,
    )  # fmt: skip
    assert again.commitments.get().state == "OPEN"


def test_without_a_row_the_default_of_the_requirement_holds(desk):
    Parameter.objects.all().delete()
    case, _keys = tolerated(desk)
    assert case.commitments.get().bars_days == 365
    assert "1年内" in text_of(case, "D08")
