"""What is written down about a legal period: immutable entries, and the order they may come in.

Entries are the truth; due dates, days used and colours are derived from them (design: clocks,
settled). `as_dict` / `from_dict` are the storage form: JSON-safe plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from workflows.calendars import CHINA, local_day, moment
from workflows.clocks.periods import Period, PeriodsMixed, period_of, together
from workflows.errors import WorkflowError
from workflows.model import Limit, LimitUnit


class ClockRefused(WorkflowError):
    """An entry is impossible here; the Chinese sentence says why."""


class ClockKind(StrEnum):
    """Which period runs (flows: table of clocks)."""

    CHECK = "check"
    STATUTORY = "statutory"
    PROMISED = "promised"
    STEP = "step"
    HANDUP = "handup"
    COUNTY = "county"
    DEPARTMENT = "department"
    SUPPLEMENT = "supplement"
    TOLERANCE = "tolerance"
    DELIVERY = "delivery"
    COMPLAINT = "complaint"
    PUBLICITY = "publicity"

    @property
    def label(self) -> str:
        """The Chinese name for pages and papers."""
        return _LABELS[self]


_LABELS: Mapping[ClockKind, str] = {
    ClockKind.CHECK: "材料审查期限",
    ClockKind.STATUTORY: "法定办结时限",
    ClockKind.PROMISED: "承诺办结时限",
    ClockKind.STEP: "环节时限",
    ClockKind.HANDUP: "上报时限",
    ClockKind.COUNTY: "县级办理时限",
    ClockKind.DEPARTMENT: "部门意见时限",
    ClockKind.SUPPLEMENT: "补正期限",
    ClockKind.TOLERANCE: "容缺补齐期限",
    ClockKind.DELIVERY: "送达时限",
    ClockKind.COMPLAINT: "投诉办理时限",
    ClockKind.PUBLICITY: "公示期",
}


@dataclass(frozen=True, slots=True)
class Started:
    """The period begins. The day of the event is not counted (民法典第二百零一条).

    `counted_from` is the day of the event where it is not the day of `at`: deemed acceptance
    counts from receipt (行政许可法第三十二条), an office may count after-hours receipt from the
    next working day. `holder` has the time on his account until the baton passes.
    """

    at: datetime
    limit: Limit
    basis: str
    counted_from: date | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The period stands still, the day of `at` included, until and including the resume day.

    `cause` in Chinese (专家评审), `evidence` the number of the paper that says so (D14), `stated`
    how long it says that will be (第四十五条: the applicant is told), None where it does not.
    """

    at: datetime
    cause: str
    evidence: str
    stated: Limit | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The period runs again from the day after `last_day`; `at` is when this was written down.

    `over_on` is the day on which what stopped it was over, where that is not the day of `at`: a
    record written late keeps no period still (行政许可法第四十五条 leaves out only the time that
    the procedure needs). `holder` "" leaves the account as it was.
    """

    at: datetime
    holder: str = ""
    over_on: date | None = None

    @property
    def last_day(self) -> date:
        """The last day that is not counted."""
        return self.over_on or local_day(self.at)

    @property
    def runs_from(self) -> datetime:
        """The moment from which an hour limit runs: of the record, or the end of `over_on`."""
        if self.last_day == local_day(self.at):
            return self.at
        return moment(self.last_day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Extended:
    """The period is longer by `limit` (行政许可法第四十二条); possible once."""

    at: datetime
    limit: Limit
    approver: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passed:
    """The baton passes: days after the day of `at` are on the account of `holder`."""

    at: datetime
    holder: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What the period was for has been done, or is no longer needed."""

    at: datetime


