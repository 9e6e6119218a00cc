"""Encryption of typed values, and keyed hashes for looking them up without storing them.

All keys are derived (HKDF-SHA-256) from `settings.FIELD_KEY`, which lives outside the database:
a stolen dump tells neither numbers nor names of its search index. Ciphertexts are bound to their
place (`about`): moved to another case or field they do not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_FORMAT = b"\x01"
_NONCE = 12
_SHORTEST_KEY = 32


class Undecipherable(Exception):
    """The ciphertext is damaged, of another key, or was moved from another place."""


def encrypt(plain: bytes, about: str) -> bytes:
    """AES-256-GCM: format byte, nonce, ciphertext with tag. `about` names the place."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key("encrypt")).encrypt(nonce, plain, about.encode())
    return _FORMAT + nonce + sealed


def decrypt(sealed: bytes, about: str) -> bytes:
    """Undo `encrypt`; raises Undecipherable."""
    sealed = bytes(sealed)
    if sealed[:1] != _FORMAT:
        raise Undecipherable("unknown format")
    nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(_key("encrypt")).decrypt(nonce, rest, about.encode())
    except (InvalidTag, ValueError) as error:
        raise Undecipherable(about) from error


def encrypt_json(value: Any, about: str) -> bytes:
    """Encrypt a JSON value."""
    return encrypt(json.dumps(value, ensure_ascii=False, default=str).encode(), about)


def decrypt_json(sealed: bytes, about: str) -> Any:
    """Undo `encrypt_json`; raises Undecipherable."""
    return json.loads(decrypt(sealed, about))


def keyed_hash(value: str) -> str:
    """A hash for exact look-up: 64 hex digits; the same value gives the same hash."""
    return _mac("look-up", " ".join(value.split()).upper())


def name_grams(name: str) -> list[str]:
    """Keyed hashes of the one- and two-character grams of a name, sorted: for the GIN index."""
    letters = _letters(name)
    grams = set(letters) | {letters[i : i + 2] for i in range(len(letters) - 1)}
    return sorted(_mac("grams", gram)[:16] for gram in grams)


def search_grams(typed: str) -> list[str]:
    """The grams a name must have to contain `typed`; shorter words need fewer."""
    letters = _letters(typed)
    if len(letters) < 2:
        return [_mac("grams", letter)[:16] for letter in letters]
    pairs = {letters[i : i + 2] for i in range(len(letters) - 1)}
    return sorted(_mac("grams", pair)[:16] for pair in pairs)


_SPEAKABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 and O, no 1, I and L: codes are read aloud and copied by hand."""


def query_code(number: str) -> str:
    """The code that an applicant types beside the number of her case: K7QM-3TXW.

    Derived, never stored: about 40 bits that only the holder of the key can tell.
    """
    rest = int(_mac("query code", number), 16)
    signs = []
    for _place in range(8):
        rest, sign = divmod(rest, len(_SPEAKABLE))
        signs.append(_SPEAKABLE[sign])
    return "".join(signs[:4]) + "-" + "".join(signs[4:])


def is_query_code(number: str, typed: str) -> bool:
    """Whether the code is that of the number; blanks, hyphens and case do not matter."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(plain.encode(), query_code(number).replace("-", "").encode())


def _letters(text: str) -> str:
    return "".join(text.split()).lower()


def _mac(purpose: str, value: str) -> str:
    return hmac.new(_key(purpose), value.encode(), hashlib.sha256).hexdigest()


def _key(purpose: str) -> bytes:
    return _derive(settings.FIELD_KEY, purpose)


@lru_cache(maxsize=16)
def _derive(secret: str, purpose: str) -> bytes:
    if len(secret) < _SHORTEST_KEY:
        raise ImproperlyConfigured("FIELD_KEY needs at least 32 characters.")
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"bianmin", info=purpose.encode())
    return kdf.derive(secret.encode())
