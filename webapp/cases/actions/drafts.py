"""Drafts: what an officer typed and has not submitted, encrypted, valid or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.models import Draft, WorkItem
from webapp.core.crypto import Undecipherable, decrypt_json, encrypt_json
from webapp.core.db import now
from webapp.core.errors import AlreadyDone, Invalid, Unknown
from webapp.organisations.queries import Acting

LARGEST = 200_000
"""Bytes of one draft, as JSON."""


def save_draft(by: Acting, place: int | str, values: Mapping[str, Any]) -> None:
    """Keep typed values: for a work item (its id) or a form (e.g. "register:MZ01").

    The newest wins; nobody else can read it. Raises Unknown for an item that is not hers,
    AlreadyDone for one that is over (a page that saves by itself after the button was pressed).
    """
    item_id, name = _place(by, place)
    if item_id and not WorkItem.objects.filter(pk=item_id, state=WorkItem.State.OPEN).exists():
        raise AlreadyDone("这一步已经办完，不再存草稿。")
    sealed = encrypt_json(dict(values), _about(by.officer_id, item_id, name))
    if len(sealed) > LARGEST:
        raise Invalid({}, _("草稿太长，存不下。请先提交或者删减内容。"))
    Draft.objects.update_or_create(
        officer_id=by.officer_id,
        item_id=item_id,
        place=name,
        defaults={"ciphertext": sealed, "saved_at": now()},
    )


def load_draft(by: Acting, place: int | str) -> dict[str, Any]:
    """Values of her own draft, empty when there is none."""
    item_id, name = _place(by, place)
    found = Draft.objects.filter(officer_id=by.officer_id, item_id=item_id, place=name)
    sealed = found.values_list("ciphertext", flat=True).first()
    if sealed is None:
        return {}
    try:
        values: dict[str, Any] = decrypt_json(
            bytes(sealed), _about(by.officer_id, item_id, name)
        )
    except Undecipherable:
        return {}
    return values


def drop_draft(by: Acting, place: int | str) -> None:
    """Forget her own draft."""
    item_id, name = _place(by, place)
    Draft.objects.filter(officer_id=by.officer_id, item_id=item_id, place=name).delete()


def _place(by: Acting, place: int | str) -> tuple[int | None, str]:
    if isinstance(place, str):
        return None, place[:80]
    if not WorkItem.objects.filter(pk=place, pool_id__in=by.pool_ids).exists():
        raise Unknown("没有这件待办。")
    return place, ""


def _about(officer_id: int, item_id: int | None, name: str) -> str:
    return f"draft:{officer_id}:{item_id or ''}:{name}"
