"""The way of an application as a villager understands it, made from the process in force.

The drawing is followed to its good end; what is done one after the other at one level becomes
one station: hand in → the township examines → the county decides → handed to you. Nobody draws
this picture: when the county publishes another flow, it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import heappop, heappush

from django.utils.translation import gettext as _

from webapp.catalogue.queries import ItemFacts
from webapp.core.errors import Refused
from webapp.inboxes.guide import limit_words
from webapp.processes import queries as processes
from webapp.processes.queries.published import DECISIONS
from workflows.errors import ExpressionError
from workflows.feel import evaluate, names, parse
from workflows.model import Bundle, Element, Flow, Kind, LimitUnit, Process, Scope

GOOD = ("granted", "answered", "guided", "handled_elsewhere")
"""Results of an end that an applicant hopes for; an end without one leads on."""
DELIVERY = "delivery"
INTAKE = "intake"
UNUSUAL = 100
"""What a flow costs whose condition does not hold when nothing has happened yet."""
WIDTH, BOX, GAP = 320, 62, 30
"""Sizes of the picture in its own units; it is scaled to the place that it gets."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Steps one after the other at one level, and what they are for."""

    level: str
    purpose: str  # intake, review, decision, delivery
    steps: tuple[str, ...]
    days: int  # of working days of its steps; 0 where a step has no such limit


@dataclass(frozen=True, slots=True)
class Station:
    """A box of the picture, with the place where it stands in it."""

    number: int
    title: str
    who: str
    limit: str
    y: int

    @property
    def words(self) -> str:
        """The station as a line of text."""
        return "，".join(part for part in (self.title, self.who, self.limit) if part)


@dataclass(frozen=True, slots=True)
class Journey:
    """The stations from top to bottom; `total` is what is promised for all of them."""

    stations: tuple[Station, ...]
    total: str
    width: int
    height: int


def journey_of(item: ItemFacts, level: str) -> Journey | None:
    """The picture of an item as it is taken at a level; None while no process is in force."""
    at = level or next(iter(item.offered_at), "township")
    try:
        key = processes.choose(
            handling=item.handling, flow=item.flow, level=at, process_key=item.process_key
        )
        stays = _stays(processes.current_version_id(key))
    except Refused:
        return None
    if not stays:
        return None
    if at == "county":  # the hall stands where the township's window stands elsewhere
        stays = tuple(replace(one, level="county") for one in stays)
    rows = [(_("交材料"), _counter(at), ""), *(_row(item, stay, stays) for stay in stays)]
    stations = tuple(
        Station(number, title, who, limit, 1 + (number - 1) * (BOX + GAP))
        for number, (title, who, limit) in enumerate(rows, 1)
    )
    promised = item.limit("promised")
    total = limit_words(promised.days, promised.unit) if promised else ""
    return Journey(stations, total, WIDTH, len(rows) * (BOX + GAP) - GAP + 2)


def _counter(level: str) -> str:
    return {
        "village": _("您到村便民服务站"),
        "county": _("您到县政务服务大厅"),
    }.get(level, _("您到镇便民服务中心"))


def _row(item: ItemFacts, stay: Stay, stays: tuple[Stay, ...]) -> tuple[str, str, str]:
    if stay.purpose == DELIVERY:
        return _("送到您手里"), _("窗口领取、邮寄，或者代办员送上门"), _limit(item, "delivery")
    place = _place(stay.level)
    if stay.purpose == INTAKE:
        return (
            _("%(place)s看材料") % {"place": place},
            _("齐全就受理，不齐的一次说清"),
            (_limit(item, "check") or _days(item, stay, stays)),
        )
    who = _("、").join(dict.fromkeys(stay.steps))
    if stay.purpose == "decision":
        return _("%(place)s决定") % {"place": place}, who, _clock(item, stay, stays)
    return _("%(place)s审查") % {"place": place}, who, _clock(item, stay, stays)


def _clock(item: ItemFacts, stay: Stay, stays: tuple[Stay, ...]) -> str:
    """The public limit of a stay: its level's own clock where it has one, else its steps'."""
    levels = [one.level for one in stays if one.purpose in ("review", "decision")]
    if len(set(levels)) > 1 and levels.count(stay.level) == 1:
        clock = {"county": "county", "township": "handup"}.get(stay.level, "")
        if clock and item.limit(clock):
            return _limit(item, clock)
    return _days(item, stay, stays)


