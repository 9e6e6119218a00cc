"""Files of a case: where their bytes are kept.

Bytes lie under the attachment root by their SHA-256, outside the web root, and never under the
name that was given: the same bytes are stored once. What may be taken in: `filetypes`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from webapp.cases.filetypes import LARGEST, MB, checked_type, refused
from webapp.core.errors import Invalid

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been checked and stored."""

    name: str
    media_type: str
    size: int
    sha256: str


def keep(name: str, chunks: Iterable[bytes]) -> Kept:
    """Check an upload and store it under its hash. Raises Invalid with a sentence.

    The bytes are on disk (fsync) before the row that names them is written. A disk that takes
    no more is a sentence too: the application itself is not lost by it.
    """
    shown = clean_name(name)
    try:
        return _keep(shown, chunks)
    except OSError as full:
        log.exception("an attachment could not be stored")
        words = _(
            "“{name}”没有收下：服务器现在存不下文件。请联系县政务办的系统管理员，稍后再上传。"
        ).format(name=shown)
        raise Invalid({"file": words}) from full


def _keep(shown: str, chunks: Iterable[bytes]) -> Kept:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".in-", delete=False) as out:
        kept = Path(out.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise refused("large", shown, size=LARGEST // MB)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
            media_type = checked_type(shown, kept)
            target = path_of(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(target)
            _to_disk(target.parent)
        except BaseException:
            kept.unlink(missing_ok=True)
            raise
    return Kept(shown, media_type, size, digest.hexdigest())


def _to_disk(folder: Path) -> None:
    """The name in its folder must outlive a power cut, like the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def quarantine_of(sha256: str) -> Path:
    """Where the bytes of an infected file lie: kept as evidence, served to nobody."""
    return Path(settings.MEDIA_ROOT) / "quarantine" / sha256


def page_of(sha256: str, number: int) -> Path:
    """Where the picture of one page of a file lies; pages count from 1."""
    return Path(settings.MEDIA_ROOT) / "previews" / sha256[:2] / f"{sha256}-{number}.png"


def isolate(sha256: str) -> None:
    """Move the bytes of a hash to quarantine; done twice it does nothing."""
    target = quarantine_of(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    if path_of(sha256).is_file():
        path_of(sha256).replace(target)
        _to_disk(target.parent)


def clean_name(name: str) -> str:
    """A name fit to be shown: no folders, no control characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip()
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:10]}" if stem else (shown[:190] or "未命名")
