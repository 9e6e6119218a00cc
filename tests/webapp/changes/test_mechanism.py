"""A change on its way: four eyes, its day, nothing typed lost, nobody's change undone unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from webapp.audit.models import Event
from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import TOLERANCE_BAR, parameter
from webapp.changes import actions
from webapp.changes.actions.rows import Overtaken
from webapp.changes.models import Change
from webapp.core.errors import Invalid, NotYours, Refused

OFFICE = "county_service_office"


@pytest.fixture
def author(county):
    return county.acting(OFFICE, "county.office")


@pytest.fixture
def reviewer(county):
    return county.acting(OFFICE, "county.publisher")


def propose(author, value="100", on=None, source="会议纪要"):
    change = actions.begin("parameter", TOLERANCE_BAR, author)
    typed = {"value": value, "source": source}
    change = actions.save(
        change.pk, author, typed, reason="放宽", effective_on=on, seen=change.version
    )
    return actions.propose(change.pk, author)


def kinds_of(change):
    chain = Event.objects.filter(subject="change", subject_id=change.pk).order_by("seq")
    return list(chain.values_list("kind", flat=True))


def test_a_change_needs_a_second_person_and_is_on_record(author, reviewer):
    change = propose(author)
    assert parameter(TOLERANCE_BAR) == 365
    with pytest.raises(NotYours, match="提出人"):
        actions.approve(change.pk, author)
    actions.approve(change.pk, reviewer)
    assert parameter(TOLERANCE_BAR) == 100
    assert Parameter.objects.get(pk=TOLERANCE_BAR).by_county
    assert kinds_of(change) == [
        *("change_begun", "change_proposed", "change_approved", "change_in_force"),
    ]
    with pytest.raises(Refused, match="不在等待复核"):
        actions.approve(change.pk, reviewer)


def test_nobody_but_the_office_proposes(county, reviewer):
    for unit, role in (("xinan.centre", "township.window"), (OFFICE, "county.publisher")):
        with pytest.raises(NotYours):
            actions.begin("parameter", TOLERANCE_BAR, county.acting(unit, role))
    inspector = county.acting("county_inspection", "inspection")
    with pytest.raises(NotYours):
        actions.approve(propose(county.acting(OFFICE, "county.office")).pk, inspector)


def test_it_waits_for_its_day_and_needs_no_worker(author, reviewer):
    today = author.at.date()
    change = propose(author, on=today + timedelta(days=1))
    actions.approve(change.pk, reviewer)
    assert actions.take_effect(author.at) == 0
    assert parameter(TOLERANCE_BAR) == 365
    assert actions.take_effect(author.at + timedelta(days=1)) == 1
    assert actions.take_effect(author.at + timedelta(days=1)) == 0
    assert parameter(TOLERANCE_BAR) == 100
    assert kinds_of(change)[-1] == "change_in_force"


def test_a_rejected_change_comes_back_with_everything_typed(author, reviewer):
    change = propose(author)
    with pytest.raises(Invalid):
        actions.reject(change.pk, reviewer, " ")
    actions.reject(change.pk, reviewer, "依据不对")
    back = Change.objects.get(pk=change.pk)
    assert (back.state, back.remark) == ("rejected", "依据不对")
    assert back.typed == {"value": "100", "source": "会议纪要"}
    assert back.reason == "放宽"
    again = {"value": "90", "source": "县政发〔2026〕3号"}
    actions.save(back.pk, author, again, reason="放宽", effective_on=None, seen=back.version)
    actions.approve(actions.propose(back.pk, author).pk, reviewer)
    assert parameter(TOLERANCE_BAR) == 90


def test_what_is_wrong_is_told_at_the_field_and_kept(author):
    change = actions.begin("parameter", TOLERANCE_BAR, author)
    typed = {"value": "5000", "source": ""}
    actions.save(change.pk, author, typed, reason="", effective_on=None, seen=0)
    with pytest.raises(Invalid) as wrong:
        actions.propose(change.pk, author)
    assert set(wrong.value.errors) == {"value", "source", "reason"}
    assert Change.objects.get(pk=change.pk).typed == typed


def test_a_change_made_meanwhile_is_told_and_not_undone(author, reviewer):
    first, second = propose(author, "100"), propose(author, "200")
    actions.approve(first.pk, reviewer)
    with pytest.raises(Overtaken):
        actions.approve(second.pk, reviewer)
    assert parameter(TOLERANCE_BAR) == 100
    actions.reject(second.pk, reviewer, "已经改过")
    with pytest.raises(Overtaken):
        actions.propose(second.pk, author)
    kept = actions.compare_anew(second.pk, author)
    assert kept.typed["value"] == "200"
    actions.approve(actions.propose(second.pk, author).pk, reviewer)
    assert parameter(TOLERANCE_BAR) == 200


def test_two_windows_do_not_overwrite_each_other(author):
    change = actions.begin("parameter", TOLERANCE_BAR, author)
    actions.save(change.pk, author, {"value": "1"}, reason="", effective_on=None, seen=0)
    with pytest.raises(Overtaken, match="另一个窗口"):
        actions.save(change.pk, author, {"value": "2"}, reason="", effective_on=None, seen=0)


def test_one_change_waits_for_its_day_and_can_be_called_off(author, reviewer):
    tomorrow = author.at.date() + timedelta(days=1)
    first = propose(author, on=tomorrow)
    second = propose(author, "300", on=tomorrow)
    actions.approve(first.pk, reviewer)
    with pytest.raises(Refused, match="第"):
        actions.approve(second.pk, reviewer)
    actions.cancel(first.pk, reviewer, "县里暂缓")
    assert actions.take_effect(author.at + timedelta(days=2)) == 0
    actions.approve(second.pk, reviewer)


def test_going_back_is_another_change(author, reviewer):
    change = propose(author)
    actions.approve(change.pk, reviewer)
    back = actions.go_back(change.pk, author, "影响太大")
    assert (back.state, back.undoes_id) == ("proposed", change.pk)
    actions.approve(back.pk, reviewer)
    assert parameter(TOLERANCE_BAR) == 365
    with pytest.raises(Refused, match="不用退回"):
        actions.go_back(change.pk, author, "再退一次")


def test_what_cannot_be_applied_on_its_day_goes_back_with_the_reason(author, reviewer):
    change = propose(author, on=author.at.date() + timedelta(days=1))
    actions.approve(change.pk, reviewer)
    Parameter.objects.filter(pk=TOLERANCE_BAR).update(value=7)
    assert actions.take_effect(author.at + timedelta(days=1)) == 0
    back = Change.objects.get(pk=change.pk)
    assert back.state == "rejected"
    assert "已经有人改过" in back.remark
    assert kinds_of(change)[-1] == "change_not_in_force"


def test_its_author_withdraws_it(author, reviewer):
    change = propose(author)
    with pytest.raises(NotYours):
        actions.withdraw(change.pk, reviewer)
    actions.withdraw(change.pk, author)
    with pytest.raises(Refused):
        actions.approve(change.pk, reviewer)
    with pytest.raises(NotYours):
        actions.save(
            change.pk, replace(author, officer_id=reviewer.officer_id), {},
            reason="", effective_on=None, seen=1,
        )  # fmt: skip
