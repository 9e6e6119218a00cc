"""The walk of permissions over actions: every role, own unit and other unit, every action.

A new action without a line in `EXPECTED` fails; so does one that lets a stranger in. Strangers
are told that the thing does not exist, never that it is forbidden.
"""

from __future__ import annotations

import inspect
import pkgutil
from datetime import date
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tests.webapp.cases.test_papers_of_people import PNG
from webapp.cases import actions
from webapp.cases.models import Card, Copy, Demand, Transfer
from webapp.core.errors import NotYours, Refused, Unknown
from webapp.organisations.models import Pool
from webapp.organisations.queries import acting

pytestmark = pytest.mark.django_db

OWN = "xinan.centre"
SEE_PAPERS = {("township.window", OWN)}
LEADING = {
    ("township.head_window", OWN),
    ("township.leader", OWN),
    ("county.leader", "county_civil_affairs"),
}
TELL_WHY = {"open_case", "keep_for_later", "supply_materials", "supervise"} | {
    "propose_transfer",
    "decide_transfer",
    "undo_transfer",
    "retry_transfer",
}
COUNTY = "county_service_office"
PUBLISHING = {("county.publisher", COUNTY)}
PRINTING = SEE_PAPERS | {
    (role, "county_civil_affairs")
    for role in ("county.handler", "county.section_head", "county.leader")
}
SUPERVISING = {
    ("township.leader", OWN),
    ("county.leader", "county_civil_affairs"),
    ("county.office", COUNTY),
}
SEES = (
    LEADING
    | PRINTING
    | {("village.agent", "own village"), ("county.office", COUNTY)}
    | {("inspection", "county_inspection"), ("oversight", "county_oversight")}
)
EXPECTED = {
    # action → (role, unit) that may do it while 审查材料 waits in the window of 新安镇
    "claim": {("township.window", OWN)},
    "release": {("township.window", OWN)},
    "reassign": LEADING | {("township.window", OWN)},
    "complete": {("township.window", OWN)},
    "return_step": {("township.window", OWN)},
    "preview_documents": {("township.window", OWN)},
    "save_draft": {("township.window", OWN)},
    "load_draft": {("township.window", OWN)},
    "drop_draft": None,  # forgets only one's own
    "set_material": SEE_PAPERS,
    "attach": SEE_PAPERS,
    "begin_upload": SEE_PAPERS,
    "attach_uploads": SEE_PAPERS,
    "add_piece": set(),  # nobody's upload has this number
    "drop_upload": set(),
    "keep_for_later": "registering",
    "remove_attachment": SEE_PAPERS,
    "reveal": SEE_PAPERS,
    "print_documents": PRINTING,
    "export_volume": PRINTING,
    "issue_paper": SEE_PAPERS,
    "revoke_mandate": SEE_PAPERS,
    "receive_papers": SEE_PAPERS,
    "put_on_run": SEE_PAPERS,
    "supply_materials": {("township.window", OWN), ("village.agent", "own village")},
    "withdraw": {("township.window", OWN)},
    "allow_late_request": LEADING,
    "suspend": LEADING,
    "resume": LEADING,
    "propose_termination": SEE_PAPERS,
    "decide_termination": LEADING,
    "give_back": {("township.window", OWN)},
    "acknowledge_filing": {("county.office", "county_service_office")},
    "repair_case": {("county.office", "county_service_office")},
    "answer_query": LEADING,
    "sign_handover": set(),  # nobody is away
    "propose_transfer": PUBLISHING | {("county.designer", COUNTY)},
    "decide_transfer": PUBLISHING,
    "undo_transfer": PUBLISHING,
    "retry_transfer": PUBLISHING,
    "leave": set(),  # nobody has this number
    "sign_leaver": set(),
    "record_delay": {("township.window", OWN)},
    "urge": SEES,
    "supervise": SEES & SUPERVISING,
    "answer_demand": LEADING | SEE_PAPERS,
    "copy_to": LEADING | SEE_PAPERS,
    "end_copy": LEADING | SEE_PAPERS,
    "comment": SEES,
    "snooze": {("township.window", OWN)},
    "wake": {("township.window", OWN)},
    "appeal_card": {("township.window", OWN)},
    "decide_appeal": {
        ("county.office", "county_service_office"),
        ("inspection", "county_inspection"),
    },
    "open_case": "registering",
}


