"""Documents as completing a step would issue them, before it is done (出具前预览).

The step is carried out in a transaction that is undone: what is shown is exactly what would be
issued, with every check of completing; only the numbers are not taken yet. So a commitment (D09)
can be signed before the case is accepted on it (TOL-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.cases.actions.complete import complete
from webapp.cases.models import Document
from webapp.organisations.queries import Acting


@dataclass(frozen=True, slots=True)
class Previewed:
    """A document that is not issued: as `Document`, without a number of its own."""

    code: str
    number: str
    content: Mapping[str, Any]
    issued_at: datetime
    state: str = ""


def preview_documents(
    item_id: int, by: Acting, raw: Mapping[str, Any]
) -> tuple[Previewed, ...]:
    """What completing the item with these answers would issue. Raises what completing raises."""
    with transaction.atomic():
        result = complete(item_id, by, raw)
        numbers = {number for _code, _name, number in result.documents}
        rows = Document.objects.filter(case=result.case_id, number__in=numbers)
        found = tuple(_previewed(row, numbers) for row in rows.order_by("id"))
        transaction.set_rollback(True)
    return found


def _previewed(row: Document, numbers: set[str]) -> Previewed:
    words = _("（出具时编号）")
    content = row.content
    for number in sorted(numbers, key=len, reverse=True):
        content = _without(content, number, words)
    return Previewed(row.code, words, content, row.issued_at)


def _without(value: Any, number: str, words: str) -> Any:
    """The same content with a number of this preview replaced wherever it is quoted."""
    if isinstance(value, str):
        return value.replace(number, words)
    if isinstance(value, list):
        return [_without(one, number, words) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, number, words) for key, one in value.items()}
    return value
