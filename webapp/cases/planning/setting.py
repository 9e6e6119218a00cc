"""What planning is told besides the case: who acts, for which item, under which calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from webapp.cases.state import Item
from webapp.catalogue.queries import ItemFacts
from webapp.catalogue.supervision import Rule
from workflows.calendars import Calendar, OpeningHours


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` None: the ledger (a timer). `pools`: where she may act now.

    `replaced`: the absent A in whose place she acts in this step (B代A).
    """

    id: int | None
    name: str
    stamp: str = ""
    pools: frozenset[int] = frozenset()
    replaced: int | None = None
    stands_for: Mapping[int, int] = field(default_factory=dict)

    def persons(self, pool_id: int) -> set[int]:
        """Who would count as having done an item of this pool (DENY-02)."""
        return {one for one in (self.id, self.stands_for.get(pool_id)) if one is not None}


LEDGER = Actor(None, "时限账")


@dataclass(frozen=True, slots=True)
class Completed:
    """The work item that is being completed, with what its form said.

    `values` have sensitive fields replaced by references; `outcome_label` is the choice's label.
    """

    item: Item
    values: Mapping[str, Any]
    outcome: str = ""
    outcome_label: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the checklist as documents need it.

    `late`: by whom and why it may be asked for although the one-time notice left it out.
    """

    key: str
    name: str
    role: str
    needed: bool
    form: str
    copies: int
    state: str
    defect: str
    remedy: str
    noticed: bool
    late: str = ""

    @property
    def is_lacking(self) -> bool:
        """Whether it has not come, or not in order."""
        return self.needed and self.state in {"required", "missing", "defective"}


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """An opinion as documents list it."""

    step: str
    officer: str
    at: datetime
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What documents are made from: checklist, earlier answers, numbers, wording in force.

    `words` are all answers so far as text (labels of choices, masked where sensitive), the
    latest of each field; `numbers` the last document of each code with its day of issue
    (2026年11月24日), `counts` how many there are; `application` what was filed, as it is stored.
    """

    checklist: tuple[Paper, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    opinions: tuple[OpinionLine, ...] = ()
    numbers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    wordings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    application: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lacking(self) -> tuple[Paper, ...]:
        """Lines that are missing or defective."""
        return tuple(paper for paper in self.checklist if paper.is_lacking)


@dataclass(frozen=True, slots=True)
class Hop:
    """One hand-over of the applicant's papers. `to_unit_id` None: back to her."""

    id: int
    from_unit_id: int
    to_unit_id: int | None
    signed: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a case that ends still has of the applicant's: papers, and their way so far."""

    papers: bool
    hops: tuple[Hop, ...] = ()
    served: bool = False  # the result has been delivered before

    @property
    def any(self) -> bool:
        """Whether papers of hers are here."""
        given_back = bool(self.hops) and self.hops[-1].to_unit_id is None
        return self.papers and not given_back

    def unit_after(self, signed: set[int]) -> int | None:
        """Where the papers are: with who signed last, else with who gave first."""
        units = [hop.to_unit_id for hop in self.hops if hop.signed or hop.id in signed]
        if units:
            return units[-1]
        return self.hops[0].from_unit_id if self.hops else None


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything planning may look at besides the case and the outcome."""

    at: datetime
    actor: Actor
    item: ItemFacts
    calendar: Calendar
    hours: OpeningHours
    papers: Papers = field(default_factory=Papers)
    completed: Completed | None = None
    spoken: Mapping[str, str] = field(default_factory=dict)  # answers of this form, as text
    fired: tuple[str, ...] = ()  # tokens of timers that fire in this step
    hosts: Mapping[str, str] = field(default_factory=dict)  # boundary event → its activity
    decision_days: int = 0  # working days that the steps of the decision need
    barred_until: date | None = None  # a broken commitment bars the applicant so long
    bar_days: int = 0  # so many days a commitment signed now will bar, if broken
    after_hours_next_day: bool = (
        False  # what comes after hours is received the next working day
    )
    held: Held | None = None  # of the applicant's papers, when the case ends
    rules: tuple[Rule, ...] = ()  # of electronic supervision
