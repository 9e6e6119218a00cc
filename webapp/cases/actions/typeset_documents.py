"""Set the issued documents of a case as files, after the step that issued them (outbox)."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from webapp.cases import files
from webapp.cases.models import Document
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import Actor
from webapp.cases.store import lock_case
from webapp.cases.typesetting import Sheet, typeset
from webapp.core.db import transaction_with_retry

TYPESETTER = Actor(None, gettext_noop("文书排版"))


def typeset_documents(case_id: int) -> int:
    """Typeset and store what has no file yet; gives how many.

    The bytes are made and stored first, outside any transaction; then their hashes enter the
    rows and the audit chain of the case in one short step. Done twice it does nothing: the same
    document gives the same bytes.
    """
    waiting = Document.objects.filter(case=case_id, sha256="").order_by("pk")
    made = {one.pk: _store(one) for one in waiting}
    return transaction_with_retry(lambda: _name(case_id, made)) if made else 0


def _store(document: Document) -> str:
    sheet = Sheet(document.code, document.number, document.content, document.issued_at)
    kept = files.keep(f"{document.code}.pdf", [typeset([sheet])])
    return kept.sha256


def _name(case_id: int, made: dict[int, str]) -> int:
    state = lock_case(case_id)
    fresh = Document.objects.filter(case=case_id, pk__in=made, sha256="").order_by("pk")
    hashes = {}
    for one in fresh:
        one.sha256 = made[one.pk]
        one.save(update_fields=["sha256"])
        hashes[one.number] = one.sha256
    if hashes:
        note(state, changes_of(state), TYPESETTER, "typeset", {"sha256": hashes})
    return len(hashes)