def calls(desk, case, item, attachment):
    """Each action as somebody might try it; outcomes other than a refusal are undone."""
    key = case.materials.first().key
    act = Transfer.objects.create(
        process=case.process_version.process,
        target=case.process_version,
        reason="走一走",
        proposed_by_id=desk.acting(COUNTY, "county.designer").officer_id,
        proposed_at=desk.at,
    )
    file = SimpleUploadedFile("a.png", PNG)
    card = Card.objects.create(
        case=case, rule="R03", level="yellow", key="walk", unit=case.accountable_unit,
        pool_id=item.pool_id, issued_at=desk.at,
    ).pk  # fmt: skip
    inspector = desk.acting("county_inspection", "inspection").officer_id
    demand = Demand.objects.create(
        case=case, by_id=inspector, at=desk.at, text="请说明进度", answer_by=desk.at.date()
    ).pk
    reader = desk.acting("nangang.centre", "township.window").officer_id
    copy = Copy.objects.create(
        case=case, officer_id=reader, by_id=inspector, at=desk.at, note="请了解"
    ).pk
    return {
        "claim": lambda by: actions.claim(item.pk, by),
        "release": lambda by: actions.release(item.pk, by),
        "reassign": lambda by: actions.reassign(item.pk, by, 0, "分担"),
        "complete": lambda by: actions.complete(item.pk, by, desk.form_answers(item)),
        "preview_documents": lambda by: actions.preview_documents(
            item.pk, by, desk.form_answers(item)
        ),
        "return_step": lambda by: actions.return_step(item.pk, by, "Task_X", "材料要重核"),
        "save_draft": lambda by: actions.save_draft(by, item.pk, {}),
        "load_draft": lambda by: actions.load_draft(by, item.pk),
        "drop_draft": lambda by: actions.drop_draft(by, item.pk),
        "set_material": lambda by: actions.set_material(case.pk, by, key, "checked"),
        "attach": lambda by: actions.attach(case.pk, by, None, file),
        "begin_upload": lambda by: actions.begin_upload(
            by, f"case:{case.pk}", key, "walk", name="a.png", size=9
        ),
        "attach_uploads": lambda by: actions.attach_uploads(case.pk, by, "register:MZ04", []),
        "add_piece": lambda by: actions.add_piece(by, uuid4(), 0, b"x"),
        "drop_upload": lambda by: actions.drop_upload(by, uuid4()),
        "keep_for_later": lambda by: actions.keep_for_later(
            by, "register:MZ04", key, "walk", name="a.png", chunks=[PNG]
        ),
        "remove_attachment": lambda by: actions.remove_attachment(case.pk, by, attachment),
        "reveal": lambda by: actions.reveal(case.pk, "application.applicant_phone", by),
        "revoke_mandate": lambda by: actions.revoke_mandate(case.pk, by, "本人要求"),
        "receive_papers": lambda by: actions.receive_papers(case.pk, by),
        "put_on_run": lambda by: actions.put_on_run(case.pk, by, "walk"),
        "issue_paper": lambda by: actions.issue_paper(case.pk, by, "D26"),
        "export_volume": lambda by: actions.export_volume(case.pk, by),
        "print_documents": lambda by: actions.print_documents(
            case.pk, by, [case.documents.first().pk]
        ),
        "supply_materials": lambda by: actions.supply_materials(case.pk, by, {}),
        "withdraw": lambda by: actions.withdraw(case.pk, by, "本人不再需要办理"),
        "allow_late_request": lambda by: actions.allow_late_request(
            case.pk, by, key, "第一次审查时没有看出来"
        ),
        "suspend": lambda by: actions.suspend(case.pk, by, "party", "等待继承人", "第四条"),
        "resume": lambda by: actions.resume(case.pk, by, "已确定"),
        "propose_termination": lambda by: actions.propose_termination(
            case.pk, by, "申请人死亡", "办法第三条"
        ),
        "decide_termination": lambda by: actions.decide_termination(case.pk, by, agree=True),
        "give_back": lambda by: actions.give_back(case.pk, by, "王建国"),
        "repair_case": lambda by: actions.repair_case(case.pk, by, "requeue"),
        "acknowledge_filing": lambda by: actions.acknowledge_filing(
            case.pk, by, "acknowledge", "理由和依据清楚"
        ),
        "answer_query": lambda by: actions.answer_query(
            case.pk, by, "已核对，依据是办法第三条"
        ),
        "sign_handover": lambda by: actions.sign_handover(0, by),
        "propose_transfer": lambda by: actions.propose_transfer(
            by, "escalated", {case.pk: {}}, "会议纪要"
        ),
        "decide_transfer": lambda by: actions.decide_transfer(act.pk, by, agree=True),
        "undo_transfer": lambda by: actions.undo_transfer(act.pk, by, "暂缓"),
        "retry_transfer": lambda by: actions.retry_transfer(act.pk, by),
        "leave": lambda by: actions.leave(0, by, 0),
        "sign_leaver": lambda by: actions.sign_leaver(0, by),
        "record_delay": lambda by: actions.record_delay(
            item.pk, by, date(2026, 3, 9), "等评估机构出具报告", "phone"
        ),
        "urge": lambda by: actions.urge(case.pk, by, "申请人在等"),
        "supervise": lambda by: actions.supervise(case.pk, by, "请说明进度", desk.at.date()),
        "answer_demand": lambda by: actions.answer_demand(demand, by, "今天办完"),
        "copy_to": lambda by: actions.copy_to(case.pk, by, "没有这个人", "请了解"),
        "end_copy": lambda by: actions.end_copy(copy, by),
        "comment": lambda by: actions.comment(case.pk, by, "材料在柜里"),
        "snooze": lambda by: actions.snooze(item.pk, by, date(2026, 3, 4)),
        "wake": lambda by: actions.wake(item.pk, by),
        "appeal_card": lambda by: actions.appeal_card(card, by, "system", "全镇停电，无法登录"),
        "decide_appeal": lambda by: actions.decide_appeal(
            card, by, "cancel", "全镇确实停电一天"
        ),
        "open_case": lambda by: actions.open_case(by, "NOPE", {}, {}, None, None, "k"),
    }


