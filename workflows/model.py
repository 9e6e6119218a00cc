"""What a diagram says, as frozen values: the common language of reader, checks and engine.

The reader (`workflows.sources`) has already normalised the drawing: implicit splits and
merges, conditional and default flows out of activities and link events are explicit here.
Elements that normalisation inserts carry ids derived from the drawn one
(`Task_Examine.split`) and `drawn=False`. Nested scopes hold their own elements and flows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Kind(StrEnum):
    """What an element is (BPMN 2.0.2)."""

    START = "start"
    END = "end"
    CATCH = "catch"  # intermediate catch event
    THROW = "throw"  # intermediate throw event (also the plain, untriggered one)
    BOUNDARY = "boundary"
    USER_TASK = "user_task"
    MANUAL_TASK = "manual_task"
    SERVICE_TASK = "service_task"  # passes at once; orders its effects
    SEND_TASK = "send_task"
    RECEIVE_TASK = "receive_task"
    RULE_TASK = "rule_task"  # business rule task: a DMN decision
    PLAIN_TASK = "plain_task"  # bpmn:task, passes at once
    CALL = "call"  # call activity
    SUBPROCESS = "subprocess"  # embedded
    EVENT_SUBPROCESS = "event_subprocess"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    EVENT_BASED = "event_based"


class Trigger(StrEnum):
    """What an event reacts to or throws."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    ESCALATION = "escalation"
    SIGNAL = "signal"
    TERMINATE = "terminate"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Event:
    """The event definition of an element.

    `ref` is the name of the message or signal, or the error / escalation code (None: any).
    `clock` and `before` come from the timer's `gov:due`: `due("supplement")` is
    clock="supplement", before=0; `before("promised", 1)` is clock="promised", before=1
    (working days). The day itself is the ledger's business, never the engine's.
    """

    trigger: Trigger = Trigger.NONE
    ref: str | None = None
    clock: str | None = None
    before: int = 0
    condition: str | None = None  # FEEL, conditional events
    repeats: int = 0  # a timer that does not interrupt: fires so often; 0: once; -1: for ever


class LimitUnit(StrEnum):
    """How a limit counts. Types that must never be mixed."""

    WORKDAY = "workday"
    HOUR = "hour"  # working hours
    DAY = "day"  # calendar days
    SAME_DAY = "same_day"  # close of business of the day itself


@dataclass(frozen=True, slots=True)
class Limit:
    """A period printed on a step: `amount` of `unit` (0 for `same_day`)."""

    amount: int
    unit: LimitUnit


@dataclass(frozen=True, slots=True)
class Effect:
    """What an element orders from the world outside (closed catalogue, design: effects).

    `do` is the operation ("issue-document"); `on` one of enter, complete, cancel;
    `params` the other attributes as written, e.g. {"document": "D05"}.
    """

    on: str
    do: str
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Work:
    """What `gov:` says about a user task (环节).

    `separate`: ids of elements whose performer may not perform this one (不相容岗位).
    `returns`: allowed return targets: ("none",), ("previous",), ("any",) or element ids.
    `unit`: FEEL giving the key of the unit; None: resolved from the lane's role and the case.
    `rank`: the fact that names the role where the county has chosen one (`vocabulary.ranks`);
    the lane's role does the step where the case carries nothing.
    """

    form: str | None = None
    limit: Limit | None = None
    separate: tuple[str, ...] = ()
    returns: tuple[str, ...] = ("none",)
    batch: bool = False
    unit: str | None = None
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """Several instances of one activity: one per item of `collection`, or `cardinality` many.

    `item` names the variable that holds the item inside an instance. `completion` is FEEL over
    the instance's data plus `completed` and `total`; when true the rest is cancelled.
    `throws`: what each completed instance (behavior `None`) or the first one (`One`) throws
    to the boundary of the activity and to whoever waits for it (BPMN 10.3.8).
    """

    sequential: bool = False
    collection: str | None = None
    cardinality: str | None = None
    item: str | None = None
    completion: str | None = None
    behavior: str = "All"  # All | One | None
    throws: Event | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """Standard loop: repeat while `condition` (FEEL) holds, at most `maximum` times."""

    condition: str | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. `condition` is FEEL; a gateway's default flow has `default=True`."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node of a scope.

    `ins` / `outs`: call activity mappings, name → FEEL; nothing else passes.
    `decision` + `result_variable`: rule task. `result`: end event's result of the case.
    `attached_to`, `interrupting`: boundary events (and event sub-process starts).
    """

    id: str
    kind: Kind
    name: str = ""
    line: int | None = None
    drawn: bool = True
    lane: str | None = None  # id of the innermost lane
    role: str | None = None  # gov:role of that lane or the nearest lane around it
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    work: Work | None = None
    effects: tuple[Effect, ...] = ()
    multi: MultiInstance | None = None
    loop: Loop | None = None
    called: str | None = None
    ins: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    outs: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    decision: str | None = None
    result_variable: str | None = None
    result: str | None = None
    scope: Scope | None = None  # embedded and event sub-processes

    @property
    def waits(self) -> bool:
        """Whether a token stays here until a command comes."""
        return self.kind in {Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.CATCH}


@dataclass(frozen=True, slots=True)
class Scope:
    """Elements and flows of a process or embedded sub-process, in drawing order."""

    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]

    def outgoing(self, element_id: str) -> tuple[Flow, ...]:
        """Flows that leave the element, in drawing order."""
        return tuple(flow for flow in self.flows if flow.source == element_id)

    def incoming(self, element_id: str) -> tuple[Flow, ...]:
        """Flows that enter the element, in drawing order."""
        return tuple(flow for flow in self.flows if flow.target == element_id)

    def boundaries(self, element_id: str) -> tuple[Element, ...]:
        """Boundary events attached to the element."""
        return tuple(e for e in self.elements.values() if e.attached_to == element_id)

    def walk(self) -> Iterator[Element]:
        """Every element here and in nested scopes, outer first."""
        for element in self.elements.values():
            yield element
            if element.scope is not None:
                yield from element.scope.walk()


@dataclass(frozen=True, slots=True)
class Lane:
    """A role at a level (泳道). `role` is `gov:role`, None where the drawing has none."""

    id: str
    name: str
    role: str | None
    parent: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One executable pool. `key` is the BPMN process id; `lane_name`s are for people."""

    key: str
    name: str
    file: str
    scope: Scope
    lanes: Mapping[str, Lane] = field(default_factory=lambda: NOTHING)
    uses_gov: bool = False  # the file speaks our namespace: county rules apply

    def element(self, element_id: str) -> Element | None:
        """Find an element in any nested scope."""
        return next((e for e in self.scope.walk() if e.id == element_id), None)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A process with everything it calls, transitively: what is published and pinned.

    `files` are the bytes as drawn, by path relative to the library (`shared/intake.bpmn`);
    `decisions` and `forms` are keyed by their ids. `digest` is over meaning, not layout.
    `findings` (workflows.findings.Finding) are what reading the files said; the checks add
    theirs. `roles` is the roles catalogue by key, empty where a bundle has none.
    """

    root: str
    processes: Mapping[str, Process]
    decisions: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    forms: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    files: Mapping[str, bytes] = field(default_factory=lambda: NOTHING)
    digest: str = ""
    findings: tuple[Any, ...] = ()
    roles: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
