"""Which cases an example county has: items, places, days, fates, drawn from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from webapp.cases.demonstration.script import FATES, JOINT, PACES, TOLERANT, Story
from webapp.cases.facts import extension_limit, may_tolerate
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import ItemFacts
from webapp.core.errors import Refused
from webapp.organisations.models import Pool
from webapp.processes import queries as processes
from workflows.calendars import Calendar, OpeningHours, local_day
from workflows.calendars import moment as at

BACK_DAYS = 45  # working days over which cases are spread
RECENT_DAYS = 9
VISITS = ("",) * 6 + ("immediate", "guide")  # how villagers are helped: mostly by filing
LONG_ENOUGH = 15  # working days of a promise that leave time for papers to come
HOME = "130123103"  # the township of the demo accounts has half of all cases


@dataclass(frozen=True, slots=True)
class Station:
    """A village with its agent's pool and the window's pool of its township."""

    village_id: int
    village: str
    township: str
    agent_pool: int
    window_pool: int


def stories(count: int, seed: int, now: datetime) -> Iterator[Story]:
    """`count` stories in the order of their beginnings."""
    random = Random(f"county/{seed}")  # noqa: S311 - repeatable fiction
    calendar, hours = catalogue.calendar_in_force(), catalogue.hours_of(None)
    offers = {level: _offered(level) for level in ("village", "township")}
    if not any(offers.values()):
        raise Refused("没有可以开办的事项。请先载入示例县并发布流程库。")
    stations = _stations()
    turns = dict.fromkeys(offers, seed)
    moments = sorted(_moment(random, calendar, hours, now) for _ in range(count))
    for number, opens_at in enumerate(moments, start=1):
        own = Random(f"{seed}/{number}")  # noqa: S311
        station = _station(own, stations)
        level = "village" if offers["village"] and own.random() < 0.3 else "township"
        way = own.choice(VISITS) if level == "village" else ""
        offer = "township" if way else level
        turns[offer] += 1  # in turn, so that every item is played
        items = offers[offer] or offers["village"]
        item = items[turns[offer] % len(items)]
        yield Story(
            number=number,
            item=item,
            level=level,
            pool_id=station.agent_pool if level == "village" else station.window_pool,
            village_id=station.village_id,
            village=station.village,
            opens_at=opens_at,
            random=own,
            pace=PACES[own.choices(list(PACES), (3, 6, 2))[0]],
            fate="plain" if way else _fate(own, item),
            way=way,
            window_pool=station.window_pool,
            rests_after=_rests(own, calendar, station, opens_at, now),
        )


def _fate(random: Random, item: ItemFacts) -> str:
    """One of the fates that the item can have."""
    fitting = {fate: weight for fate, weight in FATES.items() if _fits(fate, item)}
    return random.choices(list(fitting), list(fitting.values()))[0]


def _fits(fate: str, item: ItemFacts) -> bool:
    """Whether a case of this item can turn out so."""
    if item.handling == "immediate":
        return fate in {"plain", "refused", "withdrawal"}
    if fate in TOLERANT:
        return may_tolerate(item) and _promised_days(item) >= LONG_ENOUGH
    if fate in JOINT:
        return item.flow in {"joint", "escalated_joint"}
    if fate == "county_return":
        return "escalated" in item.flow
    if fate == "extension":
        return bool(extension_limit(item))
    return True


def _promised_days(item: ItemFacts) -> int:
    limits = [item.limit("promised"), item.limit("statutory")]
    return min(limit.days for limit in limits if limit is not None)


def _offered(level: str) -> list[ItemFacts]:
    """Items of a level for which a published process exists."""
    found = []
    for offered in catalogue.items_offered(level):
        item = catalogue.item_by_code(offered.code)
        if level == "village" and (item.in_person or not item.agent_allowed):
            continue
        try:
            key = processes.choose(
                handling=item.handling,
                flow=item.flow,
                level=level,
                process_key=item.process_key,
            )
            processes.current_version_id(key)
        except Refused:
            continue
        found.append(item)
    return found


def _stations() -> list[Station]:
    pools = Pool.objects.select_related("unit__division__parent")
    windows = {
        pool.unit.division.code: pool.pk
        for pool in pools.filter(unit__kind="centre", role="township.window")
        if pool.unit.division
    }
    stations = []
    for pool in pools.filter(unit__kind="station", role="village.agent").order_by("unit__key"):
        village = pool.unit.division
        township = village.parent if village else None
        if village and township and township.code in windows:
            name = pool.unit.name.removesuffix("便民服务站")
            window = windows[township.code]
            stations.append(Station(village.pk, name, township.code, pool.pk, window))
    if not stations:
        raise Refused("没有村级便民服务站和乡镇窗口。请先运行 bianmin load_county。")
    return stations


def _station(random: Random, stations: Sequence[Station]) -> Station:
    """The first village of the home township often, so that its demo agent has work."""
    home = [station for station in stations if station.township == HOME]
    if home and random.random() < 0.5:
        return home[0] if random.random() < 0.3 else random.choice(home)
    return random.choice(stations)


def _rests(
    random: Random, calendar: Calendar, station: Station, opens_at: datetime, now: datetime
) -> int | None:
    """After how many steps nobody goes on; None: everybody does her work.

    A tenth of all cases rest. Of the recent ones of the home township two thirds do, so that
    the demo accounts find work at every stage, also overdue.
    """
    recent = calendar.working_days_between(local_day(opens_at), local_day(now)) <= RECENT_DAYS
    likely = 0.65 if recent and station.township == HOME else 0.1
    return random.choice((0, 0, 0, 1, 1, 2, 3, 4, 5, 6)) if random.random() < likely else None


def _moment(random: Random, calendar: Calendar, hours: OpeningHours, now: datetime) -> datetime:
    """A moment of opening on one of the last working days, more often a recent one."""
    today = local_day(now)
    last = today if calendar.is_working_day(today) else _before(calendar, today)
    back = int(random.triangular(0, BACK_DAYS, 0))
    day = max(_before(calendar, last, back) if back else last, calendar.first)
    spans = _open_spans(calendar, hours, day, now)
    if not spans:  # the doors have not opened yet today
        spans = _open_spans(calendar, hours, _before(calendar, day), now)
    start, end = random.choice(spans)
    return start + (end - start) * random.random()


def _open_spans(
    calendar: Calendar, hours: OpeningHours, day: date, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Stretches of opening on a day, as far as they lie in the past."""
    spans = [(at(day, s.opens), min(at(day, s.closes), now)) for s in hours.on(calendar, day)]
    return [(start, end) for start, end in spans if start < end]


def _before(calendar: Calendar, day: date, count: int = 1) -> date:
    """The working day `count` working days before `day`."""
    return calendar.add_working_days(day, -count)
