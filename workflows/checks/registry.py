"""The list of rules and how they are asked.

A rule is a generator over a `Subject` (one process in its bundle); it yields `Hit`s. Rules
for the county (`county=True`) ask only of processes that speak `gov:`, or of every process
when it is to be published. Rules that follow references (`whole=True`) ask only of bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from workflows.checks.graph import Graph
from workflows.findings import Finding, Severity
from workflows.model import Bundle, Element, Flow, Process, Scope
from workflows.sources.diagrams import Reading

MAX_PER_RULE = 100  # a diagram wrong a thousand times is wrong


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken. `severity` only where it differs from the rule's."""

    place: Element | Flow | None
    sentence: str
    remedy: str = ""
    severity: Severity | None = None


@dataclass(slots=True)
class Subject:
    """A process under examination; graphs of its scopes are built once.

    `shared` is one for all processes of a bundle: what each orders (workflows.checks.orders).
    """

    process: Process
    bundle: Bundle
    whole: bool
    shared: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    _graphs: dict[int, tuple[Scope, Graph]] = field(default_factory=dict)

    def scopes(self) -> Iterator[tuple[Element | None, Graph]]:
        """Every scope with the element around it (None: the process itself)."""
        yield None, self.graph(self.process.scope)
        for element in self.process.scope.walk():
            if element.scope is not None:
                yield element, self.graph(element.scope)

    def outside(self, around: Element) -> tuple[Element | None, Graph]:
        """The scope in which a sub-process stands, and the element around that scope."""
        for outer, graph in self.scopes():
            if graph.elements.get(around.id) is around:
                return outer, graph
        raise KeyError(around.id)

    def graph(self, scope: Scope) -> Graph:
        """The graph of a scope; the scope is kept so that its identity stays unique."""
        kept = self._graphs.get(id(scope))
        if kept is None:
            kept = self._graphs[id(scope)] = (scope, Graph(scope))
        return kept[1]

    @property
    def is_root(self) -> bool:
        """Whether a case can be opened with this process: the root, and not a shared part."""
        return self.bundle.root == self.process.key and not self.is_shared

    @property
    def is_shared(self) -> bool:
        """Whether the process is a part that others call."""
        return self.process.file.startswith("shared/") or "/shared/" in self.process.file


Check = Callable[[Subject], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule: its code, what breaking it means, and its source in words."""

    code: str
    severity: Severity
    check: Check
    county: bool
    whole: bool

    @property
    def reason(self) -> str:
        """What the rule demands and why (the docstring of its check)."""
        return (self.check.__doc__ or "").strip()


_RULES: dict[str, Rule] = {}
RULES = MappingProxyType(_RULES)


def rule(
    code: str, severity: Severity = Severity.ERROR, *, county: bool = False, whole: bool = False
) -> Callable[[Check], Check]:
    """Register a check under `code`."""

    def register(check: Check) -> Check:
        if code in _RULES:
            raise ValueError(f"two rules share the code {code}")
        _RULES[code] = Rule(code, severity, check, county, whole)
        return check

    return register


def check_bundle(bundle: Bundle, *, publish: bool = False) -> tuple[Finding, ...]:
    """Everything to be said about a bundle: what reading found, then the rules, in order."""
    found = list(bundle.findings)
    shared: dict[str, frozenset[tuple[str, str]]] = {}
    for process in bundle.processes.values():
        found += _ask(Subject(process, bundle, whole=True, shared=shared), publish)
    return _ordered(found)


def check_diagram(reading: Reading, *, publish: bool = False) -> tuple[Finding, ...]:
    """What can be said about one file alone."""
    found = list(reading.findings)
    for process in reading.processes:
        processes = {one.key: one for one in reading.processes}
        alone = Bundle(process.key, MappingProxyType(processes))
        found += _ask(Subject(process, alone, whole=False), publish)
    return _ordered(found)


def _ask(subject: Subject, publish: bool) -> Iterator[Finding]:
    county = publish or subject.process.uses_gov
    for one in RULES.values():
        if (one.county and not county) or (one.whole and not subject.whole):
            continue
        for number, hit in enumerate(one.check(subject)):
            if number >= MAX_PER_RULE:
                break
            yield Finding(
                one.code,
                hit.severity or one.severity,
                subject.process.file,
                hit.place.line if hit.place is not None else None,
                _shown(hit.place, subject.process),
                hit.sentence,
                hit.remedy,
            )


def _shown(place: Element | Flow | None, process: Process) -> str:
    """The drawn id: an inserted gateway is named after the element it belongs to."""
    if place is None:
        return process.key
    if isinstance(place, Element) and not place.drawn:
        return place.id.rpartition(".")[0]
    return place.id


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda f: (f.file, f.line or 0, f.element, f.code))
    )
