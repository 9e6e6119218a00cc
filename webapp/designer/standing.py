"""How a draft stands: what the page of a draft says, and the one next thing to do."""

from __future__ import annotations

from typing import Any

from webapp.designer import shelves, starting
from webapp.designer.remarks import threads
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.models import Draft
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.difference import difference, text_changes
from webapp.processes.queries.findings import findings, scenarios
from webapp.processes.queries.library import content_of, in_force, with_draft
from workflows.findings import Severity

LIVE = (Draft.State.EDITING, Draft.State.SUBMITTED, Draft.State.APPROVED)


def standing(draft: Draft, by: Acting) -> dict[str, Any]:
    """Context of the page of a draft."""
    manifest = with_draft(draft)
    changed = seen.changed_paths(draft)
    live = draft.state in LIVE
    found = findings(manifest, changed) if live else ()
    before = in_force()
    found_remarks = threads(draft, by)
    return {
        "draft": draft,
        "state": policy.state_name(draft.state),
        "files": [
            (one, _named(one.file.path, one.file.content_id or one.file.base_id))
            for one in seen.files(draft)
        ],
        "findings": [f for f in found if f.severity is not Severity.NOTE],
        "notes": [f for f in found if f.severity is Severity.NOTE],
        "playable": bool(changed) and live and not _errors(found),
        "changes": difference(before, manifest) if live else (),
        "texts": text_changes(before, manifest) if live else [],
        "may_try": live and policy.may_try(by),
        "threads": found_remarks,
        "open_remarks": [one for one in found_remarks if one.remark.is_open],
        "may_edit": policy.can_edit(by, draft),
        "may_recall": policy.may_design(by) and draft.state == Draft.State.SUBMITTED,
        "may_review": policy.can_review(by, draft),
        "may_publish": policy.can_put_in_force(by, draft),
        "ready": bool(changed) and live and not _unfit(found),
        "kinds": starting.kinds(),
    }


def played(draft: Draft) -> dict[str, Any]:
    """Context of the scenarios of a draft, each played to its end."""
    told = scenarios(with_draft(draft), seen.changed_paths(draft))
    return {"told": told, "failing": [one for one in told if one.failures]}


def _named(path: str, digest: str | None) -> str:
    return shelves.name_of(path, content_of(digest)) if digest else path


def _errors(found: Any) -> bool:
    return any(one.severity is Severity.ERROR for one in found)


def _unfit(found: Any) -> bool:
    return any(one.severity is not Severity.NOTE for one in found)
