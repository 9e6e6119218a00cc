"""The walk of permissions over actions: every role tries every verb at every stage of a case.

The table says who may; everybody else is refused, with the right kind of refusal, and nothing is
written. `tests/webapp/cases/test_permissions.py` knows more about one stage; this one knows all.
"""

from __future__ import annotations

import inspect
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tests.architecture.doors import (
    DESIGNING,
    HEADS_OWN,
    PUBLISHING,
    REGISTERING,
    SUPERVISING,
    UPLOADING,
)
from tests.architecture.people import STAND_IN
from tests.architecture.scene import PHONE, PNG
from webapp.cases import actions
from webapp.cases.models import Card, Copy, Demand
from webapp.catalogue.queries import calendar_in_force
from webapp.core import db
from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from workflows.calendars import local_day

pytestmark = pytest.mark.django_db

POST_OR_LEADS = "post or leads"
POST, IN_HAND, AT_WINDOW, SUPPLY = "post", "in hand", "at window", "supply"
LEADS, OFFICE, PRINTING = "leads", "office", "printing"
DESIGN, PUBLISH = "design", "publish"
JUDGES = "judges"
SEES, SUPERVISES, IN_HAND_OR_LEADS = "sees", "supervises", "in hand or leads"
ACTIONS = {
    # verb: (who may, how everybody else is refused)
    "open_case": ("registering", NotYours),
    "claim": (POST, Unknown),
    "release": (POST, Unknown),
    "reassign": (POST_OR_LEADS, Unknown),
    "complete": (POST, Unknown),
    "return_step": (POST, Unknown),
    "preview_documents": (POST, Unknown),
    "save_draft": (POST, Unknown),
    "load_draft": (POST, Unknown),
    "drop_draft": (POST, Unknown),
    "set_material": (IN_HAND, Unknown),
    "attach": (IN_HAND, Unknown),
    "begin_upload": (IN_HAND, Unknown),
    "add_piece": ("whose it is", Unknown),
    "attach_uploads": (IN_HAND, Unknown),
    "keep_for_later": ("registering", NotYours),
    "drop_upload": ("whose it is", Unknown),
    "remove_attachment": (IN_HAND, Unknown),
    "reveal": (IN_HAND, Unknown),
    "print_documents": (PRINTING, Unknown),
    "export_volume": (PRINTING, Unknown),
    "issue_paper": (IN_HAND, Unknown),
    "revoke_mandate": (IN_HAND, Unknown),
    "receive_papers": (IN_HAND, Unknown),
    "put_on_run": ("takes along", Unknown),
    "supply_materials": (SUPPLY, NotYours),
    "allow_late_request": (LEADS, Unknown),
    "withdraw": (AT_WINDOW, Unknown),
    "suspend": (LEADS, Unknown),
    "resume": (LEADS, Unknown),
    "propose_termination": (IN_HAND, Unknown),
    "decide_termination": (LEADS, Unknown),
    "give_back": (AT_WINDOW, Unknown),
    "acknowledge_filing": (OFFICE, Unknown),
    "answer_query": (LEADS, Unknown),
    "sign_handover": ("stand-in", Unknown),
    "propose_transfer": (DESIGN, NotYours),
    "decide_transfer": (PUBLISH, NotYours),
    "undo_transfer": (PUBLISH, NotYours),
    "retry_transfer": (PUBLISH, NotYours),
    "leave": ("heads", Unknown),
    "sign_leaver": ("stand-in", Unknown),
    "record_delay": (POST, Unknown),
    "urge": (SEES, Unknown),
    "supervise": (SUPERVISES, (Unknown, NotYours)),
    "answer_demand": (IN_HAND_OR_LEADS, Unknown),
    "copy_to": (IN_HAND_OR_LEADS, Unknown),
    "end_copy": (IN_HAND_OR_LEADS, Unknown),
    "comment": (SEES, Unknown),
    "snooze": (POST, Unknown),
    "wake": (POST, Unknown),
    "appeal_card": (POST, Unknown),
    "decide_appeal": (JUDGES, Unknown),
    "repair_case": (OFFICE, Unknown),
}
NOTHING_TO_DO = {
    "receive_papers",
    "put_on_run",
    "allow_late_request",
    "attach_uploads",
    "revoke_mandate",
    "reassign",
    "return_step",
    "release",
    "supply_materials",
    "resume",
    "decide_termination",
} | {
    "give_back",
    "acknowledge_filing",
    "answer_query",
    "propose_transfer",
    "undo_transfer",
    "retry_transfer",
    "decide_appeal",
    "repair_case",
}
"""Nothing is claimed, awaited, suspended or proposed on the cases of the walk; all run on the
version in force."""