def everyone(desk):
    """One person of every pool of our township, of another one, of the county; and nobody."""
    villages = [desk.village(), desk.village()]
    people = [("nobody", "none", acting(0, desk.at))]
    pools = Pool.objects.select_related("unit").order_by("id")
    places = {
        "xinan": pools.filter(unit__key__startswith="xinan."),
        "xinchengpu": pools.filter(unit__key__startswith="xinchengpu."),
        "county": pools.filter(unit__level="county"),
        "village": pools.filter(unit__division=villages[0], role="village.agent"),
        "far": pools.filter(role="village.agent").exclude(unit__division=villages[0])[:1],
    }
    for place, found in places.items():
        for pool in found:
            unit = "own village" if place == "village" else pool.unit.key
            people.append((pool.role_id, unit, desk.anybody(pool.pk)))
    return people


def test_every_action_has_its_rule_and_its_line_here():
    assert set(EXPECTED) == set(actions.REGISTRY)
    verbs = {*actions.REGISTRY, *actions.SYSTEM}
    for module in pkgutil.iter_modules(actions.__path__):
        found = import_module(f"webapp.cases.actions.{module.name}")
        for name, one in inspect.getmembers(found, inspect.isfunction):
            takes = inspect.signature(one).parameters
            if one.__module__ == found.__name__ and not name.startswith("_") and "by" in takes:
                assert name in verbs or name in HELPERS, f"{name} is not in the registry"


HELPERS = {"attach_kept", "in_hand", "already_done", "check", "checked_mandate", "watched"}


def test_every_role_of_every_unit_on_every_action(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = desk.open("MZ04")
    item = desk.item(case)
    attachment = actions.attach(case.pk, desk.window, None, SimpleUploadedFile("a.png", PNG))
    people = everyone(desk)
    assert len({role for role, _, _ in people}) >= 10
    wrong = []
    for name, call in calls(desk, case, item, attachment).items():
        for role, unit, person in people:
            allowed = _allowed(name, role, unit)
            got = _try(call, person)
            if allowed is None:
                continue
            if allowed == isinstance(got, Unknown | NotYours):
                wrong.append((name, role, unit, repr(got)))
            if not allowed and name not in TELL_WHY:
                assert isinstance(got, Unknown), (name, role, unit)
    assert wrong == []


def _allowed(name, role, unit):
    expected = EXPECTED[name]
    if expected is None:
        return None
    if expected == "registering":
        # An item that does not exist: whoever may register is told exactly that.
        return None if role in {"village.agent", "township.window", "county.window"} else False
    if name == "release" and (role, unit) in expected:
        return None  # nothing is claimed: a friendly word, not a closed door
    return (role, unit) in expected


def _try(call, person):
    try:
        with transaction.atomic():
            call(person)
            transaction.set_rollback(True)
    except Refused as refusal:
        return refusal
    return None
