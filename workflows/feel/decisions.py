"""DMN decisions as frozen values, and how a graph of them decides (DMN 1.4, chapters 6, 10.4).

`workflows.sources.decisions` reads them from files; here is no XML. Decisions, inputs and
knowledge that a decision requires are known to it by name; names that the file declares and
the decision does not require are hidden from it. One budget serves the whole graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.boxed import Function, Logic, Typed, function_value, value_of
from workflows.feel.evaluating import Answer
from workflows.feel.limits import MAX_DECISION_STEPS, Meter
from workflows.feel.nodes import Scope
from workflows.feel.tables import (
    NotAllowed,
    ResultNotAllowed,
    Rule,
    RulesDisagree,
    Table,
    holding,
)
from workflows.feel.types import Type, conform, fitted, from_text
from workflows.feel.values import Lambda, Variables, admit, release

MAX_REQUIRED = 30  # levels of decisions that require decisions
Path = tuple[str, ...]  # names of the imports through which something is known


@dataclass(frozen=True, slots=True)
class InputData:
    """What the caller has to give."""

    name: str
    type: Type | None = None
    within: Path = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions share."""

    name: str
    function: Function
    required: tuple[Knowledge | Service, ...] = ()
    within: Path = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions behind a door, called like a function.

    `inputs` and `given` (decisions whose values the caller brings) are its parameters.
    """

    name: str
    outputs: tuple[Decision, ...]
    inputs: tuple[InputData, ...] = ()
    given: tuple[Decision, ...] = ()
    result: Type | None = None
    within: Path = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision by its id; `variable` is the name under which others know its value.

    `model` is the namespace of its file, in which `id` is unique; `declared` are the names of
    the file's inputs and decisions, hidden from it unless it requires them.
    """

    id: str
    name: str
    variable: str
    logic: Logic
    required: tuple[Decision, ...] = ()
    line: int | None = None
    inputs: tuple[InputData, ...] = ()
    knowledge: tuple[Knowledge | Service, ...] = ()
    type: Type | None = None
    declared: frozenset[str] = frozenset()
    types: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    model: str = ""
    within: Path = ()


def decide(decision: Decision, variables: Mapping[str, object]) -> Any:
    """What the decision says for `variables`: a value, a dict for several outputs, a list
    for policies with several hits, None where no rule holds and there is no default.

    Raises RulesDisagree, NotAllowed (an input or a result that is not allowed), or
    ExpressionError from an expression.
    """
    return _Run(variables, Meter(decision.types, MAX_DECISION_STEPS), strict=True).answer(
        decision
    )


def consult(asked: Decision | Service | Knowledge, variables: Mapping[str, object]) -> Answer:
    """The same as DMN has it: what is not allowed is null, and told in the remarks.

    Raises RulesDisagree where it is the asked decision whose rules disagree, and
    ExpressionError for a limit passed.
    """
    types = asked.types if isinstance(asked, Decision) else {}
    run = _Run(variables, Meter(types, MAX_DECISION_STEPS), strict=False)
    value = run.answer(asked)
    return Answer(value, tuple(run.meter.remarks))


def table_of(decision: Decision) -> Table | None:
    """The decision table of a decision, None when its logic is another one."""
    logic = decision.logic
    while isinstance(logic, Typed):
        logic = logic.logic
    return logic if isinstance(logic, Table) else None


