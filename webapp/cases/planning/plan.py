"""Putting a step together: from an outcome to the changes of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.cases.planning.effects import apply_effects
from webapp.cases.planning.ending import finish, hold_still
from webapp.cases.planning.papers import write_documents
from webapp.cases.planning.setting import Setting
from webapp.cases.planning.step import (
    Step,
    begin,
    close_items,
    note_messages,
    open_items,
    pass_baton,
    record,
    settle_dates,
    tell_signals,
)
from webapp.cases.planning.timers import move_timers
from webapp.cases.planning.tolerance import settle_commitment, take_up_arrivals
from webapp.cases.state import CaseState
from workflows.engine.outcomes import Outcome

Prepare = Callable[[Step], None]


def plan_step(
    state: CaseState,
    outcome: Outcome,
    setting: Setting,
    *,
    kind: str,
    payload: dict[str, Any],
    prepare: Prepare | None = None,
) -> Step:
    """Plan everything a step writes. Raises Refused; nothing has happened then.

    `kind` and `payload` describe what was done, for the audit event; `prepare` adds the rows of
    the action itself (submission, opinion …), which documents may quote.
    """
    step = begin(state, outcome, setting)
    close_items(step)
    if prepare is not None:
        prepare(step)
    apply_effects(step)
    open_items(step)
    finish(step)
    settle_commitment(step)
    hold_still(step)
    move_timers(step)
    note_messages(step)
    tell_signals(step)
    take_up_arrivals(step)
    settle_dates(step)
    write_documents(step)
    pass_baton(step)
    record(step, kind, payload)
    return step
