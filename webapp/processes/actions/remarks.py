"""Remarks of the review, at elements: said, answered, settled (复核意见)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.actions.drafts import lock, note
from webapp.processes.models import Draft, DraftRemark


def remark(
    draft_id: int,
    by: Acting,
    text: str,
    path: str = "",
    element: str = "",
    answers: int | None = None,
) -> DraftRemark:
    """Say something about a draft, at an element or as a whole, or answer a remark.

    Raises Unknown, Invalid.
    """
    if not policy.may_read(by):
        raise Unknown("没有这份草案。")
    if not text.strip():
        raise Invalid({"text": _("请写意见。")})
    with transaction.atomic():
        draft = lock(draft_id)
        asked = _remark(draft, answers) if answers is not None else None
        return DraftRemark.objects.create(
            draft=draft,
            path=asked.path if asked else path[:120],
            element=asked.element if asked else element[:120],
            text=text.strip(),
            by_id=by.officer_id,
            at=by.at,
            answers=asked,
        )


def settle_remark(draft_id: int, by: Acting, remark_id: int) -> DraftRemark:
    """Say that a remark is settled. Raises Unknown, NotYours, Refused when it was before."""
    with transaction.atomic():
        draft = lock(draft_id)
        found = _remark(draft, remark_id)
        if not policy.can_settle(by, draft, found):
            raise NotYours("这条意见由提意见的人或者复核发布员确认解决。")
        if not found.is_open:
            raise Refused("这条意见已经解决了。")
        settle(draft, by, [found])
    return found


def check_settled(draft: Draft, by: Acting, settled: Collection[int]) -> None:
    """Settle what the reviewer has ticked; raises Refused while another remark is open."""
    open_ones = [one for one in open_remarks(draft) if one.pk not in settled]
    if open_ones:
        raise Refused(
            _("还有{n}条意见没有解决，例如：“{first}”。解决了的请先勾上。").format(
                n=len(open_ones), first=open_ones[0].text[:60]
            )
        )
    settle(draft, by, open_remarks(draft))


def open_remarks(draft: Draft) -> list[DraftRemark]:
    """Remarks that nobody has settled, oldest first: one statement."""
    rows = draft.remarks.filter(answers=None, settled_at=None)
    return list(rows.select_related("by").order_by("pk"))


def settle(draft: Draft, by: Acting, remarks: Collection[DraftRemark]) -> None:
    """Mark remarks as settled, in the transaction of whoever does it."""
    for one in remarks:
        one.settled_by_id, one.settled_at = by.officer_id, by.at
        one.save(update_fields=["settled_by", "settled_at"])
    if remarks:
        note(draft, "remarks_settled", by, {"remarks": [one.pk for one in remarks]})


def _remark(draft: Draft, remark_id: int) -> DraftRemark:
    found = draft.remarks.filter(pk=remark_id, answers=None).first()
    if found is None:
        raise Unknown("没有这条意见。")
    return found