def rules_that_hold(decision: Decision, variables: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rules of its table that hold, whatever the hit policy makes of several.

    Raises NotAllowed or ExpressionError like `decide`; nothing holds where there is no table.
    """
    table = table_of(decision)
    if table is None:
        return ()
    run = _Run(variables, Meter(decision.types, MAX_DECISION_STEPS), strict=True)
    return holding(table, decision.name, run.scope(decision))


class _Run:
    """One evaluation of a graph: what is known so far, and the budget."""

    def __init__(self, given: Mapping[str, object], meter: Meter, *, strict: bool) -> None:
        self.given = given
        self.meter = meter
        self.strict = strict
        self.known: dict[tuple[Path, str, str], Any] = {}
        self.depth = 0
        self.path: Path = ()  # the imports that lead to the file at work

    def answer(self, asked: Decision | Service | Knowledge) -> Any:
        if isinstance(asked, Decision):
            return release(self.asked_value(asked))
        function = self.function(asked)
        arguments = [
            admit(self.given.get(name), self.meter) if name in self.given else None
            for name in function.names
        ]
        pairs = zip(arguments, function.types, strict=True)
        typed = [from_text(value, wanted, self.meter) for value, wanted in pairs]
        return release(function.call(self.meter, *typed))

    def asked_value(self, decision: Decision) -> Any:
        """The value of the decision that the caller asked for: its disagreement is an error."""
        try:
            return self._decided(decision)
        except NotAllowed as wrong:
            self._refuse(wrong)
            return None

    def value(self, decision: Decision) -> Any:
        """The value of a required decision, computed once for each way of imports to it."""
        outer = self.path
        self.path = (*outer, *decision.within)
        key = (self.path, decision.model, decision.id)
        try:
            if key not in self.known:
                self.known[key] = None
                self.known[key] = self._decided(decision)
        except (NotAllowed, RulesDisagree) as wrong:
            self._refuse(wrong)
        finally:
            self.path = outer
        return self.known[key]

    def _refuse(self, wrong: ExpressionError) -> None:
        if self.strict:
            raise wrong
        self.meter.remark(wrong.sentence)

    def _decided(self, decision: Decision) -> Any:
        self.depth += 1
        if self.depth > MAX_REQUIRED:
            raise ExpressionError(f"决策相互依赖超过 {MAX_REQUIRED} 层", code="budget")
        try:
            value = value_of(decision.logic, decision.name, self.scope(decision))
        finally:
            self.depth -= 1
        fitting = fitted(value, decision.type, self.meter)
        if fitting is None and value is not None:
            kind = decision.type
            sentence = f"决策“{decision.name}”的结果 {value!s:.60} 不符合类型“{kind}”"
            raise ResultNotAllowed(sentence)
        return fitting

    def scope(self, decision: Decision) -> Scope:
        """What a decision may see."""
        given = self._given(self.path)
        if decision.declared:
            given = {key: one for key, one in given.items() if key not in decision.declared}
        inside: dict[str, Any] = {}
        for one in decision.inputs:
            _place(inside, one.within, one.name, self._input(one))
        for required in decision.required:
            _place(inside, required.within, required.variable, self.value(required))
        for known in decision.knowledge:
            _place(inside, known.within, known.name, self.function(known))
        outer = Scope(Variables(given, self.meter), None, self.meter)
        return Scope(inside, outer, self.meter) if inside else outer

    def _given(self, path: Path) -> Mapping[str, object]:
        """What the caller gave to a file that is reached through imports.

        `{"贷款": {"金额": 5}}` gives 金额 to the file imported as 贷款; what is not given so is
        taken from the plain names.
        """
        given = self.given
        for step in path:
            inner = given.get(step)
            if isinstance(inner, Mapping):
                given = {**given, **inner}
        return given

    def _input(self, wanted: InputData) -> Any:
        value: Any = self._given((*self.path, *wanted.within)).get(wanted.name)
        admitted = from_text(admit(value, self.meter), wanted.type, self.meter)
        fitting = fitted(admitted, wanted.type, self.meter, gaps=True)
        if fitting is None and value is not None:
            said = f"输入“{wanted.name}”的值 {value!s:.60} 不符合类型“{wanted.type}”"
            if self.strict:
                raise ResultNotAllowed(said)
            self.meter.remark(said)
        return fitting

    def function(self, known: Knowledge | Service) -> Lambda:
        """A business knowledge model or a decision service as a function."""
        if isinstance(known, Service):
            return self._service(known)

        def around() -> Scope:
            inside: dict[str, Any] = {known.name: function}
            for one in known.required:
                _place(inside, one.within, one.name, self.function(one))
            return Scope(inside, None, self.meter)

        function = function_value(known.function, known.name, around)
        return function

    def _service(self, service: Service) -> Lambda:
        names = (
            *(one.name for one in service.inputs),
            *(one.variable for one in service.given),
        )
        types = (
            *(one.type for one in service.inputs),
            *(one.type for one in service.given),
        )

        def call(meter: Meter, *arguments: Any) -> Any:
            given = dict(zip(names, arguments, strict=True))
            inner = _Run(given, meter, strict=self.strict)
            inner.depth = self.depth
            for brought in service.given:
                value = conform(given[brought.variable], brought.type, meter)
                inner.known[brought.within, brought.model, brought.id] = value
            meter.enter()
            try:
                found = {one.variable: inner.value(one) for one in service.outputs}
            finally:
                meter.calls -= 1
            value = next(iter(found.values())) if len(found) == 1 else found
            return conform(value, service.result, meter)

        return Lambda(names, call, types, service.result)


def _place(scope: dict[str, Any], within: Path, name: str, value: Any) -> None:
    """Put a value at its name, inside the contexts of the imports that lead to it."""
    for step in within:
        scope = scope.setdefault(step, {})
    scope[name] = value
