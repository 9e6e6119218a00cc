"""Telephone and identity number of who asked: encrypted, bound to their row, found by hash."""

from __future__ import annotations

from webapp.cases.values import masked
from webapp.contacts.models import Contact
from webapp.core.crypto import Undecipherable, decrypt, encrypt, keyed_hash

FIELDS = ("phone", "identity")


def seal(contact_id: int, field: str, text: str) -> tuple[bytes, str]:
    """Ciphertext and look-up hash; nothing for nothing."""
    if not text:
        return b"", ""
    return encrypt(text.encode(), _about(contact_id, field)), keyed_hash(text)


def opened(contact: Contact, field: str) -> str:
    """The value, "" where none was given or it cannot be read with this key."""
    sealed = bytes(getattr(contact, field))
    if not sealed:
        return ""
    try:
        return decrypt(sealed, _about(contact.pk, field)).decode()
    except Undecipherable:
        return ""


def veiled(contact: Contact, field: str) -> str:
    """First and last signs only."""
    return masked(opened(contact, field))


def _about(contact_id: int, field: str) -> str:
    return f"contact:{contact_id}:{field}"
