"""How a running case stands to a new version of its process, in words for who must decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows import engine
from workflows.engine import Definition
from workflows.engine.moving import Moved, Question, survey
from workflows.errors import CommandRefused
from workflows.model import NOTHING


class Verdict(StrEnum):
    """What a new version means for a running case."""

    UNAFFECTED = "unaffected"  # nothing it has open or may still come to is different
    SAFE = "safe"  # can be moved as it stands
    DECIDE = "decide"  # a step that is open is gone or another: choose, or let it stay
    STAYS = "stays"  # cannot be moved; it ends on the version it began with


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict with its reasons, and what would happen where it can be said.

    `questions` are those of `decide`; `moved` is there for `unaffected` and `safe`, and for
    a case whose questions have been answered.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    moved: Moved | None = None


def compare(
    old: Definition,
    new: Definition,
    snapshot: bytes,
    decisions: Mapping[str, str] = NOTHING,
) -> Comparison:
    """Say how a case stands to the new version, with the decisions made so far.

    `decisions` are ids of steps of the new version by the token that a question names.
    Raises SnapshotUnreadable, and CommandRefused for a decision that fits no question.
    """
    found = survey(old, new, snapshot, decisions)
    if found.obstacles:
        return Comparison(Verdict.STAYS, found.obstacles)
    if found.questions:
        stuck = [question for question in found.questions if not question.choices]
        if stuck:
            reasons = tuple(f"{q.reason.rstrip('。')}，那里也没有别的环节可选。" for q in stuck)
            return Comparison(Verdict.STAYS, reasons)
        reasons = tuple(question.reason for question in found.questions)
        return Comparison(Verdict.DECIDE, reasons, found.questions)
    assert found.moved is not None  # noqa: S101
    if found.same and not any(_consequences(found.moved)):
        said = "已办和待办的环节及以后的走法都没有变化。"
        return Comparison(Verdict.UNAFFECTED, (said,), moved=found.moved)
    reasons = tuple(_consequences(found.moved)) or ("待办的环节没有变化，以后的走法有变化。",)
    return Comparison(Verdict.SAFE, reasons, moved=found.moved)


def move(
    old: Definition,
    new: Definition,
    snapshot: bytes,
    decisions: Mapping[str, str] = NOTHING,
) -> Moved:
    """Move a case to the new version, as `compare` has said.

    Moving it back gives an equivalent state: the same items with the same tokens, the same
    timers and messages. Raises CommandRefused with the reasons, SnapshotUnreadable.
    """
    found = compare(old, new, snapshot, decisions)
    if found.moved is None:
        raise CommandRefused("".join(found.reasons))
    return found.moved


def _consequences(moved: Moved) -> Iterator[str]:
    """One sentence for each kind of thing that changes at once."""
    out: engine.Outcome = moved.outcome
    if moved.changed:
        names = "、".join(f"「{item.name}」" for item in moved.changed)
        yield f"待办{names}的环节、岗位、表单或时限有变化。"
    if out.opened:
        yield f"将新开待办{'、'.join(f'「{item.name}」' for item in out.opened)}。"
    if out.closed:
        yield f"将停下 {len(out.closed)} 项待办。"
    if out.armed:
        yield f"将开始 {len(out.armed)} 个定时。"
    if out.disarmed:
        yield f"将停用 {len(out.disarmed)} 个定时。"
    if out.awaited or out.no_longer_awaited:
        yield f"等待的消息有变化（新等 {len(out.awaited)} 个，不再等 {len(out.no_longer_awaited)} 个）。"
    if out.finished:
        yield "流程将随之结束。"
