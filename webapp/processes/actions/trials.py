"""Runs of a draft: begin, go on, give up. Nothing here touches a case or the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.core.errors import Refused, Unknown
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.actions.drafts import lock
from webapp.processes.models import TrialRun
from webapp.processes.queries.library import with_draft
from webapp.processes.queries.trials import MOST_RUNS, mine

MOST_MOVES = 300


def begin_run(draft_id: int, by: Acting, setup: Mapping[str, Any]) -> TrialRun:
    """Begin a run on the draft as it is now; the oldest ones of the same person go.

    Raises Unknown, NotYours, or Refused for a draft that is over.
    """
    with transaction.atomic():
        draft = lock(draft_id)
        policy.check_can_try(by, draft)
        for old in mine(draft, by)[MOST_RUNS - 1 :]:
            old.delete()
        return TrialRun.objects.create(
            draft=draft,
            by_id=by.officer_id,
            setup=dict(setup),
            files=with_draft(draft),
            begun_at=by.at,
            changed_at=by.at,
        )


def set_moves(
    run_id: int, by: Acting, moves: Sequence[Mapping[str, Any]], seen: int
) -> TrialRun:
    """Make these the moves of a run; `seen` is the version that was on the page.

    Raises Unknown, NotYours, or Refused when another window has gone on meanwhile.
    """
    with transaction.atomic():
        run = _lock(run_id, by)
        if run.version != seen:
            raise Refused("这次试走在另一个窗口里又走了一步。下面是现在的样子，请看过再走。")
        if len(moves) > MOST_MOVES:
            raise Refused(_("走了 {n} 步还没有完，请另起一次试走。").format(n=MOST_MOVES))
        run.moves = [dict(one) for one in moves]
        return _changed(run, by)


def take_up_draft(run_id: int, by: Acting) -> TrialRun:
    """Play the same moves on the draft as it is now. Raises Unknown, NotYours, Refused."""
    with transaction.atomic():
        run = _lock(run_id, by)
        run.files = with_draft(run.draft)
        return _changed(run, by)


def end_run(run_id: int, by: Acting) -> None:
    """Give a run up. Raises Unknown."""
    with transaction.atomic():
        _lock(run_id, by).delete()


def _lock(run_id: int, by: Acting) -> TrialRun:
    rows = TrialRun.objects.select_for_update(of=("self",)).select_related("draft")
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise Unknown("没有这次试走。")
    policy.check_can_try(by, run.draft)
    return run


def _changed(run: TrialRun, by: Acting) -> TrialRun:
    run.version += 1
    run.changed_at = by.at
    run.save(update_fields=["moves", "files", "version", "changed_at"])
    return run
