"""What was typed, split into what may be stored as it is and what is stored encrypted.

A sensitive field keeps `{"sensitive": id}` in the submission; inside rows of a list the whole
list is sensitive as soon as one of its fields is (design: data).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from webapp.cases.changes import NewSensitive
from webapp.core.crypto import decrypt_json, encrypt_json, keyed_hash
from workflows.forms import Field, FieldKind, Form


def is_sensitive(one: Field) -> bool:
    """Whether the field's value is stored encrypted."""
    return one.sensitive or any(is_sensitive(part) for part in one.fields)


def split(
    form: Form, values: Mapping[str, Any], case_id: int, place: str
) -> tuple[dict[str, Any], list[NewSensitive]]:
    """Values with references for sensitive ones, and the encrypted rows.

    One statement when there is anything sensitive, none otherwise.
    """
    fields = {one.key: one for one in form.fields}
    secret = [
        key for key, value in values.items()
        if key in fields and is_sensitive(fields[key]) and value not in (None, "", [])
    ]  # fmt: skip
    plain = dict(values)
    rows = []
    for number, key in zip(take_ids(len(secret)), secret, strict=True):
        about = f"{place}.{key}"
        rows.append(
            NewSensitive(
                id=number,
                field=about,
                ciphertext=encrypt_json(values[key], about_of(case_id, about)),
                keyed_hash=_hash(fields[key], values[key]),
            )
        )
        plain[key] = {"sensitive": number}
    return plain, rows


def open_value(case_id: int, about: str, ciphertext: bytes) -> Any:
    """The value behind a reference. Raises core.crypto.Undecipherable."""
    return decrypt_json(ciphertext, about_of(case_id, about))


def about_of(case_id: int, about: str) -> str:
    """What a ciphertext is bound to: moved to another case or field it does not open."""
    return f"case:{case_id}:{about}"


def masked(value: Any) -> str:
    """How a sensitive value shows until it is asked for: first and last signs only."""
    if not isinstance(value, str):
        return "******"
    if len(value) <= 4:
        return "*" * len(value)
    kept = 2 if len(value) < 11 else 3
    return f"{value[:kept]}{'*' * (len(value) - 2 * kept)}{value[-kept:]}"


def _hash(one: Field, value: Any) -> str:
    return keyed_hash(value) if one.kind is FieldKind.TEXT and isinstance(value, str) else ""


def take_ids(many: int) -> list[int]:
    """Ids for new sensitive values: one statement, none for none."""
    if not many:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('cases_sensitivevalue', 'id')) "
            "FROM generate_series(1, %s)",
            [many],
        )
        return [row[0] for row in cursor.fetchall()]
