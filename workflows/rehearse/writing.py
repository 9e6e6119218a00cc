"""A scenario written down in the format that `scenarios` reads, as the shipped ones look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from workflows.rehearse.scenarios import LISTS, WORDS, Expectation, Scenario, Step


def write_scenario(scenario: Scenario) -> bytes:
    """The file: what `read_scenario` reads back as the same scenario."""
    return ("\n".join(_lines(scenario)) + "\n").encode()


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"name: {_flow(scenario.name)}"
    yield f"process: {_flow(scenario.process)}"
    yield f"requirements: {_flow(list(scenario.requirements))}"
    yield "facts:" if scenario.facts else "facts: {}"
    for name, value in scenario.facts.items():
        yield from _fact(name, value)
    yield f"start: {_flow(_expected(scenario.start))}"
    yield "steps:" if scenario.steps else "steps: []"
    for step in scenario.steps:
        lead = "- "
        for name, value in _step(step).items():
            yield f"{lead}{name}: {_flow(value)}"
            lead = "  "
    if scenario.result is not None:
        yield f"result: {_flow(scenario.result)}"


def _fact(name: str, value: Any) -> Iterator[str]:
    """A list of records line by line, everything else on one line."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        yield f"  {_flow(name)}:"
        yield from (f"  - {_flow(one)}" for one in value)
    else:
        yield f"  {_flow(name)}: {_flow(value)}"


def _step(step: Step) -> dict[str, Any]:
    """What of a step is said, in the usual order."""
    said: dict[str, Any] = {step.kind: step.what}
    for name in ("to", "at", "who", "by", "unit"):
        if getattr(step, name):
            said[name] = getattr(step, name)
    if step.instance is not None:
        said["instance"] = step.instance
    if step.before:
        said["before"] = step.before
    if step.day is not None:
        said["day"] = step.day
    if step.values:
        said["values"] = dict(step.values)
    if step.refused:
        said["refused"] = True
    then = _expected(step.then)
    return said | ({"then": then} if then else {})


def _expected(wanted: Expectation) -> dict[str, Any]:
    lists = {name: list(wanted.lists[name]) for name in LISTS if name in wanted.lists}
    return lists | {name: wanted.words[name] for name in WORDS if name in wanted.words}


def _flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000
    )
    return str(text).removesuffix("...\n").strip()
