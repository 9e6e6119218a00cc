"""A draft played step by step (试走): the same engine, clocks and papers as a real case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.webapp.conftest import CHINA
from webapp.cases.models import Case, Document, WorkItem
from webapp.catalogue.queries import item_by_code
from webapp.core.errors import NotYours, Refused
from webapp.designer.playing import replay
from webapp.designer.playing.answering import quick, works
from webapp.designer.playing.moves import opened
from webapp.designer.playing.page import page_of
from webapp.designer.playing.saving import scenario_file, suggested_name
from webapp.designer.playing.setup import Setup, item_of
from webapp.processes import actions
from webapp.processes.models import TrialRun
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.findings import scenarios
from webapp.processes.queries.library import content_of, contents, in_force, with_draft
from workflows.rehearse import read_scenario

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"


@pytest.fixture
def designer(county):
    return county.acting(OFFICE, "county.designer")


@pytest.fixture
def setup(county):
    """A real item at a real centre, on a Tuesday morning."""
    unit = county.unit("xinan.centre").pk
    return Setup("promised", item_by_code("SJ03").version_id, unit, county.at)


class Player:
    """Makes moves as the page does."""

    def __init__(self, setup, manifest=None):
        self.setup, self.manifest, self.moves = setup, manifest or in_force(), []
        self.played = self.replay()

    def replay(self):
        return replay(self.setup, self.manifest, self.moves)

    @property
    def now(self):
        return self.played.last.board

    @property
    def state(self):
        return self.played.beats[-1].state

    def open(self):
        return works(self.now, self.played.ground, self.state, len(self.moves))

    def move(self, **move):
        self.moves.append(move)
        self.played = self.replay()
        assert self.played.problems == (), self.played.problems
        return self

    def answer(self, element, value="", by=""):
        work = next(one for one in self.open() if one.element == element)
        here, _item = opened(self.now, self.played.ground, work.at)
        return self.move(
            **quick(self.now, self.played.ground, here, len(self.moves), value, by)
        )

    def granted(self):
        self.answer("Task_Examine", "accept").answer("Task_Review", "complete")
        self.answer("Task_Propose", "grant").answer("Task_Check", "agree")
        self.answer("Task_Approve", "grant")
        while not self.state.finished:
            work = self.open()[0]
            good = [one for one in work.answers if not one.problem]
            wanted = next((one for one in good if one.value == "delivered"), good[0])
            self.answer(work.element, wanted.value)
        return self


def said(player):
    return [words for beat in player.played.beats for words in beat.line.then]


def test_a_run_to_the_end_shows_roles_papers_and_clocks_and_writes_no_case(setup):
    before = (Case.objects.count(), WorkItem.objects.count(), Document.objects.count())
    player = Player(setup)
    work = player.open()[0]
    assert (work.name, work.role, work.limit) == ("审查材料", "乡镇窗口", "5个工作日")
    assert "交给 新安镇市场监督管理所 站所承办人：审查" in work.answers[0].then
    player.granted()
    assert player.now.state.result == "granted"
    codes = [one.code for one in player.now.documents]
    assert codes[:3] == ["D02", "D05", "D11"]
    assert "D19" in codes
    notice = next(one for one in player.now.documents if one.code == "D05")
    assert notice.content["title"] == "受理通知书"
    assert "2026年3月" in "".join(notice.content["paragraphs"])
    assert "承诺办结时限起算" in said(player)
    page = page_of(player.played, player.played.ground, len(player.moves), "")
    assert page.finished
    assert page.result == "准予"
    assert before == (Case.objects.count(), WorkItem.objects.count(), Document.objects.count())


def test_the_clock_is_the_ledgers_and_its_day_is_explained(setup, county):
    player = Player(setup).answer("Task_Examine", "accept")
    page = page_of(player.played, player.played.ground, 1, "")
    promised = next(one for one in page.clocks if one.name == "承诺办结时限")
    assert promised.due_at is not None
    assert promised.explanation[-1].startswith("到期日：2026年3月")
    assert page.next_due is None
    player = Player(setup)
    words, due = page_of(player.played, player.played.ground, 0, "").next_due
    assert (words, due) == ("材料审查期限届满", datetime(2026, 3, 11, 0, 0, tzinfo=CHINA))
    player.move(do="pass", to=due.isoformat())
    assert player.played.beats[-1].told.kind == "lapse"
    assert player.now.at == due


def test_time_fires_what_is_due_on_the_way_in_order(setup):
    player = Player(setup)
    later = datetime(2026, 3, 20, 10, 0, tzinfo=CHINA)
    player.move(do="pass", to=later.isoformat())
    lapses = [beat for beat in player.played.beats if beat.told.kind == "lapse"]
    assert [one.told.what for one in lapses] == ["check"]
    assert lapses[0].at == datetime(2026, 3, 11, 0, 0, tzinfo=CHINA)
    assert player.now.at == later


def test_a_supplement_needs_something_lacking_and_brings_it(setup):
    player = Player(setup)
    supplement = next(one for one in player.open()[0].answers if one.value == "supplement")
    assert "没有一份材料标为" in supplement.problem
    key = player.now.checklist[0].key
    player.move(do="papers", marks={key: {"state": "missing"}}).answer(
        "Task_Examine", "supplement"
    )
    page = page_of(player.played, player.played.ground, len(player.moves), "")
    assert page.works == []
    message = page.messages[0]
    assert (message.name, message.words) == ("materials_supplied", "申请人补交材料")
    player.move(do="deliver", name=message.name, at=message.at, values={})
    assert player.now.checklist[0].state == "received"
    assert [one.element for one in player.open()] == ["Task_Examine"]


def test_one_person_cannot_check_herself(setup):
    """不相容岗位: refused in the words of the duty, and the run stays where it is."""
    player = Player(setup).answer("Task_Examine", "accept").answer("Task_Review", "complete")
    player.answer("Task_Propose", "grant", by="张敏")
    here, _item = opened(player.now, player.played.ground, player.open()[0].at)
    with pytest.raises(Refused, match="不能再办“审核”"):
        quick(player.now, player.played.ground, here, 9, "agree", "张敏")
    move = {"do": "complete", "at": player.open()[0].at, "values": {}, "by": "张敏"}
    found = replay(setup, in_force(), [*player.moves, move])
    assert "张敏办过“提出承办意见”，不能再办“审核”" in found.problems[0].sentence
    assert found.problems[0].number == 4
    assert len(found.moments) == 4


def test_a_step_goes_back_where_the_drawing_allows_it(setup):
    player = Player(setup).answer("Task_Examine", "accept").answer("Task_Review", "complete")
    player.answer("Task_Propose", "grant").answer("Task_Check", "agree")
    work = player.open()[0]
    assert [one.name for one in work.back] == ["审核"]
    player.move(do="return", at=work.at, to=work.back[0].key)
    assert [one.element for one in player.open()] == ["Task_Check"]
    assert player.played.beats[-1].line.what == "把“批准”退回“审核”"


def test_a_withdrawal_ends_the_run_with_its_paper(setup):
    player = Player(setup).move(do="withdraw")
    assert player.now.state.result == "withdrawn"
    assert player.now.documents[-1].code == "D25W"
    refused = replay(setup, in_force(), [*player.moves, {"do": "withdraw"}])
    assert refused.problems


def kept(player, draft, designer, title="补正后准予", name="promised-try-1"):
    """Save the run as a scenario of the draft; what the scenarios of the draft then say."""
    typed = {"name": title, "file": name}
    path, content = scenario_file(player.played, with_draft(draft), typed)
    actions.add_file(draft.pk, designer, path, content)
    told = scenarios(with_draft(draft), seen.changed_paths(draft))
    return content, next(one for one in told if one.file == path)


def test_a_run_becomes_a_scenario_that_passes(setup, designer):
    """With a supplement, a return, another person and a timer in it."""
    draft = actions.begin_draft(designer, "试走", "看看")
    assert suggested_name("promised", with_draft(draft)) == "promised-try-1"
    player = Player(setup, with_draft(draft))
    key = player.now.checklist[0].key
    page = page_of(player.played, player.played.ground, 0, "")
    player.move(do="pass", to=page.next_due[1].isoformat())
    (directed,) = player.open()
    player.answer(directed.element, directed.answers[0].value)
    player.move(do="papers", marks={key: {"state": "missing"}})
    player.answer("Task_Examine", "supplement")
    message = page_of(player.played, player.played.ground, len(player.moves), "").messages[0]
    player.move(do="deliver", name=message.name, at=message.at, values={})
    player.answer("Task_Examine", "accept").answer("Task_Review", "complete", by="张敏")
    player.answer("Task_Propose", "grant").answer("Task_Check", "agree")
    work = player.open()[0]
    player.move(do="return", at=work.at, to=work.back[0].key)
    player.answer("Task_Check", "agree").answer("Task_Approve", "grant")
    while not player.state.finished:
        work = player.open()[0]
        good = [one for one in work.answers if not one.problem]
        wanted = next((one for one in good if one.value == "delivered"), good[0])
        player.answer(work.element, wanted.value)
    content, told = kept(player, draft, designer)
    assert told.failures == ()
    scenario = read_scenario(content, told.file)
    assert scenario.name == "补正后准予"
    assert scenario.result == "granted"
    assert (scenario.steps[0].kind, scenario.steps[0].what) == ("lapse", "check")
    assert scenario.steps[2].then.lists["documents"] == ("D04",)
    assert [one.kind for one in scenario.steps].count("return") == 1
    assert next(one for one in scenario.steps if one.what == "Task_Review").by == "张敏"
    assert suggested_name("promised", with_draft(draft)) == "promised-try-2"


def test_a_run_in_the_middle_can_be_kept_too(setup, designer):
    draft = actions.begin_draft(designer, "试走", "看看")
    player = Player(setup, with_draft(draft)).answer("Task_Examine", "accept")
    content, told = kept(player, draft, designer)
    assert told.failures == ()
    assert read_scenario(content, told.file).result is None


def changed(draft, designer, path, old, new):
    file = actions.take_file(draft.pk, designer, path)
    text = content_of(with_draft(draft)[path]).decode()
    assert old in text
    actions.save_file(draft.pk, designer, path, text.replace(old, new).encode(), file.version)


def test_a_changed_draft_is_played_again_to_where_it_no_longer_fits(setup, designer):
    draft = actions.begin_draft(designer, "试走", "看看")
    player = Player(setup, with_draft(draft))
    player.answer("Task_Examine", "accept").answer("Task_Review", "complete")
    run = actions.begin_run(draft.pk, designer, setup.stored())
    run = actions.set_moves(run.pk, designer, player.moves, run.version)
    changed(draft, designer, "forms/review.json", '"value": "complete"', '"value": "finished"')
    old = replay(Setup.of(run.setup), run.files, run.moves)
    assert old.problems == ()
    run = actions.take_up_draft(run.pk, designer)
    new = replay(Setup.of(run.setup), run.files, run.moves)
    assert len(new.moments) == 2
    (problem,) = new.problems
    assert problem.number == 2
    assert problem.file.endswith(".bpmn")
    assert problem.element == "Task_Review"


def test_a_drawing_with_errors_says_them_at_their_elements(setup, designer):
    draft = actions.begin_draft(designer, "试走", "看看")
    changed(
        draft, designer, "promised.bpmn", 'calledElement="intake"', 'calledElement="nowhere"'
    )
    found = replay(setup, with_draft(draft), [])
    assert found.ground is None
    assert found.problems
    assert all(one.sentence for one in found.problems)


def test_the_wording_of_the_draft_is_what_is_printed(setup, designer):
    draft = actions.begin_draft(designer, "试走", "看看")
    changed(
        draft,
        designer,
        "documents/D05.yaml",
        "您的申请属于本机关职权范围",
        "您的申请属于我们的职权",
    )
    player = Player(setup, with_draft(draft)).answer("Task_Examine", "accept")
    notice = next(one for one in player.now.documents if one.code == "D05")
    assert any("我们的职权" in text for text in notice.content["paragraphs"])


def test_any_item_walks_every_process_of_the_library(county):
    for key in ("promised", "county", "escalated", "immediate", "joint"):
        unit = county.unit("xinan.centre" if key != "county" else "county_hall").pk
        setup = Setup(key, None, unit, county.at)
        assert item_of(setup, contents(in_force())).name == "任意事项"
        found = replay(setup, in_force(), [])
        assert found.problems == ()
        assert found.beats[-1].state.items


def test_two_windows_do_not_overwrite_each_other(setup, designer, county):
    draft = actions.begin_draft(designer, "试走", "看看")
    run = actions.begin_run(draft.pk, designer, setup.stored())
    actions.set_moves(run.pk, designer, [{"do": "withdraw"}], run.version)
    with pytest.raises(Refused, match="另一个窗口"):
        actions.set_moves(run.pk, designer, [], run.version)
    other = actions.begin_run(draft.pk, designer, setup.stored())
    assert TrialRun.objects.get(pk=other.pk).moves == []
    assert len(TrialRun.objects.get(pk=run.pk).moves) == 1


def test_who_may_play_and_what_is_kept(setup, designer, county):
    draft = actions.begin_draft(designer, "试走", "看看")
    with pytest.raises(NotYours):
        actions.begin_run(draft.pk, county.acting(OFFICE, "county.office"), setup.stored())
    publisher = county.acting(OFFICE, "county.publisher")
    actions.begin_run(draft.pk, publisher, setup.stored())
    for _number in range(12):
        run = actions.begin_run(draft.pk, designer, setup.stored())
    assert TrialRun.objects.filter(by_id=designer.officer_id).count() == 10
    actions.end_run(run.pk, designer)
    actions.discard_draft(draft.pk, designer)
    with pytest.raises(Refused, match="已经作废"):
        actions.begin_run(draft.pk, designer, setup.stored())


def test_supposed_facts_lead_another_way(setup):
    plain = Player(setup)
    supposed = Player(replace(setup, facts={"deemed_acceptance": True}))
    later = datetime(2026, 3, 12, 9, 0, tzinfo=CHINA).isoformat()
    plain.move(do="pass", to=later)
    supposed.move(do="pass", to=later)
    assert "D05" not in [one.code for one in plain.now.documents]
    assert "D05" in [one.code for one in supposed.now.documents]
