"""Plays the stories in the order of time, so that numbers, cards and inboxes fit together."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction

from webapp.cases.actions.claim import claim
from webapp.cases.actions.complete import asked_by, complete, form_variables
from webapp.cases.actions.fire_due_timers import fire_timers_of
from webapp.cases.actions.issue_cards import issue_cards
from webapp.cases.actions.open_case import for_visitor, open_case
from webapp.cases.actions.set_material import set_material
from webapp.cases.actions.supply_materials import MESSAGE, supply_materials
from webapp.cases.demonstration.care import look_after
from webapp.cases.demonstration.cast import Cast
from webapp.cases.demonstration.script import Story
from webapp.cases.demonstration.turns import Turn
from webapp.cases.facts import facts_of
from webapp.cases.models import CaseMaterial, WorkItem
from webapp.cases.planning.aftercare import AFTERCARE
from webapp.cases.planning.tolerance import ARRIVED
from webapp.cases.store import lock_by_item
from webapp.catalogue import queries as catalogue
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone, NotYours, Refused
from webapp.organisations.queries import Acting
from webapp.processes import queries as processes
from workflows.calendars import local_day, moment
from workflows.forms import NoSample, sample

MOST_STEPS = 60  # a story that goes round in circles is left alone
_NEXT = """
WITH told AS (SELECT id FROM cases_case WHERE id = %(case)s OR parent_id = %(case)s)
SELECT 'timer', id, case_id, element, fires_at FROM cases_timer
 WHERE case_id IN (SELECT id FROM told) AND state = 'ARMED' AND fires_at IS NOT NULL
UNION ALL SELECT 'item', id, case_id, element, NULL FROM cases_workitem
 WHERE case_id IN (SELECT id FROM told) AND state = 'OPEN' AND token NOT LIKE 'command:%%'
UNION ALL SELECT 'care', id, case_id, element, NULL FROM cases_workitem
 WHERE case_id IN (SELECT id FROM told) AND state = 'OPEN' AND element = ANY(%(care)s)
UNION ALL SELECT 'papers', id, case_id, name, NULL FROM cases_awaitedmessage
 WHERE case_id IN (SELECT id FROM told) AND over_at IS NULL AND name = ANY(%(messages)s)
