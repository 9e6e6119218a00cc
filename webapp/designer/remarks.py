"""Remarks of a review as the pages show them: at which element, answered, settled or open."""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.designer.comparing import element_name
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.models import Draft, DraftRemark
from webapp.processes.queries.library import with_draft


@dataclass(slots=True)
class Thread:
    """A remark with its answers. `place`: the element in words, "" for the draft as a whole."""

    remark: DraftRemark
    place: str
    may_settle: bool
    replies: list[DraftRemark] = field(default_factory=list)


def threads(draft: Draft, by: Acting, path: str = "") -> list[Thread]:
    """Remarks of a draft, or of one file of it; open ones first, then as they were made."""
    rows = draft.remarks.select_related("by", "settled_by").order_by("pk")
    manifest = with_draft(draft)
    found: dict[int, Thread] = {}
    for one in rows:
        if one.answers_id is not None:
            if one.answers_id in found:
                found[one.answers_id].replies.append(one)
        elif not path or one.path == path:
            place = element_name(manifest, one.path, one.element) if one.element else ""
            may = one.is_open and policy.can_settle(by, draft, one)
            found[one.pk] = Thread(one, place, may)
    return sorted(found.values(), key=lambda thread: not thread.remark.is_open)


def open_at(found: list[Thread]) -> dict[str, int]:
    """How many open remarks stand at each element."""
    counted: dict[str, int] = {}
    for one in found:
        if one.remark.is_open and one.remark.element:
            counted[one.remark.element] = counted.get(one.remark.element, 0) + 1
    return counted
