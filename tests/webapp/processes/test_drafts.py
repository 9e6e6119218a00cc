"""From draft to life: four eyes, nothing overwritten, nothing unfit in force (design: versions)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from webapp.audit.models import Event
from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import Acting
from webapp.processes import actions, queries
from webapp.processes.models import Draft, LibraryFile, ProcessVersion, Publication
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.difference import difference, roles_that_gain, text_changes
from webapp.processes.queries.findings import findings_of_file, scenarios
from webapp.processes.queries.library import content_of, in_force, with_draft

OFFICE = "county_service_office"


@pytest.fixture
def designer(county) -> Acting:
    return county.acting(OFFICE, "county.designer")


@pytest.fixture
def publisher(county) -> Acting:
    return county.acting(OFFICE, "county.publisher")


@pytest.fixture
def begin(designer):
    """Begin a draft and change one text in one file of the library."""

    def begin(path="promised.bpmn", old="", new="") -> Draft:
        draft = actions.begin_draft(designer, "改一处", "试一试")
        file = actions.take_file(draft.pk, designer, path)
        if old:
            text = content_of(file.content_id).decode()
            assert old in text
            actions.save_file(
                draft.pk, designer, path, text.replace(old, new).encode(), file.version
            )
        return draft

    return begin


@pytest.fixture
def renamed(county):
    """A label of the promised path that a draft may change."""
    text = content_of(in_force()["promised.bpmn"]).decode()
    name = text.partition("<bpmn:userTask ")[2].partition('name="')[2].partition('"')[0]
    return f'name="{name}"', f'name="{name}（新）"'


def test_a_draft_goes_to_life_by_two_persons(begin, renamed, designer, publisher):
    before = queries.current_version_id("promised")
    draft = begin("promised.bpmn", *renamed)

    actions.submit_draft(draft.pk, designer)
    with pytest.raises(NotYours, match="复核"):
        actions.approve_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher)
    assert queries.current_version_id("promised") == before, "approved is not in force"
    published = actions.publish_draft(draft.pk, publisher)

    assert published.processes == ("promised",)
    after = queries.current_version_id("promised")
    assert after != before
    assert renamed[1] in queries.diagram(after, "promised").decode()
    assert renamed[1] not in queries.diagram(before, "promised").decode()
    assert LibraryFile.objects.get(path="promised.bpmn").by_county
    kinds = Event.objects.filter(subject="draft", subject_id=draft.pk).order_by("seq")
    assert list(kinds.values_list("kind", flat=True)) == [
        "draft_begun",
        "draft_submitted",
        "draft_approved",
        "draft_published",
    ]


def test_a_shared_part_publishes_every_caller_in_the_same_act(begin, designer, publisher):
    draft = begin("shared/intake.bpmn", "审查材料", "审查申请材料")
    actions.submit_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher)
    published = actions.publish_draft(draft.pk, publisher)
    assert {"promised", "escalated", "joint", "escalated-joint"} <= set(published.processes)
    assert Publication.objects.latest("pk").versions.keys() == set(published.processes)


def test_rolling_back_puts_the_former_versions_in_force(begin, renamed, designer, publisher):
    before, files = queries.current_version_id("promised"), in_force()
    draft = begin("promised.bpmn", *renamed)
    actions.submit_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher)
    published = actions.publish_draft(draft.pk, publisher)

    with pytest.raises(Invalid):
        actions.roll_back(published.publication.pk, publisher, " ")
    with pytest.raises(NotYours):
        actions.roll_back(published.publication.pk, designer, "错了")
    actions.roll_back(published.publication.pk, publisher, "名称写错了")

    assert queries.current_version_id("promised") == before
    assert in_force() == files
    with pytest.raises(Refused, match="又改过"):
        actions.roll_back(published.publication.pk, publisher, "再退一次")


def test_the_first_library_cannot_be_rolled_back(county, publisher):
    with pytest.raises(Refused, match="更早"):
        actions.roll_back(Publication.objects.earliest("pk").pk, publisher, "试试")


def test_what_is_not_fit_is_not_submitted(begin, designer):
    empty = begin()
    with pytest.raises(Refused, match="没有改动"):
        actions.submit_draft(empty.pk, designer)
    broken = begin("shared/intake.bpmn", 'gov:role="township.window"', 'gov:role="nobody"')
    found = findings_of_file(with_draft(broken), "shared/intake.bpmn")
    assert any("nobody" in finding.sentence for finding in found)
    with pytest.raises(Refused, match="处问题没有解决"):
        actions.submit_draft(broken.pk, designer)
    assert seen.draft(broken.pk).state == Draft.State.EDITING


def test_a_failing_scenario_keeps_a_draft_back(begin, designer):
    """A path that no longer tells its stories is not published (flows: scenarios)."""
    draft = begin("shared/intake.bpmn", 'document="D02"', 'document="D03"')
    told = scenarios(with_draft(draft), seen.changed_paths(draft))
    assert any(one.failures for one in told)
    with pytest.raises(Refused):
        actions.submit_draft(draft.pk, designer)


def test_two_designers_never_overwrite_each_other(begin, county, designer, renamed):
    draft = begin()
    other = Acting(
        county.officer(OFFICE, "county.publisher").pk, "另一位", designer.held, designer.at
    )
    text = content_of(in_force()["promised.bpmn"])
    actions.save_file(draft.pk, designer, "promised.bpmn", text + b"<!-- 1 -->", 0)
    with pytest.raises(actions.Overtaken, match="没有覆盖") as overtaken:
        actions.save_file(draft.pk, other, "promised.bpmn", text + b"<!-- 2 -->", 0)

    file = seen.file(draft, "promised.bpmn")
    assert content_of(file.content_id).endswith(b"<!-- 1 -->")
    kept = file.saves.get(version=overtaken.value.kept)
    assert content_of(kept.content_id).endswith(b"<!-- 2 -->"), "what she typed is kept"
    actions.restore_save(draft.pk, other, "promised.bpmn", kept.version)
    file.refresh_from_db()
    assert content_of(file.content_id).endswith(b"<!-- 2 -->")


def test_a_change_in_force_meanwhile_is_never_undone(begin, renamed, designer, publisher):
    first, second = begin("promised.bpmn", *renamed), begin("promised.bpmn", *renamed)
    late = begin("promised.bpmn", renamed[0], renamed[1].replace("新", "更新"))
    for draft in (first, late):
        actions.submit_draft(draft.pk, designer)
        actions.approve_draft(draft.pk, publisher)
    actions.publish_draft(first.pk, publisher)
    with pytest.raises(Refused, match="发布过新版本"):
        actions.publish_draft(late.pk, publisher)
    actions.return_draft(late.pk, publisher, "请对照新版本")
    actions.take_current(late.pk, designer, "promised.bpmn")
    actions.submit_draft(late.pk, designer)
    with pytest.raises(Refused, match="请对照新版本"):
        actions.approve_draft(late.pk, publisher)
    actions.approve_draft(late.pk, publisher, settled={late.remarks.get().pk})
    actions.publish_draft(late.pk, publisher)
    assert seen.files(second)[0].overtaken


def test_a_draft_takes_effect_on_its_day(begin, renamed, designer, publisher):
    draft = begin("promised.bpmn", *renamed)
    before = queries.current_version_id("promised")
    actions.submit_draft(draft.pk, designer)
    today = publisher.at.date()
    with pytest.raises(Invalid, match="过去"):
        actions.approve_draft(draft.pk, publisher, today - timedelta(days=1))
    actions.approve_draft(draft.pk, publisher, today + timedelta(days=2))
    assert actions.publish_due_drafts(publisher.at) == 0
    assert actions.publish_due_drafts(publisher.at + timedelta(days=2)) == 1
    assert actions.publish_due_drafts(publisher.at + timedelta(days=2)) == 0
    assert queries.current_version_id("promised") != before


def test_a_returned_draft_says_why(begin, renamed, designer, publisher):
    draft = begin("promised.bpmn", *renamed)
    actions.submit_draft(draft.pk, designer)
    with pytest.raises(Refused, match="正在等复核"):
        actions.take_file(draft.pk, designer, "joint.bpmn")
    with pytest.raises(Invalid, match="理由"):
        actions.return_draft(draft.pk, publisher, "")
    actions.return_draft(draft.pk, publisher, "名称不通顺")
    assert draft.remarks.get().text == "名称不通顺"
    actions.take_file(draft.pk, designer, "joint.bpmn")


def test_a_new_file_has_a_place_and_a_name_of_its_own(begin, designer):
    draft = begin()
    for path in ("../x.bpmn", "x.py", "PROMISED.bpmn", "forms/x.bpmn", "a/b.bpmn"):
        with pytest.raises(Invalid, match="文件名"):
            actions.add_file(draft.pk, designer, path, b"<x/>")
    with pytest.raises(Invalid, match="换一个"):
        actions.add_file(draft.pk, designer, "joint.bpmn", b"<x/>")
    with pytest.raises(Refused, match="3 MB"):
        actions.add_file(draft.pk, designer, "large.bpmn", b" " * 3_000_001)
    actions.add_file(draft.pk, designer, "forms/house.json", b"{}")
    with pytest.raises(Unknown):
        actions.take_file(draft.pk, designer, "no-such.bpmn")


def test_a_retired_process_opens_no_new_case(begin, designer, publisher):
    """Running cases keep their version; the path table must not lead there any more."""
    draft = begin("coordination.bpmn")
    actions.remove_file(draft.pk, designer, "coordination.bpmn")
    for path in [p for p in in_force() if p.startswith("scenarios/coordination")]:
        actions.remove_file(draft.pk, designer, path)
    actions.submit_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher)
    actions.publish_draft(draft.pk, publisher)
    with pytest.raises(Refused, match="还没有发布"):
        queries.current_version_id("coordination")
    assert ProcessVersion.objects.filter(process__key="coordination").exists()


def test_a_release_of_the_product_keeps_what_the_county_changed(
    begin, renamed, designer, publisher, at
):
    from tests.webapp.conftest import ROOT

    draft = begin("promised.bpmn", *renamed)
    actions.submit_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher)
    actions.publish_draft(draft.pk, publisher)
    current = queries.current_version_id("promised")
    actions.publish_library(ROOT / "bpmn", None, at)
    assert queries.current_version_id("promised") == current


def test_only_designers_draw_and_only_publishers_publish(county, begin, renamed, designer):
    clerk = county.acting("xinan.centre", "township.window")
    with pytest.raises(Refused, match="流程设计员"):
        actions.begin_draft(clerk, "改", "改")
    with pytest.raises(Invalid) as wrong:
        actions.begin_draft(designer, " ", "")
    assert set(wrong.value.errors) == {"title", "reason"}
    draft = begin("promised.bpmn", *renamed)
    for act in (
        lambda: actions.take_file(draft.pk, clerk, "joint.bpmn"),
        lambda: actions.save_file(draft.pk, clerk, "promised.bpmn", b"<x/>", 0),
        lambda: actions.submit_draft(draft.pk, clerk),
        lambda: actions.discard_draft(draft.pk, clerk),
        lambda: actions.approve_draft(draft.pk, clerk),
        lambda: actions.publish_draft(draft.pk, clerk),
        lambda: actions.roll_back(1, clerk, "x"),
        lambda: actions.remark(draft.pk, clerk, "x"),
    ):
        with pytest.raises(Refused):
            act()


def test_the_difference_is_told_changes_of_power_first(begin, designer, renamed):
    """Design §11: the difference shows changes of role, separation, clock and result first."""
    text = content_of(in_force()["shared/decision.bpmn"]).decode()
    separate = 'gov:separate="' + text.partition('gov:separate="')[2].partition('"')[0] + '"'
    draft = begin("shared/decision.bpmn", f" {separate}", "")
    changes = difference(in_force(), with_draft(draft))
    assert changes[0].power
    assert roles_that_gain(changes)
    assert difference(in_force(), in_force()) == ()


def test_a_reviewer_who_gains_power_does_not_review(begin, publisher):
    """Author ≠ reviewer ≠ somebody whom the change gives more power (design §11)."""
    text = content_of(in_force()["shared/decision.bpmn"]).decode()
    separate = 'gov:separate="' + text.partition('gov:separate="')[2].partition('"')[0] + '"'
    draft = begin("shared/decision.bpmn", f" {separate}", "")
    Draft.objects.filter(pk=draft.pk).update(state="submitted")  # it would not be fit
    gaining = sorted(roles_that_gain(difference(in_force(), with_draft(draft))))
    assert gaining
    for role in gaining:
        held = replace(publisher.held[0], role=role, role_name=role)
        both = replace(publisher, held=(*publisher.held, held))
        with pytest.raises(NotYours, match="扩大"):
            actions.approve_draft(draft.pk, both)
    actions.approve_draft(draft.pk, publisher)


def test_wordings_are_compared_line_by_line(begin):
    draft = begin("documents/D05.yaml", "受理通知书", "受理决定通知书")
    (text,) = text_changes(in_force(), with_draft(draft))
    assert text.path == "documents/D05.yaml"
    assert any(line.startswith("+") and "受理决定通知书" in line for line in text.lines)
    assert any(line.startswith("-") and "受理通知书" in line for line in text.lines)
