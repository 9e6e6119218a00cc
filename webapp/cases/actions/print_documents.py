"""Print documents of a case: the first time each is the original, later a marked copy."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.models import Document
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.words import minute_of
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.cases.typesetting import Sheet
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid, Unknown
from webapp.organisations.queries import Acting

VOID_MARK = "作废"


def print_documents(case_id: int, by: Acting, document_ids: Sequence[int]) -> list[Sheet]:
    """Record that documents go to the printer; gives what is to be typeset, in order of issue.

    Two originals never exist: who comes second gets a copy that says so (补打). Raises Unknown,
    or Invalid when nothing was ticked.
    """
    return transaction_with_retry(lambda: _print(case_id, by, sorted(set(document_ids))))


def _print(case_id: int, by: Acting, wanted: list[int]) -> list[Sheet]:
    state = lock_case(case_id)
    documents = list(Document.objects.filter(case=case_id, pk__in=wanted).order_by("pk"))
    pools = [item.pool_id for item in state.items]
    pool = policy.check_can_print(by, state, pools)
    if not wanted:
        raise Invalid({"document": _("请先选要打印的文书。")})
    if len(documents) != len(wanted):
        raise Unknown("没有这份文书。")
    again = f"副本（{minute_of(state.at)} {by.name}补打）"
    sheets = [
        Sheet(one.code, one.number, one.content, one.issued_at, mark=_mark(one, again))
        for one in documents
    ]
    Document.objects.filter(pk__in=wanted, printed_at=None).update(printed_at=state.at)
    note(
        state,
        changes_of(state),
        actor_of(by, pool),
        "printed",
        {
            "documents": [one.number for one in documents],
            "copies": [one.number for one in documents if one.printed_at is not None],
        },
    )
    return sheets


def _mark(document: Document, again: str) -> str:
    """Across the top of the page: nothing on an original."""
    if document.state == Document.State.VOID:
        return VOID_MARK
    return again if document.printed_at is not None else ""
