"""What the one-time notice left out: a head allows it, it is printed as such, it is an error."""

from __future__ import annotations

import pytest

from tests.webapp.cases.test_supplement import keys, noticed
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.actions.set_material import edition_of
from webapp.cases.models import Card, CaseMaterial
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown

pytestmark = pytest.mark.django_db
WHY = "建房图纸在第一次审查时被漏看"


def head(desk):
    return desk.acting("xinan.centre", "township.head_window")


def test_only_a_head_allows_it_and_only_what_was_left_out(desk):
    """一次性告知锁: 行政许可法第三十二条第四项; IN-08, SUP-10."""
    case = noticed(desk)
    told, omitted = keys(case)[0], keys(case)[2]
    with pytest.raises(Unknown):
        actions.allow_late_request(case.pk, desk.window, omitted, WHY)
    with pytest.raises(AlreadyDone, match="已经告知过"):
        actions.allow_late_request(case.pk, head(desk), told, WHY)
    with pytest.raises(Invalid) as vague:
        actions.allow_late_request(case.pk, head(desk), omitted, "漏了")
    assert set(vague.value.errors) == {"late_reason"}
    with pytest.raises(Unknown):
        actions.allow_late_request(case.pk, head(desk), "nothing", WHY)
    assert not CaseMaterial.objects.exclude(late_reason="").exists()
    fresh = desk.open("ZR01")
    with pytest.raises(Refused, match="还没有发过"):
        actions.allow_late_request(fresh.pk, head(desk), omitted, WHY)


def test_it_stands_on_the_next_notice_as_a_new_request_and_in_the_register_of_errors(desk):
    case = noticed(desk)
    told, omitted, untouched = keys(case)[0], keys(case)[2], keys(case)[3]
    desk.go_to("2026-03-05")
    actions.allow_late_request(case.pk, head(desk), omitted, WHY)
    with pytest.raises(AlreadyDone, match="已经批准"):
        actions.allow_late_request(case.pk, head(desk), omitted, WHY)
    event = Event.objects.get(subject_id=case.pk, kind="late_request_allowed")
    assert (event.actor_id, event.payload["key"]) == (head(desk).officer_id, omitted)
    card = Card.objects.get(case=case, rule="R07")
    assert card.officer_id == case.documents.get(code="D04").issued_by_id
    assert WHY in card.evidence

    actions.supply_materials(case.pk, desk.window, {told: {"state": "received"}})
    actions.set_material(case.pk, desk.window, omitted, "missing")
    with pytest.raises(Refused) as refused:  # the lock holds for every other line
        actions.set_material(case.pk, desk.window, untouched, "missing")
    assert refused.value.rule == "R07"
    desk.complete(desk.item(case), outcome="supplement")
    second = case.documents.filter(code="D04").order_by("id").last()
    rows = {row[0]: row[1] for row in second.content["lists"][0]["rows"]}
    name = case.materials.get(key=omitted).name
    assert "第一次告知时没有提出" in rows[name]
    assert f"{head(desk).name}：{WHY}" in rows[name]
    assert sum("第一次告知时没有提出" in words for words in rows.values()) == 1
    assert case.materials.get(key=omitted).noticed


def test_two_clerks_at_one_line(desk):
    """Nothing is overwritten unseen: the slower one is told who was quicker, and may insist."""
    case = desk.open("ZR01")
    key = keys(case)[0]
    seen = edition_of(case.materials.get(key=key))
    actions.set_material(case.pk, desk.mate, key, "defective", "少一页", seen=seen)
    with pytest.raises(AlreadyDone, match=desk.mate.name):
        actions.set_material(case.pk, desk.window, key, "checked", seen=seen)
    line = case.materials.get(key=key)
    assert (line.state, line.defect, line.changed_by_id) == (
        "defective", "少一页", desk.mate.officer_id,
    )  # fmt: skip
    now_seen = edition_of(line)
    actions.set_material(case.pk, desk.window, key, "checked", seen=now_seen)
    assert case.materials.get(key=key).state == "checked"
