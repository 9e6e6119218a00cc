"""Filing a negative act with the county office (否定报备 D24; DENY-01, DENY-02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.cases.changes import NewFiling
from webapp.cases.documents import DENIALS
from webapp.cases.planning.step import Step
from webapp.core.errors import Refused

_GIVEN = ("reason", "legal_basis")
"""What a command gives with its filing; on a drawn path the forms of the case have it."""


@dataclass(slots=True)
class Filing:
    """The row, and what D24 prints beside the case's own words: persons, a command's reason."""

    row: NewFiling
    words: Mapping[str, str]


def file_denial(step: Step, filed: Mapping[str, Any]) -> Filing:
    """File the adverse document issued in this step. Raises Refused for a single person.

    `filed`: what the diagram says; a command gives its proposer, reason and basis with it.
    """
    issued = [d.code for d in step.changes.documents if d.code in DENIALS]
    if not issued:
        raise Refused("没有出具否定文书，不能报备。请县政务办检查流程图。", rule="DENY-01")
    if "proposer_id" in filed:
        proposer, confirmer = filed["proposer_id"], step.setting.actor.id
    else:
        proposer, confirmer = who_denied(step)
    if proposer is not None and proposer == confirmer:
        raise Refused(
            "否定办件须有两个人：提出人不能自己确认。请由另一位同事确认。", rule="DENY-02"
        )
    given = {name: text for name, text in filed.items() if isinstance(text, str)}
    words = {**step.setting.papers.words, **step.setting.spoken, **given}
    row = NewFiling(
        document_code=issued[-1],
        proposer_id=proposer,
        confirmer_id=confirmer,
        reason=words.get("reason") or words.get("opinion") or "",
        basis=words.get("legal_basis", ""),
        filed_at=step.at,
    )
    names = {done.by: done.by_name for done in step.state.done}
    if step.setting.actor.id is not None:
        names[step.setting.actor.id] = step.setting.actor.name
    printed = {
        "proposer": given.get("proposer") or names.get(proposer or 0, ""),
        "confirmer": names.get(confirmer or 0, ""),
    }
    return Filing(row, printed | {name: given[name] for name in _GIVEN if name in given})


def who_denied(step: Step) -> tuple[int | None, int | None]:
    """Proposer and confirmer of a negative act, from the chain of items of the case.

    The confirmer completed the step that must be separate from the proposal; the proposer
    performed the latest of the steps it is separate from that needed no such separation itself
    (审核 stands between 承办 and 批准 and is neither).
    """
    completed, done = step.setting.completed, step.state.done
    if completed is not None and completed.item.separate:
        confirmer, separate = step.setting.actor.id, completed.item.separate
    else:
        last = next((item for item in reversed(done) if item.separate), None)
        if last is None:
            return (done[-1].by if done else None), None
        confirmer, separate = last.by, last.separate
    proposals = [item for item in done if item.element in separate]
    plain = [item for item in proposals if not item.separate] or proposals
    return (plain[-1].by if plain else None), confirmer
