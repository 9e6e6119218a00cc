"""What happens to a story beside its steps: withdrawn, suspended and resumed, terminated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from webapp.cases.actions.suspend import resume, suspend
from webapp.cases.actions.terminate import decide_termination, propose_termination
from webapp.cases.actions.withdraw import withdraw
from webapp.cases.demonstration.script import Story
from webapp.core.errors import Refused
from webapp.organisations.models import Pool
from webapp.organisations.queries import Acting
from workflows.calendars import local_day

if TYPE_CHECKING:
    from webapp.cases.demonstration.play import Stage


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of one story; what is too late by then simply does not happen."""

    stage: Stage
    story: Story

    def act(self, at: datetime) -> None:
        """Let it happen now."""
        try:
            {
                "withdrawal": self._withdraw,
                "suspension": self._suspend,
                "termination": self._terminate,
            }[self.story.fate](at)
        except Refused:
            return
        self.stage.go_on(self.story, at)

    def _withdraw(self, at: datetime) -> None:
        people = self.stage.cast.of(self.story.window_pool, at, self.story.random)
        if people:
            withdraw(self.story.case_id, people[0], "申请人来电说暂时不办了。")

    def _heads(self, at: datetime) -> list[Acting]:
        head = Pool.objects.filter(
            unit__pools=self.story.window_pool, role="township.head_window"
        ).first()
        return self.stage.cast.of(head.pk, at, self.story.random) if head else []

    def _suspend(self, at: datetime) -> None:
        heads = self._heads(at)
        if not heads:
            return
        reason = "连日暴雨，进村道路中断，无法核查。"
        basis = "本县办件中止和恢复规定（示例）第三条。"
        suspend(self.story.case_id, heads[0], "force_majeure", reason, basis)
        days = self.story.random.randint(3, 8)
        again = self.stage.calendar.add_working_days(local_day(at), days)
        opens = self.stage.hours.opens_at(self.stage.calendar, again)
        self.stage.at(opens, self._resume)

    def _resume(self, at: datetime) -> None:
        heads = self._heads(at)
        if not heads:
            return
        try:
            resume(self.story.case_id, heads[0], "道路已经抢通。")
        except Refused:
            return

    def _terminate(self, at: datetime) -> None:
        people = self.stage.cast.of(self.story.window_pool, at, self.story.random)
        heads = self._heads(at)
        if not people or not heads:
            return
        basis = "该事项办事指南所列依据和本县政务服务办法的规定。"
        propose_termination(self.story.case_id, people[0], "申请人户籍已迁出本县。", basis)
        others = [head for head in heads if head.officer_id != people[0].officer_id]
        if others and self.story.random.random() < 0.8:
            decide_termination(self.story.case_id, others[0], agree=True)
