"""What happens during one step, in order: effects, elements and flows passed, signals, codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.spiff.node import Node
    from workflows.spiff.scopes import AnyWorkflow
    from workflows.spiff.token import Token


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened, independent of the token's later fate."""

    node: Node
    workflow: AnyWorkflow
    instance: int | None


@dataclass(frozen=True, slots=True)
class Ordered:
    """One ordered effect; `params` hold values, `variables` the data of that moment."""

    spot: Spot
    on: str
    do: str
    params: dict[str, Any]
    variables: dict[str, Any]


@dataclass(slots=True)
class Journal:
    """The record of one step."""

    effects: list[Ordered] = field(default_factory=list)
    passed: list[Spot] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)  # process, flow
    unhandled: list[str] = field(default_factory=list)
    signals: list[tuple[Spot, str]] = field(default_factory=list)


def spot_of(token: Token) -> Spot:
    """Say where the token is; the instance is its own or that of the nearest scope around."""
    instance = token.instance
    return Spot(
        token.task_spec,
        token.workflow,
        token.workflow.instance if instance is None else instance,
    )