READS = {"cases_with_clocks", "is_recounting"}
"""Exported beside the verbs: changes nothing."""


def test_every_action_stands_in_the_registry_and_in_the_table():
    """An action of an officer takes her as `by`; the system's own take nobody."""
    assert set(ACTIONS) == set(actions.REGISTRY)
    verbs = set(actions.__all__) - {"REGISTRY", "SYSTEM", "WAIT_FOR_HOURS"}
    assert verbs - READS == set(actions.REGISTRY) | set(actions.SYSTEM)
    for name in READS:
        assert "by" not in inspect.signature(getattr(actions, name)).parameters
    for action, _policy in actions.REGISTRY.values():
        assert "by" in inspect.signature(action).parameters
    for action in actions.SYSTEM.values():
        assert "by" not in inspect.signature(action).parameters


def call_of(scene, verb, staged):
    """The verb as the right person would use it on a case; takes the acting officer."""
    case, item = staged.case, staged.item
    key = case.materials.order_by("id").first().key
    card = card_of(scene, staged).pk if verb in {"appeal_card", "decide_appeal"} else 0
    demand, copy, reader = asked_of(scene, staged) if verb in ASKS else (0, 0, "")
    fills = verb in {"complete", "preview_documents"}
    values = scene.desk.form_answers(item) if fills else {}
    village = scene.desk.village().pk
    return {
        "open_case": lambda by: actions.open_case(
            by, "ZR01", scene.desk.answers("ZR01"), {}, village, None, "walk"
        ),
        "claim": lambda by: actions.claim(item.pk, by),
        "release": lambda by: actions.release(item.pk, by),
        "reassign": lambda by: actions.reassign(item.pk, by, 0, "分担"),
        "complete": lambda by: actions.complete(item.pk, by, values),
        "preview_documents": lambda by: actions.preview_documents(item.pk, by, values),
        "return_step": lambda by: actions.return_step(item.pk, by, "Task_X", "材料要重核"),
        "save_draft": lambda by: actions.save_draft(by, item.pk, {"opinion": "…"}),
        "load_draft": lambda by: actions.load_draft(by, item.pk),
        "drop_draft": lambda by: actions.drop_draft(by, item.pk),
        "set_material": lambda by: actions.set_material(case.pk, by, key, "to_check"),
        "attach": lambda by: actions.attach(
            case.pk, by, key, SimpleUploadedFile("walk.png", PNG)
        ),
        "begin_upload": lambda by: actions.begin_upload(
            by, f"case:{case.pk}", key, f"walk{case.pk}", name="walk.png", size=100
        ),
        "add_piece": lambda by: actions.add_piece(by, scene.upload, 0, b"x"),
        "attach_uploads": lambda by: actions.attach_uploads(case.pk, by, "register:ZR01", []),
        "keep_for_later": lambda by: actions.keep_for_later(
            by, "register:ZR01", key, f"later{case.pk}", name="walk.png", chunks=[PNG]
        ),
        "drop_upload": lambda by: actions.drop_upload(by, scene.upload),
        "remove_attachment": lambda by: actions.remove_attachment(
            case.pk, by, staged.attachment
        ),
        "repair_case": lambda by: actions.repair_case(case.pk, by, "requeue"),
        "reveal": lambda by: actions.reveal(case.pk, PHONE, by),
        "revoke_mandate": lambda by: actions.revoke_mandate(case.pk, by, "本人要求"),
        "receive_papers": lambda by: actions.receive_papers(case.pk, by),
        "put_on_run": lambda by: actions.put_on_run(case.pk, by, "walk"),
        "issue_paper": lambda by: actions.issue_paper(case.pk, by, "D26"),
        "export_volume": lambda by: actions.export_volume(case.pk, by),
        "print_documents": lambda by: actions.print_documents(
            case.pk, by, [case.documents.first().pk]
        ),
        "allow_late_request": lambda by: actions.allow_late_request(
            case.pk, by, key, "第一次审查时没有看出来"
        ),
        "supply_materials": lambda by: actions.supply_materials(case.pk, by, {}),
        "withdraw": lambda by: actions.withdraw(case.pk, by, "不再需要"),
        "suspend": lambda by: actions.suspend(
            case.pk, by, "party", "等待确定承受人", "办法第四条"
        ),
        "resume": lambda by: actions.resume(case.pk, by, "已经确定"),
        "propose_termination": lambda by: actions.propose_termination(
            case.pk, by, "户籍迁出", "办法第三条"
        ),
        "decide_termination": lambda by: actions.decide_termination(case.pk, by, agree=True),
        "give_back": lambda by: actions.give_back(case.pk, by, case.applicant_name),
        "acknowledge_filing": lambda by: actions.acknowledge_filing(
            case.pk, by, "acknowledge", "理由和依据清楚"
        ),
        "sign_handover": lambda by: actions.sign_handover(scene.absence, by, "齐全"),
        "leave": lambda by: actions.leave(
            scene.people["township.window @ own"].officer.pk,
            by,
            scene.people[STAND_IN].officer.pk,
        ),
        "sign_leaver": lambda by: actions.sign_leaver(scene.handover, by),
        "answer_query": lambda by: actions.answer_query(
            case.pk, by, "已经核对，依据是办法第三条"
        ),
        "propose_transfer": lambda by: actions.propose_transfer(
            by, case.process_version.process.key, {case.pk: {}}, "会议纪要"
        ),
        "decide_transfer": lambda by: actions.decide_transfer(scene.transfer, by, agree=True),
        "undo_transfer": lambda by: actions.undo_transfer(scene.transfer, by, "暂缓"),
        "retry_transfer": lambda by: actions.retry_transfer(scene.transfer, by),
        "record_delay": lambda by: actions.record_delay(
            item.pk, by, later(item), "等评估机构出具报告", "phone"
        ),
        "urge": lambda by: actions.urge(case.pk, by, "申请人在等"),
        "supervise": lambda by: actions.supervise(
            case.pk, by, "请说明进度", local_day(scene.desk.at)
        ),
        "answer_demand": lambda by: actions.answer_demand(demand, by, "今天办完"),
        "copy_to": lambda by: actions.copy_to(case.pk, by, reader, "请了解"),
        "end_copy": lambda by: actions.end_copy(copy, by),
        "comment": lambda by: actions.comment(case.pk, by, "材料在柜里"),
        "snooze": lambda by: actions.snooze(
            item.pk, by, local_day(item.due_at or scene.desk.at + timedelta(days=9))
        ),
        "wake": lambda by: actions.wake(item.pk, by),
        "appeal_card": lambda by: actions.appeal_card(
            card, by, "system", "全镇停电，系统无法登录"
        ),
        "decide_appeal": lambda by: actions.decide_appeal(
            card, by, "cancel", "经核实当日全镇停电一天"
        ),
    }[verb]


