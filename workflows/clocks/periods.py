"""Working days, calendar days and working hours: three types that never mix.

Twenty working days and twenty days are different periods (行政许可法第八十二条 counts the first,
信访工作条例 the second). Each type adds and subtracts its own kind only: mypy refuses anything
else, and at run time `PeriodsMixed` is raised. Storage keeps `model.Limit`; `period_of` is the
one way in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from workflows.errors import WorkflowError
from workflows.model import Limit, LimitUnit


class PeriodsMixed(WorkflowError):
    """Two kinds of period were added, subtracted or compared."""


@dataclass(frozen=True, slots=True)
class _Period:
    amount: int

    def __add__(self, other: Self) -> Self:
        return type(self)(self.amount + self._same(other).amount)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.amount - self._same(other).amount)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other).amount

    def _same(self, other: Self) -> Self:
        if type(other) is not type(self):
            raise PeriodsMixed("工作日、自然日和工作小时是不同的期限，不能混用。")
        return other


@dataclass(frozen=True, slots=True)
class WorkingDays(_Period):
    """Days on which offices work, make-up days included (行政许可法第八十二条)."""


@dataclass(frozen=True, slots=True)
class CalendarDays(_Period):
    """Every day; the last one moves off days off (民法典第二百零三条)."""


@dataclass(frozen=True, slots=True)
class WorkingHours(_Period):
    """Hours in which the unit is open."""


Days = WorkingDays | CalendarDays
Period = Days | WorkingHours


def period_of(limit: Limit) -> Period:
    """The limit as a period of its own type; a same-day limit is one working day."""
    match limit.unit:
        case LimitUnit.DAY:
            return CalendarDays(limit.amount)
        case LimitUnit.HOUR:
            return WorkingHours(limit.amount)
        case LimitUnit.WORKDAY:
            return WorkingDays(limit.amount)
        case LimitUnit.SAME_DAY:
            return WorkingDays(1)


def together(first: Period, second: Period) -> Period:
    """Their sum. Raises PeriodsMixed when they are of different kinds."""
    match first, second:
        case (WorkingDays(), WorkingDays()):
            return first + second
        case (CalendarDays(), CalendarDays()):
            return first + second
        case (WorkingHours(), WorkingHours()):
            return first + second
    raise PeriodsMixed("工作日、自然日和工作小时是不同的期限，不能混用。")