def _limit(item: ItemFacts, clock: str) -> str:
    limit = item.limit(clock)
    return limit_words(limit.days, limit.unit) if limit is not None else ""


def _days(item: ItemFacts, stay: Stay, stays: tuple[Stay, ...]) -> str:
    """The limits of the steps, where all of them fit into what is promised for the whole."""
    promised = item.limit("promised")
    together = sum(one.days for one in stays if one.purpose in ("review", "decision"))
    if promised is None or promised.unit != "working" or together > (promised.days or 0):
        return ""
    return limit_words(stay.days, "working")


def _place(level: str) -> str:
    return {"village": _("村里"), "county": _("县里")}.get(level, _("镇里"))


# -- the way through the drawing --------------------------------------------------------------


@lru_cache(maxsize=256)
def _stays(version_id: int) -> tuple[Stay, ...]:
    return stays_of(processes.bundle(version_id))


def stays_of(bundle: Bundle) -> tuple[Stay, ...]:
    """The steps on the way to the good end, joined where level and purpose stay the same."""
    found: list[list[tuple[str, str, Element]]] = []
    for level, purpose, step in _walk(bundle, bundle.processes[bundle.root], "review", 0):
        if found and found[-1][-1][:2] == (level, purpose):
            found[-1].append((level, purpose, step))
        else:
            found.append([(level, purpose, step)])
    return tuple(_stay([row[2] for row in rows], *rows[0][:2]) for rows in found)


def _stay(steps: list[Element], level: str, purpose: str) -> Stay:
    limits = [step.work.limit for step in steps if step.work is not None]
    days = [one.amount for one in limits if one is not None and one.unit is LimitUnit.WORKDAY]
    names = tuple(step.name for step in steps if step.name)
    return Stay(level, purpose, names, sum(days) if len(days) == len(limits) else 0)


def _walk(
    bundle: Bundle, process: Process, purpose: str, depth: int
) -> Iterator[tuple[str, str, Element]]:
    for element in _way(process.scope):
        if element.kind is Kind.USER_TASK:
            yield (element.role or "").partition(".")[0], purpose, element
        elif element.called in bundle.processes and depth < 8:
            meant = _purpose(element.called or "") or purpose
            yield from _walk(bundle, bundle.processes[element.called or ""], meant, depth + 1)
        elif element.scope is not None and depth < 8:
            inner = Process(process.key, "", "", element.scope)
            yield from _walk(bundle, inner, purpose, depth + 1)


def _purpose(called: str) -> str:
    if called in DECISIONS:
        return "decision"
    return called if called in (INTAKE, DELIVERY) else ""


def _way(scope: Scope) -> list[Element]:
    """The shortest way from a start to a good end; all branches of a parallel split are on it."""
    starts = [e.id for e in scope.elements.values() if e.kind is Kind.START]
    ends = [e for e in scope.elements.values() if e.kind is Kind.END]
    good = [e.id for e in ends if e.result in GOOD] or [e.id for e in ends if not e.result]
    main = _shortest(scope, starts, set(good))
    found: list[str] = []
    for place, one in enumerate(main):
        found.append(one)
        if scope.elements[one].kind is not Kind.PARALLEL or len(scope.outgoing(one)) < 2:
            continue
        for flow in scope.outgoing(one):
            if flow.target != main[place + 1]:
                found += _shortest(scope, [flow.target], set(main[place + 1 :]))[:-1]
    return [scope.elements[one] for one in dict.fromkeys(found)]


def _shortest(scope: Scope, starts: list[str], ends: set[str]) -> list[str]:
    look = [(0, place, one, "") for place, one in enumerate(starts)]
    before: dict[str, str] = {}
    while look:
        cost, _turn, here, came = heappop(look)
        if here in before:
            continue
        before[here] = came
        if here in ends:
            way = [here]
            while before[way[-1]]:
                way.append(before[way[-1]])
            return way[::-1]
        for flow in scope.outgoing(here):
            heappush(look, (cost + _cost(flow), len(before), flow.target, here))
    return []


def _cost(flow: Flow) -> int:
    """A flow that a case cannot take on its first way through is avoided."""
    if flow.condition is None:
        return 1
    try:
        if "outcome" in names(flow.condition):
            return 1
        return 1 if evaluate(parse(flow.condition), {}) is True else UNUSUAL
    except ExpressionError:
        return 1
