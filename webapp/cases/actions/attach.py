"""Attach a file to a case or to a line of its checklist; take one away again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from webapp.cases import files, policy
from webapp.cases.models import Attachment, CaseMaterial
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import Actor
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Unknown
from webapp.organisations.queries import Acting


class Upload(Protocol):
    """An uploaded file, as Django gives it."""

    name: str | None

    def chunks(self) -> Iterable[bytes]:
        """Its bytes, piece by piece."""


def attach(case_id: int, by: Acting, material_key: str | None, file: Upload) -> int:
    """Add a file; gives the id of the attachment.

    The bytes are checked and stored before the transaction begins (a file that nobody names is
    harmless). Raises Invalid (type, size, name), Unknown, NotYours or Refused.
    """
    kept = files.keep(file.name or "", file.chunks())
    return transaction_with_retry(lambda: _attach(case_id, by, material_key, kept))


def _attach(case_id: int, by: Acting, material_key: str | None, kept: files.Kept) -> int:
    state, actor = _in_hand(case_id, by)
    material = None
    if material_key is not None:
        material = CaseMaterial.objects.filter(case=case_id, key=material_key).first()
        if material is None:
            raise Unknown("材料清单里没有这一项。")
    twin = Attachment.objects.filter(
        case=case_id, material=material, sha256=kept.sha256, name=kept.name, removed_at=None
    ).first()
    if twin is not None:  # a double click
        return twin.pk
    attachment = Attachment.objects.create(
        case_id=case_id,
        material=material,
        name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        added_by_id=by.officer_id,
        added_at=state.at,
    )
    note(
        state,
        changes_of(state),
        actor,
        "attached",
        {"attachment": attachment.pk, "material": material_key or "", "sha256": kept.sha256},
    )
    return attachment.pk


def remove_attachment(case_id: int, by: Acting, attachment_id: int) -> None:
    """Take a file off the case; its bytes and its row stay for the record."""
    transaction_with_retry(lambda: _remove(case_id, by, attachment_id))


def _remove(case_id: int, by: Acting, attachment_id: int) -> None:
    state, actor = _in_hand(case_id, by)
    found = Attachment.objects.filter(pk=attachment_id, case=case_id).first()
    if found is None:
        raise Unknown("没有这个附件。")
    if found.removed_at is not None:
        raise AlreadyDone("这个附件已经删除。")
    found.removed_at = state.at
    found.save(update_fields=["removed_at"])
    note(state, changes_of(state), actor, "detached", {"attachment": attachment_id})


def _in_hand(case_id: int, by: Acting) -> tuple[CaseState, Actor]:
    """Lock the case for somebody who may keep its papers."""
    state = lock_case(case_id)
    pools = [item.pool_id for item in state.items]
    pool = policy.check_can_change_materials(by, state, pools)
    return state, actor_of(by, pool)