ASKS = {"answer_demand", "copy_to", "end_copy"}


def asked_of(scene, staged) -> tuple[int, int, str]:
    """A demand of the inspection, a copy for a clerk of another township, and another one's login."""
    inspector = scene.people["inspection @ own"].officer
    first, second = (
        scene.people[name].officer
        for name in ("township.window @ other", "township.handler @ other")
    )
    demand = Demand.objects.create(
        case=staged.case, by=inspector, at=scene.desk.at, text="请说明进度",
        answer_by=local_day(scene.desk.at),
    )  # fmt: skip
    copy = Copy.objects.create(
        case=staged.case, officer=first, by=inspector, at=scene.desk.at, note="请了解"
    )
    return demand.pk, copy.pk, second.username


def card_of(scene, staged) -> Card:
    """A yellow card of the post where the item waits, for which nobody had signed."""
    return Card.objects.create(
        case=staged.case, rule="R03", level="yellow", key=f"walk{staged.item.pk}",
        unit=staged.case.accountable_unit, pool_id=staged.item.pool_id, issued_at=scene.desk.at,
    )  # fmt: skip


def later(item) -> date:
    """The working day after the due day of the step, where it has a clock of its own."""
    clock = item.clocks.filter(kind="step").first()
    known = clock is not None and clock.due_on is not None
    return calendar_in_force().next_working_day(clock.due_on if known else date(2026, 3, 3))


