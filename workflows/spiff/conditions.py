"""Conditional events. Corrects the part of E22 that belongs to them: Spiff evaluates a condition
once, with the waiting task's own stale data, and raises when a variable is missing.

A condition is FEEL over all variables of the process it stands in (or of the called process),
as they are now: of several branches the value written last, and in a multi-instance the
instance's own item. It is looked at when its event begins to wait and whenever variables have
changed; the event happens when the condition *becomes* true, which it also does when it is
true at once. It must become false before the event can happen again (BPMN 2.0.2, 10.5.5).
What was seen goes on from the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.model import NOTHING
from workflows.spiff.awaiting import Awaits
from workflows.spiff.merging import Part, merge
from workflows.spiff.token import WAITING, Token

if TYPE_CHECKING:
    from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow

HELD = "held"  # the condition was true when last looked at


def look(case: CaseWorkflow) -> None:
    """Let every event happen whose condition has become true, outermost scope first."""
    waiting = [
        token
        for token in case.open_tokens.values()
        if token.task_spec.awaits is Awaits.CONDITION and token._state == WAITING
    ]
    for token in sorted(waiting, key=lambda token: (token.workflow.depth, token.id)):
        condition = token.task_spec.condition
        if condition is None or not token.alive or token._state != WAITING:
            continue  # gone by one that came before
        if token.owner is not None and token.owner.finishing:
            continue  # what has brought its activity to an end comes too late for its border
        holds = condition.becomes(view(token)[0])
        if holds == bool(token.internal_data.get(HELD)):
            continue
        token.internal_data = {HELD: 1} if holds else {}
        token.row = None
        if holds:
            token.task_spec.trigger(token, NOTHING)


def view(token: Token) -> Part:
    """Give the variables of the process around, and the item of the instances around."""
    data, stamps = merge(token.workflow.space.parts())
    own: Part = ({}, {})
    workflow: AnyWorkflow = token.workflow
    while workflow.host is not None and not workflow.host.task_spec.shuts_data:
        host = workflow.host
        local = host.task_spec.instance_of.local if host.task_spec.instance_of else ()
        for name in local:
            if name in host.data and name not in own[0]:
                own[0][name], own[1][name] = host.data[name], host.stamps[name]
        workflow = host.workflow
    return {**data, **own[0]}, {**stamps, **own[1]}
