"""Take a file in piece by piece: begin, add, drop; what nobody fetched is swept away.

A piece says where it belongs, so that sending it twice does nothing. Its bytes are on disk before
the row says that they are here; after a crash the browser sends the piece again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from webapp.cases import files, policy
from webapp.cases.actions.attach import attach_kept, in_hand, line_of, taken_in
from webapp.cases.filetypes import ALLOWED, LARGEST, MB, refused
from webapp.cases.models import Attachment, StoredFile, Upload
from webapp.core.db import now, transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.core.jobs import Job, enqueue
from webapp.core.models import OutboxMessage
from webapp.organisations.queries import Acting

PIECE = 1 * MB
"""Bytes of the largest piece; the browser sends smaller ones."""
MOST = 100
"""Files that one officer may have on their way at once."""
KEPT = timedelta(days=3)
"""How long an unfinished upload, or one that no application fetched, is kept."""
_READ = 64 * 1024
_SUFFIXES = frozenset(suffix for suffixes in ALLOWED.values() for suffix in suffixes)


def begin_upload(
    by: Acting, place: str, material: str, key: str, *, name: str, size: int
) -> Upload:
    """Announce a file; the same key gives the same upload again, with what has come so far.

    Raises Invalid for what would be refused anyway, Unknown, NotYours or Refused.
    """
    shown = files.clean_name(name)
    if size > LARGEST:
        raise refused("large", shown, size=LARGEST // MB)
    if size <= 0:
        raise refused("empty", shown)
    if Path(shown).suffix.lower() not in _SUFFIXES:
        raise refused("unknown", shown)
    if not key or len(key) > 64:
        raise Unknown(_("没有这个文件。"))
    case_id = _checked_place(by, place, material)
    known = Upload.objects.filter(officer=by.officer_id, key=key).first()
    if known is not None and (known.place, known.material, known.size) == (
        place, material, size,
    ):  # fmt: skip
        return known
    if known is not None:
        raise AlreadyDone(_("这个文件已经在别处上传，请重新选择。"))
    open_ones = Upload.objects.filter(officer=by.officer_id, attachment=None)
    if open_ones.count() >= MOST:
        raise Refused(_("您还有{n}个文件没有传完或者没有提交，请先处理它们。").format(n=MOST))
    at = now()
    return Upload.objects.create(
        officer_id=by.officer_id, key=key, place=place, case_id=case_id, material=material,
        name=shown, size=size, begun_at=at, touched_at=at,
    )  # fmt: skip


def _checked_place(by: Acting, place: str, material: str) -> int | None:
    """The case of a place, None for a form that is being filled in; she may put files there."""
    kind, _colon, rest = place.partition(":")
    if kind == "register" and rest and len(place) <= 80:
        policy.check_can_register(by)
        return None
    if kind != "case" or not (rest.isascii() and rest.isdigit()) or len(rest) > 18:
        raise Unknown(_("没有这个办件。"))
    case_id = int(rest)

    def check() -> None:
        in_hand(case_id, by)
        line_of(case_id, material or None)

    transaction_with_retry(check)
    return case_id


def add_piece(by: Acting, upload_id: UUID, offset: int, piece: bytes) -> Upload:
    """Put a piece at its place; the last one closes the file, which is checked and attached.

    A piece that is here already changes nothing; one that leaves a gap is refused, and `received`
    of the upload says where to go on. Raises Invalid when the whole file is not in order: then it
    is gone, and the sentence says why.
    """
    found = transaction_with_retry(lambda: _put(by, upload_id, offset, piece))
    if found.received < found.size or found.is_whole:
        return found
    try:
        kept = files.keep(found.name, _bytes_of(found))
    except Invalid:
        drop_upload(by, upload_id)
        raise
    return transaction_with_retry(lambda: _close(by, upload_id, kept))


def _put(by: Acting, upload_id: UUID, offset: int, piece: bytes) -> Upload:
    found = _locked(by, upload_id)
    if len(piece) > PIECE or offset + len(piece) > found.size:
        raise Invalid({"file": _("“{name}”比说好的大，请重新选择。").format(name=found.name)})
    if found.is_whole or offset != found.received or not piece:
        return found  # here already, or a gap: the answer says where to go on
    if found.case_id is not None:
        in_hand(found.case_id, by)
    path = part_of(found.pk)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        out.seek(offset)
        out.write(piece)
        out.truncate()
        out.flush()
        os.fsync(out.fileno())
    found.received += len(piece)
    found.touched_at = now()
    found.save(update_fields=["received", "touched_at"])
    return found


def _close(by: Acting, upload_id: UUID, kept: files.Kept) -> Upload:
    found = _locked(by, upload_id)
    if found.is_whole:
        return found
    found.media_type, found.sha256 = kept.media_type, kept.sha256
    if found.case_id is not None:
        number = attach_kept(found.case_id, by, found.material or None, kept)
        found.attachment = Attachment.objects.get(pk=number)
    else:
        _order(kept)
    found.save(update_fields=["media_type", "sha256", "attachment"])
    part_of(found.pk).unlink(missing_ok=True)
    return found


def keep_for_later(
    by: Acting, place: str, material: str, key: str, *, name: str, chunks: Iterable[bytes]
) -> Upload:
    """A file that came with a form which could not be submitted yet: it need not come again.

    Raises Invalid as `begin_upload` does.
    """
    kept = files.keep(name, chunks)
    begun = begin_upload(by, place, material, key, name=kept.name, size=kept.size)
    Upload.objects.filter(pk=begun.pk).update(received=kept.size)
    return transaction_with_retry(lambda: _close(by, begun.pk, kept))


def _order(kept: files.Kept) -> None:
    """Let a worker scan and draw what no case names yet."""
    at = now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            channel=one.channel,
            ordering_key=one.ordering_key,
            payload=one.payload,
            created_at=one.created_at,
        )
        for one in taken_in(kept, at)
    )
    enqueue(Job.DELIVER_OUTBOX)


def attach_uploads(case_id: int, by: Acting, place: str, wanted: Iterable[UUID]) -> int:
    """Put what was uploaded while the form was filled in on the new case; gives how many.

    Only her own, whole, and of this form; each once, in the order given. Raises Unknown, NotYours or Refused.
    """
    transaction_with_retry(partial(in_hand, case_id, by))
    ids = list(dict.fromkeys(wanted))
    found = Upload.objects.filter(officer=by.officer_id, place=place, attachment=None)
    whole = found.exclude(sha256="").in_bulk(ids)
    return sum(_attach_one(case_id, by, whole[one]) for one in ids if one in whole)


def _attach_one(case_id: int, by: Acting, one: Upload) -> bool:
    def work() -> bool:
        fresh = _locked(by, one.pk)
        if fresh.attachment_id is not None:
            return False
        kept = files.Kept(fresh.name, fresh.media_type, fresh.size, fresh.sha256)
        number = attach_kept(case_id, by, fresh.material or None, kept)
        fresh.attachment = Attachment.objects.get(pk=number)
        fresh.save(update_fields=["attachment"])
        return True

    return transaction_with_retry(work)


def drop_upload(by: Acting, upload_id: UUID) -> None:
    """Give up an upload of her own that is on no case. Raises Unknown or AlreadyDone."""

    def work() -> None:
        found = _locked(by, upload_id)
        if found.attachment_id is not None:
            raise AlreadyDone(_("这个文件已经在办件里，请在材料里移除。"))
        found.delete()

    transaction_with_retry(work)
    part_of(upload_id).unlink(missing_ok=True)


def _locked(by: Acting, upload_id: UUID) -> Upload:
    mine = Upload.objects.select_for_update(of=("self",)).filter(officer=by.officer_id)
    found = mine.filter(pk=upload_id).first()
    if found is None:
        raise Unknown(_("没有这个文件。"))
    return found


def part_of(upload_id: UUID) -> Path:
    """Where the pieces of an upload lie until it is whole."""
    return Path(settings.MEDIA_ROOT) / f".part-{upload_id}"


def _bytes_of(found: Upload) -> Iterator[bytes]:
    with part_of(found.pk).open("rb") as file:
        while chunk := file.read(_READ):
            yield chunk


def sweep_uploads() -> int:
    """Forget uploads that nobody went on with, and bytes that nothing names; gives how many.

    Bytes go only when no row of any table names their hash, and not on the day they came.
    """
    late = now() - KEPT
    old = Upload.objects.filter(touched_at__lt=late)
    for one in old.filter(sha256=""):
        part_of(one.pk).unlink(missing_ok=True)
    swept, _by_model = old.delete()
    stored = StoredFile.objects.filter(stored_at__lt=late).order_by("pk")
    for table in _naming():
        stored = stored.exclude(pk__in=table.objects.values("sha256"))
    for sha256 in stored.exclude(state=StoredFile.State.INFECTED).values_list("pk", flat=True):
        swept += transaction_with_retry(partial(_forget, sha256))
    return swept


def _naming() -> list[Any]:
    """Every table that names stored bytes: whatever has a column `sha256`."""
    return [
        model
        for model in apps.get_models()
        if model is not StoredFile
        and any(field.name == "sha256" for field in model._meta.get_fields())
    ]


def _forget(sha256: str) -> int:
    """Delete the bytes of a hash, unless somebody has just put it on record again."""
    one = StoredFile.objects.select_for_update(skip_locked=True).filter(pk=sha256).first()
    if one is None or any(model.objects.filter(sha256=sha256).exists() for model in _naming()):
        return 0
    for number in range(1, (one.pages or 0) + 1):
        files.page_of(sha256, number).unlink(missing_ok=True)
    one.delete()
    files.path_of(sha256).unlink(missing_ok=True)
    return 1
