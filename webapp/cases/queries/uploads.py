"""Files on their way: one upload, and what waits for a form that is being filled in."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from webapp.cases.models import Upload
from webapp.core.errors import Unknown


def upload_of(officer_id: int, upload_id: UUID) -> Upload:
    """One upload of her own. Raises Unknown."""
    found = Upload.objects.filter(pk=upload_id, officer=officer_id).first()
    if found is None:
        raise Unknown(_("没有这个文件。"))
    return found


def uploads_waiting(
    officer_id: int, place: str, wanted: Iterable[UUID]
) -> dict[str, list[Upload]]:
    """Her own whole uploads of this form among `wanted`, by the key of their paper."""
    ids = list(wanted)
    found: dict[str, list[Upload]] = {}
    if not ids:
        return found
    mine = Upload.objects.filter(officer=officer_id, place=place, pk__in=ids, attachment=None)
    for one in mine.exclude(sha256="").order_by("begun_at", "pk"):
        found.setdefault(one.material, []).append(one)
    return found
