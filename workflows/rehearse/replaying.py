"""One past case played again on a version: where it goes, who works, where it no longer fits.

What the version has and the record has not, a new step, is done with the invented answer that
leads on by the first choice on offer, and counted as assumed; what the record has and the version
has not is passed over. An answer that the version does not take ends the replay there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from workflows import engine
from workflows.engine import Definition, OpenedItem, Outcome, Place, State
from workflows.errors import WorkflowError
from workflows.forms import Form, NoSample, routing_values, sample, validate
from workflows.model import Bundle, Kind, LimitUnit
from workflows.rehearse.cases import Done, PastCase

MAX_ASSUMED = 40  # new steps of one case
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Worked:
    """A step that somebody did in a replay.

    `days`: calendar days from opening to completion as recorded; for an assumed step its limit
    in working days, 0 where it has none. What follows an assumed step keeps its own days.
    """

    process: str
    element: str
    name: str
    role: str
    days: float
    assumed: bool = False


@dataclass(slots=True)
class Run:
    """What a replay showed. `misfit`: the sentence why it stopped; None: it went through."""

    path: list[str] = field(default_factory=list)  # process/element, in order
    flows: set[str] = field(default_factory=set)  # process/flow
    work: list[Worked] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # recorded steps that the version lacks
    finished: bool = False
    result: str | None = None
    misfit: str | None = None
    misfit_at: str = ""  # the element

    @property
    def days(self) -> float:
        """Days of work, one step after another."""
        return sum(one.days for one in self.work)


class Misfit(WorkflowError):
    """The version does not take what was recorded."""

    def __init__(self, sentence: str, element: str) -> None:
        super().__init__(sentence)
        self.element = element


def replay(case: PastCase, bundle: Bundle, definition: Definition) -> Run:
    """Play a case on a version. What does not fit is in the run, never raised."""
    return _Replay(case, bundle, definition).whole()


class _Replay:
    """One case on one version."""

    def __init__(self, case: PastCase, bundle: Bundle, definition: Definition) -> None:
        self.case, self.bundle, self.definition = case, bundle, definition
        self.run = Run()
        self.snapshot = b""
        self.opened: dict[str, datetime] = {}
        self.now = case.opened
        self.known = frozenset(e.id for p in bundle.processes.values() for e in p.scope.walk())
        self.recorded = frozenset(done.what for done in case.steps if done.kind == "do")

    def whole(self) -> Run:
        try:
            self.take(engine.start(self.definition, self.case.facts, self.case.number))
            for done in self.case.steps:
                self.now = done.at
                self.step(done)
            if self.case.result is not None:
                self.finish()
        except Misfit as wrong:
            self.run.misfit, self.run.misfit_at = str(wrong), wrong.element
        except WorkflowError as wrong:
            self.run.misfit = str(wrong)
        return self.run

    def take(self, outcome: Outcome, since: datetime | None = None) -> None:
        """Keep the outcome. `since`: when what opens now is to count as opened."""
        self.snapshot = outcome.snapshot
        self.run.path += [f"{place.process}/{place.element}" for place in outcome.passed]
        self.run.flows |= {f"{process}/{flow}" for process, flow in outcome.taken}
        self.run.finished = outcome.finished
        self.run.result = outcome.result if outcome.finished else None
        for item in outcome.opened:
            self.opened[item.token] = since or self.now

    def state(self) -> State:
        return engine.inspect(self.definition, self.snapshot)

    def step(self, done: Done) -> None:
        """Carry out what was recorded, doing new steps that stand before it."""
        if self.run.finished:
            self.run.left_out.append(done.what)
            return
        if done.kind == "cancel":
            self.take(engine.advance(self.definition, self.snapshot, engine.Cancel(done.what)))
            return
        if done.kind == "do" and done.what not in self.known:
            self.run.left_out.append(done.what)
            return
        for _ in range(MAX_ASSUMED):
            state = self.state()
            command, item = self.command(done, state)
            if command is not None:
                self.carry_out(done, command, item)
                return
            new = next((one for one in state.items if self.is_new(one)), None)
            if new is None:
                break
            self.assume(new)
            if self.run.finished:
                self.run.left_out.append(done.what)
                return
        there = "、".join(one.name or one.place.element for one in self.state().items) or "没有"
        name = self.name(done.what)
        raise Misfit(f"记录里办了“{name}”，这一版走到这里没有它；待办：{there}", done.what)

    def command(
        self, done: Done, state: State
    ) -> tuple[engine.Command | None, OpenedItem | None]:
        """The command for what was recorded; None where nothing waits for it."""
        if done.kind == "do":
            found = [one for one in state.items if one.place.element == done.what]
            item = next((one for one in found if done.unit in {"", one.unit}), None)
            return (self.completed(done, item) if item else None), item
        if done.kind == "return":
            return self.returned(done, state), None
        if done.kind == "lapse":
            wanted = (done.what, done.before)
            timers = [one for one in state.timers if (one.clock, one.before) == wanted]
            return (engine.Fire(timers[0].token) if timers else None), None
        waiting = [one for one in state.messages if one.name == done.what]
        if not waiting:
            return None, None
        first = waiting[0]
        token = None if first.signal else first.token  # a signal is for all who wait for it
        return engine.Deliver(first.name, done.values, token, first.signal), None

    def returned(self, done: Done, state: State) -> engine.Command | None:
        """The step sent back; None where it does not wait, or cannot go there."""
        item = next((one for one in state.items if one.place.element == done.what), None)
        if item is None:
            return None
        reached = {one.rpartition("/")[2] for one in self.run.path}
        found = engine.preview_return(self.definition, self.snapshot, item.token, reached)
        target = next((one.target for one in found if one.target.element == done.to), None)
        return engine.Return(item.token, target) if target is not None else None

    def completed(self, done: Done, item: OpenedItem) -> engine.Complete:
        """The recorded answers as this version's form reads them: dates, amounts, texts."""
        form = self.bundle.forms.get(item.form or "")
        if not isinstance(form, Form):
            return engine.Complete(item.token, done.values)
        try:
            return engine.Complete(item.token, routing_values(form, done.values))
        except (ValueError, ArithmeticError) as wrong:
            name = self.name(done.what)
            raise Misfit(
                f"“{name}”当时填的内容，现在的表单读不了：{wrong}", done.what
            ) from wrong

    def carry_out(self, done: Done, command: engine.Command, item: OpenedItem | None) -> None:
        if item is not None:
            self.refuse_unknown(done, item)
        try:
            outcome = engine.advance(self.definition, self.snapshot, command)
        except WorkflowError as wrong:
            name = self.name(done.what)
            raise Misfit(f"“{name}”当时的答案走不下去：{wrong}", done.what) from wrong
        if item is not None:
            since = self.opened.get(item.token, self.now)
            self.worked(item, max(0.0, (done.at - since).total_seconds() / _DAY))
        self.take(outcome)

    def refuse_unknown(self, done: Done, item: OpenedItem) -> None:
        """A recorded choice must still be on offer."""
        form = self.bundle.forms.get(item.form or "")
        if not isinstance(form, Form):
            return
        for key, value in done.values.items():
            one = form.field(key)
            offered = {choice.value for choice in one.choices} if one is not None else set()
            if one is not None and offered and isinstance(value, str) and value not in offered:
                raise Misfit(
                    f"“{self.name(done.what)}”当时选的“{one.label}”是“{value}”，现在没有这个选项",
                    done.what,
                )

    def is_new(self, item: OpenedItem) -> bool:
        return item.place.element not in self.recorded

    def assume(self, item: OpenedItem) -> None:
        """Do a new step: the first answer on offer that leads on."""
        last: WorkflowError | None = None
        for values in self.answers(item):
            try:
                command = engine.Complete(item.token, values)
                outcome = engine.advance(self.definition, self.snapshot, command)
            except WorkflowError as wrong:
                last = wrong
                continue
            self.worked(item, _limit_days(item), assumed=True)
            self.take(outcome, since=self.opened.get(item.token))
            return
        raise Misfit(
            f"新环节“{item.name or item.place.element}”不知道怎样办下去：{last or '没有可选的答案'}",
            item.place.element,
        )

    def answers(self, item: OpenedItem) -> Iterator[dict[str, object]]:
        form = self.bundle.forms.get(item.form or "")
        if not isinstance(form, Form):
            yield {}
            return
        outcome = form.field("outcome")
        offered = [choice.value for choice in outcome.choices] if outcome is not None else []
        for given in [{"outcome": one} for one in offered] or [{}]:
            today = date(self.now.year, self.now.month, self.now.day)
            try:
                raw = sample(
                    form, self.case.number, today=today, variables=item.variables, given=given
                )
            except NoSample:
                continue
            yield dict(
                routing_values(form, validate(form, raw, item.variables, today=today).values)
            )

    def finish(self) -> None:
        """The case was over: what is new at its end is done too."""
        for _ in range(MAX_ASSUMED):
            if self.run.finished:
                return
            new = next((one for one in self.state().items if self.is_new(one)), None)
            if new is None:
                break
            self.assume(new)
        state = self.state()
        if not self.run.finished and not state.finished:
            there = "、".join(one.name or one.place.element for one in state.items) or "没有"
            first = state.items[0].place.element if state.items else ""
            raise Misfit(f"当时已经办结，这一版还没有；待办：{there}", first)

    def worked(self, item: OpenedItem, days: float, *, assumed: bool = False) -> None:
        place: Place = item.place
        name = item.name or place.element
        role = item.role or ""
        self.run.work.append(Worked(place.process, place.element, name, role, days, assumed))

    def name(self, element: str) -> str:
        for process in self.bundle.processes.values():
            found = process.element(element)
            if found is not None and found.kind in {Kind.USER_TASK, Kind.MANUAL_TASK}:
                return found.name or element
        return element


def _limit_days(item: OpenedItem) -> float:
    if item.limit is None or item.limit.unit is LimitUnit.SAME_DAY:
        return 0.0
    return item.limit.amount / 8 if item.limit.unit is LimitUnit.HOUR else item.limit.amount