Entry = Started | Stopped | Resumed | Extended | Passed | Ended
_TYPES: Mapping[str, type[Entry]] = {
    "started": Started,
    "stopped": Stopped,
    "resumed": Resumed,
    "extended": Extended,
    "passed": Passed,
    "ended": Ended,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class Suspension:
    """One stop with its resume; `resumed` None while it lasts."""

    stopped: Stopped
    resumed: Resumed | None


@dataclass(frozen=True, slots=True)
class History:
    """The entries of one clock, checked and sorted by meaning."""

    started: Started
    suspensions: tuple[Suspension, ...] = ()
    extension: Extended | None = None
    passes: tuple[tuple[datetime, str], ...] = ()
    ended: Ended | None = None

    @property
    def total(self) -> int:
        """Days or hours in all, extension included; a same-day clock has one day."""
        return self.period.amount

    @property
    def period(self) -> Period:
        """The limit and its extension as one period of one type."""
        period = period_of(self.started.limit)
        if self.extension is None:
            return period
        return together(period, period_of(self.extension.limit))

    @property
    def open_stop(self) -> Stopped | None:
        """The stop that still lasts."""
        last = self.suspensions[-1] if self.suspensions else None
        return last.stopped if last and last.resumed is None else None


def read_history(entries: Iterable[Entry]) -> History:
    """Check the order of the entries; raise ClockRefused with the reason in Chinese."""
    rest = list(entries)
    if not rest or not isinstance(rest[0], Started):
        raise ClockRefused("期限还没有起算。")
    started = rest.pop(0)
    assert isinstance(started, Started)  # noqa: S101 - narrows the type, checked above
    _check_limit(started.limit)
    _check_aware(started.at)
    history = _Building(started)
    for entry in rest:
        _check_aware(entry.at)
        history.add(entry)
    return History(
        started,
        tuple(history.suspensions),
        history.extension,
        tuple(history.passes),
        history.ended,
    )


class _Building:
    """Takes entries one by one and refuses what cannot be."""

    def __init__(self, started: Started) -> None:
        self.started = started
        self.last = started.at
        self.suspensions: list[Suspension] = []
        self.extension: Extended | None = None
        self.passes: list[tuple[datetime, str]] = [(started.at, started.holder)]
        self.ended: Ended | None = None

    def add(self, entry: Entry) -> None:
        if self.ended:
            raise ClockRefused("期限已经结束，不能再作记录。")
        if entry.at < self.last:
            raise ClockRefused("记录的时间早于上一条记录，期限只能往前记。")
        self.last = entry.at
        match entry:
            case Started():
                raise ClockRefused("期限已经起算，不能重复起算。")
            case Stopped():
                self._stop(entry)
            case Resumed():
                self._resume(entry)
            case Extended():
                self._extend(entry)
            case Passed():
                self.passes.append((entry.at, entry.holder))
            case Ended():
                self.ended = entry

    def _stop(self, entry: Stopped) -> None:
        if self.suspensions and self.suspensions[-1].resumed is None:
            raise ClockRefused("期限已经暂停，不能重复暂停。")
        self.suspensions.append(Suspension(entry, None))

    def _resume(self, entry: Resumed) -> None:
        if not self.suspensions or self.suspensions[-1].resumed is not None:
            raise ClockRefused("期限没有暂停，不能恢复计算。")
        if entry.last_day < local_day(self.suspensions[-1].stopped.at):
            raise ClockRefused("结束的日期早于期限暂停的那一天，请核对。")
        if entry.last_day > local_day(entry.at):
            raise ClockRefused("结束的日期晚于记录的那一天，请核对。")
        self.suspensions[-1] = Suspension(self.suspensions[-1].stopped, entry)
        if entry.holder:
            self.passes.append((entry.at, entry.holder))

    def _extend(self, entry: Extended) -> None:
        if self.extension is not None:
            raise ClockRefused("期限已经延长过一次，不能再次延长（行政许可法第四十二条）。")
        _check_limit(entry.limit)
        if entry.limit.unit is LimitUnit.SAME_DAY:
            raise ClockRefused("延长的计算单位与原期限不同，工作日、自然日和工作小时不能混用。")
        try:
            together(period_of(self.started.limit), period_of(entry.limit))
        except PeriodsMixed as mixed:
            raise ClockRefused(
                "延长的计算单位与原期限不同，工作日、自然日和工作小时不能混用。"
            ) from mixed
        self.extension = entry


def _check_limit(limit: Limit) -> None:
    if (limit.amount == 0) is not (limit.unit is LimitUnit.SAME_DAY) or limit.amount < 0:
        raise ClockRefused("期限须大于零；当日办结的期限不写天数。")


def _check_aware(at: datetime) -> None:
    if at.tzinfo is None:
        raise ClockRefused("记录的时间缺少时区。")


def as_dict(entry: Entry) -> dict[str, Any]:
    """The entry as JSON-safe values, times in ISO 8601 with offset."""
    stored: dict[str, Any] = {"type": _NAMES[type(entry)]}
    for name in entry.__dataclass_fields__:
        value = getattr(entry, name)
        if isinstance(value, Limit):
            value = {"amount": value.amount, "unit": value.unit.value}
        elif isinstance(value, datetime):
            value = value.astimezone(CHINA).isoformat()
        elif isinstance(value, date):
            value = value.isoformat()
        stored[name] = value
    return stored


def from_dict(stored: Mapping[str, Any]) -> Entry:
    """Read what `as_dict` wrote; raises ClockRefused when it is something else."""
    try:
        values = {name: _read(name, value) for name, value in stored.items() if name != "type"}
        return _TYPES[stored["type"]](**values)
    except (KeyError, TypeError, ValueError) as problem:
        raise ClockRefused("存储的期限记录读不懂。") from problem


def _read(name: str, value: Any) -> Any:
    if name == "at":
        return datetime.fromisoformat(value).astimezone(CHINA)
    if name in {"limit", "stated"} and value is not None:
        return Limit(int(value["amount"]), LimitUnit(value["unit"]))
    if name in {"counted_from", "over_on"} and value is not None:
        return date.fromisoformat(value)
    return value


def from_dicts(stored: Sequence[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Read a whole clock."""
    return tuple(from_dict(row) for row in stored)
