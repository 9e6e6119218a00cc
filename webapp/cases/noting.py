"""Small changes of a locked case that move no token: claim, a line of the checklist, a file …"""

from __future__ import annotations

from typing import Any

from webapp.cases.changes import Changes
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import case_row, new_event
from webapp.cases.state import CaseState
from webapp.cases.store.write import write


def changes_of(state: CaseState) -> Changes:
    """Changes that leave everything as it is, to be filled in."""
    return Changes(case_id=state.id, case=case_row(state))


def note(
    state: CaseState, changes: Changes, actor: Actor, kind: str, payload: dict[str, Any]
) -> None:
    """Write the changes with their audit event. `payload` never holds personal data."""
    changes.events.append(new_event(kind, actor, state.at, payload))
    write(changes, at=state.at, actor_id=actor.id)
