"""A case from its registration to its end: what each step writes, and that it writes it once."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import MANDATE, day
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import (
    Custody,
    DenialFiling,
    Document,
    NumberSeries,
    Opinion,
    SensitiveValue,
    Submission,
    WorkItem,
)
from webapp.cases.values import open_value
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.core.models import OutboxMessage

PROMISED, ESCALATED, IMMEDIATE = "ZR01", "MZ04", "SJ01"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _invariant_holds(county):
    """Whatever a test did: the invariant holds, chains are whole, numbers have no gaps."""
    yield
    assert queries.broken_invariants() == []
    assert queries.gaps_in_numbers() == []
    for case in {event.subject_id for event in Event.objects.filter(subject="case")}:
        assert queries.broken_chain(case) == []


def test_registering_opens_the_case_in_the_window_with_receipt_and_check_clock(desk):
    """IN-10, IN-11: receipt with number, five working days from receipt."""
    case = desk.open(ESCALATED, applicant_name="王建国")
    item = desk.item(case)
    assert (item.name, item.pool.role_id) == ("审查材料", "township.window")
    assert case.number == f"130123103-20260303-{case.pk:06d}"
    assert (case.status, case.is_open, case.holder_role) == (
        "RECEIVED",
        True,
        "township.window",
    )
    assert desk.numbers(case) == ["D02"]
    assert str(desk.clock(case, "check").due_on) == "2026-03-10"
    assert case.due_at == item.due_at == day("2026-03-10", 17, 30)
    assert desk.timers(case)["Event_CheckDue"].fires_at == day("2026-03-11", 0, 0)
    assert case.materials.count() == 6
    assert case.village == desk.village()


def test_sensitive_answers_are_stored_encrypted_only(desk):
    case = desk.open(ESCALATED)
    stored = Submission.objects.get(case=case)
    assert stored.form == "item:MZ04"
    reference = stored.values["applicant_phone"]["sensitive"]
    row = SensitiveValue.objects.get(pk=reference)
    phone = open_value(case.pk, row.field, bytes(row.ciphertext))
    assert phone.isdigit()
    assert len(row.keyed_hash) == 64
    everything = str(list(Submission.objects.values())) + str(list(Event.objects.values()))
    assert phone not in everything + str(list(Document.objects.values()))


def test_promised_runs_through_three_hands_to_the_applicant(desk):
    """TYPE-03, PROC-03: accepted, reviewed, decided by three, delivered, closed off."""
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")))
    assert (case.status, case.result, case.is_open) == ("CLOSED", "granted", False)
    assert desk.numbers(case) == ["D02", "D05", "D11", "D12", "D19", "D23"]
    decision = case.documents.get(code="D19")
    assert decision.organ == case.competent_unit
    assert decision.number.endswith("准〔2026〕1号")
    table = case.documents.get(code="D12").content["lists"][0]["rows"]
    assert [row[0] for row in table][-3:] == ["提出承办意见", "审核", "批准"]
    done = WorkItem.objects.filter(case=case, state="DONE")
    by = {item.element: item.closed_by_id for item in done}
    assert len({by["Task_Propose"], by["Task_Check"], by["Task_Approve"]}) == 3
    assert desk.running(case) == set()
    assert not case.timers.filter(state="ARMED").exists()
    assert case.deliveries.get().way == "window"
    assert case.holder_unit_id is None


def test_one_step_is_few_statements_and_their_number_does_not_grow(
    desk, django_assert_num_queries
):
    """Design §10: constant statements; two for a plain step, six with documents."""
    desk.run(desk.open(ESCALATED))  # reference data is remembered from now on
    for _ in range(2):
        case = desk.run(desk.open(ESCALATED), until="Task_Prelim")
        item = desk.item(case)
        by, raw = desk.anybody(item.pool_id), desk.form_answers(item)
        with django_assert_num_queries(2):  # the locking read and the write
            actions.complete(item.pk, by, raw)
        item = desk.item(case)
        by, raw = desk.anybody(item.pool_id), desk.form_answers(item)
        with django_assert_num_queries(5):  # D18: and papers, number, documents
            actions.complete(item.pk, by, raw)


def test_escalated_goes_to_the_county_and_back(desk):
    """PROC-08, PROC-09: the township stays accountable; each level has its own clock."""
    case = desk.run(desk.open(ESCALATED), until="Task_CountyReceive")
    assert (case.status, case.holder_unit.level) == ("FORWARDED", "county")
    assert desk.clock(case, "handup").state == "running"
    letter = case.documents.get(code="D18")
    assert letter.organ == case.accountable_unit
    assert Custody.objects.filter(case=case, received_at=None).count() == 1
    desk.complete(desk.item(case))
    assert not Custody.objects.filter(case=case, received_at=None, papers="materials",
                                      to_pool__role="county.window").exists()  # fmt: skip
    assert desk.clock(case, "handup").state == "stopped"
    assert desk.clock(case, "county").state == "running"
    case = desk.run(case)
    assert case.result == "granted"
    assert case.accountable_unit.key == "xinan.centre"


def test_a_county_return_lets_the_hand_up_clock_go_on(desk):
    case = desk.run(desk.open(ESCALATED), until="Task_CountyReceive")
    first = desk.clock(case, "handup").due_on
    desk.go_to("2026-03-05")
    desk.complete(desk.item(case), outcome="return", return_code="no_opinion")
    assert desk.item(case).element == "Task_Prelim"
    clock = desk.clock(case, "handup")
    assert clock.state == "running"
    assert clock.due_on >= first
    assert desk.clock(case, "county").state == "ended"
    case = desk.run(case)
    assert desk.clock(case, "county", run=2).state == "ended"
    assert desk.numbers(case).count("D18") == 2


def test_immediate_stays_with_the_same_person_at_the_counter(desk):
    """TYPE-01: one person, one screen; the next item is hers at once."""
    case = desk.open(IMMEDIATE)
    item = desk.item(case)
    assert item.claimed_by_id == desk.window.officer_id
    done = desk.complete(item, desk.window)
    following = desk.item(case)
    assert done.next_item_id == following.pk
    assert following.claimed_by_id == desk.window.officer_id
    assert desk.run(case).result == "granted"


def test_a_refusal_needs_two_persons_and_is_filed(desk):
    """DENY-01, DENY-02: proposer and confirmer, document with remedy, D24 to the office."""
    case = desk.open(desk.reroute(PROMISED, "promised"))
    desk.complete(desk.item(case), desk.window, outcome="not_competent")
    confirm = desk.item(case)
    assert confirm.pool.role_id == "township.head_window"
    done = desk.complete(confirm)
    codes = [code for code, _, _ in done.documents]
    assert codes == ["D06", "D24"]
    filing = DenialFiling.objects.get(case=case)
    assert filing.proposer_id == desk.window.officer_id
    assert filing.confirmer_id not in {None, filing.proposer_id}
    assert filing.document_code == "D06"
    assert filing.reason
    refusal = case.documents.get(code="D06")
    assert "行政复议" in refusal.content["remedy"]
    d24 = case.documents.get(code="D24").content
    assert any(refusal.number in text for text in d24["paragraphs"])
    assert "⟦" not in str(d24)
    assert desk.item(case, "Task_Acknowledge").pool.role_id == "county.office"
    case = desk.run(case)
    assert (case.status, case.result) == ("CLOSED", "not_accepted")


def test_who_proposed_may_not_confirm_even_for_somebody_else(desk, county):
    """不相容岗位: whoever examined cannot confirm, also as B for an absent A (DUTY-05)."""
    case = desk.open(desk.reroute(PROMISED, "promised"))
    desk.complete(desk.item(case), desk.window, outcome="not_required")
    confirm = desk.item(case)
    clerk = desk.window
    head = desk.anybody(confirm.pool_id)
    held = [*clerk.held, *(h for h in head.held if h.pool_id == confirm.pool_id)]
    both = type(clerk)(clerk.officer_id, clerk.name, tuple(held), clerk.at)
    with pytest.raises(NotYours) as refused:
        desk.complete(confirm, both)
    assert refused.value.rule == "DENY-02"
    with pytest.raises(NotYours):
        actions.claim(confirm.pk, both)


def test_a_refused_decision_names_the_handler_and_the_leader(desk):
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Propose")
    desk.complete(desk.item(case), proposal="refuse")
    desk.complete(desk.item(case))
    done = desk.complete(desk.item(case), outcome="refuse")
    assert [code for code, _, _ in done.documents][:3] == ["D12", "D20", "D24"]
    by = dict(
        WorkItem.objects.filter(case=case, state="DONE").values_list("element", "closed_by")
    )
    filing = DenialFiling.objects.get(case=case)
    assert (filing.proposer_id, filing.confirmer_id) == (
        by["Task_Propose"],
        by["Task_Approve"],
    )
    assert desk.run(case).result == "refused"


def test_a_village_agent_files_on_a_mandate_and_brings_the_result_home(desk):
    """AGT-01, AGT-02, AGT-03."""
    agent = desk.anybody(desk.county.pool(_station(desk), "village.agent"))
    case = desk.open("MZ04", agent, mandate=MANDATE)
    assert (case.agent_id, case.delivery_mode) == (agent.officer_id, "village_agent")
    assert case.mandate.principal_name == "王建国"
    handed = Custody.objects.get(case=case)
    assert handed.to_pool.role_id == "township.window"
    case = desk.run(case, until="Task_AgentDeliver")
    assert desk.item(case).pool.role_id == "village.agent"
    case = desk.run(case)
    assert case.deliveries.get().way == "village_agent"
    assert desk.numbers(case)[-1] == "D22"


def test_what_an_agent_may_not_file(desk):
    agent = desk.anybody(desk.county.pool(_station(desk), "village.agent"))
    with pytest.raises(Refused) as missing:
        desk.open("MZ04", agent)
    assert missing.value.rule == "AGT-01"
    with pytest.raises(Invalid) as wrong:
        desk.open("MZ04", agent, mandate={**MANDATE, "signed_on": "2027-01-01", "powers": []})
    assert set(wrong.value.errors) == {"mandate.signed_on", "mandate.powers"}
    with pytest.raises(Refused) as elsewhere:
        desk.open("SJ01", agent, mandate=MANDATE)
    assert elsewhere.value.rule == "IN-01"


def test_an_in_person_item_is_refused_with_its_reason(desk):
    """AGT-04."""
    from webapp.catalogue.models import ItemVersion

    agent = desk.anybody(desk.county.pool(_station(desk), "village.agent"))
    version = ItemVersion.objects.get(item__code="RS01")
    copy = ItemVersion.objects.get(pk=version.pk)
    copy.pk, copy.number = None, 99
    copy.in_person, copy.in_person_reason, copy.agent_allowed = True, "须当面采集照片", False
    copy.save()
    version.item.current = copy
    version.item.save(update_fields=["current"])
    with pytest.raises(Refused, match="须当面采集照片") as refused:
        desk.open("RS01", agent, mandate=MANDATE, marks={})
    assert refused.value.rule == "AGT-04"


def _station(desk) -> str:
    from webapp.organisations.models import Unit

    return Unit.objects.get(kind="station", division=desk.village()).key


def test_a_double_click_opens_one_case(desk):
    answers = desk.answers(ESCALATED)
    first = desk.open(ESCALATED, key="same", **answers)
    again = desk.open(ESCALATED, key="same", **answers)
    assert first == again
    assert desk.open(ESCALATED, key="other", **answers) != first


def test_wrong_answers_are_named_and_nothing_is_kept(desk):
    with pytest.raises(Invalid) as wrong:
        actions.open_case(
            desk.window, ESCALATED, desk.answers(ESCALATED) | {"applicant_phone": "123"},
            desk.marks(ESCALATED), desk.village().pk, None, "k",
        )  # fmt: skip
    assert set(wrong.value.errors) == {"applicant_phone"}
    case = desk.open(ESCALATED)
    item = desk.item(case)
    before = Event.objects.count()
    with pytest.raises(Invalid) as wrong, db.pretended(desk.at):
        actions.complete(item.pk, desk.window, {"outcome": "nonsense"})
    assert "outcome" in wrong.value.errors
    assert Event.objects.count() == before


def test_an_unknown_disabled_or_foreign_item_is_said_in_words(desk):
    for code in ("NOPE", "WJ02"):
        with pytest.raises(Unknown, match=code), db.pretended(desk.at):
            actions.open_case(desk.window, code, {}, {}, None, None, "k")
    leader = desk.acting("xinan.centre", "township.leader")
    with pytest.raises(NotYours) as refused, db.pretended(desk.at):
        actions.open_case(leader, "MZ04", {}, {}, None, None, "k")
    assert refused.value.rule == "IN-11"


def test_completing_twice_has_one_effect_and_a_friendly_word(desk):
    case = desk.open(desk.reroute(PROMISED, "promised"))
    item = desk.item(case)
    raw = desk.form_answers(item)
    with db.pretended(desk.at):
        actions.complete(item.pk, desk.window, raw)
        with pytest.raises(AlreadyDone, match="您已在3月3日9时30分办完"):
            actions.complete(item.pk, desk.window, raw)
    assert desk.numbers(case) == ["D02", "D05", "D11"]
    other = desk.acting("xinan.centre", "township.leader")
    with pytest.raises(Unknown):
        actions.complete(item.pk, other, raw)


def test_somebody_elses_item_is_unknown_and_a_colleagues_claim_is_named(desk):
    case = desk.open(desk.reroute(PROMISED, "promised"))
    item = desk.item(case)
    for stranger in (
        desk.acting("xinchengpu.centre", "township.window"),
        desk.acting("xinan.centre", "township.leader"),
    ):
        for act in (
            lambda by: actions.complete(item.pk, by, {}),
            lambda by: actions.claim(item.pk, by),
            lambda by: actions.release(item.pk, by),
        ):
            with pytest.raises(Unknown):
                act(stranger)
    clerk = desk.window
    actions.claim(item.pk, clerk)
    actions.claim(item.pk, clerk)
    mate = desk.mate
    for act in (
        lambda: actions.claim(item.pk, mate),
        lambda: actions.complete(item.pk, mate, {}),
    ):
        with pytest.raises(AlreadyDone, match=clerk.name):
            act()
    with pytest.raises(NotYours):
        actions.release(item.pk, mate)
    actions.release(item.pk, clerk)
    with pytest.raises(AlreadyDone):
        actions.release(item.pk, clerk)
    actions.claim(item.pk, mate)


def test_an_opinion_is_kept_with_its_outcome(desk):
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Check")
    desk.complete(
        desk.item(case), outcome="return", return_reason="事实没有查清", opinion="请补充核查"
    )
    opinion = Opinion.objects.filter(case=case).latest("id")
    assert opinion.outcome == "return"
    assert opinion.text == "请补充核查\n事实没有查清"
    assert desk.item(case).element == "Task_Propose"


def test_notices_wait_in_the_outbox_with_ids_only(desk):
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Review")
    messages = OutboxMessage.objects.filter(ordering_key=f"notify:{case.pk}")
    assert [m.payload for m in messages] == [
        {"case": case.pk, "to": "applicant", "template": "accepted"}
    ]


def test_numbers_of_one_organ_and_type_follow_each_other(desk):
    cases = [
        desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Review")
        for _ in range(3)
    ]
    serials = [case.documents.get(code="D05").serial for case in cases]
    assert serials == [1, 2, 3]
    assert NumberSeries.objects.get(code="D05").last == 3


def test_every_act_is_stamped_with_the_post(desk):
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Review")
    item = WorkItem.objects.get(case=case, element="Task_Examine")
    assert item.closed_as.endswith("A岗")
    kinds = list(Event.objects.filter(subject_id=case.pk).values_list("kind", "acting_as"))
    assert [kind for kind, _ in kinds] == ["opened", "completed"]
    assert all(stamp for _, stamp in kinds)


def test_a_clock_that_is_set_back_does_not_turn_the_history_round(desk):
    case = desk.open(desk.reroute(PROMISED, "promised"))
    desk.go_to("2026-03-03", 8, 0)  # the server's clock was wrong before
    desk.complete(desk.item(case))
    moments = list(Event.objects.filter(subject_id=case.pk).values_list("at", flat=True))
    assert moments[0] == moments[1] == day("2026-03-03")


@pytest.mark.parametrize("until", ["Task_Examine", "Task_Review", "Task_Check", "supplement"])
def test_an_applicant_may_withdraw_until_the_decision(desk, until):
    """flows: withdrawal at each stage; everything open is cancelled, all clocks end."""
    if until == "supplement":
        key = next(iter(desk.marks(PROMISED)))
        case = desk.open(PROMISED, marks=desk.marks(PROMISED, **{key: "missing"}))
        desk.complete(desk.item(case), outcome="supplement")
    else:
        case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until=until)
    with db.pretended(desk.at):
        with pytest.raises(Invalid):
            actions.withdraw(case.pk, desk.window, " ")
        actions.withdraw(case.pk, desk.window, "本人不再需要办理")
        with pytest.raises(Refused):
            actions.withdraw(case.pk, desk.window, "再来一次")
    case.refresh_from_db()
    assert (case.status, case.result, case.is_open) == ("WITHDRAWN", "withdrawn", False)
    assert desk.item(case).element == "Command_GiveBack"  # the papers go back
    assert desk.running(case) == set()
    with pytest.raises(Unknown):
        actions.withdraw(case.pk, desk.acting("xinchengpu.centre", "township.window"), "x")


def test_after_the_decision_nothing_can_be_withdrawn(desk):
    case = desk.run(desk.open(desk.reroute(PROMISED, "promised")), until="Task_Counter")
    with pytest.raises(Refused, match="决定已经作出"):
        actions.withdraw(case.pk, desk.window, "本人不再需要办理")


def test_an_invoice_is_claimed_once_until_its_case_fails(desk):
    """Fields marked unique: the same number in another running or granted case is refused."""
    answers = desk.answers("YB03")
    rows = answers["invoice_no"]
    number = rows[0]["number"]

    def register(key, **changed):
        with db.pretended(desk.at):
            return actions.open_case(
                desk.window, "YB03", {**answers, **changed}, desk.marks("YB03"),
                desk.village().pk, None, key,
            )  # fmt: skip

    first = register("one")
    with pytest.raises(Invalid, match=first.case_number) as refused:
        register("two")
    assert set(refused.value.errors) == {f"invoice_no[{n}].number" for n in range(len(rows))}
    with pytest.raises(Invalid, match="填了两次"):
        register("three", invoice_no=[{**rows[0], "number": "A1"}, {**rows[0], "number": "A1"}])
    with db.pretended(desk.at):
        actions.withdraw(first.case_id, desk.window, "填错了,重新申请")
    assert register("four").case_number != first.case_number
    assert number not in str(list(SensitiveValue.objects.values("field", "keyed_hash")))