"""


@dataclass(slots=True)
class Played:
    """What came of it; `stuck` says why stories went no further than they should have."""

    opened: int = 0
    steps: int = 0
    cards: int = 0
    stuck: list[str] = field(default_factory=list)


class Stage:
    """The county's clock and the queue of what happens next."""

    def __init__(self, run: str, now: datetime) -> None:
        self.run = run
        self.now = now
        self.cast = Cast()
        self.played = Played()
        self.calendar = catalogue.calendar_in_force()
        self.hours = catalogue.hours_of(None)
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self._coming: set[tuple[str, int, datetime | None]] = set()

    def at(self, when: datetime, what: Callable[[datetime], None]) -> None:
        """Let something happen, unless it lies in the future."""
        if when <= self.now:
            heapq.heappush(self._queue, (when, next(self._order), what))

    def play(self, story: Story, done: Callable[[], None]) -> None:
        """Put a story on the programme; `done` is called when it has been opened."""

        def begin(at: datetime) -> None:
            self._open(story, at)
            done()

        self.at(story.opens_at, begin)

    def run_all(self) -> Played:
        """Until now: every event in its turn, cards each night between them."""
        day = None
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # quick; a crash loses examples
        with db.pretended(self.now) as move_to:
            while self._queue:
                when, _, what = heapq.heappop(self._queue)
                move_to(when)
                if day is not None and local_day(when) != day:
                    self.played.cards += issue_cards(moment(local_day(when), time(9)))
                day = local_day(when)
                what(when)
        self.played.cards += issue_cards(self.now)
        return self.played

    def _open(self, story: Story, at: datetime) -> None:
        people = self.cast.of(story.pool_id, at, story.random)
        if not people:
            self._stop(story, "没有人值班")
            return
        try:
            story.case_id = self._register(story, people[0], at)
        except (NoSample, Refused) as refusal:
            self._stop(story, str(refusal))
            return
        self.played.opened += 1
        self.go_on(story, at)

    def _register(self, story: Story, by: Acting, at: datetime) -> int:
        item, day = story.item, local_day(at)
        if story.way:
            item = for_visitor(item)
        values = sample(
            item.form,
            f"{self.run}/{story.number}",
            today=day,
            variables={**facts_of(item, delivery_mode=""), "level": story.level},
            given=story.applicant(),
        )
        return open_case(
            by=by,
            item_code=item.code,
            values=values,
            materials={} if story.way else story.marks(),
            village_id=story.village_id,
            agent_mandate=None
            if story.way
            else story.mandate(str(values["applicant_name"]), day),
            idempotency_key=f"demo/{self.run}/{story.number}",
            pool_id=story.pool_id,
            way=story.way,
        ).case_id

    def go_on(self, story: Story, at: datetime) -> None:
        """Plan what comes next: timers, open steps, papers that a notice asked for."""
        with connection.cursor() as cursor:
            known = {"messages": [MESSAGE, ARRIVED], "care": list(AFTERCARE)}
            cursor.execute(_NEXT, {"case": story.case_id, **known})
            coming = cursor.fetchall()
        for what, row_id, case_id, name, when in coming:
            if (what, row_id, when) in self._coming:
                continue
            self._coming.add((what, row_id, when))
            if what == "timer":
                self.at(when, self._fire(story, case_id))
            elif what == "care":
                minutes = story.random.uniform(60, 2500)
                self.at(self._later(at, minutes), look_after(self, story, row_id))
            elif (story.rests_after is not None and story.steps >= story.rests_after) or (
                what == "item" and name == "Task_Opinion" and story.keeps_silent()
            ):
                continue
            elif what == "item":
                minutes = self._minutes(story)
                if story.random.random() < 0.5:
                    self.at(self._later(at, minutes / 4), self._sign_for(story, row_id))
                self.at(self._later(at, minutes), self._step(story, row_id))
            elif story.brings_papers(name):
                furthest = 2 if name == ARRIVED else 9
                days = story.random.randint(1, furthest)
                came = self.calendar.add_working_days(local_day(at), days)
                opens = self.hours.opens_at(self.calendar, came)
                supply = self._supply(story, case_id)
                self.at(self._later(opens, story.random.uniform(5, 170)), supply)
        if story.turns_now():
            turn = Turn(self, story)
            self.at(self._later(at, story.random.uniform(30, 300)), turn.act)

    def _fire(self, story: Story, case_id: int) -> Callable[[datetime], None]:
        """A timer at its own moment, unless its clock has moved meanwhile."""

        def act(at: datetime) -> None:
            try:
                with transaction.atomic():
                    fire_timers_of(case_id)
            except Refused as refusal:
                self._stop(story, refusal.sentence)
            else:
                self.go_on(story, at)

        return act

    def _minutes(self, story: Story) -> float:
        """Opening minutes until the next officer has done her step."""
        if story.item.handling == "immediate" or story.steps == 0:
            return story.random.uniform(4, 40)
        return story.random.uniform(20, 900) * story.pace

    def _later(self, at: datetime, minutes: float) -> datetime:
        return self.hours.add_working_time(self.calendar, at, timedelta(minutes=minutes))

    def _sign_for(self, story: Story, item_id: int) -> Callable[[datetime], None]:
        """Somebody of the pool claims the item some time before she does it."""

        def act(at: datetime) -> None:
            row = WorkItem.objects.filter(pk=item_id, state="OPEN", claimed_by=None).first()
            people = self.cast.of(row.pool_id, at, story.random) if row else []
            for by in people:
                try:
                    claim(item_id, by)
                except Refused:  # another person must do this one
                    continue
                return

        return act

    def _step(self, story: Story, item_id: int) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            rows = WorkItem.objects.filter(pk=item_id, state="OPEN").select_related("case")
            row = rows.first()
            if row is None:
                return
            if row.case.suspended_from:
                tomorrow = self.calendar.add_working_days(local_day(at), 1)
                opens = self.hours.opens_at(self.calendar, tomorrow)
                self.at(self._later(opens, 30), self._step(story, item_id))
                return
            problem = self._do(story, row, at) if story.steps < MOST_STEPS else "来回太多"
            if problem:
                self._stop(story, f"{row.name}（{row.form}）：{problem}")
            else:
                if story.level == "village":
                    outbox.deliver(20)  # a case starts another, or tells it of its end
                self.go_on(story, at)

        return act

    def _do(self, story: Story, row: WorkItem, at: datetime) -> str:
        """Let somebody of the pool complete the item; "" or why nobody could."""
        problem = "没有人值班"
        people = self.cast.of(row.pool_id, at, story.random)
        people.sort(key=lambda by: by.officer_id != row.claimed_by_id)
        for by in people:
            try:
                self._complete(story, row, by, at)
            except NotYours as refusal:  # another person must do this one
                problem = refusal.sentence
                continue
            except (NoSample, Refused) as refusal:
                return str(refusal)
            story.steps += 1
            self.played.steps += 1
            return ""
        return problem

    def _complete(self, story: Story, row: WorkItem, by: Acting, at: datetime) -> None:
        """Complete the item; where the story asks too much, in the careful way."""
        try:
            answers = self._answers(story, row, at)
            if row.form == "tolerance-verify" or answers.get("outcome") == "supplied":
                self._find_in_order(row, by)
            complete(row.pk, by, answers)
        except NotYours:
            raise
        except (NoSample, Refused):
            if not story.takes_care(row.form):
                raise
            complete(row.pk, by, self._answers(story, row, at))

    def _find_in_order(self, row: WorkItem, by: Acting) -> None:
        """The window finds what has come in order (TOL-05, or in time after all)."""
        came = ["to_check"] if row.form == "tolerance-verify" else ["missing", "defective"]
        for paper in CaseMaterial.objects.filter(case=row.case_id, state__in=came):
            set_material(row.case_id, by, paper.key, "checked")

    def _answers(self, story: Story, row: WorkItem, at: datetime) -> dict[str, Any]:
        """Answers that the form accepts; asks the engine only where the form does."""
        if not row.form:
            return {}
        form = processes.form(row.case.process_version_id, row.form)
        given = story.answers(form, row.form, local_day(at))
        if form.field("tolerance_until") is not None:
            days = 3 if row.form == "intake-examine" else 2
            until = self.calendar.add_working_days(local_day(at), days)
            given["tolerance_until"] = until.isoformat()
        known: Mapping[str, Any] = {
            **facts_of(story.item, delivery_mode=row.case.delivery_mode),
            "level": story.level,
            "agent": story.level == "village",
        }
        if asked_by(row.case.process_version_id, row.form) - known.keys():
            with transaction.atomic():
                known = form_variables(lock_by_item(row.pk), row.token, row.form, form)
        return sample(
            form, f"{self.run}/{row.pk}", today=local_day(at), variables=known, given=given
        )

    def _supply(self, story: Story, case_id: int) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            lacking = CaseMaterial.objects.filter(
                case=case_id, state__in=["missing", "defective"]
            )
            came = {key: {"state": "received"} for key in lacking.values_list("key", flat=True)}
            accountable = story.pool_id
            people = self.cast.of(accountable, at, story.random)
            if not came or not people:
                return None
            try:
                supply_materials(case_id, people[0], came)
            except AlreadyDone:
                return None
            except Refused as refusal:
                return self._stop(story, refusal.sentence)
            return self.go_on(story, at)

        return act

    def _stop(self, story: Story, why: str) -> None:
        self.played.stuck.append(f"{story.item.code} 第{story.number}件：{why}")
