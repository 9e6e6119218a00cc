"""Attach a file to a case or to a line of its checklist; take one away again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from webapp.cases import files, policy
from webapp.cases.changes import NewMessage
from webapp.cases.models import Attachment, CaseMaterial, StoredFile
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import Actor
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Unknown
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
    return transaction_with_retry(lambda: attach_kept(case_id, by, material_key, kept))


MOST_OF_LINE = 30
"""Files of one line of the checklist."""
MOST_OF_CASE = 200
"""Files of one case."""


def attach_kept(case_id: int, by: Acting, material_key: str | None, kept: files.Kept) -> int:
    """Put stored bytes on a case, in the transaction of whoever asks; gives the attachment."""
    state, actor = in_hand(case_id, by)
    material = line_of(case_id, material_key)
    twin = Attachment.objects.filter(
        case=case_id, material=material, sha256=kept.sha256, name=kept.name, removed_at=None
    ).first()
    if twin is not None:  # a double click
        return twin.pk
    _check_count(case_id, material, kept.name)
    changes = changes_of(state)
    changes.messages += taken_in(kept, state.at)
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
        changes,
        actor,
        "attached",
        {"attachment": attachment.pk, "material": material_key or "", "sha256": kept.sha256},
    )
    return attachment.pk


def line_of(case_id: int, material_key: str | None) -> CaseMaterial | None:
    """A line of the checklist, None for a file that belongs to none. Raises Unknown."""
    if material_key is None:
        return None
    found = CaseMaterial.objects.filter(case=case_id, key=material_key).first()
    if found is None:
        raise Unknown("材料清单里没有这一项。")
    return found


def _check_count(case_id: int, material: CaseMaterial | None, name: str) -> None:
    """No more files than anybody can look through."""
    present = Attachment.objects.filter(case=case_id, removed_at=None)
    words = _("“{name}”没有收下：{place}已经有{n}个文件，请合成一个PDF，或者先移除不用的。")
    if present.count() >= MOST_OF_CASE:
        raise Invalid({"file": words.format(name=name, place=_("这件申请"), n=MOST_OF_CASE)})
    if material is not None and present.filter(material=material).count() >= MOST_OF_LINE:
        place = _("“{name}”这一项").format(name=material.name)
        raise Invalid({"file": words.format(name=name, place=place, n=MOST_OF_LINE)})


def taken_in(kept: files.Kept, at: datetime) -> list[NewMessage]:
    """Put stored bytes on record once; what is left to do with them outside of a transaction.

    Raises Invalid for bytes that the scanner has condemned before.
    """
    first = StoredFile.State.SCANNING if settings.CLAMAV else StoredFile.State.UNSCANNED
    one, _made = StoredFile.objects.select_for_update().get_or_create(
        sha256=kept.sha256,
        defaults={
            "media_type": kept.media_type,
            "size": kept.size,
            "state": first,
            "stored_at": at,
        },
    )
    if one.state == StoredFile.State.INFECTED:
        files.isolate(kept.sha256)
        words = _("“{name}”查出病毒（{found}），不能收。请换一份干净的文件。")
        raise Invalid({"file": words.format(name=kept.name, found=one.finding)})
    if one.state == StoredFile.State.SCANNING or one.pages is None:
        key = f"file:{kept.sha256[:40]}"
        return [NewMessage("examine-file", key, {"sha256": kept.sha256}, at)]
    return []


def remove_attachment(case_id: int, by: Acting, attachment_id: int) -> None:
    """Take a file off the case; its bytes and its row stay for the record."""
    transaction_with_retry(lambda: _remove(case_id, by, attachment_id))


def _remove(case_id: int, by: Acting, attachment_id: int) -> None:
    state, actor = in_hand(case_id, by)
    found = Attachment.objects.filter(pk=attachment_id, case=case_id).first()
    if found is None:
        raise Unknown("没有这个附件。")
    if found.removed_at is not None:
        raise AlreadyDone("这个附件已经删除。")
    found.removed_at = state.at
    found.save(update_fields=["removed_at"])
    note(state, changes_of(state), actor, "detached", {"attachment": attachment_id})


def in_hand(case_id: int, by: Acting) -> tuple[CaseState, Actor]:
    """Lock the case for somebody who may keep its papers."""
    state = lock_case(case_id)
    pools = [item.pool_id for item in state.items]
    pool = policy.check_can_change_materials(by, state, pools)
    return state, actor_of(by, pool)