def may(verb, staged) -> frozenset[str]:
    """Who may do it to this case."""
    return {
        "registering": REGISTERING,
        POST: frozenset({staged.owner}),
        POST_OR_LEADS: staged.leads | {staged.owner},
        IN_HAND: staged.in_hand,
        AT_WINDOW: staged.at_window,
        PRINTING: staged.prints,
        "takes along": staged.takes_along,
        LEADS: staged.leads,
        SEES: staged.seen_by,
        SUPERVISES: staged.seen_by & SUPERVISING,
        IN_HAND_OR_LEADS: staged.in_hand | staged.leads,
        OFFICE: frozenset({"county.office @ own"}),
        "stand-in": frozenset({STAND_IN}),
        "whose it is": UPLOADING,
        DESIGN: DESIGNING | PUBLISHING,
        PUBLISH: PUBLISHING,
        "heads": HEADS_OWN,
        JUDGES: frozenset({"county.office @ own", "inspection @ own"}),
        # the window that answers, and the station of the village
        SUPPLY: frozenset({"township.window @ own", "village.agent @ own"}),
    }[ACTIONS[verb][0]]


def attempt(scene, call, walker):
    """The refusal that a walker gets, None when the verb was carried out; it is undone."""
    try:
        with transaction.atomic(), db.pretended(scene.desk.at):
            call(scene.acting(walker))
            transaction.set_rollback(True)
    except Refused as refusal:
        return refusal
    return None


@pytest.mark.parametrize("verb", ACTIONS)
def test_who_may_and_who_is_refused(scene, verb):
    refused_as = ACTIONS[verb][1]
    wrong, carried_out = [], 0
    for staged in scene.staged.values():
        call, right = call_of(scene, verb, staged), may(verb, staged)
        for walker in sorted(right):
            got = attempt(scene, call, walker)
            carried_out += got is None
            if isinstance(got, (Unknown, NotYours)):
                wrong.append(f"{walker} at {staged.role}: {got!r}")
        before = scene.fingerprint()
        for walker in scene.everybody:
            if walker in right:
                continue
            try:
                with db.pretended(scene.desk.at):
                    call(scene.acting(walker))
            except Refused as got:
                ways = refused_as if isinstance(refused_as, tuple) else (refused_as,)
                if type(got) not in ways or isinstance(got, Invalid):
                    wrong.append(f"{walker} at {staged.role}: {got!r}")
            else:
                wrong.append(f"{walker} at {staged.role}: carried out")
        assert scene.fingerprint() == before, (verb, staged.role, wrong)
    assert wrong == []
    if verb not in NOTHING_TO_DO:
        assert carried_out, "the walk would not notice a change"
