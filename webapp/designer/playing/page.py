"""What the page of a run shows: the moment, the open work, the clocks, what has happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.places import unit_facts
from webapp.cases.planning.ledger import label
from webapp.cases.queries.ahead import APPLICANTS
from webapp.cases.queries.timeline import RESULT_NAMES, STATUS_NAMES
from webapp.cases.state import ClockRow
from webapp.designer.playing.answering import Work, works
from webapp.designer.playing.board import Board
from webapp.designer.playing.ground import Ground
from webapp.designer.playing.moves import SUPPLIED, address
from webapp.designer.playing.replaying import Moment, Played
from webapp.processes.models import Draft, TrialRun
from webapp.processes.queries.library import SCENARIOS
from workflows.calendars import CHINA, local_day
from workflows.clocks import explain, from_dicts
from workflows.engine import Place, State

_WAITING = {"case_finished": {"started_result": "granted"}}
"""What messages bring that another case sends; the values can be changed."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock with the calculation of its day."""

    name: str
    run: int
    step: str
    state: str
    due_at: datetime | None
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that the case waits for. `brings`: values to send with it, one a line."""

    at: str
    name: str
    words: str
    brings: str = ""
    papers: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A diagram of the run with its marks; `path` from the outer process to this one."""

    key: str
    name: str
    state: dict[str, Any]
    path: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str, bool], ...] = ()
    here: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A moment of a run, ready for the template."""

    moment: Moment
    board: Board
    works: Sequence[Work]
    messages: Sequence[Message]
    clocks: Sequence[ClockLine]
    picture: Picture
    next_due: tuple[str, datetime] | None
    finished: bool
    result: str
    status: str
    after: Sequence[str] = field(default_factory=tuple)


def page_of(played: Played, ground: Ground, at: int, wanted: str) -> Page:
    """The page of the moment `at`; `wanted` is the diagram that was asked for."""
    moment = played.moments[at]
    board = moment.board
    beats = [beat for one in played.moments[: at + 1] for beat in one.beats]
    state = beats[-1].state
    open_works = works(board, ground, state, at)
    result = board.state.result
    return Page(
        moment=moment,
        board=board,
        works=open_works,
        messages=list(_messages(state)),
        clocks=list(_clocks(board, ground)),
        picture=picture(board, ground, state, wanted),
        next_due=_next_due(board, ground),
        finished=state.finished,
        result=_(RESULT_NAMES.get(result, result)) if state.finished else "",
        status=_(STATUS_NAMES.get(board.state.status, board.state.status)),
        after=[item.name for item in board.state.items] if state.finished else (),
    )


def _messages(state: State) -> Iterator[Message]:
    for one in state.messages:
        who, what = APPLICANTS.get(one.name, ("", ""))
        words = f"{who}{what}" if who else _("收到“{name}”").format(name=one.name)
        brings = "\n".join(f"{k}: {v}" for k, v in _WAITING.get(one.name, {}).items())
        yield Message(address(one.place), one.name, words, brings, one.name == SUPPLIED)


def _clocks(board: Board, ground: Ground) -> Iterator[ClockLine]:
    """Running clocks first, then those that have ended."""
    steps = {item.id: item.name for item in board.state.items}
    rows = sorted(board.state.clocks, key=lambda row: row.state == "ended")
    for row in rows:
        if row.entries and (row.state != "ended" or row.item_id is None):
            yield _clock(row, steps, ground)


def _clock(row: ClockRow, steps: Mapping[int, str], ground: Ground) -> ClockLine:
    return ClockLine(
        name=label(row.kind),
        run=row.run,
        step=steps.get(row.item_id or 0, ""),
        state=row.state,
        due_at=row.due_at,
        explanation=explain(from_dicts(row.entries), ground.calendar, ground.hours),
    )


def _next_due(board: Board, ground: Ground) -> tuple[str, datetime] | None:
    """What happens next by itself: its words and its moment."""
    timers = [one for one in board.state.timers if one.fires_at is not None]
    first = min(timers, key=lambda one: (one.fires_at, one.id), default=None)
    if first is None or first.fires_at is None:
        return None
    words = label(first.clock_kind)
    if first.before:
        words = _("{clock}届满前{n}个工作日").format(clock=words, n=first.before)
    else:
        words = _("{clock}届满").format(clock=words)
    return words, first.fires_at


# -- the diagram ---------------------------------------------------------------------------


def picture(board: Board, ground: Ground, state: State, wanted: str) -> Picture:
    """The diagram that was asked for, else the one in which the case stands."""
    current = _current(ground, state)
    passed: dict[str, list[str]] = {}
    for key, element in board.passed:
        passed.setdefault(key, []).append(element)
    standing = [place.process for place in _places(state)]
    key = wanted if wanted in ground.bundle.processes else next(iter(standing), "")
    key = key or ground.bundle.root
    late = {
        item.element
        for item in board.state.items
        if item.process_key == key and item.lapses_at is not None and item.lapses_at <= board.at
    }
    seen = [k for k in ground.bundle.processes if k in passed or k in current]
    if key not in seen:
        seen.append(key)
    return Picture(
        key=key,
        name=_name(ground, key),
        state={
            "done": sorted(set(passed.get(key, [])) - current.get(key, set())),
            "current": sorted(current.get(key, set()) - late),
            "overdue": sorted(late),
        },
        path=tuple((one, _name(ground, one)) for one in _way_to(ground, key)),
        choices=tuple((one, _name(ground, one), one in current) for one in seen),
        here=tuple(ground.name(key, one) for one in sorted(current.get(key, set()))),
        passed=tuple(_named(ground, key, passed.get(key, []))),
    )


def _places(state: State) -> list[Place]:
    """Where the case waits for somebody."""
    return [one.place for one in state.items] + [one.place for one in state.messages]


def _current(ground: Ground, state: State) -> dict[str, set[str]]:
    """Elements by process at which the case waits, the calls around them included."""
    found: dict[str, set[str]] = {}
    for place in _places(state):
        found.setdefault(place.process, set()).add(place.element)
        process = ground.process(ground.bundle.root)
        for name in place.path:
            drawn = process.element(name) if process is not None else None
            if drawn is None or process is None:
                break
            if drawn.called:
                found.setdefault(process.key, set()).add(name)
                process = ground.process(drawn.called)
    return found


def _named(ground: Ground, key: str, elements: Sequence[str]) -> Iterator[str]:
    """Elements with a name of their own, once, in the order of the first time."""
    for element in dict.fromkeys(elements):
        drawn = ground.element(key, element)
        if drawn is not None and drawn.name:
            yield drawn.name


def _way_to(ground: Ground, key: str) -> list[str]:
    """Processes from the outer one to this one, along the first call that leads there."""
    callers: dict[str, str] = {}
    waiting = [ground.bundle.root]
    while waiting:
        process = ground.process(waiting.pop(0))
        for element in process.scope.walk() if process is not None else ():
            called = element.called
            if called and called not in callers and called != ground.bundle.root:
                callers[called] = process.key if process is not None else ""
                waiting.append(called)
    way = [key]
    while way[0] in callers:
        way.insert(0, callers[way[0]])
    return way


def calls(ground: Ground, key: str) -> dict[str, str]:
    """Call activities of a diagram: element → the process that it calls."""
    process = ground.process(key)
    elements = process.scope.walk() if process is not None else ()
    return {
        element.id: element.called
        for element in elements
        if element.called and element.called in ground.bundle.processes
    }


def _name(ground: Ground, key: str) -> str:
    process = ground.process(key)
    return process.name if process is not None and process.name else key


# -- around the moment ---------------------------------------------------------------------


def heading(run: TrialRun, ground: Ground) -> str:
    """What is played, in one line."""
    return _("{process}：{item}，{unit}收件").format(
        process=_name(ground, ground.bundle.root),
        item=ground.item.name,
        unit=unit_facts(ground.setup.unit).name,
    )


def day_state(ground: Ground, at: datetime) -> str:
    """Whether the day of a moment is a working day, in words."""
    day = local_day(at)
    if not ground.calendar.first <= day <= ground.calendar.last:
        return _("工作日日历没有这一天")
    return _("工作日") if ground.calendar.is_working_day(day) else _("休息日")


def next_morning(ground: Ground, at: datetime) -> datetime:
    """What the form of the clock offers: nine o'clock of the next working day."""
    day = local_day(at) + timedelta(days=1)
    if ground.calendar.first <= day < ground.calendar.last:
        day = ground.calendar.next_working_day(day - timedelta(days=1))
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=CHINA)


def is_stale(run: TrialRun, draft: Draft, now: Mapping[str, str]) -> bool:
    """Whether the draft says something else now; scenarios change nothing of a run."""
    return _without(run.files) != _without(now)


def _without(manifest: Mapping[str, str]) -> dict[str, str]:
    return {path: one for path, one in manifest.items() if not path.startswith(SCENARIOS)}
