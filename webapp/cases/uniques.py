"""Answers that may stand in one application only: numbers of invoices, of machines.

Such a value is kept a second time as a keyed hash (the index that serves look-ups), so that
nobody has to search through what other people filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import NewSensitive
from webapp.cases.models import SensitiveValue
from webapp.cases.models.case import Result
from webapp.cases.values import about_of, take_ids
from webapp.core.crypto import encrypt_json, keyed_hash
from webapp.core.errors import Invalid
from workflows.forms import FieldKind, Form

_FREED = (
    Result.REFUSED,
    Result.NOT_ACCEPTED,
    Result.NOT_REQUIRED,
    Result.RETURNED,
    Result.WITHDRAWN,
    Result.EXPIRED,
    Result.TERMINATED,
)
"""A case that ended like this does not keep anybody from applying again."""


def unique_rows(
    item_code: str, form: Form, values: Mapping[str, Any], case_id: int
) -> list[NewSensitive]:
    """Rows to keep for the unique answers. Raises Invalid naming the other case.

    No statement for forms without such answers, two otherwise.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for address, label, value in _uniques(form, values):
        number = keyed_hash(f"unique:{item_code}:{label}:{value}")
        if number in found:
            raise Invalid(
                {
                    address: _("“{label}”{value}填了两次，请核对。").format(
                        label=label, value=value
                    )
                }
            )
        found[number] = (address, label, value)
    if not found:
        return []
    taken = (
        SensitiveValue.objects.filter(keyed_hash__in=found)
        .exclude(case__result__in=_FREED)
        .values_list("keyed_hash", "case__number")
    )
    errors = {
        found[number][0]: _("“{label}”已经在办件{case}里申报过，不能重复申报。").format(
            label=found[number][1], case=case
        )
        for number, case in taken
    }
    if errors:
        raise Invalid(errors)
    return [
        NewSensitive(
            id=row_id,
            field=f"unique.{address}",
            ciphertext=encrypt_json(value, about_of(case_id, f"unique.{address}")),
            keyed_hash=number,
        )
        for row_id, (number, (address, _, value)) in zip(
            take_ids(len(found)), found.items(), strict=True
        )
    ]


def _uniques(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Address, label and value of every unique answer, rows of lists included."""
    for one in form.fields:
        value = values.get(one.key)
        if one.kind is FieldKind.ROWS:
            for number, row in enumerate(value or ()):
                for part in one.fields:
                    if part.unique and row.get(part.key):
                        yield f"{one.key}[{number}].{part.key}", part.label, str(row[part.key])
        elif one.unique and value:
            yield one.key, one.label, str(value)
